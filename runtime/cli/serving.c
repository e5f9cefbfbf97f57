/* SPDX-License-Identifier: Apache-2.0
 * Rules that are wrong after SIGHUP change nothing: the old ones go on, and what is wrong is said. */
#include "cli/serving.h"
#include "cli/files.h"
#include "cli/interrupt.h"
#include "cli/room.h"
#include "cli/say.h"
#include "cli/stock.h"
#include "pipeline/serve.h"
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define WHY_BYTES 512
#define LARGE_BYTES (256 << 10) /* what is no smaller is taken from the system and goes back to it by itself */

struct run {
    const struct argot_serving *serving;
    struct argot_serve *serve;
    struct argot_live_input *inputs;
    struct argot_settings *each;
    struct argot_ruleset rules[2]; /* of reloads: one that is used, and room for the next */
    unsigned used;
    const struct argot_plan *plan;
    struct argot_room room;
};

bool
argot_serving_is_due(const struct argot_config *config)
{
    for (size_t i = 0; i < config->ninputs; i++)
        if (config->inputs[i].follow)
            return true;
    return false;
}

/* ---- inputs ---- */

static bool
make_inputs(struct run *run)
{
    const struct argot_config *config = run->serving->config;
    struct argot_seam *seam = run->serving->reading->cli->seam;
    run->inputs = seam->allocate(seam, config->ninputs * sizeof *run->inputs);
    run->each = seam->allocate(seam, config->ninputs * sizeof *run->each);
    if (!run->inputs || !run->each) {
        argot_say(seam, "there is no memory");
        return false;
    }
    for (size_t i = 0; i < config->ninputs; i++) {
        const struct argot_config_input *input = &config->inputs[i];
        run->each[i] = (struct argot_settings){.format = input->format.text, .zone = run->serving->zones[i]};
        run->inputs[i] = (struct argot_live_input){
            .kind = input->pattern ? ARGOT_LIVE_PATTERN : ARGOT_LIVE_FILE, .name = input->path, .once = !input->follow};
        if (input->kind == ARGOT_CONFIG_SYSLOG)
            run->inputs[i] = (struct argot_live_input){
                .kind = ARGOT_LIVE_LISTENER,
                .name = input->address.url,
                .endpoint = argot_rights_endpoint(&input->address),
                .socket = argot_rights_socket(run->serving->rights, i),
                .tls = {.certificate = input->certificate.text, .key = input->key.text, .ca = input->ca.text}};
        else if (input->kind == ARGOT_CONFIG_JOURNAL)
            run->inputs[i] = (struct argot_live_input){.kind = ARGOT_LIVE_JOURNAL,
                                                       .name = input->name,
                                                       .journal = input->journal,
                                                       .units = (const char *const *)input->units};
        else if (!strcmp(input->path, "-")) {
            argot_say(seam, "%s:%u: standard input goes with inputs that have an end only: `follow: false`",
                      run->serving->path, input->span.line);
            return false;
        }
    }
    return true;
}

static bool
begin(struct run *run)
{
    const struct argot_serving *serving = run->serving;
    const struct argot_config *config = serving->config;
    struct argot_seam *seam = serving->reading->cli->seam;
    char why[WHY_BYTES];
    struct argot_serve_options options = {
        .detect = {.parse = serving->reading->options,
                   .plan = serving->plan,
                   .late_ns = config->late_ns < 0 ? ARGOT_PLAN_DEFAULT_LATE_NS : config->late_ns,
                   .store = *serving->store,
                   .announce = serving->announce,
                   .each = run->each,
                   .commit_rows = serving->commit_rows,
                   .warm_events = serving->warm_events},
        .live = {.live = argot_seam_live_system(),
                 .input = serving->reading->options.input,
                 .ninputs = config->ninputs,
                 .inputs = run->inputs,
                 .nattended = serving->reporting->nfds,
                 .attended = serving->reporting->fds},
        .ahead = argot_reading_processors() > 1,
        .reload = argot_interrupt_reload,
        .attending = serving->reporting,
        .attend = argot_reporting_attend,
    };
    run->serve = argot_serve_new(&options, why, sizeof why);
    if (!run->serve)
        argot_say(seam, "%s", why);
    return run->serve;
}

/* ---- other formats and rules ---- */

/* Whether all that the configuration names is among the formats; after saying what is not. */
static bool
has_formats(const struct run *run, struct argot_cli *copy)
{
    const struct argot_config *config = run->serving->config;
    char why[WHY_BYTES];
    for (size_t i = 0; i < config->ninputs; i++) {
        const struct argot_config_text *format = &config->inputs[i].format;
        if (!format->text || !argot_stock_problem(copy, format->text, why, sizeof why))
            continue;
        argot_say(copy->seam, "%s:%u: %s", run->serving->path, format->span.line, why);
        return false;
    }
    return true;
}

/* Rules are checked against the formats that will be there, and both are used from one record on, or neither. */
static bool
reload_all(struct run *run, struct argot_cli *copy, struct argot_ruleset *next)
{
    const struct argot_serving *serving = run->serving;
    struct argot_cli *cli = serving->reading->cli;
    char why[WHY_BYTES];
    enum argot_stock_renewal renewal = argot_stock_renew(copy);
    struct argot_registry *registry = renewal == ARGOT_STOCK_NEW ? copy->registry : NULL;
    bool good = renewal != ARGOT_STOCK_REFUSED && (!registry || has_formats(run, copy));
    next->cli = copy;
    const struct argot_plan *plan = good ? serving->rules(serving->context, next) : NULL;
    next->cli = cli;
    good = plan && argot_serve_reload(run->serve, plan, registry, why, sizeof why);
    if (plan && !good)
        argot_say(cli->seam, "%s", why);
    if (!good)
        return false;
    run->plan = plan;
    if (registry) {
        argot_stock_adopt(cli, copy);
        serving->reading->options.registry = registry;
        argot_say(cli->seam, "went on with other formats");
    }
    return true;
}

static void
reload(struct run *run)
{
    const struct argot_serving *serving = run->serving;
    struct argot_cli copy = *serving->reading->cli;
    struct argot_ruleset *next = &run->rules[!run->used];
    if (serving->announce)
        argot_announce_reopen(serving->announce);
    argot_serve_reread(run->serve);
    if (!reload_all(run, &copy, next)) {
        argot_say(copy.seam, "the formats and the rules are as they were");
        argot_ruleset_finish(next);
        if (copy.registry != serving->reading->cli->registry)
            argot_registry_free(copy.registry);
        return;
    }
    argot_ruleset_finish(&run->rules[run->used]); /* nothing points there any more */
    run->used = !run->used;
    argot_say(copy.seam, "went on with other rules: %u", (unsigned)run->plan->nrules);
}

/* ---- the run ---- */

void
argot_serving_say_store(struct argot_reading *reading, const struct argot_config *config,
                        const struct argot_detect_result *result, bool full)
{
    static const char *const words[] = {
        [ARGOT_CONFIG_FULL_WAIT] = "waits for room, and goes on from the last commit then",
        [ARGOT_CONFIG_FULL_DROP_OLDEST] = "makes room, and goes on from the last commit then",
        [ARGOT_CONFIG_FULL_DROP_NEW] = ("drops what comes from senders until there is room, and goes on from the last "
                                        "commit then"),
    };
    if (result->parse.end != ARGOT_PARSE_STORE_ERROR)
        return;
    argot_progress_clear(&reading->progress);
    argot_say(reading->cli->seam, "%s: %s; %s", config->store.path, result->store_problem,
              full ? words[config->store.if_full] : "stopped, and goes on from the last commit next time");
}

/* ---- no room ---- */

static bool
drop(void *context, int64_t ns)
{
    return argot_serve_drop(((struct run *)context)->serve, ns);
}

static void
say_full(struct run *run)
{
    struct argot_reading *reading = run->serving->reading;
    struct argot_detect_result result;
    if (argot_serve_result(run->serve, &result))
        argot_serving_say_store(reading, run->serving->config, &result, true);
    argot_detect_finish(reading->cli->seam, &result);
}

/* False: asked to end, or it failed, which the serve knows; or no store. */
static bool
recover(struct run *run)
{
    const struct argot_serving *serving = run->serving;
    struct argot_seam *seam = serving->reading->cli->seam;
    uint64_t dropped = argot_serve_dropped(run->serve);
    char why[WHY_BYTES] = "alerts that wait to be told cannot be read";
    say_full(run);
    do {
        if (serving->announce)
            (void)argot_announce_use(serving->announce, NULL);
        if (!argot_room_wait(&run->room, serving->store)) {
            uint64_t unstored = argot_serve_unstored(run->serve);
            if (unstored)
                argot_say(seam, "%llu records from senders were not stored and are lost", (unsigned long long)unstored);
            return false;
        }
        if ((!serving->announce || argot_announce_use(serving->announce, *serving->store)) &&
            argot_serve_recover(run->serve, *serving->store, why, sizeof why)) {
            run->room.pause_ns = 0;
            argot_say(seam, "%s: there is room again", serving->config->store.path);
            dropped = argot_serve_dropped(run->serve) - dropped;
            if (dropped)
                argot_say(seam, "%llu records from senders were dropped meanwhile", (unsigned long long)dropped);
            return true;
        }
        if (argot_store_is_full(*serving->store))
            argot_room_tell(&run->room, why);
    } while (argot_store_is_full(*serving->store));
    argot_say(seam, "%s", why);
    return false;
}

/* Whether it goes on. */
static bool
goes_on(struct run *run, enum argot_serve_status status)
{
    struct argot_reporting *reporting = run->serving->reporting;
    if (status == ARGOT_SERVE_FULL) {
        reporting->serve = NULL;
        bool good = recover(run);
        reporting->serve = run->serve;
        return good;
    }
    if (status != ARGOT_SERVE_RELOAD)
        return false;
    argot_notify_reloading(&reporting->notify);
    reload(run);
    argot_notify_ready(&reporting->notify);
    return true;
}

static void
say_lost(const struct run *run)
{
    const struct argot_config *config = run->serving->config;
    struct argot_seam *seam = run->serving->reading->cli->seam;
    for (size_t i = 0; i < config->ninputs; i++) {
        struct argot_live_counts counts = argot_serve_counts(run->serve, i);
        const char *name = run->inputs[i].name;
        if (counts.files.lost_bytes)
            argot_say(seam, "%s: truncated before it was read: at least %llu bytes lost", name,
                      (unsigned long long)counts.files.lost_bytes);
        if (counts.files.gone)
            argot_say(seam, "%s: %llu old files were removed before they were read", name,
                      (unsigned long long)counts.files.gone);
        if (counts.listeners.dropped)
            argot_say(seam, "%s: the system dropped %llu datagrams", name,
                      (unsigned long long)counts.listeners.dropped);
        if (counts.journals.damaged)
            argot_say(seam, "%s: %llu entries are damaged", name, (unsigned long long)counts.journals.damaged);
        if (counts.listeners.unshaken)
            argot_say(seam, "%s: %llu connections ended before TLS was agreed on", name,
                      (unsigned long long)counts.listeners.unshaken);
        if (counts.listeners.refused || counts.listeners.crowded)
            argot_say(seam, "%s: %llu connections refused, %llu given up, for want of room", name,
                      (unsigned long long)counts.listeners.refused, (unsigned long long)counts.listeners.crowded);
    }
}

static int
end(struct run *run)
{
    struct argot_reading *reading = run->serving->reading;
    struct argot_detect_result result;
    int status = ARGOT_EXIT_FAILED;
    if (!reading->quiet)
        say_lost(run);
    if (argot_serve_result(run->serve, &result)) {
        struct argot_summary summary = {
            .result = &result.parse, .detect = &result, .plan = run->plan, .letters_kept = true};
        if (*run->serving->store)
            argot_serving_say_store(reading, run->serving->config, &result, false);
        status = argot_reading_end(reading, &summary);
    }
    argot_detect_finish(reading->cli->seam, &result);
    return status;
}

/* A run goes on for months: what the rules' states took in a flood goes back to the system when they are given back.
 * Else the C library would take ever larger pieces from its heap, of which only the end ever goes back. */
static void
give_memory_back(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
    (void)mallopt(M_TRIM_THRESHOLD, 4 * LARGE_BYTES);
#endif
}

int
argot_serving_run(const struct argot_serving *serving)
{
    struct run run = {.serving = serving, .plan = serving->plan};
    struct argot_cli *cli = serving->reading->cli;
    int status = ARGOT_EXIT_FAILED;
    argot_ruleset_init(&run.rules[0], cli);
    argot_ruleset_init(&run.rules[1], cli);
    argot_interrupt_catch_reload();
    argot_files_allow_most();
    give_memory_back();
    if (!make_inputs(&run)) {
        status = ARGOT_EXIT_USAGE;
    } else if (begin(&run)) {
        if (!serving->reading->quiet)
            argot_say(cli->seam, "running");
        serving->reporting->serve = run.serve;
        run.room = (struct argot_room){.seam = cli->seam,
                                       .config = serving->config,
                                       .open = serving->open,
                                       .attend = serving->attend,
                                       .context = serving->context};
        if (serving->config->store.if_full == ARGOT_CONFIG_FULL_DROP_NEW) {
            run.room.pass = drop;
            run.room.pass_context = &run;
        }
        argot_notify_ready(&serving->reporting->notify);
        while (goes_on(&run, argot_serve_run(run.serve)))
            ;
        serving->reporting->serve = NULL;
        status = end(&run);
    }
    argot_serve_free(run.serve);
    argot_ruleset_finish(&run.rules[0]);
    argot_ruleset_finish(&run.rules[1]);
    cli->seam->release(cli->seam, run.inputs);
    cli->seam->release(cli->seam, run.each);
    return status;
}
