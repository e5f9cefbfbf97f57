/* SPDX-License-Identifier: Apache-2.0
 * Codes of diagnostics that every compiler of the project shares: number, name, title. 1-19 belong to YAML, 20-39 to
 * the schema; generator/codes.h goes on from 100. A number is never used again for something else.
 * docs/diagnostics.md explains each. */
#pragma once

#define ARGOT_CODES(X)                                                                                                 \
    X(1, YAML_SYNTAX, "not YAML")                                                                                      \
    X(2, YAML_DUPLICATE, "a key twice in one map")                                                                     \
    X(3, YAML_MERGE, "a merge key")                                                                                    \
    X(4, YAML_DEPTH, "nested too deep")                                                                                \
    X(5, YAML_SIZE, "a file, or what its aliases make of it, over the limits")                                         \
    X(6, YAML_DOCUMENTS, "more than one document")                                                                     \
    X(7, YAML_EMPTY, "an empty file")                                                                                  \
    X(8, YAML_KEY, "a key that is no text")                                                                            \
    X(9, YAML_BYTES, "bytes that are no text")                                                                         \
    X(10, YAML_ALIAS, "an alias that cannot be followed")                                                              \
    X(11, YAML_TAG, "a tag")                                                                                           \
    X(12, NO_MEMORY, "out of memory")                                                                                  \
    X(20, SCHEMA_KEY, "a key that the schema file does not have")                                                      \
    X(21, SCHEMA_MISSING, "a required key of the schema file is missing")                                              \
    X(22, SCHEMA_NODE, "another kind of YAML value is due in the schema file")                                         \
    X(23, SCHEMA_NAME, "not a name for a field, a value, a domain or a type of event")                                 \
    X(24, SCHEMA_TYPE, "not a type of the schema")                                                                     \
    X(25, SCHEMA_TWICE, "one name for two things in the schema")                                                       \
    X(26, SCHEMA_VALUES, "values and type do not go together")                                                         \
    X(27, SCHEMA_REFERENCE, "no such field or type of event in the schema")                                            \
    X(28, SCHEMA_TARGET, "not a name of the other standard")                                                           \
    X(29, SCHEMA_CASE, "not a case, or not for this type")                                                             \
    X(30, SCHEMA_NUMBER, "not a number in range in the schema file")                                                   \
    X(31, SCHEMA_LIMIT, "more than the schema's limit")                                                                \
    X(32, SCHEMA_REQUIRED, "a field that argot itself needs is missing or of another type")

enum argot_code {
#define X(number, name, title) ARGOT_CODE_##name = number,
    ARGOT_CODES(X)
#undef X
};
