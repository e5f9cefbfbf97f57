/* SPDX-License-Identifier: Apache-2.0
 * The live part of the seam onto Linux: inotify, epoll, sockets. Beside seam_system.c the only source that calls the
 * operating system. */
#include "base/seam_live.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sock_diag.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define NS_PER_SECOND INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)
#define BACKLOG 512
#define LOG_FILE_MODE 0640
#define PRIVATE_MODE 0600
#define SIGNAL_STATUS 128
#define EVENTS_BYTES 4096
#define READY_MAX 64

static int
system_status(struct argot_seam_live *live, const char *path, struct argot_file_info *info)
{
    (void)live;
    struct stat status;
    if (stat(path, &status))
        return -errno;
    info->kind = S_ISREG(status.st_mode)   ? ARGOT_FILE_REGULAR
                 : S_ISDIR(status.st_mode) ? ARGOT_FILE_DIRECTORY
                                           : ARGOT_FILE_OTHER;
    info->size_bytes = (uint64_t)status.st_size;
    if (__builtin_mul_overflow((int64_t)status.st_mtim.tv_sec, NS_PER_SECOND, &info->modified) ||
        __builtin_add_overflow(info->modified, (int64_t)status.st_mtim.tv_nsec, &info->modified))
        info->modified = status.st_mtim.tv_sec < 0 ? INT64_MIN : INT64_MAX;
    info->device = (uint64_t)status.st_dev;
    info->inode = (uint64_t)status.st_ino;
    return 0;
}

static int
system_open(struct argot_seam_live *live, const char *path)
{
    (void)live;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

static int
system_append(struct argot_seam_live *live, const char *path)
{
    (void)live;
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, LOG_FILE_MODE);
    return fd < 0 ? -errno : fd;
}

static int
system_list(struct argot_seam_live *live, const char *path, bool (*entry)(void *context, const char *name),
            void *context)
{
    (void)live;
    DIR *folder = opendir(path);
    if (!folder)
        return -errno;
    struct dirent *one;
    errno = 0;
    while ((one = readdir(folder))) {
        if (strcmp(one->d_name, ".") && strcmp(one->d_name, "..") && !entry(context, one->d_name))
            break;
        errno = 0;
    }
    int status = one ? 0 : -errno;
    closedir(folder);
    return status;
}

/* ---- watches ---- */

static int
system_watch_new(struct argot_seam_live *live)
{
    (void)live;
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int
system_watch_file(struct argot_seam_live *live, int watches, const char *path)
{
    (void)live;
    int watch = inotify_add_watch(watches, path, IN_MODIFY | IN_MOVE_SELF | IN_DELETE_SELF | IN_ATTRIB);
    return watch < 0 ? -errno : watch;
}

static int
system_watch_folder(struct argot_seam_live *live, int watches, const char *path)
{
    (void)live;
    int watch = inotify_add_watch(watches, path, IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ONLYDIR);
    return watch < 0 ? -errno : watch;
}

static void
system_watch_drop(struct argot_seam_live *live, int watches, int watch)
{
    (void)live;
    (void)inotify_rm_watch(watches, watch); /* it may be gone with its file */
}

/* The room is for few events, so that at most `count` watches come of one read. */
static int
system_watch_read(struct argot_seam_live *live, int watches, int *happened, size_t count)
{
    (void)live;
    _Alignas(struct inotify_event) char bytes[EVENTS_BYTES];
    size_t room = count * sizeof(struct inotify_event);
    if (room < sizeof(struct inotify_event) + NAME_MAX + 1)
        room = sizeof(struct inotify_event) + NAME_MAX + 1;
    ssize_t got = read(watches, bytes, room < sizeof bytes ? room : sizeof bytes);
    if (got < 0)
        return errno == EAGAIN ? 0 : -errno;
    int found = 0;
    for (ssize_t at = 0; at + (ssize_t)sizeof(struct inotify_event) <= got;) {
        struct inotify_event event;
        memcpy(&event, bytes + at, sizeof event);
        at += (ssize_t)(sizeof event + event.len);
        if ((size_t)found == count) {
            happened[0] = ARGOT_WATCH_ALL;
            return 1;
        }
        happened[found++] = event.mask & IN_Q_OVERFLOW ? ARGOT_WATCH_ALL : event.wd;
    }
    return found;
}

/* ---- sockets ---- */

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un local;
};

static socklen_t
make_address(const struct argot_endpoint *endpoint, union address *address)
{
    memset(address, 0, sizeof *address);
    if (endpoint->path) {
        size_t length = strlen(endpoint->path);
        if (length >= sizeof address->local.sun_path)
            return 0;
        address->local.sun_family = AF_UNIX;
        if (endpoint->abstract && length + 1 < sizeof address->local.sun_path) {
            memcpy(address->local.sun_path + 1, endpoint->path, length);
            return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
        }
        memcpy(address->local.sun_path, endpoint->path, length);
        return (socklen_t)sizeof address->local;
    }
    if (inet_pton(AF_INET, endpoint->host, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons(endpoint->port);
        return (socklen_t)sizeof address->v4;
    }
    if (inet_pton(AF_INET6, endpoint->host, &address->v6.sin6_addr) == 1) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons(endpoint->port);
        return (socklen_t)sizeof address->v6;
    }
    return 0;
}

/* A socket file that nobody listens on is what a run that was killed left behind. Anything else stays. */
static void
remove_left_behind(const struct argot_endpoint *endpoint, const union address *address, socklen_t length, int type)
{
    struct stat status;
    if (!endpoint->path || lstat(endpoint->path, &status) || !S_ISSOCK(status.st_mode))
        return;
    int probe = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0)
        return;
    if (connect(probe, &address->any, length) && errno == ECONNREFUSED)
        unlink(endpoint->path);
    close(probe);
}

static void
set_options(int fd, const struct argot_endpoint *endpoint, const union address *address, size_t buffer_bytes)
{
    int on = 1, size = buffer_bytes > INT_MAX ? INT_MAX : (int)buffer_bytes;
    if (endpoint->kind == ARGOT_ENDPOINT_TCP)
        (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->any.sa_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (endpoint->kind == ARGOT_ENDPOINT_UDP)
        (void)setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    if (size && setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size)) /* for the privileged alone */
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (endpoint->private)
        (void)fchmod(fd, PRIVATE_MODE); /* bind makes the file with it, so there is no moment in which others may */
}

static bool
is_stream(const struct argot_endpoint *endpoint)
{
    return endpoint->kind == ARGOT_ENDPOINT_TCP || endpoint->kind == ARGOT_ENDPOINT_UNIX_STREAM;
}

static int
system_listen(struct argot_seam_live *live, const struct argot_endpoint *endpoint, size_t buffer_bytes)
{
    (void)live;
    union address address;
    socklen_t length = make_address(endpoint, &address);
    if (!length)
        return -EINVAL;
    bool stream = is_stream(endpoint);
    int type = stream ? SOCK_STREAM : SOCK_DGRAM;
    remove_left_behind(endpoint, &address, length, type);
    int fd = socket(address.any.sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    set_options(fd, endpoint, &address, buffer_bytes);
    if (bind(fd, &address.any, length) || (stream && listen(fd, BACKLOG))) {
        int error = -errno;
        close(fd);
        return error;
    }
    return fd;
}

static int
system_port(struct argot_seam_live *live, int fd)
{
    (void)live;
    union address address = {0};
    socklen_t length = sizeof address;
    if (getsockname(fd, &address.any, &length))
        return -errno;
    return address.any.sa_family == AF_INET    ? ntohs(address.v4.sin_port)
           : address.any.sa_family == AF_INET6 ? ntohs(address.v6.sin6_port)
                                               : 0;
}

static int
system_accept(struct argot_seam_live *live, int fd)
{
    (void)live;
    int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (connection < 0)
        return -errno;
    int on = 1; /* a peer that vanished without a word is found out */
    (void)setsockopt(connection, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    return connection;
}

static int64_t
system_receive(struct argot_seam_live *live, int fd, void *bytes, size_t count, struct argot_datagram *datagram)
{
    (void)live;
    union {
        char bytes[CMSG_SPACE(sizeof(uint32_t))];
        struct cmsghdr aligned;
    } control;
    struct iovec vector = {.iov_base = bytes, .iov_len = count};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t got = recvmsg(fd, &message, MSG_DONTWAIT);
    if (got < 0)
        return -errno;
    datagram->cut = message.msg_flags & MSG_TRUNC;
    for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head))
        if (head->cmsg_level == SOL_SOCKET && head->cmsg_type == SO_RXQ_OVFL)
            memcpy(&datagram->dropped, CMSG_DATA(head), sizeof datagram->dropped);
    return got;
}

static int
system_dropped(struct argot_seam_live *live, int fd, uint32_t *count)
{
    (void)live;
    uint32_t counters[SK_MEMINFO_VARS] = {0};
    socklen_t length = sizeof counters;
    if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, counters, &length))
        return -errno;
    if (length <= SK_MEMINFO_DROPS * sizeof *counters)
        return -ENOTSUP;
    *count = counters[SK_MEMINFO_DROPS];
    return 0;
}

static int
system_unlink_socket(struct argot_seam_live *live, const char *path)
{
    (void)live;
    struct stat status;
    if (lstat(path, &status))
        return -errno;
    if (!S_ISSOCK(status.st_mode))
        return -ENOTSOCK;
    return unlink(path) ? -errno : 0;
}

static int
system_connect(struct argot_seam_live *live, const struct argot_endpoint *endpoint)
{
    (void)live;
    union address address;
    socklen_t length = make_address(endpoint, &address);
    if (!length)
        return -EINVAL;
    int type = is_stream(endpoint) ? SOCK_STREAM : SOCK_DGRAM;
    int fd = socket(address.any.sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && !connect(fd, &address.any, length))
        return fd;
    int error = -errno;
    if (fd >= 0)
        close(fd);
    return error;
}

/* ---- programs ---- */

/* A file in memory: so nobody waits for the program to read. */
static int
make_input(const void *bytes, size_t count)
{
    int fd = memfd_create("argot", MFD_CLOEXEC);
    const char *at = bytes;
    while (fd >= 0 && count) {
        ssize_t put = write(fd, at, count);
        if (put <= 0) {
            close(fd);
            return -1;
        }
        at += put;
        count -= (size_t)put;
    }
    if (fd >= 0)
        lseek(fd, 0, SEEK_SET);
    return fd;
}

/* Signals are as for a program that a shell started: what is ignored here need not be there. */
static int
spawn(const char *const *words, int input, pid_t *program)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    if (posix_spawn_file_actions_init(&files))
        return ENOMEM;
    if (posix_spawnattr_init(&attributes)) {
        posix_spawn_file_actions_destroy(&files);
        return ENOMEM;
    }
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    int error = posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
    if (!error)
        error = posix_spawnp(program, words[0], &files, &attributes, (char *const *)(uintptr_t)words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

static int
system_start(struct argot_seam_live *live, const char *const *words, const void *bytes, size_t count)
{
    (void)live;
    pid_t program;
    int input = make_input(bytes, count);
    if (input < 0)
        return -ENOMEM;
    int error = spawn(words, input, &program);
    close(input);
    return error ? -error : (int)program;
}

static int
system_ended(struct argot_seam_live *live, int program, int *status)
{
    (void)live;
    int how;
    pid_t ended = waitpid(program, &how, WNOHANG);
    if (ended == 0)
        return 0;
    if (ended < 0)
        return -errno;
    *status = WIFEXITED(how) ? WEXITSTATUS(how) : SIGNAL_STATUS + WTERMSIG(how);
    return 1;
}

static void
system_kill(struct argot_seam_live *live, int program)
{
    (void)live;
    kill(program, SIGKILL);
}

/* ---- waiting ---- */

static int
system_poll_new(struct argot_seam_live *live)
{
    (void)live;
    int fd = epoll_create1(EPOLL_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int
system_poll_add(struct argot_seam_live *live, int poll, int fd, uint64_t number)
{
    (void)live;
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.u64 = number};
    return epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int
system_poll_add_writer(struct argot_seam_live *live, int poll, int fd, uint64_t number)
{
    (void)live;
    struct epoll_event event = {.events = EPOLLOUT, .data.u64 = number};
    return epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int
system_poll_remove(struct argot_seam_live *live, int poll, int fd)
{
    (void)live;
    return epoll_ctl(poll, EPOLL_CTL_DEL, fd, NULL) ? -errno : 0;
}

static int
system_poll_wait(struct argot_seam_live *live, int poll, uint64_t *ready, size_t count, int64_t timeout_ns)
{
    (void)live;
    struct epoll_event events[READY_MAX];
    int most = count < READY_MAX ? (int)count : READY_MAX;
    int64_t ms = timeout_ns / NS_PER_MS + (timeout_ns % NS_PER_MS > 0);
    int got = epoll_wait(poll, events, most, timeout_ns < 0 ? -1 : ms > INT_MAX ? INT_MAX : (int)ms);
    if (got < 0)
        return -errno;
    for (int i = 0; i < got; i++)
        ready[i] = events[i].data.u64;
    return got;
}

static const struct argot_seam_live the_system = {
    .status = system_status,
    .open = system_open,
    .append = system_append,
    .list = system_list,
    .watch_new = system_watch_new,
    .watch_file = system_watch_file,
    .watch_folder = system_watch_folder,
    .watch_drop = system_watch_drop,
    .watch_read = system_watch_read,
    .listen = system_listen,
    .port = system_port,
    .accept = system_accept,
    .receive = system_receive,
    .dropped = system_dropped,
    .unlink_socket = system_unlink_socket,
    .connect = system_connect,
    .start = system_start,
    .ended = system_ended,
    .kill = system_kill,
    .poll_new = system_poll_new,
    .poll_add = system_poll_add,
    .poll_add_writer = system_poll_add_writer,
    .poll_remove = system_poll_remove,
    .poll_wait = system_poll_wait,
};

struct argot_seam_live *
argot_seam_live_system(void)
{
    return (struct argot_seam_live *)(uintptr_t)&the_system;
}
