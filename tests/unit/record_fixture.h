/* SPDX-License-Identifier: Apache-2.0
 * The same for readers of records: the text at hand in a block of its own, and the tree that came out. */
#pragma once
#include "decode_fixture.h"
#include "record_case.h"

static struct argot_record record;
static struct argot_buffer out;
static uint8_t *copy;
static struct argot_slice text;

static void
record_set_up(void)
{
    decode_set_up();
    argot_buffer_init(&out, argot_seam_system());
    copy = NULL;
}

static void
record_tear_down(void)
{
    free(copy);
    argot_buffer_finish(&out);
    decode_tear_down();
}

static void
record_take(const void *bytes, size_t length)
{
    free(copy);
    argot_arena_reset(&arena);
    copy = test_exact(bytes, length);
    text = (struct argot_slice){copy, (uint32_t)length};
}

static void
record_expect_good(void)
{
    const char *wrong = record_case_check(&record, text, true);
    ck_assert_msg(!wrong, "%.*s: %s", (int)text.length, text.at, wrong);
}
