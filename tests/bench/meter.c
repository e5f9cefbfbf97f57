/* SPDX-License-Identifier: Apache-2.0
 * meter PROGRAM [ARGUMENT...]: runs a program and tells last on standard error what it took: seconds of processor time
 * (user and system), KiB of memory at its peak. The kernel counts what a process held before it became another program;
 * a script that starts one would measure its own size, so this small one starts it. Ends with the program's status. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOT_STARTED 127
#define KILLED 128 /* and the signal's number, as shells have it */

static double
seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int
main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[1], argv + 1);
        perror(argv[1]);
        _exit(NOT_STARTED);
    }
    int status;
    struct rusage usage;
    if (child < 0 || wait4(child, &status, 0, &usage) != child) {
        perror("meter");
        return 1;
    }
    fprintf(stderr, "meter: %.6f s, %ld KiB\n", seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss);
    return WIFEXITED(status) ? WEXITSTATUS(status) : KILLED + WTERMSIG(status);
}
