/* SPDX-License-Identifier: Apache-2.0
 * An input: bytes from a file or a decompressor are read straight into the caller's block behind what was left over,
 * cut into whole records, and what is behind the cut is kept in `pending` for the next block. A cut is served from
 * pending alone when that holds one, so every byte is copied at most twice, however the reads fall.
 *
 * Bounds: pending is read from only when it holds at most record_max_bytes and no newline. So a block holds at most
 * record_max_bytes + block_bytes, and what is left of it at most block_bytes. */
#include "input/input.h"
#include "input/decompress.h"
#include "input/frame.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PROBLEM_BYTES 240
#define FIRST_LEFTOVER_BYTES ((size_t)64 << 10) /* room for a partial record, before it must grow */
#define STANDARD_INPUT 0

enum ending {
    NOT_ENDED,
    ENDED,  /* the source is at its end; pending may still hold records */
    FAILED, /* the same, but not as it should be */
};

struct argot_input {
    struct argot_seam *seam;
    int fd;
    bool owns_fd;
    bool begun;          /* the first bytes were looked at */
    bool placed;         /* read from places of the file, beginning at taken_bytes */
    uint64_t skip_bytes; /* that were given in an earlier run */
    enum ending ending;
    struct argot_file_info info; /* when it was opened */
    argot_time received;
    size_t block_bytes, record_max_bytes;
    uint64_t taken_bytes;                /* read from a plain file */
    struct argot_decompress *decompress; /* NULL: plain */

    uint8_t *pending; /* block_bytes, or the first bytes if those are more */
    size_t pending_begin, pending_length;

    uint64_t next_line, next_record;
    uint32_t pieces; /* handed out of the present record */

    const char *problem;
    int error; /* negative errno of what failed; 0: the bytes are wrong */
    char problem_text[PROBLEM_BYTES];
};

/* ---- opening and closing ---- */

static size_t
within_limit(size_t bytes, size_t otherwise)
{
    if (bytes == 0)
        return otherwise;
    return bytes > ARGOT_BLOCK_LIMIT_BYTES ? ARGOT_BLOCK_LIMIT_BYTES : bytes;
}

static const char *
words_for(int error)
{
    switch (error) {
    case -ENOENT:
        return "no such file";
    case -EACCES:
        return "no permission to read it";
    case -EISDIR:
        return "is a directory";
    case -ENOMEM:
        return "there is no memory";
    default:
        return strerror(-error);
    }
}

static int
look_at_file(struct argot_input *input)
{
    struct argot_seam *seam = input->seam;
    int status = seam->info(seam, input->fd, &input->info);
    if (status)
        return status;
    if (input->info.kind == ARGOT_FILE_DIRECTORY)
        return -EISDIR;
    bool regular = input->info.kind == ARGOT_FILE_REGULAR;
    input->received = regular ? input->info.modified : seam->now(seam);
    return 0;
}

static int
open_file(struct argot_input *input, const char *path)
{
    struct argot_seam *seam = input->seam;
    input->fd = STANDARD_INPUT;
    if (strcmp(path, "-")) {
        do
            input->fd = seam->open(seam, path, ARGOT_OPEN_READ);
        while (input->fd == -EINTR);
        if (input->fd < 0)
            return input->fd;
        input->owns_fd = true;
    }
    return look_at_file(input);
}

static struct argot_input *
new_input(struct argot_seam *seam, const struct argot_input_options *options)
{
    struct argot_input *input = seam->allocate(seam, sizeof *input);
    if (!input)
        return NULL;
    *input = (struct argot_input){.seam = seam, .next_line = 1, .next_record = 1};
    input->block_bytes = within_limit(options ? options->block_bytes : 0, ARGOT_BLOCK_BYTES);
    input->record_max_bytes = within_limit(options ? options->record_max_bytes : 0, ARGOT_RECORD_MAX_BYTES);
    return input;
}

struct argot_input *
argot_input_adopt(struct argot_seam *seam, int fd, const struct argot_input_options *options)
{
    struct argot_input *input = new_input(seam, options);
    if (!input)
        return NULL;
    input->fd = fd;
    if (look_at_file(input)) {
        argot_input_close(input);
        return NULL;
    }
    input->owns_fd = true;
    return input;
}

struct argot_input *
argot_input_open(struct argot_seam *seam, const char *path, const struct argot_input_options *options, char *why,
                 size_t why_size)
{
    struct argot_input *input = new_input(seam, options);
    int status = -ENOMEM;
    if (input) {
        status = open_file(input, path);
        if (status == 0)
            return input;
        argot_input_close(input);
    }
    snprintf(why, why_size, "%s", words_for(status));
    return NULL;
}

void
argot_input_close(struct argot_input *input)
{
    if (!input)
        return;
    struct argot_seam *seam = input->seam;
    argot_decompress_free(input->decompress);
    seam->release(seam, input->pending);
    if (input->owns_fd)
        seam->close(seam, input->fd);
    seam->release(seam, input);
}

argot_time
argot_input_received(const struct argot_input *input)
{
    return input->received;
}

void
argot_input_progress(const struct argot_input *input, uint64_t *done_bytes, uint64_t *total_bytes)
{
    *done_bytes = input->decompress ? argot_decompress_taken(input->decompress) : input->taken_bytes;
    *total_bytes = input->info.kind == ARGOT_FILE_REGULAR ? input->info.size_bytes : 0;
}

/* Standard input may have begun in the middle of its file. */
bool
argot_input_rereads(const struct argot_input *input)
{
    return input->begun && input->owns_fd && !input->decompress && input->info.kind == ARGOT_FILE_REGULAR;
}

int64_t
argot_input_read_at(const struct argot_input *input, void *bytes, size_t count, uint64_t offset)
{
    return argot_input_rereads(input) ? argot_seam_read_at(input->seam, input->fd, bytes, count, offset) : -ESPIPE;
}

const char *
argot_input_problem(const struct argot_input *input)
{
    return input->problem;
}

int
argot_input_error(const struct argot_input *input)
{
    return input->error;
}

/* ---- where the bytes come from ---- */

static void
fail(struct argot_input *input, const char *what, const char *detail)
{
    snprintf(input->problem_text, sizeof input->problem_text, "%s%s", what, detail);
    input->problem = input->problem_text;
    input->ending = FAILED;
}

static void
fail_error(struct argot_input *input, const char *what, int error)
{
    fail(input, what, words_for(error));
    input->error = error;
}

/* A file that lost bytes while it was read was read as far as it went: odd, but an end. */
static void
end_plain(struct argot_input *input)
{
    input->ending = ENDED;
    struct argot_file_info now;
    if (input->info.kind != ARGOT_FILE_REGULAR || input->taken_bytes >= input->info.size_bytes ||
        input->seam->info(input->seam, input->fd, &now) || now.size_bytes >= input->info.size_bytes)
        return;
    snprintf(input->problem_text, sizeof input->problem_text, "shrank while it was read: ended at byte %llu of %llu",
             (unsigned long long)input->taken_bytes, (unsigned long long)input->info.size_bytes);
    input->problem = input->problem_text;
}

static size_t
read_plain(struct argot_input *input, uint8_t *bytes, size_t room)
{
    struct argot_seam *seam = input->seam;
    int64_t got = input->placed ? argot_seam_read_at(seam, input->fd, bytes, room, input->taken_bytes)
                                : argot_seam_read_some(seam, input->fd, bytes, room);
    if (got < 0) {
        fail_error(input, "cannot be read further: ", (int)got);
        return 0;
    }
    if (got == 0)
        end_plain(input);
    input->taken_bytes += (uint64_t)got;
    return (size_t)got;
}

/* 0: the source ended, and input->ending says how. */
static size_t
read_source(struct argot_input *input, uint8_t *bytes, size_t room)
{
    if (!input->decompress)
        return read_plain(input, bytes, room);
    size_t got = argot_decompress_read(input->decompress, bytes, room);
    if (got == 0) {
        const char *problem = argot_decompress_problem(input->decompress);
        if (problem) {
            fail(input, problem, "");
            input->error = argot_decompress_error(input->decompress);
        } else {
            input->ending = ENDED;
        }
    }
    return got;
}

/* Of a compressed file, which may end or fail before. */
static void
skip(struct argot_input *input)
{
    while (input->skip_bytes && input->ending == NOT_ENDED) {
        size_t most = input->skip_bytes < input->block_bytes ? (size_t)input->skip_bytes : input->block_bytes;
        input->skip_bytes -= read_source(input, input->pending, most);
    }
}

/* Reads on only while the bytes may still be a compressed file's first: a terminal's first line is not held up. */
static void
begin_source(struct argot_input *input)
{
    uint8_t first[ARGOT_DECOMPRESS_MAGIC_BYTES];
    size_t count = 0;
    const struct argot_decompress_format *format = NULL;
    enum argot_decompress_match match = ARGOT_DECOMPRESS_MAYBE;
    while (match == ARGOT_DECOMPRESS_MAYBE && count < sizeof first) {
        size_t got = read_plain(input, first + count, sizeof first - count);
        if (got == 0)
            break;
        count += got;
        match = argot_decompress_recognize(first, count, &format);
    }
    input->begun = true;
    size_t room = input->block_bytes < sizeof first ? sizeof first : input->block_bytes;
    input->pending = input->seam->allocate(input->seam, room);
    if (!input->pending) {
        fail_error(input, "", -ENOMEM);
        return;
    }
    if (match != ARGOT_DECOMPRESS_IS) {
        memcpy(input->pending, first, count);
        input->pending_length = count;
        return;
    }
    if (!format->decompressor) {
        fail(input, "is compressed, and this argot was built without ", format->name);
        return;
    }
    input->decompress = argot_decompress_new(input->seam, input->fd, format, first, count);
    if (!input->decompress)
        fail_error(input, "", -ENOMEM);
    else
        skip(input);
}

/* ---- going on ---- */

/* A plain file goes on at its place; whether it is one say its first bytes. */
void
argot_input_start(struct argot_input *input, const struct argot_input_start *start)
{
    uint8_t first[ARGOT_DECOMPRESS_MAGIC_BYTES];
    const struct argot_decompress_format *format = NULL;
    input->next_record = start->record;
    input->next_line = start->line;
    input->pieces = start->pieces;
    int64_t got = start->offset && argot_input_file(input) ? argot_input_peek(input, first, sizeof first) : -ESPIPE;
    if (got < 0)
        return;
    if (argot_decompress_recognize(first, (size_t)got, &format) == ARGOT_DECOMPRESS_IS) {
        input->skip_bytes = start->offset;
        return;
    }
    input->pending = input->seam->allocate(input->seam, input->block_bytes);
    input->begun = input->placed = true;
    input->taken_bytes = start->offset;
    if (!input->pending)
        fail_error(input, "", -ENOMEM);
}

const struct argot_file_info *
argot_input_file(const struct argot_input *input)
{
    return input->owns_fd && input->info.kind == ARGOT_FILE_REGULAR ? &input->info : NULL;
}

int64_t
argot_input_peek(const struct argot_input *input, void *bytes, size_t count)
{
    return argot_seam_read_at(input->seam, input->fd, bytes, count, 0);
}

/* ---- blocks ---- */

static bool
make_room(struct argot_input *input, struct argot_block_bytes *block, size_t used, size_t more)
{
    size_t needed = used + more + ARGOT_PADDING; /* both are held to the limit */
    if (block->capacity >= needed)
        return true;
    size_t leftover = input->block_bytes < FIRST_LEFTOVER_BYTES ? input->block_bytes : FIRST_LEFTOVER_BYTES;
    size_t capacity = needed + (used > leftover ? used : leftover);
    size_t enough = input->record_max_bytes + input->block_bytes + ARGOT_PADDING;
    if (capacity > enough && enough >= needed)
        capacity = enough;
    uint8_t *memory = block->memory ? input->seam->resize(input->seam, block->memory, capacity)
                                    : input->seam->allocate(input->seam, capacity);
    if (!memory)
        return false;
    block->memory = memory;
    block->capacity = capacity;
    return true;
}

static struct argot_frame
cut(const struct argot_input *input, const uint8_t *bytes, size_t length)
{
    return argot_frame_cut(bytes, length, input->record_max_bytes, input->pieces > 0, input->ending != NOT_ENDED);
}

/* Moves what is pending into the block and reads until a block can be cut or the source ends. false without memory. */
static bool
fill(struct argot_input *input, struct argot_block_bytes *block, size_t *length)
{
    size_t used = input->pending_length;
    if (!make_room(input, block, used, input->block_bytes))
        return false;
    memcpy(block->memory, input->pending + input->pending_begin, used);
    input->pending_length = input->pending_begin = 0;
    for (;;) {
        *length = used;
        if (!make_room(input, block, used, input->block_bytes))
            return false;
        size_t got = read_source(input, block->memory + used, input->block_bytes);
        if (got == 0)
            return true;
        bool newline = memchr(block->memory + used, '\n', got);
        used += got;
        *length = used;
        if (newline || used > input->record_max_bytes)
            return true;
    }
}

static void
describe(struct argot_input *input, struct argot_block_bytes *block, struct argot_frame frame)
{
    argot_block_describe(block, frame, input->next_record, input->next_line, input->pieces);
    uint64_t records = argot_block_records(block);
    input->next_record += records;
    input->next_line += records;
    input->pieces = argot_block_pieces(block);
}

/* What was read and not given is given up, so that a failure is the end. */
static enum argot_input_status
fail_memory(struct argot_input *input)
{
    fail_error(input, "", -ENOMEM);
    input->pending_length = 0;
    return ARGOT_INPUT_FAILED;
}

static enum argot_input_status
give_pending(struct argot_input *input, struct argot_block_bytes *block, struct argot_frame frame)
{
    if (!make_room(input, block, frame.length, 0))
        return fail_memory(input);
    memcpy(block->memory, input->pending + input->pending_begin, frame.length);
    input->pending_begin += frame.length;
    input->pending_length -= frame.length;
    describe(input, block, frame);
    return ARGOT_INPUT_BLOCK;
}

enum argot_input_status
argot_input_next(struct argot_input *input, struct argot_block_bytes *block)
{
    block->bytes = NULL;
    block->length = 0;
    if (!input->begun)
        begin_source(input);
    if (!input->pending)
        return ARGOT_INPUT_FAILED;
    struct argot_frame frame = cut(input, input->pending + input->pending_begin, input->pending_length);
    if (frame.length > 0)
        return give_pending(input, block, frame);
    if (input->ending == NOT_ENDED) {
        size_t length;
        if (!fill(input, block, &length))
            return fail_memory(input);
        frame = cut(input, block->memory, length);
        if (frame.length > 0) {
            input->pending_length = length - frame.length;
            memcpy(input->pending, block->memory + frame.length, input->pending_length);
            describe(input, block, frame);
            return ARGOT_INPUT_BLOCK;
        }
    }
    return input->ending == FAILED ? ARGOT_INPUT_FAILED : ARGOT_INPUT_END;
}

void
argot_block_describe(struct argot_block_bytes *block, struct argot_frame frame, uint64_t first_record,
                     uint64_t first_line, uint32_t pieces)
{
    memset(block->memory + frame.length, 0, ARGOT_PADDING);
    block->memory[frame.length] = '\n';
    block->bytes = block->memory;
    block->length = frame.length;
    block->piece = frame.piece;
    block->piece_last = frame.piece_last;
    block->missing_newline = frame.missing_newline;
    block->piece_number = 0;
    if (frame.piece)
        block->piece_number = pieces < UINT32_MAX ? pieces + 1 : UINT32_MAX;
    block->first_record = first_record;
    block->first_line = first_line;
}

uint64_t
argot_block_records(const struct argot_block_bytes *block)
{
    if (block->piece)
        return block->piece_last;
    return block->missing_newline + argot_frame_count_newlines(block->bytes, block->length);
}

uint32_t
argot_block_pieces(const struct argot_block_bytes *block)
{
    return block->piece && !block->piece_last ? block->piece_number : 0;
}

void
argot_block_drop_cut(struct argot_block_bytes *block)
{
    if (!block->missing_newline)
        return;
    const uint8_t *newline = block->piece ? NULL : memrchr(block->bytes, '\n', block->length);
    block->length = newline ? (size_t)(newline - block->bytes) + 1 : 0;
    block->missing_newline = false;
}

void
argot_block_finish(struct argot_seam *seam, struct argot_block_bytes *block)
{
    seam->release(seam, block->memory);
    *block = (struct argot_block_bytes){0};
}
