/* SPDX-License-Identifier: Apache-2.0
 * Fields are put where the schema says, then what the class or an object lacks is taken away again, and goes to the
 * rest. An event that lacks what its class needs is a base event, for which all begins anew. */
#include "output/export_plan.h"

#define LEAVES_PER_FIELD 6 /* a place, its observable's three members, a copy or two */
#define LEAVES_BESIDE 96   /* constants */

struct planner {
    struct argot_export_plan *plan;
    const struct argot_standard *standard;
    const struct argot_standard_class *class; /* NULL: the standard has none */
    bool failed;                              /* no memory */
};

/* ---- paths ---- */

static bool
has_name(const char *const *names, const char *at, size_t length)
{
    for (; names && *names; names++)
        if (strlen(*names) == length && !memcmp(*names, at, length))
            return true;
    return false;
}

/* Up to the dot or bracket. */
static size_t
name_length(const char *path)
{
    return strcspn(path, ".[");
}

/* Whether the path is this one, or one below it. */
static bool
is_below(const char *path, const char *above, size_t length)
{
    return !strncmp(path, above, length) && (!path[length] || path[length] == '.' || path[length] == '[');
}

static const struct argot_export_leaf *
find_below(const struct argot_export_plan *plan, const char *above, size_t length)
{
    for (size_t i = 0; i < plan->count; i++)
        if (is_below(plan->leaves[i].path, above, length))
            return &plan->leaves[i];
    return NULL;
}

static const char *
join(struct planner *p, const char *above, const char *name)
{
    const char *path = argot_arena_printf(p->plan->arena, "%s.%s", above, name);
    p->failed |= !path;
    return path ? path : "";
}

/* ---- leaves ---- */

static struct argot_export_leaf *
add(struct planner *p, enum argot_export_kind kind, const char *path)
{
    struct argot_export_plan *plan = p->plan;
    if (plan->count == plan->room) { /* the room is counted for all that a schema can say */
        p->failed = true;
        plan->count--;
    }
    struct argot_export_leaf *leaf = &plan->leaves[plan->count++];
    *leaf = (struct argot_export_leaf){.kind = (uint8_t)kind, .path = path};
    return leaf;
}

static void
add_json(struct planner *p, const char *path, const char *json)
{
    add(p, ARGOT_EXPORT_JSON, path)->json = json;
}

static void
add_number(struct planner *p, const char *path, uint32_t number)
{
    const char *json = argot_arena_printf(p->plan->arena, "%u", number);
    p->failed |= !json;
    add_json(p, path, json ? json : "0");
}

static const struct argot_export_input *
find_input(const struct argot_export_plan *plan, uint16_t field)
{
    for (size_t i = 0; i < plan->ninputs; i++)
        if (plan->inputs[i].field == field)
            return &plan->inputs[i];
    return NULL;
}

/* ---- places ---- */

/* The place of a top attribute in the class: itself, below another one, or none. */
static const char *
place_of(struct planner *p, const char *path)
{
    const struct argot_standard_class *class = p->class;
    size_t length = name_length(path);
    if (!class || has_name(p->standard->base, path, length) || has_name(class->has, path, length))
        return path;
    if (has_name(class->under_has, path, length))
        return join(p, class->under, path);
    for (size_t i = 0; i < p->standard->nprofiles; i++)
        if (!p->standard->profiles[i].nested && has_name(p->standard->profiles[i].has, path, length))
            return path;
    return NULL;
}

static void
add_rest(struct planner *p, const struct argot_export_input *input)
{
    const char *path = join(p, p->standard->rest, argot_schema.fields[input->field].name);
    struct argot_export_leaf *leaf = (struct argot_export_leaf *)(uintptr_t)find_below(p->plan, path, strlen(path));
    if (!leaf)
        leaf = add(p, ARGOT_EXPORT_VALUE, path);
    leaf->input = input;
    leaf->form = ARGOT_STANDARD_TEXT;
}

static bool
rule_fits(const struct argot_export_plan *plan, const struct argot_standard_rule *rule)
{
    return (rule->event_type < 0 || rule->event_type == plan->event_type) &&
           (rule->beside == ARGOT_NONE || find_input(plan, rule->beside));
}

static void
add_rule(struct planner *p, const struct argot_standard_rule *rule, const char *path,
         const struct argot_export_input *input)
{
    struct argot_export_leaf *leaf = add(p, ARGOT_EXPORT_VALUE, path);
    leaf->form = rule->form;
    leaf->words = rule->words;
    leaf->observable = rule->observable;
    leaf->copy = rule->also;
    leaf->input = input;
    if (input->index == ARGOT_EXPORT_RAW)
        leaf->kind = ARGOT_EXPORT_RAW_TEXT;
}

/* Another field stands there already; of an array both do. */
static bool
is_taken(const struct argot_export_plan *plan, const char *path)
{
    for (size_t i = 0; i < plan->count && path[strlen(path) - 1] != ']'; i++)
        if (!strcmp(plan->leaves[i].path, path))
            return true;
    return false;
}

static void
place_field(struct planner *p, const struct argot_export_input *input)
{
    const struct argot_standard *standard = p->standard;
    bool placed = input->unfit;
    if (input->index == ARGOT_EXPORT_RAW && p->plan->base64) {
        add(p, ARGOT_EXPORT_BASE64, join(p, standard->rest, "raw_line_base64"))->input = input;
        return;
    }
    if (input->unfit)
        add_rest(p, input);
    for (size_t i = 0; i < standard->nrules && standard->rules[i].field <= input->field; i++) {
        const struct argot_standard_rule *rule = &standard->rules[i];
        if (rule->field != input->field || !rule_fits(p->plan, rule) || (placed && !rule->also))
            continue;
        const char *path = place_of(p, rule->path);
        if (path && is_taken(p->plan, path))
            path = NULL;
        if (path)
            add_rule(p, rule, path, input);
        placed |= path && !rule->also;
        if (!path && !rule->also)
            break;
    }
    if (!placed)
        add_rest(p, input);
}

/* ---- copies ---- */

static void
add_copy(struct planner *p, const struct argot_standard_copy *copy, const struct argot_export_input *input)
{
    const char *path = place_of(p, copy->path);
    if (!path)
        return;
    struct argot_export_leaf *leaf = add(p, ARGOT_EXPORT_VALUE, path);
    leaf->form = copy->form;
    leaf->copy = true;
    leaf->input = input;
}

static void
add_copies(struct planner *p, const struct argot_standard_copy *copies, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct argot_standard_copy *copy = &copies[i];
        bool all = copy->path[strlen(copy->path) - 1] == ']';
        bool taken = find_below(p->plan, copy->path, strlen(copy->path)) ||
                     (copy->unless && find_below(p->plan, copy->unless, strlen(copy->unless)));
        for (size_t k = 0; k < copy->count && !taken; k++) {
            const struct argot_export_input *input = find_input(p->plan, copy->fields[k]);
            if (!input || input->unfit)
                continue;
            add_copy(p, copy, input);
            taken = !all;
        }
    }
}

static void
add_constants(struct planner *p, const struct argot_standard_constant *constants, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!constants[i].otherwise || !find_below(p->plan, constants[i].path, strlen(constants[i].path)))
            add_json(p, constants[i].path, constants[i].json);
}

/* ---- what objects and classes need ---- */

static bool
has_member(const struct argot_export_plan *plan, const struct argot_standard_object *object, const char *above,
           size_t length, const char *name)
{
    for (size_t i = 0; i < object->nwith; i++)
        if (!strcmp(object->with[i].path, name))
            return true;
    for (size_t i = 0; i < plan->count; i++) {
        const char *path = plan->leaves[i].path;
        if (!strncmp(path, above, length) && path[length] == '.' && is_below(path + length + 1, name, strlen(name)))
            return true;
    }
    return false;
}

static const struct argot_standard_object *
find_object(const struct argot_standard *standard, const char *name, size_t length)
{
    for (size_t i = 0; i < standard->nobjects; i++)
        if (strlen(standard->objects[i].name) == length && !memcmp(standard->objects[i].name, name, length))
            return &standard->objects[i];
    return NULL;
}

static bool
is_whole(const struct argot_export_plan *plan, const struct argot_standard_object *object, const char *above,
         size_t length)
{
    bool any = !object->any;
    for (const char *const *name = object->all; name && *name; name++)
        if (!has_member(plan, object, above, length, *name))
            return false;
    for (const char *const *name = object->any; name && *name; name++)
        any = any || has_member(plan, object, above, length, *name);
    return any;
}

/* Takes away all below a path; what has no other place goes to the rest. */
static void
take_away(struct planner *p, const char *above, size_t length)
{
    struct argot_export_plan *plan = p->plan;
    size_t kept = 0, count = plan->count;
    const struct argot_export_input **lost = argot_arena_zalloc(plan->arena, count, sizeof *lost);
    size_t nlost = 0;
    p->failed |= !lost;
    for (size_t i = 0; i < count; i++) {
        const struct argot_export_leaf *leaf = &plan->leaves[i];
        if (!is_below(leaf->path, above, length))
            plan->leaves[kept++] = *leaf;
        else if (leaf->input && !leaf->copy && lost)
            lost[nlost++] = leaf->input;
    }
    plan->count = kept;
    for (size_t i = 0; i < nlost; i++)
        add_rest(p, lost[i]);
}

/* The first object on the way to the leaf that lacks something; its path ends before the place returned. */
static const char *
find_lacking(const struct argot_export_plan *plan, const char *path)
{
    for (const char *at = path, *end; (end = strchr(at, '.')); at = end + 1) {
        const struct argot_standard_object *object = find_object(plan->standard, at, name_length(at));
        if (object && !is_whole(plan, object, path, (size_t)(end - path)))
            return end;
    }
    return NULL;
}

static void
prune(struct planner *p)
{
    for (size_t i = 0; i < p->plan->count && !p->failed;) {
        const char *path = p->plan->leaves[i].path, *end = find_lacking(p->plan, path);
        if (!end) {
            i++;
            continue;
        }
        take_away(p, path, (size_t)(end - path));
        i = 0; /* others may have needed what went */
    }
}

static bool
class_is_whole(const struct argot_export_plan *plan, const struct argot_standard_class *class)
{
    bool any = !class->any;
    for (const char *const *name = class->all; name && *name; name++)
        if (!find_below(plan, *name, strlen(*name)))
            return false;
    for (const char *const *name = class->any; name && *name; name++)
        any = any || find_below(plan, *name, strlen(*name));
    return any;
}

/* ---- constants ---- */

/* Members with fixed values of each object that there is. */
static void
add_members(struct planner *p)
{
    struct argot_export_plan *plan = p->plan;
    for (size_t i = 0; i < plan->count && !p->failed; i++) {
        const char *path = plan->leaves[i].path;
        for (const char *at = path, *end; (end = strchr(at, '.')); at = end + 1) {
            const struct argot_standard_object *object = find_object(plan->standard, at, name_length(at));
            for (size_t k = 0; object && k < object->nwith; k++) {
                const char *above = argot_arena_copy(plan->arena, path, (size_t)(end - path));
                const char *member = join(p, above ? above : "", object->with[k].path);
                if (!find_below(plan, member, strlen(member)))
                    add_json(p, member, object->with[k].json);
            }
        }
    }
}

static void
add_profiles(struct planner *p)
{
    const struct argot_standard *standard = p->standard;
    for (size_t i = 0; i < standard->nprofiles; i++) {
        const struct argot_standard_profile *profile = &standard->profiles[i];
        bool used = false;
        for (const char *const *name = profile->has; *name && !used; name++)
            used = find_below(p->plan, *name, strlen(*name)) &&
                   (profile->nested || !has_name(p->class->has, *name, strlen(*name)));
        const char *json = used ? argot_arena_printf(p->plan->arena, "\"%s\"", profile->name) : NULL;
        if (json)
            add_json(p, "metadata.profiles[]", json);
        p->failed |= used && !json;
    }
}

/* Without the brackets of arrays. */
static const char *
bare_path(struct planner *p, const char *path)
{
    char *bare = argot_arena_printf(p->plan->arena, "\"%s\"", path);
    bool inside = false;
    size_t length = 0;
    p->failed |= !bare;
    for (const char *at = bare; at && *at; at++) {
        inside = inside || *at == '[';
        if (!inside)
            bare[length++] = *at;
        inside = inside && *at != ']';
    }
    if (bare)
        bare[length] = 0;
    return bare ? bare : "\"\"";
}

static void
add_observables(struct planner *p)
{
    struct argot_export_plan *plan = p->plan;
    for (size_t i = 0, count = plan->count; i < count && !p->failed; i++) {
        struct argot_export_leaf leaf = plan->leaves[i];
        if (!leaf.observable)
            continue;
        const char *above = argot_arena_printf(plan->arena, "observables[%zu]", i);
        p->failed |= !above;
        add_json(p, join(p, above ? above : "", "name"), bare_path(p, leaf.path));
        add_number(p, join(p, above ? above : "", "type_id"), leaf.observable);
        leaf.path = join(p, above ? above : "", "value");
        leaf.observable = 0;
        leaf.copy = true;
        *add(p, leaf.kind, leaf.path) = leaf;
    }
}

/* ---- what kind of event it is ---- */

static void
add_fixed_activity(struct planner *p, uint32_t activity)
{
    const struct argot_export_plan *plan = p->plan;
    add_number(p, "activity_id", activity);
    add_number(p, "type_uid", p->class->uid * 100 + activity);
    if (p->class->uid == 0 && activity == ARGOT_STANDARD_OTHER) /* 99 wants a name there too */
        add_json(p, "type_name", "\"Base Event: Other\"");
    if (activity != ARGOT_STANDARD_OTHER)
        return;
    int field = argot_schema_find("event_type");
    const struct argot_schema_field *row = &argot_schema.fields[field];
    const char *name = plan->event_type < row->nvalues ? row->values[plan->event_type] : "UNKNOWN";
    const char *json = argot_arena_printf(plan->arena, "\"%s\"", name);
    p->failed |= !json;
    add_json(p, "activity_name", json ? json : "");
}

static void
add_activity(struct planner *p, const struct argot_standard_type *type)
{
    const struct argot_export_input *input =
        type->activity_field == ARGOT_NONE ? NULL : find_input(p->plan, type->activity_field);
    bool base = p->class->uid == 0 && type->class_uid != 0; /* it should have been of another class */
    if (base || type->activity >= 0 || !input) {
        add_fixed_activity(p, base ? ARGOT_STANDARD_OTHER : type->activity >= 0 ? (uint32_t)type->activity : 0);
        return;
    }
    struct argot_export_leaf *leaf = add(p, ARGOT_EXPORT_ACTIVITY, "activity_id");
    leaf->input = input;
    leaf->copy = true;
    leaf->words = type->activities;
}

static void
add_head(struct planner *p, const struct argot_standard_type *type)
{
    const char *version = argot_arena_printf(p->plan->arena, "\"%s\"", p->standard->version);
    p->failed |= !version;
    add_json(p, p->class ? "metadata.version" : "ecs.version", version ? version : "");
    add_constants(p, type->constants, type->nconstants);
    if (!p->class)
        return;
    p->plan->class_uid = p->class->uid;
    add_number(p, "class_uid", p->class->uid);
    add_number(p, "category_uid", p->class->uid / 1000 % 100);
    add_activity(p, type);
    if (!find_below(p->plan, "severity_id", strlen("severity_id")))
        add_number(p, "severity_id", type->severity);
}

/* ---- the whole ---- */

static const struct argot_standard_class *
find_class(const struct argot_standard *standard, uint32_t uid)
{
    for (size_t i = 0; i < standard->nclasses; i++)
        if (standard->classes[i].uid == uid)
            return &standard->classes[i];
    return NULL;
}

static void
place_fields(struct planner *p)
{
    struct argot_export_plan *plan = p->plan;
    plan->count = 0;
    for (size_t i = 0; i < plan->ninputs; i++)
        if (!plan->inputs[i].hidden)
            place_field(p, &plan->inputs[i]);
    const char *identity = p->class ? "finding_info.uid" : "event.id";
    if (plan->identified && !find_below(plan, identity, strlen(identity)) && place_of(p, identity))
        add(p, ARGOT_EXPORT_IDENTITY, identity);
    if (p->class)
        add_copies(p, p->class->copies, p->class->ncopies);
    add_copies(p, p->standard->copies, p->standard->ncopies);
    add_constants(p, p->standard->with, p->standard->nwith);
    prune(p);
}

/* What the event is comes first, the rest last; else the order stays. */
static bool
sort_leaves(struct planner *p, size_t head)
{
    struct argot_export_plan *plan = p->plan;
    struct argot_export_leaf *sorted = argot_arena_zalloc(plan->arena, plan->room, sizeof *sorted);
    size_t count = 0;
    for (int rank = 0; sorted && rank < 3; rank++)
        for (size_t i = 0; i < plan->count; i++) {
            const struct argot_export_leaf *leaf = &plan->leaves[i];
            bool time = leaf->input && leaf->input->index == ARGOT_EXPORT_TIME;
            bool rest = is_below(leaf->path, p->standard->rest, strlen(p->standard->rest));
            if (rank == (rest ? 2 : time || i >= head ? 0 : 1))
                sorted[count++] = *leaf;
        }
    plan->leaves = sorted;
    return sorted;
}

static void
add_last(struct planner *p)
{
    add(p, ARGOT_EXPORT_EXTRA, join(p, p->standard->rest, "extra"));
    if (p->plan->record)
        add(p, ARGOT_EXPORT_RECORD, join(p, p->standard->rest, "source"));
}

bool
argot_export_plan_make(struct argot_export_plan *plan)
{
    struct planner planner = {.plan = plan, .standard = plan->standard}, *p = &planner;
    int types = argot_schema_find("event_type");
    const struct argot_standard *standard = plan->standard;
    uint16_t ntypes = types < 0 ? 0 : argot_schema.fields[types].nvalues;
    const struct argot_standard_type *type = &standard->types[plan->event_type < ntypes ? plan->event_type : 0];
    plan->room = argot_schema.count * (size_t)LEAVES_PER_FIELD + LEAVES_BESIDE;
    plan->leaves = argot_arena_zalloc(plan->arena, plan->room, sizeof *plan->leaves);
    if (!plan->leaves)
        return false;
    if (standard->base)
        p->class = find_class(standard,
                              plan->other_class && type->class_not_windows ? type->class_not_windows : type->class_uid);
    place_fields(p);
    if (p->class && !class_is_whole(plan, p->class)) {
        p->class = find_class(standard, 0);
        place_fields(p);
    }
    if (p->class) {
        add_constants(p, p->class->with, p->class->nwith);
        add_members(p);
        add_profiles(p);
        add_observables(p);
    }
    size_t head = plan->count;
    add_head(p, type);
    add_last(p);
    return sort_leaves(p, head) && !p->failed;
}
