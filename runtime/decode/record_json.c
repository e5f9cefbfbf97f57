/* SPDX-License-Identifier: Apache-2.0
 * JSON (RFC 8259) to a tree, strictly and without recursion: one pass, a frame for each open container. Strings
 * without escapes point into the text. A failure tells the first byte that does not fit and what was due there. */
#include "decode/record_build.h"
#include "decode/record_string.h"
#include <string.h>

struct frame {
    uint32_t node, count; /* the container, how many members it has */
    bool object;
};

struct json {
    struct argot_record_build build;
    const uint8_t *at;
    uint32_t depth;
    struct frame frames[ARGOT_RECORD_MAX_DEPTH];
};

static void
skip_blanks(struct json *json)
{
    const uint8_t *at = json->at, *end = json->build.end;
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
        at++;
    json->at = at;
}

static bool
bad(struct json *json, const uint8_t *at, const char *expected)
{
    return argot_record_build_bad(&json->build, at, expected);
}

static bool
read_digits(struct json *json)
{
    const uint8_t *begin = json->at;
    while (json->at < json->build.end && (uint8_t)(*json->at - '0') < 10)
        json->at++;
    return json->at > begin || bad(json, json->at, "a digit");
}

static bool
at_byte(const struct json *json, uint8_t byte)
{
    return json->at < json->build.end && *json->at == byte;
}

static bool
read_number(struct json *json)
{
    if (*json->at == '-')
        json->at++;
    if (at_byte(json, '0'))
        json->at++;
    else if (!read_digits(json))
        return false;
    if (at_byte(json, '.')) {
        json->at++;
        if (!read_digits(json))
            return false;
    }
    if (at_byte(json, 'e') || at_byte(json, 'E')) {
        json->at++;
        if (at_byte(json, '+') || at_byte(json, '-'))
            json->at++;
        return read_digits(json);
    }
    return true;
}

static bool
read_word(struct json *json, const char *word)
{
    size_t length = strlen(word);
    if ((size_t)(json->build.end - json->at) < length || memcmp(json->at, word, length) != 0)
        return bad(json, json->at, "a value");
    json->at += length;
    return true;
}

static bool
add(struct json *json, enum argot_node_kind kind, struct argot_slice key, struct argot_slice text)
{
    const struct frame *frame = &json->frames[json->depth - 1];
    return argot_record_build_node(&json->build, frame->node, kind, key, text) ||
           argot_record_build_full(&json->build, json->at);
}

static bool
open_container(struct json *json, struct argot_slice key)
{
    bool object = *json->at == '{';
    if (json->depth == ARGOT_RECORD_MAX_DEPTH) {
        json->build.record->too_deep = true;
        return bad(json, json->at, "fewer levels");
    }
    if (!add(json, object ? ARGOT_NODE_OBJECT : ARGOT_NODE_ARRAY, key, argot_record_build_slice(json->at, json->at)))
        return false;
    uint32_t node = json->build.record->count - 1;
    json->frames[json->depth++] = (struct frame){.node = node, .object = object};
    json->at++;
    return true;
}

static bool
close_container(struct json *json)
{
    struct frame *frame = &json->frames[--json->depth];
    struct argot_node *node = &json->build.record->nodes[frame->node];
    json->at++;
    node->text_length = (uint32_t)(json->at - node->text_at);
    node->end = json->build.record->count;
    if (!frame->object || json->depth == 0) /* the root's members are compared at the end */
        return true;
    return argot_record_build_duplicates(&json->build, frame->node, frame->count);
}

static bool
read_value(struct json *json, struct argot_slice key)
{
    struct argot_slice text = {NULL, 0};
    const uint8_t *begin = json->at;
    enum argot_node_kind kind;
    bool good;
    if (begin == json->build.end)
        return bad(json, begin, "a value");
    switch (*begin) {
    case '{':
    case '[':
        return open_container(json, key);
    case '"':
        return argot_record_string_read(&json->build, &json->at, &text) && add(json, ARGOT_NODE_STRING, key, text);
    case 't':
        kind = ARGOT_NODE_TRUE;
        good = read_word(json, "true");
        break;
    case 'f':
        kind = ARGOT_NODE_FALSE;
        good = read_word(json, "false");
        break;
    case 'n':
        kind = ARGOT_NODE_NULL;
        good = read_word(json, "null");
        break;
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        kind = ARGOT_NODE_NUMBER;
        good = read_number(json);
        break;
    default:
        return bad(json, begin, "a value");
    }
    return good && add(json, kind, key, argot_record_build_slice(begin, json->at));
}

static bool
read_key(struct json *json, struct argot_slice *key)
{
    if (!at_byte(json, '"'))
        return bad(json, json->at,
                   json->frames[json->depth - 1].count > 1 ? "a name in quotes" : "a name in quotes or `}`");
    if (!argot_record_string_read(&json->build, &json->at, key))
        return false;
    skip_blanks(json);
    if (!at_byte(json, ':'))
        return bad(json, json->at, "a `:`");
    json->at++;
    skip_blanks(json);
    return true;
}

/* One step inside the innermost container: its end, or a member with the comma before it. */
static bool
read_member(struct json *json)
{
    struct frame *frame = &json->frames[json->depth - 1];
    struct argot_slice key = {NULL, 0};
    skip_blanks(json);
    if (at_byte(json, frame->object ? '}' : ']'))
        return close_container(json);
    if (frame->count++) {
        if (!at_byte(json, ','))
            return bad(json, json->at, frame->object ? "a `,` or `}`" : "a `,` or `]`");
        json->at++;
        skip_blanks(json);
    }
    if (frame->object && !read_key(json, &key))
        return false;
    return read_value(json, key);
}

static bool
read_object(struct json *json)
{
    skip_blanks(json);
    if (!at_byte(json, '{'))
        return bad(json, json->at, "a `{`");
    json->build.record->nodes[0].text_at = json->at;
    json->frames[0] = (struct frame){.object = true};
    json->depth = 1;
    json->at++;
    while (json->depth)
        if (!read_member(json))
            return false;
    skip_blanks(json);
    return json->at == json->build.end || bad(json, json->at, "the end of the record");
}

enum argot_decode_status
argot_record_json(const struct argot_decode *context, struct argot_slice text, struct argot_record *record)
{
    struct json json;
    json.depth = 0;
    if (!argot_record_build_start(&json.build, context, text, record))
        return ARGOT_DECODE_NO_MEMORY;
    json.at = json.build.begin;
    bool good = read_object(&json);
    return argot_record_build_end(&json.build, good, good ? json.frames[0].count : 0);
}
