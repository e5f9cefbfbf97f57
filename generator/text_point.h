/* SPDX-License-Identifier: Apache-2.0
 * Text points: places where a :text ends at the last place that fits, so that what is behind it is tried at several. Of
 * the optional groups behind it those that could hold what ends the text are tried in all combinations, present first.
 */
#pragma once
#include "generator/model.h"

#define ARGOT_GEN_EXPANDED_MAX 3 /* such groups */

/* Whether a byte is of the class that a :word, host or endpoint is a run of. */
bool argot_gen_text_point_class(const struct argot_gen_element *field, uint8_t byte);
/* The :text whose text point this element is, with what can follow it, or NULL. */
const struct argot_gen_element *argot_gen_text_point_of(const struct argot_gen_element *element,
                                                        const struct argot_gen_rest *behind,
                                                        struct argot_gen_follow *follow);
/* Whether the end of a text that this can follow is a choice: pairs that begin with a key end it at its first place. */
bool argot_gen_text_point_by_choice(const struct argot_gen_follow *follow);
/* The groups, in the order of the line; gives their number. Too many are an error. */
size_t argot_gen_text_point_expanded(struct argot_gen *gen, const struct argot_gen_rest *rest,
                                     const struct argot_gen_follow *follow,
                                     struct argot_gen_element *expanded[ARGOT_GEN_EXPANDED_MAX],
                                     const struct argot_gen_element *text);
/* The number that the line has right behind the literal that a rest begins with, or NULL: its first byte tells most
 * places where the literal stands from those where the rest can fit. */
const struct argot_gen_element *argot_gen_text_point_number(const struct argot_gen_rest *rest);
/* The index of the byte of a literal that logs hold least often: the search for it stops least. */
size_t argot_gen_text_point_rare(const char *text, size_t length);
