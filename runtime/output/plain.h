/* SPDX-License-Identifier: Apache-2.0
 * Text that is written as it stands: copied in blocks, and looked at meanwhile for bytes that need a second look.
 * Nothing before or behind the text is read. Inside runtime/output only. */
#pragma once
#include "argot/lanes.h"
#include "output/line.h"
#include <string.h>

#define ARGOT_PLAIN_BLOCK 16
#define ARGOT_PLAIN_EACH(byte) (0x0101010101010101u * (byte))

static inline bool
argot_plain_keeps_quotes(enum argot_line_mode mode)
{
    return mode == ARGOT_LINE_RAW || mode == ARGOT_LINE_BARE;
}

/* Whether the byte is written as it stands, whatever is beside it. */
static inline bool
argot_plain_byte(uint8_t byte, enum argot_line_mode mode)
{
    if ((uint8_t)(byte - 0x20) >= 0x5f)
        return false;
    return argot_plain_keeps_quotes(mode) || (byte != '"' && (mode == ARGOT_LINE_CSV || byte != '\\'));
}

/* Not 0 where some byte of the word is not plain. */
static inline uint64_t
argot_plain_special(uint64_t word, enum argot_line_mode mode)
{
    uint64_t high = ARGOT_PLAIN_EACH(0x80);
    uint64_t special = word | (word + ARGOT_PLAIN_EACH(1)) | (word - ARGOT_PLAIN_EACH(0x20));
    uint64_t quote = word ^ ARGOT_PLAIN_EACH('"'), backslash = word ^ ARGOT_PLAIN_EACH('\\');
    if (!argot_plain_keeps_quotes(mode))
        special |= (quote - ARGOT_PLAIN_EACH(1)) & ~quote;
    if (mode == ARGOT_LINE_JSON)
        special |= (backslash - ARGOT_PLAIN_EACH(1)) & ~backslash;
    return special & high;
}

static inline uint64_t
argot_plain_word(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return word;
}

#ifdef ARGOT_LANES
/* All ones in place of bytes that are not plain. */
static inline argot_lanes
argot_plain_lanes(argot_lanes bytes, enum argot_line_mode mode)
{
    typedef int8_t lanes_signed __attribute__((vector_size(ARGOT_LANES)));
    argot_lanes special = (argot_lanes)(bytes == argot_lanes_of(0x7f));
    if (mode == ARGOT_LINE_JSON)
        special |= (argot_lanes)(bytes == argot_lanes_of('\\'));
    /* Below a blank, and all that is not ASCII, which is negative here. A quote with its second bit turned is a blank,
     * and a blank and the byte behind it are above. */
    if (argot_plain_keeps_quotes(mode))
        return special | (argot_lanes)((lanes_signed)bytes < (lanes_signed)argot_lanes_of(0x20));
    return special | (argot_lanes)((lanes_signed)(bytes ^ argot_lanes_of(2)) < (lanes_signed)argot_lanes_of(0x21));
}

/* Copies 16 bytes; gives all ones in place of those that are not plain. */
static inline argot_lanes
argot_plain_copy_block(uint8_t *to, const uint8_t *from, enum argot_line_mode mode)
{
    const argot_lanes bytes = argot_lanes_load(from);
    memcpy(to, &bytes, sizeof bytes);
    return argot_plain_lanes(bytes, mode);
}

static inline bool
argot_plain_words(uint64_t one, uint64_t other, enum argot_line_mode mode)
{
    typedef uint64_t words __attribute__((vector_size(ARGOT_LANES)));
    return !argot_lanes_mask(argot_plain_lanes((argot_lanes)(words){one, other}, mode));
}
#else
static inline bool
argot_plain_words(uint64_t one, uint64_t other, enum argot_line_mode mode)
{
    return !(argot_plain_special(one, mode) | argot_plain_special(other, mode));
}
#endif

/* Fewer than 16 bytes: two words that may overlap, read without touching what lies behind. False: not all plain. */
static inline bool
argot_plain_copy_rest(uint8_t *to, const uint8_t *from, size_t count, enum argot_line_mode mode)
{
    if (count >= 8) {
        uint64_t head = argot_plain_word(from), tail = argot_plain_word(from + count - 8);
        memcpy(to, &head, 8);
        memcpy(to + count - 8, &tail, 8);
        return argot_plain_words(head, tail, mode);
    }
    if (count >= 4) {
        uint32_t head, tail;
        memcpy(&head, from, 4);
        memcpy(&tail, from + count - 4, 4);
        memcpy(to, &head, 4);
        memcpy(to + count - 4, &tail, 4);
        uint64_t both = head | (uint64_t)tail << 32;
        return argot_plain_words(both, both, mode);
    }
    if (!count)
        return true;
    /* One, two or three bytes: some of them twice, or it would take a branch for each. */
    uint8_t first = from[0], middle = from[count / 2], last = from[count - 1];
    to[0] = first;
    to[count / 2] = middle;
    to[count - 1] = last;
    uint64_t all = (first | (uint64_t)middle << 8 | (uint64_t)last << 16) * 0x1000001; /* and some once more */
    return argot_plain_words(all | all << 48, all | all << 48, mode);
}

/* Copies a text. False: not all of it is plain, and what was copied does not count. */
static inline bool
argot_plain_copy(uint8_t *to, const uint8_t *from, size_t count, enum argot_line_mode mode)
{
    if (count < ARGOT_PLAIN_BLOCK)
        return argot_plain_copy_rest(to, from, count, mode);
#ifdef ARGOT_LANES
    /* The last block ends where the text does, whatever it has in common with the one before. */
    size_t last = count - ARGOT_PLAIN_BLOCK;
    argot_lanes special = argot_plain_copy_block(to + last, from + last, mode);
    for (size_t at = 0; at < last; at += ARGOT_PLAIN_BLOCK)
        special |= argot_plain_copy_block(to + at, from + at, mode);
    return !argot_lanes_mask(special);
#else
    uint64_t special = argot_plain_special(argot_plain_word(from + count - 8), mode);
    for (size_t at = 0; at + 8 <= count; at += 8)
        special |= argot_plain_special(argot_plain_word(from + at), mode);
    memcpy(to, from, count);
    return !special;
#endif
}
