/* SPDX-License-Identifier: Apache-2.0
 * Leaves that begin alike are put together, so that every object and array is opened once; what is known beforehand
 * becomes text. */
#include "output/export_program.h"
#include "output/json_value.h"

struct maker {
    struct argot_line text;
    const struct argot_export_plan *plan;
    struct argot_export_step *steps;
    bool *done; /* by leaf */
    size_t count, begin;
    bool good;
};

/* ---- text ---- */

static size_t
text_length(const struct maker *maker)
{
    const struct argot_buffer *buffer = maker->text.buffer;
    return maker->text.at ? (size_t)(maker->text.at - (buffer->bytes + buffer->length)) : 0;
}

static void
put(struct maker *maker, const char *text, size_t length)
{
    maker->good = maker->good && argot_line_bytes(&maker->text, text, length);
}

static void
put_word(struct maker *maker, const char *word)
{
    put(maker, word, strlen(word));
}

static void
put_key(struct maker *maker, const char *name, size_t length)
{
    put_word(maker, "\"");
    put(maker, name, length);
    put_word(maker, "\":");
}

/* All text since the last one was taken. The place is an offset until the text stands still. */
static struct argot_slice
take_text(struct maker *maker)
{
    size_t begin = maker->begin;
    maker->begin = text_length(maker);
    return (struct argot_slice){(const uint8_t *)(uintptr_t)begin, (uint32_t)(maker->begin - begin)};
}

/* A comma, unless the member is the first of its object or array. */
static void
put_comma(struct maker *maker, bool *first)
{
    if (!*first)
        put_word(maker, ",");
    *first = false;
}

/* ---- steps ---- */

static struct argot_export_step *
add_step(struct maker *maker, enum argot_export_kind kind)
{
    struct argot_export_step *step = &maker->steps[maker->count++];
    *step = (struct argot_export_step){.kind = (uint8_t)kind, .text = take_text(maker)};
    return step;
}

static struct argot_export_value
value_of(const struct argot_export_plan *plan, const struct argot_export_leaf *leaf)
{
    struct argot_export_value value = {.standard = plan->standard, .form = leaf->form, .words = leaf->words};
    value.field = leaf->input ? leaf->input->field : 0;
    value.type = argot_schema.fields[value.field].type;
    return value;
}

/* The key of the text beside a code: the same without _id. */
static struct argot_slice
take_beside(struct maker *maker, const char *name)
{
    size_t length = strcspn(name, ".["), end = strlen("_id");
    if (length > end && !memcmp(name + length - end, "_id", end))
        length -= end;
    put_word(maker, ",");
    put_key(maker, name, length);
    return take_text(maker);
}

static struct argot_export_step *
add_value_step(struct maker *maker, const struct argot_export_leaf *leaf)
{
    struct argot_export_step *step = add_step(maker, (enum argot_export_kind)leaf->kind);
    step->value = value_of(maker->plan, leaf);
    step->index = leaf->input ? leaf->input->index : 0;
    step->constant = leaf->input ? leaf->input->constant : NULL;
    return step;
}

/* The value behind its key; `name` is the last one of its path. */
static void
put_value(struct maker *maker, const struct argot_export_leaf *leaf, const char *name)
{
    struct argot_format_clock clock = {0};
    if (leaf->kind == ARGOT_EXPORT_JSON) {
        put_word(maker, leaf->json);
    } else if (leaf->kind == ARGOT_EXPORT_VALUE && leaf->input->index == ARGOT_EXPORT_CONSTANT &&
               leaf->form != ARGOT_STANDARD_CODES) {
        struct argot_export_value value = value_of(maker->plan, leaf);
        maker->good = maker->good && argot_export_value_put(&value, &maker->text, &clock, leaf->input->constant);
    } else {
        struct argot_export_step *step = add_value_step(maker, leaf);
        if (leaf->form == ARGOT_STANDARD_CODES)
            step->value.beside = take_beside(maker, name);
    }
}

/* ---- members ---- */

struct place { /* in the tree: all that begins with the first `length` bytes of `path` */
    const char *path;
    size_t length;
};

static bool
is_in(const struct maker *maker, size_t i, const struct place *place)
{
    return !maker->done[i] && !strncmp(maker->plan->leaves[i].path, place->path, place->length);
}

static void put_members(struct maker *maker, const struct place *place, bool first);

static bool
is_list(const struct argot_export_leaf *leaf)
{
    if (leaf->kind != ARGOT_EXPORT_VALUE)
        return false;
    uint8_t type = argot_schema.fields[leaf->input->field].type;
    return type == ARGOT_TYPE_STRING_LIST || type == ARGOT_TYPE_IP_LIST;
}

/* Each item of a list as a value below the element: {"a":{"b":ITEM}}. */
static void
put_each(struct maker *maker, const struct argot_export_leaf *leaf, const char *rest)
{
    struct argot_export_step *step = add_value_step(maker, leaf);
    size_t depth = 0;
    step->each = step->element = true;
    for (const char *at = rest; *at; depth++) {
        size_t length = strcspn(at, ".[");
        put_word(maker, "{");
        put_key(maker, at, length);
        at += length + strcspn(at + length, ".");
        at += *at == '.';
    }
    step->open = take_text(maker);
    while (depth--)
        put_word(maker, "}");
    step->close = take_text(maker);
}

/* The member that tells elements of an array apart: [name=1]. */
static bool
put_selector(struct maker *maker, const char *selector)
{
    size_t length = strcspn(selector + 1, "=]");
    if (selector[1 + length] != '=')
        return true;
    put_key(maker, selector + 1, length);
    put(maker, selector + length + 2, strcspn(selector + length + 2, "]"));
    return false;
}

/* The element that leaf i stands in or is, with all others there. */
// NOLINTNEXTLINE(misc-no-recursion)
static void
put_element(struct maker *maker, size_t i, size_t name_end, bool *first)
{
    const struct argot_export_leaf *leaf = &maker->plan->leaves[i];
    size_t end = name_end + strcspn(leaf->path + name_end, "]") + 1;
    if (leaf->path[end] && !is_list(leaf)) {
        struct place inside = {leaf->path, end + 1};
        put_comma(maker, first);
        put_word(maker, "{");
        put_members(maker, &inside, put_selector(maker, leaf->path + name_end));
        put_word(maker, "}");
        return;
    }
    maker->done[i] = true;
    if (leaf->kind == ARGOT_EXPORT_JSON) {
        put_comma(maker, first);
        put_word(maker, leaf->json);
    } else if (leaf->path[end] || is_list(leaf)) {
        put_each(maker, leaf, leaf->path[end] ? leaf->path + end + 1 : "");
    } else {
        add_value_step(maker, leaf)->element = true;
    }
}

/* Constants first: what comes behind them looks itself whether a comma is due. */
// NOLINTNEXTLINE(misc-no-recursion)
static void
put_array(struct maker *maker, const struct place *place)
{
    struct place whole = {place->path, place->length + 1}; /* with the bracket */
    bool first = true;
    put_word(maker, "[");
    for (int constants = 1; constants >= 0; constants--)
        for (size_t i = 0; i < maker->plan->count; i++)
            if (is_in(maker, i, &whole) && (maker->plan->leaves[i].kind == ARGOT_EXPORT_JSON) == constants)
                put_element(maker, i, place->length, &first);
    put_word(maker, "]");
}

static bool
is_optional(const struct argot_export_leaf *leaf)
{
    return leaf->kind == ARGOT_EXPORT_EXTRA || leaf->kind == ARGOT_EXPORT_RECORD;
}

/* The member that leaf i stands in or is. */
// NOLINTNEXTLINE(misc-no-recursion)
static void
put_member(struct maker *maker, size_t i, const struct place *above, bool *first)
{
    const struct argot_export_leaf *leaf = &maker->plan->leaves[i];
    const char *name = leaf->path + above->length;
    size_t length = strcspn(name, ".[");
    struct place place = {leaf->path, above->length + length};
    if (is_optional(leaf)) {
        maker->done[i] = true;
        add_step(maker, (enum argot_export_kind)leaf->kind);
        return;
    }
    put_comma(maker, first);
    put_key(maker, name, length);
    if (name[length] == '[') {
        put_array(maker, &place);
    } else if (name[length] == '.') {
        struct place inside = {leaf->path, place.length + 1};
        put_word(maker, "{");
        put_members(maker, &inside, true);
        put_word(maker, "}");
    } else {
        maker->done[i] = true;
        put_value(maker, leaf, name);
    }
}

// NOLINTNEXTLINE(misc-no-recursion)
static void
put_members(struct maker *maker, const struct place *place, bool first)
{
    for (size_t i = 0; i < maker->plan->count && maker->good; i++)
        if (is_in(maker, i, place))
            put_member(maker, i, place, &first);
}

/* ---- the whole ---- */

static void
move(struct argot_slice *slice, const uint8_t *text)
{
    slice->at = text + (uintptr_t)slice->at;
}

static struct argot_export_program *
pack(struct argot_seam *seam, const struct maker *maker)
{
    struct argot_export_program *program;
    size_t head = (sizeof *program + 15) & ~(size_t)15, size = maker->count * sizeof *maker->steps;
    program = seam->allocate(seam, head + size + text_length(maker));
    if (!program)
        return NULL;
    struct argot_export_step *steps = (struct argot_export_step *)((uint8_t *)program + head);
    uint8_t *text = (uint8_t *)steps + size;
    memcpy(steps, maker->steps, size);
    if (maker->text.at)
        memcpy(text, maker->text.at - text_length(maker), text_length(maker));
    for (size_t i = 0; i < maker->count; i++) {
        move(&steps[i].text, text);
        move(&steps[i].open, text);
        move(&steps[i].close, text);
        move(&steps[i].value.beside, text);
    }
    *program = (struct argot_export_program){(uint32_t)maker->count, maker->plan->class_uid, steps};
    return program;
}

struct argot_export_program *
argot_export_program_new(struct argot_seam *seam, const struct argot_export_plan *plan)
{
    struct argot_export_program *program = NULL;
    struct argot_buffer buffer;
    struct maker maker = {.plan = plan, .good = true};
    const struct place all = {"", 0};
    argot_buffer_init(&buffer, seam);
    argot_line_begin(&maker.text, &buffer);
    maker.steps = argot_arena_zalloc(plan->arena, plan->count + 1, sizeof *maker.steps); /* one a leaf, and the end */
    maker.done = argot_arena_zalloc(plan->arena, plan->count, sizeof *maker.done);
    if (maker.steps && maker.done) {
        put_word(&maker, "{");
        put_members(&maker, &all, true);
        put_word(&maker, "}\n");
        add_step(&maker, ARGOT_EXPORT_JSON);
        program = maker.good ? pack(seam, &maker) : NULL;
    }
    argot_buffer_finish(&buffer);
    return program;
}
