/* SPDX-License-Identifier: Apache-2.0
 * rules_bench [-e] [-f FORMAT] RULES LOG: what rules cost over a log, from its text to alerts, with the time of loading
 * rules, of making events and of the engine apart. -e: each rule is tried on each event of its types, one by one.
 * Prints one line: rules, seconds to load them, events, alerts, seconds of processor time for making events and for the
 * engine, rules judged for each event, peak memory in KiB. */
#include "correlate/engine.h"
#include "grammar/rules.h"
#include "pipeline/portion.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

extern const struct argot_normalizer *const argot_stock_formats[]; /* of this folder and the stock formats */
extern const size_t argot_stock_count;

#define MAX_RULES_BYTES ((size_t)256 << 20)

struct bench {
    struct argot_seam *seam;
    const char *format;
    bool each;
    char *source;
    struct argot_rules *rules;
    struct argot_registry *registry;
    struct argot_engine *engine;
    struct argot_worker *worker;
    uint64_t alerts, events;
    double load, make, judge; /* seconds of processor time */
};

static void __attribute__((noreturn)) fail(const char *what)
{
    fprintf(stderr, "rules_bench: %s\n", what);
    exit(1);
}

static double
seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
count_alert(void *context, const struct argot_alert *alert)
{
    struct bench *bench = context;
    (void)alert;
    bench->alerts++;
}

static void
load_rules(struct bench *bench, const char *path)
{
    struct argot_rules_text text = {.path = path};
    char why[256] = "the rules have errors";
    double begin = seconds();
    if (argot_seam_read_file(bench->seam, path, MAX_RULES_BYTES, &bench->source, &text.size))
        fail("cannot read the rules");
    text.source = bench->source;
    bench->rules = argot_rules_new(bench->seam, &text, 1, NULL);
    struct argot_engine_options options = {.seam = bench->seam,
                                           .plan = bench->rules ? argot_rules_plan(bench->rules) : NULL,
                                           .nsources = 1,
                                           .one_by_one = bench->each,
                                           .late_ns = ARGOT_PLAN_DEFAULT_LATE_NS,
                                           .context = bench,
                                           .alert = count_alert};
    bench->engine = options.plan ? argot_engine_new(&options, why, sizeof why) : NULL;
    if (!bench->engine)
        fail(why);
    bench->load = seconds() - begin;
}

static void
load_formats(struct bench *bench)
{
    char why[256] = "no memory";
    bench->registry = argot_registry_new(bench->seam);
    for (size_t i = 0; i < argot_stock_count; i++)
        if (!bench->registry || !argot_registry_add(bench->registry, argot_stock_formats[i], why, sizeof why))
            fail(why);
    if (!argot_registry_seal(bench->registry, why, sizeof why))
        fail(why);
    struct argot_settings settings = {.received = ARGOT_PLAN_DEFAULT_LATE_NS, .format = bench->format};
    bench->worker = argot_worker_new(bench->registry, &settings);
    if (!bench->worker)
        fail("no such format");
}

static void
run_block(struct bench *bench, const struct argot_block_bytes *block, struct argot_batch *batch)
{
    struct argot_portion portion;
    argot_portion_begin(&portion, block);
    while (argot_portion_more(&portion)) {
        double begin = seconds();
        if (!argot_portion_next(&portion, bench->worker, batch))
            fail("no memory");
        double made = seconds();
        for (size_t i = 0; i < batch->count; i++) {
            if (batch->results[i].outcome != ARGOT_EVENT)
                continue;
            bench->events++;
            if (!argot_engine_event(bench->engine, 0, batch->results[i].event, 0))
                fail("no memory");
        }
        bench->make += made - begin;
        bench->judge += seconds() - made;
        argot_batch_reset(batch);
    }
}

static void
run(struct bench *bench, const char *path)
{
    char why[256];
    struct argot_input_options options = {0};
    struct argot_input *input = argot_input_open(bench->seam, path, &options, why, sizeof why);
    struct argot_block_bytes block = {0};
    struct argot_batch batch;
    argot_batch_init(&batch, bench->seam);
    if (!input)
        fail(why);
    enum argot_input_status status;
    while ((status = argot_input_next(input, &block)) == ARGOT_INPUT_BLOCK)
        run_block(bench, &block, &batch);
    if (status != ARGOT_INPUT_END || !argot_engine_finish(bench->engine))
        fail("cannot read the log");
    argot_block_finish(bench->seam, &block);
    argot_input_close(input);
    argot_batch_finish(&batch);
}

int
main(int argc, char **argv)
{
    struct bench bench = {.seam = argot_seam_system()};
    struct rusage usage;
    int at = 1;
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (!strcmp(argv[at], "-e"))
            bench.each = true;
        else if (!strcmp(argv[at], "-f") && at + 1 < argc)
            bench.format = argv[++at];
    }
    if (at + 2 != argc)
        fail("[-e] [-f FORMAT] RULES LOG");
    load_rules(&bench, argv[at]);
    load_formats(&bench);
    run(&bench, argv[at + 1]);
    struct argot_engine_counts counts = argot_engine_counts(bench.engine);
    getrusage(RUSAGE_SELF, &usage);
    printf("%u rules, load %.3f s, %llu events, %llu alerts, make %.3f s, judge %.3f s, judged %.4f, peak %ld KiB\n",
           argot_rules_plan(bench.rules)->nrules, bench.load, (unsigned long long)bench.events,
           (unsigned long long)bench.alerts, bench.make, bench.judge, (double)counts.judged / (double)counts.events,
           usage.ru_maxrss);
    argot_engine_free(bench.engine);
    argot_worker_free(bench.worker);
    argot_registry_free(bench.registry);
    argot_rules_free(bench.rules);
    bench.seam->release(bench.seam, bench.source);
    return 0;
}
