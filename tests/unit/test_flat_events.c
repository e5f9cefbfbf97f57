/* SPDX-License-Identifier: Apache-2.0
 * What records become does not depend on how they are read: the lines of all examples, and changed ones, give the same
 * events, dead letters and counts where every record is read as a whole tree. */
#include "normalize/bound.h"
#include "output/json.h"
#include "test_case.h"
#include <stdio.h>

#define RECEIVED INT64_C(1767225600000000000) /* 2026-01-01T00:00:00Z */
#define MOST_BYTES 4096
#define CHANGES 40 /* changed lines of each example */

extern const struct argot_normalizer *const argot_stock_formats[];
extern const size_t argot_stock_count;

static struct argot_registry *registry[2]; /* the second reads whole trees */
static struct argot_batch batch[2];
static struct argot_buffer out[2];
static struct argot_json *json;

static struct argot_registry *
make_registry(void)
{
    char why[256];
    struct argot_registry *made = argot_registry_new(argot_seam_system());
    ck_assert_ptr_nonnull(made);
    for (size_t i = 0; i < argot_stock_count; i++)
        ck_assert_msg(argot_registry_add(made, argot_stock_formats[i], why, sizeof why), "%s", why);
    ck_assert_msg(argot_registry_seal(made, why, sizeof why), "%s", why);
    return made;
}

static void
set_up(void)
{
    json = argot_json_new(argot_seam_system(), 0);
    ck_assert_ptr_nonnull(json);
    for (int i = 0; i < 2; i++) {
        registry[i] = make_registry();
        argot_batch_init(&batch[i], argot_seam_system());
        argot_buffer_init(&out[i], argot_seam_system());
    }
    registry[1]->picks.unusable = true;
}

static void
tear_down(void)
{
    for (int i = 0; i < 2; i++) {
        argot_buffer_finish(&out[i]);
        argot_batch_finish(&batch[i]);
        argot_registry_free(registry[i]);
    }
    argot_json_free(json);
}

static void
write_results(const struct argot_batch *from, struct argot_buffer *to)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct argot_result *result = &from->results[i];
        if (result->outcome == ARGOT_EVENT)
            argot_json_event(json, result->event, "-", to);
        else if (result->outcome == ARGOT_LETTER)
            argot_json_letter(json, result->letter, "-", to);
        else
            argot_buffer_append(to, "skipped\n", 8);
    }
    const struct argot_counts *counts = &from->counts;
    argot_buffer_append(to, counts, sizeof *counts);
}

static void
compare(struct argot_worker *const worker[2], const uint8_t *line, size_t length)
{
    for (int i = 0; i < 2; i++) {
        argot_batch_reset(&batch[i]);
        out[i].length = 0;
        ck_assert(argot_worker_record(worker[i], &batch[i], line, length, 1, 1));
        write_results(&batch[i], &out[i]);
        ck_assert(!out[i].failed);
    }
    bool same = out[0].length == out[1].length && !memcmp(out[0].bytes, out[1].bytes, out[0].length);
    ck_assert_msg(same, "%.*s\n%.*s%.*s", (int)length, (const char *)line,
                  (int)(out[0].length - sizeof(struct argot_counts)), (const char *)out[0].bytes,
                  (int)(out[1].length - sizeof(struct argot_counts)), (const char *)out[1].bytes);
}

static size_t
change(uint8_t *line, size_t length, uint64_t *state)
{
    static const char *const pieces[] = {"=",        "\"",          " ",      "SRC=",  " LEN=1 ", "[SRC=1 DST=2 ",
                                         "\\\"",     "[x y=\"1\"]", "-",      "\"] [", ",",       ":",
                                         "a=b",      " word ",      "\x1d",   "\xff",  "{",       "}",
                                         "\"a\":1,", "null",        "PROTO=", "[",     "]",       "\\",
                                         " IN= ",    "\t",          "0",      "\"\"",  "/",       "IN=x OUT=",
                                         "{\"a\":"};
    uint64_t number = test_random(state);
    size_t at = (number >> 32) % (length + 1), from = (number >> 16) % (length + 1), count = 1 + (number >> 8) % 24;
    if (number % 4 == 0 && at < length) {
        line[at] = (uint8_t)(number >> 8);
        return length;
    }
    if (number % 4 == 1) { /* some of it goes */
        count = count > length - at ? length - at : count;
        memmove(line + at, line + at + count, length - at - count);
        return length - count;
    }
    uint8_t copy[32];
    const char *piece = pieces[(number >> 8) % COUNT(pieces)];
    if (number % 4 == 2) { /* some of it comes again */
        count = count > length - from ? length - from : count;
        memcpy(copy, line + from, count);
    } else {
        count = strlen(piece);
        memcpy(copy, piece, count);
    }
    memmove(line + at + count, line + at, length - at);
    memcpy(line + at, copy, count);
    return length + count;
}

/* A line with a newline and what may be read behind it, changed a few times. */
static size_t
make_line(const struct argot_example *example, unsigned changes, uint64_t *state, uint8_t *line)
{
    size_t length = example->line.length;
    memcpy(line, example->line.at, length);
    for (; changes; changes--)
        length = change(line, length, state);
    for (size_t i = 0; i < length; i++)
        line[i] = line[i] == '\n' ? ' ' : line[i];
    memset(line + length, 0, ARGOT_PADDING);
    line[length] = '\n';
    return length;
}

/* `named`: the lines are read as the format's. */
static void
compare_format(const struct argot_normalizer *format, bool named)
{
    static uint8_t line[MOST_BYTES + ARGOT_PADDING + 256];
    struct argot_settings settings = {.received = RECEIVED, .format = named ? format->name : NULL};
    struct argot_worker *worker[2];
    uint64_t state = named;
    for (int i = 0; i < 2; i++)
        ck_assert_ptr_nonnull(worker[i] = argot_worker_new(registry[i], &settings));
    for (uint32_t i = 0; i < format->nexamples; i++)
        for (unsigned k = 0; k <= CHANGES && format->examples[i].line.length <= MOST_BYTES; k++)
            compare(worker, line, make_line(&format->examples[i], (k + 2) / 3, &state, line));
    for (int i = 0; i < 2; i++)
        argot_worker_free(worker[i]);
}

START_TEST(a_record_becomes_the_same_however_it_is_read)
{
    for (size_t i = 0; i < argot_stock_count; i++)
        compare_format(argot_stock_formats[i], _i);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("flat_events");
    TCase *tcase = tcase_create("flat_events");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, a_record_becomes_the_same_however_it_is_read, 0, 2);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
