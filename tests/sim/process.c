/* SPDX-License-Identifier: Apache-2.0
 * What cli/cmd_run.c and cli/serving.c do, without words for people. All that it takes from the machine it must give
 * back, however it ends. */
#include "process.h"
#include "normalize/normalize.h"
#include "pipeline/announce.h"
#include "pipeline/replay.h"
#include "pipeline/serve.h"
#include "script.h"
#include "senders.h"
#include "store/store.h"
#include "vfs.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct argot_normalizer *const argot_stock_formats[];
extern const size_t argot_stock_count;

/* Judged as they come, and in order; over alerts; with windows, timers and what is absent. Keys are addresses, so that
 * logs from which something may be lost have alerts of their own. */
static const char rules[] =
    "rule each { match HTTP_ACCESS where status_code == 500 alert \"{source_ip} {request_path}\" }\n"
    "rule guessing { severity high match AUTH_LOGIN where event_outcome == \"failure\" by source_ip\n"
    "  when count >= 4 within 60s collect user_name alert \"{source_ip} guesses\" }\n"
    "rule tries { match HTTP_ACCESS by source_ip when distinct(request_path) >= 3 within 60s rearm every 1m\n"
    "  alert \"{source_ip} tries\" }\n"
    "rule both { by source_ip sequence within 5m { first alert guessing then HTTP_ACCESS }\n"
    "  alert \"{source_ip} both\" }\n"
    "rule minutes { match AUTH_LOGIN by source_ip when count >= 2 every 1m alert \"{source_ip} minutes\" }\n"
    "rule gaps { match AUTH_LOGIN by source_ip when absent 3m alert \"{source_ip} gaps\" }\n"
    "rule calls { match any where event_provider is not null by source_ip when count >= 3 session 90s\n"
    "  alert \"{source_ip} calls\" }\n";
static const char more_rules[] = "rule more { match AUTH_LOGIN alert \"of the other rules\" }\n";

void
sim_process_rules(struct sim_process *process)
{
    static struct argot_rules_text texts[2];
    texts[0] = (struct argot_rules_text){"sim.rule", rules, strlen(rules)};
    texts[1] = (struct argot_rules_text){"more.rule", more_rules, strlen(more_rules)};
    for (size_t i = 0; i < 2; i++) {
        process->rules[i] = argot_rules_new(argot_seam_system(), texts, i + 1, NULL);
        process->plans[i] = process->rules[i] ? argot_rules_plan(process->rules[i]) : NULL;
        if (!process->plans[i]) {
            fprintf(stderr, "the rules of the simulation are wrong\n");
            exit(2);
        }
    }
}

void
sim_process_free_rules(struct sim_process *process)
{
    for (size_t i = 0; i < 2; i++)
        argot_rules_free(process->rules[i]);
}

/* ---- one life ---- */

#define INPUTS 7
#define INPUT_UDP 5    /* in its place among the inputs */
#define CONNECTIONS 16 /* more than there are senders */
#define ROOM_PAUSE (500 * SIM_MS)
#define STOP_NS (500 * SIM_MS) /* so long messages are waited for at the end */
#define GROUP_NS (5 * SIM_MINUTE)
#define REPLAY_BATCH 7 /* letters of a transaction, so that there are several */

struct life {
    struct sim_process *process;
    struct argot_registry *registry;
    struct argot_store *store;
    struct argot_serve *serve;
    struct argot_announce *announce; /* NULL: alerts are only stored */
    struct argot_announce_output outputs[3];
    struct argot_live_input inputs[INPUTS];
    unsigned used; /* of the plans */
    /* Long work of the store, which is done some time later, as a thread would. */
    struct argot_store_aside aside;
    void (*work)(void *of);
    void *work_of;
    unsigned looks; /* whether it is over */
};

static bool
is_stopped(void *context)
{
    struct life *life = context;
    struct sim_world *world = life->process->world;
    if (life->process->committed && !world->dead && life->store && !argot_store_pending(life->store))
        life->process->committed(life->process->context);
    return world->stop || world->dead;
}

static bool
is_reload(void *context)
{
    struct sim_world *world = ((struct life *)context)->process->world;
    bool reload = world->reload;
    world->reload = false;
    return reload;
}

static void
on_problem(void *context, const char *path, const char *reason)
{
    sim_world_note(((struct life *)context)->process->world, "%s: %s", path, reason);
}

static bool
say(struct life *life, const char *what)
{
    struct sim_process *process = life->process;
    snprintf(process->why, sizeof process->why, "%s", what);
    return false;
}

static bool
make_registry(struct life *life)
{
    char why[256];
    life->registry = argot_registry_new(&life->process->world->seam);
    if (!life->registry)
        return say(life, "there is no memory");
    for (size_t i = 0; i < argot_stock_count; i++)
        if ((life->process->whole || strcmp(argot_stock_formats[i]->name, SIM_SCRIPT_LATER) != 0) &&
            !argot_registry_add(life->registry, argot_stock_formats[i], why, sizeof why))
            return say(life, why);
    return argot_registry_seal(life->registry, why, sizeof why) || say(life, why);
}

#define ASIDE_LOOKS 3

static struct life *
life_of(struct argot_store_aside *aside)
{
    return (struct life *)((char *)aside - offsetof(struct life, aside));
}

static bool
aside_begin(struct argot_store_aside *aside, void (*work)(void *of), void *of)
{
    struct life *life = life_of(aside);
    life->work = work;
    life->work_of = of;
    life->looks = 0;
    return true;
}

static void
aside_wait(struct argot_store_aside *aside)
{
    struct life *life = life_of(aside);
    if (life->work)
        life->work(life->work_of);
    life->work = NULL;
}

static bool
aside_is_over(struct argot_store_aside *aside)
{
    struct life *life = life_of(aside);
    if (++life->looks >= ASIDE_LOOKS)
        aside_wait(aside);
    return !life->work;
}

static bool
open_store(struct life *life)
{
    char why[ARGOT_STORE_PROBLEM_BYTES];
    const struct sim_setup *setup = life->process->setup;
    struct argot_store_options options = {.seam = &life->process->world->seam,
                                          .path = SIM_PROCESS_STORE,
                                          .durable = true,
                                          .aside = &life->aside,
                                          .segment_bytes = life->process->segment_bytes,
                                          .segment_ns = setup->segment_ns,
                                          .keep_events_ns = setup->keep_events_ns,
                                          .keep_raw_ns = setup->keep_raw_ns,
                                          .keep_alerts_ns = setup->keep_alerts_ns,
                                          .keep_letters_ns = setup->keep_letters_ns,
                                          .keep_bytes = setup->keep_bytes,
                                          .npolicies = setup->npolicies,
                                          .policies = setup->policies};
    life->store = argot_store_open(&options, why, sizeof why);
    return life->store || say(life, why);
}

static void
on_announce_problem(void *context, const char *name, const char *reason)
{
    on_problem(context, name, reason ? reason : "told again");
}

static bool
make_announce(struct life *life)
{
    static const char *const words[] = {"/usr/sbin/sendmail", NULL};
    static const struct argot_post_output posts[] = {
        {.kind = ARGOT_POST_PROGRAM, .name = "mail", .key = "mail", .words = words},
        {.kind = ARGOT_POST_WEBHOOK, .name = "plain", .key = "plain", .url = SIM_RECEIVER_PLAIN},
        {.kind = ARGOT_POST_WEBHOOK, .name = "groups", .key = "groups", .url = SIM_RECEIVER_GROUPS}};
    const struct argot_announce_output all[] = {
        {.kind = ARGOT_ANNOUNCE_MAIL, .name = "mail", .post = &posts[0], .mail_from = "a@example.com", .mail_to = "b"},
        {.kind = ARGOT_ANNOUNCE_WEBHOOK, .name = "plain", .post = &posts[1]},
        {.kind = ARGOT_ANNOUNCE_WEBHOOK,
         .name = "groups",
         .post = &posts[2],
         .every_ns = GROUP_NS,
         .nfields = 2,
         .fields = {(uint16_t)argot_schema_find("rule_name"), (uint16_t)argot_schema_find("source_ip")}}};
    struct sim_process *process = life->process;
    struct argot_announce_options options = {.seam = &process->world->seam,
                                             .live = &process->world->live,
                                             .outputs = life->outputs,
                                             .context = life,
                                             .problem = on_announce_problem};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (process->tells & 1u << i)
            life->outputs[options.noutputs++] = all[i];
    if (!process->tells)
        return true;
    life->announce = argot_announce_new(&options, process->why, sizeof process->why);
    return life->announce;
}

/* NULL: it is about to be closed. */
static bool
tell_from(struct life *life, struct argot_store *store)
{
    return !life->announce || argot_announce_use(life->announce, store) || say(life, "what waits cannot be read");
}

/* As cli/cmd_run.c leaves a store. */
static void
end_telling(struct life *life)
{
    struct argot_announce_counts counts;
    if (!life->announce)
        return;
    if (life->store && !*argot_store_problem(life->store))
        (void)argot_announce_finish(life->announce, STOP_NS);
    (void)argot_announce_use(life->announce, NULL);
    argot_announce_free(life->announce, &counts);
    life->process->untold += counts.lost;
}

static bool
begin(struct life *life)
{
    struct sim_process *process = life->process;
    const struct sim_listener *listeners = process->listeners;
    const struct argot_live_input inputs[] = {
        {.kind = ARGOT_LIVE_FILE, .name = "/logs/heart.log"},
        {.kind = ARGOT_LIVE_FILE, .name = "/logs/auth.log"},
        {.kind = ARGOT_LIVE_FILE, .name = "/logs/web.log"},
        {.kind = ARGOT_LIVE_PATTERN, .name = "/logs/other/*.log*"},
        {.kind = ARGOT_LIVE_FILE, .name = "/logs/app.log"},
        {.kind = ARGOT_LIVE_LISTENER, .name = listeners[0].name, .endpoint = listeners[0].endpoint},
        {.kind = ARGOT_LIVE_LISTENER, .name = listeners[1].name, .endpoint = listeners[1].endpoint},
    };
    memcpy(life->inputs, inputs, sizeof inputs);
    struct argot_serve_options options = {
        .detect = {.parse = {.seam = &process->world->seam,
                             .registry = life->registry,
                             .output = ARGOT_PARSE_NONE,
                             .output_fd = -1,
                             .letters_fd = -1,
                             .context = life,
                             .stop = is_stopped,
                             .problem = on_problem},
                   .plan = process->plans[0],
                   .late_ns = process->late,
                   .store = life->store,
                   .announce = life->announce,
                   .commit_rows = process->commit_rows,
                   .warm_events = process->setup->warm_events},
        .live = {.live = &process->world->live,
                 .input = {.block_bytes = process->block_bytes, .record_max_bytes = SIM_PROCESS_RECORD_BYTES},
                 .ninputs = sizeof inputs / sizeof *inputs,
                 .inputs = life->inputs,
                 .listener_connections = CONNECTIONS},
        .reload = is_reload,
    };
    options.detect.parse.input = options.live.input;
    life->serve = argot_serve_new(&options, process->why, sizeof process->why);
    return life->serve;
}

/* The store's disk has no room: nothing is read until there is some. False: asked to end, or it failed. */
static bool
recover(struct life *life)
{
    struct sim_process *process = life->process;
    struct sim_world *world = process->world;
    do {
        (void)tell_from(life, NULL);
        argot_store_close(life->store);
        life->store = NULL;
        while (!life->store) {
            sim_live_sleep(world, ROOM_PAUSE);
            if (world->stop || world->dead)
                return false;
            (void)open_store(life);
        }
        if (tell_from(life, life->store) &&
            argot_serve_recover(life->serve, life->store, process->why, sizeof process->why)) {
            world->stalled = world->now;
            return true;
        }
    } while (argot_store_is_full(life->store));
    return false;
}

static bool
goes_on(struct life *life, enum argot_serve_status status)
{
    struct sim_process *process = life->process;
    if (status == ARGOT_SERVE_FULL) {
        sim_world_note(process->world, "no room");
        process->full++;
        return recover(life);
    }
    if (status != ARGOT_SERVE_RELOAD)
        return false;
    life->used = !life->used;
    if (life->announce)
        argot_announce_reopen(life->announce);
    if (!argot_serve_reload(life->serve, process->plans[life->used], NULL, process->why, sizeof process->why))
        life->used = !life->used;
    return true;
}

static enum sim_process_end
run(struct life *life)
{
    enum argot_serve_status status;
    struct argot_detect_result result;
    do
        status = argot_serve_run(life->serve);
    while (goes_on(life, status));
    life->process->dropped = argot_serve_counts(life->serve, INPUT_UDP).listeners.dropped;
    if (status == ARGOT_SERVE_STOPPED)
        return SIM_PROCESS_STOPPED;
    if (argot_serve_result(life->serve, &result) && *result.store_problem)
        say(life, result.store_problem);
    argot_detect_finish(&life->process->world->seam, &result);
    return status == ARGOT_SERVE_FULL ? SIM_PROCESS_FULL : SIM_PROCESS_FAILED;
}

static enum sim_process_end
leave(struct life *life, enum sim_process_end end)
{
    static const char *const ends[] = {"stopped", "killed", "no room", "failed"};
    struct sim_world *world = life->process->world;
    argot_registry_free(life->registry);
    if (world->dead)
        end = SIM_PROCESS_KILLED;
    sim_world_note(world, "%s: %s", ends[end], life->process->why);
    sim_world_reset_process(world);
    return end;
}

enum sim_process_end
sim_process_live(struct sim_process *process)
{
    struct life life = {.process = process,
                        .aside = {.begin = aside_begin, .is_over = aside_is_over, .wait = aside_wait}};
    struct sim_world *world = process->world;
    enum sim_process_end end = SIM_PROCESS_FAILED;
    process->why[0] = 0;
    process->lives++;
    sim_vfs_use(world);
    sim_world_note(world, "begin");
    if (make_registry(&life) && open_store(&life) && make_announce(&life) && tell_from(&life, life.store) &&
        begin(&life))
        end = run(&life);
    argot_serve_free(life.serve);
    end_telling(&life);
    argot_store_close(life.store);
    return leave(&life, end);
}

/* ---- replay ---- */

static bool
is_ended(void *context)
{
    const struct sim_world *world = ((struct life *)context)->process->world;
    return world->stop || world->dead;
}

static void
no_settings(void *context, const char *path, const char *name, struct argot_settings *settings)
{
    (void)context;
    (void)path;
    (void)name;
    *settings = (struct argot_settings){0};
}

static void
on_left_out(void *context, const char *file, const char *words)
{
    say(context, words);
    on_problem(context, file, words);
}

static enum sim_process_end
replay(struct life *life)
{
    struct sim_process *process = life->process;
    struct argot_replay_options options = {.seam = &process->world->seam,
                                           .registry = life->registry,
                                           .path = SIM_PROCESS_STORE,
                                           .npolicies = process->setup->npolicies,
                                           .policies = process->setup->policies,
                                           .batch = REPLAY_BATCH,
                                           .act = true,
                                           .context = life,
                                           .settings = no_settings,
                                           .problem = on_left_out,
                                           .stop = is_ended};
    struct argot_replay_result result;
    if (!argot_replay_run(&options, &result, process->why, sizeof process->why))
        return SIM_PROCESS_FAILED;
    bool good = !result.failed && !result.left_out && !result.stopped;
    if (result.failed)
        say(life, result.problem);
    argot_replay_finish(options.seam, &result);
    return good ? SIM_PROCESS_STOPPED : SIM_PROCESS_FAILED;
}

enum sim_process_end
sim_process_replay(struct sim_process *process)
{
    struct life life = {.process = process};
    process->why[0] = 0;
    process->lives++;
    sim_vfs_use(process->world);
    sim_world_note(process->world, "replay");
    return leave(&life, make_registry(&life) ? replay(&life) : SIM_PROCESS_FAILED);
}
