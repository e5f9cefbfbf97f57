/* SPDX-License-Identifier: Apache-2.0
 * One value as JSON, by its type. */
#include "output/json_value.h"
#include "output/json.h"

static bool
put_enum(struct argot_line *line, enum argot_line_mode mode, uint16_t field, uint64_t number)
{
    if (field < argot_schema.count && number < argot_schema.fields[field].nvalues) {
        const char *name = argot_schema.fields[field].values[number];
        return argot_line_text(line, mode, (const uint8_t *)name, strlen(name));
    }
    if (!argot_line_room(line, ARGOT_FORMAT_ROOM))
        return false;
    line->at += argot_format_u64(number, (char *)line->at);
    return true;
}

/* Types whose text needs no escapes. */
static bool
put_short(struct argot_line *line, struct argot_format_clock *clock, enum argot_type type,
          const struct argot_slot *slot)
{
    if (!argot_line_room(line, ARGOT_FORMAT_ROOM))
        return false;
    char *to = (char *)line->at;
    size_t length = 0;
    switch (type) {
    case ARGOT_TYPE_UINT:
    case ARGOT_TYPE_PORT:
    case ARGOT_TYPE_BYTES:
        length = argot_format_u64(slot->u64, to);
        break;
    case ARGOT_TYPE_INT:
    case ARGOT_TYPE_DURATION:
        length = argot_format_i64(slot->i64, to);
        break;
    case ARGOT_TYPE_FLOAT:
        length = argot_format_double(slot->f64, to);
        break;
    case ARGOT_TYPE_IP:
        length = argot_format_ip(slot->ip, to);
        break;
    case ARGOT_TYPE_MAC:
        length = argot_format_mac(slot->u64, to);
        break;
    case ARGOT_TYPE_TIMESTAMP:
        length = argot_format_clock_time(clock, slot->i64, to);
        break;
    case ARGOT_TYPE_BOOL:
        length = slot->u64 ? 4 : 5;
        memcpy(to, slot->u64 ? "true" : "false", length);
        break;
    default:
        length = 4;
        memcpy(to, "null", length);
        break;
    }
    line->at += length;
    return true;
}

static bool
put_list(struct argot_line *line, struct argot_format_clock *clock, enum argot_type item_type, uint16_t field,
         const struct argot_slot *slot)
{
    if (!argot_line_bytes(line, "[", 1))
        return false;
    for (uint32_t i = 0; i < slot->list.count; i++) {
        if (i && !argot_line_bytes(line, ",", 1))
            return false;
        if (!argot_json_value_put(line, clock, item_type, field, &slot->list.items[i]))
            return false;
    }
    return argot_line_bytes(line, "]", 1);
}

static bool
put_text(struct argot_line *line, const struct argot_slot *slot)
{
    if (!(slot->text.flags & ARGOT_SLOT_JSON))
        return argot_line_quoted(line, slot->text.at, slot->text.length);
    if (!slot->text.length)
        return argot_line_word(line, "null");
    return argot_line_text(line, ARGOT_LINE_RAW, slot->text.at, slot->text.length);
}

bool
argot_json_value_put(struct argot_line *line, struct argot_format_clock *clock, enum argot_type type, uint16_t field,
                     const struct argot_slot *slot)
{
    switch (type) {
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_HOST:
    case ARGOT_TYPE_KEYWORD:
        return put_text(line, slot);
    case ARGOT_TYPE_ENUM:
        return argot_line_bytes(line, "\"", 1) && put_enum(line, ARGOT_LINE_JSON, field, slot->u64) &&
               argot_line_bytes(line, "\"", 1);
    case ARGOT_TYPE_IP:
    case ARGOT_TYPE_MAC:
    case ARGOT_TYPE_TIMESTAMP:
        return argot_line_bytes(line, "\"", 1) && put_short(line, clock, type, slot) && argot_line_bytes(line, "\"", 1);
    case ARGOT_TYPE_STRING_LIST:
        return put_list(line, clock, ARGOT_TYPE_STRING, field, slot);
    case ARGOT_TYPE_IP_LIST:
        return put_list(line, clock, ARGOT_TYPE_IP, field, slot);
    default:
        return put_short(line, clock, type, slot);
    }
}

bool
argot_json_value_plain(struct argot_line *line, struct argot_format_clock *clock, enum argot_line_mode mode,
                       enum argot_type type, uint16_t field, const struct argot_slot *slot)
{
    switch (type) {
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_HOST:
    case ARGOT_TYPE_KEYWORD:
        return argot_line_text(line, mode, slot->text.at, slot->text.length);
    case ARGOT_TYPE_ENUM:
        return put_enum(line, mode, field, slot->u64);
    case ARGOT_TYPE_STRING_LIST:
    case ARGOT_TYPE_IP_LIST:
        return argot_json_value_put(line, clock, type, field, slot);
    default:
        return put_short(line, clock, type, slot);
    }
}

bool
argot_json_value_extra(struct argot_line *line, struct argot_format_clock *clock, const struct argot_extra *extra,
                       uint32_t count)
{
    if (!argot_line_bytes(line, "{", 1))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (i && !argot_line_bytes(line, ",", 1))
            return false;
        if (!argot_line_quoted(line, extra[i].key.at, extra[i].key.length) || !argot_line_bytes(line, ":", 1) ||
            !argot_json_value_put(line, clock, (enum argot_type)extra[i].type, ARGOT_NONE, &extra[i].value))
            return false;
    }
    return argot_line_bytes(line, "}", 1);
}

static bool
put_key(struct argot_line *line, const char *key)
{
    return argot_line_bytes(line, ",\"", 2) && argot_line_word(line, key) && argot_line_bytes(line, "\":", 2);
}

bool
argot_json_value_number(struct argot_line *line, const char *key, uint64_t number)
{
    if (!put_key(line, key) || !argot_line_room(line, ARGOT_FORMAT_ROOM))
        return false;
    line->at += argot_format_u64(number, (char *)line->at);
    return true;
}

bool
argot_json_value_text(struct argot_line *line, const char *key, struct argot_slice text)
{
    return !text.at || (put_key(line, key) && argot_line_quoted(line, text.at, text.length));
}

bool
argot_json_value_word(struct argot_line *line, const char *key, const char *word)
{
    return !word || (put_key(line, key) && argot_line_quoted(line, (const uint8_t *)word, strlen(word)));
}

bool
argot_json_value_raw(struct argot_line *line, struct argot_slice raw)
{
    if (argot_line_is_utf8(raw.at, raw.length))
        return argot_line_word(line, "\":") && argot_line_quoted(line, raw.at, raw.length);
    return argot_line_word(line, "_base64\":\"") && argot_line_base64(line, raw.at, raw.length) &&
           argot_line_word(line, "\"");
}

size_t
argot_json_string(const uint8_t *text, size_t length, struct argot_buffer *out)
{
    struct argot_line line;
    argot_line_begin(&line, out);
    argot_line_quoted(&line, text, length);
    argot_line_end(&line);
    return (size_t)line.replaced;
}

size_t
argot_json_raw(const char *name, struct argot_slice raw, struct argot_buffer *out)
{
    struct argot_line line;
    argot_line_begin(&line, out);
    if (argot_line_bytes(&line, "\"", 1) && argot_line_word(&line, name) && argot_json_value_raw(&line, raw))
        argot_line_end(&line);
    return (size_t)line.replaced;
}

size_t
argot_json_value(enum argot_type type, uint16_t field, const struct argot_slot *slot, struct argot_buffer *out)
{
    struct argot_format_clock clock = {0};
    struct argot_line line;
    argot_line_begin(&line, out);
    argot_json_value_put(&line, &clock, type, field, slot);
    argot_line_end(&line);
    return (size_t)line.replaced;
}
