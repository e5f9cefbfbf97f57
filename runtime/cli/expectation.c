/* SPDX-License-Identifier: Apache-2.0
 * In the file a value is what the schema's type makes of its text: 8080 and '8080' are one port. The event, which has
 * the right type, says which it is. What `extra` holds is in no schema; there quotes make a text. */
#include "cli/expectation.h"
#include "cli/examples.h"
#include "cli/say.h"
#include <stdio.h>
#include <stdlib.h>

#define NAME_BYTES 512 /* a longer path is cut in the report */

struct comparison {
    const struct argot_record *record;
    struct argot_buffer *report;
    unsigned differences;
};

static void
append_old(const struct argot_yaml *old, struct argot_buffer *report)
{
    struct argot_buffer json;
    argot_buffer_init(&json, report->seam);
    argot_yaml_print_json(old, true, &json);
    argot_say_escape(report, json.bytes, json.length);
    report->failed |= json.failed;
    argot_buffer_finish(&json);
}

static void
add_difference(struct comparison *c, const char *name, const struct argot_yaml *old, uint32_t new)
{
    c->differences++;
    if (!c->report)
        return;
    argot_buffer_append_text(c->report, "  ");
    argot_say_escape(c->report, *name ? name : "expect", *name ? strlen(name) : strlen("expect"));
    argot_buffer_append_text(c->report, ": ");
    if (old)
        append_old(old, c->report);
    else
        argot_examples_print(c->record, 0, c->report);
    argot_buffer_append_text(c->report, " -> ");
    argot_examples_print(c->record, new, c->report);
    argot_buffer_append_byte(c->report, '\n');
}

static bool
same_number(const char *old, struct argot_slice new)
{
    char *end;
    double x = strtod(old, &end), y = strtod((const char *)new.at, NULL);
    return *old && !*end && !(x < y) && !(x > y);
}

static bool
same_scalar(const struct argot_yaml *old, const struct argot_node *new, bool typed)
{
    const char *word = argot_yaml_typed(old);
    switch (new->kind) {
    case ARGOT_NODE_STRING:
        return !(typed && word) && old->length == new->text_length &&
               (!old->length || !memcmp(old->text, new->text_at, old->length));
    case ARGOT_NODE_NUMBER:
        return (!typed || word) && same_number(old->text, argot_node_text(new));
    case ARGOT_NODE_TRUE:
        return (!typed || word) && !strcmp(old->text, "true");
    case ARGOT_NODE_FALSE:
        return (!typed || word) && !strcmp(old->text, "false");
    default:
        return word && !strcmp(word, "null");
    }
}

static void compare(struct comparison *c, const char *name, const struct argot_yaml *old, uint32_t new, bool typed);

// NOLINTNEXTLINE(misc-no-recursion)
static void
compare_lists(struct comparison *c, const char *name, const struct argot_yaml *old, uint32_t new, bool typed)
{
    uint32_t at = argot_record_first(c->record, new);
    for (size_t i = 0; i < old->count || at; i++) {
        char item[NAME_BYTES];
        snprintf(item, sizeof item, "%s[%zu]", name, i);
        compare(c, item, i < old->count ? old->items[i] : NULL, at, typed);
        at = at ? argot_record_next(c->record, at) : 0;
    }
}

// NOLINTNEXTLINE(misc-no-recursion)
static void
compare_maps(struct comparison *c, const char *name, const struct argot_yaml *old, uint32_t new, bool typed)
{
    char member[NAME_BYTES];
    const char *dot = *name ? "." : "";
    for (size_t i = 0; i < old->count; i++) {
        const struct argot_yaml *key = old->keys[i];
        struct argot_slice slice = {(const uint8_t *)key->text, (uint32_t)key->length};
        snprintf(member, sizeof member, "%s%s%s", name, dot, key->text);
        compare(c, member, old->items[i], argot_examples_member(c->record, new, slice),
                typed || !strcmp(key->text, "extra"));
    }
    for (uint32_t at = argot_record_first(c->record, new); at; at = argot_record_next(c->record, at)) {
        struct argot_slice key = argot_node_key(&c->record->nodes[at]);
        snprintf(member, sizeof member, "%s%s%.*s", name, dot, (int)key.length, (const char *)key.at);
        bool there = false;
        for (size_t i = 0; i < old->count && !there; i++)
            there = old->keys[i]->length == key.length && !memcmp(old->keys[i]->text, key.at, key.length);
        if (!there)
            add_difference(c, member, NULL, at);
    }
}

/* Either may be missing, not both. */
// NOLINTNEXTLINE(misc-no-recursion)
static void
compare(struct comparison *c, const char *name, const struct argot_yaml *old, uint32_t new, bool typed)
{
    static const enum argot_node_kind kinds[] = {[ARGOT_YAML_SCALAR] = ARGOT_NODE_STRING,
                                                 [ARGOT_YAML_LIST] = ARGOT_NODE_ARRAY,
                                                 [ARGOT_YAML_MAP] = ARGOT_NODE_OBJECT};
    const struct argot_node *node = &c->record->nodes[new];
    bool scalar = node->kind > ARGOT_NODE_ARRAY;
    if (!old || !new || kinds[old->kind] != (scalar ? ARGOT_NODE_STRING : node->kind) ||
        (scalar && !same_scalar(old, node, typed)))
        add_difference(c, name, old, new);
    else if (old->kind == ARGOT_YAML_LIST)
        compare_lists(c, name, old, new, typed);
    else if (old->kind == ARGOT_YAML_MAP)
        compare_maps(c, name, old, new, typed);
}

unsigned
argot_expectation_compare(const struct argot_expectation *expectation, struct argot_buffer *report)
{
    struct comparison c = {.record = expectation->record, .report = report};
    compare(&c, "", expectation->expect, expectation->event, expectation->typed);
    return c.differences;
}
