/* SPDX-License-Identifier: Apache-2.0
 * Codes of what is wrong in a configuration: number, name, title. docs/diagnostics.md explains each. */
#pragma once

#define ARGOT_CONFIG_CODES(X)                                                                                          \
    X(200, CONFIG_KEY, "a key that the configuration does not have")                                                   \
    X(201, CONFIG_MISSING, "something that the configuration needs is missing")                                        \
    X(202, CONFIG_NODE, "another kind of YAML value is due in the configuration")                                      \
    X(203, CONFIG_WORD, "not one of the words that may stand in this place of the configuration")                      \
    X(204, CONFIG_LATER, "a part of the configuration that this argot does not do")                                    \
    X(205, CONFIG_AMOUNT, "not a duration, size or number that may stand here")                                        \
    X(206, CONFIG_PATH, "not a path for this place")                                                                   \
    X(207, CONFIG_ADDRESS, "not an address for this place")                                                            \
    X(208, CONFIG_KIND, "an input or output of no kind, or of two")                                                    \
    X(209, CONFIG_TWICE, "one input or output twice")                                                                  \
    X(210, CONFIG_TOGETHER, "keys of the configuration that do not go together")                                       \
    X(211, CONFIG_LIMIT, "more than the configuration's limit")                                                        \
    X(212, CONFIG_STORE, "not a store")                                                                                \
    X(213, CONFIG_FORMAT, "no such format in the configuration")                                                       \
    X(214, CONFIG_ZONE, "no such time zone in the configuration")                                                      \
    X(215, CONFIG_FIELD, "no such field in the configuration")

enum argot_config_code {
#define X(number, name, title) ARGOT_CODE_##name = number,
    ARGOT_CONFIG_CODES(X)
#undef X
};
