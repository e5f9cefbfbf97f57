/* SPDX-License-Identifier: Apache-2.0
 * The model as re2c source: the tables of argot/normalizer.h written out as constants, deepest first, with the
 * functions of templates and lexers between them. Every table gets a number; nothing is shared but what the model
 * shares. The same file gives the same bytes on every machine. */
#include "generator/budget.h"
#include "generator/backwards.h"
#include "generator/begins.h"
#include "generator/dead_ends.h"
#include "generator/emit_store.h"
#include "generator/factor.h"
#include <stdio.h>
#include <string.h>

struct table {
    const void *key;
    unsigned number;
    struct table *next;
};

struct emitter {
    struct argot_gen *gen;
    struct argot_buffer *out;
    unsigned number;
    struct table *done[256]; /* tables written already, by address: the model is a graph */
};

static unsigned emit_value(struct emitter *e, const struct argot_value *value);
static void emit_lexer(struct emitter *e, struct argot_gen_lexer *lexer);
static unsigned emit_block(struct emitter *e, const struct argot_block *block);

void
argot_gen_emit_c_string(struct argot_buffer *out, const void *text, size_t length)
{
    const uint8_t *bytes = text;
    argot_buffer_append_byte(out, '"');
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == '"' || bytes[i] == '\\')
            argot_buffer_printf(out, "\\%c", bytes[i]);
        else if (bytes[i] < 0x20 || bytes[i] >= 0x7f || bytes[i] == '?') /* ? because of trigraphs */
            argot_buffer_printf(out, "\\%03o", bytes[i]);
        else
            argot_buffer_append_byte(out, (char)bytes[i]);
    }
    argot_buffer_append_byte(out, '"');
}

static unsigned
known(const struct emitter *e, const void *key)
{
    for (const struct table *table = e->done[((uintptr_t)key >> 4) & 255]; table; table = table->next)
        if (table->key == key)
            return table->number;
    return 0;
}

static unsigned
remember(struct emitter *e, const void *key)
{
    struct table *table = argot_gen_alloc(e->gen, 1, sizeof *table);
    struct table **slot = &e->done[((uintptr_t)key >> 4) & 255];
    *table = (struct table){key, ++e->number, *slot};
    *slot = table;
    return table->number;
}

static void
put(struct emitter *e, const char *text)
{
    argot_buffer_append_text(e->out, text);
}

static void
put_slice(struct emitter *e, const struct argot_slice *slice)
{
    if (!slice->at) {
        put(e, "{NULL, 0}");
        return;
    }
    put(e, "{(const uint8_t *)");
    argot_gen_emit_c_string(e->out, slice->at, slice->length);
    argot_buffer_printf(e->out, ", %u}", slice->length);
}

static void
put_text(struct emitter *e, const char *text)
{
    if (text)
        argot_gen_emit_c_string(e->out, text, strlen(text));
    else
        put(e, "NULL");
}

/* "name_7" or "NULL" */
static void
put_ref(struct emitter *e, const char *name, unsigned number, bool address)
{
    if (number)
        argot_buffer_printf(e->out, "%s%s_%u", address ? "&" : "", name, number);
    else
        put(e, "NULL");
}

static unsigned
emit_slices(struct emitter *e, const struct argot_slice *slices, size_t count)
{
    if (!count)
        return 0;
    unsigned number = ++e->number;
    argot_buffer_printf(e->out, "static const struct argot_slice slices_%u[] = {", number);
    for (size_t i = 0; i < count; i++) {
        put_slice(e, &slices[i]);
        put(e, ", ");
    }
    put(e, "};\n");
    return number;
}

static unsigned
emit_texts(struct emitter *e, const struct argot_texts *texts)
{
    if (!texts)
        return 0;
    unsigned slices = emit_slices(e, texts->texts, texts->count), number = ++e->number;
    argot_buffer_printf(e->out, "static const struct argot_texts texts_%u = {%u, ", number, texts->count);
    put_ref(e, "slices", slices, false);
    put(e, "};\n");
    return number;
}

static unsigned
emit_map(struct emitter *e, const struct argot_map *map)
{
    if (!map)
        return 0;
    unsigned number = ++e->number;
    argot_buffer_printf(e->out, "static const struct argot_pair pairs_%u[] = {", number);
    for (uint16_t i = 0; i < map->count; i++) {
        put(e, "{");
        put_slice(e, &map->pairs[i].key);
        put(e, ", ");
        put_slice(e, &map->pairs[i].value);
        put(e, "}, ");
    }
    if (!map->count)
        put(e, "{{NULL, 0}, {NULL, 0}}");
    argot_buffer_printf(e->out, "};\nstatic const struct argot_map map_%u = {%u, pairs_%u};\n", number, map->count,
                        number);
    return number;
}

static unsigned
emit_path(struct emitter *e, const struct argot_path *path)
{
    if (!path)
        return 0;
    unsigned number = known(e, path);
    if (number)
        return number;
    number = remember(e, path);
    argot_buffer_printf(e->out, "static const struct argot_step steps_%u[] = {", number);
    for (uint16_t i = 0; i < path->count; i++) {
        argot_buffer_printf(e->out, "{%u, %u, ", path->steps[i].kind, path->steps[i].index);
        put_slice(e, &path->steps[i].key);
        put(e, "}, ");
    }
    argot_buffer_printf(e->out, "};\nstatic const struct argot_path path_%u = {%u, steps_%u, ", number, path->count,
                        number);
    put_text(e, path->text);
    put(e, "};\n");
    return number;
}

/* ---- values ---- */

static void
emit_targets(struct emitter *e, const struct argot_value *value, unsigned number)
{
    for (unsigned t = 0; t < value->ntargets; t++) {
        argot_buffer_printf(e->out, "static const uint16_t target_%u_%u[] = {", number, t);
        for (unsigned i = 0; i < value->targets[t].count; i++)
            argot_buffer_printf(e->out, "%u, ", value->targets[t].dests[i]);
        put(e, "};\n");
    }
    if (!value->ntargets)
        return;
    argot_buffer_printf(e->out, "static const struct argot_target targets_%u[] = {", number);
    for (unsigned t = 0; t < value->ntargets; t++)
        argot_buffer_printf(e->out, "{%u, target_%u_%u}, ", value->targets[t].count, number, t);
    put(e, "};\n");
}

static struct argot_gen_lexer *
lexer_of(const struct emitter *e, const struct argot_lexer *abi)
{
    for (struct argot_gen_lexer *lexer = e->gen->lexers; lexer; lexer = lexer->next)
        if (&lexer->abi == abi)
            return lexer;
    return NULL;
}

static unsigned
emit_value(struct emitter *e, const struct argot_value *value)
{
    if (!value)
        return 0;
    unsigned number = known(e, value);
    if (number)
        return number;
    unsigned absent = emit_texts(e, value->absent), map = emit_map(e, value->map), block = emit_block(e, value->block);
    struct argot_gen_lexer *lexer = value->lexer ? lexer_of(e, value->lexer) : NULL;
    if (lexer)
        emit_lexer(e, lexer);
    number = remember(e, value);
    emit_targets(e, value, number);
    argot_buffer_printf(e->out, "static const struct argot_value value_%u = {%u, %u, %u, %u, %u, %u, ", number,
                        value->how, value->decode, value->letter_case, value->take, value->otherwise, value->ntargets);
    put_ref(e, "targets", value->ntargets ? number : 0, false);
    put(e, ", ");
    put_ref(e, "texts", absent, true);
    put(e, ", ");
    put_ref(e, "map", map, true);
    put(e, ", ");
    put_slice(e, &value->otherwise_text);
    put(e, ", ");
    put_slice(e, &value->text);
    put(e, ", ");
    if (lexer)
        argot_buffer_printf(e->out, "&lexer_%u", lexer->number);
    else
        put(e, "NULL");
    put(e, ", ");
    put_ref(e, "block", block, true);
    put(e, "};\n");
    return number;
}

static unsigned
emit_bindings(struct emitter *e, const struct argot_binding *bindings, uint16_t count)
{
    if (!count)
        return 0;
    for (uint16_t i = 0; i < count; i++) {
        emit_path(e, bindings[i].path);
        emit_value(e, bindings[i].value);
    }
    unsigned number = ++e->number;
    argot_buffer_printf(e->out, "static const struct argot_binding bindings_%u[] = {", number);
    for (uint16_t i = 0; i < count; i++) {
        put(e, "{");
        put_ref(e, "path", emit_path(e, bindings[i].path), true);
        put(e, ", ");
        put_ref(e, "value", emit_value(e, bindings[i].value), true);
        put(e, "}, ");
    }
    put(e, "};\n");
    return number;
}

/* ---- lexers ---- */

static void
emit_captures(struct emitter *e, unsigned lexer, size_t i, const struct argot_template *template)
{
    for (uint16_t k = 0; k < template->ncaptures; k++)
        emit_value(e, template->captures[k]);
    argot_buffer_printf(e->out, "static const struct argot_value *const captures_%u_%zu[] = {", lexer, i);
    for (uint16_t k = 0; k < template->ncaptures; k++) {
        put_ref(e, "value", emit_value(e, template->captures[k]), true);
        put(e, ", ");
    }
    put(e, template->ncaptures ? "};\n" : "NULL};\n");
}

static void
emit_lexer(struct emitter *e, struct argot_gen_lexer *lexer)
{
    if (known(e, lexer))
        return;
    remember(e, lexer);
    for (uint16_t i = 0; i < lexer->abi.ntemplates; i++)
        argot_gen_factor(e->gen->arena, lexer->trees[i].tree);
    argot_gen_choose_stores(e->gen, lexer);
    struct argot_gen_dead_ends ends;
    argot_gen_dead_ends_find(e->gen, lexer, &ends);
    struct argot_gen_backwards backwards;
    argot_gen_emit_backwards(e->gen, lexer, &backwards, e->out);
    argot_gen_emit_decide(e->gen, lexer, e->out);
    size_t count = lexer->abi.ntemplates;
    for (size_t i = 0; i < count; i++) {
        char name[64];
        snprintf(name, sizeof name, "extract_%u_%zu", lexer->number, i);
        emit_captures(e, lexer->number, i, &lexer->abi.templates[i]);
        size_t bytes = argot_gen_emit_extract(e->gen, &lexer->trees[i], &ends, &backwards,
                                              lexer->rivals[i] <= ARGOT_GEN_RIVALS_MAX, name, e->out);
        if (!argot_gen_check_c(e->gen, &lexer->trees[i], bytes, e->out))
            return;
    }
    argot_gen_emit_begins(e->gen, lexer, e->out);
    argot_buffer_printf(e->out, "static const struct argot_template templates_%u[] = {\n", lexer->number);
    for (size_t i = 0; i < count; i++) {
        const struct argot_template *template = &lexer->abi.templates[i];
        argot_buffer_printf(e->out, "    {extract_%u_%zu, %u, %u, captures_%u_%zu, ", lexer->number, i,
                            template->message, template->ncaptures, lexer->number, i);
        put_text(e, template->source);
        put(e, "},\n");
    }
    argot_buffer_printf(e->out, "};\nstatic const struct argot_lexer lexer_%u = {%zu, templates_%u, ", lexer->number,
                        count, lexer->number);
    if (lexer->abi.states)
        argot_buffer_printf(e->out, "lexer_%u_decide, lexer_%u_lists, ", lexer->number, lexer->number);
    else
        put(e, "NULL, NULL, ");
    put(e, "{");
    for (unsigned place = 0; place < ARGOT_BEGIN_BYTES; place++)
        argot_buffer_printf(
            e->out, "{0x%llxull, 0x%llxull, 0x%llxull, 0x%llxull}, ", (unsigned long long)lexer->abi.begin[place][0],
            (unsigned long long)lexer->abi.begin[place][1], (unsigned long long)lexer->abi.begin[place][2],
            (unsigned long long)lexer->abi.begin[place][3]);
    argot_buffer_printf(e->out, "}, %s, ARGOT_STATES_%u, ", lexer->abi.may_be_empty ? "true" : "false", lexer->number);
    if (lexer->begins)
        argot_buffer_printf(e->out, "&begins_%u};\n\n", lexer->number);
    else
        put(e, "NULL};\n\n");
}

/* ---- conditions ---- */

static unsigned
emit_globs(struct emitter *e, const struct argot_glob *globs, uint16_t count)
{
    if (!count)
        return 0;
    unsigned number = ++e->number;
    argot_buffer_printf(e->out, "static const struct argot_glob globs_%u[] = {", number);
    for (uint16_t i = 0; i < count; i++) {
        put(e, "{");
        put_slice(e, &globs[i].head);
        put(e, ", ");
        put_slice(e, &globs[i].tail);
        put(e, globs[i].star ? ", true}, " : ", false}, ");
    }
    put(e, "};\n");
    return number;
}

static void
put_source(struct emitter *e, const struct argot_source *source)
{
    argot_buffer_printf(e->out, "{%u, %u, ", source->kind, source->dest);
    put_text(e, source->field);
    put(e, ", ");
    put_ref(e, "path", source->path ? emit_path(e, source->path) : 0, true);
    put(e, "}");
}

static unsigned
emit_terms(struct emitter *e, const struct argot_condition *condition)
{
    if (!condition->count)
        return 0;
    unsigned globs[64] = {0};
    for (uint16_t i = 0; i < condition->count; i++) {
        emit_path(e, condition->terms[i].source.path);
        globs[i] = emit_globs(e, condition->terms[i].values, condition->terms[i].nvalues);
    }
    unsigned number = ++e->number;
    argot_buffer_printf(e->out, "static const struct argot_term terms_%u[] = {", number);
    for (uint16_t i = 0; i < condition->count; i++) {
        const struct argot_term *term = &condition->terms[i];
        put(e, "{");
        put_source(e, &term->source);
        argot_buffer_printf(e->out, ", %u, %u, ", term->test, term->nvalues);
        put_ref(e, "globs", globs[i], false);
        argot_buffer_printf(e->out, ", %lldll, %lldll}, ", (long long)term->low, (long long)term->high);
    }
    put(e, "};\n");
    return number;
}

static void
put_condition(struct emitter *e, const struct argot_condition *condition, unsigned terms)
{
    argot_buffer_printf(e->out, "{%u, ", condition->count);
    put_ref(e, "terms", terms, false);
    put(e, "}");
}

/* ---- blocks ---- */

static unsigned
emit_kv(struct emitter *e, const struct argot_kv *kv)
{
    if (!kv)
        return 0;
    unsigned number = known(e, kv), bare = number ? 0 : emit_value(e, kv->bare_words);
    if (number)
        return number;
    number = remember(e, kv);
    argot_buffer_printf(e->out, "static const struct argot_kv kv_%u = {", number);
    put_slice(e, &kv->pair_separator);
    put(e, ", ");
    put_slice(e, &kv->value_separator);
    argot_buffer_printf(e->out, ", %u, %u, {%u, %u}, %u, %s, ", kv->quote, kv->escape, kv->wrap[0], kv->wrap[1],
                        kv->trailing, kv->keep_quotes ? "true" : "false");
    put_ref(e, "value", bare, true);
    put(e, ", ");
    put_slice(e, &kv->first_key);
    put(e, ", ");
    put_slice(e, &kv->last_key);
    put(e, "};\n");
    return number;
}

static unsigned
emit_csv(struct emitter *e, const struct argot_csv *csv)
{
    if (!csv)
        return 0;
    unsigned slices = emit_slices(e, csv->columns.texts, csv->columns.count), number = ++e->number;
    argot_buffer_printf(e->out, "static const struct argot_csv csv_%u = {%u, %u, {%u, ", number, csv->separator,
                        csv->quote, csv->columns.count);
    put_ref(e, "slices", slices, false);
    put(e, "}};\n");
    return number;
}

static unsigned
emit_block(struct emitter *e, const struct argot_block *block)
{
    if (!block)
        return 0;
    unsigned number = known(e, block);
    if (number)
        return number;
    unsigned bindings = emit_bindings(e, block->bindings, block->nbindings), kv = emit_kv(e, block->kv);
    unsigned csv = emit_csv(e, block->csv), split = emit_path(e, block->split), detect = 0;
    if (block->detect) {
        unsigned terms = emit_terms(e, block->detect);
        detect = ++e->number;
        argot_buffer_printf(e->out, "static const struct argot_condition condition_%u = ", detect);
        put_condition(e, block->detect, terms);
        put(e, ";\n");
    }
    number = remember(e, block);
    argot_buffer_printf(e->out, "static const struct argot_block block_%u = {%u, %s, %u, ", number, block->kind,
                        block->drop_unknown ? "true" : "false", block->nbindings);
    put_ref(e, "bindings", bindings, false);
    put(e, ", ");
    put_ref(e, "kv", kv, true);
    put(e, ", ");
    put_ref(e, "csv", csv, true);
    put(e, ", ");
    put_ref(e, "path", split, true);
    put(e, ", ");
    put_ref(e, "condition", detect, true);
    put(e, "};\n");
    return number;
}

/* ---- constants, derived fields, cases ---- */

static unsigned
emit_sets(struct emitter *e, const struct argot_set *sets, uint16_t count)
{
    if (!count)
        return 0;
    unsigned number = ++e->number;
    argot_buffer_printf(e->out, "static const struct argot_set sets_%u[] = {", number);
    for (uint16_t i = 0; i < count; i++) {
        argot_buffer_printf(e->out, "{%u, ", sets[i].dest);
        put_slice(e, &sets[i].text);
        put(e, "}, ");
    }
    put(e, "};\n");
    return number;
}

static unsigned
emit_ranges(struct emitter *e, const struct argot_derive *derive)
{
    if (!derive->nranges)
        return 0;
    unsigned number = ++e->number;
    argot_buffer_printf(e->out, "static const struct argot_range ranges_%u[] = {", number);
    for (uint16_t i = 0; i < derive->nranges; i++) {
        argot_buffer_printf(e->out, "{%lldll, %lldll, ", (long long)derive->ranges[i].low,
                            (long long)derive->ranges[i].high);
        put_slice(e, &derive->ranges[i].text);
        put(e, "}, ");
    }
    put(e, "};\n");
    return number;
}

static unsigned
emit_sources(struct emitter *e, const struct argot_derive *derive)
{
    if (!derive->nsources)
        return 0;
    for (uint16_t i = 0; i < derive->nsources; i++)
        emit_path(e, derive->sources[i].path);
    unsigned number = ++e->number;
    argot_buffer_printf(e->out, "static const struct argot_source sources_%u[] = {", number);
    for (uint16_t i = 0; i < derive->nsources; i++) {
        put_source(e, &derive->sources[i]);
        put(e, ", ");
    }
    put(e, "};\n");
    return number;
}

static unsigned
emit_derives(struct emitter *e, const struct argot_derive *derives, uint16_t count)
{
    if (!count)
        return 0;
    unsigned(*parts)[4] = argot_gen_alloc(e->gen, count, sizeof *parts);
    for (uint16_t i = 0; i < count; i++) {
        parts[i][0] = emit_sources(e, &derives[i]);
        parts[i][1] = emit_ranges(e, &derives[i]);
        parts[i][2] = emit_map(e, derives[i].map);
        parts[i][3] = emit_map(e, derives[i].contains);
    }
    unsigned number = ++e->number;
    argot_buffer_printf(e->out, "static const struct argot_derive derives_%u[] = {\n", number);
    for (uint16_t i = 0; i < count; i++) {
        const struct argot_derive *derive = &derives[i];
        argot_buffer_printf(e->out, "    {%u, %u, ", derive->dest, derive->nsources);
        put_ref(e, "sources", parts[i][0], false);
        argot_buffer_printf(e->out, ", %u, %u, %u, ", derive->letter_case, derive->otherwise, derive->nranges);
        put_ref(e, "ranges", parts[i][1], false);
        put(e, ", ");
        put_ref(e, "map", parts[i][2], true);
        put(e, ", ");
        put_ref(e, "map", parts[i][3], true);
        put(e, ", ");
        put_slice(e, &derive->otherwise_text);
        put(e, "},\n");
    }
    put(e, "};\n");
    return number;
}

static unsigned
emit_cases(struct emitter *e, const struct argot_case *cases, uint16_t count)
{
    if (!count)
        return 0;
    unsigned(*parts)[6] = argot_gen_alloc(e->gen, count, sizeof *parts);
    for (uint16_t i = 0; i < count; i++) {
        parts[i][0] = emit_terms(e, &cases[i].when);
        parts[i][1] = emit_sets(e, cases[i].sets, cases[i].nsets);
        parts[i][2] = emit_bindings(e, cases[i].bindings, cases[i].nbindings);
        parts[i][3] = emit_derives(e, cases[i].derives, cases[i].nderives);
        parts[i][4] = emit_cases(e, cases[i].cases, cases[i].ncases);
        parts[i][5] = emit_slices(e, cases[i].columns, cases[i].ncolumns);
    }
    unsigned number = ++e->number;
    argot_buffer_printf(e->out, "static const struct argot_case cases_%u[] = {\n", number);
    for (uint16_t i = 0; i < count; i++) {
        const struct argot_case *one = &cases[i];
        put(e, "    {");
        put_condition(e, &one->when, parts[i][0]);
        argot_buffer_printf(e->out, ", %u, %u, %u, %u, %u, ", one->nsets, one->nbindings, one->nderives, one->ncases,
                            one->ncolumns);
        static const char *const names[] = {"sets", "bindings", "derives", "cases", "slices"};
        for (int k = 0; k < 5; k++) {
            put_ref(e, names[k], parts[i][k + 1], false);
            put(e, k < 4 ? ", " : "},\n");
        }
    }
    put(e, "};\n");
    return number;
}

static unsigned
emit_messages(struct emitter *e)
{
    const struct argot_normalizer *n = &e->gen->normalizer;
    unsigned(*parts)[5] = argot_gen_alloc(e->gen, n->nmessages, sizeof *parts);
    for (uint16_t i = 0; i < n->nmessages; i++) {
        const struct argot_message *message = &n->messages[i];
        parts[i][0] = emit_terms(e, &message->when);
        parts[i][1] = emit_sets(e, message->sets, message->nsets);
        parts[i][2] = emit_derives(e, message->derives, message->nderives);
        parts[i][3] = emit_cases(e, message->cases, message->ncases);
        parts[i][4] = ++e->number;
        argot_buffer_printf(e->out, "static const uint16_t dests_%u[] = {", parts[i][4]);
        for (uint16_t k = 0; k < message->ndests; k++)
            argot_buffer_printf(e->out, "%u, ", message->dests[k]);
        put(e, message->ndests ? "};\n" : "0};\n");
    }
    unsigned number = ++e->number;
    argot_buffer_printf(e->out, "static const struct argot_message messages_%u[] = {\n", number);
    for (uint16_t i = 0; i < n->nmessages; i++) {
        const struct argot_message *message = &n->messages[i];
        put(e, "    {");
        put_text(e, message->id);
        put(e, ", ");
        put_condition(e, &message->when, parts[i][0]);
        argot_buffer_printf(e->out, ", %s, %u, %u, %u, ", message->skip ? "true" : "false", message->nsets,
                            message->nderives, message->ncases);
        put_ref(e, "sets", parts[i][1], false);
        put(e, ", ");
        put_ref(e, "derives", parts[i][2], false);
        put(e, ", ");
        put_ref(e, "cases", parts[i][3], false);
        argot_buffer_printf(e->out, ", %u, dests_%u},\n", message->ndests, parts[i][4]);
    }
    put(e, "};\n");
    return number;
}

/* ---- the format ---- */

static void
emit_dests(struct emitter *e)
{
    put(e, "static const struct argot_dest dests[] = {\n");
    for (size_t i = 0; i < e->gen->ndests; i++) {
        const struct argot_dest *dest = &e->gen->dests[i];
        argot_buffer_printf(e->out, "    {%u, %u, ", dest->kind, dest->type);
        put_text(e, dest->name);
        put(e, "},\n");
    }
    put(e, e->gen->ndests ? "};\n" : "    {0, 0, NULL},\n};\n");
}

static void
emit_examples(struct emitter *e)
{
    const struct argot_normalizer *n = &e->gen->normalizer;
    put(e, "static const struct argot_example examples[] = {\n");
    for (uint16_t i = 0; !e->gen->bare && i < n->nexamples; i++) {
        const struct argot_example *example = &n->examples[i];
        put(e, "    {");
        put_slice(e, &example->line);
        put(e, ", ");
        put_text(e, example->expect);
        put(e, ", ");
        put_text(e, example->received_at);
        put(e, ", ");
        put_text(e, example->timezone);
        argot_buffer_printf(e->out, ", %u},\n", example->yaml_line);
    }
    put(e, n->nexamples && !e->gen->bare ? "};\n" : "    {{NULL, 0}, NULL, NULL, NULL, 0},\n};\n");
}

static void
emit_string_list(struct emitter *e, const char *name, const char *const *texts, size_t count)
{
    argot_buffer_printf(e->out, "static const char *const %s[] = {", name);
    for (size_t i = 0; i < count; i++) {
        put(e, "\n    ");
        put_text(e, texts[i]);
        put(e, ",");
    }
    put(e, count ? "\n};\n" : "NULL};\n");
}

static void
emit_inside(struct emitter *e)
{
    const struct argot_normalizer *n = &e->gen->normalizer;
    unsigned terms[64] = {0};
    for (uint16_t i = 0; i < n->ninside; i++)
        terms[i] = emit_terms(e, &n->inside[i].when);
    put(e, "static const struct argot_inside inside[] = {\n");
    for (uint16_t i = 0; i < n->ninside; i++) {
        put(e, "    {");
        put_text(e, n->inside[i].parent);
        put(e, ", ");
        put_condition(e, &n->inside[i].when, terms[i]);
        put(e, "},\n");
    }
    put(e, "};\n");
}

/* The YAML, a line a string, so that compilers with a limit on one literal are content. */
static void
emit_source(struct emitter *e)
{
    put(e, "static const char yaml[] =\n");
    const char *at = e->gen->bare ? "" : e->gen->source;
    do {
        size_t length = strcspn(at, "\n");
        length += at[length] == '\n';
        put(e, "    ");
        argot_gen_emit_c_string(e->out, at, length);
        at += length;
        put(e, *at ? "\n" : ";\n\n");
    } while (*at);
}

static void
put_lexer(struct emitter *e, const struct argot_gen_lexer *lexer)
{
    if (lexer)
        argot_buffer_printf(e->out, "&lexer_%u", lexer->number);
    else
        put(e, "NULL");
    put(e, ",\n    ");
}

void
argot_gen_emit(struct argot_gen *gen, struct argot_buffer *out)
{
    struct emitter emitter = {.gen = gen, .out = out}, *e = &emitter;
    const struct argot_normalizer *n = &gen->normalizer;
    argot_buffer_printf(
        out, "/* %s: made by argot-gen from its YAML; not to be edited. */\n#include \"argot/read.h\"\n\n", n->name);
    argot_gen_emit_types(gen, out);
    emit_dests(e);
    if (gen->head)
        emit_lexer(e, gen->head);
    if (gen->body)
        emit_lexer(e, gen->body);
    unsigned record = emit_block(e, n->record), messages = emit_messages(e);
    unsigned sets = emit_sets(e, n->sets, n->nsets), derives = emit_derives(e, n->derives, n->nderives);
    unsigned cases = emit_cases(e, n->cases, n->ncases), skips = emit_globs(e, n->skips, n->nskips);
    unsigned absent = emit_slices(e, n->absent.texts, n->absent.count);
    emit_inside(e);
    emit_string_list(e, "before", n->before, n->nbefore);
    emit_string_list(e, "expectations", gen->expectations, gen->nexpectations);
    emit_examples(e);
    emit_source(e);
    argot_buffer_printf(out,
                        "#ifndef ARGOT_SYMBOL\n#define ARGOT_SYMBOL argot_format_%s\n#endif\n"
                        "extern const struct argot_normalizer ARGOT_SYMBOL;\n"
                        "const struct argot_normalizer ARGOT_SYMBOL = {\n"
                        "    sizeof(struct argot_normalizer), ARGOT_ABI, ARGOT_ABI_OLDEST, %u,\n    ",
                        n->name, n->version);
    put_text(e, n->name);
    put(e, ", ");
    put_text(e, n->title);
    argot_buffer_printf(out,
                        ",\n    %u, %d, %d, %d, %u,\n    %zu, dests, %u, %u,\n    %u, %u, inside, before,\n    {%u, ",
                        n->kind, n->envelope, n->strict, n->event_time_received, n->unmatched, gen->ndests,
                        n->event_time, n->message, n->ninside, n->nbefore, n->absent.count);
    put_ref(e, "slices", absent, false);
    argot_buffer_printf(out, "},\n    %u, ", n->nskips);
    put_ref(e, "globs", skips, false);
    put(e, ",\n    ");
    put_lexer(e, gen->head);
    put_lexer(e, gen->body);
    put_ref(e, "block", record, true);
    argot_buffer_printf(out, ",\n    %u, messages_%u,\n    %u, %u, %u, ", n->nmessages, messages, n->nsets, n->nderives,
                        n->ncases);
    put_ref(e, "sets", sets, false);
    put(e, ", ");
    put_ref(e, "derives", derives, false);
    put(e, ", ");
    put_ref(e, "cases", cases, false);
    argot_buffer_printf(out, ",\n    %zu, expectations,\n    %u, examples,\n    yaml, %u,\n};\n", gen->nexpectations,
                        gen->bare ? 0u : n->nexamples, n->literal_prefix);
}
