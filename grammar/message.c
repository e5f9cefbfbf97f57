/* SPDX-License-Identifier: Apache-2.0
 * The text of an alert: words, and {names} of keys, fields of the newest cause, captures and alert.… in between. */
#include "grammar/check_rule.h"
#include "grammar/value.h"
#include <string.h>

struct message {
    struct argot_rule_builder *builder;
    struct argot_scope scope;
    const struct argot_ast_expr *text; /* the literal, for places */
    struct argot_plan_piece *pieces;
    uint32_t count;
};

static void
add_text(struct message *message, const char *at, size_t length)
{
    if (length)
        message->pieces[message->count++].text = (struct argot_expr_text){at, (uint32_t)length};
}

/* The place of some bytes of the text: exact where the literal has no escapes before them. */
static struct argot_place
place_of(const struct message *message, size_t offset, size_t length)
{
    struct argot_place place = message->text->place;
    const char *source = message->builder->checker->files[message->scope.file]->diagnostics->source + place.begin + 1;
    if (memcmp(source, message->text->text.at, offset + length) != 0)
        return place;
    place.begin += (uint32_t)offset + 1;
    place.column += (uint32_t)offset + 1;
    place.end = place.begin + (uint32_t)length;
    return place;
}

static void
refuse(struct message *message, struct argot_place place, const char *text)
{
    argot_check_hint(message->builder->checker,
                     argot_check_add(message->builder->checker, message->scope.file, ARGOT_ERROR,
                                     ARGOT_CODE_RULE_MESSAGE, place, "%s", text),
                     "`{name}` is the value of a field, key or step; `{{` is a brace");
    message->builder->good = false;
}

static bool
is_part(const char *at, size_t length)
{
    if (length > 2 && at[0] == '`' && at[length - 1] == '`')
        return !memchr(at + 1, '`', length - 2);
    for (size_t i = 0; i < length; i++)
        if (at[i] != '_' && !(at[i] >= '0' && at[i] <= '9') && !((at[i] | 0x20) >= 'a' && (at[i] | 0x20) <= 'z'))
            return false;
    return length > 0;
}

/* Parts with dots between them. */
static bool
is_name(const char *at, size_t length)
{
    size_t begin = 0;
    bool quoted = false;
    for (size_t i = 0; i <= length; i++) {
        quoted = i < length && at[i] == '`' ? !quoted : quoted;
        if (i < length && (at[i] != '.' || quoted))
            continue;
        if (!is_part(at + begin, i - begin))
            return false;
        begin = i + 1;
    }
    return true;
}

static void
add_name(struct message *message, const char *at, size_t length, struct argot_place place)
{
    if (!is_name(at, length)) {
        refuse(message, place, "a name is due between braces");
        return;
    }
    struct argot_ast_expr *name = argot_check_alloc(message->builder->checker, 1, sizeof *name);
    name->kind = ARGOT_AST_NAME;
    name->place = place;
    argot_value_name(message->builder->checker->files[message->scope.file]->diagnostics, name, at, (uint32_t)length);
    struct argot_expr *value = name->parts ? argot_scope_name(&message->scope, name) : NULL;
    message->pieces[message->count].expr = value;
    message->count += value != NULL;
    message->builder->good = message->builder->good && value;
}

static void
split(struct message *message, struct argot_ast_text text)
{
    size_t begin = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] != '{')
            continue;
        bool brace = i + 1 < text.length && text.at[i + 1] == '{';
        add_text(message, text.at + begin, i - begin + brace);
        const char *close = brace ? NULL : memchr(text.at + i, '}', text.length - i);
        if (!brace && !close) {
            refuse(message, place_of(message, i, 1), "this brace is not closed");
            return;
        }
        size_t length = brace ? 0 : (size_t)(close - text.at) - i - 1;
        if (!brace)
            add_name(message, text.at + i + 1, length, place_of(message, i + 1, length));
        i += length + 1;
        begin = i + 1;
    }
    add_text(message, text.at + begin, text.length - begin);
}

/* What the newest cause can be: the last step of a sequence, else any event that counts. */
static struct argot_scope
scope_of_cause(struct argot_rule_builder *builder)
{
    struct argot_scope scope = builder->base;
    size_t only = builder->rule->kind == ARGOT_PLAN_SEQUENCE ? builder->npositive : builder->npositive == 1;
    if (only)
        scope = argot_event_scope(&builder->base, builder->positive[only - 1]);
    else
        scope.any_type = true;
    scope.alerts = true; /* alert.… is of the alert itself */
    scope.keys = builder->rule->keys;
    scope.nkeys = builder->rule->nkeys;
    scope.captures = builder->captures;
    scope.ncaptures = builder->ncaptures;
    return scope;
}

void
argot_message_make(struct argot_rule_builder *builder)
{
    struct argot_clause_ref ref = builder->single[ARGOT_AST_CLAUSE_ALERT];
    struct argot_plan_rule *rule = builder->rule;
    size_t room = ref.clause ? (size_t)ref.clause->value->text.length + 1 : 1;
    struct message message = {
        .builder = builder,
        .scope = scope_of_cause(builder),
        .pieces = argot_check_alloc(builder->checker, room, sizeof *message.pieces),
    };
    if (ref.clause) {
        message.scope.file = ref.file;
        message.text = ref.clause->value;
        split(&message, ref.clause->value->text);
    } else {
        add_text(&message, rule->title, strlen(rule->title));
    }
    rule->pieces = message.pieces;
    rule->npieces = message.count;
}
