/* SPDX-License-Identifier: Apache-2.0
 * The dead letters of a store once more through the formats. Those that now make events leave the queue, with the
 * identity and the time of receipt that they had; so the store is as if the formats had been these when the records
 * came. Rules see nothing of it. To be stopped and begun again at any time. */
#pragma once
#include "normalize/normalize.h"
#include "store/store.h"

struct argot_replay_options {
    struct argot_seam *seam;
    struct argot_registry *registry; /* sealed */
    const char *path;                /* of the store */
    size_t npolicies;                /* what the store keeps of each format */
    const struct argot_store_policy *policies;
    uint64_t batch; /* letters of a transaction; 0: ARGOT_LETTERS_BATCH, which is also the most */
    bool act;       /* false: only says what would be done, and writes nothing */
    void *context;
    /* Format and zone of a source, by the path and the name that the store has. */
    void (*settings)(void *context, const char *path, const char *name, struct argot_settings *settings);
    void (*problem)(void *context, const char *file, const char *words); /* a closed segment is left out */
    bool (*stop)(void *context);                                         /* true: end between two transactions */
};

struct argot_replay_format {
    const char *name; /* NULL: records to be skipped */
    uint64_t letters, events;
};

struct argot_replay_source {
    const char *name;
    uint64_t letters, pieces; /* seen; of them, pieces of records that are too long, which no format reads */
    uint64_t bare;            /* of them, whose record was not kept */
    uint64_t taken, events;   /* letters that left the queue; what became of them */
    uint64_t unkept;          /* of these, that a policy does not keep */
    size_t nformats, room;
    struct argot_replay_format *formats;
};

struct argot_replay_result {
    struct argot_arena names;
    size_t nsources;
    struct argot_replay_source *sources;
    struct argot_replay_source total;        /* without formats */
    size_t left_out;                         /* closed segments */
    bool stopped, failed;                    /* before the end; counts are of what is done */
    char problem[ARGOT_STORE_PROBLEM_BYTES]; /* of one that failed */
};

/* False with the reason in `why` when it could not begin. The result must be finished when true was returned. */
bool argot_replay_run(const struct argot_replay_options *options, struct argot_replay_result *result, char *why,
                      size_t why_size);
void argot_replay_finish(struct argot_seam *seam, struct argot_replay_result *result);
