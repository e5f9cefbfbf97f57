/* SPDX-License-Identifier: Apache-2.0
 * Records with names of their own as a tree of nodes in document order: JSON (RFC 8259, strict), key=value, CSV
 * (RFC 4180 with one record a line) and RFC 5424 structured data. Node 0 is the root object. */
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

struct argot_node {
    uint8_t kind;
    bool used;      /* a binding took it (set by normalize): not part of extra */
    bool duplicate; /* an earlier member of the same object has this key; reads skip it, extra leaves it out */
    uint32_t parent;
    uint32_t next;           /* index of the next sibling, 0: none */
    uint32_t child;          /* index of the first member or item, 0: none */
    uint32_t end;            /* index behind the last node of this subtree */
    struct argot_slice key;  /* decoded; items of arrays have none */
    struct argot_slice text; /* string: decoded; number: as written; object and array: their JSON text as written */
};

struct argot_record {
    struct argot_node *nodes;
    uint32_t count, capacity;
    uint32_t columns;              /* CSV: number of columns */
    uint64_t duplicates;           /* duplicate keys met in this record */
    struct argot_slice bare_words; /* kv: words that are no pair, joined by blanks; at NULL: none */
    /* After a failure */
    uint32_t offset;      /* bytes that were good */
    const char *expected; /* what was due there, in words */
    bool too_deep;
    bool too_many;          /* more nodes or columns than the limit */
    uint32_t *column_nodes; /* CSV: the node of each column, 0: none */
};

#define ARGOT_RECORD_MAX_DEPTH 64
#define ARGOT_RECORD_MAX_NODES 65536 /* of a record; columns of a CSV record too */
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
 * or in kv where a key is repeated (take: last, all) with `duplicates` true: go on with `after` one more than the node
 * found. A name written out wins over a pattern: the caller marks nodes as used. Linear in the siblings along the path,
 * for all calls that go on from each other together. */
uint32_t argot_record_find(const struct argot_record *record, const struct argot_path *path, uint32_t after,
                           bool duplicates);
/* Extends the names of CSV columns that are column_N so far, from column `from` on (0-based). Those whose new name
 * begins with _ count as used. */
void argot_record_name_columns(struct argot_record *record, uint32_t from, const struct argot_slice *names,
                               uint16_t count);
