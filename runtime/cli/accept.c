/* SPDX-License-Identifier: Apache-2.0
 * The file's tree must be that which the format was compiled from, but for the expectations: then each example is the
 * compiled one of the same number, and its event is what the file says. What would be written is read again before it
 * is, so that no file is ever written that argot-gen would take for something else. */
#include "cli/accept.h"
#include "cli/examples.h"
#include "cli/expectation.h"
#include "cli/files.h"
#include "cli/flow.h"
#include "cli/say.h"
#include <errno.h>
#include <stdlib.h>

#define WIDE_COLUMN 60 /* a value that begins farther right has its further lines farther left */
#define BELOW_EXAMPLE 8

/* An example of the file. */
struct entry {
    const struct argot_yaml *node, *key, *expect; /* key, expect: NULL where the line must be rejected */
    struct argot_record record;                   /* when it is rewritten */
    uint32_t event;                               /* 0: it stays */
    bool compiled;                                /* among the format's */
};

struct file {
    const char *source;
    size_t length;
    struct argot_diagnostics diagnostics;
    struct argot_yaml *root; /* without its expectations, once the examples are listed */
    struct entry *entries;
    size_t count;
};

struct accept {
    struct argot_cli *cli;
    const struct argot_normalizer *normalizer;
    const char *path;
    struct argot_arena arena;
    struct file file;
    struct argot_buffer report;
    unsigned changed, refused;
};

/* ---- the file ---- */

static void
add_examples(struct file *file, const struct argot_yaml *list)
{
    for (size_t i = 0; list && list->kind == ARGOT_YAML_LIST && i < list->count; i++)
        file->entries[file->count++] = (struct entry){
            .node = list->items[i],
            .key = argot_yaml_key(list->items[i], "expect"),
            .expect = argot_yaml_get(list->items[i], "expect"),
        };
}

/* In the order in which they are compiled: those of messages first. NULL counts only. */
static size_t
walk_examples(const struct argot_yaml *root, struct file *file)
{
    size_t count = 0;
    const struct argot_yaml *messages = argot_yaml_get(root, "messages");
    size_t nmessages = messages && messages->kind == ARGOT_YAML_LIST ? messages->count : 0;
    for (size_t i = 0; i <= nmessages; i++) {
        const struct argot_yaml *list = argot_yaml_get(i < nmessages ? messages->items[i] : root, "examples");
        count += list ? list->count : 0;
        if (file)
            add_examples(file, list);
    }
    return count;
}

/* Puts their keys in the place of the expectations, so that trees can be compared without them. */
static void
cut_expectations(struct file *file)
{
    for (size_t i = 0; i < file->count; i++) {
        const struct argot_yaml *node = file->entries[i].node;
        for (size_t k = 0; file->entries[i].key && k < node->count; k++)
            if (node->keys[k] == file->entries[i].key)
                node->items[k] = node->keys[k];
    }
}

/* False: it is no YAML; the diagnostics say why. */
static bool
load(struct file *file, struct argot_arena *arena, const char *path)
{
    argot_diagnostics_init(&file->diagnostics, arena, path, file->source, file->length);
    file->root = argot_yaml_parse(&file->diagnostics);
    if (!file->root)
        return false;
    file->entries = argot_arena_zalloc(arena, walk_examples(file->root, NULL) + 1, sizeof *file->entries);
    if (!file->entries)
        return false;
    walk_examples(file->root, file);
    cut_expectations(file);
    return true;
}

/* The first node of `new` that is another than in `old`; NULL: they are the same. */
// NOLINTNEXTLINE(misc-no-recursion)
static const struct argot_yaml *
difference(const struct argot_yaml *old, const struct argot_yaml *new)
{
    if (old->kind != new->kind || old->plain != new->plain || old->length != new->length ||
        (old->length && memcmp(old->text, new->text, old->length) != 0))
        return new;
    const struct argot_yaml *found = NULL;
    for (size_t i = 0; i < old->count && i < new->count && !found; i++) {
        found = new->keys ? difference(old->keys[i], new->keys[i]) : NULL;
        found = found ? found : difference(old->items[i], new->items[i]);
    }
    return found || old->count == new->count ? found : new;
}

static enum argot_exit
read_file(struct accept *a)
{
    struct argot_seam *seam = a->cli->seam;
    char *bytes;
    size_t length;
    int error = argot_seam_read_file(seam, a->path, ARGOT_YAML_MAX_BYTES, &bytes, &length);
    if (!error) {
        a->file.source = argot_arena_copy(&a->arena, bytes, length);
        a->file.length = length;
        seam->release(seam, bytes);
        error = a->file.source ? 0 : -ENOMEM;
    }
    if (error) {
        argot_say(seam, "%s: %s", a->path, argot_say_error(error));
        return ARGOT_EXIT_FAILED;
    }
    if (load(&a->file, &a->arena, a->path))
        return ARGOT_EXIT_DONE;
    struct argot_buffer words;
    argot_buffer_init(&words, seam);
    argot_diagnostics_print(&a->file.diagnostics, &words);
    argot_say_words(seam, &words);
    argot_buffer_finish(&words);
    return ARGOT_EXIT_NOT_HELD;
}

static enum argot_exit
check_build(struct accept *a)
{
    struct file built = {.source = a->normalizer->yaml, .length = strlen(a->normalizer->yaml)};
    const struct argot_yaml *found = NULL;
    if (load(&built, &a->arena, a->path) && !(found = difference(built.root, a->file.root)))
        return ARGOT_EXIT_DONE;
    argot_say(a->cli->seam,
              "%s:%u: from here on the file is another than what this argot was built from; build it first", a->path,
              found ? found->span.line : 1);
    return ARGOT_EXIT_NOT_HELD;
}

/* ---- examples ---- */

static bool
says(const struct argot_yaml *node, const char *key, const char *text)
{
    const struct argot_yaml *value = argot_yaml_get(node, key);
    return value && value->kind == ARGOT_YAML_SCALAR ? text && !strcmp(value->text, text) : !text;
}

/* Whether the file's example is the compiled one. */
static bool
is_compiled(const struct entry *entry, const struct argot_example *example)
{
    return argot_examples_is(entry->node, example) && says(entry->node, "received_at", example->received_at) &&
           says(entry->node, "timezone", example->timezone);
}

static void
report_place(struct accept *a, const struct entry *entry)
{
    argot_buffer_printf(&a->report, "%s:%u: example of %s:\n", a->path, entry->node->span.line, a->normalizer->name);
}

/* Reads the event; true when the file expects another. */
static bool
take_event(struct accept *a, const struct argot_example *example, struct entry *entry)
{
    struct argot_buffer json;
    argot_buffer_init(&json, a->cli->seam);
    uint32_t event = 0;
    if (argot_examples_actual(a->cli, a->normalizer, example, a->path, &json, &a->report))
        event = argot_examples_read(&a->arena, (const char *)json.bytes, json.length, &entry->record);
    argot_buffer_finish(&json);
    a->refused += !event;
    struct argot_expectation expectation = {.expect = entry->expect, .record = &entry->record, .event = event};
    if (!event || !argot_expectation_compare(&expectation, NULL))
        return false;
    entry->event = event;
    return true;
}

static void
accept_example(struct accept *a, const struct argot_example *compiled, struct entry *entry)
{
    struct argot_example example = *compiled;
    example.yaml_line = entry->node->span.line;
    if (!example.expect) {
        a->refused += !argot_examples_holds(a->cli, a->normalizer, &example, a->path, &a->report);
        return;
    }
    if (!take_event(a, &example, entry))
        return;
    report_place(a, entry);
    if (entry->expect->begin < entry->key->end) {
        argot_buffer_append_text(&a->report, "  its `expect` is an alias; write it out\n");
        entry->event = 0;
        a->refused++;
        return;
    }
    struct argot_expectation expectation = {.expect = entry->expect, .record = &entry->record, .event = entry->event};
    argot_expectation_compare(&expectation, &a->report);
    a->changed++;
}

/* Those of a format that this one extends stand in another file. */
static void
check_inherited(struct accept *a, const struct argot_example *example)
{
    a->refused += !argot_examples_holds(a->cli, a->normalizer, example, a->path, &a->report);
}

/* The first of the file's that is this one and none before it: what takes the place of an inherited one stands there.
 */
static struct entry *
find_entry(struct accept *a, const struct argot_example *example)
{
    for (size_t i = 0; i < a->file.count; i++) {
        struct entry *entry = &a->file.entries[i];
        if (entry->compiled || !is_compiled(entry, example))
            continue;
        entry->compiled = true;
        return entry;
    }
    return NULL;
}

static enum argot_exit
accept_examples(struct accept *a)
{
    for (uint16_t i = 0; i < a->normalizer->nexamples; i++) {
        const struct argot_example *example = &a->normalizer->examples[i];
        struct entry *entry = find_entry(a, example);
        if (entry)
            accept_example(a, example, entry);
        else
            check_inherited(a, example);
    }
    for (size_t i = 0; i < a->file.count; i++) {
        if (a->file.entries[i].compiled)
            continue;
        argot_say(a->cli->seam, "%s:%u: this example is none that argot was built with; build it first", a->path,
                  a->file.entries[i].node->span.line);
        return ARGOT_EXIT_NOT_HELD;
    }
    return ARGOT_EXIT_DONE;
}

/* ---- the new file ---- */

static int
by_place(const void *left, const void *right)
{
    const struct entry *const *x = left, *const *y = right;
    size_t a = (*x)->expect->begin, b = (*y)->expect->begin;
    return a < b ? -1 : a > b;
}

static void
write_entry(const struct file *file, const struct entry *entry, struct argot_buffer *out)
{
    const char *source = file->source, *value = source + entry->expect->begin;
    const char *newline = memrchr(source, '\n', entry->expect->begin);
    const char *line = newline ? newline + 1 : source;
    size_t column = (size_t)(value - line);
    struct argot_flow flow = {
        .record = &entry->record,
        .column = column,
        .indent = column < WIDE_COLUMN ? column + 1 : entry->node->span.column - 1 + BELOW_EXAMPLE,
        .after = strcspn(source + entry->expect->end, " \t\r\n"),
        .out = out,
    };
    argot_flow_write(&flow, entry->event);
}

/* Blocks are replaced from their first key on, which is where a flow may begin as well. */
static bool
write_source(struct accept *a, struct argot_buffer *out)
{
    const struct file *file = &a->file;
    const struct entry **changed = argot_arena_zalloc(&a->arena, a->changed, sizeof *changed);
    if (!changed)
        return false;
    size_t count = 0, from = 0;
    for (size_t i = 0; i < file->count; i++)
        if (file->entries[i].event)
            changed[count++] = &file->entries[i];
    qsort(changed, count, sizeof *changed, by_place);
    for (size_t i = 0; i < count; i++) {
        argot_buffer_append(out, file->source + from, changed[i]->expect->begin - from);
        write_entry(file, changed[i], out);
        from = changed[i]->expect->end;
    }
    argot_buffer_append(out, file->source + from, file->length - from);
    argot_buffer_append_byte(out, '\0');
    out->length -= !out->failed;
    return !out->failed;
}

/* Whether the new file says what it should, and nothing else. */
static bool
check_source(struct accept *a, const struct argot_buffer *bytes)
{
    struct file new = {.source = (const char *)bytes->bytes, .length = bytes->length};
    bool good = load(&new, &a->arena, a->path) && new.count == a->file.count && !difference(a->file.root, new.root);
    for (size_t i = 0; good && i < new.count; i++) {
        const struct entry *entry = &a->file.entries[i];
        struct argot_expectation expectation = {
            .expect = new.entries[i].expect, .record = &entry->record, .event = entry->event, .typed = true};
        if (entry->event)
            good = !argot_expectation_compare(&expectation, NULL);
        else
            good = !entry->expect || !difference(entry->expect, new.entries[i].expect);
    }
    return good;
}

static enum argot_exit
replace_file(struct accept *a)
{
    struct argot_seam *seam = a->cli->seam;
    struct argot_buffer bytes;
    argot_buffer_init(&bytes, seam);
    enum argot_exit status = ARGOT_EXIT_FAILED;
    int error;
    if (!write_source(a, &bytes)) {
        argot_say(seam, "there is no memory");
    } else if (!check_source(a, &bytes)) {
        argot_say(seam,
                  "%s: nothing is changed, since YAML cannot hold these events as they are, or an anchor stands in "
                  "what would be replaced",
                  a->path);
        status = ARGOT_EXIT_NOT_HELD;
    } else if ((error = argot_files_replace(seam, a->path, &bytes))) {
        argot_say(seam, "%s: %s", a->path, argot_say_error(error));
    } else {
        status = ARGOT_EXIT_DONE;
    }
    argot_buffer_finish(&bytes);
    return status;
}

static enum argot_exit
finish_format(struct accept *a, struct argot_buffer *out)
{
    struct argot_buffer ignored;
    argot_buffer_init(&ignored, a->cli->seam);
    uint32_t without = argot_examples_run(a->cli, a->normalizer, a->path, &ignored).messages_without;
    argot_buffer_finish(&ignored);
    argot_buffer_append(out, a->report.bytes, a->report.length);
    out->failed |= a->report.failed;
    argot_buffer_printf(out, "%s: %u changed in %s, %u cannot be accepted", a->normalizer->name, a->changed, a->path,
                        a->refused);
    if (without > 0)
        argot_buffer_printf(out, ", %u messages without an example", without);
    argot_buffer_append_byte(out, '\n');
    return a->refused + without > 0 ? ARGOT_EXIT_NOT_HELD : ARGOT_EXIT_DONE;
}

enum argot_exit
argot_accept_format(struct argot_cli *cli, const struct argot_normalizer *normalizer, const char *path,
                    struct argot_buffer *out)
{
    struct accept a = {.cli = cli, .normalizer = normalizer, .path = path};
    argot_arena_init(&a.arena, cli->seam, 0);
    argot_buffer_init(&a.report, cli->seam);
    enum argot_exit status = read_file(&a);
    if (!status)
        status = check_build(&a);
    if (!status)
        status = accept_examples(&a);
    if (!status && a.changed > 0)
        status = replace_file(&a);
    if (!status)
        status = finish_format(&a, out);
    argot_buffer_finish(&a.report);
    argot_arena_finish(&a.arena);
    return status;
}
