/* SPDX-License-Identifier: Apache-2.0
 * A YAML file as a tree with positions, over libyaml's parser. Scalars are text, whatever they look like; duplicate
 * keys are errors; aliases share the node of their anchor and count against the limits as if it were copied; merge
 * keys (<<) and tags are refused. The tree lives in the arena of the diagnostics. libyaml's own memory does not come
 * from the seam: it has no hook for that; it is bounded by the size of the file and given back before parsing ends. */
#pragma once
#include "base/diagnostic.h"

enum argot_yaml_kind {
    ARGOT_YAML_SCALAR,
    ARGOT_YAML_LIST,
    ARGOT_YAML_MAP,
};

struct argot_yaml {
    enum argot_yaml_kind kind;
    struct argot_span span;
    /* All bytes of the value in the source, over its lines, less blanks and line ends behind it. Where an alias stands:
     * those of the anchor's value. */
    size_t begin, end;
    /* scalar */
    const char *text; /* NUL-terminated; holds no further NUL (an error) */
    size_t length;
    bool plain; /* not quoted, no block: `401` may be a number, `'401'` is text */
    /* The byte of the text at index i stands at span.column + text_offset + i of span.line when this holds: plain or
     * quoted on one line without escapes; so template errors can mark the exact byte. */
    bool verbatim;
    uint32_t text_offset;
    /* A literal block (`|`): line i of the text, from 0, begins at block_column of line block_line + i. 0: no such. */
    uint32_t block_line, block_column;
    /* list: items; map: keys are scalars in keys[i], values in items[i] */
    size_t count;
    struct argot_yaml **keys;
    struct argot_yaml **items;
};

/* Where one node may stand for a list of one: how many there are, 0 for NULL, and number i. */
static inline size_t
argot_yaml_several(const struct argot_yaml *node)
{
    return !node ? 0 : node->kind == ARGOT_YAML_LIST ? node->count : 1;
}

static inline const struct argot_yaml *
argot_yaml_nth(const struct argot_yaml *node, size_t i)
{
    return node->kind == ARGOT_YAML_LIST ? node->items[i] : node;
}

/* Aliases count as copies of what they stand for. */
#define ARGOT_YAML_MAX_BYTES (4u << 20)
#define ARGOT_YAML_MAX_DEPTH 64
#define ARGOT_YAML_MAX_NODES 200000
#define ARGOT_YAML_MAX_TEXT (16u << 20) /* bytes of all scalars */
#define ARGOT_YAML_MAX_ANCHORS 1000

/* NULL after adding at least one error. Exactly one document; an empty file is an error. */
struct argot_yaml *argot_yaml_parse(struct argot_diagnostics *diagnostics);
/* The value of a key, or NULL; also NULL when `map` is no map. */
struct argot_yaml *argot_yaml_get(const struct argot_yaml *map, const char *key);
/* The key node of a key, or NULL. */
struct argot_yaml *argot_yaml_key(const struct argot_yaml *map, const char *key);
/* Number of nodes of a tree, aliases counted at each use; stops near `most`. */
size_t argot_yaml_count(const struct argot_yaml *node, size_t most);
/* The word that a plain scalar is in JSON when it is no text: a number, true, false or null; else NULL. */
const char *argot_yaml_typed(const struct argot_yaml *scalar);
/* The tree as JSON; plain scalars that are numbers or true/false/null are written so when `typed`, else all text. */
void argot_yaml_print_json(const struct argot_yaml *node, bool typed, struct argot_buffer *out);
