/* SPDX-License-Identifier: Apache-2.0
 * What happens in a seed's world whether anything goes wrong or not: programs write logs, rotation renames, compresses,
 * copies and cuts them. It is made before the run, so that a disturbed run and an undisturbed one see the same. */
#pragma once
#include "world.h"

#define SIM_SCRIPT_LOGS 5
#define SIM_SCRIPT_GENERATIONS 40
#define SIM_SCRIPT_LATER "vsftpd" /* the format that comes later */

enum sim_rotation {
    SIM_ROTATION_NONE,
    SIM_ROTATION_RENAME,
    SIM_ROTATION_COMPRESS, /* renamed, compressed later */
    SIM_ROTATION_COPY,     /* copied, then cut: what is written in between may be lost */
};

enum sim_line_kind {
    SIM_LINE_EVENTS, /* some format reads it */
    SIM_LINE_ODD,    /* none does */
    SIM_LINE_LATER,  /* one does that is missing until it is replayed */
};

enum sim_step_kind {
    SIM_STEP_LINE,
    SIM_STEP_REST,   /* of a line of which the first half was written */
    SIM_STEP_RENAME, /* the writer goes on in the old file, */
    SIM_STEP_REOPEN, /* until this */
    SIM_STEP_PACK,   /* a compressed file comes up beside the old one, and is not whole, */
    SIM_STEP_PACKED, /* until this */
    SIM_STEP_COPY,
    SIM_STEP_CUT,
};

struct sim_step {
    argot_time time;
    enum sim_step_kind kind;
    unsigned log;
    size_t line;     /* index */
    argot_time wall; /* when it was done, by the wall clock */
};

struct sim_line {
    char *text; /* with its newline */
    size_t length, half;
    enum sim_line_kind kind;
    const char *format; /* of its events */
    unsigned nevents;   /* that it has, where it has some */
    unsigned log;
    argot_time time;
    bool left_out;         /* by the shrinker */
    bool may_be_lost;      /* it stood only in what was cut */
    bool may_be_twice;     /* in a copy that by the clock is newer than what was written after it */
    struct sim_file *file; /* where its first half is, */
    uint64_t inode;        /* and its number */
    argot_time written;    /* when, since the world began */
};

struct sim_log {
    const char *path;
    enum sim_rotation rotation;
    struct sim_file *file; /* that the writer has open */
    unsigned rotated;      /* so often */
    argot_time copied;     /* when it was copied last */
};

struct sim_script {
    uint64_t seed;
    argot_time quiet; /* nothing but a heartbeat comes any more, and nothing goes wrong */
    argot_time end;
    struct sim_log logs[SIM_SCRIPT_LOGS];
    struct sim_line *lines;
    size_t nlines, lines_room;
    struct sim_step *steps;
    size_t nsteps, steps_room;
    bool brief;
    bool wide;   /* there are lines of a format that comes later */
    bool ambush; /* rotation comes while the process is busy with what was written before */
    struct sim_random random;
    bool lost_sight; /* lines of logs whose alerts are compared may be lost, for the clock was set back */
};

/* Lines and steps of a seed. `brief`: a minute or two of everything, for many runs of one seed. */
void sim_script_make(struct sim_script *script, uint64_t seed, bool wide, bool brief);
void sim_script_free(struct sim_script *script);
/* Puts the steps into a world. */
void sim_script_begin(struct sim_script *script, struct sim_world *world, bool ambush);
void sim_script_end(struct sim_script *script);
