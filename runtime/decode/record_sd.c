/* SPDX-License-Identifier: Apache-2.0
 * Structured data of RFC 5424, section 6.3: `-`, or elements `[id name="value" …]`. The parameters of all elements
 * become members of one object; a backslash in a value escapes `"`, `\` and `]` and stands for itself elsewhere. */
#include "decode/record_flat.h"
#include <string.h>

struct sd {
    struct argot_record_build build;
    struct argot_record_flat_read *flat; /* where the record goes; NULL: it becomes a tree */
    const uint8_t *at;
    uint32_t members;
};

static bool
bad(struct sd *sd, const char *expected)
{
    return argot_record_build_bad(&sd->build, sd->at, expected);
}

static bool
at_byte(const struct sd *sd, uint8_t byte)
{
    return sd->at < sd->build.end && *sd->at == byte;
}

/* SD-NAME without its limit of 32 bytes. */
static struct argot_slice
read_name(struct sd *sd)
{
    const uint8_t *begin = sd->at, *end = sd->build.end;
    while (sd->at<end && * sd->at> ' ' && *sd->at != 0x7f && *sd->at != '=' && *sd->at != ']' && *sd->at != '"')
        sd->at++;
    return argot_record_build_slice(begin, sd->at);
}

static bool
is_escape(const uint8_t *at, const uint8_t *end)
{
    return *at == '\\' && end - at > 1 && (at[1] == '"' || at[1] == '\\' || at[1] == ']');
}

static bool
unescape(struct sd *sd, const uint8_t *begin, const uint8_t *end, struct argot_slice *value)
{
    *value = argot_record_build_slice(begin, end);
    if (begin == end || !memchr(begin, '\\', (size_t)(end - begin)))
        return true;
    uint8_t *room = argot_record_build_room(&sd->build, (size_t)(end - begin)), *to = room;
    if (!room)
        return false;
    for (const uint8_t *at = begin; at < end; at++) {
        if (is_escape(at, end))
            at++;
        *to++ = *at;
    }
    *value = argot_record_build_string(&sd->build, room, (size_t)(to - room));
    return true;
}

static bool
read_value(struct sd *sd, struct argot_slice *value)
{
    const uint8_t *end = sd->build.end, *begin = sd->at;
    for (;;) {
        sd->at = argot_record_build_find(sd->at, end, '"', '\\');
        if (sd->at == end || *sd->at == '"')
            break;
        sd->at += is_escape(sd->at, end) ? 2 : 1;
    }
    if (sd->at == end)
        return bad(sd, "the closing `\"`");
    if (!unescape(sd, begin, sd->at, value))
        return false;
    sd->at++;
    return true;
}

/* The name of a parameter with `="` behind. */
static bool
read_head(struct sd *sd, struct argot_slice *name)
{
    *name = read_name(sd);
    if (!name->length)
        return bad(sd, "a name or `]`");
    if (!at_byte(sd, '='))
        return bad(sd, "a `=`");
    sd->at++;
    if (!at_byte(sd, '"'))
        return bad(sd, "a `\"`");
    sd->at++;
    return true;
}

static bool
read_parameter(struct sd *sd)
{
    struct argot_slice value = {NULL, 0}, name = {sd->at, 0};
    const struct argot_layout_step *step = sd->flat ? argot_record_flat_step(sd->flat, sd->at) : NULL;
    if (step) {
        name.length = step->key_length;
        sd->at += step->length;
    } else if (!read_head(sd, &name)) {
        return false;
    }
    const uint8_t *behind = sd->at;
    if (!read_value(sd, &value))
        return false;
    sd->members++;
    if (step)
        return argot_record_flat_take(sd->flat, step, name, value);
    if (sd->flat)
        return argot_record_flat_learn(sd->flat, name, behind, value);
    return argot_record_build_node(&sd->build, 0, ARGOT_NODE_STRING, name, value) ||
           argot_record_build_full(&sd->build, sd->at);
}

static bool
read_element(struct sd *sd)
{
    sd->at++;
    if (!read_name(sd).length)
        return bad(sd, "the name of an element");
    for (;;) {
        const uint8_t *blanks = sd->at;
        while (at_byte(sd, ' '))
            sd->at++;
        if (at_byte(sd, ']'))
            break;
        if (sd->at == blanks)
            return bad(sd, "a blank or `]`");
        if (!read_parameter(sd))
            return false;
    }
    sd->at++;
    return true;
}

static bool
read_all(struct sd *sd)
{
    if (at_byte(sd, '-')) {
        sd->at++;
    } else {
        if (!at_byte(sd, '['))
            return bad(sd, "a `-` or `[`");
        while (at_byte(sd, '['))
            if (!read_element(sd))
                return false;
    }
    return sd->at == sd->build.end || bad(sd, "the end of the structured data");
}

enum argot_decode_status
argot_record_sd(const struct argot_decode *context, struct argot_slice text, struct argot_record *record)
{
    struct sd sd = {0};
    if (!argot_record_build_start(&sd.build, context, text, record))
        return ARGOT_DECODE_NO_MEMORY;
    sd.at = sd.build.begin;
    bool good = read_all(&sd);
    return argot_record_build_end(&sd.build, good, sd.members);
}

bool
argot_record_sd_pick(const struct argot_decode *context, const struct argot_record_flat *flat,
                     struct argot_record_room *room, struct argot_slice text, struct argot_record *record)
{
    struct argot_record_flat_read read;
    struct sd sd = {.flat = &read};
    if (!argot_record_flat_begin(&read, context, room, flat, text, record))
        return false;
    sd.build = read.build;
    sd.at = sd.build.begin;
    bool good = read_all(&sd);
    return argot_record_flat_end(&read, good);
}
