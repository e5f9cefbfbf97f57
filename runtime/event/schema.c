/* SPDX-License-Identifier: Apache-2.0
 * Names to numbers and back in the generated schema table. */
#include "event/schema.h"
#include <string.h>

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
