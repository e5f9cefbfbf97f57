/* SPDX-License-Identifier: Apache-2.0
 * Nothing of a record reaches the terminal unescaped: values go through the JSON writer, lines
 * through say's. */
#include "cli/explain.h"
#include "cli/say.h"
#include "output/json.h"
#include <stdio.h>

#define CHAIN_MAX 4 /* formats around one line */
#define CHAIN_BYTES 512
#define COLUMNS_LEAST 40
#define NAME_WIDTH_MAX 40

/* ---- the line, and a marker under a part of it ---- */

struct marked {
    struct argot_slice line;
    size_t begin, end; /* the part, or just its begin */
    bool mark;
    unsigned columns;
};

static bool
continues_character(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Columns that bytes take when shown. */
static size_t
measure(struct argot_seam *seam, const uint8_t *bytes, size_t length)
{
    struct argot_buffer buffer;
    argot_buffer_init(&buffer, seam);
    size_t columns = argot_say_escape(&buffer, bytes, length);
    argot_buffer_finish(&buffer);
    return columns;
}

/* The largest place from which at most `columns` lead to `to`, or the other way round. A byte shown
 * takes at most four columns, so each round comes nearer without passing it. */
static size_t
begin_of_view(struct argot_seam *seam, const struct marked *marked, size_t columns)
{
    const uint8_t *at = marked->line.at;
    size_t begin = marked->begin > columns ? marked->begin - columns : 0;
    for (;;) {
        while (begin < marked->begin && continues_character(at[begin]))
            begin++;
        size_t taken = measure(seam, at + begin, marked->begin - begin);
        if (taken <= columns)
            return begin;
        begin += (taken - columns + 3) / 4;
    }
}

static size_t
end_of_view(struct argot_seam *seam, const struct marked *marked, size_t columns)
{
    const uint8_t *at = marked->line.at;
    size_t length = marked->line.length;
    size_t end = length - marked->begin > columns ? marked->begin + columns : length;
    for (;;) {
        while (end < length && end > marked->begin && continues_character(at[end]))
            end--;
        size_t taken = measure(seam, at + marked->begin, end - marked->begin);
        if (taken <= columns)
            return end;
        end -= (taken - columns + 3) / 4;
    }
}

static void
show_marked(struct argot_seam *seam, const struct marked *marked, struct argot_buffer *out)
{
    const uint8_t *at = marked->line.at;
    size_t columns = marked->columns < COLUMNS_LEAST ? COLUMNS_LEAST : marked->columns;
    size_t begin = begin_of_view(seam, marked, columns * 2 / 3), end = end_of_view(seam, marked, columns / 3 - 2);
    /* What the left does not need, the right may have. */
    size_t left = measure(seam, at + begin, marked->begin - begin);
    if (begin == 0 && end < marked->line.length)
        end = end_of_view(seam, marked, columns - left - 2);
    if (begin > 0)
        argot_buffer_append_text(out, "…");
    argot_say_escape(out, at + begin, end - begin);
    argot_buffer_append_text(out, end < marked->line.length ? "…\n" : "\n");
    if (!marked->mark)
        return;
    argot_buffer_printf(out, "%*s^", (int)(left + (begin > 0)), "");
    size_t marked_end = marked->end < end ? marked->end : end;
    size_t more = marked_end > marked->begin ? measure(seam, at + marked->begin, marked_end - marked->begin) : 0;
    for (size_t i = 1; i < more; i++)
        argot_buffer_append_byte(out, '~');
    argot_buffer_append_byte(out, '\n');
}

/* ---- events ---- */

/* What the chain makes of the record; the first result, or NULL. The batch is the caller's. */
static const struct argot_result *
read_again(const struct argot_explain *explain, struct argot_slice record, const struct argot_settings *settings,
           struct argot_batch *batch)
{
    struct argot_worker *worker = argot_worker_new(explain->cli->registry, settings);
    bool read = worker && argot_worker_record(worker, batch, record.at, record.length, 1, 1) && batch->count > 0;
    argot_worker_free(worker);
    return read ? &batch->results[0] : NULL;
}

/* Whether the record becomes the same event when it is read by this chain. */
static bool
chain_fits(const struct argot_explain *explain, struct argot_slice record, const struct argot_event *event,
           const char *chain)
{
    struct argot_settings settings = explain->settings;
    settings.format = chain;
    struct argot_batch batch;
    argot_batch_init(&batch, explain->cli->seam);
    const struct argot_result *result = read_again(explain, record, &settings, &batch);
    const struct argot_shape *shape = result && result->outcome == ARGOT_EVENT ? result->event->shape : NULL;
    bool same = shape && !strcmp(shape->format, event->shape->format) && !strcmp(shape->message, event->shape->message);
    argot_batch_finish(&batch);
    return same;
}

/* Events know their innermost format only. Which envelopes lie around it is found by trying them.
 */
// NOLINTNEXTLINE(misc-no-recursion)
static bool
find_chain(const struct argot_explain *explain, struct argot_slice record, const struct argot_event *event,
           const char *outermost, const char *chain, unsigned depth, char *found)
{
    const struct argot_normalizer *normalizer = argot_registry_find(explain->cli->registry, outermost);
    for (unsigned i = 0; normalizer && depth < CHAIN_MAX && i < normalizer->ninside; i++) {
        const char *parent = normalizer->inside[i].parent;
        char longer[CHAIN_BYTES];
        if (!strcmp(parent, "line") || (size_t)snprintf(longer, sizeof longer, "%s+%s", parent, chain) >= sizeof longer)
            continue;
        if (find_chain(explain, record, event, parent, longer, depth + 1, found))
            return true;
    }
    if (!strchr(chain, '+') || !chain_fits(explain, record, event, chain))
        return false;
    memcpy(found, chain, strlen(chain) + 1);
    return true;
}

static void
show_field(const char *name, size_t width, enum argot_type type, uint16_t field, const struct argot_slot *slot,
           struct argot_buffer *out)
{
    argot_buffer_append_text(out, "  ");
    size_t columns = argot_say_escape(out, name, strlen(name));
    argot_buffer_printf(out, "%*s  ", (int)(columns < width ? width - columns : 0), "");
    argot_json_value(type, field, slot, out);
    argot_buffer_append_byte(out, '\n');
}

static bool
is_shown(uint16_t field)
{
    return strcmp(argot_schema.fields[field].name, "event_ingest_time") != 0;
}

static size_t
widest_name(const struct argot_event *event)
{
    size_t widest = 0;
    for (uint16_t i = 0; i < argot_schema.count; i++) {
        size_t length = strlen(argot_schema.fields[i].name);
        if (length > widest && is_shown(i) && argot_event_get(event, i))
            widest = length;
    }
    for (uint32_t i = 0; i < event->nextra; i++) {
        size_t length = event->extra[i].key.length + strlen("extra.");
        if (length > widest && length <= NAME_WIDTH_MAX)
            widest = length;
    }
    return widest;
}

static void
show_extra(const struct argot_extra *extra, size_t width, struct argot_buffer *out)
{
    argot_buffer_append_text(out, "  extra.");
    size_t columns = strlen("extra.") + argot_say_escape(out, extra->key.at, extra->key.length);
    argot_buffer_printf(out, "%*s  ", (int)(columns < width ? width - columns : 0), "");
    argot_json_value(extra->type, ARGOT_NONE, &extra->value, out);
    argot_buffer_append_byte(out, '\n');
}

/* An event, and for one that no message fits how far the messages came. */
struct told {
    const struct argot_event *event;
    char chain[CHAIN_BYTES];
    bool stopped;
    uint32_t offset;
    const char *expected; /* of the format's tables, or NULL */
};

static bool
has_messages(const struct argot_explain *explain, const struct argot_event *event)
{
    const struct argot_normalizer *n = argot_registry_find(explain->cli->registry, event->shape->format);
    return n && n->body && !n->envelope;
}

static void
find_stop(const struct argot_explain *explain, struct argot_slice record, struct told *told)
{
    struct argot_settings settings = explain->settings;
    settings.format = told->chain;
    settings.refuse_unmatched = true;
    struct argot_batch batch;
    argot_batch_init(&batch, explain->cli->seam);
    const struct argot_result *result = read_again(explain, record, &settings, &batch);
    if (result && result->outcome == ARGOT_LETTER && result->letter->reason == ARGOT_LETTER_UNMATCHED) {
        told->stopped = true;
        told->offset = result->letter->offset;
        told->expected = result->letter->expected;
    }
    argot_batch_finish(&batch);
}

static struct told
look_at(const struct argot_explain *explain, struct argot_slice record, const struct argot_event *event)
{
    struct told told = {.event = event};
    const struct argot_shape *shape = event->shape;
    if (!find_chain(explain, record, event, shape->format, shape->format, 1, told.chain))
        snprintf(told.chain, sizeof told.chain, "%s", shape->format);
    if (!strcmp(shape->message, "unmatched") && has_messages(explain, event))
        find_stop(explain, record, &told);
    return told;
}

static void
show_event(const struct told *told, struct argot_buffer *out)
{
    const struct argot_event *event = told->event;
    const struct argot_shape *shape = event->shape;
    argot_buffer_printf(out, "event: format %s (version %u), message %s", told->chain, shape->version, shape->message);
    if (event->part > 0)
        argot_buffer_printf(out, ", part %u", event->part);
    argot_buffer_append_byte(out, '\n');
    if (told->stopped && told->expected) {
        argot_buffer_printf(out, "no message fits; the furthest came to byte %u, where this was due: ", told->offset);
        argot_say_escape(out, told->expected, strlen(told->expected));
        argot_buffer_append_byte(out, '\n');
    }
    size_t width = widest_name(event);
    for (uint16_t i = 0; i < argot_schema.count; i++) {
        const struct argot_slot *slot = is_shown(i) ? argot_event_get(event, i) : NULL;
        if (slot)
            show_field(argot_schema.fields[i].name, width, argot_schema.fields[i].type, i, slot, out);
    }
    for (uint32_t i = 0; i < event->nextra; i++)
        show_extra(&event->extra[i], width, out);
}

/* ---- dead letters ---- */

static const char *
words_for(enum argot_letter_reason reason)
{
    static const char *const words[] = {
        [ARGOT_LETTER_NO_FORMAT] = "no format fits",
        [ARGOT_LETTER_NO_MATCH] = "the format does not fit",
        [ARGOT_LETTER_UNMATCHED] = "the head fits, but no message does, and the format refuses such lines",
        [ARGOT_LETTER_BAD_VALUE] = "a value is none of its field's type",
        [ARGOT_LETTER_NO_TIME] = "neither the line nor what is around it gives a time",
        [ARGOT_LETTER_BAD_JSON] = "the JSON is cut or broken",
        [ARGOT_LETTER_TOO_LONG] = "the record is longer than the limit",
        [ARGOT_LETTER_TOO_DEEP] = "the record is nested deeper than the limit",
        [ARGOT_LETTER_LIMIT] = "the record has more fields, captures or events than the limit",
    };
    return (unsigned)reason < sizeof words / sizeof *words && words[reason] ? words[reason] : "";
}

static struct marked
mark(const struct argot_explain *explain, const struct argot_letter *letter)
{
    struct argot_slice raw = letter->raw;
    size_t offset = letter->offset < raw.length ? letter->offset : raw.length;
    struct marked marked = {.line = raw, .begin = offset, .end = offset, .mark = true, .columns = explain->columns};
    /* A value that lies in the record is marked itself; one that was decoded lies elsewhere. */
    uintptr_t value = (uintptr_t)letter->value.at, begin = (uintptr_t)raw.at;
    if (letter->value.at && value >= begin && value - begin <= raw.length &&
        letter->value.length <= raw.length - (value - begin)) {
        marked.begin = value - begin;
        marked.end = marked.begin + letter->value.length;
    }
    return marked;
}

static void
show_letter(const struct argot_explain *explain, const struct argot_letter *letter, struct argot_buffer *out)
{
    struct marked marked = mark(explain, letter);
    show_marked(explain->cli->seam, &marked, out);
    argot_buffer_printf(out, "dead letter: %s: %s\n", argot_letter_reason_name(letter->reason),
                        words_for(letter->reason));
    if (letter->format) {
        argot_buffer_printf(out, "  came furthest  %s, to byte %u of %u\n", letter->format, letter->offset,
                            letter->raw.length);
    }
    if (letter->expected) {
        argot_buffer_append_text(out, "  expected here  ");
        argot_say_escape(out, letter->expected, strlen(letter->expected));
        argot_buffer_append_byte(out, '\n');
    }
    if (letter->field) {
        argot_buffer_printf(out, "  field          %s", letter->field);
        if (letter->value.at) {
            argot_buffer_append_text(out, ", which does not take ");
            argot_json_string(letter->value.at, letter->value.length, out);
        }
        argot_buffer_append_byte(out, '\n');
    }
}

void
argot_explain_results(const struct argot_explain *explain, struct argot_slice record, const struct argot_batch *batch,
                      struct argot_buffer *out)
{
    bool line_shown = false;
    for (size_t i = 0; i < batch->count; i++) {
        const struct argot_result *result = &batch->results[i];
        if (result->outcome == ARGOT_LETTER) {
            show_letter(explain, result->letter, out);
            continue;
        }
        struct told told = {.event = NULL};
        if (result->outcome == ARGOT_EVENT)
            told = look_at(explain, record, result->event);
        if (!line_shown) {
            struct marked marked = {.line = record, .columns = explain->columns, .mark = told.stopped};
            marked.begin = marked.end = told.offset < record.length ? told.offset : record.length;
            show_marked(explain->cli->seam, &marked, out);
        }
        line_shown = true;
        if (result->outcome == ARGOT_EVENT)
            show_event(&told, out);
        else
            argot_buffer_append_text(out, "skipped: the line is empty, or of a kind that its format declares to be no "
                                          "event\n");
    }
}
