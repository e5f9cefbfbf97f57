/* SPDX-License-Identifier: Apache-2.0
 * A template as a C function that finds its fields: straight-line code over the primitives of argot/lex.h. Where the
 * template leaves a choice (an optional group, alternatives, the end of a :text) the place is pushed on a small stack,
 * and what fails later comes back to it. Behind a :text the rest is written out once for each combination of the
 * optional groups that could hold what ends it, present first: see "Where a field ends" in docs/format-language.md. */
#include "generator/backwards.h"
#include "generator/codes.h"
#include "generator/dead_ends.h"
#include "generator/emit_store.h"
#include "generator/text_point.h"
#include <string.h>

struct writer {
    struct argot_gen *gen;
    struct argot_buffer *out;
    unsigned choices; /* places to come back to; their numbers are the labels */
    unsigned labels;  /* joins behind groups */
    unsigned open;    /* a choice that what fails goes to at once, since nothing else was chosen since; 0: none */
    bool rest;        /* what is written is for texts that the quick way does not read */
    const struct argot_gen_dead_ends *ends;
    const struct argot_gen_backwards *backwards;
    unsigned tables; /* of them that are used */
    /* while what is behind a :text is written in combinations of the groups there */
    const struct argot_gen_element *point; /* the :text, else NULL */
    unsigned combination;
    bool last;                               /* the combination is */
    const struct argot_gen_element *reached; /* the first of the groups */
    unsigned reach;   /* number of the variables that tell which ends of the text come to it, or 0 */
    unsigned reaches; /* such pairs of variables */
};

static bool write_sequence(struct writer *w, const struct argot_gen_sequence *sequence, size_t from,
                           const struct argot_gen_rest *outer);

/* The label to go to when something does not fit. */
static const char *
way_on(struct writer *w)
{
    return w->open ? argot_arena_printf(w->gen->arena, "m%u", w->open) : "back";
}

static void
write_fail(struct writer *w, const char *at, const char *expected)
{
    argot_buffer_printf(w->out, "ARGOT_FAIL(%s, %u, %s);\n", at, argot_gen_expect(w->gen, expected), way_on(w));
}

/* Opens a choice: what fails from here on comes back to this place, to take the next way. */
static unsigned
open_choice(struct writer *w)
{
    w->open = ++w->choices;
    argot_buffer_printf(w->out, "    o%u = p;\n", w->open);
    return w->open;
}

/* Before another choice is made, and where the way through a choice ends, the place goes on the stack. */
static void
keep_choice(struct writer *w)
{
    if (w->open)
        argot_buffer_printf(w->out, "    ARGOT_PUSH(o%u, %u);\n", w->open, w->open);
    w->open = 0;
}

/* Where the next way begins. */
static void
write_next_way(struct writer *w, unsigned choice)
{
    w->open = 0;
    argot_buffer_printf(w->out, "m%u:\n    __attribute__((unused));\n    p = o%u;\nb%u:;\n", choice, choice, choice);
}

static const char *
quote(struct writer *w, const char *text, size_t length, const char *behind)
{
    return argot_arena_printf(w->gen->arena, "`%.*s`%s%s", (int)length, text, behind ? " after " : "",
                              behind ? behind : "");
}

static void
write_is(struct writer *w, const char *at, const char *text, size_t length)
{
    if (length == 1) {
        argot_buffer_printf(w->out, "(%s < e && *%s == %u)", at, at, (uint8_t)text[0]);
        return;
    }
    argot_buffer_printf(w->out, "argot_lex_is(%s, e, ", at);
    argot_gen_emit_c_string(w->out, text, length);
    argot_buffer_printf(w->out, ", %zu)", length);
}

static void
write_literal(struct writer *w, const struct argot_gen_element *literal)
{
    argot_buffer_append_text(w->out, "    if (!");
    write_is(w, "p", literal->text, literal->length);
    argot_buffer_append_text(w->out, ")\n        ");
    write_fail(w, "p", quote(w, literal->text, literal->length, NULL));
    argot_buffer_printf(w->out, "    p += %zu;\n", literal->length);
}

/* Behind a literal: whether it and the rest are known not to fit here. */
static void
write_is_vain(struct writer *w, const struct argot_gen_element *literal, const struct argot_gen_rest *from)
{
    bool whole;
    int end = argot_gen_dead_ends_number(w->ends, from, &whole);
    if (end >= 0)
        argot_buffer_printf(w->out, "    if (%s(p - %zu, %d))\n        goto %s;\n",
                            whole ? "ARGOT_BEGIN_OR_VAIN" : "ARGOT_IS_VAIN", literal->length, end, way_on(w));
}

static void
write_set(struct writer *w, const uint64_t set[4])
{
    argot_buffer_printf(w->out, "((const uint64_t[4]){0x%llxull, 0x%llxull, 0x%llxull, 0x%llxull})",
                        (unsigned long long)set[0], (unsigned long long)set[1], (unsigned long long)set[2],
                        (unsigned long long)set[3]);
}

/* The condition that something which can follow begins at q. */
static void
write_follows(struct writer *w, const struct argot_gen_follow *follow, const char *begin)
{
    const char * or = "";
    argot_buffer_append_byte(w->out, '(');
    for (size_t i = 0; i < follow->count; i++) {
        argot_buffer_append_text(w->out, or);
        write_is(w, "q", follow->literals[i].text, follow->literals[i].length);
        if (follow->literals[i].after_blank)
            argot_buffer_printf(w->out, " && (q == %s || q[-1] == ' ' || q[-1] == '\\t')", begin);
        or = " || ";
    }
    if (follow->has_set) {
        argot_buffer_printf(w->out, "%s(q < e && argot_lex_in(", or);
        write_set(w, follow->set);
        argot_buffer_append_text(w->out, ", *q))");
        or = " || ";
    }
    if (follow->end) {
        argot_buffer_printf(w->out, "%sq == e", or);
        or = " || ";
    }
    argot_buffer_append_text(w->out, * or ? ")" : "false)");
}

static void
write_store(struct writer *w, const struct argot_gen_element *field, const char *begin, const char *end)
{
    argot_gen_write_store(w->gen, field, begin, end,
                          w->rest      ? ARGOT_GEN_STORING_REST
                          : w->choices ? ARGOT_GEN_STORING_AGAIN
                                       : ARGOT_GEN_STORING_ONCE,
                          w->out);
}

static const char *
what_ends(struct writer *w, const struct argot_gen_element *field, const struct argot_gen_follow *follow)
{
    if (follow->count)
        return quote(w, follow->literals[0].text, follow->literals[0].length, field->name);
    return argot_arena_printf(w->gen->arena, "what follows %s", field->name);
}

static void
begin_quick(struct writer *w, const struct argot_gen_element *field)
{
    w->rest = argot_gen_write_quick(w->gen, field, w->choices > 0, w->out);
}

static void
end_quick(struct writer *w)
{
    if (w->rest)
        argot_buffer_append_text(w->out, "    }\n");
    w->rest = false;
}

/* ---- strings ---- */

/* Whether the first bytes of all that can follow lie outside of the field's class, so that its run ends there. */
static bool
class_excludes(const struct argot_gen_element *field, const struct argot_gen_follow *follow)
{
    for (size_t i = 0; i < follow->count; i++)
        if (follow->literals[i].after_blank || argot_gen_text_point_class(field, (uint8_t)follow->literals[i].text[0]))
            return false;
    for (unsigned byte = 0; byte < 256; byte++)
        if (follow->set[byte >> 6] >> (byte & 63) & 1 && argot_gen_text_point_class(field, (uint8_t)byte))
            return false;
    return true;
}

/* Whether a string without a class of its own ends at one of three bytes at most; they go to first. */
static bool
few_first_bytes(const struct argot_gen_follow *follow, uint8_t first[3])
{
    size_t n = 0;
    for (size_t i = 0; i < follow->count; i++) {
        uint8_t byte = (uint8_t)follow->literals[i].text[0];
        if (n && (byte == first[0] || (n > 1 && byte == first[1]) || (n > 2 && byte == first[2])))
            continue;
        if (n == 3)
            return false;
        first[n++] = byte;
    }
    for (size_t i = n; n && i < 3; i++)
        first[i] = first[0];
    return n && !follow->has_set;
}

/* Moves q from `from` to the first of the bytes at which something that can follow begins, or to the end. blank: the
 * third byte is a blank, where the search ends in any case. */
static void
write_search(struct writer *w, const char *from, const uint8_t bytes[3], bool blank,
             const struct argot_gen_follow *follow)
{
    argot_buffer_printf(w->out,
                        "    for (struct argot_lex_search x = argot_lex_search_from(%s, e, %u, %u, %u);\n"
                        "         (q = argot_lex_search_next(&x, e, %u, %u, %u)) < e && %s!",
                        from, bytes[0], bytes[1], bytes[2], bytes[0], bytes[1], bytes[2], blank ? "*q != 32 && " : "");
    write_follows(w, follow, "p");
    argot_buffer_append_text(w->out, ";) {\n    }\n");
}

static void
write_string_search(struct writer *w, const struct argot_gen_element *field, const struct argot_gen_follow *follow,
                    const uint8_t first[3])
{
    write_search(w, "p", first, false, follow);
    if (follow->end)
        return;
    argot_buffer_append_text(w->out, "    if (q >= e)\n        ");
    write_fail(w, "p", what_ends(w, field, follow));
}

/* A string of a class: what it ends at is looked for, but no further than a blank, which no class holds. */
static void
write_class_search(struct writer *w, const struct argot_gen_element *field, const struct argot_gen_follow *follow,
                   const char *set, const uint8_t first[3])
{
    const uint8_t bytes[3] = {first[0], first[1], ' '};
    write_search(w, "q", bytes, true, follow);
    argot_buffer_printf(w->out, "    if (q == e || *q == 32 || argot_lex_class_run(p, q, %s) != q)\n        ", set);
    write_fail(w, "p", what_ends(w, field, follow));
}

static void
write_string_loop(struct writer *w, const struct argot_gen_element *field, const struct argot_gen_follow *follow,
                  const char *set)
{
    uint8_t first[3] = {0};
    bool few = few_first_bytes(follow, first);
    if (!set && few) {
        write_string_search(w, field, follow, first);
        return;
    }
    bool endpoint = (field->lexes & 1u << ARGOT_GEN_LEX_ENDPOINT) != 0;
    bool blank = follow->count && follow->literals[0].after_blank;
    if (set && few && first[2] == first[0] && first[0] != ' ' && first[1] != ' ' && !follow->end && !endpoint &&
        !blank) {
        write_class_search(w, field, follow, set, first);
        return;
    }
    argot_buffer_append_text(w->out, "    while (!");
    write_follows(w, follow, "p");
    argot_buffer_append_text(w->out, ") {\n");
    argot_buffer_printf(w->out, "        if (q == e%s%s%s)\n            ", set ? " || !argot_lex_is_in(*q, " : "",
                        set ? set : "", set ? ")" : "");
    write_fail(w, "p", what_ends(w, field, follow));
    argot_buffer_append_text(w->out, "        q++;\n    }\n");
}

/* Sets q to the end of the string that begins at p. True when what follows is one literal and stands at q. */
static bool
write_string_end(struct writer *w, const struct argot_gen_element *field, const struct argot_gen_follow *follow)
{
    bool one = follow->count == 1 && !follow->has_set && !follow->literals[0].after_blank;
    if (field->lexes & (1u << ARGOT_GEN_LEX_WORD | 1u << ARGOT_GEN_LEX_HOST)) {
        const char *set = field->lexes & 1u << ARGOT_GEN_LEX_WORD ? "ARGOT_LEX_WORD" : "ARGOT_LEX_HOST";
        if (class_excludes(field, follow)) {
            if (field->lexes & 1u << ARGOT_GEN_LEX_WORD)
                argot_buffer_append_text(w->out, "    q = argot_lex_word(p, e);\n");
            else
                argot_buffer_printf(w->out, "    q = argot_lex_class_run(p, e, %s);\n", set);
            return false;
        }
        argot_buffer_append_text(w->out, "    q = p;\n");
        write_string_loop(w, field, follow, set);
        return false;
    }
    if (field->lexes & 1u << ARGOT_GEN_LEX_ENDPOINT) {
        argot_buffer_append_text(w->out, "    q = argot_lex_bracketed(p, e);\n");
        write_string_loop(w, field, follow, "ARGOT_LEX_HOST");
        return false;
    }
    if (!follow->count && !follow->has_set) {
        argot_buffer_append_text(w->out, "    q = e;\n");
        return false;
    }
    if (!one) {
        argot_buffer_append_text(w->out, "    q = p;\n");
        write_string_loop(w, field, follow, NULL);
        return false;
    }
    if (follow->literals[0].length == 1) {
        argot_buffer_printf(w->out, "    q = argot_lex_find_byte(p, e, %u);\n", (uint8_t)follow->literals[0].text[0]);
        argot_buffer_append_text(w->out, follow->end ? "" : "    if (q == e)\n        ");
    } else {
        argot_buffer_append_text(w->out, "    q = argot_lex_find(p, e, ");
        argot_gen_emit_c_string(w->out, follow->literals[0].text, follow->literals[0].length);
        argot_buffer_printf(w->out, ", %zu, %zu);\n    if (!q)\n        ", follow->literals[0].length,
                            argot_gen_text_point_rare(follow->literals[0].text, follow->literals[0].length));
        if (follow->end)
            argot_buffer_append_text(w->out, "q = e;\n");
    }
    if (!follow->end)
        write_fail(w, "p", what_ends(w, field, follow));
    return !follow->end;
}

/* True when the literal behind the string has been consumed too. */
static bool
write_string(struct writer *w, const struct argot_gen_element *field, const struct argot_gen_follow *follow,
             const struct argot_gen_element *next)
{
    if (field->lexes & 1u << ARGOT_GEN_LEX_PATH) {
        argot_buffer_append_text(w->out, "    if (p == e || *p != '/')\n        ");
        write_fail(w, "p", argot_arena_printf(w->gen->arena, "the `/` of %s", field->name));
    }
    bool class = (field->lexes & (1u << ARGOT_GEN_LEX_HOST)) && class_excludes(field, follow);
    if (class)
        begin_quick(w, field);
    bool found = write_string_end(w, field, follow);
    bool blank = follow->count && follow->literals[0].after_blank;
    if (blank)
        argot_buffer_append_text(w->out, "    r = argot_lex_cut_blanks(p, q);\n");
    write_store(w, field, "p", blank ? "r" : "q");
    end_quick(w);
    found = found && next && next->kind == ARGOT_GEN_LITERAL && next->text == follow->literals[0].text;
    if (found)
        argot_buffer_printf(w->out, "    p = q + %zu;\n", follow->literals[0].length);
    else
        argot_buffer_append_text(w->out, "    p = q;\n");
    return found;
}

/* ---- texts ---- */

/* The condition that a number, or what stands for none, may begin behind the literal at q. */
static void
write_begins(struct writer *w, const struct argot_gen_element *number, size_t length)
{
    const char *at = argot_arena_printf(w->gen->arena, "q + %zu", length);
    bool sign = number->lexes == 1u << ARGOT_GEN_LEX_INT;
    argot_buffer_printf(w->out, "(%s < e && (argot_lex_digit(q[%zu])%s", at, length, sign ? " || " : "))");
    if (sign)
        argot_buffer_printf(w->out, "q[%zu] == '+' || q[%zu] == '-'))", length, length);
    for (uint16_t i = 0; argot_gen_takes_absent(number) && i < w->gen->absent.count; i++) {
        const struct argot_slice *text = &w->gen->absent.texts[i];
        argot_buffer_printf(w->out, " || argot_lex_is(%s, e, ", at);
        argot_gen_emit_c_string(w->out, text->at, text->length);
        argot_buffer_printf(w->out, ", %u)", text->length);
    }
}

/* Moves q back to the last place from there on, but not left of `lowest`, where the literal that follows stands, and
 * where a number behind it may begin. */
static void
write_last(struct writer *w, const struct argot_gen_element *field, const struct argot_gen_follow *follow,
           const struct argot_gen_rest *behind, const char *begin, const char *lowest, const char *dies)
{
    const char *text = follow->literals[0].text;
    size_t length = follow->literals[0].length;
    const struct argot_gen_element *number = argot_gen_text_point_number(behind);
    if (number && argot_gen_takes_absent(number) && w->gen->absent_empty)
        number = NULL;
    argot_buffer_printf(w->out, "    %sq = argot_lex_find_last(%s, q, e, ", number ? "for (;;) {\n    " : "", lowest);
    argot_gen_emit_c_string(w->out, text, length);
    argot_buffer_printf(w->out, ", %zu, %zu);\n    if (!q) {\n%s        ", length,
                        argot_gen_text_point_rare(text, length), dies);
    write_fail(w, begin, what_ends(w, field, follow));
    argot_buffer_append_text(w->out, "    }\n");
    if (!number)
        return;
    argot_buffer_append_text(w->out, "    if (");
    write_begins(w, number, length);
    argot_buffer_printf(w->out, ")\n        break;\n    ARGOT_REACHED(q + %zu, %u);\n", length,
                        argot_gen_expect(w->gen, number->name));
    argot_buffer_printf(w->out, "    if (q-- == %s) {\n%s        goto back;\n    }\n    }\n", lowest, dies);
}

/* Moves q back to the last place from there on, but not left of `lowest`, where something that can follow begins. dies:
 * what is done where there is none. */
static void
write_text_end(struct writer *w, const struct argot_gen_element *field, const struct argot_gen_follow *follow,
               const struct argot_gen_rest *behind, const char *begin, const char *lowest, const char *dies)
{
    if (follow->count == 1 && !follow->has_set && !follow->end) {
        write_last(w, field, follow, behind, begin, lowest, dies);
        return;
    }
    argot_buffer_append_text(w->out, "    while (!");
    write_follows(w, follow, begin);
    argot_buffer_printf(w->out, ") {\n        if (q == %s) {\n%s            ", lowest, dies);
    write_fail(w, begin, what_ends(w, field, follow));
    argot_buffer_append_text(w->out, "        }\n        q--;\n    }\n");
}

/* The text, with its end as a choice: from the last place that is not known to be of no use, to the left. When all
 * are used up, and this is the last way to write what stands behind, that fits nowhere. */
static void
write_text_choice(struct writer *w, const struct argot_gen_element *field, const struct argot_gen_follow *follow,
                  const struct argot_gen_rest *behind)
{
    unsigned choice = ++w->choices;
    const char *begin = argot_arena_printf(w->gen->arena, "o%u", choice), *lowest = begin, *dies = "";
    bool whole;
    int end = argot_gen_dead_ends_number(w->ends, behind, &whole);
    if (w->point == field)
        whole = w->last;
    argot_buffer_printf(w->out, "    %s = p;\n", begin);
    if (end >= 0) {
        argot_buffer_printf(w->out, "    if (ARGOT_IS_DEAD(p, %d))\n        ", end);
        write_fail(w, "p", what_ends(w, field, follow));
        argot_buffer_printf(w->out, "    q = e - s->dead_ends[%d];\n", end);
        if (whole)
            dies = argot_arena_printf(w->gen->arena, "        ARGOT_DIES(%s, %d);\n", begin, end);
    } else {
        argot_buffer_append_text(w->out, "    q = e;\n");
    }
    bool bound = w->point == field && w->reach;
    if (bound && w->combination) {
        argot_buffer_printf(w->out, "    q = h%u < q ? h%u : q;\n", w->reach, w->reach);
        lowest = argot_arena_printf(w->gen->arena, "l%u", w->reach);
    }
    w->tables += argot_gen_write_backwards_begin(w->backwards, behind, w->tables + 1, lowest, dies, w->out);
    argot_buffer_printf(w->out, "    goto s%u;\nb%u:\n    q = p;\n    if (q-- == %s) {\n%s        goto back;\n    }\n",
                        choice, choice, lowest, dies);
    argot_gen_write_backwards_on(w->backwards, behind, w->tables, lowest, dies, w->out);
    argot_buffer_printf(w->out, "s%u:\n", choice);
    write_text_end(w, field, follow, behind, begin, lowest, dies);
    argot_buffer_printf(w->out, "    ARGOT_PUSH(q, %u);\n", choice);
    if (bound && !w->combination)
        argot_buffer_printf(w->out, "    g%u = q;\n", w->reach);
    write_store(w, field, begin, "q");
    argot_buffer_append_text(w->out, "    p = q;\n");
}

static void
write_text(struct writer *w, const struct argot_gen_element *field, const struct argot_gen_follow *follow,
           const struct argot_gen_rest *behind)
{
    if (field->lexes & 1u << ARGOT_GEN_LEX_JSON) {
        argot_buffer_append_text(w->out, "    if (p == e || *p != '{')\n        ");
        write_fail(w, "p", argot_arena_printf(w->gen->arena, "the `{` of %s", field->name));
    }
    for (size_t i = 0; i < follow->count; i++)
        if (follow->literals[i].after_blank) { /* pairs follow: their first key ends the text, at its first place */
            argot_buffer_append_text(w->out, "    q = p;\n");
            write_string_loop(w, field, follow, NULL);
            argot_buffer_append_text(w->out, "    r = argot_lex_cut_blanks(p, q);\n");
            write_store(w, field, "p", "r");
            argot_buffer_append_text(w->out, "    p = q;\n");
            return;
        }
    if (!follow->count && !follow->has_set) {
        write_store(w, field, "p", "e");
        argot_buffer_append_text(w->out, "    p = e;\n");
        return;
    }
    keep_choice(w);
    write_text_choice(w, field, follow, behind);
}

/* ---- typed fields ---- */

static void
write_lex(struct writer *w, const struct argot_gen_element *field, unsigned lex, const char *result)
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
    if (lex == ARGOT_GEN_LEX_STRPTIME) {
        argot_buffer_append_text(w->out, "argot_lex_strptime(p, e, ");
        argot_gen_emit_c_string(w->out, field->text, field->length);
        argot_buffer_printf(w->out, ", %zu)", field->length);
    } else if (lex == ARGOT_GEN_LEX_TYPE) {
        argot_buffer_printf(w->out, "type_%u(p, e)", field->type->number);
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
write_give_back(struct writer *w, const struct argot_gen_follow *follow)
{
    argot_buffer_append_text(w->out, "    while (q > p && !");
    write_follows(w, follow, "p");
    argot_buffer_append_text(w->out, ")\n        q--;\n");
}

static void
write_typed(struct writer *w, const struct argot_gen_element *field, const struct argot_gen_follow *follow)
{
    if (!gives_back(field, follow))
        begin_quick(w, field);
    bool first = true, shape = (field->lexes & ((1u << ARGOT_GEN_LEX_UINT) - 1)) != 0 || field->type;
    for (unsigned lex = ARGOT_GEN_LEX_SD; lex < ARGOT_GEN_LEX_COUNT; lex++) {
        if (!(field->lexes >> lex & 1))
            continue;
        write_lex(w, field, lex, first ? "q" : "r");
        if (!first)
            argot_buffer_append_text(w->out, "    q = r > q ? r : q;\n");
        first = false;
    }
    if (shape)
        argot_buffer_append_text(w->out, "    q = q ? q : p;\n");
    if (gives_back(field, follow))
        write_give_back(w, follow);
    bool absent = argot_gen_takes_absent(field);
    for (uint16_t i = 0; absent && i < w->gen->absent.count; i++) {
        const struct argot_slice *text = &w->gen->absent.texts[i];
        if (!text->length)
            continue;
        argot_buffer_printf(w->out, "    if (q - p < %u && ", text->length);
        write_is(w, "p", (const char *)text->at, text->length);
        argot_buffer_printf(w->out, ")\n        q = p + %u;\n", text->length);
    }
    if (!absent || !w->gen->absent_empty) {
        argot_buffer_append_text(w->out, "    if (q == p)\n        ");
        write_fail(w, "p", field->name);
    }
    write_store(w, field, "p", "q");
    end_quick(w);
    argot_buffer_append_text(w->out, "    p = q;\n");
}

/* ---- groups ---- */

static void
add_kept(struct argot_gen_kept *kept, const struct argot_gen_element *element)
{
    if (element->kind == ARGOT_GEN_FIELD)
        argot_gen_add_kept(kept, element);
    for (size_t a = 0; element->kind == ARGOT_GEN_GROUP && a < element->nalternatives; a++)
        for (size_t i = 0; i < element->alternatives[a]->count; i++)
            add_kept(kept, element->alternatives[a]->elements[i]);
}

/* Forgets what an earlier way through the group kept. */
static void
write_resets(struct writer *w, const struct argot_gen_element *group)
{
    struct argot_gen_kept kept = {0, {0, 0}};
    add_kept(&kept, group);
    if (w->choices)
        argot_gen_write_forget_all(&kept, w->out);
}

/* True when no way out of the group falls through. */
static bool
write_group(struct writer *w, const struct argot_gen_element *group, const struct argot_gen_rest *behind)
{
    bool optional = group->optional && !group->fixed, ended = true;
    unsigned join = ++w->labels;
    write_resets(w, group);
    if (group->optional && group->fixed == 2)
        return false;
    unsigned joined = 0;
    keep_choice(w);
    for (size_t a = 0; a < group->nalternatives; a++) {
        bool last = a + 1 == group->nalternatives && !optional;
        unsigned choice = last ? 0 : open_choice(w);
        bool done = write_sequence(w, group->alternatives[a], 0, behind);
        keep_choice(w);
        if (!done && !last) {
            argot_buffer_printf(w->out, "    goto j%u;\n", join);
            joined++;
        }
        ended = ended && done;
        if (choice) {
            write_next_way(w, choice);
            write_resets(w, group);
        }
    }
    if (joined)
        argot_buffer_printf(w->out, "j%u:;\n", join);
    return ended && !optional;
}

/* ---- what comes behind a :text ---- */

static void
write_end(struct writer *w)
{
    argot_buffer_append_text(w->out, "    if (p != e)\n        ");
    write_fail(w, "p", "the end of the line");
    argot_buffer_append_text(w->out, "    s->have = have;\n    s->left[0] = left0;\n    s->left[1] = left1;\n"
                                     "    return true;\n");
}

/* The element and all that comes behind it, to the end of the template. */
static void
write_to_end(struct writer *w, const struct argot_gen_sequence *sequence, size_t from,
             const struct argot_gen_rest *outer)
{
    if (write_sequence(w, sequence, from, outer))
        return;
    for (; outer; outer = outer->outer)
        if (write_sequence(w, outer->sequence, outer->at, outer->outer))
            return;
    write_end(w);
}

/* Where the first group begins that is there in some combinations only. The text's ends that come as far are the same
 * in all: those right of the first and left of the last of them are of no use in the others, and if there are none, the
 * others are not tried. */
static void
write_reached(struct writer *w)
{
    argot_buffer_printf(w->out, "    h%u = h%u ? h%u : g%u;\n    l%u = g%u;\n", w->reach, w->reach, w->reach, w->reach,
                        w->reach, w->reach);
}

static void
write_unreached(struct writer *w, const struct argot_gen_rest *behind)
{
    bool whole;
    int end = argot_gen_dead_ends_number(w->ends, behind, &whole);
    argot_buffer_printf(w->out, "    if (!h%u) {\n", w->reach);
    if (end >= 0)
        argot_buffer_printf(w->out, "        ARGOT_DIES(p, %d);\n", end);
    argot_buffer_append_text(w->out, "        goto back;\n    }\n");
}

/* At a text point with groups to expand: each combination with the whole rest. True when it was one. */
static bool
write_combinations(struct writer *w, const struct argot_gen_sequence *sequence, size_t at,
                   const struct argot_gen_rest *outer)
{
    struct argot_gen_follow follow = {0};
    struct argot_gen_rest behind = {sequence, at + 1, outer};
    struct argot_gen_element *expanded[ARGOT_GEN_EXPANDED_MAX];
    const struct argot_gen_element *text =
        w->point ? NULL : argot_gen_text_point_of(sequence->elements[at], &behind, &follow);
    size_t count = text ? argot_gen_text_point_expanded(w->gen, &behind, &follow, expanded, text) : 0;
    if (!count)
        return false;
    w->point = text;
    w->reached = expanded[0];
    w->reach = text == sequence->elements[at] && argot_gen_text_point_by_choice(&follow) ? ++w->reaches : 0;
    keep_choice(w);
    if (w->reach)
        argot_buffer_printf(w->out, "    h%u = NULL;\n", w->reach);
    for (w->combination = 0; w->combination < 1u << count; w->combination++) {
        for (size_t i = 0; i < count; i++)
            expanded[i]->fixed = 1 + (w->combination >> (count - 1 - i) & 1);
        w->last = w->combination + 1 == 1u << count;
        if (w->reach && w->combination == 1)
            write_unreached(w, &behind);
        unsigned choice = w->last ? 0 : open_choice(w);
        write_to_end(w, sequence, at, outer);
        if (choice)
            write_next_way(w, choice);
    }
    for (size_t i = 0; i < count; i++)
        expanded[i]->fixed = 0;
    w->point = NULL;
    w->reach = 0;
    return true;
}

static void
write_blanks(struct writer *w, const struct argot_gen_element *blanks)
{
    argot_buffer_append_text(w->out, "    q = argot_lex_blanks(p, e);\n");
    if (!blanks->optional) {
        argot_buffer_append_text(w->out, "    if (q == p)\n        ");
        write_fail(w, "p", "a blank");
    }
    argot_buffer_append_text(w->out, "    p = q;\n");
}

static bool
write_sequence(struct writer *w, const struct argot_gen_sequence *sequence, size_t from,
               const struct argot_gen_rest *outer)
{
    for (size_t i = from; i < sequence->count; i++) {
        const struct argot_gen_element *element = sequence->elements[i];
        struct argot_gen_rest behind = {sequence, i + 1, outer};
        struct argot_gen_follow follow = {0};
        if (write_combinations(w, sequence, i, outer))
            return true;
        if (w->reach && !w->combination && element == w->reached)
            write_reached(w);
        if (element->kind == ARGOT_GEN_FIELD)
            argot_gen_follow_of(&follow, &behind);
        if (element->kind == ARGOT_GEN_LITERAL) {
            struct argot_gen_rest here = {sequence, i, outer};
            write_literal(w, element);
            if (i == 0 || !argot_gen_is_text(sequence->elements[i - 1]))
                write_is_vain(w, element, &here);
        } else if (element->kind == ARGOT_GEN_BLANKS)
            write_blanks(w, element);
        else if (element->kind == ARGOT_GEN_GROUP) {
            if (write_group(w, element, &behind))
                return true;
        } else if (argot_gen_is_text(element))
            write_text(w, element, &follow, &behind);
        else if (!argot_gen_is_string(element))
            write_typed(w, element, &follow);
        else if (write_string(w, element, &follow, i + 1 < sequence->count ? sequence->elements[i + 1] : NULL))
            i++;
    }
    return false;
}

void
argot_gen_emit_extract(struct argot_gen *gen, const struct argot_gen_template *tree,
                       const struct argot_gen_dead_ends *ends, const struct argot_gen_backwards *backwards,
                       const char *name, struct argot_buffer *out)
{
    struct argot_buffer body;
    argot_buffer_init(&body, gen->seam);
    struct writer w = {.gen = gen, .out = &body, .ends = ends, .backwards = backwards};
    write_to_end(&w, tree->tree, 0, NULL);
    argot_buffer_printf(out, "static bool\n%s(struct argot_scan *s)\n{\n", name);
    argot_buffer_append_text(out,
                             "    const uint8_t *const e = s->end;\n    struct argot_slice *const c = s->captures;\n"
                             "    struct argot_slot *const slots = s->slots;\n"
                             "    const uint8_t *p = s->begin, *q = p, *r = p;\n"
                             "    uint64_t have = 0, left0 = 0, left1 = 0;\n    bool escaped = false;\n"
                             "    const uint8_t *far = s->far;\n    uint16_t expected = s->expected;\n"
                             "    (void)c, (void)slots, (void)q, (void)r, (void)escaped;\n");
    for (unsigned i = 1; i <= w.choices; i++)
        argot_buffer_printf(out, "    const uint8_t *o%u = p;\n", i);
    for (unsigned i = 1; i <= w.reaches; i++)
        argot_buffer_printf(out, "    const uint8_t *g%u = NULL, *h%u = NULL, *l%u = NULL;\n", i, i, i);
    for (unsigned i = 1; i <= w.tables; i++)
        argot_buffer_printf(out, "    struct argot_backwards x%u = {NULL, 0, 0};\n", i);
    if (w.choices)
        argot_buffer_printf(out,
                            "    struct argot_back back[%u];\n    unsigned n = 0;\n"
                            "    back[0] = (struct argot_back){p, 0}; /* never read, but compilers cannot know */\n",
                            w.choices);
    argot_buffer_append(out, body.bytes, body.length);
    argot_buffer_append_text(out, "back:\n");
    if (w.choices) {
        argot_buffer_append_text(out, "    if (n) {\n    p = back[--n].at;\n    switch (back[n].to) {\n");
        for (unsigned i = 1; i <= w.choices; i++)
            argot_buffer_printf(out, "    case %u:\n        goto b%u;\n", i, i);
        argot_buffer_append_text(out, "    }\n    }\n");
    }
    argot_buffer_append_text(out, "    s->far = far;\n    s->expected = expected;\n    return false;\n}\n\n");
    argot_buffer_finish(&body);
}
