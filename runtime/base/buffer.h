/* SPDX-License-Identifier: Apache-2.0
 * A growing byte buffer. Appending never fails half-way: when memory runs out `failed` is set, the bytes stay as they
 * were, and further appends do nothing, so a writer checks once at its end. */
#pragma once
#include "base/seam.h"
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

struct argot_buffer {
    struct argot_seam *seam;
    uint8_t *bytes;
    size_t length, capacity;
    bool failed;
};

void argot_buffer_init(struct argot_buffer *buffer, struct argot_seam *seam);
void argot_buffer_finish(struct argot_buffer *buffer);
/* Makes room for `more` bytes behind length. false sets failed. */
bool argot_buffer_reserve(struct argot_buffer *buffer, size_t more);
void argot_buffer_printf(struct argot_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void argot_buffer_vprintf(struct argot_buffer *buffer, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

static inline void
argot_buffer_append(struct argot_buffer *buffer, const void *bytes, size_t count)
{
    if (buffer->capacity - buffer->length < count && !argot_buffer_reserve(buffer, count))
        return;
    if (count)
        memcpy(buffer->bytes + buffer->length, bytes, count);
    buffer->length += count;
}

static inline void
argot_buffer_append_text(struct argot_buffer *buffer, const char *text)
{
    argot_buffer_append(buffer, text, strlen(text));
}

static inline void
argot_buffer_append_byte(struct argot_buffer *buffer, char byte)
{
    argot_buffer_append(buffer, &byte, 1);
}
