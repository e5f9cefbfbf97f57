/* SPDX-License-Identifier: Apache-2.0
 * The engine: rules over events that the `test` blocks of rule texts make, the alerts as one line each. What the
 * language says sentence by sentence is held elsewhere; here are order, sources, bounds, counters and memory. */
#include "correlate/engine.h"
#include "grammar/rules.h"
#include "lender.h"
#include "test_case.h"
#include "test_seam.h"
#include <stdio.h>

#define CLOCK_NS INT64_C(1767225600000000000) /* 2026-01-01T00:00:00Z */
#define SECOND INT64_C(1000000000)

static struct argot_test_seam seam;
static struct argot_buffer out;
static struct argot_rules *rules;
static struct argot_engine *engine;
static uint64_t max_waiting, max_waiting_bytes;
static bool deaf; /* no alert is told */
static struct lender lender;
static const char *const *source_names; /* by which equal times are ordered; NULL: by numbers */

static void make_shape(void);

static void
set_up(void)
{
    argot_test_seam_init(&seam);
    make_shape();
    argot_buffer_init(&out, &seam.seam);
}

static void
stop(void)
{
    argot_engine_free(engine);
    argot_rules_free(rules);
    engine = NULL;
    rules = NULL;
}

static void
tear_down(void)
{
    stop();
    source_names = NULL;
    deaf = false;
    lender.most = 0; /* sanitized tests are one process */
    argot_buffer_finish(&out);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

/* ---- telling ---- */

static void
put_time(argot_time time)
{
    argot_buffer_printf(&out, "%lld", (long long)(time / SECOND - CLOCK_NS / SECOND));
}

/* rule@time count=N first=T [cause,cause]; a cause is its record, or an alert in brackets. */
static void
put_alert(const struct argot_alert *alert)
{
    argot_buffer_append_text(&out, alert->rule_name);
    argot_buffer_append_text(&out, "@");
    put_time(alert->time);
    argot_buffer_printf(&out, " x%llu", (unsigned long long)alert->count);
    for (uint32_t i = 0; i < alert->ncauses; i++) {
        argot_buffer_append_text(&out, i ? "," : " ");
        if (alert->causes[i].alert)
            argot_buffer_printf(&out, "(%s)", alert->causes[i].alert->rule_name);
        else
            argot_buffer_printf(&out, "%llu", (unsigned long long)alert->causes[i].identity.record);
    }
    argot_buffer_append_text(&out, "\n");
}

static void
take_alert(void *context, const struct argot_alert *alert)
{
    (void)context;
    put_alert(alert);
}

/* ---- running ---- */

/* False without memory. */
static bool
start(const char *text, uint32_t nsources)
{
    char why[200];
    struct argot_rules_text one = {"t.rule", text, strlen(text)};
    rules = argot_rules_new(&seam.seam, &one, 1, NULL);
    if (!rules)
        return false;
    const struct argot_plan *plan = argot_rules_plan(rules);
    if (!plan) {
        argot_rules_print(rules, false, &out);
        argot_buffer_append(&out, "", 1);
        ck_abort_msg("%s", (char *)out.bytes);
    }
    struct argot_engine_options options = {.seam = &seam.seam,
                                           .plan = plan,
                                           .nsources = nsources,
                                           .names = source_names,
                                           .order_by_name = source_names != NULL,
                                           .silent_too = true,
                                           .late_ns = ARGOT_PLAN_DEFAULT_LATE_NS,
                                           .max_waiting = max_waiting,
                                           .max_waiting_bytes = max_waiting_bytes,
                                           .alert = deaf ? NULL : take_alert};
    engine = argot_engine_new(&options, why, sizeof why);
    lender.count = 0; /* it has been lent nothing */
    return engine != NULL;
}

/* One shape for all events: these fields in its slots. */
static const char *const names[] = {"event_type", "source_ip", "destination_ip",
                                    "user_name",  "host_name", "event_outcome"};
static struct argot_shape_field fields[COUNT(names)];
static const struct argot_shape shape = {
    .format = "made", .message = "made", .count = COUNT(names), .nslots = COUNT(names), .fields = fields};

struct made {
    struct argot_slot slots[COUNT(names)];
    struct argot_event event;
};

static int
by_field(const void *a, const void *b)
{
    const struct argot_shape_field *x = a, *y = b;
    return x->field - y->field;
}

static void
make_shape(void)
{
    for (uint8_t i = 0; i < COUNT(names); i++)
        fields[i] = (struct argot_shape_field){.field = (uint16_t)argot_schema_find(names[i])};
    qsort(fields, COUNT(names), sizeof *fields, by_field);
    for (uint8_t i = 0; i < COUNT(names); i++)
        fields[i].index = i;
}

static void
put(struct made *made, uint16_t field, struct argot_slot slot)
{
    for (uint8_t i = 0; i < COUNT(names); i++)
        if (fields[i].field == field) {
            made->slots[i] = slot;
            made->event.present |= UINT64_C(1) << i;
        }
}

static void
make(struct made *made, const struct argot_plan_step *step, argot_time time, uint64_t record)
{
    *made = (struct made){.event = {.shape = &shape, .time = time, .record = record, .line = record}};
    made->event.slots = made->slots;
    put(made, (uint16_t)argot_schema_find("event_type"), (struct argot_slot){.u64 = step->type});
    for (uint32_t i = 0; i < step->nassignments; i++)
        put(made, step->assignments[i].field, step->assignments[i].value.slot);
}

static uint64_t records[10]; /* of each source, so far */

/* Each step of the test becomes an event of the source that its host_name of one digit names, else of source 0. */
static bool
feed(const struct argot_plan_test *test, uint32_t nsources, bool more)
{
    int host = argot_schema_find("host_name");
    for (uint32_t i = 0; i < test->nsteps; i++) {
        const struct argot_plan_step *step = &test->steps[i];
        for (uint64_t j = 0; step->kind == ARGOT_PLAN_TEST_EVENT && j < step->times; j++) {
            struct made made;
            argot_time time = CLOCK_NS + step->at_ns + (int64_t)j * step->every_ns;
            make(&made, step, time, 0);
            const struct argot_slot *name = argot_event_get(&made.event, (uint16_t)host);
            uint32_t source = name && name->text.length == 1 ? (uint32_t)(name->text.at[0] - '0') : 0;
            ck_assert_uint_lt(source, nsources);
            made.event.record = ++records[source];
            if (!(source ? argot_engine_event(engine, source, &made.event, 0)
                         : lender_give(&lender, engine, &made.event)))
                return false;
        }
    }
    return lender_call_back(&lender, engine) && (more || argot_engine_finish(engine));
}

static bool
run_events(const char *text, bool more)
{
    memset(records, 0, sizeof records);
    return start(text, 1) && feed(&argot_rules_plan(rules)->tests[0], 1, more);
}

static bool
run(const char *text, uint32_t nsources)
{
    memset(records, 0, sizeof records);
    return start(text, nsources) && feed(&argot_rules_plan(rules)->tests[0], nsources, false);
}

static const char *
alerts_of(const char *text, uint32_t nsources)
{
    stop();
    out.length = 0;
    if (!run(text, nsources))
        ck_abort_msg("no memory");
    argot_buffer_append(&out, "", 1);
    return (const char *)out.bytes;
}

/* ---- cases ---- */

#define FAIL "AUTH_LOGIN { source_ip: 192.0.2.1, user_name: \"root\", event_outcome: \"failure\" }"
#define OTHER "AUTH_LOGIN { source_ip: 192.0.2.2, user_name: \"amy\", event_outcome: \"failure\" }"
#define OK "AUTH_LOGIN { source_ip: 192.0.2.1, user_name: \"root\", event_outcome: \"success\" }"
#define FAILS "let fail = AUTH_LOGIN where event_outcome == \"failure\" "
#define OKS "let ok = AUTH_LOGIN where event_outcome == \"success\" "
#define END "at 1d end expect no alert }"

static const struct {
    const char *name, *text, *alerts;
} cases[] = {
    {"each", FAILS "rule r { match fail } test t { at 1s " FAIL " at 2s " OK " at 3s " FAIL " " END,
     "r@1 x1 1\nr@3 x1 3\n"},
    {"each, an episode",
     FAILS "rule r { match fail by source_ip rearm after 10s } test t { at 1s " FAIL " at 11s " FAIL " at 22s " FAIL
           " at 22s " OTHER " " END,
     "r@1 x1 1\nr@22 x1 3\nr@22 x1 4\n"},
    {"a threshold",
     FAILS "rule r { match fail by source_ip when count >= 3 within 10s } test t { at 0s " FAIL
           " * 4 every 5s at 60s " FAIL " * 2 every 11s " END,
     "r@10 x3 1,2,3\n"},
    {"distinct values",
     FAILS "rule r { match fail when distinct(user_name) >= 2 within 10s } test t { at 0s " FAIL
           " * 3 every 1s at 5s " OTHER " " END,
     "r@5 x4 3,4\n"},
    {"every",
     FAILS "rule r { match fail when count >= 2 every 10s } test t { at 1s " FAIL " at 9s " FAIL " at 10s " FAIL
           " at 25s " OK " " END,
     "r@10 x2 1,2\n"},
    {"session",
     FAILS "rule r { match fail when count >= 2 session 10s } test t { at 1s " FAIL " at 11s " FAIL " at 30s " OK
           " " END,
     "r@21 x2 1,2\n"},
    {"a bucket",
     FAILS "rule r { match fail by source_ip when count > 2 leak 10s rearm every 1h } test t { at 0s " FAIL
           " * 4 every 1s " END,
     "r@2 x3 1,2,3\n"},
    {"absence",
     "rule r { match any by source_ip when absent 10s } test t { at 0s " FAIL " at 10s " FAIL " at 21s " OTHER
     " at 40s " OTHER " " END,
     "r@20 x1 2\nr@31 x1 3\n"},
    {"first sight",
     FAILS "rule r { match fail when new (user_name) over 10s } test t { at 0s " FAIL " at 1s " FAIL " at 2s " OTHER
           " at 12s " FAIL " " END,
     "r@0 x1 1\nr@2 x1 3\nr@12 x1 4\n"},
    {"a sequence",
     FAILS OKS "rule r { by source_ip sequence within 10s { first a = 2 * fail within 5s then ok } } "
               "test t { at 0s " FAIL " at 1s " FAIL " at 2s " OTHER " at 3s " OK " at 4s " OK " " END,
     "r@3 x1 1,2,4\n"},
    {"then no",
     FAILS OKS "rule r { by source_ip sequence within 10s { first fail then no ok within 5s } } "
               "test t { at 0s " FAIL " at 5s " OK " at 20s " OTHER " at 26s " OK " " END,
     "r@25 x1 3\n"},
    {"together",
     FAILS OKS "rule r { by source_ip together within 5s { has ok has 2 * fail } } test t { at 0s " FAIL " at 1s " OK
               " at 2s " FAIL " " END,
     "r@2 x1 1,2,3\n"},
    {"rules over rules",
     FAILS "rule a { silent match fail } rule b { match alert a when count >= 2 within 10s } rule c { match alert b } "
           "test t { at 0s " FAIL " at 1s " FAIL " " END,
     "a@0 x1 1\na@1 x1 2\nb@1 x2 (a),(a)\nc@1 x1 (b)\n"},
    {"order within the lateness",
     FAILS "rule r { match fail when count >= 3 within 4s } test t { at 4s " FAIL " at 0s " FAIL " at 2s " FAIL " " END,
     "r@4 x3 2,3,1\n"},
    {"a late event",
     FAILS "rule r { match fail when count >= 3 within 1h } test t { at 10s " FAIL " at 20s " FAIL " at 11s " FAIL
           " at 30s " OK " " END,
     ""},
    {"a stray",
     FAILS "rule r { match fail when count >= 3 within 1h } test t { at 10s " FAIL " at 30d " FAIL " at 11s " FAIL
           " at 12s " FAIL " " END,
     "r@12 x3 1,3,4\n"},
    {"a leap",
     FAILS "rule r { match fail when count >= 2 within 1h } test t { at 10s " FAIL " at 30d " FAIL " at 30d " FAIL
           " " END,
     "r@2592000 x2 2,3\n"},
};

/* However many events are lent at once. */
START_TEST(runs)
{
    for (lender.most = 0; lender.most <= LENDER_MOST; lender.most++) {
        const char *alerts = alerts_of(cases[_i].text, 1);
        if (strcmp(alerts, cases[_i].alerts) != 0)
            ck_abort_msg("%s, %u lent:\n%sexpected:\n%s", cases[_i].name, lender.most, alerts, cases[_i].alerts);
    }
}
END_TEST

/* Every allocation fails once, in turn: nothing is lost and nothing is read that is not there. */
START_TEST(memory)
{
    out.length = 0;
    lender.most = (uint32_t)_i % 3;
    ck_assert(run(cases[_i].text, 1));
    uint64_t all = seam.allocations;
    stop();
    for (uint64_t i = 1; i <= all; i++) {
        seam.allocations = 0;
        seam.fail_allocation = i;
        out.length = 0;
        run(cases[_i].text, 1);
        seam.fail_allocation = 0;
        stop();
        out.failed = false;
    }
}
END_TEST

static struct argot_engine_rule_counts
counts_of(const char *rule)
{
    const struct argot_plan *plan = argot_rules_plan(rules);
    for (uint32_t i = 0; i < plan->nrules; i++)
        if (!strcmp(plan->rules[i].name, rule))
            return argot_engine_rule_counts(engine, i);
    ck_abort_msg("no rule %s", rule);
}

START_TEST(counters)
{
    alerts_of(FAILS "rule tardy { match fail when count >= 9 within 1h } rule keys { match fail by source_ip when "
                    "count >= 9 within 1h limit 1 } rule nokey { match fail by destination_ip } rule capped { match "
                    "fail when count < 0 within 1h limit 2 events } rule hits { match fail rearm after 1h } rule left "
                    "{ match fail when absent 1d } test t { at 0s " FAIL " at 20s " OTHER " at 1s " FAIL " at 21s " FAIL
                    " at 30d " FAIL " at 22s " FAIL " " END,
              1);
    ck_assert_uint_eq(argot_engine_counts(engine).events, 6);
    ck_assert_uint_eq(argot_engine_counts(engine).strays, 1);
    ck_assert_uint_eq(argot_engine_counts(engine).late, 1);
    ck_assert_uint_eq(argot_engine_counts(engine).waiting, 0);
    ck_assert_uint_eq(counts_of("tardy").late, 1);
    ck_assert_uint_eq(counts_of("tardy").taken, 4);
    ck_assert_uint_eq(counts_of("keys").evicted, 2);
    ck_assert_uint_eq(counts_of("keys").keys, 1);
    ck_assert_uint_eq(counts_of("nokey").null_keys, 6);
    ck_assert_uint_eq(counts_of("capped").dropped, 2);
    ck_assert_uint_eq(counts_of("hits").alerts, 1);
    ck_assert_uint_eq(counts_of("hits").hits, 3);
    ck_assert_uint_eq(counts_of("left").pending, 1);
}
END_TEST

/* Alerts of which nobody is told are counted all the same, and taken by the rules above. */
START_TEST(nobody_is_told)
{
    struct argot_engine_counts counts[2];
    for (int i = 0; i < 2; i++) {
        deaf = i;
        alerts_of(FAILS
                  "rule a { match fail when count >= 2 within 1h rearm always } rule b { match fail } rule c { "
                  "match alert a when count >= 2 within 1h } rule quiet { silent match fail } test t { at 0s " FAIL
                  " * 4 every 1s " END,
                  1);
        counts[i] = argot_engine_counts(engine);
        ck_assert_uint_eq(counts_of("a").alerts, 3);
        ck_assert_uint_eq(counts_of("b").alerts, 4);
        ck_assert_uint_eq(counts_of("c").alerts, 1);
        ck_assert_uint_eq(counts_of("quiet").alerts, 4);
    }
    ck_assert_uint_eq(out.length, 1);
    ck_assert(!memcmp(&counts[0], &counts[1], sizeof counts[0]));
}
END_TEST

/* ---- other rules while it runs ---- */

/* Feeds the events of the one text, goes on with the rules of the other, and feeds its events. */
static bool
run_both(const char *first, const char *second)
{
    char why[200];
    bool good = run_events(first, true);
    struct argot_rules *old = rules;
    struct argot_rules_text one = {"t.rule", second, strlen(second)};
    rules = good ? argot_rules_new(&seam.seam, &one, 1, NULL) : old;
    if (good && (!rules || !argot_engine_reload(engine, argot_rules_plan(rules), why, sizeof why))) {
        argot_rules_free(rules);
        rules = old;
        return false;
    }
    if (good)
        argot_rules_free(old); /* nothing of it is looked at any more */
    return good && feed(&argot_rules_plan(rules)->tests[0], 1, false);
}

#define COUNTING FAILS "rule r { match fail by source_ip when count >= 3 within 1h } "
#define TWO "test t { at 0s " FAIL " at 10s " FAIL " at 30s " OK " " END
#define THIRD "test t { at 40s " FAIL " at 60s " OK " " END

static const struct {
    const char *name, *first, *second, *alerts;
} reloads[] = {
    {"the same rule", COUNTING TWO, COUNTING "rule other { match ok } " OKS THIRD, "other@60 x1 5\nr@40 x3 1,2,4\n"},
    {"other words", COUNTING TWO,
     FAILS "rule r { title \"new\" severity low match fail by source_ip when count >= 3 within 1h limit 7 } " THIRD,
     "r@40 x3 1,2,4\n"},
    {"another rule", COUNTING TWO, FAILS "rule r { match fail by source_ip when count >= 3 within 2h } " THIRD, ""},
    {"another name", COUNTING TWO, FAILS "rule s { match fail by source_ip when count >= 3 within 1h } " THIRD, ""},
    {"another let behind the same name", COUNTING TWO,
     "let fail = AUTH_LOGIN rule r { match fail by source_ip when count >= 3 within 1h } test t { at 40s " FAIL
     " at 41s " FAIL " " END,
     ""},
    {"an event that waits", COUNTING "test t { at 0s " FAIL " at 1s " FAIL " at 2s " FAIL " " END,
     COUNTING "rule other { match ok } " OKS THIRD, "r@2 x3 1,2,3\nother@60 x1 5\n"},
    {"an event that waits, for a new rule",
     "test t { at 0s " FAIL " " END "rule r { match any when count >= 3 within 9h }",
     FAILS "rule s { match fail when count >= 2 within 1h } " THIRD, "s@40 x2 1,2\n"},
    {"a timer", "rule r { match any by source_ip when absent 15s } test t { at 0s " FAIL " at 5s " FAIL " " END,
     "rule r { match any by source_ip when absent 15s note \"n\" } " THIRD, "r@20 x1 2\nr@55 x1 3\n"},
    {"a timer of a rule that went", "rule r { match any by source_ip when absent 15s } test t { at 0s " FAIL " " END,
     FAILS "rule s { match fail } " THIRD, "s@40 x1 2\n"},
    {"an alert that waits",
     FAILS "rule a { match fail } rule b { match alert a when count >= 2 within 1h late 30s } test t { at 0s " FAIL
           " " END,
     FAILS "rule a { match fail } rule b { match alert a when count >= 2 within 1h late 30s } " OKS
           "rule z { match ok } " THIRD,
     "a@0 x1 1\na@40 x1 2\nz@60 x1 3\nb@40 x2 (a),(a)\n"},
    {"a partial",
     FAILS OKS "rule r { by source_ip sequence within 1h { first a = 2 * fail then ok } } test t { at 0s " FAIL
               " at 1s " FAIL " at 20s " OTHER " " END,
     FAILS OKS "rule r { by source_ip sequence within 1h { first a = 2 * fail then ok } alert \"{a.user_name}\" } "
               "test t { at 21s " OK " " END,
     "r@21 x1 1,2,4\n"},
};

START_TEST(reload)
{
    ck_assert(run_both(reloads[_i].first, reloads[_i].second));
    argot_buffer_append(&out, "", 1);
    if (strcmp((const char *)out.bytes, reloads[_i].alerts) != 0)
        ck_abort_msg("%s:\n%sexpected:\n%s", reloads[_i].name, out.bytes, reloads[_i].alerts);
}
END_TEST

START_TEST(reload_memory)
{
    ck_assert(run_both(reloads[_i].first, reloads[_i].second));
    uint64_t all = seam.allocations;
    stop();
    for (uint64_t i = 1; i <= all; i++) {
        seam.allocations = 0;
        seam.fail_allocation = i;
        out.length = 0;
        run_both(reloads[_i].first, reloads[_i].second);
        seam.fail_allocation = 0;
        stop();
        out.failed = false;
    }
}
END_TEST

#define FROM(host) "AUTH_LOGIN { host_name: \"" host "\", event_outcome: \"failure\" }"

/* The slowest source holds the others back; one that ended does not. */
/* ---- live ---- */

static void
come(uint32_t source, int64_t second)
{
    const struct argot_plan_test *test = &argot_rules_plan(rules)->tests[0];
    struct made made;
    make(&made, &test->steps[0], CLOCK_NS + second * SECOND, ++records[source]);
    ck_assert(argot_engine_event(engine, source, &made.event, 0));
}

static void
expect_alerts(const char *due)
{
    argot_buffer_append(&out, "", 1);
    ck_assert_str_eq((const char *)out.bytes, due);
    out.length = 0;
}

#define THREE FAILS "rule r { match fail when count >= 3 within 1h } test t { at 1s " FAIL " " END

START_TEST(a_source_that_is_idle_holds_nothing_back)
{
    memset(records, 0, sizeof records);
    ck_assert(start(THREE, 2));
    come(0, 1);
    come(0, 2);
    come(0, 3);
    come(0, 60);
    expect_alerts(""); /* source 1 may have older ones */
    ck_assert(argot_engine_source_idle(engine, 1));
    expect_alerts("r@3 x3 1,2,3\n");
    come(1, 61); /* and holds back again */
    come(1, 62);
    come(0, 200);
    ck_assert_int_eq(argot_engine_next_source(engine), 1);
    ck_assert_uint_eq(argot_engine_counts(engine).late, 0);
}
END_TEST

START_TEST(sources_are_added)
{
    static const char *const three[] = {"a", "b", "c"};
    memset(records, 0, sizeof records);
    ck_assert(start(THREE, 1));
    come(0, 1);
    come(0, 2);
    ck_assert(argot_engine_grow(engine, 3, three));
    ck_assert_int_eq(argot_engine_next_source(engine), 0); /* new ones hold nothing back */
    ck_assert(argot_engine_source_await(engine, 2));
    ck_assert_int_eq(argot_engine_next_source(engine), 2);
    come(2, 3);
    come(2, 4);
    come(0, 60);
    come(2, 61);
    expect_alerts("r@3 x3 1,2,1\n");
    ck_assert(!argot_engine_grow(engine, 2, three));
}
END_TEST

#define FOUR FAILS "rule r { match fail when count >= 4 within 1h } test t { at 1s " FAIL " " END

/* Numbers of sources depend on when they were met; names do not. */
START_TEST(equal_times_are_ordered_by_names_where_sources_come_up_later)
{
    static const char *const names_of[] = {"b", "a#10", "a#9", "a"};
    static const char *const expected[] = {"r@5 x4 1,2,3,4\n", "r@5 x4 4,3,2,1\n"};
    for (size_t round = 0; round < COUNT(expected); round++) {
        source_names = round ? names_of : NULL;
        ck_assert(start(FOUR, 4));
        for (uint32_t i = 0; i < 4; i++) {
            records[i] = i;
            come(i, 5);
        }
        for (uint32_t i = 0; i < 4; i++)
            come(i, 100);
        expect_alerts(expected[round]);
        stop();
    }
}
END_TEST

/* The one event of a source waits for no other; when all are idle nothing waits, and time goes on by the clock. */
START_TEST(the_clock_goes_on_when_nobody_speaks)
{
    memset(records, 0, sizeof records);
    ck_assert(start(FAILS "rule r { match fail when absent 10s } test t { at 1s " FAIL " " END, 1));
    come(0, 1);
    ck_assert(argot_engine_clock(engine, CLOCK_NS + SECOND));
    ck_assert(argot_engine_source_idle(engine, 0));
    ck_assert(argot_engine_clock(engine, CLOCK_NS + 70 * SECOND));
    expect_alerts("");
    ck_assert(argot_engine_clock(engine, CLOCK_NS + 77 * SECOND)); /* 60 s behind, and the lateness */
    expect_alerts("r@11 x1 1\n");
}
END_TEST

/* Of silence that had moved time on nothing is stored. Rules that need no order, and inputs that ended, say nothing. */
START_TEST(an_engine_goes_on_as_late_as_the_one_before)
{
    memset(records, 0, sizeof records);
    ck_assert(start(THREE, 2));
    come(0, 1);
    come(0, 2);
    come(0, 3);
    ck_assert(argot_engine_resume(engine, INT64_MAX) && argot_engine_resume(engine, CLOCK_NS + 10 * SECOND));
    expect_alerts("r@3 x3 1,2,3\n");
    come(1, 9);
    come(1, 10); /* now the first is believed, which is late */
    ck_assert_uint_eq(argot_engine_counts(engine).late, 1);
}
END_TEST

START_TEST(a_time_far_ahead_of_the_clock_is_not_believed)
{
    memset(records, 0, sizeof records);
    ck_assert(start(THREE, 1));
    come(0, 1);
    come(0, 2);
    come(0, 3);
    come(0, 10 * 86400);
    ck_assert(argot_engine_clock(engine, CLOCK_NS + 4 * SECOND));
    come(0, 4);
    ck_assert_uint_eq(argot_engine_counts(engine).strays, 1);
    ck_assert_uint_eq(argot_engine_counts(engine).late, 0);
}
END_TEST

/* Fed once more, a source's first event waits for no next one that the clock believed at its time. */
START_TEST(a_time_is_believed_as_it_was)
{
    memset(records, 0, sizeof records);
    ck_assert(start(THREE, 2));
    come(0, 1);
    ck_assert_uint_eq(argot_engine_counts(engine).waiting, 0);
    ck_assert(argot_engine_source_clock(engine, 0, CLOCK_NS + SECOND));
    ck_assert_uint_eq(argot_engine_counts(engine).waiting, 1);
    come(1, 10 * 86400);
    ck_assert(argot_engine_source_clock(engine, 1, CLOCK_NS + 2 * SECOND));
    ck_assert_uint_eq(argot_engine_counts(engine).waiting, 1);
}
END_TEST

START_TEST(several_sources)
{
    const char *alerts = alerts_of(
        FAILS "rule r { match fail when count >= 3 within 10s rearm always } test t { at 0s " FROM("0") " at 1s " FROM(
            "0") " at 50s " FROM("1") " at 2s " FROM("0") " at 51s " FROM("1") " at 52s " FROM("1") " " END,
        2);
    ck_assert_str_eq(alerts, "r@2 x3 1,2,3\nr@52 x3 1,2,3\n");
}
END_TEST

START_TEST(next_source)
{
    ck_assert(start("rule r { match any when count >= 2 within 10s }", 3));
    struct made made;
    struct argot_plan_step step = {.kind = ARGOT_PLAN_TEST_EVENT};
    static const struct {
        uint32_t source;
        argot_time time;
        int64_t next;
    } events[] = {{0, 50, 0}, {0, 51, 1}, {1, 40, 1}, {1, 41, 2}, {2, 60, 2}, {2, 61, 1}, {1, 70, 0}};
    ck_assert_int_eq(argot_engine_next_source(engine), 0);
    for (size_t i = 0; i < COUNT(events); i++) {
        make(&made, &step, CLOCK_NS + events[i].time * SECOND, i + 1);
        ck_assert(argot_engine_event(engine, events[i].source, &made.event, 0));
        ck_assert_int_eq(argot_engine_next_source(engine), events[i].next);
    }
    ck_assert(argot_engine_source_end(engine, 0));
    ck_assert_int_eq(argot_engine_next_source(engine), 2);
    ck_assert(argot_engine_source_end(engine, 0));
    ck_assert(argot_engine_source_end(engine, 1));
    ck_assert(argot_engine_source_end(engine, 2));
    ck_assert_int_eq(argot_engine_next_source(engine), -1);
    ck_assert(argot_engine_finish(engine));
}
END_TEST

static void
feed_one(argot_time time, uint64_t record)
{
    struct made made;
    struct argot_plan_step step = {.kind = ARGOT_PLAN_TEST_EVENT};
    make(&made, &step, time, record);
    ck_assert(argot_engine_event(engine, 0, &made.event, 0));
}

/* An event that is late for rules of two latenesses is one event. */
START_TEST(late_is_counted_once)
{
    ck_assert(start("rule a { match any when count >= 9 within 10s }\n"
                    "rule b { match any when count >= 9 within 10s late 10s }",
                    1));
    static const argot_time times[] = {0, 100, 50, 93};
    for (size_t i = 0; i < COUNT(times); i++)
        feed_one(CLOCK_NS + times[i] * SECOND, i + 1);
    ck_assert(argot_engine_finish(engine));
    ck_assert_uint_eq(argot_engine_counts(engine).late, 2);
    ck_assert_uint_eq(argot_engine_rule_counts(engine, 0).late, 2);
    ck_assert_uint_eq(argot_engine_rule_counts(engine, 1).late, 1);
}
END_TEST

/* What a rule with a large lateness holds back does not take from the others the order that they have room for. */
START_TEST(the_oldest_are_hurried)
{
    max_waiting = 100;
    ck_assert(start("rule a { match any when count >= 9999 within 10s }\n"
                    "rule b { match any when count >= 9999 within 10s late 1d }",
                    1));
    for (uint32_t i = 0; i < 500; i++) {
        feed_one(CLOCK_NS + i * SECOND, 2 * i + 1);
        feed_one(CLOCK_NS + (i > 3 ? i - 3 : i) * SECOND, 2 * i + 2);
        ck_assert_uint_le(argot_engine_counts(engine).waiting, 100);
    }
    max_waiting = 0;
    ck_assert_uint_gt(argot_engine_counts(engine).hurried, 800);
    ck_assert_uint_eq(argot_engine_counts(engine).late, 0);
    ck_assert(argot_engine_finish(engine));
    ck_assert_uint_eq(argot_engine_rule_counts(engine, 0).taken, 1000);
}
END_TEST

/* Few large events are as much as many small ones: at one time, where nothing becomes old. */
START_TEST(waiting_memory_is_bounded)
{
    enum { EVENTS = 100, TEXT_BYTES = 100000, MOST_BYTES = 1000000 };
    max_waiting_bytes = MOST_BYTES;
    ck_assert(start("rule a { match any when count >= 9999 within 10s }", 1));
    uint8_t *text = calloc(1, TEXT_BYTES);
    ck_assert_ptr_nonnull(text);
    for (uint32_t i = 0; i < EVENTS; i++) {
        struct made made;
        struct argot_plan_step step = {.kind = ARGOT_PLAN_TEST_EVENT};
        make(&made, &step, CLOCK_NS, i + 1);
        put(&made, (uint16_t)argot_schema_find("user_name"),
            (struct argot_slot){.text = {.at = text, .length = TEXT_BYTES}});
        ck_assert(argot_engine_event(engine, 0, &made.event, 0));
    }
    free(text);
    max_waiting_bytes = 0;
    ck_assert_uint_lt(seam.peak_bytes, 4 * MOST_BYTES);
    ck_assert_uint_gt(argot_engine_counts(engine).hurried, EVENTS - MOST_BYTES / TEXT_BYTES - 2);
    ck_assert(argot_engine_finish(engine));
    ck_assert_uint_eq(argot_engine_rule_counts(engine, 0).taken, EVENTS);
    ck_assert_uint_eq(argot_engine_counts(engine).late, 0);
}
END_TEST

/* Nothing is lost or due at the ends of time. */
START_TEST(ends_of_time)
{
    ck_assert(start("rule a { match any when count >= 2 within 10s rearm always }\n"
                    "rule b { match any when absent 1h }",
                    1));
    static const argot_time times[] = {INT64_MIN, INT64_MIN, INT64_MIN + 1, INT64_MAX - 1, INT64_MAX, INT64_MAX};
    for (size_t i = 0; i < COUNT(times); i++)
        feed_one(times[i], i + 1);
    ck_assert(argot_engine_finish(engine));
    ck_assert_uint_eq(argot_engine_counts(engine).waiting, 0);
    ck_assert_uint_eq(argot_engine_rule_counts(engine, 0).taken, COUNT(times));
    ck_assert_uint_eq(argot_engine_rule_counts(engine, 0).alerts, 4);
    ck_assert_uint_eq(argot_engine_rule_counts(engine, 1).alerts, 1);
    ck_assert_uint_eq(argot_engine_rule_counts(engine, 1).pending, 1);
}
END_TEST

/* A million sources of one attempt each stay within the bound, and memory comes back to where it was. */
START_TEST(hostile_keys)
{
    ck_assert(start(FAILS "rule r { match fail by user_name when count >= 5 within 1h limit 1000 }", 1));
    char name[32];
    struct argot_plan_assignment set[2] = {{.field = (uint16_t)argot_schema_find("user_name")},
                                           {.field = (uint16_t)argot_schema_find("event_outcome")}};
    struct argot_plan_step step = {.nassignments = 2, .assignments = set};
    int type = argot_schema_find("event_type");
    step.type = (uint16_t)argot_schema_enum((uint16_t)type, (const uint8_t *)"AUTH_LOGIN", 10);
    set[1].value.slot.u64 = (uint64_t)argot_schema_enum(set[1].field, (const uint8_t *)"failure", 7);
    uint64_t warm = 0;
    for (uint32_t i = 0; i < 100000; i++) {
        struct made made;
        int length = snprintf(name, sizeof name, "user%u", i);
        set[0].value.slot.text.at = (const uint8_t *)name;
        set[0].value.slot.text.length = (uint32_t)length;
        make(&made, &step, CLOCK_NS + i * SECOND / 1000, i + 1);
        ck_assert(argot_engine_event(engine, 0, &made.event, 0));
        if (i == 20000)
            warm = seam.allocations;
    }
    ck_assert_uint_eq(seam.allocations, warm); /* nothing for each event */
    ck_assert(argot_engine_finish(engine));
    ck_assert_uint_eq(argot_engine_rule_counts(engine, 0).keys, 1000);
    ck_assert_uint_eq(argot_engine_rule_counts(engine, 0).evicted, 99000);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("engine");
    TCase *tcase = tcase_create("engine");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, runs, 0, COUNT(cases));
    tcase_add_loop_test(tcase, memory, 0, COUNT(cases));
    tcase_add_loop_test(tcase, reload, 0, COUNT(reloads));
    tcase_add_loop_test(tcase, reload_memory, 0, COUNT(reloads));
    tcase_add_test(tcase, counters);
    tcase_add_test(tcase, nobody_is_told);
    tcase_add_test(tcase, a_source_that_is_idle_holds_nothing_back);
    tcase_add_test(tcase, sources_are_added);
    tcase_add_test(tcase, equal_times_are_ordered_by_names_where_sources_come_up_later);
    tcase_add_test(tcase, the_clock_goes_on_when_nobody_speaks);
    tcase_add_test(tcase, an_engine_goes_on_as_late_as_the_one_before);
    tcase_add_test(tcase, a_time_far_ahead_of_the_clock_is_not_believed);
    tcase_add_test(tcase, a_time_is_believed_as_it_was);
    tcase_add_test(tcase, several_sources);
    tcase_add_test(tcase, next_source);
    tcase_add_test(tcase, late_is_counted_once);
    tcase_add_test(tcase, the_oldest_are_hurried);
    tcase_add_test(tcase, waiting_memory_is_bounded);
    tcase_add_test(tcase, ends_of_time);
    tcase_add_test(tcase, hostile_keys);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
