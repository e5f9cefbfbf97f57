/* SPDX-License-Identifier: Apache-2.0
 * The typed fields of an extractor: those whose text tells by itself where it ends. */
#include "generator/emit_way.h"
#include <string.h>

#define FEW_BYTES 3

/* Where a type begins with one of few bytes, most texts are told by the first not to be of it. */
static bool
begins_with_few(const struct argot_gen_type *type, uint64_t set[4])
{
    unsigned count = 0;
    memset(set, 0, 4 * sizeof *set);
    argot_regex_first(type->regex, set);
    for (unsigned i = 0; i < 4; i++)
        count += (unsigned)__builtin_popcountll(set[i]);
    return count && count <= FEW_BYTES && !argot_regex_nullable(type->regex);
}

/* The condition that the byte at p is none of the set. */
static void
write_is_none(struct argot_gen_writer *w, const uint64_t set[4])
{
    const char *and = "";
    for (unsigned byte = 0; byte < 256; byte++)
        if (argot_regex_in(set, byte)) {
            argot_buffer_printf(w->out, "%s*p != %u", and, byte);
            and = " && ";
        }
}

static void
write_type(struct argot_gen_writer *w, const struct argot_gen_type *type, const char *result)
{
    uint64_t set[4];
    if (begins_with_few(type, set)) {
        write_is_none(w, set);
        argot_buffer_printf(w->out, " ? NULL : type_%u(p, e);\n", type->number);
        return;
    }
    argot_gen_write_type_run(w, type, result);
}

static void
write_lex(struct argot_gen_writer *w, const struct argot_gen_element *field, unsigned lex, const char *result)
{
    static const char *const calls[ARGOT_GEN_LEX_COUNT] = {
        [ARGOT_GEN_LEX_SD] = "argot_lex_sd(p, e)",
        [ARGOT_GEN_LEX_QUOTED] = "argot_lex_quoted(p, e, '\"', &escaped)",
        [ARGOT_GEN_LEX_QUOTED_SINGLE] = "argot_lex_quoted(p, e, '\\'', &escaped)",
        [ARGOT_GEN_LEX_QUOTED_CSV] = "argot_lex_quoted_csv(p, e)",
        [ARGOT_GEN_LEX_CLF] = "argot_lex_clf(p, e)",
        [ARGOT_GEN_LEX_RFC3164] = "argot_lex_rfc3164(p, e)",
        [ARGOT_GEN_LEX_RFC3339] = "argot_lex_iso(p, e, true)",
        [ARGOT_GEN_LEX_RFC5424] = "argot_lex_iso(p, e, false)",
        [ARGOT_GEN_LEX_UINT] = "argot_lex_uint(p, e)",
        [ARGOT_GEN_LEX_INT] = "argot_lex_int(p, e)",
        [ARGOT_GEN_LEX_DIGITS] = "argot_lex_digits(p, e)",
        [ARGOT_GEN_LEX_FLOAT] = "argot_lex_float(p, e)",
        [ARGOT_GEN_LEX_ADDRESS] = "argot_lex_address(p, e)",
        [ARGOT_GEN_LEX_MAC] = "argot_lex_mac(p, e)",
        [ARGOT_GEN_LEX_BOOL] = "argot_lex_bool(p, e)",
        [ARGOT_GEN_LEX_DECIMAL] = "argot_lex_decimal(p, e)",
        [ARGOT_GEN_LEX_CLOCK] = "argot_lex_clock(p, e)",
        [ARGOT_GEN_LEX_PRI] = "argot_lex_pri(p, e)",
        [ARGOT_GEN_LEX_EPOCH] = "argot_lex_epoch(p, e)",
    };
    argot_buffer_printf(w->out, "    %s = ", result);
    if (lex == ARGOT_GEN_LEX_TYPE) {
        write_type(w, field->type, result);
        return;
    }
    if (lex == ARGOT_GEN_LEX_STRPTIME) {
        argot_buffer_append_text(w->out, "argot_lex_strptime(p, e, ");
        argot_gen_emit_c_string(w->out, field->text, field->length);
        argot_buffer_printf(w->out, ", %zu)", field->length);
    } else {
        argot_buffer_append_text(w->out, calls[lex]);
    }
    argot_buffer_append_text(w->out, ";\n");
}

/* An address may hold what follows it: it is given back from the right. */
static bool
gives_back(const struct argot_gen_element *field, const struct argot_gen_follow *follow)
{
    bool inside = false;
    for (size_t i = 0; i < follow->count; i++)
        inside |= follow->literals[i].text[0] && strchr("0123456789abcdefABCDEF:.", follow->literals[i].text[0]);
    return inside && field->lexes == 1u << ARGOT_GEN_LEX_ADDRESS;
}

static void
write_give_back(struct argot_gen_writer *w, const struct argot_gen_follow *follow)
{
    argot_buffer_append_text(w->out, "    while (q > p && !");
    argot_gen_write_follows(w, follow, "p");
    argot_buffer_append_text(w->out, ")\n        q--;\n");
}

/* Sets q to the end of the longest that stands at p; to p or, for shapes, NULL where none does. */
static void
write_lexes(struct argot_gen_writer *w, const struct argot_gen_element *field)
{
    bool first = true;
    for (unsigned lex = ARGOT_GEN_LEX_SD; lex < ARGOT_GEN_LEX_COUNT; lex++) {
        if (!(field->lexes >> lex & 1))
            continue;
        write_lex(w, field, lex, first ? "q" : "r");
        if (!first)
            argot_buffer_append_text(w->out, "    q = r > q ? r : q;\n");
        first = false;
    }
}

/* Whether all texts that mean no value have one byte: then none is longer than what else stands there. */
static bool
are_single_bytes(const struct argot_texts *texts)
{
    for (uint16_t i = 0; i < texts->count; i++)
        if (texts->texts[i].length > 1)
            return false;
    return true;
}

/* One of the texts that mean no value may stand there, longer than what else does. null: q is NULL where nothing does,
 * else it is p. */
static void
write_absent_ends(struct argot_gen_writer *w, const struct argot_gen_element *field, bool null)
{
    bool fails = !argot_gen_takes_absent(field) || !w->gen->absent_empty;
    bool single = fails && are_single_bytes(&w->gen->absent);
    if (single)
        argot_buffer_append_text(w->out, null ? "    if (!q) {\n" : "    if (q == p) {\n");
    if (null)
        argot_buffer_append_text(w->out, single ? "    q = p;\n" : "    q = q ? q : p;\n");
    for (uint16_t i = 0; argot_gen_takes_absent(field) && i < w->gen->absent.count; i++) {
        const struct argot_slice *text = &w->gen->absent.texts[i];
        if (!text->length)
            continue;
        argot_buffer_printf(w->out, "    if (q - p < %u && ", text->length);
        argot_gen_write_is(w, "p", (const char *)text->at, text->length);
        argot_buffer_printf(w->out, ")\n        q = p + %u;\n", text->length);
    }
    if (fails) {
        argot_buffer_append_text(w->out, "    if (q == p)\n        ");
        argot_gen_write_fail(w, "p", field->name);
    }
    if (single)
        argot_buffer_append_text(w->out, "    }\n");
}

/* Whether the first byte tells a value from a text that means none. */
static bool
is_told_apart(const struct argot_gen_writer *w, const struct argot_gen_element *field,
              const struct argot_gen_rest *here)
{
    struct argot_gen_follow begin = {0};
    bool empty = field->type && argot_regex_nullable(field->type->regex);
    argot_gen_follow_of(&begin, here);
    return argot_gen_takes_absent(field) && !w->gen->absent_empty && !empty && begin.has_set &&
           argot_gen_surely_value(w->gen, field, begin.set);
}

/* Fails where the byte at a place is none of the set. A jump for each byte is less than compilers make of `&&`. */
static void
write_unless_one(struct argot_gen_writer *w, const char *at, const uint64_t set[4], const char *expected)
{
    argot_buffer_printf(w->out, "    switch (*%s) {\n", at);
    for (unsigned byte = 0; byte < 256; byte++)
        if (argot_regex_in(set, byte))
            argot_buffer_printf(w->out, "    case %u:\n", byte);
    argot_buffer_append_text(w->out, "        break;\n    default:\n        ");
    argot_gen_write_fail(w, at, expected);
    argot_buffer_append_text(w->out, "    }\n");
}

/* Behind a choice, most texts are told from a type that begins with few bytes by their first one. */
static void
write_begins(struct argot_gen_writer *w, const struct argot_gen_element *field)
{
    uint64_t set[4];
    if (!w->straight || !w->way || field->lexes != 1u << ARGOT_GEN_LEX_TYPE || !begins_with_few(field->type, set) ||
        (argot_gen_takes_absent(field) && w->gen->absent_empty))
        return;
    for (uint16_t i = 0; argot_gen_takes_absent(field) && i < w->gen->absent.count; i++) {
        uint8_t byte = w->gen->absent.texts[i].at[0];
        set[byte >> 6] |= UINT64_C(1) << (byte & 63);
    }
    write_unless_one(w, "p", set, field->name);
}

/* Before the field at p..q is kept: the literal `next`; true then. Else, where alternatives are left and the text was
 * not looked at by one before, which makes it likely that this one fits: whether what follows may begin at q. */
static bool
write_goes_on(struct argot_gen_writer *w, const struct argot_gen_follow *follow, const struct argot_gen_element *next,
              bool likely)
{
    uint64_t set[4] = {0};
    if (next && next->kind == ARGOT_GEN_LITERAL) {
        argot_gen_write_literal(w, next, "q");
        return true;
    }
    if (likely || !w->way || !follow->count || follow->count > FEW_BYTES || follow->has_set || follow->end)
        return false;
    for (size_t i = 0; i < follow->count; i++) {
        uint8_t byte = (uint8_t)follow->literals[i].text[0];
        if (follow->literals[i].after_blank)
            return false;
        set[byte >> 6] |= UINT64_C(1) << (byte & 63);
    }
    write_unless_one(w, "q", set, argot_gen_quote(w, follow->literals[0].text, follow->literals[0].length, NULL));
    return false;
}

bool
argot_gen_write_typed(struct argot_gen_writer *w, const struct argot_gen_element *field,
                      const struct argot_gen_rest *here, const struct argot_gen_follow *follow,
                      const struct argot_gen_element *next)
{
    bool back = gives_back(field, follow), shape = (field->lexes & ((1u << ARGOT_GEN_LEX_UINT) - 1)) || field->type;
    bool empty = argot_gen_takes_absent(field) && w->gen->absent_empty;
    if (!back)
        argot_gen_begin_quick(w, field, NULL);
    bool quick = w->rest, apart = !back && !quick && is_told_apart(w, field, here);
    bool likely = argot_gen_run_is_known(w, field->type);
    write_begins(w, field);
    write_lexes(w, field);
    if (apart && w->choices && !w->straight)
        argot_gen_write_forget(field, w->out);
    if (apart)
        argot_buffer_printf(w->out, "    if (%s) {\n", shape ? "!q" : "q == p");
    if (shape && apart)
        argot_buffer_append_text(w->out, "    q = p;\n");
    if (back)
        write_give_back(w, follow);
    write_absent_ends(w, field, shape && !apart);
    if (apart)
        argot_buffer_append_text(w->out, "    } else {\n");
    if (!w->gen->absent_empty)
        w->over = 0; /* one byte of the text at least was taken */
    bool read = w->straight && !quick && !apart && write_goes_on(w, follow, next, likely);
    argot_gen_write_kept(w, field, "p", "q",
                         apart   ? ARGOT_GEN_KNOWN_VALUE
                         : empty ? ARGOT_GEN_KNOWN_NOTHING
                                 : ARGOT_GEN_KNOWN_NOT_EMPTY);
    if (apart)
        argot_buffer_append_text(w->out, "    }\n");
    argot_gen_end_quick(w);
    if (read)
        argot_buffer_printf(w->out, "    p = q + %zu;\n", next->length);
    else
        argot_buffer_append_text(w->out, "    p = q;\n");
    return read;
}
