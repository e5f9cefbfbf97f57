/* SPDX-License-Identifier: Apache-2.0
 * The keys of the watched rule: a table of those touched last, and copies of the few that came furthest, where each is
 * offered when it leaves the table and all at the end. */
#include "cli/why.h"
#include "correlate/tuple.h"
#include "decode/decode.h"

size_t
argot_why_keys_bytes(const struct argot_why *why)
{
    const struct argot_plan_rule *rule = why->rule;
    size_t behind = rule->window     ? rule->window->naggregates * sizeof(struct argot_why_range)
                    : rule->sequence ? rule->sequence->nstages * sizeof(struct argot_watch_step)
                                     : 0;
    return sizeof(struct argot_why_key) + behind;
}

/* ---- those that came furthest ---- */

static bool
is_better(const struct argot_why *why, const struct argot_why_key *a, const struct argot_why_key *b)
{
    if (a->score != b->score)
        return a->score > b->score;
    if (a->alerts != b->alerts)
        return a->alerts > b->alerts;
    if (a->counted != b->counted)
        return a->counted > b->counted;
    return argot_tuple_compare(argot_table_key(&why->keys, &a->keyed), a->keyed.key_size,
                               argot_table_key(&why->keys, &b->keyed), b->keyed.key_size) < 0;
}

static void
offer(void *context, struct argot_keyed *keyed)
{
    struct argot_why *why = context;
    struct argot_why_key *key = (struct argot_why_key *)keyed;
    size_t size = argot_why_keys_bytes(why) + keyed->key_size;
    uint32_t place = why->ntop;
    while (place > 0 && is_better(why, key, why->top[place - 1]))
        place--;
    if (!key->wanted || place == why->most)
        return;
    struct argot_why_key *copy = argot_slab_take(&why->slab, size);
    if (!copy) {
        why->failed = true;
        return;
    }
    memcpy(copy, key, size);
    if (why->ntop == why->most) {
        struct argot_why_key *last = why->top[--why->ntop];
        argot_slab_give(&why->slab, last, argot_why_keys_bytes(why) + last->keyed.key_size);
    }
    memmove(&why->top[place + 1], &why->top[place], (why->ntop - place) * sizeof(struct argot_why_key *));
    why->top[place] = copy;
    why->ntop++;
}

/* ---- which keys count ---- */

static bool
is_value(struct argot_judge *judge, const struct argot_datum *value, const char *wanted)
{
    size_t length = strlen(wanted);
    uint8_t ip[16];
    if (!value->null && value->type == ARGOT_EXPR_ADDRESS_TYPE && argot_ip_parse((const uint8_t *)wanted, length, ip))
        return !memcmp(ip, value->slot.ip, sizeof ip);
    struct argot_slice text =
        value->null ? (struct argot_slice){(const uint8_t *)"null", 4} : argot_judge_text(judge, value);
    return text.length == length && !memcmp(text.at, wanted, length);
}

static bool
is_wanted(struct argot_why *why, struct argot_judge *judge, const struct argot_why_key *key)
{
    const struct argot_plan_rule *rule = why->rule;
    const uint8_t *at = argot_table_key(&why->keys, &key->keyed);
    struct argot_arena texts;
    bool same = true;
    argot_arena_init(&texts, why->seam, 0);
    for (uint32_t i = 0; why->wanted && same && i < rule->nkeys; i++) {
        struct argot_datum value;
        same = argot_tuple_get(&at, rule->keys[i].type, rule->keys[i].enum_field, &texts, &value);
        why->failed = why->failed || !same;
        same = same && is_value(judge, &value, why->wanted[i]);
    }
    argot_arena_finish(&texts);
    return same;
}

static struct argot_why_key *
get(struct argot_why *why, struct argot_judge *judge, const uint8_t *bytes, size_t size)
{
    struct argot_why_key *key =
        (struct argot_why_key *)argot_table_get(&why->keys, argot_table_hash(&why->keys, bytes, size), bytes, size);
    if (!key) {
        why->failed = true;
        return NULL;
    }
    if (!key->looked) {
        key->looked = true;
        key->wanted = is_wanted(why, judge, key);
        why->nkeys += key->wanted;
    }
    while (why->slab.used_bytes > ARGOT_WHY_MAX_BYTES && why->keys.oldest != &key->keyed)
        argot_table_remove(&why->keys, why->keys.oldest);
    return key;
}

/* The key that the event would have. */
static struct argot_why_key *
make(struct argot_why *why, struct argot_judge *judge, const struct argot_watch_note *note)
{
    struct argot_why_key *key = NULL;
    struct argot_buffer tuple;
    argot_buffer_init(&tuple, why->seam);
    if (argot_tuple_key(&tuple, judge, why->rule, note->event, &note->subject))
        key = get(why, judge, tuple.bytes, tuple.length);
    why->failed = why->failed || tuple.failed;
    argot_buffer_finish(&tuple);
    return key;
}

struct argot_why_key *
argot_why_keys_of(struct argot_why *why, struct argot_judge *judge, const struct argot_watch_note *note)
{
    if (note->kind == ARGOT_WATCH_EVICTED) /* what was forgotten here too need not come back for that */
        return (struct argot_why_key *)argot_table_find(
            &why->keys, argot_table_hash(&why->keys, note->key, note->key_size), note->key, note->key_size);
    if (note->key)
        return get(why, judge, note->key, note->key_size);
    return note->event ? make(why, judge, note) : NULL;
}

/* ---- what became of one ---- */

static struct argot_why_moment
moment_of(const struct argot_watch_note *note)
{
    return (struct argot_why_moment){note->time, note->identity, note->at_hand};
}

void
argot_why_keys_note(struct argot_why_key *key, const struct argot_watch_note *note)
{
    switch (note->kind) {
    case ARGOT_WATCH_COUNTED:
        key->last = moment_of(note);
        if (!key->counted++)
            key->first = key->last;
        break;
    case ARGOT_WATCH_CLEARED:
        key->cleared++;
        key->cleared_at = moment_of(note);
        key->cleared_by = note->event;
        break;
    case ARGOT_WATCH_HIT:
        key->hits++;
        break;
    case ARGOT_WATCH_FIRED:
        key->alerts++;
        break;
    case ARGOT_WATCH_EVICTED:
        key->evicted++;
        break;
    case ARGOT_WATCH_PENDING:
        key->pending = true;
        key->pending_until = note->until;
        break;
    default:
        break;
    }
}

/* ---- begin and end ---- */

bool
argot_why_keys_init(struct argot_why *why)
{
    argot_slab_init(&why->slab, why->seam);
    why->top = argot_arena_zalloc(&why->arena, why->most + 1u, sizeof(struct argot_why_key *));
    if (!why->top || why->seam->random(why->seam, &why->table_key, sizeof why->table_key))
        return false;
    argot_table_init(&why->keys, &why->slab, &why->table_key, argot_why_keys_bytes(why), ARGOT_WHY_MAX_KEYS);
    why->keys.context = why;
    why->keys.drop = offer;
    return true;
}

void
argot_why_keys_end(struct argot_why *why)
{
    while (why->keys.oldest)
        argot_table_remove(&why->keys, why->keys.oldest);
}

void
argot_why_keys_finish(struct argot_why *why)
{
    argot_slab_finish(&why->slab);
}
