/* SPDX-License-Identifier: Apache-2.0
 * A format file's tree to the model: the keys of the format and of its messages, in the order their users need. */
#include "generator/codes.h"
#include "generator/model.h"
#include <string.h>

#define MESSAGES_MAX 2000

static const struct argot_yaml *
get(const struct argot_gen *gen, const char *key)
{
    return argot_yaml_get(gen->root, key);
}

static struct argot_gen_named *
load_named(struct argot_gen *gen, const char *key)
{
    const struct argot_yaml *map = get(gen, key);
    struct argot_gen_named *first = NULL, **end = &first;
    if (!map || !argot_gen_is(gen, map, ARGOT_YAML_MAP, "a map by name"))
        return NULL;
    for (size_t i = 0; i < map->count; i++) {
        struct argot_gen_named *named = argot_gen_alloc(gen, 1, sizeof *named);
        if (!argot_gen_name_ok(map->keys[i]->text))
            argot_gen_error(gen, ARGOT_CODE_BAD_NAME, map->keys[i]->span,
                            "`%s`: names are lower-case letters, digits and _", map->keys[i]->text);
        named->name = map->keys[i]->text;
        named->yaml = map->items[i];
        *end = named;
        end = &named->next;
    }
    return first;
}

static void
load_types(struct argot_gen *gen)
{
    struct argot_gen_type **end = &gen->types;
    unsigned number = 0;
    for (struct argot_gen_named *named = load_named(gen, "types"); named; named = named->next) {
        const struct argot_yaml *node = named->yaml;
        size_t offset;
        const char *why;
        if (!argot_gen_text(gen, node, "a regular expression"))
            continue;
        if (argot_gen_how_find(named->name, strlen(named->name)))
            argot_gen_error(gen, ARGOT_CODE_BAD_NAME, node->span, "`%s` is a way of writing already", named->name)
                ->hint = "give the type another name";
        const struct argot_regex *regex = argot_regex_parse(gen->arena, node->text, node->length, &offset, &why);
        struct argot_span span = node->span;
        if (node->verbatim) {
            span.column += node->text_offset + (uint32_t)(regex ? 0 : offset);
            span.length = regex ? (uint32_t)node->length : 1;
        }
        if (!regex)
            argot_gen_error(gen, ARGOT_CODE_BAD_REGEX, span, "%s", why);
        else if (argot_regex_nullable(regex))
            argot_gen_error(gen, ARGOT_CODE_REGEX_EMPTY, span, "the type `%s` matches the empty text", named->name)
                ->hint = "a field that may be missing is written {({x:type})?}";
        struct argot_gen_type *type = argot_gen_alloc(gen, 1, sizeof *type);
        *type = (struct argot_gen_type){
            .name = named->name, .regex = regex ? regex : argot_regex_empty(gen->arena), .number = number};
        number++;
        *end = type; /* a broken one too: the templates may name it */
        end = &type->next;
    }
}

static void
load_parts(struct argot_gen *gen)
{
    gen->parts = load_named(gen, "parts");
    for (struct argot_gen_named *part = gen->parts; part; part = part->next) {
        size_t count = argot_yaml_several(part->yaml);
        for (size_t i = 0; i < count; i++) {
            const struct argot_yaml *one = argot_yaml_nth(part->yaml, i);
            if (!argot_gen_text(gen, one, "a template or a list of templates"))
                part->yaml = argot_gen_alloc(gen, 1, sizeof(struct argot_yaml)); /* an empty text, reported already */
            else if (one->length > ARGOT_GEN_MAX_TEMPLATE_BYTES) {
                argot_gen_error(gen, ARGOT_CODE_TOO_MANY, one->span, "a part has at most %d bytes",
                                ARGOT_GEN_MAX_TEMPLATE_BYTES);
                part->yaml = argot_gen_alloc(gen, 1, sizeof(struct argot_yaml));
            } else if (!one->length)
                argot_gen_error(gen, ARGOT_CODE_EMPTY_ALTERNATIVE, one->span, "the part `%s` is empty", part->name);
        }
        if (part->yaml->kind == ARGOT_YAML_SCALAR && !part->yaml->text)
            ((struct argot_yaml *)part->yaml)->text = "";
    }
}

static void
load_identity(struct argot_gen *gen)
{
    struct argot_normalizer *n = &gen->normalizer;
    static const char *const kinds[] = {"line", "json", "kv", "csv", NULL};
    static const char *const later[] = {"cef", "leef", "xml", NULL};
    const struct argot_yaml *node = get(gen, "format");
    n->name = n->title = "";
    n->version = 1;
    if (!node)
        argot_gen_error(gen, ARGOT_CODE_MISSING_KEY, gen->root->span, "a format needs `format: name`");
    else if (argot_gen_text(gen, node, "the format's name")) {
        n->name = node->text;
        if (!argot_gen_name_ok(node->text) || node->length > 60 || !strcmp(node->text, "line"))
            argot_gen_error(gen, ARGOT_CODE_BAD_NAME, node->span, "`%s` is no name for a format", node->text)->hint =
                "lower-case letters, digits and _, at most 60, not `line`";
    }
    node = get(gen, "title");
    if (!node)
        argot_gen_error(gen, ARGOT_CODE_MISSING_KEY, gen->root->span, "a format needs `title:`, its name for people");
    else if (argot_gen_text(gen, node, "a title"))
        n->title = node->text;
    if ((node = get(gen, "version")) && argot_gen_text(gen, node, "a number")) {
        n->version = 0;
        for (size_t i = 0; i < node->length && node->text[i] >= '0' && node->text[i] <= '9' && i < 7; i++)
            n->version = n->version * 10 + (uint32_t)(node->text[i] - '0');
        if (!n->version || strspn(node->text, "0123456789") != node->length)
            argot_gen_error(gen, ARGOT_CODE_BAD_NUMBER, node->span, "`version` takes a number from 1");
    }
    if (!(node = get(gen, "kind")) || !argot_gen_text(gen, node, "a kind"))
        return;
    for (size_t i = 0; later[i]; i++)
        if (!strcmp(later[i], node->text)) {
            argot_gen_error(gen, ARGOT_CODE_LATER_KEY, node->span, "kind `%s` is not supported yet", node->text);
            n->kind = ARGOT_KIND_JSON; /* as the nearest, so that no further error follows from this one */
            return;
        }
    size_t kind = 0;
    while (kinds[kind] && strcmp(kinds[kind], node->text))
        kind++;
    if (!kinds[kind]) {
        struct argot_diagnostic *d = argot_gen_error(gen, ARGOT_CODE_BAD_WORD, node->span, "no kind `%s`", node->text);
        argot_diagnostic_suggest(gen->diagnostics, d, node->text, kinds, 4);
        n->kind = ARGOT_KIND_JSON;
        return;
    }
    n->kind = (uint8_t)kind;
}

static void
require_format(struct argot_gen *gen, const struct argot_yaml *name)
{
    if (!argot_gen_knows_format(gen, name->text))
        argot_gen_error(gen, ARGOT_CODE_UNKNOWN_FORMAT, name->span, "no format `%s` beside this file or in %s",
                        name->text, gen->formats_dir);
}

static void
add_inside(struct argot_gen *gen, struct argot_inside *inside, const struct argot_yaml *name,
           const struct argot_yaml *when)
{
    const char *parent = argot_gen_text(gen, name, "the name of an envelope, or line");
    if (!parent)
        return;
    inside->parent = parent;
    if (strcmp(parent, "line"))
        require_format(gen, name);
    if (when)
        argot_gen_load_condition(gen, when, &inside->when, ARGOT_GEN_OUTSIDE);
}

static void
load_inside(struct argot_gen *gen)
{
    const struct argot_yaml *node = get(gen, "inside"), *when = get(gen, "when");
    size_t count = argot_gen_items(gen, node, ARGOT_GEN_MAX_INSIDE, "places in `inside`");
    struct argot_inside *list = argot_gen_alloc(gen, count + 1, sizeof *list);
    gen->normalizer.inside = list;
    if (!node) {
        list[gen->normalizer.ninside++].parent = "line";
        if (when)
            argot_gen_load_condition(gen, when, &list[0].when, ARGOT_GEN_OUTSIDE);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct argot_yaml *one = argot_yaml_nth(node, i);
        struct argot_inside *inside = &list[gen->normalizer.ninside];
        if (one->kind == ARGOT_YAML_MAP && one->count == 1)
            add_inside(gen, inside, one->keys[0], one->items[0]);
        else
            add_inside(gen, inside, one, when && strcmp(one->text ? one->text : "", "line") ? when : NULL);
        if (inside->parent)
            gen->normalizer.ninside++;
    }
}

static void
load_policies(struct argot_gen *gen)
{
    struct argot_normalizer *n = &gen->normalizer;
    const struct argot_yaml *node;
    if ((node = get(gen, "envelope")))
        n->envelope = argot_gen_flag(gen, node, "envelope");
    if ((node = get(gen, "strict")))
        n->strict = argot_gen_flag(gen, node, "strict");
    if ((node = get(gen, "event_time")) && argot_gen_text(gen, node, "received")) {
        n->event_time_received = !strcmp(node->text, "received");
        if (!n->event_time_received)
            argot_gen_error(gen, ARGOT_CODE_BAD_WORD, node->span, "`event_time` takes received");
    }
    if ((node = get(gen, "unmatched")) && argot_gen_text(gen, node, "keep or dead_letter")) {
        n->unmatched = !strcmp(node->text, "dead_letter");
        if (!n->unmatched && strcmp(node->text, "keep"))
            argot_gen_error(gen, ARGOT_CODE_BAD_WORD, node->span, "`unmatched` takes keep or dead_letter");
    }
    if ((node = get(gen, "absent"))) {
        argot_gen_items(gen, node, ARGOT_GEN_MAX_ABSENT, "texts in `absent`");
        n->absent = *argot_gen_load_texts(gen, node, "a text that means no value");
    }
    gen->absent = n->absent;
    for (uint16_t i = 0; i < n->absent.count; i++)
        gen->absent_empty |= !n->absent.texts[i].length;
}

static void
load_before(struct argot_gen *gen)
{
    const struct argot_yaml *node = get(gen, "before");
    size_t count = argot_gen_items(gen, node, ARGOT_GEN_MAX_BEFORE, "formats in `before`");
    const char **before = argot_gen_alloc(gen, count + 1, sizeof *before);
    for (size_t i = 0; i < count; i++) {
        const struct argot_yaml *one = argot_yaml_nth(node, i);
        if (!argot_gen_text(gen, one, "a format"))
            continue;
        require_format(gen, one);
        before[gen->normalizer.nbefore++] = one->text;
    }
    gen->normalizer.before = before;
}

static void
load_skip(struct argot_gen *gen)
{
    const struct argot_yaml *node = get(gen, "skip");
    size_t count = argot_gen_items(gen, node, ARGOT_GEN_MAX_SKIPS, "texts in `skip`");
    struct argot_glob *globs = argot_gen_alloc(gen, count + 1, sizeof *globs);
    for (size_t i = 0; i < count; i++) {
        const struct argot_yaml *one = argot_yaml_nth(node, i);
        if (argot_gen_text(gen, one, "a text"))
            globs[gen->normalizer.nskips++] = argot_gen_glob(gen, one);
    }
    gen->normalizer.skips = globs;
}

static void
load_sets_and_type(struct argot_gen *gen)
{
    struct argot_normalizer *n = &gen->normalizer;
    const struct argot_yaml *type = get(gen, "event_type"), *set = get(gen, "set");
    if (set)
        argot_gen_load_sets(gen, set, &n->sets, &n->nsets);
    if (!type)
        return;
    struct argot_yaml *key = argot_yaml_key(gen->root, "event_type");
    struct argot_yaml *keys[1] = {key}, *items[1] = {(struct argot_yaml *)type};
    struct argot_yaml map = {.kind = ARGOT_YAML_MAP, .span = type->span, .count = 1, .keys = keys, .items = items};
    const struct argot_set *one;
    uint16_t count = 0;
    argot_gen_load_sets(gen, &map, &one, &count);
    struct argot_set *all = argot_gen_alloc(gen, n->nsets + 1u, sizeof *all);
    if (n->nsets)
        memcpy(all, n->sets, n->nsets * sizeof *all);
    if (count)
        all[n->nsets++] = *one;
    n->sets = all;
}

/* ---- messages ---- */

static void
check_capture_and_constant(struct argot_gen *gen, const struct argot_message *message, uint16_t index,
                           const struct argot_yaml *set)
{
    bool dests[ARGOT_MAX_DESTS] = {false};
    const struct argot_lexer *body = &gen->body->abi;
    for (uint16_t i = 0; i < body->ntemplates; i++)
        for (uint16_t k = 0; body->templates[i].message == index && k < body->templates[i].ncaptures; k++)
            argot_gen_mark_value(body->templates[i].captures[k], dests);
    for (uint16_t i = 0; i < message->nsets; i++)
        if (dests[message->sets[i].dest])
            argot_gen_error(gen, ARGOT_CODE_CAPTURE_AND_CONSTANT, set->keys[i < set->count ? i : 0]->span,
                            "`%s` is captured and constant in message `%s`", gen->dests[message->sets[i].dest].name,
                            message->id);
}

static void
load_message(struct argot_gen *gen, const struct argot_yaml *node, struct argot_message *message, uint16_t index)
{
    static const char *const keys[] = {"id", "when", "line", "set", "derive", "choose", "kv", "examples", "skip", NULL};
    message->id = "";
    if (!argot_gen_is(gen, node, ARGOT_YAML_MAP, "a message: id and line"))
        return;
    argot_gen_keys(gen, node, keys, "a message");
    const struct argot_yaml *id = argot_yaml_get(node, "id"), *line = argot_yaml_get(node, "line"), *child;
    if (!id || !line)
        argot_gen_error(gen, ARGOT_CODE_MISSING_KEY, node->span, "a message needs `%s:`", id ? "line" : "id");
    if (id && argot_gen_text(gen, id, "a name")) {
        message->id = id->text;
        if (!argot_gen_name_ok(id->text))
            argot_gen_error(gen, ARGOT_CODE_BAD_NAME, id->span, "`%s`: names are lower-case letters, digits and _",
                            id->text);
        for (uint16_t i = 0; i < index; i++)
            if (!strcmp(gen->normalizer.messages[i].id, id->text))
                argot_gen_error(gen, ARGOT_CODE_BAD_NAME, id->span, "a second message `%s`", id->text)->hint =
                    "give it another name; a message may have a list of lines";
    }
    gen->message_kv = NULL;
    if ((child = argot_yaml_get(node, "kv")))
        gen->message_kv = argot_gen_load_block(gen, child, ARGOT_KIND_KV, false);
    if ((child = argot_yaml_get(node, "skip")))
        message->skip = argot_gen_flag(gen, child, "skip");
    if (line)
        argot_gen_lexer_add(gen, gen->body, line, index, message->id);
    if ((child = argot_yaml_get(node, "when")))
        argot_gen_load_condition(gen, child, &message->when, ARGOT_GEN_AT_MESSAGE);
    if ((child = argot_yaml_get(node, "set"))) {
        argot_gen_load_sets(gen, child, &message->sets, &message->nsets);
        check_capture_and_constant(gen, message, index, child);
    }
    if ((child = argot_yaml_get(node, "derive")))
        argot_gen_load_derives(gen, child, &message->derives, &message->nderives);
    if ((child = argot_yaml_get(node, "choose")))
        argot_gen_load_cases(gen, child, &message->cases, &message->ncases);
    if ((child = argot_yaml_get(node, "examples")))
        argot_gen_load_examples(gen, child);
    gen->message_kv = NULL;
}

static void
load_messages(struct argot_gen *gen)
{
    struct argot_normalizer *n = &gen->normalizer;
    const struct argot_yaml *messages = get(gen, "messages"), *line = get(gen, "line");
    size_t count = messages && messages->kind == ARGOT_YAML_LIST ? messages->count : 0;
    struct argot_message *list = argot_gen_alloc(gen, count + 1, sizeof *list);
    n->messages = list;
    if (messages &&
        (!argot_gen_is(gen, messages, ARGOT_YAML_LIST, "a list of messages") || !count || count > MESSAGES_MAX)) {
        if (messages->kind == ARGOT_YAML_LIST)
            argot_gen_error(gen, ARGOT_CODE_TOO_MANY, messages->span, "a format has 1 to %d messages", MESSAGES_MAX);
        return;
    }
    if (line) {
        struct argot_gen_lexer *lexer = argot_gen_lexer_new(gen);
        argot_gen_lexer_add(gen, lexer, line, 0, count ? NULL : n->name);
        *(count ? &gen->head : &gen->body) = lexer;
    }
    if (count && !gen->body)
        gen->body = argot_gen_lexer_new(gen);
    for (size_t i = 0; i < count; i++) {
        n->nmessages = (uint16_t)(i + 1);
        gen->message = (int)i;
        load_message(gen, messages->items[i], &list[i], (uint16_t)i);
        gen->message = ARGOT_GEN_ANY_MESSAGE;
    }
    if (!count) {
        n->nmessages = 1;
        list[0].id = n->name;
    }
    if (gen->head)
        n->head = &gen->head->abi;
    if (gen->body)
        n->body = &gen->body->abi;
    if (n->kind == ARGOT_KIND_LINE && !line && !messages)
        argot_gen_error(gen, ARGOT_CODE_MISSING_KEY, gen->root->span,
                        "a format of kind line needs `line:` or `messages:`");
    if (line && n->head && argot_gen_dest_find(gen, ARGOT_DEST_FIELD, "message") == ARGOT_NONE &&
        argot_gen_dest_find(gen, ARGOT_DEST_VARIABLE, "message") == ARGOT_NONE)
        argot_gen_error(gen, ARGOT_CODE_MISSING_KEY, line->span,
                        "the head binds no {message} for the messages to read");
}

static void
load_blocks(struct argot_gen *gen)
{
    struct argot_normalizer *n = &gen->normalizer;
    const struct argot_yaml *node;
    static const struct argot_block sd = {.kind = ARGOT_KIND_SD};
    gen->sd = argot_gen_alloc(gen, 1, sizeof sd);
    *gen->sd = sd;
    if ((node = get(gen, "kv")) && n->kind != ARGOT_KIND_KV)
        gen->kv = argot_gen_load_block(gen, node, ARGOT_KIND_KV, false);
    if ((node = get(gen, "json")))
        gen->json = argot_gen_load_block(gen, node, ARGOT_KIND_JSON, false);
    if ((node = get(gen, "csv")))
        gen->csv = argot_gen_load_block(gen, node, ARGOT_KIND_CSV, false);
    if (n->kind == ARGOT_KIND_LINE)
        return;
    struct argot_block *record = argot_gen_load_block(gen, gen->root, (enum argot_kind)n->kind, true);
    if ((node = get(gen, "kv")) && n->kind == ARGOT_KIND_KV && node->kind == ARGOT_YAML_MAP) {
        /* The block goes with the kind; what stands in it wins over the same beside it. */
        const struct argot_block *inner = argot_gen_load_block(gen, node, ARGOT_KIND_KV, false);
        record->kv = inner->kv;
        record->drop_unknown |= inner->drop_unknown;
        if (inner->nbindings) {
            record->bindings = inner->bindings;
            record->nbindings = inner->nbindings;
        }
        if (inner->detect)
            record->detect = inner->detect;
    }
    n->record = record;
}

static void
check_time(struct argot_gen *gen)
{
    const struct argot_normalizer *n = &gen->normalizer;
    bool bare = false;
    for (uint16_t i = 0; i < n->ninside; i++)
        bare |= !strcmp(n->inside[i].parent, "line");
    if (bare && n->event_time == ARGOT_NONE && !n->event_time_received && !gen->diagnostics->errors)
        argot_gen_warn(gen, ARGOT_CODE_NO_TIME, gen->root->span,
                       "no field gives the event a time: outside of an envelope every line is a dead letter")
            ->hint = "capture {event_time:…}, or say `event_time: received`";
}

static void
load_examples(struct argot_gen *gen)
{
    const struct argot_yaml *examples = get(gen, "examples");
    if (examples)
        argot_gen_load_examples(gen, examples);
    if (!gen->normalizer.nexamples)
        argot_gen_error(gen, ARGOT_CODE_NO_EXAMPLES, gen->root->span, "a format without examples does not build");
    else if (!gen->diagnostics->errors)
        argot_gen_check_texts(gen);
}

static void
warn_unused(struct argot_gen *gen)
{
    for (const struct argot_gen_named *part = gen->parts; part; part = part->next)
        if (!part->used)
            argot_gen_warn(gen, ARGOT_CODE_UNUSED, part->yaml->span, "the part `%s` is never used", part->name);
}

bool
argot_gen_load(struct argot_gen *gen, const struct argot_yaml *root)
{
    static const char *const keys[] = {
        "format",  "title",      "version",    "extends", "kind",      "inside",    "when",     "envelope", "detect",
        "before",  "event_type", "set",        "absent",  "line",      "parts",     "types",    "messages", "fields",
        "unknown", "kv",         "json",       "csv",     "columns",   "separator", "quote",    "split",    "choose",
        "derive",  "tables",     "event_time", "skip",    "unmatched", "strict",    "examples", NULL};
    struct argot_normalizer *n = &gen->normalizer;
    const struct argot_yaml *node;
    gen->root = root;
    gen->lexers_end = &gen->lexers;
    gen->uses_end = &gen->uses;
    gen->message = ARGOT_GEN_ANY_MESSAGE;
    n->event_time = n->message = ARGOT_NONE;
    if (!argot_gen_is(gen, root, ARGOT_YAML_MAP, "a map of the format's keys"))
        return false;
    argot_gen_keys(gen, root, keys, "a format");
    load_identity(gen);
    load_policies(gen);
    load_before(gen);
    load_skip(gen);
    load_inside(gen);
    load_types(gen);
    load_parts(gen);
    struct argot_gen_named *own = load_named(gen, "tables"), **end = &own;
    while (*end)
        end = &(*end)->next;
    *end = gen->tables; /* the shared ones, put there by the caller */
    gen->tables = own;
    load_blocks(gen);
    load_messages(gen);
    load_sets_and_type(gen);
    if (n->kind == ARGOT_KIND_LINE && (node = get(gen, "detect")))
        argot_gen_error(gen, ARGOT_CODE_BAD_CONDITION, node->span,
                        "`detect:` is a condition on JSON, kv and CSV records");
    if ((node = get(gen, "choose")))
        argot_gen_load_cases(gen, node, &n->cases, &n->ncases);
    if ((node = get(gen, "derive")))
        argot_gen_load_derives(gen, node, &n->derives, &n->nderives);
    argot_gen_check_sources(gen);
    load_examples(gen);
    n->event_time = argot_gen_dest_find(gen, ARGOT_DEST_FIELD, "event_time");
    n->message = argot_gen_dest_find(gen, ARGOT_DEST_FIELD, "message");
    if (n->message == ARGOT_NONE)
        n->message = argot_gen_dest_find(gen, ARGOT_DEST_VARIABLE, "message");
    if (n->envelope && n->message == ARGOT_NONE)
        argot_gen_error(gen, ARGOT_CODE_MISSING_KEY, root->span, "an envelope must bind `message`, which it hands on");
    check_time(gen);
    if (n->unmatched == ARGOT_UNMATCHED_KEEP && n->message == ARGOT_NONE && n->nmessages && n->kind == ARGOT_KIND_LINE)
        n->message = argot_gen_dest_field(gen, "message"); /* for lines that no message fits */
    if (gen->diagnostics->errors)
        return false;
    for (uint16_t i = 0; i < n->nmessages; i++)
        argot_gen_message_dests(gen, (struct argot_message *)&n->messages[i], i);
    n->ndests = (uint16_t)gen->ndests;
    n->dests = gen->dests;
    n->size = sizeof *n;
    n->abi = ARGOT_ABI;
    n->abi_oldest = ARGOT_ABI_OLDEST;
    warn_unused(gen);
    argot_gen_warn_any_line(gen);
    return true;
}
