/* SPDX-License-Identifier: Apache-2.0
 * What the tests of the judge share: a judge of some rules, and an event to judge. */
#pragma once
#include "correlate/judge.h"
#include "grammar/rules.h"
#include "judge_event.h"
#include "test_case.h"
#include "test_seam.h"
#include <stdio.h>

static struct argot_test_seam seam;
static struct argot_rules *rules;
static struct argot_judge *judge;
static const struct argot_plan *plan;
static struct judge_event it;
static char words[4000];

static void
set_up(void)
{
    argot_test_seam_init(&seam);
    judge_event_init(&it, &seam.seam, 3);
    rules = NULL;
    judge = NULL;
    plan = NULL;
}

static void
tear_down(void)
{
    argot_judge_free(judge);
    argot_rules_free(rules);
    judge_event_finish(&it);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

/* ---- what is judged ---- */

static inline void
set(const char *name, const char *text)
{
    if (!judge_event_set(&it, name, text, strlen(text)))
        ck_abort_msg("%s: no %s", text, name);
}

static inline void
json(const char *key, const char *text)
{
    ck_assert(judge_event_json(&it, key, text, strlen(text)));
}

static inline void
typed(const char *key, enum argot_type type, struct argot_slot slot)
{
    ck_assert(judge_event_typed(&it, key, type, &slot));
}

static inline void
compile(const char *source)
{
    struct argot_rules_text text = {"a.rule", source, strlen(source)};
    argot_judge_free(judge);
    argot_rules_free(rules);
    judge = NULL;
    rules = argot_rules_new(&seam.seam, &text, 1, NULL);
    ck_assert_ptr_nonnull(rules);
    plan = argot_rules_plan(rules);
    if (!plan) {
        struct argot_buffer out;
        argot_buffer_init(&out, &seam.seam);
        argot_rules_print(rules, false, &out);
        fprintf(stderr, "%.*s", (int)out.length, (const char *)out.bytes);
        argot_buffer_finish(&out);
        ck_abort_msg("%s", source);
    }
    judge = argot_judge_new(&seam.seam, plan, words, sizeof words);
    if (!judge)
        ck_abort_msg("%s: %s", source, words);
}

static inline struct argot_scene
scene(void)
{
    return (struct argot_scene){.rule = &plan->rules[0], .subject = {.event = &it.event}};
}

/* Whether a condition holds of `it`. */
static inline bool
holds(const char *condition)
{
    char source[4000];
    snprintf(source, sizeof source, "rule r { match any where %s }", condition);
    compile(source);
    struct argot_scene here = scene();
    bool held = argot_judge_holds(judge, plan->rules[0].matches[0].condition, &here);
    ck_assert(!argot_judge_failed(judge));
    return held;
}

/* The text of an expression's value. */
static inline const char *
value(const char *expression)
{
    char source[4000];
    struct argot_datum datum;
    snprintf(source, sizeof source, "rule r { match any by (%s) as k when count > 1 within 1m }", expression);
    compile(source);
    struct argot_scene here = scene();
    argot_judge_value(judge, plan->rules[0].matches[0].keys[0], &here, &datum);
    struct argot_slice text = argot_judge_text(judge, &datum);
    ck_assert(!argot_judge_failed(judge));
    snprintf(words, sizeof words, "%.*s", (int)text.length, (const char *)text.at);
    return words;
}
