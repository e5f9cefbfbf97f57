/* SPDX-License-Identifier: Apache-2.0
 * Both ways over the same messages, for tagged.py to count: TABLES is the generated normalizer, TAGGED the DFA. */
#include TABLES
#include TAGGED
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct argot_slot slots[ARGOT_SCAN_SLOTS];
static struct argot_slice captures[ARGOT_MAX_CAPTURES];
static struct argot_scan_memo memo;

/* What the runtime does around the extractors of a lexer. */
__attribute__((noinline)) int
run_generated(const uint8_t *begin, const uint8_t *end)
{
    const struct argot_lexer *lexer = argot_format_su.body;
    struct argot_scan scan;
    scan.begin = begin;
    scan.end = end;
    scan.memo = &memo;
    scan.captures = captures;
    scan.slots = slots;
    scan.far = NULL;
    scan.expected = 0;
    scan.in_vain = false;
    memset(scan.dead_ends, 0, sizeof scan.dead_ends);
    memset(scan.begun, 0, sizeof scan.begun);
    int answer = lexer->decide(begin);
    const uint16_t *list = lexer->candidates[answer < 0 ? lexer->ntemplates : answer];
    while (*list != ARGOT_NONE && !lexer->templates[*list].extract(&scan))
        list++;
    return *list == ARGOT_NONE ? -1 : lexer->templates[*list].message;
}

__attribute__((noinline)) int
run_tagged(const uint8_t *begin)
{
    uint64_t have = 0;
    return tagged(begin, slots, &have);
}

int
main(int argc, char **argv)
{
    static uint8_t text[1 << 16];
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
    if (!file)
        return 2;
    const uint8_t *end = text + fread(text, 1, sizeof text - ARGOT_PADDING, file);
    int differ = 0;
    fclose(file);
    for (const uint8_t *at = text, *newline; (newline = memchr(at, '\n', (size_t)(end - at))); at = newline + 1)
        differ += run_generated(at, newline) != run_tagged(at);
    return differ > 0;
}
