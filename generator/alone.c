/* SPDX-License-Identifier: Apache-2.0
 * The format, then the envelopes that it names, then theirs; and all of it in one file. */
#include "generator/alone.h"
#include "generator/amalgam.h"
#include "generator/compile.h"
#include "generator/face.h"
#include <string.h>

#define RUNTIME_MAX_BYTES ((size_t)16 << 20)
#define TYPES_MAX_BYTES ((size_t)1 << 20)

struct session {
    struct argot_seam *seam;
    const struct argot_gen_alone *alone;
    struct argot_arena arena;
    struct argot_buffer *report;
    const struct argot_gen_outline *outlines[ARGOT_GEN_ALONE_MAX_FORMATS];
    const char *paths[ARGOT_GEN_ALONE_MAX_FORMATS]; /* of those and of others still to come */
    size_t count, npaths;
};

/* The text of a file in the arena, or NULL after saying what is wrong. */
static const char *
read_text(struct session *s, const char *path, size_t max_bytes)
{
    char *bytes;
    size_t size;
    int status = argot_seam_read_file(s->seam, path, max_bytes, &bytes, &size);
    if (status) {
        argot_buffer_printf(s->report, "argot: %s: %s\n", path, strerror(-status));
        return NULL;
    }
    const char *copy = argot_arena_copy(&s->arena, bytes, size);
    s->seam->release(s->seam, bytes);
    if (!copy)
        argot_gen_out_of_memory();
    return copy;
}

/* Envelopes of one name are one: the first that was found. */
static bool
is_known(const struct session *s, const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    for (size_t i = 0; i < s->npaths; i++) {
        const char *other = strrchr(s->paths[i], '/');
        if (!strcmp(other ? other + 1 : s->paths[i], name))
            return true;
    }
    return false;
}

static bool
add_envelopes(struct session *s, const struct argot_gen_outline *outline)
{
    for (size_t i = 0; i < outline->nenvelopes; i++) {
        if (is_known(s, outline->envelopes[i]))
            continue;
        if (s->npaths == ARGOT_GEN_ALONE_MAX_FORMATS) {
            argot_buffer_printf(s->report, "argot: %s: more than %d envelopes around it\n", s->alone->format_path,
                                ARGOT_GEN_ALONE_MAX_FORMATS - 1);
            return false;
        }
        s->paths[s->npaths++] = outline->envelopes[i];
    }
    return true;
}

static enum argot_gen_result
add_format(struct session *s, const char *path, struct argot_buffer *normalizers)
{
    const struct argot_gen_alone *alone = s->alone;
    struct argot_gen_input input = {
        .format_path = path, .schema_path = alone->schema_path, .formats_dir = alone->formats_dir, .bare = true};
    struct argot_gen_output output = {.outline_in = &s->arena};
    argot_buffer_init(&output.c, s->seam);
    argot_buffer_init(&output.stat, s->seam);
    argot_buffer_init(&output.dependencies, s->seam);
    enum argot_gen_result result =
        argot_gen_compile(s->seam, &input, alone->re2c, false, &output, s->report, s->report);
    if (result == ARGOT_GEN_OK) {
        const char *prefix = argot_arena_printf(&s->arena, "format_%s", output.outline->name);
        if (!prefix || output.c.failed)
            argot_gen_out_of_memory();
        argot_buffer_printf(normalizers, "\n/* ---- format %s ---- */\n\n", output.outline->name);
        argot_gen_amalgam_add(s->seam, (const char *)output.c.bytes, output.c.length, prefix, normalizers);
        s->outlines[s->count++] = output.outline;
        result = add_envelopes(s, output.outline) ? ARGOT_GEN_OK : ARGOT_GEN_WRONG;
    }
    argot_buffer_finish(&output.c);
    argot_buffer_finish(&output.stat);
    argot_buffer_finish(&output.dependencies);
    return result;
}

static void
describe(struct session *s, struct argot_gen_face *face)
{
    const char **names = argot_arena_zalloc(&s->arena, s->count, sizeof *names);
    if (!names)
        argot_gen_out_of_memory();
    *face = (struct argot_gen_face){
        .name = s->outlines[0]->name, .format = s->outlines[0], .formats = names, .nformats = s->count};
    for (size_t i = 0; i < s->count; i++) {
        names[i] = s->outlines[i]->name;
        if (i)
            argot_gen_members_add(&s->arena, &face->envelopes, &s->outlines[i]->all);
    }
}

static void
write_c(struct session *s, const struct argot_gen_face *face, const char *runtime,
        const struct argot_buffer *normalizers, struct argot_buffer *c)
{
    argot_buffer_printf(c,
                        "/* SPDX-License-Identifier: Apache-2.0\n"
                        " * The format %s, made by argot; not to be edited. %s says how it is used. From its YAML come "
                        "the normalizers\n"
                        " * behind the runtime of argot, which is copied here. */\n"
                        "#ifndef _GNU_SOURCE\n#define _GNU_SOURCE\n#endif\n"
                        "#include \"%s\"\n\n"
                        "/* Of the runtime not everything is needed here. */\n"
                        "#pragma GCC diagnostic ignored \"-Wunused-function\"\n"
                        "#pragma GCC diagnostic ignored \"-Wunused-const-variable\"\n",
                        face->name, s->alone->header, s->alone->header);
    argot_buffer_append_text(c, runtime);
    argot_buffer_append(c, normalizers->bytes, normalizers->length);
    argot_gen_face_functions(&s->arena, face, c);
}

enum argot_gen_result
argot_gen_alone(struct argot_seam *seam, const struct argot_gen_alone *alone, struct argot_buffer *c,
                struct argot_buffer *h, struct argot_buffer *report)
{
    struct session session = {.seam = seam, .alone = alone, .report = report}, *s = &session;
    struct argot_buffer normalizers;
    argot_arena_init(&s->arena, seam, 0);
    argot_buffer_init(&normalizers, seam);
    const char *runtime = read_text(s, alone->runtime, RUNTIME_MAX_BYTES);
    const char *types = runtime ? read_text(s, alone->types, TYPES_MAX_BYTES) : NULL;
    enum argot_gen_result result = types ? ARGOT_GEN_OK : ARGOT_GEN_UNREAD;
    s->paths[s->npaths++] = alone->format_path;
    for (size_t i = 0; result == ARGOT_GEN_OK && i < s->npaths; i++)
        result = add_format(s, s->paths[i], &normalizers);
    if (result == ARGOT_GEN_OK) {
        struct argot_gen_face face;
        describe(s, &face);
        argot_gen_face_header(&s->arena, &face, types, h);
        write_c(s, &face, runtime, &normalizers, c);
    }
    argot_buffer_finish(&normalizers);
    argot_arena_finish(&s->arena);
    if (c->failed || h->failed || normalizers.failed)
        argot_gen_out_of_memory();
    return result;
}
