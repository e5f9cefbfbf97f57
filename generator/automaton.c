/* SPDX-License-Identifier: Apache-2.0
 * Nondeterministic automata of regular expressions (Thompson's construction), and the walk over the product of two. */
#include "generator/automaton.h"
#include <string.h>

uint32_t
argot_automaton_add(struct argot_arena *arena, struct argot_automaton *a, const struct argot_regex *set, uint32_t one,
                    uint32_t two)
{
    if (a->count == a->capacity) {
        uint32_t capacity = a->capacity ? a->capacity * 2 : 64;
        struct argot_automaton_state *grown =
            capacity > ARGOT_REGEX_MAX_STATES * 2 ? NULL : argot_arena_zalloc(arena, capacity, sizeof *grown);
        if (!grown) {
            a->failed = true;
            return 0;
        }
        if (a->count)
            memcpy(grown, a->states, a->count * sizeof *grown);
        a->states = grown;
        a->capacity = capacity;
    }
    a->states[a->count] = (struct argot_automaton_state){.set = set, .next = {one, two}};
    return a->count++;
}

/* Builds backwards: the states of regex that go on to `next`; returns the first. */
uint32_t
argot_automaton_prepend(struct argot_arena *arena, struct argot_automaton *a, const struct argot_regex *regex,
                        uint32_t next)
{
    if (a->failed || a->count > ARGOT_REGEX_MAX_STATES) {
        a->failed = true;
        return 0;
    }
    switch (regex->kind) {
    case ARGOT_REGEX_EMPTY:
        return next;
    case ARGOT_REGEX_SET:
        return argot_automaton_add(arena, a, regex, next, ARGOT_AUTOMATON_NONE);
    case ARGOT_REGEX_CONCAT:
        return argot_automaton_prepend(arena, a, regex->left, argot_automaton_prepend(arena, a, regex->right, next));
    case ARGOT_REGEX_ALTERNATE: {
        uint32_t left = argot_automaton_prepend(arena, a, regex->left, next),
                 right = argot_automaton_prepend(arena, a, regex->right, next);
        return argot_automaton_add(arena, a, NULL, left, right);
    }
    case ARGOT_REGEX_REPEAT:
        if (regex->max == UINT32_MAX) {
            uint32_t loop = argot_automaton_add(arena, a, NULL, ARGOT_AUTOMATON_NONE, next);
            uint32_t body = argot_automaton_prepend(arena, a, regex->left, loop);
            if (!a->failed)
                a->states[loop].next[0] = body;
            next = loop;
        } else {
            for (uint32_t i = regex->min; i < regex->max && !a->failed; i++)
                next = argot_automaton_add(arena, a, NULL, argot_automaton_prepend(arena, a, regex->left, next), next);
        }
        for (uint32_t i = 0; i < regex->min && !a->failed; i++)
            next = argot_automaton_prepend(arena, a, regex->left, next);
        return next;
    }
    return next;
}

const struct argot_automaton *
argot_automaton_build(struct argot_arena *arena, const struct argot_regex *regex)
{
    struct argot_automaton *a = argot_arena_zalloc(arena, 1, sizeof *a);
    if (!a)
        return NULL;
    a->accept = argot_automaton_add(arena, a, NULL, ARGOT_AUTOMATON_NONE, ARGOT_AUTOMATON_NONE);
    a->start = argot_automaton_prepend(arena, a, regex, a->accept);
    return a->failed ? NULL : a;
}

/* Adds a state and those that it leads to without a byte to the front; true when the end is among them. */
static bool
reach(const struct argot_automaton *a, uint32_t state, bool *front)
{
    if (state == ARGOT_AUTOMATON_NONE || front[state])
        return false;
    front[state] = true;
    if (state == a->accept)
        return true;
    bool end = !a->states[state].set && reach(a, a->states[state].next[0], front);
    return (!a->states[state].set && reach(a, a->states[state].next[1], front)) || end;
}

bool
argot_automaton_begin(struct argot_arena *arena, const struct argot_automaton *a, uint64_t (*sets)[4], unsigned count)
{
    bool *front = argot_arena_zalloc(arena, a->count, 1), *next = argot_arena_zalloc(arena, a->count, 1);
    if (!front || !next)
        return false;
    bool end = reach(a, a->start, front);
    for (unsigned place = 0; place < count; place++) {
        bool end_next = end;
        memset(next, 0, a->count);
        if (end) /* behind the match anything may stand */
            memset(sets[place], 0xff, sizeof sets[place]);
        for (uint32_t i = 0; i < a->count; i++) {
            if (!front[i] || !a->states[i].set)
                continue;
            for (unsigned k = 0; k < 4; k++)
                sets[place][k] |= a->states[i].set->set[k];
            end_next |= reach(a, a->states[i].next[0], next);
        }
        bool *swap = front;
        front = next;
        next = swap;
        end = end_next;
    }
    return true;
}

static bool
meet(const struct argot_regex *a, const struct argot_regex *b)
{
    return (a->set[0] & b->set[0]) | (a->set[1] & b->set[1]) | (a->set[2] & b->set[2]) | (a->set[3] & b->set[3]);
}

struct walk {
    const struct argot_automaton *a, *b;
    uint8_t *seen;
    uint32_t *stack;
    size_t depth;
};

static void
visit(struct walk *walk, uint32_t x, uint32_t y)
{
    if (x == ARGOT_AUTOMATON_NONE || y == ARGOT_AUTOMATON_NONE)
        return;
    size_t pair = (size_t)x * walk->b->count + y;
    if (walk->seen[pair >> 3] >> (pair & 7) & 1)
        return;
    walk->seen[pair >> 3] |= (uint8_t)(1u << (pair & 7));
    walk->stack[walk->depth++] = (uint32_t)pair;
}

bool
argot_automaton_overlap(struct argot_arena *arena, const struct argot_automaton *a, const struct argot_automaton *b,
                        uint64_t *steps)
{
    size_t pairs = (size_t)a->count * b->count;
    if (pairs > ARGOT_REGEX_MAX_PAIRS || !*steps)
        return true;
    struct walk walk = {a, b, argot_arena_zalloc(arena, pairs / 8 + 1, 1), argot_arena_alloc(arena, pairs * 4), 0};
    if (!walk.seen || !walk.stack)
        return true;
    visit(&walk, a->start, b->start);
    while (walk.depth) {
        if (!--*steps)
            return true;
        uint32_t pair = walk.stack[--walk.depth], x = pair / b->count, y = pair % b->count;
        if (x == a->accept || y == b->accept)
            return true;
        const struct argot_automaton_state *s = &a->states[x], *t = &b->states[y];
        if (!s->set) {
            visit(&walk, s->next[0], y);
            visit(&walk, s->next[1], y);
        } else if (!t->set) {
            visit(&walk, x, t->next[0]);
            visit(&walk, x, t->next[1]);
        } else if (meet(s->set, t->set)) {
            visit(&walk, s->next[0], t->next[0]);
        }
    }
    return false;
}

/* ---- classes of bytes ---- */

/* Splits the classes by one set. */
static unsigned
split(uint8_t class_of[256], unsigned count, const struct argot_regex *set)
{
    uint16_t other[256] = {0}; /* the part of each class that is in the set; 0: not met yet */
    bool outside[256] = {false};
    for (unsigned byte = 0; byte < 256; byte++)
        if (!argot_automaton_takes(set, byte))
            outside[class_of[byte]] = true;
    for (unsigned byte = 0; byte < 256; byte++) {
        unsigned old = class_of[byte];
        if (!argot_automaton_takes(set, byte) || !outside[old])
            continue;
        if (!other[old])
            other[old] = (uint16_t)count++;
        class_of[byte] = (uint8_t)other[old];
    }
    return count;
}

unsigned
argot_automaton_classes(const struct argot_automaton *const *automata, size_t count, const char *liked,
                        uint8_t class_of[256], uint8_t byte_of[256])
{
    const uint64_t *last = NULL;
    unsigned classes = 1;
    memset(class_of, 0, 256);
    for (size_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < automata[i]->count && classes < 256; k++) {
            const struct argot_regex *set = automata[i]->states[k].set;
            if (!set || (last && !memcmp(last, set->set, sizeof set->set)))
                continue;
            last = set->set;
            classes = split(class_of, classes, set);
        }
    for (unsigned byte = 0; byte < 256; byte++)
        byte_of[class_of[byte]] = (uint8_t)byte;
    for (size_t i = liked ? strlen(liked) : 0; i; i--)
        byte_of[class_of[(uint8_t)liked[i - 1]]] = (uint8_t)liked[i - 1];
    return classes;
}
