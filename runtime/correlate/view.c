/* SPDX-License-Identifier: Apache-2.0
 * Asking a view: what is seen fulfils clauses, fulfilled clauses call listeners, and who is called is judged. */
#include "correlate/view.h"
#include <stdlib.h>

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

static void
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

/* Texts and addresses are in their slots as they are judged; other fields are read. */
static bool
look_at_field(const struct argot_view_source *source, struct argot_judge *judge, const struct argot_subject *subject,
              struct argot_sightings *sightings)
{
    const struct argot_expr *expr = source->source->expr;
    if (expr->type != ARGOT_EXPR_TEXT_TYPE && expr->type != ARGOT_EXPR_ADDRESS_TYPE && source->keys)
        return false;
    const struct argot_slot *slot = argot_judge_field(judge, subject, expr->field);
    if (!slot)
        return true;
    if (source->present != ARGOT_CONDITIONS_NONE)
        argot_sightings_put(sightings, source->present);
    if (expr->list)
        look_at_items(source, slot, sightings);
    else
        look_at_slot(source, slot, expr->type, false, sightings);
    return true;
}

static void
look(const struct argot_view_source *source, struct argot_judge *judge, const struct argot_subject *subject,
     struct argot_sightings *sightings)
{
    if (source->source->is_field && look_at_field(source, judge, subject, sightings))
        return;
    struct argot_scene scene = {.rule = source->source->rule, .subject = *subject};
    struct argot_datum value;
    argot_judge_value(judge, source->source->expr, &scene, &value);
    if (value.null)
        return;
    if (source->present != ARGOT_CONDITIONS_NONE)
        argot_sightings_put(sightings, source->present);
    if (value.list)
        look_at_items(source, &value.slot, sightings);
    else
        look_at_slot(source, &value.slot, value.type, value.large, sightings);
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
look_at_extra(struct argot_view *view, struct argot_judge *judge, const struct argot_subject *subject)
{
    for (uint32_t i = 0; i < subject->event->nextra; i++) {
        struct argot_slice key = subject->event->extra[i].key;
        uint32_t at = argot_view_hash(key.at, key.length) & view->names_mask;
        for (; view->names[at].count; at = (at + 1) & view->names_mask) {
            struct argot_view_name *name = &view->names[at];
            if (name->name.length != key.length || (key.length && memcmp(name->name.at, key.at, key.length) != 0))
                continue;
            for (uint32_t j = 0; name->looked != view->sightings.round && j < name->count; j++)
                look(&view->sources[name->first + j], judge, subject, &view->sightings);
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
        look(&view->sources[i], of->judge, subject, sightings);
    if (view->names)
        look_at_extra(view, of->judge, subject);
    for (uint32_t i = 0; i < view->nquestions; i++)
        if (argot_conditions_hold(of->conditions, view->questions[i].node, subject))
            argot_sightings_put(sightings, view->questions[i].witness);
}

/* ---- calling ---- */

static int
by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void
sort(uint32_t *numbers, uint32_t count)
{
    if (count > FEW) {
        qsort(numbers, count, sizeof *numbers, by_number);
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
    sort(view->called, count);
    view->work += sightings->count + count;
    return count;
}

static bool
takes(const struct argot_view *view, const struct argot_view_of *of, const struct argot_view_entry *entry,
      const struct argot_subject *subject, uint64_t *judged)
{
    for (uint32_t i = 0; i < entry->nguards; i++)
        if (view->clauses[view->numbers[entry->guards + i]].fulfilled != view->sightings.round)
            return false;
    *judged += entry->nconditions > 0;
    for (uint32_t i = 0; i < entry->nconditions; i++)
        if (!argot_conditions_hold(of->conditions, view->numbers[entry->conditions + i], subject))
            return false;
    return true;
}

uint32_t
argot_view_ask(struct argot_view *view, const struct argot_view_of *of, const struct argot_subject *subject,
               uint32_t *taken, uint64_t *judged)
{
    view->asked++;
    look_everywhere(view, of, subject);
    uint32_t ncalled = call(view), count = 0, called = 0, always = 0;
    while (called < ncalled || always < view->nalways) {
        bool next_called = called < ncalled && (always == view->nalways || view->called[called] < view->always[always]);
        const struct argot_view_entry *entry =
            &view->entries[next_called ? view->called[called++] : view->always[always++]];
        if (takes(view, of, entry, subject, judged))
            taken[count++] = entry->listener;
    }
    return count;
}
