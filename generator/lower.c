/* SPDX-License-Identifier: Apache-2.0
 * What templates mean: what can follow a place, which templates are refused, and the regular expression of a head. */
#include "generator/codes.h"
#include "generator/model.h"
#include <string.h>

bool
argot_gen_is_text(const struct argot_gen_element *field)
{
    uint32_t text =
        1u << ARGOT_GEN_LEX_TEXT | 1u << ARGOT_GEN_LEX_KV | 1u << ARGOT_GEN_LEX_CSV | 1u << ARGOT_GEN_LEX_JSON;
    return field->kind == ARGOT_GEN_FIELD && (field->lexes & text);
}

bool
argot_gen_is_string(const struct argot_gen_element *field)
{
    uint32_t strings = (1u << ARGOT_GEN_LEX_TEXT) - 1;
    return field->kind == ARGOT_GEN_FIELD && (field->lexes & strings);
}

bool
argot_gen_takes_absent(const struct argot_gen_element *field)
{
    uint32_t quoted = 1u << ARGOT_GEN_LEX_QUOTED | 1u << ARGOT_GEN_LEX_QUOTED_SINGLE | 1u << ARGOT_GEN_LEX_QUOTED_CSV;
    return !argot_gen_is_string(field) && !(field->lexes & quoted);
}

static bool
element_nullable(const struct argot_gen_element *element)
{
    switch (element->kind) {
    case ARGOT_GEN_LITERAL:
        return false;
    case ARGOT_GEN_BLANKS:
        return element->optional;
    case ARGOT_GEN_FIELD:
        return (argot_gen_is_string(element) && !(element->lexes & 1u << ARGOT_GEN_LEX_PATH)) ||
               (argot_gen_is_text(element) && !(element->lexes & 1u << ARGOT_GEN_LEX_JSON));
    case ARGOT_GEN_GROUP:
        for (size_t i = 0; i < element->nalternatives; i++)
            if (argot_gen_sequence_nullable(element->alternatives[i]))
                return true;
        return element->optional;
    }
    return false;
}

bool
argot_gen_sequence_nullable(const struct argot_gen_sequence *sequence)
{
    for (size_t i = 0; i < sequence->count; i++)
        if (!element_nullable(sequence->elements[i]))
            return false;
    return true;
}

static void
set_range(uint64_t set[4], const char *ranges)
{
    for (; ranges[0] && ranges[1]; ranges += 2)
        for (unsigned c = (uint8_t)ranges[0]; c <= (uint8_t)ranges[1]; c++)
            set[c >> 6] |= 1ull << (c & 63);
}

/* The bytes that a typed field may begin with, by lexer. */
static const char *const first_bytes[ARGOT_GEN_LEX_COUNT] = {
    [ARGOT_GEN_LEX_PATH] = "//",
    [ARGOT_GEN_LEX_JSON] = "{{",
    [ARGOT_GEN_LEX_SD] = "--[[",
    [ARGOT_GEN_LEX_QUOTED] = "\"\"",
    [ARGOT_GEN_LEX_QUOTED_SINGLE] = "''",
    [ARGOT_GEN_LEX_QUOTED_CSV] = "\"\"",
    [ARGOT_GEN_LEX_CLF] = "09",
    [ARGOT_GEN_LEX_RFC3164] = "AZaz",
    [ARGOT_GEN_LEX_RFC3339] = "09",
    [ARGOT_GEN_LEX_RFC5424] = "09",
    [ARGOT_GEN_LEX_STRPTIME] = "\x01\xff",
    [ARGOT_GEN_LEX_UINT] = "09",
    [ARGOT_GEN_LEX_INT] = "09--++",
    [ARGOT_GEN_LEX_DIGITS] = "09",
    [ARGOT_GEN_LEX_FLOAT] = "09--++..eeEE",
    [ARGOT_GEN_LEX_ADDRESS] = "09AFaf::..",
    [ARGOT_GEN_LEX_MAC] = "09AFaf::..--",
    [ARGOT_GEN_LEX_BOOL] = "09AZaz",
    [ARGOT_GEN_LEX_DECIMAL] = "09--",
    [ARGOT_GEN_LEX_CLOCK] = "09::..hhmmss",
    [ARGOT_GEN_LEX_PRI] = "09",
    [ARGOT_GEN_LEX_EPOCH] = "09",
};

/* path, quoted, json, sd and a kv with first_key may stand right after another field. */
static bool
may_touch(const struct argot_gen_element *field)
{
    uint32_t marked = 1u << ARGOT_GEN_LEX_PATH | 1u << ARGOT_GEN_LEX_QUOTED | 1u << ARGOT_GEN_LEX_QUOTED_SINGLE |
                      1u << ARGOT_GEN_LEX_QUOTED_CSV | 1u << ARGOT_GEN_LEX_JSON;
    return (field->lexes & marked) || (field->kv && field->kv->first_key.at);
}

static void
follow_literal(struct argot_gen_follow *follow, const char *text, size_t length, bool after_blank)
{
    for (size_t i = 0; i < follow->count; i++)
        if (follow->literals[i].length == length && !memcmp(follow->literals[i].text, text, length))
            return;
    if (follow->count == ARGOT_GEN_MAX_FOLLOW) {
        follow->overflow = true;
        return;
    }
    follow->literals[follow->count].text = text;
    follow->literals[follow->count].length = length;
    follow->literals[follow->count++].after_blank = after_blank;
}

static void
follow_field(struct argot_gen_follow *follow, const struct argot_gen_element *field)
{
    if (!follow->first_field)
        follow->first_field = field;
    if (!may_touch(field) && !follow->clash)
        follow->clash = field;
    if (field->kv && field->kv->first_key.at) {
        /* The loader keeps the separator behind the key. */
        follow_literal(follow, (const char *)field->kv->first_key.at,
                       field->kv->first_key.length + field->kv->value_separator.length, true);
        return;
    }
    follow->has_set = true;
    if (field->type)
        argot_regex_first(field->type->regex, follow->set);
    for (unsigned lex = 0; lex < ARGOT_GEN_LEX_COUNT; lex++)
        if (field->lexes >> lex & 1 && first_bytes[lex])
            set_range(follow->set, first_bytes[lex]);
}

/* Adds what the sequence may begin with from an element on; true when all of it may be passed over. */
static bool
follow_sequence(struct argot_gen_follow *follow, const struct argot_gen_sequence *sequence, size_t from)
{
    for (size_t i = from; i < sequence->count; i++) {
        const struct argot_gen_element *element = sequence->elements[i];
        bool passed = element->optional;
        switch (element->kind) {
        case ARGOT_GEN_LITERAL:
            follow_literal(follow, element->text, element->length, false);
            return false;
        case ARGOT_GEN_FIELD:
            follow_field(follow, element);
            return false;
        case ARGOT_GEN_BLANKS:
            follow->has_set = true;
            set_range(follow->set, "  \t\t");
            break;
        case ARGOT_GEN_GROUP:
            for (size_t a = 0; a < element->nalternatives; a++)
                passed |= follow_sequence(follow, element->alternatives[a], 0);
            break;
        }
        if (!passed)
            return false;
    }
    return true;
}

void
argot_gen_follow_of(struct argot_gen_follow *follow, const struct argot_gen_rest *rest)
{
    for (; rest; rest = rest->outer)
        if (!follow_sequence(follow, rest->sequence, rest->at))
            return;
    follow->end = true;
}

/* ---- checks ---- */

struct check {
    struct argot_gen *gen;
    const char *message;
    bool failed;
    unsigned texts;                    /* on the path so far */
    uint16_t path[ARGOT_MAX_CAPTURES]; /* destinations captured on it */
    size_t npath;
};

static void
refuse(struct check *check, unsigned code, struct argot_span span, const char *text, const char *name, const char *hint)
{
    if (!check->failed)
        argot_gen_error(check->gen, code, span, text, name)->hint = hint;
    check->failed = true;
}

static void
check_dest(struct check *check, const struct argot_gen_element *field, uint16_t dest)
{
    if (dest == ARGOT_DROP)
        return;
    const struct argot_dest *known = &check->gen->dests[dest];
    if (known->type == ARGOT_TYPE_STRING_LIST || known->type == ARGOT_TYPE_IP_LIST)
        return;
    for (size_t i = 0; i < check->npath; i++)
        if (check->path[i] == dest)
            refuse(check, ARGOT_CODE_FIELD_TWICE, field->span, "`%s` is captured a second time on one path",
                   known->name, "drop one with {_}, or keep it as extra.NAME");
    if (check->npath < ARGOT_MAX_CAPTURES)
        check->path[check->npath++] = dest;
}

/* Notes a :text and the literals that may end it, for the examples to prove. */
static void
note_text(struct check *check, const struct argot_gen_element *field, const struct argot_gen_follow *follow)
{
    struct argot_gen *gen = check->gen;
    if (!(field->lexes & 1u << ARGOT_GEN_LEX_TEXT) || !field->value || !field->value->ntargets || !follow->count)
        return;
    uint16_t dest = field->value->targets[0].dests[0];
    if (dest == ARGOT_DROP || gen->dests[dest].kind == ARGOT_DEST_VARIABLE || !check->message)
        return;
    for (const struct argot_gen_text *known = gen->texts; known; known = known->next)
        if (known->span.line == field->span.line && known->span.column == field->span.column)
            return; /* the same part, used again */
    struct argot_gen_text *text = argot_gen_alloc(gen, 1, sizeof *text);
    text->span = field->span;
    text->field = gen->dests[dest].name;
    text->extra = gen->dests[dest].kind == ARGOT_DEST_EXTRA;
    text->message = check->message;
    for (size_t i = 0; i < follow->count && text->nliterals < 4; i++)
        if (!follow->literals[i].after_blank)
            text->literals[text->nliterals++] =
                argot_arena_copy(gen->arena, follow->literals[i].text, follow->literals[i].length);
    text->next = gen->texts;
    if (text->nliterals)
        gen->texts = text;
}

static void
check_field(struct check *check, const struct argot_gen_element *field, const struct argot_gen_rest *behind)
{
    struct argot_gen_follow follow = {0};
    argot_gen_follow_of(&follow, behind);
    if (follow.clash) {
        refuse(check, ARGOT_CODE_ADJACENT_FIELDS, field->span,
               "nothing but another field can follow %s here: put a text between them", field->name, NULL);
        return;
    }
    if (follow.overflow)
        refuse(check, ARGOT_CODE_TOO_MANY, field->span,
               "more than 24 texts can follow %s: use parts with fewer ways on", field->name, NULL);
    if (argot_gen_is_text(field) && !(field->kv && field->kv->first_key.at)) {
        note_text(check, field, &follow);
        if (++check->texts > 1)
            refuse(check, ARGOT_CODE_SECOND_TEXT, field->span,
                   "%s is a second field without a bound on one path of the template", field->name,
                   field->value && field->value->how == ARGOT_HOW_BLOCK
                       ? "a piece reaches to the last place too: let the other be a plain string, or name "
                         "the fields around the piece one by one"
                       : "let one of them be a plain string, which takes the first place");
    }
    for (unsigned t = 0; field->value && t < field->value->ntargets; t++)
        for (unsigned i = 0; i < field->value->targets[t].count; i++)
            check_dest(check, field, field->value->targets[t].dests[i]);
}

static void
check_sequence(struct check *check, const struct argot_gen_sequence *sequence, const struct argot_gen_rest *outer)
{
    for (size_t i = 0; i < sequence->count && !check->failed; i++) {
        const struct argot_gen_element *element = sequence->elements[i];
        struct argot_gen_rest behind = {sequence, i + 1, outer};
        if (element->kind == ARGOT_GEN_FIELD)
            check_field(check, element, &behind);
        if (element->kind != ARGOT_GEN_GROUP)
            continue;
        /* Each alternative begins with what was captured before; behind the group all of them may have been. */
        struct check before = *check;
        size_t npath = check->npath;
        unsigned texts = check->texts;
        for (size_t a = 0; a < element->nalternatives; a++) {
            struct check branch = before;
            branch.failed = check->failed;
            check_sequence(&branch, element->alternatives[a], &behind);
            check->failed |= branch.failed;
            for (size_t k = before.npath; k < branch.npath && npath < ARGOT_MAX_CAPTURES; k++)
                check->path[npath++] = branch.path[k];
            if (branch.texts > texts)
                texts = branch.texts;
        }
        check->npath = npath;
        check->texts = texts;
    }
}

bool
argot_gen_template_check(struct argot_gen *gen, const struct argot_gen_sequence *tree, const char *message_id)
{
    struct check check = {.gen = gen, .message = message_id};
    check_sequence(&check, tree, NULL);
    return !check.failed;
}

/* ---- heads ---- */

#define HEAD_BYTES 1000 /* of texts in one head: what is the same so far is seldom told by the rest */

struct head {
    struct argot_arena *arena;
    const struct argot_texts *absent;
    unsigned fields; /* that may still be taken */
    size_t bytes;    /* of texts that may still be taken */
    bool cut;        /* no further: a field without a bound was met, or enough was taken */
};

static const struct argot_regex *head_sequence(struct head *head, const struct argot_gen_sequence *sequence,
                                               const struct argot_gen_rest *outer);

static const struct argot_regex *
set_of(struct head *head, const char *ranges)
{
    uint64_t set[4] = {0};
    set_range(set, ranges);
    return argot_regex_set(head->arena, set);
}

static const struct argot_regex *
several(struct head *head, const char *ranges, uint32_t min, uint32_t max)
{
    return argot_regex_repeat(head->arena, set_of(head, ranges), min, max);
}

static const struct argot_regex *
host_bytes(struct head *head)
{
    uint64_t set[4] = {0};
    set_range(set, "\x01\x08\x0b\x1f!!#&*+--.:==?Z\\\\^z||~\xff");
    set[0] |= 1;
    return argot_regex_set(head->arena, set);
}

/* What a time by directives begins with, up to the first one whose texts have no fixed shape. */
static const struct argot_regex *
strptime_regex(struct head *head, const char *text, size_t length)
{
    const struct argot_regex *regex = argot_regex_empty(head->arena);
    for (size_t i = 0; i < length; i++) {
        const struct argot_regex *piece = argot_regex_text(head->arena, text + i, 1);
        if (text[i] == '%' && i + 1 < length) {
            char directive = text[++i];
            if (directive == 'Y')
                piece = several(head, "09", 4, 4);
            else if (strchr("ymHIMS", directive))
                piece = several(head, "09", 2, 2);
            else if (directive == 'd' || directive == 'e')
                piece = argot_regex_concat(head->arena, several(head, "  ", 0, 1), several(head, "09", 1, 2));
            else if (directive == 'b' || directive == 'a')
                piece = several(head, "AZaz", 3, 3);
            else
                break;
        }
        regex = argot_regex_concat(head->arena, regex, piece);
    }
    return regex;
}

/* A superset of the texts that one lexer takes at its place; NULL: without a bound. */
static const struct argot_regex *
lex_regex(struct head *head, const struct argot_gen_element *field, unsigned lex, const struct argot_gen_follow *follow)
{
    switch (lex) {
    case ARGOT_GEN_LEX_STRING: {
        uint64_t set[4] = {~0ull, ~0ull, ~0ull, ~0ull};
        for (size_t i = 0; i < follow->count; i++) {
            uint8_t byte = (uint8_t)follow->literals[i].text[0];
            if (follow->literals[i].length > 1 || follow->literals[i].after_blank)
                return NULL;
            set[byte >> 6] &= ~(1ull << (byte & 63));
        }
        for (int i = 0; i < 4; i++)
            set[i] &= ~follow->set[i];
        return argot_regex_repeat(head->arena, argot_regex_set(head->arena, set), 0, UINT32_MAX);
    }
    case ARGOT_GEN_LEX_WORD: {
        uint64_t set[4] = {~(1ull << ' ' | 1ull << '\t'), ~0ull, ~0ull, ~0ull};
        return argot_regex_repeat(head->arena, argot_regex_set(head->arena, set), 0, UINT32_MAX);
    }
    case ARGOT_GEN_LEX_HOST:
        return argot_regex_repeat(head->arena, host_bytes(head), 0, UINT32_MAX);
    case ARGOT_GEN_LEX_CLF:
        return several(head, "09", 1, 2);
    case ARGOT_GEN_LEX_RFC3164:
        return argot_regex_concat(head->arena, several(head, "AZaz", 3, 3), set_of(head, "  "));
    case ARGOT_GEN_LEX_RFC3339:
    case ARGOT_GEN_LEX_RFC5424:
        return argot_regex_concat(head->arena, several(head, "09", 4, 4), set_of(head, "--"));
    case ARGOT_GEN_LEX_STRPTIME:
        return strptime_regex(head, field->text, field->length);
    case ARGOT_GEN_LEX_UINT:
        return several(head, "09xxXXafAF", 1, UINT32_MAX);
    case ARGOT_GEN_LEX_INT:
        return several(head, "09xxXXafAF--++", 1, UINT32_MAX);
    case ARGOT_GEN_LEX_DIGITS:
    case ARGOT_GEN_LEX_PRI:
        return several(head, "09", 1, UINT32_MAX);
    case ARGOT_GEN_LEX_ADDRESS:
        return several(head, "09AFaf::..", 1, UINT32_MAX);
    case ARGOT_GEN_LEX_EPOCH:
    case ARGOT_GEN_LEX_DECIMAL:
        return several(head, "09--..,,", 1, UINT32_MAX);
    case ARGOT_GEN_LEX_TYPE:
        return field->type->regex;
    default:
        return NULL;
    }
}

/* Times and the like are fixed shapes of which only the begin is kept: the head ends there. */
static bool
lex_ends_head(unsigned lex)
{
    return lex == ARGOT_GEN_LEX_CLF || lex == ARGOT_GEN_LEX_RFC3164 || lex == ARGOT_GEN_LEX_RFC3339 ||
           lex == ARGOT_GEN_LEX_RFC5424 || lex == ARGOT_GEN_LEX_STRPTIME;
}

static const struct argot_regex *
head_field(struct head *head, const struct argot_gen_element *field, const struct argot_gen_rest *behind)
{
    struct argot_gen_follow follow = {0};
    argot_gen_follow_of(&follow, behind);
    const struct argot_regex *regex = NULL;
    if (!head->fields) {
        head->cut = true;
        return NULL;
    }
    head->fields--;
    for (unsigned lex = 0; lex < ARGOT_GEN_LEX_COUNT; lex++) {
        if (!(field->lexes >> lex & 1))
            continue;
        const struct argot_regex *one = lex_regex(head, field, lex, &follow);
        head->cut |= !one || lex_ends_head(lex);
        if (!one)
            return NULL;
        regex = regex ? argot_regex_alternate(head->arena, regex, one) : one;
    }
    for (uint16_t i = 0; regex && argot_gen_takes_absent(field) && i < head->absent->count; i++) {
        const struct argot_slice *text = &head->absent->texts[i];
        regex = argot_regex_alternate(head->arena, regex,
                                      argot_regex_text(head->arena, (const char *)text->at, text->length));
    }
    return regex;
}

/* Behind enough bytes nothing more is told apart. */
static const struct argot_regex *
head_literal(struct head *head, const struct argot_gen_element *literal)
{
    size_t taken = literal->length < head->bytes ? literal->length : head->bytes;
    head->bytes -= taken;
    head->cut = taken < literal->length;
    return argot_regex_text(head->arena, literal->text, taken);
}

static const struct argot_regex *
head_group(struct head *head, const struct argot_gen_element *group, const struct argot_gen_rest *behind)
{
    const struct argot_regex *regex = NULL;
    struct head before = *head;
    bool cut = false;
    for (size_t i = 0; i < group->nalternatives; i++) {
        struct head inner = before;
        inner.bytes = head->bytes; /* all of them are part of the expression */
        inner.cut = false;
        const struct argot_regex *one = head_sequence(&inner, group->alternatives[i], behind);
        cut |= inner.cut;
        head->bytes = inner.bytes;
        head->fields = inner.fields < head->fields ? inner.fields : head->fields;
        regex = regex ? argot_regex_alternate(head->arena, regex, one) : one;
    }
    head->cut = cut;
    return group->optional ? argot_regex_repeat(head->arena, regex, 0, 1) : regex;
}

static const struct argot_regex *
head_sequence(struct head *head, const struct argot_gen_sequence *sequence, const struct argot_gen_rest *outer)
{
    const struct argot_regex *regex = argot_regex_empty(head->arena);
    for (size_t i = 0; i < sequence->count && !head->cut; i++) {
        const struct argot_gen_element *element = sequence->elements[i];
        struct argot_gen_rest behind = {sequence, i + 1, outer};
        const struct argot_regex *next = NULL;
        switch (element->kind) {
        case ARGOT_GEN_LITERAL:
            next = head_literal(head, element);
            break;
        case ARGOT_GEN_BLANKS:
            next = several(head, "  \t\t", !element->optional, UINT32_MAX);
            break;
        case ARGOT_GEN_FIELD:
            next = head_field(head, element, &behind);
            break;
        case ARGOT_GEN_GROUP:
            next = head_group(head, element, &behind);
            break;
        }
        if (next)
            regex = argot_regex_concat(head->arena, regex, next);
    }
    return regex;
}

const struct argot_regex *
argot_gen_head(struct argot_arena *arena, const struct argot_gen_sequence *sequence, const struct argot_texts *absent,
               unsigned fields)
{
    struct head head = {arena, absent, fields, HEAD_BYTES, false};
    return head_sequence(&head, sequence, NULL);
}

/* Bytes of text that surely stand before the first field without a bound; *met when there is such a field. */
static size_t
sure_bytes(const struct argot_gen_sequence *sequence, bool *met)
{
    size_t bytes = 0;
    for (size_t i = 0; i < sequence->count && !*met; i++) {
        const struct argot_gen_element *element = sequence->elements[i];
        if (element->kind == ARGOT_GEN_LITERAL)
            bytes += element->length;
        *met = (element->kind == ARGOT_GEN_GROUP && element->optional) ||
               (element->kind == ARGOT_GEN_FIELD && element->lexes & ((1u << ARGOT_GEN_LEX_CLF) - 1));
        if (element->kind != ARGOT_GEN_GROUP || element->optional)
            continue;
        size_t least = SIZE_MAX;
        for (size_t k = 0; k < element->nalternatives; k++) {
            bool inner = false;
            size_t sure = sure_bytes(element->alternatives[k], &inner);
            least = sure < least ? sure : least;
            *met |= inner;
        }
        bytes += least == SIZE_MAX ? 0 : least;
    }
    return bytes;
}

size_t
argot_gen_literal_prefix(const struct argot_gen_sequence *sequence)
{
    bool met = false;
    return sure_bytes(sequence, &met);
}
