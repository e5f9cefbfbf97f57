/* SPDX-License-Identifier: Apache-2.0
 * Puts together what an alert tells of its causes, within bounds. */
#include "correlate/tell.h"

static bool
is_same(struct argot_identity a, struct argot_identity b)
{
    return a.source == b.source && a.part == b.part && a.record == b.record;
}

static struct argot_slice
raw_of(struct argot_tell *tell, const struct argot_kept *kept)
{
    struct argot_identity identity = {kept->source, kept->part, kept->record};
    struct argot_slice raw = {0};
    if (tell->at_hand && is_same(identity, tell->at_hand_identity))
        return tell->at_hand->raw;
    if (tell->options->raw)
        raw = tell->options->raw(tell->options->context, identity, kept->place);
    if (!raw.at || raw.length > tell->raw_left)
        return (struct argot_slice){0};
    tell->raw_left -= raw.length;
    raw.at = (const uint8_t *)argot_arena_copy(tell->arena, (const char *)raw.at, raw.length);
    return raw;
}

/* The alert with its causes, as whoever is told sees it; alerts among them to a depth. NULL without memory. */
// NOLINTNEXTLINE(misc-no-recursion)
static const struct argot_alert *
with_causes(struct argot_tell *tell, const struct argot_held *held, unsigned depth)
{
    struct argot_arena *arena = tell->arena;
    struct argot_alert *alert = argot_arena_alloc(arena, sizeof *alert);
    uint32_t count = held->nkept < tell->causes_left ? held->nkept : tell->causes_left;
    struct argot_cause *causes = argot_arena_zalloc(arena, count + 1, sizeof *causes);
    if (!alert || !causes)
        return NULL;
    *alert = *held->subject.alert;
    alert->causes = causes;
    alert->ncauses = depth ? count : 0;
    tell->causes_left -= alert->ncauses;
    for (uint32_t i = 0; i < alert->ncauses; i++) {
        const struct argot_kept *kept = &held->kept[held->nkept - count + i];
        causes[i] = (struct argot_cause){.time = kept->time, .identity = {kept->source, kept->part, kept->record}};
        if (kept->format != ARGOT_HELD_ALERT) {
            causes[i].format = tell->formats->names[kept->format - 1];
            causes[i].raw = raw_of(tell, kept);
        } else if (!(causes[i].alert = with_causes(tell, kept->held, depth - 1))) {
            return NULL;
        }
    }
    return alert;
}

bool
argot_tell(struct argot_tell *tell, const struct argot_held *held)
{
    tell->causes_left = ARGOT_ENGINE_MAX_CAUSES;
    tell->raw_left = ARGOT_ENGINE_MAX_RAW_BYTES;
    const struct argot_alert *alert = with_causes(tell, held, ARGOT_ENGINE_MAX_NESTING);
    if (!alert)
        return false;
    tell->options->alert(tell->options->context, alert);
    return true;
}
