/* SPDX-License-Identifier: Apache-2.0
 * Every value is mixed with the number of its field, so that swapped fields are another sum; then
 * all are added. */
#include "pipeline/checksum.h"
#include <string.h>

#define SEED UINT64_C(0x9e3779b97f4a7c15)
#define FACTOR UINT64_C(0xff51afd7ed558ccd)
#define EXTRA_FIELD UINT64_C(0x10000) /* beyond every schema field */

static uint64_t
mix(uint64_t sum, uint64_t word)
{
    sum = (sum ^ word) * FACTOR;
    return sum ^ sum >> 32;
}

static uint64_t
mix_bytes(uint64_t sum, const uint8_t *bytes, size_t length)
{
    sum = mix(sum, length);
    for (; length >= sizeof(uint64_t); bytes += sizeof(uint64_t), length -= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        sum = mix(sum, word);
    }
    uint64_t rest = 0;
    if (length)
        memcpy(&rest, bytes, length);
    return mix(sum, rest);
}

static uint64_t mix_slot(uint64_t sum, enum argot_type type, const struct argot_slot *slot);

static uint64_t
mix_list(uint64_t sum, enum argot_type type, const struct argot_slot *slot)
{
    enum argot_type item = type == ARGOT_TYPE_IP_LIST ? ARGOT_TYPE_IP : ARGOT_TYPE_STRING;
    for (uint32_t i = 0; i < slot->list.count; i++)
        sum = mix_slot(sum, item, &slot->list.items[i]);
    return mix(sum, slot->list.count);
}

/* Lists do not nest, so neither does this. */
// NOLINTNEXTLINE(misc-no-recursion)
static uint64_t
mix_slot(uint64_t sum, enum argot_type type, const struct argot_slot *slot)
{
    switch (type) {
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_HOST:
    case ARGOT_TYPE_KEYWORD:
        return mix_bytes(mix(sum, slot->text.flags), slot->text.at, slot->text.length);
    case ARGOT_TYPE_IP:
        return mix_bytes(sum, slot->ip, sizeof slot->ip);
    case ARGOT_TYPE_STRING_LIST:
    case ARGOT_TYPE_IP_LIST:
        return mix_list(sum, type, slot);
    default:
        return mix(sum, slot->u64);
    }
}

static uint64_t
sum_fields(const struct argot_event *event)
{
    const struct argot_shape *shape = event->shape;
    uint64_t sum = 0;
    for (unsigned i = 0; i < shape->count; i++) {
        const struct argot_shape_field *field = &shape->fields[i];
        const struct argot_slot *slot = &field->slot;
        if (!field->constant) {
            if (!(event->present >> field->index & 1))
                continue;
            slot = &event->slots[field->index];
        }
        sum += mix_slot(SEED + field->field, argot_schema.fields[field->field].type, slot);
    }
    return sum;
}

uint64_t
argot_checksum_event(const struct argot_event *event)
{
    /* Not every shape lists the time, so it is summed apart; where one does it counts twice,
     * always. */
    uint64_t sum = sum_fields(event) + mix(SEED, (uint64_t)event->time);
    for (uint32_t i = 0; i < event->nextra; i++) {
        const struct argot_extra *extra = &event->extra[i];
        uint64_t key = mix_bytes(SEED + EXTRA_FIELD + extra->type, extra->key.at, extra->key.length);
        sum += mix_slot(key, extra->type, &extra->value);
    }
    return sum;
}
