/* SPDX-License-Identifier: Apache-2.0
 * A file is read at its offset and then its first bytes are looked at once more: as long as they are what they were, so
 * was all that was read. That also finds a file that was truncated and has outgrown the position since. */
#include "input/tail.h"
#include "base/hash.h"
#include "input/decompress.h"
#include "input/frame.h"
#include <errno.h>
#include <string.h>

/* Its own, so that no other table of sums gives these. */
static const struct argot_hash_key sum_key = {{UINT64_C(0x746f6772612e6669), UINT64_C(0x6e6765722e763121)}};

struct argot_tail {
    struct argot_seam *seam;
    int fd; /* -1: the input has it */
    struct argot_file_info info;
    struct argot_input *input; /* compressed; NULL: plain */
    uint64_t skip;             /* of its bytes, still to be left out */
    struct argot_tail_position position;
    uint8_t first[ARGOT_TAIL_FINGERPRINT_BYTES]; /* what the fingerprint is of, */
    size_t nfirst;                               /* once it was compared; 0: not yet */
    uint64_t known_bytes;                        /* the largest size that it was seen to have */
    uint64_t seen;                               /* bytes behind the position that are known to hold no whole record */
    size_t block_bytes, record_max_bytes;
    const char *problem;
};

/* ---- fingerprints ---- */

void
argot_tail_sum(const void *bytes, size_t count, uint8_t sum[ARGOT_TAIL_SUM_BYTES])
{
    argot_hash_identity(&sum_key, bytes, count, sum);
}

static void
remember_first(struct argot_tail_position *position, const uint8_t *first, size_t count)
{
    count = count < ARGOT_TAIL_FINGERPRINT_BYTES ? count : ARGOT_TAIL_FINGERPRINT_BYTES;
    position->fingerprint_bytes = (uint32_t)count;
    argot_tail_sum(first, count, position->fingerprint);
}

/* Whether the first bytes are those of the position; then it remembers as many as there are now. */
static bool
compare_first(struct argot_tail_position *position, const uint8_t *first, size_t count)
{
    uint8_t sum[ARGOT_TAIL_SUM_BYTES];
    if (count < position->fingerprint_bytes)
        return false;
    argot_tail_sum(first, position->fingerprint_bytes, sum);
    if (position->fingerprint_bytes && memcmp(sum, position->fingerprint, sizeof sum))
        return false;
    if (count > position->fingerprint_bytes)
        remember_first(position, first, count);
    return true;
}

/* Whether the file is still the one that was read, as far as it was: 1 or 0; a negative errno where that cannot be
 * told. */
static int
verify(struct argot_tail *tail)
{
    uint8_t first[ARGOT_TAIL_FINGERPRINT_BYTES];
    int64_t got = argot_seam_read_at(tail->seam, tail->fd, first, sizeof first, 0);
    if (got < 0)
        return (int)got;
    size_t count = (size_t)got;
    if (tail->nfirst && tail->nfirst == count && !memcmp(first, tail->first, count))
        return 1;
    if (!compare_first(&tail->position, first, count))
        return 0;
    memcpy(tail->first, first, count);
    tail->nfirst = count;
    return 1;
}

/* ---- opening ---- */

/* Whether it is compressed: 1 or 0, or a negative errno. */
static int
recognize(struct argot_seam *seam, int fd)
{
    uint8_t first[ARGOT_DECOMPRESS_MAGIC_BYTES];
    const struct argot_decompress_format *format;
    int64_t got = argot_seam_read_at(seam, fd, first, sizeof first, 0);
    if (got <= 0)
        return (int)got;
    return argot_decompress_recognize(first, (size_t)got, &format) == ARGOT_DECOMPRESS_IS;
}

static int
begin(struct argot_tail *tail, struct argot_seam_live *live, const char *path,
      const struct argot_input_options *options)
{
    do
        tail->fd = live->open(live, path);
    while (tail->fd == -EINTR);
    if (tail->fd < 0)
        return tail->fd;
    int status = tail->seam->info(tail->seam, tail->fd, &tail->info);
    if (status)
        return status;
    if (tail->info.kind != ARGOT_FILE_REGULAR)
        return tail->info.kind == ARGOT_FILE_DIRECTORY ? -EISDIR : -EINVAL;
    status = recognize(tail->seam, tail->fd);
    if (status < 0)
        return status;
    if (status) {
        tail->input = argot_input_adopt(tail->seam, tail->fd, options);
        if (!tail->input)
            return -ENOMEM;
        tail->fd = -1;
        tail->skip = tail->position.offset;
    }
    tail->known_bytes = tail->info.size_bytes;
    tail->position.device = tail->info.device;
    tail->position.inode = tail->info.inode;
    if (status || !tail->position.modified) /* a plain file is looked at before its time is believed */
        tail->position.modified = tail->info.modified;
    return 0;
}

struct argot_tail *
argot_tail_open(struct argot_seam *seam, struct argot_seam_live *live, const char *path,
                const struct argot_tail_position *from, const struct argot_input_options *options, int *error)
{
    struct argot_tail *tail = seam->allocate(seam, sizeof *tail);
    *error = -ENOMEM;
    if (!tail)
        return NULL;
    *tail = (struct argot_tail){.seam = seam, .fd = -1};
    if (from)
        tail->position = *from;
    if (!tail->position.next_record)
        tail->position.next_record = 1;
    if (!tail->position.next_line)
        tail->position.next_line = 1;
    tail->block_bytes = options && options->block_bytes ? options->block_bytes : ARGOT_BLOCK_BYTES;
    tail->record_max_bytes = options && options->record_max_bytes ? options->record_max_bytes : ARGOT_RECORD_MAX_BYTES;
    *error = begin(tail, live, path, options);
    if (*error == 0)
        return tail;
    argot_tail_close(tail);
    return NULL;
}

void
argot_tail_close(struct argot_tail *tail)
{
    if (!tail)
        return;
    argot_input_close(tail->input);
    if (tail->fd >= 0)
        tail->seam->close(tail->seam, tail->fd);
    tail->seam->release(tail->seam, tail);
}

/* ---- blocks ---- */

static enum argot_tail_status
fail(struct argot_tail *tail, const char *problem)
{
    tail->problem = problem;
    return ARGOT_TAIL_FAILED;
}

static bool
make_room(struct argot_tail *tail, struct argot_block_bytes *block, size_t needed)
{
    needed += ARGOT_PADDING;
    if (block->capacity >= needed)
        return true;
    uint8_t *memory = block->memory ? tail->seam->resize(tail->seam, block->memory, needed)
                                    : tail->seam->allocate(tail->seam, needed);
    if (!memory)
        return false;
    block->memory = memory;
    block->capacity = needed;
    return true;
}

/* The position behind the block. */
static void
advance(struct argot_tail *tail, const struct argot_block_bytes *block)
{
    struct argot_tail_position *position = &tail->position;
    uint64_t records = argot_block_records(block);
    position->offset += block->length;
    position->next_record += records;
    position->next_line += records;
    position->pieces = argot_block_pieces(block);
}

static void
describe(struct argot_tail *tail, struct argot_block_bytes *block, struct argot_frame frame)
{
    const struct argot_tail_position *position = &tail->position;
    argot_block_describe(block, frame, position->next_record, position->next_line, position->pieces);
    advance(tail, block);
    tail->seen = 0;
}

/* A look at the file as it is now: whether it holds all that was read of it, as verify tells it. One of which nothing
 * was given must hold as much as it did. */
static int
look(struct argot_tail *tail, uint64_t length)
{
    struct argot_file_info now;
    int status = tail->seam->info(tail->seam, tail->fd, &now);
    if (status)
        return status;
    if (!tail->position.offset && length < tail->known_bytes)
        length = tail->known_bytes;
    status = now.size_bytes < length ? 0 : verify(tail);
    if (status <= 0)
        return status;
    tail->info = now;
    tail->known_bytes = now.size_bytes > tail->known_bytes ? now.size_bytes : tail->known_bytes;
    tail->position.modified = now.modified;
    return status;
}

/* What is to be done, given what a look at the file said. */
static enum argot_tail_status
judge(struct argot_tail *tail, int same, enum argot_tail_status status)
{
    return same < 0 ? fail(tail, strerror(-same)) : same ? status : ARGOT_TAIL_REPLACED;
}

/* More of a line whose begin was seen: it is not read again before its end is there. */
static enum argot_tail_status
look_behind(struct argot_tail *tail, struct argot_block_bytes *block)
{
    while (tail->seen && tail->seen <= tail->record_max_bytes) {
        if (!make_room(tail, block, tail->block_bytes))
            return fail(tail, "there is no memory");
        int64_t got = argot_seam_read_at(tail->seam, tail->fd, block->memory, tail->block_bytes,
                                         tail->position.offset + tail->seen);
        if (got < 0)
            return fail(tail, strerror((int)-got));
        if (got == 0)
            return judge(tail, look(tail, tail->position.offset + tail->seen), ARGOT_TAIL_WAIT);
        if (memchr(block->memory, '\n', (size_t)got))
            break;
        tail->seen += (uint64_t)got;
    }
    return ARGOT_TAIL_BLOCK; /* there may be one */
}

static enum argot_tail_status
next_plain(struct argot_tail *tail, bool last, struct argot_block_bytes *block)
{
    size_t used = 0;
    struct argot_frame frame = {0};
    bool end = false;
    enum argot_tail_status status = last ? ARGOT_TAIL_BLOCK : look_behind(tail, block);
    if (status != ARGOT_TAIL_BLOCK)
        return status;
    while (!frame.length && !end) {
        if (!make_room(tail, block, used + tail->block_bytes))
            return fail(tail, "there is no memory");
        int64_t got = argot_seam_read_at(tail->seam, tail->fd, block->memory + used, tail->block_bytes,
                                         tail->position.offset + used);
        if (got < 0)
            return fail(tail, strerror((int)-got));
        used += (size_t)got;
        end = got == 0;
        frame = argot_frame_cut(block->memory, used, tail->record_max_bytes, tail->position.pieces > 0, end && last);
    }
    status = judge(tail, look(tail, end ? tail->position.offset + used : 0), ARGOT_TAIL_BLOCK);
    if (status != ARGOT_TAIL_BLOCK)
        return status;
    tail->seen = used;
    if (!frame.length)
        return last ? ARGOT_TAIL_END : ARGOT_TAIL_WAIT;
    describe(tail, block, frame);
    return ARGOT_TAIL_BLOCK;
}

/* Blocks and pieces are cut at the same bytes each time, but for the first block that is only partly new. */
static enum argot_tail_status
next_compressed(struct argot_tail *tail, struct argot_block_bytes *block)
{
    for (;;) {
        enum argot_input_status status = argot_input_next(tail->input, block);
        if (status == ARGOT_INPUT_BLOCK && argot_input_error(tail->input))
            argot_block_drop_cut(block); /* the rest of the line comes with another try */
        if (status == ARGOT_INPUT_FAILED || (status == ARGOT_INPUT_BLOCK && !block->length))
            return fail(tail, argot_input_problem(tail->input));
        if (status == ARGOT_INPUT_END)
            return ARGOT_TAIL_END;
        if (tail->position.fingerprint_bytes == 0)
            remember_first(&tail->position, block->bytes, block->length);
        if (tail->skip >= block->length) {
            tail->skip -= block->length;
            continue;
        }
        block->bytes += tail->skip;
        block->length -= (size_t)tail->skip;
        tail->skip = 0;
        block->first_record = tail->position.next_record;
        block->first_line = tail->position.next_line;
        advance(tail, block);
        return ARGOT_TAIL_BLOCK;
    }
}

enum argot_tail_status
argot_tail_next(struct argot_tail *tail, bool last, struct argot_block_bytes *block)
{
    block->bytes = NULL;
    block->length = 0;
    return tail->input ? next_compressed(tail, block) : next_plain(tail, last, block);
}

/* ---- questions ---- */

const struct argot_tail_position *
argot_tail_at(const struct argot_tail *tail)
{
    return &tail->position;
}

argot_time
argot_tail_received(const struct argot_tail *tail)
{
    return tail->info.modified;
}

uint64_t
argot_tail_lag(const struct argot_tail *tail)
{
    return !tail->input && tail->info.size_bytes > tail->position.offset ? tail->info.size_bytes - tail->position.offset
                                                                         : 0;
}

uint64_t
argot_tail_pending(const struct argot_tail *tail)
{
    uint64_t known = tail->position.offset + tail->seen;
    known = tail->known_bytes > known ? tail->known_bytes : known;
    return tail->input ? 0 : known - tail->position.offset;
}

bool
argot_tail_is_damaged(const struct argot_tail *tail)
{
    return tail->input && !argot_input_error(tail->input);
}

const uint8_t *
argot_tail_first_known(const struct argot_tail *tail, size_t *count)
{
    *count = tail->nfirst;
    return tail->first;
}

bool
argot_tail_is_compressed(const struct argot_tail *tail)
{
    return tail->input;
}

const char *
argot_tail_problem(const struct argot_tail *tail)
{
    return tail->problem;
}

/* The first bytes of a file, uncompressed; how many, or a negative errno. */
static int
read_first(struct argot_tail *tail, uint8_t *first, size_t room)
{
    if (!tail->input)
        return (int)argot_seam_read_at(tail->seam, tail->fd, first, room, 0);
    size_t count = 0;
    struct argot_block_bytes block = {0};
    while (count < room && argot_input_next(tail->input, &block) == ARGOT_INPUT_BLOCK) {
        size_t some = block.length < room - count ? block.length : room - count;
        memcpy(first + count, block.bytes, some);
        count += some;
    }
    argot_block_finish(tail->seam, &block);
    return count < room && argot_input_error(tail->input) ? argot_input_error(tail->input) : (int)count;
}

int
argot_tail_first(struct argot_seam *seam, struct argot_seam_live *live, const char *path, uint8_t *first,
                 bool *compressed, struct argot_file_info *info)
{
    int error;
    const struct argot_input_options options = {.block_bytes = ARGOT_TAIL_FINGERPRINT_BYTES};
    struct argot_tail *tail = argot_tail_open(seam, live, path, NULL, &options, &error);
    if (!tail)
        return error;
    *compressed = tail->input;
    *info = tail->info;
    int count = read_first(tail, first, ARGOT_TAIL_FINGERPRINT_BYTES);
    argot_tail_close(tail);
    return count;
}

bool
argot_tail_begins(const struct argot_tail_position *position, const uint8_t *first, size_t count)
{
    struct argot_tail_position copy = *position;
    return compare_first(&copy, first, count);
}
