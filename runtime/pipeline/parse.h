/* SPDX-License-Identifier: Apache-2.0
 * The one loop: inputs in order, block by block, to events and dead letters on two descriptors.
 * What is written does not depend on the number of workers or on the size of blocks. Conservation:
 * every record of an input that was read is an event, a dead letter or skipped, per source and in
 * total. */
#pragma once
#include "event/standard.h"
#include "input/input.h"
#include "normalize/normalize.h"

enum argot_parse_output {
    ARGOT_PARSE_JSONL,
    ARGOT_PARSE_TEXT,
    ARGOT_PARSE_CSV,
    ARGOT_PARSE_NONE, /* everything is decoded all the same */
};

#define ARGOT_PARSE_MAX_WORKERS 256
#define ARGOT_PARSE_PROBLEM_BYTES 320

struct argot_parse_progress {
    size_t source;                    /* index of the input that is being read */
    uint64_t done_bytes, total_bytes; /* of that input; total 0 when unknown */
    struct argot_counts counts;       /* of all that was written so far */
};

struct argot_parse_options {
    struct argot_seam *seam;
    struct argot_registry *registry; /* sealed */
    size_t npaths;
    const char *const *paths;      /* "-" is standard input */
    const char *format;            /* NULL: found for each record */
    const struct argot_zone *zone; /* NULL: UTC */
    const argot_time *received;    /* NULL: what the input says */
    struct argot_input_options input;
    unsigned workers; /* 0 or 1: no further thread; at most ARGOT_PARSE_MAX_WORKERS */
    enum argot_parse_output output;
    unsigned with;                       /* enum argot_json_with, for JSON lines */
    enum argot_standard_number standard; /* whose words JSON lines have; NONE: argot's own */
    const char *columns;                 /* for CSV, or NULL */
    bool color;                          /* for text */
    bool checksum;
    int output_fd, letters_fd; /* letters_fd -1: dead letters are counted only */
    /* All may be NULL; all are called in the thread that runs the parse. */
    void *context;
    bool (*stop)(void *context); /* true: finish what was read, then end */
    void (*problem)(void *context, const char *path, const char *reason);
    void (*progress)(void *context, const struct argot_parse_progress *progress); /* after each block read */
};

struct argot_parse_source {
    const char *path;
    struct argot_counts counts;
    bool failed;
    char problem[ARGOT_PARSE_PROBLEM_BYTES]; /* empty: none */
};

/* Why a parse ended before its inputs did; the counts are of what was written wholly before. */
enum argot_parse_end {
    ARGOT_PARSE_DONE,
    ARGOT_PARSE_STOPPED,      /* asked to */
    ARGOT_PARSE_OUTPUT_ERROR, /* the descriptor of the events failed */
    ARGOT_PARSE_LETTERS_ERROR,
    ARGOT_PARSE_NO_MEMORY,
    ARGOT_PARSE_STORE_ERROR, /* of detections that keep what they read */
};

struct argot_parse_result {
    enum argot_parse_end end;
    int error; /* negative errno of a descriptor that failed */
    size_t nsources;
    struct argot_parse_source *sources; /* one for each path */
    size_t failed;                      /* sources that could not be read, or not to their end */
    struct argot_counts total;
    uint64_t checksum;
    argot_time duration_ns;
};

/* False with the reason in `why` when it could not begin: no memory, a bad column. The result must
 * be finished when true was returned. */
bool argot_parse_run(const struct argot_parse_options *options, struct argot_parse_result *result, char *why,
                     size_t why_size);
void argot_parse_finish(struct argot_seam *seam, struct argot_parse_result *result);
