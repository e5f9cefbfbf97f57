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
    X(311, RULE_FLAG, "a flag that a regular expression does not have")                                                \
    X(330, RULE_TWICE, "one name for two things")                                                                      \
    X(331, RULE_UNKNOWN_FIELD, "no such field")                                                                        \
    X(332, RULE_UNKNOWN_EVENT, "no such type of event and no such let")                                                \
    X(333, RULE_UNKNOWN_RULE, "no such rule")                                                                          \
    X(334, RULE_UNKNOWN_LIST, "no such list or table")                                                                 \
    X(335, RULE_UNKNOWN_FUNCTION, "no such function")                                                                  \
    X(336, RULE_UNKNOWN_FORMAT, "no such format in a test")                                                            \
    X(337, RULE_CYCLE, "lets or rules that stand on themselves")                                                       \
    X(338, RULE_SCOPE, "a name that means nothing in this place")                                                      \
    X(339, RULE_WORD, "not one of the words that may stand in this clause")                                            \
    X(340, RULE_TYPES, "types that do not go together")                                                                \
    X(341, RULE_IMPOSSIBLE, "a value that a field never has")                                                          \
    X(342, RULE_CONDITION, "a value where a condition is due")                                                         \
    X(343, RULE_ARGUMENTS, "not what a function or aggregate takes")                                                   \
    X(344, RULE_REGEX, "not a regular expression of the rule language")                                                \
    X(345, RULE_RANGE, "a number or duration out of range")                                                            \
    X(346, RULE_FILE, "a list or table that cannot be read")                                                           \
    X(350, RULE_REPEATED, "a clause that stands twice")                                                                \
    X(351, RULE_CLAUSES, "clauses that do not go together")                                                            \
    X(352, RULE_NO_MATCH, "a rule about nothing")                                                                      \
    X(353, RULE_WINDOW, "a `when` that its window cannot answer")                                                      \
    X(354, RULE_REARM, "a `rearm` that does not fit, or is missing")                                                   \
    X(355, RULE_KEYS, "keys that differ between the events of a rule")                                                 \
    X(356, RULE_STEP, "a step that says too much")                                                                     \
    X(357, RULE_EXTEND, "an extension that changes what it may not, or nothing")                                       \
    X(358, RULE_MESSAGE, "a brace in the text of an alert")                                                            \
    X(359, RULE_TEST, "a test that cannot fail")                                                                       \
    X(360, RULE_NEVER_FILLED, "a field or type of event that no loaded format gives")

enum argot_rule_code {
#define X(number, name, title) ARGOT_CODE_##name = number,
    ARGOT_RULE_CODES(X)
#undef X
};
