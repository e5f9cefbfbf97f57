/* SPDX-License-Identifier: Apache-2.0
 * Writing again what is left of good JSON, straight from its text. What turns out to be empty is taken back. */
#include "decode/record_left.h"
#include "decode/record_string.h"
#include "decode/special.h"
#include <string.h>

struct writer {
    struct argot_record_build build; /* for escapes; nothing is built */
    struct argot_record record;
    const uint8_t *at, *end;
    uint8_t *out;
};

static uint8_t *
put_bytes(uint8_t *out, const uint8_t *begin, const uint8_t *end)
{
    memcpy(out, begin, (size_t)(end - begin));
    return out + (end - begin);
}

/* Decoded bytes, escaped where they must be. */
static uint8_t *
put_text(uint8_t *out, const uint8_t *at, const uint8_t *end)
{
    static const char digits[] = "0123456789abcdef";
    while (at < end) {
        const uint8_t *stop = argot_special_plain(at, end);
        out = put_bytes(out, at, stop);
        if (stop == end)
            break;
        if (*stop < 0x20) {
            out = put_bytes(out, (const uint8_t *)"\\u00", (const uint8_t *)"\\u00" + 4);
            *out++ = (uint8_t)digits[*stop >> 4];
            *out++ = (uint8_t)digits[*stop & 15];
        } else {
            *out++ = '\\';
            *out++ = *stop;
        }
        at = stop + 1;
    }
    return out;
}

size_t
argot_record_left_string(uint8_t *out, struct argot_slice text)
{
    uint8_t *to = out;
    *to++ = '"';
    if (text.length)
        to = put_text(to, text.at, text.at + text.length);
    *to++ = '"';
    return (size_t)(to - out);
}

/* ---- from JSON ---- */

static void
skip_blanks(struct writer *w)
{
    while (w->at < w->end && (*w->at == ' ' || *w->at == '\t' || *w->at == '\n' || *w->at == '\r'))
        w->at++;
}

static void
copy_string(struct writer *w)
{
    uint8_t letters[4];
    *w->out++ = *w->at++;
    for (;;) {
        const uint8_t *stop = argot_special_plain(w->at, w->end);
        w->out = put_bytes(w->out, w->at, stop);
        w->at = stop;
        uint8_t *to = letters;
        if (stop == w->end || *stop != '\\')
            break;
        const uint8_t *behind = argot_record_string_escape(&w->build, stop, &to);
        if (!behind)
            break;
        w->out = put_text(w->out, letters, to);
        w->at = behind;
    }
    *w->out++ = '"';
    w->at += w->at < w->end;
}

/* A number, true, false or null. */
static void
copy_word(struct writer *w)
{
    const uint8_t *begin = w->at;
    while (w->at < w->end && (*w->at | 0x20) >= '+' && *w->at != ',' && *w->at != ']' && *w->at != '}')
        w->at++;
    w->out = put_bytes(w->out, begin, w->at);
    w->at += w->at == begin && w->at < w->end; /* never at one place for ever */
}

static bool copy_container(struct writer *w);

/* False: there is nothing to be kept of the value. In a list an item without a value keeps its place. */
static bool
copy_value(struct writer *w, bool item)
{
    uint8_t *begin = w->out;
    skip_blanks(w);
    if (w->at == w->end)
        return false;
    uint8_t first = *w->at;
    if (first == '{' || first == '[')
        return copy_container(w);
    if (first == '"')
        copy_string(w);
    else
        copy_word(w);
    return item || (first != 'n' && !(first == '"' && w->out - begin == 2));
}

static bool
copy_member(struct writer *w, bool object)
{
    skip_blanks(w);
    if (object) {
        if (w->at == w->end || *w->at != '"')
            return false;
        copy_string(w);
        skip_blanks(w);
        w->at += w->at < w->end; /* the colon */
        *w->out++ = ':';
    }
    return copy_value(w, !object);
}

/* Depth is that of the text, which ARGOT_RECORD_MAX_DEPTH bounds. */
static bool
copy_container(struct writer *w)
{
    bool object = *w->at == '{', any = false, left = false;
    uint8_t close = object ? '}' : ']';
    *w->out++ = *w->at++;
    for (;;) {
        skip_blanks(w);
        if (w->at == w->end || *w->at == close)
            break;
        w->at += *w->at == ',';
        uint8_t *before = w->out;
        any = true;
        if (left)
            *w->out++ = ',';
        if (copy_member(w, object))
            left = true;
        else
            w->out = before;
    }
    w->at += w->at < w->end;
    *w->out++ = close;
    return left || !any;
}

size_t
argot_record_left(uint8_t *out, struct argot_slice text)
{
    struct writer w = {.at = text.at, .end = text.at + text.length, .out = out};
    w.build = (struct argot_record_build){.record = &w.record, .begin = w.at, .end = w.end};
    return copy_value(&w, false) ? (size_t)(w.out - out) : 0;
}
