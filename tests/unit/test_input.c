/* SPDX-License-Identifier: Apache-2.0
 * Inputs: the same records and bytes whatever the block sizes and reads, numbers of records and lines, files that
 * cannot be read or change, compressed ones, and calls that fail. */
#include "input/input.h"
#include <errno.h>
#include <stdio.h>
#include "input/decompress.h"
#include "test_case.h"
#include "test_compress.h"
#include "test_seam.h"

static struct argot_test_seam seam;
static struct argot_block_bytes block;
static char why[200];

static void
set_up(void)
{
    argot_test_seam_init(&seam);
    block = (struct argot_block_bytes){0};
    strcpy(why, "untouched");
}

static void
tear_down(void)
{
    argot_block_finish(&seam.seam, &block);
    ck_assert_uint_eq(seam.live_blocks, 0);
    for (size_t fd = 3; fd < ARGOT_TEST_SEAM_DESCRIPTORS; fd++)
        ck_assert_msg(!seam.descriptors[fd].file, "descriptor %zu is still open", fd);
    argot_test_seam_finish(&seam);
}

static struct argot_test_seam_file *
put(const void *bytes, size_t length)
{
    return argot_test_seam_put(&seam, "a", bytes, length);
}

static struct argot_input *
open_input(size_t block_bytes, size_t record_max_bytes)
{
    struct argot_input_options options = {block_bytes, record_max_bytes};
    struct argot_input *input = argot_input_open(&seam.seam, "a", &options, why, sizeof why);
    ck_assert_msg(input != NULL, "%s", why);
    return input;
}

/* ---- what an input says, as text: a line a record or piece ---- */

struct story {
    char *text;
    size_t length;
    uint8_t *bytes; /* of all blocks */
    size_t count;
    enum argot_input_status status; /* the last one */
    char problem[250];              /* empty: none */
};

static void
tell(struct story *story, const uint8_t *at, size_t length, uint64_t record, uint64_t line, unsigned piece, bool last,
     bool missing)
{
    story->text = realloc(story->text, story->length + 4 * length + 100);
    story->length +=
        (size_t)sprintf(story->text + story->length, "%llu/%llu", (unsigned long long)record, (unsigned long long)line);
    if (piece)
        story->length += (size_t)sprintf(story->text + story->length, " piece %u%s", piece, last ? " last" : "");
    story->length += (size_t)sprintf(story->text + story->length, "%s: ", missing ? " cut" : "");
    for (size_t i = 0; i < length; i++)
        story->length +=
            (size_t)sprintf(story->text + story->length, at[i] < 32 || at[i] > 126 ? "\\%02x" : "%c", at[i]);
    story->text[story->length++] = '\n';
    story->text[story->length] = 0;
}

static void
check_block(void)
{
    if (!block.length)
        ck_abort_msg("an empty block");
    if (block.capacity < block.length + ARGOT_PADDING || block.bytes[block.length] != '\n')
        ck_abort_msg("a block without newline and padding behind");
    uint8_t sum = 0;
    for (size_t i = 0; i < ARGOT_PADDING; i++)
        sum ^= block.bytes[block.length + i];
    ck_assert_uint_eq(sum, '\n');
}

static void
tell_block(struct story *story)
{
    check_block();
    story->bytes = realloc(story->bytes, story->count + block.length);
    memcpy(story->bytes + story->count, block.bytes, block.length);
    story->count += block.length;
    if (block.piece) {
        tell(story, block.bytes, block.length, block.first_record, block.first_line, block.piece_number,
             block.piece_last, block.missing_newline);
        return;
    }
    uint64_t number = 0;
    for (size_t at = 0; at < block.length; number++) {
        const uint8_t *newline = memchr(block.bytes + at, '\n', block.length - at);
        size_t end = newline ? (size_t)(newline - block.bytes) + 1 : block.length;
        tell(story, block.bytes + at, end - at, block.first_record + number, block.first_line + number, 0, false,
             !newline);
        if (!newline && !block.missing_newline)
            ck_abort_msg("a record without newline in the middle");
        at = end;
    }
}

static void
listen_to(struct argot_input *input, struct story *story)
{
    *story = (struct story){.text = calloc(1, 1), .bytes = malloc(1)};
    while ((story->status = argot_input_next(input, &block)) == ARGOT_INPUT_BLOCK)
        tell_block(story);
    ck_assert_uint_eq(block.length, 0);
    ck_assert_int_eq(argot_input_next(input, &block), story->status); /* it stays at its end */
    const char *problem = argot_input_problem(input);
    snprintf(story->problem, sizeof story->problem, "%s", problem ? problem : "");
    argot_input_close(input);
}

static void
forget(struct story *story)
{
    free(story->text);
    free(story->bytes);
}

static void
expect_story(size_t block_bytes, size_t record_max_bytes, const char *text)
{
    struct story story;
    listen_to(open_input(block_bytes, record_max_bytes), &story);
    ck_assert_str_eq(story.text, text);
    ck_assert_int_eq(story.status, ARGOT_INPUT_END);
    ck_assert_str_eq(story.problem, "");
    forget(&story);
}

/* ---- records ---- */

static const struct {
    const char *bytes;
    size_t record_max_bytes;
    const char *story;
} files[] = {
    {"", 0, ""},
    {"\n", 0, "1/1: \\0a\n"},
    {"a\nb\n", 0, "1/1: a\\0a\n2/2: b\\0a\n"},
    {"a\nb", 0, "1/1: a\\0a\n2/2 cut: b\n"},               /* no newline at the end */
    {"a\r\nb\r\n", 0, "1/1: a\\0d\\0a\n2/2: b\\0d\\0a\n"}, /* CR is the record's */
    {"\n\na\n\n", 0, "1/1: \\0a\n2/2: \\0a\n3/3: a\\0a\n4/4: \\0a\n"},
    {"abc\nabcd\nab\n", 3, "1/1: abc\\0a\n2/2 piece 1: abc\n2/2 piece 2 last: d\\0a\n3/3: ab\\0a\n"},
    {"abcdef\n", 3, "1/1 piece 1: abc\n1/1 piece 2 last: def\\0a\n"},
    {"abcdefg", 3, "1/1 piece 1: abc\n1/1 piece 2: def\n1/1 piece 3 last cut: g\n"},
    {"abcd", 3, "1/1 piece 1: abc\n1/1 piece 2 last cut: d\n"},
    {"abc", 3, "1/1 cut: abc\n"},
    {"ab\nabcdabcd", 3, "1/1: ab\\0a\n2/2 piece 1: abc\n2/2 piece 2: dab\n2/2 piece 3 last cut: cd\n"},
    {"abcd\nabcd\n", 3, "1/1 piece 1: abc\n1/1 piece 2 last: d\\0a\n2/2 piece 1: abc\n2/2 piece 2 last: d\\0a\n"},
    {"ab\n", 1, "1/1 piece 1: a\n1/1 piece 2 last: b\\0a\n"},
    {"\x1f", 0, "1/1 cut: \\1f\n"}, /* what may begin a compressed file, and does not */
    {"BZh91A", 0, "1/1 cut: BZh91A\n"},
    {"BZh said hello\n", 0, "1/1: BZh said hello\\0a\n"},
    {"P*M\n", 0, "1/1: P*M\\0a\n"},
};

START_TEST(records_are_the_same_whatever_the_blocks_and_reads)
{
    put(files[_i].bytes, strlen(files[_i].bytes));
    for (size_t block_bytes = 0; block_bytes < 20; block_bytes++)
        for (seam.read_most = 0; seam.read_most < 5; seam.read_most++)
            expect_story(block_bytes, files[_i].record_max_bytes, files[_i].story);
}
END_TEST

START_TEST(standard_input_is_read_too)
{
    struct argot_test_seam_file *in = argot_test_seam_put(&seam, "-", "a\nb", 3);
    ck_assert_int_eq(in->info.kind, ARGOT_FILE_OTHER);
    struct argot_input *input = argot_input_open(&seam.seam, "-", NULL, why, sizeof why);
    ck_assert_ptr_nonnull(input);
    ck_assert_int_eq(argot_input_received(input), seam.now);
    seam.interrupt_every = 2;
    seam.would_block_every = 3;
    seam.read_most = 1;
    struct story story;
    listen_to(input, &story);
    ck_assert_str_eq(story.text, "1/1: a\\0a\n2/2 cut: b\n");
    uint64_t done, total;
    forget(&story);
    input = argot_input_open(&seam.seam, "-", NULL, why, sizeof why);
    argot_input_progress(input, &done, &total);
    ck_assert_uint_eq(total, 0);
    argot_input_close(input);
    ck_assert_ptr_eq(seam.descriptors[0].file, in); /* it stays open: it is not ours */
}
END_TEST

/* A first line is not held up by looking for compression. */
START_TEST(a_line_is_given_as_soon_as_it_is_there)
{
    put("x\nyy\n", 5);
    seam.read_most = 2;
    struct argot_input *input = open_input(0, 0);
    ck_assert_int_eq(argot_input_next(input, &block), ARGOT_INPUT_BLOCK);
    ck_assert_uint_eq(block.length, 2);
    ck_assert_uint_eq(seam.reads, 1);
    argot_input_close(input);
}
END_TEST

static uint8_t *
random_lines(uint64_t *state, size_t length, unsigned rare)
{
    uint8_t *bytes = malloc(length ? length : 1);
    for (size_t i = 0; i < length; i++)
        bytes[i] = test_random(state) % rare ? (uint8_t)('a' + test_random(state) % 26) : '\n';
    return bytes;
}

START_TEST(random_inputs_are_the_same_whatever_the_blocks)
{
    uint64_t state = 23;
    for (int round = 0; round < 150; round++) {
        size_t length = test_random(&state) % 3000, record_max = 1 + test_random(&state) % 200;
        uint8_t *bytes = random_lines(&state, length, 2 + (unsigned)(test_random(&state) % 300));
        put(bytes, length);
        struct story whole;
        seam.read_most = 0;
        listen_to(open_input(0, record_max), &whole);
        ck_assert_uint_eq(whole.count, length);
        ck_assert_mem_eq(whole.bytes, bytes, length);
        for (int i = 0; i < 6; i++) {
            struct story story;
            seam.read_most = test_random(&state) % 3 * (1 + test_random(&state) % 50);
            listen_to(open_input(1 + test_random(&state) % (i ? 300 : 3), record_max), &story);
            ck_assert_str_eq(story.text, whole.text);
            forget(&story);
        }
        forget(&whole);
        free(bytes);
    }
}
END_TEST

/* A block holds at most a longest record more than was asked for, however long the line. */
START_TEST(memory_is_bounded)
{
    size_t length = 1 << 20;
    uint8_t *bytes = malloc(length);
    memset(bytes, 'x', length);
    put(bytes, length);
    struct argot_input *input = open_input(1000, 500);
    size_t seen = 0;
    while (argot_input_next(input, &block) == ARGOT_INPUT_BLOCK) {
        if (block.length > 1500)
            ck_abort_msg("a block of %zu bytes", block.length);
        seen += block.length;
    }
    ck_assert_uint_eq(seen, length);
    argot_input_close(input);
    ck_assert_uint_lt(seam.peak_bytes, 16 << 10);
    ck_assert_uint_lt(seam.allocations, 10);
    free(bytes);
}
END_TEST

START_TEST(sizes_beyond_the_limit_are_held_to_it)
{
    put("a\n", 2);
    struct argot_input_options options = {SIZE_MAX, SIZE_MAX};
    struct argot_input *input = argot_input_open(&seam.seam, "a", &options, why, sizeof why);
    ck_assert_ptr_nonnull(input);
    seam.fail_allocation = seam.allocations + 1; /* 1 GiB would be asked for */
    ck_assert_int_eq(argot_input_next(input, &block), ARGOT_INPUT_FAILED);
    ck_assert_str_eq(argot_input_problem(input), "there is no memory");
    argot_input_close(input);
}
END_TEST

START_TEST(progress_counts_bytes_of_the_file)
{
    put("aa\nbb\ncc\n", 9);
    struct argot_input *input = open_input(3, 0);
    uint64_t done, total, before = 0;
    argot_input_progress(input, &done, &total);
    ck_assert_uint_eq(done, 0);
    ck_assert_uint_eq(total, 9);
    while (argot_input_next(input, &block) == ARGOT_INPUT_BLOCK) {
        argot_input_progress(input, &done, &total);
        ck_assert(done >= before && done <= 9);
        before = done;
    }
    ck_assert_uint_eq(done, 9);
    argot_input_close(input);
}
END_TEST

START_TEST(files_were_received_when_they_were_changed)
{
    put("a\n", 2)->info.modified = 12345;
    struct argot_input *input = open_input(0, 0);
    ck_assert_int_eq(argot_input_received(input), 12345);
    argot_input_close(input);
}
END_TEST

/* ---- what cannot be opened ---- */

static void
expect_refusal(const char *reason)
{
    ck_assert_ptr_null(argot_input_open(&seam.seam, "a", NULL, why, sizeof why));
    ck_assert_str_eq(why, reason);
}

START_TEST(what_cannot_be_opened_tells_why)
{
    expect_refusal("no such file");
    struct argot_test_seam_file *file = put("a\n", 2);
    file->open_error = -EACCES;
    expect_refusal("no permission to read it");
    file->open_error = -ELOOP;
    expect_refusal("Too many levels of symbolic links");
    file->open_error = 0;
    file->info.kind = ARGOT_FILE_DIRECTORY;
    expect_refusal("is a directory");
    seam.fail_allocation = seam.allocations + 1;
    expect_refusal("there is no memory");
    char small[4];
    ck_assert_ptr_null(argot_input_open(&seam.seam, "a", NULL, small, sizeof small));
    ck_assert_str_eq(small, "is ");
}
END_TEST

static int
failing_info(struct argot_seam *it, int fd, struct argot_file_info *info)
{
    (void)it, (void)fd, (void)info;
    return -EIO;
}

START_TEST(information_may_fail)
{
    put("a\n", 2);
    seam.seam.info = failing_info;
    expect_refusal("Input/output error");
}
END_TEST

static int interruptions;
static int (*real_open)(struct argot_seam *, const char *, enum argot_open_how);

static int
interrupted_open(struct argot_seam *it, const char *path, enum argot_open_how how)
{
    return interruptions-- > 0 ? -EINTR : real_open(it, path, how);
}

START_TEST(opening_may_be_interrupted)
{
    put("a\n", 2);
    interruptions = 3;
    real_open = seam.seam.open;
    seam.seam.open = interrupted_open;
    expect_story(0, 0, "1/1: a\\0a\n");
    ck_assert_int_lt(interruptions, 0);
}
END_TEST

/* ---- what changes or fails while it is read ---- */

START_TEST(a_file_that_shrank_is_told_at_its_end)
{
    struct argot_test_seam_file *file = put("aaaa\nbbbb\ncccc\n", 15);
    seam.read_most = 10;
    struct argot_input *input = open_input(10, 0);
    ck_assert_int_eq(argot_input_next(input, &block), ARGOT_INPUT_BLOCK);
    file->length = file->info.size_bytes = 12;
    struct story story;
    listen_to(input, &story);
    ck_assert_str_eq(story.text, "3/3 cut: cc\n");
    ck_assert_int_eq(story.status, ARGOT_INPUT_END);
    ck_assert_str_eq(story.problem, "shrank while it was read: ended at byte 12 of 15");
    forget(&story);
}
END_TEST

/* Files in /proc and the like: they say a size, hold less and never change. */
START_TEST(a_wrong_size_is_no_shrinking)
{
    put("a\n", 2)->info.size_bytes = 4096;
    expect_story(0, 0, "1/1: a\\0a\n");
}
END_TEST

START_TEST(a_file_that_grew_is_read_to_its_end)
{
    put("aaaa\nbbbb\n", 10)->info.size_bytes = 5;
    expect_story(0, 0, "1/1: aaaa\\0a\n2/2: bbbb\\0a\n");
}
END_TEST

START_TEST(each_read_may_fail)
{
    put("aaa\nbbb\nccc\n", 12);
    seam.read_most = 3;
    for (uint64_t call = 1; call <= 5; call++) {
        struct story story;
        seam.fail_read = seam.reads + call;
        listen_to(open_input(5, 0), &story);
        ck_assert_int_eq(story.status, ARGOT_INPUT_FAILED);
        ck_assert_str_eq(story.problem, "cannot be read further: Input/output error");
        ck_assert_uint_eq(story.count, 3 * (call - 1)); /* all that could be read was given */
        ck_assert_mem_eq(story.bytes, "aaa\nbbb\nccc\n", story.count);
        forget(&story);
    }
}
END_TEST

static void
expect_failures(const uint8_t *bytes, size_t length)
{
    argot_block_finish(&seam.seam, &block);
    uint64_t before = seam.allocations;
    struct story story;
    listen_to(open_input(300, 1000), &story);
    ck_assert_int_eq(story.status, ARGOT_INPUT_END);
    forget(&story);
    uint64_t calls = seam.allocations - before;
    ck_assert_uint_ge(calls, 3);
    for (uint64_t call = 1; call <= calls; call++) {
        struct argot_input_options options = {300, 1000};
        argot_block_finish(&seam.seam, &block);
        seam.fail_allocation = seam.allocations + call;
        struct argot_input *input = argot_input_open(&seam.seam, "a", &options, why, sizeof why);
        if (!input) {
            ck_assert_str_eq(why, "there is no memory");
            continue;
        }
        listen_to(input, &story);
        ck_assert_int_eq(story.status, ARGOT_INPUT_FAILED);
        ck_assert_msg(!strncmp(story.problem, "there is no memory", 18), "%s", story.problem);
        ck_assert_uint_le(story.count, length);
        ck_assert_mem_eq(story.bytes, bytes, story.count);
        forget(&story);
    }
    seam.fail_allocation = 0;
}

START_TEST(each_allocation_may_fail)
{
    uint64_t state = 24;
    uint8_t *bytes = random_lines(&state, 3000, 400);
    put(bytes, 3000);
    expect_failures(bytes, 3000);
    for (int format = 0; format < TEST_COMPRESS_FORMATS; format++) {
        size_t packed_length;
        uint8_t *packed = test_compress((enum test_compress_format)format, bytes, 3000, &packed_length);
        if (!packed)
            continue;
        put(packed, packed_length);
        expect_failures(bytes, 3000);
        free(packed);
    }
    free(bytes);
}
END_TEST

/* ---- going on ---- */

/* Where the input stands behind the block. */
static struct argot_input_start
behind_block(uint64_t offset)
{
    uint64_t records = block.piece ? block.piece_last : block.missing_newline;
    for (size_t i = 0; !block.piece && i < block.length; i++)
        records += block.bytes[i] == '\n';
    return (struct argot_input_start){offset + block.length, block.first_record + records, block.first_line + records,
                                      block.piece && !block.piece_last ? block.piece_number : 0};
}

/* Reads up to each end of a block in one input and from there in another. How many there were. */
static unsigned
go_on_everywhere(size_t block_bytes, const char *whole)
{
    struct story first, second;
    unsigned blocks = 0;
    for (bool more = true; more; blocks++) {
        struct argot_input_start start = {0, 1, 1, 0};
        struct argot_input *input = open_input(block_bytes, 30);
        first = (struct story){.text = calloc(1, 1), .bytes = malloc(1)};
        for (unsigned i = 0; more && i < blocks; i++)
            if ((more = argot_input_next(input, &block) == ARGOT_INPUT_BLOCK)) {
                tell_block(&first);
                start = behind_block(start.offset);
            }
        argot_input_close(input);
        input = open_input(block_bytes, 30);
        argot_input_start(input, &start);
        listen_to(input, &second);
        ck_assert_int_eq(second.status, ARGOT_INPUT_END);
        ck_assert_mem_eq(whole, first.text, first.length);
        ck_assert_str_eq(whole + first.length, second.text);
        forget(&first);
        forget(&second);
    }
    return blocks;
}

/* Plain, and compressed in each way. Records that are cut into pieces are among them. */
START_TEST(an_input_goes_on_where_another_stopped)
{
    uint64_t state = 26;
    size_t length = 1500, packed_length;
    uint8_t *bytes = random_lines(&state, length, 40), *packed = NULL;
    if (_i >= 0)
        packed = test_compress((enum test_compress_format)_i, bytes, length, &packed_length);
    if (_i < 0 || packed) {
        struct story whole;
        put(packed ? packed : bytes, packed ? packed_length : length);
        listen_to(open_input(64, 30), &whole);
        ck_assert_ptr_nonnull(strstr(whole.text, " piece 2"));
        ck_assert_uint_gt(go_on_everywhere(64, whole.text), 20);
        go_on_everywhere(700, whole.text);
        forget(&whole);
    }
    free(packed);
    free(bytes);
}
END_TEST

START_TEST(files_are_told_by_what_they_are)
{
    char first[8];
    struct argot_test_seam_file *file = put("abcdef", 6);
    file->info.inode = 77;
    struct argot_input *input = open_input(0, 0);
    ck_assert_uint_eq(argot_input_file(input)->inode, 77);
    ck_assert_int_eq(argot_input_peek(input, first, 4), 4);
    ck_assert_mem_eq(first, "abcd", 4);
    ck_assert_int_eq(argot_input_peek(input, first, 8), 6);
    argot_input_close(input);
    argot_test_seam_put(&seam, "-", "a", 1);
    input = argot_input_open(&seam.seam, "-", NULL, why, sizeof why);
    ck_assert_ptr_null(argot_input_file(input));
    argot_input_start(input, &(struct argot_input_start){100, 8, 9, 0});
    struct story story;
    listen_to(input, &story);
    ck_assert_str_eq(story.text, "8/9 cut: a\n");
    forget(&story);
}
END_TEST

/* ---- compressed ---- */

START_TEST(compressed_inputs_are_what_was_compressed)
{
    uint64_t state = 25;
    static const size_t lengths[] = {0, 1, 10, 3000, 20000};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        size_t packed_length;
        uint8_t *bytes = random_lines(&state, lengths[i], 40);
        put(bytes, lengths[i]);
        struct story plain, story;
        listen_to(open_input(0, 100), &plain);
        uint8_t *packed = test_compress((enum test_compress_format)_i, bytes, lengths[i], &packed_length);
        if (packed) {
            put(packed, packed_length);
            for (seam.read_most = 0; seam.read_most < 2; seam.read_most++) {
                struct argot_input *input = open_input(seam.read_most ? 100 : 0, 100);
                listen_to(input, &story);
                ck_assert_str_eq(story.text, plain.text);
                ck_assert_int_eq(story.status, ARGOT_INPUT_END);
                ck_assert_str_eq(story.problem, "");
                forget(&story);
            }
        }
        seam.read_most = 0;
        free(packed);
        forget(&plain);
        free(bytes);
    }
}
END_TEST

START_TEST(damaged_inputs_give_what_they_hold_and_fail)
{
    static const char lines[] = "one\ntwo\nthree\n";
    size_t packed_length;
    uint8_t *packed = test_compress((enum test_compress_format)_i, lines, sizeof lines - 1, &packed_length);
    if (!packed)
        return;
    struct story story;
    packed = realloc(packed, packed_length + 1);
    packed[packed_length] = 'x';
    put(packed, packed_length + 1);
    listen_to(open_input(0, 0), &story);
    ck_assert_str_eq(story.text, "1/1: one\\0a\n2/2: two\\0a\n3/3: three\\0a\n");
    ck_assert_int_eq(story.status, ARGOT_INPUT_FAILED);
    ck_assert_msg(!strncmp(story.problem, "has other bytes behind", 22), "%s", story.problem);
    forget(&story);
    put(packed, packed_length - 1);
    listen_to(open_input(0, 0), &story);
    ck_assert_int_eq(story.status, ARGOT_INPUT_FAILED);
    ck_assert_msg(!strncmp(story.problem, "is truncated", 12), "%s", story.problem);
    forget(&story);
    free(packed);
}
END_TEST

START_TEST(progress_of_compressed_inputs_counts_compressed_bytes)
{
    static uint8_t bytes[100000];
    size_t packed_length;
    memset(bytes, '\n', sizeof bytes);
    uint8_t *packed = test_compress((enum test_compress_format)_i, bytes, sizeof bytes, &packed_length);
    if (!packed)
        return;
    put(packed, packed_length);
    struct argot_input *input = open_input(1000, 0);
    uint64_t done, total;
    while (argot_input_next(input, &block) == ARGOT_INPUT_BLOCK)
        ;
    argot_input_progress(input, &done, &total);
    ck_assert_uint_eq(done, packed_length);
    ck_assert_uint_eq(total, packed_length);
    argot_input_close(input);
    free(packed);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("input");
    TCase *tcase = tcase_create("input");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, records_are_the_same_whatever_the_blocks_and_reads, 0, COUNT(files));
    tcase_add_test(tcase, standard_input_is_read_too);
    tcase_add_test(tcase, a_line_is_given_as_soon_as_it_is_there);
    tcase_add_test(tcase, random_inputs_are_the_same_whatever_the_blocks);
    tcase_add_test(tcase, memory_is_bounded);
    tcase_add_test(tcase, sizes_beyond_the_limit_are_held_to_it);
    tcase_add_test(tcase, progress_counts_bytes_of_the_file);
    tcase_add_test(tcase, files_were_received_when_they_were_changed);
    tcase_add_test(tcase, what_cannot_be_opened_tells_why);
    tcase_add_test(tcase, information_may_fail);
    tcase_add_test(tcase, opening_may_be_interrupted);
    tcase_add_test(tcase, a_file_that_shrank_is_told_at_its_end);
    tcase_add_test(tcase, a_wrong_size_is_no_shrinking);
    tcase_add_test(tcase, a_file_that_grew_is_read_to_its_end);
    tcase_add_test(tcase, each_read_may_fail);
    tcase_add_test(tcase, each_allocation_may_fail);
    tcase_add_loop_test(tcase, an_input_goes_on_where_another_stopped, -1, TEST_COMPRESS_FORMATS);
    tcase_add_test(tcase, files_are_told_by_what_they_are);
    tcase_add_loop_test(tcase, compressed_inputs_are_what_was_compressed, 0, TEST_COMPRESS_FORMATS);
    tcase_add_loop_test(tcase, damaged_inputs_give_what_they_hold_and_fail, 0, TEST_COMPRESS_FORMATS);
    tcase_add_loop_test(tcase, progress_of_compressed_inputs_counts_compressed_bytes, 0, TEST_COMPRESS_FORMATS);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
