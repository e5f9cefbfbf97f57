/* SPDX-License-Identifier: Apache-2.0
 * What commands that read logs have in common: options, what is looked at before the first byte is read, and how the
 * end is told. */
#pragma once
#include "cli/args.h"
#include "cli/progress.h"
#include "cli/standard.h"
#include "cli/summary.h"

#define ARGOT_READING_AUTO_WORKERS 16

struct argot_zone;

struct argot_reading {
    struct argot_args args;
    struct argot_cli *cli;
    struct argot_parse_options options;
    const char *results; /* what goes to standard output, for people: "events" */
    bool csv;            /* is one of the kinds of output */
    struct argot_zone *zone;
    argot_time received;
    const char *letters, *summary; /* files to be written, or NULL */
    bool output_named, strict, quiet;
    uint64_t total_bytes; /* of the inputs, 0 when not known */
    struct argot_progress progress;
};

/* Entries of a command's table of options, which argot_reading_option reads. */
#define ARGOT_READING_FORMAT                                                                                           \
    {                                                                                                                  \
        "format", 'f', "FORMAT",                                                                                       \
            "every line is of this format, or of a chain such as\ncri+nginx_access; "                                  \
            "else it is found line by line"                                                                            \
    }
#define ARGOT_READING_SCHEMA ARGOT_STANDARD_OPTION
#define ARGOT_READING_LETTERS                                                                                          \
    {                                                                                                                  \
        "dead-letters", 0, "FILE", "keeps lines that became no event there, with the reasons"                          \
    }
#define ARGOT_READING_RECEIVED                                                                                         \
    {                                                                                                                  \
        "received-at", 0, "TIME", "when the lines came in, for times without a year; else the\nfile's time of change"  \
    }
#define ARGOT_READING_TIMEZONE                                                                                         \
    {                                                                                                                  \
        "timezone", 'z', "ZONE", "of times without one: Europe/Berlin, +02:00; else UTC"                               \
    }
#define ARGOT_READING_STRICT                                                                                           \
    {                                                                                                                  \
        "strict", 0, NULL, "dead letters make the exit status 1"                                                       \
    }
#define ARGOT_READING_QUIET                                                                                            \
    {                                                                                                                  \
        "quiet", 'q', NULL, "no summary and no progress; errors are told all the same"                                 \
    }
#define ARGOT_READING_SUMMARY                                                                                          \
    {                                                                                                                  \
        "summary", 0, "FILE", "writes the counts there, as JSON"                                                       \
    }
#define ARGOT_READING_BLOCK_BYTES                                                                                      \
    {                                                                                                                  \
        "block-bytes", 0, "N", NULL                                                                                    \
    }
#define ARGOT_READING_RECORD_MAX_BYTES                                                                                 \
    {                                                                                                                  \
        "record-max-bytes", 0, "N", NULL                                                                               \
    }

/* Fills in the callbacks; the reading must stay where it is. */
void argot_reading_init(struct argot_reading *reading);
void argot_reading_finish(struct argot_reading *reading);
/* How many processors this program may use: 1 where nobody says, at most ARGOT_READING_AUTO_WORKERS. */
unsigned argot_reading_processors(void);

enum argot_reading_taken { ARGOT_READING_TAKEN, ARGOT_READING_REFUSED, ARGOT_READING_UNKNOWN };
/* An option of the command's table, also `output` and `load`. UNKNOWN: it is the command's own. */
enum argot_reading_taken argot_reading_option(struct argot_reading *reading, int option, const char *value);
/* A number from 1 on. False after saying what is wrong. */
bool argot_reading_number(struct argot_reading *reading, int option, const char *value, uint64_t most,
                          uint64_t *number);

/* Without an option text on a terminal, else JSON lines, which --schema asks for too. */
void argot_reading_output(struct argot_reading *reading);
/* Looks at everything that can be wrong, makes the registry, opens the file of the dead letters. An exit status. */
int argot_reading_begin(struct argot_reading *reading);
/* Closes the outputs, says why it ended early and how it went; letters_kept of the summary is filled in. The exit
 * status. */
int argot_reading_end(struct argot_reading *reading, struct argot_summary *summary);
