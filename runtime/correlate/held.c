/* SPDX-License-Identifier: Apache-2.0
 * A copy is one piece: the structure, slots, extra, lists, and texts behind each other. It is measured first, then
 * written, by the same walk. */
#include "correlate/held.h"
#include "base/short.h"
#include <string.h>

/* Where the next bytes of a piece go; at NULL while it is only measured. */
struct writer {
    uint8_t *at;
    size_t size;
};

static void *
put(struct writer *w, const void *bytes, size_t count, size_t align)
{
    size_t gap = (align - w->size % align) % align;
    void *place = NULL;
    if (w->at) {
        place = w->at + w->size + gap;
        if (count && bytes)
            memcpy(place, bytes, count);
    }
    w->size += gap + count;
    return place;
}

static const uint8_t *
put_text(struct writer *w, const uint8_t *text, size_t length)
{
    const uint8_t *copy = put(w, text, length, 1);
    return copy ? copy : (const uint8_t *)"";
}

enum keeping { KEPT_PLAIN, KEPT_TEXT, KEPT_LIST_OF_PLAIN, KEPT_LIST_OF_TEXT };

static enum keeping
keeping_of(uint8_t type)
{
    switch (type) {
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_HOST:
    case ARGOT_TYPE_KEYWORD:
        return KEPT_TEXT;
    case ARGOT_TYPE_STRING_LIST:
        return KEPT_LIST_OF_TEXT;
    case ARGOT_TYPE_IP_LIST:
        return KEPT_LIST_OF_PLAIN;
    default:
        return KEPT_PLAIN;
    }
}

/* What the slot points to; `slot` is the copy, or NULL while it is only measured. */
static void
put_behind(struct writer *w, uint8_t type, const struct argot_slot *from, struct argot_slot *slot)
{
    enum keeping keeping = keeping_of(type);
    if (keeping == KEPT_TEXT) {
        const uint8_t *text = put_text(w, from->text.at, from->text.length);
        if (w->at && slot)
            slot->text.at = text;
    } else if (keeping != KEPT_PLAIN) {
        uint32_t count = from->list.count;
        struct argot_slot *items =
            put(w, from->list.items, count * sizeof(struct argot_slot), _Alignof(struct argot_slot));
        for (uint32_t i = 0; keeping == KEPT_LIST_OF_TEXT && i < count; i++)
            put_behind(w, ARGOT_TYPE_STRING, &from->list.items[i], items ? &items[i] : NULL);
        if (w->at && slot)
            slot->list.items = items;
    }
}

static struct argot_extra *
put_extra(struct writer *w, const struct argot_extra *extra, uint32_t count)
{
    struct argot_extra *copy = put(w, extra, count * sizeof *copy, _Alignof(struct argot_extra));
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *key = put_text(w, extra[i].key.at, extra[i].key.length);
        if (copy)
            copy[i].key.at = key;
        put_behind(w, extra[i].type, &extra[i].value, copy ? &copy[i].value : NULL);
    }
    return copy;
}

/* ---- names of formats ---- */

uint16_t
argot_formats_find(struct argot_formats *formats, struct argot_slab *slab, const char *name)
{
    for (uint16_t i = formats->count; i-- > 0;) /* the newest come most often; there are few */
        if (formats->names[i] == name)
            return (uint16_t)(i + 1);
    if (formats->count == ARGOT_FORMATS_MAX)
        return 0;
    if (formats->count == formats->room) {
        size_t room = formats->room ? formats->room * 2 : 16, used = formats->count * sizeof *formats->names;
        const char **names =
            argot_slab_grow(slab, formats->names, used, formats->room * sizeof *names, room * sizeof *names);
        if (!names)
            return 0;
        formats->names = names;
        formats->room = room;
    }
    formats->names[formats->count++] = name;
    return formats->count;
}

/* ---- events ---- */

static void
put_slots(struct writer *w, const struct argot_event *event, struct argot_event *copy)
{
    const struct argot_shape *shape = event->shape;
    struct argot_slot *slots =
        put(w, event->slots, shape->nslots * sizeof(struct argot_slot), _Alignof(struct argot_slot));
    for (uint16_t i = 0; i < shape->count; i++) {
        const struct argot_shape_field *field = &shape->fields[i];
        if (field->constant || !(event->present >> field->index & 1))
            continue;
        put_behind(w, argot_schema.fields[field->field].type, &event->slots[field->index],
                   slots ? &slots[field->index] : NULL);
    }
    if (copy)
        copy->slots = slots;
}

static struct argot_held *
put_event(struct writer *w, const struct argot_event *event)
{
    struct argot_held *held = put(w, NULL, sizeof *held, _Alignof(struct argot_held));
    struct argot_event *copy = put(w, event, sizeof *event, _Alignof(struct argot_event));
    put_slots(w, event, copy);
    struct argot_extra *extra = put_extra(w, event->extra, event->nextra);
    if (held) {
        copy->extra = extra;
        copy->raw = (struct argot_slice){0};
        *held = (struct argot_held){.references = 1, .subject.event = copy};
    }
    return held;
}

/* Most events have neither lists nor members of extra: head, slots and texts, one behind the other. */
struct plain {
    struct argot_event event;
    struct argot_slot slots[1]; /* or as many as there are */
};
struct head {
    struct argot_held held;
    struct plain plain;
};

static bool
is_plain(const struct argot_event *event, struct argot_judge_pointers pointers)
{
    return !event->nextra && !(event->present & pointers.lists);
}

/* Of the head and what is behind it. */
static size_t
plain_size(const struct argot_event *event, uint64_t texts)
{
    size_t size = offsetof(struct head, plain.slots) + event->shape->nslots * sizeof(struct argot_slot);
    for (uint64_t left = texts; left; left &= left - 1)
        size += event->slots[__builtin_ctzll(left)].text.length;
    return size;
}

static void
copy_plain(const struct argot_event *event, uint64_t texts, struct plain *to)
{
    struct argot_slot *slots = to->slots;
    uint16_t count = event->shape->nslots;
    to->event = *event;
    to->event.slots = slots;
    to->event.extra = NULL;
    to->event.raw = (struct argot_slice){0};
    if (count)
        memcpy(slots, event->slots, count * sizeof *slots);
    uint8_t *at = (uint8_t *)(slots + count);
    for (uint64_t left = texts; left; left &= left - 1) {
        struct argot_slot *slot = &slots[__builtin_ctzll(left)];
        argot_short_copy(at, slot->text.at, slot->text.length);
        slot->text.at = at;
        at += slot->text.length;
    }
}

static struct argot_held *
hold_plain(struct argot_slab *slab, const struct argot_event *event, uint64_t texts)
{
    size_t size = plain_size(event, texts);
    struct head *head = argot_slab_take(slab, size);
    if (!head)
        return NULL;
    head->held = (struct argot_held){.references = 1, .size = size, .subject.event = &head->plain.event};
    copy_plain(event, texts, &head->plain);
    return &head->held;
}

struct argot_held *
argot_held_event(struct argot_slab *slab, struct argot_judge *judge, const struct argot_event *event)
{
    struct argot_judge_pointers pointers = argot_judge_pointers(judge, event->shape);
    if (is_plain(event, pointers))
        return hold_plain(slab, event, event->present & pointers.texts);
    struct writer w = {0};
    put_event(&w, event);
    size_t size = w.size;
    w = (struct writer){.at = argot_slab_take(slab, size)};
    if (!w.at)
        return NULL;
    struct argot_held *held = put_event(&w, event);
    held->size = size;
    return held;
}

/* ---- events that are lent ---- */

struct argot_held *
argot_held_lend(struct argot_slab *slab, struct argot_judge *judge, const struct argot_event *event,
                struct argot_held **list)
{
    struct argot_judge_pointers pointers = argot_judge_pointers(judge, event->shape);
    if (!is_plain(event, pointers))
        return argot_held_event(slab, judge, event);
    struct argot_held *held = argot_slab_take(slab, sizeof *held);
    if (!held)
        return NULL;
    *held = (struct argot_held){.references = 1,
                                .size = plain_size(event, event->present & pointers.texts),
                                .subject.event = event,
                                .next = *list,
                                .link = list,
                                .apart = true};
    if (held->next)
        held->next->link = &held->next;
    *list = held;
    return held;
}

/* Where it is in one. */
static void
leave_list(struct argot_held *held)
{
    if (!held->link)
        return;
    *held->link = held->next;
    if (held->next)
        held->next->link = held->link;
    held->link = NULL;
}

static size_t
copy_size(const struct argot_held *held)
{
    return held->size - offsetof(struct head, plain);
}

bool
argot_held_recall(struct argot_slab *slab, struct argot_judge *judge, struct argot_held **list)
{
    while (*list) {
        struct argot_held *held = *list;
        const struct argot_event *event = held->subject.event;
        struct plain *copy = argot_slab_take(slab, copy_size(held));
        if (!copy)
            return false;
        copy_plain(event, event->present & argot_judge_pointers(judge, event->shape).texts, copy);
        held->copy = copy;
        held->subject.event = &copy->event;
        leave_list(held);
    }
    return true;
}

static void
give(struct argot_slab *slab, struct argot_held *held)
{
    leave_list(held);
    if (held->copy)
        argot_slab_give(slab, held->copy, copy_size(held));
    argot_slab_give(slab, held, held->apart ? sizeof *held : held->size);
}

/* ---- alerts ---- */

static const struct argot_alert_values *
put_values(struct writer *w, const struct argot_alert *alert)
{
    struct argot_alert_values *copy =
        put(w, alert->values, alert->nvalues * sizeof *copy, _Alignof(struct argot_alert_values));
    for (uint32_t i = 0; i < alert->nvalues; i++) {
        const struct argot_extra *values = put_extra(w, alert->values[i].values, alert->values[i].count);
        const char *name = alert->values[i].name;
        const uint8_t *name_copy = name ? put_text(w, (const uint8_t *)name, strlen(name) + 1) : NULL;
        if (copy) {
            copy[i].values = values;
            copy[i].name = (const char *)name_copy;
        }
    }
    return copy;
}

/* With its NUL. */
static const char *
put_word(struct writer *w, const char *word)
{
    return (const char *)put_text(w, (const uint8_t *)word, strlen(word) + 1);
}

/* The plan that these come from may be given up before the alert is. */
static void
put_words(struct writer *w, const struct argot_alert *alert, struct argot_alert *copy)
{
    const char *name = put_word(w, alert->rule_name);
    const char **tags = put(w, alert->tags, alert->ntags * sizeof *tags, _Alignof(const char *));
    for (uint32_t i = 0; i < alert->ntags; i++) {
        const char *tag = put_word(w, alert->tags[i]);
        if (tags)
            tags[i] = tag;
    }
    if (copy) {
        copy->rule_name = name;
        copy->tags = tags;
    }
}

static struct argot_held *
put_alert(struct writer *w, const struct argot_alert *alert, const struct argot_kept *kept, uint32_t nkept)
{
    struct argot_held *held = put(w, NULL, sizeof *held, _Alignof(struct argot_held));
    struct argot_alert *copy = put(w, alert, sizeof *alert, _Alignof(struct argot_alert));
    struct argot_alert_field *fields =
        put(w, alert->fields, alert->nfields * sizeof *fields, _Alignof(struct argot_alert_field));
    for (uint32_t i = 0; i < alert->nfields; i++)
        put_behind(w, argot_schema.fields[alert->fields[i].field].type, &alert->fields[i].slot,
                   fields ? &fields[i].slot : NULL);
    struct argot_extra *extra = put_extra(w, alert->extra, alert->nextra);
    const struct argot_alert_values *values = put_values(w, alert);
    put_words(w, alert, copy);
    struct argot_kept *causes = put(w, kept, nkept * sizeof *kept, _Alignof(struct argot_kept));
    if (held) {
        copy->fields = fields;
        copy->extra = extra;
        copy->values = values;
        copy->causes = NULL;
        copy->ncauses = 0;
        *held = (struct argot_held){.references = 1, .nkept = nkept, .subject.alert = copy, .kept = causes};
    }
    return held;
}

struct argot_held *
argot_held_alert(struct argot_slab *slab, const struct argot_alert *alert, const struct argot_kept *kept,
                 uint32_t nkept)
{
    struct writer w = {0};
    put_alert(&w, alert, kept, nkept);
    size_t size = w.size;
    w = (struct writer){.at = argot_slab_take(slab, size)};
    if (!w.at)
        return NULL;
    struct argot_held *held = put_alert(&w, alert, kept, nkept);
    held->size = size;
    return held;
}

/* Causes that are alerts have causes of their own, as deep as the graph of rules: a list instead of recursion. */
void
argot_held_give(struct argot_slab *slab, struct argot_held *held)
{
    if (!held->nkept) {
        give(slab, held);
        return;
    }
    held->next = NULL;
    while (held) {
        struct argot_held *list = held->next;
        for (uint32_t i = 0; i < held->nkept; i++) {
            struct argot_held *below = held->kept[i].held;
            if (!below || --below->references)
                continue;
            leave_list(below);
            below->next = list;
            list = below;
        }
        give(slab, held);
        held = list;
    }
}
