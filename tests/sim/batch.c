/* SPDX-License-Identifier: Apache-2.0
 * Process k of n makes each n-th run; the pipe that it tells by holds it back when it is far ahead. */
#include "batch.h"
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_SECONDS 120 /* of processor time, for one run */
#define SHOWN 100        /* runs between two words of how far it is */

struct worker {
    pid_t pid;
    int fd;
};

void
sim_task_print(const struct sim_task *task, char *words, size_t size)
{
    size_t length = strlen(words);
    length += (size_t)snprintf(words + length, size - length, "again: sim --seed %" PRIu64, task->seed);
    if (length < size && task->faults)
        length += (size_t)snprintf(words + length, size - length, " --faults %s", task->faults);
    if (length < size && task->lines)
        length += (size_t)snprintf(words + length, size - length, " --lines %s", task->lines);
    if (length < size && task->call)
        (void)snprintf(words + length, size - length, " --sweep 1 --call %" PRIu64, task->call);
}

/* SIGPROF ends the process: as long as it is another's turn, no time passes. */
static void
limit_time(void)
{
    struct itimerval limit = {.it_value = {.tv_sec = MOST_SECONDS}};
    setitimer(ITIMER_PROF, &limit, NULL);
}

static void
run_one(const struct sim_batch *batch, size_t at, struct sim_result *result)
{
    struct timespec before, after;
    memset(result, 0, sizeof *result);
    limit_time();
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    batch->run(batch->context, &batch->tasks[at], result);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    fflush(stdout);
    result->sums.processor_ns =
        (int64_t)(after.tv_sec - before.tv_sec) * SIM_SECOND + (int64_t)(after.tv_nsec - before.tv_nsec);
}

static bool
transfer(int fd, void *bytes, size_t count, bool out)
{
    uint8_t *at = bytes;
    while (count) {
        ssize_t done = out ? write(fd, at, count) : read(fd, at, count);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        at += done;
        count -= (size_t)done;
    }
    return true;
}

static void
begin(const struct sim_batch *batch, struct worker *worker, size_t first)
{
    int ends[2];
    fflush(stdout);
    if (pipe(ends) || (worker->pid = fork()) < 0) {
        perror("sim");
        exit(2);
    }
    if (worker->pid == 0) {
        struct sim_result result;
        close(ends[0]);
        for (size_t at = first; at < batch->count; at += batch->jobs) {
            run_one(batch, at, &result);
            if (!transfer(ends[1], &result, sizeof result, true))
                break;
        }
        exit(0);
    }
    close(ends[1]);
    worker->fd = ends[0];
}

/* How it ended that did not tell. */
static void
tell_end(struct worker *worker, struct sim_result *result)
{
    int status;
    memset(result, 0, sizeof *result);
    result->sums.runs = result->sums.wrong = 1;
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
        ;
    close(worker->fd);
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF)
        snprintf(result->words, sizeof result->words, "it took more than %d seconds of processor time", MOST_SECONDS);
    else if (WIFSIGNALED(status))
        snprintf(result->words, sizeof result->words, "it crashed: %s", strsignal(WTERMSIG(status)));
    else
        snprintf(result->words, sizeof result->words, "it ended with status %d", WEXITSTATUS(status));
}

static void
take(struct sim_batch *batch, size_t at, struct sim_result *result)
{
    const struct sim_task *task = &batch->tasks[at];
    sim_sums_add(&batch->sums, &result->sums);
    if (*result->words) {
        char again[SIM_BATCH_WORDS] = "";
        sim_task_print(task, again, sizeof again);
        printf("seed %" PRIu64 "%s%s:\n%s\n%s\n", task->seed, task->words ? ", " : "", task->words ? task->words : "",
               result->words, again);
    }
    if ((at + 1) % SHOWN == 0 && at + 1 < batch->count)
        printf("… %zu of %zu runs, %" PRIu64 " with violations\n", at + 1, batch->count, batch->sums.wrong);
    fflush(stdout);
}

/* The only run is made here, for debuggers. */
void
sim_batch_run(struct sim_batch *batch)
{
    struct worker workers[SIM_BATCH_JOBS];
    struct sim_result result;
    if (batch->jobs > batch->count)
        batch->jobs = (unsigned)batch->count;
    for (unsigned i = 0; batch->count > 1 && i < batch->jobs; i++)
        begin(batch, &workers[i], i);
    for (size_t at = 0; at < batch->count; at++) {
        struct worker *worker = &workers[at % batch->jobs];
        if (batch->count == 1) {
            run_one(batch, at, &result);
        } else if (!transfer(worker->fd, &result, sizeof result, false)) {
            tell_end(worker, &result);
            begin(batch, worker, at + batch->jobs);
        }
        take(batch, at, &result);
    }
    for (unsigned i = 0; batch->count > 1 && i < batch->jobs; i++) {
        close(workers[i].fd);
        while (waitpid(workers[i].pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
}
