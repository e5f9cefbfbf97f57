/* SPDX-License-Identifier: Apache-2.0
 * What the files that load the schema share. */
#pragma once
#include "base/codes.h"
#include "generator/schema.h"

struct argot_gen_schema_loader {
    struct argot_arena *arena;
    struct argot_diagnostics *diagnostics;
    struct argot_gen_schema *schema;
};

#define ARGOT_COUNT(array) (sizeof(array) / sizeof *(array))

/* An error at the node. */
struct argot_diagnostic *argot_gen_schema_report(struct argot_gen_schema_loader *l, unsigned code,
                                                 const struct argot_yaml *node, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Zeroed; NULL after an error. */
void *argot_gen_schema_alloc(struct argot_gen_schema_loader *l, size_t count, size_t size);
/* Reports keys of a map that are not in names. */
void argot_gen_schema_keys(struct argot_gen_schema_loader *l, const struct argot_yaml *map, const char *const *names,
                           size_t count);
/* The value of a key, or NULL; an error when it is of another kind, or absent and required. */
const struct argot_yaml *argot_gen_schema_node(struct argot_gen_schema_loader *l, const struct argot_yaml *map,
                                               const char *key, enum argot_yaml_kind kind, bool required);
/* The same for a text that is not empty. */
const char *argot_gen_schema_text(struct argot_gen_schema_loader *l, const struct argot_yaml *map, const char *key,
                                  bool required);
/* A number from 0 to most; false after an error. */
bool argot_gen_schema_number(struct argot_gen_schema_loader *l, const struct argot_yaml *node, uint32_t most,
                             uint32_t *number);
/* Letters, digits and `_`, first a letter; all lower or all upper case. false after an error. */
bool argot_gen_schema_name(struct argot_gen_schema_loader *l, const struct argot_yaml *node, bool upper,
                           const char *what);

/* schema_target.c: names of other standards. */
void argot_gen_schema_event_types(struct argot_gen_schema_loader *l, const struct argot_yaml *root);
void argot_gen_schema_targets(struct argot_gen_schema_loader *l, struct argot_gen_schema_field *field);
void argot_gen_schema_aliases(struct argot_gen_schema_loader *l, const struct argot_yaml *root);
/* An error unless the node is a path of that standard: "ECS" or "OCSF". */
void argot_gen_schema_path(struct argot_gen_schema_loader *l, const struct argot_yaml *node, const char *standard);

/* schema_standard.c: how events are written in their words. */
void argot_gen_schema_standards(struct argot_gen_schema_loader *l, const struct argot_yaml *root);
