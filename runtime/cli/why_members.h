/* SPDX-License-Identifier: Apache-2.0
 * Members of the JSON objects of an explanation. Inside why_*.c only. */
#pragma once
#include "cli/why.h"

struct argot_why_members {
    const struct argot_why_told *told;
    const struct argot_why *why;
    struct argot_buffer *out;
    struct argot_buffer label; /* scratch */
    bool first;                /* nothing stands in the innermost object or list yet */
};

/* ---- why_members.c ---- */
void argot_why_members_begin(struct argot_why_members *members, const char *about); /* a line */
void argot_why_members_end(struct argot_why_members *members);
void argot_why_members_open(struct argot_why_members *members, char bracket);
void argot_why_members_close(struct argot_why_members *members, char bracket);
/* The comma, and the name of what follows; NULL: an item of a list. */
void argot_why_members_key(struct argot_why_members *members, const char *name);
void argot_why_members_text(struct argot_why_members *members, const char *name, const char *text);
/* What was put into the label, as a text; empties it. */
void argot_why_members_label(struct argot_why_members *members, const char *name);
void argot_why_members_count(struct argot_why_members *members, const char *name, uint64_t count);
void argot_why_members_flag(struct argot_why_members *members, const char *name, bool flag);
void argot_why_members_time(struct argot_why_members *members, const char *name, argot_time time);
void argot_why_members_span(struct argot_why_members *members, int64_t span_ns); /* behind a key */
/* file and line; time, source and record: members of the object at hand */
void argot_why_members_place(struct argot_why_members *members, const struct argot_plan_place *place);
void argot_why_members_moment(struct argot_why_members *members, const struct argot_why_moment *moment);

/* ---- why_json_keys.c ---- */
void argot_why_json_steps(struct argot_why_members *members);
void argot_why_json_key(struct argot_why_members *members, struct argot_why_key *key);
