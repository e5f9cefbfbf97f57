/* SPDX-License-Identifier: Apache-2.0
 * The DFA of what lines begin with as tables: the states that the fewest bytes lead to, each with a row; behind them
 * all is taken to fit. */
#include "generator/begins.h"
#include "generator/automaton.h"
#include "generator/language.h"

/* Whether the messages of a template may stand on the bare line: there is no envelope there that gives a field, and of
 * the format's own none has a value before a template fits, unless there is a head. */
static bool
may_stand_alone(const struct argot_gen *gen, const struct argot_gen_lexer *lexer, size_t template)
{
    const struct argot_condition *when = &gen->normalizer.messages[lexer->abi.templates[template].message].when;
    for (uint16_t i = 0; !gen->head && i < when->count; i++) {
        const struct argot_term *term = &when->terms[i];
        bool field = term->source.kind == ARGOT_SOURCE_FIELD || term->source.kind == ARGOT_SOURCE_DEST;
        if (field && (term->test == ARGOT_TEST_ONE_OF || term->test == ARGOT_TEST_PRESENT))
            return false;
    }
    return true;
}

static bool
make_dfa(struct argot_gen *gen, const struct argot_gen_lexer *lexer, struct argot_arena *arena, struct argot_dfa *dfa)
{
    size_t count = 0;
    const struct argot_automaton **automata =
        argot_arena_zalloc(arena, lexer->abi.ntemplates + (size_t)1, sizeof(const struct argot_automaton *));
    if (!automata)
        argot_gen_out_of_memory();
    struct argot_gen_language language = {.arena = arena,
                                          .gen = gen,
                                          .reading = ARGOT_GEN_MAYBE,
                                          .dest = ARGOT_NONE,
                                          .close = true,
                                          .blanks_behind = true};
    for (size_t i = 0; i < lexer->abi.ntemplates; i++) {
        if (!may_stand_alone(gen, lexer, i))
            continue;
        automata[count] = argot_gen_language(&language, lexer->trees[i].tree);
        if (!automata[count++])
            return false;
    }
    return count && argot_automaton_determinize_begin(arena, automata, count, ARGOT_GEN_BEGINS_STATES, dfa) &&
           dfa->nclasses <= UINT8_MAX;
}

static unsigned
number_of(uint32_t state)
{
    return state == ARGOT_AUTOMATON_NONE     ? ARGOT_BEGINS_NONE
           : state == ARGOT_AUTOMATON_UNTOLD ? ARGOT_BEGINS_ANY
                                             : state + 1;
}

static void
write_tables(const struct argot_dfa *dfa, unsigned number, struct argot_buffer *out)
{
    argot_buffer_printf(out, "static const uint8_t begins_classes_%u[256] = {", number);
    for (unsigned byte = 0; byte < 256; byte++)
        argot_buffer_printf(out, "%u,", dfa->class_of[byte]);
    argot_buffer_printf(out, "};\nstatic const uint8_t begins_next_%u[] = {", number);
    for (size_t i = 0; i < (size_t)dfa->count * dfa->nclasses; i++)
        argot_buffer_printf(out, "%u,", number_of(dfa->next[i]));
    argot_buffer_printf(out,
                        "};\nstatic const struct argot_begins begins_%u = {%u, %u, begins_classes_%u, "
                        "begins_next_%u};\n",
                        number, dfa->count, dfa->nclasses, number, number);
}

void
argot_gen_emit_begins(struct argot_gen *gen, struct argot_gen_lexer *lexer, struct argot_buffer *out)
{
    if (gen->normalizer.kind != ARGOT_KIND_LINE || lexer != (gen->head ? gen->head : gen->body))
        return;
    struct argot_arena arena;
    struct argot_dfa dfa;
    argot_arena_init(&arena, gen->seam, 0);
    lexer->begins = make_dfa(gen, lexer, &arena, &dfa);
    if (lexer->begins)
        write_tables(&dfa, lexer->number, out);
    argot_arena_finish(&arena);
}
