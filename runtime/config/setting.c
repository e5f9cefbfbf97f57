/* SPDX-License-Identifier: Apache-2.0
 * Single values of the configuration: what kind of node is due, how it is spelled, and the nearest right name where it
 * is not. */
#include "config/setting.h"
#include "base/amount.h"
#include "base/codes.h"
#include "config/codes.h"
#include "decode/decode.h"
#include <stdio.h>
#include <string.h>

#define MAX_NAMES 32 /* keys of one map, words of one choice */
#define PORT_MAX 65535u
#define PORT_DIGITS 5
#define SHOWN_WORDS_BYTES 160

static const char *const node_names[] = {
    [ARGOT_YAML_SCALAR] = "a single value",
    [ARGOT_YAML_LIST] = "a list",
    [ARGOT_YAML_MAP] = "a map",
};

struct argot_diagnostic *
argot_setting_refuse(struct argot_setting_reader *reader, unsigned code, struct argot_span span, const char *format,
                     ...)
{
    va_list args;
    va_start(args, format);
    char *text = argot_arena_vprintf(reader->diagnostics->arena, format, args);
    va_end(args);
    return argot_diagnostics_add(reader->diagnostics, ARGOT_ERROR, code, span, "%s", text ? text : "out of memory");
}

static const char *
print(struct argot_setting_reader *reader, const char *before, const char *text)
{
    char *joined = argot_arena_printf(reader->diagnostics->arena, "%s%s", before, text);
    return joined ? joined : text;
}

void *
argot_setting_alloc(struct argot_setting_reader *reader, size_t count, size_t size)
{
    void *memory = argot_arena_zalloc(reader->diagnostics->arena, count ? count : 1, size);
    if (!memory)
        argot_setting_refuse(reader, ARGOT_CODE_NO_MEMORY, (struct argot_span){0}, "out of memory");
    return memory;
}

/* ---- what kind of node ---- */

static bool
is_kind(struct argot_setting_reader *reader, const struct argot_yaml *node, enum argot_yaml_kind kind, const char *what)
{
    if (node->kind == kind)
        return true;
    argot_setting_refuse(reader, ARGOT_CODE_CONFIG_NODE, node->span, "%s is %s, not %s", what, node_names[kind],
                         node_names[node->kind]);
    return false;
}

static const struct argot_setting_key *
find_key(const char *name, const struct argot_setting_key *keys, size_t nkeys)
{
    for (size_t i = 0; i < nkeys; i++)
        if (!strcmp(keys[i].name, name))
            return &keys[i];
    return NULL;
}

static void
refuse_key(struct argot_setting_reader *reader, const struct argot_yaml *key, const char *what,
           const struct argot_setting_key *keys, size_t nkeys)
{
    const char *names[MAX_NAMES];
    char all[SHOWN_WORDS_BYTES] = "";
    size_t length = 0;
    for (size_t i = 0; i < nkeys && i < MAX_NAMES; i++) {
        names[i] = keys[i].name;
        if (length + strlen(names[i]) + sizeof ", " < sizeof all && !keys[i].later)
            length += (size_t)snprintf(all + length, sizeof all - length, "%s%s", length ? ", " : "", names[i]);
    }
    struct argot_diagnostic *said =
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_KEY, key->span, "%s has no key `%s`", what, key->text);
    said->hint = print(reader, "its keys: ", all);
    argot_diagnostic_suggest(reader->diagnostics, said, key->text, names, nkeys < MAX_NAMES ? nkeys : MAX_NAMES);
}

bool
argot_setting_map(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                  const struct argot_setting_key *keys, size_t nkeys)
{
    if (!is_kind(reader, node, ARGOT_YAML_MAP, what))
        return false;
    bool good = true;
    for (size_t i = 0; i < node->count; i++) {
        const struct argot_setting_key *key = find_key(node->keys[i]->text, keys, nkeys);
        if (key && !key->later)
            continue;
        good = false;
        if (!key)
            refuse_key(reader, node->keys[i], what, keys, nkeys);
        else
            argot_setting_refuse(reader, ARGOT_CODE_CONFIG_LATER, node->keys[i]->span,
                                 "`%s` is planned, and this argot does not do it yet", key->name)
                ->hint = "leave it out; docs/run.md says what there is";
    }
    return good;
}

bool
argot_setting_limit(struct argot_setting_reader *reader, const struct argot_yaml *node, size_t most, const char *what)
{
    if (argot_yaml_several(node) <= most)
        return true;
    argot_setting_refuse(reader, ARGOT_CODE_CONFIG_LIMIT, node->span, "%zu %s: at most %zu", argot_yaml_several(node),
                         what, most);
    return false;
}

/* ---- texts and words ---- */

bool
argot_setting_text(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                   struct argot_config_text *text)
{
    if (!is_kind(reader, node, ARGOT_YAML_SCALAR, what))
        return false;
    if (node->length == 0) {
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_NODE, node->span, "%s is empty", what);
        return false;
    }
    *text = (struct argot_config_text){node->text, node->span};
    return true;
}

/* NULL where it is one of them; else what is said of it. */
static struct argot_diagnostic *
choose(struct argot_setting_reader *reader, const struct argot_config_text *text, const char *what,
       const char *const *words, size_t nwords, size_t *index)
{
    char all[SHOWN_WORDS_BYTES] = "";
    size_t length = 0;
    for (size_t i = 0; i < nwords; i++) {
        const char *between = !length ? "" : i + 1 == nwords ? " or " : ", ";
        if (!strcmp(words[i], text->text)) {
            *index = i;
            return NULL;
        }
        if (length + strlen(words[i]) + sizeof " or " < sizeof all)
            length += (size_t)snprintf(all + length, sizeof all - length, "%s%s", between, words[i]);
    }
    struct argot_diagnostic *said =
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_WORD, text->span, "%s is %s, not `%s`", what, all, text->text);
    argot_diagnostic_suggest(reader->diagnostics, said, text->text, words, nwords);
    return said;
}

bool
argot_setting_word(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                   const char *const *words, size_t nwords, size_t *index)
{
    struct argot_config_text text;
    return argot_setting_text(reader, node, what, &text) && !choose(reader, &text, what, words, nwords, index);
}

bool
argot_setting_bool(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what, bool *value)
{
    static const char *const words[] = {"false", "true"};
    struct argot_config_text text;
    size_t index = 0;
    if (!argot_setting_text(reader, node, what, &text))
        return false;
    struct argot_diagnostic *said = choose(reader, &text, what, words, 2, &index);
    if (said && !said->hint)
        said->hint = "true and false are the only words for it";
    *value = index == 1;
    return !said;
}

/* ---- amounts ---- */

bool
argot_setting_duration(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                       int64_t least_ns, int64_t *ns)
{
    struct argot_config_text text;
    if (!argot_setting_text(reader, node, what, &text))
        return false;
    uint64_t value = 0;
    const char *wrong = argot_amount_duration(text.text, node->length, &value);
    if (!wrong && (int64_t)value < least_ns)
        wrong = "this is too short";
    if (wrong) {
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_AMOUNT, node->span,
                             "%s is a duration, and `%s` is not one that "
                             "may stand here",
                             what, text.text)
            ->hint = wrong;
        return false;
    }
    *ns = (int64_t)value; /* durations end before INT64_MAX */
    return true;
}

bool
argot_setting_size(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                   uint64_t *bytes)
{
    struct argot_config_text text;
    if (!argot_setting_text(reader, node, what, &text))
        return false;
    uint64_t value = 0;
    const char *wrong = argot_amount_size(text.text, node->length, &value);
    if (!wrong && value == 0)
        wrong = "this is too small";
    if (wrong) {
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_AMOUNT, node->span,
                             "%s is a size, and `%s` is not one that may stand here", what, text.text)
            ->hint = wrong;
        return false;
    }
    *bytes = value;
    return true;
}

/* ---- paths ---- */

bool
argot_setting_path_of(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *at,
                      const char *what, const char **path)
{
    const char *wrong = NULL;
    size_t folder = *at == '/' ? 0 : strlen(reader->folder);
    if (!*at)
        wrong = "is empty";
    else if (folder + strlen(at) >= ARGOT_CONFIG_PATH_BYTES)
        wrong = "is too long for a path";
    else if (strchr(at, '\n'))
        wrong = "has a line end";
    if (wrong) {
        argot_setting_refuse(reader, ARGOT_CODE_CONFIG_PATH, node->span, "%s %s", what, wrong);
        return false;
    }
    char *joined = argot_arena_printf(reader->diagnostics->arena, "%s%s", folder ? reader->folder : "", at);
    if (!joined) {
        argot_setting_refuse(reader, ARGOT_CODE_NO_MEMORY, node->span, "out of memory");
        return false;
    }
    *path = joined;
    return true;
}

bool
argot_setting_path(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                   struct argot_config_text *path)
{
    struct argot_config_text text;
    if (!argot_setting_text(reader, node, what, &text) ||
        !argot_setting_path_of(reader, node, text.text, what, &text.text))
        return false;
    *path = text;
    return true;
}

bool
argot_setting_paths(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                    struct argot_config_paths *paths)
{
    size_t count = argot_yaml_several(node);
    if (!argot_setting_limit(reader, node, ARGOT_CONFIG_MAX_PATHS, "paths"))
        return false;
    struct argot_config_text *made = argot_setting_alloc(reader, count, sizeof *made);
    bool good = made;
    for (size_t i = 0; made && i < count; i++)
        good = argot_setting_path(reader, argot_yaml_nth(node, i), what, &made[i]) && good;
    *paths = (struct argot_config_paths){.given = true, .count = good ? count : 0, .paths = made};
    return good;
}

/* ---- addresses ---- */

static const struct scheme {
    const char *name;
    enum argot_config_transport transport;
} schemes[] = {
    {"udp://", ARGOT_CONFIG_UDP},
    {"tcp://", ARGOT_CONFIG_TCP},
    {"tls://", ARGOT_CONFIG_TLS},
    {"unix:", ARGOT_CONFIG_UNIX_STREAM},
    {"unixgram:", ARGOT_CONFIG_UNIX_DATAGRAM},
};

static bool
refuse_address(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what, const char *hint)
{
    argot_setting_refuse(reader, ARGOT_CODE_CONFIG_ADDRESS, node->span, "%s: `%s` is no address", what, node->text)
        ->hint = hint;
    return false;
}

static bool
read_port(const char *text, uint16_t *port)
{
    uint32_t number = 0;
    size_t digits = 0;
    for (; text[digits] >= '0' && text[digits] <= '9' && digits <= PORT_DIGITS; digits++)
        number = number * 10 + (uint32_t)(text[digits] - '0');
    if (!digits || text[digits] || number > PORT_MAX)
        return false;
    *port = (uint16_t)number;
    return true;
}

/* HOST:PORT, where an IPv6 address stands in brackets. */
static bool
read_host(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what, const char *at,
          struct argot_config_address *address)
{
    bool brackets = *at == '[';
    const char *begin = at + brackets, *end = brackets ? strchr(at, ']') : strchr(at, ':');
    uint8_t ip[16];
    bool scheme = at != address->url;
    if (!end || !argot_ip_parse((const uint8_t *)begin, (size_t)(end - begin), ip))
        return refuse_address(reader, node, what,
                              scheme ? "an address and a port: udp://127.0.0.1:5514, tcp://[::1]:5514"
                                     : "an address and a port: 127.0.0.1:9464, [::1]:9464");
    if (memchr(begin, ':', (size_t)(end - begin)) && !brackets)
        return refuse_address(reader, node, what,
                              scheme ? "an IPv6 address stands in brackets: udp://[::1]:5514"
                                     : "an IPv6 address stands in brackets: [::1]:9464");
    end += brackets;
    if (*end != ':' || !read_port(end + 1, &address->port) || address->port == 0)
        return refuse_address(reader, node, what, "a port from 1 to 65535 stands behind a colon");
    address->host = argot_arena_copy(reader->diagnostics->arena, begin, (size_t)(end - begin) - brackets);
    if (!address->host)
        argot_setting_refuse(reader, ARGOT_CODE_NO_MEMORY, node->span, "out of memory");
    return address->host;
}

static bool
read_socket(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what, const char *at,
            struct argot_config_address *address)
{
    if (!argot_setting_path_of(reader, node, at, what, &address->path))
        return false;
    if (strlen(address->path) <= ARGOT_CONFIG_SOCKET_BYTES)
        return true;
    argot_setting_refuse(reader, ARGOT_CODE_CONFIG_PATH, node->span, "%s is too long for the path of a socket", what)
        ->hint = "the system takes 107 bytes";
    return false;
}

bool
argot_setting_address(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                      struct argot_config_address *address)
{
    struct argot_config_text text;
    if (!argot_setting_text(reader, node, what, &text))
        return false;
    struct argot_config_address made = {.url = text.text};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t length = strlen(schemes[i].name);
        if (strncmp(text.text, schemes[i].name, length))
            continue;
        made.transport = schemes[i].transport;
        bool unix_socket = schemes[i].transport >= ARGOT_CONFIG_UNIX_STREAM;
        if (!(unix_socket ? read_socket : read_host)(reader, node, what, text.text + length, &made))
            return false;
        *address = made;
        return true;
    }
    return refuse_address(reader, node, what,
                          "udp://ADDRESS:PORT, tcp://ADDRESS:PORT, tls://ADDRESS:PORT, unix:PATH or unixgram:PATH");
}

bool
argot_setting_host(struct argot_setting_reader *reader, const struct argot_yaml *node, const char *what,
                   struct argot_config_address *address)
{
    struct argot_config_text text;
    if (!argot_setting_text(reader, node, what, &text))
        return false;
    struct argot_config_address made = {.url = text.text, .transport = ARGOT_CONFIG_TCP};
    if (!read_host(reader, node, what, text.text, &made))
        return false;
    *address = made;
    return true;
}
