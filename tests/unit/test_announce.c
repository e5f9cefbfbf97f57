/* SPDX-License-Identifier: Apache-2.0
 * Telling about alerts while memory fails: whichever allocation finds none, an alert is told, waits to be told, or is
 * counted as lost, and nothing is kept that is over. */
#ifdef ARGOT_WITH_SQLITE
#include "pipeline/announce.h"
#include "store_fixture.h"
#include "test_seam.h"
#include <errno.h>

#define ALERTS 3u

static struct argot_test_seam seam;
static struct argot_seam_live live;
static unsigned told, programs; /* messages that were written; programs that were started */
static int64_t (*write_on)(struct argot_seam *, int fd, const void *bytes, size_t count);

static int64_t
count_write(struct argot_seam *self, int fd, const void *bytes, size_t count)
{
    const char *at = bytes;
    int64_t put = write_on(self, fd, bytes, count);
    if (put < 0)
        return put;
    told += *at == '<'; /* a datagram, else lines */
    for (size_t i = 0; *at != '<' && i < (size_t)put; i++)
        told += at[i] == '\n';
    return put;
}

static int
append(struct argot_seam_live *self, const char *name)
{
    (void)self;
    return seam.seam.open(&seam.seam, name, ARGOT_OPEN_WRITE);
}

static int
connect_to(struct argot_seam_live *self, const struct argot_endpoint *endpoint)
{
    (void)endpoint;
    return append(self, "socket");
}

static int
start(struct argot_seam_live *self, const char *const *words, const void *bytes, size_t count)
{
    (void)self;
    (void)words;
    ck_assert(bytes && count);
    return (int)++programs;
}

static int
ended(struct argot_seam_live *self, int program, int *status)
{
    (void)self;
    (void)program;
    *status = 0;
    return 1;
}

static int
no_poll(struct argot_seam_live *self)
{
    (void)self;
    return -EMFILE;
}

static const char *const words[] = {"tell", NULL};
static const struct argot_post_output mail = {.kind = ARGOT_POST_PROGRAM, .name = "m", .key = "m", .words = words};
static const struct argot_post_output webhook = {
    .kind = ARGOT_POST_WEBHOOK, .name = "w", .key = "w", .url = "http://127.0.0.1:1/"};
static struct argot_announce_output outputs[] = {
    {.kind = ARGOT_ANNOUNCE_JSONL, .name = "f", .path = "f"},
    {.kind = ARGOT_ANNOUNCE_SYSLOG, .name = "s"},
    {.kind = ARGOT_ANNOUNCE_COMMAND, .name = "c", .words = words},
    {.kind = ARGOT_ANNOUNCE_MAIL, .name = "m", .post = &mail, .mail_from = "a@b", .mail_to = "c@d"},
    {.kind = ARGOT_ANNOUNCE_WEBHOOK, .name = "w", .post = &webhook},
    {.kind = ARGOT_ANNOUNCE_JSONL, .name = "g", .path = "g"},
    {.kind = ARGOT_ANNOUNCE_MAIL, .name = "m", .post = &mail, .mail_from = "a@b", .mail_to = "c@d"},
};

/* Alerts of a run, up to the end. False: it could not begin. */
static bool
run(size_t noutputs, struct argot_announce_counts *counts)
{
    static const struct argot_plan plan;
    const struct argot_alert_style style = {.plan = &plan};
    struct argot_announce_options options = {
        .seam = &seam.seam, .live = &live, .noutputs = noutputs, .outputs = outputs};
    uint64_t dropped;
    told = programs = 0;
    ck_assert(argot_store_drop_messages(store, NULL, 0, &dropped));
    struct argot_announce *announce = argot_announce_new(&options, why, sizeof why);
    if (!announce)
        return false;
    ck_assert(argot_announce_use(announce, store));
    for (unsigned i = 0; i < ALERTS; i++) {
        alert.id[0] = (uint8_t)i;
        ck_assert(argot_announce_alert(announce, &alert, &style));
        ck_assert(argot_announce_flush(announce));
        commit();
        argot_announce_commit(announce);
        ck_assert(argot_announce_go_on(announce));
        ck_assert(argot_announce_tick(announce));
    }
    ck_assert(argot_announce_finish(announce, 0));
    argot_announce_free(announce, counts);
    return true;
}

static void
fail_each(size_t noutputs, size_t ungrouped)
{
    struct argot_announce_counts counts;
    unsigned refused = 0, lost = 0;
    uint64_t before = seam.allocations;
    ck_assert(run(noutputs, &counts));
    ck_assert_uint_eq(counts.lost, 0);
    uint64_t calls = seam.allocations - before;
    for (uint64_t call = 1; call <= calls; call++) {
        seam.fail_allocation = seam.allocations + call;
        if (run(noutputs, &counts)) {
            uint64_t all = told + programs + counts.lost + counts.waiting;
            if (noutputs == ungrouped)
                ck_assert_msg(all == ALERTS * ungrouped, "%llu: %u told, %u programs, %llu lost, %llu wait",
                              (unsigned long long)call, told, programs, (unsigned long long)counts.lost,
                              (unsigned long long)counts.waiting);
            ck_assert_uint_ge(all + counts.grouped, ALERTS * noutputs);
            lost += counts.lost > 0;
        } else {
            refused++;
        }
        ck_assert_uint_eq(seam.live_blocks, 0);
    }
    ck_assert_uint_gt(refused, 0);
    ck_assert_uint_gt(lost, 0);
}

START_TEST(no_alert_is_lost_silently)
{
    size_t noutputs = COUNT(outputs), grouped = 2;
    live = (struct argot_seam_live){
        .append = append, .connect = connect_to, .start = start, .ended = ended, .poll_new = no_poll};
    argot_test_seam_init(&seam);
    write_on = seam.seam.write;
    seam.seam.write = count_write;
    make_alert();
    for (size_t i = noutputs - grouped; i < noutputs; i++) {
        outputs[i].every_ns = INT64_C(1000000000000);
        outputs[i].nfields = 1;
        outputs[i].fields[0] = case_field("source_ip");
    }
    if (_i)
        fail_each(noutputs, noutputs - grouped);
    else
        fail_each(noutputs - grouped, noutputs - grouped);
    argot_test_seam_finish(&seam);
}
END_TEST

/* Rows without where the run stands would be read once more. */
START_TEST(what_a_run_did_not_commit_is_not_committed_at_its_end)
{
    static const struct argot_plan plan;
    const struct argot_alert_style style = {.plan = &plan};
    live = (struct argot_seam_live){.start = start, .ended = ended, .poll_new = no_poll};
    argot_test_seam_init(&seam);
    make_alert();
    struct argot_announce_options options = {.seam = &seam.seam, .live = &live, .noutputs = 1, .outputs = &outputs[3]};
    for (unsigned committed = 0; committed < 2; committed++) {
        struct argot_announce *announce = argot_announce_new(&options, why, sizeof why);
        ck_assert_ptr_nonnull(announce);
        ck_assert(argot_announce_use(announce, store));
        programs = 0;
        ck_assert(argot_announce_alert(announce, &alert, &style));
        ck_assert(argot_announce_flush(announce));
        if (committed) {
            commit();
            argot_announce_commit(announce);
        }
        uint64_t pending = argot_store_pending(store);
        ck_assert(argot_announce_finish(announce, 0));
        ck_assert_uint_eq(argot_store_pending(store), pending);
        ck_assert_uint_eq(programs > 0, committed);
        argot_announce_free(announce, NULL);
    }
    argot_test_seam_finish(&seam);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("announce");
    TCase *cases = tcase_create("announce");
    tcase_set_timeout(cases, 60);
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_loop_test(cases, no_alert_is_lost_silently, 0, 2);
    tcase_add_test(cases, what_a_run_did_not_commit_is_not_committed_at_its_end);
    suite_add_tcase(suite, cases);
    return test_run(suite);
}
#else
#include "no_store.h"
#endif
