/* SPDX-License-Identifier: Apache-2.0
 * What a run that has no end tells of itself, by what its parts count. */
#include "output/alert.h"
#include "pipeline/announce.h"
#include "pipeline/serve_parts.h"

struct argot_engine_counts
argot_serve_engine_counts(const struct argot_serve *serve)
{
    return serve->engine ? argot_engine_counts(serve->engine) : (struct argot_engine_counts){0};
}

struct argot_engine_rule_counts
argot_serve_rule_counts(const struct argot_serve *serve, uint32_t rule)
{
    return serve->engine ? argot_engine_rule_counts(serve->engine, rule) : (struct argot_engine_rule_counts){0};
}

static void
count_engine(const struct argot_serve *serve, uint64_t *counts)
{
    struct argot_engine_counts engine = argot_serve_engine_counts(serve);
    counts[ARGOT_REPORT_LATE] = engine.late;
    counts[ARGOT_REPORT_STRAY] = engine.strays;
    counts[ARGOT_REPORT_WAITING_EVENTS] = engine.hurried;
    for (uint32_t i = 0; i < serve->options.detect.plan->nrules; i++) {
        struct argot_engine_rule_counts rule = argot_serve_rule_counts(serve, i);
        counts[ARGOT_REPORT_NO_KEY] += rule.null_keys;
        counts[ARGOT_REPORT_RULE_KEYS] += rule.evicted;
        counts[ARGOT_REPORT_RULE_EVENTS] += rule.dropped;
    }
}

static bool
report_rules(const struct argot_serve *serve, struct argot_report *report)
{
    const struct argot_plan *plan = serve->options.detect.plan;
    report->rules = argot_arena_zalloc(&report->arena, (size_t)plan->nrules + 1, sizeof *report->rules);
    for (uint32_t i = 0; report->rules && i < plan->nrules; i++)
        report->rules[report->nrules++] =
            (struct argot_report_rule){plan->rules[i].name, argot_serve_rule_counts(serve, i).alerts};
    return report->rules;
}

bool
argot_serve_report(struct argot_serve *serve, struct argot_report *report)
{
    struct argot_seam *seam = serve->seam;
    const struct argot_announce *announce = serve->options.detect.announce;
    report->phase = serve->caught_up ? ARGOT_REPORT_RUNNING : ARGOT_REPORT_CATCHING_UP;
    report->now = seam->now(seam);
    report->started = serve->began;
    report->committed = serve->durable;
    report->watermark = serve->engine ? argot_engine_settled(serve->engine) : INT64_MIN;
    if (report->watermark == INT64_MAX) /* no rule needs order */
        report->watermark = INT64_MIN;
    report->run = serve->total;
    report->alerts = serve->alerts;
    report->log_bytes = serve->log_bytes;
    report->silent_alerts = argot_serve_engine_counts(serve).silent_alerts;
    uint64_t *counts = report->counts;
    count_engine(serve, counts);
    if (announce) {
        struct argot_announce_counts told = argot_announce_counts(announce);
        counts[ARGOT_REPORT_ALERT_MESSAGES] = told.lost;
        counts[ARGOT_REPORT_ALERT_GROUPS] = told.early;
        counts[ARGOT_REPORT_ALERT_BYTES] = told.cut;
    }
    counts[ARGOT_REPORT_RECORDS] = argot_serve_dropped(serve);
    counts[ARGOT_REPORT_STORE_LOG] = serve->log_held;
    counts[ARGOT_REPORT_RAW_LINES] = serve->keep.raw_lost;
    counts[ARGOT_REPORT_RECORD_BYTES] = serve->total.reasons[ARGOT_LETTER_TOO_LONG];
    counts[ARGOT_REPORT_WARM_UP] = serve->keep.forgotten;
    counts[ARGOT_REPORT_COLD] = serve->keep.cold;
    return report_rules(serve, report) && argot_logs_report(&serve->logs, serve->live, &serve->keep, serve->engine,
                                                            serve->options.detect.late_ns, report);
}
