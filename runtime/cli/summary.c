/* SPDX-License-Identifier: Apache-2.0
 * Odd counts are told only when there are any; the first line always has the same words. */
#include "cli/summary.h"
#include "cli/say.h"
#include "output/json.h"

#define NS_PER_SECOND 1e9

static double
seconds_of(const struct argot_parse_result *result)
{
    return (double)result->duration_ns / NS_PER_SECOND;
}

/* ---- words ---- */

static void
tell_letters(const struct argot_summary *summary, struct argot_buffer *out)
{
    const struct argot_counts *total = &summary->result->total;
    if (total->letters == 0)
        return;
    argot_say_count(out, total->letters, "dead letter: ", "dead letters: ");
    bool first = true;
    for (enum argot_letter_reason reason = 0; reason < ARGOT_LETTER_COUNT; reason++) {
        if (!total->reasons[reason])
            continue;
        argot_buffer_append_text(out, first ? "" : ", ");
        argot_say_count(out, total->reasons[reason], argot_letter_reason_name(reason),
                        argot_letter_reason_name(reason));
        first = false;
    }
    if (!summary->letters_kept)
        argot_buffer_append_text(out, "; --dead-letters FILE keeps them");
    argot_buffer_append_text(out,
                             summary->letters_kept ? "; argot explain shows why\n" : ", argot explain shows why\n");
}

static void
tell_odd(const struct argot_counts *total, struct argot_buffer *out)
{
    const struct {
        uint64_t count;
        const char *one, *many;
    } odd[] = {
        {total->bad_values, "bad value (kept in extra)", "bad values (kept in extra)"},
        {total->unmatched, "unmatched message (kept as UNKNOWN)", "unmatched messages (kept as UNKNOWN)"},
        {total->duplicate_keys, "duplicate key (the first value holds)", "duplicate keys (the first values hold)"},
        {total->unmapped_values, "value that its map lacks (dropped)", "values that their maps lack (dropped)"},
        {total->dropped_words, "word that is no pair (dropped)", "words that are no pairs (dropped)"},
        {total->replaced_bytes, "byte replaced by U+FFFD", "bytes replaced by U+FFFD"},
        {total->leap_seconds, "leap second", "leap seconds"},
        {total->split_events, "further event of split records", "further events of split records"},
    };
    bool first = true;
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        if (!odd[i].count)
            continue;
        argot_buffer_append_text(out, first ? "" : ", ");
        argot_say_count(out, odd[i].count, odd[i].one, odd[i].many);
        first = false;
    }
    if (!first)
        argot_buffer_append_byte(out, '\n');
}

void
argot_summary_words(const struct argot_summary *summary, struct argot_buffer *out)
{
    const struct argot_parse_result *result = summary->result;
    const struct argot_counts *total = &result->total;
    /* Always the plural, so that a program finds the words. */
    argot_buffer_printf(out, "%llu lines, %llu events, %llu dead letters, %llu skipped, %.2f s\n",
                        (unsigned long long)total->lines, (unsigned long long)total->events,
                        (unsigned long long)total->letters, (unsigned long long)total->skipped, seconds_of(result));
    tell_letters(summary, out);
    tell_odd(total, out);
    if (summary->detect)
        argot_summary_detect_words(summary, out);
    if (summary->checksum)
        argot_buffer_printf(out, "checksum %016llx\n", (unsigned long long)result->checksum);
}

/* ---- JSON ---- */

static void
put_number(struct argot_buffer *out, const char *key, uint64_t number)
{
    argot_buffer_printf(out, "\"%s\":%llu,", key, (unsigned long long)number);
}

/* The members of the counts, without braces. */
static void
put_counts(struct argot_buffer *out, const struct argot_counts *counts)
{
    put_number(out, "lines", counts->lines);
    put_number(out, "records", counts->records);
    put_number(out, "events", counts->events);
    put_number(out, "dead_letters", counts->letters);
    put_number(out, "skipped", counts->skipped);
    put_number(out, "split_events", counts->split_events);
    put_number(out, "unmatched", counts->unmatched);
    put_number(out, "bad_values", counts->bad_values);
    put_number(out, "duplicate_keys", counts->duplicate_keys);
    put_number(out, "unmapped_values", counts->unmapped_values);
    put_number(out, "dropped_words", counts->dropped_words);
    put_number(out, "replaced_bytes", counts->replaced_bytes);
    put_number(out, "leap_seconds", counts->leap_seconds);
    put_number(out, "bytes", counts->bytes);
    argot_buffer_append_text(out, "\"reasons\":");
    argot_json_reasons(counts->reasons, out);
}

static void
put_text(struct argot_buffer *out, const char *key, const char *text)
{
    argot_buffer_printf(out, "\"%s\":", key);
    argot_json_string((const uint8_t *)text, strlen(text), out);
}

static void
put_source(struct argot_buffer *out, const struct argot_parse_source *source)
{
    argot_buffer_append_byte(out, '{');
    put_text(out, "source", source->path);
    argot_buffer_append_byte(out, ',');
    put_counts(out, &source->counts);
    if (source->failed) {
        argot_buffer_append_byte(out, ',');
        put_text(out, "problem", source->problem);
    }
    argot_buffer_append_byte(out, '}');
}

static const char *
end_name(enum argot_parse_end end)
{
    static const char *const names[] = {
        [ARGOT_PARSE_DONE] = "done",
        [ARGOT_PARSE_STOPPED] = "interrupted",
        [ARGOT_PARSE_OUTPUT_ERROR] = "output_error",
        [ARGOT_PARSE_LETTERS_ERROR] = "dead_letters_error",
        [ARGOT_PARSE_NO_MEMORY] = "no_memory",
        [ARGOT_PARSE_STORE_ERROR] = "store_error",
    };
    return names[end];
}

void
argot_summary_json(const struct argot_summary *summary, struct argot_buffer *out)
{
    const struct argot_parse_result *result = summary->result;
    argot_buffer_printf(out, "{\"end\":\"%s\",\"seconds\":%.6f,", end_name(result->end), seconds_of(result));
    if (summary->checksum)
        argot_buffer_printf(out, "\"checksum\":\"%016llx\",", (unsigned long long)result->checksum);
    argot_buffer_append_text(out, "\"total\":{");
    put_counts(out, &result->total);
    argot_buffer_append_text(out, "},\"sources\":[");
    for (size_t i = 0; i < result->nsources; i++) {
        argot_buffer_append_text(out, i ? "," : "");
        put_source(out, &result->sources[i]);
    }
    argot_buffer_append_byte(out, ']');
    if (summary->detect)
        argot_summary_detect_json(summary, out);
    argot_buffer_append_text(out, "}\n");
}
