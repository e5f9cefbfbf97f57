/* SPDX-License-Identifier: Apache-2.0
 * A normalizer on its own: one parser over a fixed set of formats, for programs that are not argot. It is the engine of
 * runtime/normalize with a small face, and goes as source into what `argot compile --emit c` writes, with functions
 * around it that bear the format's name. A parser is for one thread at a time; nothing is shared between parsers. */
#pragma once
#include "alone/types.h"
#include "argot/normalizer.h"
#include "base/seam.h"

#define ARGOT_ALONE_MAX_BYTES (1u << 20) /* of a line; a longer one is a letter */

struct argot_alone;

/* A parser for lines of the format `name`, which is one of `count` formats; the others are the envelopes that it may
 * stand in. options may be NULL. NULL without memory, where the formats do not go together, or the time zone is not
 * known; `why` says which. */
struct argot_alone *argot_alone_new(struct argot_seam *seam, const struct argot_normalizer *const *formats,
                                    size_t count, const char *name, const struct argot_alone_options *options,
                                    char *why, size_t why_size);
void argot_alone_free(struct argot_alone *alone); /* NULL is fine */

/* Reads one line, with or without its line end, and forgets the results of the one before. Returns the number of
 * results, at least 1, or an argot_alone_refusal. What the calls below give lies in the parser until the next line. */
int argot_alone_parse(struct argot_alone *alone, const char *line, size_t length);

/* An enum argot_alone_outcome; beyond the results ARGOT_ALONE_SKIPPED. */
int argot_alone_outcome(const struct argot_alone *alone, int result);
/* The number of the format's message that an event is; -1 where it is none: the line of an envelope with nothing in it
 * that fits, a line that no message fits, or no event. */
int argot_alone_message(const struct argot_alone *alone, int result);
/* The fields of an event in the order of the schema, then the members of extra. NULL and 0 where the result is no
 * event, and without memory. */
const struct argot_alone_value *argot_alone_fields(struct argot_alone *alone, int result, size_t *count);
/* One of them by name, `extra.` before a member of extra; NULL where it has no value. O(fields). */
const struct argot_alone_value *argot_alone_get(struct argot_alone *alone, int result, const char *name);
/* 1 where the result is a letter. */
int argot_alone_letter(const struct argot_alone *alone, int result, struct argot_alone_letter *letter);
/* The event or letter as argot parse writes it, without the newline; a NUL behind. NULL for what is skipped, and
 * without memory. */
const char *argot_alone_json(struct argot_alone *alone, int result, size_t *length);
/* A value as text, as argot writes it (lists as JSON); at most size - 1 bytes and a NUL. Returns the length of the
 * whole, as snprintf does; 0 without memory. */
size_t argot_alone_print(struct argot_alone *alone, const struct argot_alone_value *value, char *text, size_t size);

/* Where a structure made for a message keeps a field. */
struct argot_alone_member {
    const char *name;
    uint8_t extra;
    uint8_t type;     /* a value of another type is not taken */
    uint16_t at, has; /* offsets of the value and of the byte that says whether there is one */
};
/* Fills such a structure, zeroed before; members stand in the order of the schema, those of extra behind. 1 where the
 * result is an event of that message, 0 else, ARGOT_ALONE_NO_MEMORY. */
int argot_alone_fill(struct argot_alone *alone, int result, int message, const struct argot_alone_member *members,
                     size_t count, void *out, size_t size);
