/* SPDX-License-Identifier: Apache-2.0
 * Runs re2c as a child under limits of time and memory, over temporary files. This file and main.c are the only ones of
 * the generator that call the system past the seam: a child process cannot be simulated. */
#include "generator/compile.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH_BYTES 4096
#define NAME_BYTES 16

static void
child(const char *re2c, const char *source, const char *target, const char *words)
{
    struct rlimit cpu = {ARGOT_GEN_RE2C_SECONDS, ARGOT_GEN_RE2C_SECONDS + 1};
    struct rlimit memory = {ARGOT_GEN_RE2C_BYTES, ARGOT_GEN_RE2C_BYTES}, core = {0, 0};
    setrlimit(RLIMIT_CPU, &cpu);
    setrlimit(RLIMIT_AS, &memory);
    setrlimit(RLIMIT_CORE, &core);
    int fd = open(words, O_WRONLY | O_CREAT | O_TRUNC, 0600), in = open("/dev/null", O_RDONLY);
    if (fd < 0 || in < 0 || dup2(fd, 2) < 0 || dup2(fd, 1) < 0 || dup2(in, 0) < 0)
        _exit(127);
    execlp(re2c, re2c, "-W", "-Werror", "-Wno-nondeterministic-tags", "-Wno-unreachable-rules", "-Wno-useless-escape",
           "--no-generation-date", "--no-version", "-i", "-o", target, source, (char *)NULL);
    _exit(errno == ENOENT ? 126 : 127);
}

static bool
read_into(struct argot_seam *seam, const char *path, struct argot_buffer *out)
{
    char *bytes;
    size_t size;
    if (argot_seam_read_file(seam, path, 256u << 20, &bytes, &size))
        return false;
    argot_buffer_append(out, bytes, size);
    seam->release(seam, bytes);
    return true;
}

static enum argot_gen_re2c_status
outcome(int status)
{
    if (WIFSIGNALED(status))
        return ARGOT_GEN_RE2C_LIMIT; /* SIGXCPU, SIGKILL, SIGABRT of bad_alloc */
    if (WEXITSTATUS(status) == 126 || WEXITSTATUS(status) == 127)
        return ARGOT_GEN_RE2C_MISSING;
    return WEXITSTATUS(status) ? ARGOT_GEN_RE2C_REFUSED : ARGOT_GEN_RE2C_OK;
}

/* re2c has limits of its own, which it only tells in words. */
static bool
gave_up(const struct argot_buffer *words)
{
    static const char *const said[] = {"exceeds limits", "too many states", "DFA state is too large"};
    for (size_t i = 0; words->length && i < sizeof said / sizeof *said; i++)
        if (memmem(words->bytes, words->length, said[i], strlen(said[i])))
            return true;
    return false;
}

enum argot_gen_re2c_status
argot_gen_re2c(struct argot_seam *seam, const char *re2c, const struct argot_buffer *source, struct argot_buffer *c,
               struct argot_buffer *words)
{
    char folder[PATH_BYTES], in[PATH_BYTES + NAME_BYTES], out[PATH_BYTES + NAME_BYTES], err[PATH_BYTES + NAME_BYTES];
    enum argot_gen_re2c_status result = ARGOT_GEN_RE2C_MISSING;
    const char *below = getenv("TMPDIR");
    int length = snprintf(folder, sizeof folder, "%s/argot-gen-XXXXXX", below && *below ? below : "/tmp");
    if (length < 0 || (size_t)length >= sizeof folder || !mkdtemp(folder))
        return result;
    snprintf(in, sizeof in, "%s/format.re", folder);
    snprintf(out, sizeof out, "%s/format.c", folder);
    snprintf(err, sizeof err, "%s/words", folder);
    int fd = seam->open(seam, in, ARGOT_OPEN_WRITE), status = 0;
    bool written = fd >= 0 && !argot_seam_write_all(seam, fd, source->bytes, source->length);
    if (fd >= 0)
        seam->close(seam, fd);
    pid_t pid = written ? fork() : -1;
    if (!pid)
        child(re2c, in, out, err);
    if (pid > 0) {
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
        result = outcome(status);
        read_into(seam, err, words);
        if (result == ARGOT_GEN_RE2C_REFUSED && gave_up(words))
            result = ARGOT_GEN_RE2C_LIMIT;
        if (result == ARGOT_GEN_RE2C_OK && !read_into(seam, out, c))
            result = ARGOT_GEN_RE2C_REFUSED;
    }
    seam->remove(seam, in);
    seam->remove(seam, out);
    seam->remove(seam, err);
    rmdir(folder);
    return result;
}
