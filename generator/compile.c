/* SPDX-License-Identifier: Apache-2.0
 * One format from file to C: schema, YAML, extends, checks, re2c, statistics. */
#include "generator/compile.h"
#include "generator/backwards.h"
#include "generator/budget.h"
#include "generator/codes.h"
#include "generator/overlap.h"
#include <string.h>

struct session {
    struct argot_seam *seam;
    struct argot_arena *arena;
    const struct argot_gen_input *input;
    struct argot_gen_output *output;
    struct argot_buffer *report, *words;
    bool json, unread;
    struct argot_gen gen;
    struct argot_diagnostics diagnostics;
};

static void
print(struct session *s, const struct argot_diagnostics *diagnostics)
{
    if (s->json)
        argot_diagnostics_print_json(diagnostics, s->report);
    else
        argot_diagnostics_print(diagnostics, s->report);
}

/* The tree of a file, with diagnostics of its own; NULL after a report. The file is noted as a dependency. */
static struct argot_yaml *
read_tree(struct session *s, const char *path, struct argot_diagnostics *diagnostics)
{
    char *bytes;
    size_t size;
    int status = argot_seam_read_file(s->seam, path, ARGOT_YAML_MAX_BYTES, &bytes, &size);
    if (status) {
        argot_buffer_printf(s->words, "argot: %s: %s\n", path, strerror(-status));
        s->unread = true;
        return NULL;
    }
    if (s->output) {
        argot_buffer_append_text(&s->output->dependencies, path);
        argot_buffer_append_byte(&s->output->dependencies, '\n');
    }
    const char *copy = argot_arena_copy(s->arena, bytes, size);
    s->seam->release(s->seam, bytes);
    if (!copy)
        argot_gen_out_of_memory();
    argot_diagnostics_init(diagnostics, s->arena, path, copy, size);
    return argot_yaml_parse(diagnostics);
}

/* The tree of the format; yaml: its text, NULL: the file is read. */
static struct argot_yaml *
read_format(struct session *s, const char *path, const char *yaml)
{
    if (!yaml)
        return read_tree(s, path, &s->diagnostics);
    argot_diagnostics_init(&s->diagnostics, s->arena, path, yaml, strlen(yaml));
    return argot_yaml_parse(&s->diagnostics);
}

static const char *
folder_of(struct session *s, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? argot_arena_copy(s->arena, path, (size_t)(slash - path)) : ".";
}

static bool
load_schema(struct session *s)
{
    struct argot_diagnostics *diagnostics = argot_arena_zalloc(s->arena, 1, sizeof *diagnostics);
    struct argot_yaml *tree = read_tree(s, s->input->schema_path, diagnostics);
    if (tree)
        s->gen.schema = argot_gen_schema_load(s->arena, diagnostics, tree);
    if (diagnostics->first)
        print(s, diagnostics);
    return tree && s->gen.schema && !diagnostics->errors;
}

/* ---- extends ---- */

static void
put_member(struct session *s, struct argot_yaml *map, struct argot_yaml *key, struct argot_yaml *item)
{
    struct argot_yaml **keys = argot_gen_alloc(&s->gen, map->count + 1, sizeof *keys);
    struct argot_yaml **items = argot_gen_alloc(&s->gen, map->count + 1, sizeof *items);
    if (map->count) {
        memcpy(keys, map->keys, map->count * sizeof *keys);
        memcpy(items, map->items, map->count * sizeof *items);
    }
    keys[map->count] = key;
    items[map->count++] = item;
    map->keys = keys;
    map->items = items;
}

/* What a message or example is known by. */
static const char *
identity(const struct argot_yaml *item)
{
    static const char *const keys[] = {"id", "line", "reject"};
    for (size_t i = 0; item->kind == ARGOT_YAML_MAP && i < sizeof keys / sizeof *keys; i++) {
        const struct argot_yaml *value = argot_yaml_get(item, keys[i]);
        if (value && value->kind == ARGOT_YAML_SCALAR)
            return value->text;
    }
    return "";
}

/* The first of the list that is known by the same, or NULL. */
static struct argot_yaml *
namesake(const struct argot_yaml *list, const struct argot_yaml *item)
{
    const char *name = identity(item);
    for (size_t i = 0; *name && i < list->count; i++)
        if (!strcmp(identity(list->items[i]), name))
            return list->items[i];
    return NULL;
}

/* The list's own come first; one that is known as one of the others takes that one's place, since order tells. */
static void
join_items(struct session *s, struct argot_yaml *list, const struct argot_yaml *others)
{
    struct argot_yaml **items = argot_gen_alloc(&s->gen, list->count + others->count + 1, sizeof *items);
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (!namesake(others, list->items[i]) || namesake(list, list->items[i]) != list->items[i])
            items[count++] = list->items[i];
    for (size_t i = 0; i < others->count; i++) {
        struct argot_yaml *own = namesake(list, others->items[i]);
        items[count++] = own ? own : others->items[i];
    }
    list->items = items;
    list->count = count;
}

/* Messages, examples and the named maps are joined, the file's own first; other keys of the file replace. */
static void
merge(struct session *s, struct argot_yaml *own, const struct argot_yaml *parent)
{
    static const char *const joined[] = {"messages", "examples", "parts", "types", "tables", NULL};
    for (size_t i = 0; i < parent->count; i++) {
        struct argot_yaml *mine = argot_yaml_get(own, parent->keys[i]->text), *theirs = parent->items[i];
        if (!mine) {
            put_member(s, own, parent->keys[i], theirs);
            continue;
        }
        size_t k = 0;
        while (joined[k] && strcmp(joined[k], parent->keys[i]->text))
            k++;
        if (!joined[k] || mine->kind != theirs->kind)
            continue;
        if (mine->kind == ARGOT_YAML_LIST)
            join_items(s, mine, theirs);
        for (size_t m = 0; mine->kind == ARGOT_YAML_MAP && m < theirs->count; m++)
            if (!argot_yaml_get(mine, theirs->keys[m]->text))
                put_member(s, mine, theirs->keys[m], theirs->items[m]);
    }
}

/* Moves the places of a tree behind those of the file that it is joined to. What is reached by an alias too, once. */
// NOLINTNEXTLINE(misc-no-recursion)
static void
move_lines(struct argot_yaml *node)
{
    if (node->span.line > ARGOT_DIAGNOSTICS_JOINED_LINES)
        return;
    node->span.line += ARGOT_DIAGNOSTICS_JOINED_LINES;
    node->block_line += node->block_line ? ARGOT_DIAGNOSTICS_JOINED_LINES : 0;
    for (size_t i = 0; i < node->count; i++) {
        if (node->keys)
            move_lines(node->keys[i]);
        move_lines(node->items[i]);
    }
}

/* The path of a format's file: beside the file at hand, in the folder of formats, or beside the schema. NULL: nowhere.
 */
static const char *
find_format(struct session *s, const char *name)
{
    const char *folders[] = {folder_of(s, s->input->format_path), s->gen.formats_dir,
                             folder_of(s, s->input->schema_path)};
    struct argot_file_info info;
    for (size_t i = 0; i < sizeof folders / sizeof *folders && argot_gen_name_ok(name); i++) {
        const char *path = argot_arena_printf(s->arena, "%s/%s.yaml", folders[i], name);
        if (!strcmp(path, s->input->format_path))
            continue;
        int fd = s->seam->open(s->seam, path, ARGOT_OPEN_READ);
        if (fd < 0)
            continue;
        bool regular = !s->seam->info(s->seam, fd, &info) && info.kind == ARGOT_FILE_REGULAR;
        s->seam->close(s->seam, fd);
        if (regular)
            return path;
    }
    return NULL;
}

bool
argot_gen_knows_format(struct argot_gen *gen, const char *name)
{
    return !gen->session || find_format(gen->session, name);
}

const char *
argot_gen_format_path(struct argot_gen *gen, const char *name)
{
    return gen->session ? find_format(gen->session, name) : NULL;
}

static bool
extend(struct session *s, struct argot_yaml *root)
{
    const struct argot_yaml *node = root->kind == ARGOT_YAML_MAP ? argot_yaml_get(root, "extends") : NULL;
    if (!node || node->kind != ARGOT_YAML_SCALAR)
        return true;
    const char *path = find_format(s, node->text);
    if (!path) {
        argot_gen_error(&s->gen, ARGOT_CODE_UNKNOWN_FORMAT, node->span,
                        "no format `%s` to extend beside this file or in %s", node->text, s->gen.formats_dir);
        return true;
    }
    struct argot_diagnostics *diagnostics = argot_arena_zalloc(s->arena, 1, sizeof *diagnostics);
    struct argot_yaml *parent = read_tree(s, path, diagnostics);
    if (diagnostics->first)
        print(s, diagnostics);
    if (parent && parent->kind == ARGOT_YAML_MAP) {
        s->diagnostics.joined = diagnostics;
        move_lines(parent);
        merge(s, root, parent);
    }
    return parent != NULL;
}

/* ---- tables in files ---- */

const struct argot_yaml *
argot_gen_table_file(struct argot_gen *gen, const char *name)
{
    struct session *s = gen->session;
    if (!s || !argot_gen_name_ok(name))
        return NULL;
    const char *path = argot_arena_printf(gen->arena, "%s/tables/%s.yaml", gen->formats_dir, name);
    int fd = gen->seam->open(gen->seam, path, ARGOT_OPEN_READ);
    if (fd < 0)
        return NULL;
    gen->seam->close(gen->seam, fd);
    struct argot_diagnostics *diagnostics = argot_gen_alloc(gen, 1, sizeof *diagnostics);
    struct argot_yaml *tree = read_tree(s, path, diagnostics);
    if (diagnostics->first)
        print(s, diagnostics);
    return tree;
}

/* ---- overlaps ---- */

/* The model of another format, in the same arena; NULL where it cannot be loaded. What is wrong in it is not said. */
static struct argot_gen *
load_other(struct session *s, const struct argot_gen_other *other)
{
    struct session *own = argot_gen_alloc(&s->gen, 1, sizeof *own);
    struct argot_gen_input *input = argot_gen_alloc(&s->gen, 1, sizeof *input);
    const char *path = other->yaml ? other->name : find_format(s, other->name);
    if (!path)
        return NULL;
    *own = *s;
    *input = *s->input;
    input->format_path = path;
    own->input = input;
    own->output = NULL;
    own->gen = (struct argot_gen){.seam = s->seam,
                                  .arena = s->arena,
                                  .diagnostics = &own->diagnostics,
                                  .schema = s->gen.schema,
                                  .session = own,
                                  .formats_dir = s->gen.formats_dir};
    argot_diagnostics_init(&own->diagnostics, s->arena, path, "", 0);
    struct argot_yaml *root = read_format(own, path, other->yaml);
    return root && extend(own, root) && argot_gen_load(&own->gen, root) ? &own->gen : NULL;
}

static void
warn_overlaps(struct session *s)
{
    size_t unexamined = argot_gen_warn_overlaps(&s->gen), formats = 0;
    uint64_t moves = ARGOT_GEN_OVERLAP_MOVES_ALL;
    struct argot_buffer names;
    argot_buffer_init(&names, s->seam);
    for (size_t i = 0; i < s->input->nothers; i++) {
        struct argot_gen *other = load_other(s, &s->input->others[i]);
        if (other && argot_gen_warn_formats(&s->gen, other, &moves))
            continue;
        argot_buffer_printf(&names, "%s%s", formats++ ? ", " : " (", s->input->others[i].name);
    }
    if (unexamined || formats)
        argot_buffer_printf(s->words, "argot: %s: not examined: %zu pairs of messages, %zu formats%.*s%s\n",
                            s->input->format_path, unexamined, formats, (int)names.length, (const char *)names.bytes,
                            formats ? ")" : "");
    argot_buffer_finish(&names);
}

/* ---- re2c ---- */

/* What argot formats -v says: for each lexer a line of what it is for, its templates and states, its gear, and the
 * count that was decisive. */
static void
write_stat(const struct argot_gen *gen, uint64_t re2c_ms, struct argot_buffer *out)
{
    static const struct {
        const char *name;
        unsigned limit;
    } gears[] = {
        [ARGOT_GEN_GEAR_FEW] = {"few", ARGOT_GEN_DECIDE_MIN},
        [ARGOT_GEN_GEAR_DFA] = {"dfa", 0},
        [ARGOT_GEN_GEAR_LINES] = {"lines", 0},
        [ARGOT_GEN_GEAR_OPEN] = {"open", 0},
        [ARGOT_GEN_GEAR_STATES] = {"states", ARGOT_GEN_STATES_MAX},
        [ARGOT_GEN_GEAR_LISTS] = {"lists", ARGOT_GEN_LISTS_MAX},
    };
    unsigned templates = 0;
    for (const struct argot_gen_lexer *lexer = gen->lexers; lexer; lexer = lexer->next)
        templates += lexer->abi.ntemplates;
    argot_buffer_printf(out, "messages %u\ntemplates %u\nstates %u\nre2c_ms %llu\n", gen->normalizer.nmessages,
                        templates, gen->states, (unsigned long long)re2c_ms);
    for (const struct argot_gen_lexer *lexer = gen->lexers; lexer; lexer = lexer->next)
        argot_buffer_printf(out, "lexer %s %u %u %s %u\n",
                            lexer == gen->head   ? "head"
                            : lexer == gen->body ? "body"
                                                 : "field",
                            lexer->abi.ntemplates, lexer->abi.states, gears[lexer->gear].name,
                            gears[lexer->gear].limit);
    argot_buffer_printf(out, "texts %u %u %u %u %u %u\n", gen->text_ends[ARGOT_GEN_BACKWARD_TABLES], gen->text_states,
                        ARGOT_GEN_TEXT_ENDS, gen->text_ends[ARGOT_GEN_BACKWARD_UNTOLD],
                        gen->text_ends[ARGOT_GEN_BACKWARD_STATES], ARGOT_GEN_BACKWARDS_STATES);
}

/* Counts the labels of re2c's states in each decide function, and writes them as the macros that the tables name. */
static void
count_states(struct argot_gen *gen, const struct argot_buffer *c, struct argot_buffer *macros)
{
    for (struct argot_gen_lexer *lexer = gen->lexers; lexer; lexer = lexer->next) {
        const char *name = argot_arena_printf(gen->arena, "\nlexer_%u_decide(const", lexer->number);
        const uint8_t *at = lexer->abi.states ? memmem(c->bytes, c->length, name, strlen(name)) : NULL;
        const uint8_t *end = at ? memmem(at, (size_t)(c->bytes + c->length - at), "\n}\n", 3) : NULL;
        uint32_t states = 0;
        for (; at && end && at < end; at++)
            states += *at == '\n' && at[1] == 'y' && at[2] == 'y' && at[3] >= '0' && at[3] <= '9';
        states = lexer->line_states ? lexer->line_states : states;
        lexer->abi.states = states;
        gen->states += states;
        argot_buffer_printf(macros, "#define ARGOT_STATES_%u %u\n", lexer->number, states);
    }
}

static void
run_re2c(struct session *s, const char *re2c, const struct argot_buffer *source)
{
    struct argot_buffer c, words;
    argot_buffer_init(&c, s->seam);
    argot_buffer_init(&words, s->seam);
    argot_time begin = s->seam->monotonic(s->seam);
    enum argot_gen_re2c_status status = argot_gen_re2c(s->seam, re2c, source, &c, &words);
    uint64_t ms = (uint64_t)(s->seam->monotonic(s->seam) - begin) / 1000000;
    if (status == ARGOT_GEN_RE2C_LIMIT)
        argot_gen_error(&s->gen, ARGOT_CODE_RE2C_LIMIT, s->gen.root->span,
                        "re2c was stopped: it would take more than %d s or %u MiB", ARGOT_GEN_RE2C_SECONDS,
                        ARGOT_GEN_RE2C_BYTES >> 20)
            ->hint = "give the templates longer texts at their begin, or split the messages with `when:`";
    else if (status == ARGOT_GEN_RE2C_MISSING)
        argot_gen_error(&s->gen, ARGOT_CODE_RE2C_REFUSED, s->gen.root->span, "re2c (%s) could not be run", re2c);
    else if (status != ARGOT_GEN_RE2C_OK)
        argot_gen_error(&s->gen, ARGOT_CODE_RE2C_REFUSED, s->gen.root->span, "re2c (%s) refused the lexer: %.*s", re2c,
                        (int)words.length, words.length ? (const char *)words.bytes : "");
    if (status == ARGOT_GEN_RE2C_OK) {
        count_states(&s->gen, &c, &s->output->c);
        argot_buffer_append(&s->output->c, c.bytes, c.length);
        write_stat(&s->gen, ms, &s->output->stat);
    }
    argot_buffer_finish(&c);
    argot_buffer_finish(&words);
}

enum argot_gen_result
argot_gen_compile(struct argot_seam *seam, const struct argot_gen_input *input, const char *re2c, bool json,
                  struct argot_gen_output *output, struct argot_buffer *report, struct argot_buffer *words)
{
    struct argot_arena arena;
    struct session session = {
        .seam = seam, .arena = &arena, .input = input, .output = output, .report = report, .words = words};
    struct session *s = &session;
    struct argot_buffer source;
    argot_arena_init(s->arena, seam, 0);
    argot_buffer_init(&source, seam);
    s->json = json;
    s->gen.seam = seam;
    s->gen.arena = s->arena;
    s->gen.diagnostics = &s->diagnostics;
    s->gen.session = s;
    s->gen.bare = input->bare;
    s->gen.texts_gear = input->texts_gear;
    s->gen.formats_dir = input->formats_dir ? input->formats_dir : folder_of(s, input->format_path);
    argot_diagnostics_init(&s->diagnostics, s->arena, input->format_path, "", 0);
    bool ready = load_schema(s);
    struct argot_yaml *root = ready ? read_format(s, input->format_path, input->yaml) : NULL;
    s->gen.source = s->diagnostics.source;
    bool ok = root && extend(s, root) && argot_gen_load(&s->gen, root);
    if (ok)
        argot_gen_check_types(&s->gen);
    ok = ok && !s->diagnostics.errors;
    if (ok)
        argot_gen_warn_unreachable(&s->gen);
    if (ok && input->overlaps)
        warn_overlaps(s);
    if (ok)
        argot_gen_emit(&s->gen, &source);
    if (ok && !s->diagnostics.errors && output && output->outline_in)
        output->outline = argot_gen_outline_make(output->outline_in, &s->gen);
    if (ok && !s->diagnostics.errors && re2c)
        run_re2c(s, re2c, &source);
    if (source.failed)
        argot_gen_out_of_memory();
    if (s->diagnostics.first)
        print(s, &s->diagnostics);
    ok = ok && !s->diagnostics.errors;
    argot_buffer_finish(&source);
    argot_arena_finish(s->arena);
    return s->unread ? ARGOT_GEN_UNREAD : ok ? ARGOT_GEN_OK : ARGOT_GEN_WRONG;
}
