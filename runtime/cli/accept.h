/* SPDX-License-Identifier: Apache-2.0
 * Rewrites the expectations in a format's file that its events do not meet, so that they say what the format gives now.
 * The rest of the file stays byte for byte. */
#pragma once
#include "cli/cli.h"

/* Compares with what the file expects, and not with what was compiled: so accepting twice changes nothing. Appends for
 * each example that is rewritten or cannot be, where it stands and why, then a line of sums. DONE: after the next build
 * all examples hold. NOT_HELD: some cannot be accepted (no event, a `reject` that fits, a message without an example),
 * while the others were; or, after saying so, none, since the file is no YAML or differs from what the program was
 * built from in more than its expectations. FAILED: it cannot be read or written, which was said; it is as it was. */
enum argot_exit argot_accept_format(struct argot_cli *cli, const struct argot_normalizer *normalizer, const char *path,
                                    struct argot_buffer *out);
