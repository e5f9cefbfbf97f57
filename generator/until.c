/* SPDX-License-Identifier: Apache-2.0
 * The automaton of Aho and Corasick: a node for each begin of a word, which is left to the node of the longest begin
 * that the text then ends with. Where a word is complete there is no way on. */
#include "generator/until.h"
#include <string.h>

struct node {
    uint16_t next[256]; /* 0: the root, or not made yet */
    uint16_t fall;      /* the longest other begin that it ends with */
    bool word;          /* a word ends here */
};

struct tree {
    struct node *nodes;
    uint16_t count, most;
};

static bool
add_word(struct tree *tree, const char *text, size_t length)
{
    uint16_t at = 0;
    for (size_t i = 0; i < length; i++) {
        uint16_t *next = &tree->nodes[at].next[(uint8_t)text[i]];
        if (!*next) {
            if (tree->count == tree->most)
                return false;
            *next = tree->count++;
        }
        at = *next;
    }
    tree->nodes[at].word = true;
    return true;
}

/* Breadth first, so that what a node falls back to is complete before it. */
static void
complete(struct tree *tree)
{
    uint16_t queue[ARGOT_UNTIL_NODES];
    size_t first = 0, last = 0;
    queue[last++] = 0;
    while (first < last) {
        uint16_t at = queue[first++];
        struct node *node = &tree->nodes[at];
        const struct node *fall = &tree->nodes[node->fall];
        node->word |= fall->word && at;
        for (unsigned byte = 0; byte < 256; byte++) {
            uint16_t *next = &node->next[byte];
            uint16_t other = at ? fall->next[byte] : 0;
            if (*next) {
                tree->nodes[*next].fall = other;
                queue[last++] = *next;
            } else {
                *next = other;
            }
        }
    }
}

struct builder {
    struct argot_arena *arena;
    struct argot_automaton *a;
    const struct argot_until *until;
    struct tree tree;
    uint32_t *states; /* of each node: where its ways begin, two empty moves that are filled in last */
};

/* The ways from a node to others, as one state. */
static uint32_t
ways(struct builder *b, uint16_t at)
{
    uint16_t targets[256] = {0};
    uint64_t sets[256][4];
    unsigned count = 0;
    for (unsigned byte = 0; byte < 256; byte++) {
        uint16_t to = b->tree.nodes[at].next[byte];
        unsigned k = 0;
        if (b->tree.nodes[to].word || !(b->until->set[byte >> 6] >> (byte & 63) & 1))
            continue;
        while (k < count && targets[k] != to)
            k++;
        if (k == count) {
            targets[count] = to;
            memset(sets[count++], 0, sizeof sets[0]);
        }
        sets[k][byte >> 6] |= UINT64_C(1) << (byte & 63);
    }
    uint32_t all = ARGOT_AUTOMATON_NONE;
    for (unsigned k = 0; k < count; k++) {
        uint32_t way = argot_automaton_add(b->arena, b->a, argot_regex_set(b->arena, sets[k]), b->states[targets[k]],
                                           ARGOT_AUTOMATON_NONE);
        all = all == ARGOT_AUTOMATON_NONE ? way : argot_automaton_add(b->arena, b->a, NULL, way, all);
    }
    return all;
}

static uint32_t
begin_at(struct builder *b, uint32_t next)
{
    const struct argot_until *until = b->until;
    uint32_t root = b->states[0];
    if (until->begin) {
        uint16_t to = b->tree.nodes[0].next[(uint8_t)*until->begin];
        if (b->tree.nodes[to].word)
            return ARGOT_AUTOMATON_NONE;
        return argot_automaton_prepend(b->arena, b->a, argot_regex_text(b->arena, until->begin, 1), b->states[to]);
    }
    return until->not_empty ? b->a->states[root].next[0] : next == ARGOT_AUTOMATON_NONE ? next : root;
}

uint32_t
argot_until_prepend(struct argot_arena *arena, struct argot_automaton *a, const struct argot_until *until,
                    uint32_t next)
{
    struct builder b = {.arena = arena, .a = a, .until = until, .tree.count = 1};
    size_t most = 1;
    for (size_t i = 0; i < until->count; i++)
        most += until->words[i].length;
    if (most > ARGOT_UNTIL_NODES)
        return ARGOT_AUTOMATON_NONE;
    b.tree.most = (uint16_t)most;
    b.tree.nodes = argot_arena_zalloc(arena, most, sizeof *b.tree.nodes);
    b.states = argot_arena_zalloc(arena, most, sizeof *b.states);
    if (!b.tree.nodes || !b.states) {
        a->failed = true;
        return ARGOT_AUTOMATON_NONE;
    }
    for (size_t i = 0; i < until->count; i++)
        if (!add_word(&b.tree, until->words[i].text, until->words[i].length))
            return ARGOT_AUTOMATON_NONE;
    complete(&b.tree);
    for (uint16_t i = 0; i < b.tree.count && !a->failed; i++)
        b.states[i] = argot_automaton_add(arena, a, NULL, ARGOT_AUTOMATON_NONE, ARGOT_AUTOMATON_NONE);
    for (uint16_t i = 0; i < b.tree.count && !a->failed; i++) {
        uint32_t on = b.tree.nodes[i].word ? ARGOT_AUTOMATON_NONE : ways(&b, i);
        if (!a->failed)
            a->states[b.states[i]].next[0] = on;
    }
    if (a->failed)
        return ARGOT_AUTOMATON_NONE;
    for (uint16_t i = 0; i < b.tree.count; i++) /* only at the root no word has begun */
        if (!i || (until->any_end && !b.tree.nodes[i].word))
            a->states[b.states[i]].next[1] = next;
    return begin_at(&b, next);
}
