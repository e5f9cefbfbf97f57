/* SPDX-License-Identifier: Apache-2.0
 * The fields of an extractor: where each ends, by the primitives of argot/lex.h, and that its text is kept. */
#include "generator/emit_way.h"
#include "generator/text_point.h"
#include <string.h>

static void
write_set(struct argot_gen_writer *w, const uint64_t set[4])
{
    argot_buffer_printf(w->out, "((const uint64_t[4]){0x%llxull, 0x%llxull, 0x%llxull, 0x%llxull})",
                        (unsigned long long)set[0], (unsigned long long)set[1], (unsigned long long)set[2],
                        (unsigned long long)set[3]);
}

/* The condition that something which can follow begins at q. */
void
argot_gen_write_follows(struct argot_gen_writer *w, const struct argot_gen_follow *follow, const char *begin)
{
    const char * or = "";
    argot_buffer_append_byte(w->out, '(');
    for (size_t i = 0; i < follow->count; i++) {
        argot_buffer_append_text(w->out, or);
        argot_gen_write_is(w, "q", follow->literals[i].text, follow->literals[i].length);
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

void
argot_gen_write_kept(struct argot_gen_writer *w, const struct argot_gen_element *field, const char *begin,
                     const char *end, enum argot_gen_known known)
{
    bool again = w->choices && !w->straight;
    if (w->way)
        argot_gen_add_kept(&w->way->kept, field);
    argot_gen_write_store(w->gen, field, begin, end,
                          w->rest ? ARGOT_GEN_STORING_REST
                          : again ? ARGOT_GEN_STORING_AGAIN
                                  : ARGOT_GEN_STORING_ONCE,
                          known, w->out);
}

static const char *
what_ends(struct argot_gen_writer *w, const struct argot_gen_element *field, const struct argot_gen_follow *follow)
{
    if (follow->count)
        return argot_gen_quote(w, follow->literals[0].text, follow->literals[0].length, field->name);
    return argot_arena_printf(w->gen->arena, "what follows %s", field->name);
}

/* ends: the condition that the text ends at q, as C; NULL: where its class does. */
void
argot_gen_begin_quick(struct argot_gen_writer *w, const struct argot_gen_element *field, const char *ends)
{
    w->rest = argot_gen_write_quick(w->gen, field, w->choices && !w->straight, ends, w->out);
}

void
argot_gen_end_quick(struct argot_gen_writer *w)
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

/* Moves q from p to the first of the bytes at which something that can follow begins, or to the end. blank: the third
 * byte is a blank, where the search ends in any case. Mostly it is the first of the bytes. */
static void
write_search(struct argot_gen_writer *w, const uint8_t bytes[3], bool blank, const struct argot_gen_follow *follow)
{
    const char *go_on = blank ? "*q != 32 && " : "";
    argot_buffer_printf(w->out, "    q = argot_lex_find_near(p, e, %u, %u, %u);\n    if (q < e && %s!", bytes[0],
                        bytes[1], bytes[2], go_on);
    argot_gen_write_follows(w, follow, "p");
    argot_buffer_printf(w->out,
                        ")\n    for (struct argot_lex_search x = argot_lex_search_from(q + 1, e, %u, %u, %u);\n"
                        "         (q = argot_lex_search_next(&x, e, %u, %u, %u)) < e && %s!",
                        bytes[0], bytes[1], bytes[2], bytes[0], bytes[1], bytes[2], go_on);
    argot_gen_write_follows(w, follow, "p");
    argot_buffer_append_text(w->out, ";) {\n    }\n");
}

static void
write_string_search(struct argot_gen_writer *w, const struct argot_gen_element *field,
                    const struct argot_gen_follow *follow, const uint8_t first[3])
{
    write_search(w, first, false, follow);
    if (follow->end)
        return;
    argot_buffer_append_text(w->out, "    if (q >= e)\n        ");
    argot_gen_write_fail(w, "p", what_ends(w, field, follow));
}

/* A string of a class: what it ends at is looked for, but no further than a blank, which no class holds. */
static void
write_class_search(struct argot_gen_writer *w, const struct argot_gen_element *field,
                   const struct argot_gen_follow *follow, const char *set, const uint8_t bytes[3])
{
    write_search(w, bytes, true, follow);
    argot_buffer_append_text(w->out,
                             follow->end ? "    if ((q < e && *q == 32 && !" : "    if (q == e || (*q == 32 && !");
    argot_gen_write_follows(w, follow, "p");
    argot_buffer_printf(w->out, ") || argot_lex_class_run(p, q, %s) != q)\n        ", set);
    argot_gen_write_fail(w, "p", what_ends(w, field, follow));
}

/* Whether a string of a class ends at a blank or one of two bytes; they go to bytes. */
static bool
two_bytes_and_blank(const uint8_t first[3], uint8_t bytes[3])
{
    size_t n = 0;
    memset(bytes, ' ', 3);
    for (size_t i = 0; i < 3; i++) {
        if (first[i] == ' ' || bytes[0] == first[i] || bytes[1] == first[i])
            continue;
        if (n == 2)
            return false;
        bytes[n++] = first[i];
    }
    return true;
}

static void
write_string_loop(struct argot_gen_writer *w, const struct argot_gen_element *field,
                  const struct argot_gen_follow *follow, const char *set)
{
    uint8_t first[3] = {0};
    bool few = few_first_bytes(follow, first);
    if (!set && few) {
        write_string_search(w, field, follow, first);
        return;
    }
    bool endpoint = (field->lexes & 1u << ARGOT_GEN_LEX_ENDPOINT) != 0;
    bool blank = follow->count && follow->literals[0].after_blank;
    uint8_t bytes[3];
    if (set && few && !endpoint && !blank && two_bytes_and_blank(first, bytes)) {
        write_class_search(w, field, follow, set, bytes);
        return;
    }
    argot_buffer_append_text(w->out, "    while (!");
    argot_gen_write_follows(w, follow, "p");
    argot_buffer_append_text(w->out, ") {\n");
    argot_buffer_printf(w->out, "        if (q == e%s%s%s)\n            ", set ? " || !argot_lex_is_in(*q, " : "",
                        set ? set : "", set ? ")" : "");
    argot_gen_write_fail(w, "p", what_ends(w, field, follow));
    argot_buffer_append_text(w->out, "        q++;\n    }\n");
}

/* Sets q to the end of the string that begins at p. True when what follows is one literal and stands at q. */
static bool
write_string_end(struct argot_gen_writer *w, const struct argot_gen_element *field,
                 const struct argot_gen_follow *follow)
{
    bool one = follow->count == 1 && !follow->has_set && !follow->literals[0].after_blank;
    if (field->lexes & (1u << ARGOT_GEN_LEX_WORD | 1u << ARGOT_GEN_LEX_HOST)) {
        const char *set = field->lexes & 1u << ARGOT_GEN_LEX_WORD ? "ARGOT_LEX_WORD" : "ARGOT_LEX_HOST";
        if (class_excludes(field, follow)) {
            if (field->lexes & 1u << ARGOT_GEN_LEX_WORD)
                argot_buffer_append_text(w->out, "    q = argot_lex_word(p, e);\n");
            else
                argot_gen_write_host_run(w);
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
        argot_gen_write_fail(w, "p", what_ends(w, field, follow));
    return !follow->end;
}

/* Whether something that can follow may begin within an IPv4 address. */
static bool
begins_in_address(const struct argot_gen_follow *follow)
{
    bool inside = false;
    for (unsigned byte = '.'; byte <= '9'; byte++)
        inside |= byte != '/' && argot_regex_in(follow->set, byte);
    for (size_t i = 0; i < follow->count; i++)
        inside |= follow->literals[i].after_blank || strchr(".0123456789", follow->literals[i].text[0]) != NULL;
    return inside;
}

static const char *
follows_at(struct argot_gen_writer *w, const struct argot_gen_follow *follow)
{
    struct argot_buffer condition, *out = w->out;
    argot_buffer_init(&condition, w->gen->seam);
    w->out = &condition;
    argot_gen_write_follows(w, follow, "p");
    w->out = out;
    const char *text = argot_arena_printf(w->gen->arena, "%.*s", (int)condition.length, (const char *)condition.bytes);
    argot_buffer_finish(&condition);
    return text;
}

bool
argot_gen_write_string(struct argot_gen_writer *w, const struct argot_gen_element *field,
                       const struct argot_gen_follow *follow, const struct argot_gen_element *next)
{
    if (!(field->lexes & 1u << ARGOT_GEN_LEX_PATH)) {
        argot_gen_write_inside(w, field->name);
    } else {
        argot_buffer_append_text(w->out, "    if (p >= e || *p != '/')\n        ");
        w->over = 0;
        argot_gen_write_fail(w, "p", argot_arena_printf(w->gen->arena, "the `/` of %s", field->name));
    }
    bool host = (field->lexes & 1u << ARGOT_GEN_LEX_HOST) != 0;
    if (host && class_excludes(field, follow))
        argot_gen_begin_quick(w, field, NULL);
    else if ((host || field->store == ARGOT_GEN_STORE_UINT) && !begins_in_address(follow))
        argot_gen_begin_quick(w, field, follows_at(w, follow));
    bool found = write_string_end(w, field, follow);
    bool blank = follow->count && follow->literals[0].after_blank;
    if (blank)
        argot_buffer_append_text(w->out, "    r = argot_lex_cut_blanks(p, q);\n");
    argot_gen_write_kept(w, field, "p", blank ? "r" : "q", ARGOT_GEN_KNOWN_NOTHING);
    argot_gen_end_quick(w);
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
write_begins(struct argot_gen_writer *w, const struct argot_gen_element *number, size_t length)
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
write_last(struct argot_gen_writer *w, const struct argot_gen_element *field, const struct argot_gen_follow *follow,
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
    argot_gen_write_fail(w, begin, what_ends(w, field, follow));
    argot_buffer_append_text(w->out, "    }\n");
    if (!number)
        return;
    argot_buffer_append_text(w->out, "    if (");
    write_begins(w, number, length);
    argot_buffer_append_text(w->out, ")\n        break;\n");
    if (!w->straight || (argot_gen_is_known(w) && !w->instead))
        argot_buffer_printf(w->out, "    ARGOT_REACHED(q + %zu, %u);\n", length,
                            argot_gen_expect(w->gen, number->name));
    argot_buffer_printf(w->out, "    if (q-- == %s) {\n%s        goto %s;\n    }\n    }\n", lowest, dies,
                        argot_gen_way_on(w));
}

/* Moves q back to the last place from there on, but not left of `lowest`, where something that can follow begins. dies:
 * what is done where there is none. */
static void
write_text_end(struct argot_gen_writer *w, const struct argot_gen_element *field, const struct argot_gen_follow *follow,
               const struct argot_gen_rest *behind, const char *begin, const char *lowest, const char *dies)
{
    if (follow->count == 1 && !follow->has_set && !follow->end) {
        write_last(w, field, follow, behind, begin, lowest, dies);
        return;
    }
    argot_buffer_append_text(w->out, "    while (!");
    argot_gen_write_follows(w, follow, begin);
    argot_buffer_printf(w->out, ") {\n        if (q == %s) {\n%s            ", lowest, dies);
    argot_gen_write_fail(w, begin, what_ends(w, field, follow));
    argot_buffer_append_text(w->out, "        }\n        q--;\n    }\n");
}

/* The text, with its end as a choice: from the last place that is not known to be of no use, to the left. When all
 * are used up, and this is the last way to write what stands behind, that fits nowhere. */
static void
write_text_choice(struct argot_gen_writer *w, const struct argot_gen_element *field,
                  const struct argot_gen_follow *follow, const struct argot_gen_rest *behind)
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
        argot_gen_write_fail(w, "p", what_ends(w, field, follow));
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
    argot_gen_write_kept(w, field, begin, "q", ARGOT_GEN_KNOWN_NOTHING);
    argot_buffer_append_text(w->out, "    p = q;\n");
}

/* The same, but what fails comes back for the next end only as long as no other choice was made since. */
static void
write_straight_text(struct argot_gen_writer *w, const struct argot_gen_element *field,
                    const struct argot_gen_follow *follow, const struct argot_gen_rest *behind)
{
    struct argot_gen_text_end *text = argot_gen_alloc(w->gen, 1, sizeof *text);
    struct argot_gen_way *way = argot_gen_open_way(w, false);
    const char *begin = argot_arena_printf(w->gen->arena, "o%u", way->choice);
    w->way = way->outer;
    *text = (struct argot_gen_text_end){field, *follow, *behind, way, argot_gen_way_on(w), w->texts};
    w->texts = text;
    if (w->point == field)
        w->only = text;
    argot_buffer_printf(w->out, "    q = e;\ns%u:\n", way->choice);
    write_text_end(w, field, follow, behind, begin, begin, "");
    argot_buffer_printf(w->out, "    t%u = q;\n", way->choice);
    w->way = way;
    argot_gen_write_kept(w, field, begin, "q", ARGOT_GEN_KNOWN_NOTHING);
    argot_buffer_append_text(w->out, "    p = q;\n");
}

/* The whole extractor knows better what to do where so many ends of a text do not fit. */
#define STRAIGHT_ENDS 4

void
argot_gen_write_next_ends(struct argot_gen_writer *w)
{
    for (const struct argot_gen_text_end *text = w->texts; text; text = text->next) {
        unsigned choice = text->way->choice;
        argot_buffer_printf(w->out, "m%u:\n    __attribute__((unused));\n", choice);
        argot_gen_write_forget_all(&text->way->lost, w->out);
        argot_buffer_printf(w->out,
                            "    q = t%u;\n    if (q-- == o%u)\n        goto %s;\n    if (n%u++ == %u)\n"
                            "        goto back;\n    goto s%u;\n",
                            choice, choice, text->outer, choice, STRAIGHT_ENDS, choice);
    }
}

void
argot_gen_write_only_end(struct argot_gen_writer *w)
{
    const struct argot_gen_text_end *text = w->only;
    if (!text) {
        argot_buffer_append_text(w->out, "    goto back;\n");
        return;
    }
    unsigned choice = text->way->choice, label = ++w->labels;
    const char *begin = argot_arena_printf(w->gen->arena, "o%u", choice);
    w->instead = argot_arena_printf(w->gen->arena, "u%u", label);
    argot_buffer_printf(w->out, "    q = t%u;\n    if (q-- != %s) {\n", choice, begin);
    write_text_end(w, text->field, &text->follow, &text->behind, begin, begin, "");
    argot_buffer_printf(w->out, "    goto back;\n    }\nu%u:\n    __attribute__((unused));\n", label);
    w->instead = NULL;
}

void
argot_gen_write_text(struct argot_gen_writer *w, const struct argot_gen_element *field,
                     const struct argot_gen_follow *follow, const struct argot_gen_rest *behind)
{
    argot_gen_write_inside(w, field->name);
    if (field->lexes & 1u << ARGOT_GEN_LEX_JSON) {
        argot_buffer_append_text(w->out, "    if (p == e || *p != '{')\n        ");
        argot_gen_write_fail(w, "p", argot_arena_printf(w->gen->arena, "the `{` of %s", field->name));
    }
    for (size_t i = 0; i < follow->count; i++)
        if (follow->literals[i].after_blank) { /* pairs follow: their first key ends the text, at its first place */
            argot_buffer_append_text(w->out, "    q = p;\n");
            write_string_loop(w, field, follow, NULL);
            argot_buffer_append_text(w->out, "    r = argot_lex_cut_blanks(p, q);\n");
            argot_gen_write_kept(w, field, "p", "r", ARGOT_GEN_KNOWN_NOTHING);
            argot_buffer_append_text(w->out, "    p = q;\n");
            return;
        }
    if (!follow->count && !follow->has_set) {
        argot_gen_write_kept(w, field, "p", "e", ARGOT_GEN_KNOWN_NOTHING);
        argot_buffer_append_text(w->out, "    p = e;\n");
        return;
    }
    if (w->straight) {
        write_straight_text(w, field, follow, behind);
        return;
    }
    argot_gen_keep_choice(w);
    write_text_choice(w, field, follow, behind);
}
