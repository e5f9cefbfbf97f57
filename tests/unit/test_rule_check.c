/* SPDX-License-Identifier: Apache-2.0
 * What rule files mean: expressions with their types, rules as plans, names over several files, lists and tables, and
 * that no failing allocation does harm. What is refused, and in which words, stands in the golden diagnostics. */
#include "grammar/codes.h"
#include "grammar/rules.h"
#include "expr_dump.h"
#include "test_case.h"
#include "test_seam.h"
#include <stdio.h>

static struct argot_test_seam seam;
static struct argot_buffer out;
static struct argot_rules *rules;

static void
set_up(void)
{
    argot_test_seam_init(&seam);
    argot_buffer_init(&out, &seam.seam);
    rules = NULL;
}

static void
tear_down(void)
{
    argot_rules_free(rules);
    argot_buffer_finish(&out);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

static const char *
said(void)
{
    out.length = 0;
    argot_rules_print(rules, false, &out);
    argot_buffer_append_byte(&out, '\0');
    return (const char *)out.bytes;
}

/* Compiles texts as files a.rule, b.rule …; NULL where something is wrong. */
static const struct argot_plan *
compile(const char *const *sources, size_t count)
{
    static const char *const paths[] = {"a.rule", "b.rule", "c.rule"};
    struct argot_rules_text texts[COUNT(paths)];
    argot_rules_free(rules);
    for (size_t i = 0; i < count; i++)
        texts[i] = (struct argot_rules_text){paths[i], sources[i], strlen(sources[i])};
    rules = argot_rules_new(&seam.seam, texts, count, NULL);
    ck_assert_ptr_nonnull(rules);
    return argot_rules_plan(rules);
}

static const struct argot_plan *
compile_one(const char *source)
{
    const struct argot_plan *plan = compile(&source, 1);
    if (!plan)
        ck_abort_msg("%s", said());
    return plan;
}

static const struct argot_plan_rule *
rule_of(const char *source)
{
    return &compile_one(source)->rules[0];
}

static const char *
dump(const struct argot_expr *expr)
{
    out.length = 0;
    expr_dump(expr, &out);
    argot_buffer_append_byte(&out, '\0');
    return (const char *)out.bytes;
}

/* ---- expressions ---- */

static const struct {
    const char *source, *checked;
} conditions[] = {
    {"user_name == \"x\"", "(compare == (field:TEXT user_name) (constant:TEXT \"x\"))"},
    {"user_name != 'x'i", "(compare-i != (field:TEXT user_name) (constant:TEXT-i \"x\"i))"},
    {"source_ip == \"192.0.2.1\"", "(compare == (field:ADDRESS source_ip) (constant:ADDRESS 192.0.2.1))"},
    {"\"2001:db8::1\" == source_ip", "(compare == (constant:ADDRESS 2001:db8::1) (field:ADDRESS source_ip))"},
    {"event_time > \"2026-01-02T03:04:05+01:00\"",
     "(compare > (field:TIME event_time) (constant:TIME 2026-01-02T02:04:05Z))"},
    {"event_outcome == \"failure\"", "(compare == (field:ENUM event_outcome) (constant:ENUM failure))"},
    {"event_outcome == \"FAILURE\"i", "(compare == (field:ENUM event_outcome) (constant:ENUM failure))"},
    {"event_severity >= \"medium\"", "(compare >= (field:ENUM event_severity) (constant:ENUM medium))"},
    {"event_outcome == user_name", "(compare == (call:TEXT text (field:ENUM event_outcome)) (field:TEXT user_name))"},
    {"destination_port == 22", "(compare == (field:WHOLE destination_port) (constant:WHOLE 22))"},
    {"destination_port > 1.5", "(compare > (field:WHOLE destination_port) (constant:REAL 1.5))"},
    {"source_bytes > 500MB", "(compare > (field:WHOLE source_bytes) (constant:WHOLE 500000000))"},
    {"source_bytes == 18446744073709551615",
     "(compare == (field:WHOLE source_bytes) (constant:WHOLE 18446744073709551615))"},
    {"extra.n > -5", "(compare > (read:NUMBER (extra:UNTYPED \"n\")) (constant:WHOLE -5))"},
    {"extra.a.`b.c` == \"x\"", "(compare == (read:TEXT (extra:UNTYPED \"a\" \"b.c\")) (constant:TEXT \"x\"))"},
    {"extra.a == source_ip", "(compare == (read:ADDRESS (extra:UNTYPED \"a\")) (field:ADDRESS source_ip))"},
    {"extra.a == extra.b", "(compare == (extra:UNTYPED \"a\") (extra:UNTYPED \"b\"))"},
    {"extra.a == true", "(compare == (read:BOOL (extra:UNTYPED \"a\")) (constant:BOOL 1))"},
    {"extra.a in [192.0.2.0/24]", "(in (read:ADDRESS (extra:UNTYPED \"a\")) [ 192.0.2.0/120 ])"},
    {"extra.a in [1, 2]", "(in (read:NUMBER (extra:UNTYPED \"a\")) [ 1 2 ])"},
    {"source_ip in 192.0.2.77/24", "(in (field:ADDRESS source_ip) [ 192.0.2.0/120 ])"},
    {"source_ip not in [2001:db8::/32, 192.0.2.1, destination_ip]",
     "(not-in (field:ADDRESS source_ip) [ 192.0.2.1 2001:db8::/32 (field:ADDRESS destination_ip) ])"},
    {"user_name in [\"a\", 'b'i]", "(in-i (field:TEXT user_name) [ \"a\" \"b\"i ])"},
    {"user_name like \"a*b?[*]c[?]**\"", "(like (field:TEXT user_name) \"a\" run \"b\" one \"*c?\" run)"},
    {"user_name not like any [/^x$/i, \"y\"i]", "(not-like-i (field:TEXT user_name) /^x$/i | \"y\"i)"},
    {"user_name like /(?is)x/", "(like-i (field:TEXT user_name) /x/is)"},
    {"user_name contains all [\"a\", lower(host_name)]",
     "(contains-all (field:TEXT user_name) \"a\" |(call:TEXT lower (field:TEXT host_name)))"},
    {"destination_port starts \"80\"", "(starts (call:TEXT text (field:WHOLE destination_port)) \"80\")"},
    {"threat_technique_id == \"T1110\"", "(compare == (field:TEXT* threat_technique_id) (constant:TEXT \"T1110\"))"},
    {"threat_technique_id[0] is not null", "(not-is-null (item:TEXT 0 (field:TEXT* threat_technique_id)))"},
    {"len(threat_technique_id) > 2",
     "(compare > (call:WHOLE len (field:TEXT* threat_technique_id)) (constant:WHOLE 2))"},
    {"event_time - event_ingest_time > 1h", "(compare > (-:DURATION (field:TIME event_time) (field:TIME "
                                            "event_ingest_time)) (constant:DURATION 3600000000000))"},
    {"seconds(event_duration) * 2 > 1.5",
     "(compare > (*:REAL (call:REAL seconds (field:DURATION event_duration)) (constant:WHOLE 2)) (constant:REAL 1.5))"},
    {"event_duration / 2 > 1s",
     "(compare > (/:DURATION (field:DURATION event_duration) (constant:WHOLE 2)) (constant:DURATION 1000000000))"},
    {"source_port % 2 == 0", "(compare == (%:WHOLE (field:WHOLE source_port) (constant:WHOLE 2)) (constant:WHOLE 0))"},
    {"number(user_name) + extra.x > 3",
     "(compare > (+:NUMBER (call:NUMBER number (field:TEXT user_name)) (read:NUMBER (extra:UNTYPED \"x\"))) "
     "(constant:WHOLE 3))"},
    {"coalesce(event_outcome, \"none\") == \"none\"",
     "(compare == (call:TEXT coalesce (call:TEXT text (field:ENUM event_outcome)) (constant:TEXT \"none\")) "
     "(constant:TEXT \"none\"))"},
    {"extract(message, /id=(\\d+)/) == \"7\"",
     "(compare == (call:TEXT extract (field:TEXT message) /id=(\\d+)/) (constant:TEXT \"7\"))"},
    {"not (user_name is null or source_ip is null) and hour(event_time) < 6",
     "(and (not (or (is-null (field:TEXT user_name)) (is-null (field:ADDRESS source_ip)))) "
     "(compare < (call:WHOLE hour (field:TIME event_time)) (constant:WHOLE 6)))"},
};

/* The condition is one part of what a match asks: (and TYPE CONDITION). */
START_TEST(conditions_get_the_types_of_what_they_meet)
{
    char source[400];
    snprintf(source, sizeof source, "rule r { match AUTH_LOGIN where %s }", conditions[_i].source);
    const struct argot_expr *condition = rule_of(source)->matches[0].condition;
    ck_assert_uint_eq(condition->kind, ARGOT_EXPR_AND);
    ck_assert_str_eq(dump(condition->args[1]), conditions[_i].checked);
}
END_TEST

/* ---- events ---- */

START_TEST(events_are_types_lets_and_alerts)
{
    const struct argot_plan_rule *rule =
        rule_of("let a = AUTH_LOGIN where user_name == \"x\"\n"
                "rule r { match a, HTTP_ACCESS where source_port > 1 except source_port == 9 }");
    ck_assert_str_eq(
        dump(rule->matches[0].condition),
        "(and (and (or (and (in (field:ENUM event_type) [ AUTH_LOGIN ]) (compare == (field:TEXT user_name) "
        "(constant:TEXT \"x\"))) (in (field:ENUM event_type) [ HTTP_ACCESS ])) (compare > (field:WHOLE "
        "source_port) (constant:WHOLE 1))) (not (compare == (field:WHOLE source_port) (constant:WHOLE 9))))");
    ck_assert_uint_eq(rule->matches[0].ntypes, 2);
    ck_assert(!rule->matches[0].any_type && !rule->stateful);
    rule = rule_of("rule r { match any }");
    ck_assert_str_eq(dump(rule->matches[0].condition), "(not-in (field:ENUM event_type) [ CORRELATION_ALERT ])");
    ck_assert(rule->matches[0].any_type);
}
END_TEST

START_TEST(any_alert_is_every_alert_of_rules_that_do_not_ask_so)
{
    const struct argot_plan *plan =
        compile_one("rule a { match AUTH_LOGIN late 1m }\nrule b { match alert a }\n"
                    "let every_one = alert any\nrule c { match every_one }\nrule d { match alert any }");
    ck_assert_uint_eq(plan->nrules, 4);
    ck_assert_uint_eq(plan->rules[2].nbelow, 2);
    ck_assert_str_eq(dump(plan->rules[3].matches[0].condition), "(from-rule 0 1)");
    ck_assert_uint_eq(plan->rules[0].depth, 0);
    ck_assert_uint_eq(plan->rules[1].depth, 1);
    ck_assert_uint_eq(plan->rules[3].depth, 2);
    ck_assert_int_eq(plan->rules[3].late_ns, INT64_C(60000000000));
}
END_TEST

/* ---- rules ---- */

START_TEST(defaults_are_filled_in)
{
    const struct argot_plan_rule *rule = rule_of("rule r { match AUTH_LOGIN }");
    ck_assert_str_eq(rule->title, "r");
    ck_assert_ptr_null(rule->id);
    ck_assert_str_eq(argot_schema.fields[argot_schema_find("event_severity")].values[rule->severity], "medium");
    ck_assert_uint_eq(rule->keep, ARGOT_PLAN_DEFAULT_KEEP);
    ck_assert_uint_eq(rule->limit_keys, ARGOT_PLAN_DEFAULT_KEYS);
    ck_assert_int_eq(rule->late_ns, 0);
    ck_assert_int_eq(rule->rearm, ARGOT_PLAN_REARM_NONE);
    ck_assert_uint_eq(rule->npieces, 1);
    ck_assert_uint_eq(rule->pieces[0].text.length, 1);
}
END_TEST

START_TEST(words_of_a_rule_are_kept)
{
    const struct argot_plan_rule *rule = rule_of(
        "rule r { title \"T\" note \"one\" note \"two\" meta id \"7\" meta author \"a\" severity critical silent\n"
        "tags attack.t1110.001, \"attack.initial-access\", x match AUTH_LOGIN keep 3 limit 5 limit 6 events\n"
        "rearm every 1h }");
    ck_assert_uint_eq(rule->nnotes, 2);
    ck_assert_uint_eq(rule->nmetas, 2);
    ck_assert_str_eq(rule->id, "7");
    ck_assert_uint_eq(rule->ntags, 3);
    ck_assert_uint_eq(rule->ntechniques, 1);
    ck_assert_str_eq(rule->techniques[0], "T1110.001");
    ck_assert(rule->silent && rule->stateful && rule->keep == 3 && rule->limit_keys == 5 && rule->limit_events == 6);
    ck_assert_int_eq(rule->rearm, ARGOT_PLAN_REARM_EVERY);
}
END_TEST

START_TEST(lower_bounds_are_found)
{
    const struct argot_plan_window *window =
        rule_of("rule r { match AUTH_LOGIN by source_ip when count >= 5 and distinct(user_name) > 3 and 2 <= count\n"
                "within 2m }")
            ->window;
    ck_assert(window->bounded);
    ck_assert_uint_eq(window->naggregates, 2);
    ck_assert_uint_eq(window->aggregates[0].least, 5);
    ck_assert_uint_eq(window->aggregates[1].least, 4);
    window = rule_of("rule r { match AUTH_LOGIN when count >= 5 or count(user_name == \"x\") > 1 within 2m }")->window;
    ck_assert(!window->bounded && window->naggregates == 2);
    window = rule_of("rule r { match AUTH_LOGIN when count <= 5 within 2m }")->window;
    ck_assert(!window->bounded);
    window = rule_of("rule r { match AUTH_LOGIN when count > 10 leak 1m rearm always }")->window;
    ck_assert(window->kind == ARGOT_PLAN_LEAK && window->capacity == 10 && window->exceeds);
}
END_TEST

START_TEST(rearm_defaults_to_the_span)
{
    const struct argot_plan_rule *rule = rule_of("rule r { match AUTH_LOGIN when count > 1 within 2m }");
    ck_assert(rule->rearm == ARGOT_PLAN_REARM_AFTER && rule->rearm_ns == INT64_C(120000000000));
    rule = rule_of("rule r { match AUTH_LOGIN when count > 1 every 2m }");
    ck_assert_int_eq(rule->rearm, ARGOT_PLAN_REARM_NONE);
    rule = rule_of("rule r { sequence within 3m { first AUTH_LOGIN then AUTH_LOGIN } }");
    ck_assert(rule->rearm == ARGOT_PLAN_REARM_AFTER && rule->rearm_ns == INT64_C(180000000000));
}
END_TEST

START_TEST(a_by_belongs_to_the_match_before_it_and_the_first_is_the_rules)
{
    const struct argot_plan_rule *rule =
        rule_of("rule r { match AUTH_LOGIN by source_ip as who match HTTP_ACCESS match any by destination_ip as who\n"
                "when count > 5 within 1m until AUTH_LOGIN by host_ip as who }");
    ck_assert_uint_eq(rule->nkeys, 1);
    ck_assert_str_eq(rule->keys[0].name, "who");
    ck_assert_int_eq(rule->keys[0].field, -1);
    ck_assert_str_eq(dump(rule->matches[0].keys[0]), "(field:ADDRESS source_ip)");
    ck_assert_str_eq(dump(rule->matches[1].keys[0]), "(field:ADDRESS source_ip)");
    ck_assert_str_eq(dump(rule->matches[2].keys[0]), "(field:ADDRESS destination_ip)");
    ck_assert_str_eq(dump(rule->until[0].keys[0]), "(field:ADDRESS host_ip)");
}
END_TEST

START_TEST(keys_of_rule_and_step_add_up_whatever_their_order)
{
    const struct argot_plan_rule *rule =
        rule_of("rule r { by host_name sequence within 5m { without HTTP_ACCESS by user_name? within 1m\n"
                "first AUTH_LOGIN by user_name? then b = HTTP_ACCESS by extra.user as user_name\n"
                "until any by lower(user_name) as user_name } }");
    ck_assert_uint_eq(rule->nkeys, 2);
    ck_assert(!rule->keys[0].optional && rule->keys[1].optional);
    ck_assert_int_eq(rule->keys[0].field, argot_schema_find("host_name"));
    ck_assert_str_eq(dump(rule->sequence->stages[1].event.keys[1]), "(read:TEXT (extra:UNTYPED \"user\"))");
    ck_assert_str_eq(dump(rule->sequence->until[0].keys[1]), "(call:TEXT lower (field:TEXT user_name))");
}
END_TEST

START_TEST(sequences_have_stages_and_what_may_not_come_between)
{
    const struct argot_plan_sequence *sequence =
        rule_of(
            "rule r { by source_ip sequence within 1h { without HTTP_ACCESS within 2m first a = 5 * AUTH_LOGIN within "
            "3m\n"
            "without any without HTTP_ACCESS then b = AUTH_LOGIN where user_name == a.user_name within 4m\n"
            "without any then no HTTP_ACCESS where user_name == b.user_name within 5m until any until HTTP_ACCESS } }")
            ->sequence;
    const struct argot_plan_stage *stages = sequence->stages;
    ck_assert_uint_eq(sequence->nstages, 2);
    ck_assert(stages[0].nwithout == 1 && stages[0].without_ns == INT64_C(120000000000));
    ck_assert(stages[0].count == 5 && stages[0].within_ns == INT64_C(180000000000));
    ck_assert(stages[0].read && stages[0].copies && stages[1].read && !stages[1].copies);
    ck_assert(stages[1].nwithout == 2 && stages[1].event.reads_stages == 1);
    ck_assert(sequence->then_no && sequence->then_no->reads_stages == 2 && sequence->nwithout == 1);
    ck_assert_int_eq(sequence->then_no_ns, INT64_C(300000000000));
    ck_assert_uint_eq(sequence->nuntil, 2);
}
END_TEST

START_TEST(together_takes_all_or_some_members)
{
    ck_assert_uint_eq(rule_of("rule r { together within 5m { has AUTH_LOGIN has 3 * HTTP_ACCESS } }")->together->quorum,
                      2);
    const struct argot_plan_together *together =
        rule_of("rule r { together any 1 within 5m { has AUTH_LOGIN has 3 * HTTP_ACCESS } }")->together;
    ck_assert(together->quorum == 1 && together->members[1].count == 3);
}
END_TEST

START_TEST(texts_of_alerts_are_pieces)
{
    const struct argot_plan_rule *rule =
        rule_of("rule r { by source_ip as who sequence within 5m { first a = AUTH_LOGIN then HTTP_ACCESS }\n"
                "alert \"{{x} {who} {a.user_name} {request_path} {alert.count}{extra.`a b`}\" }");
    static const char *const pieces[] = {NULL,
                                         NULL,
                                         "(key:ADDRESS 0)",
                                         NULL,
                                         "(capture:TEXT 0 (field:TEXT user_name))",
                                         NULL,
                                         "(field:TEXT request_path)",
                                         NULL,
                                         "(alert:WHOLE 1)",
                                         "(extra:UNTYPED \"a b\")"};
    ck_assert_uint_eq(rule->npieces, COUNT(pieces));
    ck_assert_uint_eq(rule->pieces[0].text.length, 1);
    for (size_t i = 0; i < COUNT(pieces); i++) {
        ck_assert_int_eq(rule->pieces[i].expr != NULL, pieces[i] != NULL);
        if (pieces[i])
            ck_assert_str_eq(dump(rule->pieces[i].expr), pieces[i]);
    }
}
END_TEST

/* ---- several files ---- */

START_TEST(files_are_one_namespace_in_any_order)
{
    static const char *const sources[] = {("extend r { except user_name == \"x\" severity low collect user_name }\n"
                                           "test r { at 0s AUTH_LOGIN {} expect 1 alert r }"),
                                          "rule r { severity high match a collect source_ip note \"n\" }",
                                          "let a = AUTH_LOGIN"};
    const struct argot_plan *plan = compile(sources, COUNT(sources));
    ck_assert_ptr_nonnull(plan);
    const struct argot_plan_rule *rule = &plan->rules[0];
    ck_assert_str_eq(argot_schema.fields[argot_schema_find("event_severity")].values[rule->severity], "low");
    ck_assert_uint_eq(rule->ncollect, 2);
    ck_assert_uint_eq(rule->nnotes, 1);
    ck_assert_uint_eq(rule->place.file, 1);
    ck_assert_uint_eq(plan->ntests, 1);
}
END_TEST

START_TEST(a_name_twice_shows_both_files)
{
    static const char *const sources[] = {"let a = AUTH_LOGIN", "\nrule a { match AUTH_LOGIN }"};
    ck_assert_ptr_null(compile(sources, COUNT(sources)));
    ck_assert_uint_eq(argot_rules_wrong(rules), 1);
    ck_assert_str_eq(said(),
                     "b.rule:2:6: error[ARGOT-0330]: `a` is defined twice\n 2 | rule a { match AUTH_LOGIN }\n"
                     "   |      ^\na.rule:1:5: note: first defined here\n 1 | let a = AUTH_LOGIN\n   |     ^\n");
}
END_TEST

/* ---- many rules ---- */

/* Each takes the alerts of all before it, so that one event raises twice as many of each. */
static const char *
rules_over_all_before(unsigned count)
{
    static struct argot_buffer text;
    argot_buffer_init(&text, &seam.seam);
    argot_buffer_append_text(&text, "rule r0 { match any }\n");
    for (unsigned i = 1; i < count; i++) {
        argot_buffer_printf(&text, "rule r%u {", i);
        for (unsigned j = 0; j < i; j++)
            argot_buffer_printf(&text, " match alert r%u", j);
        argot_buffer_append_text(&text, " }\n");
    }
    argot_buffer_append(&text, "", 1);
    out.length = 0;
    argot_buffer_append(&out, text.bytes, text.length);
    argot_buffer_finish(&text);
    return (const char *)out.bytes;
}

START_TEST(alerts_of_one_event_are_bounded)
{
    ck_assert_ptr_nonnull(compile_one(rules_over_all_before(17)));
    const char *source = rules_over_all_before(19);
    ck_assert_ptr_null(compile(&source, 1));
    ck_assert_ptr_nonnull(strstr(said(), "error[ARGOT-0308]: one event could raise more than 100000 alerts"));
    ck_assert_ptr_nonnull(strstr(said(), "a.rule:18:6"));
}
END_TEST

/* Memory grows with the rules, not with their square. */
START_TEST(many_rules_take_memory_for_themselves)
{
    enum { RULES = 4000, MOST_BYTES = 8000 };
    for (unsigned i = 0; i < RULES; i++)
        argot_buffer_printf(&out, "rule r%u { match any }\n", i);
    argot_buffer_append(&out, "", 1);
    const char *source = (const char *)out.bytes;
    size_t before = seam.live_bytes;
    ck_assert_ptr_nonnull(compile(&source, 1));
    ck_assert_uint_lt(seam.peak_bytes - before, (size_t)RULES * MOST_BYTES);
}
END_TEST

/* ---- lists and tables ---- */

static const char sets[] = "list l from \"l.txt\"\ntable t from \"t.csv\" key ip\n"
                           "rule r { lookup t on source_ip as asset match AUTH_LOGIN where source_ip in l and\n"
                           "source_ip not in t and asset.tier == \"x\" and user_name like any l }";

static void
put(const char *path, const char *text)
{
    argot_test_seam_put(&seam, path, text, strlen(text));
}

START_TEST(lists_and_tables_are_read_from_the_folder_of_the_rules)
{
    put("l.txt", "# comment\n\n 192.0.2.1 \r\n2001:db8::/32\n");
    put("t.csv", "ip,tier\n192.0.2.9,\"a,b\"\n192.0.2.3,\n");
    const struct argot_plan *plan = compile_one(sets);
    const struct argot_expr *where = plan->rules[0].matches[0].condition->args[1];
    ck_assert_str_eq(dump(where->args[0]), "(in (field:ADDRESS source_ip) [ 192.0.2.1 2001:db8::/32 ])");
    ck_assert_str_eq(dump(where->args[1]), "(not-in (field:ADDRESS source_ip) [ 192.0.2.3 192.0.2.9 ])");
    ck_assert_str_eq(dump(where->args[2]), "(compare == (read:TEXT (column:UNTYPED 0.1)) (constant:TEXT \"x\"))");
    ck_assert_str_eq(dump(where->args[3]), "(like (field:TEXT user_name) \"192.0.2.1\" | \"2001:db8::/32\")");
    ck_assert_uint_eq(plan->tables[0].nrows, 2);
    ck_assert_ptr_null(plan->tables[0].rows[0].cells[1].at);
    ck_assert_str_eq(plan->tables[0].rows[1].cells[1].at, "a,b");
    ck_assert_str_eq(dump(plan->rules[0].lookups[0].key), "(call:TEXT text (field:ADDRESS source_ip))");
}
END_TEST

static const struct {
    const char *csv, *why;
} tables[] = {
    {"", "a table has a header line"},
    {"ip\n192.0.2.1,x\n", "line 2: this line has more cells than the header"},
    {"ip,a\n,x\n", "line 2: the key of this line is empty"},
    {"ip,a,a\n", "line 1: two columns have one name"},
    {"ip\n192.0.2.1\n192.0.2.2\n192.0.2.1\n", "line 4: this key stands on an earlier line too"},
    {"ip\n\"192.0.2.1\n", "line 2: this is no CSV"},
    {"host\nx\n", "has no column `ip`"},
};

START_TEST(tables_that_are_none_are_refused)
{
    static const char *const source = "table t from \"t.csv\" key ip";
    put("t.csv", tables[_i].csv);
    ck_assert_ptr_null(compile(&source, 1));
    ck_assert_msg(strstr(said(), tables[_i].why) != NULL, "%s", said());
}
END_TEST

/* ---- tests ---- */

START_TEST(tests_are_steps_and_expectations)
{
    const struct argot_plan_test *test =
        &compile_one("rule r { match AUTH_LOGIN }\ntest r { at 1m log sshd \"x\" * 5 every 10s log sshd 'y'\n"
                     "at 2m AUTH_LOGIN { source_ip: 192.0.2.1, event_outcome: \"failure\", extra.a.b: -1.5, \n"
                     "event_time: \"2026-01-01T00:00:00Z\" } at 3m end\nexpect alert r at 1m where alert.count == 1\n"
                     "expect 2 alert r expect no alert r where user_name == \"x\" expect no alert }")
             ->tests[0];
    ck_assert_uint_eq(test->nsteps, 4);
    ck_assert(test->steps[0].timed && test->steps[0].times == 5 && test->steps[0].every_ns == INT64_C(10000000000));
    ck_assert(!test->steps[1].timed && test->steps[1].times == 1);
    ck_assert_uint_eq(test->steps[2].nassignments, 4);
    ck_assert_uint_eq(test->steps[2].assignments[2].npath, 2);
    ck_assert_int_eq(test->steps[3].kind, ARGOT_PLAN_TEST_END);
    ck_assert_uint_eq(test->nexpects, 4);
    ck_assert(test->expects[0].kind == ARGOT_PLAN_EXPECT_AT && test->expects[0].condition);
    ck_assert(test->expects[1].kind == ARGOT_PLAN_EXPECT_COUNT && test->expects[1].count == 2);
    ck_assert(test->expects[3].kind == ARGOT_PLAN_EXPECT_NONE && test->expects[3].rule == -1);
}
END_TEST

/* ---- hostile ---- */

START_TEST(lets_that_double_each_other_cost_little)
{
    char source[4000] = "let a0 = AUTH_LOGIN\n";
    for (int i = 1; i < 90; i++)
        snprintf(source + strlen(source), sizeof source - strlen(source), "let a%d = a%d, a%d\n", i, i - 1, i - 1);
    strcat(source, "rule r { match a89 }\n");
    ck_assert_uint_eq(rule_of(source)->matches[0].ntypes, 1);
}
END_TEST

START_TEST(chains_of_lets_have_a_limit)
{
    char *source = malloc(20000), *at = source;
    at += sprintf(at, "let a0 = AUTH_LOGIN\n");
    for (int i = 1; i < 500; i++)
        at += sprintf(at, "let a%d = a%d\n", i, i - 1);
    const char *text = source;
    ck_assert_ptr_null(compile(&text, 1));
    ck_assert_ptr_nonnull(strstr(said(), "[ARGOT-0308]"));
    argot_rules_free(rules);
    rules = NULL;
    free(source);
}
END_TEST

/* Whichever allocation fails, and all after it: nothing leaks, and no plan comes out that misses something. */
START_TEST(without_memory_there_is_no_plan)
{
    put("l.txt", "192.0.2.1\n");
    put("t.csv", "ip,tier\n192.0.2.9,x\n");
    struct argot_rules_text text = {"a.rule", sets, sizeof sets - 1};
    bool whole = false;
    for (size_t i = 1; !whole; i++) {
        seam.fail_allocation = seam.allocations + i;
        seam.fail_for_good = true;
        struct argot_rules *made = argot_rules_new(&seam.seam, &text, 1, NULL);
        seam.fail_allocation = 0;
        whole = made && argot_rules_plan(made);
        ck_assert(!made || whole || argot_rules_wrong(made) == 1);
        argot_rules_free(made);
        ck_assert_uint_lt(i, 10000);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("rule_check");
    TCase *cases = tcase_create("rule_check");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_loop_test(cases, conditions_get_the_types_of_what_they_meet, 0, COUNT(conditions));
    tcase_add_test(cases, events_are_types_lets_and_alerts);
    tcase_add_test(cases, any_alert_is_every_alert_of_rules_that_do_not_ask_so);
    tcase_add_test(cases, defaults_are_filled_in);
    tcase_add_test(cases, words_of_a_rule_are_kept);
    tcase_add_test(cases, lower_bounds_are_found);
    tcase_add_test(cases, rearm_defaults_to_the_span);
    tcase_add_test(cases, a_by_belongs_to_the_match_before_it_and_the_first_is_the_rules);
    tcase_add_test(cases, keys_of_rule_and_step_add_up_whatever_their_order);
    tcase_add_test(cases, sequences_have_stages_and_what_may_not_come_between);
    tcase_add_test(cases, together_takes_all_or_some_members);
    tcase_add_test(cases, texts_of_alerts_are_pieces);
    tcase_add_test(cases, files_are_one_namespace_in_any_order);
    tcase_add_test(cases, a_name_twice_shows_both_files);
    tcase_add_test(cases, alerts_of_one_event_are_bounded);
    tcase_add_test(cases, many_rules_take_memory_for_themselves);
    tcase_add_test(cases, lists_and_tables_are_read_from_the_folder_of_the_rules);
    tcase_add_loop_test(cases, tables_that_are_none_are_refused, 0, COUNT(tables));
    tcase_add_test(cases, tests_are_steps_and_expectations);
    tcase_add_test(cases, lets_that_double_each_other_cost_little);
    tcase_add_test(cases, chains_of_lets_have_a_limit);
    tcase_add_test(cases, without_memory_there_is_no_plan);
    suite_add_tcase(suite, cases);
    return test_run(suite);
}
