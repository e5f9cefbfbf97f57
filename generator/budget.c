/* SPDX-License-Identifier: Apache-2.0
 * What is measured before re2c and the C compiler see it. Heads that are too much are cut: `decide` only saves time. */
#include "generator/budget.h"
#include "generator/codes.h"

static uint32_t
count_states(struct argot_gen *gen, const struct argot_automaton *const *automata, size_t count, uint32_t most)
{
    struct argot_arena scratch;
    argot_arena_init(&scratch, gen->seam, 0);
    uint32_t states = argot_automaton_states(&scratch, automata, count, most);
    argot_arena_finish(&scratch);
    return states;
}

void
argot_gen_check_types(struct argot_gen *gen)
{
    const struct argot_yaml *types = argot_yaml_get(gen->root, "types");
    uint32_t all = 0;
    for (struct argot_gen_type *type = gen->types; type; type = type->next) {
        const struct argot_automaton *automaton = argot_automaton_build(gen->arena, type->regex);
        type->states =
            automaton ? count_states(gen, &automaton, 1, ARGOT_GEN_TYPE_STATES_MAX) : ARGOT_GEN_TYPE_STATES_MAX + 1;
        all += type->states;
        const struct argot_yaml *node = argot_yaml_get(types, type->name);
        if (type->states > ARGOT_GEN_TYPE_STATES_MAX) {
            argot_gen_error(gen, ARGOT_CODE_DFA_STATES, node->span, "the type `%s` has more than %d states", type->name,
                            ARGOT_GEN_TYPE_STATES_MAX)
                ->hint = "repeats of repeats and counted alternatives explode: let the type take more, and check less";
            return;
        }
        if (all > ARGOT_GEN_TYPES_STATES_MAX) {
            argot_gen_error(gen, ARGOT_CODE_DFA_STATES, node->span,
                            "with the type `%s` the types have more than %d states", type->name,
                            ARGOT_GEN_TYPES_STATES_MAX)
                ->hint = "let the largest types take more, and check less";
            return;
        }
    }
}

static bool
make_heads(struct argot_gen *gen, struct argot_gen_lexer *lexer, const struct argot_automaton **automata,
           unsigned fields)
{
    bool good = true;
    for (uint16_t i = 0; i < lexer->abi.ntemplates; i++) {
        lexer->heads[i] = argot_gen_head(gen->arena, lexer->trees[i].tree, &gen->absent, fields);
        bool told = !argot_regex_nullable(lexer->heads[i]);
        automata[i] = told ? argot_automaton_build(gen->arena, lexer->heads[i]) : NULL;
        good = good && (automata[i] || !told);
    }
    return good;
}

bool
argot_gen_fit_heads(struct argot_gen *gen, struct argot_gen_lexer *lexer, bool dfa,
                    const struct argot_automaton **automata)
{
    static const unsigned cuts[] = {ARGOT_GEN_ALL_FIELDS, 3, 2, 1, 0};
    size_t count = lexer->abi.ntemplates;
    const struct argot_automaton **told = argot_gen_alloc(gen, count + 1, sizeof *told);
    lexer->gear = ARGOT_GEN_GEAR_STATES;
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        size_t ntold = 0;
        if (!make_heads(gen, lexer, automata, cuts[i]) && dfa)
            continue;
        for (size_t k = 0; k < count; k++)
            if (automata[k])
                told[ntold++] = automata[k];
        lexer->gear = !dfa ? ARGOT_GEN_GEAR_FEW : ntold ? ARGOT_GEN_GEAR_STATES : ARGOT_GEN_GEAR_OPEN;
        if (!dfa || !ntold)
            return false;
        uint32_t states = count_states(gen, told, ntold, ARGOT_GEN_STATES_MAX);
        if (states <= ARGOT_GEN_STATES_MAX && gen->head_states + states <= ARGOT_GEN_ALL_STATES_MAX) {
            gen->head_states += states;
            lexer->gear = ARGOT_GEN_GEAR_DFA;
            return true;
        }
    }
    return false;
}

bool
argot_gen_check_c(struct argot_gen *gen, const struct argot_gen_template *tree, size_t bytes,
                  const struct argot_buffer *out)
{
    if (bytes > ARGOT_GEN_TEMPLATE_C_BYTES) {
        argot_gen_error(gen, ARGOT_CODE_TOO_MANY, tree->span, "this template becomes %zu KiB of C, more than %zu",
                        bytes >> 10, ARGOT_GEN_TEMPLATE_C_BYTES >> 10)
            ->hint = "groups behind a `:text`, and many alternatives, are written out again and again: use messages";
        return false;
    }
    if (out->length > ARGOT_GEN_C_BYTES) {
        argot_gen_error(gen, ARGOT_CODE_TOO_MANY, tree->span, "with this template the format becomes %zu MiB of C",
                        ARGOT_GEN_C_BYTES >> 20)
            ->hint = "make two formats of it";
        return false;
    }
    return true;
}
