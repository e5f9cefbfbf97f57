/* SPDX-License-Identifier: Apache-2.0
 * Messages are put together whole and written with one call, so that those of several processes do
 * not mix. */
#include "cli/say.h"
#include <errno.h>
#include <stdarg.h>

#define STANDARD_OUTPUT 1
#define STANDARD_ERROR 2

/* Length of the well-formed UTF-8 character that may be shown as it is, or 0. */
static size_t
shown(const uint8_t *at, size_t left)
{
    if (at[0] < 0x80)
        return at[0] >= 0x20 && at[0] != 0x7f;
    size_t length = at[0] >= 0xc2 && at[0] <= 0xdf ? 2 : (at[0] & 0xf0) == 0xe0 ? 3 : 4;
    if (at[0] < 0xc2 || at[0] > 0xf4 || length > left)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    bool c1 = at[0] == 0xc2 && at[1] < 0xa0;
    bool overlong = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xf0 && at[1] < 0x90);
    bool beyond = (at[0] == 0xed && at[1] >= 0xa0) || (at[0] == 0xf4 && at[1] >= 0x90);
    /* Line and paragraph separators, and what turns the direction of writing around. */
    bool steering = at[0] == 0xe2 && ((at[1] == 0x80 && at[2] >= 0xa8 && at[2] <= 0xae) ||
                                      (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9));
    return c1 || overlong || beyond || steering ? 0 : length;
}

size_t
argot_say_escape(struct argot_buffer *out, const void *text, size_t length)
{
    const uint8_t *at = text, *end = at + length;
    size_t columns = 0;
    while (at < end) {
        size_t some = shown(at, (size_t)(end - at));
        size_t before = out->length;
        if (some) {
            argot_buffer_append(out, at, some);
            columns++;
            at += some;
            continue;
        }
        if (*at == '\n' || *at == '\t' || *at == '\r')
            argot_buffer_printf(out, "\\%c", *at == '\n' ? 'n' : *at == '\t' ? 't' : 'r');
        else
            argot_buffer_printf(out, "\\x%02x", *at);
        columns += out->length - before;
        at++;
    }
    return columns;
}

void
argot_say(struct argot_seam *seam, const char *format, ...)
{
    struct argot_buffer text, line;
    argot_buffer_init(&text, seam);
    argot_buffer_init(&line, seam);
    va_list list;
    va_start(list, format);
    argot_buffer_vprintf(&text, format, list);
    va_end(list);
    argot_buffer_append_text(&line, "argot: ");
    argot_say_escape(&line, text.bytes, text.length);
    argot_buffer_append_byte(&line, '\n');
    argot_say_words(seam, &line);
    argot_buffer_finish(&line);
    argot_buffer_finish(&text);
}

void
argot_say_words(struct argot_seam *seam, struct argot_buffer *words)
{
    /* Where standard error itself fails there is nobody left to tell. */
    if (words->length > 0)
        (void)argot_seam_write_all(seam, STANDARD_ERROR, words->bytes, words->length);
    words->length = 0;
}

int
argot_say_write(struct argot_seam *seam, struct argot_buffer *out)
{
    int error = out->failed ? -ENOMEM : 0;
    if (!error && out->length > 0)
        error = argot_seam_write_all(seam, STANDARD_OUTPUT, out->bytes, out->length);
    argot_buffer_finish(out);
    if (!error)
        return ARGOT_EXIT_DONE;
    argot_say(seam, "standard output: %s", argot_say_error(error));
    return ARGOT_EXIT_FAILED;
}

const char *
argot_say_error(int error)
{
    switch (error) {
    case -EPIPE:
        return "whoever read it is gone";
    case -ENOSPC:
        return "no space is left on the device";
    case -EBADF:
        return "is closed";
    case -ENOMEM:
        return "there is no memory";
    default:
        return strerror(-error);
    }
}

void
argot_say_count(struct argot_buffer *out, uint64_t count, const char *one, const char *many)
{
    argot_buffer_printf(out, "%llu %s", (unsigned long long)count, count == 1 ? one : many);
}
