/* SPDX-License-Identifier: Apache-2.0
 * Groups of an output lie in the order in which they began, which is that in which they end, for all last equally long;
 * a group is found by the text of its fields. Where messages wait in the store, the summary of an open group waits
 * there too, held: so alerts that were stored are told though this program is killed before the group ends. */
#include "base/hash.h"
#include "output/json.h"
#include "pipeline/announce_parts.h"
#include <string.h>

#define FIRST_ROOM 64

static const struct argot_hash_key key = {{UINT64_C(0x67726f7570732e61), UINT64_C(0x6c657274732e7631)}};

static struct argot_announce_group *
group_at(struct argot_announce_state *output, size_t i)
{
    return &output->groups[(output->begin + i) % output->room];
}

/* ---- summaries ---- */

static void
put_time(struct argot_buffer *out, const char *name, argot_time time)
{
    struct argot_slot slot = {.i64 = time};
    argot_buffer_printf(out, ",\"%s\":", name);
    (void)argot_json_value(ARGOT_TYPE_TIMESTAMP, 0, &slot, out);
}

/* What came behind the first, in one message. */
static struct argot_announce_message
make_summary(struct argot_announce *announce, const struct argot_announce_state *output,
             const struct argot_announce_group *group)
{
    struct argot_buffer *json = &announce->text, *words = &announce->words;
    struct argot_announce_message message = {.json = json, .words = words};
    json->length = words->length = 0;
    json->failed = words->failed = false;
    argot_buffer_append_text(json, "{\"group\":{");
    argot_buffer_append(json, group->text, group->length);
    argot_buffer_printf(json, "},\"alerts\":%llu", (unsigned long long)group->more);
    put_time(json, "first_time", group->first);
    put_time(json, "last_time", group->newest);
    argot_buffer_append_text(json, "}\n");
    argot_buffer_printf(words, "<%u>argot: %llu more alerts: ", ARGOT_ANNOUNCE_FACILITY + 5,
                        (unsigned long long)group->more);
    argot_buffer_append(words, group->text, group->length);
    if (output->of->kind == ARGOT_ANNOUNCE_MAIL) {
        argot_buffer_append_text(words, "\n\n");
        argot_buffer_append(words, json->bytes, json->length);
    }
    argot_announce_name(group->id, "-group", message.name);
    return message;
}

/* A summary that was held goes, and one that is not comes, so that what is told is what was committed. */
static void
sum_up(struct argot_announce *announce, struct argot_announce_state *output, const struct argot_announce_group *group)
{
    if (!group->more)
        return;
    if (group->message && !argot_post_drop(announce->post, output->post, group->message, group->message_bytes))
        announce->store_failed = true;
    struct argot_announce_message message = make_summary(announce, output, group);
    argot_announce_send(announce, output, &message);
    announce->counts.grouped += group->more;
}

void
argot_announce_hold_groups(struct argot_announce *announce, struct argot_announce_state *output)
{
    if (!argot_announce_has_post(output) || !output->changed)
        return;
    output->changed = false;
    for (size_t i = 0; i < output->count; i++) {
        struct argot_announce_group *group = group_at(output, i);
        if (!group->changed)
            continue;
        struct argot_announce_message message = make_summary(announce, output, group);
        size_t bytes = argot_announce_put(announce, output, &message, true, &group->message);
        group->message_bytes = group->message_bytes ? group->message_bytes : bytes;
        group->changed = announce->text.failed || announce->words.failed; /* then it is tried again */
        output->changed |= group->changed;
    }
}

/* ---- ends ---- */

static void
end_oldest(struct argot_announce *announce, struct argot_announce_state *output)
{
    struct argot_announce_group *group = group_at(output, 0);
    sum_up(announce, output, group);
    announce->options.seam->release(announce->options.seam, group->text);
    output->begin = (output->begin + 1) % output->room;
    output->count--;
}

void
argot_announce_end_groups(struct argot_announce *announce, struct argot_announce_state *output, argot_time now)
{
    while (output->count && group_at(output, 0)->until <= now)
        end_oldest(announce, output);
}

void
argot_announce_forget_groups(struct argot_announce *announce, struct argot_announce_state *output)
{
    for (; output->count; output->count--) {
        announce->options.seam->release(announce->options.seam, group_at(output, 0)->text);
        output->begin = (output->begin + 1) % output->room;
    }
}

/* ---- finding ---- */

static bool
make_room(struct argot_announce *announce, struct argot_announce_state *output)
{
    struct argot_seam *seam = announce->options.seam;
    if (output->count == ARGOT_ANNOUNCE_MAX_GROUPS) {
        announce->counts.early++;
        end_oldest(announce, output);
    }
    if (output->count < output->room)
        return true;
    size_t room = output->room ? output->room * 2 : FIRST_ROOM;
    struct argot_announce_group *groups = seam->allocate(seam, room * sizeof *groups);
    if (!groups)
        return false;
    for (size_t i = 0; i < output->count; i++)
        groups[i] = *group_at(output, i);
    seam->release(seam, output->groups);
    output->groups = groups;
    output->begin = 0;
    output->room = room;
    return true;
}

static void
name_group(const struct argot_announce_state *output, const struct argot_alert *alert, struct argot_buffer *text)
{
    text->length = 0;
    for (size_t i = 0; i < output->of->nfields; i++) {
        uint16_t field = output->of->fields[i];
        const struct argot_slot *slot = argot_alert_get(alert, field);
        argot_buffer_printf(text, "%s\"%s\":", i ? "," : "", argot_schema.fields[field].name);
        if (slot)
            (void)argot_json_value(argot_schema.fields[field].type, field, slot, text);
        else
            argot_buffer_append_text(text, "null");
    }
}

static void
add_to(struct argot_announce_state *output, struct argot_announce_group *group, const struct argot_alert *alert)
{
    group->first = group->more && group->first < alert->time ? group->first : alert->time;
    group->newest = group->more && group->newest > alert->time ? group->newest : alert->time;
    if (!group->more++)
        memcpy(group->id, alert->id, sizeof group->id);
    group->changed = output->changed = true;
}

bool
argot_announce_begins_group(struct argot_announce *announce, struct argot_announce_state *output,
                            const struct argot_alert *alert)
{
    struct argot_seam *seam = announce->options.seam;
    struct argot_buffer *text = &announce->text;
    text->failed = false;
    name_group(output, alert, text);
    uint64_t sum = argot_hash_table(&key, text->bytes, text->length);
    for (size_t i = 0; i < output->count && !text->failed; i++) {
        struct argot_announce_group *one = group_at(output, i);
        if (one->hash != sum || one->length != text->length || memcmp(one->text, text->bytes, text->length))
            continue;
        add_to(output, one, alert);
        return false;
    }
    char *copy = text->failed || !make_room(announce, output) ? NULL : seam->allocate(seam, text->length + 1);
    text->failed = false;
    if (!copy)
        return true;
    name_group(output, alert, text); /* ending another group may have written over it */
    memcpy(copy, text->bytes, text->length);
    output->count++;
    *group_at(output, output->count - 1) = (struct argot_announce_group){
        .text = copy, .length = text->length, .hash = sum, .until = seam->monotonic(seam) + output->of->every_ns};
    return true;
}
