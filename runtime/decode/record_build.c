/* SPDX-License-Identifier: Apache-2.0
 * Building the tree of a record. Everything here is bounded by the text: decoded strings are never longer than what
 * they were decoded from, nodes are capped, and repeated keys are found without trusting a hash. */
#include "decode/record_build.h"
#include <string.h>

#define FIRST_NODES 4 /* and one more for each of so many bytes, as records tend to have: */
#define BYTES_A_NODE 8
#define CHUNK_BYTES 4096
#define FEW_MEMBERS 8     /* up to here every pair of keys is compared */
#define TABLE_MEMBERS 256 /* up to here a table on the stack finds repeated keys */
#define TABLE_SLOTS 1024
#define TABLE_STEPS 4 /* a member, on average; keys that collide more than that are sorted instead */

bool
argot_record_build_bad(struct argot_record_build *build, const uint8_t *at, const char *expected)
{
    build->record->offset = (uint32_t)(at - build->begin);
    build->record->expected = expected;
    return false;
}

static bool
out_of_memory(struct argot_record_build *build)
{
    build->no_memory = true;
    return false;
}

static bool
grow_nodes(struct argot_record_build *build)
{
    struct argot_record *record = build->record;
    uint32_t first = (uint32_t)(build->end - build->begin) / BYTES_A_NODE + FIRST_NODES;
    uint32_t capacity = record->capacity ? record->capacity * 2 : first;
    if (capacity > ARGOT_RECORD_MAX_NODES)
        capacity = ARGOT_RECORD_MAX_NODES;
    struct argot_node *nodes = argot_arena_alloc(build->context->arena, capacity * sizeof(*nodes));
    if (!nodes)
        return out_of_memory(build);
    if (record->count)
        memcpy(nodes, record->nodes, record->count * sizeof(*nodes));
    record->nodes = nodes;
    record->capacity = capacity;
    return true;
}

bool
argot_record_build_start(struct argot_record_build *build, const struct argot_decode *context, struct argot_slice text,
                         struct argot_record *record)
{
    static const uint8_t nothing[1 + ARGOT_PADDING] = "\n";
    if (!text.at)
        text = (struct argot_slice){nothing, 0};
    *record = (struct argot_record){0};
    *build = (struct argot_record_build){
        .context = context, .record = record, .begin = text.at, .end = text.at + text.length};
    if (!grow_nodes(build))
        return false;
    record->nodes[0] =
        (struct argot_node){.kind = ARGOT_NODE_OBJECT, .end = 1, .text_at = text.at, .text_length = text.length};
    record->count = 1;
    return true;
}

uint32_t
argot_record_build_node(struct argot_record_build *build, uint32_t parent, enum argot_node_kind kind,
                        struct argot_slice key, struct argot_slice text)
{
    struct argot_record *record = build->record;
    if (record->count >= ARGOT_RECORD_MAX_NODES) {
        record->too_many = true;
        return 0;
    }
    if (record->count == record->capacity && !grow_nodes(build))
        return 0;
    uint32_t index = record->count++;
    record->nodes[index] = (struct argot_node){.key_at = key.at,
                                               .text_at = text.at,
                                               .key_length = key.length,
                                               .text_length = text.length,
                                               .end = index + 1,
                                               .parent = (uint16_t)parent,
                                               .kind = (uint8_t)kind};
    return index;
}

bool
argot_record_build_full(struct argot_record_build *build, const uint8_t *at)
{
    return build->record->too_many ? argot_record_build_bad(build, at, "fewer values") : false;
}

uint8_t *
argot_record_build_room(struct argot_record_build *build, size_t count)
{
    if (build->room && (size_t)(build->room_end - build->room) >= count + 1)
        return build->room;
    size_t size = (size_t)(build->end - build->begin) + 1;
    if (size > CHUNK_BYTES)
        size = CHUNK_BYTES;
    if (size < count + 1)
        size = count + 1;
    uint8_t *room = argot_arena_alloc(build->context->arena, size + ARGOT_PADDING);
    if (!room) {
        out_of_memory(build);
        return NULL;
    }
    memset(room + size, 0, ARGOT_PADDING);
    build->room = room;
    build->room_end = room + size;
    return room;
}

struct argot_slice
argot_record_build_string(struct argot_record_build *build, uint8_t *at, size_t count)
{
    at[count] = '\n';
    build->room = at + count + 1;
    return (struct argot_slice){at, (uint32_t)count};
}

static bool
same_key(const struct argot_node *a, const struct argot_node *b)
{
    return a->key_length == b->key_length && !memcmp(a->key_at, b->key_at, a->key_length);
}

static void
mark(struct argot_record *record, uint32_t node)
{
    record->nodes[node].duplicate = true;
    record->duplicates++;
}

static void
compare_all(struct argot_record *record, uint32_t parent)
{
    struct argot_node *nodes = record->nodes;
    uint32_t first = parent + 1, end = nodes[parent].end;
    for (uint32_t node = nodes[first].end; node < end; node = nodes[node].end)
        for (uint32_t other = first; other != node; other = nodes[other].end)
            if (same_key(&nodes[node], &nodes[other])) {
                mark(record, node);
                break;
            }
}

static uint32_t
hash(struct argot_slice key)
{
    uint64_t sum = key.length, word = 0;
    uint32_t i = 0;
    for (; key.length - i >= sizeof(word); i += (uint32_t)sizeof(word)) {
        memcpy(&word, key.at + i, sizeof(word));
        sum = (sum ^ word ^ sum >> 32) * 0x9e3779b97f4a7c15u;
    }
    for (word = 0; i < key.length; i++)
        word = word << 8 | key.at[i];
    return (uint32_t)((sum ^ word ^ sum >> 32) * 0x9e3779b97f4a7c15u >> 32);
}

/* False when too many keys share slots: then nothing is marked and the keys must be sorted. */
static bool
compare_by_table(struct argot_record *record, uint32_t parent, uint32_t members)
{
    uint16_t table[TABLE_SLOTS] = {0};
    uint32_t repeated[TABLE_MEMBERS], nrepeated = 0, steps = members * TABLE_STEPS;
    struct argot_node *nodes = record->nodes;
    uint32_t list[TABLE_MEMBERS + 1];
    uint16_t n = 0;
    for (uint32_t node = parent + 1; node < nodes[parent].end; node = nodes[node].end) {
        uint32_t slot = hash(argot_node_key(&nodes[node])) % TABLE_SLOTS;
        list[++n] = node;
        while (table[slot] && !same_key(&nodes[list[table[slot]]], &nodes[node])) {
            if (steps-- == 0)
                return false;
            slot = (slot + 1) % TABLE_SLOTS;
        }
        if (table[slot])
            repeated[nrepeated++] = node;
        else
            table[slot] = n;
    }
    for (uint32_t i = 0; i < nrepeated; i++)
        mark(record, repeated[i]);
    return true;
}

static bool
goes_first(const struct argot_node *nodes, uint32_t a, uint32_t b)
{
    struct argot_slice x = argot_node_key(&nodes[a]), y = argot_node_key(&nodes[b]);
    if (x.length != y.length)
        return x.length < y.length;
    int order = memcmp(x.at, y.at, x.length);
    return order ? order < 0 : a < b;
}

/* Merge sort from the bottom up: no hostile order makes it slow. */
static uint32_t *
sort_keys(const struct argot_node *nodes, uint32_t *list, uint32_t *other, uint32_t count)
{
    for (uint32_t width = 1; width < count; width *= 2) {
        for (uint32_t begin = 0; begin < count; begin += 2 * width) {
            uint32_t middle = begin + width < count ? begin + width : count;
            uint32_t end = middle + width < count ? middle + width : count;
            uint32_t left = begin, right = middle;
            for (uint32_t i = begin; i < end; i++) {
                bool from_left = right == end || (left < middle && goes_first(nodes, list[left], list[right]));
                other[i] = from_left ? list[left++] : list[right++];
            }
        }
        uint32_t *swap = list;
        list = other;
        other = swap;
    }
    return list;
}

static bool
compare_sorted(struct argot_record_build *build, uint32_t parent, uint32_t members)
{
    struct argot_record *record = build->record;
    struct argot_arena *arena = build->context->arena;
    uint32_t *list = argot_arena_alloc(arena, members * sizeof(*list));
    uint32_t *other = argot_arena_alloc(arena, members * sizeof(*other));
    if (!list || !other)
        return out_of_memory(build);
    uint32_t n = 0;
    for (uint32_t node = parent + 1; node < record->nodes[parent].end; node = record->nodes[node].end)
        list[n++] = node;
    list = sort_keys(record->nodes, list, other, n);
    for (uint32_t i = 1; i < n; i++)
        if (same_key(&record->nodes[list[i - 1]], &record->nodes[list[i]]))
            mark(record, list[i]);
    return true;
}

bool
argot_record_build_duplicates(struct argot_record_build *build, uint32_t parent, uint32_t members)
{
    if (members < 2)
        return true;
    if (members <= FEW_MEMBERS)
        compare_all(build->record, parent);
    else if (members > TABLE_MEMBERS || !compare_by_table(build->record, parent, members))
        return compare_sorted(build, parent, members);
    return true;
}

/* Enters the members of the root by their names. False: two may have one name. Two with one hash are compared; it takes
 * a third to leave it open. */
static bool
name_members(struct argot_record *record)
{
    uint64_t twice[ARGOT_RECORD_NAMES / 64] = {0};
    bool differ = true;
    for (uint32_t at = 1; at < record->count; at = record->nodes[at].end) {
        uint32_t hash = argot_record_name_hash(argot_node_key(&record->nodes[at])), first = record->names[hash];
        if (!first) {
            record->names[hash] = (uint16_t)at;
            continue;
        }
        uint64_t bit = UINT64_C(1) << (hash & 63);
        differ = differ && !(twice[hash >> 6] & bit) && !same_key(&record->nodes[first], &record->nodes[at]);
        twice[hash >> 6] |= bit;
    }
    return differ;
}

enum argot_decode_status
argot_record_build_end(struct argot_record_build *build, bool good, uint32_t members)
{
    struct argot_record *record = build->record;
    if (record->count)
        record->nodes[0].end = record->count;
    if (good && !name_members(record))
        good = argot_record_build_duplicates(build, 0, members);
    if (good)
        record->offset = (uint32_t)(build->end - build->begin);
    return build->no_memory ? ARGOT_DECODE_NO_MEMORY : good ? ARGOT_DECODED : ARGOT_DECODE_BAD;
}

static int
hex_digit(uint8_t byte)
{
    if ((uint8_t)(byte - '0') < 10)
        return byte - '0';
    byte |= 0x20;
    return (uint8_t)(byte - 'a') < 6 ? byte - 'a' + 10 : -1;
}

/* Reads one escape whose backslash stands at `at`; returns the place behind it and the byte, or NULL. */
static const uint8_t *
escape_at(const uint8_t *at, const uint8_t *end, uint8_t quote, uint8_t *byte)
{
    static const char letters[] = "ntr\\\"", bytes[] = "\n\t\r\\\"";
    if (end - at < 2)
        return NULL;
    if (at[1] == 'x' && end - at >= 4 && hex_digit(at[2]) >= 0 && hex_digit(at[3]) >= 0) {
        *byte = (uint8_t)(hex_digit(at[2]) << 4 | hex_digit(at[3]));
        return at + 4;
    }
    const char *letter = memchr(letters, at[1], sizeof(letters) - 1);
    if (!letter && at[1] != quote)
        return NULL;
    *byte = letter ? (uint8_t)bytes[letter - letters] : quote;
    return at + 2;
}

bool
argot_record_build_unescape(struct argot_record_build *build, struct argot_slice text, uint8_t quote,
                            enum argot_escape escape, struct argot_slice *out)
{
    *out = text;
    uint8_t mark_byte = escape == ARGOT_ESCAPE_BACKSLASH ? '\\' : quote;
    if (escape == ARGOT_ESCAPE_NONE || !text.length || !memchr(text.at, mark_byte, text.length))
        return true;
    uint8_t *room = argot_record_build_room(build, text.length), *to = room;
    if (!room)
        return false;
    const uint8_t *end = text.at + text.length;
    for (const uint8_t *at = text.at; at < end;) {
        const uint8_t *behind = NULL;
        if (*at == mark_byte && escape == ARGOT_ESCAPE_BACKSLASH)
            behind = escape_at(at, end, quote, to);
        else if (*at == mark_byte && end - at > 1 && at[1] == quote) {
            *to = quote;
            behind = at + 2;
        }
        if (!behind) {
            *to = *at;
            behind = at + 1;
            /* An escape that is none keeps its second byte too, so that it cannot begin another. */
            if (*at == '\\' && escape == ARGOT_ESCAPE_BACKSLASH && behind < end)
                *++to = *behind++;
        }
        to++;
        at = behind;
    }
    *out = argot_record_build_string(build, room, (size_t)(to - room));
    return true;
}
