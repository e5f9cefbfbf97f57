/* SPDX-License-Identifier: Apache-2.0
 * Any text for any type and in any way of writing: the first byte is what it is for, the second the type or way. What
 * is decoded can be written and decoded again; texts never grow; pieces lie in the text; lexers find what decoders
 * read. For strptime the directives stand before the first newline. */
#include "argot/read.h"
#include "decode/decode.h"
#include "decode/number.h"
#include "event/format.h"
#include "fuzz_case.h"
#include <string.h>

enum purpose { TYPE, TIME, STRPTIME, DURATION, BYTES, TEXT, DECODE, CASE, PIECES, PURPOSES };

static bool
lies_in(struct argot_slice piece, struct argot_slice text)
{
    return piece.at >= text.at && piece.at + piece.length <= text.at + text.length;
}

/* ---- types ---- */

/* The value as text again, or 0 for types whose text is what was given. */
static size_t
write_slot(enum argot_type type, const struct argot_slot *slot, char *text)
{
    switch (type) {
    case ARGOT_TYPE_INT:
    case ARGOT_TYPE_DURATION:
        return argot_format_i64(slot->i64, text);
    case ARGOT_TYPE_UINT:
    case ARGOT_TYPE_BYTES:
    case ARGOT_TYPE_PORT:
    case ARGOT_TYPE_BOOL:
        return argot_format_u64(slot->u64, text);
    case ARGOT_TYPE_IP:
    case ARGOT_TYPE_IP_LIST:
        return argot_format_ip(slot->ip, text);
    case ARGOT_TYPE_MAC:
        return argot_format_mac(slot->u64, text);
    case ARGOT_TYPE_TIMESTAMP:
        return argot_format_time(slot->i64, text);
    default:
        return 0;
    }
}

static void
fuzz_type(const struct argot_decode *context, unsigned which, struct argot_slice text)
{
    enum argot_type type = (enum argot_type)(which % (ARGOT_TYPE_COUNT + 1));
    int field = which & 0x40 ? argot_schema_find("log_level") : which & 0x80 ? argot_schema_find("event_outcome") : -1;
    struct argot_slot slot = {0}, again = {0};
    if (argot_decode_type(context, type, field, text, &slot) != ARGOT_DECODED)
        return;
    char room[ARGOT_FORMAT_ROOM];
    size_t length = write_slot(type, &slot, room);
    if (!length)
        return;
    struct argot_slice written = {(const uint8_t *)room, (uint32_t)length};
    check(argot_decode_type(context, type, field, written, &again) == ARGOT_DECODED);
    check(!memcmp(&again, &slot, sizeof slot));
}

/* ---- times ---- */

static const uint8_t *
find_end(enum argot_how how, const uint8_t *p, const uint8_t *end, struct argot_slice directives)
{
    switch (how) {
    case ARGOT_HOW_CLF:
        return argot_lex_clf(p, end);
    case ARGOT_HOW_RFC3164:
        return argot_lex_rfc3164(p, end);
    case ARGOT_HOW_RFC5424:
        return argot_lex_iso(p, end, false);
    case ARGOT_HOW_STRPTIME:
        return argot_lex_strptime(p, end, (const char *)directives.at, directives.length);
    case ARGOT_HOW_EPOCH:
    case ARGOT_HOW_EPOCH_MS:
    case ARGOT_HOW_EPOCH_US:
    case ARGOT_HOW_EPOCH_NS:
        return argot_lex_epoch(p, end);
    default:
        return argot_lex_iso(p, end, true);
    }
}

static void
fuzz_time(const struct argot_decode *context, enum argot_how how, struct argot_slice directives,
          struct argot_slice text)
{
    argot_time time = -1, again;
    if (argot_decode_time(context, how, directives, text, &time) != ARGOT_DECODED)
        return;
    check(time >= 0);
    char iso[ARGOT_FORMAT_ROOM + 1];
    iso[argot_format_time(time, iso)] = 0;
    check(argot_time_parse(iso, &again) && again == time);
    bool number = how >= ARGOT_HOW_EPOCH && how <= ARGOT_HOW_EPOCH_NS;
    if (number && (memchr(text.at, 'e', text.length) || memchr(text.at, 'E', text.length)))
        return; /* exponents are for JSON alone */
    uint8_t *padded = argot_arena_zalloc(context->arena, text.length + (size_t)ARGOT_PADDING, 1);
    check(padded != NULL);
    memcpy(padded, text.at, text.length);
    check(find_end(how, padded, padded + text.length, directives) == padded + text.length);
}

static void
fuzz_strptime(const struct argot_decode *context, struct argot_slice text)
{
    const uint8_t *newline = text.length ? memchr(text.at, '\n', text.length) : NULL;
    if (!newline)
        return;
    struct argot_slice directives = {text.at, (uint32_t)(newline - text.at)};
    struct argot_slice rest = {newline + 1, text.length - directives.length - 1};
    fuzz_time(context, ARGOT_HOW_STRPTIME, directives, rest);
}

/* ---- the short paths of extractors ---- */

/* What they read is what the decoder reads from the same bytes. */
static void
fuzz_quick(const struct argot_decode *context, struct argot_slice text)
{
    uint8_t *p = argot_arena_zalloc(context->arena, text.length + (size_t)ARGOT_PADDING, 1), ip[16], ip_again[16];
    check(p != NULL);
    memcpy(p, text.at, text.length);
    const uint8_t *e = p + text.length, *q;
    struct argot_scan_memo memo = {0};
    struct argot_decode remembering = *context;
    argot_time time, time_again;
    uint64_t number, number_again;
    if ((q = argot_read_clf(p, e, &memo, &time)))
        check(argot_read_clf(p, e, &memo, &time_again) == q && time == time_again &&
              argot_decode_time(context, ARGOT_HOW_CLF, text, (struct argot_slice){p, (uint32_t)(q - p)},
                                &time_again) == ARGOT_DECODED &&
              time == time_again);
    remembering.memo = &memo;
    if ((q = argot_lex_rfc3164(p, e))) {
        struct argot_slice lexed = {p, (uint32_t)(q - p)};
        bool good = argot_decode_time(&remembering, ARGOT_HOW_RFC3164, text, lexed, &time) == ARGOT_DECODED;
        const uint8_t *behind = argot_read_rfc3164(p, e, &memo, &time_again);
        check(!behind || (good && behind == q && time == time_again));
    }
    if ((q = argot_read_uint(p, e, UINT64_MAX, &number)))
        check(argot_number_uint((struct argot_slice){p, (uint32_t)(q - p)}, &number_again) && number == number_again &&
              q == argot_lex_uint(p, e));
    q = argot_lex_class_run(p, e, ARGOT_LEX_HOST);
    check(!argot_read_is_host(p, q) || !argot_ip_parse(p, (size_t)(q - p), ip));
    if ((q = argot_read_ipv4(p, e, ip)))
        check(argot_ip_parse(p, (size_t)(q - p), ip_again) && !memcmp(ip, ip_again, sizeof ip));
}

/* ---- numbers in units ---- */

static void
fuzz_duration(enum argot_how how, struct argot_slice text)
{
    int64_t ns, again;
    if (argot_decode_duration(how, text, &ns) != ARGOT_DECODED)
        return;
    char room[ARGOT_FORMAT_ROOM];
    struct argot_slice written = {(const uint8_t *)room, (uint32_t)argot_format_i64(ns, room)};
    check(argot_decode_duration(ARGOT_HOW_NS, written, &again) == ARGOT_DECODED && again == ns);
}

static void
fuzz_bytes(enum argot_how how, struct argot_slice text)
{
    uint64_t bytes, again;
    if (argot_decode_bytes(how, text, &bytes) != ARGOT_DECODED)
        return;
    char room[ARGOT_FORMAT_ROOM];
    struct argot_slice written = {(const uint8_t *)room, (uint32_t)argot_format_u64(bytes, room)};
    check(argot_decode_bytes(ARGOT_HOW_B, written, &again) == ARGOT_DECODED && again == bytes);
}

/* ---- texts ---- */

static void
check_text(struct argot_slice text, struct argot_slice out)
{
    check(out.length <= text.length);
    if (lies_in(out, text))
        return;
    check(out.at[out.length] == '\n');
    for (unsigned i = 1; i <= ARGOT_PADDING; i++)
        check(out.at[out.length + i] == 0);
}

static void
fuzz_text(const struct argot_decode *context, enum purpose purpose, unsigned which, struct argot_slice text)
{
    struct argot_slice out;
    enum argot_decode_status status;
    if (purpose == TEXT)
        status = argot_decode_text(context, (enum argot_how)(which % (ARGOT_HOW_LINE + 1)), text, &out);
    else if (purpose == DECODE)
        status = argot_decode_apply(context, (uint8_t)(which % 8), text, &out);
    else
        status = argot_decode_lower(context, text, which & 1, &out);
    check(status != ARGOT_DECODE_NO_MEMORY);
    if (status == ARGOT_DECODED)
        check_text(text, out);
}

/* ---- pieces ---- */

static void
fuzz_pieces(unsigned which, struct argot_slice text)
{
    struct argot_slice pieces[4] = {{NULL, 0}};
    uint64_t facility, severity;
    bool good;
    switch (which % 4) {
    case 0:
        good = argot_decode_endpoint(text, &pieces[0], &pieces[1]);
        break;
    case 1:
        good = argot_decode_account(text, &pieces[0], &pieces[1]);
        break;
    case 2:
        good = argot_decode_url(text, &pieces[0], &pieces[1], &pieces[2], &pieces[3]);
        break;
    default:
        if (argot_decode_pri(text, &facility, &severity))
            check(facility < 24 && severity < 8);
        return;
    }
    bool some = false;
    for (unsigned i = 0; good && i < 4; i++) {
        some = some || pieces[i].at;
        check(!pieces[i].at ? !pieces[i].length : pieces[i].length && lies_in(pieces[i], text));
    }
    check(some == good);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct argot_arena arena;
    uint64_t leap_seconds = 0;
    argot_arena_init(&arena, argot_seam_system(), 0);
    struct argot_decode context = {
        .arena = &arena, .received = INT64_C(1767225600000000000), .leap_seconds = &leap_seconds};
    struct argot_slice text = {data + 2, (uint32_t)(size - 2)}, nothing = {NULL, 0};
    enum argot_how how = (enum argot_how)(data[1] % (ARGOT_HOW_LINE + 1));
    enum purpose purpose = (enum purpose)(data[0] % PURPOSES);
    switch (purpose) {
    case TYPE:
        fuzz_type(&context, data[1], text);
        fuzz_quick(&context, text);
        break;
    case TIME:
        if (how != ARGOT_HOW_STRPTIME)
            fuzz_time(&context, how, nothing, text);
        break;
    case STRPTIME:
        fuzz_strptime(&context, text);
        break;
    case DURATION:
        fuzz_duration(how, text);
        break;
    case BYTES:
        fuzz_bytes(how, text);
        break;
    case PIECES:
        fuzz_pieces(data[1], text);
        break;
    default:
        fuzz_text(&context, purpose, data[1], text);
        break;
    }
    argot_arena_finish(&arena);
    return 0;
}
