/* SPDX-License-Identifier: Apache-2.0
 * What a program cannot do once it has given up calls of the system, tried by children that give them up. */
#include "cli/sandbox.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "test_case.h"

#define WHY_BYTES 320

/* How a child ends that enters and does it: its exit status, or minus the signal. */
static int
after_entering(enum argot_sandbox_kind kind, bool kill, int (*act)(void))
{
    char why[WHY_BYTES];
    int status;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(argot_sandbox_enter(kind, kill, why, sizeof why) ? act() : 99);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* 0: it was refused with EPERM. */
static int
refused(bool failed)
{
    return !(failed && errno == EPERM);
}

static int
start_program(void)
{
    char *const words[] = {(char[]){"true"}, NULL};
    return refused(execv("/bin/true", words) < 0);
}

static int
make_process(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return refused(child < 0);
}

static int
trace(void)
{
    return refused(ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0);
}

static int
listen_to_all(void)
{
    return refused(socket(AF_PACKET, SOCK_RAW, 0) < 0);
}

static int
mount_something(void)
{
    return refused(mount("none", "/", "tmpfs", 0, NULL) < 0);
}

static void *
run_thread(void *context)
{
    return context;
}

/* 0: all of it can be done. */
static int
do_usual_things(void)
{
    pthread_t thread;
    char name[] = "/dev/null";
    int fd = open(name, O_RDONLY | O_CLOEXEC), stream = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    bool good = fd >= 0 && stream >= 0 && code != MAP_FAILED && !mprotect(code, 4096, PROT_READ | PROT_EXEC);
    good = good && isatty(fd) == 0 && errno == ENOTTY;
    return !(good && !pthread_create(&thread, NULL, run_thread, NULL) && !pthread_join(thread, NULL));
}

static int
run_a_program(void)
{
    char *const words[] = {(char[]){"true"}, NULL};
    pid_t child = fork();
    int status = 1;
    if (child == 0) {
        execv("/bin/true", words);
        _exit(1);
    }
    return child < 0 || waitpid(child, &status, 0) != child || status;
}

START_TEST(what_a_run_has_no_use_for_is_refused)
{
    if (!argot_sandbox_is_there())
        return;
    ck_assert_int_eq(after_entering(ARGOT_SANDBOX_ALONE, false, start_program), 0);
    ck_assert_int_eq(after_entering(ARGOT_SANDBOX_ALONE, false, make_process), 0);
    ck_assert_int_eq(after_entering(ARGOT_SANDBOX_ALONE, false, trace), 0);
    ck_assert_int_eq(after_entering(ARGOT_SANDBOX_ALONE, false, listen_to_all), 0);
    ck_assert_int_eq(after_entering(ARGOT_SANDBOX_ALONE, false, mount_something), 0);
}
END_TEST

START_TEST(or_ends_the_program)
{
    if (!argot_sandbox_is_there())
        return;
    ck_assert_int_eq(after_entering(ARGOT_SANDBOX_ALONE, true, start_program), -SIGSYS);
    ck_assert_int_eq(after_entering(ARGOT_SANDBOX_PROGRAMS, true, trace), -SIGSYS);
}
END_TEST

START_TEST(usual_things_go_on)
{
    if (!argot_sandbox_is_there())
        return;
    ck_assert_int_eq(after_entering(ARGOT_SANDBOX_ALONE, true, do_usual_things), 0);
}
END_TEST

START_TEST(programs_can_be_run_where_they_are_due)
{
    if (!argot_sandbox_is_there())
        return;
    ck_assert_int_eq(after_entering(ARGOT_SANDBOX_PROGRAMS, true, run_a_program), 0);
    ck_assert_int_eq(after_entering(ARGOT_SANDBOX_PROGRAMS, true, do_usual_things), 0);
    ck_assert_int_eq(after_entering(ARGOT_SANDBOX_PROGRAMS, false, trace), 0);
    ck_assert_int_eq(after_entering(ARGOT_SANDBOX_PROGRAMS, false, mount_something), 0);
}
END_TEST

START_TEST(without_the_library_it_is_said)
{
    char why[WHY_BYTES];
    if (argot_sandbox_is_there())
        return;
    ck_assert(!argot_sandbox_enter(ARGOT_SANDBOX_ALONE, false, why, sizeof why));
    ck_assert_str_eq(why, "this argot was built without libseccomp");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("sandbox");
    TCase *all = tcase_create("sandbox");
    tcase_add_test(all, what_a_run_has_no_use_for_is_refused);
    tcase_add_test(all, or_ends_the_program);
    tcase_add_test(all, usual_things_go_on);
    tcase_add_test(all, programs_can_be_run_where_they_are_due);
    tcase_add_test(all, without_the_library_it_is_said);
    suite_add_tcase(suite, all);
    return test_run(suite);
}
