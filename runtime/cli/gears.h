/* SPDX-License-Identifier: Apache-2.0
 * How the lines of a format find the template that they fit, and why in that way: for argot formats -v. */
#pragma once
#include "argot/normalizer.h"
#include "base/buffer.h"

/* stat: what argot-gen left about the format, NULL where there is nothing: then the counts are those of the tables, and
 * why it is so is not known. */
void argot_gears_show(const struct argot_normalizer *normalizer, const char *stat, struct argot_buffer *out);
/* The same as a JSON array. */
void argot_gears_json(const struct argot_normalizer *normalizer, const char *stat, struct argot_buffer *out);
/* How the ends of texts are found, as a JSON object; null where it is not known. */
void argot_gears_texts_json(const struct argot_normalizer *normalizer, const char *stat, struct argot_buffer *out);
