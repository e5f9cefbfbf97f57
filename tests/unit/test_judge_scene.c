/* SPDX-License-Identifier: Apache-2.0
 * What an expression reads beside the event at hand: alerts, captures, keys, aggregates, tables, lists as values; and
 * that a judge lives through failing memory, takes none for an event once it is warm, and tells shapes apart. */
#include "judge_fixture.h"

#define FIELD(name) ((uint16_t)argot_schema_find(name))

/* ---- alerts ---- */

static struct argot_alert alert;
static struct argot_alert_field fields[8];
static struct argot_extra extra[4], users[3], ports[2], members[4];
static struct argot_alert_values collected[4];

static struct argot_slot
text_slot(const char *text)
{
    return (struct argot_slot){.text = {.at = (const uint8_t *)text, .length = (uint32_t)strlen(text)}};
}

static void
add_field(const char *name, struct argot_slot slot)
{
    uint32_t at = alert.nfields++;
    for (; at && fields[at - 1].field > FIELD(name); at--)
        fields[at] = fields[at - 1];
    fields[at] = (struct argot_alert_field){FIELD(name), slot};
}

static void
usual_alert(void)
{
    static const char *const tags[] = {"attack.t1110", "local"};
    static const char *const names[] = {"root", "Admin", "x\"y"};
    alert = (struct argot_alert){.rule = 1,
                                 .rule_name = "b",
                                 .count = 7,
                                 .time = 500,
                                 .first_time = 1000,
                                 .last_time = 2000,
                                 .fields = fields,
                                 .extra = extra,
                                 .nextra = 1,
                                 .tags = tags,
                                 .ntags = 2,
                                 .values = collected,
                                 .nvalues = 4};
    for (uint8_t i = 0; i < ARGOT_ALERT_ID_BYTES; i++)
        alert.id[i] = (uint8_t)(i * 17);
    add_field("event_type", (struct argot_slot){.u64 = (uint64_t)argot_schema_enum(
                                                    FIELD("event_type"), (const uint8_t *)"CORRELATION_ALERT", 17)});
    add_field("event_time", (struct argot_slot){.i64 = 500});
    add_field("rule_name", text_slot("b"));
    add_field("user_name", text_slot("root"));
    add_field("event_severity", (struct argot_slot){.u64 = 3});
    extra[0] = (struct argot_extra){.key = ARGOT_TEXT("who"), .type = ARGOT_TYPE_STRING, .value = text_slot("me")};
    for (size_t i = 0; i < COUNT(users); i++)
        users[i] = (struct argot_extra){.type = ARGOT_TYPE_STRING, .value = text_slot(names[i])};
    for (size_t i = 0; i < COUNT(ports); i++)
        ports[i] = (struct argot_extra){.type = ARGOT_TYPE_PORT, .value = {.u64 = 22 + i}};
    members[0] = (struct argot_extra){.type = ARGOT_TYPE_STRING, .value = text_slot("t")};
    members[1] = (struct argot_extra){.type = ARGOT_TYPE_STRING, .value = text_slot("5")};
    members[1].value.text.flags = ARGOT_SLOT_JSON;
    members[2] = (struct argot_extra){.type = ARGOT_TYPE_BOOL, .value = {.u64 = 1}};
    members[3] = (struct argot_extra){.type = ARGOT_TYPE_IP, .value = {.ip = {[10] = 0xff, 0xff, 192, 0, 2, 1}}};
    collected[0] = (struct argot_alert_values){.field = FIELD("user_name"), .count = 3, .values = users};
    collected[1] = (struct argot_alert_values){.field = FIELD("source_port"), .count = 2, .values = ports};
    collected[2] = (struct argot_alert_values){.name = "a.b", .count = 4, .values = members};
    collected[3] = (struct argot_alert_values){.field = FIELD("host_name"), .count = 0};
}

static struct argot_scene
alert_scene(void)
{
    return (struct argot_scene){.rule = &plan->rules[0], .subject = {.alert = &alert}};
}

#define BELOW "rule b { match AUTH_LOGIN collect user_name }\nrule c { match AUTH_LOGIN }\n"

static const struct {
    const char *condition;
    bool holds;
} of_alerts[] = {
    {"alert.id == \"00112233445566778899aabbccddeeff\"", true},
    {"len(alert.id) == 32", true},
    {"alert.count == 7", true},
    {"alert.count > 7", false},
    {"alert.first_time < alert.last_time", true},
    {"alert.last_time - alert.first_time == 1us", true},
    {"alert.tags == \"local\"", true},
    {"alert.tags == \"Local\"", false},
    {"alert.tags == \"LOCAL\"i", true},
    {"alert.tags != \"x\"", true},
    {"alert.tags != \"local\"", false},
    {"alert.tags starts \"attack.\"", true},
    {"len(alert.tags) == 2", true},
    {"alert.values.user_name == \"root\"", true},
    {"alert.values.user_name == \"admin\"i", true},
    {"alert.values.user_name in [\"x\", \"root\"]", true},
    {"alert.values.user_name not in [\"x\", \"y\"]", true},
    {"lower(alert.values.user_name) == \"admin\"", true},
    {"len(alert.values.user_name) == 3", true},
    {"alert.values.user_name[1] == \"Admin\"", true},
    {"alert.values.user_name[3] is null", true},
    {"alert.values.user_name contains all [\"oo\", \"dm\"]", true},
    {"alert.values.source_port == 23", true},
    {"alert.values.source_port > 23", false},
    {"alert.values.source_port + 1 == 24", true},
    {"2 * alert.values.source_port == 44", true},
    {"-alert.values.source_port == -22", true},
    {"alert.values.source_port != 24", true},
    {"alert.values.destination_ip is null", true},
    {"alert.values.destination_ip != 192.0.2.1", false},
    {"alert.values.host_name is null", false},
    {"alert.values.host_name != \"x\"", false},
    {"alert.values.extra.a.b == 5", true},
    {"alert.values.extra.a.b == \"t\"", true},
    {"alert.values.extra.a.b == true", true},
    {"alert.values.extra.a.b == 192.0.2.1", true},
    {"alert.values.extra.a.b != 6", true},
    {"alert.values.extra.a.b != 5", false},
    {"alert.values.extra.a is null", true},
    {"alert.values.extra.a.b[1] + 1 == 6", true},
    {"number(alert.values.user_name) != 5", false}, /* none of the items is a number */
    {"event_time == alert.first_time - 500ns", true},
    {"rule_name == \"b\"", true},
    {"user_name == \"root\"", true},
    {"extra.who == \"me\"", true},
    {"extra.none is null", true},
    {"source_ip is null", true},
    {"event_severity >= \"medium\"", true},
};

START_TEST(alerts_are_judged_by_their_attributes)
{
    char source[1000];
    usual_alert();
    snprintf(source, sizeof source, BELOW "rule a { match alert b, c where %s }", of_alerts[_i].condition);
    compile(source);
    struct argot_scene here = alert_scene();
    if (argot_judge_holds(judge, plan->rules[0].matches[0].condition, &here) != of_alerts[_i].holds)
        ck_abort_msg("%s should be %s", of_alerts[_i].condition, of_alerts[_i].holds ? "true" : "false");
    /* An event is no alert. */
    here = scene();
    ck_assert(!argot_judge_holds(judge, plan->rules[0].matches[0].condition, &here));
}
END_TEST

START_TEST(alerts_are_taken_by_their_rules)
{
    usual_alert();
    compile(BELOW "rule a { match alert b }");
    struct argot_scene here = alert_scene();
    const struct argot_expr *condition = plan->rules[0].matches[0].condition;
    for (uint32_t rule = 0; rule < 4; rule++) {
        alert.rule = rule;
        ck_assert_int_eq(argot_judge_holds(judge, condition, &here), rule == 1);
    }
    compile(BELOW "rule a { match any }");
    ck_assert(!argot_judge_holds(judge, plan->rules[0].matches[0].condition, &here));
}
END_TEST

START_TEST(what_an_event_has_not_is_null_in_attributes)
{
    judge_event_constant(&it, "event_type", "AUTH_LOGIN");
    compile("let both = alert any\nrule b { match AUTH_LOGIN }\n"
            "rule a { match AUTH_LOGIN, both where alert.count is null and alert.tags is null and alert.id is null and "
            "not alert.values.user_name == \"x\" }");
    struct argot_scene here = scene();
    ck_assert(argot_judge_holds(judge, plan->rules[0].matches[0].condition, &here));
}
END_TEST

START_TEST(fields_of_alerts_are_found)
{
    usual_alert();
    ck_assert_int_eq(argot_alert_get(&alert, FIELD("event_time"))->i64, 500);
    ck_assert_ptr_null(argot_alert_get(&alert, FIELD("source_ip")));
    ck_assert_ptr_null(argot_alert_get(&alert, UINT16_MAX));
    alert.nfields = 0;
    ck_assert_ptr_null(argot_alert_get(&alert, FIELD("event_time")));
}
END_TEST

/* ---- texts of messages ---- */

static const char *
piece(const char *source, const struct argot_scene *from)
{
    struct argot_datum datum;
    compile(source);
    struct argot_scene here = *from;
    here.rule = &plan->rules[0];
    ck_assert_uint_eq(plan->rules[0].npieces, 1);
    argot_judge_value(judge, plan->rules[0].pieces[0].expr, &here, &datum);
    struct argot_slice text = argot_judge_text(judge, &datum);
    snprintf(words, sizeof words, "%.*s", (int)text.length, (const char *)text.at);
    return words;
}

START_TEST(lists_are_told_as_json)
{
    struct argot_scene here = {.subject = {.event = &it.event}};
    set("dns_answers", "a,b\"c,\n\x01");
    set("dns_resolved_ips", "192.0.2.1,2001:db8::1");
    set("email_to", "");
    ck_assert_str_eq(piece("rule r { match any alert \"{dns_answers}\" }", &here), "[\"a\",\"b\\\"c\",\"\\n\\u0001\"]");
    ck_assert_str_eq(piece("rule r { match any alert \"{dns_resolved_ips}\" }", &here),
                     "[\"192.0.2.1\",\"2001:db8::1\"]");
    ck_assert_str_eq(piece("rule r { match any alert \"{email_to}\" }", &here), "[]");
    ck_assert_str_eq(piece("rule r { match any alert \"{process_args}\" }", &here), "-");
    usual_alert();
    here.subject = (struct argot_subject){.alert = &alert};
    ck_assert_str_eq(piece("rule r { match any alert \"{alert.values.user_name}\" }", &here),
                     "[\"root\",\"Admin\",\"x\\\"y\"]");
    ck_assert_str_eq(piece("rule r { match any alert \"{alert.values.source_port}\" }", &here), "[22,23]");
    ck_assert_str_eq(piece("rule r { match any alert \"{alert.values.extra.a.b}\" }", &here),
                     "[\"t\",5,true,\"192.0.2.1\"]");
    ck_assert_str_eq(piece("rule r { match any alert \"{alert.count}\" }", &here), "7");
}
END_TEST

/* ---- captures, keys, aggregates ---- */

START_TEST(captures_are_other_events)
{
    static struct judge_event other;
    judge_event_init(&other, &seam.seam, 4);
    judge_event_constant(&it, "event_type", "AUTH_LOGIN");
    set("user_name", "b");
    ck_assert(judge_event_set(&other, "user_name", "A", 1));
    ck_assert(judge_event_json(&other, "x", "5", 1));
    ck_assert(judge_event_set(&other, "dns_answers", "b,c", 3));
    compile("rule r { sequence within 1h { first one = HTTP_ACCESS then AUTH_LOGIN where user_name > one.user_name and "
            "one.extra.x + 1 == 6 and one.dns_answers == user_name and len(one.dns_answers) == 2 and "
            "one.dns_answers[1] == \"c\" and extra.x is null } }");
    const struct argot_expr *condition = plan->rules[0].sequence->stages[1].event.condition;
    struct argot_subject captures[2] = {{.event = &other.event}};
    struct argot_scene here = scene();
    ck_assert(!argot_judge_holds(judge, condition, &here));
    here.captures = captures;
    ck_assert(argot_judge_holds(judge, condition, &here));
    captures[0].event = NULL;
    ck_assert(!argot_judge_holds(judge, condition, &here));
    judge_event_finish(&other);
}
END_TEST

START_TEST(keys_and_aggregates_are_handed_in)
{
    compile("rule r { match any by user_name when count >= 5 and sum(source_bytes) > 9223372036854775807 within 1m "
            "alert \"{user_name}\" }");
    struct argot_scene here = scene();
    struct argot_datum value, keys[1] = {{.type = ARGOT_EXPR_TEXT_TYPE, .slot = text_slot("key")}};
    struct argot_datum aggregates[2] = {{.type = ARGOT_EXPR_WHOLE_TYPE, .slot.i64 = 5},
                                        {.type = ARGOT_EXPR_WHOLE_TYPE, .large = true, .slot.u64 = UINT64_MAX}};
    const struct argot_expr *condition = plan->rules[0].window->condition, *key = plan->rules[0].pieces[0].expr;
    ck_assert(!argot_judge_holds(judge, condition, &here));
    argot_judge_value(judge, key, &here, &value);
    ck_assert(value.null);
    here.keys = keys;
    here.aggregates = aggregates;
    ck_assert(argot_judge_holds(judge, condition, &here));
    aggregates[0].slot.i64 = 4;
    ck_assert(!argot_judge_holds(judge, condition, &here));
    argot_judge_value(judge, key, &here, &value);
    ck_assert_str_eq((const char *)argot_judge_text(judge, &value).at, "key");
}
END_TEST

/* ---- tables ---- */

static const char table[] = "host,tier,score,net,on\nweb1,server,10,192.0.2.1,true\nweb2,,2,x,no\n\"a,b\",desk,1.5,,\n";

static bool
holds_with_table(const char *host, const char *condition)
{
    char source[1000];
    judge_event_finish(&it);
    judge_event_init(&it, &seam.seam, 3);
    judge_event_constant(&it, "event_type", "AUTH_LOGIN");
    if (host)
        set("host_name", host);
    set("source_port", "10");
    argot_test_seam_put(&seam, "hosts.csv", table, sizeof table - 1);
    snprintf(source, sizeof source,
             "table hosts from \"hosts.csv\" key host\nrule r { lookup hosts on host_name as h match any where %s }",
             condition);
    compile(source);
    struct argot_scene here = scene();
    return argot_judge_holds(judge, plan->rules[0].matches[0].condition, &here);
}

START_TEST(columns_are_those_of_the_row)
{
    ck_assert(holds_with_table("web1", "h.tier == \"server\""));
    ck_assert(holds_with_table("web1", "h.score == 10 and h.score == source_port and h.score > 2"));
    ck_assert(holds_with_table("web1", "h.net in 192.0.2.0/24"));
    ck_assert(holds_with_table("web1", "h.on == true and h.on == \"true\""));
    ck_assert(holds_with_table("web1", "h.host == host_name and h.tier != h.host"));
    ck_assert(holds_with_table("web2", "h.tier is null and h.net is not null and not h.net in 192.0.2.0/24"));
    ck_assert(holds_with_table("web2", "h.on == false"));
    ck_assert(holds_with_table("web2", "h.score < \"3\""));
    ck_assert(!holds_with_table("web9", "h.tier == \"server\" or h.tier != \"server\""));
    ck_assert(holds_with_table("web9", "h.tier is null"));
    ck_assert(holds_with_table("web10", "h.tier is null"));
    ck_assert(holds_with_table("web", "h.tier is null"));
    ck_assert(holds_with_table(NULL, "h.tier is null"));
    ck_assert(holds_with_table("web1", "host_name in hosts"));
    ck_assert(!holds_with_table("web9", "host_name in hosts"));
    ck_assert(holds_with_table("web9", "host_name not in hosts"));
}
END_TEST

/* ---- shapes ---- */

START_TEST(shapes_are_told_apart)
{
    static struct judge_event others[4];
    static const uint32_t numbers[] = {3, 70, 100000, UINT32_MAX};
    compile("rule r { match any }");
    judge_event_constant(&it, "user_name", "constant");
    for (size_t i = 0; i < COUNT(others); i++) {
        char name[8];
        judge_event_init(&others[i], &seam.seam, numbers[i]);
        for (size_t j = 0; j < i; j++)
            ck_assert(judge_event_set(&others[i], j ? "host_name" : "source_port", "22", 2));
        snprintf(name, sizeof name, "u%zu", i);
        ck_assert(judge_event_set(&others[i], "user_name", name, 2));
    }
    for (int round = 0; round < 3; round++) {
        struct argot_subject subject = {.event = &it.event};
        ck_assert_int_eq(argot_judge_field(judge, &subject, FIELD("user_name"))->text.at[0], 'c');
        for (size_t i = 0; i < COUNT(others); i++) {
            subject.event = &others[i].event;
            ck_assert_uint_eq(argot_judge_field(judge, &subject, FIELD("user_name"))->text.at[1], '0' + i);
            ck_assert_ptr_null(argot_judge_field(judge, &subject, FIELD("source_ip")));
            ck_assert_int_eq(argot_judge_field(judge, &subject, FIELD("event_time"))->i64, others[i].event.time);
            ck_assert_int_eq(argot_judge_field(judge, &subject, FIELD("event_ingest_time"))->i64,
                             others[i].event.received);
            others[i].event.present = 0;
            ck_assert_ptr_null(argot_judge_field(judge, &subject, FIELD("user_name")));
            others[i].event.present = UINT64_MAX;
        }
    }
    ck_assert_ptr_null(argot_judge_field(judge, &(struct argot_subject){NULL, NULL}, FIELD("user_name")));
    for (size_t i = 0; i < COUNT(others); i++)
        judge_event_finish(&others[i]);
}
END_TEST

/* ---- memory ---- */

#define ALL_OF_IT                                                                                                      \
    "table hosts from \"hosts.csv\" key host\n"                                                                        \
    "rule r { lookup hosts on host_name as h match any where "                                                         \
    "lower(user_name) == \"alice\" and concat(user_name, source_port) == \"Alice22\" and message like /a+b/ and "      \
    "extract(message, /a(b)/) == \"b\" and user_name in [\"1\", \"2\", \"3\", \"4\", \"5\", \"Alice\"] and "           \
    "source_ip in [10.0.0.0/8, 11.0.0.0/8, 12.0.0.0/8, 13.0.0.0/8, 192.0.2.0/24] and h.tier == \"server\" and "        \
    "source_port starts \"2\" and extra.j.a.b == \"x\\ny\" and user_name like concat(\"A*\", \"\") and "               \
    "text(source_ip) == \"192.0.2.1\" by lower(user_name) as k }"

static void
event_of_all(void)
{
    judge_event_constant(&it, "event_type", "AUTH_LOGIN");
    set("user_name", "Alice");
    set("source_port", "22");
    set("source_ip", "192.0.2.1");
    set("host_name", "web1");
    set("message", "xxaaabxx");
    json("j", "{\"a\":{\"b\":\"x\\ny\"}}");
    argot_test_seam_put(&seam, "hosts.csv", table, sizeof table - 1);
}

START_TEST(a_warm_judge_takes_no_memory)
{
    event_of_all();
    compile(ALL_OF_IT);
    struct argot_scene here = scene();
    struct argot_datum value;
    uint64_t before = 0;
    for (int i = 0; i < 1000; i++) {
        ck_assert(argot_judge_holds(judge, plan->rules[0].matches[0].condition, &here));
        argot_judge_value(judge, plan->rules[0].matches[0].keys[0], &here, &value);
        argot_judge_forget(judge);
        if (i == 1)
            before = seam.allocations;
    }
    ck_assert_uint_eq(seam.allocations, before);
    ck_assert(!argot_judge_failed(judge));
}
END_TEST

START_TEST(no_failing_allocation_does_harm)
{
    event_of_all();
    compile(ALL_OF_IT);
    argot_judge_free(judge);
    judge = NULL;
    bool through = false;
    for (uint64_t call = 1; !through; call++) {
        ck_assert_uint_lt(call, 5000);
        seam.fail_allocation = seam.allocations + call;
        judge = argot_judge_new(&seam.seam, plan, words, sizeof words);
        if (!judge)
            ck_assert_ptr_nonnull(strstr(words, "memory"));
        struct argot_scene here = scene();
        bool held = judge && argot_judge_holds(judge, plan->rules[0].matches[0].condition, &here);
        struct argot_datum value = {0};
        if (judge)
            argot_judge_value(judge, plan->rules[0].matches[0].keys[0], &here, &value);
        through = seam.allocations < seam.fail_allocation;
        /* What failed says so; without, the answer is right. */
        if (judge && !argot_judge_failed(judge))
            ck_assert(held && !value.null);
        seam.fail_allocation = 0;
        if (judge) {
            ck_assert(argot_judge_holds(judge, plan->rules[0].matches[0].condition, &here));
            ck_assert(!argot_judge_failed(judge));
        }
        argot_judge_free(judge);
        judge = NULL;
    }
}
END_TEST

START_TEST(computed_texts_have_a_limit)
{
    char *long_text = malloc(1 << 20);
    ck_assert_ptr_nonnull(long_text);
    memset(long_text, 'x', 1 << 20);
    judge_event_constant(&it, "event_type", "AUTH_LOGIN");
    ck_assert(judge_event_set(&it, "message", long_text, 1 << 20));
    free(long_text);
    ck_assert(holds("len(concat(message, message, message, message, message, message, message, message, message, "
                    "message, message, message, message, message, message, message)) == 16777216"));
    ck_assert_uint_eq(argot_judge_counts(judge).long_texts, 0);
    ck_assert(holds("concat(concat(message, message, message, message, message, message, message, message, message, "
                    "message, message, message, message, message, message, message), \"x\") is null"));
    ck_assert_uint_eq(argot_judge_counts(judge).long_texts, 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("judge_scene");
    TCase *all = tcase_create("scene");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_loop_test(all, alerts_are_judged_by_their_attributes, 0, COUNT(of_alerts));
    tcase_add_test(all, alerts_are_taken_by_their_rules);
    tcase_add_test(all, what_an_event_has_not_is_null_in_attributes);
    tcase_add_test(all, fields_of_alerts_are_found);
    tcase_add_test(all, lists_are_told_as_json);
    tcase_add_test(all, captures_are_other_events);
    tcase_add_test(all, keys_and_aggregates_are_handed_in);
    tcase_add_test(all, columns_are_those_of_the_row);
    tcase_add_test(all, shapes_are_told_apart);
    tcase_add_test(all, a_warm_judge_takes_no_memory);
    tcase_add_test(all, no_failing_allocation_does_harm);
    tcase_add_test(all, computed_texts_have_a_limit);
    suite_add_tcase(suite, all);
    return test_run(suite);
}
