/* SPDX-License-Identifier: Apache-2.0
 * What the logs of a machine are: each file is sampled at its end, and told by what the formats make of it. */
#pragma once
#include "base/arena.h"
#include "cli/cli.h"

#define ARGOT_SURVEY_MAX_LOGS 1000                      /* looked at; what is beyond is counted */
#define ARGOT_SURVEY_SAMPLE_BYTES ((uint64_t)256 << 10) /* of the end of a log: what formats are told from */
#define ARGOT_SURVEY_SEARCH_BYTES                                                                                      \
    ((uint64_t)64 << 20)             /* of the end of a log: where lines of another are looked for                     \
                                      */
#define ARGOT_SURVEY_MAX_FORMATS 8   /* of one log that are named, the most frequent first */
#define ARGOT_SURVEY_READ_PERCENT 90 /* of the lines must be events for a log to count as read */
#define ARGOT_SURVEY_WHY_BYTES 160

enum argot_survey_verdict {
    ARGOT_SURVEY_READ,     /* formats read it */
    ARGOT_SURVEY_TWICE,    /* its last lines lie in another log too, which is read */
    ARGOT_SURVEY_UNREAD,   /* too few of its lines are of a format */
    ARGOT_SURVEY_EMPTY,    /* there is nothing in it yet */
    ARGOT_SURVEY_BINARY,   /* it is no text */
    ARGOT_SURVEY_REFUSED,  /* it cannot be opened or read */
    ARGOT_SURVEY_NAMELESS, /* formats read it, but its name cannot stand in a configuration */
};

struct argot_survey_format {
    const char *name;
    uint64_t events;
};

struct argot_survey_log {
    const char *path;
    enum argot_survey_verdict verdict;
    const char *format;              /* that reads all that the formats read together; NULL: no single one */
    uint64_t lines, events, unknown; /* of the sample: lines, events, those of them that only an envelope read */
    uint32_t nformats;
    struct argot_survey_format formats[ARGOT_SURVEY_MAX_FORMATS];
    const struct argot_survey_log *other; /* TWICE: the other log */
    const char *last;                     /* the sample's last line of some length, or NULL */
    size_t last_length;
    char why[ARGOT_SURVEY_WHY_BYTES]; /* REFUSED: the reason, the path not in it */
};

struct argot_survey {
    struct argot_cli *cli;
    struct argot_arena arena;
    struct argot_survey_log *logs; /* in the order of their paths in each folder */
    size_t count;
    size_t beyond; /* files that were not looked at for ARGOT_SURVEY_MAX_LOGS */
    bool failed;   /* some folder could not be looked into, which was said */
};

/* Looks at files, and at the files below folders; old generations of rotated logs are left out. False after saying that
 * there is no memory, or that the registry cannot be made. */
bool argot_survey_begin(struct argot_survey *survey, struct argot_cli *cli, const char *const *places, size_t nplaces);
void argot_survey_finish(struct argot_survey *survey);
/* A log that is read and that syslog wrote, or NULL. */
const struct argot_survey_log *argot_survey_syslog(const struct argot_survey *survey);
/* Whether a log that is read has events of the format. */
bool argot_survey_has(const struct argot_survey *survey, const char *format);
