/* SPDX-License-Identifier: Apache-2.0
 * Destinations: the fields, $ names and extra. names that a format fills, each once. */
#include "generator/codes.h"
#include "generator/model.h"
#include <string.h>

uint16_t
argot_gen_dest_find(const struct argot_gen *gen, enum argot_dest_kind kind, const char *name)
{
    for (size_t i = 0; i < gen->ndests; i++)
        if (gen->dests[i].kind == kind && !strcmp(gen->dests[i].name, name))
            return (uint16_t)i;
    return ARGOT_NONE;
}

static uint16_t
dest_add(struct argot_gen *gen, enum argot_dest_kind kind, const char *name, enum argot_type type,
         struct argot_span span)
{
    uint16_t found = argot_gen_dest_find(gen, kind, name);
    if (found != ARGOT_NONE) {
        struct argot_dest *dest = &gen->dests[found];
        if (kind == ARGOT_DEST_FIELD || type == ARGOT_TYPE_NONE || dest->type == type)
            return found;
        argot_gen_error(gen, ARGOT_CODE_TYPE_CLASH, span, "`%s` is %s here and %s elsewhere in this format", name,
                        argot_schema_type_name(type), argot_schema_type_name((enum argot_type)dest->type));
        return ARGOT_NONE;
    }
    if (gen->ndests == ARGOT_MAX_DESTS) {
        argot_gen_error(gen, ARGOT_CODE_TOO_MANY, span, "a format fills at most %d fields", ARGOT_MAX_DESTS);
        return ARGOT_NONE;
    }
    if (!gen->dests)
        gen->dests = argot_gen_alloc(gen, ARGOT_MAX_DESTS, sizeof *gen->dests);
    struct argot_dest dest = {(uint8_t)kind, (uint8_t)(type ? type : ARGOT_TYPE_STRING), name};
    gen->dests[gen->ndests] = dest;
    return (uint16_t)gen->ndests++;
}

/* A template writes {extra.x:uint}; in a value of `fields` that would be a name nobody means. */
static bool
ends_in_how(struct argot_gen *gen, const char *name, struct argot_span span)
{
    const char *colon = strrchr(name, ':');
    if (!colon || !argot_gen_how_find(colon + 1, strlen(colon + 1)))
        return false;
    argot_gen_error(gen, ARGOT_CODE_BAD_NAME, span, "`%s`: a way of writing is no part of a name", name)->hint =
        argot_arena_printf(gen->arena, "write {to: %.*s, how: %s}", (int)(colon - name), name, colon + 1);
    return true;
}

uint16_t
argot_gen_dest(struct argot_gen *gen, const char *name, enum argot_type type, struct argot_span span)
{
    if (name[0] == '$' && name[1] && name[1] != '.')
        return dest_add(gen, ARGOT_DEST_VARIABLE, name + 1, type, span);
    if (!strncmp(name, "extra.", 6) && name[6]) {
        if (argot_gen_schema_find(gen->schema, name + 6)) {
            argot_gen_error(gen, ARGOT_CODE_EXTRA_IS_FIELD, span,
                            "`%s`: the schema has a field of that name, write `%s`", name, name + 6);
            return ARGOT_NONE;
        }
        if (ends_in_how(gen, name, span))
            return ARGOT_NONE;
        return dest_add(gen, ARGOT_DEST_EXTRA, name + 6, type, span);
    }
    const struct argot_gen_schema_field *field = argot_gen_schema_find(gen->schema, name);
    if (field)
        return dest_add(gen, ARGOT_DEST_FIELD, field->name, field->type, span);
    argot_gen_suggest_field(
        gen, argot_gen_error(gen, ARGOT_CODE_UNKNOWN_FIELD, span, "the schema has no field `%s`", name), name);
    return ARGOT_NONE;
}

uint16_t
argot_gen_dest_field(struct argot_gen *gen, const char *field)
{
    struct argot_span none = {0, 0, 0};
    return argot_gen_dest(gen, field, ARGOT_TYPE_NONE, none);
}
