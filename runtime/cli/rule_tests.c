/* SPDX-License-Identifier: Apache-2.0
 * What happens in a test is made first and put in the order of its time, equal times as they are written: so the lines
 * of a test may stand in the order in which they are best read. */
#include "cli/rule_tests.h"
#include "cli/caught.h"
#include "cli/explain.h"
#include "cli/rule_event.h"
#include "cli/rule_report.h"
#include "cli/say.h"
#include "correlate/engine.h"
#include <stdlib.h>

#define WHY_BYTES 256
#define REPORT_COLUMNS 120

/* An event that happens in a test. */
struct moment {
    argot_time time;
    uint64_t order; /* as written */
    const struct argot_event *event;
};

struct bench {
    const struct argot_ruleset *set;
    const struct argot_plan *plan;
    const struct argot_plan_test *test;
    struct argot_seam *seam;
    struct argot_judge *judge; /* of all tests */
    struct argot_worker *worker;
    struct argot_batch batch;
    struct argot_caught caught;
    struct moment *moments; /* of the seam */
    size_t count, capacity;
    argot_time end;
    uint32_t shapes; /* made by hand */
    struct argot_rule_report report;
};

static bool
no_memory(struct bench *bench)
{
    argot_rule_report_fail(&bench->report, bench->test->place, "there is no memory for this test");
    return false;
}

/* ---- what happens ---- */

static argot_time
after(argot_time time, int64_t ns)
{
    argot_time sum;
    return __builtin_add_overflow(time, ns, &sum) ? INT64_MAX : sum;
}

static argot_time
step_time(const struct argot_plan_step *step)
{
    return step->timed ? after(ARGOT_RULE_REPORT_CLOCK, step->at_ns) : ARGOT_RULE_REPORT_CLOCK;
}

static bool
make_room(struct bench *bench, uint64_t more)
{
    struct argot_seam *seam = bench->seam;
    if (more <= bench->capacity - bench->count)
        return true;
    size_t capacity = bench->count + (size_t)more, bytes;
    if (capacity < bench->capacity * 2)
        capacity = bench->capacity * 2;
    if (__builtin_mul_overflow(capacity, sizeof *bench->moments, &bytes))
        return false;
    struct moment *moments = bench->moments ? seam->resize(seam, bench->moments, bytes) : seam->allocate(seam, bytes);
    if (!moments)
        return false;
    bench->moments = moments;
    bench->capacity = capacity;
    return true;
}

/* `events` of one record, as often as the step says; a record's events stay together. */
static bool
add_moments(struct bench *bench, const struct argot_plan_step *step, const struct argot_result *results,
            size_t nresults)
{
    for (uint64_t k = 0; k < step->times; k++) {
        if (!make_room(bench, nresults))
            return no_memory(bench);
        for (size_t i = 0; i < nresults; i++) {
            if (results[i].outcome != ARGOT_EVENT)
                continue;
            const struct argot_event *event = results[i].event;
            argot_time time = step->timed && step->kind == ARGOT_PLAN_TEST_LOG ? step_time(step) : event->time;
            int64_t later;
            if (__builtin_mul_overflow((int64_t)k, step->every_ns, &later))
                later = INT64_MAX;
            time = after(time, later);
            bench->moments[bench->count] = (struct moment){time, bench->count, event};
            bench->count++;
            bench->end = time > bench->end ? time : bench->end;
        }
    }
    return true;
}

/* One line of the text of a step; padded as lexers need it. */
static bool
log_line(struct bench *bench, const struct argot_plan_step *step, const char *at, size_t length)
{
    struct argot_settings settings = {.received = step_time(step), .format = step->format};
    uint8_t *line = argot_arena_zalloc(&bench->batch.arena, 1, length + 1 + ARGOT_PADDING);
    size_t before = bench->batch.count;
    uint64_t letters = bench->batch.counts.letters;
    if (!line)
        return no_memory(bench);
    memcpy(line, at, length);
    line[length] = '\n';
    if (!argot_worker_settings(bench->worker, &settings) ||
        !argot_worker_record(bench->worker, &bench->batch, line, length, 1, 1))
        return no_memory(bench);
    if (bench->batch.counts.letters > letters) {
        struct argot_explain explain = {.cli = bench->set->cli, .settings = settings, .columns = REPORT_COLUMNS};
        struct argot_batch made = {.results = bench->batch.results + before, .count = bench->batch.count - before};
        argot_rule_report_fail(&bench->report, step->place, "this line is no event");
        argot_explain_results(&explain, (struct argot_slice){line, (uint32_t)length}, &made, bench->report.out);
        return false;
    }
    return add_moments(bench, step, bench->batch.results + before, bench->batch.count - before);
}

static bool
log_text(struct bench *bench, const struct argot_plan_step *step)
{
    const char *at = step->line.at, *end = at + step->line.length;
    bool good = true;
    for (;;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        good = log_line(bench, step, at, (size_t)((newline ? newline : end) - at)) && good;
        if (!newline || newline + 1 == end)
            return good;
        at = newline + 1;
    }
}

static bool
make_event(struct bench *bench, const struct argot_plan_step *step)
{
    uint32_t number = (uint32_t)argot_registry_shapes(bench->set->cli->registry) + bench->shapes++;
    struct argot_result result = {
        .outcome = ARGOT_EVENT,
        .event = argot_rule_event_make(&bench->batch.arena, step, step_time(step), number),
    };
    return result.event ? add_moments(bench, step, &result, 1) : no_memory(bench);
}

/* Lines first: their shapes are numbered by the registry, and those of other events behind them. Each step is tried,
 * so that all that is wrong is told. */
static bool
make_moments(struct bench *bench)
{
    static const enum argot_plan_step_kind kinds[] = {ARGOT_PLAN_TEST_LOG, ARGOT_PLAN_TEST_EVENT, ARGOT_PLAN_TEST_END};
    bool good = true;
    bench->end = ARGOT_RULE_REPORT_CLOCK;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (uint32_t i = 0; i < bench->test->nsteps; i++) {
            const struct argot_plan_step *step = &bench->test->steps[i];
            if (step->kind != kinds[k])
                continue;
            if (step->kind == ARGOT_PLAN_TEST_LOG)
                good = log_text(bench, step) && good;
            else if (step->kind == ARGOT_PLAN_TEST_EVENT)
                good = make_event(bench, step) && good;
            else if (step_time(step) > bench->end)
                bench->end = step_time(step);
        }
    return good;
}

static int
by_time(const void *a, const void *b)
{
    const struct moment *x = a, *y = b;
    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Records are numbered as they come. */
static bool
feed(struct bench *bench, struct argot_engine *engine)
{
    uint64_t record = 0;
    if (bench->count > 0)
        qsort(bench->moments, bench->count, sizeof *bench->moments, by_time);
    for (size_t i = 0; i < bench->count; i++) {
        struct argot_event event = *bench->moments[i].event;
        record += event.part == 0;
        event.time = bench->moments[i].time;
        event.record = event.line = record;
        if (!argot_engine_event(engine, 0, &event, 0))
            return false;
    }
    return argot_engine_finish_at(engine, bench->end);
}

static bool
run_engine(struct bench *bench)
{
    char why[WHY_BYTES] = "there is no memory";
    struct argot_engine_options options = {
        .seam = bench->seam,
        .plan = bench->plan,
        .nsources = 1,
        .silent_too = true,
        .late_ns = ARGOT_PLAN_DEFAULT_LATE_NS,
        .context = &bench->caught,
        .alert = argot_caught_add,
    };
    struct argot_engine *engine = argot_engine_new(&options, why, sizeof why);
    bool good = engine && feed(bench, engine);
    if (good)
        bench->report.counts = argot_engine_counts(engine);
    else
        argot_rule_report_fail(&bench->report, bench->test->place, why);
    argot_engine_free(engine);
    return good;
}

/* ---- what is expected ---- */

static bool
holds(struct bench *bench, const struct argot_plan_expect *expect, const struct argot_alert *alert)
{
    if (expect->rule >= 0 && alert->rule != (uint32_t)expect->rule)
        return false;
    struct argot_scene scene = {.subject = {.alert = alert}};
    scene.rule = expect->rule < 0 ? NULL : &bench->plan->rules[expect->rule];
    bool good = !expect->condition || argot_judge_holds(bench->judge, expect->condition, &scene);
    argot_judge_forget(bench->judge);
    return good;
}

static bool
is_met(const struct argot_plan_expect *expect, uint64_t held, uint64_t held_at)
{
    switch (expect->kind) {
    case ARGOT_PLAN_EXPECT_AT:
        return held_at > 0;
    case ARGOT_PLAN_EXPECT_COUNT:
        return held == expect->count;
    case ARGOT_PLAN_EXPECT_NONE:
        return held == 0;
    }
    return false;
}

static void
check(struct bench *bench, const struct argot_plan_expect *expect)
{
    struct argot_caught *caught = &bench->caught;
    uint64_t held = 0, held_at = 0;
    bool *fits = argot_arena_zalloc(&bench->batch.arena, caught->count, sizeof *fits);
    if (!fits) {
        no_memory(bench);
        return;
    }
    for (size_t i = 0; i < caught->count; i++) {
        fits[i] = holds(bench, expect, caught->alerts[i]);
        held += fits[i];
        held_at += fits[i] && caught->alerts[i]->time == after(ARGOT_RULE_REPORT_CLOCK, expect->at_ns);
    }
    if (argot_judge_failed(bench->judge))
        no_memory(bench);
    else if (!is_met(expect, held, held_at))
        argot_rule_report_expect(&bench->report, expect, held, caught, fits);
}

/* ---- the tests ---- */

static void
run_test(struct bench *bench, const struct argot_plan_test *test)
{
    bench->test = test;
    bench->report.test = test;
    bench->report.failed = false;
    bench->count = 0;
    bench->shapes = 0;
    argot_batch_reset(&bench->batch);
    argot_caught_init(&bench->caught, bench->seam);
    if (make_moments(bench) && run_engine(bench)) {
        for (uint32_t i = 0; i < test->nexpects; i++)
            check(bench, &test->expects[i]);
        if (bench->caught.missed)
            argot_rule_report_fail(&bench->report, test->place, "more alerts fired than can be kept");
    }
    argot_caught_finish(&bench->caught);
}

static bool
is_expected(const struct argot_plan *plan, uint32_t rule)
{
    for (uint32_t i = 0; i < plan->ntests; i++)
        for (uint32_t k = 0; k < plan->tests[i].nexpects; k++)
            if (plan->tests[i].expects[k].kind != ARGOT_PLAN_EXPECT_NONE &&
                plan->tests[i].expects[k].rule == (int32_t)rule)
                return true;
    return false;
}

static void
run_tests(struct bench *bench, bool verbose, struct argot_rule_tests_result *result)
{
    const struct argot_plan *plan = bench->plan;
    result->rules = plan->nrules;
    for (uint32_t i = 0; i < plan->nrules; i++)
        result->untested += !is_expected(plan, i);
    for (uint32_t i = 0; i < plan->ntests; i++) {
        run_test(bench, &plan->tests[i]);
        result->tests++;
        result->failed += bench->report.failed;
        if (verbose)
            argot_rule_report_line(&bench->report);
    }
}

bool
argot_rule_tests_run(const struct argot_ruleset *set, bool verbose, struct argot_rule_tests_result *result,
                     struct argot_buffer *out)
{
    struct argot_seam *seam = set->cli->seam;
    char why[WHY_BYTES] = "there is no memory";
    struct bench bench = {.set = set, .plan = argot_rules_plan(set->rules), .seam = seam};
    struct argot_settings settings = {0};
    *result = (struct argot_rule_tests_result){0};
    bench.report = (struct argot_rule_report){.plan = bench.plan, .out = out};
    argot_batch_init(&bench.batch, seam);
    bench.judge = argot_judge_new(seam, bench.plan, why, sizeof why);
    bench.worker = argot_worker_new(set->cli->registry, &settings);
    bool good = bench.judge && bench.worker;
    if (good)
        run_tests(&bench, verbose, result);
    else
        argot_say(seam, "the tests of rules cannot be run: %s", why);
    argot_worker_free(bench.worker);
    argot_judge_free(bench.judge);
    argot_batch_finish(&bench.batch);
    seam->release(seam, bench.moments);
    return good;
}
