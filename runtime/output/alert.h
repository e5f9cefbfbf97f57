/* SPDX-License-Identifier: Apache-2.0
 * Alerts as JSON, one object a line, and as lines for people. The columns of an alert are written as those of events
 * are; what the rule language calls alert.… stands in an object `alert` behind them. What holds for text of logs in
 * events holds here: valid UTF-8, and nothing that can drive a terminal. When memory runs out nothing of the alert is
 * written and out->failed is set. */
#pragma once
#include "base/buffer.h"
#include "correlate/plan.h"
#include "event/alert.h"
#include "event/standard.h"

/* Causes that are alerts have causes of their own, so that a few rules could make a line that does not end. What is
 * beyond these bounds, which are those of the engine too, is counted in the alert ("causes_omitted"). */
#define ARGOT_ALERT_MAX_DEPTH 8        /* alerts within alerts */
#define ARGOT_ALERT_MAX_CAUSES 1000    /* of one alert, those of its causes included */
#define ARGOT_ALERT_TEXT_RAW_BYTES 512 /* shown of a raw line for people */

struct argot_alert_style {
    const struct argot_plan *plan; /* the alert's; says which columns are keys; NULL: no key is told apart */
    const char *const *paths;      /* names of the sources, by number */
    size_t npaths;
    bool color;                          /* of text */
    bool replay;                         /* of history that was judged again, which each alert says */
    enum argot_standard_number standard; /* whose words JSON has; NONE: argot's own */
};

/* {"event_type":…,"extra":{…},"alert":{"id":…,"count":…,"first_time":…,"last_time":…,"tags":[…],"values":{…},
 * "causes":[…]}}\n: columns in schema order, absent ones left out. In the words of another standard
 * `alert` is a member of its rest. Returns the number of bytes replaced by U+FFFD. */
size_t argot_alert_json(const struct argot_alert *alert, const struct argot_alert_style *style,
                        struct argot_buffer *out);
/* What stands beside the columns, as a member behind others: ,"alert":{…}. Returns the same. */
size_t argot_alert_beside(const struct argot_alert *alert, const struct argot_alert_style *style,
                          struct argot_buffer *out);
/* argot_alert_json where a standard is chosen. */
size_t argot_alert_export(const struct argot_alert *alert, const struct argot_alert_style *style,
                          struct argot_buffer *out);
/* A line with time, severity, rule and message; then indented ones: keys, count and span, techniques, collected values,
 * and the causes with their raw lines. Returns the same. */
size_t argot_alert_text(const struct argot_alert *alert, const struct argot_alert_style *style,
                        struct argot_buffer *out);
/* All columns but time, type, rule and message, and members of extra, as name=value on one line, without its end. */
size_t argot_alert_columns(const struct argot_alert *alert, struct argot_buffer *out);
