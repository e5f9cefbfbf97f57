/* SPDX-License-Identifier: Apache-2.0
 * One format over one text, and what is inside it: formats are tried in their order, the first that fits settles the
 * record. Every level starts from what is around it alone, so an attempt that failed leaves nothing behind. */
#include "normalize/lexer.h"
#include <string.h>

enum match {
    MATCH_NO,
    MATCH_YES,       /* the level is filled */
    MATCH_UNMATCHED, /* the format is right, but no message fits */
    MATCH_SKIP,
};

/* ---- levels ---- */

/* The innermost time that the levels give up to this one completes times further in. */
static inline void
note_outer_time(struct argot_worker *w, const struct argot_level *level)
{
    while (!(w->decode.has_outer_time = argot_level_time(level, &w->decode.outer_time)) && level > w->levels)
        level--;
}

static inline void
begin_level(struct argot_worker *w, struct argot_level *level, const struct argot_bound *bound)
{
    level->bound = bound;
    level->message = bound->normalizer->nmessages;
    level->text = level->input;
    level->present = (struct argot_bound_bits){{0}};
    level->record = NULL;
    level->flat_taken = false;
    level->odd = (struct argot_odd){0};
    level->ncases = level->nrests = 0;
    level->overwriting = false;
    w->nextra = level->extra_begin;
    level->extra_distinct = UINT32_MAX;
    w->limited = level > w->levels && level[-1].limited;
    if (level == w->levels)
        level->slots = argot_pack_room(w, bound->normalizer->ndests);
}

/* The short path for a number of the format. False: the long one must be taken. */
static inline bool
derive_range(struct argot_level *level, const struct argot_bound_derive *derive)
{
    if (!derive->ranges || !argot_bound_bit(&level->present, derive->number))
        return false;
    uint64_t number = level->slots[derive->number].u64;
    if (number > INT64_MAX)
        return false;
    unsigned range = 0;
    if (number < derive->nsmall)
        range = derive->small[number];
    else if (!derive->nsmall)
        range = argot_bound_range(derive->derive, (int64_t)number);
    if (range) {
        level->slots[derive->dest] = derive->ranges[range - 1];
        argot_bound_bit_set(&level->present, derive->dest);
    }
    return true;
}

static inline void
derive_all(struct argot_worker *w, struct argot_level *level, const struct argot_bound_derive *derives, uint16_t count)
{
    for (const struct argot_bound_derive *end = derives + count; derives < end; derives++)
        if (!derive_range(level, derives))
            argot_case_derive(w, level->depth, derives);
}

/* Constants that must lie in the level, cases, and records of whose members something is left. */
static __attribute__((noinline)) void
finish_in_steps(struct argot_worker *w, struct argot_level *level, const struct argot_bound_message *message)
{
    if (message->steps)
        argot_case_choose(w, level->depth);
    derive_all(w, level, message->derives, message->nderives);
    for (unsigned i = 0; i < level->ncases; i++)
        derive_all(w, level, level->cases[i]->derives, level->cases[i]->source->nderives);
    if (level->nrests)
        argot_rest_take(w, level->depth);
}

static inline void
finish_level(struct argot_worker *w, struct argot_level *level, const struct argot_bound_message *message)
{
    if (message->steps || level->nrests)
        finish_in_steps(w, level, message);
    else
        derive_all(w, level, message->derives, message->nderives);
    level->limited = w->limited;
}

/* What the level hands on: the text of its `message`. */
static inline struct argot_slice
handed_on(const struct argot_level *level)
{
    uint16_t dest = level->bound->normalizer->message;
    if (dest == ARGOT_NONE || !argot_bound_bit(&level->present, dest))
        return (struct argot_slice){level->input.at + level->input.length, 0};
    const struct argot_slot *slot = &level->slots[dest];
    return argot_lexer_trim((struct argot_slice){slot->text.at, slot->text.length});
}

/* ---- one format ---- */

/* What comes of the message that the body's lexer found, or did not. */
static enum match
note_message(struct argot_level *level, int message)
{
    if (message < 0)
        return MATCH_UNMATCHED;
    level->message = (uint16_t)message;
    return level->bound->messages[message].skip ? MATCH_SKIP : MATCH_YES;
}

/* The messages read what the head or the record hands on, and use it up. */
static enum match
match_messages(struct argot_worker *w, unsigned depth)
{
    struct argot_level *level = &w->levels[depth];
    uint16_t dest = level->bound->normalizer->message;
    level->text = handed_on(level);
    if (dest != ARGOT_NONE)
        argot_bound_bit_clear(&level->present, dest);
    return note_message(level, argot_lexer_body(w, depth, level->bound->normalizer->body, level->text));
}

static enum match
match_line(struct argot_worker *w, unsigned depth)
{
    struct argot_level *level = &w->levels[depth];
    const struct argot_normalizer *n = level->bound->normalizer;
    if (n->head)
        return argot_lexer_head(w, depth, n->head, level->input) < 0 ? MATCH_NO : match_messages(w, depth);
    enum match match = note_message(level, argot_lexer_body(w, depth, n->body, level->input));
    return match == MATCH_UNMATCHED ? MATCH_NO : match;
}

struct argot_record *
argot_match_json(struct argot_worker *w, unsigned depth)
{
    struct argot_level *level = &w->levels[depth];
    if (!level->json_tried) {
        level->json_tried = true;
        level->json_status = argot_record_pick(&w->decode, &level->picked, level->input, &level->json)
                                 ? ARGOT_DECODED
                                 : argot_record_json(&w->decode, level->input, &level->json);
    } else if (level->json_status == ARGOT_DECODED) {
        for (uint32_t i = 0; i < level->json.count; i++)
            level->json.nodes[i].used = false;
    }
    w->failed |= level->json_status == ARGOT_DECODE_NO_MEMORY;
    return level->json_status == ARGOT_DECODED ? &level->json : NULL;
}

static struct argot_record *
read_input(struct argot_worker *w, unsigned depth)
{
    struct argot_level *level = &w->levels[depth];
    const struct argot_normalizer *n = level->bound->normalizer;
    if (n->kind == ARGOT_KIND_JSON) {
        struct argot_record *json = argot_match_json(w, depth);
        if (!json)
            argot_lexer_far(w, level->input, level->json.offset, n->name, level->json.expected);
        return json;
    }
    enum argot_decode_status status = argot_block_read(w, depth, level->bound->blocks, level->input, &level->other);
    w->failed |= status == ARGOT_DECODE_NO_MEMORY;
    level->flat_taken = true;
    if (status == ARGOT_DECODED)
        return &level->other;
    argot_lexer_far(w, level->input, level->other.offset, n->name, level->other.expected);
    return NULL;
}

static enum match
take_record(struct argot_worker *w, unsigned depth, struct argot_record *record)
{
    struct argot_level *level = &w->levels[depth];
    const struct argot_normalizer *n = level->bound->normalizer;
    level->record = record;
    if (!argot_case_holds(w, depth, &level->bound->detect))
        return MATCH_NO;
    argot_block_take(w, depth, level->bound->blocks, record, 0);
    if (n->body)
        return match_messages(w, depth);
    level->message = 0;
    return n->messages[0].skip ? MATCH_SKIP : MATCH_YES;
}

/* ---- the end of a record's way ---- */

static __attribute__((noinline)) void
append_unmatched(struct argot_worker *w, unsigned depth)
{
    const struct argot_normalizer *n = w->levels[depth].bound->normalizer;
    if (n->unmatched == ARGOT_UNMATCHED_DEAD_LETTER || w->settings.refuse_unmatched) {
        struct argot_letter letter = {.format = n->name, .offset = w->far.offset, .expected = w->far.expected};
        w->far_told = true;
        argot_pack_letter(w, ARGOT_LETTER_UNMATCHED, &letter);
        return;
    }
    argot_pack_event(w, depth);
    w->counts.unmatched++;
}

static void
append(struct argot_worker *w, unsigned depth, enum match match)
{
    if (match == MATCH_SKIP) {
        argot_pack_skipped(w);
        return;
    }
    struct argot_level *level = &w->levels[depth];
    finish_level(w, level, &level->bound->messages[level->message]);
    if (match == MATCH_UNMATCHED)
        append_unmatched(w, depth);
    else
        argot_pack_event(w, depth);
}

/* ---- several events of one record ---- */

/* The list, or 0 where there is none or nothing in it. */
static uint32_t
list_to_split(const struct argot_record *record, const struct argot_path *split)
{
    uint32_t list = split ? argot_record_find(record, split, 0, false) : 0;
    return list && record->nodes[list].kind == ARGOT_NODE_ARRAY && record->nodes[list].end > list + 1 ? list : 0;
}

/* Lets the subtree at `at` count from 0, as a record of its own does. Gives the number of duplicates in it. */
static uint64_t
cut_out(struct argot_node *nodes, uint32_t at)
{
    uint32_t count = nodes[at].end - at;
    uint64_t duplicates = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct argot_node *node = &nodes[at + i];
        node->end -= at;
        node->parent = (uint16_t)(node->parent - at);
        node->used = false;
        duplicates += i && node->duplicate;
    }
    nodes[at].key_at = NULL;
    nodes[at].key_length = nodes[at].parent = 0;
    return duplicates;
}

/* Undoes that: other formats read the same tree. */
static void
put_back(struct argot_node *nodes, uint32_t at, const struct argot_node *root)
{
    uint32_t count = root->end - at;
    for (uint32_t i = 0; i < count; i++) {
        nodes[at + i].end += at;
        nodes[at + i].parent = (uint16_t)(nodes[at + i].parent + at);
    }
    nodes[at] = *root;
}

/* One member of the list as a record of its own, in place: a hostile list has ten thousand. */
static enum match
match_member(struct argot_worker *w, unsigned depth, const struct argot_record *list, uint32_t at)
{
    struct argot_level *level = &w->levels[depth];
    struct argot_node root = list->nodes[at];
    if (root.kind != ARGOT_NODE_OBJECT)
        return MATCH_NO;
    uint64_t duplicates = cut_out(list->nodes, at);
    uint32_t count = root.end - at;
    level->other =
        (struct argot_record){.nodes = &list->nodes[at], .count = count, .capacity = count, .duplicates = duplicates};
    argot_record_name_all(&level->other);
    begin_level(w, level, level->bound);
    enum match match = take_record(w, depth, &level->other);
    if (match != MATCH_NO)
        append(w, depth, match);
    put_back(list->nodes, at, &root);
    return match;
}

static bool
has_too_many(const struct argot_record *record, uint32_t list)
{
    uint32_t count = 0;
    for (uint32_t at = list + 1; at < record->nodes[list].end; at = record->nodes[at].end)
        count++;
    return count > ARGOT_WORKER_MAX_PARTS;
}

/* All members, or none: where one is not the format's the record is not, and where one becomes a letter all do. The
 * first tells whose a record with too many is. */
static bool
match_members(struct argot_worker *w, unsigned depth, const struct argot_record *record, uint32_t list)
{
    struct argot_batch *batch = w->batch;
    size_t begin = batch->count;
    struct argot_counts counts = w->counts;
    bool too_many = has_too_many(record, list);
    for (uint32_t at = list + 1; at < record->nodes[list].end && !w->failed; at = record->nodes[at].end) {
        bool fits = match_member(w, depth, record, at) != MATCH_NO;
        const struct argot_result *last = fits && batch->count ? &batch->results[batch->count - 1] : NULL;
        if (last && last->outcome != ARGOT_LETTER && !too_many)
            continue;
        batch->count = begin;
        w->counts = counts;
        w->parts = 0;
        if (!last)
            return false;
        struct argot_letter limit = {.format = w->levels[depth].bound->normalizer->name};
        const struct argot_letter *letter = last->outcome == ARGOT_LETTER ? last->letter : &limit;
        argot_pack_letter(w, letter == &limit ? ARGOT_LETTER_LIMIT : letter->reason, letter);
        return true;
    }
    return true;
}

/* ---- formats inside formats ---- */

/* What the envelope gives as the key's text; at NULL where it has none. */
static inline struct argot_slice
key_text(const struct argot_level *level)
{
    uint16_t key = level->bound->choice.key;
    if (key == ARGOT_NONE || !argot_bound_bit(&level->present, key))
        return (struct argot_slice){NULL, 0};
    return (struct argot_slice){level->slots[key].text.at, level->slots[key].text.length};
}

/* Takes from a set, `word` of its words, those without a condition whose records do not begin as the text does. */
static __attribute__((noinline)) uint64_t
that_may_begin(struct argot_worker *w, const struct argot_bound_choice *choice, uint32_t word, uint64_t set,
               struct argot_slice text)
{
    unsigned places = w->exploring ? 1 : ARGOT_BEGIN_BYTES;
    uint64_t first = 0;
    places = text.length < places ? text.length : places;
    for (unsigned place = 0; place < places && set & ~choice->asked[word]; place++) {
        set &= choice->begin[(size_t)(place * 256 + text.at[place]) * choice->nwords + word];
        if (!place)
            first = set;
    }
    w->ruled_out |= (first & ~set) != 0;
    return set;
}

/* Those that may stand inside the envelope, `word` of their words. */
static inline uint64_t
on_the_way(const struct argot_worker *w, const struct argot_level *level, enum argot_way way, uint32_t word)
{
    const struct argot_bound *bound = level->bound;
    unsigned next = level->depth + 1;
    if (way == ARGOT_WAY_ANY)
        return bound->choice.all[word];
    if (way == ARGOT_WAY_TO_ONE)
        return w->children[bound->choice.at + word];
    uint64_t set = 0;
    for (uint32_t i = word * 64; next < w->nforced && i < bound->nchildren && i / 64 == word; i++)
        set |= (uint64_t)(bound->children[i].bound == w->forced[next]) << i % 64;
    return set;
}

/* The next of those that can be concerned becomes the one at hand. False: there is none. */
static inline bool
next_child(struct argot_worker *w, const struct argot_level *level)
{
    const struct argot_bound_choice *choice = &level->bound->choice;
    struct argot_children *inside = &w->inside;
    for (;;) {
        uint64_t left = inside->left;
        while (!left) {
            uint32_t word = inside->word;
            if (word == choice->nwords)
                return false;
            inside->word = word + 1;
            left = on_the_way(w, level, inside->way, word);
            if (inside->by_key)
                left &= inside->by_key[word];
            if (left & ~choice->asked[word])
                left = that_may_begin(w, choice, word, left, level[1].input);
        }
        uint32_t number = (inside->word - 1) * 64 + (unsigned)__builtin_ctzll(left);
        inside->left = left & (left - 1);
        inside->child = &level->bound->children[number];
        if ((inside->by_key && choice->settled[number / 64] >> number % 64 & 1) ||
            argot_case_holds(w, level->depth, &inside->child->when))
            return true;
    }
}

static __attribute__((noinline)) const uint64_t *
look_up(struct argot_children *inside, const struct argot_bound *bound, struct argot_slice key, uint64_t word)
{
    if (!key.at || !bound->nchildren)
        return NULL;
    inside->known = key.length > 8 ? NULL : bound; /* longer texts are not told apart by a word */
    inside->known_word = word;
    inside->known_length = key.length;
    return inside->known_children = argot_inside_by_key(&bound->choice, key);
}

/* Those that the key's text may concern; NULL: all are asked. */
static inline const uint64_t *
by_key(struct argot_children *inside, const struct argot_level *level)
{
    struct argot_slice key = key_text(level);
    uint64_t word = argot_inside_word(key);
    if (inside->known == level->bound && inside->known_word == word && inside->known_length == key.length && key.at)
        return inside->known_children;
    return look_up(inside, level->bound, key, word);
}

/* Some senders put a second blank before what a program said, and no format begins with one. */
static struct argot_slice
without_blanks(struct argot_slice text)
{
    while (text.length && (*text.at == ' ' || *text.at == '\t')) {
        text.at++;
        text.length--;
    }
    return text;
}

/* What the envelope hands on is what the formats inside it are tried on. */
static inline void
enter(struct argot_worker *w, struct argot_level *level)
{
    const struct argot_bound *bound = level->bound;
    struct argot_children *inside = &w->inside;
    struct argot_slice text = without_blanks(handed_on(level));
    argot_match_open(level + 1, text, w->nextra);
    note_outer_time(w, level);
    if (inside->way == ARGOT_WAY_TO_ONE && bound == w->meant)
        inside->way = ARGOT_WAY_ANY; /* an envelope was named: all that is inside it */
    inside->by_key = by_key(inside, level);
    inside->refused = NULL;
    inside->left = 0;
    inside->word = text.length ? 0 : bound->choice.nwords;
}

/* What no format inside the envelope reads: the first whose condition told that the text is its own keeps it unmatched,
 * else the envelope does. */
static __attribute__((noinline)) bool
keep(struct argot_worker *w, struct argot_level *level)
{
    const struct argot_bound *refused = w->inside.refused;
    struct argot_slice whole = handed_on(level);
    if (refused) {
        level[1].input = whole;
        begin_level(w, level + 1, refused);
        append(w, level->depth + 1, MATCH_UNMATCHED);
        return true;
    }
    w->nextra = level[1].extra_begin;
    w->limited = level->limited;
    uint16_t dest = level->bound->normalizer->message;
    if (dest != ARGOT_NONE && argot_bound_bit(&level->present, dest)) {
        level->slots[dest].text.at = whole.at;
        level->slots[dest].text.length = whole.length;
        if (!whole.length)
            argot_bound_bit_clear(&level->present, dest);
    }
    append_unmatched(w, level->depth);
    return true;
}

bool
argot_match_is_skipped(const struct argot_normalizer *normalizer, struct argot_slice text)
{
    for (uint16_t i = 0; i < normalizer->nskips; i++)
        if (argot_case_glob(&normalizer->skips[i], text))
            return true;
    return false;
}

/* Lines that the format declares to be none. */
static __attribute__((noinline)) bool
skips(struct argot_worker *w, const struct argot_bound *bound, struct argot_slice text)
{
    if (bound != w->meant || !argot_match_is_skipped(bound->normalizer, text))
        return false;
    argot_pack_skipped(w);
    return true;
}

/* The same of a format whose lines are records. True in *settled: nothing is to be done. */
static __attribute__((noinline)) enum match
match_record(struct argot_worker *w, unsigned depth, bool *settled)
{
    const struct argot_normalizer *n = w->levels[depth].bound->normalizer;
    struct argot_record *record = read_input(w, depth);
    uint32_t list = record ? list_to_split(record, n->record->split) : 0;
    *settled = list && match_members(w, depth, record, list);
    return record && !list ? take_record(w, depth, record) : MATCH_NO;
}

/* A format on the level's input, where more is to be seen to than what its body reads. *settled: nothing is to be done.
 */
static __attribute__((noinline)) enum match
match_otherwise(struct argot_worker *w, unsigned depth, bool *settled)
{
    const struct argot_bound *bound = w->levels[depth].bound;
    *settled = bound->normalizer->nskips && skips(w, bound, w->levels[depth].input);
    if (*settled)
        return MATCH_SKIP;
    return bound->normalizer->kind == ARGOT_KIND_LINE ? match_line(w, depth) : match_record(w, depth, settled);
}

/* The same of any format. */
static inline __attribute__((always_inline)) enum match
match_level(struct argot_worker *w, struct argot_level *level, const struct argot_bound *bound, bool *settled)
{
    begin_level(w, level, bound);
    if (!bound->plain)
        return match_otherwise(w, level->depth, settled);
    int message = argot_lexer_run(w, level, bound->normalizer->body, level->input, 0, false);
    if (message < 0)
        return MATCH_NO;
    level->message = (uint16_t)message;
    return bound->messages[message].skip ? MATCH_SKIP : MATCH_YES;
}

bool
argot_match_format(struct argot_worker *w, const struct argot_bound *bound)
{
    struct argot_level *level = w->levels;
    w->inside.way = w->way_on;
    for (;; bound = w->inside.child->bound) {
        bool settled = false;
        enum match match = match_level(w, level, bound, &settled);
        if (settled)
            return true;
        if (match == MATCH_YES && !w->failed) {
            finish_level(w, level, &level->bound->messages[level->message]);
            if (!level->bound->normalizer->envelope || level->depth + 1 == ARGOT_BOUND_MAX_DEPTH) {
                argot_pack_event(w, level->depth);
                return true;
            }
            enter(w, level);
            level++;
        } else if (match != MATCH_NO && !w->failed) {
            append(w, level->depth, match);
            return true;
        } else if (level == w->levels) {
            return false;
        } else if (w->inside.child->when.count && !w->inside.refused) {
            w->inside.refused = level->bound;
        }
        if (!next_child(w, level - 1))
            return keep(w, level - 1);
    }
}
