/* SPDX-License-Identifier: Apache-2.0
 * syslog_blast tcp|udp PORT CLIENTS LINES SECONDS FILE: the lines of a file, over and over, to 127.0.0.1 by so many
 * clients at once. LINES is how many are to be sent in all a second, 0: as many as are taken. It costs next to nothing
 * beside whoever reads them: over TCP the text is written as it lies in the file, 64 KiB at a time; over UDP a line is
 * a datagram and 64 go with a call. Tells last how many lines were sent, and how long the clients were made to wait. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_CLIENTS 64
#define CHUNK_BYTES ((size_t)64 << 10)
#define DATAGRAMS 64
#define NS_PER_SECOND 1e9

struct result {
    uint64_t lines, bytes;
    double waited_s; /* in calls that send */
    bool failed;
};

struct text {
    const char *bytes;
    size_t length, at;
};

static double
now_s(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / NS_PER_SECOND;
}

static void
sleep_until(double moment_s)
{
    double left = moment_s - now_s();
    if (left <= 0)
        return;
    struct timespec time = {.tv_sec = (time_t)left, .tv_nsec = (long)((left - (double)(time_t)left) * NS_PER_SECOND)};
    nanosleep(&time, NULL);
}

static int
connect_to(bool datagrams, const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, datagrams ? SOCK_DGRAM : SOCK_STREAM, 0);
    if (fd >= 0 && !connect(fd, (struct sockaddr *)&address, sizeof address))
        return fd;
    perror("connect");
    return -1;
}

/* The next line with its newline. The file ends with one. */
static size_t
next_line(struct text *text, const char **line)
{
    if (text->at == text->length)
        text->at = 0;
    *line = text->bytes + text->at;
    const char *end = memchr(*line, '\n', text->length - text->at);
    size_t length = (size_t)(end - *line) + 1;
    text->at += length;
    return length;
}

static bool
write_all(int fd, const char *bytes, size_t count)
{
    while (count) {
        ssize_t put = write(fd, bytes, count);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes += put;
        count -= (size_t)put;
    }
    return true;
}

/* Whole lines of up to a chunk, which lie one behind the other. */
static bool
send_stream(int fd, struct text *text, struct result *result, uint64_t most)
{
    const char *line, *first = NULL;
    size_t length = 0;
    uint64_t lines = 0;
    while (length < CHUNK_BYTES && lines < most && (!first || text->at < text->length)) {
        length += next_line(text, &line);
        first = first ? first : line;
        lines++;
    }
    if (!write_all(fd, first, length))
        return false;
    result->lines += lines;
    result->bytes += length;
    return true;
}

static bool
send_datagrams(int fd, struct text *text, struct result *result, uint64_t most)
{
    struct mmsghdr messages[DATAGRAMS] = {0};
    struct iovec vectors[DATAGRAMS];
    unsigned count = most < DATAGRAMS ? (unsigned)most : DATAGRAMS;
    for (unsigned i = 0; i < count; i++) {
        const char *line;
        size_t length = next_line(text, &line) - 1;
        vectors[i] = (struct iovec){.iov_base = (void *)(uintptr_t)line, .iov_len = length};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
    }
    for (unsigned done = 0; done < count;) {
        int sent = sendmmsg(fd, messages + done, count - done, 0);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        for (unsigned i = done; i < done + (unsigned)sent; i++)
            result->bytes += vectors[i].iov_len;
        result->lines += (unsigned)sent;
        done += (unsigned)sent;
    }
    return true;
}

/* A client that was made to wait sends what it should have sent meanwhile as soon as it can. */
static void
be_client(bool datagrams, const char *port, double rate, double seconds, struct text text, struct result *result)
{
    int fd = connect_to(datagrams, port);
    double begin = now_s(), end = begin + seconds;
    result->failed = fd < 0;
    while (!result->failed) {
        double now = now_s();
        uint64_t due = rate > 0 ? (uint64_t)((now < end ? now - begin : seconds) * rate) : UINT64_MAX;
        if (due > result->lines && (rate > 0 || now < end))
            result->failed = !(datagrams ? send_datagrams : send_stream)(fd, &text, result, due - result->lines);
        else if (now >= end)
            break;
        else
            sleep_until(now + 0.005);
        if (due > result->lines)
            result->waited_s += now_s() - now;
    }
    if (fd >= 0)
        close(fd);
}

static bool
read_file(const char *path, struct text *text)
{
    struct stat status;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &status) || status.st_size == 0)
        return false;
    text->length = (size_t)status.st_size;
    text->bytes = mmap(NULL, text->length, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    return text->bytes != MAP_FAILED && text->bytes[text->length - 1] == '\n';
}

static int
tell(const struct result *results, unsigned clients, double seconds)
{
    struct result sum = {0};
    for (unsigned i = 0; i < clients; i++) {
        sum.lines += results[i].lines;
        sum.bytes += results[i].bytes;
        sum.waited_s += results[i].waited_s / clients;
        sum.failed |= results[i].failed;
    }
    printf("%llu lines, %llu bytes, %.3f s, %.3f s behind\n", (unsigned long long)sum.lines,
           (unsigned long long)sum.bytes, seconds, sum.waited_s);
    return sum.failed;
}

int
main(int argc, char **argv)
{
    struct text text = {0};
    unsigned clients = argc == 7 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
    if (!clients || clients > MAX_CLIENTS) {
        fprintf(stderr, "usage: syslog_blast tcp|udp PORT CLIENTS LINES SECONDS FILE\n");
        return 2;
    }
    if (!read_file(argv[6], &text)) {
        fprintf(stderr, "%s: cannot be read, or does not end with a newline\n", argv[6]);
        return 1;
    }
    struct result *results =
        mmap(NULL, clients * sizeof *results, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (results == MAP_FAILED)
        return 1;
    double begin = now_s(), rate = strtod(argv[4], NULL) / clients;
    for (unsigned i = 0; i < clients; i++) {
        pid_t child = fork();
        if (child < 0)
            return 1;
        if (child == 0) {
            be_client(!strcmp(argv[1], "udp"), argv[2], rate, strtod(argv[5], NULL), text, &results[i]);
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        ;
    return tell(results, clients, now_s() - begin);
}
