/* SPDX-License-Identifier: Apache-2.0
 * Keys: the rule's and each step's add up; every event of a rule must end with the same names and types. The first
 * event gives their order. */
#include "grammar/check_rule.h"
#include <string.h>

struct event_keys { /* of one event */
    size_t count;
    const char **names;
    const struct argot_expr **values;
    const struct argot_ast_key **asts;
};

static const char *
name_of(const struct argot_ast_key *key)
{
    return key->as.text.at ? key->as.text.at : key->expr->text.at;
}

static struct argot_place
place_of(const struct argot_ast_key *key)
{
    return key->place;
}

/* ---- the keys of one event ---- */

static bool
add_key(struct argot_rule_builder *builder, struct argot_scope *scope, const struct argot_ast_key *key,
        struct event_keys *keys)
{
    const char *name = name_of(key);
    for (size_t i = 0; i < keys->count; i++) {
        if (strcmp(keys->names[i], name) != 0)
            continue;
        argot_check_second(builder->checker,
                           argot_clauses_refuse(builder, ARGOT_CODE_RULE_KEYS, place_of(key),
                                                "two keys have one name; `as` gives one of them another"),
                           builder->symbol->file, place_of(keys->asts[i]), "the other");
        return false;
    }
    struct argot_expr *value = argot_check_value(scope, key->expr);
    if (value && value->list) {
        argot_clauses_refuse(builder, ARGOT_CODE_RULE_KEYS, place_of(key),
                             "a list is no key; name one of its items: f[0]");
        value = NULL;
    }
    if (!value) {
        builder->good = false;
        return false;
    }
    keys->names[keys->count] = name;
    keys->values[keys->count] = value;
    keys->asts[keys->count++] = key;
    return true;
}

static size_t
length_of(const struct argot_ast_key *key)
{
    size_t count = 0;
    for (; key; key = key->next)
        count++;
    return count;
}

/* Of a sequence or together the rule's keys come first; a match has its own instead of the rule's. */
static bool
gather(struct argot_rule_builder *builder, const struct argot_rule_event *event, struct event_keys *keys)
{
    struct argot_checker *checker = builder->checker;
    bool steps = builder->rule->kind == ARGOT_PLAN_SEQUENCE || builder->rule->kind == ARGOT_PLAN_TOGETHER;
    const struct argot_ast_key *common = steps && builder->by ? builder->by->keys : NULL;
    size_t room = length_of(common) + length_of(event->own);
    struct argot_scope scope = argot_event_scope(&builder->base, event->event);
    bool good = true;
    keys->names = argot_check_alloc(checker, room, sizeof *keys->names);
    keys->values = argot_check_alloc(checker, room, sizeof *keys->values);
    keys->asts = argot_check_alloc(checker, room, sizeof *keys->asts);
    for (const struct argot_ast_key *key = common; key; key = key->next)
        good = add_key(builder, &scope, key, keys) && good;
    for (const struct argot_ast_key *key = event->own; key; key = key->next)
        good = add_key(builder, &scope, key, keys) && good;
    return good;
}

/* ---- all events alike ---- */

static void
refuse_other_names(struct argot_rule_builder *builder, const struct argot_rule_event *event,
                   const struct event_keys *keys)
{
    struct argot_buffer names;
    argot_buffer_init(&names, builder->checker->seam);
    for (uint32_t i = 0; i < builder->rule->nkeys; i++)
        argot_buffer_printf(&names, "%s%s", i ? ", " : "", builder->rule->keys[i].name);
    argot_buffer_append_byte(&names, '\0');
    struct argot_span span = event->event->place.span;
    struct argot_place place = {.begin = 0, .end = span.length, .line = span.line, .column = span.column};
    struct argot_diagnostic *said = argot_check_add(
        builder->checker, builder->symbol->file, ARGOT_ERROR, ARGOT_CODE_RULE_KEYS, place,
        "this has %zu key%s, the first event of the rule %u (%s)", keys->count, keys->count == 1 ? "" : "s",
        (unsigned)builder->rule->nkeys, names.failed || builder->rule->nkeys == 0 ? "none" : (char *)names.bytes);
    argot_check_hint(builder->checker, said, "every event of a rule has keys of the same names: `by field as name`");
    argot_buffer_finish(&names);
    builder->good = false;
}

/* The value for a key of the rule; texts stand for words of enums where the types differ. */
static const struct argot_expr *
value_for(struct argot_rule_builder *builder, struct argot_scope *scope, const struct argot_plan_key *key,
          struct event_keys *keys, size_t i)
{
    struct argot_expr *value = (struct argot_expr *)(uintptr_t)keys->values[i];
    bool words = value->type == ARGOT_EXPR_ENUM_TYPE && key->type == ARGOT_EXPR_TEXT_TYPE;
    if (words || (value->type == ARGOT_EXPR_UNTYPED_TYPE && key->type == ARGOT_EXPR_TEXT_TYPE))
        return argot_check_as_text(scope, value);
    if (value->type == ARGOT_EXPR_UNTYPED_TYPE)
        return argot_check_read(scope, value, key->type, key->enum_field);
    if (value->type == key->type && (value->type != ARGOT_EXPR_ENUM_TYPE || value->field == key->enum_field))
        return value;
    argot_check_add(builder->checker, builder->symbol->file, ARGOT_ERROR, ARGOT_CODE_RULE_KEYS, place_of(keys->asts[i]),
                    "the key `%s` is %s here and %s in the first event of the rule", key->name,
                    argot_expr_type_words(value->type), argot_expr_type_words(key->type));
    builder->good = false;
    return value;
}

static void
assign(struct argot_rule_builder *builder, struct argot_rule_event *event, struct event_keys *keys,
       struct argot_plan_key *rule_keys)
{
    struct argot_plan_rule *rule = builder->rule;
    struct argot_scope scope = argot_event_scope(&builder->base, event->event);
    const struct argot_expr **values = argot_check_alloc(builder->checker, rule->nkeys, sizeof *values);
    bool same = keys->count == rule->nkeys;
    for (uint32_t i = 0; i < rule->nkeys && same; i++) {
        size_t at = 0;
        while (at < keys->count && strcmp(keys->names[at], rule->keys[i].name) != 0)
            at++;
        same = at < keys->count;
        if (!same)
            break;
        values[i] = value_for(builder, &scope, &rule->keys[i], keys, at);
        rule_keys[i].optional = rule_keys[i].optional || keys->asts[at]->optional;
    }
    if (!same)
        refuse_other_names(builder, event, keys);
    event->event->keys = values;
}

/* ---- the rule's keys, from its first event ---- */

static int32_t
column_of(const char *name, const struct argot_expr *value)
{
    int field = argot_schema_find(name);
    bool list;
    if (field < 0 || argot_expr_type_of(argot_schema.fields[field].type, &list) != value->type || list)
        return -1;
    return value->type == ARGOT_EXPR_ENUM_TYPE && value->field != field ? -1 : field;
}

static struct argot_plan_key *
make_rule_keys(struct argot_rule_builder *builder, const struct event_keys *keys)
{
    struct argot_plan_key *made = argot_check_alloc(builder->checker, keys->count, sizeof *made);
    for (size_t i = 0; i < keys->count; i++)
        made[i] = (struct argot_plan_key){
            .name = keys->names[i],
            .type = keys->values[i]->type,
            .enum_field = keys->values[i]->field,
            .field = column_of(keys->names[i], keys->values[i]),
        };
    builder->rule->keys = made;
    builder->rule->nkeys = (uint32_t)keys->count;
    return made;
}

/* The first positive event leads: a leading `without` or an `until` may stand before it. */
static size_t
first_event(const struct argot_rule_builder *builder)
{
    for (size_t i = 0; i < builder->nevents && builder->npositive; i++)
        if (builder->events[i].event == builder->positive[0])
            return i;
    return 0;
}

void
argot_keys_make(struct argot_rule_builder *builder)
{
    if (builder->nevents == 0)
        return;
    struct event_keys *keys = argot_check_alloc(builder->checker, builder->nevents, sizeof *keys);
    bool good = true;
    for (size_t i = 0; i < builder->nevents; i++)
        good = gather(builder, &builder->events[i], &keys[i]) && good;
    if (!good)
        return;
    struct argot_plan_key *rule_keys = make_rule_keys(builder, &keys[first_event(builder)]);
    for (size_t i = 0; i < builder->nevents; i++)
        assign(builder, &builder->events[i], &keys[i], rule_keys);
}
