/* SPDX-License-Identifier: Apache-2.0
 * What programs see of normalizers that `argot compile --emit c` made for them. argot-gen copies this file into each
 * header that it writes, behind a guard, so that several formats in one program share these types: they need nothing
 * but <stdint.h>, and a change of them is a change of ARGOT_ALONE_TYPES in generator/face.c. */
#pragma once
#include <stdint.h>

/* How the value of a field is kept. */
enum argot_alone_type {
    ARGOT_ALONE_STRING = 1, /* text, and so are the next two */
    ARGOT_ALONE_HOST,
    ARGOT_ALONE_KEYWORD,
    ARGOT_ALONE_ENUM,      /* text: the name of the value */
    ARGOT_ALONE_INT,       /* i64 */
    ARGOT_ALONE_UINT,      /* u64 */
    ARGOT_ALONE_FLOAT,     /* f64 */
    ARGOT_ALONE_BOOL,      /* u64: 0 or 1 */
    ARGOT_ALONE_IP,        /* ip */
    ARGOT_ALONE_PORT,      /* u64 */
    ARGOT_ALONE_MAC,       /* u64: the low 48 bits */
    ARGOT_ALONE_TIMESTAMP, /* i64: nanoseconds since 1970-01-01T00:00:00Z */
    ARGOT_ALONE_DURATION,  /* i64: nanoseconds */
    ARGOT_ALONE_BYTES,     /* u64 */
    ARGOT_ALONE_TEXT_LIST, /* list, of texts */
    ARGOT_ALONE_IP_LIST,   /* list, of addresses */
};

/* Bytes as they stood in the line, or decoded from it; any bytes may be among them, and no NUL ends them. */
struct argot_alone_text {
    const char *at; /* NULL: there is none */
    uint32_t length;
    uint32_t json; /* 1: it is the JSON of an object or a list, among what came as JSON */
};

struct argot_alone_item {
    union {
        struct argot_alone_text text;
        uint8_t ip[16];
    };
};

struct argot_alone_list {
    const struct argot_alone_item *items;
    uint32_t count, unused;
};

/* One field of an event. */
struct argot_alone_value {
    const char *name; /* ends with a NUL; a member of `extra` may have others in it */
    uint32_t name_length;
    uint8_t type;   /* enum argot_alone_type */
    uint8_t extra;  /* 1: a member of `extra`, 0: a field of the schema */
    uint16_t field; /* number of the schema's field */
    union {
        struct argot_alone_text text;
        struct argot_alone_list list;
        int64_t i64;
        uint64_t u64;
        double f64;
        uint8_t ip[16]; /* IPv4 mapped: ::ffff:a.b.c.d */
    };
};

/* What became of a record. */
enum argot_alone_outcome {
    ARGOT_ALONE_SKIPPED, /* no event by the format's own word: empty, a comment */
    ARGOT_ALONE_EVENT,
    ARGOT_ALONE_LETTER, /* it fits nothing, and the letter says how far it got */
};

struct argot_alone_letter {
    const char *reason;            /* a word of argot's docs/diagnostics.md: no_match, bad_value, … */
    const char *format;            /* that came furthest, or NULL */
    const char *expected;          /* what was due there, or NULL */
    const char *field;             /* bad_value: the field, else NULL */
    struct argot_alone_text value; /* bad_value: the text, else at NULL */
    uint32_t offset;               /* bytes of the line that fitted */
};

struct argot_alone_options {
    const char *timezone; /* of times without one: Europe/Berlin, +02:00; NULL: UTC */
    int64_t received_ns;  /* when lines came, nanoseconds since 1970, to complete years; 0: the clock at each line */
};

/* Instead of a number of results. */
enum argot_alone_refusal {
    ARGOT_ALONE_NO_MEMORY = -1,
    ARGOT_ALONE_NO_LINE = -2, /* a newline stands before the line's end */
};
