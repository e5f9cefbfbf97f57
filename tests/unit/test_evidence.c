/* SPDX-License-Identifier: Apache-2.0
 * Raw lines of the past: each record is found again, from memory, from what was read around another, or from its file,
 * and what the file has become is never taken for what it was. */
#include "pipeline/evidence.h"
#include "test_case.h"
#include "test_seam.h"
#include <stdio.h>

#define LINES 20000u

static struct argot_test_seam seam;
static struct argot_test_seam_file *file;
static struct argot_input *input;
static struct argot_block_bytes block;
static struct argot_evidence evidence;
static argot_raw_place places[LINES];
static uint32_t offsets[LINES + 1];
static const struct argot_evidence_bytes nothing = {0};

/* Lines of different length; now and then one of some KiB. */
static size_t
write_lines(char *text)
{
    size_t length = 0;
    for (unsigned i = 0; i < LINES; i++) {
        offsets[i] = (uint32_t)length;
        length += (size_t)sprintf(text + length, "line %u %0*u", i, (int)(i % 2000 == 1000 ? 9000 : i % 97), 0u);
        text[length++] = '\n';
    }
    offsets[LINES] = (uint32_t)length;
    return length;
}

static void
set_up(void)
{
    char *text = malloc(LINES * 128 + 200000);
    char why[100];
    argot_test_seam_init(&seam);
    size_t length = write_lines(text);
    file = argot_test_seam_put(&seam, "log", text, length);
    free(text);
    input = argot_input_open(&seam.seam, "log", &(struct argot_input_options){0}, why, sizeof why);
    ck_assert_msg(input, "%s", why);
    block = (struct argot_block_bytes){0};
    ck_assert_int_eq(argot_input_next(input, &block), ARGOT_INPUT_BLOCK);
    argot_evidence_init(&evidence, &seam.seam, 0, 0);
    for (unsigned i = 0; i < LINES; i++)
        places[i] = argot_evidence_in_file(
            (struct argot_slice){file->bytes + offsets[i], offsets[i + 1] - offsets[i] - 1}, offsets[i]);
}

static void
tear_down(void)
{
    argot_evidence_finish(&evidence);
    argot_block_finish(&seam.seam, &block);
    argot_input_close(input);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

static bool
is_found(unsigned line, struct argot_evidence_bytes at_hand)
{
    char begin[20];
    struct argot_slice raw = argot_evidence_find(&evidence, input, at_hand, places[line]);
    if (!raw.at)
        return false;
    size_t length = (size_t)sprintf(begin, "line %u ", line);
    ck_assert_uint_eq(raw.length, offsets[line + 1] - offsets[line] - 1);
    ck_assert(!memcmp(raw.at, begin, length));
    return true;
}

START_TEST(what_is_in_memory_is_not_read)
{
    uint64_t offset = block.length;
    ck_assert_int_eq(argot_input_next(input, &block), ARGOT_INPUT_BLOCK);
    struct argot_evidence_bytes at_hand = {block.bytes, block.length, offset};
    uint64_t reads = seam.reads;
    unsigned first = 0, line;
    while (offsets[first] < offset)
        first++;
    for (line = first; offsets[line + 1] <= offset + block.length; line++)
        ck_assert(is_found(line, at_hand));
    ck_assert_uint_gt(line, first + 1000);
    ck_assert_uint_eq(seam.reads, reads);
    ck_assert(is_found(first - 1, at_hand));
    ck_assert(is_found(line, at_hand));
    ck_assert_uint_gt(seam.reads, reads + 1);
}
END_TEST

/* As alerts ask, whose causes begin a little behind those of the one before. */
START_TEST(lines_that_lie_near_each_other_are_read_together)
{
    uint64_t reads = seam.reads;
    for (unsigned i = 0; i + 200 < LINES; i += 10)
        for (unsigned j = 0; j < 5; j++)
            ck_assert(is_found(i + 37 * j, nothing));
    ck_assert_uint_lt(seam.reads - reads, 2 * (offsets[LINES] / (ARGOT_EVIDENCE_WINDOW_BYTES / 2)));
    ck_assert_uint_eq(evidence.lost, 0);
}
END_TEST

START_TEST(lines_are_found_in_any_order)
{
    uint64_t state = 1;
    for (unsigned i = 0; i < LINES; i++) {
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
        ck_assert(is_found((unsigned)(state >> 33) % LINES, nothing));
    }
    for (unsigned i = LINES; i-- > 0;)
        ck_assert(is_found(i, nothing));
    ck_assert_uint_le(evidence.window.capacity, 2 * ARGOT_EVIDENCE_WINDOW_BYTES);
}
END_TEST

START_TEST(a_line_that_was_still_being_written_is_read_again)
{
    size_t length = file->length;
    file->length = offsets[501] - 3; /* so much of it was there when the lines before were asked for */
    ck_assert(is_found(499, nothing));
    ck_assert(is_found(498, nothing));
    ck_assert(!is_found(500, nothing));
    file->length = length;
    ck_assert(is_found(500, nothing));
    ck_assert_uint_eq(evidence.lost, 1);
}
END_TEST

START_TEST(what_was_written_anew_is_no_evidence)
{
    unsigned found = 0;
    ck_assert(is_found(4000, nothing));
    ck_assert(is_found(4001, nothing)); /* what is around them is in memory now */
    memset(file->bytes, 'x', file->length);
    for (unsigned i = 0; i < LINES; i += 100)
        found += is_found(i, nothing);
    ck_assert_uint_lt(found, LINES / 200); /* nothing wrong, and of what was read before as much as is left of it */
    ck_assert_uint_eq(evidence.lost, LINES / 100 - found);
}
END_TEST

START_TEST(a_read_that_fails_loses_one_line)
{
    ck_assert(is_found(100, nothing));
    seam.fail_read = seam.reads + 1;
    ck_assert(!is_found(10000, nothing));
    ck_assert(is_found(10000, nothing));
    ck_assert_uint_eq(evidence.lost, 1);
}
END_TEST

START_TEST(memory_that_is_missing_loses_one_line)
{
    ck_assert(is_found(100, nothing));
    seam.fail_allocation = seam.allocations + 1;
    ck_assert(!is_found(11000, nothing)); /* longer than what there is room for */
    ck_assert(is_found(11000, nothing));
    ck_assert_uint_eq(evidence.lost, 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("evidence");
    TCase *tcase = tcase_create("evidence");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, what_is_in_memory_is_not_read);
    tcase_add_test(tcase, lines_that_lie_near_each_other_are_read_together);
    tcase_add_test(tcase, lines_are_found_in_any_order);
    tcase_add_test(tcase, a_line_that_was_still_being_written_is_read_again);
    tcase_add_test(tcase, what_was_written_anew_is_no_evidence);
    tcase_add_test(tcase, a_read_that_fails_loses_one_line);
    tcase_add_test(tcase, memory_that_is_missing_loses_one_line);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
