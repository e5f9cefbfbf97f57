/* SPDX-License-Identifier: Apache-2.0
 * The DFA that reads a rest of a template backwards: the subset construction over the automaton of the rest, with its
 * moves turned round, and the tables of it as C. */
#include "generator/backwards.h"
#include "generator/automaton.h"
#include "generator/dead_ends.h"
#include "generator/language.h"
#include "generator/text_point.h"
#include "argot/backwards.h"
#include <string.h>

#define SLOTS 8192 /* of the hash table: more than twice ARGOT_GEN_BACKWARDS_MADE */

/* A set of the automaton's states: those from which what was read leads to its end. */
struct maker {
    struct argot_arena *arena;
    const struct argot_automaton *a;
    size_t words; /* of a set */
    uint8_t class_of[256], byte_of[256];
    unsigned nclasses, newline; /* a class of its own: automata have no newline, pieces may */
    uint64_t *sets[ARGOT_GEN_BACKWARDS_MADE];
    uint16_t *next[ARGOT_GEN_BACKWARDS_MADE]; /* by class */
    uint16_t slots[SLOTS];                    /* numbers of states by the hashes of their sets; 0: none */
    unsigned count;                           /* of states */
    uint16_t block[ARGOT_GEN_BACKWARDS_MADE]; /* the number of each among those that are kept */
    unsigned kept;
};

enum { DEAD, UNKNOWN, FIRST }; /* UNKNOWN: behind a newline, where anything may fit */

static bool
has(const uint64_t *set, uint32_t state)
{
    return set[state / 64] >> (state & 63) & 1;
}

static bool
add(uint64_t *set, uint32_t state)
{
    bool is_new = !has(set, state);
    set[state / 64] |= UINT64_C(1) << (state & 63);
    return is_new;
}

/* Adds all states that lead to the set without a byte. */
static void
close_set(const struct maker *m, uint64_t *set)
{
    const struct argot_automaton *a = m->a;
    for (bool grown = true; grown;) {
        grown = false;
        for (uint32_t i = 0; i < a->count; i++)
            for (unsigned k = 0; !a->states[i].set && k < 2; k++)
                if (a->states[i].next[k] != ARGOT_AUTOMATON_NONE && has(set, a->states[i].next[k]))
                    grown |= add(set, i);
    }
}

static bool
is_empty(const struct maker *m, const uint64_t *set)
{
    for (size_t i = 0; i < m->words; i++)
        if (set[i])
            return false;
    return true;
}

static uint32_t
hash(const struct maker *m, const uint64_t *set)
{
    uint64_t value = 0;
    for (size_t i = 0; i < m->words; i++)
        value = (value ^ set[i]) * UINT64_C(0x9e3779b97f4a7c15) ^ value >> 29;
    return (uint32_t)(value >> 32);
}

static unsigned
add_state(struct maker *m, uint64_t *set)
{
    m->next[m->count] = argot_arena_zalloc(m->arena, m->nclasses, sizeof **m->next);
    if (!m->next[m->count])
        argot_gen_out_of_memory();
    m->sets[m->count] = set;
    return m->count++;
}

/* The number of the state that stands for a set; a new one unless it is known, and ARGOT_GEN_BACKWARDS_MADE where there
 * are too many. */
static unsigned
state_of(struct maker *m, uint64_t *set)
{
    if (is_empty(m, set))
        return DEAD;
    uint32_t at = hash(m, set) % SLOTS;
    for (; m->slots[at]; at = (at + 1) % SLOTS)
        if (!memcmp(m->sets[m->slots[at]], set, m->words * sizeof *set))
            return m->slots[at];
    if (m->count == ARGOT_GEN_BACKWARDS_MADE)
        return ARGOT_GEN_BACKWARDS_MADE;
    m->slots[at] = (uint16_t)m->count;
    return add_state(m, set);
}

static uint64_t *
new_set(struct maker *m)
{
    uint64_t *set = argot_arena_zalloc(m->arena, m->words, sizeof *set);
    if (!set)
        argot_gen_out_of_memory();
    return set;
}

static unsigned
step(struct maker *m, const uint64_t *from, uint8_t byte)
{
    uint64_t *to = new_set(m);
    const struct argot_automaton *a = m->a;
    for (uint32_t i = 0; i < a->count; i++)
        if (a->states[i].set && argot_automaton_takes(a->states[i].set, byte) && has(from, a->states[i].next[0]))
            add(to, i);
    close_set(m, to);
    return state_of(m, to);
}

static void
find_classes(struct maker *m)
{
    m->nclasses = argot_automaton_classes(&m->a, 1, NULL, m->class_of, m->byte_of);
    m->newline = m->nclasses++;
    m->class_of['\n'] = (uint8_t)m->newline;
    for (unsigned byte = 0; byte < 256; byte++)
        if (byte != '\n')
            m->byte_of[m->class_of[byte]] = (uint8_t)byte;
}

/* False where there are too many states. */
static bool
determinize(struct maker *m)
{
    uint64_t *first = new_set(m);
    while (m->count < FIRST)
        add_state(m, NULL);
    add(first, m->a->accept);
    close_set(m, first);
    state_of(m, first);
    for (unsigned class = 0; class < m->nclasses; class ++)
        m->next[UNKNOWN][class] = UNKNOWN;
    for (unsigned i = FIRST; i < m->count; i++)
        for (unsigned class = 0; class < m->nclasses; class ++) {
            unsigned to = class == m->newline ? (unsigned)UNKNOWN : step(m, m->sets[i], m->byte_of[class]);
            if (to == ARGOT_GEN_BACKWARDS_MADE)
                return false;
            m->next[i][class] = (uint16_t)to;
        }
    return true;
}

/* ---- states that differ in nothing are one ---- */

static bool
fits(const struct maker *m, unsigned state)
{
    return state == UNKNOWN || (state >= FIRST && has(m->sets[state], m->a->start));
}

static bool
are_alike(const struct maker *m, unsigned one, unsigned other)
{
    if (m->block[one] != m->block[other])
        return false;
    for (unsigned class = 0; class < m->nclasses; class ++)
        if (m->block[m->next[one][class]] != m->block[m->next[other][class]])
            return false;
    return true;
}

/* Splits the blocks once, so that the states of each go on to the same blocks. False where there are too many. */
static bool
split_blocks(struct maker *m, uint16_t *split)
{
    unsigned first[ARGOT_GEN_BACKWARDS_STATES], count = 0; /* of each block */
    for (unsigned i = 0; i < m->count; i++) {
        unsigned k = 0;
        while (k < count && !are_alike(m, first[k], i))
            k++;
        if (k == ARGOT_GEN_BACKWARDS_STATES)
            return false;
        if (k == count)
            first[count++] = i;
        split[i] = (uint16_t)k;
    }
    memcpy(m->block, split, m->count * sizeof *split);
    m->kept = count;
    return true;
}

static bool
find_blocks(struct maker *m)
{
    uint16_t *split = argot_arena_alloc(m->arena, m->count * sizeof *split);
    if (!split)
        argot_gen_out_of_memory();
    for (unsigned i = 0; i < m->count; i++)
        m->block[i] = i == DEAD ? 0 : fits(m, i) ? 1 : 2;
    for (unsigned before = 0;; before = m->kept) {
        if (!split_blocks(m, split))
            return false;
        if (before == m->kept)
            return m->kept * m->nclasses < ARGOT_BACKWARDS_FITS;
    }
}

/* ---- tables ---- */

static unsigned
row_of(const struct maker *m, unsigned state)
{
    return m->block[state] * m->nclasses | (fits(m, state) ? ARGOT_BACKWARDS_FITS : 0);
}

static void
write_rows(const struct maker *m, struct argot_buffer *out)
{
    for (unsigned block = 0, state = 0; block < m->kept; block++, state = 0) {
        while (m->block[state] != block)
            state++;
        for (unsigned class = 0; class < m->nclasses; class ++)
            argot_buffer_printf(out, "%u,", row_of(m, m->next[state][class]));
    }
}

static void
write_tables(const struct maker *m, unsigned lexer, unsigned number, struct argot_buffer *out)
{
    argot_buffer_printf(out, "static const uint8_t classes_%u_%u[256] = {", lexer, number);
    for (unsigned byte = 0; byte < 256; byte++)
        argot_buffer_printf(out, "%u,", m->class_of[byte]);
    argot_buffer_printf(out, "};\nstatic const uint16_t next_%u_%u[] = {", lexer, number);
    write_rows(m, out);
    argot_buffer_printf(out,
                        "};\nstatic const struct argot_backwards_table behind_%u_%u = {classes_%u_%u, next_%u_%u, "
                        "%u};\n\n",
                        lexer, number, lexer, number, lexer, number, row_of(m, FIRST));
}

/* ---- the rests of a lexer ---- */

static void
make(struct argot_gen_backwards *backwards, struct argot_gen_backward *backward, const struct argot_gen_rest *behind,
     struct argot_buffer *out)
{
    struct argot_arena arena;
    argot_arena_init(&arena, backwards->gen->seam, 0);
    struct argot_gen_language language = {
        .arena = &arena, .gen = backwards->gen, .reading = ARGOT_GEN_MAYBE, .dest = ARGOT_NONE, .close = true};
    const struct argot_automaton *a = argot_gen_language_rest(&language, behind);
    struct maker *m = a ? argot_arena_zalloc(&arena, 1, sizeof *m) : NULL;
    if (a && !m)
        argot_gen_out_of_memory();
    backward->why = a ? ARGOT_GEN_BACKWARD_STATES : ARGOT_GEN_BACKWARD_UNTOLD;
    if (m && a->count <= ARGOT_GEN_BACKWARDS_NFA) {
        m->arena = &arena;
        m->a = a;
        m->words = a->count / 64 + 1;
        find_classes(m);
        if (m->nclasses < UINT8_MAX && determinize(m) && find_blocks(m)) {
            backward->why = ARGOT_GEN_BACKWARD_TABLES;
            backward->states = m->kept;
            write_tables(m, backwards->lexer, (unsigned)(backward - backwards->list), out);
        }
    }
    argot_arena_finish(&arena);
}

static struct argot_gen_backward *
find(const struct argot_gen_backwards *backwards, const struct argot_buffer *rest)
{
    for (unsigned i = 0; !rest->failed && i < backwards->count; i++)
        if (backwards->list[i].length == rest->length && !memcmp(backwards->list[i].rest, rest->bytes, rest->length))
            return &backwards->list[i];
    return NULL;
}

static void
count(struct argot_gen *gen, const struct argot_gen_backward *backward)
{
    gen->text_ends[backward->why]++;
    if (backward->states > gen->text_states)
        gen->text_states = backward->states;
}

static void
note(struct argot_gen_backwards *backwards, const struct argot_gen_rest *behind, struct argot_buffer *out)
{
    struct argot_buffer rest;
    argot_gen_dead_ends_describe(backwards->gen, behind, &rest);
    if (rest.length && !rest.failed && !find(backwards, &rest) && backwards->count < ARGOT_GEN_BACKWARDS_MAX) {
        struct argot_gen_backward *backward = &backwards->list[backwards->count++];
        *backward = (struct argot_gen_backward){.length = rest.length};
        backward->rest =
            (const uint8_t *)argot_arena_copy(backwards->gen->arena, (const char *)rest.bytes, rest.length);
        make(backwards, backward, behind, out);
        count(backwards->gen, backward);
    }
    argot_buffer_finish(&rest);
}

static bool
is_choice(const struct argot_gen_element *element, const struct argot_gen_rest *behind)
{
    struct argot_gen_follow follow = {0};
    if (element->kind != ARGOT_GEN_FIELD || !argot_gen_is_text(element))
        return false;
    argot_gen_follow_of(&follow, behind);
    return (follow.count || follow.has_set) && argot_gen_text_point_by_choice(&follow);
}

static void
visit(struct argot_gen_backwards *backwards, const struct argot_gen_sequence *sequence,
      const struct argot_gen_rest *outer, struct argot_buffer *out)
{
    for (size_t i = 0; i < sequence->count; i++) {
        const struct argot_gen_element *element = sequence->elements[i];
        struct argot_gen_rest behind = {sequence, i + 1, outer};
        if (is_choice(element, &behind))
            note(backwards, &behind, out);
        for (size_t a = 0; element->kind == ARGOT_GEN_GROUP && a < element->nalternatives; a++)
            visit(backwards, element->alternatives[a], &behind, out);
    }
}

void
argot_gen_emit_backwards(struct argot_gen *gen, const struct argot_gen_lexer *lexer,
                         struct argot_gen_backwards *backwards, struct argot_buffer *out)
{
    *backwards = (struct argot_gen_backwards){.gen = gen, .lexer = lexer->number};
    if (gen->texts_gear == ARGOT_GEN_TEXTS_FORWARD)
        return;
    backwards->list = argot_gen_alloc(gen, ARGOT_GEN_BACKWARDS_MAX, sizeof *backwards->list);
    for (uint16_t i = 0; i < lexer->abi.ntemplates; i++)
        visit(backwards, lexer->trees[i].tree, NULL, out);
}

/* ---- in an extractor ---- */

/* The number of the tables for a rest, or -1. */
static int
number_of(const struct argot_gen_backwards *backwards, const struct argot_gen_rest *behind)
{
    struct argot_buffer rest;
    argot_gen_dead_ends_describe(backwards->gen, behind, &rest);
    const struct argot_gen_backward *found = find(backwards, &rest);
    argot_buffer_finish(&rest);
    return found && found->why == ARGOT_GEN_BACKWARD_TABLES ? (int)(found - backwards->list) : -1;
}

static void
write_find(const struct argot_gen_backwards *backwards, unsigned number, unsigned reader, const char *lowest,
           const char *dies, struct argot_buffer *out)
{
    argot_buffer_printf(out,
                        "!(q = argot_backwards_find(&x%u, &behind_%u_%u, %s, q, e))) {\n%s        goto back;\n    }\n",
                        reader, backwards->lexer, number, lowest, dies);
}

bool
argot_gen_write_backwards_begin(const struct argot_gen_backwards *backwards, const struct argot_gen_rest *behind,
                                unsigned reader, const char *lowest, const char *dies, struct argot_buffer *out)
{
    int number = number_of(backwards, behind);
    if (number < 0)
        return false;
    argot_buffer_printf(out, "    x%u.at = NULL;\n    x%u.ends = 0;\n", reader, reader);
    if (backwards->gen->texts_gear == ARGOT_GEN_TEXTS_BACKWARDS) {
        argot_buffer_append_text(out, "    if (");
        write_find(backwards, (unsigned)number, reader, lowest, dies, out);
    }
    return true;
}

void
argot_gen_write_backwards_on(const struct argot_gen_backwards *backwards, const struct argot_gen_rest *behind,
                             unsigned reader, const char *lowest, const char *dies, struct argot_buffer *out)
{
    int number = number_of(backwards, behind);
    if (number < 0)
        return;
    argot_buffer_append_text(out, "    if (");
    if (backwards->gen->texts_gear != ARGOT_GEN_TEXTS_BACKWARDS)
        argot_buffer_printf(out, "++x%u.ends >= %u && ", reader, ARGOT_GEN_TEXT_ENDS);
    write_find(backwards, (unsigned)number, reader, lowest, dies, out);
}
