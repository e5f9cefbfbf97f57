/* SPDX-License-Identifier: Apache-2.0
 * Commas are put where something stands before; names and texts are escaped by the JSON writer. */
#include "cli/why_members.h"
#include "cli/moment.h"
#include "event/format.h"
#include "output/json.h"

void
argot_why_members_open(struct argot_why_members *members, char bracket)
{
    argot_buffer_append_byte(members->out, bracket);
    members->first = true;
}

void
argot_why_members_close(struct argot_why_members *members, char bracket)
{
    argot_buffer_append_byte(members->out, bracket);
    members->first = false;
}

void
argot_why_members_key(struct argot_why_members *members, const char *name)
{
    if (!members->first)
        argot_buffer_append_byte(members->out, ',');
    members->first = false;
    if (!name)
        return;
    argot_json_string((const uint8_t *)name, strlen(name), members->out);
    argot_buffer_append_byte(members->out, ':');
}

void
argot_why_members_begin(struct argot_why_members *members, const char *about)
{
    argot_why_members_open(members, '{');
    argot_why_members_text(members, "about", about);
}

void
argot_why_members_end(struct argot_why_members *members)
{
    argot_why_members_close(members, '}');
    argot_buffer_append_byte(members->out, '\n');
}

void
argot_why_members_text(struct argot_why_members *members, const char *name, const char *text)
{
    argot_why_members_key(members, name);
    argot_json_string((const uint8_t *)text, strlen(text), members->out);
}

void
argot_why_members_label(struct argot_why_members *members, const char *name)
{
    const uint8_t *bytes = members->label.bytes ? members->label.bytes : (const uint8_t *)"";
    argot_why_members_key(members, name);
    argot_json_string(bytes, members->label.length, members->out);
    members->label.length = 0;
}

void
argot_why_members_count(struct argot_why_members *members, const char *name, uint64_t count)
{
    argot_why_members_key(members, name);
    argot_buffer_printf(members->out, "%llu", (unsigned long long)count);
}

void
argot_why_members_flag(struct argot_why_members *members, const char *name, bool flag)
{
    argot_why_members_key(members, name);
    argot_buffer_append_text(members->out, flag ? "true" : "false");
}

void
argot_why_members_time(struct argot_why_members *members, const char *name, argot_time time)
{
    char text[ARGOT_FORMAT_ROOM];
    argot_why_members_key(members, name);
    if (time == INT64_MIN) { /* not known */
        argot_buffer_append_text(members->out, "null");
        return;
    }
    argot_buffer_append_byte(members->out, '"');
    argot_buffer_append(members->out, text, argot_format_time(time, text));
    argot_buffer_append_byte(members->out, '"');
}

void
argot_why_members_span(struct argot_why_members *members, int64_t span_ns)
{
    argot_buffer_append_byte(members->out, '"');
    argot_moment_write_span(members->out, span_ns);
    argot_buffer_append_byte(members->out, '"');
}

void
argot_why_members_place(struct argot_why_members *members, const struct argot_plan_place *place)
{
    argot_why_members_text(members, "file", members->why->plan->files[place->file].path);
    argot_why_members_count(members, "line", place->span.line);
}

void
argot_why_members_moment(struct argot_why_members *members, const struct argot_why_moment *moment)
{
    const struct argot_parse_result *result = &members->told->result->parse;
    uint32_t source = moment->identity.source;
    argot_why_members_time(members, "time", moment->time);
    if (!moment->at_hand)
        return;
    argot_why_members_text(members, "source", source < result->nsources ? result->sources[source].path : "");
    argot_why_members_count(members, "record", moment->identity.record);
}
