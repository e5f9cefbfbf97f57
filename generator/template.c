/* SPDX-License-Identifier: Apache-2.0
 * Line templates: text with fields, groups, parts and blanks in braces, parsed to trees. Parts are parsed anew at each
 * use, since every use has captures of its own. Marks the exact byte where the YAML scalar stands verbatim. */
#include "generator/codes.h"
#include "generator/model.h"
#include <string.h>

#define PART_DEPTH_MAX 16
#define ELEMENTS_MAX 400  /* of one sequence */
#define TEMPLATE_MAX 4000 /* of one template, parts counted at each use */

struct reader {
    struct argot_gen *gen;
    const struct argot_yaml *yaml;
    const char *text;
    size_t length, at;
    unsigned depth;            /* of groups */
    const struct reader *user; /* the template that uses this part */
    const char *part;
    bool failed;
};

static struct argot_gen_sequence *read_sequence(struct reader *r, bool in_group);

static struct argot_span
span_at(const struct reader *r, size_t begin, size_t end)
{
    struct argot_span span = r->yaml->span;
    if (r->yaml->verbatim) {
        span.column += r->yaml->text_offset + (uint32_t)begin;
        span.length = end > begin ? (uint32_t)(end - begin) : 1;
    }
    return span;
}

static struct argot_gen_element *
element_new(struct reader *r, enum argot_gen_element_kind kind, size_t begin)
{
    struct argot_gen_element *element = argot_gen_alloc(r->gen, 1, sizeof *element);
    element->kind = kind;
    element->span = span_at(r, begin, r->at);
    element->capture = -1;
    return element;
}

static void
refuse_many(struct reader *r, struct argot_span span, const char *text, int most)
{
    if (!r->failed)
        argot_gen_error(r->gen, ARGOT_CODE_TOO_MANY, span, text, most);
    r->failed = true;
}

/* Text on both sides of a part's border is one text: what ends a field is all of it. */
static bool
joins(struct reader *r, struct argot_gen_sequence *sequence, const struct argot_gen_element *element)
{
    struct argot_gen_element *last = sequence->count ? sequence->elements[sequence->count - 1] : NULL;
    if (!last || last->kind != ARGOT_GEN_LITERAL || element->kind != ARGOT_GEN_LITERAL)
        return false;
    if (last->length + element->length > ARGOT_GEN_MAX_LITERAL_BYTES) {
        refuse_many(r, element->span, "a text between fields has at most %d bytes", ARGOT_GEN_MAX_LITERAL_BYTES);
        return true;
    }
    struct argot_gen_element *both = argot_gen_alloc(r->gen, 1, sizeof *both);
    char *text = argot_gen_alloc(r->gen, last->length + element->length + 1, 1);
    memcpy(text, last->text, last->length);
    memcpy(text + last->length, element->text, element->length);
    *both = *last; /* a copy, since the part's own piece is used elsewhere too */
    both->text = text;
    both->length = last->length + element->length;
    sequence->elements[sequence->count - 1] = both;
    return true;
}

static void
push(struct reader *r, struct argot_gen_sequence *sequence, struct argot_gen_element *element)
{
    if (r->failed)
        return;
    if (++r->gen->all_pieces > ARGOT_GEN_MAX_PIECES) {
        refuse_many(r, element->span, "the templates of a format hold at most %d pieces, parts counted at each use",
                    ARGOT_GEN_MAX_PIECES);
        return;
    }
    if (joins(r, sequence, element))
        return;
    if (sequence->count == ELEMENTS_MAX || ++r->gen->pieces > TEMPLATE_MAX) {
        if (!r->failed)
            argot_gen_error(r->gen, ARGOT_CODE_TOO_MANY, element->span,
                            "a template holds at most %d pieces side by side and %d in all", ELEMENTS_MAX,
                            TEMPLATE_MAX);
        r->failed = true;
        return;
    }
    /* Grown in powers of two: a capacity is not kept, the count tells it. */
    if ((sequence->count & (sequence->count - 1)) == 0) {
        struct argot_gen_element **grown =
            argot_gen_alloc(r->gen, sequence->count ? sequence->count * 2 : 1, sizeof *grown);
        if (sequence->count)
            memcpy(grown, sequence->elements, sequence->count * sizeof *grown);
        sequence->elements = grown;
    }
    sequence->elements[sequence->count++] = element;
}

static void
push_literal(struct reader *r, struct argot_gen_sequence *sequence, const char *text, size_t length, size_t begin)
{
    struct argot_gen_element *element = element_new(r, ARGOT_GEN_LITERAL, begin);
    element->text = text;
    element->length = length;
    push(r, sequence, element);
}

/* Text up to what ends it. "{{" is a brace; in a group `|` and `)}` end it. */
static void
read_text(struct reader *r, struct argot_gen_sequence *sequence, bool in_group)
{
    char *out = argot_gen_alloc(r->gen, r->length - r->at + 1, 1);
    size_t n = 0, begin = r->at;
    while (r->at < r->length) {
        const char *p = r->text + r->at;
        size_t left = r->length - r->at;
        if (p[0] == '{') {
            if (left < 2 || p[1] != '{')
                break;
            r->at++;
        } else if (in_group &&
                   (p[0] == '|' || (left >= 2 && p[0] == ')' && p[1] == '}') || (left >= 3 && !memcmp(p, ")?}", 3)))) {
            break;
        } else if (p[0] == '}' && left >= 2 && p[1] == '}') {
            argot_gen_error(r->gen, ARGOT_CODE_TEMPLATE_BRACE, span_at(r, r->at, r->at + 2),
                            "`}}` in a template: one `}` is meant, it is never doubled");
            r->failed = true;
        } else if (p[0] == '\n' && !r->failed) {
            argot_gen_error(r->gen, ARGOT_CODE_TEMPLATE_LINES, span_at(r, r->at, r->at + 1),
                            "a line break in a template, which fits one line")
                ->hint = "a block that begins with |- leaves out the last line break";
            r->failed = true;
        }
        out[n++] = r->text[r->at++];
    }
    if (n)
        push_literal(r, sequence, out, n, begin);
}

static void
read_group(struct reader *r, struct argot_gen_sequence *sequence, size_t begin)
{
    struct argot_gen_element *group = element_new(r, ARGOT_GEN_GROUP, begin);
    struct argot_gen_sequence **alternatives = argot_gen_alloc(r->gen, 64, sizeof *alternatives);
    if (++r->depth > PART_DEPTH_MAX) {
        argot_gen_error(r->gen, ARGOT_CODE_TOO_MANY, group->span, "groups are nested at most %d deep", PART_DEPTH_MAX);
        r->failed = true;
        return;
    }
    for (;;) {
        if (group->nalternatives == 64) {
            argot_gen_error(r->gen, ARGOT_CODE_TOO_MANY, group->span, "a group holds at most 64 alternatives");
            r->failed = true;
            return;
        }
        struct argot_gen_sequence *alternative = read_sequence(r, true);
        if (r->failed)
            return;
        if (!alternative->count) {
            argot_gen_error(r->gen, ARGOT_CODE_EMPTY_ALTERNATIVE, span_at(r, begin, r->at),
                            "an empty alternative in a group")
                ->hint = "write {(…)?} for what may be missing";
            r->failed = true;
            return;
        }
        alternatives[group->nalternatives++] = alternative;
        if (r->at < r->length && r->text[r->at] == '|') {
            r->at++;
            continue;
        }
        break;
    }
    if (r->at == r->length) {
        argot_gen_error(r->gen, ARGOT_CODE_TEMPLATE_BRACE, span_at(r, begin, begin + 2), "this `{(` has no `)}`");
        r->failed = true;
        return;
    }
    group->optional = r->text[r->at + 1] == '?';
    r->at += group->optional ? 3 : 2;
    group->span = span_at(r, begin, r->at);
    group->alternatives = alternatives;
    r->depth--;
    for (size_t i = 0; group->optional && i < group->nalternatives; i++)
        if (argot_gen_sequence_nullable(alternatives[i])) {
            argot_gen_error(r->gen, ARGOT_CODE_OPTIONAL_EMPTY, group->span,
                            "this optional group holds something that may be empty itself")
                ->hint = "drop the outer ( )?, or let the inside hold a text";
            r->failed = true;
        }
    push(r, sequence, group);
}

static bool
in_use(const struct reader *r, const char *part)
{
    for (; r; r = r->user)
        if (r->part && !strcmp(r->part, part))
            return true;
    return false;
}

static struct argot_gen_sequence *
read_part_template(struct reader *user, const struct argot_yaml *yaml, const char *part)
{
    struct reader r = {user->gen, yaml, yaml->text, yaml->length, 0, user->depth + 1, user, part, false};
    struct argot_gen_sequence *sequence = read_sequence(&r, false);
    user->failed |= r.failed;
    return sequence;
}

static const struct argot_gen_named *
find_part(struct reader *r, const char *word, struct argot_span span)
{
    const char *names[256];
    size_t count = 0;
    for (struct argot_gen_named *part = r->gen->parts; part; part = part->next) {
        if (!strcmp(part->name, word)) {
            part->used = true;
            return part;
        }
        if (count < 256)
            names[count++] = part->name;
    }
    struct argot_diagnostic *d =
        argot_gen_error(r->gen, ARGOT_CODE_UNKNOWN_PART, span, "no part `%s` under `parts:`", word);
    argot_diagnostic_suggest(r->gen->diagnostics, d, word, names, count);
    return NULL;
}

/* {@word} and {@word?}: the part's templates as a group. */
static void
read_part(struct reader *r, struct argot_gen_sequence *sequence, size_t begin, size_t close)
{
    size_t end = close;
    bool optional = r->text[end - 1] == '?';
    end -= optional;
    const char *word = argot_arena_copy(r->gen->arena, r->text + begin + 2, end - begin - 2);
    struct argot_gen_element *group = element_new(r, ARGOT_GEN_GROUP, begin);
    group->span = span_at(r, begin, close + 1);
    group->optional = optional;
    r->at = close + 1;
    const struct argot_gen_named *part = find_part(r, word, group->span);
    if (!part) {
        r->failed = true;
        return;
    }
    if (in_use(r, part->name)) {
        argot_gen_error(r->gen, ARGOT_CODE_PART_LOOP, group->span, "the part `%s` holds itself", word);
        r->failed = true;
        return;
    }
    if (r->depth >= PART_DEPTH_MAX) {
        refuse_many(r, group->span, "parts and groups are nested at most %d deep", PART_DEPTH_MAX);
        return;
    }
    const struct argot_yaml *yaml = part->yaml;
    size_t count = argot_yaml_several(yaml);
    group->alternatives = argot_gen_alloc(r->gen, count + 1, sizeof *group->alternatives);
    for (size_t i = 0; i < count && !r->failed; i++) {
        const struct argot_yaml *one = argot_yaml_nth(yaml, i);
        group->alternatives[group->nalternatives++] = read_part_template(r, one, part->name);
    }
    if (r->failed)
        return;
    for (size_t i = 0; optional && i < count; i++)
        if (argot_gen_sequence_nullable(group->alternatives[i])) {
            argot_gen_error(r->gen, ARGOT_CODE_OPTIONAL_EMPTY, group->span,
                            "the part `%s` may be empty itself: write {@%s}", word, word);
            r->failed = true;
            return;
        }
    if (group->nalternatives == 1 && !optional) {
        for (size_t i = 0; i < group->alternatives[0]->count; i++)
            push(r, sequence, group->alternatives[0]->elements[i]);
        return;
    }
    push(r, sequence, group);
}

static const struct argot_gen_type *
find_type(const struct argot_gen *gen, const char *word, size_t length)
{
    for (const struct argot_gen_type *type = gen->types; type; type = type->next)
        if (strlen(type->name) == length && !memcmp(type->name, word, length))
            return type;
    return NULL;
}

/* The lexers that the types of the targets ask for, where no way of writing says it. */
static uint32_t
lexes_of_targets(const struct argot_gen *gen, const struct argot_value *value)
{
    uint32_t lexes = 0;
    for (unsigned t = 0; t < value->ntargets; t++)
        for (unsigned i = 0; i < value->targets[t].count; i++) {
            uint16_t dest = value->targets[t].dests[i];
            lexes |= 1u << (dest == ARGOT_DROP ? ARGOT_GEN_LEX_STRING : argot_gen_lex_of_type(gen->dests[dest].type));
        }
    if (lexes & 1u << ARGOT_GEN_LEX_STRING)
        return 1u << ARGOT_GEN_LEX_STRING;
    if (lexes & 1u << ARGOT_GEN_LEX_HOST)
        return 1u << ARGOT_GEN_LEX_HOST;
    return lexes;
}

static void
set_block(struct reader *r, struct argot_gen_element *field, struct argot_value *value, const struct argot_gen_how *how)
{
    struct argot_gen *gen = r->gen;
    const struct argot_block *block = NULL;
    if (how->lex == ARGOT_GEN_LEX_KV)
        block = gen->message_kv ? gen->message_kv : gen->kv;
    else if (how->lex == ARGOT_GEN_LEX_CSV)
        block = gen->csv;
    else if (how->lex == ARGOT_GEN_LEX_JSON)
        block = gen->json;
    else
        block = gen->sd;
    if (!block) {
        argot_gen_error(gen, ARGOT_CODE_NO_BLOCK, field->span, "no `%s:` block says what the fields of this piece are",
                        how->word)
            ->hint = "the format or its message has one; values inside a block are read before there is any";
        r->failed = true;
        return;
    }
    value->block = block;
    field->kv = block->kv;
}

static bool
only_drops(const struct argot_value *value)
{
    for (unsigned t = 0; t < value->ntargets; t++)
        for (unsigned i = 0; i < value->targets[t].count; i++)
            if (value->targets[t].dests[i] != ARGOT_DROP)
                return false;
    return true;
}

/* The word behind the colon: a strptime text, a type of the file, or a way of writing with an argument. */
static const struct argot_gen_how *
read_how(struct reader *r, struct argot_gen_element *field, const char *word, size_t length, const char **argument,
         size_t *argument_length)
{
    struct argot_gen *gen = r->gen;
    *argument = NULL;
    *argument_length = 0;
    if (length && word[0] == '%') {
        *argument = word;
        *argument_length = length;
        field->text = word;
        field->length = length;
        return argot_gen_how_find("%", 1);
    }
    const char *open = memchr(word, '(', length);
    if (open && word[length - 1] == ')') {
        *argument = open + 1;
        *argument_length = (size_t)(word + length - 1 - open - 1);
        length = (size_t)(open - word);
    }
    const struct argot_gen_type *type = find_type(gen, word, length);
    if (type) {
        field->type = type;
        return argot_gen_how_find("", 0);
    }
    const struct argot_gen_how *how = argot_gen_how_find(word, length);
    if (how && length)
        return how;
    const char *copy = argot_arena_copy(gen->arena, word, length);
    argot_gen_suggest_how(gen,
                          argot_gen_error(gen, ARGOT_CODE_UNKNOWN_HOW, field->span,
                                          "`%s` is no way of writing and no type of this file", copy),
                          copy);
    r->failed = true;
    return NULL;
}

static void
read_field(struct reader *r, struct argot_gen_sequence *sequence, size_t begin, size_t close)
{
    struct argot_gen *gen = r->gen;
    struct argot_gen_element *field = element_new(r, ARGOT_GEN_FIELD, begin);
    field->span = span_at(r, begin, close + 1);
    const char *text = r->text + begin + 1;
    size_t length = close - begin - 1;
    r->at = close + 1;
    field->name = argot_arena_copy(gen->arena, r->text + begin, close + 1 - begin);
    const char *colon = memchr(text, ':', length), *argument = NULL;
    size_t targets_length = colon ? (size_t)(colon - text) : length, argument_length = 0;
    const struct argot_gen_how *how = NULL;
    if (colon && !(how = read_how(r, field, colon + 1, length - targets_length - 1, &argument, &argument_length)))
        return;
    struct argot_value *value = argot_gen_alloc(gen, 1, sizeof *value);
    struct argot_span span = span_at(r, begin + 1, begin + 1 + targets_length);
    if (!argot_gen_targets(gen, value, text, targets_length, span, r->yaml->verbatim, how, argument, argument_length)) {
        r->failed = true;
        return;
    }
    field->lexes = field->type ? 1u << ARGOT_GEN_LEX_TYPE : how ? 1u << how->lex : lexes_of_targets(gen, value);
    if (how && how->how == ARGOT_HOW_BLOCK)
        set_block(r, field, value, how);
    field->value = value->block || !only_drops(value) ? value : NULL;
    push(r, sequence, field);
}

/* What stands between a brace and its end. */
static void
read_brace(struct reader *r, struct argot_gen_sequence *sequence)
{
    size_t begin = r->at;
    const char *p = r->text + begin;
    size_t left = r->length - begin;
    if (left >= 2 && p[1] == '(') {
        r->at += 2;
        read_group(r, sequence, begin);
        return;
    }
    const char *close = memchr(p, '}', left);
    if (!close || close == p + 1) {
        argot_gen_error(r->gen, ARGOT_CODE_TEMPLATE_BRACE, span_at(r, begin, begin + 1),
                        close ? "`{}` names no field" : "this `{` has no `}`")
            ->hint = "a brace as text is written {{";
        r->failed = true;
        return;
    }
    size_t end = (size_t)(close - r->text);
    const char *inner = memchr(p + 1, '{', (size_t)(close - p - 1)), *colon = memchr(p, ':', (size_t)(close - p));
    if (inner && (!colon || inner < colon)) {
        argot_gen_error(r->gen, ARGOT_CODE_TEMPLATE_BRACE, span_at(r, begin, begin + 1), "this `{` has no `}`")->hint =
            "a brace as text is written {{";
        r->failed = true;
        return;
    }
    if (p[1] == '@') {
        read_part(r, sequence, begin, end);
    } else if (p[1] == '|' && close == p + 2) {
        r->at = end + 1;
        push_literal(r, sequence, "|", 1, begin);
    } else if (p[1] == ' ' && (close == p + 2 || (close == p + 3 && p[2] == '?'))) {
        r->at = end + 1;
        struct argot_gen_element *blanks = element_new(r, ARGOT_GEN_BLANKS, begin);
        blanks->optional = close == p + 3;
        push(r, sequence, blanks);
    } else {
        read_field(r, sequence, begin, end);
    }
}

static struct argot_gen_sequence *
read_sequence(struct reader *r, bool in_group)
{
    struct argot_gen_sequence *sequence = argot_gen_alloc(r->gen, 1, sizeof *sequence);
    while (r->at < r->length && !r->failed) {
        const char *p = r->text + r->at;
        size_t left = r->length - r->at;
        if (in_group && (p[0] == '|' || (left >= 2 && !memcmp(p, ")}", 2)) || (left >= 3 && !memcmp(p, ")?}", 3))))
            break;
        if (p[0] == '{' && !(left >= 2 && p[1] == '{'))
            read_brace(r, sequence);
        else
            read_text(r, sequence, in_group);
    }
    return sequence;
}

struct argot_gen_lexer *
argot_gen_lexer_new(struct argot_gen *gen)
{
    struct argot_gen_lexer *lexer = argot_gen_alloc(gen, 1, sizeof *lexer);
    static const unsigned none = 0;
    lexer->number = none;
    for (struct argot_gen_lexer *other = gen->lexers; other; other = other->next)
        lexer->number = other->number + 1;
    *gen->lexers_end = lexer;
    gen->lexers_end = &lexer->next;
    return lexer;
}

static void
grow(struct argot_gen *gen, struct argot_gen_lexer *lexer)
{
    size_t count = lexer->abi.ntemplates, capacity = count ? count * 2 : 1;
    if (count & (count - 1)) { /* in powers of two: the count tells the capacity */
        lexer->abi.ntemplates++;
        return;
    }
    struct argot_template *templates = argot_gen_alloc(gen, capacity, sizeof *templates);
    struct argot_gen_template *trees = argot_gen_alloc(gen, capacity, sizeof *trees);
    if (count) {
        memcpy(templates, lexer->abi.templates, count * sizeof *templates);
        memcpy(trees, lexer->trees, count * sizeof *trees);
    }
    lexer->abi.templates = templates;
    lexer->trees = trees;
    lexer->abi.ntemplates++;
}

/* The captures of one template. */
struct captures {
    const struct argot_value *values[ARGOT_MAX_CAPTURES];
    const char *names[ARGOT_MAX_CAPTURES];
    int count;
    bool too_many;
    struct argot_span span; /* of the field that is one too many */
};

/* Numbers the fields of a sequence; `before` is the last number on the way to it. Fields that are written alike and can
 * never stand on one path share a number, as long as numbers rise along each path. Returns the last number behind. */
static int
number_captures(struct captures *captures, const struct argot_gen_sequence *sequence, int before)
{
    for (size_t i = 0; i < sequence->count; i++) {
        struct argot_gen_element *element = sequence->elements[i];
        int furthest = before, at = before + 1;
        for (size_t k = 0; element->kind == ARGOT_GEN_GROUP && k < element->nalternatives; k++) {
            int behind = number_captures(captures, element->alternatives[k], before);
            furthest = behind > furthest ? behind : furthest;
        }
        before = furthest;
        if (element->kind != ARGOT_GEN_FIELD || !element->value)
            continue;
        while (at < captures->count && strcmp(captures->names[at], element->name))
            at++;
        if (at == ARGOT_MAX_CAPTURES) {
            captures->too_many = true;
            captures->span = element->span;
            return before;
        }
        if (at == captures->count) {
            captures->values[at] = element->value;
            captures->names[at] = element->name;
            captures->count++;
        }
        element->capture = before = at;
    }
    return before;
}

static void
add_template(struct argot_gen *gen, struct argot_gen_lexer *lexer, const struct argot_yaml *yaml, uint16_t message,
             struct argot_gen_sequence *tree)
{
    struct captures captures = {.count = 0};
    number_captures(&captures, tree, -1);
    if (captures.too_many) {
        argot_gen_error(gen, ARGOT_CODE_TOO_MANY, captures.span, "a template holds at most %d fields",
                        ARGOT_MAX_CAPTURES);
        return;
    }
    grow(gen, lexer);
    size_t last = lexer->abi.ntemplates - 1u;
    struct argot_template *template = (struct argot_template *)&lexer->abi.templates[last];
    const struct argot_value **values = argot_gen_alloc(gen, (size_t)captures.count + 1, sizeof *values);
    memcpy(values, captures.values, (size_t)captures.count * sizeof *values);
    template->message = message;
    template->ncaptures = (uint16_t)captures.count;
    template->captures = values;
    template->source = yaml->text;
    lexer->trees[last] = (struct argot_gen_template){tree, yaml->text, yaml->span};
}

static void
add_one(struct argot_gen *gen, struct argot_gen_lexer *lexer, const struct argot_yaml *yaml, uint16_t message,
        const char *message_id)
{
    if (!argot_gen_text(gen, yaml, "a template"))
        return;
    if (!yaml->length) {
        argot_gen_error(gen, ARGOT_CODE_EMPTY_TEMPLATE, yaml->span, "an empty template would fit the empty line only");
        return;
    }
    if (yaml->length > ARGOT_GEN_MAX_TEMPLATE_BYTES) {
        argot_gen_error(gen, ARGOT_CODE_TOO_MANY, yaml->span, "a template has at most %d bytes",
                        ARGOT_GEN_MAX_TEMPLATE_BYTES);
        return;
    }
    if (lexer->abi.ntemplates == ARGOT_GEN_MAX_TEMPLATES) {
        argot_gen_error(gen, ARGOT_CODE_TOO_MANY, yaml->span, "more than %d templates for the same lines",
                        ARGOT_GEN_MAX_TEMPLATES);
        return;
    }
    gen->pieces = 0;
    struct reader r = {gen, yaml, yaml->text, yaml->length, 0, 0, NULL, NULL, false};
    struct argot_gen_sequence *tree = read_sequence(&r, false);
    if (!r.failed && argot_gen_template_check(gen, tree, message_id))
        add_template(gen, lexer, yaml, message, tree);
}

void
argot_gen_lexer_add(struct argot_gen *gen, struct argot_gen_lexer *lexer, const struct argot_yaml *node,
                    uint16_t message, const char *message_id)
{
    if (node->kind != ARGOT_YAML_LIST) {
        add_one(gen, lexer, node, message, message_id);
        return;
    }
    for (size_t i = 0; i < node->count; i++)
        add_one(gen, lexer, node->items[i], message, message_id);
}
