/* SPDX-License-Identifier: Apache-2.0
 * The common schema as formats/schema.yaml has it: loaded and checked (schema.c, schema_target.c), written as the
 * runtime's tables and as a page (schema_emit.c, schema_standard_emit.c). Everything lives in the arena; texts belong
 * to the YAML tree. */
#pragma once
#include "argot/normalizer.h"
#include "yaml/yaml.h"

struct argot_gen_schema_field {
    const char *name, *doc;
    const char *domain;
    enum argot_type type;
    bool lower; /* values are kept in lower case */
    size_t nvalues;
    const char *const *values;            /* of an enum, in the order of their numbers */
    const char *ecs, *ocsf, *otel, *note; /* NULL: none */
    const struct argot_yaml *yaml;        /* for what only exports need: X_on_event_type, sigma */
};

struct argot_gen_schema_event_type {
    const char *name, *doc;
    const char *ecs_kind, *ecs_action, *ecs_outcome;  /* action, outcome: NULL: none */
    const struct argot_yaml *ecs_category, *ecs_type; /* lists of words of ECS */
    uint32_t ocsf_class, ocsf_class_not_windows;      /* the second: 0: the same */
    int ocsf_activity;                                /* -1: told by the data */
    const struct argot_yaml *activity_by;             /* field and values that tell it, or NULL */
};

struct argot_gen_schema_word { /* a key with a text */
    const char *name, *doc;
};

struct argot_gen_schema {
    uint32_t version;
    size_t count;
    struct argot_gen_schema_field *fields;         /* in schema order */
    const char **names;                            /* in the same order */
    const struct argot_gen_schema_field **by_name; /* sorted by strcmp */
    size_t nevent_types;
    struct argot_gen_schema_event_type *event_types;
    const char **event_type_names;
    size_t ndomains;
    struct argot_gen_schema_word *domains;
    const struct argot_yaml *root; /* for what is only printed: types, rules, reasons */
};

#define ARGOT_GEN_SCHEMA_MAX_FIELDS 1000
#define ARGOT_GEN_SCHEMA_MAX_VALUES 255 /* of one enum; types of event too */
#define ARGOT_GEN_SCHEMA_MAX_ALIASES 1000
#define ARGOT_GEN_SCHEMA_MAX_NAME 60
#define ARGOT_GEN_SCHEMA_MAX_ACTIVITY 99  /* of OCSF */
#define ARGOT_GEN_SCHEMA_MAX_CLASS 999999 /* of OCSF; those of extensions have six digits */

/* NULL after errors in the diagnostics. O(n^2) in the fields. */
struct argot_gen_schema *argot_gen_schema_load(struct argot_arena *arena, struct argot_diagnostics *diagnostics,
                                               const struct argot_yaml *root);
/* NULL when there is none. O(log n). */
const struct argot_gen_schema_field *argot_gen_schema_find(const struct argot_gen_schema *schema, const char *name);
const char *const *argot_gen_schema_names(const struct argot_gen_schema *schema, size_t *count);
/* The C file behind event/schema.h. */
void argot_gen_schema_emit_c(const struct argot_gen_schema *schema, struct argot_buffer *out);
/* The C file behind event/standard.h. */
void argot_gen_schema_emit_standards(const struct argot_gen_schema *schema, struct argot_buffer *out);
/* docs/schema.md */
void argot_gen_schema_emit_doc(const struct argot_gen_schema *schema, struct argot_buffer *out);
