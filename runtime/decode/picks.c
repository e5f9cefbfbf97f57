/* SPDX-License-Identifier: Apache-2.0
 * The names that formats ask for as a tree, its edges in one hash table. The keys come from formats, not from logs. */
#include "decode/picks.h"
#include <string.h>

#define FIRST_PICKS 64
#define SLOTS_A_PICK 4

void
argot_picks_init(struct argot_picks *picks, struct argot_arena *arena)
{
    *picks = (struct argot_picks){.arena = arena};
}

static uint32_t
slot_of(const struct argot_picks *picks, uint16_t parent, struct argot_slice key)
{
    uint32_t first = key.length ? key.at[0] : 0, last = key.length ? key.at[key.length - 1] : 0;
    uint32_t middle = key.length ? key.at[key.length / 2] : 0;
    uint32_t hash = (key.length + parent * 0x10001u) * 0x9e3779b1u + (first | last << 8 | middle << 16) * 0x85ebca6bu;
    return (hash ^ hash >> 16) & (picks->slots - 1);
}

/* The slot of the pick, or the free one where it is to be. */
static uint32_t
find(const struct argot_picks *picks, uint16_t parent, struct argot_slice key)
{
    uint32_t slot = slot_of(picks, parent, key);
    for (; picks->table[slot]; slot = (slot + 1) & (picks->slots - 1)) {
        const struct argot_pick *pick = &picks->picks[picks->table[slot]];
        if (pick->parent == parent && pick->key.length == key.length &&
            (!key.length || !memcmp(pick->key.at, key.at, key.length)))
            break;
    }
    return slot;
}

uint16_t
argot_picks_child(const struct argot_picks *picks, uint16_t parent, struct argot_slice key)
{
    return picks->count ? picks->table[find(picks, parent, key)] : 0;
}

static bool
grow(struct argot_picks *picks)
{
    uint32_t capacity = picks->capacity ? picks->capacity * 2 : FIRST_PICKS;
    struct argot_pick *grown = argot_arena_zalloc(picks->arena, capacity, sizeof *grown);
    uint16_t *table = argot_arena_zalloc(picks->arena, (size_t)capacity * SLOTS_A_PICK, sizeof *table);
    if (!grown || !table || capacity > ARGOT_PICKS_MAX)
        return false;
    if (picks->count)
        memcpy(grown, picks->picks, picks->count * sizeof *grown);
    picks->picks = grown;
    picks->capacity = capacity;
    picks->table = table;
    picks->slots = capacity * SLOTS_A_PICK;
    for (uint32_t i = 1; i < picks->count; i++)
        table[find(picks, grown[i].parent, grown[i].key)] = (uint16_t)i;
    if (!picks->count)
        picks->count = 1; /* the record */
    return true;
}

argot_picks_formats
argot_picks_format(struct argot_picks *picks, bool keeps)
{
    argot_picks_formats format = (argot_picks_formats)1 << picks->nformats++ % 64;
    picks->keepers |= keeps ? format : 0;
    return format;
}

static uint16_t
enter(struct argot_picks *picks, uint16_t parent, struct argot_slice key)
{
    uint16_t known = argot_picks_child(picks, parent, key);
    if (known)
        return known;
    if (picks->count == picks->capacity && !grow(picks)) {
        picks->unusable = true;
        return 0;
    }
    uint16_t pick = (uint16_t)picks->count++;
    picks->picks[pick] = (struct argot_pick){.key = key, .parent = parent};
    picks->table[find(picks, parent, key)] = pick;
    return pick;
}

uint16_t
argot_picks_add(struct argot_picks *picks, const struct argot_path *path, argot_picks_formats format)
{
    uint16_t pick = 0;
    if (!picks->count && !grow(picks))
        picks->unusable = true;
    for (uint16_t i = 0; i < path->count && !picks->unusable; i++) {
        if (path->steps[i].kind != ARGOT_STEP_KEY) {
            picks->picks[pick].deep |= format;
            return 0;
        }
        uint16_t parent = pick;
        pick = enter(picks, parent, path->steps[i].key);
        picks->picks[parent].inner |= format;
    }
    if (picks->unusable)
        return 0;
    picks->picks[pick].leaf |= format;
    return pick;
}
