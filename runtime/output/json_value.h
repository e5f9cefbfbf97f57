/* SPDX-License-Identifier: Apache-2.0
 * Values as JSON on a line of output: what the writers of JSON, CSV and text share. Inside runtime/output only. */
#pragma once
#include "event/event.h"
#include "event/format.h"
#include "output/line.h"

/* One value of a type; `field` names the enum, any field for other types. All return false without memory. */
bool argot_json_value_put(struct argot_line *line, struct argot_format_clock *clock, enum argot_type type,
                          uint16_t field, const struct argot_slot *slot);
/* The same as the text alone, escaped for `mode` but without quotes of its own; lists and JSON as they are. */
bool argot_json_value_plain(struct argot_line *line, struct argot_format_clock *clock, enum argot_line_mode mode,
                            enum argot_type type, uint16_t field, const struct argot_slot *slot);
/* {"key":value,…} */
bool argot_json_value_extra(struct argot_line *line, struct argot_format_clock *clock, const struct argot_extra *extra,
                            uint32_t count);

/* ,"key":… as a member of an object; nothing where there is no text. Keys need no escapes. */
bool argot_json_value_number(struct argot_line *line, const char *key, uint64_t number);
bool argot_json_value_text(struct argot_line *line, const char *key, struct argot_slice text);
bool argot_json_value_word(struct argot_line *line, const char *key, const char *word);
/* The rest of a member behind `"raw_line`: what is not UTF-8 is `"raw_line_base64`. */
bool argot_json_value_raw(struct argot_line *line, struct argot_slice raw);

static inline bool
argot_json_value_is_text(enum argot_type type)
{
    return type == ARGOT_TYPE_STRING || type == ARGOT_TYPE_HOST || type == ARGOT_TYPE_KEYWORD;
}
