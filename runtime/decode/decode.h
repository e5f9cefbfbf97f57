/* SPDX-License-Identifier: Apache-2.0
 * Texts to typed values: one function for every schema type and every way of writing (`how`). A
 * decoder takes the whole text or refuses it; it never reads past it and never changes it. Decoded
 * text that differs from the text in the log is put into the arena, with a newline and
 * ARGOT_PADDING bytes behind, so that it can be lexed again. */
#pragma once
#include "base/arena.h"
#include "event/event.h"

struct argot_zone;

/* Dates without a year that lie behind the memo: a log of many sources has several of them in turn. Each lies in the
 * place that its text tells; zeroed: none. */
#define ARGOT_DECODE_DATES_BITS 6
struct argot_decode_date {
    uint8_t text[ARGOT_DATE_BYTES];
    bool known;
    int64_t day; /* as in the memo */
};
struct argot_decode_dates {
    struct argot_decode_date of[1 << ARGOT_DECODE_DATES_BITS];
};

struct argot_decode {
    struct argot_arena *arena;
    const struct argot_zone *zone; /* of times without one; NULL: UTC */
    argot_time received;           /* completes years where there is no outer time */
    bool has_outer_time;           /* an envelope gave a time with a year (or one completed already) */
    argot_time outer_time;
    /* Of dates without a year; forgotten when zone or receive time change. Or both NULL. */
    struct argot_scan_memo *memo;
    struct argot_decode_dates *dates;
    uint64_t *leap_seconds; /* counted when :60 is read as :59; may be NULL */
};

enum argot_decode_status {
    ARGOT_DECODED,
    ARGOT_DECODE_BAD, /* the text is no value of that type */
    ARGOT_DECODE_NO_MEMORY,
};

/* A text for a type, by the type's own rule ("Types of values" in docs/format-language.md). `field`
 * is the schema field's index for enums and lower-case fields, or -1. Strings: the text as it
 * stands (or lowered). Lists: one item. */
enum argot_decode_status argot_decode_type(const struct argot_decode *context, enum argot_type type, int field,
                                           struct argot_slice text, struct argot_slot *slot);
/* Times (event_time and other timestamps), durations and byte counts with a `how`; `directives` for
 * STRPTIME. */
enum argot_decode_status argot_decode_time(const struct argot_decode *context, enum argot_how how,
                                           struct argot_slice directives, struct argot_slice text, argot_time *time);
enum argot_decode_status argot_decode_duration(enum argot_how how, struct argot_slice text, int64_t *ns);
enum argot_decode_status argot_decode_bytes(enum argot_how how, struct argot_slice text, uint64_t *bytes);
/* Texts that are written in another way; *out may equal the text where nothing had to change.
 * QUOTED, QUOTED_SINGLE, QUOTED_CSV take the quotes off and undo the escapes; a text without quotes
 * stays. */
enum argot_decode_status argot_decode_text(const struct argot_decode *context, enum argot_how how,
                                           struct argot_slice text, struct argot_slice *out);
/* `decode:` of a value (enum argot_decode_...): hex, base64, percent, plus, audit. */
enum argot_decode_status argot_decode_apply(const struct argot_decode *context, uint8_t decode, struct argot_slice text,
                                            struct argot_slice *out);
enum argot_decode_status argot_decode_lower(const struct argot_decode *context, struct argot_slice text, bool upper,
                                            struct argot_slice *out); /* ASCII letters only */

/* Pieces of a text; absent pieces have at == NULL. False: no such thing. */
bool argot_decode_endpoint(struct argot_slice text, struct argot_slice *address, struct argot_slice *port);
bool argot_decode_account(struct argot_slice text, struct argot_slice *domain, struct argot_slice *user);
bool argot_decode_url(struct argot_slice text, struct argot_slice *host, struct argot_slice *port,
                      struct argot_slice *path, struct argot_slice *query);
bool argot_decode_pri(struct argot_slice text, uint64_t *facility, uint64_t *severity);

/* RFC 4291 text or dotted quad to 16 bytes (IPv4 mapped). event/format.h writes addresses and times. */
bool argot_ip_parse(const uint8_t *text, size_t length, uint8_t ip[16]);
/* ISO 8601 / RFC 3339, UTC where it names no zone, for arguments and examples. No padding is needed behind it. */
bool argot_time_parse(const char *text, argot_time *time);
