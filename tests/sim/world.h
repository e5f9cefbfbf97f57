/* SPDX-License-Identifier: Apache-2.0
 * The machine that a simulated run lives on: its clock, what happens at which time, and each call that the process
 * makes. Time passes only by calls and by waiting. Whatever is due happens within the call that comes to its time, so
 * the world changes under the hands of the process as a real one does. */
#pragma once
#include "base/seam_live.h"
#include "disk.h"
#include "net.h"
#include "programs.h"
#include "random.h"
#include "receiver.h"
#include <sys/types.h>

#define SIM_US INT64_C(1000)
#define SIM_MS INT64_C(1000000)
#define SIM_SECOND INT64_C(1000000000)
#define SIM_MINUTE (60 * SIM_SECOND)
#define SIM_HOUR (60 * SIM_MINUTE)
#define SIM_BEGIN (INT64_C(1780000000) * SIM_SECOND) /* wall clock: 2026-05-28T20:26:40Z */

/* What a call is about; faults choose by it. */
enum sim_call {
    SIM_CALL_MEMORY,
    SIM_CALL_CLOCK,
    SIM_CALL_OPEN,
    SIM_CALL_READ,
    SIM_CALL_WRITE,
    SIM_CALL_LOOK,   /* at names and what files are */
    SIM_CALL_CHANGE, /* of names */
    SIM_CALL_CLOSE,
    SIM_CALL_WATCH,
    SIM_CALL_SOCKET,
    SIM_CALL_POLL,
    SIM_CALL_STORE_OPEN, /* SQLite's */
    SIM_CALL_STORE_READ,
    SIM_CALL_STORE_WRITE,
    SIM_CALL_STORE_SYNC,
    SIM_CALL_STORE_OTHER,
    SIM_CALLS
};

/* What goes wrong for a while. */
enum sim_trouble {
    SIM_TROUBLE_READ,        /* files cannot be read: EIO */
    SIM_TROUBLE_STORE,       /* the store's disk fails: EIO */
    SIM_TROUBLE_FULL,        /* no file can grow: ENOSPC */
    SIM_TROUBLE_SHORT,       /* reads and writes are short */
    SIM_TROUBLE_INTERRUPTED, /* EINTR */
    SIM_TROUBLE_SLOW,        /* the disk takes its time */
    SIM_TROUBLE_BLIND,       /* watches say nothing, or that they have lost something */
    SIM_TROUBLE_MEMORY,      /* there is none */
    SIM_TROUBLE_DESCRIPTORS, /* there are none: EMFILE */
    SIM_TROUBLES
};

/* What a whole run is made of. */
enum sim_fault_kind {
    SIM_FAULT_KILL,    /* the process */
    SIM_FAULT_POWER,   /* the machine: what was not synced is lost or torn */
    SIM_FAULT_TERM,    /* SIGTERM; it is started again */
    SIM_FAULT_HUP,     /* SIGHUP */
    SIM_FAULT_CLOCK,   /* the wall clock leaps */
    SIM_FAULT_TROUBLE, /* one of enum sim_trouble, for a while */
};
#define SIM_FAULTS (SIM_FAULT_TROUBLE + 1)

struct sim_counts {
    uint64_t calls[SIM_CALLS];
    uint64_t faults[SIM_FAULTS];
    uint64_t troubles[SIM_TROUBLES]; /* calls that failed or did less than asked */
    uint64_t made_to_fail;
};
extern const char *const sim_call_names[SIM_CALLS];
extern const char *const sim_trouble_names[SIM_TROUBLES];
extern const char *const sim_fault_names[SIM_FAULTS];

struct sim_world;

/* Something that happens at a time: `act` of whoever put it there. */
struct sim_event {
    argot_time time; /* of the world, not of the wall clock */
    uint64_t serial;
    void (*act)(void *context, struct sim_world *world, uint64_t what);
    void *context;
    uint64_t what;
};

#define SIM_AMBUSHES 16

/* The same after so many calls more. */
struct sim_ambush {
    uint64_t at_call; /* 0: none */
    struct sim_event event;
};

struct sim_world {
    struct argot_seam seam;
    struct argot_seam_live live;
    struct sim_random random; /* of what calls do: how short a read is */
    argot_time now;           /* since the world began */
    int64_t wall_jump;        /* how far the wall clock is off */
    argot_time set_back;      /* when it was set back last; 0: never */
    argot_time stalled;       /* up to when the process last read nothing for want of room; 0: it never did */
    struct sim_event *events; /* a heap */
    size_t nevents, events_room;
    uint64_t serial;
    struct sim_ambush ambushes[SIM_AMBUSHES];
    uint64_t next_ambush; /* no call before it is one of theirs */
    bool acting;          /* something that was due happens just now */
    struct {
        argot_time until;
        unsigned of_1000;
    } troubles[SIM_TROUBLES];
    struct sim_disk disk;
    struct sim_net net;
    struct sim_programs programs;
    struct sim_receiver receiver;
    /* The process. */
    bool away;            /* there is none just now */
    bool dead;            /* it was killed: whatever it still does has no effect */
    argot_time afterlife; /* what passed for it since */
    bool stop, reload;    /* signals that it has not seen yet */
    size_t blocks;        /* of memory that it holds */
    /* Is told of each message that the process has read from a socket. */
    void (*taken)(void *context, uint64_t number);
    void *taken_context;
    /* Each call in turn may be made to fail, once. */
    uint64_t fail_call; /* 0: none */
    bool failed_call;   /* it was */
    uint64_t calls;
    struct sim_counts counts;
    uint64_t digest;
    bool trace;
};

void sim_world_begin(struct sim_world *world, uint64_t seed);
void sim_world_end(struct sim_world *world);

/* By the time of the world, never before now. */
void sim_world_at(struct sim_world *world, argot_time time, void (*act)(void *, struct sim_world *, uint64_t),
                  void *context, uint64_t what);
/* The same as soon as the process has made so many calls. */
void sim_world_ambush(struct sim_world *world, uint64_t calls, void (*act)(void *, struct sim_world *, uint64_t),
                      void *context, uint64_t what);
/* Makes those happen now that still lie in wait and are of this context and below `what`. */
void sim_world_flush(struct sim_world *world, const void *context, uint64_t what);
/* Time passes up to there, without a process. */
void sim_world_pass(struct sim_world *world, argot_time until);
/* When something happens next; INT64_MAX: never. */
argot_time sim_world_next(const struct sim_world *world);
argot_time sim_world_wall(const struct sim_world *world);

/* Each call of the process begins here. 0, or the negative errno with which it fails. */
int sim_world_enter(struct sim_world *world, enum sim_call call);
/* The call goes into the trace with what came of it. */
void sim_world_leave(struct sim_world *world, enum sim_call call, const char *what, int64_t result);
/* Something of the world, in the trace. */
void sim_world_note(struct sim_world *world, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Whether a trouble hits this time. */
bool sim_world_hit(struct sim_world *world, enum sim_trouble trouble);
/* A count that may have become smaller. */
size_t sim_world_shorten(struct sim_world *world, size_t count);

/* The process is killed. With `power` the machine goes down with it: what was not synced is lost, or torn. */
void sim_world_kill(struct sim_world *world, bool power);
/* A new process may begin. */
void sim_world_reset_process(struct sim_world *world);

/* Fills in the calls: seam.c, live.c. */
void sim_seam_fill(struct argot_seam *seam);
void sim_live_fill(struct argot_seam_live *live);

void sim_world_describe(const struct sim_file *file, struct argot_file_info *info);
int sim_world_open(struct sim_world *world, struct sim_file *file); /* a descriptor */
void sim_live_sleep(struct sim_world *world, int64_t ns);           /* until a signal to end comes */
int64_t sim_live_read(struct sim_world *world, struct sim_descriptor *connection, void *bytes, size_t count);

static inline struct sim_world *
sim_world_of(struct argot_seam *seam)
{
    return (struct sim_world *)((char *)seam - offsetof(struct sim_world, seam));
}

static inline struct sim_world *
sim_world_of_live(struct argot_seam_live *live)
{
    return (struct sim_world *)((char *)live - offsetof(struct sim_world, live));
}

/* The list with room for one more than `count` items of `size` bytes. Without memory the program ends. */
void *sim_grow(void *list, size_t count, size_t *room, size_t size);
