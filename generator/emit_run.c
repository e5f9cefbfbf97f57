/* SPDX-License-Identifier: Apache-2.0
 * Types that are a run of bytes of one set behind a byte of another: their tables and functions, and how the straight
 * extractor finds their ends. Alternatives begin at one place, and often with runs that differ little: a program's
 * name, a tag, a host. What one of them found there, those behind go on from. */
#include "generator/emit_way.h"
#include "generator/text_point.h"
#include <string.h>

/* Bits of the tables: bytes that a text begins with, that it goes on with, and of these the ones that hosts have. */
enum { BIT_FIRST = 1, BIT_REST = 2, BIT_HOST = 4 };

static void
set_of_host(uint64_t set[4])
{
    const struct argot_gen_element host = {.kind = ARGOT_GEN_FIELD, .lexes = 1u << ARGOT_GEN_LEX_HOST};
    memset(set, 0, 4 * sizeof *set);
    for (unsigned byte = 0; byte < 256; byte++)
        set[byte >> 6] |= (uint64_t)argot_gen_text_point_class(&host, (uint8_t)byte) << (byte & 63);
}

static bool
holds(const uint64_t set[4], const uint64_t all[4])
{
    for (unsigned i = 0; i < 4; i++)
        if (set[i] & ~all[i])
            return false;
    return true;
}

bool
argot_gen_emit_run(const struct argot_gen_type *type, struct argot_buffer *out)
{
    uint64_t first[4], rest[4], host[4];
    if (!argot_regex_run(type->regex, first, rest))
        return false;
    set_of_host(host);
    argot_buffer_printf(out, "/* type %s */\nstatic const uint8_t may_%u[256] = {", type->name, type->number);
    for (unsigned byte = 0; byte < 256; byte++) {
        unsigned bits = argot_regex_in(first, byte) ? BIT_FIRST : 0;
        if (argot_regex_in(rest, byte))
            bits |= argot_regex_in(host, byte) ? BIT_REST | BIT_HOST : BIT_REST;
        argot_buffer_printf(out, "%u,", bits);
    }
    argot_buffer_printf(out,
                        "};\nARGOT_LEX_HOT const uint8_t *\ntype_%u(const uint8_t *p, const uint8_t *e)\n{\n"
                        "    if (p >= e || !(may_%u[*p] & %d))\n        return NULL;\n"
                        "    return argot_lex_table_rest(p + 1, e, may_%u, %d);\n}\n\n",
                        type->number, type->number, BIT_FIRST, type->number, BIT_REST);
    return true;
}

/* ---- what is known of a place ---- */

/* A run of a type that the place has been looked at for, no longer than this type's, or NULL. */
static const struct argot_gen_run *
find_shorter(const struct argot_gen_writer *w, const uint64_t first[4], const uint64_t rest[4])
{
    uint64_t its_first[4], its_rest[4];
    for (unsigned i = w->nruns; w->place && i-- > 0;)
        if (w->runs[i].place == w->place && argot_regex_run(w->runs[i].type->regex, its_first, its_rest) &&
            holds(its_first, first) && holds(its_rest, rest))
            return &w->runs[i];
    return NULL;
}

bool
argot_gen_run_is_known(const struct argot_gen_writer *w, const struct argot_gen_type *type)
{
    uint64_t first[4], rest[4];
    return type && argot_regex_run(type->regex, first, rest) && find_shorter(w, first, rest);
}

static struct argot_gen_run *
add_run(struct argot_gen_writer *w, const struct argot_gen_type *type)
{
    if (!w->place || w->perhaps || w->nruns == ARGOT_GEN_RUNS_MAX)
        return NULL;
    w->runs[w->nruns] = (struct argot_gen_run){++w->all_runs, w->place, type, false};
    return &w->runs[w->nruns++];
}

void
argot_gen_write_type_run(struct argot_gen_writer *w, const struct argot_gen_type *type, const char *result)
{
    uint64_t first[4], rest[4], host[4];
    unsigned n = type->number;
    if (!argot_regex_run(type->regex, first, rest) || !w->place) {
        argot_buffer_printf(w->out, "type_%u(p, e);\n", n);
        return;
    }
    const struct argot_gen_run *shorter = find_shorter(w, first, rest);
    bool same = shorter && shorter->type == type && !shorter->host && !w->perhaps;
    struct argot_gen_run *run = same ? NULL : add_run(w, type);
    set_of_host(host);
    if (same) {
        argot_buffer_printf(w->out, "x%u ? x%u : type_%u(p, e);\n", shorter->number, shorter->number, n);
        return;
    }
    if (shorter) {
        argot_buffer_printf(w->out, "x%u ? argot_lex_table_on(x%u, e, may_%u, %d) : type_%u(p, e);\n", shorter->number,
                            shorter->number, n, BIT_REST, n);
    } else if (run && w->hosts && holds(first, host)) {
        run->host = true;
        argot_buffer_printf(w->out,
                            "x%u = p < e && may_%u[*p] & %d ? argot_lex_table_rest(p + 1, e, may_%u, %d) : NULL;\n"
                            "    %s = x%u ? argot_lex_table_on(x%u, e, may_%u, %d) : NULL;\n",
                            run->number, n, BIT_FIRST, n, BIT_HOST, result, run->number, run->number, n, BIT_REST);
        return;
    } else {
        argot_buffer_printf(w->out, "type_%u(p, e);\n", n);
    }
    if (run)
        argot_buffer_printf(w->out, "    x%u = %s;\n", run->number, result);
}

void
argot_gen_write_host_run(struct argot_gen_writer *w)
{
    argot_buffer_append_text(w->out, "    q = ");
    for (unsigned i = w->nruns; w->place && i-- > 0;) {
        const struct argot_gen_run *run = &w->runs[i];
        if (run->place != w->place || !run->host)
            continue;
        argot_buffer_printf(w->out, "x%u ? argot_lex_table_on(x%u, e, argot_lex_classes, ARGOT_LEX_HOST)\n        : ",
                            run->number, run->number);
        break;
    }
    argot_buffer_append_text(w->out, "argot_lex_table_run(p, e, argot_lex_classes, ARGOT_LEX_HOST);\n");
}

void
argot_gen_forget_runs(struct argot_gen_writer *w, unsigned place)
{
    for (unsigned i = 0; place && i < w->nruns; i++)
        if (w->runs[i].place == place)
            argot_buffer_printf(w->out, "    x%u = NULL;\n", w->runs[i].number);
}

bool
argot_gen_begins_with_host(const struct argot_gen_sequence *sequence)
{
    for (size_t i = 0; i < sequence->count; i++) {
        const struct argot_gen_element *element = sequence->elements[i];
        if (element->kind == ARGOT_GEN_FIELD)
            return element->lexes == 1u << ARGOT_GEN_LEX_HOST;
        for (size_t a = 0; element->kind == ARGOT_GEN_GROUP && a < element->nalternatives; a++)
            if (argot_gen_begins_with_host(element->alternatives[a]))
                return true;
        if (!element->optional)
            return false;
    }
    return false;
}
