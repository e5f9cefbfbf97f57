/* SPDX-License-Identifier: Apache-2.0
 * Ways of writing, targets, maps, and what the fields of JSON, key=value and CSV records become. */
#include "generator/codes.h"
#include "generator/model.h"
#include <stdlib.h>
#include <string.h>

#define BIT(type) (1u << ARGOT_TYPE_##type)
#define TEXTS (BIT(STRING) | BIT(HOST) | BIT(KEYWORD) | BIT(ENUM))
#define NUMBERS (BIT(INT) | BIT(UINT) | BIT(FLOAT) | BIT(BYTES) | BIT(PORT))
#define ANY 0xffffffffu

static const struct argot_gen_how hows[] = {
    {"", ARGOT_HOW_TYPE, ARGOT_GEN_LEX_TYPE, 0, 1, 1, ANY}, /* a type of the file */
    {"%", ARGOT_HOW_STRPTIME, ARGOT_GEN_LEX_STRPTIME, ARGOT_TYPE_TIMESTAMP, 1, 1, BIT(TIMESTAMP)},
    {"text", ARGOT_HOW_TYPE, ARGOT_GEN_LEX_TEXT, 0, 1, 1, ANY},
    {"lines", ARGOT_HOW_TYPE, ARGOT_GEN_LEX_TEXT, 0, 1, 1, TEXTS},
    {"word", ARGOT_HOW_TYPE, ARGOT_GEN_LEX_WORD, 0, 1, 1, ANY},
    {"path", ARGOT_HOW_TYPE, ARGOT_GEN_LEX_PATH, 0, 1, 1, TEXTS},
    {"quoted", ARGOT_HOW_QUOTED, ARGOT_GEN_LEX_QUOTED, 0, 1, 1, ANY},
    {"quoted_single", ARGOT_HOW_QUOTED_SINGLE, ARGOT_GEN_LEX_QUOTED_SINGLE, 0, 1, 1, ANY},
    {"quoted_csv", ARGOT_HOW_QUOTED_CSV, ARGOT_GEN_LEX_QUOTED_CSV, 0, 1, 1, ANY},
    {"list", ARGOT_HOW_LIST, ARGOT_GEN_LEX_STRING, ARGOT_TYPE_STRING_LIST, 1, 1, BIT(STRING_LIST) | BIT(IP_LIST)},
    {"clf", ARGOT_HOW_CLF, ARGOT_GEN_LEX_CLF, ARGOT_TYPE_TIMESTAMP, 1, 1, BIT(TIMESTAMP)},
    {"rfc3164", ARGOT_HOW_RFC3164, ARGOT_GEN_LEX_RFC3164, ARGOT_TYPE_TIMESTAMP, 1, 1, BIT(TIMESTAMP)},
    {"rfc3339", ARGOT_HOW_RFC3339, ARGOT_GEN_LEX_RFC3339, ARGOT_TYPE_TIMESTAMP, 1, 1, BIT(TIMESTAMP)},
    {"rfc5424", ARGOT_HOW_RFC5424, ARGOT_GEN_LEX_RFC5424, ARGOT_TYPE_TIMESTAMP, 1, 1, BIT(TIMESTAMP)},
    {"epoch", ARGOT_HOW_EPOCH, ARGOT_GEN_LEX_EPOCH, ARGOT_TYPE_TIMESTAMP, 1, 1, BIT(TIMESTAMP)},
    {"epoch_ms", ARGOT_HOW_EPOCH_MS, ARGOT_GEN_LEX_EPOCH, ARGOT_TYPE_TIMESTAMP, 1, 1, BIT(TIMESTAMP)},
    {"epoch_us", ARGOT_HOW_EPOCH_US, ARGOT_GEN_LEX_EPOCH, ARGOT_TYPE_TIMESTAMP, 1, 1, BIT(TIMESTAMP)},
    {"epoch_ns", ARGOT_HOW_EPOCH_NS, ARGOT_GEN_LEX_EPOCH, ARGOT_TYPE_TIMESTAMP, 1, 1, BIT(TIMESTAMP)},
    {"ns", ARGOT_HOW_NS, ARGOT_GEN_LEX_DECIMAL, ARGOT_TYPE_DURATION, 1, 1, BIT(DURATION)},
    {"us", ARGOT_HOW_US, ARGOT_GEN_LEX_DECIMAL, ARGOT_TYPE_DURATION, 1, 1, BIT(DURATION)},
    {"ms", ARGOT_HOW_MS, ARGOT_GEN_LEX_DECIMAL, ARGOT_TYPE_DURATION, 1, 1, BIT(DURATION)},
    {"s", ARGOT_HOW_S, ARGOT_GEN_LEX_DECIMAL, ARGOT_TYPE_DURATION, 1, 1, BIT(DURATION)},
    {"min", ARGOT_HOW_MIN, ARGOT_GEN_LEX_DECIMAL, ARGOT_TYPE_DURATION, 1, 1, BIT(DURATION)},
    {"h", ARGOT_HOW_H, ARGOT_GEN_LEX_DECIMAL, ARGOT_TYPE_DURATION, 1, 1, BIT(DURATION)},
    {"clock", ARGOT_HOW_CLOCK, ARGOT_GEN_LEX_CLOCK, ARGOT_TYPE_DURATION, 1, 1, BIT(DURATION)},
    {"B", ARGOT_HOW_B, ARGOT_GEN_LEX_DECIMAL, ARGOT_TYPE_BYTES, 1, 1, BIT(BYTES)},
    {"KB", ARGOT_HOW_KB, ARGOT_GEN_LEX_DECIMAL, ARGOT_TYPE_BYTES, 1, 1, BIT(BYTES)},
    {"KiB", ARGOT_HOW_KIB, ARGOT_GEN_LEX_DECIMAL, ARGOT_TYPE_BYTES, 1, 1, BIT(BYTES)},
    {"MB", ARGOT_HOW_MB, ARGOT_GEN_LEX_DECIMAL, ARGOT_TYPE_BYTES, 1, 1, BIT(BYTES)},
    {"MiB", ARGOT_HOW_MIB, ARGOT_GEN_LEX_DECIMAL, ARGOT_TYPE_BYTES, 1, 1, BIT(BYTES)},
    {"GB", ARGOT_HOW_GB, ARGOT_GEN_LEX_DECIMAL, ARGOT_TYPE_BYTES, 1, 1, BIT(BYTES)},
    {"GiB", ARGOT_HOW_GIB, ARGOT_GEN_LEX_DECIMAL, ARGOT_TYPE_BYTES, 1, 1, BIT(BYTES)},
    {"hex", ARGOT_HOW_HEX, ARGOT_GEN_LEX_STRING, 0, 1, 1, TEXTS},
    {"base64", ARGOT_HOW_BASE64, ARGOT_GEN_LEX_STRING, 0, 1, 1, TEXTS},
    {"percent", ARGOT_HOW_PERCENT, ARGOT_GEN_LEX_STRING, 0, 1, 1, TEXTS},
    {"uint", ARGOT_HOW_TYPE, ARGOT_GEN_LEX_UINT, ARGOT_TYPE_UINT, 1, 1, TEXTS | NUMBERS},
    {"int", ARGOT_HOW_TYPE, ARGOT_GEN_LEX_INT, ARGOT_TYPE_INT, 1, 1, TEXTS | NUMBERS},
    {"float", ARGOT_HOW_TYPE, ARGOT_GEN_LEX_FLOAT, ARGOT_TYPE_FLOAT, 1, 1, TEXTS | BIT(FLOAT)},
    {"ip", ARGOT_HOW_TYPE, ARGOT_GEN_LEX_ADDRESS, ARGOT_TYPE_IP, 1, 1, TEXTS | BIT(IP) | BIT(IP_LIST)},
    {"port", ARGOT_HOW_TYPE, ARGOT_GEN_LEX_DIGITS, ARGOT_TYPE_PORT, 1, 1, TEXTS | NUMBERS},
    {"mac", ARGOT_HOW_TYPE, ARGOT_GEN_LEX_MAC, ARGOT_TYPE_MAC, 1, 1, TEXTS | BIT(MAC)},
    {"bool", ARGOT_HOW_TYPE, ARGOT_GEN_LEX_BOOL, ARGOT_TYPE_BOOL, 1, 1, TEXTS | BIT(BOOL)},
    {"endpoint", ARGOT_HOW_ENDPOINT, ARGOT_GEN_LEX_ENDPOINT, 0, 1, 2, ANY},
    {"account", ARGOT_HOW_ACCOUNT, ARGOT_GEN_LEX_WORD, 0, 1, 2, ANY},
    {"url", ARGOT_HOW_URL, ARGOT_GEN_LEX_WORD, 0, 1, 4, ANY},
    {"pri", ARGOT_HOW_PRI, ARGOT_GEN_LEX_PRI, ARGOT_TYPE_UINT, 1, 2, ANY},
    {"kv", ARGOT_HOW_BLOCK, ARGOT_GEN_LEX_KV, 0, 1, 1, ANY},
    {"csv", ARGOT_HOW_BLOCK, ARGOT_GEN_LEX_CSV, 0, 1, 1, ANY},
    {"json", ARGOT_HOW_BLOCK, ARGOT_GEN_LEX_JSON, 0, 1, 1, ANY},
    {"sd", ARGOT_HOW_BLOCK, ARGOT_GEN_LEX_SD, 0, 1, 1, ANY},
};
#define HOWS (sizeof hows / sizeof *hows)

const struct argot_gen_how *
argot_gen_how_find(const char *word, size_t length)
{
    for (size_t i = 0; i < HOWS; i++)
        if (strlen(hows[i].word) == length && !memcmp(hows[i].word, word, length))
            return &hows[i];
    return NULL;
}

const char *const *
argot_gen_how_words(size_t *count)
{
    static const char *const words[] = {"text",       "lines",    "word",     "path",     "quoted",   "quoted_single",
                                        "quoted_csv", "list",     "clf",      "rfc3164",  "rfc3339",  "rfc5424",
                                        "epoch",      "epoch_ms", "epoch_us", "epoch_ns", "ns",       "us",
                                        "ms",         "s",        "min",      "h",        "clock",    "B",
                                        "KB",         "KiB",      "MB",       "MiB",      "GB",       "GiB",
                                        "hex",        "base64",   "percent",  "uint",     "int",      "float",
                                        "ip",         "port",     "mac",      "bool",     "endpoint", "account",
                                        "url",        "pri",      "kv",       "csv",      "json",     "sd"};
    *count = sizeof words / sizeof *words;
    return words;
}

enum argot_gen_lex
argot_gen_lex_of_type(enum argot_type type)
{
    static const uint8_t lexes[ARGOT_TYPE_COUNT] = {
        [ARGOT_TYPE_HOST] = ARGOT_GEN_LEX_HOST,         [ARGOT_TYPE_INT] = ARGOT_GEN_LEX_INT,
        [ARGOT_TYPE_UINT] = ARGOT_GEN_LEX_UINT,         [ARGOT_TYPE_FLOAT] = ARGOT_GEN_LEX_FLOAT,
        [ARGOT_TYPE_BOOL] = ARGOT_GEN_LEX_BOOL,         [ARGOT_TYPE_IP] = ARGOT_GEN_LEX_ADDRESS,
        [ARGOT_TYPE_PORT] = ARGOT_GEN_LEX_DIGITS,       [ARGOT_TYPE_MAC] = ARGOT_GEN_LEX_MAC,
        [ARGOT_TYPE_TIMESTAMP] = ARGOT_GEN_LEX_RFC3339, [ARGOT_TYPE_DURATION] = ARGOT_GEN_LEX_DECIMAL,
        [ARGOT_TYPE_BYTES] = ARGOT_GEN_LEX_UINT,        [ARGOT_TYPE_IP_LIST] = ARGOT_GEN_LEX_ADDRESS,
    };
    return lexes[type]; /* the others: ARGOT_GEN_LEX_STRING */
}

/* ---- targets ---- */

static bool
check_fit(struct argot_gen *gen, uint16_t dest, const struct argot_gen_how *how, struct argot_span span)
{
    if (!how || dest == ARGOT_DROP || how->fits == ANY || how->fits >> gen->dests[dest].type & 1)
        return true;
    argot_gen_error(gen, ARGOT_CODE_HOW_MISFIT, span, "`%s` does not write values of type %s, which `%s` has",
                    how->word, argot_schema_type_name(gen->dests[dest].type), gen->dests[dest].name);
    return false;
}

/* One name of a target. The type of an extra or variable follows from the way of writing. */
static bool
read_name(struct argot_gen *gen, const char *text, size_t length, struct argot_span span,
          const struct argot_gen_how *how, unsigned target, uint16_t *dest)
{
    const char *name = argot_arena_copy(gen->arena, text, length);
    enum argot_type type = how ? how->type : ARGOT_TYPE_NONE;
    if (how && how->how == ARGOT_HOW_ENDPOINT && target == 1)
        type = ARGOT_TYPE_PORT;
    if (how && how->how == ARGOT_HOW_URL && target == 1)
        type = ARGOT_TYPE_PORT;
    *dest = ARGOT_DROP;
    if (!strcmp(name, "_"))
        return true;
    *dest = argot_gen_dest(gen, name, type, span);
    return *dest != ARGOT_NONE && check_fit(gen, *dest, how, span);
}

static bool
check_count(struct argot_gen *gen, unsigned count, struct argot_span span, const struct argot_gen_how *how)
{
    unsigned max = how ? how->targets_max : 1;
    if (count <= max)
        return true;
    struct argot_diagnostic *d =
        argot_gen_error(gen, ARGOT_CODE_TARGETS, span, "%u targets, but %s%s%s fills %u", count, how ? "`" : "a field",
                        how ? how->word : "", how ? "`" : "", max);
    d->hint = "endpoint fills address and port, account domain and user, url four, pri facility and severity";
    return false;
}

bool
argot_gen_targets(struct argot_gen *gen, struct argot_value *value, const char *text, size_t length,
                  struct argot_span span, bool verbatim, const struct argot_gen_how *how, const char *argument,
                  size_t argument_length)
{
    struct argot_target *targets = argot_gen_alloc(gen, 4, sizeof *targets);
    uint16_t dests[16];
    unsigned ntargets = 0;
    uint16_t n = 0;
    size_t begin = 0;
    for (size_t i = 0; i <= length; i++) {
        char c = i < length ? text[i] : ',';
        if (c != ',' && c != '|')
            continue;
        struct argot_span place = span;
        if (verbatim) {
            place.column += (uint32_t)begin;
            place.length = i > begin ? (uint32_t)(i - begin) : 1;
        }
        if (n == 16 || ntargets == 4) {
            argot_gen_error(gen, ARGOT_CODE_TOO_MANY, place, "too many targets: at most 4 fields, 16 names for each");
            return false;
        }
        if (!read_name(gen, text + begin, i - begin, place, how, ntargets, &dests[n++]))
            return false;
        begin = i + 1;
        if (c == '|')
            continue;
        uint16_t *copy = argot_gen_alloc(gen, n, sizeof *copy);
        memcpy(copy, dests, n * sizeof *copy);
        targets[ntargets++] = (struct argot_target){n, copy};
        n = 0;
    }
    if (!check_count(gen, ntargets, span, how))
        return false;
    value->how = how ? how->how : ARGOT_HOW_TYPE;
    value->targets = targets;
    value->ntargets = (uint8_t)ntargets;
    if (value->how == ARGOT_HOW_BLOCK)
        value->ntargets = 0;
    if (argument && (value->how == ARGOT_HOW_STRPTIME || value->how == ARGOT_HOW_LIST))
        value->text = (struct argot_slice){(const uint8_t *)argument, (uint32_t)argument_length};
    if (value->how == ARGOT_HOW_LIST && !value->text.length) {
        argot_gen_error(gen, ARGOT_CODE_HOW_MISFIT, span, "`list` needs its separator: list(, )");
        return false;
    }
    if (value->how == ARGOT_HOW_STRPTIME)
        return argot_gen_check_strptime(gen, value->text, span);
    return true;
}

bool
argot_gen_check_strptime(struct argot_gen *gen, struct argot_slice text, struct argot_span span)
{
    for (uint32_t i = 0; i < text.length; i++) {
        if (text.at[i] != '%')
            continue;
        if (++i == text.length || !text.at[i] || !strchr("YymdebBaAHIpMSfzZsFT%", text.at[i])) {
            argot_gen_error(gen, ARGOT_CODE_UNKNOWN_HOW, span, "`%%%.1s` is no directive for times",
                            i < text.length ? (const char *)text.at + i : "")
                ->hint = "%Y %y %m %d %e %b %B %a %A %H %I %p %M %S %f %z %Z %s %F %T %%";
            return false;
        }
    }
    return true;
}

/* ---- maps and texts ---- */

const struct argot_texts *
argot_gen_load_texts(struct argot_gen *gen, const struct argot_yaml *node, const char *what)
{
    struct argot_texts *texts = argot_gen_alloc(gen, 1, sizeof *texts);
    size_t count = argot_gen_items(gen, node, ARGOT_GEN_MAX_TEXTS, "texts in a list");
    struct argot_slice *slices = argot_gen_alloc(gen, count + 1, sizeof *slices);
    for (size_t i = 0; i < count; i++) {
        const struct argot_yaml *one = argot_yaml_nth(node, i);
        if (argot_gen_text(gen, one, what))
            slices[texts->count++] = argot_gen_slice(one);
    }
    texts->texts = slices;
    return texts;
}

static int
compare_pairs(const void *one, const void *other)
{
    const struct argot_pair *a = one, *b = other;
    uint32_t n = a->key.length < b->key.length ? a->key.length : b->key.length;
    int order = n ? memcmp(a->key.at, b->key.at, n) : 0;
    return order ? order : (a->key.length > b->key.length) - (a->key.length < b->key.length);
}

const struct argot_map *
argot_gen_load_map(struct argot_gen *gen, const struct argot_yaml *node, bool sorted)
{
    struct argot_map *map = argot_gen_alloc(gen, 1, sizeof *map);
    if (!argot_gen_is(gen, node, ARGOT_YAML_MAP, "a map of texts to texts"))
        return map;
    size_t count = argot_gen_pairs(gen, node, ARGOT_GEN_MAX_TEXTS, "pairs in a map");
    struct argot_pair *pairs = argot_gen_alloc(gen, count + 1, sizeof *pairs);
    for (size_t i = 0; i < count; i++) {
        if (!argot_gen_text(gen, node->items[i], "a text"))
            continue;
        pairs[map->count++] = (struct argot_pair){argot_gen_slice(node->keys[i]), argot_gen_slice(node->items[i])};
    }
    if (sorted) /* no key is there twice, so the order is one */
        qsort(pairs, map->count, sizeof *pairs, compare_pairs);
    map->pairs = pairs;
    return map;
}

/* ---- paths ---- */

static bool
path_step(struct argot_gen *gen, struct argot_step *step, const char *text, size_t length)
{
    step->kind = memchr(text, '#', length) || memchr(text, '*', length) ? ARGOT_STEP_PATTERN : ARGOT_STEP_KEY;
    step->key = (struct argot_slice){(const uint8_t *)argot_arena_copy(gen->arena, text, length), (uint32_t)length};
    return length > 0;
}

/* `name`, `"na.me"` or `[3]` at *at; moves behind it. */
static bool
read_step(struct argot_gen *gen, const char *text, size_t length, size_t *at, struct argot_step *step)
{
    size_t i = *at;
    if (text[i] == '[') {
        uint32_t index = 0;
        for (i++; i < length && text[i] >= '0' && text[i] <= '9' && index < 100000; i++)
            index = index * 10 + (uint32_t)(text[i] - '0');
        bool ok = i > *at + 1 && i < length && text[i] == ']';
        step->kind = ARGOT_STEP_INDEX;
        step->index = index;
        *at = i + 1;
        return ok;
    }
    if (text[i] == '"') {
        const char *close = memchr(text + i + 1, '"', length - i - 1);
        if (!close)
            return false;
        *at = (size_t)(close - text) + 1;
        step->kind = ARGOT_STEP_KEY;
        step->key = (struct argot_slice){(const uint8_t *)argot_arena_copy(gen->arena, text + i + 1, *at - i - 2),
                                         (uint32_t)(*at - i - 2)};
        return true;
    }
    while (i < length && text[i] != '.' && text[i] != '[')
        i++;
    bool ok = path_step(gen, step, text + *at, i - *at);
    *at = i;
    return ok;
}

const struct argot_path *
argot_gen_load_path(struct argot_gen *gen, const char *text, size_t length, struct argot_span span, bool flat)
{
    struct argot_path *path = argot_gen_alloc(gen, 1, sizeof *path);
    struct argot_step *steps = argot_gen_alloc(gen, 65, sizeof *steps);
    path->text = argot_arena_copy(gen->arena, text, length);
    path->steps = steps;
    bool ok = length > 0;
    if (flat) {
        ok = path_step(gen, &steps[0], text, length);
        path->count = 1;
    }
    for (size_t at = 0; !flat && ok && at < length;) {
        ok = path->count < 64 && read_step(gen, text, length, &at, &steps[path->count]);
        path->count++;
        if (ok && at < length && text[at] == '.' && ++at == length)
            ok = false;
        else if (ok && at < length && text[at] != '[' && text[at - 1] != '.')
            ok = false;
    }
    if (!ok)
        argot_gen_error(gen, ARGOT_CODE_BAD_PATH, span, "`%s` is no path", path->text)->hint =
            "a.b, a[0], \"a key with dots\".b";
    return path;
}

/* ---- bindings ---- */

#define BINDINGS_MAX 1000

struct bindings {
    struct argot_gen *gen;
    struct argot_binding *list;
    size_t count;
    const struct argot_path *path;
};

static void
add_binding(struct bindings *b, const struct argot_value *value, struct argot_span span)
{
    if (b->count == BINDINGS_MAX) {
        argot_gen_error(b->gen, ARGOT_CODE_TOO_MANY, span, "a block holds at most %d fields", BINDINGS_MAX);
        return;
    }
    b->list[b->count++] = (struct argot_binding){b->path, value};
}

static void
load_target_text(struct bindings *b, const struct argot_yaml *node, struct argot_value *value)
{
    if (argot_gen_targets(b->gen, value, node->text, node->length, node->span, false, NULL, NULL, 0))
        add_binding(b, value, node->span);
}

static uint8_t
word_of(struct argot_gen *gen, const struct argot_yaml *node, const char *const *words, const char *what)
{
    if (!node)
        return 0;
    const char *text = argot_gen_text(gen, node, what);
    if (!text)
        return 0;
    uint8_t count = 0;
    for (; words[count]; count++)
        if (!strcmp(words[count], text))
            return count;
    struct argot_diagnostic *d = argot_gen_error(gen, ARGOT_CODE_BAD_WORD, node->span, "`%s` is no %s", text, what);
    argot_diagnostic_suggest(gen->diagnostics, d, text, words, count);
    return 0;
}

const struct argot_map *
argot_gen_load_table(struct argot_gen *gen, const struct argot_yaml *node)
{
    if (node->kind == ARGOT_YAML_MAP)
        return argot_gen_load_map(gen, node, true);
    const char *name = argot_gen_text(gen, node, "a map, or the name of a table");
    for (struct argot_gen_named *table = gen->tables; name && table; table = table->next)
        if (!strcmp(table->name, name)) {
            table->used = true;
            return argot_gen_load_map(gen, table->yaml, true);
        }
    const struct argot_yaml *file = name ? argot_gen_table_file(gen, name) : NULL;
    if (file)
        return argot_gen_load_map(gen, file, true);
    if (name)
        argot_gen_error(gen, ARGOT_CODE_UNKNOWN_TABLE, node->span, "no table `%s` under `tables:` or in tables/", name);
    return argot_gen_alloc(gen, 1, sizeof(struct argot_map));
}

void
argot_gen_load_else(struct argot_gen *gen, const struct argot_yaml *node, uint8_t *otherwise, struct argot_slice *text)
{
    if (!node || !argot_gen_text(gen, node, "a text, or keep"))
        return;
    bool keep = node->plain && !strcmp(node->text, "keep"), null = node->plain && !strcmp(node->text, "null");
    *otherwise = keep ? ARGOT_ELSE_KEEP : null ? ARGOT_ELSE_NULL : ARGOT_ELSE_TEXT;
    *text = argot_gen_slice(node);
}

static const char *const case_words[] = {"keep", "lower", "upper", NULL};

uint8_t
argot_gen_load_case_word(struct argot_gen *gen, const struct argot_yaml *node)
{
    return word_of(gen, node, case_words, "letter case (lower, upper)");
}

/* Other ways to read the text would go unheard. */
static void
refuse_beside_line(struct argot_gen *gen, const struct argot_yaml *node)
{
    for (size_t i = 0; i < node->count; i++) {
        const struct argot_yaml *key = node->keys[i];
        if (!strcmp(key->text, "to") || !strcmp(key->text, "how") || !strcmp(key->text, "kv") ||
            !strcmp(key->text, "json") || !strcmp(key->text, "csv"))
            argot_gen_error(gen, ARGOT_CODE_UNKNOWN_KEY, key->span,
                            "`%s` cannot stand beside `line`, which says where the text goes", key->text)
                ->hint = "a list of values reads one text in several ways";
    }
}

static void
load_value_map(struct bindings *b, const struct argot_yaml *node)
{
    static const char *const keys[] = {"to",   "how",  "map", "else", "case", "absent", "decode",
                                       "take", "line", "kv",  "json", "csv",  NULL};
    static const char *const decodes[] = {"none", "hex", "base64", "percent", "plus", "audit", NULL};
    static const char *const takes[] = {"first", "last", "all", NULL};
    struct argot_gen *gen = b->gen;
    argot_gen_keys(gen, node, keys, "a value");
    struct argot_value *value = argot_gen_alloc(gen, 1, sizeof *value);
    const struct argot_yaml *child;
    value->letter_case = argot_gen_load_case_word(gen, argot_yaml_get(node, "case"));
    value->decode = word_of(gen, argot_yaml_get(node, "decode"), decodes, "decoding");
    value->take = word_of(gen, argot_yaml_get(node, "take"), takes, "way to take repeated keys");
    if ((child = argot_yaml_get(node, "absent")))
        value->absent = argot_gen_load_texts(gen, child, "a text that means no value");
    if ((child = argot_yaml_get(node, "map")))
        value->map = argot_gen_load_table(gen, child);
    argot_gen_load_else(gen, argot_yaml_get(node, "else"), &value->otherwise, &value->otherwise_text);
    if ((child = argot_yaml_get(node, "line"))) {
        refuse_beside_line(gen, node);
        struct argot_gen_lexer *lexer = argot_gen_lexer_new(gen);
        argot_gen_lexer_add(gen, lexer, child, 0, NULL);
        value->how = ARGOT_HOW_LINE;
        value->lexer = &lexer->abi;
        add_binding(b, value, node->span);
        return;
    }
    static const struct {
        const char *key;
        enum argot_kind kind;
    } blocks[] = {{"kv", ARGOT_KIND_KV}, {"json", ARGOT_KIND_JSON}, {"csv", ARGOT_KIND_CSV}};
    for (size_t i = 0; i < 3; i++)
        if ((child = argot_yaml_get(node, blocks[i].key))) {
            value->how = ARGOT_HOW_BLOCK;
            value->block = argot_gen_load_block(gen, child, blocks[i].kind, false);
            add_binding(b, value, node->span);
            return;
        }
    const struct argot_yaml *to = argot_yaml_get(node, "to"), *how_yaml = argot_yaml_get(node, "how");
    const struct argot_gen_how *how = NULL;
    const char *argument = NULL;
    size_t argument_length = 0;
    if (!to) {
        argot_gen_error(gen, ARGOT_CODE_MISSING_KEY, node->span, "this value has no `to:`");
        return;
    }
    if (how_yaml && argot_gen_text(gen, how_yaml, "a way of writing")) {
        const char *word = how_yaml->text, *open = strchr(word, '(');
        size_t length = how_yaml->length;
        if (word[0] == '%') {
            how = argot_gen_how_find("%", 1);
            argument = word;
            argument_length = length;
        } else if (open && word[length - 1] == ')') {
            how = argot_gen_how_find(word, (size_t)(open - word));
            argument = open + 1;
            argument_length = (size_t)(word + length - 1 - argument);
        } else {
            how = length ? argot_gen_how_find(word, length) : NULL;
        }
        if (!how || how->how == ARGOT_HOW_BLOCK) {
            argot_gen_suggest_how(
                gen,
                argot_gen_error(gen, ARGOT_CODE_UNKNOWN_HOW, how_yaml->span, "`%s` is no way of writing a value", word),
                word);
            return;
        }
    }
    if (argot_gen_text(gen, to, "a field") &&
        argot_gen_targets(gen, value, to->text, to->length, to->span, to->verbatim, how, argument, argument_length))
        add_binding(b, value, node->span);
}

static void
load_binding(struct bindings *b, const struct argot_yaml *node)
{
    struct argot_gen *gen = b->gen;
    if (node->kind == ARGOT_YAML_LIST) {
        for (size_t i = 0; i < node->count; i++)
            load_binding(b, node->items[i]);
    } else if (node->kind == ARGOT_YAML_MAP) {
        load_value_map(b, node);
    } else if (!strcmp(node->text, "drop")) {
        add_binding(b, NULL, node->span);
    } else {
        load_target_text(b, node, argot_gen_alloc(gen, 1, sizeof(struct argot_value)));
    }
}

void
argot_gen_load_bindings(struct argot_gen *gen, const struct argot_yaml *map, bool flat,
                        const struct argot_binding **bindings, uint16_t *count)
{
    if (!argot_gen_is(gen, map, ARGOT_YAML_MAP, "a map of their names to our fields"))
        return;
    struct bindings b = {gen, argot_gen_alloc(gen, BINDINGS_MAX, sizeof(struct argot_binding)), 0, NULL};
    for (size_t i = 0; i < map->count; i++) {
        b.path = argot_gen_load_path(gen, map->keys[i]->text, map->keys[i]->length, map->keys[i]->span, flat);
        load_binding(&b, map->items[i]);
    }
    *bindings = b.list;
    *count = (uint16_t)b.count;
}

/* ---- blocks ---- */

static struct argot_slice
slice_or(struct argot_gen *gen, const struct argot_yaml *yaml, const char *key, const char *otherwise)
{
    const struct argot_yaml *node = argot_yaml_get(yaml, key);
    if (node && argot_gen_text(gen, node, "a text")) {
        if (node->length)
            return argot_gen_slice(node);
        argot_gen_error(gen, ARGOT_CODE_BAD_WORD, node->span, "`%s` may not be empty", key);
    }
    return (struct argot_slice){(const uint8_t *)otherwise, otherwise ? (uint32_t)strlen(otherwise) : 0};
}

/* One byte; the word `none` (0) where there need not be one. */
static uint8_t
byte_or(struct argot_gen *gen, const struct argot_yaml *yaml, const char *key, char otherwise, bool may_be_none)
{
    const struct argot_yaml *node = argot_yaml_get(yaml, key);
    if (!node || !argot_gen_text(gen, node, "one byte"))
        return (uint8_t)otherwise;
    if (may_be_none && !strcmp(node->text, "none"))
        return 0;
    if (node->length == 1)
        return (uint8_t)node->text[0];
    if (!strcmp(node->text, "\\t"))
        return '\t';
    struct argot_diagnostic *d = argot_gen_error(gen, ARGOT_CODE_BAD_WORD, node->span, "`%s` takes one byte", key);
    if (may_be_none)
        d->hint = "where there is none, write the word: none";
    return (uint8_t)otherwise;
}

static const struct argot_kv *
load_kv(struct argot_gen *gen, const struct argot_yaml *yaml)
{
    static const char *const escapes[] = {"backslash", "doubled", "none", NULL};
    struct argot_kv *kv = argot_gen_alloc(gen, 1, sizeof *kv);
    const struct argot_yaml *node;
    kv->pair_separator = slice_or(gen, yaml, "pair_separator", " ");
    kv->value_separator = slice_or(gen, yaml, "value_separator", "=");
    kv->quote = byte_or(gen, yaml, "quotes", '"', true);
    kv->escape = word_of(gen, argot_yaml_get(yaml, "escape"), escapes, "escape (backslash, doubled, none)");
    kv->trailing = byte_or(gen, yaml, "trailing", 0, true);
    if ((node = argot_yaml_get(yaml, "wrap")) && argot_gen_text(gen, node, "two bytes")) {
        if (node->length != 2)
            argot_gen_error(gen, ARGOT_CODE_BAD_WORD, node->span, "`wrap` takes two bytes, such as '<>'");
        else
            memcpy(kv->wrap, node->text, 2);
    }
    if ((node = argot_yaml_get(yaml, "keep_quotes")))
        kv->keep_quotes = argot_gen_flag(gen, node, "keep_quotes");
    if ((node = argot_yaml_get(yaml, "bare_words")) && argot_gen_text(gen, node, "a field")) {
        struct argot_value *value = argot_gen_alloc(gen, 1, sizeof *value);
        if (argot_gen_targets(gen, value, node->text, node->length, node->span, false, NULL, NULL, 0))
            kv->bare_words = value;
    }
    if ((node = argot_yaml_get(yaml, "first_key")) && argot_gen_text(gen, node, "a key")) {
        /* The separator stands behind the key, so that both are one literal of the template. */
        const char *text = argot_arena_printf(gen->arena, "%s%.*s", node->text, (int)kv->value_separator.length,
                                              (const char *)kv->value_separator.at);
        kv->first_key = (struct argot_slice){(const uint8_t *)text, (uint32_t)node->length};
    }
    if ((node = argot_yaml_get(yaml, "last_key")) && argot_gen_text(gen, node, "a key"))
        kv->last_key = argot_gen_slice(node);
    return kv;
}

static const struct argot_csv *
load_csv(struct argot_gen *gen, const struct argot_yaml *yaml)
{
    struct argot_csv *csv = argot_gen_alloc(gen, 1, sizeof *csv);
    const struct argot_yaml *node;
    csv->separator = byte_or(gen, yaml, "separator", ',', false);
    csv->quote = byte_or(gen, yaml, "quote", '"', true);
    if ((node = argot_yaml_get(yaml, "columns")))
        csv->columns = *argot_gen_load_texts(gen, node, "a column's name");
    return csv;
}

struct argot_block *
argot_gen_load_block(struct argot_gen *gen, const struct argot_yaml *yaml, enum argot_kind kind, bool whole)
{
    static const char *const json_keys[] = {"fields", "unknown", "detect", NULL};
    static const char *const kv_keys[] = {
        "fields", "unknown",  "detect",      "pair_separator", "value_separator", "quotes",   "escape",
        "wrap",   "trailing", "keep_quotes", "bare_words",     "first_key",       "last_key", NULL};
    static const char *const csv_keys[] = {"fields", "unknown", "detect", "separator", "quote", "columns", NULL};
    static const char *const unknowns[] = {"keep", "drop", NULL};
    struct argot_block *block = argot_gen_alloc(gen, 1, sizeof *block);
    block->kind = (uint8_t)kind;
    if (!argot_gen_is(gen, yaml, ARGOT_YAML_MAP, "a block of keys"))
        return block;
    if (!whole)
        argot_gen_keys(gen, yaml,
                       kind == ARGOT_KIND_KV    ? kv_keys
                       : kind == ARGOT_KIND_CSV ? csv_keys
                                                : json_keys,
                       "a block");
    const struct argot_yaml *node;
    block->drop_unknown = word_of(gen, argot_yaml_get(yaml, "unknown"), unknowns, "policy (keep, drop)") == 1;
    if (kind == ARGOT_KIND_KV)
        block->kv = load_kv(gen, yaml);
    if (kind == ARGOT_KIND_CSV)
        block->csv = load_csv(gen, yaml);
    if ((node = argot_yaml_get(yaml, "fields")))
        argot_gen_load_bindings(gen, node, kind != ARGOT_KIND_JSON, &block->bindings, &block->nbindings);
    if ((node = argot_yaml_get(yaml, "detect"))) {
        struct argot_condition *detect = argot_gen_alloc(gen, 1, sizeof *detect);
        argot_gen_load_condition(gen, node, detect, ARGOT_GEN_AT_CHOICE);
        block->detect = detect;
    }
    if (whole && (node = argot_yaml_get(yaml, "split")) && argot_gen_text(gen, node, "a path"))
        block->split = argot_gen_load_path(gen, node->text, node->length, node->span, false);
    return block;
}
