/* SPDX-License-Identifier: Apache-2.0
 * A detection like any other, watched; what it says at its end is the explanation. */
#include "cli/explain_rule.h"
#include "cli/files.h"
#include "cli/rule_facts.h"
#include "cli/say.h"
#include "cli/why.h"

#define WHY_BYTES 256

static int
tell(struct argot_reading *reading, const struct argot_explain_rule *what, const struct argot_why *why,
     struct argot_detect_result *result, const struct argot_rule_facts *facts)
{
    struct argot_seam *seam = reading->cli->seam;
    struct argot_buffer out;
    struct argot_why_told told = {why,          result, facts, reading->options.format, reading->options.registry,
                                  what->late_ns};
    argot_buffer_init(&out, seam);
    if (what->json)
        argot_why_json(&told, &out);
    else
        argot_why_text(&told, &out);
    int written = argot_say_write(seam, &out);
    struct argot_summary summary = {.result = &result->parse, .detect = result, .plan = what->plan};
    reading->quiet = true; /* it was all told */
    int status = argot_reading_end(reading, &summary);
    if (status == ARGOT_EXIT_DONE)
        status = written;
    if (status == ARGOT_EXIT_DONE && !why->fired)
        status = ARGOT_EXIT_NOT_HELD;
    return status;
}

static int
run(struct argot_reading *reading, const struct argot_explain_rule *what, struct argot_why *why,
    const struct argot_rule_facts *facts)
{
    struct argot_seam *seam = reading->cli->seam;
    struct argot_detect_result result;
    char problem[WHY_BYTES];
    struct argot_detect_options options = {
        .parse = reading->options, .plan = what->plan, .late_ns = what->late_ns, .watch = &why->watch};
    options.parse.output = ARGOT_PARSE_NONE;
    if (!argot_detect_run(&options, &result, problem, sizeof problem)) {
        argot_say(seam, "%s", problem);
        return ARGOT_EXIT_USAGE;
    }
    argot_why_end(why);
    if (why->failed)
        argot_say(seam, "there is no memory; what follows is not all");
    int status = tell(reading, what, why, &result, facts);
    argot_detect_finish(seam, &result);
    return status == ARGOT_EXIT_DONE && why->failed ? ARGOT_EXIT_FAILED : status;
}

/* The values of the key that is asked about, one for each of the rule's; at commas, where it has several. False after
 * saying what is wrong. */
static bool
split_key(const struct argot_reading *reading, const struct argot_explain_rule *what, struct argot_arena *arena,
          const char *const **values)
{
    const struct argot_plan_rule *rule = &what->plan->rules[what->rule];
    uint32_t count = 0;
    *values = NULL;
    if (!what->key)
        return true;
    char *text = argot_arena_copy(arena, what->key, strlen(what->key));
    const char **at = argot_arena_zalloc(arena, rule->nkeys + 1u, sizeof(const char *));
    if (!text || !at) {
        argot_say(reading->cli->seam, "there is no memory");
        return false;
    }
    while (text && count < rule->nkeys) {
        char *comma = rule->nkeys > 1 ? strchr(text, ',') : NULL;
        at[count++] = text;
        text = comma ? comma + 1 : NULL;
        if (comma)
            *comma = 0;
    }
    *values = at;
    if (count == rule->nkeys && !text)
        return true;
    argot_args_refuse(&reading->args, "--key: `%s` has not as many values as the key of `%s`, %u", what->key,
                      rule->name, rule->nkeys);
    return false;
}

static int
explain(struct argot_reading *reading, const struct argot_explain_rule *what, struct argot_arena *arena)
{
    struct argot_seam *seam = reading->cli->seam;
    struct argot_why why;
    struct argot_why_options options = {.seam = seam,
                                        .plan = what->plan,
                                        .rule = what->rule,
                                        .most = what->most ? (uint32_t)what->most : ARGOT_WHY_KEYS};
    if (!split_key(reading, what, arena, &options.wanted))
        return ARGOT_EXIT_USAGE;
    int status = argot_files_allow(seam, reading->options.npaths) ? argot_reading_begin(reading) : ARGOT_EXIT_USAGE;
    if (status)
        return status;
    const struct argot_rule_facts *facts = argot_rule_facts_make(arena, reading->options.registry, what->plan);
    if (argot_why_init(&why, &options) && facts) {
        status = run(reading, what, &why, facts);
    } else {
        argot_say(seam, "there is no memory");
        status = ARGOT_EXIT_FAILED;
    }
    argot_why_finish(&why);
    return status;
}

int
argot_explain_rule(struct argot_reading *reading, const struct argot_explain_rule *what)
{
    struct argot_arena arena;
    argot_arena_init(&arena, reading->cli->seam, 0);
    int status = explain(reading, what, &arena);
    argot_arena_finish(&arena);
    return status;
}
