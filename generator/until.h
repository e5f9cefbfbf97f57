/* SPDX-License-Identifier: Apache-2.0
 * Texts in which none of some words stands, and of which no end begins one: what a string field surely takes before a
 * word that ends it. */
#pragma once
#include "generator/automaton.h"

#define ARGOT_UNTIL_NODES 400 /* bytes of all words together; with more it cannot be told */

struct argot_until {
    uint64_t set[4]; /* bytes that may stand in it */
    size_t count;    /* of words, none of which is empty */
    struct {
        const char *text;
        size_t length;
    } words[24];
    const char *begin; /* a byte that the text begins with, or NULL */
    bool not_empty;
    bool any_end; /* its end may begin a word */
};

/* Puts it before `next`; ARGOT_AUTOMATON_NONE where there is no such text, or too many bytes in the words. */
uint32_t argot_until_prepend(struct argot_arena *arena, struct argot_automaton *a, const struct argot_until *until,
                             uint32_t next);
