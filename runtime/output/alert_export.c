/* SPDX-License-Identifier: Apache-2.0
 * Alerts in the words of another standard: rows whose fields are the alert's columns, with what stands beside them as
 * a member of the rest. They come seldom, so the writer lives for one of them. */
#include "output/alert.h"
#include "output/export.h"

static void
put_row(struct argot_export *writer, const struct argot_alert *alert, uint16_t *fields, struct argot_slot *slots,
        const struct argot_buffer *members, struct argot_buffer *out)
{
    char id[ARGOT_ALERT_ID_TEXT];
    struct argot_export_row row = {.count = alert->nfields,
                                   .fields = fields,
                                   .slots = slots,
                                   .identity = argot_alert_id(alert, id),
                                   .extra = alert->extra,
                                   .nextra = alert->nextra,
                                   .members = {members->bytes, (uint32_t)members->length}};
    for (uint32_t i = 0; i < alert->nfields; i++) {
        fields[i] = alert->fields[i].field;
        slots[i] = alert->fields[i].slot;
    }
    argot_export_row(writer, &row, out);
}

size_t
argot_alert_export(const struct argot_alert *alert, const struct argot_alert_style *style, struct argot_buffer *out)
{
    struct argot_seam *seam = out->seam;
    struct argot_buffer members;
    argot_buffer_init(&members, seam);
    size_t replaced = argot_alert_beside(alert, style, &members);
    struct argot_export *writer = argot_export_new(seam, style->standard, 0);
    uint16_t *fields = seam->allocate(seam, (alert->nfields + (size_t)1) * sizeof *fields);
    struct argot_slot *slots = seam->allocate(seam, (alert->nfields + (size_t)1) * sizeof *slots);
    if (writer && fields && slots && !members.failed) {
        put_row(writer, alert, fields, slots, &members, out);
        replaced += (size_t)argot_export_take_replaced(writer);
    } else {
        out->failed = true;
    }
    seam->release(seam, slots);
    seam->release(seam, fields);
    argot_export_free(writer);
    argot_buffer_finish(&members);
    return replaced;
}
