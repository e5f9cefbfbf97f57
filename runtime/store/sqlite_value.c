/* SPDX-License-Identifier: Apache-2.0
 * Values as columns hold them. Text of logs may be any bytes; a column's is valid UTF-8 without NUL, since other
 * programs read it. What is changed on the way is text of its own, of which SQLite takes a copy; all else it reads
 * where it lies. */
#include "store/sqlite.h"
#include "base/utf8.h"
#include "event/format.h"
#include "output/json.h"
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"
#define HIGH_BITS UINT64_C(0x8080808080808080)
#define LOW_BITS UINT64_C(0x0101010101010101)

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

/* ---- text ---- */

static bool
is_plain_byte(uint8_t byte)
{
    return byte && byte < 0x80;
}

/* Length of what begins with ASCII without NUL. */
static size_t
plain_length(const uint8_t *text, size_t length)
{
    size_t at = 0;
    for (uint64_t word; at + sizeof word <= length; at += sizeof word) {
        memcpy(&word, text + at, sizeof word);
        if ((word | (word - LOW_BITS)) & HIGH_BITS)
            break;
    }
    while (at < length && is_plain_byte(text[at]))
        at++;
    return at;
}

/* Length of what begins valid and without NUL. */
static size_t
valid_length(const uint8_t *text, size_t length)
{
    const uint8_t *end = text + length;
    size_t at = plain_length(text, length);
    while (at < length) {
        unsigned step = is_plain_byte(text[at]) ? 1 : text[at] < 0x80 ? 0 : argot_utf8_sequence(text + at, end);
        if (!step)
            break;
        at += step;
    }
    return at;
}

bool
argot_sqlite_is_text(const void *text, size_t length)
{
    return valid_length(text, length) == length;
}

/* Into sqlite->text, each byte that belongs to no character replaced. */
static void
mend(struct argot_sqlite *sqlite, const uint8_t *text, size_t length)
{
    sqlite->text.length = 0;
    for (size_t at = 0; at < length;) {
        size_t good = valid_length(text + at, length - at);
        argot_buffer_append(&sqlite->text, text + at, good);
        at += good;
        if (at == length)
            break;
        argot_buffer_append_text(&sqlite->text, REPLACEMENT);
        sqlite->store.replaced++;
        at++;
    }
}

void
argot_sqlite_bind_copy(struct argot_sqlite *sqlite, sqlite3_stmt *statement, int parameter, const char *text,
                       size_t length)
{
    if (sqlite3_bind_text64(statement, parameter, text, length, SQLITE_TRANSIENT, SQLITE_UTF8) != SQLITE_OK)
        sqlite->text.failed = true;
}

static void
bind_value(struct argot_sqlite *sqlite, sqlite3_stmt *statement, int parameter, const struct argot_sqlite_value *value)
{
    switch (value->type) {
    case SQLITE_INTEGER:
        sqlite3_bind_int64(statement, parameter, value->number);
        break;
    case SQLITE_FLOAT:
        sqlite3_bind_double(statement, parameter, value->real);
        break;
    case SQLITE_TEXT:
        if (value->passing)
            argot_sqlite_bind_copy(sqlite, statement, parameter, value->at, value->length);
        else
            sqlite3_bind_text64(statement, parameter, value->at, value->length, SQLITE_STATIC, SQLITE_UTF8);
        break;
    case SQLITE_BLOB:
        sqlite3_bind_blob64(statement, parameter, value->at, value->length, SQLITE_STATIC);
        break;
    default:
        sqlite3_bind_null(statement, parameter);
        break;
    }
}

/* What is in sqlite->text. Without memory a NULL that no NOT NULL column takes and no reader mistakes for text. */
static struct argot_sqlite_value
scratch_value(const struct argot_sqlite *sqlite)
{
    if (sqlite->text.failed)
        return (struct argot_sqlite_value){.type = SQLITE_NULL};
    return (struct argot_sqlite_value){
        .type = SQLITE_TEXT, .at = sqlite->text.bytes, .length = sqlite->text.length, .passing = true};
}

static struct argot_sqlite_value
text_value(struct argot_sqlite *sqlite, const void *text, size_t length)
{
    if (valid_length(text, length) == length)
        return (struct argot_sqlite_value){.type = SQLITE_TEXT, .at = text, .length = length};
    mend(sqlite, text, length);
    return scratch_value(sqlite);
}

void
argot_sqlite_bind_text(struct argot_sqlite *sqlite, sqlite3_stmt *statement, int parameter, const void *text,
                       size_t length)
{
    struct argot_sqlite_value value = {.type = SQLITE_NULL};
    if (text)
        value = text_value(sqlite, text, length);
    bind_value(sqlite, statement, parameter, &value);
}

void
argot_sqlite_bind_word(struct argot_sqlite *sqlite, sqlite3_stmt *statement, int parameter, const char *word)
{
    argot_sqlite_bind_text(sqlite, statement, parameter, word, word ? strlen(word) : 0);
}

/* ---- other values ---- */

void
argot_sqlite_bind_bytes(sqlite3_stmt *statement, int parameter, struct argot_slice bytes)
{
    if (bytes.at)
        sqlite3_bind_blob64(statement, parameter, bytes.at, bytes.length, SQLITE_STATIC);
    else
        sqlite3_bind_null(statement, parameter);
}

void
argot_sqlite_bind_number(sqlite3_stmt *statement, int parameter, uint64_t number)
{
    sqlite3_bind_int64(statement, parameter, (int64_t)number);
}

void
argot_sqlite_bind_id(struct argot_sqlite *sqlite, sqlite3_stmt *statement, int parameter,
                     const uint8_t id[ARGOT_ALERT_ID_BYTES])
{
    static const char digits[] = "0123456789abcdef";
    char text[2 * ARGOT_ALERT_ID_BYTES];
    for (size_t i = 0; i < ARGOT_ALERT_ID_BYTES; i++) {
        text[2 * i] = digits[id[i] >> 4];
        text[2 * i + 1] = digits[id[i] & 15];
    }
    argot_sqlite_bind_copy(sqlite, statement, parameter, text, sizeof text);
}

/* An IPv4 address has four bytes: so a network of one kind is a range that holds none of the other's length. */
static struct argot_sqlite_value
address_value(const struct argot_slot *slot)
{
    size_t skip = memcmp(slot->ip, mapped, sizeof mapped) ? 0 : sizeof mapped;
    return (struct argot_sqlite_value){.type = SQLITE_BLOB, .at = slot->ip + skip, .length = sizeof slot->ip - skip};
}

static struct argot_sqlite_value
list_value(struct argot_sqlite *sqlite, enum argot_type type, const struct argot_slot *slot)
{
    sqlite->text.length = 0;
    sqlite->store.replaced += argot_json_value(type, 0, slot, &sqlite->text);
    return scratch_value(sqlite);
}

static struct argot_sqlite_value
mac_value(struct argot_sqlite *sqlite, uint64_t mac)
{
    char text[ARGOT_FORMAT_ROOM];
    sqlite->text.length = 0;
    argot_buffer_append(&sqlite->text, text, argot_format_mac(mac, text));
    return scratch_value(sqlite);
}

struct argot_sqlite_value
argot_sqlite_value(struct argot_sqlite *sqlite, enum argot_type type, const struct argot_slot *slot)
{
    switch (type) {
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_HOST:
    case ARGOT_TYPE_KEYWORD:
        return text_value(sqlite, slot->text.at ? slot->text.at : (const uint8_t *)"", slot->text.length);
    case ARGOT_TYPE_IP:
        return address_value(slot);
    case ARGOT_TYPE_MAC:
        return mac_value(sqlite, slot->u64);
    case ARGOT_TYPE_FLOAT:
        return (struct argot_sqlite_value){.type = SQLITE_FLOAT, .real = slot->f64};
    case ARGOT_TYPE_STRING_LIST:
    case ARGOT_TYPE_IP_LIST:
        return list_value(sqlite, type, slot);
    default:
        return (struct argot_sqlite_value){.type = argot_sqlite_is_too_large(type, slot) ? SQLITE_NULL : SQLITE_INTEGER,
                                           .number = slot->i64};
    }
}

bool
argot_sqlite_bind(struct argot_sqlite *sqlite, sqlite3_stmt *statement, int parameter, enum argot_type type,
                  const struct argot_slot *slot)
{
    struct argot_sqlite_value value = argot_sqlite_value(sqlite, type, slot);
    bind_value(sqlite, statement, parameter, &value);
    return !argot_sqlite_is_too_large(type, slot);
}

void
argot_sqlite_give(sqlite3_context *context, const struct argot_sqlite_value *value)
{
    sqlite3_destructor_type lives = value->passing ? SQLITE_TRANSIENT : SQLITE_STATIC;
    switch (value->type) {
    case SQLITE_INTEGER:
        sqlite3_result_int64(context, value->number);
        break;
    case SQLITE_FLOAT:
        sqlite3_result_double(context, value->real);
        break;
    case SQLITE_TEXT:
        sqlite3_result_text64(context, value->at, value->length, lives, SQLITE_UTF8);
        break;
    case SQLITE_BLOB:
        sqlite3_result_blob64(context, value->at, value->length, lives);
        break;
    default:
        break; /* it is NULL */
    }
}

/* ---- members of extra ---- */

void
argot_sqlite_member(struct argot_sqlite *sqlite, const void *key, size_t key_length, enum argot_type type,
                    uint16_t field, const struct argot_slot *slot)
{
    struct argot_buffer *out = &sqlite->extra;
    argot_buffer_append_byte(out, out->length ? ',' : '{');
    sqlite->store.replaced += argot_json_string(key, key_length, out);
    argot_buffer_append_byte(out, ':');
    sqlite->store.replaced += argot_json_value(type, field, slot, out);
}

struct argot_sqlite_value
argot_sqlite_extra(struct argot_sqlite *sqlite)
{
    struct argot_buffer *out = &sqlite->extra;
    if (out->length)
        argot_buffer_append_byte(out, '}');
    if (!out->length || out->failed)
        return (struct argot_sqlite_value){.type = SQLITE_NULL};
    return (struct argot_sqlite_value){.type = SQLITE_TEXT, .at = out->bytes, .length = out->length};
}

void
argot_sqlite_bind_extra(struct argot_sqlite *sqlite, sqlite3_stmt *statement, int parameter)
{
    struct argot_sqlite_value value = argot_sqlite_extra(sqlite);
    bind_value(sqlite, statement, parameter, &value);
}
