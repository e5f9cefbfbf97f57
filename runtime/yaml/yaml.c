/* SPDX-License-Identifier: Apache-2.0
 * Builds the tree from libyaml's events. Errors of structure are collected as long as the events go on; those of
 * syntax, of the limits and of memory end the parsing. */
#include "yaml/yaml.h"
#include "base/codes.h"
#include "yaml/text.h"
#include <stdlib.h>
#include <yaml.h>

struct anchor {
    const char *name;
    struct argot_yaml *node; /* NULL while it is being built */
    struct argot_span span;
    size_t nodes, text_bytes; /* of the node and all in it */
    unsigned depth;           /* levels, 1 for a scalar */
};

struct parser {
    struct argot_diagnostics *diagnostics;
    struct argot_yaml_text text;
    yaml_parser_t yaml;
    size_t nodes, text_bytes; /* so far */
    struct anchor *anchors;
    size_t nanchors;
    size_t reached;   /* offset behind the last byte of a value, as far as values were read */
    unsigned deepest; /* level met so far, the root is 1 */
    bool stopped;     /* no more events are read */
};

/* A growing list of nodes; the old arrays stay in the arena. */
struct nodes {
    struct argot_yaml **at;
    size_t count, capacity;
};

static void
no_memory(struct parser *p)
{
    if (!p->stopped)
        argot_diagnostics_add(p->diagnostics, ARGOT_ERROR, ARGOT_CODE_NO_MEMORY, (struct argot_span){0},
                              "out of memory");
    p->stopped = true;
}

static struct argot_diagnostic *__attribute__((format(printf, 4, 5)))
stop(struct parser *p, unsigned code, struct argot_span span, const char *format, ...)
{
    p->stopped = true;
    va_list args;
    va_start(args, format);
    const char *text = argot_arena_vprintf(p->diagnostics->arena, format, args);
    va_end(args);
    return argot_diagnostics_add(p->diagnostics, ARGOT_ERROR, code, span, "%s", text ? text : "out of memory");
}

static struct argot_span
mark_span(struct parser *p, yaml_mark_t mark)
{
    size_t at = argot_yaml_text_offset(&p->text, mark.index);
    return argot_yaml_text_span(&p->text, at, at + 1);
}

static struct argot_span
event_span(struct parser *p, const yaml_event_t *event)
{
    size_t begin = argot_yaml_text_offset(&p->text, event->start_mark.index);
    size_t end = argot_yaml_text_offset(&p->text, event->end_mark.index);
    return argot_yaml_text_span(&p->text, begin, end);
}

/* Ends of block collections are no bytes: libyaml puts them where the next thing begins. */
static void
reach(struct parser *p, const yaml_event_t *event)
{
    size_t begin = argot_yaml_text_offset(&p->text, event->start_mark.index);
    size_t end = argot_yaml_text_offset(&p->text, event->end_mark.index);
    bool closing = event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT;
    if (closing && (end != begin + 1 || !strchr("]}", p->text.bytes[begin])))
        return;
    while (end > begin && strchr(" \t\r\n", p->text.bytes[end - 1]))
        end--;
    p->reached = end;
}

/* The byte before `at` on its line that is no blank, or a newline. */
static char
byte_before(const struct argot_yaml_text *text, size_t at)
{
    while (at > text->begin && text->bytes[at - 1] == ' ')
        at--;
    return at > text->begin ? text->bytes[at - 1] : '\n';
}

/* Whether nothing but blanks and a word stands before the colon on its line. */
static bool
is_first_key(const struct argot_yaml_text *text, size_t at)
{
    size_t word = at;
    while (word > text->begin && !strchr(" \n'\"{[", text->bytes[word - 1]))
        word--;
    size_t line = word;
    while (line > text->begin && text->bytes[line - 1] == ' ')
        line--;
    return word < at && line < word && (line == text->begin || text->bytes[line - 1] == '\n');
}

/* What a writer of formats most often means when libyaml gives up at this byte. */
static const char *
hint_of(const struct parser *p, size_t at, size_t context)
{
    const char *problem = p->yaml.problem;
    char byte = at < p->text.length ? p->text.bytes[at] : '\0', before = byte_before(&p->text, at);
    if (strstr(problem, "unknown escape"))
        return "in double quotes a backslash begins an escape; single quotes keep it";
    if ((context < p->text.length && p->text.bytes[context] == '{') || before == '}')
        return "a template that begins with `{` needs quotes around it";
    if (before == ']')
        return "a text that begins with `[` needs quotes around it";
    if (strstr(problem, "did not find expected") && (before == '\'' || before == '"'))
        return "the text goes on behind its closing quote; a quote inside is written '' in single quotes, \\\" in "
               "double";
    if (byte == '\t')
        return "indent with blanks; YAML takes no tabs there";
    if (byte == '%' || byte == '@' || byte == '`')
        return "a value that begins with this byte needs quotes around it";
    if (strstr(problem, "mapping values are not allowed") && is_first_key(&p->text, at))
        return "the keys of a map begin in one column; this one stands farther right than those above it";
    if (strstr(problem, "mapping values are not allowed"))
        return "a value that holds `: ` needs quotes around it";
    return NULL;
}

static void
report_syntax(struct parser *p)
{
    const yaml_parser_t *yaml = &p->yaml;
    if (yaml->error == YAML_MEMORY_ERROR || !yaml->problem) {
        no_memory(p);
        return;
    }
    if (yaml->error == YAML_READER_ERROR) { /* the text was checked before, so this is for other versions of libyaml */
        size_t at = p->text.begin + yaml->problem_offset;
        at = at < p->text.length ? at : p->text.length;
        stop(p, ARGOT_CODE_YAML_BYTES, argot_yaml_text_span(&p->text, at, at + 1), "%s", yaml->problem);
        return;
    }
    bool tag = strstr(yaml->problem, " tag ") || (yaml->context && strstr(yaml->context, " tag"));
    unsigned code = tag ? ARGOT_CODE_YAML_TAG : ARGOT_CODE_YAML_SYNTAX;
    struct argot_diagnostic *d = stop(p, code, mark_span(p, yaml->problem_mark), "%s", yaml->problem);
    size_t at = argot_yaml_text_offset(&p->text, yaml->problem_mark.index);
    size_t context = SIZE_MAX;
    if (yaml->context) {
        context = argot_yaml_text_offset(&p->text, yaml->context_mark.index);
        d->second = mark_span(p, yaml->context_mark);
    }
    if (context != at && context != SIZE_MAX) {
        d->second_text = argot_arena_copy(p->diagnostics->arena, yaml->context, strlen(yaml->context));
    }
    d->hint = hint_of(p, at, context);
}

static bool
next_event(struct parser *p, yaml_event_t *event)
{
    if (p->stopped)
        return false;
    if (yaml_parser_parse(&p->yaml, event))
        return true;
    report_syntax(p);
    return false;
}

/* Counts nodes and bytes against the limits. */
static bool
count(struct parser *p, struct argot_span span, size_t nodes, size_t text_bytes)
{
    p->nodes += nodes;
    p->text_bytes += text_bytes;
    if (p->nodes > ARGOT_YAML_MAX_NODES)
        stop(p, ARGOT_CODE_YAML_SIZE, span, "more than %d values, aliases counted as copies", ARGOT_YAML_MAX_NODES);
    else if (p->text_bytes > ARGOT_YAML_MAX_TEXT)
        stop(p, ARGOT_CODE_YAML_SIZE, span, "more than %u bytes of text, aliases counted as copies",
             ARGOT_YAML_MAX_TEXT);
    return !p->stopped;
}

static struct argot_yaml *
new_node(struct parser *p, enum argot_yaml_kind kind, struct argot_span span)
{
    if (!count(p, span, 1, 0))
        return NULL;
    struct argot_yaml *node = argot_arena_zalloc(p->diagnostics->arena, 1, sizeof *node);
    if (!node) {
        no_memory(p);
        return NULL;
    }
    node->kind = kind;
    node->span = span;
    return node;
}

static bool
append(struct parser *p, struct nodes *nodes, struct argot_yaml *node)
{
    if (nodes->count == nodes->capacity) {
        size_t capacity = nodes->capacity ? nodes->capacity * 2 : 8;
        struct argot_yaml **at = argot_arena_zalloc(p->diagnostics->arena, capacity, sizeof *at);
        if (!at) {
            no_memory(p);
            return false;
        }
        if (nodes->count)
            memcpy(at, nodes->at, nodes->count * sizeof *at);
        nodes->at = at;
        nodes->capacity = capacity;
    }
    nodes->at[nodes->count++] = node;
    return true;
}

/* ---- anchors ---- */

static struct anchor *
find_anchor(struct parser *p, const char *name)
{
    for (size_t i = p->nanchors; i-- > 0;)
        if (!strcmp(p->anchors[i].name, name))
            return &p->anchors[i];
    return NULL;
}

/* The index of the new anchor; SIZE_MAX: none was asked for, or stopped. */
static size_t
add_anchor(struct parser *p, const yaml_char_t *name, struct argot_span span)
{
    if (!name)
        return SIZE_MAX;
    if (p->nanchors == ARGOT_YAML_MAX_ANCHORS) {
        stop(p, ARGOT_CODE_YAML_ALIAS, span, "too many anchors in one file");
        return SIZE_MAX;
    }
    struct argot_arena *arena = p->diagnostics->arena;
    if (!p->anchors)
        p->anchors = argot_arena_zalloc(arena, ARGOT_YAML_MAX_ANCHORS, sizeof *p->anchors);
    const char *copy = argot_arena_copy(arena, (const char *)name, strlen((const char *)name));
    if (!p->anchors || !copy) {
        no_memory(p);
        return SIZE_MAX;
    }
    p->anchors[p->nanchors] = (struct anchor){.name = copy, .span = span};
    return p->nanchors++;
}

/* ---- scalars ---- */

/* Where the scalar itself begins: the event begins at its anchor. */
static size_t
skip_properties(const struct argot_yaml_text *text, size_t at, size_t end)
{
    const char *bytes = text->bytes;
    while (at < end && (bytes[at] == '&' || bytes[at] == '!')) {
        while (at < end && !strchr(" \t\r\n", bytes[at]))
            at++;
        while (at < end && strchr(" \t\r\n#", bytes[at])) {
            if (bytes[at++] != '#')
                continue;
            while (at < end && bytes[at] != '\n')
                at++;
        }
    }
    return at;
}

/* Finds where the lines of a literal block stand: by its first line that is not blank. */
static void
place_block(const struct argot_yaml_text *text, struct argot_yaml *node)
{
    const char *at = node->text, *end = node->text + node->length;
    uint32_t blank = 0;
    for (; at < end && *at == '\n'; at++)
        blank++;
    const char *newline = memchr(at, '\n', (size_t)(end - at)), *line;
    size_t wanted = (size_t)((newline ? newline : end) - at), length;
    if (wanted == 0 || !argot_yaml_text_line(text, node->span.line + 1 + blank, &line, &length) || length < wanted)
        return;
    size_t indent = length - wanted;
    for (size_t i = 0; i < indent; i++)
        if (line[i] != ' ')
            return;
    if (memcmp(line + indent, at, wanted) != 0)
        return;
    node->block_line = node->span.line + 1;
    node->block_column = (uint32_t)(indent + 1);
}

static void
place_scalar(struct parser *p, const yaml_event_t *event, struct argot_yaml *node)
{
    const struct argot_yaml_text *text = &p->text;
    size_t end = argot_yaml_text_offset(&p->text, event->end_mark.index);
    size_t begin = argot_yaml_text_offset(&p->text, event->start_mark.index);
    begin = skip_properties(text, begin, end);
    yaml_scalar_style_t style = event->data.scalar.style;
    node->plain = style == YAML_PLAIN_SCALAR_STYLE;
    node->span = argot_yaml_text_span(text, begin, end);
    if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE) {
        size_t header = begin;
        while (header < end && !strchr(" \t\r\n#", text->bytes[header]))
            header++;
        node->span = argot_yaml_text_span(text, begin, header);
        if (style == YAML_LITERAL_SCALAR_STYLE)
            place_block(text, node);
        return;
    }
    /* Equal bytes between the same ends: then no escape, no doubled quote, no folded line is inside. */
    uint32_t quote = node->plain ? 0 : 1;
    node->text_offset = quote;
    node->verbatim = end - begin == node->length + 2 * quote &&
                     !memcmp(text->bytes + begin + quote, node->text, node->length) &&
                     !memchr(node->text, '\n', node->length);
}

static struct argot_yaml *
build_scalar(struct parser *p, const yaml_event_t *event)
{
    struct argot_yaml *node = new_node(p, ARGOT_YAML_SCALAR, event_span(p, event));
    size_t length = event->data.scalar.length;
    const char *value = (const char *)event->data.scalar.value;
    if (!node || !count(p, node->span, 0, length))
        return NULL;
    node->text = argot_arena_copy(p->diagnostics->arena, value, length);
    node->length = length;
    if (!node->text) {
        no_memory(p);
        return NULL;
    }
    place_scalar(p, event, node);
    if (memchr(value, '\0', length))
        argot_diagnostics_add(p->diagnostics, ARGOT_ERROR, ARGOT_CODE_YAML_BYTES, node->span,
                              "a text that holds a NUL byte");
    return node;
}

/* ---- lists and maps ---- */

static struct argot_yaml *build(struct parser *p, yaml_event_t *event, unsigned level);

static void
build_list(struct parser *p, struct argot_yaml *list, unsigned level)
{
    struct nodes items = {0};
    for (;;) {
        yaml_event_t event;
        if (!next_event(p, &event))
            break;
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            reach(p, &event);
            yaml_event_delete(&event);
            break;
        }
        struct argot_yaml *item = build(p, &event, level + 1);
        if (!item || !append(p, &items, item))
            break;
    }
    list->count = items.count;
    list->items = items.at;
}

static int
compare_keys(const void *left, const void *right)
{
    const struct argot_yaml *a = *(struct argot_yaml *const *)left, *b = *(struct argot_yaml *const *)right;
    int order = strcmp(a->text, b->text);
    if (order)
        return order;
    if (a->span.line != b->span.line)
        return a->span.line < b->span.line ? -1 : 1;
    return a->span.column < b->span.column ? -1 : a->span.column > b->span.column;
}

static void
check_duplicates(struct parser *p, const struct argot_yaml *map)
{
    if (p->stopped || map->count < 2)
        return;
    struct argot_yaml **keys = argot_arena_zalloc(p->diagnostics->arena, map->count, sizeof *keys);
    if (!keys) {
        no_memory(p);
        return;
    }
    memcpy(keys, map->keys, map->count * sizeof *keys);
    qsort(keys, map->count, sizeof *keys, compare_keys);
    const struct argot_yaml *first = keys[0];
    for (size_t i = 1; i < map->count; i++) {
        if (strcmp(keys[i]->text, first->text) != 0) {
            first = keys[i];
            continue;
        }
        struct argot_diagnostic *d = argot_diagnostics_add(p->diagnostics, ARGOT_ERROR, ARGOT_CODE_YAML_DUPLICATE,
                                                           keys[i]->span, "`%s` is set twice", first->text);
        d->second = first->span;
        d->second_text = "first set here";
    }
}

/* A key that may stand in a map, or not: then the error is reported, and the pair is left out. */
static bool
check_key(struct parser *p, const struct argot_yaml *key)
{
    if (key->kind != ARGOT_YAML_SCALAR || (key->plain && key->length == 0)) {
        argot_diagnostics_add(p->diagnostics, ARGOT_ERROR, ARGOT_CODE_YAML_KEY, key->span,
                              key->kind == ARGOT_YAML_SCALAR ? "an empty key" : "a key must be a text")
            ->hint = key->kind == ARGOT_YAML_SCALAR ? NULL : "`{` and `[` at the begin of a key need quotes around it";
        return false;
    }
    if (key->plain && !strcmp(key->text, "<<")) {
        argot_diagnostics_add(p->diagnostics, ARGOT_ERROR, ARGOT_CODE_YAML_MERGE, key->span,
                              "merge keys are not supported")
            ->hint = "write the keys out, or give the whole map an anchor";
        return false;
    }
    return true;
}

static void
build_map(struct parser *p, struct argot_yaml *map, unsigned level)
{
    struct nodes keys = {0}, items = {0};
    for (;;) {
        yaml_event_t event;
        if (!next_event(p, &event))
            break;
        if (event.type == YAML_MAPPING_END_EVENT) {
            reach(p, &event);
            yaml_event_delete(&event);
            break;
        }
        struct argot_yaml *key = build(p, &event, level + 1);
        if (!key || !next_event(p, &event))
            break;
        struct argot_yaml *item = build(p, &event, level + 1);
        if (!item)
            break;
        if (check_key(p, key) && (!append(p, &keys, key) || !append(p, &items, item)))
            break;
    }
    map->count = items.count;
    map->keys = keys.at;
    map->items = items.at;
    check_duplicates(p, map);
}

/* ---- any node ---- */

static bool
check_level(struct parser *p, struct argot_span span, unsigned level)
{
    if (level > ARGOT_YAML_MAX_DEPTH)
        stop(p, ARGOT_CODE_YAML_DEPTH, span, "more than %d levels of lists and maps", ARGOT_YAML_MAX_DEPTH);
    if (level > p->deepest)
        p->deepest = level;
    return !p->stopped;
}

static struct argot_yaml *
build_alias(struct parser *p, const yaml_event_t *event, unsigned level)
{
    struct argot_span span = event_span(p, event);
    const char *name = (const char *)event->data.alias.anchor;
    const struct anchor *anchor = find_anchor(p, name);
    if (!anchor) {
        stop(p, ARGOT_CODE_YAML_ALIAS, span, "no anchor `&%s` stands before this alias", name);
        return NULL;
    }
    if (!anchor->node) {
        struct argot_diagnostic *d = stop(p, ARGOT_CODE_YAML_ALIAS, span, "`*%s` stands inside its own anchor", name);
        d->second = anchor->span;
        d->second_text = "the anchor";
        return NULL;
    }
    if (!count(p, span, anchor->nodes, anchor->text_bytes) || !check_level(p, span, level + anchor->depth - 1))
        return NULL;
    return anchor->node;
}

static const yaml_char_t *
anchor_of(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT           ? event->data.scalar.anchor
           : event->type == YAML_SEQUENCE_START_EVENT ? event->data.sequence_start.anchor
                                                      : event->data.mapping_start.anchor;
}

static bool
has_tag(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT           ? event->data.scalar.tag != NULL
           : event->type == YAML_SEQUENCE_START_EVENT ? event->data.sequence_start.tag != NULL
                                                      : event->data.mapping_start.tag != NULL;
}

static struct argot_yaml *
build_content(struct parser *p, const yaml_event_t *event, unsigned level)
{
    if (event->type == YAML_SCALAR_EVENT)
        return build_scalar(p, event);
    bool map = event->type == YAML_MAPPING_START_EVENT;
    struct argot_yaml *node = new_node(p, map ? ARGOT_YAML_MAP : ARGOT_YAML_LIST, event_span(p, event));
    if (node && map)
        build_map(p, node, level);
    else if (node)
        build_list(p, node, level);
    return p->stopped ? NULL : node;
}

/* Builds the node that begins with the event, and ends the event. NULL when stopped. */
static struct argot_yaml *
build(struct parser *p, yaml_event_t *event, unsigned level)
{
    struct argot_yaml *node = NULL;
    reach(p, event);
    if (event->type == YAML_ALIAS_EVENT) {
        node = build_alias(p, event, level);
    } else if (check_level(p, event_span(p, event), level)) {
        struct argot_span span = event_span(p, event);
        if (has_tag(event))
            argot_diagnostics_add(p->diagnostics, ARGOT_ERROR, ARGOT_CODE_YAML_TAG, span, "tags are not supported")
                ->hint = "a text that begins with `!` needs quotes around it";
        size_t number = add_anchor(p, anchor_of(event), span);
        size_t nodes = p->nodes, text_bytes = p->text_bytes;
        unsigned deepest = p->deepest;
        p->deepest = level;
        size_t begin = argot_yaml_text_offset(&p->text, event->start_mark.index);
        node = p->stopped ? NULL : build_content(p, event, level);
        if (node) {
            node->begin = begin;
            node->end = p->reached;
        }
        if (node && number != SIZE_MAX) {
            struct anchor *anchor = &p->anchors[number];
            anchor->node = node;
            anchor->nodes = p->nodes - nodes;
            anchor->text_bytes = p->text_bytes - text_bytes;
            anchor->depth = p->deepest - level + 1;
        }
        if (deepest > p->deepest)
            p->deepest = deepest;
    }
    yaml_event_delete(event);
    return node;
}

/* ---- the whole file ---- */

static void
report_empty(struct parser *p)
{
    if (!p->stopped)
        stop(p, ARGOT_CODE_YAML_EMPTY, (struct argot_span){1, 1, 1}, "the file is empty");
}

static struct argot_yaml *
build_document(struct parser *p)
{
    struct argot_yaml *root = NULL;
    bool ended = false;
    while (!ended) {
        yaml_event_t event;
        if (!next_event(p, &event))
            return NULL;
        switch (event.type) {
        case YAML_STREAM_END_EVENT:
            ended = true;
            break;
        case YAML_DOCUMENT_START_EVENT:
            if (root)
                stop(p, ARGOT_CODE_YAML_DOCUMENTS, event_span(p, &event), "a second document in one file");
            break;
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_END_EVENT:
            break;
        default:
            root = build(p, &event, 1); /* ends the event */
            if (!root)
                return NULL;
            continue;
        }
        yaml_event_delete(&event);
    }
    if (!root || (root->kind == ARGOT_YAML_SCALAR && root->plain && root->length == 0)) {
        report_empty(p);
        return NULL;
    }
    return root;
}

struct argot_yaml *
argot_yaml_parse(struct argot_diagnostics *diagnostics)
{
    struct parser p = {.diagnostics = diagnostics};
    unsigned errors = diagnostics->errors;
    if (!argot_yaml_text_init(&p.text, diagnostics))
        return NULL;
    if (!yaml_parser_initialize(&p.yaml)) {
        no_memory(&p);
        return NULL;
    }
    yaml_parser_set_encoding(&p.yaml, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&p.yaml, (const unsigned char *)p.text.bytes + p.text.begin,
                                 p.text.length - p.text.begin);
    struct argot_yaml *root = build_document(&p);
    yaml_parser_delete(&p.yaml);
    return diagnostics->errors == errors ? root : NULL;
}
