/* SPDX-License-Identifier: Apache-2.0
 * The steps of a machine, between the file that makes them and the file that runs them. */
#pragma once
#include "correlate/judge_machine.h"

enum machine_op {
    MACHINE_BYTE,   /* this byte */
    MACHINE_SET,    /* a byte of set number x */
    MACHINE_SPLIT,  /* on to x, and if that fails to y */
    MACHINE_JUMP,   /* on to x */
    MACHINE_SAVE,   /* the place is begin or end x of a group */
    MACHINE_MARK,   /* a round begins of a loop whose body may be empty; x: how deep it is nested, from 0 */
    MACHINE_ROUND,  /* its end: on to y if the round took nothing, else to the next step */
    MACHINE_ASSERT, /* byte: enum machine_assert */
    MACHINE_MATCH,
};

enum machine_assert {
    MACHINE_BEGIN,      /* ^ \A */
    MACHINE_LINE_BEGIN, /* ^ with m: not behind a newline that ends the text */
    MACHINE_END,        /* $ \z */
    MACHINE_LINE_END,   /* $ with m */
    MACHINE_LAST_END,   /* \Z: the end, or a newline that is the last byte */
    MACHINE_WORD,       /* \b */
    MACHINE_NO_WORD,    /* \B */
};

struct machine_step {
    uint8_t op, byte;
    uint32_t x, y;
};

#define MACHINE_GROUPS 4 /* begin and end of the whole, of the first group */

struct machine_set {
    uint8_t bits[32];
};

/* What is left of an expression while it is read. */
struct machine_text {
    const uint8_t *at, *end;
    bool fold;
};

struct argot_judge_machine {
    uint32_t count;
    uint32_t depth; /* of loops with MARK and ROUND */
    const struct machine_step *steps;
    const struct machine_set *sets;
    bool anywhere;            /* it may match without a byte, so that every place must be tried */
    bool anchored;            /* it begins where the text does */
    bool skips;               /* something is repeated no time */
    struct machine_set first; /* bytes that a match may begin with, unless `anywhere` */
};

static inline bool
machine_has(const struct machine_set *set, uint8_t byte)
{
    return set->bits[byte >> 3] >> (byte & 7) & 1;
}

static inline bool
machine_is_word(uint8_t byte)
{
    return (uint8_t)(byte - '0') < 10 || (uint8_t)((byte | 0x20) - 'a') < 26 || byte == '_';
}

static inline bool
machine_at(const struct machine_text *text, char byte)
{
    return text->at < text->end && *text->at == (uint8_t)byte;
}

/* ---- judge_class.c ---- */
void argot_judge_class_add(struct machine_set *set, unsigned from, unsigned to);
void argot_judge_class_turn(struct machine_set *set); /* into its complement */
void argot_judge_class_join(struct machine_set *set, const struct machine_set *other);
/* \d \w \s \h \v and their opposites. */
struct machine_set argot_judge_class_escape(uint8_t letter);
/* Behind a backslash. True: *letter is the byte that it stands for; else that of a class or an assertion. */
bool argot_judge_class_read_escape(struct machine_text *text, bool in_class, uint8_t *letter);
/* A class in brackets. */
struct machine_set argot_judge_class_read(struct machine_text *text);
