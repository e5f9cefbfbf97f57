/* SPDX-License-Identifier: Apache-2.0
 * pcre2_sshd_peer FILE: an sshd log in syslog through expressions that PCRE2's JIT compiled: one for the head of the
 * line, then those of the messages in turn, until one fits; time, process, addresses and ports as numbers. Prints lines
 * of which a message was known, others, and a sum. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "peer.h"
#include <inttypes.h>
#include <pcre2.h>

static const struct {
    const char *expression;
    int address, number; /* groups, or 0 */
} messages[] = {
    {"^Failed password for (invalid user )?(\\S+) from (\\S+) port (\\d+) ssh2$", 3, 4},
    {"^Received disconnect from (\\S+): (\\d+): (.*)$", 1, 2},
    {"^pam_unix\\(sshd:auth\\): authentication failure; logname=\\S* uid=(\\d+) euid=(\\d+) tty=(\\S*) ruser=(\\S*) "
     "rhost=(\\S+)(?:  user=(\\S+))?\\s*$",
     5, 1},
    {"^Invalid user (\\S*) from (\\S+)\\s*$", 2, 0},
    {"^Accepted password for (\\S+) from (\\S+) port (\\d+) ssh2$", 2, 3},
};
#define MESSAGES ((int)(sizeof messages / sizeof *messages))

static const char head[] =
    "^([A-Z][a-z]{2}) ([ \\d]\\d) (\\d\\d):(\\d\\d):(\\d\\d) (\\S+) ([^\\[:]+)(?:\\[(\\d+)\\])?: (.*)$";
enum head_group { HEAD_DAY = 2, HEAD_SECOND = 5, HEAD_PID = 8, HEAD_TEXT = 9 };

struct pattern {
    pcre2_code *code;
    pcre2_match_data *match;
    const PCRE2_SIZE *offsets;
};

struct run {
    struct pattern head, messages[MESSAGES];
    uint64_t lines, others, sum;
};

static bool
prepare(struct pattern *pattern, const char *expression)
{
    int error;
    PCRE2_SIZE at;
    pattern->code = pcre2_compile((PCRE2_SPTR)expression, PCRE2_ZERO_TERMINATED, 0, &error, &at, NULL);
    if (!pattern->code || pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE))
        return false;
    pattern->match = pcre2_match_data_create_from_pattern(pattern->code, NULL);
    pattern->offsets = pcre2_get_ovector_pointer(pattern->match);
    return true;
}

static bool
fits(const struct pattern *pattern, const char *text, size_t length)
{
    return pcre2_jit_match(pattern->code, (PCRE2_SPTR)text, length, 0, 0, pattern->match, NULL) > 0;
}

/* Digits with other bytes between them: a number, or the four of an address. */
static uint64_t
read_digits(const struct pattern *pattern, int group, const char *text, uint64_t base)
{
    uint64_t value = 0, part = 0;
    if (!group || pattern->offsets[2 * group] == PCRE2_UNSET)
        return 0;
    for (PCRE2_SIZE at = pattern->offsets[2 * group]; at < pattern->offsets[2 * group + 1]; at++) {
        if (text[at] < '0' || text[at] > '9') {
            value = value * base + part;
            part = 0;
        } else {
            part = part * 10 + (uint64_t)(text[at] - '0');
        }
    }
    return value * base + part;
}

static void
match_line(struct run *run, const char *line, size_t length)
{
    if (!fits(&run->head, line, length)) {
        run->others++;
        return;
    }
    uint64_t time = 0;
    for (int group = HEAD_DAY; group <= HEAD_SECOND; group++)
        time = time * 60 + read_digits(&run->head, group, line, 1);
    run->sum += time + read_digits(&run->head, HEAD_PID, line, 1);
    const char *text = line + run->head.offsets[2 * HEAD_TEXT];
    size_t left = length - run->head.offsets[2 * HEAD_TEXT];
    for (int i = 0; i < MESSAGES; i++)
        if (fits(&run->messages[i], text, left)) {
            run->sum += read_digits(&run->messages[i], messages[i].address, text, 256);
            run->sum += read_digits(&run->messages[i], messages[i].number, text, 1);
            run->lines++;
            return;
        }
    run->others++;
}

static void
match_block(const char *at, const char *end, void *context)
{
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        match_line(context, at, (size_t)(newline - at));
        at = newline + 1;
    }
}

int
main(int argc, char **argv)
{
    struct run run = {0};
    if (argc != 2)
        return 2;
    bool good = prepare(&run.head, head);
    for (int i = 0; i < MESSAGES; i++)
        good = good && prepare(&run.messages[i], messages[i].expression);
    if (!good) {
        fputs("pcre2_sshd_peer: no JIT here\n", stderr);
        return CANNOT_RUN;
    }
    int status = for_each_block(argv[1], match_block, &run);
    printf("%" PRIu64 " lines, %" PRIu64 " others, sum %016" PRIx64 "\n", run.lines, run.others, run.sum);
    return status;
}
