/* SPDX-License-Identifier: Apache-2.0
 * The DFA over whole lines as tables: a row for each state, a column for each class of bytes, and one for the end of
 * the line, which gives the number of the list of templates that may fit, from 1; 0: none. */
#include "generator/whole_lines.h"
#include "generator/automaton.h"
#include "generator/language.h"
#include <string.h>

struct lines {
    struct argot_gen *gen;
    struct argot_gen_lexer *lexer;
    struct argot_arena *arena;
    struct argot_dfa dfa;
    uint64_t *lists; /* sets of templates, of which the last is that of all */
    size_t nlists;
    uint16_t *answer;       /* of each state: the number of its list, from 1; 0: none fits */
    uint16_t *block, *part; /* of each state: the number of the row that it shares with others */
    unsigned nblocks;
};

static void *
allocate(struct argot_arena *arena, size_t count, size_t size)
{
    void *memory = argot_arena_zalloc(arena, count + 1, size);
    if (!memory)
        argot_gen_out_of_memory();
    return memory;
}

/* ---- the automata of the templates ---- */

static bool
make_dfa(struct lines *l)
{
    size_t count = l->lexer->abi.ntemplates;
    const struct argot_automaton **automata = allocate(l->arena, count, sizeof(const struct argot_automaton *));
    struct argot_gen_language language = {.arena = l->arena,
                                          .gen = l->gen,
                                          .reading = ARGOT_GEN_MAYBE,
                                          .dest = ARGOT_NONE,
                                          .close = true,
                                          .blanks_behind = true};
    for (size_t i = 0; i < count; i++) {
        automata[i] = argot_gen_language(&language, l->lexer->trees[i].tree);
        if (!automata[i])
            return false;
    }
    return argot_automaton_determinize(l->arena, automata, count, ARGOT_GEN_LINE_STATES_MADE, &l->dfa);
}

/* ---- which templates may fit where a line ends ---- */

static bool
is_none(const struct lines *l, const uint64_t *set)
{
    for (size_t i = 0; i < l->dfa.words; i++)
        if (set[i])
            return false;
    return true;
}

/* The number of a set of templates among the lists, from 1. There are no more lists than templates; where they are used
 * up, all templates stand for it. */
static uint16_t
list_of(struct lines *l, const uint64_t *set)
{
    size_t bytes = l->dfa.words * sizeof *set, most = l->lexer->abi.ntemplates;
    for (size_t i = 0; i < l->nlists; i++)
        if (!memcmp(l->lists + i * l->dfa.words, set, bytes))
            return (uint16_t)(i + 1);
    if (l->nlists + 1 == most)
        return (uint16_t)most;
    memcpy(l->lists + l->nlists * l->dfa.words, set, bytes);
    return (uint16_t)++l->nlists;
}

static void
find_answers(struct lines *l)
{
    size_t most = l->lexer->abi.ntemplates;
    l->answer = allocate(l->arena, l->dfa.count, sizeof *l->answer);
    l->lists = allocate(l->arena, (most + 1) * l->dfa.words, sizeof *l->lists);
    for (size_t i = 0; i < most; i++)
        l->lists[(most - 1) * l->dfa.words + i / 64] |= UINT64_C(1) << (i & 63);
    for (uint32_t state = 0; state < l->dfa.count; state++) {
        const uint64_t *set = l->dfa.accepts + state * l->dfa.words;
        l->answer[state] = is_none(l, set) ? 0 : list_of(l, set);
    }
}

/* ---- states that differ in nothing are one ---- */

static unsigned
block_behind(const struct lines *l, uint32_t state, unsigned class)
{
    uint32_t to = l->dfa.next[state * l->dfa.nclasses + class];
    return to == ARGOT_AUTOMATON_NONE ? UINT16_MAX : l->block[to];
}

static bool
are_alike(const struct lines *l, uint32_t one, uint32_t other)
{
    if (l->block[one] != l->block[other])
        return false;
    for (unsigned class = 0; class < l->dfa.nclasses; class ++)
        if (block_behind(l, one, class) != block_behind(l, other, class))
            return false;
    return true;
}

/* Splits the blocks once; false where there are too many. */
static bool
split_blocks(struct lines *l, uint32_t *first)
{
    unsigned count = 0;
    for (uint32_t i = 0; i < l->dfa.count; i++) {
        unsigned k = 0;
        while (k < count && !are_alike(l, first[k], i))
            k++;
        if (k == ARGOT_GEN_LINE_STATES_MAX)
            return false;
        if (k == count)
            first[count++] = i;
        l->part[i] = (uint16_t)k;
    }
    memcpy(l->block, l->part, l->dfa.count * sizeof *l->block);
    l->nblocks = count;
    return true;
}

static bool
find_blocks(struct lines *l)
{
    l->block = allocate(l->arena, l->dfa.count, sizeof *l->block);
    l->part = allocate(l->arena, l->dfa.count, sizeof *l->part);
    uint32_t *first = allocate(l->arena, ARGOT_GEN_LINE_STATES_MAX, sizeof *first);
    memcpy(l->block, l->answer, l->dfa.count * sizeof *l->block);
    for (unsigned before = 0;; before = l->nblocks) {
        if (!split_blocks(l, first))
            return false;
        if (before == l->nblocks)
            return (l->nblocks + 1) * (l->dfa.nclasses + 1) <= ARGOT_GEN_LINE_CELLS_MAX;
    }
}

/* ---- C ---- */

static void
write_rows(const struct lines *l, struct argot_buffer *out)
{
    unsigned width = l->dfa.nclasses + 1;
    for (unsigned class = 0; class < width; class ++)
        argot_buffer_append_text(out, "0,"); /* where nothing fits any more */
    for (unsigned block = 0; block < l->nblocks; block++) {
        uint32_t state = 0;
        while (l->block[state] != block)
            state++;
        for (unsigned class = 0; class < l->dfa.nclasses; class ++) {
            unsigned to = block_behind(l, state, class);
            argot_buffer_printf(out, "%u,", to == UINT16_MAX ? 0 : to + 1);
        }
        argot_buffer_printf(out, "%u,", l->answer[state]);
    }
}

static void
write_decide(const struct lines *l, struct argot_buffer *out)
{
    unsigned number = l->lexer->number, width = l->dfa.nclasses + 1;
    argot_buffer_printf(out, "static const uint8_t lexer_%u_classes[256] = {", number);
    for (unsigned byte = 0; byte < 256; byte++)
        argot_buffer_printf(out, "%u,", l->dfa.class_of[byte]);
    argot_buffer_printf(out, "};\nstatic const uint16_t lexer_%u_rows[] = {", number);
    write_rows(l, out);
    argot_buffer_printf(out,
                        "};\nstatic int\nlexer_%u_decide(const uint8_t *p)\n{\n    size_t state = %u;\n"
                        "    for (; *p != '\\n' && state; p++)\n"
                        "        state = lexer_%u_rows[state * %u + lexer_%u_classes[*p]];\n"
                        "    return (int)lexer_%u_rows[state * %u + %u] - 1;\n}\n\n",
                        number, l->block[0] + 1u, number, width, number, number, width, l->dfa.nclasses);
}

static void
write_lists(const struct lines *l, struct argot_buffer *out)
{
    unsigned number = l->lexer->number, most = l->lexer->abi.ntemplates;
    for (unsigned i = 0; i <= most; i++) {
        argot_buffer_printf(out, "static const uint16_t lexer_%u_list_%u[] = {", number, i);
        for (unsigned k = 0; i < most && k < most; k++)
            if (l->lists[i * l->dfa.words + k / 64] >> (k & 63) & 1)
                argot_buffer_printf(out, "%u, ", k);
        argot_buffer_append_text(out, "ARGOT_NONE};\n");
    }
    argot_buffer_printf(out, "static const uint16_t *const lexer_%u_lists[] = {", number);
    for (unsigned i = 0; i <= most; i++)
        argot_buffer_printf(out, "lexer_%u_list_%u, ", number, i);
    argot_buffer_append_text(out, "};\n\n");
}

bool
argot_gen_emit_lines(struct argot_gen *gen, struct argot_gen_lexer *lexer, struct argot_buffer *out)
{
    struct argot_arena arena;
    argot_arena_init(&arena, gen->seam, 0);
    struct lines l = {.gen = gen, .lexer = lexer, .arena = &arena};
    bool good = make_dfa(&l);
    if (good)
        find_answers(&l);
    good = good && find_blocks(&l);
    if (good) {
        write_decide(&l, out);
        write_lists(&l, out);
        lexer->gear = ARGOT_GEN_GEAR_LINES;
        lexer->abi.states = lexer->line_states = l.nblocks;
    }
    argot_arena_finish(&arena);
    return good;
}
