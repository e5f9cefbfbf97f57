/* SPDX-License-Identifier: Apache-2.0
 * Opening a store writes to it, so whether there is room is found out by that. */
#include "cli/room.h"
#include "cli/interrupt.h"
#include "cli/say.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

#define FIRST_PAUSE_NS INT64_C(500000000)
#define MOST_PAUSE_NS INT64_C(8000000000)
#define SLICE_NS INT64_C(250000000)  /* between looks whether it is to end */
#define TELL_NS INT64_C(60000000000) /* the same reason is said again after so long */

static bool
give_up_oldest(struct argot_room *room, struct argot_store *store)
{
    struct argot_store_given_up given_up;
    struct argot_buffer words;
    if (room->config->store.if_full != ARGOT_CONFIG_FULL_DROP_OLDEST || !argot_store_give_up_oldest(store, &given_up))
        return false;
    room->owed.events += given_up.events;
    room->owed.alerts += given_up.alerts;
    room->owed.letters += given_up.letters;
    argot_buffer_init(&words, room->seam);
    argot_buffer_printf(&words, "%s: gave up the oldest segment for want of room: ", given_up.file);
    argot_say_count(&words, given_up.events, "event", "events");
    argot_buffer_append_text(&words, ", ");
    argot_say_count(&words, given_up.alerts, "alert", "alerts");
    argot_buffer_append_text(&words, ", ");
    argot_say_count(&words, given_up.letters, "dead letter", "dead letters");
    argot_buffer_append_byte(&words, 0);
    if (!words.failed)
        argot_say(room->seam, "%s", (const char *)words.bytes);
    argot_buffer_finish(&words);
    return true;
}

static bool
pass(const struct argot_room *room, int64_t ns)
{
    struct timespec slice = {.tv_nsec = SLICE_NS};
    room->attend(room->context);
    if (room->pass)
        return room->pass(room->pass_context, ns < SLICE_NS ? ns : SLICE_NS);
    (void)nanosleep(&slice, NULL);
    return true;
}

/* Longer each time, unless something was done for it. False: asked to end. */
static bool
wait(struct argot_room *room, bool made)
{
    room->pause_ns = room->pause_ns && !made ? room->pause_ns * 2 : FIRST_PAUSE_NS;
    if (room->pause_ns > MOST_PAUSE_NS)
        room->pause_ns = MOST_PAUSE_NS;
    for (int64_t passed = 0; passed < room->pause_ns; passed += SLICE_NS)
        if (argot_interrupt_stop(NULL) || !pass(room, room->pause_ns - passed))
            return false;
    return !argot_interrupt_stop(NULL);
}

void
argot_room_tell(struct argot_room *room, const char *why)
{
    argot_time now = room->seam->monotonic(room->seam);
    if (!strncmp(why, room->told, sizeof room->told - 1) && now - room->told_at < TELL_NS)
        return;
    snprintf(room->told, sizeof room->told, "%s", why);
    room->told_at = now;
    argot_say(room->seam, "%s: cannot be written to yet, is tried again: %s", room->config->store.path, why);
}

/* The store, if it can be written to. */
static struct argot_store *
open_again(struct argot_room *room, bool *full)
{
    char why[ARGOT_STORE_PROBLEM_BYTES] = "there is no memory";
    bool owes = room->owed.events || room->owed.alerts || room->owed.letters;
    *full = false;
    struct argot_store *store = room->open(room->context, full, why, sizeof why);
    if (store && owes && !argot_store_note_given_up(store, &room->owed)) {
        *full = argot_store_is_full(store);
        snprintf(why, sizeof why, "%s", argot_store_problem(store));
        argot_store_close(store);
        store = NULL;
    }
    if (store)
        room->owed = (struct argot_store_given_up){0};
    else
        argot_room_tell(room, why);
    return store;
}

bool
argot_room_wait(struct argot_room *room, struct argot_store **store)
{
    struct argot_store *left = *store;
    bool full = true, at_once = !room->pause_ns;
    argot_store_leave(left);
    *store = NULL;
    while (!*store) {
        bool made = full && give_up_oldest(room, left);
        if (!(made && at_once) && !wait(room, made))
            break;
        if (made && at_once)
            room->pause_ns = FIRST_PAUSE_NS;
        at_once = false;
        *store = open_again(room, &full);
    }
    argot_store_close(left);
    return *store;
}
