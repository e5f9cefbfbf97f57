/* SPDX-License-Identifier: Apache-2.0
 * The common schema as formats/schema.yaml has it: loaded, checked, written as the runtime's table and as a page. */
#pragma once
#include "argot/normalizer.h"
#include "yaml/yaml.h"

struct argot_gen_schema_field {
    const char *name, *domain, *doc;
    enum argot_type type;
    bool lower; /* values are kept in lower case */
    size_t nvalues;
    const char *const *values; /* of an enum, in the order of their numbers */
    const char *unit, *ecs, *ocsf, *note; /* NULL: none */
};

struct argot_gen_schema_event_type {
    const char *name, *doc;
};

struct argot_gen_schema {
    uint32_t version;
    size_t count;
    struct argot_gen_schema_field *fields; /* in schema order */
    const char **names;
    size_t nevent_types;
    struct argot_gen_schema_event_type *event_types;
};

/* NULL after errors in the diagnostics. Everything lives in the arena. */
struct argot_gen_schema *argot_gen_schema_load(struct argot_arena *arena, struct argot_diagnostics *diagnostics,
                                               const struct argot_yaml *root);
const struct argot_gen_schema_field *argot_gen_schema_find(const struct argot_gen_schema *schema, const char *name);
const char *const *argot_gen_schema_names(const struct argot_gen_schema *schema, size_t *count);
void argot_gen_schema_emit_c(const struct argot_gen_schema *schema, struct argot_buffer *out);
void argot_gen_schema_emit_doc(const struct argot_gen_schema *schema, struct argot_buffer *out);
