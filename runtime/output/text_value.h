/* SPDX-License-Identifier: Apache-2.0
 * Values on a line for people: what the texts of events and of alerts share. Values with blanks, quotes or escapes
 * stand in quotes, so that nothing in a log can pretend to be something else. Inside runtime/output only. */
#pragma once
#include "output/json_value.h"

#define ARGOT_TEXT_RESET "\033[0m"
#define ARGOT_TEXT_BOLD "\033[1m"
#define ARGOT_TEXT_DIM "\033[2m"
#define ARGOT_TEXT_RED "\033[31m"
#define ARGOT_TEXT_GREEN "\033[32m"
#define ARGOT_TEXT_YELLOW "\033[33m"
#define ARGOT_TEXT_CYAN "\033[36m"

struct argot_text_line {
    struct argot_line line;
    struct argot_format_clock clock;
    bool color;
};

/* All return false without memory. A sequence is written where colors are wanted. */
bool argot_text_value_color(struct argot_text_line *text, const char *sequence);
bool argot_text_value_text(struct argot_text_line *text, const uint8_t *bytes, size_t count);
bool argot_text_value_put(struct argot_text_line *text, enum argot_type type, uint16_t field,
                          const struct argot_slot *slot);
/* 2026-03-03 10:00:01Z */
bool argot_text_value_time(struct argot_text_line *text, argot_time time);
/* The separator, then `head` and the key with its sign: extra.key= */
bool argot_text_value_key(struct argot_text_line *text, const char *separator, const char *head, const uint8_t *key,
                          size_t count);
