/* SPDX-License-Identifier: Apache-2.0
 * Any rules over any events: the text up to a line of three dashes is a rule file, each four bytes behind it an event.
 * Trying each rule by itself gives the same alerts as the index does, and so does loading the same rules again in the
 * middle; what was counted adds up. */
#include "correlate/engine.h"
#include "grammar/rules.h"
#include "fuzz_case.h"
#include <errno.h>
#include <string.h>

#define MAX_EVENTS 400

static const char *const names[] = {"event_type",   "event_outcome",  "source_ip", "destination_port",
                                    "user_name",    "event_severity", "host_name", "source_bytes",
                                    "request_path", "process_name"};
#define NFIELDS (sizeof names / sizeof *names)
static struct argot_shape_field fields[NFIELDS];
static const struct argot_shape shape = {
    .format = "made", .message = "made", .count = NFIELDS, .nslots = NFIELDS, .fields = fields};

static int
no_file(struct argot_seam *seam, const char *path, enum argot_open_how how)
{
    (void)seam, (void)path, (void)how;
    return -ENOENT;
}

static int
by_field(const void *a, const void *b)
{
    return ((const struct argot_shape_field *)a)->field - ((const struct argot_shape_field *)b)->field;
}

static void
make_shape(void)
{
    for (size_t i = 0; i < NFIELDS; i++)
        fields[i] = (struct argot_shape_field){.field = (uint16_t)argot_schema_find(names[i])};
    qsort(fields, NFIELDS, sizeof *fields, by_field);
    for (uint8_t i = 0; i < NFIELDS; i++)
        fields[i].index = i;
}

/* ---- events ---- */

struct made {
    struct argot_slot slots[NFIELDS];
    struct argot_event event;
};

static struct argot_slot
value_of(uint16_t field, unsigned choice)
{
    static const char *const texts[] = {"", "root", "amy", "/admin/x", "web1", "sshd", "a\0b", "\xff\xfe"};
    static const uint32_t lengths[] = {0, 4, 3, 8, 4, 4, 3, 2};
    const struct argot_schema_field *of = &argot_schema.fields[field];
    struct argot_slot slot = {.u64 = choice};
    if (of->type == ARGOT_TYPE_IP) {
        memset(slot.ip, 0, sizeof slot.ip);
        slot.ip[10] = slot.ip[11] = choice & 1 ? 0xff : 0;
        slot.ip[15] = (uint8_t)choice;
    } else if (of->type == ARGOT_TYPE_ENUM) {
        slot.u64 = choice % of->nvalues;
    } else if (of->type == ARGOT_TYPE_STRING || of->type == ARGOT_TYPE_HOST || of->type == ARGOT_TYPE_KEYWORD) {
        slot = (struct argot_slot){.text = {.at = (const uint8_t *)texts[choice % 8], .length = lengths[choice % 8]}};
    }
    return slot;
}

/* Type and time from two bytes, which fields there are and their values from the others. */
static void
make(struct made *made, const uint8_t *bytes, argot_time *now, uint64_t record)
{
    static const int64_t steps_ns[] = {0,           1,           1000000000,    5000000000,
                                       60000000000, -3000000000, 3600000000001, -90000000000};
    *now += steps_ns[bytes[1] & 7] * (1 + (bytes[1] >> 3 & 3));
    *made = (struct made){.event = {.shape = &shape, .time = *now, .record = record, .line = record}};
    made->event.slots = made->slots;
    for (size_t i = 0; i < NFIELDS; i++) {
        bool type = fields[i].field == argot_schema_find("event_type");
        if (!type && (bytes[2] >> (i & 7) & 1) == 0)
            continue;
        made->slots[i] = value_of(fields[i].field, type ? bytes[0] : (unsigned)bytes[3] >> (i & 3));
        made->event.present |= UINT64_C(1) << i;
    }
}

/* ---- running ---- */

static void
take_alert(void *context, const struct argot_alert *alert)
{
    struct argot_buffer *told = context;
    argot_buffer_printf(told, "%s %lld %llu ", alert->rule_name, (long long)alert->time,
                        (unsigned long long)alert->count);
    argot_buffer_append(told, alert->id, sizeof alert->id);
    for (uint32_t i = 0; i < alert->ncauses; i++)
        argot_buffer_printf(told, " %llu", (unsigned long long)alert->causes[i].identity.record);
    argot_buffer_append_byte(told, '\n');
}

static void
run(const struct argot_plan *plan, const uint8_t *at, const uint8_t *end, bool one_by_one, bool again,
    struct argot_buffer *told)
{
    char why[200];
    struct argot_engine_options options = {.seam = argot_seam_system(),
                                           .plan = plan,
                                           .nsources = 2,
                                           .one_by_one = one_by_one,
                                           .silent_too = true,
                                           .late_ns = ARGOT_PLAN_DEFAULT_LATE_NS,
                                           .context = told,
                                           .alert = take_alert};
    struct argot_engine *engine = argot_engine_new(&options, why, sizeof why);
    if (!engine)
        return; /* an expression that is too large */
    argot_time now[2] = {INT64_C(1767225600000000000), INT64_C(1767225600000000000)};
    uint64_t count = 0;
    for (; at + 4 <= end && count < MAX_EVENTS; at += 4) {
        struct made made;
        uint32_t source = at[1] >> 7;
        make(&made, at, &now[source], ++count);
        check(argot_engine_event(engine, source, &made.event, 0));
        if (again && count % 16 == 8)
            check(argot_engine_reload(engine, plan, why, sizeof why));
    }
    check(argot_engine_finish(engine));
    check(argot_engine_counts(engine).events == count);
    check(argot_engine_counts(engine).waiting == 0);
    argot_engine_free(engine);
}

static void
compare(const struct argot_plan *plan, const uint8_t *at, const uint8_t *end)
{
    struct argot_buffer told[3];
    for (size_t i = 0; i < 3; i++) {
        argot_buffer_init(&told[i], argot_seam_system());
        run(plan, at, end, i == 1, i == 2, &told[i]);
        check(told[i].length == told[0].length &&
              (!told[0].length || !memcmp(told[i].bytes, told[0].bytes, told[0].length)));
    }
    for (size_t i = 0; i < 3; i++)
        argot_buffer_finish(&told[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct argot_seam seam = *argot_seam_system();
    struct argot_arena arena;
    argot_arena_init(&arena, &seam, 0);
    make_shape();
    seam.open = no_file;
    const char *source = argot_arena_copy(&arena, (const char *)data, size);
    const char *line = memmem(source, size, "\n---\n", 5);
    size_t rule_bytes = line ? (size_t)(line - source) : size;
    struct argot_rules_text text = {"fuzz.rule", argot_arena_copy(&arena, source, rule_bytes), rule_bytes};
    struct argot_rules *rules = argot_rules_new(&seam, &text, 1, NULL);
    check(rules != NULL);
    if (line && argot_rules_plan(rules))
        compare(argot_rules_plan(rules), (const uint8_t *)line + 5, (const uint8_t *)source + size);
    argot_rules_free(rules);
    argot_arena_finish(&arena);
    return 0;
}
