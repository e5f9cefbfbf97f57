/* SPDX-License-Identifier: Apache-2.0
 * Of alerts that came, those are shown first that come nearest to what was expected: of the rule and with the
 * condition, then of the rule, then near in time. */
#include "cli/rule_report.h"
#include "cli/moment.h"
#include "cli/say.h"
#include "event/format.h"
#include "output/alert.h"

#define NS_PER_DAY INT64_C(86400000000000)
#define MOST_DAYS 3650 /* a time farther away is shown as it is */

/* ---- places and times ---- */

/* The line itself, numbered as diagnostics do it. */
static void
put_source(struct argot_rule_report *report, struct argot_plan_place place)
{
    const struct argot_plan_file *file = &report->plan->files[place.file];
    const char *at = file->source, *end = at + file->size;
    for (uint32_t line = 1; line < place.span.line && at < end; line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        at = newline ? newline + 1 : end;
    }
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    argot_buffer_printf(report->out, " %u | ", place.span.line);
    argot_say_escape(report->out, at, (size_t)((newline ? newline : end) - at));
    argot_buffer_append_byte(report->out, '\n');
}

static void
put_place(struct argot_rule_report *report, struct argot_plan_place place)
{
    argot_buffer_printf(report->out, "%s:%u:%u: test ", report->plan->files[place.file].path, place.span.line,
                        place.span.column);
    argot_say_escape(report->out, report->test->name, strlen(report->test->name));
    argot_buffer_append_text(report->out, ": ");
}

static void
put_time(struct argot_buffer *out, argot_time time)
{
    int64_t ns;
    if (!__builtin_sub_overflow(time, ARGOT_RULE_REPORT_CLOCK, &ns) && ns >= 0 && ns < MOST_DAYS * NS_PER_DAY) {
        argot_moment_write_span(out, ns);
        return;
    }
    char text[ARGOT_FORMAT_ROOM];
    argot_buffer_append(out, text, argot_format_time(time, text));
}

/* ---- alerts that came ---- */

static void
put_alert(struct argot_buffer *out, const struct argot_alert *alert)
{
    argot_buffer_append_text(out, "  came at ");
    put_time(out, alert->time);
    argot_buffer_append_text(out, alert->silent ? ": (silent) " : ": ");
    argot_say_escape(out, alert->rule_name, strlen(alert->rule_name));
    argot_buffer_printf(out, " alert.count=%llu ", (unsigned long long)alert->count);
    argot_alert_columns(alert, out);
    argot_buffer_append_byte(out, '\n');
}

/* How far an alert is from what was expected; the smallest is nearest. */
struct distance {
    unsigned kind;
    uint64_t time;
};

static struct distance
distance_of(const struct argot_plan_expect *expect, const struct argot_alert *alert, bool fits)
{
    struct distance distance = {.kind = fits ? 0 : (int32_t)alert->rule == expect->rule ? 1 : 2};
    argot_time at;
    if (__builtin_add_overflow(ARGOT_RULE_REPORT_CLOCK, expect->at_ns, &at))
        at = INT64_MAX;
    if (expect->kind == ARGOT_PLAN_EXPECT_AT)
        distance.time = alert->time > at ? (uint64_t)alert->time - (uint64_t)at : (uint64_t)at - (uint64_t)alert->time;
    return distance;
}

static bool
is_nearer(struct distance a, struct distance b)
{
    return a.kind != b.kind ? a.kind < b.kind : a.time < b.time;
}

/* Whether it is worth showing: of what should not have come only what came, of others the nearest. */
static bool
is_wanted(const struct argot_plan_expect *expect, bool fits)
{
    return fits || expect->kind != ARGOT_PLAN_EXPECT_NONE;
}

static void
put_alerts(struct argot_rule_report *report, const struct argot_plan_expect *expect, const struct argot_caught *caught,
           const bool *fits)
{
    size_t nearest[ARGOT_RULE_REPORT_ALERTS], count = 0, wanted = 0;
    for (size_t i = 0; i < caught->count; i++) {
        if (!is_wanted(expect, fits[i]))
            continue;
        wanted++;
        struct distance distance = distance_of(expect, caught->alerts[i], fits[i]);
        size_t at = count;
        while (at > 0 &&
               is_nearer(distance, distance_of(expect, caught->alerts[nearest[at - 1]], fits[nearest[at - 1]])))
            at--;
        if (at == ARGOT_RULE_REPORT_ALERTS)
            continue;
        count += count < ARGOT_RULE_REPORT_ALERTS;
        for (size_t k = count - 1; k > at; k--)
            nearest[k] = nearest[k - 1];
        nearest[at] = i;
    }
    for (size_t i = 0; i < count; i++)
        put_alert(report->out, caught->alerts[nearest[i]]);
    if (wanted > count)
        argot_buffer_printf(report->out, "  and %zu more\n", wanted - count);
    if (!caught->count)
        argot_buffer_append_text(report->out, "  no alert came\n");
}

/* Events that rules did not see are a likely reason. */
static void
put_counts(struct argot_rule_report *report)
{
    const struct argot_engine_counts *counts = &report->counts;
    if (counts->late)
        argot_buffer_printf(report->out, "  %llu events came too late for some rule\n",
                            (unsigned long long)counts->late);
    if (counts->strays)
        argot_buffer_printf(report->out, "  %llu events had a time far from those around them\n",
                            (unsigned long long)counts->strays);
}

/* ---- reports ---- */

void
argot_rule_report_fail(struct argot_rule_report *report, struct argot_plan_place place, const char *what)
{
    report->failed = true;
    put_place(report, place);
    argot_buffer_printf(report->out, "%s\n", what);
    put_source(report, place);
}

void
argot_rule_report_expect(struct argot_rule_report *report, const struct argot_plan_expect *expect, uint64_t held,
                         const struct argot_caught *caught, const bool *fits)
{
    struct argot_buffer *out = report->out;
    const char *name = expect->rule < 0 ? "" : report->plan->rules[expect->rule].name;
    const char *such = expect->condition ? "such " : "";
    report->failed = true;
    put_place(report, expect->place);
    switch (expect->kind) {
    case ARGOT_PLAN_EXPECT_AT:
        argot_buffer_printf(out, "no %salert ", such);
        argot_say_escape(out, name, strlen(name));
        argot_buffer_append_text(out, " at ");
        argot_moment_write_span(out, expect->at_ns);
        break;
    case ARGOT_PLAN_EXPECT_COUNT:
        argot_buffer_printf(out, "%llu %salerts ", (unsigned long long)held, such);
        argot_say_escape(out, name, strlen(name));
        argot_buffer_printf(out, ", not %llu", (unsigned long long)expect->count);
        break;
    case ARGOT_PLAN_EXPECT_NONE:
        argot_buffer_printf(out, "%llu %salert%s%s", (unsigned long long)held, such, held == 1 ? "" : "s",
                            expect->rule < 0 ? "" : " ");
        argot_say_escape(out, name, strlen(name));
        argot_buffer_append_text(out, ", where none was expected");
        break;
    }
    argot_buffer_append_byte(out, '\n');
    put_source(report, expect->place);
    put_alerts(report, expect, caught, fits);
    put_counts(report);
}

void
argot_rule_report_line(struct argot_rule_report *report)
{
    const struct argot_plan_place *place = &report->test->place;
    argot_buffer_printf(report->out, "%s:%u: test ", report->plan->files[place->file].path, place->span.line);
    argot_say_escape(report->out, report->test->name, strlen(report->test->name));
    argot_buffer_append_text(report->out, report->failed ? ": failed\n" : ": holds\n");
}
