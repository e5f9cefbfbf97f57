/* SPDX-License-Identifier: Apache-2.0
 * argot rules: which rules there are, what they read, and which formats can feed them. */
#include "cli/args.h"
#include "cli/commands.h"
#include "cli/load.h"
#include "cli/rule_facts.h"
#include "cli/rule_words.h"
#include "cli/ruleset.h"
#include "cli/say.h"
#include "cli/stock.h"
#include "correlate/bounds.h"
#include "output/json.h"

#define HINT_BYTES 256
#define NAMES_MAX 512 /* looked at for the nearest */
#define BELOW_NAMED 5 /* rules whose alerts one takes, on its line of the list */

enum { OPTION_RULES, OPTION_OUTPUT, OPTION_LOAD, OPTION_VERBOSE, OPTION_COUNT };

static const struct argot_option options[] = {
    [OPTION_RULES] = ARGOT_RULESET_OPTION,
    [OPTION_OUTPUT] = {"output", 'o', "KIND", "text, or jsonl with all there is; text by default"},
    [OPTION_LOAD] = ARGOT_LOAD_OPTION,
    [OPTION_VERBOSE] = {"verbose", 'v', NULL, "all there is about each rule; the same as to name it"},
};

struct rules_command {
    struct argot_args args;
    struct argot_ruleset rules;
    struct argot_arena arena;
    const struct argot_plan *plan;
    const struct argot_rule_facts *facts;
    bool verbose, json;
    int widest;
    struct argot_buffer out;
};

/* ---- words ---- */

static void
put_name(struct argot_buffer *out, const char *name)
{
    argot_say_escape(out, name, strlen(name));
}

/* ---- lists of names: in words, or as JSON strings ---- */

struct list {
    struct argot_buffer *out;
    bool json;
    unsigned count;
};

static void
add_name(struct list *list, const char *name)
{
    if (list->count++)
        argot_buffer_append_text(list->out, list->json ? "," : ", ");
    if (list->json)
        argot_json_string((const uint8_t *)name, strlen(name), list->out);
    else
        put_name(list->out, name);
}

static void
add_types(struct list *list, const struct argot_rule_facts *facts)
{
    const struct argot_schema_field *types = &argot_schema.fields[argot_schema_find("event_type")];
    if (facts->any_type && !list->json)
        add_name(list, "any event");
    for (uint16_t i = 0; i < types->nvalues && !facts->any_type; i++)
        if (facts->types[i])
            add_name(list, types->values[i]);
}

static void
add_below(struct list *list, const struct argot_plan *plan, const struct argot_plan_rule *rule)
{
    for (uint32_t i = 0; i < rule->nbelow; i++)
        add_name(list, plan->rules[rule->below[i]].name);
}

static void
add_fields(struct list *list, const struct argot_rule_facts *facts)
{
    for (uint16_t i = 0; i < argot_schema.count; i++)
        if (facts->fields[i])
            add_name(list, argot_schema.fields[i].name);
}

static void
add_formats(struct list *list, const struct argot_registry *registry, const struct argot_rule_facts *facts)
{
    for (size_t i = 0; i < argot_registry_count(registry); i++)
        if (facts->formats[i])
            add_name(list, argot_registry_at(registry, i)->name);
}

static void
add_keys(struct list *list, const struct argot_plan_rule *rule)
{
    for (uint32_t i = 0; i < rule->nkeys; i++)
        add_name(list, rule->keys[i].name);
}

static void
add_techniques(struct list *list, const struct argot_plan_rule *rule)
{
    for (uint32_t i = 0; i < rule->ntechniques; i++)
        add_name(list, rule->techniques[i]);
}

/* ---- text ---- */

static void
begin_row(struct argot_buffer *out, const char *name)
{
    argot_buffer_printf(out, "    %-9s ", name);
}

/* What the rule takes: types of event, alerts of rules. */
static void
put_taken(struct rules_command *command, const struct argot_plan_rule *rule, const struct argot_rule_facts *facts)
{
    struct list list = {&command->out, false, 0};
    add_types(&list, facts);
    if (rule->nbelow > BELOW_NAMED && !command->verbose) {
        argot_buffer_printf(&command->out, "%salerts of %u rules", list.count ? "; " : "", rule->nbelow);
    } else if (rule->nbelow) {
        argot_buffer_append_text(&command->out, list.count ? "; alerts of " : "alerts of ");
        list.count = 0;
        add_below(&list, command->plan, rule);
    }
}

static void
put_row(struct rules_command *command, const char *name, const struct argot_plan_rule *rule,
        void (*add)(struct list *list, const struct argot_plan_rule *rule))
{
    struct list list = {&command->out, false, 0};
    size_t before = command->out.length;
    begin_row(&command->out, name);
    add(&list, rule);
    if (list.count)
        argot_buffer_append_byte(&command->out, '\n');
    else
        command->out.length = before;
}

/* 640 B, 12.5 MB */
static void
add_bytes(struct argot_buffer *out, uint64_t bytes)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double value = (double)bytes;
    size_t unit = 0;
    for (; value >= 1000 && unit + 1 < sizeof units / sizeof *units; unit++)
        value /= 1000;
    argot_buffer_printf(out, unit ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

static void
put_details(struct rules_command *command, const struct argot_plan_rule *rule, const struct argot_rule_facts *facts)
{
    struct argot_buffer *out = &command->out;
    struct list list = {out, false, 0};
    begin_row(out, "title");
    put_name(out, rule->title);
    argot_buffer_append_byte(out, '\n');
    begin_row(out, "file");
    put_name(out, command->plan->files[rule->place.file].path);
    argot_buffer_printf(out, ":%u\n", rule->place.span.line);
    begin_row(out, "takes");
    put_taken(command, rule, facts);
    argot_buffer_append_byte(out, '\n');
    begin_row(out, "reads");
    add_fields(&list, facts);
    argot_buffer_append_byte(out, '\n');
    list.count = 0;
    begin_row(out, "fed by");
    add_formats(&list, command->args.cli->registry, facts);
    argot_buffer_append_text(out, list.count ? "\n" : rule->nbelow ? "other rules\n" : "no format\n");
    put_row(command, "keys", rule, add_keys);
    put_row(command, "ATT&CK", rule, add_techniques);
    begin_row(out, "bounds");
    argot_buffer_printf(out, "%llu keys, %llu events a key; depth %u%s\n", (unsigned long long)rule->limit_keys,
                        (unsigned long long)rule->limit_events, rule->depth,
                        rule->silent ? "; its alerts are silent" : "");
    if (!rule->stateful)
        return;
    struct argot_bounds bounds = argot_bounds_of(rule);
    begin_row(out, "memory");
    add_bytes(out, bounds.key_bytes);
    argot_buffer_append_text(out, " a key, ");
    add_bytes(out, bounds.key_most_bytes);
    argot_buffer_append_text(out, " at most, ");
    add_bytes(out, bounds.most_bytes);
    argot_buffer_append_text(out, " for all keys\n");
}

static void
show_text(struct rules_command *command, const struct argot_plan_rule *rule, const struct argot_rule_facts *facts)
{
    struct argot_buffer *out = &command->out;
    size_t before = out->length;
    put_name(out, rule->name);
    int length = (int)(out->length - before), pad = command->widest > length ? command->widest - length : 0;
    argot_buffer_printf(out, "%*s  %-13s  ", pad, "", argot_rule_words_severity(rule));
    argot_rule_words_kind(out, rule);
    if (!command->verbose) {
        argot_buffer_append_text(out, "  ");
        put_taken(command, rule, facts);
    }
    argot_buffer_append_byte(out, '\n');
    if (facts->why) {
        argot_buffer_append_text(out, "    cannot fire: ");
        put_name(out, facts->why);
        argot_buffer_append_byte(out, '\n');
    }
    if (command->verbose)
        put_details(command, rule, facts);
}

/* ---- JSON ---- */

static void
put_text_member(struct argot_buffer *out, const char *key, const char *text)
{
    argot_buffer_printf(out, ",\"%s\":", key);
    argot_json_string((const uint8_t *)text, strlen(text), out);
}

static struct list
begin_list(struct argot_buffer *out, const char *key)
{
    argot_buffer_printf(out, ",\"%s\":[", key);
    return (struct list){out, true, 0};
}

static void
put_lists(struct rules_command *command, const struct argot_plan_rule *rule, const struct argot_rule_facts *facts)
{
    struct argot_buffer *out = &command->out;
    struct list list = begin_list(out, "event_types");
    add_types(&list, facts);
    argot_buffer_printf(out, "],\"any_event\":%s", facts->any_type ? "true" : "false");
    list = begin_list(out, "alerts_of");
    add_below(&list, command->plan, rule);
    argot_buffer_append_byte(out, ']');
    list = begin_list(out, "fields");
    add_fields(&list, facts);
    argot_buffer_append_byte(out, ']');
    list = begin_list(out, "formats");
    add_formats(&list, command->args.cli->registry, facts);
    argot_buffer_append_byte(out, ']');
    list = begin_list(out, "keys");
    add_keys(&list, rule);
    argot_buffer_append_byte(out, ']');
    list = begin_list(out, "techniques");
    add_techniques(&list, rule);
    argot_buffer_append_byte(out, ']');
}

static void
show_json(struct rules_command *command, const struct argot_plan_rule *rule, const struct argot_rule_facts *facts)
{
    struct argot_buffer *out = &command->out;
    argot_buffer_append_text(out, "{\"rule\":");
    argot_json_string((const uint8_t *)rule->name, strlen(rule->name), out);
    put_text_member(out, "title", rule->title);
    put_text_member(out, "file", command->plan->files[rule->place.file].path);
    argot_buffer_printf(out, ",\"line\":%u", rule->place.span.line);
    put_text_member(out, "severity", argot_rule_words_severity(rule));
    argot_buffer_append_text(out, ",\"kind\":\"");
    argot_rule_words_kind(out, rule);
    argot_buffer_printf(out, "\",\"silent\":%s,\"stateful\":%s", rule->silent ? "true" : "false",
                        rule->stateful ? "true" : "false");
    put_lists(command, rule, facts);
    struct argot_bounds bounds = argot_bounds_of(rule);
    argot_buffer_printf(out,
                        ",\"depth\":%u,\"limit_keys\":%llu,\"limit_events\":%llu,\"key_bytes\":%llu,"
                        "\"key_most_bytes\":%llu,\"can_fire\":%s",
                        rule->depth, (unsigned long long)rule->limit_keys, (unsigned long long)rule->limit_events,
                        (unsigned long long)bounds.key_bytes, (unsigned long long)bounds.key_most_bytes,
                        facts->can_fire ? "true" : "false");
    if (facts->why)
        put_text_member(out, "why", facts->why);
    argot_buffer_append_text(out, "}\n");
}

/* ---- the command ---- */

static int64_t
find_rule(const struct argot_plan *plan, const char *name)
{
    for (uint32_t i = 0; i < plan->nrules; i++)
        if (!strcmp(plan->rules[i].name, name))
            return i;
    return -1;
}

static bool
is_known(const struct rules_command *command, const char *name)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    if (find_rule(command->plan, name) >= 0)
        return true;
    for (; count < command->plan->nrules && count < NAMES_MAX; count++)
        names[count] = command->plan->rules[count].name;
    char hint[HINT_BYTES];
    argot_say(command->args.cli->seam, "no rule is called `%s`%s (`argot rules` lists them)", name,
              argot_args_nearest(name, names, count, hint, sizeof hint));
    return false;
}

static void
show(struct rules_command *command, uint32_t number)
{
    const struct argot_plan_rule *rule = &command->plan->rules[number];
    if (command->json)
        show_json(command, rule, &command->facts[number]);
    else
        show_text(command, rule, &command->facts[number]);
}

static int
show_all(struct rules_command *command)
{
    const struct argot_args *args = &command->args;
    for (size_t i = 0; i < args->noperands; i++)
        if (!is_known(command, args->operands[i]))
            return ARGOT_EXIT_USAGE;
    command->facts = argot_rule_facts_make(&command->arena, args->cli->registry, command->plan);
    if (!command->facts) {
        argot_say(args->cli->seam, "there is no memory");
        return ARGOT_EXIT_FAILED;
    }
    command->verbose = command->verbose || args->noperands > 0;
    for (uint32_t i = 0; i < command->plan->nrules && !args->noperands; i++) {
        int length = (int)strlen(command->plan->rules[i].name);
        command->widest = length > command->widest ? length : command->widest;
    }
    for (uint32_t i = 0; i < command->plan->nrules && !args->noperands; i++)
        show(command, i);
    for (size_t i = 0; i < args->noperands; i++)
        show(command, (uint32_t)find_rule(command->plan, args->operands[i]));
    return argot_say_write(args->cli->seam, &command->out);
}

static bool
read_option(struct rules_command *command, int option, const char *value)
{
    switch (option) {
    case OPTION_RULES:
        return argot_ruleset_add(&command->rules, value);
    case OPTION_LOAD:
        return argot_load_option(&command->args, value);
    case OPTION_VERBOSE:
        command->verbose = true;
        return true;
    default:
        command->json = !strcmp(value, "jsonl");
        if (!command->json && strcmp(value, "text"))
            argot_args_refuse(&command->args, "--output: `%s` is none of text, jsonl", value);
        return command->json || !strcmp(value, "text");
    }
}

static int
run(struct argot_cli *cli, int argc, char **argv)
{
    struct rules_command command = {.args = {.cli = cli, .command = &argot_cmd_rules, .argc = argc, .argv = argv}};
    argot_ruleset_init(&command.rules, cli);
    argot_arena_init(&command.arena, cli->seam, 0);
    argot_buffer_init(&command.out, cli->seam);
    const char *value;
    int option, status = ARGOT_EXIT_USAGE;
    while ((option = argot_args_next(&command.args, &value)) >= 0)
        if (!read_option(&command, option, value))
            goto end;
    if (option == ARGOT_ARGS_EXIT)
        status = command.args.status;
    else if ((command.rules.walk.count || argot_ruleset_add_stock(&command.rules)) &&
             (command.plan = argot_ruleset_plan(&command.rules, true)))
        status = show_all(&command);
end:
    argot_buffer_finish(&command.out);
    argot_arena_finish(&command.arena);
    argot_ruleset_finish(&command.rules);
    return status;
}

const struct argot_command argot_cmd_rules = {
    .name = "rules",
    .summary = "rules, what they read, and the formats that feed them",
    .usage = "[-r RULES...] [-v] [-o KIND] [NAME...]",
    .options = options,
    .noptions = OPTION_COUNT,
    .more = "A rule that no format can feed is told with the reason.\n\n"
            "Exit status: 0 done; 2 no such rule, mistakes in rules or wrong use; 3 standard output\n"
            "failed.\n\n"
            "Examples:\n  argot rules\n  argot rules -r my.rule -o jsonl\n  argot rules ssh_bruteforce\n",
    .run = run,
};
