/* SPDX-License-Identifier: Apache-2.0
 * Both records are compared node by node, then what paths find in them. */
#include "flat_case.h"
#include "decode/record_pick.h"
#include <string.h>

#define BLANK ARGOT_TEXT(" ")
#define EQUALS ARGOT_TEXT("=")
#define KV(...)                                                                                                        \
    {                                                                                                                  \
        .kind = ARGOT_KIND_KV, .kv = &(const struct argot_kv) { __VA_ARGS__ }                                          \
    }
#define CSV(...)                                                                                                       \
    {                                                                                                                  \
        .kind = ARGOT_KIND_CSV, .csv = &(const struct argot_csv) { __VA_ARGS__ }                                       \
    }

static const struct argot_value field;
static const struct argot_slice names[] = {ARGOT_TEXT("a"), ARGOT_TEXT("_x"), ARGOT_TEXT("SRC"), ARGOT_TEXT("z")};
static const struct argot_slice twice[] = {ARGOT_TEXT("a"), ARGOT_TEXT("b"), ARGOT_TEXT("a")};

const struct argot_block flat_case_blocks[FLAT_CASE_BLOCKS] = {
    KV(.pair_separator = BLANK, .value_separator = EQUALS, .quote = '"', .bare_words = &field),
    KV(.pair_separator = BLANK, .value_separator = EQUALS, .quote = '"', .escape = ARGOT_ESCAPE_DOUBLED),
    KV(.pair_separator = BLANK, .value_separator = EQUALS, .quote = '\'', .escape = ARGOT_ESCAPE_NONE),
    KV(.pair_separator = BLANK, .value_separator = EQUALS, .quote = '"', .keep_quotes = true, .trailing = ','),
    KV(.pair_separator = BLANK, .value_separator = EQUALS, .quote = '"', .wrap = {'<', '>'}),
    KV(.pair_separator = ARGOT_TEXT(","), .value_separator = EQUALS, .quote = '"', .wrap = {'[', ']'},
       .bare_words = &field),
    KV(.pair_separator = ARGOT_TEXT("; "), .value_separator = ARGOT_TEXT(": "), .quote = '"', .trailing = '.'),
    KV(.pair_separator = ARGOT_TEXT(" | "), .value_separator = ARGOT_TEXT(" => ")),
    KV(.pair_separator = BLANK, .value_separator = ARGOT_TEXT("==")),
    KV(.pair_separator = BLANK, .value_separator = EQUALS, .first_key = ARGOT_TEXT("SRC")),
    KV(.pair_separator = BLANK, .value_separator = EQUALS, .quote = '"', .last_key = ARGOT_TEXT("msg")),
    KV(.value_separator = EQUALS, .first_key = ARGOT_TEXT("a"), .last_key = ARGOT_TEXT("a")),
    /* never read so */
    KV(.pair_separator = ARGOT_TEXT(";"), .value_separator = BLANK),
    KV(.pair_separator = BLANK, .value_separator = BLANK),
    KV(.pair_separator = ARGOT_TEXT("b= x"), .value_separator = EQUALS),
    {.kind = ARGOT_KIND_SD},
    CSV(.separator = ',', .quote = '"', .columns = {4, names}),
    CSV(.separator = '\t', .columns = {4, names}),
    CSV(.separator = ',', .columns = {3, twice}),
};

#define KEY(text)                                                                                                      \
    {                                                                                                                  \
        .kind = ARGOT_STEP_KEY, .key = ARGOT_TEXT(text)                                                                \
    }
static const struct argot_step a[] = {KEY("a")}, b[] = {KEY("b")}, src[] = {KEY("SRC")}, msg[] = {KEY("msg")};
static const struct argot_step none[] = {KEY("none")}, deep[] = {KEY("a"), KEY("b")};
static const struct argot_path paths[FLAT_CASE_PATHS] = {
    {1, a, "a"}, {1, b, "b"}, {1, src, "SRC"}, {1, msg, "msg"}, {1, none, "none"}, {2, deep, "a.b"},
};

void
flat_case_init(struct flat_case *test, struct argot_seam *seam)
{
    memset(test, 0, sizeof *test);
    argot_arena_init(&test->arena, seam, 0);
    argot_picks_init(&test->picks, &test->arena);
    for (unsigned i = 0; i < FLAT_CASE_PATHS; i++)
        test->numbers[i] = argot_picks_add(&test->picks, &paths[i], 0);
    for (unsigned i = 0; i < FLAT_CASE_BLOCKS; i++) {
        const struct argot_block *block = &flat_case_blocks[i];
        test->flats[i] = (struct argot_record_flat){argot_record_flat_fits(block), i, test->columns[i]};
        for (unsigned k = 0; block->csv && k < block->csv->columns.count; k++)
            test->columns[i][k] = argot_picks_child(&test->picks, 0, block->csv->columns.texts[k]);
    }
    argot_record_room_init(&test->room, seam, &test->picks, FLAT_CASE_BLOCKS);
}

void
flat_case_finish(struct flat_case *test)
{
    argot_record_room_finish(&test->room);
    argot_arena_finish(&test->arena);
}

static bool
same(struct argot_slice x, struct argot_slice y)
{
    return x.length == y.length && (!x.length || !memcmp(x.at, y.at, x.length));
}

static const char *
compare(const struct flat_case *test, const struct argot_record *tree, const struct argot_record *flat)
{
    if (tree->count != flat->count || flat->count > flat->capacity)
        return "another number of nodes";
    for (uint32_t i = 0; i < tree->count; i++) {
        const struct argot_node *x = &tree->nodes[i], *y = &flat->nodes[i];
        if (x->kind != y->kind || x->end != y->end || x->parent != y->parent || x->duplicate != y->duplicate ||
            x->used != y->used || x->opaque != y->opaque || x->plain != y->plain)
            return "another node";
        if (!same(argot_node_key(x), argot_node_key(y)))
            return "another name";
        if (!same(argot_node_text(x), argot_node_text(y)))
            return "another value";
    }
    if (tree->duplicates != flat->duplicates || tree->columns != flat->columns || tree->named != flat->named ||
        tree->offset != flat->offset)
        return "another count";
    if (tree->nwords != flat->nwords)
        return "another number of words";
    if (!same(tree->bare_words, flat->bare_words) || !tree->bare_words.at != !flat->bare_words.at)
        return "other words";
    for (unsigned i = 0; i < FLAT_CASE_PATHS; i++)
        if (argot_record_find(tree, &paths[i], 0, false) != argot_record_pick_find(flat, &paths[i], test->numbers[i]) ||
            argot_record_find(tree, &paths[i], 0, true) != argot_record_find(flat, &paths[i], 0, true))
            return "a path finds another node";
    return NULL;
}

const char *
flat_case_compare(struct flat_case *test, unsigned block, const struct argot_decode *context, struct argot_slice text,
                  bool *taken)
{
    const struct argot_record_flat *flat = &test->flats[block];
    const struct argot_block *at = &flat_case_blocks[block];
    struct argot_record tree, picked;
    enum argot_decode_status status;
    if (at->kind == ARGOT_KIND_KV) {
        *taken = flat->usable && argot_record_kv_pick(context, at->kv, flat, &test->room, text, &picked);
        status = argot_record_kv(context, at->kv, text, &tree);
    } else if (at->kind == ARGOT_KIND_CSV) {
        *taken = flat->usable && argot_record_csv_pick(context, at->csv, flat, &test->room, text, &picked);
        status = argot_record_csv(context, at->csv, text, &tree);
    } else {
        *taken = argot_record_sd_pick(context, flat, &test->room, text, &picked);
        status = argot_record_sd(context, text, &tree);
    }
    if (!*taken)
        return NULL;
    return status == ARGOT_DECODED ? compare(test, &tree, &picked) : "it is no record";
}
