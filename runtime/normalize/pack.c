/* SPDX-License-Identifier: Apache-2.0
 * Levels become an event with dense slots, or a dead letter; both live in the batch's arena. */
#include "normalize/worker.h"
#include <string.h>

static __attribute__((noinline, cold)) bool
grow(struct argot_worker *w)
{
    struct argot_batch *batch = w->batch;
    size_t capacity = batch->capacity ? batch->capacity * 2 : 512;
    struct argot_seam *seam = batch->arena.seam;
    struct argot_result *grown = seam->resize(seam, batch->results, capacity * sizeof *grown);
    if (!grown) {
        w->failed = true;
        return false;
    }
    batch->results = grown;
    batch->capacity = capacity;
    return true;
}

static inline bool
append(struct argot_worker *w, struct argot_result result)
{
    struct argot_batch *batch = w->batch;
    if (batch->count == batch->capacity && !grow(w))
        return false;
    batch->results[batch->count++] = result;
    return true;
}

void
argot_pack_letter(struct argot_worker *w, enum argot_letter_reason reason, const struct argot_letter *more)
{
    struct argot_letter *letter = argot_arena_zalloc(&w->batch->arena, 1, sizeof *letter);
    if (!letter) {
        w->failed = true;
        return;
    }
    if (more)
        *letter = *more;
    letter->reason = reason;
    letter->record = w->record;
    letter->line = w->line;
    letter->raw = w->raw;
    /* A value that lies in the record, and was not decoded, is the place where it stopped. */
    if (letter->value.at >= w->raw.at && letter->value.at < w->raw.at + w->raw.length)
        letter->offset = (uint32_t)(letter->value.at - w->raw.at);
    struct argot_result result = {.outcome = ARGOT_LETTER, .letter = letter};
    if (append(w, result)) {
        w->counts.letters++;
        w->counts.reasons[reason]++;
    }
}

/* The time of an event of which no level gives one: false where that is a letter, which was appended. */
static __attribute__((noinline)) bool
other_time(struct argot_worker *w, unsigned depth, argot_time *time)
{
    bool received = false;
    for (unsigned d = 0; d <= depth; d++)
        received |= w->levels[d].bound->normalizer->event_time_received;
    for (unsigned d = depth + 1; d-- > 0;)
        if (w->levels[d].odd.bad_time.at) {
            struct argot_letter letter = {.format = w->levels[d].bound->normalizer->name,
                                          .field = "event_time",
                                          .value = w->levels[d].odd.bad_time};
            argot_pack_letter(w, ARGOT_LETTER_BAD_VALUE, &letter);
            return false;
        }
    if (received) {
        *time = w->settings.received;
        return true;
    }
    struct argot_letter letter = {.format = w->levels[depth].bound->normalizer->name};
    argot_pack_letter(w, ARGOT_LETTER_NO_TIME, &letter);
    return false;
}

/* Finds the event's time: the innermost level that has one. False: a letter was appended. */
static inline bool
event_time(struct argot_worker *w, unsigned depth, argot_time *time)
{
    for (unsigned d = depth + 1; d-- > 0;)
        if (argot_level_time(&w->levels[d], time))
            return true;
    return other_time(w, depth, time);
}

/* A strict format refuses an event with a value that does not fit. */
static __attribute__((noinline)) bool
strict_refuses(struct argot_worker *w, unsigned depth)
{
    for (unsigned d = 0; d <= depth; d++) {
        const struct argot_level *level = &w->levels[d];
        if (!level->odd.bad_field || !level->bound->normalizer->strict)
            continue;
        struct argot_letter letter = {
            .format = level->bound->normalizer->name, .field = level->odd.bad_field, .value = level->odd.bad_value};
        argot_pack_letter(w, ARGOT_LETTER_BAD_VALUE, &letter);
        return true;
    }
    return false;
}

/* Whether there is anything to count: of most events there is not. */
static inline bool
is_odd(const struct argot_worker *w, unsigned depth)
{
    uint64_t odd = 0;
    for (unsigned d = 0; d <= depth; d++) {
        const struct argot_odd *level = &w->levels[d].odd;
        odd |= level->bad_values | level->duplicates | level->unmapped | level->words;
    }
    return odd != 0;
}

/* An event with its slots, one allocation. NULL without memory. */
static struct argot_event *
event_new(struct argot_worker *w, uint16_t nslots)
{
    struct argot_event *event = argot_arena_alloc(&w->batch->arena, sizeof *event + nslots * sizeof(struct argot_slot));
    w->failed |= !event;
    return event;
}

static struct argot_slot *
slots_of(struct argot_event *event)
{
    return (struct argot_slot *)(event + 1);
}

struct argot_slot *
argot_pack_slots(struct argot_worker *w, uint16_t ndests)
{
    struct argot_batch *batch = w->batch;
    if (ndests > ARGOT_SHAPE_MAX_SLOTS)
        return w->levels[0].room;
    if (!batch->spare || batch->spare_slots < ndests) {
        batch->spare = event_new(w, ndests);
        batch->spare_slots = ndests;
    }
    return batch->spare ? slots_of(batch->spare) : w->levels[0].room;
}

/* The event that a plan's values go to, or lie in already. */
static struct argot_event *
event_of(struct argot_worker *w, const struct argot_shape_plan *plan)
{
    struct argot_batch *batch = w->batch;
    struct argot_event *event = batch->spare;
    if (!plan->direct)
        return event_new(w, plan->shape.nslots);
    batch->spare = NULL;
    return event;
}

static void
put_text(const struct argot_slice *text, unsigned slot, struct argot_event *event)
{
    event->slots[slot].text.at = text->at;
    event->slots[slot].text.length = text->length;
    event->slots[slot].text.flags = 0;
    event->present |= UINT64_C(1) << slot;
}

/* From the destinations of a level that have a value, where no level further in gave one. */
static inline void
fill_from(const struct argot_level *level, const struct argot_shape_plan *plan, unsigned depth,
          struct argot_event *event)
{
    const uint8_t *slot_of = plan->slots[depth];
    struct argot_slot *slots = event->slots;
    uint64_t present = event->present;
    for (unsigned word = 0; word < plan->nwords[depth]; word++) {
        const struct argot_slot *from = level->slots + word * 64;
        const uint8_t *to = slot_of + word * 64;
        for (uint64_t bits = level->present.words[word] & plan->sole[depth].words[word]; bits; bits &= bits - 1) {
            unsigned dest = (unsigned)__builtin_ctzll(bits);
            slots[to[dest]] = from[dest];
            present |= UINT64_C(1) << to[dest];
        }
        for (uint64_t bits = level->present.words[word] & plan->shared[depth].words[word]; bits; bits &= bits - 1) {
            unsigned dest = (unsigned)__builtin_ctzll(bits);
            if (present >> to[dest] & 1)
                continue;
            slots[to[dest]] = from[dest];
            present |= UINT64_C(1) << to[dest];
        }
    }
    event->present = present;
}

static void
fill(struct argot_worker *w, const struct argot_shape_plan *plan, struct argot_event *event)
{
    if (plan->direct)
        event->present = w->levels[0].present.words[0] & plan->mask;
    if (plan->text_slot != ARGOT_NONE && w->levels[plan->depth].text.length)
        put_text(&w->levels[plan->depth].text, plan->text_slot, event);
    for (unsigned d = plan->depth + 1; !plan->direct && d-- > 0;)
        fill_from(&w->levels[d], plan, d, event);
    if (plan->time_slot != ARGOT_NONE) {
        event->slots[plan->time_slot].i64 = event->time;
        event->present |= UINT64_C(1) << plan->time_slot;
    }
    if (plan->type_slot != ARGOT_NONE && !(event->present >> plan->type_slot & 1)) {
        event->slots[plan->type_slot].u64 = w->registry->unknown_type;
        event->present |= UINT64_C(1) << plan->type_slot;
    }
}

static bool
same_key(const struct argot_extra *a, const struct argot_extra *b)
{
    return a->key.length == b->key.length && !memcmp(a->key.at, b->key.at, a->key.length);
}

/* The members that a level gives, those from `begin` to `end` of the worker's. */
static void
pack_level(const struct argot_worker *w, const struct argot_level *level, uint32_t begin, uint32_t end,
           struct argot_extra *extra, uint32_t *count)
{
    uint32_t before = *count;
    for (uint32_t i = begin; i < end; i++) {
        uint32_t at = 0, most = i < level->extra_distinct ? *count : before;
        /* Few members are compared one by one; in a hostile record with thousands the last ones are not. */
        if (most > 256)
            most = 256;
        while (at < most && !same_key(&extra[at], &w->extra[i].extra))
            at++;
        extra[at < most ? at : (*count)++] = w->extra[i].extra;
    }
}

/* Members with one key: the later (inner) value takes the place of the earlier. */
static void
pack_extra(struct argot_worker *w, unsigned depth, struct argot_event *event)
{
    struct argot_extra *extra = argot_arena_alloc(&w->batch->arena, w->nextra * sizeof *extra);
    if (!extra) {
        w->failed = true;
        return;
    }
    for (unsigned d = 0; d <= depth; d++) {
        uint32_t end = d < depth ? w->levels[d + 1].extra_begin : w->nextra;
        pack_level(w, &w->levels[d], w->levels[d].extra_begin, end, extra, &event->nextra);
    }
    event->extra = extra;
}

static inline const struct argot_shape_plan *
plan_of(struct argot_worker *w, unsigned depth)
{
    struct argot_shape_node *node = &w->registry->root;
    for (unsigned d = 0; node && d <= depth; d++)
        node = argot_shape_child(w->registry, node, w->levels[d].bound, w->levels[d].message);
    return node ? argot_shape_plan_of(w->registry, node) : NULL;
}

enum { UNASKED, WANTED, UNWANTED };

static __attribute__((noinline)) bool
ask(struct argot_worker *w, const struct argot_shape *shape)
{
    if (shape->number >= w->nwanted) {
        struct argot_seam *seam = w->registry->seam;
        uint32_t count = shape->number < 128 ? 256 : shape->number * 2;
        uint8_t *grown = seam->resize(seam, w->wanted, count);
        if (!grown)
            return true;
        memset(grown + w->nwanted, UNASKED, count - w->nwanted);
        w->wanted = grown;
        w->nwanted = count;
    }
    uint8_t *answer = &w->wanted[shape->number];
    *answer = w->settings.wants(w->settings.wants_context, shape) ? WANTED : UNWANTED;
    return *answer == WANTED;
}

/* Whether whoever asked for events wants those of the shape, asked once for each. */
static inline bool
is_wanted(struct argot_worker *w, const struct argot_shape *shape)
{
    if (!w->settings.wants)
        return true;
    if (shape->number >= w->nwanted || w->wanted[shape->number] == UNASKED)
        return ask(w, shape);
    return w->wanted[shape->number] == WANTED;
}

static void
count_values(struct argot_worker *w, unsigned depth)
{
    for (unsigned d = 0; d <= depth; d++) {
        const struct argot_odd *odd = &w->levels[d].odd;
        w->counts.bad_values += odd->bad_values;
        w->counts.duplicate_keys += odd->duplicates;
        w->counts.unmapped_values += odd->unmapped;
        w->counts.dropped_words += odd->words;
    }
}

static __attribute__((noinline)) void
make_event(struct argot_worker *w, unsigned depth, const struct argot_shape_plan *plan, argot_time time)
{
    struct argot_event *event = event_of(w, plan);
    if (!event)
        return;
    *event = (struct argot_event){.shape = &plan->shape,
                                  .time = time,
                                  .received = w->settings.received,
                                  .slots = slots_of(event),
                                  .part = w->parts,
                                  .record = w->record,
                                  .line = w->line,
                                  .raw = w->raw};
    fill(w, plan, event);
    if (w->nextra)
        pack_extra(w, depth, event);
    append(w, (struct argot_result){.outcome = ARGOT_EVENT, .event = event});
}

static __attribute__((noinline)) void
refuse_limit(struct argot_worker *w, unsigned depth)
{
    struct argot_letter letter = {.format = w->levels[depth].bound->normalizer->name};
    argot_pack_letter(w, ARGOT_LETTER_LIMIT, &letter);
}

static inline __attribute__((always_inline)) void
pack(struct argot_worker *w, unsigned depth)
{
    argot_time time;
    bool odd = is_odd(w, depth);
    if ((odd && strict_refuses(w, depth)) || !event_time(w, depth, &time))
        return;
    const struct argot_shape_plan *plan = plan_of(w, depth);
    if (!plan) {
        w->failed = true;
        return;
    }
    if (plan->too_many || w->limited) {
        refuse_limit(w, depth);
        return;
    }
    if (is_wanted(w, &plan->shape))
        make_event(w, depth, plan, time);
    else
        append(w, (struct argot_result){.outcome = ARGOT_UNWANTED, .time = time});
    if (w->failed)
        return;
    w->parts++;
    w->counts.events++;
    if (odd)
        count_values(w, depth);
}

void
argot_pack_event(struct argot_worker *w, unsigned depth)
{
    if (depth)
        pack(w, depth);
    else
        pack(w, 0); /* the same, without the loops over levels */
}

void
argot_pack_skipped(struct argot_worker *w)
{
    struct argot_result result = {.outcome = ARGOT_SKIPPED, .event = NULL};
    if (append(w, result))
        w->counts.skipped++;
}
