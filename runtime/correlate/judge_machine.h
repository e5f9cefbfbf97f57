/* SPDX-License-Identifier: Apache-2.0
 * Regular expressions of the rule language in linear time: a machine of steps, run over all of its paths at once (K.
 * Thompson, 1968; with captures by priority as in R. Pike's sam). Slower than a good backtracking matcher over ordinary
 * texts, and never worse than the text times the steps. It finds what PCRE2 finds, groups too. */
#pragma once
#include "base/arena.h"
#include "event/expr.h"

struct argot_judge_machine;

/* Steps of one expression; a larger one is refused. */
#define ARGOT_JUDGE_MACHINE_MAX 100000

/* From an expression that the rule language has, into the arena. NULL with the reason in `why`. */
struct argot_judge_machine *argot_judge_machine_new(struct argot_arena *arena, const struct argot_expr_pattern *pattern,
                                                    bool fold, const char **why);
/* Whether something in it is repeated no time, as in (a){0}b. PCRE2 10.42 takes an anchor in there for one of the
 * whole:
 * `(?:|(?:\A)a){0}b` finds nothing in "ab". */
bool argot_judge_machine_skips(const struct argot_judge_machine *machine);
/* Whether it is found in the text; with `groups` also where: begin and end of the whole and of the first group, or
 * UINT32_MAX. The room for it comes from the arena. False with *failed set: no memory. */
bool argot_judge_machine_run(struct argot_arena *arena, const struct argot_judge_machine *machine,
                             struct argot_slice text, uint32_t groups[4], bool *failed);
