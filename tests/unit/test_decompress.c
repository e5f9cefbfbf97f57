/* SPDX-License-Identifier: Apache-2.0
 * Compressed inputs of each format that this build has: streams of all sizes, several behind one another, cut, damaged,
 * with other bytes behind, read in small bits, without memory. */
#include "input/decompress.h"
#include <stdio.h>
#ifdef ARGOT_WITH_LZMA
#include <lzma.h>
#endif
#include "test_case.h"
#include "test_compress.h"
#include "test_seam.h"

static const char *const names[] = {"gzip", "zstd", "xz", "bzip2"};

static struct argot_test_seam seam;
static uint8_t *content; /* uncompressed */
static size_t content_length;
static uint8_t *packed;
static size_t packed_length;

static void
set_up(void)
{
    argot_test_seam_init(&seam);
    content = packed = NULL;
}

static void
tear_down(void)
{
    free(content);
    free(packed);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

/* Text that compresses, or bytes that do not. */
static void
make_content(size_t length, bool random)
{
    uint64_t state = 22;
    free(content);
    content = malloc(length + 1);
    content_length = length;
    for (size_t i = 0; i < length; i++)
        content[i] = random ? (uint8_t)test_random(&state) : (uint8_t) "GET /index.html 200\n"[i % 20];
}

/* False: this build cannot. */
static bool
pack(int format)
{
    free(packed);
    packed = test_compress((enum test_compress_format)format, content, content_length, &packed_length);
    return packed != NULL;
}

/* ---- a whole stream ---- */

struct outcome {
    bool refused; /* argot_decompress_new had no memory */
    uint8_t *bytes;
    size_t length;
    char problem[200]; /* empty: none */
    uint64_t taken;
};

static void
run(struct outcome *outcome, struct argot_decompress *decompress, size_t room)
{
    size_t capacity = 1 << 16, got;
    outcome->bytes = malloc(capacity);
    uint8_t *exact = malloc(room);
    while ((got = argot_decompress_read(decompress, exact, room)) > 0) {
        ck_assert_uint_le(got, room);
        if (outcome->length + got > capacity)
            outcome->bytes = realloc(outcome->bytes, capacity = 2 * (outcome->length + got));
        memcpy(outcome->bytes + outcome->length, exact, got);
        outcome->length += got;
    }
    ck_assert_uint_eq(argot_decompress_read(decompress, exact, room), 0); /* it stays at its end */
    free(exact);
    const char *problem = argot_decompress_problem(decompress);
    snprintf(outcome->problem, sizeof outcome->problem, "%s", problem ? problem : "");
    outcome->taken = argot_decompress_taken(decompress);
}

static void
unpack(struct outcome *outcome, const uint8_t *bytes, size_t length, size_t room)
{
    *outcome = (struct outcome){0};
    argot_test_seam_put(&seam, "a", bytes, length);
    int fd = seam.seam.open(&seam.seam, "a", ARGOT_OPEN_READ);
    uint8_t first[ARGOT_DECOMPRESS_MAGIC_BYTES];
    size_t count = 0;
    while (count < sizeof first && count < length)
        count += (size_t)argot_seam_read_some(&seam.seam, fd, first + count, sizeof first - count);
    const struct argot_decompress_format *format;
    ck_assert_int_eq(argot_decompress_recognize(first, count, &format), ARGOT_DECOMPRESS_IS);
    ck_assert_ptr_nonnull(format->decompressor);
    struct argot_decompress *decompress = argot_decompress_new(&seam.seam, fd, format, first, count);
    outcome->refused = !decompress;
    if (decompress)
        run(outcome, decompress, room);
    argot_decompress_free(decompress);
    seam.seam.close(&seam.seam, fd);
}

static bool
is_content(const struct outcome *outcome, size_t times)
{
    if (outcome->length != content_length * times)
        return false;
    for (size_t i = 0; i < times; i++)
        if (content_length && memcmp(outcome->bytes + i * content_length, content, content_length) != 0)
            return false;
    return true;
}

static void
expect_content(const uint8_t *bytes, size_t length, size_t room, size_t times)
{
    struct outcome outcome;
    unpack(&outcome, bytes, length, room);
    ck_assert_str_eq(outcome.problem, "");
    ck_assert(is_content(&outcome, times));
    ck_assert_uint_eq(outcome.taken, length);
    free(outcome.bytes);
}

START_TEST(streams_come_out_as_they_went_in)
{
    static const size_t lengths[] = {0, 1, 2, 1000, 65536, 300000};
    static const size_t rooms[] = {1, 100, 4096, 1 << 20}, reads[] = {1, 31, 1000, 0};
    for (size_t i = 0; i < COUNT(lengths); i++)
        for (int random = 0; random < 2; random++) {
            make_content(lengths[i], random);
            if (!pack(_i))
                return;
            for (size_t j = 0; j < COUNT(rooms); j++) {
                seam.read_most = reads[j];
                if (lengths[i] <= 1000 || reads[j] != 1)
                    expect_content(packed, packed_length, rooms[j], 1);
                seam.read_most = reads[COUNT(reads) - 1 - j];
                if (lengths[i] <= 1000 || rooms[j] != 1)
                    expect_content(packed, packed_length, rooms[j], 1);
            }
        }
}
END_TEST

/* ---- several streams ---- */

static uint8_t *
joined(const char *plan, size_t *length)
{
    uint8_t *bytes = malloc(strlen(plan) * (packed_length + 8) + 1);
    *length = 0;
    for (; *plan; plan++) {
        size_t count = *plan == 's' ? packed_length : 8;
        if (*plan == 's')
            memcpy(bytes + *length, packed, count);
        else
            memset(bytes + *length, 0, count); /* padding */
        *length += count;
    }
    return bytes;
}

START_TEST(streams_behind_one_another_are_one)
{
    static const char *const plans[] = {"s", "ss", "sss", "s0", "s0s", "s00s0ss00"};
    for (size_t i = 0; i < COUNT(plans); i++)
        for (size_t content_size = 0; content_size < 10000; content_size = content_size * 30 + 7) {
            make_content(content_size, false);
            if (!pack(_i))
                return;
            size_t length, times = 0;
            for (const char *at = plans[i]; *at; at++)
                times += *at == 's';
            uint8_t *bytes = joined(plans[i], &length);
            expect_content(bytes, length, 1000, times);
            seam.read_most = 1;
            expect_content(bytes, length, 1000, times);
            seam.read_most = 0;
            free(bytes);
        }
}
END_TEST

START_TEST(other_bytes_behind_are_told)
{
    make_content(1000, false);
    if (!pack(_i))
        return;
    size_t length;
    uint8_t *bytes = joined("s0", &length);
    for (size_t padding = 0; padding < 8; padding++)
        for (seam.read_most = 0; seam.read_most < 2; seam.read_most++) {
            char expected[200];
            snprintf(expected, sizeof expected,
                     "has other bytes behind the end of its %s stream, at compressed byte %zu", names[_i],
                     packed_length + padding);
            bytes[packed_length + padding] = 'x';
            struct outcome outcome;
            unpack(&outcome, bytes, packed_length + padding + 1, 100);
            bytes[packed_length + padding] = 0;
            ck_assert_str_eq(outcome.problem, expected);
            ck_assert(is_content(&outcome, 1));
            free(outcome.bytes);
        }
    free(bytes);
}
END_TEST

/* ---- cut and damaged ---- */

START_TEST(cut_streams_give_what_they_hold_and_are_told)
{
    make_content(3000, true);
    if (!pack(_i))
        return;
    char expected[200];
    for (size_t length = ARGOT_DECOMPRESS_MAGIC_BYTES; length < packed_length; length += 1 + length / 50) {
        struct outcome outcome;
        unpack(&outcome, packed, length, 700);
        snprintf(expected, sizeof expected, "is truncated: ends inside its %s stream, at compressed byte %zu",
                 names[_i], length);
        ck_assert_str_eq(outcome.problem, expected);
        ck_assert_uint_le(outcome.length, content_length);
        ck_assert_mem_eq(outcome.bytes, content, outcome.length);
        ck_assert_uint_eq(outcome.taken, length);
        free(outcome.bytes);
    }
}
END_TEST

START_TEST(a_second_stream_may_be_cut_too)
{
    make_content(100, false);
    if (!pack(_i))
        return;
    size_t length;
    uint8_t *bytes = joined("ss", &length);
    for (size_t cut = packed_length + 1; cut < length; cut++) {
        struct outcome outcome;
        unpack(&outcome, bytes, cut, 700);
        ck_assert_msg(strstr(outcome.problem, "is truncated") != NULL, "%s", outcome.problem);
        ck_assert_uint_ge(outcome.length, content_length);
        free(outcome.bytes);
    }
    free(bytes);
}
END_TEST

/* Each bit behind the first bytes changed in turn: told, or without effect. */
START_TEST(damaged_streams_never_pass_for_good_ones)
{
    make_content(60, false);
    if (!pack(_i))
        return;
    unsigned told = 0;
    for (size_t bit = 8 * 4; bit < 8 * packed_length; bit++) {
        packed[bit / 8] ^= (uint8_t)(1 << bit % 8);
        const struct argot_decompress_format *format;
        if (argot_decompress_recognize(packed, ARGOT_DECOMPRESS_MAGIC_BYTES, &format) == ARGOT_DECOMPRESS_IS) {
            struct outcome outcome;
            unpack(&outcome, packed, packed_length, 100);
            ck_assert_msg(*outcome.problem || is_content(&outcome, 1), "bit %zu", bit);
            told += *outcome.problem != 0;
            free(outcome.bytes);
        }
        packed[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    ck_assert_uint_gt(told, 4 * packed_length);
}
END_TEST

/* ---- what the system does not give ---- */

START_TEST(each_read_may_fail)
{
    make_content(5000, true);
    if (!pack(_i))
        return;
    seam.read_most = 1000;
    for (uint64_t call = 2; call <= 5; call++) {
        struct outcome outcome;
        seam.fail_read = seam.reads + call;
        unpack(&outcome, packed, packed_length, 700);
        ck_assert_msg(!strncmp(outcome.problem, "cannot be read further: Input/output error, at", 46), "%s",
                      outcome.problem);
        ck_assert_uint_lt(outcome.length, content_length);
        ck_assert_mem_eq(outcome.bytes, content, outcome.length);
        free(outcome.bytes);
    }
}
END_TEST

START_TEST(each_allocation_may_fail)
{
    make_content(5000, true);
    if (!pack(_i))
        return;
    size_t length;
    uint8_t *bytes = joined("ss", &length);
    uint64_t before = seam.allocations;
    expect_content(bytes, length, 700, 2);
    uint64_t calls = seam.allocations - before;
    ck_assert_uint_ge(calls, 1);
    for (uint64_t call = 1; call <= calls; call++) {
        struct outcome outcome;
        seam.fail_allocation = seam.allocations + call;
        unpack(&outcome, bytes, length, 700);
        ck_assert_msg(outcome.refused || !strncmp(outcome.problem, "there is no memory, at", 22), "call %d: %s",
                      (int)call, outcome.problem);
        ck_assert_uint_eq(seam.live_blocks, 0);
        free(outcome.bytes);
    }
    free(bytes);
}
END_TEST

#ifdef ARGOT_WITH_ZSTD
/* A frame with a window of 2^27 and of 2^28 bytes, and one empty block. */
START_TEST(zstd_windows_have_a_limit)
{
    for (uint8_t log = 27; log <= 28; log++) {
        uint8_t frame[] = {0x28, 0xb5, 0x2f, 0xfd, 0, (uint8_t)((log - 10) << 3), 1, 0, 0, 0};
        struct outcome outcome;
        unpack(&outcome, frame, sizeof frame, 100);
        if (log == 27)
            ck_assert_str_eq(outcome.problem, "");
        else
            ck_assert_msg(!strncmp(outcome.problem, "wants more memory than is allowed for zstd", 42), "%s",
                          outcome.problem);
        free(outcome.bytes);
    }
}
END_TEST

START_TEST(skippable_zstd_frames_are_skipped)
{
    make_content(100, false);
    ck_assert(pack(TEST_ZSTD));
    uint8_t bytes[512] = {0x5f, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 'a', 'b', 'c', 'd', 'e'};
    memcpy(bytes + 13, packed, packed_length);
    memcpy(bytes + 13 + packed_length, bytes, 13);
    expect_content(bytes, 26 + packed_length, 1000, 1);
}
END_TEST
#endif

#ifdef ARGOT_WITH_LZMA
/* The dictionary's size stands in the block header, under a checksum of its own. */
START_TEST(xz_windows_have_a_limit)
{
    enum { STREAM_HEADER = 12, SMALL = 30, LARGE = 31 }; /* 128 and 192 MiB */
    make_content(100, false);
    ck_assert(pack(TEST_XZ));
    uint8_t *header = packed + STREAM_HEADER;
    size_t header_size = ((size_t)header[0] + 1) * 4;
    uint8_t *filter = memmem(header, header_size, "\x21\x01", 2); /* LZMA2, one byte of properties */
    ck_assert_ptr_nonnull(filter);
    for (uint8_t size = SMALL; size <= LARGE; size++) {
        filter[2] = size;
        uint32_t sum = lzma_crc32(header, header_size - 4, 0);
        for (int i = 0; i < 4; i++)
            header[header_size - 4 + (size_t)i] = (uint8_t)(sum >> 8 * i);
        struct outcome outcome;
        unpack(&outcome, packed, packed_length, 100);
        if (size == SMALL)
            ck_assert_str_eq(outcome.problem, "");
        else
            ck_assert_msg(!strncmp(outcome.problem, "wants more memory than is allowed for xz", 40), "%s",
                          outcome.problem);
        free(outcome.bytes);
    }
}
END_TEST
#endif

/* ---- first bytes ---- */

#define MAGIC(text) text, sizeof(text) - 1

static const struct {
    const char *bytes;
    size_t count;
    enum argot_decompress_match match;
    int format;
} magics[] = {
    {MAGIC(""), ARGOT_DECOMPRESS_MAYBE, -1},
    {MAGIC("\x1f"), ARGOT_DECOMPRESS_MAYBE, -1},
    {MAGIC("\x1f\x8b"), ARGOT_DECOMPRESS_IS, TEST_GZIP},
    {MAGIC("\x1f\x8b\x08rest"), ARGOT_DECOMPRESS_IS, TEST_GZIP},
    {MAGIC("\x1f\x8c"), ARGOT_DECOMPRESS_NOT, -1},
    {MAGIC("\x28\xb5\x2f"), ARGOT_DECOMPRESS_MAYBE, -1},
    {MAGIC("\x28\xb5\x2f\xfd"), ARGOT_DECOMPRESS_IS, TEST_ZSTD},
    {MAGIC("("), ARGOT_DECOMPRESS_MAYBE, -1},
    {MAGIC("(x"), ARGOT_DECOMPRESS_NOT, -1},
    {MAGIC("P*M\x18"), ARGOT_DECOMPRESS_IS, TEST_ZSTD},
    {MAGIC("_*M\x18"), ARGOT_DECOMPRESS_IS, TEST_ZSTD},
    {MAGIC("`*M\x18"), ARGOT_DECOMPRESS_NOT, -1},
    {MAGIC("P*M"), ARGOT_DECOMPRESS_MAYBE, -1},
    {MAGIC("PO"), ARGOT_DECOMPRESS_NOT, -1},
    {MAGIC("\xfd"
           "7zXZ"),
     ARGOT_DECOMPRESS_MAYBE, -1},
    {MAGIC("\xfd"
           "7zXZ\0"),
     ARGOT_DECOMPRESS_IS, TEST_XZ},
    {MAGIC("\xfd"
           "7zXZ1"),
     ARGOT_DECOMPRESS_NOT, -1},
    {MAGIC("7zXZ\0"), ARGOT_DECOMPRESS_NOT, -1},
    {MAGIC("BZh"), ARGOT_DECOMPRESS_MAYBE, -1},
    {MAGIC("BZh9"), ARGOT_DECOMPRESS_MAYBE, -1},
    {MAGIC("BZh91AY&SY"), ARGOT_DECOMPRESS_IS, TEST_BZIP2},
    {MAGIC("BZh1\x17rE8P\x90"), ARGOT_DECOMPRESS_IS, TEST_BZIP2},
    {MAGIC("BZh said hello"), ARGOT_DECOMPRESS_NOT, -1}, /* a line of a log */
    {MAGIC("BZh91AY&SX"), ARGOT_DECOMPRESS_NOT, -1},
    {MAGIC("Jan  2 03:04:05"), ARGOT_DECOMPRESS_NOT, -1},
    {MAGIC("\0"), ARGOT_DECOMPRESS_NOT, -1},
};

START_TEST(first_bytes_tell_the_format)
{
    const struct argot_decompress_format *format = NULL;
    uint8_t *bytes = test_exact(magics[_i].bytes, magics[_i].count);
    ck_assert_int_eq(argot_decompress_recognize(bytes, magics[_i].count, &format), magics[_i].match);
    if (magics[_i].format < 0)
        ck_assert_ptr_null(format);
    else
        ck_assert_str_eq(format->name, names[magics[_i].format]);
    free(bytes);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("decompress");
    TCase *tcase = tcase_create("decompress");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, streams_come_out_as_they_went_in, 0, TEST_COMPRESS_FORMATS);
    tcase_add_loop_test(tcase, streams_behind_one_another_are_one, 0, TEST_COMPRESS_FORMATS);
    tcase_add_loop_test(tcase, other_bytes_behind_are_told, 0, TEST_COMPRESS_FORMATS);
    tcase_add_loop_test(tcase, cut_streams_give_what_they_hold_and_are_told, 0, TEST_COMPRESS_FORMATS);
    tcase_add_loop_test(tcase, a_second_stream_may_be_cut_too, 0, TEST_COMPRESS_FORMATS);
    tcase_add_loop_test(tcase, damaged_streams_never_pass_for_good_ones, 0, TEST_COMPRESS_FORMATS);
    tcase_add_loop_test(tcase, each_read_may_fail, 0, TEST_COMPRESS_FORMATS);
    tcase_add_loop_test(tcase, each_allocation_may_fail, 0, TEST_COMPRESS_FORMATS);
#ifdef ARGOT_WITH_ZSTD
    tcase_add_test(tcase, zstd_windows_have_a_limit);
    tcase_add_test(tcase, skippable_zstd_frames_are_skipped);
#endif
#ifdef ARGOT_WITH_LZMA
    tcase_add_test(tcase, xz_windows_have_a_limit);
#endif
    tcase_add_loop_test(tcase, first_bytes_tell_the_format, 0, COUNT(magics));
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
