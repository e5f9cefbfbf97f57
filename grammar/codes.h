/* SPDX-License-Identifier: Apache-2.0
 * Codes of the rule compiler's diagnostics: number, name, title. 300-329 belong to the text of rule files, 330 and up
 * to what it means. docs/diagnostics.md explains each. */
#pragma once
#include "base/codes.h"

#define ARGOT_RULE_CODES(X)                                                                                            \
    X(300, RULE_SYNTAX, "something else is due here")                                                                  \
    X(301, RULE_BYTE, "a character that the rule language does not have")                                              \
    X(302, RULE_TEXT_OPEN, "a text, name or regular expression that does not end on its line")                         \
    X(303, RULE_ESCAPE, "an escape that a text does not know")                                                         \
    X(304, RULE_NUMBER, "not a number, a duration or a size")                                                          \
    X(305, RULE_ADDRESS, "not an address or a network")                                                                \
    X(306, RULE_BYTES, "bytes that are no text")                                                                       \
    X(307, RULE_OTHER_LANGUAGE, "a word or sign of another language")                                                  \
    X(308, RULE_DEPTH, "an expression nested too deep")                                                                \
    X(309, RULE_SIZE, "a rule file over the limits")                                                                   \
    X(310, RULE_NULL, "a comparison with null")                                                                        \
    X(311, RULE_FLAG, "a flag that a regular expression does not have")

enum argot_rule_code {
#define X(number, name, title) ARGOT_CODE_##name = number,
    ARGOT_RULE_CODES(X)
#undef X
};
