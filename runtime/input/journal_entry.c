/* SPDX-License-Identifier: Apache-2.0
 * Pure, so that a fuzzer can have it: libsystemd is not asked for anything here. */
#include "input/journal_entry.h"
#include "event/format.h"
#include "input/journal.h"
#include <string.h>

#define NS_PER_US 1000u
#define US_DIGITS 17 /* of a time before the year 2286 and then some */
#define DEFAULT_SEVERITY 6u
#define DEFAULT_FACILITY 1u
#define MAX_SEVERITY 7u
#define MAX_FACILITY 23u

static const char *const names[ARGOT_JOURNAL_FIELDS] = {
    [ARGOT_JOURNAL_PRIORITY] = "PRIORITY",
    [ARGOT_JOURNAL_FACILITY] = "SYSLOG_FACILITY",
    [ARGOT_JOURNAL_IDENTIFIER] = "SYSLOG_IDENTIFIER",
    [ARGOT_JOURNAL_COMM] = "_COMM",
    [ARGOT_JOURNAL_SENT_PID] = "SYSLOG_PID",
    [ARGOT_JOURNAL_PID] = "_PID",
    [ARGOT_JOURNAL_HOSTNAME] = "_HOSTNAME",
    [ARGOT_JOURNAL_MESSAGE_ID] = "MESSAGE_ID",
    [ARGOT_JOURNAL_UNIT] = "_SYSTEMD_UNIT",
    [ARGOT_JOURNAL_UID] = "_UID",
    [ARGOT_JOURNAL_TRANSPORT] = "_TRANSPORT",
    [ARGOT_JOURNAL_SOURCE_TIME] = "_SOURCE_REALTIME_TIMESTAMP",
    [ARGOT_JOURNAL_MESSAGE] = "MESSAGE",
};

void
argot_journal_entry_take(struct argot_journal_entry *entry, const void *field, size_t length)
{
    const char *equals = memchr(field, '=', length);
    size_t name = equals ? (size_t)(equals - (const char *)field) : length;
    for (size_t i = 0; equals && i < ARGOT_JOURNAL_FIELDS; i++)
        if (strlen(names[i]) == name && !memcmp(names[i], field, name)) {
            if (!entry->values[i].at)
                entry->values[i] = (struct argot_journal_value){equals + 1, length - name - 1};
            return;
        }
}

/* ---- parts of the line ---- */

static bool
read_number(const struct argot_journal_value *value, uint64_t most, uint64_t *number)
{
    uint64_t sum = 0;
    if (!value->at || !value->length || value->length > US_DIGITS)
        return false;
    for (size_t i = 0; i < value->length; i++) {
        if (value->at[i] < '0' || value->at[i] > '9')
            return false;
        sum = sum * 10 + (uint64_t)(value->at[i] - '0');
    }
    if (sum > most)
        return false;
    *number = sum;
    return true;
}

static size_t
cut_at(size_t length, size_t most, uint64_t *cut)
{
    if (length <= most)
        return length;
    ++*cut;
    return most;
}

/* One word of a header. Blanks would end it, and brackets and colons mean something to whoever reads syslog. */
static void
put_word(struct argot_buffer *line, const struct argot_journal_value *value, uint64_t *cut)
{
    size_t length = cut_at(value->at ? value->length : 0, ARGOT_JOURNAL_FIELD_BYTES, cut);
    if (!length)
        argot_buffer_append_byte(line, '-');
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)value->at[i];
        argot_buffer_append_byte(line, byte <= ' ' || byte >= 0x7f || byte == '"' ? '_' : (char)byte);
    }
    argot_buffer_append_byte(line, ' ');
}

static void
put_param(struct argot_buffer *line, const char *name, const struct argot_journal_value *value, uint64_t *cut)
{
    if (!value->at || !value->length)
        return;
    size_t length = cut_at(value->length, ARGOT_JOURNAL_FIELD_BYTES, cut);
    argot_buffer_printf(line, " %s=\"", name);
    for (size_t i = 0; i < length; i++) {
        char byte = value->at[i];
        if (byte == '"' || byte == '\\' || byte == ']')
            argot_buffer_append_byte(line, '\\');
        argot_buffer_append_byte(line, byte == '\n' ? ' ' : byte);
    }
    argot_buffer_append_byte(line, '"');
}

static void
put_begin(const struct argot_journal_entry *entry, struct argot_buffer *line)
{
    uint64_t severity = DEFAULT_SEVERITY, facility = DEFAULT_FACILITY, time_us = entry->time_us;
    char time[ARGOT_FORMAT_ROOM];
    (void)read_number(&entry->values[ARGOT_JOURNAL_PRIORITY], MAX_SEVERITY, &severity);
    (void)read_number(&entry->values[ARGOT_JOURNAL_FACILITY], MAX_FACILITY, &facility);
    (void)read_number(&entry->values[ARGOT_JOURNAL_SOURCE_TIME], INT64_MAX / NS_PER_US, &time_us);
    time_us = time_us < INT64_MAX / NS_PER_US ? time_us : INT64_MAX / NS_PER_US;
    argot_buffer_printf(line, "<%u>1 ", (unsigned)(facility * 8 + severity));
    argot_buffer_append(line, time, argot_format_time((argot_time)(time_us * NS_PER_US), time));
    argot_buffer_append_byte(line, ' ');
}

static void
put_message(struct argot_buffer *line, const struct argot_journal_value *message, uint64_t *cut)
{
    size_t length = message->at ? message->length : 0;
    while (length && message->at[length - 1] == '\n')
        length--;
    length = cut_at(length, ARGOT_JOURNAL_MESSAGE_BYTES, cut);
    if (length) {
        size_t begin = line->length + 1;
        argot_buffer_append_byte(line, ' ');
        argot_buffer_append(line, message->at, length);
        for (size_t i = begin; i < line->length; i++)
            line->bytes[i] = line->bytes[i] == '\n' ? ' ' : line->bytes[i];
    }
    argot_buffer_append_byte(line, '\n');
}

void
argot_journal_entry_put(const struct argot_journal_entry *entry, struct argot_buffer *line, uint64_t *cut)
{
    const struct argot_journal_value *values = entry->values;
    const struct argot_journal_value *pid = &values[ARGOT_JOURNAL_SENT_PID];
    bool named = values[ARGOT_JOURNAL_IDENTIFIER].length > 0;
    put_begin(entry, line);
    put_word(line, &values[ARGOT_JOURNAL_HOSTNAME], cut);
    put_word(line, &values[named ? ARGOT_JOURNAL_IDENTIFIER : ARGOT_JOURNAL_COMM], cut);
    put_word(line, pid->length ? pid : &values[ARGOT_JOURNAL_PID], cut);
    put_word(line, &values[ARGOT_JOURNAL_MESSAGE_ID], cut);
    argot_buffer_append_text(line, "[journal");
    put_param(line, "unit", &values[ARGOT_JOURNAL_UNIT], cut);
    put_param(line, "uid", &values[ARGOT_JOURNAL_UID], cut);
    put_param(line, "comm", &values[ARGOT_JOURNAL_COMM], cut);
    put_param(line, "transport", &values[ARGOT_JOURNAL_TRANSPORT], cut);
    argot_buffer_append_byte(line, ']');
    put_message(line, &values[ARGOT_JOURNAL_MESSAGE], cut);
}
