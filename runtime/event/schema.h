/* SPDX-License-Identifier: Apache-2.0
 * The common schema as a table. argot-gen makes it from formats/schema.yaml; fields stand in schema order, which is
 * also the order of output. Read-only, valid for the life of the process. */
#pragma once
#include "argot/normalizer.h"

struct argot_schema_field {
    const char *name;
    uint8_t type;     /* enum argot_type */
    bool lower;       /* values are kept in lower case */
    uint16_t nvalues; /* of an enum, in the order of their numbers */
    const char *const *values;
    const char *doc;
};

struct argot_schema {
    uint32_t version;
    uint16_t count;
    const struct argot_schema_field *fields;
};

/* The generated table. */
extern const struct argot_schema argot_schema;
/* The fields' indexes in the order of their names by strcmp. */
extern const uint16_t argot_schema_by_name[];

/* The schema type of a name such as "ip", ARGOT_TYPE_NONE for an unknown one; and back. */
enum argot_type argot_schema_type(const char *name);
const char *argot_schema_type_name(enum argot_type type);
/* Index of a field, or -1. O(log n). */
int argot_schema_find(const char *name);
/* Number of an enum value, or -1. */
int argot_schema_enum(uint16_t field, const uint8_t *text, size_t length);
