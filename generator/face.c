/* SPDX-License-Identifier: Apache-2.0
 * The header of a stand-alone normalizer, and the functions that it declares. */
#include "generator/face.h"
#include "argot/normalizer.h"
#include "generator/model.h"
#include <string.h>

/* Headers of two argots agree on these types while the number is the same; alone/types.h says when it changes. */
#define TYPES_GUARD "ARGOT_ALONE_TYPES_1"

struct writer {
    struct argot_arena *arena;
    const struct argot_gen_face *face;
    struct argot_buffer *out;
};

static void
put(struct writer *w, const char *text)
{
    argot_buffer_append_text(w->out, text);
}

static void
put_upper(struct writer *w, const char *text)
{
    for (; *text; text++)
        argot_buffer_append_byte(w->out, (char)(*text >= 'a' && *text <= 'z' ? *text - 'a' + 'A' : *text));
}

static struct writer
begin(struct argot_arena *arena, const struct argot_gen_face *face, struct argot_buffer *out)
{
    return (struct writer){.arena = arena, .face = face, .out = out};
}

/* ---- members of structures ---- */

/* `$` in a text is the format's name, `^` the same in upper case. */
static void
put_named(struct writer *w, const char *text)
{
    for (; *text; text++) {
        if (*text == '$')
            put(w, w->face->name);
        else if (*text == '^')
            put_upper(w, w->face->name);
        else
            argot_buffer_append_byte(w->out, *text);
    }
}

static struct argot_gen_members
members_of(struct writer *w, size_t message)
{
    struct argot_gen_members members = {0};
    argot_gen_members_add(w->arena, &members, &w->face->format->each[message]);
    argot_gen_members_add(w->arena, &members, &w->face->format->always);
    argot_gen_members_add(w->arena, &members, &w->face->envelopes);
    return members;
}

static bool
is_c_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* A name in C; those of extra may hold any bytes, and then two may look alike: the later one has its number behind. */
static const char *
name_of(struct writer *w, const struct argot_gen_members *members, const char *const *names, size_t number)
{
    const struct argot_gen_member *member = &members->list[number];
    if (!member->extra)
        return member->name;
    char *name = argot_arena_printf(w->arena, "extra_%s", member->name);
    if (!name)
        argot_gen_out_of_memory();
    // cppcheck-suppress nullPointerRedundantCheck; without memory it does not come here
    for (char *at = name; *at; at++)
        *at = is_c_byte(*at) ? *at : '_';
    for (size_t i = 0; i < number; i++) {
        if (!members->list[i].extra || strcmp(names[i], name))
            continue;
        name = argot_arena_printf(w->arena, "%s_%zu", name, number);
        if (!name)
            argot_gen_out_of_memory();
        break;
    }
    return name;
}

static const char **
names_of(struct writer *w, const struct argot_gen_members *members)
{
    const char **names = argot_arena_zalloc(w->arena, members->count + 1, sizeof *names);
    if (!names)
        argot_gen_out_of_memory();
    for (size_t i = 0; i < members->count; i++)
        names[i] = name_of(w, members, names, i);
    return names;
}

static void
put_member(struct writer *w, const struct argot_gen_member *member, const char *name)
{
    switch ((enum argot_type)member->type) {
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_HOST:
    case ARGOT_TYPE_KEYWORD:
    case ARGOT_TYPE_ENUM:
        argot_buffer_printf(w->out, "    struct argot_alone_text %s;\n", name);
        return;
    case ARGOT_TYPE_STRING_LIST:
    case ARGOT_TYPE_IP_LIST:
        argot_buffer_printf(w->out, "    struct argot_alone_list %s;%s\n", name,
                            member->type == ARGOT_TYPE_IP_LIST ? " /* of addresses */" : "");
        return;
    case ARGOT_TYPE_IP:
        argot_buffer_printf(w->out, "    uint8_t %s[16];\n", name);
        return;
    case ARGOT_TYPE_INT:
        argot_buffer_printf(w->out, "    int64_t %s;\n", name);
        return;
    case ARGOT_TYPE_TIMESTAMP:
    case ARGOT_TYPE_DURATION:
        argot_buffer_printf(w->out, "    int64_t %s; /* ns%s */\n", name,
                            member->type == ARGOT_TYPE_TIMESTAMP ? " since 1970" : "");
        return;
    case ARGOT_TYPE_FLOAT:
        argot_buffer_printf(w->out, "    double %s;\n", name);
        return;
    default:
        argot_buffer_printf(w->out, "    uint64_t %s;\n", name);
        return;
    }
}

static void
put_structure(struct writer *w, size_t message)
{
    struct argot_gen_members members = members_of(w, message);
    const char **names = names_of(w, &members);
    const char *id = w->face->format->messages[message];
    argot_buffer_printf(w->out, "\nstruct argot_%s_as_%s {\n    struct {\n        uint8_t ", w->face->name, id);
    for (size_t i = 0; i < members.count; i++)
        argot_buffer_printf(w->out, "%s%s", i == 0 ? "" : i % 4 ? ", " : ",\n            ", names[i]);
    put(w, ";\n    } has; /* 1: there is a value */\n");
    for (size_t i = 0; i < members.count; i++)
        put_member(w, &members.list[i], names[i]);
    argot_buffer_printf(w->out,
                        "};\n"
                        "int argot_%s_as_%s(struct argot_%s *parser, int result, struct argot_%s_as_%s *message);\n",
                        w->face->name, id, w->face->name, w->face->name, id);
}

/* ---- the header ---- */

/* The types without their pragma and include, which stand around them here. */
static void
put_types(struct writer *w, const char *types)
{
    const char *body = strstr(types, "#include <stdint.h>\n");
    put(w, "#ifndef " TYPES_GUARD "\n#define " TYPES_GUARD "\n");
    put(w, body ? strchr(body, '\n') + 1 : types);
    put(w, "#endif\n");
}

static const char functions[] =
    "/* A parser holds all that it needs and shares nothing: several threads have one each. NULL without memory, and\n"
    " * where the time zone of the options is not known. options may be NULL. */\n"
    "struct argot_$;\n"
    "struct argot_$ *argot_$_new(const struct argot_alone_options *options);\n"
    "void argot_$_free(struct argot_$ *parser);\n"
    "\n"
    "/* Reads one line, with or without its line end. Returns the number of results (a record that is split has\n"
    " * several), or an argot_alone_refusal. Everything that is got from results lies in the parser, until the next "
    "line. "
    "*/\n"
    "int argot_$_parse(struct argot_$ *parser, const char *line, size_t length);\n"
    "enum argot_alone_outcome argot_$_outcome(const struct argot_$ *parser, int result);\n"
    "\n"
    "/* The fields of an event in the order of the schema, then the members of extra; NULL where it is none. */\n"
    "const struct argot_alone_value *argot_$_fields(struct argot_$ *parser, int result, size_t *count);\n"
    "/* One by name, `extra.` before a member of extra; NULL where it has no value. */\n"
    "const struct argot_alone_value *argot_$_get(struct argot_$ *parser, int result, const char *name);\n"
    "/* A value as text with a NUL behind, cut to size; returns the length of the whole. */\n"
    "size_t argot_$_print(struct argot_$ *parser, const struct argot_alone_value *value, char *text, size_t size);\n"
    "/* The event or letter as `argot parse` writes it, with a NUL behind; NULL where it is neither. */\n"
    "const char *argot_$_json(struct argot_$ *parser, int result, size_t *length);\n"
    "/* 1 where the result is a letter: a line that does not fit. */\n"
    "int argot_$_letter(const struct argot_$ *parser, int result, struct argot_alone_letter *letter);\n";

static void
put_messages(struct writer *w)
{
    const struct argot_gen_outline *format = w->face->format;
    put(w, "\n/* Which message of the format an event is; none where the line of an envelope has nothing in it that "
           "fits,\n"
           " * where no message fits, and where the result is no event. */\n");
    put_named(w, "enum argot_$_is {\n    ARGOT_^_NO_MESSAGE = -1,\n");
    for (size_t i = 0; i < format->nmessages; i++) {
        put_named(w, "    ARGOT_^_IS_");
        put_upper(w, format->messages[i]);
        put(w, ",\n");
    }
    put_named(w,
              "};\nenum argot_$_is argot_$_is(const struct argot_$ *parser, int result);\n\n"
              "/* Events of one message as a structure. The functions return 1 and fill it, 0 where the result is no "
              "event of that\n"
              " * message, or ARGOT_ALONE_NO_MEMORY. Members of extra that the format does not name are found by "
              "argot_$_fields. */\n");
    for (size_t i = 0; i < format->nmessages; i++)
        put_structure(w, i);
}

void
argot_gen_face_header(struct argot_arena *arena, const struct argot_gen_face *face, const char *types,
                      struct argot_buffer *out)
{
    struct writer writer = begin(arena, face, out), *w = &writer;
    argot_buffer_printf(out,
                        "/* SPDX-License-Identifier: Apache-2.0\n"
                        " * Lines of the format %s (version %u) as fields: made by argot, not to be edited. One C file "
                        "belongs to it,\n"
                        " * and nothing else. */\n",
                        face->name, face->format->version);
    put_named(w, "#ifndef ARGOT_^_H\n#define ARGOT_^_H\n"
                 "#include <stddef.h>\n#include <stdint.h>\n\n"
                 "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
    put_types(w, types);
    put(w, "\n");
    put_named(w, functions);
    put_messages(w);
    put(w, "\n#ifdef __cplusplus\n}\n#endif\n#endif\n");
}

/* ---- the functions ---- */

static const char bodies[] =
    "void\nargot_$_free(struct argot_$ *parser)\n{\n"
    "    argot__alone_free((struct argot__alone *)parser);\n}\n\n"
    "int\nargot_$_parse(struct argot_$ *parser, const char *line, size_t length)\n{\n"
    "    return argot__alone_parse((struct argot__alone *)parser, line, length);\n}\n\n"
    "enum argot_alone_outcome\nargot_$_outcome(const struct argot_$ *parser, int result)\n{\n"
    "    return (enum argot_alone_outcome)argot__alone_outcome((const struct argot__alone *)parser, result);\n}\n\n"
    "enum argot_$_is\nargot_$_is(const struct argot_$ *parser, int result)\n{\n"
    "    return (enum argot_$_is)argot__alone_message((const struct argot__alone *)parser, result);\n}\n\n"
    "const struct argot_alone_value *\nargot_$_fields(struct argot_$ *parser, int result, size_t *count)\n{\n"
    "    return argot__alone_fields((struct argot__alone *)parser, result, count);\n}\n\n"
    "const struct argot_alone_value *\nargot_$_get(struct argot_$ *parser, int result, const char *name)\n{\n"
    "    return argot__alone_get((struct argot__alone *)parser, result, name);\n}\n\n"
    "int\nargot_$_letter(const struct argot_$ *parser, int result, struct argot_alone_letter *letter)\n{\n"
    "    return argot__alone_letter((const struct argot__alone *)parser, result, letter);\n}\n\n"
    "const char *\nargot_$_json(struct argot_$ *parser, int result, size_t *length)\n{\n"
    "    return argot__alone_json((struct argot__alone *)parser, result, length);\n}\n\n"
    "size_t\nargot_$_print(struct argot_$ *parser, const struct argot_alone_value *value, char *text, size_t size)\n{\n"
    "    return argot__alone_print((struct argot__alone *)parser, value, text, size);\n}\n";

static void
put_new(struct writer *w)
{
    put_named(w, "\n/* ---- what others see ---- */\n\n"
                 "struct argot_$ *\nargot_$_new(const struct argot_alone_options *options)\n{\n"
                 "    static const struct argot__normalizer *const formats[] = {\n");
    for (size_t i = 0; i < w->face->nformats; i++)
        argot_buffer_printf(w->out, "        &argot__format_%s,\n", w->face->formats[i]);
    argot_buffer_printf(w->out,
                        "    };\n    char why[2048];\n"
                        "    return (struct argot_%s *)argot__alone_new(argot__seam_system(), formats, %zu, \"%s\", "
                        "options, why, sizeof why);\n}\n\n",
                        w->face->name, w->face->nformats, w->face->name);
}

static void
put_filler(struct writer *w, size_t message)
{
    struct argot_gen_members members = members_of(w, message);
    const char **names = names_of(w, &members);
    const char *id = w->face->format->messages[message], *name = w->face->name;
    argot_buffer_printf(w->out, "\nstatic const struct argot__alone_member argot__members_%s_%s[] = {\n", name, id);
    for (size_t i = 0; i < members.count; i++) {
        const char *member = names[i];
        put(w, "    {");
        argot_gen_emit_c_string(w->out, members.list[i].name, strlen(members.list[i].name));
        argot_buffer_printf(
            w->out, ", %d, %u, offsetof(struct argot_%s_as_%s, %s), offsetof(struct argot_%s_as_%s, has.%s)},\n",
            members.list[i].extra, members.list[i].type, name, id, member, name, id, member);
    }
    argot_buffer_printf(
        w->out,
        "};\n\nint\nargot_%s_as_%s(struct argot_%s *parser, int result, struct argot_%s_as_%s *message)\n"
        "{\n    return argot__alone_fill((struct argot__alone *)parser, result, %zu, "
        "argot__members_%s_%s, %zu, message, sizeof *message);\n}\n",
        name, id, name, name, id, message, name, id, members.count);
}

void
argot_gen_face_functions(struct argot_arena *arena, const struct argot_gen_face *face, struct argot_buffer *out)
{
    struct writer writer = begin(arena, face, out), *w = &writer;
    put_new(w);
    put_named(w, bodies);
    for (size_t i = 0; i < face->format->nmessages; i++)
        put_filler(w, i);
}
