/* SPDX-License-Identifier: Apache-2.0
 * The types of the schema by name. Apart from schema.c, since the generator needs them before there is a table. */
#include "event/schema.h"
#include <string.h>

static const char *const type_names[] = {[ARGOT_TYPE_NONE] = "none",
#define X(name, text, kept) [ARGOT_TYPE_##name] = text,
                                         ARGOT_TYPES(X)
#undef X
};

enum argot_type
argot_schema_type(const char *name)
{
    for (enum argot_type type = ARGOT_TYPE_NONE + 1; type < ARGOT_TYPE_COUNT; type++)
        if (!strcmp(type_names[type], name))
            return type;
    return ARGOT_TYPE_NONE;
}

const char *
argot_schema_type_name(enum argot_type type)
{
    return (unsigned)type < ARGOT_TYPE_COUNT ? type_names[type] : type_names[ARGOT_TYPE_NONE];
}
