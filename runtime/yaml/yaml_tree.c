/* SPDX-License-Identifier: Apache-2.0
 * Looking into a tree, and writing it as JSON. */
#include "yaml/yaml.h"

static size_t
find(const struct argot_yaml *map, const char *key)
{
    if (!map || map->kind != ARGOT_YAML_MAP)
        return SIZE_MAX;
    for (size_t i = 0; i < map->count; i++)
        if (!strcmp(map->keys[i]->text, key))
            return i;
    return SIZE_MAX;
}

struct argot_yaml *
argot_yaml_get(const struct argot_yaml *map, const char *key)
{
    size_t at = find(map, key);
    return at == SIZE_MAX ? NULL : map->items[at];
}

struct argot_yaml *
argot_yaml_key(const struct argot_yaml *map, const char *key)
{
    size_t at = find(map, key);
    return at == SIZE_MAX ? NULL : map->keys[at];
}

static size_t
skip_digits(const char *text, size_t at)
{
    while (text[at] >= '0' && text[at] <= '9')
        at++;
    return at;
}

/* A number as JSON writes it, RFC 8259 section 6. The text ends with a NUL. */
static bool
is_json_number(const char *text)
{
    size_t at = text[0] == '-';
    size_t end = skip_digits(text, at);
    if (end == at || (text[at] == '0' && end > at + 1))
        return false;
    at = end;
    if (text[at] == '.') {
        end = skip_digits(text, at + 1);
        if (end == at + 1)
            return false;
        at = end;
    }
    if (text[at] == 'e' || text[at] == 'E') {
        at++;
        at += text[at] == '+' || text[at] == '-';
        end = skip_digits(text, at);
        if (end == at)
            return false;
        at = end;
    }
    return text[at] == '\0';
}

const char *
argot_yaml_typed(const struct argot_yaml *node)
{
    if (!node->plain)
        return NULL;
    if (node->length == 0 || !strcmp(node->text, "~"))
        return "null";
    if (!strcmp(node->text, "null") || !strcmp(node->text, "true") || !strcmp(node->text, "false") ||
        is_json_number(node->text))
        return node->text;
    return NULL;
}

static void
print_string(const char *text, size_t length, struct argot_buffer *out)
{
    argot_buffer_append_byte(out, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') {
            argot_buffer_append_byte(out, '\\');
            argot_buffer_append_byte(out, (char)c);
        } else if (c < 0x20) {
            argot_buffer_printf(out, "\\u%04x", c);
        } else {
            argot_buffer_append_byte(out, (char)c);
        }
    }
    argot_buffer_append_byte(out, '"');
}

void
argot_yaml_print_json(const struct argot_yaml *node, bool typed, struct argot_buffer *out)
{
    if (node->kind == ARGOT_YAML_SCALAR) {
        const char *word = typed ? argot_yaml_typed(node) : NULL;
        if (word)
            argot_buffer_append_text(out, word);
        else
            print_string(node->text, node->length, out);
        return;
    }
    bool map = node->kind == ARGOT_YAML_MAP;
    argot_buffer_append_byte(out, map ? '{' : '[');
    for (size_t i = 0; i < node->count; i++) {
        if (i)
            argot_buffer_append_byte(out, ',');
        if (map) {
            print_string(node->keys[i]->text, node->keys[i]->length, out);
            argot_buffer_append_byte(out, ':');
        }
        argot_yaml_print_json(node->items[i], typed, out);
    }
    argot_buffer_append_byte(out, map ? '}' : ']');
}
