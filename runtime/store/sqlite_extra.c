/* SPDX-License-Identifier: Apache-2.0
 * What is in the column `extra`: members of the source's own, and values of fields that were too large for their
 * column. The functions that statements call tell the two apart. */
#include "store/sqlite_search.h"
#include "output/json.h"
#include <string.h>

#define LARGE_DIGITS 19 /* no smaller number is above INT64_MAX */

/* A field's own value where its column could not hold it; 0: none. */
static uint32_t
find_large(const struct argot_record *record, const char *name)
{
    for (uint32_t at = argot_record_first(record, 0); at; at = argot_record_next(record, at)) {
        const struct argot_node *node = &record->nodes[at];
        struct argot_decode context = {0};
        struct argot_slot slot;
        if (node->key_length == strlen(name) && !memcmp(node->key_at, name, node->key_length))
            return node->kind == ARGOT_NODE_NUMBER &&
                           argot_decode_type(&context, ARGOT_TYPE_UINT, -1, argot_node_text(node), &slot) ==
                               ARGOT_DECODED &&
                           slot.u64 > INT64_MAX
                       ? at
                       : 0;
    }
    return 0;
}

/* Whether some number in the text may be too large for a column. */
static bool
may_have_large(struct argot_slice text)
{
    unsigned digits = 0;
    for (uint32_t i = 0; i < text.length && digits < LARGE_DIGITS; i++)
        digits = text.at[i] >= '0' && text.at[i] <= '9' ? digits + 1 : 0;
    return digits >= LARGE_DIGITS;
}

static bool
is_large(const struct argot_record *record, uint32_t at)
{
    struct argot_slice key = argot_node_key(&record->nodes[at]);
    for (uint16_t i = 0; i < argot_schema.count; i++)
        if (argot_sqlite_where_may_be_large(i) && strlen(argot_schema.fields[i].name) == key.length &&
            !memcmp(argot_schema.fields[i].name, key.at, key.length))
            return find_large(record, argot_schema.fields[i].name) == at;
    return false;
}

static void
give(sqlite3_context *context, struct argot_slot slot)
{
    if (slot.text.flags & ARGOT_SLOT_JSON)
        sqlite3_result_blob64(context, slot.text.at, slot.text.length, SQLITE_TRANSIENT);
    else
        sqlite3_result_text64(context, (const char *)slot.text.at, slot.text.length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* argot_large(extra, 'field'): the digits as bytes, or null. */
static void
large(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct argot_search *search = sqlite3_user_data(context);
    struct argot_record record;
    (void)count;
    const char *name = (const char *)sqlite3_value_text(values[1]);
    if (sqlite3_value_type(values[0]) == SQLITE_NULL || !name)
        return;
    struct argot_slice text = argot_sqlite_cell_bytes(values[0]);
    if (!may_have_large(text) || !memmem(text.at, text.length, name, strlen(name)))
        return;
    argot_sqlite_room_reset(&search->inner);
    uint32_t at = argot_sqlite_cell_json(&search->inner, text, &record) ? find_large(&record, name) : 0;
    if (search->inner.failed)
        sqlite3_result_error_nomem(context);
    else if (at)
        sqlite3_result_blob64(context, record.nodes[at].text_at, record.nodes[at].text_length, SQLITE_TRANSIENT);
}

bool
argot_sqlite_extra_read(struct argot_sqlite_room *room, struct argot_slice text, struct argot_extra **extra,
                        uint32_t *count)
{
    struct argot_record record;
    *count = 0;
    if (!text.length || !argot_sqlite_cell_json(room, text, &record))
        return true;
    *extra = argot_sqlite_room_take(room, record.count, sizeof **extra);
    bool look = may_have_large(text);
    for (uint32_t at = argot_record_first(&record, 0); *extra && at; at = argot_record_next(&record, at)) {
        if (look && is_large(&record, at))
            continue;
        (*extra)[(*count)++] = (struct argot_extra){.key = argot_node_key(&record.nodes[at]),
                                                    .type = ARGOT_TYPE_STRING,
                                                    .value = argot_sqlite_cell_untyped(&record.nodes[at])};
    }
    return *extra != NULL;
}

/* argot_extra(extra): without what belongs to fields. */
static void
own(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct argot_search *search = sqlite3_user_data(context);
    struct argot_record record;
    struct argot_slice text = argot_sqlite_cell_bytes(values[0]);
    (void)count;
    argot_sqlite_room_reset(&search->inner);
    if (!may_have_large(text) || !argot_sqlite_cell_json(&search->inner, text, &record)) {
        sqlite3_result_value(context, values[0]);
        if (search->inner.failed)
            sqlite3_result_error_nomem(context);
        return;
    }
    struct argot_buffer kept;
    argot_buffer_init(&kept, search->seam);
    for (uint32_t at = argot_record_first(&record, 0); at; at = argot_record_next(&record, at)) {
        struct argot_slot slot = argot_sqlite_cell_untyped(&record.nodes[at]);
        if (is_large(&record, at))
            continue;
        argot_buffer_append_byte(&kept, kept.length ? ',' : '{');
        argot_json_string(record.nodes[at].key_at, record.nodes[at].key_length, &kept);
        argot_buffer_append_byte(&kept, ':');
        argot_json_value(ARGOT_TYPE_STRING, ARGOT_NONE, &slot, &kept);
    }
    if (kept.length)
        argot_buffer_append_byte(&kept, '}');
    if (kept.failed)
        sqlite3_result_error_nomem(context);
    else if (kept.length)
        sqlite3_result_text64(context, (const char *)kept.bytes, kept.length, SQLITE_TRANSIENT, SQLITE_UTF8);
    argot_buffer_finish(&kept);
}

/* The first of several with that name; 0: none. */
static uint32_t
find_member(const struct argot_record *record, uint32_t object, const char *key, size_t length)
{
    if (record->nodes[object].kind != ARGOT_NODE_OBJECT)
        return 0;
    for (uint32_t at = argot_record_first(record, object); at; at = argot_record_next(record, at))
        if (record->nodes[at].key_length == length && !memcmp(record->nodes[at].key_at, key, length))
            return at;
    return 0;
}

/* a.b is b in the object a; but a member with the dot in its name comes first. */
static uint32_t
find_path(const struct argot_record *record, const char *path)
{
    uint32_t at = find_member(record, 0, path, strlen(path));
    if (at)
        return at;
    do {
        size_t length = strcspn(path, ".");
        at = find_member(record, at, path, length);
        path += length + (path[length] == '.');
    } while (at && *path);
    return at;
}

/* argot_member(extra, 'a.b'): a text, or JSON as bytes. */
static void
member(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct argot_search *search = sqlite3_user_data(context);
    struct argot_record record;
    const char *path = (const char *)sqlite3_value_text(values[1]);
    (void)count;
    if (sqlite3_value_type(values[0]) == SQLITE_NULL || !path)
        return;
    argot_sqlite_room_reset(&search->inner);
    if (!argot_sqlite_cell_json(&search->inner, argot_sqlite_cell_bytes(values[0]), &record)) {
        if (search->inner.failed)
            sqlite3_result_error_nomem(context);
        return;
    }
    uint32_t at = find_path(&record, path);
    if (at && record.nodes[at].kind != ARGOT_NODE_NULL)
        give(context, argot_sqlite_cell_untyped(&record.nodes[at]));
}

bool
argot_sqlite_extra_register(struct argot_search *search, sqlite3 *db)
{
    int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
    return sqlite3_create_function(db, "argot_large", 2, flags, search, large, NULL, NULL) == SQLITE_OK &&
           sqlite3_create_function(db, "argot_extra", 1, flags, search, own, NULL, NULL) == SQLITE_OK &&
           sqlite3_create_function(db, "argot_member", 2, flags, search, member, NULL, NULL) == SQLITE_OK;
}
