/* SPDX-License-Identifier: Apache-2.0
 * Runs that keep what they read: whatever allocation fails, and whenever they are asked to stop, those that follow come
 * to the store that one undisturbed run makes. */
#ifdef ARGOT_WITH_SQLITE
#include "grammar/rules.h"
#include "pipeline/detect.h"
#include "store_fixture.h"
#include "test_seam.h"

extern const struct argot_normalizer *const argot_stock_formats[];
extern const size_t argot_stock_count;

#define LINES 40

static struct argot_test_seam seam;
static struct argot_registry *registry;
static struct argot_rules *rules;
static struct argot_detect_options options;
static struct argot_detect_result result;
static const char *const paths[] = {"web", "auth"};
static unsigned stops; /* times that nobody asked to stop */

/* One that judges events as they come, one that waits for their order, one over its alerts. */
static const char source[] = "rule each { match HTTP_ACCESS where status_code == 500 alert \"{request_path}\" }\n"
                             "rule many { match any by source_ip when count >= 4 within 20s }\n"
                             "rule behind { by source_ip sequence within 1m { first alert many then HTTP_ACCESS }"
                             " alert \"{source_ip}\" }\n";

static bool
stop(void *context)
{
    (void)context;
    return stops && !--stops;
}

static void
put_logs(void)
{
    char web[LINES * 160], auth[LINES * 160];
    size_t nweb = 0, nauth = 0;
    for (unsigned i = 0; i < LINES; i++) {
        nweb += (size_t)sprintf(
            web + nweb, "192.0.2.%u - - [24/Nov/2026:09:%02u:%02u +0000] \"GET /%u HTTP/1.1\" %u 12 \"-\" \"-\"\n",
            i % 3, i * 2 / 60, i * 2 % 60, i, i % 7 ? 200 : 500);
        if (i % 9 == 4)
            nweb += (size_t)sprintf(web + nweb, "\nno format knows this\n");
        nauth += (size_t)sprintf(
            auth + nauth, "Nov 24 09:%02u:%02u web1 sshd[7]: Failed password for root from 192.0.2.%u port 4 ssh2\n",
            i * 3 / 60, i * 3 % 60, i % 3);
    }
    argot_test_seam_put(&seam, "web", web, nweb);
    argot_test_seam_put(&seam, "auth", auth, nauth)->info.inode = 2;
    argot_test_seam_file(&seam, "auth")->info.modified = argot_test_seam_file(&seam, "web")->info.modified =
        INT64_C(1795600000000000000);
}

static void
begin(void)
{
    struct argot_rules_text file = {"a.rule", source, strlen(source)};
    set_up();
    argot_test_seam_init(&seam);
    registry = argot_registry_new(argot_seam_system());
    for (size_t i = 0; i < argot_stock_count; i++)
        ck_assert_msg(argot_registry_add(registry, argot_stock_formats[i], why, sizeof why), "%s", why);
    ck_assert_msg(argot_registry_seal(registry, why, sizeof why), "%s", why);
    rules = argot_rules_new(argot_seam_system(), &file, 1, NULL);
    options = (struct argot_detect_options){.plan = argot_rules_plan(rules), .commit_rows = 3};
    ck_assert_ptr_nonnull(options.plan);
    options.parse = (struct argot_parse_options){.seam = &seam.seam,
                                                 .registry = registry,
                                                 .npaths = COUNT(paths),
                                                 .paths = paths,
                                                 .output = ARGOT_PARSE_NONE,
                                                 .letters_fd = -1,
                                                 .stop = stop};
    options.parse.input.block_bytes = 200;
    stops = 0;
    put_logs();
}

static void
end(void)
{
    argot_rules_free(rules);
    argot_registry_free(registry);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
    tear_down();
}

/* One run, in a process of its own as far as the store can tell. Whether it came to the end. */
static bool
run_once(void)
{
    reopen();
    options.store = store;
    bool begun = argot_detect_run(&options, &result, why, sizeof why);
    bool done = begun && result.parse.end == ARGOT_PARSE_DONE && !result.parse.failed;
    if (begun)
        argot_detect_finish(&seam.seam, &result);
    argot_store_close(store);
    store = NULL;
    return done;
}

#define OF_SOURCE "(SELECT name FROM sources WHERE id = t.source)"

/* All that must not differ, in one text that the caller frees. */
static char *
everything(void)
{
    static const char *const queries[] = {
        "SELECT source, record, part, event_time, event_type, source_ip, raw_line FROM events_readable ORDER BY 1, 2",
        "SELECT " OF_SOURCE ", record, piece, reason, CAST(raw_line AS TEXT) FROM dead_letters t ORDER BY 1, 2",
        "SELECT alert_id, rule_name, count, first_time, last_time, message FROM alerts ORDER BY 1",
        "SELECT alert_id, number, inside, " OF_SOURCE ", record, cause_rule_name, CAST(raw_line AS TEXT) FROM"
        " alert_causes t ORDER BY 1, 2",
        ("SELECT name, line, part, pieces, records, events, letters, skipped, record, \"offset\" FROM sources ORDER BY "
         "1")};
    char *all = calloc(1, 1 << 18);
    for (size_t i = 0; i < COUNT(queries); i++) {
        strcat(all, query(queries[i]));
        strcat(all, "\n\n");
    }
    return all;
}

/* Makes the store anew. */
static void
forget_store(void)
{
    static const char *const tables[] = {"events", "alerts", "alert_causes", "dead_letters", "sources", "told", "meta"};
    char sql[64];
    for (size_t i = 0; i < COUNT(tables); i++) {
        snprintf(sql, sizeof sql, "DELETE FROM %s", tables[i]);
        query(sql);
    }
}

static char *
undisturbed(void)
{
    ck_assert(run_once());
    char *whole = everything();
    ck_assert_ptr_nonnull(strstr(whole, "behind|"));
    ck_assert_ptr_nonnull(strstr(whole, "no_format"));
    forget_store();
    return whole;
}

static void
expect(const char *whole)
{
    char *now = everything();
    size_t same = 0, shown;
    while (now[same] && now[same] == whole[same])
        same++;
    shown = same < 100 ? 0 : same - 100;
    ck_assert_msg(now[same] == whole[same], "there is: %.200s\ndue is: %.200s", now + shown, whole + shown);
    free(now);
}

START_TEST(whatever_allocation_fails_nothing_is_lost_or_doubled)
{
    char *whole = undisturbed();
    bool done = false;
    for (uint64_t fail = 1; !done; fail += 1 + fail / 20) { /* on one store: each goes on from those before */
        seam.allocations = 0;
        seam.fail_allocation = fail;
        done = run_once();
    }
    expect(whole);
    free(whole);
}
END_TEST

START_TEST(whenever_it_is_stopped_nothing_is_lost_or_doubled)
{
    char *whole = undisturbed();
    for (unsigned first = 5; first < 16; first += 3) { /* asked twice a block: enough for one of each source */
        unsigned runs = 0;
        do
            stops = first;
        while (!run_once() && ++runs < 300);
        ck_assert_uint_gt(runs, 0);
        ck_assert_uint_lt(runs, 300);
        stops = 0;
        ck_assert(run_once());
        expect(whole);
        forget_store();
    }
    free(whole);
}
END_TEST

START_TEST(a_store_that_fails_ends_the_run)
{
    char *whole = undisturbed();
    query("CREATE TRIGGER full BEFORE INSERT ON events WHEN new.id = 30 BEGIN SELECT raise(ABORT, 'no'); END");
    ck_assert(!run_once());
    ck_assert_int_eq(result.parse.end, ARGOT_PARSE_STORE_ERROR);
    ck_assert_str_eq(result.store_problem, "an event cannot be written: no");
    ck_assert_int_gt(atoi(query("SELECT count(*) FROM events")), 20);
    query("DROP TRIGGER full");
    ck_assert(run_once());
    expect(whole);
    free(whole);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("keep");
    TCase *cases = tcase_create("keep");
    tcase_add_checked_fixture(cases, begin, end);
    tcase_add_test(cases, whatever_allocation_fails_nothing_is_lost_or_doubled);
    tcase_add_test(cases, whenever_it_is_stopped_nothing_is_lost_or_doubled);
    tcase_add_test(cases, a_store_that_fails_ends_the_run);
    suite_add_tcase(suite, cases);
    return test_run(suite);
}
#else
#include "no_store.h"
#endif
