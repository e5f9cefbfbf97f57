/* SPDX-License-Identifier: Apache-2.0
 * Regular expressions: the linear machine finds what PCRE2 finds, groups too; hostile texts are bounded, counted and
 * answered rightly; what is too large is refused. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "correlate/judge_machine.h"
#include "judge_fixture.h"
#include <pcre2.h>

#define PATTERNS 6000
#define TEXTS 5
#define MOST_PATTERN 200
#define LIMIT 100000 /* of PCRE2; what takes more is left out */

static uint64_t state = 11;

static uint32_t
below(uint32_t limit)
{
    return (uint32_t)(test_random(&state) % limit);
}

/* ---- random expressions, all of which the language has ---- */

static char pattern[MOST_PATTERN + 1];
static uint32_t length;

static void
put(const char *text)
{
    size_t count = strlen(text);
    if (length + count > MOST_PATTERN)
        return;
    memcpy(pattern + length, text, count);
    length += (uint32_t)count;
}

static void
put_repeat(void)
{
    static const char *const repeats[] = {"*",   "+",     "?",      "*?",   "+?",    "??",   "{2}",
                                          "{0}", "{1,2}", "{0,2}?", "{2,}", "{1,}?", "{0,}", "{3}?"};
    if (below(2))
        put(repeats[below(COUNT(repeats))]);
}

static void
make_pattern(int depth)
{
    static const char *const atoms[] = {"a",
                                        "b",
                                        "A",
                                        "1",
                                        "_",
                                        " ",
                                        "\\n",
                                        ".",
                                        "\\d",
                                        "\\w",
                                        "\\s",
                                        "\\D",
                                        "\\W",
                                        "\\S",
                                        "\\h",
                                        "\\v",
                                        "\\H",
                                        "\\V",
                                        "[ab]",
                                        "[^a]",
                                        "[a-c]",
                                        "[]a]",
                                        "[^]a]",
                                        "[\\d_]",
                                        "[[:alpha:]]",
                                        "[^[:upper:]]",
                                        "[[:^space:]b]",
                                        "\\x41",
                                        "\\x{62}",
                                        "\\0",
                                        "[a\\-z]",
                                        "[-a]",
                                        "\\.",
                                        "[[:punct:]]",
                                        "[[:lower:]]",
                                        "\xc3",
                                        "\\\xff",
                                        "(?:)",
                                        "()",
                                        "[\\b]",
                                        "(?<n>a)",
                                        "\\041",
                                        "[^\\W_]",
                                        "[\\s\\S]",
                                        "[[:xdigit:]]"};
    static const char *const between[] = {"\\b", "\\B", "^", "$", "\\A", "\\z", "\\Z"};
    for (uint32_t branch = 0, branches = 1 + (below(4) == 0); branch < branches; branch++) {
        if (branch)
            put("|");
        for (uint32_t i = below(4); i > 0; i--) {
            if (below(7) == 0) {
                put(between[below(COUNT(between))]);
                continue;
            }
            if (depth && below(3) == 0 && length < MOST_PATTERN / 2) {
                put(below(3) ? "(" : "(?:");
                make_pattern(depth - 1);
                put(")");
            } else {
                put(atoms[below(COUNT(atoms))]);
            }
            put_repeat();
        }
    }
}

static pcre2_code *
compile_pcre2(const struct argot_expr_pattern *from)
{
    int error;
    PCRE2_SIZE offset;
    uint32_t options = PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_UTF | PCRE2_DUPNAMES | (from->fold ? PCRE2_CASELESS : 0) |
                       (from->multiline ? PCRE2_MULTILINE : 0) | (from->dotall ? PCRE2_DOTALL : 0);
    return pcre2_compile((PCRE2_SPTR)from->text.at, from->text.length, options, &error, &offset, NULL);
}

static void
compare(const struct argot_judge_machine *machine, const pcre2_code *code, pcre2_match_data *data,
        pcre2_match_context *context)
{
    uint8_t bytes[16];
    uint32_t count = below(sizeof bytes), groups[4];
    for (uint32_t i = 0; i < count; i++)
        bytes[i] = (uint8_t) "aabbAB1_ \n\xff\xc3.-]\0"[below(16)];
    int status = pcre2_match(code, bytes, count, 0, 0, data, context);
    if (status < PCRE2_ERROR_NOMATCH)
        return;
    uint8_t *exact = test_exact(bytes, count);
    struct argot_slice text = {exact, count};
    bool failed, found = argot_judge_machine_run(&it.arena, machine, text, groups, &failed);
    ck_assert(!failed);
    if (found != (status >= 0) || found != argot_judge_machine_run(&it.arena, machine, text, NULL, &failed))
        ck_abort_msg("/%.*s/: %d", (int)length, pattern, status);
    const PCRE2_SIZE *due = pcre2_get_ovector_pointer(data);
    for (int i = 0; found && i < 4; i++) {
        bool none = due[i] == PCRE2_UNSET || (status == 1 && i >= 2);
        if (none ? groups[i] != UINT32_MAX : groups[i] != due[i])
            ck_abort_msg("/%.*s/: %u at %d", (int)length, pattern, (unsigned)groups[i], i);
    }
    free(exact);
}

START_TEST(the_machine_finds_what_pcre2_finds)
{
    pcre2_match_data *data = pcre2_match_data_create(2, NULL);
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    unsigned compared = 0;
    pcre2_set_match_limit(context, LIMIT);
    for (int i = 0; i < PATTERNS; i++) {
        struct argot_expr_pattern from = {.kind = ARGOT_EXPR_PATTERN_REGEX,
                                          .fold = below(4) == 0,
                                          .multiline = below(4) == 0,
                                          .dotall = below(4) == 0};
        const char *why;
        length = 0;
        make_pattern(3);
        from.text = (struct argot_expr_text){pattern, length};
        pcre2_code *code = compile_pcre2(&from);
        const struct argot_judge_machine *machine =
            code ? argot_judge_machine_new(&it.arena, &from, false, &why) : NULL;
        bool skips = machine && argot_judge_machine_skips(machine); /* where PCRE2 is not to be trusted */
        for (int j = 0; machine && !skips && j < TEXTS; j++, compared++)
            compare(machine, code, data, context);
        pcre2_code_free(code);
        argot_arena_reset(&it.arena);
    }
    ck_assert_uint_gt(compared, PATTERNS * TEXTS / 2);
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
}
END_TEST

/* ---- hostile texts ---- */

static const struct {
    const char *condition;
    bool holds;
} hostile[] = {
    {"message like /(x+x+)+[yz]/", false},
    {"message like /(x|x)*[yz]/", false},
    {"message like /(?:x*)*[yz]/", false},
    {"message like /x.*x.*x.*x.*x.*[yz]$/", false},
    {"message like /^(x?){50}x{50}[yz]/", false},
    {"message like /(x+x+)+$/", true},
    {"message like /(x|x)*$/", true},
    {"message like /(.*)(.*)(.*)(.*)[^x]/", false},
    {"extract(message, /(x+x+)+[yz]/) is null", true},
    {"len(extract(message, /(?:x|xx)*(x)(?:x|x)*$/)) == 1", true},
    {"len(extract(message, /^((?:x|x)*)[^yz]*$/)) >= 100", true},
};

static const uint32_t sizes[] = {100, 2000, ARGOT_JUDGE_REGEX_LONG + 1, 1 << 20};

START_TEST(hostile_texts_are_bounded)
{
    uint32_t size = sizes[_i];
    char *text = malloc(size);
    ck_assert_ptr_nonnull(text);
    memset(text, 'x', size);
    judge_event_constant(&it, "event_type", "AUTH_LOGIN");
    ck_assert(judge_event_set(&it, "message", text, size));
    free(text);
    for (size_t i = 0; i < COUNT(hostile); i++)
        if (holds(hostile[i].condition) != hostile[i].holds)
            ck_abort_msg("%s over %u bytes", hostile[i].condition, (unsigned)size);
}
END_TEST

START_TEST(what_is_given_up_is_counted)
{
    char text[200];
    memset(text, 'x', sizeof text);
    judge_event_constant(&it, "event_type", "AUTH_LOGIN");
    ck_assert(judge_event_set(&it, "message", text, sizeof text));
    ck_assert(!holds("message like /(x|x)*[yz]/"));
    ck_assert_uint_eq(argot_judge_counts(judge).regex_limits, 1);
    ck_assert(!holds("message like /x[yz]/"));
    ck_assert_uint_eq(argot_judge_counts(judge).regex_limits, 0);
}
END_TEST

START_TEST(searching_slowly_lives_through_failing_memory)
{
    char text[3000];
    memset(text, 'x', sizeof text);
    judge_event_constant(&it, "event_type", "AUTH_LOGIN");
    ck_assert(judge_event_set(&it, "message", text, sizeof text));
    compile("rule r { match any where extract(message, /x(x*x){300}(?:x|x)*$/) starts \"x\" }");
    struct argot_scene here = scene();
    const struct argot_expr *condition = plan->rules[0].matches[0].condition;
    bool through = false;
    unsigned failed = 0;
    for (uint64_t call = 1; !through; call++) {
        argot_judge_free(judge);
        judge = argot_judge_new(&seam.seam, plan, words, sizeof words);
        ck_assert_ptr_nonnull(judge);
        seam.fail_allocation = seam.allocations + call;
        bool held = argot_judge_holds(judge, condition, &here);
        through = seam.allocations < seam.fail_allocation;
        ck_assert_int_eq(argot_judge_failed(judge), !held);
        failed += !held;
        seam.fail_allocation = 0;
    }
    ck_assert_uint_gt(failed, 0);
}
END_TEST

START_TEST(what_is_repeated_no_time_is_not_there)
{
    judge_event_constant(&it, "event_type", "AUTH_LOGIN");
    set("message", "ab");
    ck_assert(holds("message like /(?:|(?:\\A)a){0}b/"));
    ck_assert(holds("message like /(x|^y){0}b$/ and message not like /(b){0}$^/"));
    ck_assert(holds("extract(message, /(a){0}b/) is null and extract(message, /a{0}(b)/) == \"b\""));
}
END_TEST

/* ---- refusals ---- */

START_TEST(what_is_too_large_is_refused)
{
    static const char *const sources[] = {
        "rule r { match any where message like /(((a{100}b){100}c){100}d){100}/ }",
        "rule r { match any where message like /((((((((){9}){9}){9}){9}){9}){9}){9}){9}/ }"};
    for (size_t i = 0; i < COUNT(sources); i++) {
        struct argot_rules_text text = {"a.rule", sources[i], strlen(sources[i])};
        rules = argot_rules_new(&seam.seam, &text, 1, NULL);
        plan = argot_rules_plan(rules);
        ck_assert_ptr_nonnull(plan);
        judge = argot_judge_new(&seam.seam, plan, words, sizeof words);
        ck_assert_ptr_null(judge);
        ck_assert_ptr_nonnull(strstr(words, "too large"));
        argot_rules_free(rules);
        rules = NULL;
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("judge_regex");
    TCase *all = tcase_create("regex");
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_set_timeout(all, 100);
    tcase_add_test(all, the_machine_finds_what_pcre2_finds);
    tcase_add_loop_test(all, hostile_texts_are_bounded, 0, COUNT(sizes));
    tcase_add_test(all, what_is_given_up_is_counted);
    tcase_add_test(all, searching_slowly_lives_through_failing_memory);
    tcase_add_test(all, what_is_repeated_no_time_is_not_there);
    tcase_add_test(all, what_is_too_large_is_refused);
    suite_add_tcase(suite, all);
    return test_run(suite);
}
