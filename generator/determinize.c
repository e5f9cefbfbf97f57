/* SPDX-License-Identifier: Apache-2.0
 * Counting the states of a DFA by making it (the subset construction), so that what re2c could not take is told before,
 * by counts that are the same on every machine. */
#include "generator/automaton.h"
#include <stdlib.h>
#include <string.h>

#define CLASSES 256
#define SLOTS_FIRST 1024

struct subset {
    uint32_t count, *members; /* ascending; numbers over all automata */
};

struct maker {
    struct argot_arena *arena;
    const struct argot_automaton *const *automata;
    size_t count;
    uint32_t *first;       /* number of the first state of each automaton, and of their end */
    uint8_t class[256];    /* of each byte */
    uint8_t byte[CLASSES]; /* one of each class */
    unsigned nclasses;
    struct subset *subsets;
    uint32_t nsubsets, most;
    uint32_t *slots, nslots; /* hash table of subsets: number + 1 */
    uint32_t *mark, round;   /* of each state: the round it was last put in */
    uint32_t *list, *stack;
    uint32_t nlist;
    uint64_t moves;
    bool over;
    bool partial; /* what is beyond `most` is left untold */
};

/* ---- subsets ---- */

static void
reach(struct maker *m, size_t automaton, uint32_t state)
{
    const struct argot_automaton *a = m->automata[automaton];
    uint32_t depth = 0;
    m->stack[depth++] = state;
    while (depth) {
        uint32_t at = m->stack[--depth], number = m->first[automaton] + at;
        if (m->mark[number] == m->round)
            continue;
        m->mark[number] = m->round;
        m->moves++;
        const struct argot_automaton_state *s = &a->states[at];
        if (at == a->accept || s->set) {
            m->list[m->nlist++] = number;
            continue;
        }
        for (int i = 1; i >= 0; i--)
            if (s->next[i] != ARGOT_AUTOMATON_NONE && m->mark[m->first[automaton] + s->next[i]] != m->round)
                m->stack[depth++] = s->next[i];
    }
}

static size_t
automaton_of(const struct maker *m, uint32_t number)
{
    size_t low = 0, high = m->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        *(m->first[middle] <= number ? &low : &high) = middle;
    }
    return low;
}

static int
compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static bool
grow_slots(struct maker *m)
{
    uint32_t count = m->nslots ? m->nslots * 2 : SLOTS_FIRST;
    uint32_t *slots = argot_arena_zalloc(m->arena, count, sizeof *slots);
    if (!slots)
        return false;
    for (uint32_t i = 0; i < m->nsubsets; i++) {
        uint32_t at = argot_automaton_hash(m->subsets[i].members, m->subsets[i].count) & (count - 1);
        while (slots[at])
            at = (at + 1) & (count - 1);
        slots[at] = i + 1;
    }
    m->slots = slots;
    m->nslots = count;
    return true;
}

/* Adds the list as a subset unless it is there; its number, or ARGOT_AUTOMATON_UNTOLD. */
static uint32_t
add_list(struct maker *m)
{
    qsort(m->list, m->nlist, sizeof *m->list, compare);
    uint32_t at = argot_automaton_hash(m->list, m->nlist) & (m->nslots - 1);
    for (; m->slots[at]; at = (at + 1) & (m->nslots - 1)) {
        const struct subset *other = &m->subsets[m->slots[at] - 1];
        if (other->count == m->nlist && !memcmp(other->members, m->list, m->nlist * sizeof *m->list))
            return m->slots[at] - 1;
    }
    if (m->partial && m->nsubsets == m->most)
        return ARGOT_AUTOMATON_UNTOLD;
    uint32_t *members = m->nsubsets < m->most ? argot_arena_alloc(m->arena, m->nlist * sizeof *members) : NULL;
    if (!members) {
        m->over = true;
        return 0;
    }
    memcpy(members, m->list, m->nlist * sizeof *members);
    m->subsets[m->nsubsets++] = (struct subset){m->nlist, members};
    m->slots[at] = m->nsubsets;
    if (m->nsubsets * 2 > m->nslots && !grow_slots(m))
        m->over = true;
    return m->nsubsets - 1;
}

/* The number of the subset that a byte of the class leads to. */
static uint32_t
move(struct maker *m, const struct subset *from, unsigned class)
{
    m->round++;
    m->nlist = 0;
    size_t automaton = from->count ? automaton_of(m, from->members[0]) : 0;
    for (uint32_t i = 0; i < from->count; i++) {
        while (from->members[i] >= m->first[automaton + 1])
            automaton++;
        const struct argot_automaton *a = m->automata[automaton];
        uint32_t state = from->members[i] - m->first[automaton];
        m->moves++;
        if (state != a->accept && argot_automaton_takes(a->states[state].set, m->byte[class]))
            reach(m, automaton, a->states[state].next[0]);
    }
    return m->nlist ? add_list(m) : ARGOT_AUTOMATON_NONE;
}

static bool
begin(struct maker *m)
{
    uint32_t total = 0;
    m->first = argot_arena_zalloc(m->arena, m->count + 1, sizeof *m->first);
    for (size_t i = 0; m->first && i < m->count; i++) {
        m->first[i] = total;
        total += m->automata[i]->count;
    }
    if (!m->first)
        return false;
    m->first[m->count] = total;
    m->subsets = argot_arena_zalloc(m->arena, m->most + (size_t)1, sizeof *m->subsets);
    m->mark = argot_arena_zalloc(m->arena, total + (size_t)1, sizeof *m->mark);
    m->list = argot_arena_zalloc(m->arena, total + (size_t)1, sizeof *m->list);
    m->stack = argot_arena_zalloc(m->arena, total * (size_t)2 + 2, sizeof *m->stack);
    return m->subsets && m->mark && m->list && m->stack && grow_slots(m);
}

/* The subset of the automata's begins. */
static void
make_first(struct maker *m)
{
    m->nclasses = argot_automaton_classes(m->automata, m->count, NULL, m->class, m->byte);
    m->round = 1;
    for (size_t i = 0; i < m->count; i++)
        reach(m, i, m->automata[i]->start);
    add_list(m);
}

uint32_t
argot_automaton_states(struct argot_arena *scratch, const struct argot_automaton *const *automata, size_t count,
                       uint32_t most)
{
    struct maker maker = {.arena = scratch, .automata = automata, .count = count, .most = most}, *m = &maker;
    if (!begin(m))
        return most + 1;
    make_first(m);
    for (uint32_t i = 0; i < m->nsubsets && !m->over; i++)
        for (unsigned class = 0; class < m->nclasses && !m->over; class ++) {
            move(m, &m->subsets[i], class);
            m->over |= m->moves > ARGOT_REGEX_MAX_MOVES;
        }
    return m->over ? most + 1 : m->nsubsets;
}

/* ---- the DFA itself ---- */

static void
find_accepts(const struct maker *m, struct argot_dfa *dfa)
{
    for (uint32_t state = 0; state < m->nsubsets; state++)
        for (uint32_t i = 0; i < m->subsets[state].count; i++) {
            size_t automaton = automaton_of(m, m->subsets[state].members[i]);
            if (m->subsets[state].members[i] - m->first[automaton] == m->automata[automaton]->accept)
                dfa->accepts[state * dfa->words + automaton / 64] |= UINT64_C(1) << (automaton & 63);
        }
}

static bool
determinize(struct maker *m, struct argot_dfa *dfa)
{
    struct argot_arena *arena = m->arena;
    if (!begin(m))
        return false;
    make_first(m);
    dfa->nclasses = m->nclasses;
    memcpy(dfa->class_of, m->class, sizeof m->class);
    dfa->next = argot_arena_alloc(arena, (size_t)m->most * m->nclasses * sizeof *dfa->next);
    for (uint32_t i = 0; dfa->next && i < m->nsubsets && !m->over; i++)
        for (unsigned class = 0; class < m->nclasses && !m->over; class ++) {
            dfa->next[i * m->nclasses + class] = move(m, &m->subsets[i], class);
            m->over |= m->moves > ARGOT_REGEX_MAX_MOVES;
        }
    dfa->count = m->nsubsets;
    dfa->words = m->count / 64 + 1;
    dfa->accepts = argot_arena_zalloc(arena, m->nsubsets * dfa->words, sizeof *dfa->accepts);
    if (m->over || !dfa->next || !dfa->accepts)
        return false;
    find_accepts(m, dfa);
    return true;
}

bool
argot_automaton_determinize(struct argot_arena *arena, const struct argot_automaton *const *automata, size_t count,
                            uint32_t most, struct argot_dfa *dfa)
{
    struct maker maker = {.arena = arena, .automata = automata, .count = count, .most = most};
    return determinize(&maker, dfa);
}

bool
argot_automaton_determinize_begin(struct argot_arena *arena, const struct argot_automaton *const *automata,
                                  size_t count, uint32_t most, struct argot_dfa *dfa)
{
    struct maker maker = {.arena = arena, .automata = automata, .count = count, .most = most, .partial = true};
    return determinize(&maker, dfa);
}
