/* SPDX-License-Identifier: Apache-2.0
 * The loop from inputs to alerts: inputs are merged by time whatever the blocks, raw lines are found again or told to
 * be lost, nothing is lost or counted twice, failures of all kinds end it in order. */
#include "pipeline/detect.h"
#include "grammar/rules.h"
#include "test_case.h"
#include "test_compress.h"
#include "test_seam.h"
#include <errno.h>
#include <stdio.h>

extern const struct argot_normalizer *const argot_stock_formats[];
extern const size_t argot_stock_count;

static struct argot_test_seam seam;
static struct argot_registry *registry;
static struct argot_rules *rules;
static struct argot_detect_options options;
static struct argot_detect_result result;
static char why[256];

/* One that judges events as they come, one that waits for their order. */
static const char source[] = "rule each { match any alert \"{request_path}\" }\n"
                             "rule twice { match HTTP_ACCESS by source_ip when count >= 2 within 1m }\n";

static void
compile(const char *text)
{
    struct argot_rules_text file = {"a.rule", text, strlen(text)};
    argot_rules_free(rules);
    rules = argot_rules_new(argot_seam_system(), &file, 1, NULL);
    ck_assert_ptr_nonnull(rules);
    options.plan = argot_rules_plan(rules);
    if (!options.plan) {
        struct argot_buffer words;
        argot_buffer_init(&words, argot_seam_system());
        argot_rules_print(rules, false, &words);
        ck_abort_msg("%.*s", (int)words.length, (char *)words.bytes);
    }
}

static void
set_up(void)
{
    argot_test_seam_init(&seam);
    registry = argot_registry_new(argot_seam_system());
    for (size_t i = 0; i < argot_stock_count; i++)
        ck_assert_msg(argot_registry_add(registry, argot_stock_formats[i], why, sizeof why), "%s", why);
    ck_assert_msg(argot_registry_seal(registry, why, sizeof why), "%s", why);
    options = (struct argot_detect_options){.late_ns = ARGOT_PLAN_DEFAULT_LATE_NS};
    options.parse =
        (struct argot_parse_options){.seam = &seam.seam, .registry = registry, .output_fd = 1, .letters_fd = 2};
    rules = NULL;
    compile(source);
}

static void
tear_down(void)
{
    argot_rules_free(rules);
    argot_registry_free(registry);
    ck_assert_uint_eq(seam.live_blocks, 0);
    for (size_t fd = 3; fd < ARGOT_TEST_SEAM_DESCRIPTORS; fd++)
        ck_assert_msg(!seam.descriptors[fd].file, "descriptor %zu is still open", fd);
    argot_test_seam_finish(&seam);
}

/* ---- logs ---- */

#define LINE "192.0.2.%u - - [24/Nov/2026:09:%02u:%02u +0000] \"GET /%s/%u HTTP/1.1\" 200 12 \"-\" \"-\"\n"

/* Lines of a web server, `apart` seconds one from the other; each has a path that is different everywhere. */
static struct argot_test_seam_file *
put_log(const char *path, unsigned lines, unsigned first_second, unsigned apart)
{
    char *text = malloc(lines * sizeof(LINE) * 2 + 1);
    size_t length = 0;
    for (unsigned i = 0; i < lines; i++) {
        unsigned second = first_second + i * apart;
        length += (size_t)sprintf(text + length, LINE, i % 5 + 1, second / 60 % 60, second % 60, path, i);
    }
    struct argot_test_seam_file *file = argot_test_seam_put(&seam, path, text, length);
    free(text);
    return file;
}

static void
read_files(const char *const *paths, size_t count)
{
    options.parse.paths = paths;
    options.parse.npaths = count;
}

static bool
run(void)
{
    argot_test_seam_file(&seam, "(out)")->length = 0;
    argot_test_seam_file(&seam, "(err)")->length = 0;
    return argot_detect_run(&options, &result, why, sizeof why);
}

static void
run_well(void)
{
    ck_assert_msg(run(), "%s", why);
    ck_assert_int_eq(result.parse.end, ARGOT_PARSE_DONE);
}

static void
done(void)
{
    argot_detect_finish(&seam.seam, &result);
}

/* What was written, as a text of its own. */
static char *
output_of(const char *path)
{
    const struct argot_test_seam_file *file = argot_test_seam_file(&seam, path);
    char *text = malloc(file->length + 1);
    if (file->length)
        memcpy(text, file->bytes, file->length);
    text[file->length] = 0;
    return text;
}

static unsigned
count_of(const char *text, const char *word)
{
    unsigned count = 0;
    for (; (text = strstr(text, word)); text += strlen(word))
        count++;
    return count;
}

static unsigned
count_written(const char *word)
{
    char *text = output_of("(out)");
    unsigned count = count_of(text, word);
    free(text);
    return count;
}

/* ---- merging ---- */

static const char *const three[] = {"first", "second", "third"};

/* Lines of three files that lie between each other; the third begins when the first ends. */
static void
put_three(void)
{
    put_log("first", 200, 0, 3);
    put_log("second", 200, 1, 3);
    put_log("third", 100, 600, 1);
    read_files(three, COUNT(three));
}

START_TEST(files_are_merged_event_by_event)
{
    put_three();
    compile("rule each { match any when count >= 1 within 1s rearm always alert \"{event_time}\" }");
    run_well();
    char *text = output_of("(out)"), before[32] = "";
    unsigned alerts = 0;
    for (const char *at = text; (at = strstr(at, "\"message\":\"")); alerts++) {
        char time[32];
        at += strlen("\"message\":\"");
        snprintf(time, sizeof time, "%.20s", at);
        ck_assert_str_ge(time, before);
        memcpy(before, time, sizeof before);
    }
    ck_assert_uint_eq(alerts, 500);
    ck_assert_str_eq(before, "2026-11-24T09:11:39Z");
    free(text);
    done();
}
END_TEST

START_TEST(what_is_written_does_not_depend_on_blocks)
{
    static const size_t blocks[] = {1, 10, 100, 1000, 100000};
    put_three();
    run_well();
    char *all = output_of("(out)");
    struct argot_counts counts = result.parse.total;
    ck_assert_uint_eq(result.rules[0].alerts, 500);
    ck_assert_uint_ge(result.rules[1].alerts, 5);
    ck_assert_uint_eq(result.engine.events, 500);
    done();
    for (size_t i = 0; i < COUNT(blocks); i++) {
        options.parse.input.block_bytes = blocks[i];
        run_well();
        char *text = output_of("(out)");
        ck_assert_msg(!strcmp(text, all), "blocks of %zu", blocks[i]);
        ck_assert_mem_eq(&result.parse.total, &counts, sizeof counts);
        free(text);
        done();
    }
    free(all);
}
END_TEST

START_TEST(nothing_in_is_nothing_out)
{
    static const char *const paths[] = {"empty", "missing"};
    argot_test_seam_put(&seam, "empty", "", 0);
    for (size_t count = 0; count <= COUNT(paths); count++) {
        read_files(paths, count);
        run_well();
        ck_assert_uint_eq(result.engine.events, 0);
        ck_assert_uint_eq(result.parse.failed, count == 2);
        ck_assert_uint_eq(argot_test_seam_file(&seam, "(out)")->length, 0);
        done();
    }
}
END_TEST

/* ---- counts ---- */

START_TEST(every_record_is_an_event_a_letter_or_skipped_for_each_source)
{
    static const char *const paths[] = {"mixed", "first"};
    char mixed[] = "nothing that fits\n\n" LINE;
    snprintf(mixed, sizeof mixed, "nothing that fits\n\n" LINE, 1u, 0u, 0u, "x", 1u);
    argot_test_seam_put(&seam, "mixed", mixed, strlen(mixed));
    put_log("first", 50, 0, 1);
    read_files(paths, COUNT(paths));
    options.parse.input.record_max_bytes = 4096;
    run_well();
    const struct argot_counts *counts = &result.parse.sources[0].counts;
    ck_assert_uint_eq(counts->records, 3);
    ck_assert_uint_eq(counts->letters, 1);
    ck_assert_uint_eq(counts->skipped, 1);
    ck_assert_uint_eq(counts->events, 1);
    ck_assert_uint_eq(counts->bytes, strlen(mixed));
    ck_assert_uint_eq(result.parse.sources[1].counts.events, 50);
    ck_assert_uint_eq(result.parse.total.events, result.engine.events);
    char *letters = output_of("(err)");
    ck_assert_ptr_nonnull(strstr(letters, "\"source\":\"mixed\",\"record\":1,"));
    ck_assert_uint_eq(count_of(letters, "\n"), 1);
    free(letters);
    done();
    options.parse.letters_fd = -1;
    run_well();
    ck_assert_uint_eq(result.parse.total.letters, 1);
    ck_assert_uint_eq(argot_test_seam_file(&seam, "(err)")->length, 0);
    done();
}
END_TEST

START_TEST(without_output_rules_run_all_the_same)
{
    put_three();
    options.parse.output = ARGOT_PARSE_NONE;
    run_well();
    ck_assert_uint_ge(result.rules[1].alerts, 5);
    ck_assert_uint_eq(result.raw_lost, 0);
    ck_assert_uint_eq(argot_test_seam_file(&seam, "(out)")->length, 0);
    done();
}
END_TEST

START_TEST(silent_rules_feed_others_and_are_not_written)
{
    put_three();
    compile("rule each { silent match any by source_ip }\nrule above { match alert each by source_ip when count >= 3 "
            "within 1h }");
    run_well();
    ck_assert_uint_eq(count_written("\"rule_name\":\"each\",\"threat"), 0);
    ck_assert_uint_eq(result.engine.silent_alerts, 500);
    ck_assert_uint_gt(count_written("\"rule_name\":\"above\""), 2);
    done();
}
END_TEST

/* ---- evidence ---- */

/* Each alert of `twice` has two causes, the older of which is long past. */
static void
check_evidence(const char *path, unsigned lost)
{
    compile("rule twice { match HTTP_ACCESS by source_ip when count >= 2 within 1m alert \"{request_path}\" }");
    read_files(&path, 1);
    run_well();
    ck_assert_uint_eq(result.raw_lost, lost);
    ck_assert_uint_eq(count_written("\"raw_line\":\"192.0.2."), 2 * result.rules[0].alerts - lost);
    ck_assert_uint_gt(result.rules[0].alerts, 3);
    /* The raw line of each cause is that of its record. */
    char *text = output_of("(out)");
    for (const char *at = text; (at = strstr(at, "\"record\":")); at++) {
        char path_of_line[64];
        unsigned long record = strtoul(at + strlen("\"record\":"), NULL, 10);
        snprintf(path_of_line, sizeof path_of_line, "GET /log/%lu ", record - 1);
        const char *end = strchr(at, '}'), *raw = strstr(at, "\"raw_line\"");
        if (raw && raw < end) {
            const char *found = strstr(raw, path_of_line);
            ck_assert_msg(found && found < end, "%.*s", (int)(end - at), at);
        }
    }
    free(text);
    done();
}

START_TEST(raw_lines_of_files_are_read_again)
{
    put_log("log", 100, 0, 1);
    check_evidence("log", 0);
    options.parse.input.block_bytes = 10;
    check_evidence("log", 0);
}
END_TEST

START_TEST(raw_lines_of_streams_are_kept)
{
    put_log("log", 100, 0, 1)->info.kind = ARGOT_FILE_OTHER;
    check_evidence("log", 0);
    options.parse.input.block_bytes = 10;
    check_evidence("log", 0);
}
END_TEST

START_TEST(raw_lines_of_compressed_files_are_kept)
{
    size_t length;
    struct argot_test_seam_file *log = put_log("log", 100, 0, 1);
    uint8_t *packed = test_compress(TEST_GZIP, log->bytes, log->length, &length);
    if (!packed)
        return;
    argot_test_seam_put(&seam, "log", packed, length);
    free(packed);
    check_evidence("log", 0);
}
END_TEST

/* Three lines of some 80 bytes fit; the two of an alert lie five lines apart. */
START_TEST(what_the_ring_wrote_over_is_counted)
{
    put_log("log", 100, 0, 1)->info.kind = ARGOT_FILE_OTHER;
    options.evidence_ring_bytes = 250;
    compile("rule twice { match HTTP_ACCESS by source_ip when count >= 2 within 1m }");
    const char *const paths[] = {"log"};
    read_files(paths, 1);
    run_well();
    ck_assert_uint_gt(result.raw_lost, 3);
    ck_assert_uint_eq(count_written("\"raw_line\""), 2 * result.rules[0].alerts - result.raw_lost);
    done();
    options.evidence_ring_bytes = 16; /* no record fits at all */
    run_well();
    ck_assert_uint_eq(count_written("\"raw_line\""), 2 * result.rules[0].alerts - result.raw_lost);
    done();
}
END_TEST

/* Replaces the file under way, as a log is that is cut and written on. */
static bool
rewrite(void *context)
{
    unsigned *calls = context;
    if (++*calls == 6) {
        struct argot_test_seam_file *file = argot_test_seam_file(&seam, "log");
        memset(file->bytes, 'x', file->length / 2);
    }
    return false;
}

START_TEST(a_file_that_was_written_anew_is_no_evidence)
{
    unsigned calls = 0;
    const char *const paths[] = {"log"};
    put_log("log", 100, 0, 1);
    compile("rule many { match HTTP_ACCESS when count >= 60 within 1h keep 100 }");
    read_files(paths, 1);
    options.parse.input.block_bytes = 2000;
    options.parse.stop = rewrite;
    options.parse.context = &calls;
    run_well();
    ck_assert_uint_eq(result.rules[0].alerts, 1);
    ck_assert_uint_gt(result.raw_lost, 10);
    ck_assert_uint_eq(count_written("\"raw_line\":\"192.0.2."), 60 - result.raw_lost);
    ck_assert_uint_eq(count_written("xxxx"), 0);
    done();
}
END_TEST

START_TEST(the_longest_records_are_found_again)
{
    enum { LENGTH = 20000 };
    static char text[3 * LENGTH];
    size_t length = 0;
    for (unsigned i = 0; i < 2; i++) {
        char pad[LENGTH - 100];
        memset(pad, 'a' + (int)i, sizeof pad);
        pad[sizeof pad - 1] = 0;
        length += (size_t)sprintf(text + length, LINE, 1u, 0u, i, pad, i);
    }
    text[--length] = 0; /* the last lacks its newline */
    const char *const paths[] = {"long"};
    argot_test_seam_put(&seam, "long", text, length);
    compile("rule twice { match HTTP_ACCESS when count >= 2 within 1m }");
    read_files(paths, 1);
    for (int i = 0; i < 2; i++) {
        run_well();
        ck_assert_uint_eq(result.raw_lost, 0);
        ck_assert_uint_eq(count_written("\"raw_line\":\"192.0.2.1 - - [24/Nov/2026:09:00:0"), 2);
        ck_assert_uint_eq(count_written("/0 HTTP/1.1\\\" 200 12 \\\"-\\\" \\\"-\\\"\"}"), 1);
        done();
        argot_test_seam_file(&seam, "long")->info.kind = ARGOT_FILE_OTHER;
    }
}
END_TEST

/* ---- failures ---- */

START_TEST(each_write_may_fail)
{
    put_three();
    seam.write_error = -ENOSPC;
    seam.write_most = 5000;
    run_well();
    done();
    uint64_t writes = seam.writes;
    ck_assert_uint_gt(writes, 10);
    for (uint64_t call = 1; call <= writes; call += 1 + writes / 20) {
        seam.fail_write = seam.writes + call;
        seam.fail_for_good = true;
        ck_assert(run());
        ck_assert_int_eq(result.parse.end, ARGOT_PARSE_OUTPUT_ERROR);
        ck_assert_int_eq(result.parse.error, -ENOSPC);
        done();
        seam.fail_write = 0;
        seam.fail_for_good = false;
    }
}
END_TEST

START_TEST(each_allocation_may_fail)
{
    put_three();
    options.parse.input.block_bytes = 2000;
    put_log("second", 50, 1, 3)->info.kind = ARGOT_FILE_OTHER;
    options.evidence_ring_bytes = 4096;
    uint64_t before = seam.allocations;
    run_well();
    done();
    uint64_t calls = seam.allocations - before;
    unsigned refused = 0, ended = 0, sources = 0;
    for (uint64_t call = 1; call <= calls + 5; call += 1 + calls / 300) {
        seam.fail_allocation = seam.allocations + call;
        strcpy(why, "untouched");
        if (!run()) {
            ck_assert_str_ne(why, "untouched");
            refused++;
            continue;
        }
        ended += result.parse.end == ARGOT_PARSE_NO_MEMORY;
        sources += result.parse.failed > 0;
        ck_assert_uint_eq(count_written("}\n"), count_written("\n"));
        done();
    }
    ck_assert_uint_gt(refused, 0);
    ck_assert_uint_gt(ended, 0);
    ck_assert_uint_gt(ended + sources, 1);
}
END_TEST

/* A read that fails ends its source alone; one for evidence loses the evidence. */
START_TEST(each_read_may_fail)
{
    put_three();
    options.parse.input.block_bytes = 200;
    uint64_t before = seam.reads;
    run_well();
    uint64_t reads = seam.reads - before, alerts = result.engine.alerts;
    done();
    unsigned failed = 0, lost = 0;
    for (uint64_t call = 1; call <= reads; call += 1 + reads / 500) {
        seam.fail_read = seam.reads + call;
        run_well();
        failed += result.parse.failed == 1;
        lost += result.raw_lost == 1;
        ck_assert_uint_eq(result.parse.failed + result.raw_lost, 1);
        ck_assert(result.engine.alerts == alerts || result.parse.failed);
        done();
    }
    ck_assert_uint_gt(failed, 10);
    ck_assert_uint_gt(lost, 5);
}
END_TEST

/* ---- the caller's wishes ---- */

struct calls {
    unsigned stops, stop_at, problems;
    uint64_t done_bytes;
};

static bool
stop(void *context)
{
    struct calls *calls = context;
    return ++calls->stops >= calls->stop_at && calls->stop_at;
}

static void
progress(void *context, const struct argot_parse_progress *now)
{
    struct calls *calls = context;
    ck_assert_uint_eq(now->source, 0);
    ck_assert_uint_ge(now->done_bytes, calls->done_bytes);
    ck_assert_uint_le(now->done_bytes, now->total_bytes);
    calls->done_bytes = now->done_bytes;
}

static void
problem(void *context, const char *path, const char *reason)
{
    ((struct calls *)context)->problems++;
    ck_assert_str_eq(path, "missing");
    ck_assert_str_eq(reason, "no such file");
}

START_TEST(callers_hear_of_problems_and_progress_of_all_inputs)
{
    static const char *const paths[] = {"first", "missing", "second"};
    struct calls calls = {0};
    put_three();
    read_files(paths, COUNT(paths));
    options.parse.input.block_bytes = 500;
    options.parse.context = &calls;
    options.parse.progress = progress;
    options.parse.problem = problem;
    run_well();
    ck_assert_uint_eq(calls.problems, 1);
    ck_assert_uint_eq(calls.done_bytes,
                      argot_test_seam_file(&seam, "first")->length + argot_test_seam_file(&seam, "second")->length);
    done();
}
END_TEST

/* What was read before is judged wholly, and no part of a record more. */
START_TEST(a_detection_can_be_stopped)
{
    static const unsigned at[] = {1, 2, 3, 10, 51, 100};
    put_three();
    options.parse.input.block_bytes = 500;
    options.parse.stop = stop;
    for (size_t i = 0; i < COUNT(at); i++) {
        struct calls calls = {.stop_at = at[i]};
        options.parse.context = &calls;
        ck_assert(run());
        ck_assert_int_eq(result.parse.end, ARGOT_PARSE_STOPPED);
        ck_assert_uint_lt(result.parse.total.records, 500);
        ck_assert_uint_eq(result.parse.total.letters, 0);
        ck_assert_uint_eq(result.engine.events, result.parse.total.events);
        ck_assert_uint_eq(count_written("\"rule_name\":\"each\""), result.rules[0].alerts);
        ck_assert_uint_eq(result.rules[0].alerts, result.parse.total.events);
        if (at[i] > 3)
            ck_assert_uint_gt(result.parse.total.records, 0);
        done();
    }
}
END_TEST

START_TEST(unknown_formats_begin_nothing)
{
    put_three();
    options.parse.format = "nobody";
    ck_assert(!run());
    options.parse.format = "apache_access";
    run_well();
    ck_assert_uint_eq(result.engine.events, 500);
    done();
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("detect");
    TCase *tcase = tcase_create("detect");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, files_are_merged_event_by_event);
    tcase_add_test(tcase, what_is_written_does_not_depend_on_blocks);
    tcase_add_test(tcase, nothing_in_is_nothing_out);
    tcase_add_test(tcase, every_record_is_an_event_a_letter_or_skipped_for_each_source);
    tcase_add_test(tcase, without_output_rules_run_all_the_same);
    tcase_add_test(tcase, silent_rules_feed_others_and_are_not_written);
    tcase_add_test(tcase, raw_lines_of_files_are_read_again);
    tcase_add_test(tcase, raw_lines_of_streams_are_kept);
    tcase_add_test(tcase, raw_lines_of_compressed_files_are_kept);
    tcase_add_test(tcase, what_the_ring_wrote_over_is_counted);
    tcase_add_test(tcase, a_file_that_was_written_anew_is_no_evidence);
    tcase_add_test(tcase, the_longest_records_are_found_again);
    tcase_add_test(tcase, each_write_may_fail);
    tcase_add_test(tcase, each_allocation_may_fail);
    tcase_add_test(tcase, each_read_may_fail);
    tcase_add_test(tcase, callers_hear_of_problems_and_progress_of_all_inputs);
    tcase_add_test(tcase, a_detection_can_be_stopped);
    tcase_add_test(tcase, unknown_formats_begin_nothing);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
