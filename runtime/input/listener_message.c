/* SPDX-License-Identifier: Apache-2.0
 * Records out of what connections give. A message that is whole in what was read goes straight into the block; the
 * begin of one waits with its connection. One that is too long is given in pieces, each a block of its own. */
#include "input/listener_parts.h"
#include <string.h>

#define FIRST_BYTES ((size_t)512)

/* ---- the block ---- */

static bool
make_room(struct argot_listener *listener, size_t more)
{
    struct argot_block_bytes *block = listener->block;
    struct argot_seam *seam = listener->options.seam;
    size_t needed = block->length + more + ARGOT_PADDING;
    if (block->capacity >= needed)
        return true;
    size_t capacity = listener->options.block_bytes + ARGOT_PADDING;
    capacity = capacity < needed ? needed : capacity;
    uint8_t *memory = block->memory ? seam->resize(seam, block->memory, capacity) : seam->allocate(seam, capacity);
    if (!memory)
        return false;
    block->memory = memory;
    block->capacity = capacity;
    return true;
}

/* A record is a line, so what is within a message and would end it becomes a blank. */
static void
put_bytes(struct argot_listener *listener, const uint8_t *bytes, size_t length)
{
    struct argot_block_bytes *block = listener->block;
    uint8_t *to = block->memory + block->length;
    memcpy(to, bytes, length);
    block->length += length;
    for (uint8_t *at = to; (at = memchr(at, '\n', (size_t)(to + length - at))); at++) {
        *at = ' ';
        listener->counts.newlines++;
    }
}

bool
argot_listener_message(struct argot_listener *listener, const uint8_t *bytes, size_t length)
{
    while (length && bytes[length - 1] == '\n')
        length--;
    if (!make_room(listener, length + 1))
        return false;
    put_bytes(listener, bytes, length);
    listener->block->memory[listener->block->length++] = '\n';
    listener->counts.messages++;
    listener->next_record++;
    return true;
}

/* ---- messages without an end ---- */

void
argot_listener_drop(struct argot_listener *listener, struct argot_connection *connection)
{
    struct argot_seam *seam = listener->options.seam;
    seam->release(seam, connection->message);
    listener->pending_bytes -= connection->capacity;
    connection->message = NULL;
    connection->length = connection->capacity = 0;
}

static bool
keep(struct argot_listener *listener, struct argot_connection *connection, const uint8_t *bytes, size_t length)
{
    struct argot_seam *seam = listener->options.seam;
    size_t needed = connection->length + length, capacity = connection->capacity ? connection->capacity : FIRST_BYTES;
    while (capacity < needed)
        capacity *= 2;
    if (capacity > connection->capacity) {
        if (listener->pending_bytes + capacity - connection->capacity > listener->options.pending_bytes)
            return false;
        uint8_t *more =
            connection->message ? seam->resize(seam, connection->message, capacity) : seam->allocate(seam, capacity);
        if (!more)
            return false;
        listener->pending_bytes += capacity - connection->capacity;
        connection->message = more;
        connection->capacity = capacity;
    }
    memcpy(connection->message + connection->length, bytes, length);
    connection->length = needed;
    return true;
}

/* ---- pieces ---- */

/* A block of a piece holds nothing else, so it waits for the next one when there is something already. */
static bool
give_piece(struct argot_listener *listener, struct argot_connection *connection, bool last)
{
    struct argot_block_bytes *block = listener->block;
    if (!make_room(listener, connection->length + 1))
        return false;
    if (connection->pieces == 0) {
        connection->record = listener->next_record++;
        listener->counts.messages++;
    }
    put_bytes(listener, connection->message, connection->length);
    if (last)
        block->memory[block->length++] = '\n';
    block->piece = true;
    block->piece_last = last;
    block->piece_number = ++connection->pieces;
    block->first_record = block->first_line = connection->record;
    argot_listener_drop(listener, connection);
    if (last)
        connection->pieces = 0;
    return true;
}

/* ---- parts to records ---- */

static bool
give_message(struct argot_listener *listener, struct argot_connection *connection, const struct argot_syslog_part *part)
{
    if (connection->length == 0 && !connection->pieces)
        return argot_listener_message(listener, part->bytes, part->length);
    if (part->length && !keep(listener, connection, part->bytes, part->length))
        return false;
    if (connection->pieces)
        return give_piece(listener, connection, true);
    bool good = argot_listener_message(listener, connection->message, connection->length);
    argot_listener_drop(listener, connection);
    return good;
}

/* `over`: the message is longer than it may be, so what there is of it becomes a piece. */
static bool
take_part(struct argot_listener *listener, struct argot_connection *connection, const struct argot_syslog_part *part,
          bool over)
{
    if (over && !give_piece(listener, connection, false))
        return false;
    if (part->end && !over)
        return give_message(listener, connection, part);
    return part->length == 0 || keep(listener, connection, part->bytes, part->length);
}

/* Without room for what it has not ended, a connection is given up. */
static void
close_crowded(struct argot_listener *listener, struct argot_connection *connection)
{
    listener->counts.crowded++;
    argot_listener_drop(listener, connection);
    connection->pieces = 0;
    listener->scratch_at = listener->scratch_end;
    listener->scratch_closed = true;
}

/* A part that ends at the longest message, or a byte behind that. False: the block is a piece, or has to be given
 * before one. */
static bool
take_one(struct argot_listener *listener, struct argot_connection *connection)
{
    size_t room = listener->options.message_max_bytes - connection->length;
    size_t length = listener->scratch_end - listener->scratch_at, most = room ? room : 1;
    struct argot_syslog_frame before = connection->frame;
    struct argot_syslog_part part = argot_syslog_frame_next(
        &connection->frame, listener->scratch + listener->scratch_at, length < most ? length : most);
    bool over = part.length > room;
    if ((over || (connection->pieces && part.end)) && listener->block->length) {
        connection->frame = before; /* the same again, with a block of its own */
        return false;
    }
    listener->scratch_at += part.taken;
    listener->counts.malformed += part.malformed;
    if (over && part.end) { /* the last byte of a counted message comes again, behind the piece before it */
        connection->frame = before;
        listener->scratch_at -= part.taken;
        part = (struct argot_syslog_part){0};
    }
    if (!take_part(listener, connection, &part, over))
        close_crowded(listener, connection);
    return !listener->block->piece;
}

void
argot_listener_take(struct argot_listener *listener)
{
    struct argot_connection *connection = &listener->connections[listener->scratch_of];
    while (listener->scratch_at < listener->scratch_end && listener->block->length < listener->options.block_bytes)
        if (!take_one(listener, connection))
            return;
}

bool
argot_listener_finish(struct argot_listener *listener, struct argot_connection *connection)
{
    struct argot_syslog_frame before = connection->frame;
    struct argot_syslog_part part = argot_syslog_frame_end(&connection->frame);
    if (!part.length && !connection->length && !connection->pieces)
        return true;
    if (connection->pieces && listener->block->length) {
        connection->frame = before;
        return false;
    }
    listener->counts.unfinished++;
    if (!give_message(listener, connection, &part))
        close_crowded(listener, connection);
    return true;
}
