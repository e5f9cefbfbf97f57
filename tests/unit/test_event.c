/* SPDX-License-Identifier: Apache-2.0
 * Events and the schema's table: names to fields and back, values of events by field, names of reasons, the checksum.
 */
#include "output_cases.h"
#include "pipeline/checksum.h"
#include "test_case.h"

static struct case_event it;

static void
set_up(void)
{
    case_init(&it);
}

/* ---- the schema ---- */

START_TEST(every_field_is_found_by_its_name)
{
    for (uint16_t i = 0; i < argot_schema.count; i++) {
        ck_assert_int_eq(argot_schema_find(argot_schema.fields[i].name), i);
        if (i)
            ck_assert_str_lt(argot_schema.fields[argot_schema_by_name[i - 1]].name,
                             argot_schema.fields[argot_schema_by_name[i]].name);
    }
    static const char *const wrong[] = {"", "a", "zzz", "Source_ip", "source_ip ", "source_i", "source_ipp"};
    for (size_t i = 0; i < COUNT(wrong); i++)
        ck_assert_int_eq(argot_schema_find(wrong[i]), -1);
}
END_TEST

START_TEST(every_value_of_an_enum_is_found)
{
    unsigned values = 0;
    for (uint16_t i = 0; i < argot_schema.count; i++) {
        const struct argot_schema_field *row = &argot_schema.fields[i];
        ck_assert_int_eq(row->type == ARGOT_TYPE_ENUM, row->nvalues > 0);
        for (uint16_t j = 0; j < row->nvalues; j++, values++) {
            size_t length = strlen(row->values[j]);
            uint8_t *text = test_exact(row->values[j], length);
            ck_assert_int_eq(argot_schema_enum(i, text, length), j);
            ck_assert_int_eq(argot_schema_enum(i, text, length - 1), -1);
            free(text);
        }
        ck_assert_int_eq(argot_schema_enum(i, (const uint8_t *)"", 0), -1);
    }
    ck_assert_uint_gt(values, 10);
    ck_assert_int_eq(argot_schema_enum(argot_schema.count, (const uint8_t *)"x", 1), -1);
}
END_TEST

START_TEST(types_have_names)
{
    for (enum argot_type type = ARGOT_TYPE_NONE + 1; type < ARGOT_TYPE_COUNT; type++)
        ck_assert_int_eq(argot_schema_type(argot_schema_type_name(type)), type);
    ck_assert_int_eq(argot_schema_type("none"), ARGOT_TYPE_NONE);
    ck_assert_int_eq(argot_schema_type(""), ARGOT_TYPE_NONE);
    ck_assert_int_eq(argot_schema_type("IP"), ARGOT_TYPE_NONE);
    ck_assert_str_eq(argot_schema_type_name(ARGOT_TYPE_STRING_LIST), "string_list");
    ck_assert_str_eq(argot_schema_type_name(ARGOT_TYPE_COUNT), "none");
    ck_assert_str_eq(argot_schema_type_name((enum argot_type)1000), "none");
}
END_TEST

START_TEST(reasons_have_names_of_their_own)
{
    for (enum argot_letter_reason a = ARGOT_LETTER_NONE; a < ARGOT_LETTER_COUNT; a++)
        for (enum argot_letter_reason b = ARGOT_LETTER_NONE; b < a; b++)
            ck_assert_str_ne(argot_letter_reason_name(a), argot_letter_reason_name(b));
    ck_assert_str_eq(argot_letter_reason_name(ARGOT_LETTER_TOO_LONG), "too_long");
    ck_assert_str_eq(argot_letter_reason_name(ARGOT_LETTER_COUNT), "none");
}
END_TEST

/* ---- values by field ---- */

/* Every third field, some constant, some with a value, some without: each gives what it should, all others nothing. */
START_TEST(values_are_found_by_field)
{
    static struct argot_shape_field fields[1024];
    static struct argot_slot slots[ARGOT_SHAPE_MAX_SLOTS];
    it.shape.fields = fields;
    it.event.slots = slots;
    for (uint16_t field = (uint16_t)_i; field < argot_schema.count; field = (uint16_t)(field + 3)) {
        struct argot_shape_field *entry = &fields[it.shape.count++];
        *entry = (struct argot_shape_field){.field = field, .constant = field % 2};
        if (field % 2 || it.shape.nslots == ARGOT_SHAPE_MAX_SLOTS) {
            entry->constant = true;
            entry->slot.u64 = field;
            continue;
        }
        entry->index = (uint8_t)it.shape.nslots++;
        slots[entry->index].u64 = field;
        if (field % 4 == 0)
            it.event.present |= 1ull << entry->index;
    }
    for (uint16_t field = 0; field < argot_schema.count + 5; field++) {
        const struct argot_shape_field *entry = NULL;
        for (uint16_t i = 0; i < it.shape.count; i++)
            if (fields[i].field == field)
                entry = &fields[i];
        bool there = entry && (entry->constant || it.event.present >> entry->index & 1);
        const struct argot_slot *slot = argot_event_get(&it.event, field);
        if (there)
            ck_assert(slot && slot->u64 == field);
        else if (field == case_field("event_time"))
            ck_assert_ptr_eq(slot, &it.event.time_slot);
        else if (field == case_field("event_ingest_time"))
            ck_assert_ptr_eq(slot, &it.event.received_slot);
        else
            ck_assert_ptr_null(slot);
    }
}
END_TEST

START_TEST(times_are_there_without_a_shape)
{
    ck_assert_int_eq(argot_event_get(&it.event, case_field("event_time"))->i64, CASE_TIME);
    ck_assert_int_eq(argot_event_get(&it.event, case_field("event_ingest_time"))->i64, CASE_TIME + 2000000000);
    ck_assert_ptr_null(argot_event_get(&it.event, case_field("source_ip")));
    ck_assert_ptr_null(argot_event_get(&it.event, ARGOT_NONE));
}
END_TEST

START_TEST(a_time_of_the_format_goes_before_its_own)
{
    case_slot(&it, "event_time")->i64 = 5;
    ck_assert_int_eq(argot_event_get(&it.event, case_field("event_time"))->i64, 5);
    it.event.present = 0;
    ck_assert_int_eq(argot_event_get(&it.event, case_field("event_time"))->i64, CASE_TIME);
}
END_TEST

/* ---- the checksum ---- */

START_TEST(checksums_see_every_value)
{
    case_login(&it);
    struct argot_slot items[] = {case_text("a"), case_text("b")};
    *case_slot(&it, "process_args") = (struct argot_slot){.list = {.items = items, .count = 2}};
    case_extra(&it, "k", ARGOT_TYPE_STRING, case_text("v"));
    uint64_t sum = argot_checksum_event(&it.event), other[16];
    size_t n = 0;
#define CHANGED(change, back)                                                                                          \
    change;                                                                                                            \
    other[n++] = argot_checksum_event(&it.event);                                                                      \
    back;                                                                                                              \
    ck_assert_uint_eq(argot_checksum_event(&it.event), sum)
    CHANGED(it.event.time++, it.event.time--);
    CHANGED(it.event.present ^= 1, it.event.present ^= 1);
    CHANGED(it.event.present ^= 2, it.event.present ^= 2);
    CHANGED(items[1] = case_text("c"), items[1] = case_text("b"));
    CHANGED(items[1] = case_text(""), items[1] = case_text("b"));
    CHANGED(it.extra[0].value = case_json("v"), it.extra[0].value = case_text("v"));
    CHANGED(it.extra[0].value = case_text("w"), it.extra[0].value = case_text("v"));
    CHANGED(it.extra[0].key.length = 0, it.extra[0].key.length = 1);
    CHANGED(it.extra[0].type = ARGOT_TYPE_KEYWORD, it.extra[0].type = ARGOT_TYPE_STRING);
    CHANGED(it.event.nextra = 0, it.event.nextra = 1);
#undef CHANGED
    for (size_t i = 0; i < n; i++) {
        ck_assert_uint_ne(other[i], sum);
        for (size_t j = 0; j < i; j++)
            ck_assert_uint_ne(other[i], other[j]);
    }
}
END_TEST

START_TEST(checksums_do_not_see_where_an_event_came_from)
{
    case_login(&it);
    uint64_t sum = argot_checksum_event(&it.event);
    it.event.received++;
    it.event.record = it.event.line = 12345;
    it.event.raw.length = 0;
    it.shape.number = 7;
    ck_assert_uint_eq(argot_checksum_event(&it.event), sum);
}
END_TEST

/* The bytes of a text, not where it lies or what is behind it. */
START_TEST(checksums_of_texts_are_of_their_bytes)
{
    uint64_t seen[40];
    for (size_t length = 0; length < COUNT(seen); length++) {
        uint8_t *exact = test_exact("0123456789012345678901234567890123456789", length);
        case_init(&it);
        *case_slot(&it, "user_name") = case_bytes(exact, length);
        seen[length] = argot_checksum_event(&it.event);
        free(exact);
        exact = test_exact("0123456789012345678901234567890123456789", length);
        it.slots[0] = case_bytes(exact, length);
        ck_assert_uint_eq(argot_checksum_event(&it.event), seen[length]);
        free(exact);
        for (size_t i = 0; i < length; i++)
            ck_assert_uint_ne(seen[i], seen[length]);
    }
}
END_TEST

START_TEST(checksums_tell_fields_apart)
{
    *case_slot(&it, "source_port") = (struct argot_slot){.u64 = 80};
    *case_slot(&it, "destination_port") = (struct argot_slot){.u64 = 443};
    uint64_t sum = argot_checksum_event(&it.event);
    it.slots[0].u64 = 443;
    it.slots[1].u64 = 80;
    ck_assert_uint_ne(argot_checksum_event(&it.event), sum);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("event");
    TCase *tcase = tcase_create("event");
    tcase_add_checked_fixture(tcase, set_up, NULL);
    tcase_add_test(tcase, every_field_is_found_by_its_name);
    tcase_add_test(tcase, every_value_of_an_enum_is_found);
    tcase_add_test(tcase, types_have_names);
    tcase_add_test(tcase, reasons_have_names_of_their_own);
    tcase_add_loop_test(tcase, values_are_found_by_field, 0, 3);
    tcase_add_test(tcase, times_are_there_without_a_shape);
    tcase_add_test(tcase, a_time_of_the_format_goes_before_its_own);
    tcase_add_test(tcase, checksums_see_every_value);
    tcase_add_test(tcase, checksums_do_not_see_where_an_event_came_from);
    tcase_add_test(tcase, checksums_of_texts_are_of_their_bytes);
    tcase_add_test(tcase, checksums_tell_fields_apart);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
