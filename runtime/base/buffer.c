/* SPDX-License-Identifier: Apache-2.0
 * The growing part of the byte buffer: doubling, and text by printf. */
#include "base/buffer.h"
#include <stdio.h>

#define FIRST_CAPACITY 256

void
argot_buffer_init(struct argot_buffer *buffer, struct argot_seam *seam)
{
    *buffer = (struct argot_buffer){.seam = seam};
}

void
argot_buffer_finish(struct argot_buffer *buffer)
{
    buffer->seam->release(buffer->seam, buffer->bytes);
    argot_buffer_init(buffer, buffer->seam);
}

static bool
fail(struct argot_buffer *buffer)
{
    buffer->failed = true;
    /* Leaves no room, so that the inline append comes here and does nothing from now on. */
    buffer->capacity = buffer->length;
    return false;
}

bool
argot_buffer_reserve(struct argot_buffer *buffer, size_t more)
{
    if (buffer->failed)
        return false;
    if (buffer->capacity - buffer->length >= more)
        return true;
    size_t needed;
    if (__builtin_add_overflow(buffer->length, more, &needed))
        return fail(buffer);
    size_t capacity = buffer->capacity < FIRST_CAPACITY ? FIRST_CAPACITY : buffer->capacity;
    while (capacity < needed)
        capacity = capacity > SIZE_MAX / 2 ? needed : capacity * 2;
    struct argot_seam *seam = buffer->seam;
    uint8_t *bytes = buffer->bytes ? seam->resize(seam, buffer->bytes, capacity) : seam->allocate(seam, capacity);
    if (!bytes)
        return fail(buffer);
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return true;
}

void
argot_buffer_vprintf(struct argot_buffer *buffer, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0) {
        fail(buffer);
        return;
    }
    if (!argot_buffer_reserve(buffer, (size_t)length + 1)) /* vsnprintf writes its NUL too */
        return;
    vsnprintf((char *)buffer->bytes + buffer->length, (size_t)length + 1, format, args);
    buffer->length += (size_t)length;
}

void
argot_buffer_printf(struct argot_buffer *buffer, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    argot_buffer_vprintf(buffer, format, args);
    va_end(args);
}
