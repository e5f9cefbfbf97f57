/* SPDX-License-Identifier: Apache-2.0
 * The loop with and without threads: what is written does not depend on the number of workers or the size of blocks,
 * nothing is lost, failures end it with the counts of what was written wholly. Runs under ThreadSanitizer too. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include "output/json.h"
#include "pipeline/ahead.h"
#include "pipeline/parse.h"
#include "test_case.h"
#include "test_seam.h"

/* ---- a format by hand: a line is a message, unless it begins with `!`, or with `#`: a comment ---- */

#define ALL                                                                                                            \
    {                                                                                                                  \
        ~0ull, ~0ull, ~0ull, ~0ull                                                                                     \
    }

static bool
extract(struct argot_scan *scan)
{
    if (scan->begin < scan->end && (*scan->begin == '!' || *scan->begin == '#')) {
        scan->far = scan->begin;
        return false;
    }
    scan->captures[0] = (struct argot_slice){scan->begin, (uint32_t)(scan->end - scan->begin)};
    scan->have = scan->left[1] = 0;
    scan->left[0] = 1;
    return true;
}

static const struct argot_dest dests[] = {{ARGOT_DEST_FIELD, ARGOT_TYPE_STRING, "message"}};
static const uint16_t first_dest[] = {0};
static const struct argot_target target = {1, first_dest};
static const struct argot_value value = {.ntargets = 1, .targets = &target};
static const struct argot_value *const captures[] = {&value};
static const struct argot_template template = {
    .extract = extract, .ncaptures = 1, .captures = captures, .source = "{message}"};
static const struct argot_lexer lexer = {
    .ntemplates = 1, .templates = &template, .begin = {ALL, ALL, ALL, ALL, ALL, ALL, ALL, ALL}, .may_be_empty = true};
static const struct argot_message message = {.id = "", .ndests = 1, .dests = first_dest};
static const struct argot_inside inside = {.parent = "line"};
static const char *const expectations[] = {"a message"};
static const struct argot_glob comment = {.head = ARGOT_TEXT("#"), .star = true};
static const struct argot_normalizer by_hand = {
    .size = sizeof by_hand,
    .abi = ARGOT_ABI,
    .abi_oldest = ARGOT_ABI_OLDEST,
    .version = 1,
    .name = "by_hand",
    .title = "Lines",
    .kind = ARGOT_KIND_LINE,
    .event_time_received = true,
    .ndests = 1,
    .dests = dests,
    .event_time = ARGOT_NONE,
    .message = 0,
    .ninside = 1,
    .inside = &inside,
    .nskips = 1,
    .skips = &comment,
    .body = &lexer,
    .nmessages = 1,
    .messages = &message,
    .nexpectations = 1,
    .expectations = expectations,
    .yaml = "",
};

/* ---- a test seam that threads may share ---- */

static struct argot_test_seam inner;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

#define LOCKED(type, call)                                                                                             \
    pthread_mutex_lock(&mutex);                                                                                        \
    type result = inner.seam.call;                                                                                     \
    pthread_mutex_unlock(&mutex);                                                                                      \
    (void)seam;                                                                                                        \
    return result

static void *
locked_allocate(struct argot_seam *seam, size_t size)
{
    LOCKED(void *, allocate(&inner.seam, size));
}

static void *
locked_resize(struct argot_seam *seam, void *block, size_t size)
{
    LOCKED(void *, resize(&inner.seam, block, size));
}

static void
locked_release(struct argot_seam *seam, void *block)
{
    (void)seam;
    pthread_mutex_lock(&mutex);
    inner.seam.release(&inner.seam, block);
    pthread_mutex_unlock(&mutex);
}

static argot_time
locked_clock(struct argot_seam *seam)
{
    LOCKED(argot_time, monotonic(&inner.seam));
}

static int
locked_open(struct argot_seam *seam, const char *path, enum argot_open_how how)
{
    LOCKED(int, open(&inner.seam, path, how));
}

static int64_t
locked_read(struct argot_seam *seam, int fd, void *bytes, size_t count)
{
    LOCKED(int64_t, read(&inner.seam, fd, bytes, count));
}

static int64_t
locked_write(struct argot_seam *seam, int fd, const void *bytes, size_t count)
{
    LOCKED(int64_t, write(&inner.seam, fd, bytes, count));
}

static int
locked_info(struct argot_seam *seam, int fd, struct argot_file_info *info)
{
    LOCKED(int, info(&inner.seam, fd, info));
}

static int
locked_close(struct argot_seam *seam, int fd)
{
    LOCKED(int, close(&inner.seam, fd));
}

static struct argot_seam locked = {.allocate = locked_allocate,
                                   .resize = locked_resize,
                                   .release = locked_release,
                                   .now = locked_clock,
                                   .monotonic = locked_clock,
                                   .open = locked_open,
                                   .read = locked_read,
                                   .write = locked_write,
                                   .info = locked_info,
                                   .close = locked_close};

/* ---- a parse ---- */

static struct argot_registry *registry;
static struct argot_parse_options options;
static struct argot_parse_result result;
static char why[200];

static void
set_up(void)
{
    argot_test_seam_init(&inner);
    registry = argot_registry_new(argot_seam_system());
    ck_assert_msg(argot_registry_add(registry, &by_hand, why, sizeof why), "%s", why);
    ck_assert_msg(argot_registry_seal(registry, why, sizeof why), "%s", why);
    options = (struct argot_parse_options){.seam = &locked, .registry = registry, .output_fd = 1, .letters_fd = 2};
}

static void
tear_down(void)
{
    argot_registry_free(registry);
    ck_assert_uint_eq(inner.live_blocks, 0);
    for (size_t fd = 3; fd < ARGOT_TEST_SEAM_DESCRIPTORS; fd++)
        ck_assert_msg(!inner.descriptors[fd].file, "descriptor %zu is still open", fd);
    argot_test_seam_finish(&inner);
}

/* Lines of all three kinds; every 100th is longer than the limit that the tests set. */
static size_t
put_lines(const char *path, size_t lines, uint64_t seed)
{
    char *text = malloc(lines * 120 + 1);
    size_t length = 0;
    for (size_t i = 0; i < lines; i++) {
        uint64_t kind = test_random(&seed) % 10;
        length += (size_t)sprintf(text + length, "%sline %zu of %s%.*s\n",
                                  kind == 0   ? "!"
                                  : kind == 1 ? "#"
                                              : "",
                                  i, path, i % 100 == 99 ? 80 : (int)(kind * 3),
                                  "................................................................................");
    }
    argot_test_seam_put(&inner, path, text, length);
    free(text);
    return length;
}

static const char *const paths[] = {"first", "missing", "second", "empty", "third"};

static void
put_files(void)
{
    put_lines("first", 1000, 1);
    put_lines("second", 500, 2);
    argot_test_seam_put(&inner, "empty", "", 0);
    put_lines("third", 700, 3);
    options.paths = paths;
    options.npaths = COUNT(paths);
}

static void
empty_outputs(void)
{
    argot_test_seam_file(&inner, "(out)")->length = 0;
    argot_test_seam_file(&inner, "(err)")->length = 0;
}

static bool
run(void)
{
    empty_outputs();
    return argot_parse_run(&options, &result, why, sizeof why);
}

/* ---- conservation ---- */

static void
check_counts(const struct argot_counts *counts)
{
    uint64_t reasons = 0;
    for (unsigned i = 0; i < ARGOT_LETTER_COUNT; i++)
        reasons += counts->reasons[i];
    /* A record that was cut is one record, but a letter for each of its pieces. */
    uint64_t made = counts->events - counts->split_events + counts->letters + counts->skipped;
    ck_assert_uint_le(counts->records, made);
    ck_assert_uint_le(made - counts->records, counts->reasons[ARGOT_LETTER_TOO_LONG] / 2);
    ck_assert_uint_eq(reasons, counts->letters);
}

static size_t
lines_of(const char *path)
{
    const struct argot_test_seam_file *file = argot_test_seam_file(&inner, path);
    size_t lines = 0;
    for (size_t i = 0; i < file->length; i++)
        lines += file->bytes[i] == '\n';
    return lines;
}

/* What was counted is what was written. */
static void
check_result(void)
{
    struct argot_counts sum = {0};
    for (size_t i = 0; i < result.nsources; i++) {
        ck_assert_str_eq(result.sources[i].path, options.paths[i]);
        check_counts(&result.sources[i].counts);
        sum.records += result.sources[i].counts.records;
        sum.events += result.sources[i].counts.events;
        sum.bytes += result.sources[i].counts.bytes;
        sum.lines += result.sources[i].counts.lines;
    }
    check_counts(&result.total);
    ck_assert_uint_eq(sum.records, result.total.records);
    ck_assert_uint_eq(sum.events, result.total.events);
    ck_assert_uint_eq(sum.bytes, result.total.bytes);
    ck_assert_uint_eq(sum.lines, result.total.lines);
}

struct output {
    uint8_t *bytes;
    size_t length;
};

static struct output
output_of(const char *path)
{
    const struct argot_test_seam_file *file = argot_test_seam_file(&inner, path);
    return (struct output){test_exact(file->bytes, file->length), file->length};
}

static bool
same_output(const struct output *a, const char *path)
{
    const struct argot_test_seam_file *file = argot_test_seam_file(&inner, path);
    return a->length == file->length && (!a->length || !memcmp(a->bytes, file->bytes, a->length));
}

static const unsigned workers[] = {0, 1, 2, 3, 8};

START_TEST(what_is_written_depends_on_neither_workers_nor_blocks)
{
    static const size_t blocks[] = {0, 10, 100, 1000, 20000};
    static const enum argot_parse_output kinds[] = {ARGOT_PARSE_JSONL, ARGOT_PARSE_TEXT, ARGOT_PARSE_CSV,
                                                    ARGOT_PARSE_NONE};
    put_files();
    options.output = kinds[_i];
    options.checksum = true;
    options.with = ARGOT_JSON_WITH_RECORD | ARGOT_JSON_WITH_RAW_LINE;
    options.columns = "source,record,line,message";
    options.input.record_max_bytes = 70;
    ck_assert(run());
    struct output events = output_of("(out)"), letters = output_of("(err)");
    struct argot_counts counts = result.total;
    uint64_t checksum = result.checksum;
    ck_assert_uint_gt(counts.events, 1000);
    ck_assert_uint_gt(counts.reasons[ARGOT_LETTER_TOO_LONG], 20);
    ck_assert_uint_gt(counts.skipped, 100);
    argot_parse_finish(&locked, &result);
    for (size_t i = 0; i < COUNT(workers); i++)
        for (size_t j = 0; j < COUNT(blocks); j++) {
            options.workers = workers[i];
            options.input.block_bytes = blocks[j];
            ck_assert(run());
            ck_assert_int_eq(result.end, ARGOT_PARSE_DONE);
            check_result();
            ck_assert_msg(same_output(&events, "(out)"), "%u workers, blocks of %zu", workers[i], blocks[j]);
            ck_assert(same_output(&letters, "(err)"));
            ck_assert_mem_eq(&result.total, &counts, sizeof counts);
            ck_assert_uint_eq(result.checksum, checksum);
            ck_assert_uint_eq(result.failed, 1);
            ck_assert(result.sources[1].failed && !result.sources[0].failed && !result.sources[4].failed);
            ck_assert_str_eq(result.sources[1].problem, "no such file");
            argot_parse_finish(&locked, &result);
        }
    free(events.bytes);
    free(letters.bytes);
}
END_TEST

START_TEST(every_byte_and_line_is_counted)
{
    size_t bytes = put_lines("first", 1000, 1);
    static const char *const one[] = {"first"};
    options.paths = one;
    options.npaths = 1;
    for (size_t i = 0; i < COUNT(workers); i++) {
        options.workers = workers[i];
        options.input.block_bytes = 200;
        ck_assert(run());
        ck_assert_uint_eq(result.total.bytes, bytes);
        ck_assert_uint_eq(result.total.lines, 1000);
        ck_assert_uint_eq(result.total.records, 1000);
        ck_assert_uint_eq(lines_of("(out)"), result.total.events);
        ck_assert_uint_eq(lines_of("(err)"), result.total.letters);
        argot_parse_finish(&locked, &result);
    }
}
END_TEST

START_TEST(nothing_in_is_nothing_out)
{
    options.workers = workers[_i];
    ck_assert(run());
    ck_assert_int_eq(result.end, ARGOT_PARSE_DONE);
    ck_assert_uint_eq(result.total.records, 0);
    ck_assert_uint_eq(argot_test_seam_file(&inner, "(out)")->length, 0);
    argot_parse_finish(&locked, &result);
}
END_TEST

/* ---- failures ---- */

/* Whatever the write that fails, what is counted was written. */
START_TEST(each_write_may_fail)
{
    put_files();
    options.workers = workers[_i];
    options.input.block_bytes = 500;
    inner.write_error = -ENOSPC;
    ck_assert(run());
    argot_parse_finish(&locked, &result);
    uint64_t writes = inner.writes;
    ck_assert_uint_gt(writes, 2);
    for (uint64_t call = 1; call <= writes; call += 1 + writes / 20) {
        inner.fail_write = inner.writes + call;
        inner.fail_for_good = true;
        ck_assert(run());
        ck_assert(result.end == ARGOT_PARSE_OUTPUT_ERROR || result.end == ARGOT_PARSE_LETTERS_ERROR);
        ck_assert_int_eq(result.error, -ENOSPC);
        check_result();
        ck_assert_uint_le(result.total.events, lines_of("(out)"));
        ck_assert_uint_le(result.total.letters, lines_of("(err)"));
        argot_parse_finish(&locked, &result);
        inner.fail_write = 0;
        inner.fail_for_good = false;
    }
}
END_TEST

/* Told before it began, or at its end; nothing is kept, nothing is counted that was not written. */
START_TEST(each_allocation_may_fail)
{
    put_files();
    options.workers = workers[_i];
    options.input.block_bytes = 2000;
    inner.read_most = 1000;
    uint64_t before = inner.allocations;
    ck_assert(run());
    argot_parse_finish(&locked, &result);
    uint64_t calls = inner.allocations - before;
    ck_assert_uint_gt(calls, 10);
    unsigned refused = 0, ended = 0, sources = 0;
    for (uint64_t call = 1; call <= calls + 5; call += 1 + calls / 200) {
        inner.fail_allocation = inner.allocations + call;
        strcpy(why, "untouched");
        if (!run()) {
            ck_assert_str_ne(why, "untouched");
            refused++;
            continue;
        }
        check_result();
        ended += result.end == ARGOT_PARSE_NO_MEMORY;
        sources += result.failed > 1;
        ck_assert_uint_le(result.total.events, lines_of("(out)"));
        argot_parse_finish(&locked, &result);
    }
    ck_assert_uint_gt(refused, 0);
    ck_assert_uint_gt(ended + sources, 0);
}
END_TEST

START_TEST(an_input_that_fails_does_not_end_the_others)
{
    put_files();
    options.workers = workers[_i];
    options.input.block_bytes = 500;
    inner.read_most = 300;
    inner.fail_read = inner.reads + 20;
    ck_assert(run());
    ck_assert_int_eq(result.end, ARGOT_PARSE_DONE);
    ck_assert_uint_eq(result.failed, 2);
    ck_assert_str_eq(result.sources[0].problem, "cannot be read further: Input/output error");
    ck_assert_uint_gt(result.sources[0].counts.records, 10);
    ck_assert_uint_eq(result.sources[2].counts.records, 500);
    ck_assert_uint_eq(result.sources[4].counts.records, 700);
    check_result();
    argot_parse_finish(&locked, &result);
}
END_TEST

/* ---- the caller's wishes ---- */

struct calls {
    unsigned stops, problems, progresses;
    uint64_t records, bytes;
    unsigned stop_at;
};

static bool
stop(void *context)
{
    struct calls *calls = context;
    return ++calls->stops >= calls->stop_at && calls->stop_at;
}

static void
problem(void *context, const char *path, const char *reason)
{
    struct calls *calls = context;
    calls->problems++;
    ck_assert_str_eq(path, "missing");
    ck_assert_str_eq(reason, "no such file");
}

static void
progress(void *context, const struct argot_parse_progress *now)
{
    struct calls *calls = context;
    calls->progresses++;
    ck_assert_uint_le(now->done_bytes, now->total_bytes);
    ck_assert_uint_ge(now->counts.records, calls->records);
    ck_assert_uint_ge(now->counts.bytes, calls->bytes);
    calls->records = now->counts.records;
    calls->bytes = now->counts.bytes;
}

START_TEST(callers_hear_of_problems_and_progress)
{
    struct calls calls = {0};
    put_files();
    options.workers = workers[_i];
    options.input.block_bytes = 500;
    options.context = &calls;
    options.stop = stop;
    options.problem = problem;
    options.progress = progress;
    ck_assert(run());
    ck_assert_int_eq(result.end, ARGOT_PARSE_DONE);
    ck_assert_uint_eq(calls.problems, 1);
    ck_assert_uint_gt(calls.progresses, 50);
    ck_assert_uint_le(calls.records, result.total.records);
    argot_parse_finish(&locked, &result);
}
END_TEST

/* What was read before is written wholly, and no part of a record more. */
START_TEST(a_parse_can_be_stopped)
{
    static const unsigned at[] = {1, 2, 3, 10, 51, 100};
    put_files();
    options.workers = workers[_i];
    options.input.block_bytes = 500;
    options.stop = stop;
    for (size_t i = 0; i < COUNT(at); i++) {
        struct calls calls = {.stop_at = at[i]};
        options.context = &calls;
        ck_assert(run());
        ck_assert_int_eq(result.end, ARGOT_PARSE_STOPPED);
        check_result();
        ck_assert_uint_lt(result.total.records, 2200);
        ck_assert_uint_eq(lines_of("(out)"), result.total.events);
        ck_assert_uint_eq(result.total.lines, result.total.records);
        if (at[i] > 2)
            ck_assert_uint_gt(result.total.records, 0);
        argot_parse_finish(&locked, &result);
    }
}
END_TEST

/* The reader was told to stop while it read the last lines, so that they end anywhere. */
START_TEST(a_stop_drops_what_may_be_cut)
{
    static const char *const one[] = {"first"};
    static const struct {
        const char *text;
        size_t record_max_bytes;
        uint64_t records;
    } rows[] = {{"a\nb\nc", 0, 2}, {"a", 0, 0}, {"a\n", 0, 1}, {"a\nbbbbb", 3, 1}};
    options.paths = one;
    options.npaths = 1;
    options.stop = stop;
    options.workers = workers[_i];
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct calls calls = {.stop_at = 2}; /* behind the first read */
        argot_test_seam_put(&inner, "first", rows[i].text, strlen(rows[i].text));
        options.context = &calls;
        options.input.record_max_bytes = rows[i].record_max_bytes;
        ck_assert(run());
        ck_assert_int_eq(result.end, ARGOT_PARSE_STOPPED);
        ck_assert_uint_eq(result.total.records, rows[i].records);
        ck_assert_uint_eq(lines_of("(out)"), rows[i].records);
        argot_parse_finish(&locked, &result);
    }
}
END_TEST

/* Blocks whose output is larger than what a job keeps, and lines that fill a batch alone. */
START_TEST(large_outputs_are_written_whole)
{
    static const char *const one[] = {"first"};
    size_t length = (size_t)3 << 20;
    char *text = malloc(length);
    memset(text, '\x01', length); /* six bytes each in JSON */
    for (size_t i = 199999; i < length; i += 200000)
        text[i] = '\n';
    argot_test_seam_put(&inner, "first", text, length);
    free(text);
    options.paths = one;
    options.npaths = 1;
    options.workers = workers[_i];
    ck_assert(run());
    ck_assert_int_eq(result.end, ARGOT_PARSE_DONE);
    ck_assert_uint_eq(result.total.events, length / 200000 + 1);
    ck_assert_uint_eq(lines_of("(out)"), result.total.events);
    ck_assert_uint_gt(argot_test_seam_file(&inner, "(out)")->length, 5 * length);
    argot_parse_finish(&locked, &result);
}
END_TEST

START_TEST(columns_are_checked_before_anything_is_read)
{
    put_files();
    options.workers = workers[_i];
    options.output = ARGOT_PARSE_CSV;
    options.columns = "mesagge";
    uint64_t reads = inner.reads;
    ck_assert(!run());
    ck_assert_str_eq(why, "there is no column `mesagge`; did you mean `message`?");
    ck_assert_uint_eq(inner.reads, reads);
}
END_TEST

START_TEST(unknown_formats_begin_nothing)
{
    put_files();
    options.workers = workers[_i];
    options.format = "nobody";
    ck_assert(!run());
    options.format = "by_hand";
    ck_assert(run());
    ck_assert_uint_gt(result.total.events, 1000);
    argot_parse_finish(&locked, &result);
}
END_TEST

/* ---- portions that are made ahead ---- */

static struct argot_block_bytes
put_block(size_t lines)
{
    size_t length = put_lines("block", lines, 5);
    struct argot_block_bytes block = {.memory = malloc(length + ARGOT_PADDING), .length = length, .first_record = 7};
    memcpy(block.memory, argot_test_seam_file(&inner, "block")->bytes, length);
    memset(block.memory + length, 0, ARGOT_PADDING);
    block.bytes = block.memory;
    return block;
}

/* Takes up to so many portions and returns the records, which come in their order and once. */
static uint64_t
take(struct argot_ahead *ahead, const struct argot_block_bytes *block, struct argot_worker *worker, size_t portions,
     bool *good)
{
    const struct argot_batch *batch;
    struct argot_counts counts = {0};
    uint64_t record = block->first_record;
    argot_ahead_begin(ahead, block, worker);
    while (portions-- && (batch = argot_ahead_next(ahead))) {
        for (size_t i = 0; i < batch->count; i++, record++) {
            const struct argot_result *one = &batch->results[i];
            if (one->outcome != ARGOT_SKIPPED)
                ck_assert_uint_eq(one->outcome == ARGOT_EVENT ? one->event->record : one->letter->record, record);
        }
        argot_counts_add(&counts, &batch->counts);
        check_counts(&batch->counts);
    }
    ck_assert_uint_eq(counts.records, record - block->first_record);
    *good = argot_ahead_end(ahead);
    return counts.records;
}

START_TEST(portions_come_in_their_order_with_and_without_a_thread)
{
    static const size_t lines[] = {0, 1, 63, 64, 65, 576, 577, 3000};
    const struct argot_settings settings = {0};
    struct argot_worker *worker = argot_worker_new(registry, &settings);
    struct argot_ahead *ahead = argot_ahead_new(&locked, _i);
    bool good;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct argot_block_bytes block = put_block(lines[i]);
        for (size_t portions = 0; portions < 4; portions++) {
            uint64_t some = take(ahead, &block, worker, portions, &good);
            ck_assert(good && some <= lines[i] && some >= (portions && lines[i]));
        }
        ck_assert_uint_eq(take(ahead, &block, worker, SIZE_MAX, &good), lines[i]);
        ck_assert(good);
        free(block.memory);
    }
    argot_ahead_free(ahead);
    argot_worker_free(worker);
}
END_TEST

START_TEST(portions_end_where_there_is_no_memory)
{
    const struct argot_settings settings = {0};
    struct argot_worker *worker = argot_worker_new(registry, &settings);
    struct argot_block_bytes block = put_block(1500);
    unsigned failed = 0;
    bool good;
    for (uint64_t call = 1; call <= 12; call++) {
        struct argot_ahead *ahead = argot_ahead_new(&locked, _i);
        inner.fail_allocation = inner.allocations + call;
        uint64_t records = take(ahead, &block, worker, SIZE_MAX, &good);
        ck_assert(good ? records == 1500 : records < 1500);
        failed += !good;
        inner.fail_allocation = 0;
        ck_assert_uint_eq(take(ahead, &block, worker, SIZE_MAX, &good), 1500);
        ck_assert(good);
        argot_ahead_free(ahead);
    }
    ck_assert_uint_gt(failed, 0);
    free(block.memory);
    argot_worker_free(worker);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("threads");
    TCase *tcase = tcase_create("threads");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, what_is_written_depends_on_neither_workers_nor_blocks, 0, 4);
    tcase_add_test(tcase, every_byte_and_line_is_counted);
    tcase_add_loop_test(tcase, nothing_in_is_nothing_out, 0, COUNT(workers));
    tcase_add_loop_test(tcase, each_write_may_fail, 0, COUNT(workers));
    tcase_add_loop_test(tcase, each_allocation_may_fail, 0, COUNT(workers));
    tcase_add_loop_test(tcase, an_input_that_fails_does_not_end_the_others, 0, COUNT(workers));
    tcase_add_loop_test(tcase, callers_hear_of_problems_and_progress, 0, COUNT(workers));
    tcase_add_loop_test(tcase, a_parse_can_be_stopped, 0, COUNT(workers));
    tcase_add_loop_test(tcase, a_stop_drops_what_may_be_cut, 0, COUNT(workers));
    tcase_add_loop_test(tcase, large_outputs_are_written_whole, 0, COUNT(workers));
    tcase_add_loop_test(tcase, columns_are_checked_before_anything_is_read, 0, COUNT(workers));
    tcase_add_loop_test(tcase, unknown_formats_begin_nothing, 0, COUNT(workers));
    tcase_add_loop_test(tcase, portions_come_in_their_order_with_and_without_a_thread, 0, 2);
    tcase_add_loop_test(tcase, portions_end_where_there_is_no_memory, 0, 2);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
