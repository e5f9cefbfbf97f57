/* SPDX-License-Identifier: Apache-2.0
 * Names of what expressions are made of. */
#include "event/expr.h"

const char *
argot_expr_type_words(enum argot_expr_type type)
{
    static const char *const words[] = {[ARGOT_EXPR_NO_TYPE] = "nothing",
#define X(name, text) [ARGOT_EXPR_##name##_TYPE] = text,
                                        ARGOT_EXPR_TYPES(X)
#undef X
    };
    return (unsigned)type < ARGOT_EXPR_TYPE_COUNT ? words[type] : words[ARGOT_EXPR_NO_TYPE];
}

const char *
argot_expr_function_name(enum argot_expr_function function)
{
    static const char *const names[] = {
#define X(name, word, least, most) [ARGOT_EXPR_CALL_##name] = word,
        ARGOT_EXPR_FUNCTIONS(X)
#undef X
    };
    return (unsigned)function < ARGOT_EXPR_FUNCTION_COUNT ? names[function] : "";
}

enum argot_expr_type
argot_expr_type_of(enum argot_type type, bool *list)
{
    static const uint8_t types[ARGOT_TYPE_COUNT] = {
        [ARGOT_TYPE_STRING] = ARGOT_EXPR_TEXT_TYPE,       [ARGOT_TYPE_HOST] = ARGOT_EXPR_TEXT_TYPE,
        [ARGOT_TYPE_KEYWORD] = ARGOT_EXPR_TEXT_TYPE,      [ARGOT_TYPE_ENUM] = ARGOT_EXPR_ENUM_TYPE,
        [ARGOT_TYPE_INT] = ARGOT_EXPR_WHOLE_TYPE,         [ARGOT_TYPE_UINT] = ARGOT_EXPR_WHOLE_TYPE,
        [ARGOT_TYPE_FLOAT] = ARGOT_EXPR_REAL_TYPE,        [ARGOT_TYPE_BOOL] = ARGOT_EXPR_BOOL_TYPE,
        [ARGOT_TYPE_IP] = ARGOT_EXPR_ADDRESS_TYPE,        [ARGOT_TYPE_PORT] = ARGOT_EXPR_WHOLE_TYPE,
        [ARGOT_TYPE_MAC] = ARGOT_EXPR_MAC_TYPE,           [ARGOT_TYPE_TIMESTAMP] = ARGOT_EXPR_TIME_TYPE,
        [ARGOT_TYPE_DURATION] = ARGOT_EXPR_DURATION_TYPE, [ARGOT_TYPE_BYTES] = ARGOT_EXPR_WHOLE_TYPE,
        [ARGOT_TYPE_STRING_LIST] = ARGOT_EXPR_TEXT_TYPE,  [ARGOT_TYPE_IP_LIST] = ARGOT_EXPR_ADDRESS_TYPE,
    };
    *list = type == ARGOT_TYPE_STRING_LIST || type == ARGOT_TYPE_IP_LIST;
    return (unsigned)type < ARGOT_TYPE_COUNT ? (enum argot_expr_type)types[type] : ARGOT_EXPR_NO_TYPE;
}
