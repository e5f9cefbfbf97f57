/* SPDX-License-Identifier: Apache-2.0
 * gen_events events COUNT > events.jsonl
 * gen_events rules COUNT EVENTS [WHERE] > bench.rule
 * gen_events sshd COUNT ADDRESSES > sshd.log
 * Events of three kinds as JSON lines: 60 % processes started on Windows, 20 % sshd, 20 % web accesses. Rules of one
 * predicate each (contains, starts, ends, ==) over ten fields, whose texts are taken from the values of those events:
 * from what differs between them, so that few fire, some 1 % of the events for 3,000 rules and a million events. WHERE
 * is put before each predicate: a condition that all rules share. Or failed logons from so many addresses in turn, 200
 * a second. The same arguments give the same bytes anywhere. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_BYTES 512
#define EVENTS_PER_SECOND 50
#define LEAST_RUN 4
#define PICK(array) (array)[below(sizeof(array) / sizeof *(array))]
#define SYSTEM "C:\\Windows\\System32\\"
#define PROGRAMS "C:\\Program Files\\"

enum kind { PROCESS, SSHD, WEB };
enum field { IMAGE, COMMAND, PARENT, USER, HASH, HOST, MESSAGE, URI, PATH, AGENT, FIELDS };

static const char *const field_names[FIELDS] = {"process_executable",
                                                "process_command_line",
                                                "parent_process_command_line",
                                                "user_name",
                                                "file_hash_sha256",
                                                "host_name",
                                                "message",
                                                "url_original",
                                                "request_path",
                                                "user_agent"};

struct event {
    enum kind kind;
    char values[FIELDS][VALUE_BYTES]; /* empty: has none */
    unsigned status, bytes, pid, port;
    char ip[16];
};

static uint64_t state;

static uint64_t
next(void)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint32_t
below(uint64_t count)
{
    return (uint32_t)(next() % count);
}

static void __attribute__((format(printf, 3, 4))) set(struct event *event, enum field field, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(event->values[field], VALUE_BYTES, format, args);
    va_end(args);
}

/* ---- events ---- */

struct program {
    const char *image, *arguments; /* %u in the arguments: a number */
};

static const struct program programs[] = {
    {SYSTEM "svchost.exe", "-k netsvcs -p -s Schedule%u"},
    {SYSTEM "conhost.exe", "0xffffffff -ForceV1 %u"},
    {PROGRAMS "Google\\Chrome\\Application\\chrome.exe", "--type=renderer --lang=en-US --field-trial-handle=%u"},
    {SYSTEM "wbem\\WmiPrvSE.exe", "-secured -Embedding %u"},
    {SYSTEM "taskhostw.exe", "/RuntimeWide %u"},
    {SYSTEM "cmd.exe", "/c dir D:\\work\\%u"},
    {SYSTEM "tasklist.exe", "/svc /fo csv /pid %u"},
    {PROGRAMS "Microsoft Office\\root\\Office16\\OUTLOOK.EXE", "/recycle %u"},
    {SYSTEM "WindowsPowerShell\\v1.0\\powershell.exe", "-File C:\\ops\\inventory%u.ps1"},
    {SYSTEM "SearchIndexer.exe", "/Embedding %u"},
    {PROGRAMS "Git\\bin\\git.exe", "fetch origin feature/%u"},
    {SYSTEM "backgroundTaskHost.exe", "-ServerName:App.AppX%u.mca"},
};
static const char *const parents[] = {SYSTEM "services.exe", "C:\\Windows\\explorer.exe", SYSTEM "svchost.exe",
                                      SYSTEM "cmd.exe", PROGRAMS "Google\\Chrome\\Application\\chrome.exe"};
static const char *const agents[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.%u.0 Safari/537.36",
    "curl/8.%u",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.%u",
};
static const char *const messages[][3] = {{"Failed password for", "from", "ssh2"},
                                          {"Accepted publickey for", "from", "ssh2"},
                                          {"Connection closed by user", "from", "[preauth]"},
                                          {"Invalid user", "from", "[preauth]"}};
static const char *const folders[] = {"img", "api/v1/users", "products", "blog", "static/js"};

static void
put_number(struct event *event, enum field field, const char *format, const char *image, unsigned number)
{
    const char *at = strstr(format, "%u");
    if (image)
        set(event, field, "\"%s\" %.*s%u%s", image, (int)(at - format), format, number, at + 2);
    else
        set(event, field, "%.*s%u%s", (int)(at - format), format, number, at + 2);
}

static void
make_process(struct event *event)
{
    struct program program = PICK(programs);
    const char *parent = PICK(parents);
    if (below(40) == 0) /* a program of one's own */
        set(event, IMAGE, "D:\\Tools\\agent%u\\run%u.exe", below(2000), 1000 + below(9000));
    else
        set(event, IMAGE, "%s", program.image);
    put_number(event, COMMAND, program.arguments, event->values[IMAGE], 100000 + below(900000));
    set(event, PARENT, "%s -h %u", parent, 10000 + below(90000));
    set(event, USER, "CORP\\u%06u", below(300000));
    set(event, HASH, "%016" PRIx64 "%016" PRIx64 "%016" PRIx64 "%016" PRIx64, next(), next(), next(), next());
    set(event, HOST, "ws-%05u", below(90000));
}

static void
make_sshd(struct event *event)
{
    const char *const *words = PICK(messages);
    unsigned user = below(100000);
    set(event, USER, "u%u", user);
    set(event, MESSAGE, "%s u%u %s %s port %u %s", words[0], user, words[1], event->ip, event->port, words[2]);
    set(event, HOST, "srv-%04u", below(30000));
}

static void
make_web(struct event *event)
{
    const char *folder = PICK(folders);
    set(event, PATH, "/%s/%u", folder, 100000 + below(900000));
    set(event, URI, "%s?id=%u", event->values[PATH], 100000 + below(900000));
    put_number(event, AGENT, PICK(agents), NULL, 10000 + below(90000));
}

/* Event number `number`, whichever were made before. */
static void
make(struct event *event, uint64_t number)
{
    state = number * UINT64_C(0x2545f4914f6cdd1d) + 11;
    next();
    *event = (struct event){.status = below(10) ? 200 : 404, .bytes = below(60000), .pid = below(65536)};
    event->port = 1024 + below(64000);
    snprintf(event->ip, sizeof event->ip, "%u.%u.%u.%u", 1 + below(223), below(256), below(256), below(40));
    uint32_t dice = below(100);
    event->kind = dice < 60 ? PROCESS : dice < 80 ? SSHD : WEB;
    if (event->kind == PROCESS)
        make_process(event);
    else if (event->kind == SSHD)
        make_sshd(event);
    else
        make_web(event);
}

/* ---- writing ---- */

static void
put_json(const char *name, const char *text)
{
    printf(",\"%s\":\"", name);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            putchar('\\');
        putchar(*text);
    }
    putchar('"');
}

static const char *
last_part(const char *path)
{
    const char *slash = strrchr(path, '\\');
    return slash ? slash + 1 : path;
}

static void
write_process(const struct event *event)
{
    printf(",\"EventID\":1,\"Channel\":\"Microsoft-Windows-Sysmon/Operational\"");
    put_json("Provider_Name", "Microsoft-Windows-Sysmon");
    put_json("Computer", event->values[HOST]);
    put_json("Image", event->values[IMAGE]);
    put_json("CommandLine", event->values[COMMAND]);
    put_json("CurrentDirectory", SYSTEM);
    put_json("User", event->values[USER]);
    printf(",\"LogonId\":\"0x%x\",\"IntegrityLevel\":\"%s\",\"Hashes\":\"SHA256=%s\",\"ProcessId\":%u,"
           "\"ParentProcessId\":%u",
           event->port * 13, event->port % 3 ? "Medium" : "High", event->values[HASH], event->pid, event->port);
    char parent[VALUE_BYTES];
    snprintf(parent, sizeof parent, "%s", event->values[PARENT]);
    *strstr(parent, " -h ") = '\0';
    put_json("ParentImage", parent);
    put_json("ParentCommandLine", event->values[PARENT]);
    put_json("OriginalFileName", last_part(event->values[IMAGE]));
    printf(",\"Company\":\"Microsoft Corporation\",\"Product\":\"Windows\",\"product\":\"windows\"}\n");
}

static void
write_event(const struct event *event, uint64_t number)
{
    uint64_t second = number / EVENTS_PER_SECOND;
    printf("{\"timestamp\":\"2026-07-%02uT%02u:%02u:%02uZ\"", (unsigned)(1 + second / 86400 % 28),
           (unsigned)(second / 3600 % 24), (unsigned)(second / 60 % 60), (unsigned)(second % 60));
    if (event->kind == PROCESS) {
        write_process(event);
    } else if (event->kind == SSHD) {
        put_json("host", event->values[HOST]);
        printf(",\"program\":\"sshd\",\"pid\":%u", event->pid);
        put_json("message", event->values[MESSAGE]);
        put_json("user", event->values[USER]);
        printf(",\"src_ip\":\"%s\",\"src_port\":%u,\"product\":\"linux\",\"service\":\"sshd\"}\n", event->ip,
               event->port);
    } else {
        printf(",\"c-ip\":\"%s\",\"cs-method\":\"%s\"", event->ip, event->pid % 4 ? "GET" : "POST");
        put_json("cs-uri", event->values[URI]);
        put_json("cs-uri-stem", event->values[PATH]);
        put_json("cs-uri-query", strchr(event->values[URI], '?') + 1);
        printf(",\"sc-status\":%u,\"sc-bytes\":%u", event->status, event->bytes);
        put_json("cs-user-agent", event->values[AGENT]);
        printf(",\"cs-referer\":\"-\",\"product\":\"apache\",\"category\":\"webserver\"}\n");
    }
}

/* ---- rules ---- */

/* The last run of some such letters in a value: what tells it from others. */
static void
find_run(const char *value, const char *letters, size_t *from, size_t *to)
{
    *from = *to = 0;
    for (size_t i = 0; value[i];) {
        size_t length = strspn(value + i, letters);
        if (length >= LEAST_RUN) {
            *from = i;
            *to = i + length;
        }
        i += length ? length : 1;
    }
}

static void
put_text(const char *text, size_t length)
{
    putchar('"');
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"' || text[i] == '\\')
            putchar('\\');
        putchar(text[i]);
    }
    putchar('"');
    if (below(2))
        putchar('i');
}

static void
write_predicate(const char *name, const char *value, size_t from, size_t to)
{
    size_t length = strlen(value), before = below(from + 1), behind = below(length - to + 1);
    size_t cut = to - from > 16 ? below(to - from - 12) : 0; /* of a long run a part is enough */
    switch (below(4)) {
    case 0:
        printf("%s contains ", name);
        if (cut)
            put_text(value + from + cut, 12);
        else
            put_text(value + from - before, to - from + before + behind);
        break;
    case 1:
        printf("%s starts ", name);
        put_text(value, to + behind);
        break;
    case 2:
        printf("%s ends ", name);
        put_text(value + from + cut - before, length - from - cut + before);
        break;
    default:
        printf("%s == ", name);
        put_text(value, length);
    }
}

static void
write_rule(uint64_t number, uint64_t events, const char *where)
{
    static const char *const types[] = {"PROCESS_START", "AUTH_LOGIN", "HTTP_ACCESS"};
    enum field field = (enum field)(number % FIELDS);
    struct event event;
    size_t from, to;
    uint64_t rounds = 0;
    do {
        state = (number << 20) + rounds++;
        make(&event, next() % events);
        find_run(event.values[field], field == HASH ? "0123456789abcdef" : "0123456789", &from, &to);
    } while (from == to);
    state = number * 31 + 7;
    next();
    printf("rule bench_%" PRIu64 " { match %s where %s", number, types[event.kind], where);
    write_predicate(field_names[field], event.values[field], from, to);
    printf(" }\n");
}

static void
write_logon(uint64_t number, uint64_t addresses)
{
    uint64_t second = number / 200, address = number % addresses;
    printf("Mar %2u %02u:%02u:%02u h1 sshd[%u]: Failed password for root from 10.%u.%u.%u port %u ssh2\n",
           (unsigned)(1 + second / 86400 % 31), (unsigned)(second / 3600 % 24), (unsigned)(second / 60 % 60),
           (unsigned)(second % 60), (unsigned)(number % 30000), (unsigned)(address >> 16 & 255),
           (unsigned)(address >> 8 & 255), (unsigned)(address & 255), (unsigned)(1024 + number % 60000));
}

int
main(int argc, char **argv)
{
    if (argc < 3 || (strcmp(argv[1], "events") != 0 && argc < 4)) {
        fprintf(stderr, "gen_events events COUNT | rules COUNT EVENTS [WHERE] | sshd COUNT ADDRESSES\n");
        return 2;
    }
    uint64_t count = strtoull(argv[2], NULL, 10), of = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
    static struct event event;
    for (uint64_t i = 0; i < count; i++) {
        if (!strcmp(argv[1], "rules")) {
            write_rule(i, of, argc > 4 ? argv[4] : "");
        } else if (!strcmp(argv[1], "sshd")) {
            write_logon(i, of ? of : 1);
        } else {
            make(&event, i);
            write_event(&event, i);
        }
    }
    return ferror(stdout) || fclose(stdout) ? 1 : 0;
}
