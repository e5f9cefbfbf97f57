/* SPDX-License-Identifier: Apache-2.0
 * Deciding which templates a line may fit: the heads of a lexer's templates as one untagged re2c DFA, and for each of
 * its answers the list of templates whose heads can go with it. The DFA reads only as much of a line as the heads need.
 * Also the small lexers of `types:`. */
#include "generator/budget.h"
#include "generator/emit_way.h"
#include "generator/shorten.h"
#include "generator/whole_lines.h"
#include <string.h>

/* Local blocks: their ways of reading must not become those of the DFAs that follow. */
void
argot_gen_emit_types(struct argot_gen *gen, struct argot_buffer *out)
{
    static const char large[] = "#ifdef __clang__\n__attribute__((optnone, noinline))\n#else\n"
                                "__attribute__((optimize(\"O0\"), noinline))\n#endif\n";
    for (const struct argot_gen_type *type = gen->types; type; type = type->next) {
        if (argot_gen_emit_run(type, out))
            continue;
        argot_buffer_printf(
            out,
            "/* type %s */\n%sstatic const uint8_t *\ntype_%u(const uint8_t *p, const uint8_t *e)\n{\n"
            "    const uint8_t *mark = p;\n    (void)mark;\n/*!local:re2c\n"
            "re2c:define:YYCTYPE = uint8_t; re2c:yyfill:enable = 0; re2c:sentinel = 10; re2c:api = custom;\n"
            "re2c:api:style = free-form;\n"
            "re2c:define:YYPEEK = \"(p < e ? *p : (uint8_t)10)\"; re2c:define:YYSKIP = \"++p;\";\n"
            "re2c:define:YYBACKUP = \"mark = p;\"; re2c:define:YYRESTORE = \"p = mark;\";\n",
            type->name, type->states > ARGOT_GEN_TYPE_STATES_LARGE ? large : "", type->number);
        argot_regex_print(type->regex, out);
        argot_buffer_append_text(out, " { return p; }\n* { return NULL; }\n*/\n}\n\n");
    }
}

/* ---- candidates ---- */

struct lists {
    struct argot_gen *gen;
    struct argot_gen_lexer *lexer;
    size_t count, words; /* templates; 64 of them a word */
    uint64_t *members;   /* a row of words for each list */
    size_t *same;        /* the first list with the same members */
    const struct argot_automaton **automata;
};

static bool
has(const struct lists *l, size_t list, size_t template)
{
    return l->members[list * l->words + template / 64] >> (template & 63) & 1;
}

static void
find_members(struct lists *l)
{
    uint64_t steps = ARGOT_GEN_OVERLAP_STEPS;
    struct argot_arena scratch;
    argot_arena_init(&scratch, l->gen->seam, 0);
    for (size_t i = 0; i <= l->count; i++)
        for (size_t k = 0; k < l->count; k++) {
            bool member = k == i || !l->automata[k];
            if (!member && i < l->count && l->automata[i]) {
                argot_arena_reset(&scratch);
                member =
                    i < k ? argot_automaton_overlap(&scratch, l->automata[i], l->automata[k], &steps) : has(l, k, i);
            } else if (i < l->count && !l->automata[i]) {
                member = true;
            }
            l->members[i * l->words + k / 64] |= (uint64_t)member << (k & 63);
        }
    argot_arena_finish(&scratch);
}

/* How many entries the lists have that are written. */
static size_t
find_same(struct lists *l)
{
    size_t entries = 0;
    for (size_t i = 0; i <= l->count; i++) {
        size_t other = 0, bytes = l->words * sizeof *l->members;
        while (other < i &&
               (l->same[other] != other || memcmp(l->members + other * l->words, l->members + i * l->words, bytes)))
            other++;
        l->same[i] = other;
        for (size_t k = 0; other == i && k < l->count; k++)
            entries += has(l, i, k);
    }
    return entries;
}

/* Where there are many, a template is mostly tried in vain. */
static void
count_rivals(const struct lists *l)
{
    for (size_t i = 0; i < l->count; i++) {
        l->lexer->rivals[i] = 0;
        for (size_t k = 0; k < l->count; k++)
            l->lexer->rivals[i] += has(l, i, k);
    }
}

static void
write_lists(const struct lists *l, struct argot_buffer *out)
{
    unsigned number = l->lexer->number;
    for (size_t i = 0; i <= l->count; i++) {
        if (l->same[i] != i)
            continue;
        argot_buffer_printf(out, "static const uint16_t lexer_%u_list_%zu[] = {", number, i);
        for (size_t k = 0; k < l->count; k++)
            if (has(l, i, k))
                argot_buffer_printf(out, "%zu, ", k);
        argot_buffer_append_text(out, "ARGOT_NONE};\n");
    }
    argot_buffer_printf(out, "static const uint16_t *const lexer_%u_lists[] = {", number);
    for (size_t i = 0; i <= l->count; i++)
        argot_buffer_printf(out, "lexer_%u_list_%zu, ", number, l->same[i]);
    argot_buffer_append_text(out, "};\n\n");
}

/* ---- the DFA ---- */

static void
write_decide(const struct argot_gen_lexer *lexer, struct argot_buffer *out)
{
    argot_buffer_printf(out,
                        "static int\nlexer_%u_decide(const uint8_t *YYCURSOR)\n{\n"
                        "    const uint8_t *YYMARKER = YYCURSOR;\n    (void)YYMARKER;\n/*!re2c\n"
                        "re2c:define:YYCTYPE = uint8_t; re2c:yyfill:enable = 0; re2c:sentinel = 10;\n",
                        lexer->number);
    for (size_t i = 0; i < lexer->abi.ntemplates; i++) {
        if (argot_regex_nullable(lexer->heads[i]))
            continue;
        argot_regex_print(lexer->heads[i], out);
        argot_buffer_printf(out, " { return %zu; }\n", i);
    }
    argot_buffer_append_text(out, "* { return -1; }\n*/\n}\n\n");
}

/* The bytes that lines may begin with, whatever the DFA is; and how much text surely stands there. */
static void
find_begin(struct argot_gen *gen, struct argot_gen_lexer *lexer, const struct argot_automaton *const *automata)
{
    size_t count = lexer->abi.ntemplates, least = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t literal = argot_gen_literal_prefix(lexer->trees[i].tree);
        least = literal < least ? literal : least;
        const struct argot_automaton *automaton =
            automata[i] ? automata[i] : argot_automaton_build(gen->arena, lexer->heads[i]);
        if (!automaton || !argot_automaton_begin(gen->arena, automaton, lexer->abi.begin, ARGOT_BEGIN_BYTES))
            memset(lexer->abi.begin, 0xff, sizeof lexer->abi.begin);
        lexer->abi.may_be_empty |= argot_gen_sequence_nullable(lexer->trees[i].tree);
    }
    if (lexer == (gen->head ? gen->head : gen->body))
        gen->normalizer.literal_prefix = (uint32_t)(least == SIZE_MAX ? 0 : least);
}

void
argot_gen_emit_decide(struct argot_gen *gen, struct argot_gen_lexer *lexer, struct argot_buffer *out)
{
    size_t count = lexer->abi.ntemplates;
    struct lists lists = {.gen = gen, .lexer = lexer, .count = count, .words = count / 64 + 1};
    lexer->heads = argot_gen_alloc(gen, count + 1, sizeof *lexer->heads);
    lists.automata = argot_gen_alloc(gen, count + 1, sizeof *lists.automata);
    lexer->rivals = argot_gen_alloc(gen, count + 1, sizeof *lexer->rivals);
    for (size_t i = 0; i < count; i++)
        lexer->rivals[i] = count;
    bool dfa = argot_gen_fit_heads(gen, lexer, count >= ARGOT_GEN_DECIDE_MIN, lists.automata);
    find_begin(gen, lexer, lists.automata);
    if (!dfa) {
        if (lexer->gear == ARGOT_GEN_GEAR_OPEN)
            argot_gen_emit_lines(gen, lexer, out);
        return;
    }
    argot_gen_shorten_heads(gen, lexer, lists.automata);
    lists.members = argot_gen_alloc(gen, (count + 1) * lists.words, sizeof *lists.members);
    lists.same = argot_gen_alloc(gen, count + 1, sizeof *lists.same);
    find_members(&lists);
    if (find_same(&lists) > ARGOT_GEN_LISTS_MAX) {
        lexer->gear = ARGOT_GEN_GEAR_LISTS;
        return;
    }
    count_rivals(&lists);
    write_decide(lexer, out);
    write_lists(&lists, out);
    lexer->abi.states = 1; /* counted when re2c has run */
}
