/* SPDX-License-Identifier: Apache-2.0
 * Conditions, events and keys in canonical layout. */
#pragma once
#include "grammar/layout.h"

void argot_print_expr(struct argot_layout *layout, const struct argot_ast_expr *expr);
/* `word`, a blank and the condition on this line; or, where it does not fit, its parts on lines of their own. Returns
 * whether it was broken. */
bool argot_print_condition(struct argot_layout *layout, const char *word, const struct argot_ast_expr *condition);
void argot_print_event(struct argot_layout *layout, const struct argot_ast_event *event);
void argot_print_keys(struct argot_layout *layout, const struct argot_ast_key *keys);
/* a, b */
void argot_print_items(struct argot_layout *layout, const struct argot_ast_expr *items);
/* [a, b]; broken, a line for each. */
void argot_print_list(struct argot_layout *layout, const struct argot_ast_expr *list);
/* The closing } of a block, one level further out, on a line of its own, behind the comments before it. */
void argot_print_close(struct argot_layout *layout, struct argot_place close);
