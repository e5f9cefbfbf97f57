/* SPDX-License-Identifier: Apache-2.0
 * The way out of a wrong name: what it is called here where other schemas and tools call it so, the nearest name, or
 * those that hold it as a word. */
#include "generator/model.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define LISTED_MAX 4   /* names that hold a word, beyond which none is likely meant */
#define VALUES_FEW 8   /* values of an enum that a hint can list */
#define HINT_BYTES 400 /* of a list */

/* ---- other names ---- */

static bool
is_text(const struct argot_yaml *node, const char *word)
{
    return node && node->kind == ARGOT_YAML_SCALAR && !strcasecmp(node->text, word);
}

static bool
is_among(const struct argot_yaml *list, const char *word)
{
    for (size_t i = 0; i < argot_yaml_several(list); i++)
        if (is_text(argot_yaml_nth(list, i), word))
            return true;
    return false;
}

static const char *
of_alias(const struct argot_yaml *root, const char *key, const char *word)
{
    const struct argot_yaml *map = argot_yaml_get(root, key);
    for (size_t i = 0; map && map->kind == ARGOT_YAML_MAP && i < map->count; i++)
        if (is_text(map->keys[i], word))
            return map->items[i]->text;
    return NULL;
}

/* The field that ECS, OCSF, OpenTelemetry or Sigma call so, or NULL. */
static const char *
called_elsewhere(const struct argot_gen_schema *schema, const char *word)
{
    static const char *const keys[] = {"ecs", "ocsf", "otel", "sigma"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        for (size_t i = 0; i < schema->count; i++)
            if (is_among(argot_yaml_get(schema->fields[i].yaml, keys[k]), word))
                return schema->fields[i].name;
    const char *name = of_alias(schema->root, "ecs_aliases", word);
    return name ? name : of_alias(schema->root, "vendor_aliases", word);
}

/* ---- names that hold a word ---- */

static bool
holds_word(const char *name, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = name; *at; at++)
        if ((at == name || at[-1] == '_') && !strncasecmp(at, word, length) && (!at[length] || at[length] == '_'))
            return true;
    return false;
}

/* "a, b, c" of the names, all of them where the word is NULL; NULL where there are none, or more than `most`. */
static const char *
list_names(struct argot_gen *gen, const char *const *names, size_t count, const char *word, size_t most)
{
    char text[HINT_BYTES];
    size_t found = 0, length = 0;
    for (size_t i = 0; i < count; i++) {
        if (word && !holds_word(names[i], word))
            continue;
        if (++found > most || length + strlen(names[i]) + sizeof "`, `" > sizeof text)
            return NULL;
        length += (size_t)snprintf(text + length, sizeof text - length, "%s`%s`", found > 1 ? ", " : "", names[i]);
    }
    return found ? argot_arena_copy(gen->arena, text, length) : NULL;
}

/* ---- the hints ---- */

void
argot_gen_suggest_field(struct argot_gen *gen, struct argot_diagnostic *d, const char *name)
{
    size_t count;
    const char *const *names = argot_gen_schema_names(gen->schema, &count);
    const char *known = called_elsewhere(gen->schema, name);
    const char *colon = strchr(name, ':');
    const char *front = colon ? argot_arena_copy(gen->arena, name, (size_t)(colon - name)) : NULL;
    if (front && argot_gen_schema_find(gen->schema, front)) {
        d->hint = argot_arena_printf(gen->arena, "write {to: %s, how: %s}", front, colon + 1);
        return;
    }
    if (known) {
        d->hint = argot_arena_printf(gen->arena, "here it is called `%s`", known);
        return;
    }
    argot_diagnostic_suggest(gen->diagnostics, d, name, names, count);
    const char *listed = d->hint ? NULL : list_names(gen, names, count, name, LISTED_MAX);
    if (listed)
        d->hint =
            argot_arena_printf(gen->arena, "the schema has %s; extra.NAME keeps what it has no field for", listed);
    else if (!d->hint)
        d->hint = "extra.NAME keeps what the schema has no field for; `argot fields` lists those that it has";
}

void
argot_gen_suggest_value(struct argot_gen *gen, struct argot_diagnostic *d, const struct argot_gen_schema_field *field,
                        const char *word)
{
    argot_diagnostic_suggest(gen->diagnostics, d, word, field->values, field->nvalues);
    if (d->hint)
        return;
    const char *all = list_names(gen, field->values, field->nvalues, NULL, VALUES_FEW);
    const char *some = all ? NULL : list_names(gen, field->values, field->nvalues, word, LISTED_MAX);
    if (all)
        d->hint = argot_arena_printf(gen->arena, "it has %s", all);
    else
        d->hint = argot_arena_printf(gen->arena, "%s%s`argot fields -v %s` lists its values", some ? some : "",
                                     some ? "? " : "", field->name);
}

/* Words of other tools, and what stands for them here. */
static const struct {
    const char *word, *hint;
} foreign[] = {
    {"iso8601", "write `rfc3339`"},
    {"iso", "write `rfc3339`"},
    {"timestamp", "write `rfc3339`, `rfc3164`, `epoch` or a strptime pattern such as `%d/%m/%Y %H:%M:%S`"},
    {"date", "write `rfc3339`, `rfc3164`, `epoch` or a strptime pattern such as `%d/%m/%Y %H:%M:%S`"},
    {"unix", "write `epoch`, or `epoch_ms`"},
    {"ipv4", "write `ip`"},
    {"ipv6", "write `ip`"},
    {"integer", "write `int` or `uint`"},
    {"number", "write `int`, `uint` or `float`"},
    {"double", "write `float`"},
    {"boolean", "write `bool`"},
    {"string", "a string needs no way of writing; `:text` takes the last place where what follows begins"},
    {"str", "a string needs no way of writing; `:text` takes the last place where what follows begins"},
    {"greedy", "write `text`, which takes the last place where what follows begins"},
    {"rest", "a string at the end of a template takes the rest; it needs no way of writing"},
    {"quotedstring", "write `quoted`"},
};

void
argot_gen_suggest_how(struct argot_gen *gen, struct argot_diagnostic *d, const char *word)
{
    size_t count;
    const char *const *words = argot_gen_how_words(&count);
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (!strcasecmp(foreign[i].word, word))
            d->hint = foreign[i].hint;
    if (!d->hint)
        argot_diagnostic_suggest(gen->diagnostics, d, word, words, count);
    if (!d->hint)
        d->hint = "the schema types its own fields, so they need none; a regular expression under `types:` makes one";
}
