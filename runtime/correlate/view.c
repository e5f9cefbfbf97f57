/* SPDX-License-Identifier: Apache-2.0
 * Asking a view: what is seen fulfils clauses, fulfilled clauses call listeners, and who is called is judged. */
#include "correlate/view.h"

#define FEW 16u /* called listeners that are put in order by hand */

void
argot_view_free(struct argot_view *view, struct argot_seam *seam)
{
    if (!view)
        return;
    argot_arena_finish(&view->arena);
    seam->release(seam, view);
}

/* ---- looking ---- */

static inline void
look_at_slot(const struct argot_view_source *source, const struct argot_slot *slot, uint8_t type, bool large,
             struct argot_sightings *sightings)
{
    struct argot_slice text = {slot->text.at, slot->text.length};
    if (source->counts)
        argot_literals_count(source->counts, text);
    if (source->literals)
        argot_literals_look(source->literals, text, sightings);
    else if (source->keys)
        argot_keys_look(source->keys, argot_judge_key_of(type, large, slot), sightings);
}

static void
look_at_items(const struct argot_view_source *source, const struct argot_slot *list, struct argot_sightings *sightings)
{
    for (uint32_t i = 0; i < list->list.count; i++)
        look_at_slot(source, &list->list.items[i], source->source->expr->type, false, sightings);
}

/* A whole number that is above INT64_MAX and not below 0. */
static bool
is_large(const struct argot_expr *field, const struct argot_slot *slot)
{
    uint8_t type = argot_schema.fields[field->field].type;
    return slot->i64 < 0 && (type == ARGOT_TYPE_UINT || type == ARGOT_TYPE_PORT || type == ARGOT_TYPE_BYTES);
}

/* False: it is to be read. */
static inline bool
look_at_field(const struct argot_view_source *source, const struct argot_view_of *of,
              const struct argot_subject *subject, struct argot_sightings *sightings)
{
    const struct argot_expr *expr = source->source->expr;
    bool large = false;
    if (!source->direct)
        return false;
    const struct argot_slot *slot = argot_conditions_field(of->conditions, subject, expr->field);
    if (!slot)
        return true;
    if (expr->type == ARGOT_EXPR_WHOLE_TYPE)
        large = is_large(expr, slot);
    if (source->present != ARGOT_CONDITIONS_NONE)
        argot_sightings_put(sightings, source->present);
    if (expr->list)
        look_at_items(source, slot, sightings);
    else
        look_at_slot(source, slot, expr->type, large, sightings);
    return true;
}

static void
look_at_value(const struct argot_view_source *source, const struct argot_view_of *of,
              const struct argot_subject *subject, struct argot_sightings *sightings)
{
    struct argot_scene scene = {.rule = source->source->rule, .subject = *subject};
    struct argot_datum value;
    argot_judge_value(of->judge, source->source->expr, &scene, &value);
    if (value.null)
        return;
    if (source->present != ARGOT_CONDITIONS_NONE)
        argot_sightings_put(sightings, source->present);
    if (value.list)
        look_at_items(source, &value.slot, sightings);
    else
        look_at_slot(source, &value.slot, value.type, value.large, sightings);
}

static inline void
look(const struct argot_view_source *source, const struct argot_view_of *of, const struct argot_subject *subject,
     struct argot_sightings *sightings)
{
    if (!look_at_field(source, of, subject, sightings))
        look_at_value(source, of, subject, sightings);
}

uint32_t
argot_view_hash(const void *name, uint32_t length)
{
    const uint8_t *at = name;
    uint64_t hash = length;
    for (uint32_t i = 0; i < length; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return (uint32_t)(hash ^ hash >> 32);
}

/* Of perhaps hundreds of names that rules read, an event has a few. */
static void
look_at_extra(struct argot_view *view, const struct argot_view_of *of, const struct argot_subject *subject)
{
    for (uint32_t i = 0; i < subject->event->nextra; i++) {
        struct argot_slice key = subject->event->extra[i].key;
        uint32_t at = argot_view_hash(key.at, key.length) & view->names_mask;
        for (; view->names[at].count; at = (at + 1) & view->names_mask) {
            struct argot_view_name *name = &view->names[at];
            if (name->name.length != key.length || (key.length && memcmp(name->name.at, key.at, key.length) != 0))
                continue;
            for (uint32_t j = 0; name->looked != view->sightings.round && j < name->count; j++)
                look(&view->sources[name->first + j], of, subject, &view->sightings);
            name->looked = view->sightings.round;
            break;
        }
    }
}

static void
look_everywhere(struct argot_view *view, const struct argot_view_of *of, const struct argot_subject *subject)
{
    struct argot_sightings *sightings = &view->sightings;
    sightings->round = of->conditions->round;
    sightings->count = 0;
    for (uint32_t i = 0; i < view->nplain; i++)
        look(&view->sources[i], of, subject, sightings);
    if (view->names)
        look_at_extra(view, of, subject);
    for (uint32_t i = 0; i < view->nquestions; i++)
        if (argot_conditions_hold(of->conditions, view->questions[i].node, subject))
            argot_sightings_put(sightings, view->questions[i].witness);
}

/* ---- calling ---- */

/* Each stands there once. `marks` has a bit for each number there is, none of them set. */
static void
sort(uint32_t *numbers, uint32_t count, uint64_t *marks, uint32_t nmarks)
{
    if (count > FEW) {
        for (uint32_t i = 0; i < count; i++)
            marks[numbers[i] / 64] |= UINT64_C(1) << numbers[i] % 64;
        for (uint32_t i = 0, at = 0; i < nmarks; i++) {
            for (uint64_t left = marks[i]; left; left &= left - 1)
                numbers[at++] = i * 64 + (uint32_t)__builtin_ctzll(left);
            marks[i] = 0;
        }
        return;
    }
    for (uint32_t i = 1; i < count; i++) {
        uint32_t number = numbers[i], at = i;
        for (; at && numbers[at - 1] > number; at--)
            numbers[at] = numbers[at - 1];
        numbers[at] = number;
    }
}

/* One clause calls an entry, so that none is called twice. */
static uint32_t
call(struct argot_view *view)
{
    const struct argot_sightings *sightings = &view->sightings;
    uint32_t count = 0;
    for (uint32_t i = 0; i < sightings->count; i++) {
        uint32_t witness = sightings->list[i];
        for (uint32_t j = view->from[witness]; j < view->from[witness + 1]; j++) {
            struct argot_view_clause *clause = &view->clauses[view->clauses_of[j]];
            if (clause->fulfilled == sightings->round)
                continue;
            clause->fulfilled = sightings->round;
            clause->times++;
            for (uint32_t k = 0; k < clause->ncalls; k++)
                view->called[count++] = view->numbers[clause->calls + k];
        }
    }
    sort(view->called, count, view->marks, view->nentries / 64 + 1);
    view->work += sightings->count + count;
    return count;
}

/* Whether the listener of an entry takes it; then it is noted. */
static inline __attribute__((always_inline)) bool
takes(const struct argot_view *view, const struct argot_view_of *of, uint32_t number,
      const struct argot_subject *subject, uint32_t *listener, uint64_t *judged)
{
    const struct argot_view_entry *entry = &view->entries[number];
    for (uint32_t i = 0; i < entry->nguards; i++)
        if (view->clauses[view->numbers[entry->guards + i]].fulfilled != view->sightings.round)
            return false;
    *listener = entry->listener;
    return argot_view_holds(view, of->conditions, entry, subject, judged);
}

uint32_t
argot_view_ask(struct argot_view *view, const struct argot_view_of *of, const struct argot_subject *subject,
               uint32_t *taken, uint64_t *judged)
{
    view->asked++;
    look_everywhere(view, of, subject);
    uint32_t ncalled = call(view), count = 0, always = 0;
    for (uint32_t i = 0; i < ncalled; i++) {
        for (; always < view->nalways && view->always[always] < view->called[i]; always++)
            count += takes(view, of, view->always[always], subject, &taken[count], judged);
        count += takes(view, of, view->called[i], subject, &taken[count], judged);
    }
    for (; always < view->nalways; always++)
        count += takes(view, of, view->always[always], subject, &taken[count], judged);
    return count;
}
