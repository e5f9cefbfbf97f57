/* SPDX-License-Identifier: Apache-2.0
 * What conditions and values of rules are, over events made by hand: the tables follow docs/rule-language.md. */
#include "judge_fixture.h"

/* An event with a field of each kind; what is not named here is null. */
static void
usual_event(void)
{
    judge_event_constant(&it, "event_type", "AUTH_LOGIN");
    set("event_time", "2026-03-04T05:06:07.5Z");
    set("event_outcome", "failure");
    set("event_severity", "high");
    set("event_duration", "1500000000");
    set("user_name", "Alice");
    set("message", "Failed password for root from 192.0.2.7 port 40022 id=17 ssh2");
    set("host_name", "web-1.example.com");
    set("process_executable", "C:\\Windows\\System32\\cmd.exe");
    set("request_path", "/a/b*c?d/index.php");
    set("source_ip", "192.0.2.7");
    set("destination_ip", "2001:db8::5");
    set("source_port", "40022");
    set("source_bytes", "18446744073709551615");
    set("destination_bytes", "9007199254740993");
    set("response_size_bytes", "0");
    set("source_mac", "00:1b:44:11:3a:b7");
    set("mfa_used", "true");
    set("dns_answers", "a.example.com,b.example.com,b.example.com");
    set("dns_resolved_ips", "192.0.2.1,2001:db8::1");
    set("email_to", "");
    judge_event_text(&it, "text", "some Text");
    judge_event_text(&it, "number_text", "42");
    judge_event_text(&it, "ip_text", "192.0.2.9");
    judge_event_text(&it, "yes", "yes");
    judge_event_text(&it, "when", "2026-03-04T05:06:07.5Z");
    judge_event_text(&it, "mac", "00-1b-44-11-3a-b7");
    judge_event_text(&it, "word", "failure");
    json("whole", "42");
    json("minus", "-7");
    json("real", "42.0");
    json("half", "0.5");
    json("huge", "1e999");
    json("true", "true");
    json("false", "false");
    json("null", "null");
    json("string", "\"a\\u00e9\\n\"");
    json("object", "{\"a\":{\"b\":5,\"b\":6,\"c.d\":\"x\",\"e\\\"f\":[1,\"two\",null,{\"g\":true}]},\"n\":null}");
    json("array", "[10,\"x\",[],{\"k\":\"v\"}]");
    typed("int", ARGOT_TYPE_INT, (struct argot_slot){.i64 = -5});
    typed("float", ARGOT_TYPE_FLOAT, (struct argot_slot){.f64 = 2.5});
    typed("span", ARGOT_TYPE_DURATION, (struct argot_slot){.i64 = 3000000000});
    typed("address", ARGOT_TYPE_IP, (struct argot_slot){.ip = {[10] = 0xff, 0xff, 192, 0, 2, 9}});
    typed("no_number", ARGOT_TYPE_FLOAT, (struct argot_slot){.f64 = __builtin_nan("")});
}

static const struct {
    const char *condition;
    bool holds;
} conditions[] = {
    /* null */
    {"user_domain == \"x\"", false},
    {"user_domain != \"x\"", false},
    {"not user_domain == \"x\"", true},
    {"not user_domain != \"x\"", true},
    {"user_domain is null", true},
    {"user_domain is not null", false},
    {"user_name is null", false},
    {"user_name is not null", true},
    {"user_domain in [\"x\"]", false},
    {"user_domain not in [\"x\"]", false},
    {"user_domain like \"*\"", false},
    {"user_domain not like \"*\"", false},
    {"user_domain contains \"\"", false},
    {"user_domain not contains \"x\"", false},
    {"user_domain not starts \"x\"", false},
    {"user_domain not ends \"x\"", false},
    {"user_name == user_domain", false},
    {"user_name != user_domain", false},
    {"user_name contains user_domain", false},
    {"user_name not contains user_domain", false},
    {"user_name not contains any [user_domain, \"zz\"]", true},
    {"user_name not contains any [user_domain, \"lic\"]", false},
    {"user_name not contains all [user_domain, \"zz\"]", true},
    {"user_name not contains all [\"zz\", user_domain]", true},
    {"user_name not contains all [user_domain, \"lic\"]", false},
    {"user_name contains all [user_domain, \"lic\"]", false},
    {"user_name in [user_domain]", false},
    {"user_name not in [user_domain]", false},
    {"user_name not in [user_domain, \"x\"]", true},
    {"user_name in [user_domain, \"Alice\"]", true},
    {"source_as_number + 1 == 1", false},
    {"source_as_number + 1 != 1", false},
    {"source_as_number is null and (source_as_number * 2) is null", true},
    {"len(user_domain) is null", true},
    {"mfa_used", true},
    {"not mfa_used", false},
    {"file_signature_trusted", false},
    {"file_signature_trusted == false", false},
    {"not file_signature_trusted", true},
    /* texts */
    {"user_name == \"Alice\"", true},
    {"user_name == \"alice\"", false},
    {"user_name == \"aLICE\"i", true},
    {"user_name != \"aLICE\"i", false},
    {"user_name != \"alice\"", true},
    {"\"alice\"i == user_name", true},
    {"user_name < \"Alicf\"", true},
    {"user_name < \"Alic\"", false},
    {"user_name > \"Alic\"", true},
    {"user_name >= \"Alice\"", true},
    {"user_name <= \"Alice\"", true},
    {"user_name < \"alice\"", true},
    {"user_name in [\"x\", \"Alice\"]", true},
    {"user_name in [\"x\", \"alice\"]", false},
    {"user_name in [\"x\", \"alice\"i]", true},
    {"user_name not in [\"x\", \"alice\"i]", false},
    {"user_name in [\"a\", \"b\", \"c\", \"d\", \"e\", \"Alice\"]", true},
    {"user_name in [\"a\", \"b\", \"c\", \"d\", \"e\", \"alice\"]", false},
    {"user_name in [\"a\", \"b\", \"c\", \"d\", \"e\", \"alice\"i]", true},
    {"user_name not in [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"]", true},
    {"user_name in [\"a\"i, \"b\", \"c\", \"d\", \"e\", \"alice\"]", false},
    {"user_name contains \"lic\"", true},
    {"user_name contains \"LIC\"", false},
    {"user_name contains \"LIC\"i", true},
    {"user_name contains \"\"", true},
    {"user_name starts \"Al\"", true},
    {"user_name starts \"al\"i", true},
    {"user_name starts \"Alice \"", false},
    {"user_name ends \"ice\"", true},
    {"user_name ends \"ICE\"i", true},
    {"user_name ends \"xAlice\"", false},
    {"user_name not ends \"ice\"", false},
    {"user_name contains any [\"x\", \"lic\"]", true},
    {"user_name contains all [\"x\", \"lic\"]", false},
    {"user_name contains all [\"A\", \"lic\"]", true},
    {"user_name not contains all [\"x\", \"lic\"]", true},
    {"user_name not contains any [\"x\", \"lic\"]", false},
    {"message contains lower(\"ROOT\")", true},
    {"host_name starts concat(\"web\", \"-\", 1)", true},
    /* wildcards */
    {"user_name like \"Alice\"", true},
    {"user_name like \"Alic\"", false},
    {"user_name like \"*\"", true},
    {"user_name like \"A*e\"", true},
    {"user_name like \"a*E\"i", true},
    {"user_name like \"*li*\"", true},
    {"user_name like \"*il*\"", false},
    {"user_name like \"?lice\"", true},
    {"user_name like \"?????\"", true},
    {"user_name like \"????\"", false},
    {"user_name like \"??????\"", false},
    {"user_name like \"*?????\"", true},
    {"user_name like \"*??????\"", false},
    {"user_name like \"A*?ce\"", true},
    {"user_name like \"\"", false},
    {"request_path like \"*b[*]c[?]d*\"", true},
    {"request_path like \"*b[*]c[?]e*\"", false},
    {"request_path like \"/a/b?c?d/*.php\"", true},
    {"user_name like any [\"x*\", \"A*\"]", true},
    {"user_name like all [\"*e\", \"A*\"]", true},
    {"user_name like all [\"*x\", \"A*\"]", false},
    {"user_name not like any [\"x*\", \"A*\"]", false},
    {"user_name like concat(\"A\", \"*\")", true},
    {"user_name like concat(\"A\", \"?\")", false},
    {"request_path like concat(\"*\", \"[*]\", \"c[?]\", \"*\")", true},
    /* regular expressions */
    {"message like /password for (root|admin)/", true},
    {"message like /PASSWORD/", false},
    {"message like /PASSWORD/i", true},
    {"message like /^Failed/", true},
    {"message like /^password/", false},
    {"message like /ssh2$/", true},
    {"message like /port \\d{5}\\b/", true},
    {"message not like /port \\d{6}/", true},
    {"message like any [\"x\", /id=\\d+/]", true},
    {"\"A\"i like /a/", true},
    /* numbers */
    {"source_port == 40022", true},
    {"source_port != 40022", false},
    {"source_port == 40022.0", true},
    {"source_port > 40021.999", true},
    {"source_port < 40022.001", true},
    {"source_port in [1, 40022]", true},
    {"source_port in [1, 2.5, 3, 4, 5, 40022.0]", true},
    {"source_port in [1, 2.5, 3, 4, 5, 40022.5]", false},
    {"source_bytes == 18446744073709551615", true},
    {"source_bytes == 18446744073709551615.0", false},
    {"source_bytes < 18446744073709551616.0", true},
    {"source_bytes > 9223372036854775807", true},
    {"source_bytes > 1e19", true},
    {"source_bytes < 2e19", true},
    {"source_bytes > 0.5", true},
    {"source_bytes in [1, 2, 3, 4, 5, 18446744073709551615]", true},
    {"source_bytes in [1, 2, 3, 4, 5, 18446744073709551615.0]", false},
    {"destination_bytes == 9007199254740993", true},
    {"destination_bytes == 9007199254740992.0", false},
    {"destination_bytes > 9007199254740992.0", true},
    {"destination_bytes < 9007199254740994.0", true},
    {"extra.minus < source_bytes", true},
    {"extra.minus in [-1, -2, -3, -4, -5, -7]", true},
    {"extra.minus in [-1, -2, -3, -4, -5, -7.0]", true},
    {"response_size_bytes == 0", true},
    {"response_size_bytes == extra.minus + 7", true},
    {"extra.int < 0 and extra.int > -5.5", true},
    {"source_bytes + 1 > 0", false}, /* an overflow is null */
    {"(source_bytes + 1) is null", true},
    {"(source_port + 9223372036854775807) is null", true},
    {"(source_port / response_size_bytes) is null", true},
    {"(source_port % response_size_bytes) is null", true},
    {"source_port / 5 == 8004", true},
    {"source_port / 5.0 == 8004.4", true},
    {"extra.minus / 2 == -3", true},
    {"extra.minus % 4 == -3", true},
    {"extra.minus * -1 == 7", true},
    {"-extra.minus == 7", true},
    {"(extra.half * 1e308 * 1e308) is null", true},
    {"(extra.half / 0.0) is null", true},
    {"(extra.real % 5) is null", true},
    {"extra.whole % 5 == 2", true},
    /* addresses */
    {"source_ip == 192.0.2.7", true},
    {"source_ip == \"::ffff:192.0.2.7\"", true},
    {"source_ip != 192.0.2.8", true},
    {"source_ip in 192.0.2.0/24", true},
    {"source_ip in 192.0.2.99/24", true},
    {"source_ip in [10.0.0.0/8, 192.0.2.0/24]", true},
    {"source_ip not in [10.0.0.0/8, 192.0.2.0/24]", false},
    {"source_ip in 0.0.0.0/0", true},
    {"source_ip in ::/0", false},
    {"source_ip in ::ffff:0:0/96", true},
    {"source_ip in ::ffff:0:0/95", false},
    {"destination_ip in ::/0", true},
    {"destination_ip in 0.0.0.0/0", false},
    {"destination_ip in 2001:db8::/32", true},
    {"destination_ip in [2001:db8::5]", true},
    {"destination_ip in 2001:db8::4/127", true},
    {"destination_ip in 2001:db8::6/127", false},
    {"source_ip in [10.0.0.0/8, 11.0.0.0/8, 12.0.0.0/8, 13.0.0.0/8, 192.0.2.6/31, ::/0]", true},
    {"source_ip in [10.0.0.0/8, 11.0.0.0/8, 12.0.0.0/8, 13.0.0.0/8, 192.0.2.8/29, ::/0]", false},
    {"destination_ip in [10.0.0.0/8, 11.0.0.0/8, 12.0.0.0/8, 13.0.0.0/8, 192.0.2.8/29, ::/0]", true},
    {"destination_ip in [10.0.0.0/8, ::/0, 2001:db8::/126, 2001:db8::/127, ::ffff:1.0.0.0/104, 0.0.0.0/0]", true},
    {"source_ip starts \"192.0.2.\"", true},
    {"destination_ip == \"2001:0DB8:0::5\"", true},
    {"destination_ip ends \"::5\"", true},
    {"source_ip in [destination_ip, 192.0.2.7]", true},
    {"source_ip == destination_ip", false},
    {"source_mac == \"00-1b-44-11-3a-b7\"", true},
    {"source_mac contains \":44:\"", true},
    /* enums */
    {"event_outcome == \"failure\"", true},
    {"event_outcome in [\"success\", \"failure\"]", true},
    {"event_outcome == \"FAILURE\"i", true},
    {"event_outcome starts \"fail\"", true},
    {"event_severity >= \"medium\"", true},
    {"event_severity > \"high\"", false},
    {"event_type == \"AUTH_LOGIN\"", true},
    {"event_type != \"AUTH_LOGIN\"", false},
    {"event_outcome == extra.word", true},
    {"extra.word == event_outcome", true},
    {"extra.text == event_outcome", false},
    {"extra.text != event_outcome", false}, /* no such word: null */
    /* times */
    {"event_time == \"2026-03-04T05:06:07.5Z\"", true},
    {"event_time > \"2026-03-04T05:06:07Z\"", true},
    {"event_time == extra.when", true},
    {"event_time + 1s > event_time", true},
    {"event_time - event_time == 0s", true},
    {"event_duration == 1500ms", true},
    {"event_duration * 2 == 3s", true},
    {"2 * event_duration == 3s", true},
    {"event_duration * 0.5 == 750ms", true},
    {"event_duration / 4 == 375ms", true},
    {"event_duration / 7 == 214285714ns", true},
    {"event_duration + 1s == 2500ms", true},
    {"-event_duration < 0s", true},
    {"abs(-event_duration) == 1500ms", true},
    {"extra.span == 3s", true},
    {"extra.whole == 3s", false},
    /* lists */
    {"dns_answers == \"b.example.com\"", true},
    {"dns_answers == \"c.example.com\"", false},
    {"dns_answers != \"c.example.com\"", true},
    {"dns_answers != \"a.example.com\"", false},
    {"dns_answers in [\"x\", \"a.example.com\"]", true},
    {"dns_answers not in [\"x\", \"a.example.com\"]", false},
    {"dns_answers not in [\"x\"]", true},
    {"dns_answers like \"b*\"", true},
    {"dns_answers not like \"b*\"", false},
    {"dns_answers not like \"c*\"", true},
    {"dns_answers contains all [\"a.\", \"b.\"]", true},
    {"dns_answers contains all [\"a.\", \"c.\"]", false},
    {"dns_answers not contains all [\"a.\", \"c.\"]", true},
    {"dns_answers not contains any [\"c.\", \"d.\"]", true},
    {"len(dns_answers) == 3", true},
    {"dns_answers[0] == \"a.example.com\"", true},
    {"dns_answers[3] is null", true},
    {"dns_answers is not null", true},
    {"lower(dns_answers) == \"a.example.com\"", true},
    {"len(email_to) == 0", true},
    {"email_to == \"x\"", false},
    {"email_to != \"x\"", false},
    {"not email_to == \"x\"", true},
    {"email_to not in [\"x\"]", false},
    {"email_to not like \"x\"", false},
    {"email_to is null", false},
    {"process_args is null", true},
    {"process_args != \"x\"", false},
    {"len(process_args) is null", true},
    {"dns_resolved_ips in 192.0.2.0/24", true},
    {"dns_resolved_ips in 198.51.100.0/24", false},
    {"dns_resolved_ips not in 198.51.100.0/24", true},
    {"dns_resolved_ips == 2001:db8::1", true},
    {"dns_resolved_ips starts \"2001\"", true},
    {"dns_answers == user_name", false},
    {"coalesce(process_args, \"none\") == \"none\"", true},
    {"coalesce(process_args, user_domain) != \"none\"", false},
    {"user_name in [dns_answers]", false},
    {"dns_answers in [dns_answers]", true},
    {"user_name in [process_args]", false},
    {"user_name not in [process_args]", false},
    {"user_name not in [email_to]", false},
    /* extra */
    {"extra.text == \"some Text\"", true},
    {"extra.text == \"SOME text\"i", true},
    {"extra.none == \"x\"", false},
    {"extra.none is null", true},
    {"extra.null is null", true},
    {"extra.no_number is null", true},
    {"extra.whole == 42", true},
    {"extra.whole == \"42\"", true},
    {"extra.whole == 42.0", true},
    {"extra.real == 42", true},
    {"extra.real == \"42.0\"", true},
    {"extra.real == \"42\"", false},
    {"extra.number_text == 42", true},
    {"extra.number_text + 1 == 43", true},
    {"extra.text == 42", false},
    {"extra.text != 42", false},
    {"extra.huge == 1", false},
    {"extra.huge != 1", false},
    {"extra.true == true", true},
    {"extra.false == false", true},
    {"extra.false == true", false},
    {"extra.yes == true", true},
    {"extra.text == true", false},
    {"extra.whole == true", false},
    {"extra.ip_text == source_ip", false},
    {"extra.ip_text == 192.0.2.9", true},
    {"extra.ip_text in 192.0.2.0/24", true},
    {"extra.address in 192.0.2.0/24", true},
    {"extra.address == extra.ip_text", true},
    {"extra.address == \"192.0.2.9\"", true},
    {"extra.text in 192.0.2.0/24", false},
    {"extra.text not in 192.0.2.0/24", false},
    {"extra.mac == source_mac", true},
    {"extra.int == -5", true},
    {"extra.float == 2.5", true},
    {"extra.float > extra.int", true},
    {"extra.whole == extra.real", true},
    {"extra.whole == extra.number_text", true}, /* as texts */
    {"extra.real == extra.number_text", false},
    {"extra.half < extra.whole", true},
    {"extra.number_text < extra.text", true},
    {"extra.string == \"a\\xc3\\xa9\\n\"", true},
    {"extra.object.a.b == 5", true},
    {"extra.object.a.`c.d` == \"x\"", true},
    {"extra.object.a.c is null", true},
    {"extra.object.n is null", true},
    {"extra.object.a.`e\"f` is not null", true},
    {"extra.object.a.`e\"f`[0] == 1", true},
    {"extra.object.a.`e\"f`[1] == \"two\"", true},
    {"extra.object.a.`e\"f`[2] is null", true},
    {"extra.object.a.`e\"f`[4] is null", true},
    {"extra.object.a starts \"{\\\"b\\\":5\"", true},
    {"extra.text.a is null", true},
    {"extra.whole.a is null", true},
    {"extra.array[0] == 10", true},
    {"extra.array[1] == \"x\"", true},
    {"extra.array[2] == \"[]\"", true},
    {"extra.array[9] is null", true},
    {"extra.text[0] is null", true},
    {"extra.whole in [1, 42]", true},
    {"extra.whole in [\"1\", \"42\"]", true},
    {"extra.whole like \"4?\"", true},
    {"extra.text contains \"Text\"", true},
    {"extra.true in [true]", true},
    /* chains */
    {"user_name == \"x\" or user_name == \"Alice\" and source_port == 40022", true},
    {"(user_name == \"x\" or user_name == \"Alice\") and source_port == 1", false},
    {"not (user_name == \"x\" or source_port == 1)", true},
    {"event_type in [\"AUTH_LOGIN\"]", true},
};

START_TEST(conditions_hold_as_the_language_says)
{
    usual_event();
    if (holds(conditions[_i].condition) != conditions[_i].holds)
        ck_abort_msg("%s should be %s", conditions[_i].condition, conditions[_i].holds ? "true" : "false");
    ck_assert(!holds("true == false"));
}
END_TEST

static const struct {
    const char *expression, *text;
} values[] = {
    {"user_name", "Alice"},
    {"user_domain", "-"},
    {"source_ip", "192.0.2.7"},
    {"destination_ip", "2001:db8::5"},
    {"source_bytes", "18446744073709551615"},
    {"event_outcome", "failure"},
    {"event_duration", "1500000000"},
    {"event_time", "2026-03-04T05:06:07.5Z"},
    {"source_mac", "00:1b:44:11:3a:b7"},
    {"mfa_used", "true"},
    {"lower(user_name)", "alice"},
    {"upper(user_name)", "ALICE"},
    {"len(user_name)", "5"},
    {"substr(user_name, 1)", "lice"},
    {"substr(user_name, 1, 3)", "li"},
    {"substr(user_name, -2)", "ce"},
    {"substr(user_name, -3, -1)", "ic"},
    {"substr(user_name, 3, 1)", ""},
    {"substr(user_name, 9)", ""},
    {"substr(user_name, -9, 2)", "Al"},
    {"substr(user_name, 0, 99)", "Alice"},
    {"substr(user_name, extra.number_text)", ""},
    {"substr(user_name, extra.real)", "-"},
    {"find(user_name, \"i\")", "2"},
    {"find(user_name, \"x\")", "-"},
    {"find(user_name, \"\")", "0"},
    {"find(user_name, \"\", 5)", "5"},
    {"find(user_name, \"\", 6)", "-"},
    {"find(message, \"o\", 20)", "21"},
    {"find(message, \"s\", -4)", "57"},
    {"find(message, \"F\", 1)", "-"},
    {"concat(user_name, \"@\", source_ip, \":\", source_port)", "Alice@192.0.2.7:40022"},
    {"concat(user_name, user_domain)", "-"},
    {"extract(message, /id=(\\d+)/)", "17"},
    {"extract(message, /id=\\d+/)", "id=17"},
    {"extract(message, /id=(x)?/)", "-"},
    {"extract(message, /id=(x*)/)", ""},
    {"extract(message, /nothing/)", "-"},
    {"extract(message, /(?<who>root|admin) from ([0-9.]+)/)", "root"},
    {"text(source_port)", "40022"},
    {"text(event_outcome)", "failure"},
    {"text(extra.object.a.`e\"f`)", "[1,\"two\",null,{\"g\":true}]"},
    {"number(\"0x1F\")", "31"},
    {"number(\"-5\")", "-5"},
    {"number(\"1.5e3\")", "1500"},
    {"number(\"18446744073709551615\")", "18446744073709551615"},
    {"number(\" 5\")", "-"},
    {"number(\"x\")", "-"},
    {"number(extra.number_text) + 0.5", "42.5"},
    {"abs(extra.minus)", "7"},
    {"abs(-1.5)", "1.5"},
    {"abs(source_bytes)", "-"},
    {"coalesce(user_domain, user_name, \"x\")", "Alice"},
    {"coalesce(user_domain, extra.none)", "-"},
    {"coalesce(source_as_number, 0)", "0"},
    {"basename(process_executable)", "cmd.exe"},
    {"basename(request_path)", "index.php"},
    {"basename(user_name)", "Alice"},
    {"basename(\"/\")", ""},
    {"seconds(event_duration)", "1.5"},
    {"minutes(90s)", "1.5"},
    {"hours(90m)", "1.5"},
    {"hour(event_time)", "5"},
    {"weekday(event_time)", "3"},
    {"geo_km(52.52, 13.405, 48.8566, 2.3522) > 877", NULL},
    {"geo_km(0, 0, 0, 0)", "0"},
    {"geo_km(91, 0, 0, 0)", "-"},
    {"extra.real", "42.0"},
    {"extra.whole + 1", "43"},
    {"extra.string", "a\xc3\xa9\n"},
    {"extra.true", "true"},
    {"extra.object.a.b", "5"},
    {"extra.span", "3000000000"},
    {"source_port / 3", "13340"},
    {"source_port * 1.5", "60033"},
    {"event_time + 1h", "2026-03-04T06:06:07.5Z"},
    {"event_time - event_ingest_time", "5331967500000000"},
    {"dns_answers[1]", "b.example.com"},
    {"dns_resolved_ips[1]", "2001:db8::1"},
};

START_TEST(values_are_what_the_language_says)
{
    usual_event();
    if (!values[_i].text)
        ck_assert(holds(values[_i].expression));
    else
        ck_assert_str_eq(value(values[_i].expression), values[_i].text);
}
END_TEST

/* ---- characters and bytes ---- */

static const struct {
    const char *text;
    size_t length;
    const char *condition;
    bool holds;
} texts[] = {
    {"", 0, "message == \"\"", true},
    {"", 0, "message is null", false},
    {"", 0, "message like \"\"", true},
    {"", 0, "message like \"*\"", true},
    {"", 0, "message like \"?\"", false},
    {"", 0, "message contains \"\"", true},
    {"", 0, "message starts \"\" and message ends \"\"", true},
    {"", 0, "len(message) == 0", true},
    {"", 0, "find(message, \"\") == 0", true},
    {"", 0, "find(message, \"x\") is null", true},
    {"", 0, "substr(message, 0) == \"\" and substr(message, -1, 5) == \"\"", true},
    {"", 0, "basename(message) == \"\" and upper(message) == \"\"", true},
    {"", 0, "message like /^$/", true},
    {"", 0, "extract(message, /x*/) == \"\"", true},
    {"", 0, "concat(message, message) == \"\"", true},
    {"", 0, "number(message) is null", true},
    {"", 0, "message like concat(\"*\", \"*\")", true},
    {"a\0b", 3, "message == \"a\\x00b\"", true},
    {"a\0b", 3, "message == \"a\"", false},
    {"a\0b", 3, "message contains \"\\x00b\"", true},
    {"a\0b", 3, "message like \"a?b\"", true},
    {"a\0b", 3, "message like /a\\0b/", true},
    {"a\0b", 3, "len(message) == 3", true},
    {"a\0b", 3, "lower(message) in [\"x\", \"a\\x00b\"]", true},
    {"a\nb", 3, "message like \"a*b\"", true},
    {"a\nb", 3, "message like \"a?b\"", true},
    {"a\nb", 3, "message like /a.b/", false},
    {"a\nb", 3, "message like /a.b/s", true},
    {"a\nb", 3, "message like /^b/", false},
    {"a\nb", 3, "message like /^b/m", true},
    {"a\nb", 3, "message like /a$/", false},
    {"a\nb", 3, "message like /(?m)a$/", true},
    {"ab\n", 3, "message like /b$/", false},
    {"ab\n", 3, "message like /b\\Z/", true},
    {"\xc3\xa9t\xc3\xa9", 5, "len(message) == 3", true},
    {"\xc3\xa9t\xc3\xa9", 5, "message like \"?t?\"", true},
    {"\xc3\xa9t\xc3\xa9", 5, "message like \"??t*\"", false},
    {"\xc3\xa9t\xc3\xa9", 5, "message like \"*?t*?\"", true},
    {"\xc3\xa9t\xc3\xa9", 5, "message like \"*??t*\"", false},
    {"\xc3\xa9t\xc3\xa9", 5, "find(message, \"t\") == 1", true},
    {"\xc3\xa9t\xc3\xa9", 5, "find(message, \"\xc3\xa9\", 1) == 2", true},
    {"\xc3\xa9t\xc3\xa9", 5, "find(message, \"\\xa9\") is null", true},
    {"\xc3\xa9t\xc3\xa9", 5, "message contains \"\\xa9\"", true},
    {"\xc3\xa9t\xc3\xa9", 5, "message like \"\\xc3?t*\"", false},
    {"\xc3\xa9t\xc3\xa9", 5, "message like \"\\xc3*\"", true},
    {"\xc3\xa9t\xc3\xa9", 5, "substr(message, 1) == \"t\xc3\xa9\"", true},
    {"\xc3\xa9t\xc3\xa9", 5, "substr(message, -1) == \"\xc3\xa9\"", true},
    {"\xc3\xa9t\xc3\xa9", 5, "upper(message) == \"\xc3\xa9T\xc3\xa9\"", true},
    {"\xc3\xa9t\xc3\xa9", 5, "message == \"\xc3\x89T\xc3\x89\"i", false},
    {"\xc3\xa9t\xc3\xa9", 5, "message like /^.{5}$/", true},
    {"\xe6\x97\xa5", 3, "len(message) == 1", true},
    {"\xe6\x97\xa5", 3, "message like \"*??\"", false},
    {"\xe6\x97", 2, "len(message) == 2", true},
    {"\xe6\x97", 2, "message like \"??\"", true},
    {"\xff\xfe\x80", 3, "len(message) == 3", true},
    {"\xff\xfe\x80", 3, "message like \"???\"", true},
    {"\xff\xfe\x80", 3, "substr(message, 1, 2) == \"\\xfe\"", true},
    {"\xff\xfe\x80", 3, "message > \"z\"", true},
    {"\xc3\xa9\xa9", 3, "message like \"??\"", true},
    {"\xf0\x9f\x98\x80\x80", 5, "message like \"??\" and len(message) == 2", true},
    {"\xed\xa0\x80", 3, "len(message) == 3", true}, /* a surrogate */
    {"\xc0\x80", 2, "len(message) == 2", true},     /* too long a form */
    {"abcabcabd", 9, "message like \"*abd\"", true},
    {"abcabcabd", 9, "message like \"*abc*abc*abd*\"", true},
    {"abcabcabd", 9, "message like \"*abc*abc*abc*\"", false},
    {"abcabcabd", 9, "message like \"abc*abc\"", false},
    {"abcabcabd", 9, "message like \"abcabcabd*abd\"", false},
    {"abcabcabd", 9, "message contains \"CABD\"i", true},
    {"aXbxcX", 6, "message contains all [\"xB\"i, \"c\"]", true},
    {"[*]", 3, "message like \"[[*]]\"", true},
    {"[*]", 3, "message like \"[[?]]\"", false},
    {"a\\b", 3, "message like 'a\\b'", true},
    {"A@Z[", 4, "message == \"a@z[\"i", true},
    {"A@Z[", 4, "message == \"a`z{\"i", false},
};

START_TEST(texts_are_bytes_and_characters)
{
    judge_event_constant(&it, "event_type", "AUTH_LOGIN");
    uint8_t *exact = test_exact(texts[_i].text, texts[_i].length);
    ck_assert(judge_event_slot(&it, "message",
                               &(struct argot_slot){.text = {.at = exact, .length = (uint32_t)texts[_i].length}}));
    if (holds(texts[_i].condition) != texts[_i].holds)
        ck_abort_msg("%s should be %s", texts[_i].condition, texts[_i].holds ? "true" : "false");
    free(exact);
}
END_TEST

/* ---- boundaries ---- */

static const struct {
    const char *field, *text, *condition;
    bool holds;
} boundaries[] = {
    {"event_duration", "-9223372036854775808", "event_duration < 0s", true},
    {"event_duration", "-9223372036854775808", "(-event_duration) is null", true},
    {"event_duration", "-9223372036854775808", "abs(event_duration) is null", true},
    {"event_duration", "-9223372036854775808", "(event_duration / -1) is null", true},
    {"event_duration", "-9223372036854775808", "(event_duration * -1) is null", true},
    {"event_duration", "-9223372036854775808", "(event_duration - 1ns) is null", true},
    {"event_duration", "-9223372036854775808", "event_duration + 1ns == -9223372036854775807ns", true},
    {"event_duration", "-9223372036854775808", "event_duration * 1.0 == event_duration", true},
    {"event_duration", "-9223372036854775808", "(event_duration * 1.5) is null", true},
    {"event_duration", "-9223372036854775808", "(event_duration / 0) is null", true},
    {"event_duration", "-9223372036854775808", "(event_duration / 0.0) is null", true},
    {"event_duration", "9007199254740993", "event_duration * 1.0 == 9007199254740993ns", true},
    {"event_duration", "-7", "event_duration / 2 == -3ns", true},
    {"event_duration", "-7", "event_duration * 0.5 == -3ns", true},
    {"event_duration", "1000000000", "event_duration * 0.7 == 700ms", true},
    {"source_bytes", "9223372036854775807", "source_bytes == 9223372036854775807", true},
    {"source_bytes", "9223372036854775807", "source_bytes == 9223372036854775808.0", false},
    {"source_bytes", "9223372036854775807", "source_bytes < 9223372036854775808.0", true},
    {"source_bytes", "9223372036854775807", "(source_bytes + 1) is null", true},
    {"source_bytes", "9223372036854775807", "(source_bytes * 2) is null", true},
    {"source_bytes", "9223372036854775807", "source_bytes * 1.0 == 9223372036854775808.0", true},
    {"source_bytes", "9223372036854775807", "-source_bytes - 1 == -9223372036854775808", true},
    {"source_bytes", "9223372036854775807", "(-source_bytes - 2) is null", true},
    {"source_bytes", "9223372036854775807", "(-source_bytes - 1) % -1 == 0", true},
    {"source_bytes", "9223372036854775807", "((-source_bytes - 1) / -1) is null", true},
    {"source_bytes", "9223372036854775807", "abs(-source_bytes - 1) is null", true},
    {"source_bytes", "9223372036854775808", "source_bytes == 9223372036854775808.0", true},
    {"source_bytes", "9223372036854775808", "source_bytes in [1, 2, 3, 4, 5, 9223372036854775808.0]", true},
    {"source_bytes", "9223372036854775808", "source_bytes > 9223372036854775807", true},
    {"source_bytes", "9223372036854775808", "(source_bytes - 1) is null", true},
    {"source_bytes", "9223372036854775808", "(-source_bytes) is null", true},
    {"source_bytes", "9223372036854775808", "source_bytes + 0.5 > 9e18", true},
    {"source_bytes", "9223372036854775808", "coalesce(source_bytes, 0) == 9223372036854775808", true},
    {"source_bytes", "9007199254740993", "source_bytes > 9007199254740992.0 and source_bytes != 9007199254740992.0",
     true},
    {"source_bytes", "9007199254740993", "9007199254740992.0 < source_bytes", true},
    {"source_bytes", "9007199254740993", "source_bytes in [9007199254740992.0, 1, 2, 3, 4, 5]", false},
    {"source_bytes", "0", "source_bytes == -0.0", true},
    {"source_bytes", "0", "source_bytes in [1, 2, 3, 4, 5, -0.0]", true},
    {"source_bytes", "0", "source_bytes + 0 > -1e300 and source_bytes < 1e300", true},
    {"source_bytes", "0", "source_bytes < 5e-324 and source_bytes + 0 > -5e-324", true},
    {"event_time", "2262-04-11T23:47:16Z", "hour(event_time) == 23 and weekday(event_time) == 5", true},
    {"event_time", "2262-04-11T23:47:16Z", "(event_time + 1s) is null", true},
    {"event_time", "1970-01-01T00:00:00Z", "hour(event_time) == 0 and weekday(event_time) == 4", true},
    {"event_time", "1970-01-01T00:00:00Z", "hour(event_time - 1ns) == 23 and weekday(event_time - 1ns) == 3", true},
    {"event_time", "1970-01-01T00:00:00Z", "weekday(event_time - 3d) == 1 and weekday(event_time - 4d) == 7", true},
    {"event_time", "1970-01-01T00:00:00Z", "hour(event_time - 9223372036854775807ns) == 0", true},
    {"event_time", "1970-01-01T00:00:00Z", "weekday(event_time - 9223372036854775807ns) == 2", true}, /* 1677-09-21 */
    {"event_time", "1970-01-01T00:00:00Z", "text(event_time - 1ns) == \"1969-12-31T23:59:59.999999999Z\"", true},
    {"event_time", "2026-03-02T23:59:59.999999999Z", "weekday(event_time) == 1 and hour(event_time) == 23", true},
    {"event_time", "2026-03-01T12:00:00Z", "weekday(event_time) == 7", true},
};

START_TEST(boundaries_are_exact)
{
    int field = argot_schema_find(boundaries[_i].field);
    judge_event_constant(&it, "event_type", "AUTH_LOGIN");
    int64_t number;
    if (argot_schema.fields[field].type == ARGOT_TYPE_DURATION) {
        number = strtoll(boundaries[_i].text, NULL, 10);
        ck_assert(judge_event_slot(&it, boundaries[_i].field, &(struct argot_slot){.i64 = number}));
    } else {
        set(boundaries[_i].field, boundaries[_i].text);
    }
    if (holds(boundaries[_i].condition) != boundaries[_i].holds)
        ck_abort_msg("%s of %s should be %s", boundaries[_i].condition, boundaries[_i].text,
                     boundaries[_i].holds ? "true" : "false");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("judge");
    TCase *all = tcase_create("judge");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_loop_test(all, conditions_hold_as_the_language_says, 0, COUNT(conditions));
    tcase_add_loop_test(all, values_are_what_the_language_says, 0, COUNT(values));
    tcase_add_loop_test(all, texts_are_bytes_and_characters, 0, COUNT(texts));
    tcase_add_loop_test(all, boundaries_are_exact, 0, COUNT(boundaries));
    suite_add_tcase(suite, all);
    return test_run(suite);
}
