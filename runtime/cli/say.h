/* SPDX-License-Identifier: Apache-2.0
 * What the program says: data on standard output, words on standard error. Text that came from
 * logs, file names or the command line is escaped on its way to a person, so it cannot drive a
 * terminal. */
#pragma once
#include "cli/cli.h"

/* `argot: …` on standard error, control bytes escaped, a newline behind. */
void argot_say(struct argot_seam *seam, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The buffer's bytes on standard error as they stand; empties it. */
void argot_say_words(struct argot_seam *seam, struct argot_buffer *words);
/* Writes the buffer on standard output, finishes it, and returns the exit status: DONE, or FAILED
 * after saying why. */
int argot_say_write(struct argot_seam *seam, struct argot_buffer *out);
/* Appends text for people: control bytes as \n, \t, \xNN; what is not UTF-8, DEL and C1 as \xNN.
 * Returns how many columns it takes, counting one for each character. */
size_t argot_say_escape(struct argot_buffer *out, const void *text, size_t length);
/* The system's words for a negative errno. */
const char *argot_say_error(int error);
/* "1 line", "2 lines" */
void argot_say_count(struct argot_buffer *out, uint64_t count, const char *one, const char *many);
