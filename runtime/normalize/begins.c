/* SPDX-License-Identifier: Apache-2.0
 * Which formats on the bare line a text may be of, told by one walk over its first bytes: the DFAs that the formats
 * bring, walked side by side, are one DFA, of which a worker makes what its lines need. When there is no room for
 * another state walks end where it would be, and what is left is tried. */
#include "normalize/worker.h"

#define FIRST_STATES 64
#define MOST_STATES 1024
#define MOST_SLOTS (2 * MOST_STATES) /* a power of two */
#define MOST_BYTES 24                /* of a walk */
#define FIRST_MEMBER 1               /* where all formats begin */
#define UNKNOWN UINT32_MAX           /* a way that no line went yet */
#define LAST 0x80000000u             /* of a way: nothing behind it tells more */
#define NUMBER 0                     /* the column that has the number of the state */

struct argot_begins_known {
    const struct argot_registry *registry;
    unsigned width;         /* of a row: the number of its state, and a way for each class of bytes */
    uint16_t class_of[256]; /* classes are bytes that no format tells apart, from 1 */
    uint8_t byte_of[256];   /* one of each, from 0 */
    uint32_t count, room;   /* of states */
    /* Of so many as there is room for: */
    uint64_t *sets;             /* formats that are not ruled out, a bit each */
    uint32_t *rows;             /* a way is the place of the row that follows, or UNKNOWN */
    uint8_t *members;           /* of each format the state that it is in; and one more for what is looked for */
    uint16_t slots[MOST_SLOTS]; /* numbers of states from 1 by their members, 0: none */
};

/* ---- classes of bytes ---- */

/* Formats without a DFA tell by the first byte alone. */
static unsigned
told_by(const struct argot_bound *bound, unsigned byte)
{
    return bound->begins ? bound->begins->class_of[byte] : argot_bound_may_have(bound, 0, (uint8_t)byte);
}

static bool
are_alike(const struct argot_registry *registry, unsigned one, unsigned other)
{
    for (uint32_t i = 0; i < registry->norder; i++)
        if (told_by(registry->order[i], one) != told_by(registry->order[i], other))
            return false;
    return one != '\n' && other != '\n';
}

static void
find_classes(struct argot_begins_known *known)
{
    unsigned count = 0;
    for (unsigned byte = 0; byte < 256; byte++) {
        unsigned class = 0;
        while (class < count && !are_alike(known->registry, byte, known->byte_of[class]))
            class ++;
        if (class == count)
            known->byte_of[count++] = (uint8_t)byte;
        known->class_of[byte] = (uint16_t)(class + 1);
    }
    known->width = count + 1;
}

/* ---- states ---- */

static uint8_t
step(const struct argot_bound *bound, uint8_t member, uint8_t byte)
{
    if (member == ARGOT_BEGINS_NONE || member == ARGOT_BEGINS_ANY)
        return member;
    if (!bound->begins)
        return argot_bound_may_have(bound, 0, byte) ? ARGOT_BEGINS_ANY : ARGOT_BEGINS_NONE;
    const struct argot_begins *begins = bound->begins;
    return begins->next[(size_t)(member - FIRST_MEMBER) * begins->nclasses + begins->class_of[byte]];
}

static uint32_t
hash(const uint8_t *members, uint32_t count)
{
    uint32_t value = 2166136261u;
    for (uint32_t i = 0; i < count; i++)
        value = (value ^ members[i]) * 16777619u;
    return value ^ value >> 16;
}

static uint8_t *
members_of(const struct argot_begins_known *known, uint32_t state)
{
    return known->members + (size_t)state * known->registry->norder;
}

static void *
resize(struct argot_seam *seam, void *memory, size_t bytes)
{
    return memory ? seam->resize(seam, memory, bytes) : seam->allocate(seam, bytes);
}

static bool
make_room(struct argot_begins_known *known, size_t room)
{
    const struct argot_registry *registry = known->registry;
    if (room > MOST_STATES)
        return false;
    uint64_t *sets = resize(registry->seam, known->sets, room * registry->nwords * sizeof *sets);
    known->sets = sets ? sets : known->sets;
    uint32_t *rows = resize(registry->seam, known->rows, room * known->width * sizeof *rows);
    known->rows = rows ? rows : known->rows;
    uint8_t *members = resize(registry->seam, known->members, (room + 1) * (registry->norder + (size_t)1));
    known->members = members ? members : known->members;
    if (!sets || !rows || !members)
        return false;
    known->room = (uint32_t)room;
    return true;
}

static void
add_state(struct argot_begins_known *known)
{
    const struct argot_registry *registry = known->registry;
    const uint8_t *members = members_of(known, known->count);
    uint32_t *row = known->rows + (size_t)known->count * known->width;
    uint64_t *set = known->sets + (size_t)known->count * registry->nwords;
    for (unsigned i = 0; i < known->width; i++)
        row[i] = UNKNOWN;
    row[NUMBER] = known->count++;
    memset(set, 0, registry->nwords * sizeof *set);
    for (uint32_t i = 0; i < registry->norder; i++)
        set[i / 64] |= (uint64_t)(members[i] != ARGOT_BEGINS_NONE) << i % 64;
}

/* The number of the state with the members that stand behind the last one's; it is added where it is new.
 * MOST_STATES: there is no room. */
static uint32_t
find_state(struct argot_begins_known *known)
{
    uint32_t norder = known->registry->norder, added = known->count, at;
    const uint8_t *members = members_of(known, added);
    for (at = hash(members, norder) % MOST_SLOTS; known->slots[at]; at = (at + 1) % MOST_SLOTS)
        if (!memcmp(members_of(known, known->slots[at] - 1u), members, norder))
            return known->slots[at] - 1u;
    if (added == known->room && !make_room(known, (size_t)2 * added))
        return MOST_STATES;
    known->slots[at] = (uint16_t)(added + 1);
    add_state(known);
    return added;
}

/* Whether at most one format is left, or none can be ruled out any more. */
static bool
is_last(const struct argot_registry *registry, const uint8_t *members)
{
    uint32_t left = 0, sure = 0;
    for (uint32_t i = 0; i < registry->norder; i++) {
        left += members[i] != ARGOT_BEGINS_NONE;
        sure += members[i] == ARGOT_BEGINS_ANY;
    }
    return left < 2 || left == sure;
}

/* The way from a row by bytes of a class, which no line went yet. */
static __attribute__((noinline)) uint32_t
learn(struct argot_begins_known *known, uint32_t row, unsigned class)
{
    const struct argot_registry *registry = known->registry;
    const uint8_t *members = members_of(known, known->rows[row + NUMBER]);
    uint8_t *added = members_of(known, known->count), byte = known->byte_of[class - 1];
    if (byte == '\n')
        return row | LAST;
    for (uint32_t i = 0; i < registry->norder; i++)
        added[i] = step(registry->order[i], members[i], byte);
    uint32_t last = is_last(registry, added) ? LAST : 0, to = find_state(known);
    if (to == MOST_STATES)
        return row | LAST;
    return known->rows[row + class] = to * known->width | last;
}

const uint64_t *
argot_begins_candidates(struct argot_begins_known *known, struct argot_slice text)
{
    const uint8_t *at = text.at, *end = at + (text.length < MOST_BYTES ? text.length : MOST_BYTES);
    const uint32_t *rows = known->rows;
    uint32_t row = 0;
    for (; at < end && !(row & LAST); at++) {
        unsigned class = known->class_of[*at];
        uint32_t to = rows[row + class];
        row = to == UNKNOWN ? learn(known, row, class) : to;
        rows = known->rows;
    }
    return known->sets + (size_t)rows[(row & ~LAST) + NUMBER] * known->registry->nwords;
}

/* ---- a worker's ---- */

struct argot_begins_known *
argot_begins_new(const struct argot_registry *registry)
{
    struct argot_seam *seam = registry->seam;
    struct argot_begins_known *known = seam->allocate(seam, sizeof *known);
    if (!known)
        return NULL;
    memset(known, 0, sizeof *known);
    known->registry = registry;
    find_classes(known);
    if (!make_room(known, FIRST_STATES)) {
        argot_begins_free(known);
        return NULL;
    }
    memset(known->members, FIRST_MEMBER, registry->norder);
    find_state(known);
    return known;
}

void
argot_begins_free(struct argot_begins_known *known)
{
    if (!known)
        return;
    struct argot_seam *seam = known->registry->seam;
    seam->release(seam, known->sets);
    seam->release(seam, known->rows);
    seam->release(seam, known->members);
    seam->release(seam, known);
}
