/* SPDX-License-Identifier: Apache-2.0
 * One format over one text, and what is inside it: formats are tried in their order, the first that fits settles the
 * record. Every level starts from what is around it alone, so an attempt that failed leaves nothing behind. */
#include "normalize/worker.h"
#include <string.h>

enum match {
    MATCH_NO,
    MATCH_YES,       /* the level is filled */
    MATCH_UNMATCHED, /* the format is right, but no message fits */
    MATCH_SKIP,
};

/* Which formats may stand inside the one at hand. */
struct way {
    enum { WAY_ANY, WAY_TO_ONE, WAY_CHAIN } kind;
    unsigned next; /* WAY_CHAIN: the position in the worker's list */
};

/* ---- levels ---- */

static inline void
open_level(struct argot_worker *w, unsigned depth, struct argot_slice input)
{
    struct argot_level *level = &w->levels[depth];
    level->input = input;
    level->json_tried = false;
    level->extra_begin = w->nextra;
    w->decode.has_outer_time = false;
    for (unsigned d = depth; d-- > 0 && !w->decode.has_outer_time;)
        w->decode.has_outer_time = argot_level_time(&w->levels[d], &w->decode.outer_time);
}

static inline struct argot_level *
begin_level(struct argot_worker *w, unsigned depth, const struct argot_bound *bound)
{
    struct argot_level *level = &w->levels[depth];
    level->bound = bound;
    level->message = bound->normalizer->nmessages;
    level->text = level->input;
    level->slots = depth ? level->room : argot_pack_room(w, bound->normalizer->ndests);
    level->present = (struct argot_bound_bits){{0}};
    level->record = NULL;
    level->flat_taken = false;
    level->odd = (struct argot_odd){0};
    level->ncases = level->nrests = 0;
    level->overwriting = false;
    w->nextra = level->extra_begin;
    level->extra_distinct = UINT32_MAX;
    w->limited = depth > 0 && w->levels[depth - 1].limited;
    return level;
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
derive_all(struct argot_worker *w, unsigned depth, const struct argot_bound_derive *derives, uint16_t count)
{
    struct argot_level *level = &w->levels[depth];
    for (const struct argot_bound_derive *end = derives + count; derives < end; derives++)
        if (!derive_range(level, derives))
            argot_case_derive(w, depth, derives);
}

/* Constants that must lie in the level, cases, and records of whose members something is left. */
static __attribute__((noinline)) void
finish_in_steps(struct argot_worker *w, unsigned depth, const struct argot_bound_message *message)
{
    struct argot_level *level = &w->levels[depth];
    if (message->steps)
        argot_case_choose(w, depth);
    derive_all(w, depth, message->derives, message->nderives);
    for (unsigned i = 0; i < level->ncases; i++)
        derive_all(w, depth, level->cases[i]->derives, level->cases[i]->source->nderives);
    if (level->nrests)
        argot_rest_take(w, depth);
}

static inline __attribute__((always_inline)) void
finish_level(struct argot_worker *w, unsigned depth)
{
    struct argot_level *level = &w->levels[depth];
    const struct argot_bound_message *message = &level->bound->messages[level->message];
    if (message->steps || level->nrests)
        finish_in_steps(w, depth, message);
    else
        derive_all(w, depth, message->derives, message->nderives);
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

static inline enum match
match_body(struct argot_worker *w, unsigned depth)
{
    struct argot_level *level = &w->levels[depth];
    const struct argot_normalizer *n = level->bound->normalizer;
    int message = argot_lexer_body(w, depth, n->body, level->text);
    if (message < 0)
        return MATCH_UNMATCHED;
    level->message = (uint16_t)message;
    return n->messages[message].skip ? MATCH_SKIP : MATCH_YES;
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
    return match_body(w, depth);
}

static inline enum match
match_line(struct argot_worker *w, unsigned depth)
{
    struct argot_level *level = &w->levels[depth];
    const struct argot_normalizer *n = level->bound->normalizer;
    if (n->head)
        return argot_lexer_head(w, depth, n->head, level->input) < 0 ? MATCH_NO : match_messages(w, depth);
    enum match match = match_body(w, depth);
    return match == MATCH_UNMATCHED ? MATCH_NO : match;
}

/* The level's input as JSON, read once for all the formats that are tried on it. */
static struct argot_record *
json_of(struct argot_worker *w, unsigned depth)
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
        struct argot_record *json = json_of(w, depth);
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

static inline __attribute__((always_inline)) void
append(struct argot_worker *w, unsigned depth, enum match match)
{
    if (match == MATCH_SKIP) {
        argot_pack_skipped(w);
        return;
    }
    finish_level(w, depth);
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
    begin_level(w, depth, level->bound);
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

static bool match_inside(struct argot_worker *w, unsigned depth, const struct argot_bound *bound, struct way way);

static const struct argot_bound *
meant(const struct argot_worker *w)
{
    return w->nforced ? w->forced[w->nforced - 1] : NULL;
}

/* The way on for what stands inside `bound`. */
static struct way
way_inside(const struct argot_worker *w, const struct argot_bound *bound, struct way way)
{
    if (way.kind == WAY_TO_ONE && bound == meant(w))
        way.kind = WAY_ANY; /* an envelope was named: all that is inside it */
    return way;
}

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
static inline uint64_t
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

/* How far the formats inside an envelope were tried. */
struct inside {
    struct way way, on;     /* to them, and from them on */
    const uint64_t *by_key; /* NULL: all are asked */
    const struct argot_bound *refused;
};

/* Those that may stand inside the envelope, `word` of their words. */
static inline uint64_t
on_the_way(const struct argot_worker *w, const struct argot_bound *bound, struct way way, uint32_t word)
{
    if (way.kind == WAY_ANY)
        return bound->choice.all[word];
    if (way.kind == WAY_TO_ONE)
        return w->children[bound->choice.at + word];
    uint64_t set = 0;
    for (uint32_t i = word * 64; way.next < w->nforced && i < bound->nchildren && i / 64 == word; i++)
        set |= (uint64_t)(bound->children[i].bound == w->forced[way.next]) << i % 64;
    return set;
}

/* True: the child settled the record. */
static inline bool
try_child(struct argot_worker *w, unsigned depth, struct inside *inside, uint32_t number)
{
    const struct argot_bound *bound = w->levels[depth].bound;
    const struct argot_bound_child *child = &bound->children[number];
    bool settled = inside->by_key && bound->choice.settled[number / 64] >> number % 64 & 1;
    if (!settled && !argot_case_holds(w, depth, &child->when))
        return false;
    if (match_inside(w, depth + 1, child->bound, inside->on))
        return true;
    if (child->when.count && !inside->refused)
        inside->refused = child->bound;
    return false;
}

static inline bool
try_children(struct argot_worker *w, unsigned depth, struct inside *inside, struct argot_slice text)
{
    const struct argot_bound *bound = w->levels[depth].bound;
    for (uint32_t word = 0; word < bound->choice.nwords; word++) {
        uint64_t set = on_the_way(w, bound, inside->way, word);
        if (inside->by_key)
            set &= inside->by_key[word];
        for (set = that_may_begin(w, &bound->choice, word, set, text); set; set &= set - 1)
            if (try_child(w, depth, inside, word * 64 + (unsigned)__builtin_ctzll(set)))
                return true;
    }
    return false;
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

/* The first child that fits settles the record. Else the first whose condition told that the text is its own keeps it
 * unmatched, else the envelope does. */
static __attribute__((noinline)) void
unwrap(struct argot_worker *w, unsigned depth, struct way way)
{
    struct argot_level *level = &w->levels[depth];
    const struct argot_bound *bound = level->bound;
    struct argot_slice whole = handed_on(level), text = without_blanks(whole), key = key_text(level);
    uint32_t nextra = w->nextra;
    struct inside inside = {.way = way_inside(w, bound, way)};
    inside.on = (struct way){inside.way.kind, inside.way.next + 1};
    inside.by_key = key.at && bound->nchildren ? argot_inside_by_key(&bound->choice, key) : NULL;
    open_level(w, depth + 1, text);
    if (text.length && bound->nchildren && try_children(w, depth, &inside, text))
        return;
    if (inside.refused) {
        w->levels[depth + 1].input = whole;
        begin_level(w, depth + 1, inside.refused);
        append(w, depth + 1, MATCH_UNMATCHED);
        return;
    }
    w->nextra = nextra;
    w->limited = level->limited;
    uint16_t dest = bound->normalizer->message;
    if (dest != ARGOT_NONE && argot_bound_bit(&level->present, dest)) {
        level->slots[dest].text.at = whole.at;
        level->slots[dest].text.length = whole.length;
        if (!whole.length)
            argot_bound_bit_clear(&level->present, dest);
    }
    append_unmatched(w, depth);
}

static bool
is_skipped(const struct argot_normalizer *n, struct argot_slice text)
{
    for (uint16_t i = 0; i < n->nskips; i++)
        if (argot_case_glob(&n->skips[i], text))
            return true;
    return false;
}

/* Lines that the format declares to be none. */
static __attribute__((noinline)) bool
skips(struct argot_worker *w, const struct argot_bound *bound, struct argot_slice text)
{
    if (bound != meant(w) || !is_skipped(bound->normalizer, text))
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

/* Tries a format on the level's input. True: the record is settled. */
static inline __attribute__((always_inline)) bool
match_format(struct argot_worker *w, unsigned depth, const struct argot_bound *bound, struct way way)
{
    const struct argot_normalizer *n = bound->normalizer;
    struct argot_level *level = begin_level(w, depth, bound);
    enum match match;
    if (n->nskips && skips(w, bound, level->input))
        return true;
    if (n->kind == ARGOT_KIND_LINE) {
        match = match_line(w, depth);
    } else {
        bool settled;
        match = match_record(w, depth, &settled);
        if (settled)
            return true;
    }
    if (match == MATCH_NO || w->failed)
        return false;
    if (match != MATCH_YES || !n->envelope || depth + 1 == ARGOT_BOUND_MAX_DEPTH) {
        append(w, depth, match);
        return true;
    }
    finish_level(w, depth);
    unwrap(w, depth, way);
    return true;
}

static __attribute__((noinline)) bool
match_inside(struct argot_worker *w, unsigned depth, const struct argot_bound *bound, struct way way)
{
    return match_format(w, depth, bound, way);
}

/* ---- the record ---- */

/* `turn`: the format's place among those that are tried. A format that did not fit, and of which nothing was ruled out
 * unread, is not tried again to see how far the record gets in it. */
static inline __attribute__((always_inline)) bool
try_format(struct argot_worker *w, const struct argot_bound *bound, struct way way, uint32_t turn)
{
    if (w->exploring && w->tried[bound->index] == w->nth)
        return false;
    struct argot_far far = w->far;
    w->turn = turn;
    w->ruled_out = false;
    bool settled = match_format(w, 0, bound, way);
    if (w->exploring || (settled && !w->far_told))
        return settled;
    if (settled || w->ruled_out)
        w->far = far;
    else
        w->tried[bound->index] = w->nth;
    return settled;
}

/* What a record begins with rules most formats out. How far a text got is told by all that its first byte allows. */
static __attribute__((noinline)) bool
try_in_order(struct argot_worker *w, struct argot_slice text, struct way way)
{
    const struct argot_registry *registry = w->registry;
    unsigned places = w->exploring ? 1 : ARGOT_BEGIN_BYTES;
    for (uint32_t word = 0; word < registry->nwords; word++) {
        uint64_t formats = way.kind == WAY_TO_ONE ? w->on_line[word] : ~UINT64_C(0);
        formats = argot_order_candidates(registry, text, places, word, formats);
        for (; formats && !w->failed; formats &= formats - 1) {
            uint32_t at = word * 64 + (unsigned)__builtin_ctzll(formats);
            if (try_format(w, registry->order[at], way, 1 + at))
                return true;
        }
    }
    return false;
}

static inline __attribute__((always_inline)) bool
try_formats(struct argot_worker *w, struct argot_slice text)
{
    struct way way = {w->nforced > 1 ? WAY_CHAIN : w->nforced ? WAY_TO_ONE : WAY_ANY, w->nforced > 1};
    if (way.kind != WAY_ANY && (way.kind == WAY_CHAIN || w->forced[0]->on_line) && try_format(w, w->forced[0], way, 0))
        return true;
    return way.kind != WAY_CHAIN && try_in_order(w, text, way);
}

/* A record that no format fits may still be one that some format declares to be none. */
static bool
any_skips(const struct argot_worker *w, struct argot_slice text)
{
    for (uint32_t i = 0; i < w->registry->count; i++) {
        const struct argot_bound *bound = w->registry->bound[i];
        if ((!w->nforced || bound == meant(w)) && is_skipped(bound->normalizer, text))
            return true;
    }
    return false;
}

static void
refuse(struct argot_worker *w, struct argot_slice text)
{
    struct argot_letter letter = {.format = w->far.format, .offset = w->far.offset, .expected = w->far.expected};
    enum argot_letter_reason reason = w->nforced ? ARGOT_LETTER_NO_MATCH : ARGOT_LETTER_NO_FORMAT;
    const struct argot_level *level = &w->levels[0];
    w->far_told = true;
    if (text.at[0] == '{' && !w->is_json && !json_of(w, 0) && !w->failed) {
        reason = level->json.too_deep   ? ARGOT_LETTER_TOO_DEEP
                 : level->json.too_many ? ARGOT_LETTER_LIMIT
                                        : ARGOT_LETTER_BAD_JSON;
        letter.offset = (uint32_t)(text.at - w->raw.at) + level->json.offset;
        letter.expected = level->json.expected;
    } else if (!w->nforced && !w->far.offset) {
        letter.format = letter.expected = NULL; /* nothing got anywhere */
    }
    argot_pack_letter(w, reason, &letter);
}

/* What no format fits. */
static __attribute__((noinline)) void
settle_otherwise(struct argot_worker *w, struct argot_slice text)
{
    if (any_skips(w, text))
        argot_pack_skipped(w);
    else
        refuse(w, text);
}

static inline __attribute__((always_inline)) void
settle(struct argot_worker *w, struct argot_slice text, bool json_tried, bool is_json)
{
    open_level(w, 0, text);
    w->levels[0].json_tried = json_tried;
    w->is_json = is_json;
    if (!try_formats(w, text) && !w->failed)
        settle_otherwise(w, text);
}

/* How far a text got in templates that its head rules out is of interest for letters only, and only for those that tell
 * it. So a record that becomes one is gone through once more, with those tried that were ruled out before: the outcome
 * is the same, and large trees of the first time are given back before. */
static __attribute__((noinline)) void
explore(struct argot_worker *w, struct argot_slice text, const struct argot_arena_block *oversized,
        const struct argot_event *spare)
{
    struct argot_batch *batch = w->batch;
    const struct argot_level *level = &w->levels[0];
    bool known = level->json_tried, no_json = known && level->json_status != ARGOT_DECODED;
    struct argot_far far = w->far;
    batch->count--;
    if (batch->spare != spare) { /* made meanwhile, and oversized where blocks are small */
        batch->spare = NULL;
        batch->spare_slots = 0;
    }
    argot_arena_drop_oversized(&batch->arena, oversized);
    w->counts = (struct argot_counts){0};
    argot_worker_begin_record(w);
    w->far = far;
    w->exploring = true;
    settle(w, text, no_json, known && !no_json);
    w->exploring = false;
}

void
argot_match_record(struct argot_worker *w, struct argot_slice text)
{
    struct argot_batch *batch = w->batch;
    size_t begin = batch->count;
    const struct argot_arena_block *oversized = batch->arena.oversized;
    const struct argot_event *spare = batch->spare;
    if (!text.length) {
        argot_pack_skipped(w);
        return;
    }
    w->nth++;
    settle(w, text, false, false);
    if (w->far_told && !w->failed && batch->count == begin + 1 && batch->results[begin].outcome == ARGOT_LETTER)
        explore(w, text, oversized, spare);
}
