/* SPDX-License-Identifier: Apache-2.0
 * Where conditions and derived fields read, and whether anything can have filled a name of the format's own by then:
 * another message's captures cannot. Names are looked up when all is loaded, so that the order in the file is free. */
#include "generator/codes.h"
#include "generator/model.h"
#include <string.h>

static void
note_use(struct argot_gen *gen, const struct argot_yaml *name, struct argot_source *source, enum argot_gen_when when)
{
    struct argot_gen_use *use = argot_gen_alloc(gen, 1, sizeof *use);
    *use = (struct argot_gen_use){source, when, gen->message, name, NULL};
    *gen->uses_end = use;
    gen->uses_end = &use->next;
}

/* Whoever reads a record by its own names is likely to have forgotten the `$.` before one. */
static void
refuse_name(struct argot_gen *gen, const struct argot_yaml *node, bool outside)
{
    struct argot_diagnostic *d =
        argot_gen_error(gen, ARGOT_CODE_UNKNOWN_FIELD, node->span, "the schema has no field `%s`", node->text);
    argot_gen_suggest_field(gen, d, node->text);
    if (!outside && gen->normalizer.kind != ARGOT_KIND_LINE)
        d->hint = argot_arena_printf(
            gen->arena, "a name of the record is written `$.%s`, and $NAME what it was kept under", node->text);
}

bool
argot_gen_load_source(struct argot_gen *gen, const struct argot_yaml *node, struct argot_source *source,
                      enum argot_gen_when when)
{
    const char *name = argot_gen_text(gen, node, "a field, $name or $.path");
    if (!name)
        return false;
    if (name[0] == '$' && name[1] == '.') {
        bool flat = gen->normalizer.kind == ARGOT_KIND_KV || gen->normalizer.kind == ARGOT_KIND_CSV;
        source->kind = ARGOT_SOURCE_PATH;
        source->path = argot_gen_load_path(gen, name + 2, node->length - 2, node->span, flat);
        return true;
    }
    if (name[0] == '$' || !strncmp(name, "extra.", 6)) {
        source->kind = ARGOT_SOURCE_DEST;
        source->dest = ARGOT_NONE;
        note_use(gen, node, source, when);
        return true;
    }
    bool outside = when == ARGOT_GEN_OUTSIDE;
    uint16_t dest = outside ? 0 : ARGOT_NONE;
    if (!argot_gen_schema_find(gen->schema, name)) {
        refuse_name(gen, node, outside);
        return false;
    }
    if (!outside)
        dest = argot_gen_dest(gen, name, ARGOT_TYPE_NONE, node->span);
    source->kind = ARGOT_SOURCE_FIELD;
    source->field = name;
    return dest != ARGOT_NONE;
}

/* ---- what may be filled ---- */

static bool
sets_fill(const struct argot_set *sets, uint16_t count, uint16_t dest)
{
    for (uint16_t i = 0; i < count; i++)
        if (sets[i].dest == dest)
            return true;
    return false;
}

static bool
derives_fill(const struct argot_derive *derives, uint16_t count, uint16_t dest)
{
    for (uint16_t i = 0; i < count; i++)
        if (derives[i].dest == dest)
            return true;
    return false;
}

// NOLINTNEXTLINE(misc-no-recursion)
static bool
cases_fill(const struct argot_case *cases, uint16_t count, uint16_t dest, bool at_end)
{
    bool dests[ARGOT_MAX_DESTS] = {false};
    for (uint16_t i = 0; i < count; i++) {
        for (uint16_t k = 0; k < cases[i].nbindings; k++)
            argot_gen_mark_value(cases[i].bindings[k].value, dests);
        if (at_end &&
            (sets_fill(cases[i].sets, cases[i].nsets, dest) || derives_fill(cases[i].derives, cases[i].nderives, dest)))
            return true;
        if (cases_fill(cases[i].cases, cases[i].ncases, dest, at_end))
            return true;
    }
    return dests[dest];
}

static bool
captures_fill(const struct argot_gen *gen, uint16_t message, uint16_t dest)
{
    bool dests[ARGOT_MAX_DESTS] = {false};
    argot_gen_mark_message(&gen->normalizer, message, dests);
    return dests[dest];
}

/* Head and record stand before all messages. */
static bool
begin_fills(const struct argot_gen *gen, uint16_t dest)
{
    bool dests[ARGOT_MAX_DESTS] = {false};
    argot_gen_mark_begin(&gen->normalizer, dests);
    return dests[dest];
}

static bool
format_fills(const struct argot_gen *gen, uint16_t dest, bool at_end)
{
    const struct argot_normalizer *n = &gen->normalizer;
    return cases_fill(n->cases, n->ncases, dest, at_end) ||
           (at_end && (sets_fill(n->sets, n->nsets, dest) || derives_fill(n->derives, n->nderives, dest)));
}

static bool
message_fills(const struct argot_gen *gen, uint16_t index, uint16_t dest, bool at_end)
{
    const struct argot_message *m = &gen->normalizer.messages[index];
    return captures_fill(gen, index, dest) || cases_fill(m->cases, m->ncases, dest, at_end) ||
           (at_end && (sets_fill(m->sets, m->nsets, dest) || derives_fill(m->derives, m->nderives, dest)));
}

static bool
can_be_filled(const struct argot_gen *gen, const struct argot_gen_use *use, uint16_t dest)
{
    bool at_end = use->when == ARGOT_GEN_AT_END;
    if (use->when == ARGOT_GEN_OUTSIDE)
        return false;
    if (begin_fills(gen, dest))
        return true;
    if (use->when == ARGOT_GEN_AT_MESSAGE)
        return false;
    if (format_fills(gen, dest, at_end))
        return true;
    uint16_t first = 0, end = gen->normalizer.nmessages;
    if (use->message != ARGOT_GEN_ANY_MESSAGE) {
        first = (uint16_t)use->message;
        end = (uint16_t)(first + 1);
    }
    for (uint16_t i = first; i < end; i++)
        if (message_fills(gen, i, dest, at_end))
            return true;
    return false;
}

static void
report(struct argot_gen *gen, const struct argot_gen_use *use, bool elsewhere)
{
    struct argot_span span = use->name->span;
    const char *name = use->name->text;
    if (!elsewhere)
        argot_gen_error(gen, ARGOT_CODE_BAD_CONDITION, span, "nothing in this format fills `%s`", name);
    else if (use->when == ARGOT_GEN_OUTSIDE)
        argot_gen_error(gen, ARGOT_CODE_BAD_CONDITION, span, "`%s` is filled later than this is looked at", name)
            ->hint = "conditions of `inside` read the fields of what lies around the format";
    else if (use->when == ARGOT_GEN_AT_MESSAGE)
        argot_gen_error(gen, ARGOT_CODE_BAD_CONDITION, span, "`%s` is filled later than this is looked at", name)
            ->hint = "`when` of a message reads what the head, the record or the envelope filled";
    else if (use->message == ARGOT_GEN_ANY_MESSAGE)
        argot_gen_error(gen, ARGOT_CODE_BAD_CONDITION, span, "`%s` is filled later than this is looked at", name)
            ->hint = "constants and derived fields come behind all cases";
    else
        argot_gen_error(gen, ARGOT_CODE_BAD_CONDITION, span, "nothing fills `%s` in message `%s`", name,
                        gen->normalizer.messages[use->message].id);
}

/* Messages may share a condition by an alias; then one of them must fill what it reads. Reported at the last. */
static bool
is_shared(const struct argot_gen *gen, const struct argot_gen_use *use, uint16_t dest)
{
    for (const struct argot_gen_use *other = use->next; other; other = other->next)
        if (other->name == use->name)
            return true;
    for (const struct argot_gen_use *other = gen->uses; other != use; other = other->next)
        if (other->name == use->name && dest != ARGOT_NONE && can_be_filled(gen, other, dest))
            return true;
    return false;
}

void
argot_gen_check_sources(struct argot_gen *gen)
{
    for (const struct argot_gen_use *use = gen->uses; use; use = use->next) {
        const char *name = use->name->text;
        bool variable = name[0] == '$';
        uint16_t dest = argot_gen_dest_find(gen, variable ? ARGOT_DEST_VARIABLE : ARGOT_DEST_EXTRA,
                                            name + (variable ? 1 : strlen("extra.")));
        use->source->dest = dest;
        bool filled = dest != ARGOT_NONE && can_be_filled(gen, use, dest);
        if (!filled && !is_shared(gen, use, dest))
            report(gen, use, dest != ARGOT_NONE);
    }
}
