/* SPDX-License-Identifier: Apache-2.0
 * gen_access MEGABYTES [SEED] > access.log
 * Writes an Apache access log in combined format of at least that size. The same seed gives the
 * same bytes on every machine. Shares that matter to a parser: 40 % without referrer, 3 % without
 * size, 25 % with a query, 24 agents. */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define FIRST_TIME INT64_C(1767225600) /* 2026-01-01T00:00:00Z */
#define DEFAULT_MEGABYTES 300
#define LINE_MAX_BYTES 4096
#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof *(array)))

static const char *const agents[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:121.0) Gecko/20100101 Firefox/121.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.2 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.2 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 13; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/119.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/118.0.0.0 "
    "Safari/537.36 Edg/118.0.2088.76",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "curl/7.88.1",
    "Wget/1.21.3",
    "python-requests/2.31.0",
    "Go-http-client/1.1",
    "-",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0",
    "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/16.6 Mobile/15E148 Safari/604.1",
    "okhttp/4.11.0",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)",
    "Prometheus/2.45.0",
    "kube-probe/1.27",
    "Mozilla/5.0 zgrab/0.x",
    "masscan/1.3 (https://github.com/robertdavidgraham/masscan)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/109.0.5414.120 Safari/537.36",
};
static const char *const words[] = {
    "index",      "images",      "static", "css",     "js",   "api",       "v1",       "v2",      "users",
    "login",      "admin",       "search", "blog",    "2025", "articles",  "products", "cart",    "media",
    "upload",     "checkout",    "assets", "fonts",   "feed", "category",  "tag",      "about",   "news",
    "wp-content", "wp-includes", "themes", "plugins", "docs", "reference", "download", "release", "support",
};
static const char *const endings[] = {"", ".html", ".php", ".js", ".css", ".png", ".jpg", ".svg", "/", ".json"};
static const char *const methods[] = {"GET", "GET", "GET",  "GET",  "GET",  "GET", "GET",
                                      "GET", "GET", "POST", "POST", "HEAD", "PUT", "OPTIONS"};
static const int statuses[] = {200, 200, 200, 200, 200, 200, 200, 200, 304,
                               304, 301, 302, 404, 404, 403, 500, 206, 401};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct random {
    uint64_t state; /* xorshift64*, never 0 */
};

static uint64_t
next(struct random *random)
{
    uint64_t x = random->state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    random->state = x;
    return x * UINT64_C(2685821657736338717);
}

static uint32_t
below(struct random *random, uint32_t n)
{
    return (uint32_t)(((next(random) >> 32) * n) >> 32);
}

static const char *
pick(struct random *random, const char *const *list, uint32_t count)
{
    return list[below(random, count)];
}

/* Appends formatted text at *at within [*at, end); the buffers below are large enough for all that
 * comes. */
static void __attribute__((format(printf, 3, 4))) put(char **at, const char *end, const char *format, ...)
{
    __builtin_va_list arguments;
    __builtin_va_start(arguments, format);
    int length = vsnprintf(*at, (size_t)(end - *at), format, arguments);
    __builtin_va_end(arguments);
    if (length < 0 || length >= end - *at)
        abort();
    *at += length;
}

static void
put_path(struct random *random, char **at, const char *end)
{
    uint32_t parts = 1 + below(random, 5);
    for (uint32_t i = 0; i < parts; i++) {
        put(at, end, "/%s", pick(random, words, COUNT(words)));
        if (below(random, 3) == 0)
            put(at, end, "-%" PRIu32, below(random, 100000));
    }
    put(at, end, "%s", pick(random, endings, COUNT(endings)));
    if (below(random, 4) == 0) {
        put(at, end, "?id=%" PRIu32, below(random, 1000000));
        if (below(random, 2)) {
            const char *first = pick(random, words, COUNT(words));
            const char *second = pick(random, words, COUNT(words));
            put(at, end, "&q=%s%%20%s&page=%" PRIu32, first, second, below(random, 50));
        }
    }
}

static void
put_client(struct random *random, char **at, const char *end)
{
    uint32_t ip = (uint32_t)(next(random) >> 33) % 200000U * 20011U; /* 200,000 clients */
    put(at, end, "%u.%u.%u.%u - - ", 1 + (ip >> 24) % 223, ip >> 16 & 255, ip >> 8 & 255, ip & 255);
}

static void
put_time(char **at, const char *end, time_t seconds)
{
    struct tm t;
    gmtime_r(&seconds, &t);
    put(at, end, "[%02d/%s/%04d:%02d:%02d:%02d +0000] ", t.tm_mday, months[t.tm_mon], t.tm_year + 1900, t.tm_hour,
        t.tm_min, t.tm_sec);
}

static void
put_request(struct random *random, char **at, const char *end)
{
    put(at, end, "\"%s ", pick(random, methods, COUNT(methods)));
    put_path(random, at, end);
    put(at, end, " HTTP/1.%d\" ", below(random, 10) ? 1 : 0);
    put(at, end, "%d ", statuses[below(random, COUNT(statuses))]);
    if (below(random, 100) < 3)
        put(at, end, "-");
    else
        put(at, end, "%" PRIu32, below(random, 4) ? below(random, 60000) : below(random, 9000000));
}

static void
put_agent(struct random *random, char **at, const char *end)
{
    if (below(random, 100) < 40) {
        put(at, end, " \"-\"");
    } else {
        const char *host = below(random, 2) ? "www" : "shop";
        put(at, end, " \"https://%s.example.%s", host, below(random, 2) ? "com" : "org");
        put_path(random, at, end);
        put(at, end, "\"");
    }
    put(at, end, " \"%s\"\n", pick(random, agents, COUNT(agents)));
}

int
main(int argc, char **argv)
{
    uint64_t megabytes = argc > 1 ? strtoull(argv[1], NULL, 10) : DEFAULT_MEGABYTES;
    struct random random = {UINT64_C(88172645463325252)};
    if (argc > 2)
        random.state ^= strtoull(argv[2], NULL, 10) * UINT64_C(0x9E3779B97F4A7C15);
    if (!random.state)
        random.state = 1;
    time_t seconds = (time_t)FIRST_TIME;
    for (uint64_t written = 0; written < megabytes * 1000000;) {
        char line[LINE_MAX_BYTES], *at = line;
        const char *end = line + sizeof line;
        if (below(&random, 8) == 0)
            seconds++;
        put_client(&random, &at, end);
        put_time(&at, end, seconds);
        put_request(&random, &at, end);
        put_agent(&random, &at, end);
        size_t length = (size_t)(at - line);
        if (fwrite(line, 1, length, stdout) != length)
            return EXIT_FAILURE;
        written += length;
    }
    return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
