/* SPDX-License-Identifier: Apache-2.0
 * Any text as a record: the first byte is the kind and the dialect. What is read is a tree that hangs together, is
 * written as valid JSON, and is found by path; JSON is read just where another reader takes it too. */
#include "decode/record.h"
#include "flat_case.h"
#include "fuzz_case.h"
#include "pick_case.h"
#include "record_case.h"
#include "strict_json.h"
#include <stdlib.h>
#include <string.h>

#define BLANK ARGOT_TEXT(" ")
#define EQUALS ARGOT_TEXT("=")
#define MOST_COMPARED 2000 /* nodes of a tree whose duplicates are looked at one by one */

static const struct argot_kv pairs[] = {
    {.pair_separator = BLANK, .value_separator = EQUALS, .quote = '"'},
    {.pair_separator = BLANK, .value_separator = EQUALS, .quote = '"', .escape = ARGOT_ESCAPE_DOUBLED},
    {.pair_separator = BLANK, .value_separator = EQUALS, .quote = '\'', .escape = ARGOT_ESCAPE_NONE, .trailing = ','},
    {.pair_separator = BLANK, .value_separator = EQUALS, .quote = '"', .keep_quotes = true, .wrap = {'<', '>'}},
    {.pair_separator = ARGOT_TEXT(", "), .value_separator = ARGOT_TEXT(": "), .quote = '"', .wrap = {'[', ']'}},
    {.pair_separator = ARGOT_TEXT(" | "), .value_separator = ARGOT_TEXT(" => "), .trailing = ';'},
    {.pair_separator = ARGOT_TEXT(";"), .value_separator = BLANK, .quote = '"'},
    {.pair_separator = BLANK, .value_separator = BLANK, .quote = '"'},
    {.pair_separator = BLANK, .value_separator = EQUALS, .first_key = ARGOT_TEXT("a"), .last_key = ARGOT_TEXT("msg")},
    {.quote = '"'},
};

static const struct argot_slice names[] = {ARGOT_TEXT("a"), ARGOT_TEXT("_"), ARGOT_TEXT("a"), ARGOT_TEXT("b")};

static const struct argot_csv columns[] = {
    {.separator = ',', .quote = '"'},
    {.separator = '\t', .quote = '\'', .columns = {3, names}},
    {.separator = ';'},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static enum argot_decode_status
read_record(const struct argot_decode *context, unsigned kind, struct argot_slice text, struct argot_record *record)
{
    if (kind < 16)
        return argot_record_json(context, text, record);
    if (kind < 32)
        return argot_record_sd(context, text, record);
    if (kind < 64)
        return argot_record_csv(context, &columns[kind % COUNT(columns)], text, record);
    return argot_record_kv(context, &pairs[kind % COUNT(pairs)], text, record);
}

/* Every member is found by the pattern that all names fit, in order. */
static void
check_find(const struct argot_record *record)
{
    static const struct argot_step any = {.kind = ARGOT_STEP_PATTERN, .key = ARGOT_TEXT("*")};
    static const struct argot_path path = {.count = 1, .steps = &any};
    for (int duplicates = 0; duplicates < 2; duplicates++) {
        uint32_t found = 0;
        for (uint32_t member = 1; member < record->count; member = record->nodes[member].end) {
            if (record->nodes[member].duplicate && !duplicates)
                continue;
            found = argot_record_find(record, &path, found ? found + 1 : 0, duplicates);
            check(found == member);
        }
        check(argot_record_find(record, &path, found ? found + 1 : record->count, duplicates) == 0);
    }
}

static void
check_written(const struct argot_record *record)
{
    struct argot_buffer out;
    size_t at;
    argot_buffer_init(&out, argot_seam_system());
    record_case_write(record, false, &out);
    check(!out.failed && !strict_json_check(out.bytes, out.length, &at));
    check(strict_json_is_clean(out.bytes, out.length));
    argot_buffer_finish(&out);
}

/* The other reader takes any value and knows no blank but the one, within. */
static void
check_json(struct argot_slice text, enum argot_decode_status status, const struct argot_record *record)
{
    size_t at;
    for (uint32_t i = 0; i < text.length; i++)
        if (text.at[i] == '\t' || text.at[i] == '\n' || text.at[i] == '\r')
            return;
    if (!text.length || text.at[0] != '{' || text.at[text.length - 1] != '}' || record->too_deep || record->too_many)
        return;
    check((status == ARGOT_DECODED) == !strict_json_check(text.at, text.length, &at));
}

/* Read as far as paths ask for it is the same, learning its names and knowing them, with anything behind it. */
static void
check_picked(const struct argot_decode *context, const uint8_t *bytes, size_t length, bool keeps)
{
    static const char *const behind[] = {"\n", "}", "]}", "\"", "0"};
    uint8_t *copy = malloc(length + ARGOT_PADDING);
    struct pick_case test;
    bool taken, before = false;
    check(copy != NULL);
    memcpy(copy, bytes, length);
    pick_case_init(&test, argot_seam_system(), keeps);
    for (unsigned round = 0; round < 2 * COUNT(behind); round++) {
        for (size_t i = 0, n = strlen(behind[round / 2]); i < ARGOT_PADDING; i++)
            copy[length + i] = (uint8_t)behind[round / 2][i % n];
        check(!pick_case_compare(&test, context, (struct argot_slice){copy, (uint32_t)length}, &taken));
        check(!round || taken == before || test.room.layout.full);
        before = taken;
    }
    pick_case_finish(&test);
    free(copy);
}

/* Without nesting and without a tree it is the same, first and known. */
static void
check_flat(const struct argot_decode *context, unsigned kind, const uint8_t *bytes, size_t length)
{
    uint8_t *copy = malloc(length + ARGOT_PADDING);
    struct flat_case test;
    bool taken;
    check(copy != NULL);
    memcpy(copy, bytes, length);
    flat_case_init(&test, argot_seam_system());
    for (unsigned round = 0; round < 4; round++) {
        memset(copy + length, round & 1 ? '=' : '\n', ARGOT_PADDING);
        check(!flat_case_compare(&test, kind % FLAT_CASE_BLOCKS, context, (struct argot_slice){copy, (uint32_t)length},
                                 &taken));
    }
    flat_case_finish(&test);
    free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct argot_arena arena;
    struct argot_record record;
    argot_arena_init(&arena, argot_seam_system(), 0);
    struct argot_decode context = {.arena = &arena};
    struct argot_slice text = {data + 1, (uint32_t)(size - 1)};
    enum argot_decode_status status = read_record(&context, data[0], text, &record);
    check(status != ARGOT_DECODE_NO_MEMORY);
    if (data[0] < 16)
        check_json(text, status, &record);
    if (data[0] < 16 && record.count < MOST_COMPARED)
        check_picked(&context, text.at, text.length, data[0] < 8);
    if (data[0] >= 16)
        check_flat(&context, data[0], text.at, text.length);
    if (status == ARGOT_DECODED) {
        check(!record_case_check(&record, text, record.count < MOST_COMPARED));
        check_find(&record);
        check_written(&record);
        argot_record_name_columns(&record, names, COUNT(names));
    } else {
        check(record.offset <= text.length && record.expected);
    }
    argot_arena_finish(&arena);
    return 0;
}
