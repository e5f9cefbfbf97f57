/* SPDX-License-Identifier: Apache-2.0
 * Members and items of JSON text (RFC 8259), found where they lie: no tree is built. Text that is cut or broken before
 * the place gives nothing; what stands behind is not looked at. */
#pragma once
#include "base/arena.h"
#include "event/expr.h"

/* The value of a key of an object, compared after escapes are undone, the first of several; the text of the value
 * without blanks around it. At NULL: no object, no such key. Linear. */
struct argot_slice argot_judge_json_member(struct argot_slice object, struct argot_expr_text key);
/* Item number `index` of an array. */
struct argot_slice argot_judge_json_item(struct argot_slice array, uint32_t index);
/* A string with its quotes becomes what it stands for, in the arena where it has escapes. False: broken (at NULL), or
 * no memory (at the text). */
bool argot_judge_json_string(struct argot_arena *arena, struct argot_slice text, struct argot_slice *out);
/* Whether the whole text is a number. */
bool argot_judge_json_is_number(struct argot_slice text);
