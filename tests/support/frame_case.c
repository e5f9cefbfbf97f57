/* SPDX-License-Identifier: Apache-2.0
 * Two readers of records that share nothing but their list. */
#include "frame_case.h"
#include "input/frame.h"
#include <stdlib.h>
#include <string.h>

void
frame_case_free(struct frame_case *all)
{
    free(all->records);
    *all = (struct frame_case){0};
}

static void
add(struct frame_case *all, struct frame_case_record record)
{
    if (all->count == all->capacity) {
        all->capacity = all->capacity ? 2 * all->capacity : 64;
        struct frame_case_record *grown = realloc(all->records, all->capacity * sizeof *grown);
        if (!grown)
            abort();
        all->records = grown;
    }
    all->records[all->count++] = record;
}

bool
frame_case_same(const struct frame_case *a, const struct frame_case *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        const struct frame_case_record *x = &a->records[i], *y = &b->records[i];
        if (x->begin != y->begin || x->length != y->length || x->piece != y->piece || x->last != y->last ||
            x->missing != y->missing)
            return false;
    }
    return a->count == b->count;
}

/* A record ends behind its newline; one that is longer without it is cut into pieces. */
void
frame_case_slowly(const uint8_t *bytes, size_t length, size_t max_bytes, struct frame_case *all)
{
    all->count = 0;
    for (size_t begin = 0; begin < length;) {
        size_t end = begin;
        while (end < length && bytes[end] != '\n')
            end++;
        bool missing = end == length, cut = end - begin > max_bytes;
        size_t behind = missing ? end : end + 1;
        for (; end - begin > max_bytes; begin += max_bytes)
            add(all, (struct frame_case_record){begin, max_bytes, true, false, false});
        add(all, (struct frame_case_record){begin, behind - begin, cut, cut, missing});
        begin = behind;
    }
}

static const char *
add_block(struct frame_case *all, const uint8_t *bytes, size_t begin, struct argot_frame frame)
{
    size_t end = begin + frame.length;
    if (frame.piece) {
        add(all, (struct frame_case_record){begin, frame.length, true, frame.piece_last, frame.missing_newline});
        return NULL;
    }
    while (begin < end) {
        const uint8_t *newline = memchr(bytes + begin, '\n', end - begin);
        size_t behind = newline ? (size_t)(newline - bytes) + 1 : end;
        if (!newline != (frame.missing_newline && behind == end))
            return "a missing newline that is there, or one that is missing and was not told";
        add(all, (struct frame_case_record){begin, behind - begin, false, false, !newline});
        begin = behind;
    }
    return NULL;
}

const char *
frame_case_cuts(const uint8_t *bytes, size_t length, size_t max_bytes, size_t step, struct frame_case *all)
{
    size_t at = 0, arrived = 0;
    bool in_record = false;
    all->count = 0;
    for (;;) {
        size_t left = arrived - at;
        uint8_t *exact = malloc(left ? left : 1);
        if (!exact)
            abort();
        memcpy(exact, bytes + at, left);
        struct argot_frame frame = argot_frame_cut(exact, left, max_bytes, in_record, arrived == length);
        free(exact);
        if (frame.length > left)
            return "a block that is longer than its bytes";
        if (frame.length) {
            const char *wrong = add_block(all, bytes, at, frame);
            if (wrong)
                return wrong;
            in_record = frame.piece && !frame.piece_last;
            at += frame.length;
            continue;
        }
        if (memchr(bytes + at, '\n', left) || left > max_bytes)
            return "no block though there is one";
        if (arrived == length)
            return left ? "bytes left at the end" : NULL;
        arrived = length - arrived < step ? length : arrived + step;
    }
}
