/* SPDX-License-Identifier: Apache-2.0
 * Values without a type of their own: members of extra, columns of tables. Each is what JSON output shows, read as the
 * type of what it meets by the decoders that read logs. JSON text among them is a number, true, false, an array or an
 * object: strings and null are turned into what they stand for as soon as they are met. */
#include "correlate/judge_json.h"
#include "correlate/judge_parts.h"
#include "decode/decode.h"
#include "decode/number.h"
#include <string.h>

#define MOST_TIME_BYTES 64 /* of a text that is a time */

static bool
is_text(const struct argot_datum *value)
{
    return value->extra_type == ARGOT_TYPE_STRING || value->extra_type == ARGOT_TYPE_HOST ||
           value->extra_type == ARGOT_TYPE_KEYWORD;
}

static bool
is_json(const struct argot_datum *value)
{
    return is_text(value) && value->slot.text.flags & ARGOT_SLOT_JSON;
}

/* ---- what there is ---- */

static void
set_text(struct argot_datum *value, struct argot_slice text, uint32_t flags)
{
    *value = (struct argot_datum){
        .type = ARGOT_EXPR_UNTYPED_TYPE, .extra_type = ARGOT_TYPE_STRING, .slot.text = {text.at, text.length, flags}};
}

void
argot_judge_untyped_json(struct argot_judge *judge, struct argot_slice json, struct argot_datum *value)
{
    struct argot_slice text;
    if (!json.at || !json.length || *json.at == 'n') {
        argot_judge_value_null(value, ARGOT_EXPR_UNTYPED_TYPE);
    } else if (*json.at != '"') {
        set_text(value, json, ARGOT_SLOT_JSON);
    } else if (argot_judge_json_string(judge->texts, json, &text)) {
        set_text(value, text, 0);
    } else {
        judge->head.failed = judge->head.failed || text.at;
        argot_judge_value_null(value, ARGOT_EXPR_UNTYPED_TYPE);
    }
}

void
argot_judge_untyped(struct argot_judge *judge, uint8_t type, const struct argot_slot *slot, struct argot_datum *value)
{
    *value = (struct argot_datum){.type = ARGOT_EXPR_UNTYPED_TYPE, .extra_type = type, .slot = *slot};
    if (is_json(value))
        argot_judge_untyped_json(judge, (struct argot_slice){slot->text.at, slot->text.length}, value);
    else if (type == ARGOT_TYPE_FLOAT)
        value->null = !__builtin_isfinite(slot->f64);
}

void
argot_judge_untyped_member(struct argot_judge *judge, struct argot_datum *value, struct argot_expr_text key)
{
    struct argot_slice found = {NULL, 0};
    if (is_json(value))
        found = argot_judge_json_member(argot_judge_value_slice(value), key);
    argot_judge_untyped_json(judge, found, value);
}

void
argot_judge_untyped_item(struct argot_judge *judge, struct argot_datum *value, uint32_t index)
{
    struct argot_slot list = value->slot;
    bool texts = value->extra_type == ARGOT_TYPE_STRING_LIST, addresses = value->extra_type == ARGOT_TYPE_IP_LIST;
    if ((texts || addresses) && index < list.list.count)
        argot_judge_untyped(judge, texts ? ARGOT_TYPE_STRING : ARGOT_TYPE_IP, &list.list.items[index], value);
    else if (is_json(value))
        argot_judge_untyped_json(judge, argot_judge_json_item(argot_judge_value_slice(value), index), value);
    else
        argot_judge_value_null(value, ARGOT_EXPR_UNTYPED_TYPE);
}

/* ---- read as a type ---- */

bool
argot_judge_untyped_number(struct argot_slice text, struct argot_datum *value)
{
    struct argot_slot slot;
    *value = (struct argot_datum){.type = ARGOT_EXPR_WHOLE_TYPE};
    if (argot_number_int(text, &slot.i64)) {
        value->slot.i64 = slot.i64;
        return true;
    }
    if (argot_number_uint(text, &slot.u64)) {
        value->large = slot.u64 > INT64_MAX;
        value->slot.u64 = slot.u64;
        return true;
    }
    value->type = ARGOT_EXPR_REAL_TYPE;
    return argot_number_float(text, &value->slot.f64);
}

static bool
is_number_type(uint8_t type)
{
    switch (type) {
    case ARGOT_TYPE_INT:
    case ARGOT_TYPE_UINT:
    case ARGOT_TYPE_FLOAT:
    case ARGOT_TYPE_PORT:
    case ARGOT_TYPE_DURATION:
    case ARGOT_TYPE_BYTES:
        return true;
    default:
        return false;
    }
}

bool
argot_judge_untyped_is_number(const struct argot_datum *value)
{
    return is_json(value) ? argot_judge_json_is_number(argot_judge_value_slice(value))
                          : is_number_type(value->extra_type);
}

static bool
read_number(struct argot_datum *value)
{
    if (is_number_type(value->extra_type)) {
        struct argot_slot slot = value->slot;
        argot_judge_value_slot((enum argot_type)value->extra_type, 0, &slot, value);
        if (value->type == ARGOT_EXPR_DURATION_TYPE)
            value->type = ARGOT_EXPR_WHOLE_TYPE;
        return !value->null;
    }
    struct argot_slice text = argot_judge_value_slice(value);
    return is_text(value) && (!is_json(value) || argot_judge_json_is_number(text)) &&
           argot_judge_untyped_number(text, value);
}

static bool
read_bool(struct argot_datum *value)
{
    struct argot_slice text = argot_judge_value_slice(value);
    if (value->extra_type == ARGOT_TYPE_BOOL)
        return true;
    if (!is_json(value))
        return is_text(value) && argot_number_bool(text, &value->slot.u64);
    bool yes = text.length == 4 && !memcmp(text.at, "true", 4), no = text.length == 5 && !memcmp(text.at, "false", 5);
    value->slot.u64 = yes;
    return yes || no;
}

static bool
read_time(struct argot_datum *value)
{
    if (value->extra_type == ARGOT_TYPE_TIMESTAMP)
        return true;
    char text[MOST_TIME_BYTES + 1];
    uint32_t length = value->slot.text.length;
    if (!is_text(value) || is_json(value) || !length || length > MOST_TIME_BYTES ||
        memchr(value->slot.text.at, 0, length))
        return false;
    memcpy(text, value->slot.text.at, length);
    text[length] = '\0';
    return argot_time_parse(text, &value->slot.i64);
}

/* Types that a plain text may be. */
static bool
read_plain(enum argot_expr_type type, uint16_t field, struct argot_datum *value)
{
    if (!is_text(value) || is_json(value))
        return false;
    struct argot_slice text = argot_judge_value_slice(value);
    if (type == ARGOT_EXPR_ADDRESS_TYPE) {
        uint8_t ip[sizeof value->slot.ip];
        bool good = argot_ip_parse(text.at, text.length, ip);
        if (good)
            memcpy(value->slot.ip, ip, sizeof ip);
        return good;
    }
    if (type == ARGOT_EXPR_MAC_TYPE)
        return argot_number_mac(text, &value->slot.u64);
    int word = argot_schema_enum(field, text.at, text.length);
    value->slot.u64 = word < 0 ? 0 : (uint64_t)word;
    return word >= 0;
}

static bool
read_text(struct argot_judge *judge, struct argot_datum *value)
{
    struct argot_slice text = argot_judge_format(judge, value);
    if (text.at)
        argot_judge_value_text(value, text.at, text.length);
    return text.at;
}

static bool
read_as(struct argot_judge *judge, enum argot_expr_type type, uint16_t field, struct argot_datum *value)
{
    switch (type) {
    case ARGOT_EXPR_TEXT_TYPE:
        return read_text(judge, value);
    case ARGOT_EXPR_NUMBER_TYPE:
        return read_number(value);
    case ARGOT_EXPR_BOOL_TYPE:
        return read_bool(value);
    case ARGOT_EXPR_TIME_TYPE:
        return read_time(value);
    case ARGOT_EXPR_DURATION_TYPE:
        return value->extra_type == ARGOT_TYPE_DURATION;
    case ARGOT_EXPR_ADDRESS_TYPE:
        return value->extra_type == ARGOT_TYPE_IP || read_plain(type, field, value);
    case ARGOT_EXPR_MAC_TYPE:
        return value->extra_type == ARGOT_TYPE_MAC || read_plain(type, field, value);
    case ARGOT_EXPR_ENUM_TYPE:
        return read_plain(type, field, value);
    default:
        return false;
    }
}

void
argot_judge_untyped_read(struct argot_judge *judge, enum argot_expr_type type, uint16_t field,
                         struct argot_datum *value)
{
    if (value->null || !read_as(judge, type, field, value)) {
        argot_judge_value_null(value, (uint8_t)type);
        return;
    }
    if (type != ARGOT_EXPR_NUMBER_TYPE)
        value->type = (uint8_t)type;
    value->field = field;
}
