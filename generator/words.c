/* SPDX-License-Identifier: Apache-2.0
 * Breadth first over what is left to match: a state of each automaton that must match, and the set of states of all
 * that must not. States are those behind a byte; what can be reached from them without one depends on the byte that
 * comes next, which is looked at then. */
#include "generator/words.h"
#include "generator/model.h"
#include <string.h>

#define SLOTS_FIRST 256
#define ROOM_FIRST 64
#define IN_MAX 2
#define SUBSETS_MAX 20000
#define SEARCH_MOVES 2000 /* that a search counts for by itself: its memory */
static const char liked[] =
    "abcdefghijklmnopqrstuvwxyz1234567890_-./:=@ABCDEFGHIJKLMNOPQRSTUVWXYZ \"'()[]<>{},;#!?*+&%$^~|`\\";

struct subset {
    uint32_t count, *members;
};

/* A place of the search, and how it was come to. */
struct place {
    uint32_t in[IN_MAX], out; /* out: number of the subset */
    uint32_t from;            /* place */
    uint8_t byte;
    bool blank; /* the byte was a blank, or there was none yet: no text ends so */
};

struct search {
    struct argot_words *words;
    struct argot_arena arena;
    uint8_t class_of[256], byte_of[256];
    unsigned order[256], nclasses; /* classes, those of liked bytes first */
    struct place *places;
    uint32_t nplaces, most_places, *slots, nslots;
    struct subset *subsets;
    uint32_t nsubsets, most_subsets, *subset_slots, nsubset_slots;
    uint32_t *first;             /* of each automaton that must not match: number of its first state */
    uint32_t *list, nlist, *out; /* scratch */
    uint32_t *mark, round, *stack;
    uint32_t most; /* states of the largest automaton, and of all that must not match */
    bool over;
};

static void *
need(struct search *s, size_t count, size_t size)
{
    void *memory = argot_arena_zalloc(&s->arena, count + 1, size);
    if (!memory)
        argot_gen_out_of_memory();
    return memory;
}

/* ---- moves of one automaton ---- */

/* The states behind a byte (256: the end of the line) from a state, appended to s->list; at the end, whether it
 * matches. base: added to the numbers, so that several automata share the list. */
static bool
move(struct search *s, const struct argot_automaton *a, uint32_t state, unsigned byte, uint32_t base)
{
    uint32_t depth = 0;
    bool end = false;
    s->stack[depth++] = state;
    while (depth) {
        uint32_t at = s->stack[--depth];
        if (at == ARGOT_AUTOMATON_NONE || s->mark[base + at] == s->round)
            continue;
        s->mark[base + at] = s->round;
        if (*s->words->steps)
            --*s->words->steps;
        const struct argot_automaton_state *here = &a->states[at];
        if (at == a->accept) {
            end = true;
        } else if (!here->set) {
            s->stack[depth++] = here->next[1];
            s->stack[depth++] = here->next[0];
        } else if (here->look) {
            if (byte == 256 || argot_automaton_takes(here->set, byte))
                s->stack[depth++] = here->next[0];
        } else if (byte < 256 && argot_automaton_takes(here->set, byte)) {
            s->list[s->nlist++] = base + here->next[0];
        }
    }
    return end;
}

static bool
ends(struct search *s, const struct argot_automaton *a, uint32_t state)
{
    s->round++;
    s->nlist = 0;
    return move(s, a, state, 256, 0);
}

/* ---- subsets ---- */

/* Room for one more in an array that grows in powers of two. */
static void *
grow(struct search *s, void *array, uint32_t count, uint32_t *most, size_t size)
{
    if (count < *most)
        return array;
    *most = *most ? *most * 2 : ROOM_FIRST;
    void *grown = need(s, *most, size);
    if (count)
        memcpy(grown, array, count * size);
    return grown;
}

static void
grow_subset_slots(struct search *s)
{
    s->nsubset_slots = s->nsubset_slots ? s->nsubset_slots * 2 : SLOTS_FIRST;
    s->subset_slots = need(s, s->nsubset_slots, sizeof *s->subset_slots);
    for (uint32_t i = 0; i < s->nsubsets; i++) {
        uint32_t at = argot_automaton_hash(s->subsets[i].members, s->subsets[i].count) & (s->nsubset_slots - 1);
        while (s->subset_slots[at])
            at = (at + 1) & (s->nsubset_slots - 1);
        s->subset_slots[at] = i + 1;
    }
}

/* The number of the subset in s->list, which is ordered first and rid of what is there twice. */
static uint32_t
intern(struct search *s)
{
    uint32_t count = 0;
    for (uint32_t i = 1; i < s->nlist; i++) /* lists are short and nearly in order */
        for (uint32_t k = i; k && s->list[k - 1] > s->list[k]; k--) {
            uint32_t swap = s->list[k];
            s->list[k] = s->list[k - 1];
            s->list[k - 1] = swap;
        }
    for (uint32_t i = 0; i < s->nlist; i++)
        if (!i || s->list[i] != s->list[i - 1])
            s->list[count++] = s->list[i];
    if (s->nsubsets * 2 >= s->nsubset_slots)
        grow_subset_slots(s);
    uint32_t at = argot_automaton_hash(s->list, count) & (s->nsubset_slots - 1);
    for (; s->subset_slots[at]; at = (at + 1) & (s->nsubset_slots - 1)) {
        const struct subset *other = &s->subsets[s->subset_slots[at] - 1];
        if (other->count == count && (!count || !memcmp(other->members, s->list, count * sizeof *s->list)))
            return s->subset_slots[at] - 1;
    }
    if (s->nsubsets == SUBSETS_MAX) {
        s->over = true;
        return 0;
    }
    uint32_t *members = need(s, count, sizeof *members);
    if (count)
        memcpy(members, s->list, count * sizeof *members);
    s->subsets = grow(s, s->subsets, s->nsubsets, &s->most_subsets, sizeof *s->subsets);
    s->subsets[s->nsubsets++] = (struct subset){count, members};
    s->subset_slots[at] = s->nsubsets;
    return s->nsubsets - 1;
}

/* The subset behind a byte; at the end of the line (256) whether one of the automata matches goes to *end. */
static uint32_t
move_out(struct search *s, uint32_t subset, unsigned byte, bool *end)
{
    const struct subset copy = s->subsets[subset], *from = &copy; /* the array may grow */
    size_t automaton = 0;
    s->round++;
    s->nlist = 0;
    *end = false;
    for (uint32_t i = 0; i < from->count; i++) {
        while (from->members[i] >= s->first[automaton + 1])
            automaton++;
        uint32_t base = s->first[automaton];
        *end |= move(s, s->words->out[automaton], from->members[i] - base, byte, base);
    }
    return byte < 256 ? intern(s) : 0;
}

/* ---- places ---- */

static uint32_t
place_hash(const struct place *place)
{
    uint32_t members[4] = {place->in[0], place->in[1], place->out, place->blank};
    return argot_automaton_hash(members, 4);
}

static void
grow_slots(struct search *s)
{
    s->nslots = s->nslots ? s->nslots * 2 : SLOTS_FIRST;
    s->slots = need(s, s->nslots, sizeof *s->slots);
    for (uint32_t i = 0; i < s->nplaces; i++) {
        uint32_t at = place_hash(&s->places[i]) & (s->nslots - 1);
        while (s->slots[at])
            at = (at + 1) & (s->nslots - 1);
        s->slots[at] = i + 1;
    }
}

static void
add_place(struct search *s, const struct place *place)
{
    uint32_t at = place_hash(place) & (s->nslots - 1);
    for (; s->slots[at]; at = (at + 1) & (s->nslots - 1)) {
        const struct place *other = &s->places[s->slots[at] - 1];
        if (other->in[0] == place->in[0] && other->in[1] == place->in[1] && other->out == place->out &&
            other->blank == place->blank)
            return;
    }
    if (s->nplaces == ARGOT_WORDS_STATES) {
        s->over = true;
        return;
    }
    s->places = grow(s, s->places, s->nplaces, &s->most_places, sizeof *s->places);
    s->places[s->nplaces++] = *place;
    s->slots[at] = s->nplaces;
    if (s->nplaces * 2 > s->nslots)
        grow_slots(s);
}

/* All places behind a byte. */
static void
go(struct search *s, uint32_t from, uint8_t byte)
{
    struct argot_words *words = s->words;
    struct place here = s->places[from], next = {.from = from, .byte = byte};
    bool end;
    next.blank = byte == ' ' || byte == '\t' || byte == '\r';
    s->round++;
    s->nlist = 0;
    move(s, words->in[0], here.in[0], byte, 0);
    uint32_t count = s->nlist;
    if (!count)
        return;
    memcpy(s->out, s->list, count * sizeof *s->out);
    if (words->nwanted > 1) {
        s->round++;
        s->nlist = 0;
        move(s, words->in[1], here.in[1], byte, 0);
        if (!s->nlist)
            return;
        memcpy(s->out + count, s->list, s->nlist * sizeof *s->out);
    }
    uint32_t others = words->nwanted > 1 ? s->nlist : 1;
    next.out = words->nout ? move_out(s, here.out, byte, &end) : 0;
    for (uint32_t i = 0; i < count && !s->over; i++)
        for (uint32_t k = 0; k < others && !s->over; k++) {
            next.in[0] = s->out[i];
            next.in[1] = words->nwanted > 1 ? s->out[count + k] : 0;
            add_place(s, &next);
        }
}

/* Whether the text that leads to a place is what is looked for. */
static bool
is_wanted(struct search *s, uint32_t place)
{
    const struct place *here = &s->places[place];
    bool end = false;
    if (here->blank)
        return false;
    for (size_t i = 0; i < s->words->nwanted; i++)
        if (!ends(s, s->words->in[i], here->in[i]))
            return false;
    if (s->words->nout)
        move_out(s, here->out, 256, &end);
    return !end;
}

static void
write_text(struct search *s, uint32_t place)
{
    size_t length = 0;
    for (uint32_t at = place; at; at = s->places[at].from)
        length++;
    char *text = argot_arena_zalloc(s->words->arena, length + 1, 1);
    if (!text)
        argot_gen_out_of_memory();
    s->words->length = length;
    s->words->text = text;
    for (uint32_t at = place; at; at = s->places[at].from)
        text[--length] = (char)s->places[at].byte;
}

/* ---- the search ---- */

static void
order_classes(struct search *s)
{
    unsigned n = 0;
    for (unsigned pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < 256; i++) {
            /* Liked bytes in their order, then all others */
            unsigned byte = pass ? (unsigned)i : i < sizeof liked - 1 ? (uint8_t)liked[i] : '\n';
            bool known = byte == '\n' || s->byte_of[s->class_of[byte]] != byte;
            for (unsigned k = 0; !known && k < n; k++)
                known = s->order[k] == byte;
            if (!known)
                s->order[n++] = byte;
        }
    s->nclasses = n;
}

static void
begin(struct search *s)
{
    struct argot_words *words = s->words;
    const struct argot_automaton **all = need(s, words->nwanted + words->nout, sizeof *all);
    const struct argot_regex blank = {.kind = ARGOT_REGEX_SET, .set = {UINT64_C(1) << ' ' | 1u << '\t' | 1u << '\r'}};
    struct argot_automaton_state blank_state = {.set = &blank};
    struct argot_automaton blanks = {.states = &blank_state, .count = 1};
    uint32_t total = 0;
    s->first = need(s, words->nout + 1, sizeof *s->first);
    for (size_t i = 0; i < words->nwanted; i++) {
        all[i] = words->in[i];
        s->most = words->in[i]->count > s->most ? words->in[i]->count : s->most;
    }
    for (size_t i = 0; i < words->nout; i++) {
        all[words->nwanted + i] = words->out[i];
        s->first[i] = total;
        total += words->out[i]->count;
    }
    s->first[words->nout] = total;
    s->most = total > s->most ? total : s->most;
    all[words->nwanted + words->nout] = &blanks;
    argot_automaton_classes(all, words->nwanted + words->nout + 1, liked, s->class_of, s->byte_of);
    order_classes(s);
    s->list = need(s, s->most * (size_t)2, sizeof *s->list);
    s->out = need(s, s->most * (size_t)4, sizeof *s->out);
    s->mark = need(s, s->most, sizeof *s->mark);
    s->stack = need(s, s->most * (size_t)2 + 2, sizeof *s->stack);
    grow_slots(s);
    for (size_t i = 0; i < words->nout; i++)
        s->list[s->nlist++] = s->first[i] + words->out[i]->start;
    struct place start = {
        .in = {words->in[0]->start, words->nwanted > 1 ? words->in[1]->start : 0}, .out = intern(s), .blank = true};
    add_place(s, &start);
}

enum argot_words_end
argot_words_find(struct argot_words *words)
{
    struct search search = {.words = words}, *s = &search;
    enum argot_words_end result = ARGOT_WORDS_NONE;
    *words->steps -= SEARCH_MOVES < *words->steps ? SEARCH_MOVES : *words->steps;
    argot_arena_init(&s->arena, words->seam, 0);
    begin(s);
    for (uint32_t i = 0; i < s->nplaces && result == ARGOT_WORDS_NONE; i++) {
        if (is_wanted(s, i)) {
            write_text(s, i);
            result = ARGOT_WORDS_FOUND;
            break;
        }
        for (unsigned k = 0; k < s->nclasses && !s->over; k++)
            go(s, i, (uint8_t)s->order[k]);
        if (s->over || !*words->steps)
            result = ARGOT_WORDS_GAVE_UP;
    }
    argot_arena_finish(&s->arena);
    return result;
}

bool
argot_words_match(struct argot_seam *seam, const struct argot_automaton *automaton, const char *text, size_t length)
{
    uint64_t steps = UINT64_MAX;
    struct argot_words words = {.seam = seam, .in = {automaton}, .nwanted = 1, .steps = &steps};
    struct search search = {.words = &words}, *s = &search;
    bool end = false;
    argot_arena_init(&s->arena, seam, 0);
    s->list = need(s, automaton->count, sizeof *s->list);
    s->out = need(s, automaton->count, sizeof *s->out);
    s->mark = need(s, automaton->count, sizeof *s->mark);
    s->stack = need(s, automaton->count * (size_t)2 + 2, sizeof *s->stack);
    uint32_t count = 1;
    s->out[0] = automaton->start;
    for (size_t i = 0; i <= length && count; i++) {
        s->round++;
        s->nlist = 0;
        for (uint32_t k = 0; k < count; k++)
            end = move(s, automaton, s->out[k], i < length ? (uint8_t)text[i] : 256u, 0) || (k && end);
        count = s->nlist;
        memcpy(s->out, s->list, count * sizeof *s->out);
    }
    argot_arena_finish(&s->arena);
    return end;
}
