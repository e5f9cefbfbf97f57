/* SPDX-License-Identifier: Apache-2.0
 * A JSON checker by recursive descent, and a UTF-8 checker that decodes code points. Simple rather than fast. */
#include "strict_json.h"
#include <string.h>

#define MAX_DEPTH 200

struct check {
    const uint8_t *text;
    size_t at, length;
    const char *wrong;
    int depth;
};

static void value(struct check *check);

static int
peek(const struct check *check)
{
    return check->at < check->length ? check->text[check->at] : -1;
}

static bool
fail(struct check *check, const char *what)
{
    if (!check->wrong)
        check->wrong = what;
    return false;
}

static void
blanks(struct check *check)
{
    while (peek(check) == ' ')
        check->at++;
}

static bool
word(struct check *check, const char *text)
{
    for (; *text; text++, check->at++)
        if (peek(check) != *text)
            return fail(check, "a wrong word or a missing character");
    return true;
}

static bool
digits(struct check *check)
{
    if (peek(check) < '0' || peek(check) > '9')
        return fail(check, "no digit");
    while (peek(check) >= '0' && peek(check) <= '9')
        check->at++;
    return true;
}

static void
number(struct check *check)
{
    if (peek(check) == '-')
        check->at++;
    if (peek(check) == '0')
        check->at++;
    else
        digits(check);
    if (peek(check) == '.') {
        check->at++;
        digits(check);
    }
    if (peek(check) == 'e' || peek(check) == 'E') {
        check->at++;
        if (peek(check) == '+' || peek(check) == '-')
            check->at++;
        digits(check);
    }
}

/* The code behind \u, or -1. */
static int32_t
hex4(struct check *check)
{
    int32_t code = 0;
    for (int i = 0; i < 4; i++, check->at++) {
        int byte = peek(check);
        const char *digit = byte > 0 ? strchr("0123456789abcdefABCDEF", byte) : NULL;
        if (!digit) {
            fail(check, "a bad \\u");
            return -1;
        }
        int place = (int)(digit - "0123456789abcdefABCDEF");
        code = code * 16 + (place < 16 ? place : place - 6);
    }
    return code;
}

static void
escape(struct check *check)
{
    int letter = peek(check);
    check->at++;
    if (letter != 'u') {
        if (letter <= 0 || !strchr("\"\\/bfnrt", letter))
            fail(check, "an unknown escape");
        return;
    }
    int32_t code = hex4(check);
    if (code >= 0xdc00 && code < 0xe000)
        fail(check, "a lone low surrogate");
    if (code >= 0xd800 && code < 0xdc00) {
        word(check, "\\u");
        code = hex4(check);
        if (code < 0xdc00 || code >= 0xe000)
            fail(check, "a lone high surrogate");
    }
}

static void
string(struct check *check)
{
    word(check, "\"");
    while (!check->wrong) {
        int byte = peek(check);
        if (byte < 0x20) {
            fail(check, "a string without end, or a control byte in it");
            return;
        }
        check->at++;
        if (byte == '"')
            return;
        if (byte == '\\')
            escape(check);
    }
}

static void
container(struct check *check, char close)
{
    check->at++;
    if (++check->depth > MAX_DEPTH)
        fail(check, "too many levels");
    blanks(check);
    if (peek(check) == close) {
        check->at++;
        check->depth--;
        return;
    }
    while (!check->wrong) {
        if (close == '}') {
            string(check);
            blanks(check);
            word(check, ":");
            blanks(check);
        }
        value(check);
        blanks(check);
        if (peek(check) == close)
            break;
        word(check, ",");
        blanks(check);
    }
    check->at++;
    check->depth--;
}

static void
value(struct check *check)
{
    switch (peek(check)) {
    case '{':
        container(check, '}');
        break;
    case '[':
        container(check, ']');
        break;
    case '"':
        string(check);
        break;
    case 't':
        word(check, "true");
        break;
    case 'f':
        word(check, "false");
        break;
    case 'n':
        word(check, "null");
        break;
    default:
        number(check);
        break;
    }
}

const char *
strict_json_check(const uint8_t *text, size_t length, size_t *at)
{
    struct check check = {.text = text, .length = length};
    value(&check);
    if (check.at != length)
        fail(&check, "more behind the value");
    *at = check.at;
    return check.wrong;
}

bool
strict_json_is_clean(const uint8_t *text, size_t length)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    for (size_t i = 0; i < length;) {
        uint32_t first = text[i];
        unsigned count = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
        if (!count || count > length - i)
            return false;
        uint32_t code = count == 1 ? first : first & (0x7fu >> count);
        for (unsigned j = 1; j < count; j++) {
            if (text[i + j] >> 6 != 2)
                return false;
            code = code << 6 | (text[i + j] & 0x3f);
        }
        if (code < least[count] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
            return false;
        if (code < 0x20 || (code >= 0x7f && code < 0xa0))
            return false;
        i += count;
    }
    return true;
}
