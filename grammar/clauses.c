/* SPDX-License-Identifier: Apache-2.0
 * The clauses of a rule and of what extends it: which may be repeated, which an extension may set, which go together.
 */
#include "grammar/check_rule.h"
#include <string.h>

static const char *const words[] = {
#define X(name, word) [ARGOT_AST_CLAUSE_##name] = word,
    ARGOT_AST_CLAUSES(X)
#undef X
};

struct argot_diagnostic *
argot_clauses_refuse(struct argot_rule_builder *builder, unsigned code, struct argot_place place, const char *text)
{
    builder->good = false;
    return argot_check_add(builder->checker, builder->symbol->file, ARGOT_ERROR, code, place, "%s", text);
}

bool
argot_clauses_has(const struct argot_rule_builder *builder, enum argot_ast_clause_kind kind)
{
    return builder->single[kind].clause != NULL;
}

static bool
is_repeatable(enum argot_ast_clause_kind kind)
{
    switch (kind) {
    case ARGOT_AST_CLAUSE_NOTE:
    case ARGOT_AST_CLAUSE_META:
    case ARGOT_AST_CLAUSE_TAGS:
    case ARGOT_AST_CLAUSE_EXCEPT:
    case ARGOT_AST_CLAUSE_LOOKUP:
    case ARGOT_AST_CLAUSE_UNTIL:
    case ARGOT_AST_CLAUSE_MATCH:
    case ARGOT_AST_CLAUSE_BY: /* each may belong to another match */
        return true;
    default:
        return false;
    }
}

/* What an extension adds to the rule's, and what it sets in its place. */
static bool
adds(enum argot_ast_clause_kind kind)
{
    return kind == ARGOT_AST_CLAUSE_EXCEPT || kind == ARGOT_AST_CLAUSE_TAGS || kind == ARGOT_AST_CLAUSE_META ||
           kind == ARGOT_AST_CLAUSE_COLLECT;
}

static bool
replaces(enum argot_ast_clause_kind kind)
{
    switch (kind) {
    case ARGOT_AST_CLAUSE_TITLE:
    case ARGOT_AST_CLAUSE_NOTE:
    case ARGOT_AST_CLAUSE_SEVERITY:
    case ARGOT_AST_CLAUSE_ALERT:
    case ARGOT_AST_CLAUSE_KEEP:
    case ARGOT_AST_CLAUSE_REARM:
    case ARGOT_AST_CLAUSE_LATE:
    case ARGOT_AST_CLAUSE_LIMIT:
    case ARGOT_AST_CLAUSE_SILENT:
        return true;
    default:
        return false;
    }
}

static struct argot_clause_ref *
slot_of(struct argot_rule_builder *builder, const struct argot_ast_clause *clause)
{
    bool events = clause->kind == ARGOT_AST_CLAUSE_LIMIT && clause->name.text.at;
    return events ? &builder->limit_events : &builder->single[clause->kind];
}

static void
refuse_twice(struct argot_rule_builder *builder, uint32_t file, const struct argot_ast_clause *clause,
             const struct argot_clause_ref *first)
{
    struct argot_diagnostic *said =
        argot_check_add(builder->checker, file, ARGOT_ERROR, ARGOT_CODE_RULE_REPEATED, clause->word,
                        "`%s` stands twice in `%s`", words[clause->kind], builder->symbol->name);
    argot_check_second(builder->checker, said, first->file, first->clause->word, "first set here");
    builder->good = false;
}

/* ---- the rule itself ---- */

static void
take_own(struct argot_rule_builder *builder)
{
    uint32_t file = builder->symbol->file;
    for (const struct argot_ast_clause *clause = builder->symbol->decl->clauses; clause; clause = clause->next) {
        struct argot_clause_ref *slot = slot_of(builder, clause);
        if (slot->clause && !is_repeatable(clause->kind))
            refuse_twice(builder, file, clause, slot);
        if (!slot->clause)
            *slot = (struct argot_clause_ref){file, clause};
        if (clause->kind == ARGOT_AST_CLAUSE_BY && !builder->by)
            builder->by = clause;
        builder->all[builder->nall++] = (struct argot_clause_ref){file, clause};
    }
}

/* ---- extensions ---- */

static void
take_extension(struct argot_rule_builder *builder, const struct argot_extension *extension,
               struct argot_clause_ref *set)
{
    for (const struct argot_ast_clause *clause = extension->decl->clauses; clause; clause = clause->next) {
        bool events = clause->kind == ARGOT_AST_CLAUSE_LIMIT && clause->name.text.at;
        struct argot_clause_ref *other = &set[events ? ARGOT_CLAUSE_KINDS : clause->kind];
        struct argot_clause_ref ref = {extension->file, clause};
        if (!adds(clause->kind) && !replaces(clause->kind)) {
            argot_check_hint(builder->checker,
                             argot_check_add(builder->checker, extension->file, ARGOT_ERROR, ARGOT_CODE_RULE_EXTEND,
                                             clause->word, "an extension cannot change `%s`", words[clause->kind]),
                             "it adds except, tags, meta and collect, and sets title, note, severity, alert, keep, "
                             "rearm, late, limit and silent anew");
            builder->good = false;
            continue;
        }
        if (adds(clause->kind)) {
            builder->all[builder->nall++] = ref;
            continue;
        }
        if (other->clause && clause->kind != ARGOT_AST_CLAUSE_NOTE)
            refuse_twice(builder, extension->file, clause, other);
        *other = ref;
        *slot_of(builder, clause) = ref;
        if (clause->kind == ARGOT_AST_CLAUSE_NOTE)
            builder->all[builder->nall++] = ref;
    }
}

/* Notes of the rule give way to those of extensions. */
static void
drop_notes(struct argot_rule_builder *builder)
{
    size_t left = 0;
    for (size_t i = 0; i < builder->nall; i++) {
        const struct argot_clause_ref *ref = &builder->all[i];
        bool own = ref->file == builder->symbol->file && i < builder->nown;
        if (ref->clause->kind != ARGOT_AST_CLAUSE_NOTE || !own)
            builder->all[left++] = *ref;
    }
    builder->nall = left;
}

bool
argot_clauses_gather(struct argot_rule_builder *builder, const struct argot_extension *extensions)
{
    size_t room = 1;
    const char *name = builder->symbol->name;
    for (const struct argot_ast_clause *clause = builder->symbol->decl->clauses; clause; clause = clause->next)
        room++;
    for (const struct argot_extension *one = extensions; one; one = one->next)
        for (const struct argot_ast_clause *clause = one->decl->clauses; clause; clause = clause->next)
            room++;
    builder->all = argot_check_alloc(builder->checker, room, sizeof *builder->all);
    take_own(builder);
    builder->nown = builder->nall;
    struct argot_clause_ref *set = argot_check_alloc(builder->checker, ARGOT_CLAUSE_KINDS + 1, sizeof *set);
    for (const struct argot_extension *one = extensions; one; one = one->next)
        if (!strcmp(one->decl->name.text.at, name))
            take_extension(builder, one, set);
    if (set[ARGOT_AST_CLAUSE_NOTE].clause)
        drop_notes(builder);
    return builder->good;
}

/* ---- which go together ---- */

static const struct argot_ast_clause *
clause_of(const struct argot_rule_builder *builder, enum argot_ast_clause_kind kind)
{
    return builder->single[kind].clause;
}

/* The first of several clauses that ask something. */
static void
refuse_pair(struct argot_rule_builder *builder, enum argot_ast_clause_kind a, enum argot_ast_clause_kind b,
            const char *text)
{
    const struct argot_ast_clause *one = clause_of(builder, a), *other = clause_of(builder, b);
    if (!one || !other)
        return;
    const struct argot_ast_clause *first = one->place.begin < other->place.begin ? one : other;
    const struct argot_ast_clause *second = first == one ? other : one;
    argot_check_second(builder->checker, argot_clauses_refuse(builder, ARGOT_CODE_RULE_CLAUSES, second->word, text),
                       builder->symbol->file, first->word, "beside this");
}

static void
check_main(struct argot_rule_builder *builder)
{
    static const char main_text[] = "a rule has one of match, sequence and together";
    static const char when_text[] = "a rule has one `when`";
    static const char alone_text[] = "`when` asks about a `match`; sequences and together have a `within` of their own";
    refuse_pair(builder, ARGOT_AST_CLAUSE_MATCH, ARGOT_AST_CLAUSE_SEQUENCE, main_text);
    refuse_pair(builder, ARGOT_AST_CLAUSE_MATCH, ARGOT_AST_CLAUSE_TOGETHER, main_text);
    refuse_pair(builder, ARGOT_AST_CLAUSE_SEQUENCE, ARGOT_AST_CLAUSE_TOGETHER, main_text);
    static const uint8_t whens[] = {ARGOT_AST_CLAUSE_WHEN, ARGOT_AST_CLAUSE_ABSENT, ARGOT_AST_CLAUSE_NEW};
    for (size_t i = 0; i < sizeof whens; i++) {
        refuse_pair(builder, whens[i], whens[(i + 1) % sizeof whens], when_text);
        refuse_pair(builder, whens[i], ARGOT_AST_CLAUSE_SEQUENCE, alone_text);
        refuse_pair(builder, whens[i], ARGOT_AST_CLAUSE_TOGETHER, alone_text);
    }
    if (clause_of(builder, ARGOT_AST_CLAUSE_MATCH) || clause_of(builder, ARGOT_AST_CLAUSE_SEQUENCE) ||
        clause_of(builder, ARGOT_AST_CLAUSE_TOGETHER))
        return;
    argot_check_hint(builder->checker,
                     argot_clauses_refuse(builder, ARGOT_CODE_RULE_NO_MATCH, builder->symbol->decl->name.place,
                                          "this rule does not say which events it is about"),
                     "`match TYPE where …`, or `sequence` or `together`");
}

static bool
has_when(const struct argot_rule_builder *builder)
{
    return clause_of(builder, ARGOT_AST_CLAUSE_WHEN) || clause_of(builder, ARGOT_AST_CLAUSE_ABSENT) ||
           clause_of(builder, ARGOT_AST_CLAUSE_NEW);
}

static void
check_rearm(struct argot_rule_builder *builder)
{
    const struct argot_ast_clause *when = clause_of(builder, ARGOT_AST_CLAUSE_WHEN);
    struct argot_clause_ref rearm = builder->single[ARGOT_AST_CLAUSE_REARM];
    bool leak = when && when->window == ARGOT_AST_LEAK;
    if (leak && !rearm.clause)
        argot_check_hint(builder->checker,
                         argot_clauses_refuse(builder, ARGOT_CODE_RULE_REARM, when->place,
                                              "a rule with `leak` has to say when it may alert again"),
                         "rearm after 10m; rearm every 1h");
    if (!rearm.clause)
        return;
    struct argot_place place = rearm.clause->place;
    if (rearm.clause->rearm == ARGOT_AST_REARM_BELOW && !(when && when->window == ARGOT_AST_WITHIN)) {
        argot_check_add(builder->checker, rearm.file, ARGOT_ERROR, ARGOT_CODE_RULE_REARM, place,
                        "`rearm when below` needs a `when … within`");
        builder->good = false;
    }
    if (rearm.clause->duration.place.end && rearm.clause->duration.ns == 0) {
        argot_check_add(builder->checker, rearm.file, ARGOT_ERROR, ARGOT_CODE_RULE_RANGE, rearm.clause->duration.place,
                        "this takes longer than that; `rearm always` lets every event fire");
        builder->good = false;
    }
}

/* A `by` right behind a match or until is that one's own; another must be the rule's, which is the first. */
static void
check_by(struct argot_rule_builder *builder)
{
    const struct argot_ast_clause *before = NULL, *free_by = NULL;
    for (size_t i = 0; i < builder->nown; i++) {
        const struct argot_ast_clause *clause = builder->all[i].clause;
        bool own = before && (before->kind == ARGOT_AST_CLAUSE_MATCH || before->kind == ARGOT_AST_CLAUSE_UNTIL);
        before = clause;
        if (clause->kind != ARGOT_AST_CLAUSE_BY || own)
            continue;
        struct argot_clause_ref first = {builder->symbol->file, free_by};
        if (free_by)
            refuse_twice(builder, builder->symbol->file, clause, &first);
        else if (clause != builder->by)
            argot_check_second(builder->checker,
                               argot_clauses_refuse(builder, ARGOT_CODE_RULE_CLAUSES, clause->word,
                                                    "this `by` belongs to no match, and the rule's is the first"),
                               builder->symbol->file, builder->by->word, "the first");
        free_by = clause;
    }
}

void
argot_clauses_check(struct argot_rule_builder *builder)
{
    check_main(builder);
    const struct argot_ast_clause *until = clause_of(builder, ARGOT_AST_CLAUSE_UNTIL);
    if (until && !has_when(builder))
        argot_check_hint(builder->checker,
                         argot_clauses_refuse(builder, ARGOT_CODE_RULE_CLAUSES, until->word,
                                              "`until` has nothing to start anew: there is no `when`"),
                         "in a sequence it stands within the braces, behind the steps");
    check_rearm(builder);
    check_by(builder);
}
