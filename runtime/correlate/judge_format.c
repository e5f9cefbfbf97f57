/* SPDX-License-Identifier: Apache-2.0
 * Values as the text that JSON output shows, without quotes. */
#include "correlate/judge_parts.h"
#include "event/format.h"
#include <string.h>

#define MOST_PER_BYTE 6 /* \u0000 */

static struct argot_slice
word(const char *text)
{
    return (struct argot_slice){(const uint8_t *)text, (uint32_t)strlen(text)};
}

/* Types that are written in a few bytes. */
static size_t
put_short(enum argot_type type, const struct argot_datum *value, char *to)
{
    switch (type) {
    case ARGOT_TYPE_UINT:
    case ARGOT_TYPE_PORT:
    case ARGOT_TYPE_BYTES:
    case ARGOT_TYPE_ENUM: /* a number without a word */
        return argot_format_u64(value->slot.u64, to);
    case ARGOT_TYPE_FLOAT:
        return argot_format_double(value->slot.f64, to);
    case ARGOT_TYPE_IP:
        return argot_format_ip(value->slot.ip, to);
    case ARGOT_TYPE_MAC:
        return argot_format_mac(value->slot.u64, to);
    case ARGOT_TYPE_TIMESTAMP:
        return argot_format_time(value->slot.i64, to);
    default: /* INT, DURATION */
        return argot_format_i64(value->slot.i64, to);
    }
}

/* ---- lists: as JSON arrays ---- */

static size_t
put_quoted(struct argot_slice text, char *to)
{
    static const char hex[] = "0123456789abcdef", letters[] = "\"\\bfnrt", bytes[] = "\"\\\b\f\n\r\t";
    size_t count = 0;
    to[count++] = '"';
    for (uint32_t i = 0; i < text.length; i++) {
        uint8_t byte = text.at[i];
        const char *letter = memchr(bytes, byte, sizeof bytes - 1);
        if (letter) {
            to[count++] = '\\';
            to[count++] = letters[letter - bytes];
        } else if (byte < 0x20 || byte == 0x7f) {
            memcpy(to + count, "\\u00", 4);
            to[count + 4] = hex[byte >> 4];
            to[count + 5] = hex[byte & 15];
            count += 6;
        } else {
            to[count++] = (char)byte;
        }
    }
    to[count++] = '"';
    return count;
}

static bool
is_quoted(const struct argot_datum *item)
{
    switch ((enum argot_expr_type)item->type) {
    case ARGOT_EXPR_BOOL_TYPE:
    case ARGOT_EXPR_WHOLE_TYPE:
    case ARGOT_EXPR_REAL_TYPE:
    case ARGOT_EXPR_DURATION_TYPE:
        return false;
    case ARGOT_EXPR_UNTYPED_TYPE: /* in lists all of these are texts */
        return !(item->slot.text.flags & ARGOT_SLOT_JSON);
    default:
        return true;
    }
}

static struct argot_datum
item_of(const struct argot_datum *list, uint32_t index)
{
    struct argot_datum item = *list;
    item.list = false;
    item.slot = list->slot.list.items[index];
    return item;
}

static struct argot_slice
format_list(struct argot_judge *judge, const struct argot_datum *list)
{
    uint32_t count = list->slot.list.count;
    struct argot_slice *texts = argot_judge_room(judge, count * sizeof *texts), nothing = {NULL, 0};
    size_t room = 2, used = 0;
    if (!texts)
        return nothing;
    for (uint32_t i = 0; i < count; i++) {
        struct argot_datum item = item_of(list, i);
        texts[i] = argot_judge_format(judge, &item);
        room += 3 + MOST_PER_BYTE * (size_t)texts[i].length;
        if (!texts[i].at)
            return nothing;
    }
    char *to = room <= UINT32_MAX ? argot_judge_room(judge, room) : NULL;
    if (!to)
        return nothing;
    to[used++] = '[';
    for (uint32_t i = 0; i < count; i++) {
        struct argot_datum item = item_of(list, i);
        if (i)
            to[used++] = ',';
        if (is_quoted(&item)) {
            used += put_quoted(texts[i], to + used);
            continue;
        }
        memcpy(to + used, texts[i].at, texts[i].length);
        used += texts[i].length;
    }
    to[used++] = ']';
    return (struct argot_slice){(const uint8_t *)to, (uint32_t)used};
}

/* ---- all types ---- */

static struct argot_slice
format_as(struct argot_judge *judge, enum argot_type type, const struct argot_datum *value)
{
    static const uint8_t nothing[1] = "";
    switch (type) {
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_HOST:
    case ARGOT_TYPE_KEYWORD:
        if (!value->slot.text.at)
            return (struct argot_slice){nothing, 0};
        return (struct argot_slice){value->slot.text.at, value->slot.text.length};
    case ARGOT_TYPE_BOOL:
        return word(value->slot.u64 ? "true" : "false");
    case ARGOT_TYPE_STRING_LIST:
        return format_list(judge, &(struct argot_datum){.type = ARGOT_EXPR_TEXT_TYPE, .slot = value->slot});
    case ARGOT_TYPE_IP_LIST:
        return format_list(judge, &(struct argot_datum){.type = ARGOT_EXPR_ADDRESS_TYPE, .slot = value->slot});
    case ARGOT_TYPE_ENUM:
        if (value->field < argot_schema.count && value->slot.u64 < argot_schema.fields[value->field].nvalues)
            return word(argot_schema.fields[value->field].values[value->slot.u64]);
        break;
    default:
        break;
    }
    char *to = argot_judge_room(judge, ARGOT_FORMAT_ROOM);
    if (!to)
        return (struct argot_slice){NULL, 0};
    return (struct argot_slice){(const uint8_t *)to, (uint32_t)put_short(type, value, to)};
}

enum argot_type
argot_datum_type(const struct argot_datum *value)
{
    switch ((enum argot_expr_type)value->type) {
    case ARGOT_EXPR_BOOL_TYPE:
        return ARGOT_TYPE_BOOL;
    case ARGOT_EXPR_WHOLE_TYPE:
        return value->large ? ARGOT_TYPE_UINT : ARGOT_TYPE_INT;
    case ARGOT_EXPR_REAL_TYPE:
        return ARGOT_TYPE_FLOAT;
    case ARGOT_EXPR_ADDRESS_TYPE:
        return ARGOT_TYPE_IP;
    case ARGOT_EXPR_TIME_TYPE:
        return ARGOT_TYPE_TIMESTAMP;
    case ARGOT_EXPR_DURATION_TYPE:
        return ARGOT_TYPE_DURATION;
    case ARGOT_EXPR_MAC_TYPE:
        return ARGOT_TYPE_MAC;
    case ARGOT_EXPR_ENUM_TYPE:
        return ARGOT_TYPE_ENUM;
    case ARGOT_EXPR_UNTYPED_TYPE:
        return (enum argot_type)value->extra_type;
    default:
        return ARGOT_TYPE_STRING;
    }
}

struct argot_slice
argot_judge_format(struct argot_judge *judge, const struct argot_datum *value)
{
    return value->list ? format_list(judge, value) : format_as(judge, argot_datum_type(value), value);
}
