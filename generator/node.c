/* SPDX-License-Identifier: Apache-2.0
 * Nodes of a format file, read with a complaint where they are not what is due there. */
#include "generator/codes.h"
#include "generator/model.h"
#include <string.h>

struct argot_slice
argot_gen_slice(const struct argot_yaml *scalar)
{
    return (struct argot_slice){(const uint8_t *)scalar->text, (uint32_t)scalar->length};
}

bool
argot_gen_is(struct argot_gen *gen, const struct argot_yaml *node, enum argot_yaml_kind kind, const char *what)
{
    if (node->kind == kind)
        return true;
    argot_gen_error(gen, ARGOT_CODE_WRONG_NODE, node->span, "%s is due here", what);
    return false;
}

const char *
argot_gen_text(struct argot_gen *gen, const struct argot_yaml *node, const char *what)
{
    return argot_gen_is(gen, node, ARGOT_YAML_SCALAR, what) ? node->text : NULL;
}

bool
argot_gen_flag(struct argot_gen *gen, const struct argot_yaml *node, const char *what)
{
    const char *text = argot_gen_text(gen, node, "true or false");
    if (text && strcmp(text, "true") && strcmp(text, "false"))
        argot_gen_error(gen, ARGOT_CODE_BAD_WORD, node->span, "`%s` takes true or false", what);
    return text && !strcmp(text, "true");
}

static size_t
count_names(const char *const *names)
{
    size_t count = 0;
    while (names[count])
        count++;
    return count;
}

/* Keys of the language that wait for the first source which needs them. */
static bool
is_later(const char *key)
{
    static const char *const later[] = {"record", "pairs", "time", "months", "header", "join", NULL};
    for (size_t i = 0; later[i]; i++)
        if (!strcmp(later[i], key))
            return true;
    return false;
}

void
argot_gen_keys(struct argot_gen *gen, const struct argot_yaml *map, const char *const *names, const char *where)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct argot_yaml *key = map->keys[i];
        size_t k = 0;
        while (names[k] && strcmp(names[k], key->text))
            k++;
        if (names[k])
            continue;
        if (is_later(key->text)) {
            argot_gen_error(gen, ARGOT_CODE_LATER_KEY, key->span, "`%s` is not supported yet", key->text);
            continue;
        }
        struct argot_diagnostic *d =
            argot_gen_error(gen, ARGOT_CODE_UNKNOWN_KEY, key->span, "`%s` is no key of %s", key->text, where);
        argot_diagnostic_suggest(gen->diagnostics, d, key->text, names, count_names(names));
    }
}

bool
argot_gen_name_ok(const char *text)
{
    if (*text < 'a' || *text > 'z')
        return false;
    for (; *text; text++)
        if (!((*text >= 'a' && *text <= 'z') || (*text >= '0' && *text <= '9') || *text == '_'))
            return false;
    return true;
}

static void
check_limit(struct argot_gen *gen, struct argot_yaml *const *list, size_t count, size_t most, const char *what)
{
    if (count > most)
        argot_gen_error(gen, ARGOT_CODE_TOO_MANY, list[most]->span, "more than %zu %s", most, what);
}

size_t
argot_gen_items(struct argot_gen *gen, const struct argot_yaml *node, size_t most, const char *what)
{
    size_t count = argot_yaml_several(node);
    if (node && node->kind == ARGOT_YAML_LIST)
        check_limit(gen, node->items, count, most, what);
    return count < most ? count : most;
}

size_t
argot_gen_pairs(struct argot_gen *gen, const struct argot_yaml *map, size_t most, const char *what)
{
    check_limit(gen, map->keys, map->count, most, what);
    return map->count < most ? map->count : most;
}
