/* SPDX-License-Identifier: Apache-2.0
 * It stands where libcurl stands: the functions of send/send.h are these. A delivery is the world's, and has its own
 * time; the process looks whether there is an answer. */
#include "receiver.h"
#include "send/send.h"
#include "world.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE 16
#define LEAST_NS SIM_MS
#define MOST_NS (150 * SIM_MS)
#define LEAST_OUTAGE (5 * SIM_SECOND)
#define MOST_OUTAGE (4 * SIM_MINUTE)
#define PATIENCE (2 * SIM_MINUTE) /* the most that it asks for */

enum fate { FATE_TAKEN, FATE_ANSWER_LOST, FATE_LATER, FATE_REFUSED, FATE_HANGS };

struct sim_delivery {
    struct sim_delivery *next;
    uint64_t serial;
    struct sim_received message;
};

/* One of the process's. */
struct transfer {
    bool busy;
    uint64_t number;
    int64_t due; /* of the answer */
    enum fate fate;
    int64_t wait_ns;
};

struct argot_send {
    struct sim_world *world;
    struct transfer transfers[AT_ONCE];
};

void
sim_receiver_begin(struct sim_receiver *receiver, uint64_t seed, int64_t quiet)
{
    *receiver = (struct sim_receiver){.random = sim_random_of(seed, 12)};
    for (size_t i = 0; i < SIM_RECEIVER_OUTAGES; i++) {
        int64_t most = MOST_OUTAGE < quiet / 4 ? MOST_OUTAGE : quiet / 4;
        receiver->spans[i] = sim_random_between(&receiver->random, LEAST_OUTAGE, most);
        receiver->outages[i] = sim_random_between(&receiver->random, 0, quiet - receiver->spans[i]);
    }
}

void
sim_receiver_power_cut(struct sim_receiver *receiver)
{
    while (receiver->deliveries) {
        struct sim_delivery *delivery = receiver->deliveries;
        receiver->deliveries = delivery->next;
        free(delivery);
    }
}

void
sim_receiver_end(struct sim_receiver *receiver)
{
    sim_receiver_power_cut(receiver);
    free(receiver->list);
}

const struct sim_received *
sim_receiver_find(const struct sim_receiver *receiver, const char *name, bool grouped)
{
    for (size_t i = 0; i < receiver->count; i++)
        if (receiver->list[i].grouped == grouped && !strcmp(receiver->list[i].name, name))
            return &receiver->list[i];
    return NULL;
}

/* ---- what arrives ---- */

/* Who has a message already knows it by its name, and looks at nothing else. */
static void
note(struct sim_receiver *receiver, const struct sim_received *message)
{
    struct sim_received *known =
        (struct sim_received *)(uintptr_t)sim_receiver_find(receiver, message->name, message->grouped);
    if (known) {
        if (known->sum != message->sum)
            snprintf(receiver->wrong, sizeof receiver->wrong, "%s", message->name);
        known->refused = known->refused && message->refused;
        return;
    }
    if (receiver->count == receiver->room) {
        receiver->room = receiver->room ? receiver->room * 2 : 256;
        receiver->list = realloc(receiver->list, receiver->room * sizeof *receiver->list);
        if (!receiver->list)
            abort();
    }
    receiver->list[receiver->count++] = *message;
}

static void
arrive(void *context, struct sim_world *world, uint64_t what)
{
    struct sim_receiver *receiver = context;
    struct sim_delivery **place = &receiver->deliveries, *delivery;
    while (*place && (*place)->serial != what)
        place = &(*place)->next;
    delivery = *place;
    if (!delivery)
        return; /* gone in a power cut */
    *place = delivery->next;
    sim_world_note(world, "message %s arrives%s: %s%llu alerts", delivery->message.name,
                   delivery->message.grouped ? " in groups" : "", delivery->message.refused ? "refused, " : "",
                   (unsigned long long)delivery->message.alerts);
    note(receiver, &delivery->message);
    free(delivery);
}

static bool
is_outage(const struct sim_receiver *receiver, int64_t now)
{
    for (size_t i = 0; i < SIM_RECEIVER_OUTAGES; i++)
        if (now >= receiver->outages[i] && now < receiver->outages[i] + receiver->spans[i])
            return true;
    return false;
}

static enum fate
choose(struct sim_receiver *receiver, int64_t now)
{
    uint64_t of_100 = sim_random_below(&receiver->random, 100);
    if (is_outage(receiver, now))
        return of_100 < 50 ? FATE_LATER : of_100 < 75 ? FATE_HANGS : FATE_ANSWER_LOST;
    return of_100 < 92 ? FATE_TAKEN : of_100 < 95 ? FATE_ANSWER_LOST : of_100 < 98 ? FATE_LATER : FATE_REFUSED;
}

/* The words behind some others, up to a byte. */
static void
copy_behind(const char *text, size_t length, const char *before, char end, char *out, size_t size)
{
    const char *at = memmem(text, length, before, strlen(before));
    size_t left = at ? length - (size_t)(at - text) - strlen(before) : 0, count = 0;
    for (; count < left && count + 1 < size && at[strlen(before) + count] != end; count++)
        out[count] = at[strlen(before) + count];
    out[count] = 0;
}

static void
read_body(struct sim_received *message, const uint8_t *bytes, size_t count)
{
    char number[24];
    for (size_t i = 0; i < count; i++)
        message->sum = (message->sum ^ bytes[i]) * UINT64_C(0x100000001b3);
    message->alerts = 1;
    if (count <= 9 || memcmp(bytes, "{\"group\":", 9) != 0)
        return;
    copy_behind((const char *)bytes, count, "},\"alerts\":", ',', number, sizeof number);
    message->alerts = strtoull(number, NULL, 10);
}

static struct sim_received
read_message(const struct argot_send_request *request)
{
    static const char before[] = "webhook-id: ";
    struct sim_received message = {.grouped = !strcmp(request->url, SIM_RECEIVER_GROUPS)};
    for (const char *const *header = request->headers; *header; header++)
        if (!strncmp(*header, before, strlen(before)))
            copy_behind(*header, strlen(*header), before, 0, message.name, sizeof message.name);
    read_body(&message, request->bytes, request->count);
    return message;
}

void
sim_receiver_take_waiting(struct sim_receiver *receiver, const char *name, bool grouped, const void *bytes,
                          size_t count)
{
    struct sim_received message = {.grouped = grouped};
    snprintf(message.name, sizeof message.name, "%s", name);
    read_body(&message, bytes, count);
    note(receiver, &message);
}

/* ---- what the process sees ---- */

bool
argot_send_is_there(void)
{
    return true;
}

struct argot_send *
argot_send_new(struct argot_seam *seam, char *why, size_t why_size)
{
    struct argot_send *send = seam->allocate(seam, sizeof *send);
    snprintf(why, why_size, "there is no memory");
    if (send)
        *send = (struct argot_send){.world = sim_world_of(seam)};
    return send;
}

void
argot_send_free(struct argot_send *send)
{
    if (send)
        send->world->seam.release(&send->world->seam, send);
}

static struct transfer *
find_place(struct argot_send *send)
{
    for (size_t i = 0; i < AT_ONCE; i++)
        if (!send->transfers[i].busy)
            return &send->transfers[i];
    return NULL;
}

bool
argot_send_begin(struct argot_send *send, uint64_t number, const struct argot_send_request *request)
{
    struct sim_world *world = send->world;
    struct sim_receiver *receiver = &world->receiver;
    int status = sim_world_enter(world, SIM_CALL_SOCKET);
    struct transfer *transfer = status ? NULL : find_place(send);
    sim_world_leave(world, SIM_CALL_SOCKET, "send", status);
    if (!transfer)
        return false;
    *transfer = (struct transfer){.busy = true, .number = number, .fate = choose(receiver, world->now)};
    transfer->due = world->now + sim_random_between(&receiver->random, LEAST_NS, MOST_NS);
    if (transfer->fate == FATE_HANGS)
        transfer->due = world->now + ARGOT_SEND_WHOLE_NS;
    if (transfer->fate == FATE_LATER && sim_random_often(&receiver->random, 300))
        transfer->wait_ns = sim_random_between(&receiver->random, SIM_SECOND, PATIENCE);
    if (world->dead || transfer->fate == FATE_LATER || transfer->fate == FATE_HANGS)
        return true;
    struct sim_delivery *delivery = calloc(1, sizeof *delivery);
    if (!delivery)
        abort();
    *delivery = (struct sim_delivery){
        .next = receiver->deliveries, .serial = ++receiver->numbers, .message = read_message(request)};
    delivery->message.refused = transfer->fate == FATE_REFUSED;
    receiver->deliveries = delivery;
    sim_world_at(world, transfer->due, arrive, receiver, delivery->serial);
    return true;
}

bool
argot_send_next(struct argot_send *send, struct argot_send_answer *answer)
{
    static const enum argot_send_outcome outcomes[] = {[FATE_TAKEN] = ARGOT_SEND_DONE,
                                                       [FATE_ANSWER_LOST] = ARGOT_SEND_LATER,
                                                       [FATE_LATER] = ARGOT_SEND_LATER,
                                                       [FATE_REFUSED] = ARGOT_SEND_NEVER,
                                                       [FATE_HANGS] = ARGOT_SEND_LATER};
    struct sim_world *world = send->world;
    (void)sim_world_enter(world, SIM_CALL_LOOK); /* what arrives by now does so before it is answered */
    for (size_t i = 0; i < AT_ONCE; i++) {
        struct transfer *transfer = &send->transfers[i];
        if (!transfer->busy || transfer->due >= world->now + world->afterlife)
            continue;
        transfer->busy = false;
        *answer = (struct argot_send_answer){
            .number = transfer->number, .outcome = outcomes[transfer->fate], .wait_ns = transfer->wait_ns};
        snprintf(answer->words, sizeof answer->words, "fate %d", (int)transfer->fate);
        if (world->dead) /* nobody answers it any more */
            answer->outcome = ARGOT_SEND_LATER;
        return true;
    }
    return false;
}

size_t
argot_send_count(const struct argot_send *send)
{
    size_t count = 0;
    for (size_t i = 0; i < AT_ONCE; i++)
        count += send->transfers[i].busy;
    return count;
}
