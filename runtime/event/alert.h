/* SPDX-License-Identifier: Apache-2.0
 * Alerts, as outputs write them and rules over alerts read them: an event of type CORRELATION_ALERT, whose columns are
 * fields of the schema, and beside it what the rule language calls alert.…, which is in no column. Made by the engine
 * (correlate/), which owns all memory behind it; docs/rule-language.md says what stands in each part. */
#pragma once
#include "event/event.h"

/* Who an event is, through restarts too. Compared in this order, after the time, it is the order of events. */
struct argot_identity {
    uint32_t source; /* number of the input in the run */
    uint32_t part;   /* of a record that is split; stands behind record in the order */
    uint64_t record; /* number of the record in its source, from 1 */
};

/* An event that made a rule fire, or an alert that did. */
struct argot_cause {
    argot_time time;
    struct argot_identity identity;  /* of an alert: of its newest cause */
    const struct argot_alert *alert; /* NULL: an event */
    const char *format;              /* of an event: name of its format */
    struct argot_slice raw; /* of an event: the whole record without its line end; at NULL: it cannot be had any more */
};

struct argot_alert_field {
    uint16_t field; /* schema index; ascending within an alert */
    struct argot_slot slot;
};

/* Distinct values of one field of `collect`, in the order seen. */
#define ARGOT_ALERT_MAX_VALUES 20
struct argot_alert_values {
    uint16_t field;                   /* schema index, unless name is set */
    const char *name;                 /* of a member of extra, without `extra.`: type is that of each value */
    uint32_t count;                   /* at most ARGOT_ALERT_MAX_VALUES */
    const struct argot_extra *values; /* keys unused */
};

#define ARGOT_ALERT_ID_BYTES 16

struct argot_alert {
    uint32_t rule; /* number in the plan */
    bool silent;   /* neither stored nor printed */
    const char *rule_name;
    argot_time time;                  /* also the field event_time */
    struct argot_identity identity;   /* of the newest cause */
    uint8_t id[ARGOT_ALERT_ID_BYTES]; /* written as 32 hexadecimal digits: alert.id */
    uint64_t count;
    argot_time first_time, last_time;

    uint32_t nfields, nextra, ntags, nvalues, ncauses;
    const struct argot_alert_field
        *fields; /* event_type, event_time, the rule's, the keys, those of the newest cause */
    const struct argot_extra *extra;
    const char *const *tags;
    const struct argot_alert_values *values;
    const struct argot_cause *causes; /* oldest first */
};

#define ARGOT_ALERT_ID_TEXT (2 * ARGOT_ALERT_ID_BYTES + 1)
/* alert.id, ended by a zero byte. Returns the text. */
const char *argot_alert_id(const struct argot_alert *alert, char text[ARGOT_ALERT_ID_TEXT]);
/* The value of a schema field, NULL when absent. O(log n). */
const struct argot_slot *argot_alert_get(const struct argot_alert *alert, uint16_t field);
