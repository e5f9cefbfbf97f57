/* SPDX-License-Identifier: Apache-2.0
 * Names of what expressions are made of, and how the patterns of `like` are cut. */
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

/* The next piece of a pattern; returns how many bytes it took. */
static uint32_t
next_piece(const char *at, uint32_t left, enum argot_expr_wildcard_kind *kind)
{
    *kind = ARGOT_EXPR_WILDCARD_TEXT;
    if (*at == '*')
        *kind = ARGOT_EXPR_WILDCARD_RUN;
    else if (*at == '?')
        *kind = ARGOT_EXPR_WILDCARD_ONE;
    else if (left >= 3 && at[0] == '[' && (at[1] == '*' || at[1] == '?') && at[2] == ']')
        return 3;
    return 1;
}

uint32_t
argot_expr_cut(struct argot_expr_text pattern, char *bytes, struct argot_expr_wildcard *pieces)
{
    uint32_t count = 0, used = 0;
    for (uint32_t i = 0, took; i < pattern.length; i += took) {
        enum argot_expr_wildcard_kind kind;
        took = next_piece(pattern.at + i, pattern.length - i, &kind);
        bool same = count > 0 && pieces[count - 1].kind == kind && kind != ARGOT_EXPR_WILDCARD_ONE;
        if (!same)
            pieces[count++] = (struct argot_expr_wildcard){kind, {bytes + used, 0}};
        if (kind != ARGOT_EXPR_WILDCARD_TEXT)
            continue;
        bytes[used++] = took == 3 ? pattern.at[i + 1] : pattern.at[i];
        pieces[count - 1].text.length++;
    }
    return count;
}
