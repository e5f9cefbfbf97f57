/* SPDX-License-Identifier: Apache-2.0
 * What a threshold over an sshd log costs at least: written by hand for this one question, reads nothing but what it
 * needs (the time, the program, the address of a failed password), knows no years and no zones, and cannot tell who
 * fired. Prints lines, and alerts of the rule "five failures of an address within a minute". */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK ((size_t)1 << 20)
#define SLOTS (1u << 20)
#define FEW 5
#define SPAN_S 60

struct address {
    uint32_t ip;
    uint32_t count;
    int32_t times[FEW];
    int32_t quiet_until;
};

static struct address *slots;
static uint64_t lines, alerts;

static unsigned
two(const char *at)
{
    return (unsigned)(at[0] == ' ' ? 0 : at[0] - '0') * 10u + (unsigned)(at[1] - '0');
}

static int32_t
time_of(const char *line)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    unsigned month = 0;
    while (month < 11 && memcmp(months + 3 * month, line, 3) != 0)
        month++;
    unsigned days = (unsigned)before[month] + two(line + 4);
    return (int32_t)(days * 86400u + two(line + 7) * 3600u + two(line + 10) * 60u + two(line + 13));
}

static bool
address_of(const char *at, const char *end, uint32_t *ip)
{
    const char *from = memmem(at, (size_t)(end - at), " from ", 6);
    uint32_t byte = 0;
    *ip = 0;
    for (at = from ? from + 6 : end; at < end && *at != ' '; at++) {
        if (*at == '.') {
            *ip = *ip << 8 | byte;
            byte = 0;
        } else {
            byte = byte * 10 + (uint32_t)(*at - '0');
        }
    }
    *ip = *ip << 8 | byte;
    return from != NULL;
}

static void
hit(uint32_t ip, int32_t now)
{
    uint32_t at = ip * 0x9e3779b1u >> 12;
    while (slots[at].ip && slots[at].ip != ip)
        at = (at + 1) & (SLOTS - 1);
    struct address *address = &slots[at];
    address->ip = ip;
    address->times[address->count++ % FEW] = now;
    if (address->count < FEW || now - address->times[address->count % FEW] > SPAN_S || now <= address->quiet_until)
        return;
    alerts++;
    address->quiet_until = now + SPAN_S;
}

static void
look(const char *line, const char *end)
{
    uint32_t ip;
    lines++;
    if (end - line < 40)
        return;
    const char *program = memchr(line + 16, ' ', (size_t)(end - line - 16));
    if (!program || end - program < 40 || memcmp(program, " sshd[", 6) != 0)
        return;
    const char *message = memchr(program + 6, ' ', (size_t)(end - program - 6));
    if (message && end - message > 20 && !memcmp(message, " Failed password for ", 21) && address_of(message, end, &ip))
        hit(ip, time_of(line));
}

int
main(int argc, char **argv)
{
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    char *block = malloc(2 * BLOCK);
    size_t have = 0, got;
    slots = calloc(SLOTS, sizeof *slots);
    if (!file || !block || !slots)
        return 1;
    while ((got = fread(block + have, 1, BLOCK, file)) > 0) {
        char *at = block, *end = block + have + got, *newline;
        while ((newline = memchr(at, '\n', (size_t)(end - at)))) {
            look(at, newline);
            at = newline + 1;
        }
        have = (size_t)(end - at);
        if (have > BLOCK)
            return 1;
        memmove(block, at, have);
    }
    printf("%llu lines, %llu alerts\n", (unsigned long long)lines, (unsigned long long)alerts);
    free(slots);
    free(block);
    fclose(file);
    return 0;
}
