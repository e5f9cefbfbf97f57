/* SPDX-License-Identifier: Apache-2.0
 * pcre2_peer FILE: an access log through one PCRE2 expression with named groups, compiled by its
 * JIT, and the four typed values decoded: what a good regular expression costs. Prints lines
 * matched, others, and a sum. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "peer.h"
#include <inttypes.h>
#include <pcre2.h>

static const char expression[] = "^(?<ip>\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}) (?<ident>\\S+) (?<user>\\S+) "
                                 "\\[(?<time>\\d{2}/[A-Z][a-z]{2}/\\d{4}:\\d{2}:\\d{2}:\\d{2} [+-]\\d{4})\\] "
                                 "\"(?<method>[A-Z]+) (?<path>\\S+) HTTP/\\d\\.(?<minor>\\d)\" (?<status>\\d{3}) "
                                 "(?<size>\\d+|-) \"(?<referrer>[^\"]*)\" \"(?<agent>[^\"]*)\"$";
enum group { GROUP_IP = 1, GROUP_TIME = 4, GROUP_STATUS = 8, GROUP_SIZE = 9 };

struct run {
    pcre2_code *code;
    pcre2_match_data *match;
    const PCRE2_SIZE *offsets;
    struct day_cache day;
    uint64_t lines, bad, sum;
};

static uint64_t
read_number(const char *at, const char *end)
{
    uint64_t value = 0;
    while (at < end)
        value = value * 10 + (uint64_t)(*at++ - '0');
    return value;
}

static uint32_t
read_address(const char *at, const char *end)
{
    uint32_t address = 0, part = 0;
    for (; at < end; at++) {
        if (*at == '.') {
            address = address << 8 | part;
            part = 0;
        } else {
            part = part * 10 + (uint32_t)(*at - '0');
        }
    }
    return address << 8 | part;
}

static const char *
group_start(const struct run *run, const char *line, enum group group)
{
    return line + run->offsets[2 * group];
}

static const char *
group_end(const struct run *run, const char *line, enum group group)
{
    return line + run->offsets[2 * group + 1];
}

static void
match_line(struct run *run, const char *line, size_t length)
{
    int64_t time_ns;
    if (pcre2_jit_match(run->code, (PCRE2_SPTR)line, length, 0, 0, run->match, NULL) <= 0 ||
        !read_time(group_start(run, line, GROUP_TIME), &time_ns, &run->day)) {
        run->bad++;
        return;
    }
    run->lines++;
    run->sum += (uint64_t)time_ns;
    run->sum += read_address(group_start(run, line, GROUP_IP), group_end(run, line, GROUP_IP));
    run->sum += read_number(group_start(run, line, GROUP_STATUS), group_end(run, line, GROUP_STATUS));
    const char *size = group_start(run, line, GROUP_SIZE);
    if (*size != '-')
        run->sum += read_number(size, group_end(run, line, GROUP_SIZE));
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
    if (argc != 2)
        return 2;
    int error;
    PCRE2_SIZE at;
    struct run run = {0};
    run.code = pcre2_compile((PCRE2_SPTR)expression, PCRE2_ZERO_TERMINATED, 0, &error, &at, NULL);
    if (!run.code || pcre2_jit_compile(run.code, PCRE2_JIT_COMPLETE)) {
        fputs("pcre2_peer: no JIT here\n", stderr);
        return CANNOT_RUN;
    }
    run.match = pcre2_match_data_create_from_pattern(run.code, NULL);
    run.offsets = pcre2_get_ovector_pointer(run.match);
    int status = for_each_block(argv[1], match_block, &run);
    printf("%" PRIu64 " lines, %" PRIu64 " others, sum %016" PRIx64 "\n", run.lines, run.bad, run.sum);
    pcre2_match_data_free(run.match);
    pcre2_code_free(run.code);
    return status;
}
