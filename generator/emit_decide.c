/* SPDX-License-Identifier: Apache-2.0
 * Deciding which templates a line may fit: the heads of a lexer's templates as one untagged re2c DFA, and for each of
 * its answers the list of templates whose heads can go with it. The DFA reads only as much of a line as the heads need.
 * Also the small lexers of `types:`. */
#include "generator/codes.h"
#include "generator/model.h"
#include <string.h>

#define DECIDE_MIN 6 /* templates; fewer are tried faster than decided between */

/* Local blocks: their ways of reading must not become those of the DFAs that follow. */
void
argot_gen_emit_types(struct argot_gen *gen, struct argot_buffer *out)
{
    for (const struct argot_gen_type *type = gen->types; type; type = type->next) {
        argot_buffer_printf(
            out,
            "/* type %s */\nstatic const uint8_t *\ntype_%u(const uint8_t *p, const uint8_t *e)\n{\n"
            "    const uint8_t *mark = p;\n    (void)mark;\n/*!local:re2c\n"
            "re2c:define:YYCTYPE = uint8_t; re2c:yyfill:enable = 0; re2c:sentinel = 10; re2c:api = custom;\n"
            "re2c:api:style = free-form;\n"
            "re2c:define:YYPEEK = \"(p < e ? *p : (uint8_t)10)\"; re2c:define:YYSKIP = \"++p;\";\n"
            "re2c:define:YYBACKUP = \"mark = p;\"; re2c:define:YYRESTORE = \"p = mark;\";\n",
            type->name, type->number);
        argot_regex_print(type->regex, out);
        argot_buffer_append_text(out, " { return p; }\n* { return NULL; }\n*/\n}\n\n");
    }
}

static void
write_list(struct argot_buffer *out, unsigned lexer, size_t list, const bool *members, size_t count)
{
    argot_buffer_printf(out, "static const uint16_t lexer_%u_list_%zu[] = {", lexer, list);
    for (size_t i = 0; i < count; i++)
        if (members[i])
            argot_buffer_printf(out, "%zu, ", i);
    argot_buffer_append_text(out, "ARGOT_NONE};\n");
}

static void
write_lists(struct argot_gen *gen, const struct argot_gen_lexer *lexer, struct argot_buffer *out)
{
    size_t count = lexer->abi.ntemplates;
    const struct argot_automaton **automata = argot_gen_alloc(gen, count, sizeof *automata);
    bool *members = argot_gen_alloc(gen, count, 1), *free_heads = argot_gen_alloc(gen, count, 1);
    struct argot_arena scratch;
    argot_arena_init(&scratch, gen->seam, 0);
    for (size_t i = 0; i < count; i++) {
        free_heads[i] = argot_regex_nullable(lexer->heads[i]);
        automata[i] = free_heads[i] ? NULL : argot_automaton_build(gen->arena, lexer->heads[i]);
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            argot_arena_reset(&scratch);
            members[k] =
                i == k || !automata[i] || !automata[k] || argot_automaton_overlap(&scratch, automata[i], automata[k]);
        }
        write_list(out, lexer->number, i, members, count);
    }
    write_list(out, lexer->number, count, free_heads, count);
    argot_buffer_printf(out, "static const uint16_t *const lexer_%u_lists[] = {", lexer->number);
    for (size_t i = 0; i <= count; i++)
        argot_buffer_printf(out, "lexer_%u_list_%zu, ", lexer->number, i);
    argot_buffer_append_text(out, "};\n\n");
    argot_arena_finish(&scratch);
}

void
argot_gen_emit_decide(struct argot_gen *gen, struct argot_gen_lexer *lexer, struct argot_buffer *out)
{
    size_t count = lexer->abi.ntemplates, least = SIZE_MAX;
    lexer->heads = argot_gen_alloc(gen, count + 1, sizeof *lexer->heads);
    bool usable = false;
    for (size_t i = 0; i < count; i++) {
        lexer->heads[i] = argot_gen_head(gen->arena, lexer->trees[i].tree, &gen->absent);
        size_t literal = argot_gen_literal_prefix(lexer->trees[i].tree);
        least = literal < least ? literal : least;
        const struct argot_automaton *automaton = argot_automaton_build(gen->arena, lexer->heads[i]);
        if (!automaton || !argot_automaton_begin(gen->arena, automaton, lexer->abi.begin, ARGOT_BEGIN_BYTES))
            memset(lexer->abi.begin, 0xff, sizeof lexer->abi.begin);
        lexer->abi.may_be_empty |= argot_gen_sequence_nullable(lexer->trees[i].tree);
        usable |= !argot_regex_nullable(lexer->heads[i]);
    }
    if (lexer == (gen->head ? gen->head : gen->body))
        gen->normalizer.literal_prefix = (uint32_t)(least == SIZE_MAX ? 0 : least);
    if (count < DECIDE_MIN || !usable)
        return;
    argot_buffer_printf(out,
                        "static int\nlexer_%u_decide(const uint8_t *YYCURSOR)\n{\n"
                        "    const uint8_t *YYMARKER = YYCURSOR;\n    (void)YYMARKER;\n/*!re2c\n"
                        "re2c:define:YYCTYPE = uint8_t; re2c:yyfill:enable = 0; re2c:sentinel = 10;\n",
                        lexer->number);
    for (size_t i = 0; i < count; i++) {
        if (argot_regex_nullable(lexer->heads[i]))
            continue;
        argot_regex_print(lexer->heads[i], out);
        argot_buffer_printf(out, " { return %zu; }\n", i);
    }
    argot_buffer_append_text(out, "* { return -1; }\n*/\n}\n\n");
    write_lists(gen, lexer, out);
    lexer->abi.states = 1; /* counted when re2c has run */
}
