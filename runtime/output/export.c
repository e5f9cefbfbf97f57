/* SPDX-License-Identifier: Apache-2.0
 * Finds the program of an event's set of fields and runs it. An event's set is told by its shape, the bits of its
 * presence, which values do not fit, and the few values that decide where things stand. */
#include "output/export.h"
#include "output/export_run.h"

#define UNFIT 0x8000u /* of a field in the set of a row */
#define FIRST_SHAPES 16
#define ARENA_BYTES ((size_t)32 << 10)

/* What a program is for. */
struct key {
    const struct argot_shape *shape; /* NULL: a row */
    uint64_t present, unfit;         /* by slot; of a row: a hash of its set */
    uint16_t event_type;
    bool other_class, base64, identified, record;
};

struct entry {
    struct key key;
    struct argot_export_program *program;
    size_t count;  /* of a row: how many fields */
    uint16_t *set; /* and which, and UNFIT */
};

struct check { /* a slot whose value may not fit */
    uint8_t index;
    struct argot_export_value value;
};

struct checks {
    const struct argot_shape *shape;
    size_t count;
    struct check list[];
};

struct argot_export {
    struct argot_seam *seam;
    const struct argot_standard *standard;
    unsigned with;
    uint64_t replaced;
    struct argot_format_clock clock;
    struct argot_arena arena; /* of one plan at a time */
    uint16_t event_type, event_time, ingest_time, raw_line, format_name, os_type;
    uint64_t windows;                  /* the number of that system */
    struct argot_export_value *places; /* by field: how it is written at its place */
    struct checks **checks;            /* by number of the shape */
    uint32_t capacity;
    struct entry entries[ARGOT_EXPORT_MAX_PROGRAMS];
};

/* ---- begin and end ---- */

static uint16_t
field_named(const char *name)
{
    int field = argot_schema_find(name);
    return field < 0 ? ARGOT_NONE : (uint16_t)field;
}

static bool
find_places(struct argot_export *writer)
{
    const struct argot_standard *standard = writer->standard;
    writer->places = writer->seam->allocate(writer->seam, argot_schema.count * sizeof *writer->places);
    if (!writer->places)
        return false;
    for (uint16_t i = 0; i < argot_schema.count; i++)
        writer->places[i] =
            (struct argot_export_value){.standard = standard, .field = i, .type = argot_schema.fields[i].type};
    for (size_t i = standard->nrules; i-- > 0;) { /* the first of a field stays; all have one form */
        const struct argot_standard_rule *rule = &standard->rules[i];
        if (rule->also)
            continue;
        writer->places[rule->field].form = rule->form;
        writer->places[rule->field].words = rule->words;
    }
    return true;
}

struct argot_export *
argot_export_new(struct argot_seam *seam, enum argot_standard_number standard, unsigned with)
{
    struct argot_export *writer = seam->allocate(seam, sizeof *writer);
    if (!writer)
        return NULL;
    *writer = (struct argot_export){
        .seam = seam,
        .standard = &argot_standards[standard],
        .with = with,
        .event_type = field_named("event_type"),
        .event_time = field_named("event_time"),
        .ingest_time = field_named("event_ingest_time"),
        .raw_line = field_named("raw_line"),
        .format_name = field_named("format_name"),
        .os_type = field_named("host_os_type"),
    };
    int windows =
        writer->os_type == ARGOT_NONE ? -1 : argot_schema_enum(writer->os_type, (const uint8_t *)"windows", 7);
    writer->windows = windows < 0 ? UINT64_MAX : (uint64_t)windows;
    argot_arena_init(&writer->arena, seam, ARENA_BYTES);
    if (find_places(writer))
        return writer;
    argot_export_free(writer);
    return NULL;
}

void
argot_export_free(struct argot_export *writer)
{
    if (!writer)
        return;
    struct argot_seam *seam = writer->seam;
    for (size_t i = 0; i < ARGOT_EXPORT_MAX_PROGRAMS; i++) {
        seam->release(seam, writer->entries[i].program);
        seam->release(seam, writer->entries[i].set);
    }
    for (uint32_t i = 0; i < writer->capacity; i++)
        seam->release(seam, writer->checks[i]);
    seam->release(seam, writer->checks);
    seam->release(seam, writer->places);
    argot_arena_finish(&writer->arena);
    seam->release(seam, writer);
}

uint64_t
argot_export_take_replaced(struct argot_export *writer)
{
    uint64_t replaced = writer->replaced;
    writer->replaced = 0;
    return replaced;
}

bool
argot_export_named(const char *name, enum argot_standard_number *standard)
{
    *standard = ARGOT_STANDARD_NONE;
    for (int i = ARGOT_STANDARD_NONE + 1; i < ARGOT_STANDARD_COUNT; i++)
        if (!strcmp(argot_standards[i].name, name))
            *standard = (enum argot_standard_number)i;
    return *standard != ARGOT_STANDARD_NONE || !strcmp(name, "native");
}

/* ---- values that do not fit ---- */

static bool
is_unfit(const struct argot_export *writer, uint16_t field, const struct argot_slot *slot)
{
    const struct argot_export_value *value = &writer->places[field];
    return argot_export_value_may_not_fit(value) && !argot_export_value_fits(value, slot);
}

static bool
grow_checks(struct argot_export *writer, uint32_t number)
{
    struct argot_seam *seam = writer->seam;
    size_t capacity = writer->capacity ? writer->capacity : FIRST_SHAPES;
    while (capacity <= number)
        capacity *= 2;
    size_t size = capacity * sizeof *writer->checks;
    struct checks **checks = writer->checks ? seam->resize(seam, writer->checks, size) : seam->allocate(seam, size);
    if (!checks)
        return false;
    for (size_t i = writer->capacity; i < capacity; i++)
        checks[i] = NULL;
    writer->checks = checks;
    writer->capacity = (uint32_t)capacity;
    return true;
}

static const struct checks *
find_checks(struct argot_export *writer, const struct argot_shape *shape)
{
    struct argot_seam *seam = writer->seam;
    if (shape->number < writer->capacity && writer->checks[shape->number] &&
        writer->checks[shape->number]->shape == shape)
        return writer->checks[shape->number];
    if (shape->number >= writer->capacity && !grow_checks(writer, shape->number))
        return NULL;
    struct checks **place = &writer->checks[shape->number];
    seam->release(seam, *place);
    *place = seam->allocate(seam, sizeof **place + shape->count * sizeof(struct check));
    if (!*place)
        return NULL;
    (*place)->shape = shape;
    (*place)->count = 0;
    for (uint16_t i = 0; i < shape->count; i++) {
        struct check check = {shape->fields[i].index, writer->places[shape->fields[i].field]};
        if (!shape->fields[i].constant && argot_export_value_may_not_fit(&check.value))
            (*place)->list[(*place)->count++] = check;
    }
    return *place;
}

/* ---- the program of a set of fields ---- */

static bool
is_same(const struct key *a, const struct key *b)
{
    return a->shape == b->shape && a->present == b->present && a->unfit == b->unfit && a->event_type == b->event_type &&
           a->other_class == b->other_class && a->base64 == b->base64 && a->identified == b->identified &&
           a->record == b->record;
}

static uint64_t
mix(uint64_t sum, uint64_t value)
{
    sum = (sum ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return sum ^ sum >> 29;
}

static struct entry *
find_entry(struct argot_export *writer, const struct key *key)
{
    uint64_t sum = mix(mix((uintptr_t)key->shape >> 4, key->present), key->unfit);
    sum = mix(sum, (uint64_t)key->event_type << 4 | (uint64_t)key->other_class << 3 | (uint64_t)key->base64 << 2 |
                       (uint64_t)key->identified << 1 | key->record);
    return &writer->entries[sum % ARGOT_EXPORT_MAX_PROGRAMS];
}

static const struct argot_export_program *
make_program(struct argot_export *writer, struct entry *entry, const struct key *key,
             const struct argot_export_input *inputs, size_t ninputs)
{
    struct argot_export_plan plan = {.arena = &writer->arena,
                                     .standard = writer->standard,
                                     .inputs = inputs,
                                     .ninputs = ninputs,
                                     .event_type = key->event_type,
                                     .other_class = key->other_class,
                                     .identified = key->identified,
                                     .record = key->record,
                                     .base64 = key->base64};
    struct argot_seam *seam = writer->seam;
    seam->release(seam, entry->program);
    seam->release(seam, entry->set);
    *entry = (struct entry){.key = *key};
    if (argot_export_plan_make(&plan))
        entry->program = argot_export_program_new(seam, &plan);
    return entry->program;
}

static void
write_line(struct argot_export *writer, struct argot_export_run *run, const struct argot_export_program *program,
           struct argot_buffer *out)
{
    argot_arena_reset(&writer->arena);
    if (!program)
        out->failed = true;
    else
        argot_export_run_line(run, program, out);
    writer->replaced += run->line.replaced;
}

/* ---- events ---- */

/* In schema order; those that are always there, or by `with`, have slots of their own. */
static struct argot_export_input *
event_inputs(struct argot_export *writer, const struct argot_event *event, const struct key *key, size_t *count)
{
    const struct argot_shape *shape = event->shape;
    struct argot_export_input *inputs = argot_arena_zalloc(&writer->arena, argot_schema.count, sizeof *inputs);
    uint16_t next = 0;
    *count = 0;
    for (uint16_t field = 0; inputs && field < argot_schema.count; field++) {
        const struct argot_shape_field *entry =
            next < shape->count && shape->fields[next].field == field ? &shape->fields[next++] : NULL;
        struct argot_export_input input = {.field = field};
        bool slot = entry && !entry->constant && key->present >> entry->index & 1;
        if (field == writer->event_time)
            input.index = ARGOT_EXPORT_TIME;
        else if (field == writer->raw_line && writer->with & ARGOT_JSON_WITH_RAW_LINE)
            input.index = ARGOT_EXPORT_RAW;
        else if (slot) {
            input.index = entry->index;
            input.unfit = key->unfit >> entry->index & 1;
        } else if (entry && entry->constant) {
            input.index = ARGOT_EXPORT_CONSTANT;
            input.constant = &entry->slot;
            input.unfit = is_unfit(writer, field, &entry->slot);
        } else if (field == writer->ingest_time && writer->with & ARGOT_JSON_WITH_INGEST_TIME)
            input.index = ARGOT_EXPORT_RECEIVED;
        else if (field == writer->format_name)
            input.index = ARGOT_EXPORT_CONSTANT; /* see name_format */
        else
            continue;
        inputs[(*count)++] = input;
    }
    return inputs;
}

/* format_name where the event has none of its own: hidden unless it is wanted. */
static bool
name_format(struct argot_export *writer, const struct argot_event *event, struct argot_export_input *inputs,
            size_t count)
{
    struct argot_slot *slot = argot_arena_zalloc(&writer->arena, 1, sizeof *slot);
    char *name = argot_arena_printf(&writer->arena, "%s/%u", event->shape->format, event->shape->version);
    for (size_t i = 0; slot && name && i < count; i++) {
        struct argot_export_input *input = &inputs[i];
        bool wanted = writer->with & ARGOT_JSON_WITH_FORMAT_NAME;
        bool nameless = input->index == ARGOT_EXPORT_CONSTANT && !input->constant;
        if (input->field != writer->format_name || (!wanted && !nameless))
            continue;
        slot->text.at = (const uint8_t *)name;
        slot->text.length = (uint32_t)strlen(name);
        input->constant = slot;
        input->index = ARGOT_EXPORT_CONSTANT;
        input->hidden = !wanted;
    }
    return slot && name;
}

static bool
make_key(struct argot_export *writer, const struct argot_event *event, struct key *key)
{
    const struct checks *checks = find_checks(writer, event->shape);
    const struct argot_slot *type = argot_event_get(event, writer->event_type), *os;
    if (!checks)
        return false;
    *key = (struct key){.shape = event->shape, .present = event->present};
    key->event_type = type ? (uint16_t)type->u64 : 0;
    key->record = writer->with & ARGOT_JSON_WITH_RECORD;
    for (size_t i = 0; i < checks->count; i++) {
        const struct check *check = &checks->list[i];
        uint64_t bit = UINT64_C(1) << check->index;
        if (event->present & bit && !argot_export_value_fits(&check->value, &event->slots[check->index]))
            key->unfit |= bit;
    }
    if (key->event_type < argot_schema.fields[writer->event_type].nvalues &&
        writer->standard->types[key->event_type].class_not_windows) {
        os = argot_event_get(event, writer->os_type);
        key->other_class = !os || os->u64 != writer->windows;
    }
    if (writer->with & ARGOT_JSON_WITH_RAW_LINE)
        key->base64 = !argot_line_is_utf8(event->raw.at, event->raw.length);
    return true;
}

void
argot_export_event(struct argot_export *writer, const struct argot_event *event, const char *source,
                   struct argot_buffer *out)
{
    struct key key;
    struct argot_export_run run = {
        .clock = &writer->clock, .event = event, .slots = event->slots, .raw = event->raw, .source = source};
    if (!make_key(writer, event, &key)) {
        out->failed = true;
        return;
    }
    struct entry *entry = find_entry(writer, &key);
    const struct argot_export_program *program = entry->program;
    if (!program || !is_same(&entry->key, &key)) {
        size_t count;
        struct argot_export_input *inputs = event_inputs(writer, event, &key, &count);
        program = inputs && name_format(writer, event, inputs, count) ? make_program(writer, entry, &key, inputs, count)
                                                                      : NULL;
    }
    write_line(writer, &run, program, out);
}

/* ---- rows ---- */

/* Which fields there are, and which of them do not fit. */
static uint16_t *
set_of(struct argot_export *writer, const struct argot_export_row *row)
{
    uint16_t *set = argot_arena_alloc(&writer->arena, row->count * sizeof *set);
    for (size_t i = 0; set && i < row->count; i++)
        set[i] = (uint16_t)(row->fields[i] | (is_unfit(writer, row->fields[i], &row->slots[i]) ? UNFIT : 0));
    return set;
}

static struct argot_export_input *
row_inputs(struct argot_export *writer, const struct argot_export_row *row, const uint16_t *set, size_t *count)
{
    struct argot_export_input *inputs = argot_arena_zalloc(&writer->arena, row->count + 1, sizeof *inputs);
    *count = 0;
    for (size_t i = 0; inputs && i < row->count; i++)
        if (row->fields[i] != writer->raw_line || !row->raw.at)
            inputs[(*count)++] = (struct argot_export_input){.field = row->fields[i],
                                                             .index = (uint16_t)i,
                                                             .unfit = (set[i] & UNFIT) != 0,
                                                             .hidden = row->fields[i] == writer->format_name &&
                                                                       !(writer->with & ARGOT_JSON_WITH_FORMAT_NAME)};
    if (inputs && row->raw.at)
        inputs[(*count)++] = (struct argot_export_input){.field = writer->raw_line, .index = ARGOT_EXPORT_RAW};
    return inputs;
}

static struct key
row_key(struct argot_export *writer, const struct argot_export_row *row, const uint16_t *set)
{
    struct key key = {.present = row->count, .other_class = true, .identified = row->identity};
    key.record = row->members.at;
    key.base64 = row->raw.at && !argot_line_is_utf8(row->raw.at, row->raw.length);
    key.unfit = row->raw.at != NULL;
    for (size_t i = 0; i < row->count; i++) {
        key.present = mix(key.present, set[i]);
        if (row->fields[i] == writer->event_type)
            key.event_type = (uint16_t)row->slots[i].u64;
        if (row->fields[i] == writer->os_type)
            key.other_class = row->slots[i].u64 != writer->windows;
    }
    return key;
}

/* Takes over a copy of the set; without memory for it the program is made anew for the next row. */
static const struct argot_export_program *
make_row_program(struct argot_export *writer, const struct argot_export_row *row, struct entry *entry,
                 const struct key *key, const uint16_t *set)
{
    size_t count, size = row->count * sizeof *set;
    struct argot_export_input *inputs = row_inputs(writer, row, set, &count);
    const struct argot_export_program *program = inputs ? make_program(writer, entry, key, inputs, count) : NULL;
    entry->set = program ? writer->seam->allocate(writer->seam, size + 1) : NULL;
    if (entry->set) {
        memcpy(entry->set, set, size);
        entry->count = row->count;
    }
    return program;
}

void
argot_export_row(struct argot_export *writer, const struct argot_export_row *row, struct argot_buffer *out)
{
    const uint16_t *set = set_of(writer, row);
    if (!set) {
        out->failed = true;
        return;
    }
    struct key key = row_key(writer, row, set);
    struct argot_export_run run = {.clock = &writer->clock, .row = row, .slots = row->slots, .raw = row->raw};
    struct entry *entry = find_entry(writer, &key);
    const struct argot_export_program *program = entry->program;
    if (!program || !is_same(&entry->key, &key) || !entry->set || entry->count != row->count ||
        memcmp(entry->set, set, row->count * sizeof *set) != 0)
        program = make_row_program(writer, row, entry, &key, set);
    write_line(writer, &run, program, out);
}
