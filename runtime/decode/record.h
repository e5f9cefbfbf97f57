/* SPDX-License-Identifier: Apache-2.0
 * Records with names of their own as a tree of nodes in document order: JSON (RFC 8259, strict), key=value, CSV
 * (RFC 4180 with one record a line) and RFC 5424 structured data. Node 0 is the root object. A subtree is the nodes
 * from its own to its `end`; so the members of `at` are at + 1, nodes[at + 1].end and so on, up to nodes[at].end. */
#pragma once
#include "decode/decode.h"

enum argot_node_kind {
    ARGOT_NODE_OBJECT,
    ARGOT_NODE_ARRAY,
    ARGOT_NODE_STRING,
    ARGOT_NODE_NUMBER,
    ARGOT_NODE_TRUE,
    ARGOT_NODE_FALSE,
    ARGOT_NODE_NULL,
};

/* A hostile record has tens of thousands, so they are kept small. */
struct argot_node {
    const uint8_t *key_at;  /* decoded; NULL: an item of an array has none */
    const uint8_t *text_at; /* string: decoded; number: as written; object and array: their JSON text as written */
    uint32_t key_length, text_length;
    uint32_t end; /* index behind the last node of this subtree */
    uint16_t parent;
    uint8_t kind;       /* enum argot_node_kind */
    bool used : 1;      /* a binding took it (set by normalize): not part of extra */
    bool duplicate : 1; /* an earlier member of the same object has this key; reads skip it, extra leaves it out */
    bool opaque : 1;    /* an object or a list whose members were not read */
    bool plain : 1;     /* string: without escapes in the log; opaque: its text is what extra writes of it */
};

static inline struct argot_slice
argot_node_key(const struct argot_node *node)
{
    return (struct argot_slice){node->key_at, node->key_length};
}

static inline struct argot_slice
argot_node_text(const struct argot_node *node)
{
    return (struct argot_slice){node->text_at, node->text_length};
}

#define ARGOT_RECORD_NAMES 256u

struct argot_record {
    struct argot_node *nodes;
    uint32_t count, capacity;
    uint32_t columns;              /* CSV: number of columns */
    uint32_t named;                /* CSV: names that columns have got; those behind are column_N */
    uint64_t duplicates;           /* duplicate keys met in this record */
    uint64_t nwords;               /* kv: words that are no pair */
    struct argot_slice bare_words; /* these joined by blanks where the dialect has a place for them; at NULL: none */
    const uint16_t *found;         /* by argot_record_pick alone: the node of each pick, 0: none; else NULL */
    /* After a failure */
    uint32_t offset; /* bytes that were good */
    bool too_deep;
    bool too_many;        /* more nodes or columns than the limit */
    const char *expected; /* what was due there, in words */

    uint32_t *column_nodes;          /* CSV: the node of each column, 0: none */
    const struct argot_block *block; /* what bound it (set by normalize), or NULL */

    uint16_t names[ARGOT_RECORD_NAMES]; /* by a hash of their names, the first member of the root; 0: none. Not filled
                                           where `found` is there */
};

/* Where members are looked for by name: most names that are asked for are not there, the others at once. */
static inline uint32_t
argot_record_name_hash(struct argot_slice name)
{
    uint32_t first = name.length ? name.at[0] : 0, last = name.length ? name.at[name.length - 1] : 0;
    uint32_t middle = name.length ? name.at[name.length / 2] : 0;
    return (name.length * 0x9e3779b1u + (first | last << 8 | middle << 16) * 0x85ebca6bu) >> 24;
}

/* The member `at` of the root has a name. */
static inline void
argot_record_name(struct argot_record *record, uint32_t at)
{
    uint16_t *first = &record->names[argot_record_name_hash(argot_node_key(&record->nodes[at]))];
    if (!*first || at < *first)
        *first = (uint16_t)at;
}

/* For a record that was put together, before something is looked for in it. */
static inline void
argot_record_name_all(struct argot_record *record)
{
    for (uint32_t at = 1; at < record->count; at = record->nodes[at].end)
        argot_record_name(record, at);
}

/* The first member, and the next behind one; 0: none. */
static inline uint32_t
argot_record_first(const struct argot_record *record, uint32_t at)
{
    return record->nodes[at].end > at + 1 ? at + 1 : 0;
}

static inline uint32_t
argot_record_next(const struct argot_record *record, uint32_t at)
{
    const struct argot_node *node = &record->nodes[at];
    return node->end < record->nodes[node->parent].end ? node->end : 0;
}

#define ARGOT_RECORD_MAX_DEPTH 64
#define ARGOT_RECORD_MAX_NODES 65536 /* of a record; columns of a CSV record too. `parent` holds the last one */
#define ARGOT_RECORD_MAX_PATTERN 62  /* bytes of a name with # or *; a longer one fits nothing */

/* Nodes live in the arena and are built anew by each call. BAD: offset and expected say where and why. All take linear
 * time but for repeated keys among very many, O(n log n).
 * JSON: the text must be one object (blanks around it are fine). Bytes that are not UTF-8 stay as they are; a lone
 * surrogate behind \u is BAD. Numbers keep their text. Strings without escapes point into the text. */
enum argot_decode_status argot_record_json(const struct argot_decode *context, struct argot_slice text,
                                           struct argot_record *record);
/* Blanks are blanks, tabs and the byte 0x1d (auditd). A value without quotes runs to the next pair separator, an
 * unterminated quote to the end; a word without value separator, or with nothing before it, is bare. Escapes hold
 * within quotes only. A wrapped value ends at the first closing byte where a pair may end. Where pairs are separated by
 * another text than blanks, blanks around keys and unquoted values are cut. BAD only when first_key is not there. */
enum argot_decode_status argot_record_kv(const struct argot_decode *context, const struct argot_kv *dialect,
                                         struct argot_slice text, struct argot_record *record);
/* A quote opens only at the begin of a column; behind the closing one only a separator or the end may stand.
 * Names the columns by dialect->columns as far as they go; the rest is column_N (N counts from 1). Columns whose name
 * begins with _ get no node; empty columns neither. */
enum argot_decode_status argot_record_csv(const struct argot_decode *context, const struct argot_csv *dialect,
                                          struct argot_slice text, struct argot_record *record);
/* RFC 5424 structured data, `-` or elements; members by name of all elements together. */
enum argot_decode_status argot_record_sd(const struct argot_decode *context, struct argot_slice text,
                                         struct argot_record *record);
/* The next node that fits a path at or after node `after` (0 to start), or 0. Several fit where a step is a pattern,
 * or where the last key of the path is repeated (take: last, all) with `duplicates` true: go on with `after` one more
 * than the node found. Inside of a repeated key nothing is found. A name written out wins over a pattern: the caller
 * marks nodes as used. Linear in the siblings along the path, for all calls that go on from each other together. */
uint32_t argot_record_find(const struct argot_record *record, const struct argot_path *path, uint32_t after,
                           bool duplicates);
/* Goes on naming columns of a CSV record where names ended. A name that an earlier column has makes a duplicate, one
 * that begins with _ drops its column. Returns the first node that got a name, 0: none did. */
uint32_t argot_record_name_columns(struct argot_record *record, const struct argot_slice *names, uint16_t count);
