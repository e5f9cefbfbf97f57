/* SPDX-License-Identifier: Apache-2.0
 * The bytes of a YAML file: that they are text, and where its characters stand. libyaml counts characters and takes
 * more bytes for line ends than we do, so places are worked out anew from the number of the character. */
#pragma once
#include "base/diagnostic.h"

struct argot_yaml_text {
    const char *bytes;
    size_t length;
    const uint32_t *lines; /* offset of the begin of each line; ends at \n only */
    size_t nlines;
    size_t begin;             /* behind a byte order mark */
    size_t character, offset; /* a place already known: its character, its byte */
};

/* false after an error: too large, no text, no memory. Takes memory of the diagnostics' arena. */
bool argot_yaml_text_init(struct argot_yaml_text *text, struct argot_diagnostics *diagnostics);
/* Offset of the character with this number from 0. Fast where the numbers rise. */
size_t argot_yaml_text_offset(struct argot_yaml_text *text, size_t character);
/* The span of [begin, end), cut at the end of its first line. */
struct argot_span argot_yaml_text_span(const struct argot_yaml_text *text, size_t begin, size_t end);
/* Line `number` (from 1) without its line end; false when there is none. */
bool argot_yaml_text_line(const struct argot_yaml_text *text, size_t number, const char **line, size_t *length);
