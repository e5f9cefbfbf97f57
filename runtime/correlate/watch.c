/* SPDX-License-Identifier: Apache-2.0
 * What is the same in all notes is filled in here: the key, the event at hand, the way to its raw line. */
#include "correlate/watch.h"
#include "correlate/rule.h"

/* Told of a key that has no state: it lies where it was made. */
static bool
is_made(enum argot_watch_kind kind)
{
    return kind == ARGOT_WATCH_UNKNOWN || kind == ARGOT_WATCH_COUNTED || kind == ARGOT_WATCH_FIRED;
}

void
argot_rule_watch(struct argot_rule *rule, const struct argot_keyed *keyed, const struct argot_arrival *arrival,
                 struct argot_watch_note note)
{
    if (keyed) {
        note.key = argot_table_key(&rule->table, keyed);
        note.key_size = keyed->key_size;
    } else if (is_made(note.kind)) {
        note.key = rule->core->tuple.bytes ? rule->core->tuple.bytes : (const uint8_t *)"";
        note.key_size = (uint32_t)rule->core->tuple.length;
    }
    if (arrival) {
        const struct argot_kept *kept = &arrival->kept;
        note.at_hand = true;
        note.time = kept->time;
        note.identity = (struct argot_identity){kept->source, kept->part, kept->record};
        note.place = kept->place;
        note.subject = arrival->subject;
    }
    note.raw = rule->core->options->raw;
    note.raw_context = rule->core->options->context;
    rule->watch->note(rule->watch->context, rule->core->judge, &note);
}
