/* SPDX-License-Identifier: Apache-2.0
 * What extractors do with the fields they find: the word `have` has a bit for each slot that was filled, `left0` and
 * `left1` for each capture that the runtime has to read. */
#pragma once
#include "generator/model.h"

/* Decides for each field of the lexer's templates how it is kept. */
void argot_gen_choose_stores(struct argot_gen *gen, const struct argot_gen_lexer *lexer);
/* Where a field is met: for the first time, perhaps again after coming back, or when the quick way failed. */
enum argot_gen_storing { ARGOT_GEN_STORING_ONCE, ARGOT_GEN_STORING_AGAIN, ARGOT_GEN_STORING_REST };
/* What is known of the text: nothing; that it is not empty; that it is none that means "no value". */
enum argot_gen_known { ARGOT_GEN_KNOWN_NOTHING, ARGOT_GEN_KNOWN_NOT_EMPTY, ARGOT_GEN_KNOWN_VALUE };
/* Keeps the text from `begin` to `end`, two expressions in C. For a text in quotes `escaped` must have been set. */
void argot_gen_write_store(struct argot_gen *gen, const struct argot_gen_element *field, const char *begin,
                           const char *end, enum argot_gen_storing storing, enum argot_gen_known known,
                           struct argot_buffer *out);
/* Whether a text that begins with a byte of the set surely is none that means "no value" for the field. */
bool argot_gen_surely_value(const struct argot_gen *gen, const struct argot_gen_element *field, const uint64_t set[4]);
/* Where a field's value can be read while its end is looked for: writes that, and the begin of the block for all other
 * texts, which the caller has to fill and to close; q is the end in either case. ends: the condition that it is one, or
 * NULL: an address ends where its class does. False: nothing was written. */
bool argot_gen_write_quick(struct argot_gen *gen, const struct argot_gen_element *field, bool again, const char *ends,
                           struct argot_buffer *out);
/* Takes back what a field kept. */
void argot_gen_write_forget(const struct argot_gen_element *field, struct argot_buffer *out);

/* The bits of several fields. */
struct argot_gen_kept {
    uint64_t have, left[2];
};
void argot_gen_add_kept(struct argot_gen_kept *kept, const struct argot_gen_element *field);
void argot_gen_write_forget_all(const struct argot_gen_kept *kept, struct argot_buffer *out);
