/* SPDX-License-Identifier: Apache-2.0
 * What is said of formats without running them: every field of every event that the examples of the stock formats make
 * must be among those that may be filled for its type; and some that none fills are not. */
#include "decode/decode.h"
#include "normalize/emits.h"
#include "test_case.h"
#include "test_seam.h"

extern const struct argot_normalizer *const argot_stock_formats[];
extern const size_t argot_stock_count;

static struct argot_test_seam seam;
static struct argot_registry *registry;
static struct argot_emits *emits;
static struct argot_batch batch;

static void
set_up(void)
{
    char why[256];
    argot_test_seam_init(&seam);
    registry = argot_registry_new(&seam.seam);
    for (size_t i = 0; i < argot_stock_count; i++)
        ck_assert_msg(argot_registry_add(registry, argot_stock_formats[i], why, sizeof why), "%s", why);
    ck_assert(argot_registry_seal(registry, why, sizeof why));
    emits = argot_emits_new(registry);
    ck_assert_ptr_nonnull(emits);
    argot_batch_init(&batch, &seam.seam);
}

static void
tear_down(void)
{
    argot_batch_finish(&batch);
    argot_emits_free(emits);
    argot_registry_free(registry);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

static void
check_event(const struct argot_event *event)
{
    const struct argot_slot *slot = argot_event_get(event, (uint16_t)argot_schema_find("event_type"));
    ck_assert_ptr_nonnull(slot);
    uint16_t type = (uint16_t)slot->u64;
    ck_assert(argot_emits_type(emits, type));
    for (uint16_t field = 0; field < argot_schema.count; field++)
        if (argot_event_get(event, field) && !argot_emits_field(emits, type, field) &&
            strcmp(argot_schema.fields[field].name, "event_time") != 0 &&
            strcmp(argot_schema.fields[field].name, "event_ingest_time") != 0)
            ck_abort_msg("%s makes %s of type %u, which is not among what it may", event->shape->format,
                         argot_schema.fields[field].name, type);
}

static void
run_line(struct argot_worker *worker, struct argot_slice line)
{
    uint8_t *copy = calloc(line.length + 1 + ARGOT_PADDING, 1);
    memcpy(copy, line.at, line.length);
    copy[line.length] = '\n';
    argot_batch_reset(&batch);
    ck_assert(argot_worker_record(worker, &batch, copy, line.length, 1, 1));
    for (size_t i = 0; i < batch.count; i++)
        if (batch.results[i].outcome == ARGOT_EVENT)
            check_event(batch.results[i].event);
    free(copy);
}

START_TEST(what_examples_become_is_among_what_may_be)
{
    struct argot_settings settings = {.received = INT64_C(1767225600000000000)};
    struct argot_worker *worker = argot_worker_new(registry, &settings);
    size_t lines = 0;
    for (size_t i = 0; i < argot_stock_count; i++) {
        const struct argot_normalizer *normalizer = argot_stock_formats[i];
        settings.format =
            normalizer->ninside && strcmp(normalizer->inside[0].parent, "line") != 0 ? NULL : normalizer->name;
        ck_assert(argot_worker_settings(worker, &settings));
        for (uint16_t j = 0; j < normalizer->nexamples; j++, lines++)
            run_line(worker, normalizer->examples[j].line);
    }
    ck_assert_uint_gt(lines, 100);
    argot_worker_free(worker);
}
END_TEST

START_TEST(what_no_format_fills_is_told)
{
    uint16_t type_field = (uint16_t)argot_schema_find("event_type");
    uint16_t login = (uint16_t)argot_schema_enum(type_field, (const uint8_t *)"AUTH_LOGIN", 10);
    uint16_t alert = (uint16_t)argot_schema_enum(type_field, (const uint8_t *)"CORRELATION_ALERT", 17);
    ck_assert(argot_emits_type(emits, login) && !argot_emits_type(emits, alert));
    ck_assert(argot_emits_field(emits, login, (uint16_t)argot_schema_find("user_name")));
    ck_assert(!argot_emits_field(emits, login, (uint16_t)argot_schema_find("response_size_bytes")));
    ck_assert(!argot_emits_type(emits, 60000) && !argot_emits_field(emits, login, 60000));
}
END_TEST

START_TEST(without_memory_there_is_nothing)
{
    bool made = false;
    for (size_t i = 1; !made; i++) {
        seam.fail_allocation = seam.allocations + i;
        struct argot_emits *other = argot_emits_new(registry);
        seam.fail_allocation = 0;
        made = other != NULL;
        argot_emits_free(other);
        ck_assert_uint_lt(i, 100);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("emits");
    TCase *cases = tcase_create("emits");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, what_examples_become_is_among_what_may_be);
    tcase_add_test(cases, what_no_format_fills_is_told);
    tcase_add_test(cases, without_memory_there_is_nothing);
    suite_add_tcase(suite, cases);
    return test_run(suite);
}
