/* SPDX-License-Identifier: Apache-2.0
 * Gears in words and as JSON. argot-gen leaves a line for each lexer, `lexer OF TEMPLATES STATES GEAR LIMIT`, and one
 * for what stands behind texts, `texts BACKWARDS STATES ENDS UNTOLD LARGE LIMIT`. */
#include "cli/gears.h"
#include <stdio.h>
#include <string.h>

enum { OF_HEAD, OF_BODY, OF_FIELD, OF_COUNT };
enum gear { GEAR_UNKNOWN, GEAR_FEW, GEAR_DFA, GEAR_LINES, GEAR_OPEN, GEAR_STATES, GEAR_LISTS, GEAR_COUNT };

static const char *const of_names[] = {[OF_HEAD] = "head", [OF_BODY] = "body", [OF_FIELD] = "field"};
static const char *const gear_names[] = {
    [GEAR_UNKNOWN] = "unknown", [GEAR_FEW] = "few",       [GEAR_DFA] = "dfa",     [GEAR_LINES] = "lines",
    [GEAR_OPEN] = "open",       [GEAR_STATES] = "states", [GEAR_LISTS] = "lists",
};

struct lexer {
    unsigned of, gear, templates, states, limit;
    unsigned count; /* of lexers that are told together: those of fields with one gear */
};

#define MOST_TOLD (2 + GEAR_COUNT)

struct gears {
    struct lexer list[MOST_TOLD];
    size_t count;
    struct { /* rests of templates behind a :text */
        bool known;
        unsigned backwards, untold, large; /* how many are read backwards, and how many not and why */
        unsigned states, limit;            /* most of one; more are too many */
        unsigned ends;                     /* tried before */
    } texts;
};

static unsigned
number_of(const char *name, const char *const *names, unsigned count, unsigned otherwise)
{
    for (unsigned i = 0; i < count; i++)
        if (!strcmp(names[i], name))
            return i;
    return otherwise;
}

/* Of several fields the largest stands for all. */
static void
add(struct gears *gears, const struct lexer *lexer)
{
    for (size_t i = 0; i < gears->count; i++) {
        struct lexer *other = &gears->list[i];
        if (lexer->of != OF_FIELD || other->of != OF_FIELD || other->gear != lexer->gear)
            continue;
        other->count++;
        other->templates = lexer->templates > other->templates ? lexer->templates : other->templates;
        other->states += lexer->states;
        return;
    }
    if (gears->count < MOST_TOLD)
        gears->list[gears->count++] = *lexer;
}

static void
read_texts(const char *line, struct gears *gears)
{
    gears->texts.known |=
        sscanf(line, "texts %u %u %u %u %u %u", &gears->texts.backwards, &gears->texts.states, &gears->texts.ends,
               &gears->texts.untold, &gears->texts.large, &gears->texts.limit) == 6;
}

static void
read_stat(const char *stat, struct gears *gears)
{
    for (const char *line = stat; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        read_texts(line, gears);
        struct lexer lexer = {.count = 1};
        char of[8], gear[8];
        if (sscanf(line, "lexer %7s %u %u %7s %u", of, &lexer.templates, &lexer.states, gear, &lexer.limit) != 5)
            continue;
        lexer.of = number_of(of, of_names, OF_COUNT, OF_FIELD);
        lexer.gear = number_of(gear, gear_names, GEAR_COUNT, GEAR_UNKNOWN);
        add(gears, &lexer);
    }
}

static void
read_tables(const struct argot_normalizer *normalizer, struct gears *gears)
{
    const struct argot_lexer *const lexers[] = {[OF_HEAD] = normalizer->head, [OF_BODY] = normalizer->body};
    for (unsigned of = OF_HEAD; of <= OF_BODY; of++) {
        if (!lexers[of])
            continue;
        struct lexer lexer = {.of = of,
                              .gear = lexers[of]->decide ? GEAR_DFA : GEAR_UNKNOWN,
                              .templates = lexers[of]->ntemplates,
                              .states = lexers[of]->states,
                              .count = 1};
        add(gears, &lexer);
    }
}

static struct gears
gears_of(const struct argot_normalizer *normalizer, const char *stat)
{
    struct gears gears = {.count = 0};
    if (stat)
        read_stat(stat, &gears);
    if (!gears.count)
        read_tables(normalizer, &gears);
    return gears;
}

static void
put_why(const struct lexer *lexer, struct argot_buffer *out)
{
    switch ((enum gear)lexer->gear) {
    case GEAR_FEW:
        argot_buffer_printf(out, "tried in turn: fewer than %u", lexer->limit);
        return;
    case GEAR_DFA:
        argot_buffer_printf(out, "told apart by a DFA of %u states over what they begin with", lexer->states);
        return;
    case GEAR_LINES:
        argot_buffer_printf(out, "told apart by a DFA of %u states over whole lines: each may begin with anything",
                            lexer->states);
        return;
    case GEAR_OPEN:
        argot_buffer_append_text(out, "tried in turn: each may begin with anything");
        return;
    case GEAR_STATES:
        argot_buffer_printf(out, "tried in turn: a DFA would have more than %u states", lexer->limit);
        return;
    case GEAR_LISTS:
        argot_buffer_printf(out, "tried in turn: the lists beside a DFA would have more than %u entries", lexer->limit);
        return;
    case GEAR_UNKNOWN:
    case GEAR_COUNT:
        break;
    }
    argot_buffer_append_text(out, "tried in turn");
}

static void
show_lexer(const struct lexer *lexer, struct argot_buffer *out)
{
    const char *plural = lexer->templates == 1 ? "" : "s";
    if (lexer->of == OF_FIELD)
        argot_buffer_printf(out, "    inside %u field%s: up to %u template%s, ", lexer->count,
                            lexer->count == 1 ? "" : "s", lexer->templates, plural);
    else
        argot_buffer_printf(out, "    %s: %u template%s, ", of_names[lexer->of], lexer->templates, plural);
    put_why(lexer, out);
    argot_buffer_append_byte(out, '\n');
}

static void
show_texts(const struct gears *gears, struct argot_buffer *out)
{
    if (!gears->texts.known || gears->texts.backwards + gears->texts.untold + gears->texts.large == 0)
        return;
    argot_buffer_append_text(out, "    behind texts:");
    const char *comma = "";
    if (gears->texts.backwards) {
        argot_buffer_printf(out, " %u rests read backwards when %u ends did not fit, by DFAs of up to %u states",
                            gears->texts.backwards, gears->texts.ends, gears->texts.states);
        comma = ",";
    }
    if (gears->texts.untold) {
        argot_buffer_printf(out, "%s %u tried at each end: what they hold is no regular language", comma,
                            gears->texts.untold);
        comma = ",";
    }
    if (gears->texts.large)
        argot_buffer_printf(out, "%s %u tried at each end: a DFA would have more than %u states", comma,
                            gears->texts.large, gears->texts.limit);
    argot_buffer_append_byte(out, '\n');
}

void
argot_gears_show(const struct argot_normalizer *normalizer, const char *stat, struct argot_buffer *out)
{
    struct gears gears = gears_of(normalizer, stat);
    if (normalizer->record)
        argot_buffer_append_text(out, "    record: fields looked up by their names, without templates\n");
    for (unsigned of = 0; of < OF_COUNT; of++)
        for (size_t i = 0; i < gears.count; i++)
            if (gears.list[i].of == of)
                show_lexer(&gears.list[i], out);
    show_texts(&gears, out);
}

void
argot_gears_texts_json(const struct argot_normalizer *normalizer, const char *stat, struct argot_buffer *out)
{
    struct gears gears = gears_of(normalizer, stat);
    if (!gears.texts.known) {
        argot_buffer_append_text(out, "null");
        return;
    }
    argot_buffer_printf(out, "{\"backwards\":%u,\"states\":%u,\"forward\":{\"not_regular\":%u,\"too_many_states\":%u}}",
                        gears.texts.backwards, gears.texts.states, gears.texts.untold, gears.texts.large);
}

void
argot_gears_json(const struct argot_normalizer *normalizer, const char *stat, struct argot_buffer *out)
{
    struct gears gears = gears_of(normalizer, stat);
    argot_buffer_append_byte(out, '[');
    for (size_t i = 0; i < gears.count; i++) {
        const struct lexer *lexer = &gears.list[i];
        argot_buffer_printf(
            out, "%s{\"of\":\"%s\",\"lexers\":%u,\"templates\":%u,\"states\":%u,\"gear\":\"%s\",\"why\":\"",
            i ? "," : "", of_names[lexer->of], lexer->count, lexer->templates, lexer->states, gear_names[lexer->gear]);
        put_why(lexer, out);
        argot_buffer_append_text(out, "\"}");
    }
    argot_buffer_append_byte(out, ']');
}
