/* SPDX-License-Identifier: Apache-2.0
 * Reading alerts by schema field. */
#include "event/alert.h"

const struct argot_slot *
argot_alert_get(const struct argot_alert *alert, uint16_t field)
{
    uint32_t low = 0, high = alert->nfields;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct argot_alert_field *entry = &alert->fields[middle];
        if (entry->field == field)
            return &entry->slot;
        if (entry->field < field)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const char *
argot_alert_id(const struct argot_alert *alert, char text[ARGOT_ALERT_ID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < ARGOT_ALERT_ID_BYTES; i++) {
        text[2 * i] = digits[alert->id[i] >> 4];
        text[2 * i + 1] = digits[alert->id[i] & 15];
    }
    text[2 * ARGOT_ALERT_ID_BYTES] = 0;
    return text;
}
