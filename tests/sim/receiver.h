/* SPDX-License-Identifier: Apache-2.0
 * The other side of webhooks, in place of runtime/send: it takes its time, takes a message and lets the answer be lost,
 * refuses one for good, asks for patience; now and then, for minutes, it fails. What is on its way when the process is
 * killed may arrive; in a power cut it does not. */
#pragma once
#include "random.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SIM_RECEIVER_OUTAGES 3
#define SIM_RECEIVER_NAME 48
#define SIM_RECEIVER_PLAIN "http://127.0.0.1/alerts"
#define SIM_RECEIVER_GROUPS "http://127.0.0.1/groups"

struct sim_world;

/* A message that was taken, or refused for good. */
struct sim_received {
    char name[SIM_RECEIVER_NAME]; /* its webhook-id */
    bool grouped;                 /* it came to SIM_RECEIVER_GROUPS */
    bool refused;                 /* and never taken */
    uint64_t sum;                 /* of its body */
    uint64_t alerts;              /* that it stands for */
};

struct sim_receiver {
    struct sim_random random;
    int64_t outages[SIM_RECEIVER_OUTAGES], spans[SIM_RECEIVER_OUTAGES];
    struct sim_delivery *deliveries; /* a list of those under way */
    uint64_t numbers;
    struct sim_received *list; /* each name once for each address, as it came first */
    size_t count, room;
    char wrong[SIM_RECEIVER_NAME]; /* a name that came with two bodies; empty: none did */
};

void sim_receiver_begin(struct sim_receiver *receiver, uint64_t seed, int64_t quiet);
void sim_receiver_end(struct sim_receiver *receiver);
void sim_receiver_power_cut(struct sim_receiver *receiver); /* what is on its way is gone */
/* A message that still waits in the store when all is over counts as if it had come. */
void sim_receiver_take_waiting(struct sim_receiver *receiver, const char *name, bool grouped, const void *bytes,
                               size_t count);
const struct sim_received *sim_receiver_find(const struct sim_receiver *receiver, const char *name, bool grouped);
