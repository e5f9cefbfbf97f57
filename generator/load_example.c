/* SPDX-License-Identifier: Apache-2.0
 * Examples: each line with the event it must give, as JSON text in the schema's types; and the proof that every :text
 * was tried with the text that ends it. */
#include "generator/codes.h"
#include "generator/model.h"
#include <string.h>

static void
json_string(struct argot_buffer *out, const char *text, size_t length)
{
    argot_buffer_append_byte(out, '"');
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = (uint8_t)text[i];
        if (byte == '"' || byte == '\\')
            argot_buffer_printf(out, "\\%c", byte);
        else if (byte < 0x20)
            argot_buffer_printf(out, "\\u%04x", byte);
        else
            argot_buffer_append_byte(out, (char)byte);
    }
    argot_buffer_append_byte(out, '"');
}

static bool
is_number(enum argot_type type)
{
    return type == ARGOT_TYPE_INT || type == ARGOT_TYPE_UINT || type == ARGOT_TYPE_PORT || type == ARGOT_TYPE_BYTES ||
           type == ARGOT_TYPE_DURATION || type == ARGOT_TYPE_FLOAT;
}

static bool
number_ok(const char *text)
{
    size_t length = strlen(text);
    return length && strspn(text, "0123456789.-+eE") == length && strpbrk(text, "0123456789");
}

static void
expect_scalar(struct argot_gen *gen, enum argot_type type, const struct argot_yaml *node, struct argot_buffer *out)
{
    if (!argot_gen_text(gen, node, "a value"))
        return;
    if (!is_number(type) && type != ARGOT_TYPE_BOOL) {
        json_string(out, node->text, node->length);
        return;
    }
    bool truth = !strcmp(node->text, "true") || !strcmp(node->text, "false");
    if (type == ARGOT_TYPE_BOOL ? !truth : !number_ok(node->text)) {
        argot_gen_error(gen, ARGOT_CODE_BAD_EXAMPLE, node->span, "`%s` is no value of type %s", node->text,
                        argot_schema_type_name(type));
        return;
    }
    argot_buffer_append_text(out, node->text);
}

static void
expect_member(struct argot_gen *gen, const struct argot_yaml *key, const struct argot_yaml *node,
              struct argot_buffer *out)
{
    if (!strcmp(key->text, "extra")) {
        argot_yaml_print_json(node, true, out);
        return;
    }
    const struct argot_gen_schema_field *field = argot_gen_schema_find(gen->schema, key->text);
    if (!field) {
        argot_gen_dest(gen, key->text, ARGOT_TYPE_NONE, key->span); /* reports it with the nearest name */
        argot_buffer_append_text(out, "null");
        return;
    }
    if (field->type != ARGOT_TYPE_STRING_LIST && field->type != ARGOT_TYPE_IP_LIST) {
        expect_scalar(gen, field->type, node, out);
        return;
    }
    argot_buffer_append_byte(out, '[');
    for (size_t i = 0; argot_gen_is(gen, node, ARGOT_YAML_LIST, "a list") && i < node->count; i++) {
        if (i)
            argot_buffer_append_byte(out, ',');
        expect_scalar(gen, ARGOT_TYPE_STRING, node->items[i], out);
    }
    argot_buffer_append_byte(out, ']');
}

static void
expect_event(struct argot_gen *gen, const struct argot_yaml *map, struct argot_buffer *out)
{
    if (!argot_gen_is(gen, map, ARGOT_YAML_MAP, "the fields of the event"))
        return;
    argot_buffer_append_byte(out, '{');
    for (size_t i = 0; i < map->count; i++) {
        if (i)
            argot_buffer_append_byte(out, ',');
        json_string(out, map->keys[i]->text, map->keys[i]->length);
        argot_buffer_append_byte(out, ':');
        expect_member(gen, map->keys[i], map->items[i], out);
    }
    argot_buffer_append_byte(out, '}');
}

/* One event, or the list of those that a record makes with `split`. */
static const char *
expect_json(struct argot_gen *gen, const struct argot_yaml *expect)
{
    struct argot_buffer out;
    argot_buffer_init(&out, gen->seam);
    if (expect->kind == ARGOT_YAML_LIST) {
        for (size_t i = 0; i < expect->count; i++) {
            argot_buffer_append_byte(&out, i ? ',' : '[');
            expect_event(gen, expect->items[i], &out);
        }
        argot_buffer_append_text(&out, expect->count ? "]" : "[]");
    } else {
        expect_event(gen, expect, &out);
    }
    const char *text = argot_arena_copy(gen->arena, (const char *)out.bytes, out.length);
    argot_buffer_finish(&out);
    return text;
}

static const char *
text_of(struct argot_gen *gen, const struct argot_yaml *map, const char *key)
{
    const struct argot_yaml *node = argot_yaml_get(map, key);
    return node ? argot_gen_text(gen, node, "a text") : NULL;
}

static bool
holds_twice(const char *line, const char *literal)
{
    const char *first = strstr(line, literal);
    return first && strstr(first + 1, literal);
}

/* Does this expectation show one of the literals inside the field that a :text fills? An empty one is still to be
 * written, by `argot test --accept`: no event is empty, so nothing is made until then. */
static void
show_texts(struct argot_gen *gen, const struct argot_yaml *expect, const struct argot_yaml *line)
{
    for (struct argot_gen_text *text = gen->texts; text; text = text->next) {
        for (size_t i = 0; !expect->count && i < text->nliterals; i++)
            text->shown |= holds_twice(line->text, text->literals[i]);
        const struct argot_yaml *holder = text->extra ? argot_yaml_get(expect, "extra") : expect;
        const struct argot_yaml *value = holder ? argot_yaml_get(holder, text->field) : NULL;
        for (size_t i = 0; value && value->kind == ARGOT_YAML_SCALAR && i < text->nliterals; i++)
            text->shown |= strstr(value->text, text->literals[i]) != NULL;
    }
}

static void
load_example(struct argot_gen *gen, const struct argot_yaml *node, struct argot_example *example)
{
    static const char *const keys[] = {"line", "expect", "received_at", "timezone", "reject", NULL};
    if (!argot_gen_is(gen, node, ARGOT_YAML_MAP, "an example: line and expect, or reject"))
        return;
    argot_gen_keys(gen, node, keys, "an example");
    const struct argot_yaml *line = argot_yaml_get(node, "line"), *reject = argot_yaml_get(node, "reject");
    const struct argot_yaml *expect = argot_yaml_get(node, "expect");
    struct argot_span place = node->span;
    argot_diagnostics_file(gen->diagnostics, &place);
    example->yaml_line = place.line;
    example->received_at = text_of(gen, node, "received_at");
    example->timezone = text_of(gen, node, "timezone");
    if (!line == !reject || (line && !expect) || (reject && expect)) {
        argot_gen_error(gen, ARGOT_CODE_BAD_EXAMPLE, node->span, "an example has `line:` and `expect:`, or `reject:`");
        return;
    }
    line = line ? line : reject;
    if (!argot_gen_text(gen, line, "a line"))
        return;
    example->line = argot_gen_slice(line);
    while (example->line.length && example->line.at[example->line.length - 1] == '\n')
        example->line.length--;
    if (!expect)
        return;
    example->expect = expect_json(gen, expect);
    for (size_t i = 0; expect->kind == ARGOT_YAML_LIST && i < expect->count; i++)
        show_texts(gen, expect->items[i], line);
    if (expect->kind == ARGOT_YAML_MAP)
        show_texts(gen, expect, line);
}

void
argot_gen_load_examples(struct argot_gen *gen, const struct argot_yaml *list)
{
    if (!argot_gen_is(gen, list, ARGOT_YAML_LIST, "a list of examples"))
        return;
    size_t old = gen->normalizer.nexamples;
    size_t count = argot_gen_items(gen, list, ARGOT_GEN_MAX_EXAMPLES - old, "examples");
    struct argot_example *examples = argot_gen_alloc(gen, old + count + 1, sizeof *examples);
    if (old)
        memcpy(examples, gen->normalizer.examples, old * sizeof *examples);
    for (size_t i = 0; i < count; i++)
        load_example(gen, list->items[i], &examples[gen->normalizer.nexamples++]);
    gen->normalizer.examples = examples;
}

void
argot_gen_check_texts(struct argot_gen *gen)
{
    for (const struct argot_gen_text *text = gen->texts; text; text = text->next)
        if (!text->shown)
            argot_gen_error(gen, ARGOT_CODE_TEXT_UNPROVEN, text->span,
                            "no example of this format shows `%s%s` holding the text that ends it, `%s` (message %s)",
                            text->extra ? "extra." : "", text->field, text->literals[0], text->message)
                ->hint =
                "add an attacker's line, in which the field's value holds that text, and that value under its `expect`";
}
