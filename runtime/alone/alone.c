/* SPDX-License-Identifier: Apache-2.0
 * One parser: a registry of its few formats, one worker, one batch that holds the results of one line. */
#include "alone/alone.h"
#include "base/buffer.h"
#include "decode/zone.h"
#include "event/format.h"
#include "normalize/normalize.h"
#include "output/json.h"
#include <stdio.h>
#include <string.h>

struct argot_alone {
    struct argot_seam *seam;
    struct argot_registry *registry;
    const struct argot_normalizer *format;
    struct argot_zone *zone;
    struct argot_settings settings;
    struct argot_worker *worker;
    struct argot_batch batch;
    struct argot_json *json;
    struct argot_buffer line, out;
    uint64_t record;
    const struct argot_alone_value *values; /* of the event `valued`; NULL: not made yet */
    size_t nvalues;
    const struct argot_event *valued;
    uint16_t event_time; /* number of the schema's field */
    bool clock;          /* lines are received when they are parsed */
};

/* ---- a parser ---- */

static bool
add_formats(struct argot_alone *alone, const struct argot_normalizer *const *formats, size_t count, char *why,
            size_t why_size)
{
    for (size_t i = 0; i < count; i++)
        if (!argot_registry_add(alone->registry, formats[i], why, why_size))
            return false;
    return argot_registry_seal(alone->registry, why, why_size);
}

static bool
set_up(struct argot_alone *alone, const struct argot_normalizer *const *formats, size_t count, const char *name,
       const struct argot_alone_options *options, char *why, size_t why_size)
{
    int event_time = argot_schema_find("event_time");
    alone->registry = argot_registry_new(alone->seam);
    alone->json = argot_json_new(alone->seam, 0);
    if (!alone->registry || !alone->json || event_time < 0 || !add_formats(alone, formats, count, why, why_size))
        return false;
    alone->event_time = (uint16_t)event_time;
    alone->format = argot_registry_find(alone->registry, name);
    if (options && options->timezone) {
        alone->zone = argot_zone_load(alone->seam, NULL, options->timezone, why, why_size);
        if (!alone->zone)
            return false;
    }
    alone->clock = !options || !options->received_ns;
    alone->settings = (struct argot_settings){
        .received = alone->clock ? 0 : options->received_ns, .zone = alone->zone, .format = name};
    alone->worker = argot_worker_new(alone->registry, &alone->settings);
    return alone->worker != NULL;
}

struct argot_alone *
argot_alone_new(struct argot_seam *seam, const struct argot_normalizer *const *formats, size_t count, const char *name,
                const struct argot_alone_options *options, char *why, size_t why_size)
{
    snprintf(why, why_size, "there is no memory");
    struct argot_alone *alone = seam->allocate(seam, sizeof *alone);
    if (!alone)
        return NULL;
    memset(alone, 0, sizeof *alone);
    alone->seam = seam;
    argot_batch_init(&alone->batch, seam);
    argot_buffer_init(&alone->line, seam);
    argot_buffer_init(&alone->out, seam);
    if (set_up(alone, formats, count, name, options, why, why_size)) {
        snprintf(why, why_size, "%s", "");
        return alone;
    }
    argot_alone_free(alone);
    return NULL;
}

void
argot_alone_free(struct argot_alone *alone)
{
    if (!alone)
        return;
    argot_worker_free(alone->worker);
    argot_batch_finish(&alone->batch);
    argot_json_free(alone->json);
    argot_zone_free(alone->zone);
    argot_registry_free(alone->registry);
    argot_buffer_finish(&alone->line);
    argot_buffer_finish(&alone->out);
    alone->seam->release(alone->seam, alone);
}

/* ---- a line ---- */

/* Lexers read up to a newline, and a little behind it. */
static bool
keep_line(struct argot_alone *alone, const char *line, size_t length)
{
    alone->line.length = 0;
    alone->line.failed = false;
    if (!argot_buffer_reserve(&alone->line, length + 1 + ARGOT_PADDING))
        return false;
    if (length)
        memcpy(alone->line.bytes, line, length);
    alone->line.bytes[length] = '\n';
    memset(alone->line.bytes + length + 1, 0, ARGOT_PADDING);
    return true;
}

int
argot_alone_parse(struct argot_alone *alone, const char *line, size_t length)
{
    argot_batch_reset(&alone->batch);
    alone->valued = NULL;
    if (length && line[length - 1] == '\n')
        length--;
    if (length && memchr(line, '\n', length))
        return ARGOT_ALONE_NO_LINE;
    bool too_long = length > ARGOT_ALONE_MAX_BYTES;
    length = too_long ? ARGOT_ALONE_MAX_BYTES : length;
    if (!keep_line(alone, line, length))
        return ARGOT_ALONE_NO_MEMORY;
    if (alone->clock) {
        alone->settings.received = alone->seam->now(alone->seam);
        argot_worker_settings(alone->worker, &alone->settings);
    }
    alone->record++;
    bool good = too_long ? argot_worker_too_long(alone->worker, &alone->batch, alone->line.bytes, length, alone->record,
                                                 alone->record, 1)
                         : argot_worker_record(alone->worker, &alone->batch, alone->line.bytes, length, alone->record,
                                               alone->record);
    if (!good)
        argot_batch_reset(&alone->batch);
    return good ? (int)alone->batch.count : ARGOT_ALONE_NO_MEMORY;
}

static const struct argot_result *
result_at(const struct argot_alone *alone, int result)
{
    return result >= 0 && (size_t)result < alone->batch.count ? &alone->batch.results[result] : NULL;
}

static const struct argot_event *
event_at(const struct argot_alone *alone, int result)
{
    const struct argot_result *found = result_at(alone, result);
    return found && found->outcome == ARGOT_EVENT ? found->event : NULL;
}

int
argot_alone_outcome(const struct argot_alone *alone, int result)
{
    const struct argot_result *found = result_at(alone, result);
    if (!found || found->outcome == ARGOT_SKIPPED)
        return ARGOT_ALONE_SKIPPED;
    return found->outcome == ARGOT_EVENT ? ARGOT_ALONE_EVENT : ARGOT_ALONE_LETTER;
}

int
argot_alone_message(const struct argot_alone *alone, int result)
{
    const struct argot_event *event = event_at(alone, result);
    if (!event || event->shape->format != alone->format->name)
        return -1;
    for (int i = 0; i < alone->format->nmessages; i++)
        if (event->shape->message == alone->format->messages[i].id)
            return i;
    return -1;
}

/* ---- fields ---- */

static struct argot_alone_text
text_of(const struct argot_slot *slot)
{
    return (struct argot_alone_text){(const char *)slot->text.at, slot->text.length,
                                     slot->text.flags & ARGOT_SLOT_JSON ? 1 : 0};
}

static bool
take_list(struct argot_alone *alone, struct argot_alone_value *value, const struct argot_slot *slot)
{
    struct argot_alone_item *items = argot_arena_zalloc(&alone->batch.arena, slot->list.count, sizeof *items);
    if (!items)
        return false;
    for (uint32_t i = 0; i < slot->list.count; i++) {
        if (value->type == ARGOT_ALONE_IP_LIST)
            memcpy(items[i].ip, slot->list.items[i].ip, sizeof items[i].ip);
        else
            items[i].text = text_of(&slot->list.items[i]);
    }
    value->list = (struct argot_alone_list){items, slot->list.count, 0};
    return true;
}

static bool
take_value(struct argot_alone *alone, struct argot_alone_value *value, const struct argot_slot *slot)
{
    switch ((enum argot_type)value->type) {
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_HOST:
    case ARGOT_TYPE_KEYWORD:
        value->text = text_of(slot);
        return true;
    case ARGOT_TYPE_ENUM: {
        const struct argot_schema_field *row = &argot_schema.fields[value->field];
        const char *name = slot->u64 < row->nvalues ? row->values[slot->u64] : "";
        value->text = (struct argot_alone_text){name, (uint32_t)strlen(name), 0};
        return true;
    }
    case ARGOT_TYPE_IP:
        memcpy(value->ip, slot->ip, sizeof value->ip);
        return true;
    case ARGOT_TYPE_STRING_LIST:
    case ARGOT_TYPE_IP_LIST:
        return take_list(alone, value, slot);
    case ARGOT_TYPE_FLOAT:
        value->f64 = slot->f64;
        return true;
    default:
        value->u64 = slot->u64; /* and the signed ones, which share its place */
        return true;
    }
}

static bool
take_field(struct argot_alone *alone, struct argot_alone_value *value, uint16_t field, const struct argot_slot *slot)
{
    const struct argot_schema_field *row = &argot_schema.fields[field];
    *value = (struct argot_alone_value){
        .name = row->name, .name_length = (uint32_t)strlen(row->name), .type = row->type, .field = field};
    return take_value(alone, value, slot);
}

static bool
take_extra(struct argot_alone *alone, struct argot_alone_value *value, const struct argot_extra *extra)
{
    const char *name = argot_arena_copy(&alone->batch.arena, (const char *)extra->key.at, extra->key.length);
    *value = (struct argot_alone_value){
        .name = name, .name_length = extra->key.length, .type = extra->type, .extra = 1, .field = ARGOT_NONE};
    return name && take_value(alone, value, &extra->value);
}

/* Where the shape has it and where not, the time is always there. */
static bool
take_fields(struct argot_alone *alone, const struct argot_event *event, struct argot_alone_value *values, size_t *count)
{
    const struct argot_shape *shape = event->shape;
    bool good = true, timed = false;
    for (uint16_t i = 0; i < shape->count; i++) {
        const struct argot_shape_field *entry = &shape->fields[i];
        if (!timed && entry->field >= alone->event_time) {
            good = take_field(alone, &values[(*count)++], alone->event_time, &event->time_slot) && good;
            timed = true;
        }
        bool present = entry->constant || event->present >> entry->index & 1;
        if (present && entry->field != alone->event_time)
            good = take_field(alone, &values[(*count)++], entry->field,
                              entry->constant ? &entry->slot : &event->slots[entry->index]) &&
                   good;
    }
    if (!timed)
        good = take_field(alone, &values[(*count)++], alone->event_time, &event->time_slot) && good;
    for (uint32_t i = 0; i < event->nextra; i++)
        good = take_extra(alone, &values[(*count)++], &event->extra[i]) && good;
    return good;
}

const struct argot_alone_value *
argot_alone_fields(struct argot_alone *alone, int result, size_t *count)
{
    const struct argot_event *event = event_at(alone, result);
    *count = 0;
    if (!event)
        return NULL;
    if (alone->valued != event) {
        size_t most = event->shape->count + (size_t)1 + event->nextra;
        struct argot_alone_value *values = argot_arena_zalloc(&alone->batch.arena, most, sizeof *values);
        alone->valued = NULL;
        alone->nvalues = 0;
        if (!values || !take_fields(alone, event, values, &alone->nvalues))
            return NULL;
        alone->values = values;
        alone->valued = event;
    }
    *count = alone->nvalues;
    return alone->values;
}

const struct argot_alone_value *
argot_alone_get(struct argot_alone *alone, int result, const char *name)
{
    size_t count;
    const struct argot_alone_value *values = argot_alone_fields(alone, result, &count);
    bool extra = !strncmp(name, "extra.", 6);
    name += extra ? 6 : 0;
    size_t length = strlen(name);
    for (size_t i = 0; values && i < count; i++)
        if (values[i].extra == extra && values[i].name_length == length && !memcmp(values[i].name, name, length))
            return &values[i];
    return NULL;
}

static size_t
size_of(enum argot_type type)
{
    switch (type) {
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_HOST:
    case ARGOT_TYPE_KEYWORD:
    case ARGOT_TYPE_ENUM:
        return sizeof(struct argot_alone_text);
    case ARGOT_TYPE_STRING_LIST:
    case ARGOT_TYPE_IP_LIST:
        return sizeof(struct argot_alone_list);
    case ARGOT_TYPE_IP:
        return sizeof((struct argot_alone_value *)NULL)->ip;
    default:
        return sizeof(uint64_t);
    }
}

int
argot_alone_fill(struct argot_alone *alone, int result, int message, const struct argot_alone_member *members,
                 size_t count, void *out, size_t size)
{
    memset(out, 0, size);
    if (message < 0 || argot_alone_message(alone, result) != message)
        return 0;
    size_t nvalues, at = 0;
    const struct argot_alone_value *values = argot_alone_fields(alone, result, &nvalues);
    if (!values)
        return ARGOT_ALONE_NO_MEMORY;
    for (size_t i = 0; i < nvalues; i++) {
        const struct argot_alone_value *value = &values[i];
        size_t k = value->extra ? 0 : at; /* fields come in the members' order, members of extra in any */
        while (k < count && (members[k].extra != value->extra || strcmp(members[k].name, value->name)))
            k++;
        if (k == count || strlen(members[k].name) != value->name_length)
            continue;
        if (!value->extra)
            at = k + 1;
        uint8_t *has = (uint8_t *)out + members[k].has;
        if (members[k].type != value->type || *has)
            continue;
        *has = 1;
        memcpy((uint8_t *)out + members[k].at, &value->text, size_of((enum argot_type)value->type));
    }
    return 1;
}

/* ---- letters ---- */

int
argot_alone_letter(const struct argot_alone *alone, int result, struct argot_alone_letter *letter)
{
    const struct argot_result *found = result_at(alone, result);
    memset(letter, 0, sizeof *letter);
    if (!found || found->outcome != ARGOT_LETTER)
        return 0;
    const struct argot_letter *from = found->letter;
    letter->reason = argot_letter_reason_name(from->reason);
    letter->format = from->format;
    letter->expected = from->expected;
    letter->field = from->field;
    letter->value = (struct argot_alone_text){(const char *)from->value.at, from->value.length, 0};
    letter->offset = from->offset;
    return 1;
}

/* ---- as text ---- */

const char *
argot_alone_json(struct argot_alone *alone, int result, size_t *length)
{
    const struct argot_result *found = result_at(alone, result);
    struct argot_buffer *out = &alone->out;
    *length = 0;
    out->length = 0;
    out->failed = false;
    if (!found || found->outcome == ARGOT_SKIPPED)
        return NULL;
    if (found->outcome == ARGOT_EVENT)
        argot_json_event(alone->json, found->event, NULL, out);
    else
        argot_json_letter(alone->json, found->letter, NULL, out);
    if (out->failed || !out->length)
        return NULL;
    *length = out->length - 1;
    out->bytes[*length] = 0; /* instead of the newline */
    return (const char *)out->bytes;
}

static void
print_list(const struct argot_alone_value *value, struct argot_buffer *out)
{
    argot_buffer_append_byte(out, '[');
    for (uint32_t i = 0; i < value->list.count; i++) {
        const struct argot_alone_item *item = &value->list.items[i];
        char ip[ARGOT_FORMAT_ROOM];
        if (i)
            argot_buffer_append_byte(out, ',');
        if (value->type == ARGOT_ALONE_IP_LIST)
            argot_json_string((const uint8_t *)ip, argot_format_ip(item->ip, ip), out);
        else
            argot_json_string((const uint8_t *)item->text.at, item->text.length, out);
    }
    argot_buffer_append_byte(out, ']');
}

/* Values that are no texts, into room for the longest; 0 for others. */
static size_t
print_short(const struct argot_alone_value *value, char *room)
{
    switch ((enum argot_type)value->type) {
    case ARGOT_TYPE_INT:
    case ARGOT_TYPE_DURATION:
        return argot_format_i64(value->i64, room);
    case ARGOT_TYPE_UINT:
    case ARGOT_TYPE_PORT:
    case ARGOT_TYPE_BYTES:
        return argot_format_u64(value->u64, room);
    case ARGOT_TYPE_FLOAT:
        return argot_format_double(value->f64, room);
    case ARGOT_TYPE_BOOL:
        return (size_t)snprintf(room, ARGOT_FORMAT_ROOM, "%s", value->u64 ? "true" : "false");
    case ARGOT_TYPE_IP:
        return argot_format_ip(value->ip, room);
    case ARGOT_TYPE_MAC:
        return argot_format_mac(value->u64, room);
    case ARGOT_TYPE_TIMESTAMP:
        return argot_format_time(value->i64, room);
    default:
        return 0;
    }
}

size_t
argot_alone_print(struct argot_alone *alone, const struct argot_alone_value *value, char *text, size_t size)
{
    char room[ARGOT_FORMAT_ROOM];
    const char *from = room;
    size_t length = print_short(value, room);
    if (value->type == ARGOT_ALONE_TEXT_LIST || value->type == ARGOT_ALONE_IP_LIST) {
        struct argot_buffer *out = &alone->out;
        out->length = 0;
        out->failed = false;
        print_list(value, out);
        from = out->failed ? "" : (const char *)out->bytes;
        length = out->failed ? 0 : out->length;
    } else if (value->type <= ARGOT_ALONE_ENUM) {
        from = value->text.at ? value->text.at : "";
        length = value->text.length;
    }
    if (size) {
        size_t part = length < size ? length : size - 1;
        memcpy(text, from, part);
        text[part] = 0;
    }
    return length;
}
