/* SPDX-License-Identifier: Apache-2.0
 * From a firing to an alert: its columns, message, identity and causes, put together in the arena and kept as one
 * counted copy. */
#include "correlate/rule.h"
#include <string.h>

/* Schema fields that an alert sets itself, or never takes from its cause. */
#define OWN_FIELDS(X)                                                                                                  \
    X(EVENT_TYPE, "event_type")                                                                                        \
    X(EVENT_TIME, "event_time")                                                                                        \
    X(EVENT_SEVERITY, "event_severity")                                                                                \
    X(MESSAGE, "message")                                                                                              \
    X(RULE_NAME, "rule_name")                                                                                          \
    X(RULE_ID, "rule_id")                                                                                              \
    X(TECHNIQUE, "threat_technique_id")                                                                                \
    X(INGEST_TIME, "event_ingest_time")                                                                                \
    X(RAW_LINE, "raw_line")                                                                                            \
    X(FORMAT_NAME, "format_name")

enum own_field {
#define X(name, text) OWN_##name,
    OWN_FIELDS(X)
#undef X
        OWN_COUNT
};

struct maker {
    const struct argot_firing *firing;
    struct argot_core *core;
    const struct argot_plan_rule *plan;
    struct argot_alert *alert;
    struct argot_alert_field *fields; /* room for all that it may have */
    struct argot_datum *keys;
    const uint16_t *own; /* the fields OWN_FIELDS */
    bool failed;
};

static void *
allocate(struct maker *m, size_t count, size_t size)
{
    void *memory = argot_arena_zalloc(&m->core->arena, count ? count : 1, size);
    m->failed = m->failed || !memory;
    return memory;
}

static struct argot_slot
text_slot(const char *text, size_t length)
{
    struct argot_slot slot = {.text = {.at = (const uint8_t *)text, .length = (uint32_t)length}};
    return slot;
}

/* ---- keys ---- */

static void
read_keys(struct maker *m)
{
    const struct argot_firing *firing = m->firing;
    const uint8_t *at = firing->keyed ? argot_table_key(&firing->rule->table, firing->keyed) : m->core->tuple.bytes;
    m->keys = allocate(m, m->plan->nkeys, sizeof *m->keys);
    for (uint32_t i = 0; !m->failed && i < m->plan->nkeys; i++) {
        const struct argot_plan_key *key = &m->plan->keys[i];
        if (!argot_tuple_get(&at, key->type, key->enum_field, &m->core->arena, &m->keys[i]))
            m->failed = true;
    }
}

/* ---- columns ---- */

static const char *const own_names[] = {
#define X(name, text) text,
    OWN_FIELDS(X)
#undef X
};

void
argot_raise_init(struct argot_core *core)
{
    _Static_assert(OWN_COUNT == ARGOT_RAISE_FIELDS, "room for all of them");
    for (int i = 0; i < OWN_COUNT; i++)
        core->alert_fields[i] = (uint16_t)argot_schema_find(own_names[i]);
    core->alert_type =
        (uint64_t)argot_schema_enum(core->alert_fields[OWN_EVENT_TYPE], (const uint8_t *)"CORRELATION_ALERT", 17);
}

static int
own_of(const struct maker *m, uint16_t field)
{
    for (int i = 0; i < OWN_COUNT; i++)
        if (m->own[i] == field)
            return i;
    return -1;
}

static int
key_of(const struct maker *m, uint16_t field)
{
    for (uint32_t i = 0; i < m->plan->nkeys; i++)
        if (m->plan->keys[i].field == field)
            return (int)i;
    return -1;
}

static struct argot_slot
techniques(struct maker *m)
{
    struct argot_slot *items = allocate(m, m->plan->ntechniques, sizeof *items);
    for (uint32_t i = 0; items && i < m->plan->ntechniques; i++)
        items[i] = text_slot(m->plan->techniques[i], strlen(m->plan->techniques[i]));
    return (struct argot_slot){.list = {.items = items, .count = m->plan->ntechniques}};
}

/* False: the alert has no such column. The message comes later. */
static bool
own_value(struct maker *m, enum own_field own, struct argot_slot *slot)
{
    const struct argot_plan_rule *plan = m->plan;
    switch (own) {
    case OWN_EVENT_TYPE:
        slot->u64 = m->core->alert_type;
        return true;
    case OWN_EVENT_TIME:
        slot->i64 = m->firing->time;
        return true;
    case OWN_EVENT_SEVERITY:
        slot->u64 = plan->severity;
        return true;
    case OWN_MESSAGE:
        *slot = text_slot("", 0);
        return true;
    case OWN_RULE_NAME:
        *slot = text_slot(plan->name, strlen(plan->name));
        return true;
    case OWN_RULE_ID:
        *slot = text_slot(plan->id, plan->id ? strlen(plan->id) : 0);
        return plan->id != NULL;
    case OWN_TECHNIQUE:
        *slot = techniques(m);
        return plan->ntechniques > 0;
    default:
        return false;
    }
}

/* Sets of fields, a bit each. */
struct marks {
    size_t words;
    uint64_t *own, *keys, *all; /* what the alert sets itself; its keys; these and what its newest cause has */
};

static void
mark(uint64_t *bits, uint16_t field)
{
    bits[field >> 6] |= UINT64_C(1) << (field & 63);
}

static bool
make_marks(struct maker *m, struct marks *marks)
{
    struct argot_subject newest = m->firing->newest;
    uint32_t nfields = newest.alert ? newest.alert->nfields : newest.event->shape->count;
    size_t words = argot_schema.count / 64u + 1;
    uint64_t *bits = allocate(m, 3 * words, sizeof *bits);
    if (!bits)
        return false;
    *marks = (struct marks){.words = words, .own = bits, .keys = bits + words, .all = bits + 2 * words};
    for (int i = 0; i < OWN_COUNT; i++)
        mark(marks->own, m->own[i]);
    for (uint32_t i = 0; i < m->plan->nkeys; i++)
        if (m->plan->keys[i].field >= 0)
            mark(marks->keys, (uint16_t)m->plan->keys[i].field);
    for (uint32_t i = 0; i < nfields; i++) {
        uint16_t field = newest.alert ? newest.alert->fields[i].field : newest.event->shape->fields[i].field;
        if (field < argot_schema.count)
            mark(marks->all, field);
    }
    for (size_t i = 0; i < words; i++)
        marks->all[i] |= marks->own[i] | marks->keys[i];
    return true;
}

/* False: the alert has no such column. */
static bool
value_of(struct maker *m, const struct marks *marks, uint16_t field, struct argot_slot *slot)
{
    uint64_t bit = UINT64_C(1) << (field & 63);
    if (marks->own[field >> 6] & bit)
        return own_value(m, (enum own_field)own_of(m, field), slot);
    if (marks->keys[field >> 6] & bit) {
        const struct argot_datum *key = &m->keys[key_of(m, field)];
        *slot = key->slot;
        return !key->null;
    }
    const struct argot_slot *from = argot_judge_field(m->core->judge, &m->firing->newest, field);
    if (from)
        *slot = *from;
    return from != NULL;
}

static void
make_fields(struct maker *m)
{
    struct marks marks;
    size_t count = 0;
    if (!make_marks(m, &marks))
        return;
    for (size_t i = 0; i < marks.words; i++)
        count += (size_t)__builtin_popcountll(marks.all[i]);
    m->fields = argot_arena_alloc(&m->core->arena, count * sizeof *m->fields);
    m->failed = m->failed || !m->fields;
    for (size_t i = 0; !m->failed && i < marks.words; i++) {
        for (uint64_t left = marks.all[i]; left; left &= left - 1) {
            struct argot_alert_field *to = &m->fields[m->alert->nfields];
            to->field = (uint16_t)(i * 64 + (unsigned)__builtin_ctzll(left));
            m->alert->nfields += value_of(m, &marks, to->field, &to->slot);
        }
    }
    m->alert->fields = m->fields;
}

/* ---- extra: the newest cause's, and the keys that are no columns ---- */

static bool
is_key(const struct maker *m, struct argot_slice name)
{
    for (uint32_t i = 0; i < m->plan->nkeys; i++)
        if (m->plan->keys[i].field < 0 && strlen(m->plan->keys[i].name) == name.length &&
            !memcmp(m->plan->keys[i].name, name.at, name.length))
            return true;
    return false;
}

static void
make_extra(struct maker *m)
{
    struct argot_subject newest = m->firing->newest;
    uint32_t count = newest.alert ? newest.alert->nextra : newest.event->nextra;
    const struct argot_extra *from = newest.alert ? newest.alert->extra : newest.event->extra;
    struct argot_extra *extra = allocate(m, (size_t)count + m->plan->nkeys, sizeof *extra);
    uint32_t n = 0;
    for (uint32_t i = 0; extra && i < count; i++)
        if (!is_key(m, from[i].key))
            extra[n++] = from[i];
    for (uint32_t i = 0; extra && i < m->plan->nkeys; i++) {
        const struct argot_plan_key *key = &m->plan->keys[i];
        if (key->field >= 0 || m->keys[i].null)
            continue;
        struct argot_extra *to = &extra[n++];
        *to = (struct argot_extra){.key = {(const uint8_t *)key->name, (uint32_t)strlen(key->name)},
                                   .type = (uint8_t)argot_datum_type(&m->keys[i]),
                                   .value = m->keys[i].slot};
        if (m->keys[i].type == ARGOT_EXPR_ENUM_TYPE) {
            const char *word = argot_schema.fields[key->enum_field].values[m->keys[i].slot.u64];
            to->type = ARGOT_TYPE_STRING;
            to->value = text_slot(word, strlen(word));
        }
    }
    m->alert->extra = extra;
    m->alert->nextra = n;
}

/* ---- collect ---- */

/* `extra.a.b` is named a.b; a part with a dot stands as it is. */
static const char *
path_name(struct maker *m, const struct argot_expr *expr)
{
    size_t room = 0;
    for (uint16_t i = 0; i < expr->npath; i++)
        room += expr->path[i].length + 1;
    char *name = allocate(m, room + 1, 1), *to = name;
    for (uint16_t i = 0; name && i < expr->npath; i++) {
        if (i)
            *to++ = '.';
        memcpy(to, expr->path[i].at, expr->path[i].length);
        to += expr->path[i].length;
    }
    return name;
}

static void
make_values(struct maker *m)
{
    struct argot_rule *rule = m->firing->rule;
    const struct argot_collected *collect = m->firing->collect;
    if (!m->plan->ncollect || !collect)
        return;
    struct argot_alert_values *values = allocate(m, m->plan->ncollect, sizeof *values);
    for (uint32_t i = 0; values && i < rule->plan->ncollect; i++) {
        const struct argot_expr *expr = rule->plan->collect[i];
        values[i] =
            (struct argot_alert_values){.field = expr->field, .count = collect[i].count, .values = collect[i].values};
        if (expr->kind == ARGOT_EXPR_EXTRA)
            values[i].name = path_name(m, expr);
    }
    m->alert->values = values;
    m->alert->nvalues = m->plan->ncollect;
}

/* ---- the message ---- */

/* Whether the piece says something of the alert itself, and not of its newest cause. */
static bool
is_of_alert(const struct argot_expr *expr)
{
    while (expr->kind != ARGOT_EXPR_ALERT && expr->kind != ARGOT_EXPR_CAPTURE && expr->nargs)
        expr = expr->args[0];
    return expr->kind == ARGOT_EXPR_ALERT;
}

static void
make_message(struct maker *m)
{
    struct argot_buffer *text = &m->core->text;
    struct argot_scene scene = {.rule = m->plan, .captures = m->firing->captures, .keys = m->keys};
    text->length = 0;
    for (uint32_t i = 0; i < m->plan->npieces; i++) {
        const struct argot_plan_piece *piece = &m->plan->pieces[i];
        if (!piece->expr) {
            argot_buffer_append(text, piece->text.at, piece->text.length);
            continue;
        }
        scene.subject = m->firing->newest;
        if (is_of_alert(piece->expr))
            scene.subject = (struct argot_subject){.alert = m->alert};
        struct argot_datum value;
        argot_judge_value(m->core->judge, piece->expr, &scene, &value);
        struct argot_slice words = argot_judge_text(m->core->judge, &value);
        argot_buffer_append(text, words.at, words.length);
    }
    for (uint32_t i = 0; i < m->alert->nfields; i++)
        if (m->fields[i].field == m->own[OWN_MESSAGE])
            m->fields[i].slot = text_slot((const char *)text->bytes, text->length);
}

/* ---- identity ---- */

static void
put_number(struct argot_buffer *bytes, uint64_t number)
{
    uint8_t word[8];
    for (unsigned i = 0; i < 8; i++)
        word[i] = (uint8_t)(number >> (8 * i));
    argot_buffer_append(bytes, word, sizeof word);
}

/* Rule, key, time and newest cause, each with a length or an end. The key never changes. */
static void
make_id(struct maker *m)
{
    static const struct argot_hash_key fixed = {{UINT64_C(0x746f6772612e6469), UINT64_C(0x7472656c612e7631)}};
    const struct argot_firing *firing = m->firing;
    const struct argot_kept *newest = &firing->newest_kept;
    const char *source = newest->source < m->core->nnames ? m->core->names[newest->source] : "";
    const uint8_t *key = firing->keyed ? argot_table_key(&firing->rule->table, firing->keyed) : m->core->tuple.bytes;
    size_t key_size = firing->keyed ? firing->keyed->key_size : m->core->tuple.length;
    struct argot_buffer *bytes = &m->core->text;
    bytes->length = 0;
    argot_buffer_append(bytes, m->plan->name, strlen(m->plan->name) + 1);
    put_number(bytes, key_size);
    argot_buffer_append(bytes, key, key_size);
    put_number(bytes, (uint64_t)firing->time);
    put_number(bytes, newest->record);
    put_number(bytes, newest->part);
    argot_buffer_append_text(bytes, source);
    if (!bytes->failed)
        argot_hash_identity(&fixed, bytes->bytes, bytes->length, m->alert->id);
}

/* ---- causes ---- */

/* The newest `keep`, the newest of all among them: those of firing->causes from *first on, and the newest if it is
 * missing there. */
static bool
trim(const struct argot_firing *firing, uint32_t *first)
{
    uint32_t n = firing->ncauses, keep = firing->rule->plan->keep ? firing->rule->plan->keep : 1;
    bool missing = !n || firing->causes[n - 1].serial != firing->newest_kept.serial;
    uint32_t room = keep - missing;
    *first = n > room ? n - room : 0;
    return missing;
}

/* Each with a reference of its own. */
static struct argot_kept *
make_causes(struct maker *m, uint32_t *count)
{
    const struct argot_firing *firing = m->firing;
    uint32_t first;
    bool missing = trim(firing, &first);
    struct argot_kept *kept = allocate(m, (size_t)(firing->ncauses - first) + missing, sizeof *kept);
    *count = 0;
    for (uint32_t i = first; kept && i < firing->ncauses; i++)
        kept[(*count)++] = firing->causes[i];
    if (kept && missing)
        kept[(*count)++] = firing->newest_kept;
    for (uint32_t i = 0; i < *count; i++) {
        if (kept[i].format != ARGOT_HELD_ALERT)
            kept[i].held = NULL; /* of an event nothing more is told than who it is */
        else
            argot_held_again(kept[i].held);
    }
    return kept;
}

/* Rules without an episode collect from the causes, which they keep with their copies then. */
static void
collect_causes(const struct argot_firing *firing, struct argot_collected **collected)
{
    uint32_t first;
    bool missing = trim(firing, &first);
    for (uint32_t i = first; i < firing->ncauses; i++)
        if (firing->causes[i].held)
            argot_collect_add(firing->rule, collected, &firing->causes[i].held->subject);
    if (missing)
        argot_collect_add(firing->rule, collected, &firing->newest);
}

/* ---- the whole ---- */

static struct argot_held *
make(struct maker *m)
{
    const struct argot_firing *firing = m->firing;
    *m->alert = (struct argot_alert){
        .rule = firing->rule->number,
        .silent = m->plan->silent,
        .rule_name = m->plan->name,
        .time = firing->time,
        .identity = {firing->newest_kept.source, firing->newest_kept.part, firing->newest_kept.record},
        .count = firing->count,
        .first_time = firing->first_time,
        .last_time = firing->newest_kept.time,
        .ntags = m->plan->ntags,
        .tags = m->plan->tags};
    make_id(m);
    read_keys(m);
    if (!m->failed)
        make_fields(m);
    if (!m->failed)
        make_extra(m);
    if (!m->failed)
        make_values(m);
    if (m->failed)
        return NULL;
    make_message(m);
    uint32_t count;
    const struct argot_kept *kept = make_causes(m, &count);
    if (m->failed || m->core->text.failed)
        return NULL;
    struct argot_held *held = argot_held_alert(&m->core->slab, m->alert, kept, count);
    for (uint32_t i = 0; !held && i < count; i++)
        argot_held_drop(&m->core->slab, kept[i].held);
    return held;
}

/* An alert is open from now on, where the rule knows such a thing. */
static void
open_alert(const struct argot_firing *firing)
{
    enum argot_plan_rearm rearm = firing->rule->plan->rearm;
    if (!firing->keyed || rearm == ARGOT_PLAN_REARM_NONE || rearm == ARGOT_PLAN_REARM_ALWAYS)
        return;
    firing->keyed->open = true;
    firing->keyed->base = firing->time;
}

static void
emit(const struct argot_firing *firing)
{
    struct argot_alert alert;
    struct argot_rule *rule = firing->rule;
    struct argot_core *core = rule->core;
    struct argot_order order = {.time = firing->time,
                                .phase = firing->phase,
                                .cause = firing->newest_kept,
                                .depth = rule->plan->depth + 1,
                                .rule = rule->number};
    rule->counts.alerts++;
    if (!rule->heard) {
        core->raised(core->engine, NULL, &order);
        return;
    }
    struct maker maker = {
        .firing = firing, .core = core, .plan = rule->plan, .alert = &alert, .own = core->alert_fields};
    struct argot_held *held = make(&maker);
    if (!held) {
        core->failed = true;
        return;
    }
    if (rule->watch)
        argot_rule_watch(
            rule, firing->keyed, NULL,
            (struct argot_watch_note){.kind = ARGOT_WATCH_FIRED, .time = firing->time, .alert = held->subject.alert});
    order.key = firing->keyed ? argot_table_key(&rule->table, firing->keyed) : core->tuple.bytes;
    order.key_size = firing->keyed ? firing->keyed->key_size : (uint32_t)core->tuple.length;
    core->raised(core->engine, held, &order);
}

void
argot_raise(const struct argot_firing *firing)
{
    struct argot_rule *rule = firing->rule;
    struct argot_core *core = rule->core;
    if (core->causes.failed) {
        core->failed = true;
        return;
    }
    if (firing->keyed && argot_rule_open(rule, firing->keyed, firing->time)) {
        argot_rule_hit(rule, firing->keyed, firing->time);
        return;
    }
    struct argot_firing with = *firing;
    struct argot_collected *collected = NULL;
    if (!rule->kind->episodes && rule->heard)
        collect_causes(firing, &collected);
    if (collected)
        with.collect = collected;
    emit(&with);
    argot_collect_clear(rule, &collected);
    open_alert(firing);
}

void
argot_raise_one(struct argot_rule *rule, struct argot_keyed *keyed, const struct argot_arrival *arrival)
{
    argot_raise(&(struct argot_firing){.rule = rule,
                                       .keyed = keyed,
                                       .time = arrival->kept.time,
                                       .phase = arrival->phase,
                                       .newest = arrival->subject,
                                       .newest_kept = argot_rule_at_hand(arrival),
                                       .count = 1,
                                       .first_time = arrival->kept.time});
}
