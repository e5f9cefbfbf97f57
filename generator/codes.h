/* SPDX-License-Identifier: Apache-2.0
 * Codes of the format compiler's diagnostics: number, name, title. docs/diagnostics.md explains each. */
#pragma once

#define ARGOT_GEN_CODES(X)                                                                                             \
    X(100, UNKNOWN_KEY, "unknown key")                                                                                 \
    X(101, MISSING_KEY, "a required key is missing")                                                                   \
    X(102, WRONG_NODE, "another kind of YAML value is due")                                                            \
    X(103, BAD_NAME, "not a name")                                                                                     \
    X(104, BAD_WORD, "not one of the words that may stand here")                                                       \
    X(105, LATER_KEY, "this key of the language is not supported yet")                                                 \
    X(106, BAD_NUMBER, "not a number in range")                                                                        \
    X(107, UNKNOWN_FIELD, "the schema has no such field")                                                              \
    X(108, EXTRA_IS_FIELD, "an extra name equals a schema field")                                                      \
    X(109, TYPE_CLASH, "one name with two types")                                                                      \
    X(110, TOO_MANY, "more than the limit")                                                                            \
    X(111, UNKNOWN_FORMAT, "no such format")                                                                           \
    X(112, UNKNOWN_TABLE, "no such table")                                                                             \
    X(113, BAD_VALUE, "the constant is no value of the field's type")                                                  \
    X(120, TEMPLATE_BRACE, "an unclosed or stray brace in a template")                                                 \
    X(121, UNKNOWN_PART, "no such part")                                                                               \
    X(122, PART_LOOP, "a part that holds itself")                                                                      \
    X(123, UNKNOWN_HOW, "no such way of writing")                                                                      \
    X(124, HOW_MISFIT, "this way of writing does not fit the field")                                                   \
    X(125, EMPTY_ALTERNATIVE, "an empty alternative")                                                                  \
    X(126, OPTIONAL_EMPTY, "an optional around something that may be empty")                                           \
    X(127, ADJACENT_FIELDS, "two fields without a text between them")                                                  \
    X(128, FIELD_TWICE, "a field twice on one path")                                                                   \
    X(129, SECOND_TEXT, "a second :text in one template")                                                              \
    X(130, TOO_MANY_OPTIONAL, "too many optional groups after a :text")                                                \
    X(131, TARGETS, "several targets need a way of writing that fills them")                                           \
    X(132, CAPTURE_AND_CONSTANT, "a capture and a constant for one field")                                             \
    X(134, EMPTY_TEMPLATE, "an empty template")                                                                        \
    X(135, NO_BLOCK, "no block that reads this piece")                                                                 \
    X(136, TEMPLATE_LINES, "a line break in a template")                                                               \
    X(140, BAD_REGEX, "not a regular expression of the subset")                                                        \
    X(141, REGEX_EMPTY, "a type that matches the empty text")                                                          \
    X(150, BAD_PATH, "not a path")                                                                                     \
    X(151, BAD_CONDITION, "not a condition")                                                                           \
    X(152, CASE_ORDER, "else must be the last case")                                                                   \
    X(153, BAD_RANGE, "not a range")                                                                                   \
    X(160, NO_EXAMPLES, "a format or message without an example")                                                      \
    X(161, BAD_EXAMPLE, "not an example")                                                                              \
    X(162, TEXT_UNPROVEN, "no example shows an attacker's text")                                                       \
    X(163, NO_TIME, "nothing gives the event a time")                                                                  \
    X(170, DFA_STATES, "types over their budget of states")                                                            \
    X(171, RE2C_LIMIT, "re2c ran out of time or memory")                                                               \
    X(172, RE2C_REFUSED, "re2c refused the lexer")                                                                     \
    X(173, SHADOWED, "a template that can never be reached")                                                           \
    X(174, UNUSED, "defined but never used")                                                                           \
    X(175, ANY_LINE, "a format that takes any line")                                                                   \
    X(176, OVERLAP, "two messages that fit one line")                                                                  \
    X(177, FORMATS_OVERLAP, "two formats that fit one line")                                                           \
    X(178, AMBIGUOUS, "a string that may hold what ends it")

enum argot_gen_code {
#define X(number, name, title) ARGOT_CODE_##name = number,
    ARGOT_GEN_CODES(X)
#undef X
};
