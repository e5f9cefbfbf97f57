/* SPDX-License-Identifier: Apache-2.0
 * What formats name in JSON records, all paths of all formats in one tree: so one pass over a record finds what each of
 * them asks for, whichever is tried. Number 0 is the record itself. Made when formats are registered, read-only then.
 */
#pragma once
#include "decode/record.h"

#define ARGOT_PICKS_MAX 16384 /* names in their places; with more, and without memory, records are read whole */

/* Formats as a set. There are more formats than bits: some share one, and then more is read than is asked for. */
typedef uint64_t argot_picks_formats;

struct argot_pick {
    struct argot_slice key;
    uint16_t parent;
    argot_picks_formats inner; /* a path of theirs goes on below it */
    argot_picks_formats leaf;  /* a path ends here */
    argot_picks_formats deep;  /* all that is below it is asked for, by number or by pattern */
};

struct argot_picks {
    struct argot_arena *arena;
    struct argot_pick *picks;
    uint32_t count, capacity;
    uint16_t *table; /* by a hash of parent and key; 0: free */
    uint32_t slots;  /* a power of two, at least four for each pick */
    bool unusable;
    unsigned nformats;
    argot_picks_formats keepers; /* those that ask for all members in the end */
};

/* The arena must live as long. */
void argot_picks_init(struct argot_picks *picks, struct argot_arena *arena);
/* A format that will enter paths, as a set of its own. */
argot_picks_formats argot_picks_format(struct argot_picks *picks, bool keeps);
/* Enters a path of a format. Returns the number of the one place that it names, 0 where it may name several or is not
 * entered. */
uint16_t argot_picks_add(struct argot_picks *picks, const struct argot_path *path, argot_picks_formats format);
/* The pick of a member of `parent`, or 0. */
uint16_t argot_picks_child(const struct argot_picks *picks, uint16_t parent, struct argot_slice key);
