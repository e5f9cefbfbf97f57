/* SPDX-License-Identifier: Apache-2.0
 * Conditions, constants, cases and derived fields; and which destinations a message may fill. */
#include "generator/codes.h"
#include "generator/model.h"
#include <string.h>

/* ---- conditions ---- */

struct argot_glob
argot_gen_glob(struct argot_gen *gen, const struct argot_yaml *node)
{
    struct argot_glob glob = {0};
    const char *star = memchr(node->text, '*', node->length);
    struct argot_slice text = argot_gen_slice(node);
    glob.head = text;
    if (!star)
        return glob;
    glob.star = true;
    glob.head.length = (uint32_t)(star - node->text);
    glob.tail = (struct argot_slice){(const uint8_t *)star + 1, (uint32_t)(node->text + node->length - star - 1)};
    if (memchr(star + 1, '*', glob.tail.length))
        argot_gen_error(gen, ARGOT_CODE_BAD_CONDITION, node->span, "`%s`: one `*` may stand in a text", node->text);
    return glob;
}

static bool
read_number(const char *text, int64_t *number)
{
    bool minus = *text == '-';
    int64_t value = 0;
    text += minus;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || value > INT64_MAX / 10 - 1)
            return false;
        value = value * 10 + (*text - '0');
    }
    *number = minus ? -value : value;
    return true;
}

/* `4`, `4-60` */
static bool
read_range(const char *text, int64_t *low, int64_t *high)
{
    char copy[64];
    size_t length = strlen(text);
    if (!length || length >= sizeof copy)
        return false;
    memcpy(copy, text, length + 1);
    char *dash = strchr(copy + 1, '-');
    if (!dash)
        return read_number(copy, low) && read_number(copy, high);
    *dash = 0;
    return read_number(copy, low) && read_number(dash + 1, high) && *low <= *high;
}

static void
load_columns_term(struct argot_gen *gen, const struct argot_yaml *node, struct argot_term *term)
{
    term->source.kind = ARGOT_SOURCE_COLUMNS;
    term->test = ARGOT_TEST_RANGE;
    const char *text = argot_gen_text(gen, node, "a number of columns");
    if (text && !read_range(text, &term->low, &term->high))
        argot_gen_error(gen, ARGOT_CODE_BAD_RANGE, node->span, "`%s`: write 14 or 4-60", text);
}

static void
load_term(struct argot_gen *gen, const struct argot_yaml *node, struct argot_term *term)
{
    if (node->kind == ARGOT_YAML_MAP) {
        argot_gen_is(gen, node, ARGOT_YAML_SCALAR, "a value or a list of values");
        return;
    }
    if (node->kind == ARGOT_YAML_SCALAR) {
        if (!strcmp(node->text, "*"))
            term->test = ARGOT_TEST_PRESENT;
        else if (node->plain && (!strcmp(node->text, "null") || !strcmp(node->text, "~") || !node->length))
            term->test = ARGOT_TEST_ABSENT;
        if (term->test)
            return;
    }
    size_t count = argot_gen_items(gen, node, ARGOT_GEN_MAX_TEXTS, "values in a condition");
    struct argot_glob *globs = argot_gen_alloc(gen, count + 1, sizeof *globs);
    for (size_t i = 0; i < count; i++) {
        const struct argot_yaml *one = argot_yaml_nth(node, i);
        if (argot_gen_text(gen, one, "a value"))
            globs[term->nvalues++] = argot_gen_glob(gen, one);
    }
    term->values = globs;
}

void
argot_gen_load_condition(struct argot_gen *gen, const struct argot_yaml *map, struct argot_condition *condition,
                         enum argot_gen_when when)
{
    if (!argot_gen_is(gen, map, ARGOT_YAML_MAP, "a condition: name: value"))
        return;
    if (!map->count)
        argot_gen_error(gen, ARGOT_CODE_BAD_CONDITION, map->span, "an empty condition");
    size_t count = argot_gen_pairs(gen, map, ARGOT_GEN_MAX_TERMS, "names in a condition");
    struct argot_term *terms = argot_gen_alloc(gen, count + 1, sizeof *terms);
    for (size_t i = 0; i < count; i++) {
        struct argot_term *term = &terms[condition->count];
        if (!strcmp(map->keys[i]->text, "columns")) {
            load_columns_term(gen, map->items[i], term);
        } else {
            if (!argot_gen_load_source(gen, map->keys[i], &term->source, when))
                continue;
            load_term(gen, map->items[i], term);
        }
        condition->count++;
    }
    condition->terms = terms;
}

/* ---- constants ---- */

static bool
one_of(const char *text, const char *words)
{
    size_t length = strlen(text);
    for (const char *at = words; (at = strstr(at, text)); at++)
        if ((at == words || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
            return true;
    return false;
}

static void
check_constant(struct argot_gen *gen, uint16_t dest, const struct argot_yaml *node)
{
    const struct argot_dest *known = &gen->dests[dest];
    int64_t number;
    struct argot_diagnostic *d = NULL;
    switch (known->type) {
    case ARGOT_TYPE_ENUM: {
        const struct argot_gen_schema_field *field = argot_gen_schema_find(gen->schema, known->name);
        for (size_t i = 0; field && i < field->nvalues; i++)
            if (!strcmp(field->values[i], node->text))
                return;
        d = argot_gen_error(gen, ARGOT_CODE_BAD_VALUE, node->span, "`%s` is no value of %s", node->text, known->name);
        if (field)
            argot_gen_suggest_value(gen, d, field, node->text);
        return;
    }
    case ARGOT_TYPE_BOOL:
        if (one_of(node->text, "true false yes no 1 0"))
            return;
        break;
    case ARGOT_TYPE_INT:
    case ARGOT_TYPE_UINT:
    case ARGOT_TYPE_PORT:
    case ARGOT_TYPE_BYTES:
        if (read_number(node->text, &number))
            return;
        break;
    case ARGOT_TYPE_TIMESTAMP:
        break;
    default:
        return;
    }
    argot_gen_error(gen, ARGOT_CODE_BAD_VALUE, node->span, "`%s` is no value of type %s, which %s has", node->text,
                    argot_schema_type_name(known->type), known->name);
}

void
argot_gen_load_sets(struct argot_gen *gen, const struct argot_yaml *map, const struct argot_set **sets, uint16_t *count)
{
    if (!argot_gen_is(gen, map, ARGOT_YAML_MAP, "a map of fields to constants"))
        return;
    size_t most = argot_gen_pairs(gen, map, ARGOT_GEN_MAX_SETS, "constants in `set`");
    struct argot_set *list = argot_gen_alloc(gen, most + 1, sizeof *list);
    for (size_t i = 0; i < most; i++) {
        uint16_t dest = argot_gen_dest(gen, map->keys[i]->text, ARGOT_TYPE_NONE, map->keys[i]->span);
        if (dest == ARGOT_NONE || !argot_gen_text(gen, map->items[i], "a constant"))
            continue;
        check_constant(gen, dest, map->items[i]);
        list[(*count)++] = (struct argot_set){dest, argot_gen_slice(map->items[i])};
    }
    *sets = list;
}

/* ---- derived fields ---- */

static void
load_ranges(struct argot_gen *gen, const struct argot_yaml *map, struct argot_derive *derive)
{
    if (!argot_gen_is(gen, map, ARGOT_YAML_MAP, "a map of ranges to texts"))
        return;
    size_t count = argot_gen_pairs(gen, map, ARGOT_GEN_MAX_TEXTS, "ranges");
    struct argot_range *ranges = argot_gen_alloc(gen, count + 1, sizeof *ranges);
    for (size_t i = 0; i < count; i++) {
        struct argot_range *range = &ranges[derive->nranges];
        if (!read_range(map->keys[i]->text, &range->low, &range->high))
            argot_gen_error(gen, ARGOT_CODE_BAD_RANGE, map->keys[i]->span, "`%s`: write 404 or 100-399",
                            map->keys[i]->text);
        if (argot_gen_text(gen, map->items[i], "a text"))
            range->text = argot_gen_slice(map->items[i]);
        derive->nranges++;
    }
    derive->ranges = ranges;
}

static void
load_sources(struct argot_gen *gen, const struct argot_yaml *node, struct argot_derive *derive,
             const struct argot_yaml *self)
{
    size_t count = node ? argot_gen_items(gen, node, ARGOT_GEN_MAX_SOURCES, "names in `from`") : 1;
    struct argot_source *sources = argot_gen_alloc(gen, count + 1, sizeof *sources);
    for (size_t i = 0; i < count; i++) {
        const struct argot_yaml *one = node ? argot_yaml_nth(node, i) : self;
        if (argot_gen_load_source(gen, one, &sources[derive->nsources], ARGOT_GEN_AT_END))
            derive->nsources++;
    }
    derive->sources = sources;
}

static void
check_results(struct argot_gen *gen, const struct argot_derive *derive, const struct argot_yaml *body)
{
    static const char *const tables[] = {"map", "ranges", "contains"};
    for (size_t t = 0; t < 3; t++) {
        const struct argot_yaml *map = argot_yaml_get(body, tables[t]);
        for (size_t i = 0; map && map->kind == ARGOT_YAML_MAP && i < map->count; i++)
            if (map->items[i]->kind == ARGOT_YAML_SCALAR)
                check_constant(gen, derive->dest, map->items[i]);
    }
    const struct argot_yaml *otherwise = argot_yaml_get(body, "else");
    if (otherwise && derive->otherwise == ARGOT_ELSE_TEXT)
        check_constant(gen, derive->dest, otherwise);
}

void
argot_gen_load_derives(struct argot_gen *gen, const struct argot_yaml *map, const struct argot_derive **derives,
                       uint16_t *count)
{
    static const char *const keys[] = {"from", "map", "ranges", "contains", "case", "else", NULL};
    if (!argot_gen_is(gen, map, ARGOT_YAML_MAP, "a map of fields to what they follow from"))
        return;
    size_t most = argot_gen_pairs(gen, map, ARGOT_GEN_MAX_DERIVES, "fields in `derive`");
    struct argot_derive *list = argot_gen_alloc(gen, most + 1, sizeof *list);
    for (size_t i = 0; i < most; i++) {
        struct argot_derive *derive = &list[*count];
        const struct argot_yaml *body = map->items[i], *node;
        derive->dest = argot_gen_dest(gen, map->keys[i]->text, ARGOT_TYPE_NONE, map->keys[i]->span);
        if (derive->dest == ARGOT_NONE)
            continue;
        if (body->kind == ARGOT_YAML_SCALAR) { /* field: other_field */
            load_sources(gen, body, derive, map->keys[i]);
            (*count)++;
            continue;
        }
        if (!argot_gen_is(gen, body, ARGOT_YAML_MAP, "from, map, ranges, contains, case, else"))
            continue;
        argot_gen_keys(gen, body, keys, "a derived field");
        load_sources(gen, argot_yaml_get(body, "from"), derive, map->keys[i]);
        if ((node = argot_yaml_get(body, "map")))
            derive->map = argot_gen_load_table(gen, node);
        if ((node = argot_yaml_get(body, "ranges")))
            load_ranges(gen, node, derive);
        if ((node = argot_yaml_get(body, "contains")))
            derive->contains = argot_gen_load_map(gen, node, false);
        derive->letter_case = argot_gen_load_case_word(gen, argot_yaml_get(body, "case"));
        argot_gen_load_else(gen, argot_yaml_get(body, "else"), &derive->otherwise, &derive->otherwise_text);
        check_results(gen, derive, body);
        (*count)++;
    }
    *derives = list;
}

/* ---- cases ---- */

static void
load_case_body(struct argot_gen *gen, const struct argot_yaml *body, struct argot_case *one)
{
    const struct argot_yaml *node;
    bool flat = gen->normalizer.kind == ARGOT_KIND_KV || gen->normalizer.kind == ARGOT_KIND_CSV;
    if ((node = argot_yaml_get(body, "columns"))) {
        const struct argot_texts *texts = argot_gen_load_texts(gen, node, "a column's name");
        one->columns = texts->texts;
        one->ncolumns = texts->count;
    }
    if ((node = argot_yaml_get(body, "fields")))
        argot_gen_load_bindings(gen, node, flat, &one->bindings, &one->nbindings);
    if ((node = argot_yaml_get(body, "set")))
        argot_gen_load_sets(gen, node, &one->sets, &one->nsets);
    if ((node = argot_yaml_get(body, "derive")))
        argot_gen_load_derives(gen, node, &one->derives, &one->nderives);
    if ((node = argot_yaml_get(body, "choose")))
        argot_gen_load_cases(gen, node, &one->cases, &one->ncases);
}

void
argot_gen_load_cases(struct argot_gen *gen, const struct argot_yaml *list, const struct argot_case **cases,
                     uint16_t *count)
{
    static const char *const keys[] = {"when", "else", "set", "fields", "columns", "derive", "choose", NULL};
    static const char *const else_keys[] = {"set", "fields", "columns", "derive", "choose", NULL};
    if (!argot_gen_is(gen, list, ARGOT_YAML_LIST, "a list of cases"))
        return;
    size_t most = argot_gen_items(gen, list, ARGOT_GEN_MAX_CASES, "cases in `choose`");
    struct argot_case *all = argot_gen_alloc(gen, most + 1, sizeof *all);
    for (size_t i = 0; i < most; i++) {
        const struct argot_yaml *node = list->items[i];
        if (!argot_gen_is(gen, node, ARGOT_YAML_MAP, "a case: when and what it sets"))
            continue;
        argot_gen_keys(gen, node, keys, "a case");
        const struct argot_yaml *when = argot_yaml_get(node, "when"), *otherwise = argot_yaml_get(node, "else");
        if (++gen->cases > ARGOT_GEN_MAX_ALL_CASES) {
            if (gen->cases == ARGOT_GEN_MAX_ALL_CASES + 1)
                argot_gen_error(gen, ARGOT_CODE_TOO_MANY, node->span, "more than %d cases in all `choose` of a format",
                                ARGOT_GEN_MAX_ALL_CASES);
            break;
        }
        struct argot_case *one = &all[(*count)++];
        if (when) {
            argot_gen_load_condition(gen, when, &one->when, ARGOT_GEN_AT_CHOICE);
            load_case_body(gen, node, one);
        } else if (otherwise) {
            if (i + 1 != list->count)
                argot_gen_error(gen, ARGOT_CODE_CASE_ORDER, node->span, "`else` must be the last case");
            if (argot_gen_is(gen, otherwise, ARGOT_YAML_MAP, "what the case sets")) {
                argot_gen_keys(gen, otherwise, else_keys, "an else case");
                load_case_body(gen, otherwise, one);
            }
        } else {
            argot_gen_error(gen, ARGOT_CODE_MISSING_KEY, node->span, "this case has neither `when:` nor `else:`");
        }
    }
    *cases = all;
}

/* ---- which destinations may be filled ---- */

static void
mark(bool *dests, uint16_t dest)
{
    if (dest < ARGOT_MAX_DESTS)
        dests[dest] = true;
}

void
argot_gen_mark_value(const struct argot_value *value, bool *dests)
{
    if (!value)
        return;
    for (unsigned t = 0; t < value->ntargets; t++)
        for (unsigned i = 0; i < value->targets[t].count; i++)
            mark(dests, value->targets[t].dests[i]);
    if (value->lexer)
        argot_gen_mark_lexer(value->lexer, dests);
    if (value->block)
        argot_gen_mark_block(value->block, dests);
}

void
argot_gen_mark_lexer(const struct argot_lexer *lexer, bool *dests)
{
    for (uint16_t i = 0; i < lexer->ntemplates; i++)
        for (uint16_t k = 0; k < lexer->templates[i].ncaptures; k++)
            argot_gen_mark_value(lexer->templates[i].captures[k], dests);
}

void
argot_gen_mark_block(const struct argot_block *block, bool *dests)
{
    for (uint16_t i = 0; i < block->nbindings; i++)
        argot_gen_mark_value(block->bindings[i].value, dests);
    if (block->kv && block->kv->bare_words)
        argot_gen_mark_value(block->kv->bare_words, dests);
}

void
argot_gen_mark_cases(const struct argot_case *cases, uint16_t count, bool *dests)
{
    for (uint16_t i = 0; i < count; i++) {
        for (uint16_t k = 0; k < cases[i].nbindings; k++)
            argot_gen_mark_value(cases[i].bindings[k].value, dests);
        for (uint16_t k = 0; k < cases[i].nderives; k++)
            mark(dests, cases[i].derives[k].dest);
        for (uint16_t k = 0; k < cases[i].nsets; k++)
            mark(dests, cases[i].sets[k].dest);
        argot_gen_mark_cases(cases[i].cases, cases[i].ncases, dests);
    }
}

void
argot_gen_mark_begin(const struct argot_normalizer *n, bool *dests)
{
    if (n->head)
        argot_gen_mark_lexer(n->head, dests);
    if (n->record)
        argot_gen_mark_block(n->record, dests);
}

void
argot_gen_mark_message(const struct argot_normalizer *n, uint16_t message, bool *dests)
{
    for (uint16_t i = 0; n->body && i < n->body->ntemplates; i++)
        for (uint16_t k = 0; n->body->templates[i].message == message && k < n->body->templates[i].ncaptures; k++)
            argot_gen_mark_value(n->body->templates[i].captures[k], dests);
}

void
argot_gen_message_dests(struct argot_gen *gen, struct argot_message *message, uint16_t index)
{
    const struct argot_normalizer *n = &gen->normalizer;
    bool dests[ARGOT_MAX_DESTS] = {false};
    argot_gen_mark_begin(n, dests);
    argot_gen_mark_message(n, index, dests);
    argot_gen_mark_cases(n->cases, n->ncases, dests);
    argot_gen_mark_cases(message->cases, message->ncases, dests);
    for (uint16_t i = 0; i < n->nderives; i++)
        mark(dests, n->derives[i].dest);
    for (uint16_t i = 0; i < message->nderives; i++)
        mark(dests, message->derives[i].dest);
    uint16_t *list = argot_gen_alloc(gen, gen->ndests + 1, sizeof *list);
    for (size_t i = 0; i < gen->ndests; i++)
        if (dests[i])
            list[message->ndests++] = (uint16_t)i;
    message->dests = list;
}
