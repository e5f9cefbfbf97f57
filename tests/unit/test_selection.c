/* SPDX-License-Identifier: Apache-2.0
 * Choosing who is judged changes nothing but the time: random rules over random events, among them bytes that are no
 * text, give what trying each rule on each event gives. And the parts of it: many texts and many values at once. */
#include "correlate/engine.h"
#include "correlate/keys.h"
#include "correlate/literals.h"
#include "correlate/selection.h"
#include "grammar/rules.h"
#include "judge_event.h"
#include "test_case.h"
#include "test_seam.h"
#include <stdio.h>

#define RULES 60
#define SHAPES 8
#define EVENTS 40 /* of each shape */
#define ROUNDS 12

static struct argot_test_seam seam;
static uint64_t state;
static struct argot_buffer text;
static void *blocks[200000]; /* given back at the end of a case */
static size_t nblocks;

static void
set_up(void)
{
    argot_test_seam_init(&seam);
    argot_buffer_init(&text, &seam.seam);
}

static void
tear_down(void)
{
    argot_buffer_finish(&text);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
    while (nblocks)
        free(blocks[--nblocks]);
}

static uint32_t
below(uint32_t count)
{
    return (uint32_t)(test_random(&state) % count);
}

static bool
one_in(uint32_t count)
{
    return below(count) == 0;
}

#define PICK(array) (array)[below(COUNT(array))]

/* ---- texts: few pieces, so that they meet ---- */

static const struct argot_slice pieces[] = {
    {(const uint8_t *)"a", 1},      {(const uint8_t *)"B", 1},         {(const uint8_t *)"ab", 2},
    {(const uint8_t *)"AB", 2},     {(const uint8_t *)"abcd", 4},      {(const uint8_t *)"ABcd", 4},
    {(const uint8_t *)"\0", 1},     {(const uint8_t *)"\xff\xfe", 2},  {(const uint8_t *)"\xc3\xa9", 2},
    {(const uint8_t *)"[`{@", 4},   {(const uint8_t *)"\\cmd.exe", 8}, {(const uint8_t *)"/", 1},
    {(const uint8_t *)" -enc ", 6}, {(const uint8_t *)"\n", 1},        {(const uint8_t *)"0", 1},
    {(const uint8_t *)"\"", 1},     {(const uint8_t *)"*?", 2}};

static struct argot_slice
random_bytes(uint32_t most)
{
    uint8_t bytes[400];
    uint32_t length = 0, count = below(most + 1);
    for (uint32_t i = 0; i < count && length < 380; i++) {
        struct argot_slice piece = PICK(pieces);
        memcpy(bytes + length, piece.at, piece.length);
        length += piece.length;
    }
    ck_assert_uint_lt(nblocks, COUNT(blocks));
    blocks[nblocks++] = test_exact(bytes, length);
    return (struct argot_slice){blocks[nblocks - 1], length};
}

/* ---- conditions ---- */

static void
put(const char *words)
{
    argot_buffer_append_text(&text, words);
}

static void
put_literal(uint32_t most)
{
    struct argot_slice bytes = random_bytes(most);
    put("\"");
    for (uint32_t i = 0; i < bytes.length; i++)
        argot_buffer_printf(&text, "\\x%02x", bytes.at[i]);
    put(one_in(3) ? "\"i" : "\"");
}

static void
put_like(void)
{
    uint32_t count = 1 + below(4);
    put("\"");
    for (uint32_t i = 0; i < count; i++) {
        struct argot_slice bytes = random_bytes(2);
        put(one_in(3) ? "*" : one_in(4) ? "?" : "");
        for (uint32_t j = 0; j < bytes.length; j++)
            if (bytes.at[j] != '*' && bytes.at[j] != '?' && bytes.at[j] != '[')
                argot_buffer_printf(&text, "\\x%02x", bytes.at[j]);
    }
    put(one_in(2) ? "*" : "");
    put(one_in(3) ? "\"i" : "\"");
}

static void
put_regex(void)
{
    static const char *const parts[] = {"a",      "ab",      "[aA]b", "(ab|cd)",  "(x)?",  "\\.",    ".",
                                        "abc+d",  "a{0,2}b", "b{2}",  "[[:]a:]",  "cmd",   "\\.exe", "\\x61b",
                                        "$",      "\\bab",   "^",     "(a(b)c)*", "[]a]b", "(?:ab)", "a*",
                                        " -enc ", "\\w",     "a{b",   "[\\]b]",   "\\0b"};
    uint32_t alternatives = one_in(4) ? 2 : 1;
    put(one_in(6) ? "/(?i)" : "/");
    for (uint32_t i = 0; i < alternatives; i++) {
        put(i ? "|" : "");
        for (uint32_t j = 1 + below(4); j; j--) {
            const char *part = PICK(parts);
            put(part);
        }
    }
    put(one_in(3) ? "/i" : "/");
}

static void
put_item(const char *predicate)
{
    if (strcmp(predicate, "like") != 0)
        put_literal(3);
    else if (one_in(2))
        put_regex();
    else
        put_like();
}

static void
put_list(const char *predicate)
{
    put("[");
    for (uint32_t i = 1 + below(3); i; i--) {
        put_item(predicate);
        put(i > 1 ? ", " : "");
    }
    put("]");
}

static const char *const texts[] = {"user_name", "message",       "process_executable", "request_path", "dns_answers",
                                    "extra.one", "extra.`two.x`", "extra.deep.a",       "email_to"};

static void
put_text_value(void)
{
    static const char *const calls[] = {"lower", "upper", "basename", "text"};
    const char *name = PICK(texts);
    if (one_in(4))
        argot_buffer_printf(&text, "%s(%s)", PICK(calls), name);
    else if (one_in(12))
        argot_buffer_printf(&text, "concat(user_name, \"a\")");
    else if (one_in(12))
        argot_buffer_printf(&text, "coalesce(user_name, message)");
    else if (one_in(12))
        argot_buffer_printf(&text, "text(source_port)");
    else
        put(name);
}

static void
put_text_predicate(void)
{
    static const char *const predicates[] = {"contains", "starts", "ends", "like"};
    const char *predicate = PICK(predicates);
    put_text_value();
    if (one_in(4)) {
        put(one_in(4) ? " != " : " == ");
        put_literal(3);
    } else if (one_in(5)) {
        put(one_in(4) ? " not in " : " in ");
        put_list("");
    } else {
        argot_buffer_printf(&text, "%s %s ", one_in(6) ? " not" : "", predicate);
        if (one_in(3)) {
            put(one_in(2) ? "any " : "all ");
            put_list(predicate);
        } else {
            put_item(predicate);
        }
    }
}

static void
put_other_predicate(void)
{
    static const char *const others[] = {"source_ip == 192.0.2.1",
                                         "source_ip in [192.0.2.0/30, 2001:db8::/32]",
                                         "source_ip in [0.0.0.0/0]",
                                         "destination_ip in [::/0, 192.0.2.7]",
                                         "source_ip not in [192.0.2.0/31]",
                                         "dns_resolved_ips in [192.0.2.0/31]",
                                         "dns_resolved_ips == 192.0.2.2",
                                         "source_ip == destination_ip",
                                         "source_port == 1",
                                         "source_port in [1, 2, 3.0]",
                                         "source_port > 1",
                                         "not source_port > 1",
                                         "source_bytes == 18446744073709551615",
                                         "source_bytes in [0, 1]",
                                         "event_outcome == \"failure\"",
                                         "event_outcome != \"failure\"",
                                         "event_outcome in [\"failure\", \"success\"]",
                                         "event_severity >= \"high\"",
                                         "mfa_used == true",
                                         "mfa_used == false",
                                         "user_name is null",
                                         "user_name is not null",
                                         "not (message is null)",
                                         "dns_answers is not null",
                                         "len(message) > 5",
                                         "len(dns_answers) == 2",
                                         "event_time > \"2026-01-01T00:00:00Z\"",
                                         "event_type == \"AUTH_LOGIN\"",
                                         "user_name == message",
                                         "message contains user_name",
                                         "request_path in [user_name, \"a\"]",
                                         "extra.one == 1",
                                         "extra.deep.a in [1, 2]",
                                         "extra.one == extra.`two.x`",
                                         "number(message) == 0",
                                         "row.v == \"a\"",
                                         "row.v contains \"ab\"",
                                         "source_ip starts \"192.0\"",
                                         "source_mac == \"00:1b:44:11:3a:b7\"",
                                         "user_name in many",
                                         "message contains any words"};
    put(PICK(others));
}

static void
put_condition(unsigned depth)
{
    uint32_t kind = depth ? below(8) : 0;
    if (kind >= 4) {
        bool both = kind != 7;
        put("(");
        for (uint32_t i = 2 + below(2); i; i--) {
            put_condition(depth - 1);
            put(i == 1 ? ")" : both ? " and " : " or ");
        }
    } else if (kind == 3) {
        put("not (");
        put_condition(depth - 1);
        put(")");
    } else if (one_in(3)) {
        put_other_predicate();
    } else {
        put_text_predicate();
    }
}

static void
make_rules(void)
{
    static const char *const types[] = {"any", "AUTH_LOGIN", "HTTP_ACCESS", "AUTH_LOGIN, DNS_QUERY"};
    text.length = 0;
    put("list words = [\"abcd\", \"cmd\"i, \"-enc\"]\nlist many = [");
    for (int i = 0; i < 400; i++)
        argot_buffer_printf(&text, "\"x%d\", ", i);
    put("\"ab\", \"a\"]\ntable rows from \"rows.csv\" key k\n");
    for (unsigned i = 0; i < RULES; i++) {
        argot_buffer_printf(&text, "rule r%u { lookup rows on user_name as row match %s where ", i, PICK(types));
        put_condition(3);
        if (one_in(4)) {
            put(" except ");
            put_condition(1);
        }
        put(" }\n");
    }
    put("rule s { sequence within 1h { first x = AUTH_LOGIN where user_name contains \"ab\" "
        "then y = any where message == x.user_name and request_path ends \"b\"i } }\n"
        "rule above { match alert any where user_name contains \"a\" and alert.count == 1 }\n");
}

/* ---- events ---- */

static const char *const fields[] = {"user_name",     "message",        "process_executable", "request_path",
                                     "source_ip",     "destination_ip", "source_port",        "source_bytes",
                                     "event_outcome", "event_severity", "mfa_used",           "source_mac"};

static void
set_value(struct judge_event *made, const char *name, struct argot_slot *slot)
{
    static const char *const ips[] = {"192.0.2.1", "192.0.2.2", "198.51.100.1", "2001:db8::1", "::"};
    static const char *const numbers[] = {"0", "1", "2", "3"};
    static const char *const outcomes[] = {"failure", "success", "unknown"};
    static const char *const severities[] = {"low", "high", "critical"};
    int field = argot_schema_find(name);
    const char *chosen = PICK(numbers);
    struct judge_event scratch;
    if (argot_schema.fields[field].type == ARGOT_TYPE_STRING || argot_schema.fields[field].type == ARGOT_TYPE_KEYWORD) {
        struct argot_slice bytes = random_bytes(one_in(10) ? 40 : 4);
        *slot = (struct argot_slot){.text = {bytes.at, bytes.length, 0}};
        return;
    }
    if (strstr(name, "_ip"))
        chosen = PICK(ips);
    else if (!strcmp(name, "event_outcome"))
        chosen = PICK(outcomes);
    else if (!strcmp(name, "event_severity"))
        chosen = PICK(severities);
    else if (!strcmp(name, "mfa_used"))
        chosen = one_in(2) ? "true" : "false";
    else if (!strcmp(name, "source_mac"))
        chosen = one_in(2) ? "00:1b:44:11:3a:b7" : "00:1b:44:11:3a:b8";
    else if (!strcmp(name, "source_bytes") && one_in(3))
        chosen = "18446744073709551615";
    judge_event_init(&scratch, &seam.seam, 0);
    if (!judge_event_set(&scratch, name, chosen, strlen(chosen)))
        ck_abort_msg("%s: %s", name, chosen);
    *slot = scratch.slots[0];
    judge_event_finish(&scratch);
    (void)made;
}

/* A list of a few items. */
static struct argot_slot
random_list(bool addresses)
{
    struct argot_slot items[3];
    uint32_t count = below(4);
    for (uint32_t i = 0; i < count; i++)
        set_value(NULL, addresses ? "source_ip" : "user_name", &items[i]);
    blocks[nblocks++] = test_exact(items, count * sizeof *items);
    return (struct argot_slot){.list = {.items = blocks[nblocks - 1], .count = count}};
}

static void
make_shape(struct judge_event *made, uint32_t number)
{
    static const char *const types[] = {"AUTH_LOGIN", "HTTP_ACCESS", "DNS_QUERY"};
    const char *type = PICK(types);
    judge_event_init(made, &seam.seam, number);
    if (one_in(6))
        ck_assert(judge_event_set(made, "event_type", type, strlen(type)));
    else
        ck_assert(judge_event_constant(made, "event_type", type));
    for (size_t i = 0; i < COUNT(fields); i++) {
        struct argot_slot slot;
        if (one_in(3))
            continue;
        set_value(made, fields[i], &slot);
        ck_assert(judge_event_slot(made, fields[i], &slot));
        if (!one_in(4))
            continue;
        /* the newest slot becomes a constant */
        for (uint16_t j = 0; j < made->shape.count; j++)
            if (!made->fields[j].constant && made->fields[j].index == made->shape.nslots - 1) {
                made->fields[j].constant = true;
                made->fields[j].slot = slot;
                made->event.present &= ~(UINT64_C(1) << --made->shape.nslots);
                break;
            }
    }
    struct argot_slot list = random_list(false), addresses = random_list(true);
    if (one_in(2))
        ck_assert(judge_event_slot(made, "dns_answers", &list));
    if (one_in(2))
        ck_assert(judge_event_slot(made, "dns_resolved_ips", &addresses));
}

static void
change(struct judge_event *made)
{
    static const char *const jsons[] = {"1", "2.0", "\"ab\"", "null", "[\"ab\",1]", "{\"a\":\"abcd\"}", "{\"a\":1}"};
    made->event.present = 0;
    for (uint16_t i = 0; i < made->shape.count; i++) {
        const struct argot_shape_field *field = &made->fields[i];
        const char *name = argot_schema.fields[field->field].name;
        if (field->constant)
            continue;
        if (one_in(8) && strcmp(name, "event_type") != 0)
            continue;
        made->event.present |= UINT64_C(1) << field->index;
        if (argot_schema.fields[field->field].type == ARGOT_TYPE_STRING_LIST)
            made->slots[field->index] = random_list(false);
        else if (argot_schema.fields[field->field].type == ARGOT_TYPE_IP_LIST)
            made->slots[field->index] = random_list(true);
        else if (strcmp(name, "event_type") != 0)
            set_value(made, name, &made->slots[field->index]);
    }
    made->event.nextra = 0;
    static const char *const keys[] = {"one", "two.x", "deep", "one"};
    for (size_t i = 0; i < COUNT(keys); i++) {
        struct argot_slice bytes = random_bytes(3);
        struct argot_slot slot = {.text = {bytes.at, bytes.length, 0}};
        const char *json = PICK(jsons);
        if (one_in(2))
            continue;
        if (one_in(2))
            ck_assert(judge_event_json(made, keys[i], json, strlen(json)));
        else
            ck_assert(judge_event_typed(made, keys[i], ARGOT_TYPE_STRING, &slot));
    }
}

/* ---- two engines over one plan ---- */

struct listener {
    struct argot_engine *engine;
    struct argot_buffer told;
};

static void
take_alert(void *context, const struct argot_alert *alert)
{
    struct listener *listener = context;
    argot_buffer_printf(&listener->told, "%s %llu\n", alert->rule_name, (unsigned long long)alert->identity.record);
}

static void
start(struct listener *listener, const struct argot_plan *plan, bool one_by_one)
{
    char why[200];
    struct argot_engine_options options = {.seam = &seam.seam,
                                           .plan = plan,
                                           .nsources = 1,
                                           .one_by_one = one_by_one,
                                           .late_ns = ARGOT_PLAN_DEFAULT_LATE_NS,
                                           .context = listener,
                                           .alert = take_alert};
    argot_buffer_init(&listener->told, &seam.seam);
    listener->engine = argot_engine_new(&options, why, sizeof why);
    if (!listener->engine)
        ck_abort_msg("%s", why);
}

static struct argot_rules *
compile(void)
{
    static const char rows[] = "k,v\nab,a\nabcd,xaby\na,\n";
    argot_test_seam_put(&seam, "rows.csv", rows, sizeof rows - 1);
    argot_buffer_append(&text, "", 1);
    struct argot_rules_text one = {"a.rule", (const char *)text.bytes, text.length - 1};
    struct argot_rules *rules = argot_rules_new(&seam.seam, &one, 1, NULL);
    ck_assert_ptr_nonnull(rules);
    if (!argot_rules_plan(rules)) {
        struct argot_buffer out;
        argot_buffer_init(&out, &seam.seam);
        argot_rules_print(rules, false, &out);
        ck_abort_msg("%.*s", (int)out.length, (char *)out.bytes);
    }
    return rules;
}

/* The first line that differs. */
static void
compare(const struct listener *a, const struct listener *b, unsigned seed)
{
    size_t at = 0, line = 0;
    while (at < a->told.length && at < b->told.length && a->told.bytes[at] == b->told.bytes[at])
        if (a->told.bytes[at++] == '\n')
            line = at;
    if (at == a->told.length && at == b->told.length)
        return;
    ck_abort_msg("seed %u: one by one \"%.*s\", at once \"%.*s\"", seed,
                 (int)strcspn((char *)a->told.bytes + line, "\n"), a->told.bytes + line,
                 (int)strcspn((char *)b->told.bytes + line, "\n"), b->told.bytes + line);
}

START_TEST(random_rules_take_the_same_events_as_one_by_one)
{
    struct judge_event shapes[SHAPES];
    struct listener each, chosen;
    state = (uint64_t)_i + 1;
    make_rules();
    struct argot_rules *rules = compile();
    start(&each, argot_rules_plan(rules), true);
    start(&chosen, argot_rules_plan(rules), false);
    for (uint32_t i = 0; i < SHAPES; i++)
        make_shape(&shapes[i], i);
    uint64_t record = 0;
    for (uint32_t i = 0; i < SHAPES * EVENTS; i++) {
        struct judge_event *made = &shapes[below(SHAPES)];
        change(made);
        made->event.record = made->event.line = ++record;
        made->event.time += (int64_t)record;
        ck_assert(argot_engine_event(each.engine, 0, &made->event, 0));
        ck_assert(argot_engine_event(chosen.engine, 0, &made->event, 0));
    }
    ck_assert(argot_engine_finish(each.engine));
    ck_assert(argot_engine_finish(chosen.engine));
    argot_buffer_append(&each.told, "", 1);
    argot_buffer_append(&chosen.told, "", 1);
    compare(&each, &chosen, (unsigned)_i + 1);
    ck_assert_uint_gt(each.told.length, 1000);
    ck_assert_uint_lt(argot_engine_counts(chosen.engine).judged, argot_engine_counts(each.engine).judged);
    argot_engine_free(each.engine);
    argot_engine_free(chosen.engine);
    argot_buffer_finish(&each.told);
    argot_buffer_finish(&chosen.told);
    for (uint32_t i = 0; i < SHAPES; i++)
        judge_event_finish(&shapes[i]);
    argot_rules_free(rules);
}
END_TEST

/* ---- views that come, watch, choose anew and go ---- */

START_TEST(views_change_without_changing_answers)
{
    struct judge_event shapes[SHAPES];
    struct argot_selection selection;
    struct argot_selection_item items[RULES];
    uint32_t all[RULES], taken[RULES];
    char why[200];
    state = (uint64_t)_i + 1000;
    make_rules();
    struct argot_rules *rules = compile();
    const struct argot_plan *plan = argot_rules_plan(rules);
    struct argot_judge *judge = argot_judge_new(&seam.seam, plan, why, sizeof why);
    for (uint32_t i = 0; i < RULES; i++) {
        items[i] = (struct argot_selection_item){&plan->rules[i].matches[0], &plan->rules[i]};
        all[i] = i;
    }
    ck_assert(argot_selection_init(&selection, &seam.seam, judge, items, RULES));
    selection.watch = 5;
    selection.period = 3;
    selection.max_views = _i % 2 ? 3 : ARGOT_SELECTION_MAX_VIEWS;
    for (uint32_t i = 0; i < SHAPES; i++)
        make_shape(&shapes[i], i);
    for (uint32_t i = 0; i < SHAPES * EVENTS; i++) {
        struct judge_event *made = &shapes[one_in(2) ? 0 : below(SHAPES)];
        change(made);
        struct argot_subject subject = {.event = &made->event};
        uint64_t type = argot_event_get(&made->event, (uint16_t)argot_schema_find("event_type"))->u64;
        argot_conditions_next(&selection.conditions, &subject);
        uint32_t count = argot_selection_ask(&selection, &subject, type, all, RULES, taken), at = 0;
        ck_assert(!selection.failed);
        for (uint32_t j = 0; j < RULES; j++) {
            struct argot_scene scene = {.rule = &plan->rules[j], .subject = subject};
            bool due = argot_judge_holds(judge, plan->rules[j].matches[0].condition, &scene);
            ck_assert_int_eq(at < count && taken[at] == j, due);
            at += due;
        }
        ck_assert_uint_eq(at, count);
        argot_judge_forget(judge);
    }
    ck_assert_uint_le(selection.nviews, selection.max_views);
    ck_assert_uint_gt(selection.nviews, 1);
    argot_selection_finish(&selection);
    argot_judge_free(judge);
    for (uint32_t i = 0; i < SHAPES; i++)
        judge_event_finish(&shapes[i]);
    argot_rules_free(rules);
}
END_TEST

/* A condition that always holds is added to all rules: who is judged depends on what is rare. */
START_TEST(a_condition_that_always_holds_makes_nobody_judged)
{
    struct judge_event made;
    struct argot_engine_counts counts[2];
    for (int always = 0; always < 2; always++) {
        struct listener listener;
        state = 1;
        text.length = 0;
        for (unsigned i = 0; i < 200; i++)
            argot_buffer_printf(&text, "rule r%u { match AUTH_LOGIN where %s message contains \"name%u.\" }\n", i,
                                always ? "user_name starts \"CORP-user\" and" : "", i);
        struct argot_rules *rules = compile();
        start(&listener, argot_rules_plan(rules), false);
        judge_event_init(&made, &seam.seam, 0);
        ck_assert(judge_event_constant(&made, "event_type", "AUTH_LOGIN"));
        ck_assert(judge_event_set(&made, "user_name", "CORP-user1", 10));
        ck_assert(judge_event_set(&made, "message", "", 0));
        for (unsigned i = 0; i < 3000; i++) {
            char message[64];
            int length = snprintf(message, sizeof message, "log on of name%u.example.com", i % 3000);
            made.slots[1].text.at = (const uint8_t *)message;
            made.slots[1].text.length = (uint32_t)length;
            ck_assert(argot_engine_event(listener.engine, 0, &made.event, 0));
        }
        counts[always] = argot_engine_counts(listener.engine);
        argot_engine_free(listener.engine);
        argot_buffer_finish(&listener.told);
        judge_event_finish(&made);
        argot_rules_free(rules);
    }
    ck_assert_uint_eq(counts[0].alerts, 200);
    ck_assert_uint_eq(counts[1].alerts, 200);
    ck_assert_uint_le(counts[0].judged, 250);
    ck_assert_uint_le(counts[1].judged, 250);
}
END_TEST

/* ---- many texts at once ---- */

START_TEST(literals_see_what_each_by_itself_is_seen_in)
{
    static const enum argot_witness_kind kinds[] = {ARGOT_WITNESS_EQUALS, ARGOT_WITNESS_STARTS, ARGOT_WITNESS_ENDS,
                                                    ARGOT_WITNESS_CONTAINS};
    struct argot_literal literals[64];
    uint64_t seen[64] = {0};
    uint32_t list[64], count = 0;
    struct argot_sightings sightings = {.seen = seen, .list = list};
    struct argot_arena arena;
    state = (uint64_t)_i + 100;
    argot_arena_init(&arena, &seam.seam, 0);
    bool anywhere = one_in(2);
    while (count < 1 + (uint32_t)_i % 64) {
        struct argot_slice bytes = random_bytes(_i % 3 ? 4 : 12);
        enum argot_witness_kind kind = PICK(kinds);
        uint32_t least = kind == ARGOT_WITNESS_CONTAINS ? 2 : kind != ARGOT_WITNESS_EQUALS;
        if (bytes.length >= least && (anywhere || kind != ARGOT_WITNESS_CONTAINS)) {
            literals[count] = (struct argot_literal){kind, one_in(2), count, bytes};
            count++;
        }
    }
    struct argot_literals *made = argot_literals_new(&arena, literals, count, NULL);
    ck_assert_ptr_nonnull(made);
    for (int i = 0; i < 200; i++) {
        struct argot_slice bytes = random_bytes(i % 8 ? 5 : 60);
        sightings.round++;
        sightings.count = 0;
        argot_literals_look(made, bytes, &sightings);
        for (uint32_t j = 0; j < count; j++) {
            struct argot_witness witness = {
                .kind = literals[j].kind, .fold = literals[j].fold, .text = literals[j].text};
            struct argot_datum value = {.type = ARGOT_EXPR_TEXT_TYPE, .slot.text = {bytes.at, bytes.length, 0}};
            ck_assert_int_eq(argot_sightings_has(&sightings, j), argot_witnesses_is_seen(&witness, &value));
        }
    }
    argot_arena_finish(&arena);
}
END_TEST

START_TEST(keys_find_values_and_networks)
{
    struct argot_keys_entry entries[40];
    uint64_t seen[40] = {0};
    uint32_t list[40];
    struct argot_sightings sightings = {.seen = seen, .list = list};
    struct argot_arena arena;
    state = 7;
    argot_arena_init(&arena, &seam.seam, 0);
    for (uint32_t i = 0; i < 40; i++) {
        uint8_t bits = i < 20 ? ARGOT_KEYS_NO_NETWORK : (uint8_t)(i < 39 ? i * 5 - 70 : 0);
        struct argot_judge_key mask = argot_judge_key_mask(bits == ARGOT_KEYS_NO_NETWORK ? 128 : bits);
        entries[i] =
            (struct argot_keys_entry){{i / 4 * UINT64_C(0x0101010101010101) & mask.high, i & mask.low}, i, bits, false};
    }
    struct argot_keys *keys = argot_keys_new(&arena, entries, 40);
    ck_assert_ptr_nonnull(keys);
    for (uint64_t high = 0; high < 12; high++)
        for (uint64_t low = 0; low < 45; low++) {
            struct argot_judge_key key = {high * UINT64_C(0x0101010101010101), low};
            sightings.round++;
            sightings.count = 0;
            argot_keys_look(keys, key, &sightings);
            for (uint32_t i = 0; i < 40; i++) {
                uint8_t bits = entries[i].bits;
                struct argot_judge_key mask = argot_judge_key_mask(bits == ARGOT_KEYS_NO_NETWORK ? 128 : bits);
                bool due = (key.high & mask.high) == entries[i].key.high && (key.low & mask.low) == entries[i].key.low;
                ck_assert_int_eq(argot_sightings_has(&sightings, i), due);
            }
        }
    argot_arena_finish(&arena);
}
END_TEST

/* ---- memory ---- */

START_TEST(without_memory_the_engine_gives_up)
{
    struct judge_event shape;
    char why[200];
    state = 5;
    make_rules();
    struct argot_rules *rules = compile();
    make_shape(&shape, 0);
    change(&shape);
    struct argot_engine_options options = {
        .seam = &seam.seam, .plan = argot_rules_plan(rules), .nsources = 1, .late_ns = ARGOT_PLAN_DEFAULT_LATE_NS};
    uint64_t before = seam.allocations;
    struct argot_engine *engine = argot_engine_new(&options, why, sizeof why);
    ck_assert_ptr_nonnull(engine);
    uint64_t made = seam.allocations - before;
    ck_assert(argot_engine_event(engine, 0, &shape.event, 0));
    uint64_t all = seam.allocations - before;
    argot_engine_free(engine);
    unsigned not_made = 0, not_asked = 0;
    for (uint64_t i = 1; i <= all; i++) {
        seam.fail_allocation = seam.allocations + i;
        engine = argot_engine_new(&options, why, sizeof why);
        not_made += !engine; /* but where regular expressions and places of fields are only found more slowly */
        if (engine)
            not_asked += !argot_engine_event(engine, 0, &shape.event, 0);
        argot_engine_free(engine);
        seam.fail_allocation = 0;
    }
    ck_assert_uint_gt(not_made, made / 3);
    ck_assert_uint_ge(not_asked + 1, all - made);
    judge_event_finish(&shape);
    argot_rules_free(rules);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("selection");
    TCase *tcase = tcase_create("selection");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, random_rules_take_the_same_events_as_one_by_one, 0, ROUNDS);
    tcase_add_loop_test(tcase, views_change_without_changing_answers, 0, ROUNDS);
    tcase_add_test(tcase, a_condition_that_always_holds_makes_nobody_judged);
    tcase_add_loop_test(tcase, literals_see_what_each_by_itself_is_seen_in, 0, 64);
    tcase_add_test(tcase, keys_find_values_and_networks);
    tcase_add_test(tcase, without_memory_the_engine_gives_up);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
