/* SPDX-License-Identifier: Apache-2.0
 * prims_peer FILE [--json]: an access log through a reader written by hand for that one layout, a vector primitive per
 * field and no automaton: about what this processor can do. Decodes what pcre2_peer decodes and prints the same line.
 * --json: also writes the lines as JSON to standard output, and what it prints goes to standard error. Loads touch up
 * to 64 bytes behind a line; peer.h keeps them readable. */
#include "peer.h"
#include <immintrin.h>
#include <inttypes.h>
#include <time.h>

/* On each function, since gcc inlines only between functions of one instruction set. */
#define AVX2 __attribute__((target("avx2,bmi,popcnt")))
#define PRIMITIVE static inline AVX2 __attribute__((always_inline))

#define RING_EVENTS 64 /* enough that events are stored for real, few enough to stay in the nearest cache */
#define CLOCK_BYTES 26 /* dd/Mon/yyyy:HH:MM:SS +zzzz */
#define PROTOCOL_BYTES 11
#define OUT_BYTES ((size_t)1 << 20)
#define OUT_LINE_BYTES ((size_t)1 << 17) /* the longest line, with an escape of two bytes for each */
#define SECOND_BYTES 24

struct run {
    struct access *ring;
    struct day_cache day;
    uint64_t lines, bad, sum;
    char *out, *to; /* NULL: no JSON */
    int64_t second;
    char second_text[SECOND_BYTES];
};

PRIMITIVE bool
is_digit(char byte)
{
    return (unsigned char)(byte - '0') <= 9;
}

PRIMITIVE struct slice
slice_between(const char *first, const char *end)
{
    return (struct slice){first, (uint32_t)(end - first)};
}

/* The first of two bytes. There is one: each line ends in a newline, and all callers look for that too. */
PRIMITIVE const char *
find_either(const char *at, char one, char other)
{
    const __m256i ones = _mm256_set1_epi8(one), others = _mm256_set1_epi8(other);
    for (;; at += 64) {
        __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)at);
        __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(at + 32));
        low = _mm256_or_si256(_mm256_cmpeq_epi8(low, ones), _mm256_cmpeq_epi8(low, others));
        high = _mm256_or_si256(_mm256_cmpeq_epi8(high, ones), _mm256_cmpeq_epi8(high, others));
        uint64_t found = (uint32_t)_mm256_movemask_epi8(high);
        found = found << 32 | (uint32_t)_mm256_movemask_epi8(low);
        if (found)
            return at + __builtin_ctzll(found);
    }
}

/* A dotted quad and the blank behind it; NULL where there is none. Digits are read backwards from each dot, so that no
 * branch depends on how many there are. */
PRIMITIVE const char *
read_client(const char *at, struct access *access)
{
    const __m128i nine = _mm_set1_epi8(9);
    __m128i digits = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)at), _mm_set1_epi8('0'));
    uint32_t is_number = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(digits, nine), digits));
    uint32_t ends = ~is_number, address = 0; /* bits above 15 are set: there is always a next end */
    int first = 0;
    bool good = true;
    for (int part = 0; part < 4; part++) {
        int end = __builtin_ctz(ends), count = end - first;
        uint32_t value = (uint32_t)(at[end - 1] - '0');
        value += count > 1 ? (uint32_t)(at[end - 2] - '0') * 10 : 0;
        value += count > 2 ? (uint32_t)(at[first] - '0') * 100 : 0;
        good &= count >= 1 && count <= 3 && value <= 255 && at[end] == (part < 3 ? '.' : ' ');
        address = address << 8 | value;
        ends &= ends - 1;
        first = end + 1;
    }
    access->address = address;
    access->client = slice_between(at, at + first - 1);
    return good ? at + first : NULL;
}

/* Two words of together at most 30 bytes, each with a blank behind it. Any byte up to the blank ends a word, so that a
 * newline cannot hide in one. */
PRIMITIVE const char *
read_words(const char *at, struct access *access)
{
    const __m256i blank = _mm256_set1_epi8(' ');
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)at);
    uint32_t ends = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_min_epu8(bytes, blank), bytes));
    if (__builtin_popcount(ends) < 2)
        return NULL;
    const char *ident_end = at + __builtin_ctz(ends), *user_end = at + __builtin_ctz(ends & (ends - 1));
    if (ident_end == at || *ident_end != ' ' || user_end == ident_end + 1 || *user_end != ' ')
        return NULL;
    access->ident = slice_between(at, ident_end);
    access->user = slice_between(ident_end + 1, user_end);
    return user_end + 1;
}

/* Each byte of "dd/Mon/yyyy:HH:MM:SS +zzzz]" within its bounds. */
PRIMITIVE bool
looks_like_clock(const char *at)
{
    static const char lowest[33] = "00/Aaa/0000:00:00:00 +0000]\0\0\0\0\0";
    static const char highest[33] = "99/Zzz/9999:99:99:99 -9999]\377\377\377\377\377";
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)lowest);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)highest);
    __m256i above = _mm256_cmpeq_epi8(_mm256_max_epu8(bytes, low), bytes);
    __m256i below = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, high), bytes);
    /* '+' and '-' have ',' between them. */
    return _mm256_movemask_epi8(_mm256_and_si256(above, below)) == -1 && at[21] != ',';
}

PRIMITIVE const char *
read_clock(const char *at, struct access *access, struct day_cache *day)
{
    if (*at++ != '[' || !looks_like_clock(at) || !read_time(at, &access->time_ns, day))
        return NULL;
    at += CLOCK_BYTES;
    return at[1] == ' ' && at[2] == '"' ? at + 3 : NULL;
}

/* Up to seven capital letters and a blank. */
PRIMITIVE const char *
read_method(const char *at, struct access *access)
{
    const __m128i last = _mm_set1_epi8('Z' - 'A'), blank = _mm_set1_epi8(' ');
    __m128i bytes = _mm_loadl_epi64((const __m128i *)(const void *)at);
    __m128i letters = _mm_sub_epi8(bytes, _mm_set1_epi8('A'));
    uint32_t capitals = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(letters, last), letters));
    uint32_t blanks = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, blank)) & 0xff;
    int count = __builtin_ctz(~capitals);
    if (!count || !(blanks >> count & 1))
        return NULL;
    access->method = slice_between(at, at + count);
    return at + count + 1;
}

PRIMITIVE const char *
read_path(const char *at, struct access *access)
{
    const char *end = find_either(at, ' ', '\n');
    access->path = slice_between(at, end);
    return end > at ? end : NULL;
}

/* From the blank before it to the blank behind its quote. */
PRIMITIVE const char *
read_protocol(const char *at, struct access *access)
{
    const char *major = at + 6, *minor = at + 8;
    if (memcmp(at, " HTTP/", 6) || !is_digit(*major) || at[7] != '.' || !is_digit(*minor) || at[9] != '"' ||
        at[10] != ' ')
        return NULL;
    access->minor = (uint8_t)(*minor - '0');
    return at + PROTOCOL_BYTES;
}

PRIMITIVE const char *
read_status(const char *at, struct access *access)
{
    if (!is_digit(at[0]) || !is_digit(at[1]) || !is_digit(at[2]) || at[3] != ' ')
        return NULL;
    access->status = (uint16_t)((at[0] - '0') * 100 + two_digits(at + 1));
    return at + 4;
}

/* The number of eight digits, the first in the lowest byte, by three multiplications: pairs, fours, all. */
PRIMITIVE uint64_t
eight_digits(uint64_t digits)
{
    digits = digits * 10 + (digits >> 8);
    uint64_t outer = (digits & UINT64_C(0x000000FF000000FF)) * (100 + (UINT64_C(1000000) << 32));
    uint64_t inner = (digits >> 16 & UINT64_C(0x000000FF000000FF)) * (1 + (UINT64_C(10000) << 32));
    return (outer + inner) >> 32;
}

/* Up to eight digits or a dash, then ' "'. */
PRIMITIVE const char *
read_size(const char *at, struct access *access)
{
    const __m128i nine = _mm_set1_epi8(9);
    __m128i digits = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)at), _mm_set1_epi8('0'));
    uint32_t is_number = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(digits, nine), digits));
    int count = __builtin_ctz(~is_number);
    if (count >= 1 && count <= 8) {
        /* Shifted, so that zeros stand before the first digit. */
        uint64_t value = (uint64_t)_mm_cvtsi128_si64(digits) << (64 - 8 * count);
        access->size = (int64_t)eight_digits(value);
    } else if (*at == '-') {
        access->size = -1;
        count = 1;
    } else {
        return NULL;
    }
    return at[count] == ' ' && at[count + 1] == '"' ? at + count + 2 : NULL;
}

/* Referrer and agent, up to the newline. */
PRIMITIVE const char *
read_quoted(const char *at, struct access *access)
{
    const char *end = find_either(at, '"', '\n');
    access->referrer = slice_between(at, end);
    if (end[0] != '"' || end[1] != ' ' || end[2] != '"')
        return NULL;
    at = end + 3;
    end = find_either(at, '"', '\n');
    access->agent = slice_between(at, end);
    return end[0] == '"' && end[1] == '\n' ? end + 1 : NULL;
}

/* Returns the line's newline, or NULL where the line has another shape. */
PRIMITIVE const char *
read_line(const char *at, struct access *access, struct day_cache *day)
{
    if (!(at = read_client(at, access)) || !(at = read_words(at, access)) || !(at = read_clock(at, access, day)))
        return NULL;
    if (!(at = read_method(at, access)) || !(at = read_path(at, access)) || !(at = read_protocol(at, access)))
        return NULL;
    if (!(at = read_status(at, access)) || !(at = read_size(at, access)))
        return NULL;
    return read_quoted(at, access);
}

/* ---- JSON ---- */

#define PUT(to, text) put_bytes(to, text, sizeof(text) - 1)

PRIMITIVE char *
put_bytes(char *to, const char *bytes, size_t count)
{
    memcpy(to, bytes, count);
    return to + count;
}

static char *
put_number(char *to, uint64_t number)
{
    char digits[20], *at = digits + sizeof digits;
    do
        *--at = (char)('0' + number % 10);
    while (number /= 10);
    size_t count = (size_t)(digits + sizeof digits - at);
    memcpy(to, at, count);
    return to + count;
}

static char *
put_escaped(char *to, struct slice text)
{
    for (uint32_t i = 0; i < text.length; i++) {
        if (text.bytes[i] == '"' || text.bytes[i] == '\\')
            *to++ = '\\';
        *to++ = (unsigned char)text.bytes[i] < 0x20 ? ' ' : text.bytes[i];
    }
    return to;
}

/* Copied in vectors as long as no byte needs an escape. What is not ASCII is not looked at. */
PRIMITIVE char *
put_text(char *to, struct slice text)
{
    const __m256i quote = _mm256_set1_epi8('"'), backslash = _mm256_set1_epi8('\\'), control = _mm256_set1_epi8(0x1f);
    for (uint32_t i = 0; i < text.length; i += 32) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(text.bytes + i));
        _mm256_storeu_si256((__m256i *)(void *)(to + i), bytes);
        __m256i special = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, quote), _mm256_cmpeq_epi8(bytes, backslash));
        special = _mm256_or_si256(special, _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, control), bytes));
        uint32_t found = (uint32_t)_mm256_movemask_epi8(special), left = text.length - i;
        if (left < 32)
            found &= (1u << left) - 1;
        if (found)
            return put_escaped(to, text);
    }
    return to + text.length;
}

PRIMITIVE char *
put_time(char *to, int64_t time_ns, struct run *run)
{
    int64_t second = time_ns / NS_PER_SECOND;
    if (second != run->second) {
        time_t when = (time_t)second;
        struct tm parts;
        strftime(run->second_text, sizeof run->second_text, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&when, &parts));
        run->second = second;
    }
    memcpy(to, run->second_text, 20);
    return to + 20;
}

PRIMITIVE void
put_access(struct run *run, const struct access *access)
{
    char *to = PUT(run->to, "{\"ip\":\"");
    memcpy(to, access->client.bytes, 16);
    to = PUT(to + access->client.length, "\",\"ident\":\"");
    to = PUT(put_text(to, access->ident), "\",\"user\":\"");
    to = PUT(put_text(to, access->user), "\",\"timestamp\":\"");
    to = PUT(put_time(to, access->time_ns, run), "\",\"method\":\"");
    to = PUT(put_text(to, access->method), "\",\"path\":\"");
    to = PUT(put_text(to, access->path), "\",\"http_minor\":");
    *to++ = (char)('0' + access->minor);
    to = PUT(put_number(PUT(to, ",\"status\":"), access->status), ",\"size\":");
    to = access->size < 0 ? PUT(to, "null") : put_number(to, (uint64_t)access->size);
    to = PUT(put_text(PUT(to, ",\"referer\":\""), access->referrer), "\",\"user_agent\":\"");
    run->to = PUT(put_text(to, access->agent), "\"}\n");
}

static void
write_out(struct run *run)
{
    for (char *at = run->out; at < run->to;) {
        ssize_t written = write(STDOUT_FILENO, at, (size_t)(run->to - at));
        if (written < 0) {
            perror("prims_peer");
            exit(1);
        }
        at += written;
    }
    run->to = run->out;
}

/* ---- the log ---- */

/* As if somebody read the event; without that, clang leaves out what only he would need. */
static inline void
keep(const struct access *access)
{
    __asm__ volatile("" : : "r"(access) : "memory");
}

AVX2 static void
read_block(const char *at, const char *end, void *context)
{
    struct run *run = context;
    while (at < end) {
        struct access *access = &run->ring[run->lines % RING_EVENTS];
        const char *newline = read_line(at, access, &run->day);
        if (newline) {
            keep(access);
            run->lines++;
            run->sum += (uint64_t)access->time_ns + access->address + access->status;
            run->sum += access->size < 0 ? 0 : (uint64_t)access->size;
            if (run->out)
                put_access(run, access);
            if (run->out && run->to > run->out + OUT_BYTES)
                write_out(run);
        } else {
            run->bad++;
            newline = memchr(at, '\n', (size_t)(end - at));
        }
        at = newline + 1;
    }
}

int
main(int argc, char **argv)
{
    bool json = argc == 3 && !strcmp(argv[2], "--json");
    if (argc != 2 && !json)
        return 2;
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi")) {
        fputs("prims_peer: no AVX2 here\n", stderr);
        return CANNOT_RUN;
    }
    struct run run = {.ring = calloc(RING_EVENTS, sizeof *run.ring), .second = -1};
    run.out = run.to = json ? calloc(1, OUT_BYTES + OUT_LINE_BYTES) : NULL;
    if (!run.ring || (json && !run.out))
        return 1;
    int status = for_each_block(argv[1], read_block, &run);
    if (json)
        write_out(&run);
    fprintf(json ? stderr : stdout, "%" PRIu64 " lines, %" PRIu64 " others, sum %016" PRIx64 "\n", run.lines, run.bad,
            run.sum);
    free(run.out);
    free(run.ring);
    return status;
}
