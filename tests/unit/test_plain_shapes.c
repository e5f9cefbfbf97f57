/* SPDX-License-Identifier: Apache-2.0
 * Shapes of which slots alone decide who takes their events: the answer is the one that the rules' conditions give, for
 * random rules and events, and whichever shapes take each other's place. */
#include "correlate/selection.h"
#include "grammar/rules.h"
#include "judge_event.h"
#include "test_case.h"
#include "test_seam.h"
#include <stdio.h>

#define SHAPES 8u
#define EVENTS 12u /* of each shape */
#define MOST_RULES 3u
#define ROUNDS 150u
#define ASKED 200u

static struct argot_test_seam seam;
static uint64_t state = 1;
static struct argot_buffer text;
static struct judge_event events[SHAPES][EVENTS]; /* with the shape of the first of them */

static uint32_t
below(uint32_t count)
{
    return (uint32_t)(test_random(&state) % count);
}

#define PICK(array) (array)[below(COUNT(array))]

static const char *const words[] = {"a", "ab", "abc", "abcd", "abcdefgh", "abcdefghi", "sshd", "b"};
static const char *const values[][4] = {{"user_name"},
                                        {"message"},
                                        {"source_ip", "192.0.2.1", "192.0.2.2", "2001:db8::1"},
                                        {"source_port", "1", "2", "3"},
                                        {"event_outcome", "failure", "success", "unknown"},
                                        {"mfa_used", "true", "false", "true"}};

static const char *
value_of(const char *const *field)
{
    return field[1] ? field[1 + below(3)] : PICK(words);
}

static void
put_test(void)
{
    static const char *const comparisons[] = {"==", "!=", "starts"};
    const char *const *field = PICK(values), *value = value_of(field);
    bool is_text = !field[1], quoted = is_text || !strcmp(field[0], "event_outcome");
    const char *compare = is_text ? PICK(comparisons) : comparisons[below(2)];
    argot_buffer_printf(&text, quoted ? "%s %s \"%s\"" : "%s %s %s", field[0], compare, value);
}

static struct argot_rules *
make_rules(void)
{
    uint32_t count = 1 + below(MOST_RULES);
    text.length = 0;
    for (uint32_t i = 0; i < count; i++) {
        argot_buffer_printf(&text, "rule r%u { match %s where ", i, below(2) ? "any" : "AUTH_LOGIN, HTTP_ACCESS");
        for (uint32_t left = 1 + below(3); left; left--) {
            put_test();
            argot_buffer_append_text(&text, left > 1 ? " and " : " }\n");
        }
    }
    argot_buffer_append(&text, "", 1);
    struct argot_rules_text one = {"a.rule", (const char *)text.bytes, text.length - 1};
    struct argot_rules *rules = argot_rules_new(&seam.seam, &one, 1, NULL);
    ck_assert_ptr_nonnull(rules);
    ck_assert_msg(argot_rules_plan(rules), "%s", (char *)text.bytes);
    return rules;
}

/* The type is nearly always a constant; of the other fields some are missing, some constants, and some absent. */
static void
make_events(uint32_t number)
{
    static const char *const types[] = {"AUTH_LOGIN", "HTTP_ACCESS", "DNS_QUERY"};
    const char *type = PICK(types);
    uint32_t has = below(64), constant = below(64) & below(64);
    const char *constants[COUNT(values)];
    for (size_t i = 0; i < COUNT(values); i++)
        constants[i] = value_of(values[i]);
    for (uint32_t i = 0; i < EVENTS; i++) {
        struct judge_event *made = &events[number][i];
        /* some have one place among those that are remembered */
        judge_event_init(made, &seam.seam, number % 2 ? number : number * ARGOT_SELECTION_LAST);
        ck_assert(number ? judge_event_constant(made, "event_type", type)
                         : judge_event_set(made, "event_type", type, strlen(type)));
        for (size_t j = 0; j < COUNT(values); j++) {
            const char *value = value_of(values[j]);
            if (!(has >> j & 1))
                continue;
            ck_assert(constant >> j & 1 ? judge_event_constant(made, values[j][0], constants[j])
                                        : judge_event_set(made, values[j][0], value, strlen(value)));
            if (!(constant >> j & 1) && !below(6))
                made->event.present &= ~(UINT64_C(1) << (made->shape.nslots - 1));
        }
        made->event.shape = &events[number][0].shape;
    }
}

static void
check_answer(struct argot_judge *judge, const struct argot_plan *plan, struct argot_subject subject,
             const uint32_t *taken, uint32_t count)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < plan->nrules; i++) {
        struct argot_scene scene = {.rule = &plan->rules[i], .subject = subject};
        bool due = argot_judge_holds(judge, plan->rules[i].matches[0].condition, &scene);
        ck_assert_int_eq(at < count && taken[at] == i, due);
        at += due;
    }
    ck_assert_uint_eq(at, count);
}

/* How many of the events have a plain shape. */
static uint32_t
ask(struct argot_selection *selection, struct argot_judge *judge, const struct argot_plan *plan)
{
    static const uint32_t all[MOST_RULES] = {0, 1, 2};
    uint16_t event_type = (uint16_t)argot_schema_find("event_type");
    uint32_t taken[MOST_RULES], plain = 0;
    for (uint32_t i = 0; i < ASKED; i++) {
        const struct argot_event *event = &events[below(SHAPES)][below(EVENTS)].event;
        struct argot_subject subject = {.event = event};
        bool is_plain = argot_selection_is_plain(selection, event->shape);
        argot_conditions_next(&selection->conditions, &subject);
        uint64_t type = argot_event_get(event, event_type)->u64;
        uint32_t count = is_plain ? argot_selection_ask_plain(selection, event, taken)
                                  : argot_selection_ask(selection, &subject, type, all, plan->nrules, taken);
        check_answer(judge, plan, subject, taken, count);
        plain += is_plain;
    }
    return plain;
}

START_TEST(slots_decide_as_conditions_do)
{
    uint32_t plain = 0;
    argot_test_seam_init(&seam);
    argot_buffer_init(&text, &seam.seam);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        char why[200];
        struct argot_rules *rules = make_rules();
        const struct argot_plan *plan = argot_rules_plan(rules);
        struct argot_judge *judge = argot_judge_new(&seam.seam, plan, why, sizeof why);
        struct argot_selection selection;
        struct argot_selection_item items[MOST_RULES];
        for (uint32_t i = 0; i < plan->nrules; i++)
            items[i] = (struct argot_selection_item){&plan->rules[i].matches[0], &plan->rules[i]};
        ck_assert(argot_selection_init(&selection, &seam.seam, judge, items, plan->nrules));
        selection.max_views = round % 3 ? ARGOT_SELECTION_MAX_VIEWS : 2;
        for (uint32_t i = 0; i < SHAPES; i++)
            make_events(i);
        plain += ask(&selection, judge, plan);
        for (uint32_t i = 0; i < SHAPES * EVENTS; i++)
            judge_event_finish(&events[i / EVENTS][i % EVENTS]);
        argot_selection_finish(&selection);
        argot_judge_free(judge);
        argot_rules_free(rules);
    }
    ck_assert_uint_gt(plain, ROUNDS * ASKED / 10);
    ck_assert_uint_lt(plain, ROUNDS * ASKED);
    argot_buffer_finish(&text);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("plain shapes");
    TCase *tcase = tcase_create("plain shapes");
    tcase_add_test(tcase, slots_decide_as_conditions_do);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
