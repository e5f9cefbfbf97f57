/* SPDX-License-Identifier: Apache-2.0
 * Names to numbers and back in the generated schema table. */
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

int
argot_schema_find(const char *name)
{
    unsigned low = 0, high = argot_schema.count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        uint16_t field = argot_schema_by_name[middle];
        int order = strcmp(name, argot_schema.fields[field].name);
        if (!order)
            return field;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return -1;
}

int
argot_schema_enum(uint16_t field, const uint8_t *text, size_t length)
{
    if (field >= argot_schema.count)
        return -1;
    const struct argot_schema_field *row = &argot_schema.fields[field];
    for (int i = 0; i < row->nvalues; i++)
        if (strlen(row->values[i]) == length && !memcmp(row->values[i], text, length))
            return i;
    return -1;
}
