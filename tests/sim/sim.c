/* SPDX-License-Identifier: Apache-2.0
 * Runs of the pipeline on a simulated machine on which everything goes wrong, each held against one on which nothing
 * does: of seeds, of those that found something once, or a brief one again and again, in each of which another call
 * fails. docs/contributing.md tells what is simulated, and what must hold. */
#include "batch.h"
#include "only.h"
#include "shrink.h"
#include "vfs.h"
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_LINE 600

struct options {
    uint64_t from, to;
    uint64_t call;  /* of a sweep: this one alone */
    uint64_t sweep; /* each so many-th call of a brief run fails, in a run of its own; 0: none */
    unsigned jobs;
    bool trace, twice, calm, shrink;
    const char *keep;
    const char *kept;           /* a file of seeds */
    const char *faults, *lines; /* these alone; NULL: all */
};

struct tasks {
    struct sim_task *list;
    size_t count, room;
};

struct work {
    const struct options *options;
    struct sim_process model;
    struct sim_run calm; /* of a sweep: of its seed, once it was made */
    bool is_calm;
};

static void
add(struct tasks *tasks, struct sim_task task)
{
    if (tasks->count == tasks->room) {
        tasks->room = tasks->room ? tasks->room * 2 : 256;
        tasks->list = realloc(tasks->list, tasks->room * sizeof *tasks->list);
        if (!tasks->list)
            abort();
    }
    tasks->list[tasks->count++] = task;
}

/* ---- seeds ---- */

static void
one_seed(void *context, const struct sim_task *task, struct sim_result *result)
{
    const struct work *work = context;
    const struct options *options = work->options;
    struct sim_run run;
    sim_run_make(&run, task->seed, &work->model, false);
    run.trace = options->trace;
    run.keep = options->keep;
    run.of_calm = options->calm;
    if (!sim_only_faults(&run, task->faults) || !sim_only_lines(&run, task->lines)) {
        fprintf(stderr, "seed %" PRIu64 " has no such faults or lines\n", task->seed);
        exit(2);
    }
    if (options->trace && run.setup.wide)
        sim_setup_print(&run.setup);
    for (size_t i = 0; options->trace && i < run.plan.count; i++)
        if (!run.plan.faults[i].left_out)
            sim_plan_print(&run.plan, i);
    if (!sim_run_check(&run, options->twice)) {
        snprintf(result->words, sizeof result->words, "%s", run.audit.wrong);
        if (options->shrink)
            sim_shrink(task->seed, &work->model);
    }
    sim_sums_run(&result->sums, &run);
    sim_run_free(&run);
}

static char *
copy(const char *text)
{
    char *copied = strdup(text);
    if (!copied)
        abort();
    return copied;
}

/* Lines of seeds.txt. */
static void
add_kept(struct tasks *tasks, const char *path)
{
    char line[KEPT_LINE], faults[KEPT_LINE], lines[KEPT_LINE];
    unsigned number = 0;
    FILE *in = fopen(path, "r");
    if (!in) {
        perror(path);
        exit(2);
    }
    while (fgets(line, sizeof line, in)) {
        struct sim_task task = {0};
        int words = 0;
        number++;
        line[strcspn(line, "\n")] = 0;
        if (line[0] == '#' || !line[0])
            continue;
        if (sscanf(line, "%" SCNu64 " %599s %599s %n", &task.seed, faults, lines, &words) != 3 || !words) {
            fprintf(stderr, "%s:%u: not a seed, faults, lines and what it found\n", path, number);
            exit(2);
        }
        task.faults = strcmp(faults, "-") ? copy(faults) : NULL;
        task.lines = strcmp(lines, "-") ? copy(lines) : NULL;
        task.words = copy(line + words);
        add(tasks, task);
    }
    fclose(in);
}

static void
free_tasks(struct tasks *tasks, bool kept)
{
    for (size_t i = 0; kept && i < tasks->count; i++) {
        free((char *)(uintptr_t)tasks->list[i].faults);
        free((char *)(uintptr_t)tasks->list[i].lines);
        free((char *)(uintptr_t)tasks->list[i].words);
    }
    free(tasks->list);
}

/* ---- sweeps ---- */

/* How many calls there are is what a run says in which none fails. */
static void
add_calls(struct tasks *tasks, const struct work *work, uint64_t seed)
{
    const struct options *options = work->options;
    struct sim_run run;
    sim_run_make(&run, seed, &work->model, true);
    sim_run_do(&run, true);
    for (uint64_t call = options->sweep; call <= run.busy_calls; call += options->sweep)
        if (!options->call || call == options->call)
            add(tasks, (struct sim_task){.seed = seed, .call = call});
    printf("seed %" PRIu64 ": %" PRIu64 " calls and allocations\n", seed, run.busy_calls);
    sim_run_free(&run);
}

static void
forget_calm(struct work *work)
{
    if (work->is_calm)
        sim_run_free(&work->calm);
    work->is_calm = false;
}

static const struct sim_audit *
undisturbed(struct work *work, uint64_t seed)
{
    if (work->is_calm && work->calm.seed == seed)
        return &work->calm.audit;
    forget_calm(work);
    sim_run_make(&work->calm, seed, &work->model, true);
    work->calm.trace = work->options->calm && work->options->trace;
    work->calm.keep = work->options->calm ? work->options->keep : NULL;
    sim_run_do(&work->calm, false);
    work->is_calm = true;
    return &work->calm.audit;
}

static void
one_call(void *context, const struct sim_task *task, struct sim_result *result)
{
    struct work *work = context;
    const struct sim_audit *calm = undisturbed(work, task->seed);
    struct sim_run run;
    sim_run_make(&run, task->seed, &work->model, true);
    run.fail_call = task->call;
    run.trace = work->options->trace && !work->options->calm;
    run.keep = work->options->calm ? NULL : work->options->keep;
    sim_run_do(&run, true);
    if (!*run.audit.wrong)
        sim_audit_compare(&run.audit, calm);
    if (*run.audit.wrong)
        snprintf(result->words, sizeof result->words, "call %" PRIu64 " fails:\n%s", task->call, run.audit.wrong);
    sim_sums_run(&result->sums, &run);
    sim_run_free(&run);
}

/* ---- all ---- */

static int
run_all(const struct options *options)
{
    struct work work = {.options = options};
    struct tasks tasks = {0};
    struct sim_batch batch = {.jobs = options->jobs, .run = options->sweep ? one_call : one_seed, .context = &work};
    sim_vfs_take_memory(options->sweep > 0);
    sim_process_rules(&work.model);
    if (options->kept)
        add_kept(&tasks, options->kept);
    for (uint64_t seed = options->from; seed <= options->to && options->sweep; seed++)
        add_calls(&tasks, &work, seed);
    for (uint64_t seed = options->from; seed <= options->to && !options->sweep; seed++)
        add(&tasks, (struct sim_task){.seed = seed, .faults = options->faults, .lines = options->lines});
    batch.tasks = tasks.list;
    batch.count = tasks.count;
    sim_batch_run(&batch);
    sim_sums_print(&batch.sums);
    forget_calm(&work);
    free_tasks(&tasks, options->kept);
    sim_process_free_rules(&work.model);
    return batch.sums.wrong || !batch.count;
}

static const char usage[] =
    "usage: sim --seeds FROM..TO | --kept FILE [--jobs N]\n"
    "       sim --seed N [--faults LIST] [--lines LIST] [--trace] [--twice] [--shrink] [--keep FOLDER] [--calm]\n"
    "       sim --seeds FROM..TO | --seed N --sweep STEP [--call N] [--jobs N]\n";

static bool
take_option(struct options *options, int option)
{
    switch (option) {
    case 's':
        return sscanf(optarg, "%" SCNu64 "..%" SCNu64, &options->from, &options->to) == 2;
    case 'n':
        options->from = options->to = strtoull(optarg, NULL, 10);
        return options->to;
    case 'j':
        options->jobs = (unsigned)strtoul(optarg, NULL, 10);
        return options->jobs && options->jobs <= SIM_BATCH_JOBS;
    case 'w':
        options->sweep = strtoull(optarg, NULL, 10);
        return options->sweep;
    case 'a':
        options->call = strtoull(optarg, NULL, 10);
        return options->call;
    case 'k':
        options->keep = optarg;
        return true;
    case 'p':
        options->kept = optarg;
        return true;
    case 'f':
        options->faults = optarg;
        return true;
    case 'l':
        options->lines = optarg;
        return true;
    case 't':
        return options->trace = true;
    case 'h':
        return options->shrink = true;
    case 'c':
        return options->calm = true; /* trace and keep are of the undisturbed run */
    case '2':
        return options->twice = true;
    default:
        return false;
    }
}

int
main(int argc, char **argv)
{
    static const struct option names[] = {{"seeds", 1, NULL, 's'},  {"seed", 1, NULL, 'n'},  {"trace", 0, NULL, 't'},
                                          {"twice", 0, NULL, '2'},  {"keep", 1, NULL, 'k'},  {"calm", 0, NULL, 'c'},
                                          {"sweep", 1, NULL, 'w'},  {"call", 1, NULL, 'a'},  {"shrink", 0, NULL, 'h'},
                                          {"faults", 1, NULL, 'f'}, {"lines", 1, NULL, 'l'}, {"jobs", 1, NULL, 'j'},
                                          {"kept", 1, NULL, 'p'},   {NULL, 0, NULL, 0}};
    struct options options = {.from = 1, .to = 0, .jobs = 1};
    int option;
    while ((option = getopt_long(argc, argv, "", names, NULL)) >= 0)
        if (!take_option(&options, option)) {
            fputs(usage, stderr);
            return 2;
        }
    if (optind < argc || (options.from > options.to && !options.kept)) {
        fputs(usage, stderr);
        return 2;
    }
    return run_all(&options);
}
