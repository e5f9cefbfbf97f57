/* SPDX-License-Identifier: Apache-2.0
 * Names of files are others' words: they stand in the configuration as YAML reads them again, and in comments escaped.
 */
#include "cli/proposal.h"
#include "cli/say.h"
#include "cli/services.h"
#include "output/json.h"

/* ---- words ---- */

static bool
is_ordinary(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           strchr("/._-+:", byte);
}

/* A path, or sqlite:PATH, as a scalar: as it is, or as JSON has it, which is YAML too. */
static void
put_scalar(const char *text, struct argot_buffer *out)
{
    size_t length = strlen(text), ordinary = 0;
    while (ordinary < length && is_ordinary(text[ordinary]))
        ordinary++;
    if (length && ordinary == length && !strchr("-:", text[0]) && text[length - 1] != ':')
        argot_buffer_append(out, text, length);
    else
        argot_json_string((const uint8_t *)text, length, out);
}

static void
put_words(const char *text, struct argot_buffer *out)
{
    argot_say_escape(out, text, strlen(text));
}

static void
put_percent(uint64_t part, uint64_t whole, struct argot_buffer *out)
{
    argot_buffer_printf(out, "%.4g %%", 100.0 * (double)part / (double)whole);
}

/* ---- inputs ---- */

/* The journal has what syslog writes to files, so it is read where there are none. */
static bool
reads_journal(const struct argot_proposal *proposal)
{
    return proposal->journal && !argot_survey_syslog(proposal->survey);
}

size_t
argot_proposal_inputs(const struct argot_proposal *proposal)
{
    size_t count = 0;
    for (size_t i = 0; i < proposal->survey->count; i++)
        count += proposal->survey->logs[i].verdict == ARGOT_SURVEY_READ;
    return count + reads_journal(proposal);
}

/* What the sample was, above its input. */
static void
put_facts(const struct argot_survey_log *log, struct argot_buffer *out)
{
    argot_buffer_append_text(out, "  # of its last ");
    argot_say_count(out, log->lines, "line ", "lines ");
    put_percent(log->events - log->unknown, log->lines, out);
    argot_buffer_append_text(out, " are typed:");
    for (uint32_t i = 0; i < log->nformats; i++)
        argot_buffer_printf(out, "%s %s %llu", i ? "," : "", log->formats[i].name,
                            (unsigned long long)log->formats[i].events);
    argot_buffer_append_byte(out, '\n');
}

static void
put_input(const struct argot_proposal *proposal, const struct argot_survey_log *log, struct argot_buffer *out)
{
    put_facts(log, out);
    argot_buffer_append_text(out, "  - file: ");
    put_scalar(log->path, out);
    argot_buffer_append_byte(out, '\n');
    if (log->format)
        argot_buffer_printf(out, "    format: %s\n", log->format);
    if (proposal->zone)
        argot_buffer_printf(out, "    timezone: %s\n", proposal->zone);
}

/* ---- what was found nothing for ---- */

/* Of what is read nothing is told, nor of what is no log at all; empty ones are counted. */
static bool
is_told(const struct argot_survey_log *log)
{
    return log->verdict != ARGOT_SURVEY_READ && log->verdict != ARGOT_SURVEY_BINARY &&
           log->verdict != ARGOT_SURVEY_EMPTY;
}

static void
put_rest_of(const struct argot_survey_log *log, const char *lead, struct argot_buffer *out)
{
    argot_buffer_append_text(out, lead);
    put_words(log->path, out);
    switch (log->verdict) {
    case ARGOT_SURVEY_TWICE:
        argot_buffer_append_text(out, ": its lines are in ");
        put_words(log->other->path, out);
        argot_buffer_append_text(out, " too, and would be counted twice\n");
        break;
    case ARGOT_SURVEY_UNREAD:
        argot_buffer_printf(out, ": no format reads it: %llu of its last ", (unsigned long long)log->events);
        argot_say_count(out, log->lines, "line", "lines");
        argot_buffer_append_text(out, " (`argot explain` shows how far formats get)\n");
        break;
    case ARGOT_SURVEY_REFUSED:
        argot_buffer_append_text(out, ": ");
        put_words(log->why, out);
        argot_buffer_append_byte(out, '\n');
        break;
    case ARGOT_SURVEY_NAMELESS:
        argot_buffer_append_text(out, ": its name cannot stand in a configuration\n");
        break;
    case ARGOT_SURVEY_READ:
    case ARGOT_SURVEY_EMPTY:
    case ARGOT_SURVEY_BINARY:
        break;
    }
}

static bool
is_covered(const struct argot_proposal *proposal, const struct argot_service *service)
{
    if (reads_journal(proposal)) /* which has what services say */
        return service->formats[0];
    for (size_t i = 0; service->formats[i]; i++)
        if (argot_survey_has(proposal->survey, service->formats[i]))
            return true;
    return false;
}

static void
put_service(const struct argot_service *service, const char *lead, struct argot_buffer *out)
{
    argot_buffer_printf(out, "%s%s (%s) runs: ", lead, service->title, service->program);
    if (!service->formats[0]) {
        argot_buffer_append_text(out, "argot has no format for its logs\n");
        return;
    }
    argot_buffer_printf(out, "no log with its lines (%s", service->formats[0]);
    for (size_t i = 1; service->formats[i]; i++)
        argot_buffer_printf(out, ", %s", service->formats[i]);
    argot_buffer_append_text(out, ") was found\n");
}

static void
put_count(size_t count, const char *one, const char *many, const char *lead, struct argot_buffer *out)
{
    if (!count)
        return;
    argot_buffer_append_text(out, lead);
    argot_say_count(out, count, one, many);
    argot_buffer_append_byte(out, '\n');
}

void
argot_proposal_rest(const struct argot_proposal *proposal, const char *lead, struct argot_buffer *out)
{
    const struct argot_survey *survey = proposal->survey;
    size_t empty = 0;
    for (size_t i = 0; i < survey->count; i++) {
        const struct argot_survey_log *log = &survey->logs[i];
        empty += log->verdict == ARGOT_SURVEY_EMPTY;
        if (is_told(log))
            put_rest_of(log, lead, out);
    }
    if (proposal->journal && !reads_journal(proposal)) {
        argot_buffer_printf(out, "%sthe journal: its lines are in ", lead);
        put_words(argot_survey_syslog(survey)->path, out);
        argot_buffer_append_text(out, " and its like too, and would be counted twice\n");
    }
    put_count(empty, "file is empty", "files are empty", lead, out);
    put_count(survey->beyond, "further file was not looked at", "further files were not looked at", lead, out);
    for (size_t i = 0; argot_services[i].program; i++)
        if (proposal->running[i] && !is_covered(proposal, &argot_services[i]))
            put_service(&argot_services[i], lead, out);
}

/* ---- the whole ---- */

/* The folder of the store, with its slash, or "". */
static size_t
folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

void
argot_proposal_write(const struct argot_proposal *proposal, struct argot_buffer *out)
{
    const struct argot_survey *survey = proposal->survey;
    struct argot_buffer path;
    argot_buffer_append_text(out,
                             "# Proposed by `argot setup` from the logs of this machine. Rules are the stock ones.\n");
    argot_buffer_init(&path, out->seam);
    argot_buffer_printf(&path, "sqlite:%s", proposal->store);
    argot_buffer_append_byte(&path, 0);
    argot_buffer_append_text(out, "store: ");
    put_scalar(path.failed ? "" : (const char *)path.bytes, out);
    argot_buffer_append_text(out, "\ninputs:\n");
    for (size_t i = 0; i < survey->count; i++)
        if (survey->logs[i].verdict == ARGOT_SURVEY_READ)
            put_input(proposal, &survey->logs[i], out);
    if (reads_journal(proposal)) {
        argot_buffer_append_text(out, "  - journal: ");
        put_scalar(proposal->journal, out);
        argot_buffer_append_byte(out, '\n');
    }
    path.length = 0;
    argot_buffer_printf(&path, "%.*salerts.jsonl", (int)folder_of(proposal->store), proposal->store);
    argot_buffer_append_byte(&path, 0);
    argot_buffer_append_text(out, "alerts:\n  - jsonl: ");
    put_scalar(path.failed ? "" : (const char *)path.bytes, out);
    argot_buffer_append_byte(out, '\n');
    out->failed |= path.failed;
    size_t before = out->length;
    argot_buffer_append_text(out, "\n# Not read:\n");
    size_t head = out->length;
    argot_proposal_rest(proposal, "#   ", out);
    if (out->length == head)
        out->length = before;
    argot_buffer_finish(&path);
}
