/* SPDX-License-Identifier: Apache-2.0
 * Files in the order in which they need each other, then their names, then their text. */
#include "generator/amalgam.h"
#include "generator/c_source.h"
#include "generator/model.h"
#include <errno.h>
#include <string.h>

#define MAX_BYTES ((size_t)16 << 20) /* of one file */
#define MAX_DEPTH 32                 /* of headers that include headers */

struct file {
    const char *path; /* as it is included: base/arena.h */
    bool header;
    struct argot_c_source *source;
    struct argot_c_name *names;
    struct file *next;
};

struct session {
    struct argot_seam *seam;
    struct argot_arena arena;
    const struct argot_gen_amalgam *amalgam;
    struct file *files, **end;
    const struct argot_c_source *types;
    const struct file *at; /* being written */
    const char *prefix;    /* of every name, or NULL: of those that two files have */
    struct argot_buffer *words;
    bool failed;
};

static void *
need(void *memory)
{
    if (!memory)
        argot_gen_out_of_memory();
    return memory;
}

/* ---- reading ---- */

static void
say(struct session *s, const char *path, int error)
{
    argot_buffer_printf(s->words, "argot-gen: %s: %s\n", path, strerror(-error));
    s->failed = true;
}

/* NULL after saying why it cannot be read. */
static struct argot_c_source *
read_source(struct session *s, const char *path)
{
    char *bytes;
    size_t size;
    int status = argot_seam_read_file(s->seam, path, MAX_BYTES, &bytes, &size);
    if (status) {
        say(s, path, status);
        return NULL;
    }
    const char *copy = need(argot_arena_copy(&s->arena, bytes, size));
    s->seam->release(s->seam, bytes);
    return argot_c_read(&s->arena, copy, size);
}

static bool
exists(struct session *s, const char *path)
{
    int fd = s->seam->open(s->seam, path, ARGOT_OPEN_READ);
    if (fd >= 0)
        s->seam->close(s->seam, fd);
    return fd >= 0;
}

static bool
is_there(const struct session *s, const char *name)
{
    for (const struct file *file = s->files; file; file = file->next)
        if (!strcmp(file->path, name))
            return true;
    return false;
}

static bool add_file(struct session *s, const char *name, const char *path, bool header, unsigned depth);

static bool
add_header(struct session *s, const char *name, unsigned depth)
{
    const char *types = s->amalgam->types;
    size_t length = strlen(types), tail = strlen(name);
    if (is_there(s, name) || (length >= tail && !strcmp(types + length - tail, name)))
        return true;
    const char *path = need(argot_arena_printf(&s->arena, "%s/%s", s->amalgam->root, name));
    if (!exists(s, path))
        path = need(argot_arena_printf(&s->arena, "%s/include/%s", s->amalgam->root, name));
    return add_file(s, name, path, true, depth);
}

/* The headers that a file names, with theirs. */
static bool
add_headers(struct session *s, const struct argot_c_source *source, unsigned depth)
{
    for (size_t i = 0; i + 2 < source->count; i++) {
        if (!source->tokens[i].directive || !argot_c_is(source, i, "include"))
            continue;
        const struct argot_c_token *name = &source->tokens[i + 2];
        if (name->kind != ARGOT_C_TEXT || name->length < 2)
            continue;
        const char *text = need(argot_arena_copy(&s->arena, source->text + name->at + 1, name->length - 2));
        if (!add_header(s, text, depth + 1))
            return false;
    }
    return true;
}

static bool
add_file(struct session *s, const char *name, const char *path, bool header, unsigned depth)
{
    if (depth > MAX_DEPTH) {
        say(s, path, -ELOOP);
        return false;
    }
    struct argot_c_source *source = read_source(s, path);
    if (!source || !add_headers(s, source, depth))
        return false;
    struct file *file = need(argot_arena_zalloc(&s->arena, 1, sizeof *file));
    *file = (struct file){.path = name, .header = header, .source = source};
    file->names = argot_c_names(&s->arena, source);
    *s->end = file;
    s->end = &file->next;
    return true;
}

/* ---- names ---- */

static bool
has_word(const struct argot_c_source *source, const char *word, size_t length)
{
    for (size_t i = 0; source && i < source->count; i++)
        if (source->tokens[i].kind == ARGOT_C_WORD && source->tokens[i].length == length &&
            !memcmp(source->text + source->tokens[i].at, word, length))
            return true;
    return false;
}

static const struct argot_c_name *
find_name(const struct file *file, const char *word, size_t length, enum argot_c_name_kind kind)
{
    for (const struct argot_c_name *name = file->names; name; name = name->next)
        if ((name->kind == ARGOT_C_TAG) == (kind == ARGOT_C_TAG) && strlen(name->text) == length &&
            !memcmp(name->text, word, length))
            return name;
    return NULL;
}

/* Macros of a .c file end with it, so they meet nobody. */
static bool
is_shared(const struct session *s, const char *word, size_t length, enum argot_c_name_kind kind)
{
    for (const struct file *file = s->files; file; file = file->next) {
        const struct argot_c_name *name = file == s->at ? NULL : find_name(file, word, length, kind);
        if (name && (file->header || name->kind != ARGOT_C_MACRO))
            return true;
    }
    return false;
}

/* base/arena.c: arena */
static const char *
stem_of(struct session *s, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    return need(argot_arena_copy(&s->arena, name, strcspn(name, ".")));
}

static const char *
rename_word(void *context, const char *word, size_t length, enum argot_c_name_kind kind, bool member)
{
    struct session *s = context;
    if (length > 6 && (!memcmp(word, "argot_", 6) || !memcmp(word, "ARGOT_", 6))) {
        if ((kind == ARGOT_C_TAG || word[0] == 'A') && has_word(s->types, word, length))
            return NULL; /* a type or an enumerator that users see; functions may have the same names */
        return need(argot_arena_printf(&s->arena, "%.6s_%.*s", word, (int)(length - 6), word + 6));
    }
    if (member && kind != ARGOT_C_TAG && !(word[0] >= 'A' && word[0] <= 'Z'))
        return NULL;
    const struct argot_c_name *name = s->at->header ? NULL : find_name(s->at, word, length, kind);
    if (!name || name->kind == ARGOT_C_MACRO || (!s->prefix && !is_shared(s, word, length, kind)))
        return NULL;
    return need(
        argot_arena_printf(&s->arena, "%s_%.*s", s->prefix ? s->prefix : stem_of(s, s->at->path), (int)length, word));
}

/* ---- writing ---- */

static void
write_file(struct session *s, const struct file *file, struct argot_buffer *out)
{
    struct argot_c_change change = {.name = rename_word, .context = s, .make_static = true};
    s->at = file;
    argot_c_write(&s->arena, file->source, &change, out);
    for (const struct argot_c_name *name = file->header ? NULL : file->names; name; name = name->next)
        if (name->kind == ARGOT_C_MACRO) {
            const char *other = rename_word(s, name->text, strlen(name->text), ARGOT_C_MACRO, false);
            argot_buffer_printf(out, "#undef %s\n", other ? other : name->text);
        }
}

static void
begin(struct session *s, struct argot_seam *seam)
{
    *s = (struct session){.seam = seam};
    s->end = &s->files;
    argot_arena_init(&s->arena, seam, 0);
}

bool
argot_gen_amalgamate(struct argot_seam *seam, const struct argot_gen_amalgam *amalgam, struct argot_buffer *out,
                     struct argot_buffer *words)
{
    struct session session, *s = &session;
    begin(s, seam);
    s->amalgam = amalgam;
    s->words = words;
    s->types = read_source(s, amalgam->types);
    for (size_t i = 0; !s->failed && i < amalgam->count; i++)
        add_file(s, amalgam->paths[i], amalgam->paths[i], false, 0);
    for (const struct file *file = s->files; !s->failed && file; file = file->next) {
        argot_buffer_printf(out, "\n/* ---- %s ---- */\n\n", file->header ? file->path : stem_of(s, file->path));
        write_file(s, file, out);
    }
    argot_arena_finish(&s->arena);
    return !s->failed;
}

void
argot_gen_amalgam_add(struct argot_seam *seam, const char *text, size_t length, const char *prefix,
                      struct argot_buffer *out)
{
    struct session session, *s = &session;
    begin(s, seam);
    struct file file = {.path = prefix, .source = argot_c_read(&s->arena, text, length)};
    file.names = argot_c_names(&s->arena, file.source);
    s->prefix = prefix;
    write_file(s, &file, out);
    argot_arena_finish(&s->arena);
}
