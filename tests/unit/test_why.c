/* SPDX-License-Identifier: Apache-2.0
 * Why a rule fired: a detection over a log in memory, watched, and what is told of it. What is told sentence by
 * sentence is held where the program is run; here every allocation fails once, in turn, and conditions that are taken
 * apart are held against the whole. */
#include "cli/args.h"
#include "cli/why.h"
#include "grammar/rules.h"
#include "test_case.h"
#include "test_seam.h"
#include <stdio.h>

extern const struct argot_normalizer *const argot_stock_formats[];
extern const size_t argot_stock_count;
const struct argot_command *const argot_main_commands[] = {NULL}; /* what the program's help would list */

static struct argot_test_seam seam;
static struct argot_registry *registry;
static struct argot_rules *rules;
static const struct argot_plan *plan;
static struct argot_buffer text, json;

#define LINE(time, ip, status, path, user)                                                                             \
    ip " - " user " [24/Nov/2026:09:" time " +0000] \"GET " path " HTTP/1.1\" " status " 12 \"-\" \"curl/8.9.1\"\n"

static const char log_lines[] =
    LINE("00:00", "192.0.2.1", "401", "/in", "ann") LINE("00:10", "192.0.2.1", "401", "/in", "ann")
        LINE("00:20", "192.0.2.1", "401", "/in", "bob") LINE("00:30", "192.0.2.1", "200", "/in", "bob")
            LINE("00:31", "192.0.2.2", "200", "/out", "-") "nonsense\n" LINE("03:00", "192.0.2.2", "404", "/x", "eve")
                LINE("00:05", "192.0.2.3", "401", "/late", "-") LINE("20:00", "192.0.2.2", "503", "/y", "eve");

static void
set_up(void)
{
    char why[256];
    argot_test_seam_init(&seam);
    registry = argot_registry_new(&seam.seam);
    for (size_t i = 0; i < argot_stock_count; i++)
        if (!strcmp(argot_stock_formats[i]->name, "apache_access"))
            ck_assert_msg(argot_registry_add(registry, argot_stock_formats[i], why, sizeof why), "%s", why);
    ck_assert(argot_registry_seal(registry, why, sizeof why));
    argot_test_seam_put(&seam, "web.log", log_lines, sizeof log_lines - 1);
    argot_buffer_init(&text, &seam.seam);
    argot_buffer_init(&json, &seam.seam);
}

static void
tear_down(void)
{
    argot_buffer_finish(&text);
    argot_buffer_finish(&json);
    argot_rules_free(rules);
    argot_registry_free(registry);
    rules = NULL;
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

static void
compile(const char *source)
{
    struct argot_rules_text one = {"my.rule", source, strlen(source)};
    rules = argot_rules_new(&seam.seam, &one, 1, NULL);
    plan = argot_rules_plan(rules);
    if (plan)
        return;
    argot_rules_print(rules, false, &text);
    argot_buffer_append(&text, "", 1);
    ck_abort_msg("%s", (const char *)text.bytes);
}

static bool
detect(const struct argot_watch *watch, struct argot_detect_result *result)
{
    static const char *const paths[] = {"web.log"};
    char why[256];
    struct argot_detect_options options = {.parse = {.seam = &seam.seam,
                                                     .registry = registry,
                                                     .npaths = 1,
                                                     .paths = paths,
                                                     .output = ARGOT_PARSE_NONE,
                                                     .output_fd = 1,
                                                     .letters_fd = -1},
                                           .plan = plan,
                                           .late_ns = ARGOT_PLAN_DEFAULT_LATE_NS,
                                           .watch = watch};
    return argot_detect_run(&options, result, why, sizeof why);
}

/* Everything that is told of the last rule. False: memory ran out, and it was noticed. */
static bool
explain(const char *const *wanted)
{
    struct argot_arena arena;
    struct argot_why why;
    struct argot_detect_result result;
    struct argot_why_options options = {
        .seam = &seam.seam, .plan = plan, .rule = plan->nrules - 1, .wanted = wanted, .most = 2};
    argot_arena_init(&arena, &seam.seam, 0);
    text.length = json.length = 0;
    const struct argot_rule_facts *facts = argot_rule_facts_make(&arena, registry, plan);
    bool good = argot_why_init(&why, &options) && facts && detect(&why.watch, &result);
    if (good) {
        argot_why_end(&why);
        struct argot_why_told told = {&why, &result, facts, NULL, registry, ARGOT_PLAN_DEFAULT_LATE_NS};
        argot_why_text(&told, &text);
        argot_why_json(&told, &json);
        good = result.parse.end == ARGOT_PARSE_DONE && !result.parse.failed && !result.raw_lost && !why.failed &&
               !text.failed && !json.failed;
        argot_detect_finish(&seam.seam, &result);
    }
    argot_why_finish(&why);
    argot_arena_finish(&arena);
    return good;
}

/* ---- memory ---- */

static const char *const kinds[] = {
    "rule r { match HTTP_ACCESS where status_code == 401 and not (user_name == \"ann\" or request_path like \"/x*\") "
    "except source_ip == 192.0.2.7 by source_ip rearm after 1m }",
    "rule r { match HTTP_ACCESS where status_code == 401 by source_ip when count >= 3 and distinct(user_name) >= 2 "
    "within 2m }",
    "rule r { match HTTP_ACCESS by source_ip, user_name? when sum(status_code) > 2000 or avg(status_code) > 500 every "
    "1h until HTTP_ACCESS where status_code == 404 limit 1 }",
    "rule r { match HTTP_ACCESS by user_name when count > 3 leak 10s rearm after 1m }",
    "rule r { match HTTP_ACCESS by source_ip when absent 5m }",
    "rule r { match HTTP_ACCESS by source_ip when new (user_name) over 1d learning 1m }",
    "rule r { by source_ip sequence within 10m { first a = 2 * HTTP_ACCESS where status_code == 401 without "
    "HTTP_ACCESS where request_path == \"/z\" then HTTP_ACCESS where status_code == 200 and request_path == "
    "a.request_path then no HTTP_ACCESS where status_code == 500 within 1m } }",
    "rule r { by source_ip together any 2 within 2m { has a = 2 * HTTP_ACCESS where status_code == 401 has b = "
    "HTTP_ACCESS where status_code == 200 has c = HTTP_ACCESS where status_code == 503 } }",
    "rule a { silent match HTTP_ACCESS where status_code == 401 by source_ip } rule r { match alert a where "
    "event_severity == \"low\" by source_ip when count >= 2 within 1h }",
};

START_TEST(memory)
{
    compile(kinds[_i]);
    ck_assert(explain(NULL)); /* shapes are made once */
    uint64_t before = seam.allocations;
    ck_assert(explain(NULL));
    uint64_t all = seam.allocations - before;
    char *told = (char *)test_exact(text.bytes, text.length), *objects = (char *)test_exact(json.bytes, json.length);
    size_t told_length = text.length, objects_length = json.length, blocks = seam.live_blocks;
    for (uint64_t i = 1; i <= all; i++) {
        argot_buffer_finish(&text);
        argot_buffer_finish(&json);
        seam.allocations = 0;
        seam.fail_allocation = i;
        bool good = explain(NULL);
        seam.fail_allocation = 0;
        /* What was not noticed did not matter. */
        if (good) {
            ck_assert(text.length == told_length && !memcmp(text.bytes, told, told_length));
            ck_assert(json.length == objects_length && !memcmp(json.bytes, objects, objects_length));
        }
        text.failed = json.failed = false;
        ck_assert_uint_le(seam.live_blocks, blocks);
    }
    free(told);
    free(objects);
}
END_TEST

START_TEST(one_key_needs_memory_too)
{
    static const char *const wanted[] = {"192.0.2.1"};
    compile(kinds[1]);
    ck_assert(explain(wanted));
    uint64_t before = seam.allocations;
    ck_assert(explain(wanted));
    uint64_t all = seam.allocations - before;
    for (uint64_t i = 1; i <= all; i++) {
        seam.allocations = 0;
        seam.fail_allocation = i;
        explain(wanted);
        seam.fail_allocation = 0;
        text.failed = json.failed = false;
    }
}
END_TEST

/* ---- parts against the whole ---- */

struct parts {
    struct argot_arena arena;
    struct argot_trace trace;
    uint64_t judged, held, failed;
};

static bool
is_same(const struct argot_trace *trace)
{
    bool all = true;
    for (uint32_t i = 1; i < trace->count; i = trace->nodes[i].end)
        all = all && trace->verdicts[i] == ARGOT_TRACE_TRUE;
    return all == (trace->verdicts[0] == ARGOT_TRACE_TRUE);
}

static void
judge_parts(void *context, struct argot_judge *judge, const struct argot_watch_note *note)
{
    struct parts *parts = context;
    struct argot_scene scene = {.rule = &plan->rules[0], .subject = note->subject};
    if (note->kind != ARGOT_WATCH_CAME || !note->subject.event)
        return;
    argot_trace_judge(&parts->trace, judge, &scene);
    parts->judged++;
    parts->held += parts->trace.verdicts[0] == ARGOT_TRACE_TRUE;
    parts->failed += !is_same(&parts->trace);
}

static const struct {
    const char *condition;
    uint64_t held;
    uint32_t nodes;
} conditions[] = {
    {"status_code == 401", 4, 3},
    {"not status_code == 401", 4, 4},
    {"not not status_code == 401", 4, 5},
    {"user_name != \"ann\"", 4, 3},
    {"not user_name == \"ann\"", 6, 4},
    {"user_name is null", 2, 3},
    {"user_name is not null and (status_code >= 500 or status_code == 401 and request_path == \"/in\")", 4, 8},
    {"status_code == 401 and (user_name == \"ann\" and request_path == \"/in\")", 2, 5},
    {"request_path like any [\"/i*\", /^.x/] or source_ip in [192.0.2.2, 10.0.0.0/8]", 7, 5},
    {"lower(user_name) starts \"b\" or len(request_path) * 2 > 8 or extra.nothing == 1", 3, 6},
    {"not (user_name contains \"n\" or user_name ends \"e\") and not source_ip == 192.0.2.3", 3, 8},
};

START_TEST(parts_agree_with_the_whole)
{
    char source[512];
    struct argot_detect_result result;
    struct parts parts = {.judged = 0};
    struct argot_watch watch = {.context = &parts, .note = judge_parts};
    snprintf(source, sizeof source, "rule r { match HTTP_ACCESS where %s }", conditions[_i].condition);
    compile(source);
    argot_arena_init(&parts.arena, &seam.seam, 0);
    ck_assert(argot_trace_init(&parts.trace, &parts.arena, plan->rules[0].matches[0].condition));
    ck_assert(detect(&watch, &result));
    ck_assert_uint_eq(parts.judged, 8);
    ck_assert_uint_eq(parts.failed, 0);
    ck_assert_uint_eq(parts.held, conditions[_i].held);
    ck_assert_uint_eq(parts.held, result.rules[0].taken);
    ck_assert_uint_eq(parts.trace.count, conditions[_i].nodes);
    argot_detect_finish(&seam.seam, &result);
    argot_arena_finish(&parts.arena);
}
END_TEST

/* ---- without a watcher ---- */

START_TEST(watching_changes_nothing)
{
    struct argot_detect_result watched, alone;
    struct parts parts = {.judged = 0};
    struct argot_watch watch = {.context = &parts, .note = judge_parts};
    compile(kinds[_i]);
    watch.rule = plan->nrules - 1;
    argot_arena_init(&parts.arena, &seam.seam, 0);
    ck_assert(argot_trace_init(&parts.trace, &parts.arena, &(struct argot_expr){.kind = ARGOT_EXPR_FROM_RULE}));
    ck_assert(detect(&watch, &watched));
    ck_assert(detect(NULL, &alone));
    for (uint32_t i = 0; i < plan->nrules; i++)
        ck_assert(!memcmp(&watched.rules[i], &alone.rules[i], sizeof alone.rules[i]));
    argot_detect_finish(&seam.seam, &watched);
    argot_detect_finish(&seam.seam, &alone);
    argot_arena_finish(&parts.arena);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("why");
    TCase *tests = tcase_create("why");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, memory, 0, COUNT(kinds));
    tcase_add_test(tests, one_key_needs_memory_too);
    tcase_add_loop_test(tests, parts_agree_with_the_whole, 0, COUNT(conditions));
    tcase_add_loop_test(tests, watching_changes_nothing, 0, COUNT(kinds));
    suite_add_tcase(suite, tests);
    return test_run(suite);
}
