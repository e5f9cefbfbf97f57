/* SPDX-License-Identifier: Apache-2.0
 * What is allowed is what the C library, SQLite, libcurl, libsystemd and the inputs use, and no more: above all nothing
 * that starts a program, looks into another one or changes the machine. Names that a system does not have are left out,
 * so one list holds for all of them. */
#include "cli/sandbox.h"
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41 /* names of memory, which newer C libraries give */
#endif

static const char *const allowed[] = {
    /* files */
    "read",
    "readv",
    "pread64",
    "preadv",
    "preadv2",
    "write",
    "writev",
    "pwrite64",
    "pwritev",
    "pwritev2",
    "open",
    "openat",
    "openat2",
    "close",
    "close_range",
    "lseek",
    "_llseek",
    "stat",
    "stat64",
    "fstat",
    "fstat64",
    "lstat",
    "lstat64",
    "newfstatat",
    "fstatat64",
    "statx",
    "statfs",
    "statfs64",
    "fstatfs",
    "fstatfs64",
    "access",
    "faccessat",
    "faccessat2",
    "readlink",
    "readlinkat",
    "getcwd",
    "getdents",
    "getdents64",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "rmdir",
    "ftruncate",
    "ftruncate64",
    "fallocate",
    "fsync",
    "fdatasync",
    "sync_file_range",
    "chmod",
    "fchmod",
    "fchmodat",
    "fchown",
    "fchown32",
    "umask",
    "fcntl",
    "fcntl64",
    "flock",
    "dup",
    "dup2",
    "dup3",
    "pipe",
    "pipe2",
    "utimensat",
    "memfd_create",
    "sendfile",
    "fadvise64",
    "fadvise64_64",
    "readahead",
    /* memory and threads */
    "brk",
    "mmap",
    "mmap2",
    "munmap",
    "mremap",
    "mprotect",
    "madvise",
    "msync",
    "futex",
    "futex_time64",
    "set_robust_list",
    "get_robust_list",
    "rseq",
    "set_tid_address",
    "membarrier",
    "sched_yield",
    "sched_getaffinity",
    "exit",
    "exit_group",
    "arch_prctl",
    /* time and signals */
    "clock_gettime",
    "clock_gettime64",
    "clock_getres",
    "clock_getres_time64",
    "gettimeofday",
    "time",
    "nanosleep",
    "clock_nanosleep",
    "clock_nanosleep_time64",
    "restart_syscall",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sigreturn",
    "rt_sigtimedwait",
    "rt_sigtimedwait_time64",
    "sigaltstack",
    "tgkill",
    "getrandom",
    /* what it is */
    "getpid",
    "getppid",
    "gettid",
    "getuid",
    "getuid32",
    "geteuid",
    "geteuid32",
    "getgid",
    "getgid32",
    "getegid",
    "getegid32",
    "getresuid",
    "getresgid",
    "getgroups",
    "uname",
    "sysinfo",
    "getrlimit",
    "ugetrlimit",
    "setrlimit",
    "getrusage",
    "times",
    /* waiting */
    "epoll_create1",
    "epoll_ctl",
    "epoll_wait",
    "epoll_pwait",
    "epoll_pwait2",
    "eventfd2",
    "poll",
    "ppoll",
    "ppoll_time64",
    "select",
    "_newselect",
    "pselect6",
    "pselect6_time64",
    "timerfd_create",
    "timerfd_settime",
    "timerfd_settime64",
    "inotify_init1",
    "inotify_add_watch",
    "inotify_rm_watch",
    /* sockets; `socket` itself is below */
    "socketpair",
    "bind",
    "listen",
    "accept",
    "accept4",
    "connect",
    "getsockname",
    "getpeername",
    "getsockopt",
    "setsockopt",
    "send",
    "sendto",
    "sendmsg",
    "sendmmsg",
    "recv",
    "recvfrom",
    "recvmsg",
    "recvmmsg",
    "recvmmsg_time64",
    "shutdown",
};

static const char *const refused[] = {
    "acct",
    "add_key",
    "adjtimex",
    "bpf",
    "chroot",
    "clock_adjtime",
    "clock_settime",
    "delete_module",
    "finit_module",
    "fsconfig",
    "fsmount",
    "fsopen",
    "fspick",
    "init_module",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "ioperm",
    "iopl",
    "kcmp",
    "kexec_file_load",
    "kexec_load",
    "keyctl",
    "lookup_dcookie",
    "mount",
    "mount_setattr",
    "move_mount",
    "name_to_handle_at",
    "open_by_handle_at",
    "open_tree",
    "perf_event_open",
    "personality",
    "pivot_root",
    "process_vm_readv",
    "process_vm_writev",
    "ptrace",
    "quotactl",
    "reboot",
    "request_key",
    "setdomainname",
    "setns",
    "sethostname",
    "settimeofday",
    "stime",
    "swapoff",
    "swapon",
    "syslog",
    "umount",
    "umount2",
    "unshare",
    "userfaultfd",
    "vhangup",
};

static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK}; /* the last to look up names */
static const unsigned long requests[] = {TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO};
static const int options[] = {PR_SET_NAME, PR_GET_NAME, PR_SET_VMA};

bool
argot_sandbox_is_there(void)
{
    return true;
}

/* 0 also for what this system does not have. */
static int
add(scmp_filter_ctx filter, uint32_t action, const char *name)
{
    int number = seccomp_syscall_resolve_name(name);
    int status = number == __NR_SCMP_ERROR ? 0 : seccomp_rule_add(filter, action, number, 0);
    return status == -EDOM || status == -EFAULT ? 0 : status;
}

static int
add_all(scmp_filter_ctx filter, uint32_t action, const char *const *names, size_t count)
{
    int status = 0;
    for (size_t i = 0; !status && i < count; i++)
        status = add(filter, action, names[i]);
    return status;
}

static int
allow_where(scmp_filter_ctx filter, int number, struct scmp_arg_cmp condition)
{
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, 1, &condition);
}

static int
allow_equal(scmp_filter_ctx filter, int number, unsigned argument, uint64_t value)
{
    struct scmp_arg_cmp condition = {.arg = argument, .op = SCMP_CMP_EQ, .datum_a = value};
    return allow_where(filter, number, condition);
}

/* Calls that are allowed for some of their arguments. Threads are, processes are not; the C library takes clone where
 * there is no clone3, whose flags cannot be seen from here. */
static int
allow_parts(scmp_filter_ctx filter)
{
    struct scmp_arg_cmp is_thread = {
        .arg = 0, .op = SCMP_CMP_MASKED_EQ, .datum_a = CLONE_THREAD, .datum_b = CLONE_THREAD};
    int status = allow_where(filter, SCMP_SYS(clone), is_thread);
    if (!status)
        status = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (!status)
        status = allow_equal(filter, SCMP_SYS(prlimit64), 0, 0);
    for (size_t i = 0; !status && i < sizeof families / sizeof *families; i++)
        status = allow_equal(filter, SCMP_SYS(socket), 0, (uint64_t)families[i]);
    for (size_t i = 0; !status && i < sizeof requests / sizeof *requests; i++)
        status = allow_equal(filter, SCMP_SYS(ioctl), 1, requests[i]);
    for (size_t i = 0; !status && i < sizeof options / sizeof *options; i++)
        status = allow_equal(filter, SCMP_SYS(prctl), 0, (uint64_t)options[i]);
    return status;
}

static int
fill(scmp_filter_ctx filter, enum argot_sandbox_kind kind, uint32_t otherwise)
{
    if (kind == ARGOT_SANDBOX_PROGRAMS)
        return add_all(filter, otherwise, refused, sizeof refused / sizeof *refused);
    int status = add_all(filter, SCMP_ACT_ALLOW, allowed, sizeof allowed / sizeof *allowed);
    return status ? status : allow_parts(filter);
}

bool
argot_sandbox_enter(enum argot_sandbox_kind kind, bool kill, char *why, size_t why_size)
{
    uint32_t otherwise = kill ? SCMP_ACT_KILL_PROCESS : SCMP_ACT_ERRNO(EPERM);
    scmp_filter_ctx filter = seccomp_init(kind == ARGOT_SANDBOX_PROGRAMS ? SCMP_ACT_ALLOW : otherwise);
    if (!filter) {
        snprintf(why, why_size, "there is no memory");
        return false;
    }
    int status = fill(filter, kind, otherwise);
    if (!status)
        status = seccomp_load(filter); /* sets no_new_privs */
    seccomp_release(filter);
    if (status)
        snprintf(why, why_size, "the system takes no filter: %s", strerror(-status));
    return !status;
}
