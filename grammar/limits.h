/* SPDX-License-Identifier: Apache-2.0
 * What one rule file may hold. Limits are counts, the same on every machine; each has a diagnostic. */
#pragma once

#define ARGOT_RULE_MAX_BYTES (8u << 20)  /* of a file: ARGOT-0309 */
#define ARGOT_RULE_MAX_TOKENS 2000000u   /* of a file: ARGOT-0309; holds for itself for what the tree may take */
#define ARGOT_RULE_MAX_DEPTH 100u        /* of an expression's tree, chains of and/or being one level: ARGOT-0308 */
#define ARGOT_RULE_MAX_SYNTAX_ERRORS 20u /* of a file: then the rest of it is not read */
#define ARGOT_RULE_PARSER_STACK 1000     /* symbols; what is nested deeper is ARGOT-0308 */
#define ARGOT_RULE_MAX_TEXT 65535u       /* bytes of one text, name or regular expression: ARGOT-0309 */
#define ARGOT_RULE_MAX_LIST_BYTES (64u << 20) /* of a list or table in a file of its own: ARGOT-0346 */
#define ARGOT_RULE_MAX_RAISED 100000u /* alerts of one rule that one event could raise through others: ARGOT-0308 */
