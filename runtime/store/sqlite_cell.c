/* SPDX-License-Identifier: Apache-2.0
 * Values of columns as events have them. A store may have been written to by others, so whatever a column holds that it
 * should not is null. */
#include "store/sqlite_search.h"
#include <string.h>

#define MAC_BYTES 17 /* of its text */

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

/* ---- memory ---- */

void
argot_sqlite_room_reset(struct argot_sqlite_room *room)
{
    argot_arena_reset(&room->arena);
    room->failed = false;
}

void *
argot_sqlite_room_take(struct argot_sqlite_room *room, size_t count, size_t size)
{
    void *memory = argot_arena_zalloc(&room->arena, count, size);
    room->failed = room->failed || !memory;
    return memory;
}

char *
argot_sqlite_room_copy(struct argot_sqlite_room *room, const void *at, size_t length)
{
    char *copy = argot_arena_copy(&room->arena, at, length);
    room->failed = room->failed || !copy;
    return copy;
}

/* ---- JSON ---- */

bool
argot_sqlite_cell_json(struct argot_sqlite_room *room, struct argot_slice text, struct argot_record *record)
{
    struct argot_decode context = {.arena = &room->arena};
    uint8_t *copy = argot_sqlite_room_take(room, (size_t)text.length + ARGOT_PADDING, 1);
    *record = (struct argot_record){0};
    if (!copy)
        return false;
    if (text.length)
        memcpy(copy, text.at, text.length);
    copy[text.length] = '\n';
    enum argot_decode_status status = argot_record_json(&context, (struct argot_slice){copy, text.length}, record);
    room->failed = room->failed || status == ARGOT_DECODE_NO_MEMORY;
    return status == ARGOT_DECODED;
}

struct argot_slot
argot_sqlite_cell_untyped(const struct argot_node *node)
{
    static const char *const words[] = {
        [ARGOT_NODE_TRUE] = "true", [ARGOT_NODE_FALSE] = "false", [ARGOT_NODE_NULL] = "null"};
    struct argot_slot slot = {.text = {.at = node->text_at, .length = node->text_length}};
    if (node->kind == ARGOT_NODE_STRING)
        return slot;
    slot.text.flags = ARGOT_SLOT_JSON;
    if (node->kind >= ARGOT_NODE_TRUE) {
        slot.text.at = (const uint8_t *)words[node->kind];
        slot.text.length = (uint32_t)strlen(words[node->kind]);
    }
    return slot;
}

/* Times as outputs write them, and numbers of nanoseconds for durations, are what a format's text may not be. */
static bool
read_text(struct argot_sqlite_room *room, enum argot_type type, uint16_t field, struct argot_slice text,
          struct argot_slot *slot)
{
    struct argot_decode context = {.arena = &room->arena};
    if (type == ARGOT_TYPE_TIMESTAMP) {
        char *copy = argot_sqlite_room_copy(room, text.at, text.length);
        return copy && argot_time_parse(copy, &slot->i64);
    }
    if (type == ARGOT_TYPE_DURATION)
        return argot_decode_duration(ARGOT_HOW_NS, text, &slot->i64) == ARGOT_DECODED;
    return argot_decode_type(&context, type, type == ARGOT_TYPE_ENUM ? field : -1, text, slot) == ARGOT_DECODED;
}

bool
argot_sqlite_cell_node(struct argot_sqlite_room *room, enum argot_type type, uint16_t field,
                       const struct argot_node *node, struct argot_slot *slot)
{
    *slot = (struct argot_slot){0};
    if (type == ARGOT_TYPE_BOOL) {
        slot->u64 = node->kind == ARGOT_NODE_TRUE;
        return node->kind == ARGOT_NODE_TRUE || node->kind == ARGOT_NODE_FALSE;
    }
    if (node->kind != ARGOT_NODE_STRING && node->kind != ARGOT_NODE_NUMBER)
        return false;
    if (type == ARGOT_TYPE_STRING || type == ARGOT_TYPE_HOST || type == ARGOT_TYPE_KEYWORD) {
        slot->text.at = node->text_at;
        slot->text.length = node->text_length;
        return true;
    }
    return read_text(room, type, field, argot_node_text(node), slot);
}

bool
argot_sqlite_cell_list(struct argot_sqlite_room *room, enum argot_type item_type, uint16_t field,
                       struct argot_slice text, struct argot_slot *slot)
{
    static const char begin[] = "{\"list\":";
    size_t head = strlen(begin);
    struct argot_record *record = argot_sqlite_room_take(room, 1, sizeof *record);
    char *object = argot_sqlite_room_take(room, head + text.length + 1, 1);
    if (!record || !object)
        return false;
    memcpy(object, begin, head);
    memcpy(object + head, text.at, text.length);
    object[head + text.length] = '}';
    struct argot_slice whole = {(const uint8_t *)object, (uint32_t)head + text.length + 1};
    if (!argot_sqlite_cell_json(room, whole, record) || record->count < 2 || record->nodes[1].kind != ARGOT_NODE_ARRAY)
        return false;
    struct argot_slot *items = argot_sqlite_room_take(room, record->count, sizeof *items);
    uint32_t count = 0;
    for (uint32_t at = argot_record_first(record, 1); items && at; at = argot_record_next(record, at))
        count += argot_sqlite_cell_node(room, item_type, field, &record->nodes[at], &items[count]);
    *slot = (struct argot_slot){.list = {.items = items, .count = count}};
    return items != NULL;
}

enum argot_type
argot_sqlite_cell_item_type(uint16_t field)
{
    enum argot_type type = (enum argot_type)argot_schema.fields[field].type;
    if (type == ARGOT_TYPE_STRING_LIST)
        return ARGOT_TYPE_STRING;
    return type == ARGOT_TYPE_IP_LIST ? ARGOT_TYPE_IP : type;
}

/* ---- columns ---- */

struct argot_slice
argot_sqlite_cell_bytes(sqlite3_value *value)
{
    const uint8_t *at = sqlite3_value_blob(value);
    int length = sqlite3_value_bytes(value);
    return (struct argot_slice){at ? at : (const uint8_t *)"", at ? (uint32_t)length : 0};
}

static bool
read_address(struct argot_slice bytes, struct argot_slot *slot)
{
    if (bytes.length == 16) {
        memcpy(slot->ip, bytes.at, 16);
        return true;
    }
    if (bytes.length != 4)
        return false;
    memcpy(slot->ip, mapped, sizeof mapped);
    memcpy(slot->ip + sizeof mapped, bytes.at, 4);
    return true;
}

static bool
read_mac(struct argot_slice text, struct argot_slot *slot)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t mac = 0;
    if (text.length != MAC_BYTES)
        return false;
    for (uint32_t i = 0; i < text.length; i++) {
        const char *digit = text.at[i] ? strchr(digits, text.at[i]) : NULL;
        if (i % 3 == 2 ? text.at[i] != ':' : !digit)
            return false;
        if (i % 3 != 2)
            mac = mac << 4 | (uint64_t)(digit - digits);
    }
    slot->u64 = mac;
    return true;
}

/* What is no number in its column was too large for it, and comes as digits from argot_large. */
static bool
read_whole(sqlite3_value *value, enum argot_type type, struct argot_slot *slot)
{
    if (sqlite3_value_type(value) == SQLITE_INTEGER) {
        slot->i64 = sqlite3_value_int64(value);
        return slot->i64 >= 0 || type == ARGOT_TYPE_INT || type == ARGOT_TYPE_TIMESTAMP || type == ARGOT_TYPE_DURATION;
    }
    if (sqlite3_value_type(value) != SQLITE_BLOB)
        return false;
    struct argot_decode context = {0};
    return argot_decode_type(&context, ARGOT_TYPE_UINT, -1, argot_sqlite_cell_bytes(value), slot) == ARGOT_DECODED;
}

bool
argot_sqlite_cell_slot(struct argot_sqlite_room *room, uint16_t field, sqlite3_value *value, struct argot_slot *slot)
{
    enum argot_type type = (enum argot_type)argot_schema.fields[field].type;
    *slot = (struct argot_slot){0};
    if (sqlite3_value_type(value) == SQLITE_NULL)
        return false;
    switch (type) {
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_HOST:
    case ARGOT_TYPE_KEYWORD:
        slot->text.at = argot_sqlite_cell_bytes(value).at;
        slot->text.length = argot_sqlite_cell_bytes(value).length;
        return true;
    case ARGOT_TYPE_IP:
        return read_address(argot_sqlite_cell_bytes(value), slot);
    case ARGOT_TYPE_MAC:
        return read_mac(argot_sqlite_cell_bytes(value), slot);
    case ARGOT_TYPE_FLOAT:
        slot->f64 = sqlite3_value_double(value);
        return true;
    case ARGOT_TYPE_STRING_LIST:
        return argot_sqlite_cell_list(room, ARGOT_TYPE_STRING, field, argot_sqlite_cell_bytes(value), slot);
    case ARGOT_TYPE_IP_LIST:
        return argot_sqlite_cell_list(room, ARGOT_TYPE_IP, field, argot_sqlite_cell_bytes(value), slot);
    default:
        return read_whole(value, type, slot);
    }
}

/* ---- cells ---- */

static void
read_field(struct argot_search *search, uint16_t field, sqlite3_value *value, struct argot_cell *cell)
{
    enum argot_type type = (enum argot_type)argot_schema.fields[field].type;
    struct argot_slice bytes;
    if (type == ARGOT_TYPE_STRING_LIST || type == ARGOT_TYPE_IP_LIST) {
        bytes = argot_sqlite_cell_bytes(value);
        *cell = argot_cell_text(bytes.at, bytes.length, ARGOT_SLOT_JSON);
        return;
    }
    cell->type = (uint8_t)type;
    cell->field = field;
    if (argot_sqlite_cell_slot(&search->row, field, value, &cell->slot))
        cell->kind = ARGOT_CELL_VALUE;
}

/* Numbers, arrays and so on come as bytes from argot_member, since they are JSON, and texts as texts. */
static void
read_member(sqlite3_value *value, struct argot_cell *cell)
{
    struct argot_slice bytes = argot_sqlite_cell_bytes(value);
    bool json = sqlite3_value_type(value) == SQLITE_BLOB;
    *cell = argot_cell_text(bytes.at, bytes.length, json ? ARGOT_SLOT_JSON : 0);
}

static void
read_own(const struct argot_search_column *column, sqlite3_value *value, struct argot_cell *cell)
{
    struct argot_slice bytes;
    cell->kind = ARGOT_CELL_VALUE;
    cell->type = column->type;
    cell->field = ARGOT_NONE;
    switch ((enum argot_type)column->type) {
    case ARGOT_TYPE_STRING:
        bytes = argot_sqlite_cell_bytes(value);
        *cell = argot_cell_text(bytes.at, bytes.length, 0);
        break;
    case ARGOT_TYPE_STRING_LIST: /* JSON of any kind */
        bytes = argot_sqlite_cell_bytes(value);
        *cell = argot_cell_text(bytes.at, bytes.length, ARGOT_SLOT_JSON);
        break;
    default:
        cell->slot.i64 = sqlite3_value_int64(value);
        break;
    }
}

static void
read_bytes(sqlite3_value *value, struct argot_cell *cell)
{
    struct argot_slice bytes = argot_sqlite_cell_bytes(value);
    *cell = argot_cell_text(bytes.at, bytes.length, 0);
    cell->kind = ARGOT_CELL_BYTES;
}

void
argot_sqlite_cell_read(struct argot_search *search, const struct argot_search_column *column, sqlite3_value *value,
                       struct argot_cell *cell)
{
    *cell = (struct argot_cell){.kind = ARGOT_CELL_ABSENT};
    if (sqlite3_value_type(value) == SQLITE_NULL)
        return;
    struct argot_slice bytes = {0};
    switch ((enum argot_search_column_kind)column->kind) {
    case ARGOT_SEARCH_FIELD:
        read_field(search, column->field, value, cell);
        break;
    case ARGOT_SEARCH_MEMBER:
        read_member(value, cell);
        break;
    case ARGOT_SEARCH_EXTRA:
        bytes = argot_sqlite_cell_bytes(value);
        *cell = argot_cell_text(bytes.at, bytes.length, ARGOT_SLOT_JSON);
        break;
    case ARGOT_SEARCH_RAW:
        read_bytes(value, cell);
        break;
    case ARGOT_SEARCH_SOURCE:
        bytes = argot_sqlite_cell_bytes(value);
        *cell = argot_cell_text(bytes.at, bytes.length, 0);
        break;
    case ARGOT_SEARCH_ALERT:
        argot_sqlite_told(search, value, cell);
        break;
    case ARGOT_SEARCH_OWN:
        read_own(column, value, cell);
        break;
    }
}

void
argot_sqlite_cell_any(sqlite3_value *value, struct argot_cell *cell)
{
    struct argot_slice bytes;
    *cell = (struct argot_cell){.kind = ARGOT_CELL_VALUE, .type = ARGOT_TYPE_INT, .field = ARGOT_NONE};
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
        cell->slot.i64 = sqlite3_value_int64(value);
        break;
    case SQLITE_FLOAT:
        cell->type = ARGOT_TYPE_FLOAT;
        cell->slot.f64 = sqlite3_value_double(value);
        break;
    case SQLITE_TEXT:
        bytes = argot_sqlite_cell_bytes(value);
        *cell = argot_cell_text(bytes.at, bytes.length, 0);
        break;
    case SQLITE_BLOB:
        read_bytes(value, cell);
        break;
    default:
        cell->kind = ARGOT_CELL_ABSENT;
        break;
    }
}
