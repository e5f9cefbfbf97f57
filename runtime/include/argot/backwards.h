/* SPDX-License-Identifier: Apache-2.0
 * Reading a line from its end leftwards by the tables of a DFA, up to a place from which the rest of a template may
 * fit. What was read stays read: a text whose ends are tried from the right asks again for a place further left. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#define ARGOT_BACKWARDS_FITS 0x8000u /* flag of a state: from its place on the rest may fit */

/* A state is the place of its row in `next`; 0: nothing further left fits. */
struct argot_backwards_table {
    const uint8_t *classes; /* of each byte */
    const uint16_t *next;   /* by state and class */
    uint16_t first;         /* the state at the end of the line */
};

struct argot_backwards {
    const uint8_t *at; /* NULL: not begun */
    unsigned state;
    unsigned ends; /* that were tried one by one */
};

/* The last place from `lowest` to q where the rest may fit, or NULL. */
static __attribute__((noinline, unused)) const uint8_t *
argot_backwards_find(struct argot_backwards *b, const struct argot_backwards_table *table, const uint8_t *lowest,
                     const uint8_t *q, const uint8_t *e)
{
    const uint8_t *at = b->at ? b->at : e;
    unsigned state = b->at ? b->state : table->first;
    while (state && at >= lowest && !(state & ARGOT_BACKWARDS_FITS && at <= q)) {
        if (at == lowest)
            state = 0;
        else
            state = table->next[(state & ~ARGOT_BACKWARDS_FITS) + table->classes[*--at]];
    }
    b->at = at;
    b->state = state;
    return state && at >= lowest ? at : NULL;
}
