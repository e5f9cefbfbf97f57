/* SPDX-License-Identifier: Apache-2.0
 * Values of the rule language as they are spelled, read into nodes. Each function gets the spelling and says what is
 * wrong with it; the node then holds zero. */
#pragma once
#include "grammar/ast.h"

/* "…" with \" \\ \n \r \t \xHH, or '…' with none; the quotes are in the spelling, a closing one may be missing. */
void argot_value_text(struct argot_diagnostics *diagnostics, struct argot_ast_expr *node, const char *at,
                      uint32_t length);
/* Between the slashes: \/ becomes /, all else stays. */
void argot_value_regex(struct argot_diagnostics *diagnostics, struct argot_ast_expr *node, const char *at,
                       uint32_t length);
/* a.b.`c d`: the parts. */
void argot_value_name(struct argot_diagnostics *diagnostics, struct argot_ast_expr *node, const char *at,
                      uint32_t length);
void argot_value_int(struct argot_diagnostics *diagnostics, struct argot_ast_expr *node, const char *at,
                     uint32_t length);
void argot_value_float(struct argot_diagnostics *diagnostics, struct argot_ast_expr *node, const char *at,
                       uint32_t length);
void argot_value_duration(struct argot_diagnostics *diagnostics, struct argot_ast_expr *node, const char *at,
                          uint32_t length);
void argot_value_size(struct argot_diagnostics *diagnostics, struct argot_ast_expr *node, const char *at,
                      uint32_t length);
void argot_value_address(struct argot_diagnostics *diagnostics, struct argot_ast_expr *node, const char *at,
                         uint32_t length);
