/* SPDX-License-Identifier: Apache-2.0
 * A text for a type of the schema, by the type's own rule; durations and byte counts by their
 * units. */
#include "decode/text.h"
#include "decode/number.h"
#include "argot/lex.h"

static enum argot_decode_status
status_of(bool good)
{
    return good ? ARGOT_DECODED : ARGOT_DECODE_BAD;
}

/* ---- durations and byte counts ---- */

#define NS_PER_S 1000000000ull

static uint64_t
duration_unit(enum argot_how how)
{
    switch (how) {
    case ARGOT_HOW_TYPE:
    case ARGOT_HOW_NS:
        return 1;
    case ARGOT_HOW_US:
        return 1000;
    case ARGOT_HOW_MS:
        return 1000000;
    case ARGOT_HOW_S:
        return NS_PER_S;
    case ARGOT_HOW_MIN:
        return 60 * NS_PER_S;
    case ARGOT_HOW_H:
        return 3600 * NS_PER_S;
    default:
        return 0;
    }
}

/* One part of a clock: digits, a fraction if it is the last, the letter of its unit. */
struct clock_part {
    struct argot_slice number;
    bool fraction;
    uint8_t letter; /* 0: none */
};

static const uint8_t *
read_part(const uint8_t *p, const uint8_t *end, struct clock_part *part)
{
    const uint8_t *q = argot_lex_decimal(p, end);
    if (q == p || *p == '-')
        return NULL;
    part->number = (struct argot_slice){p, (uint32_t)(q - p)};
    part->fraction = memchr(p, '.', (size_t)(q - p)) != NULL;
    part->letter = q < end && (*q == 'h' || *q == 'm' || *q == 's') ? *q++ : 0;
    return q;
}

/* Up to three parts, with a colon between them; where they have letters it may be left out. */
static int
read_parts(struct argot_slice text, struct clock_part parts[3])
{
    const uint8_t *p = text.at, *end = p + text.length;
    int count = 0;
    while (count < 3) {
        p = read_part(p, end, &parts[count]);
        if (!p)
            return 0;
        count++;
        if (p == end)
            return count;
        if (*p == ':')
            p++;
        else if (!parts[count - 1].letter)
            return 0;
    }
    return 0;
}

/* Which of hours, minutes and seconds a part is: 0, 1, 2, or -1. */
static int
part_rank(const struct clock_part *part, int i, int count)
{
    if (!part->letter)
        return count > 1 ? 3 - count + i : -1;
    return part->letter == 'h' ? 0 : part->letter == 'm' ? 1 : 2;
}

/* 1:02:03, 02:03.5, 0h:01m:52s, 1h2m3s, 52s. */
static bool
decode_clock(struct argot_slice text, int64_t *ns)
{
    static const uint64_t units[] = {3600 * NS_PER_S, 60 * NS_PER_S, NS_PER_S};
    struct clock_part parts[3];
    int count = read_parts(text, parts), before = -1;
    int64_t sum = 0;
    for (int i = 0; i < count; i++) {
        int rank = part_rank(&parts[i], i, count);
        bool negative, last = i + 1 == count;
        uint64_t value, whole;
        if (rank <= before || !parts[i].letter != !parts[0].letter || (parts[i].fraction && !last) ||
            !argot_number_scaled(parts[i].number, units[rank], '.', false, &negative, &value) ||
            !argot_number_scaled(parts[i].number, 1, '.', true, &negative, &whole) || (i && whole > 59) ||
            value > INT64_MAX || __builtin_add_overflow(sum, (int64_t)value, &sum))
            return false;
        before = rank;
    }
    *ns = sum;
    return count > 0;
}

enum argot_decode_status
argot_decode_duration(enum argot_how how, struct argot_slice text, int64_t *ns)
{
    if (how == ARGOT_HOW_CLOCK)
        return status_of(decode_clock(text, ns));
    uint64_t value, unit = duration_unit(how);
    bool negative;
    if (!unit || !argot_number_scaled(text, unit, '.', false, &negative, &value) || value > INT64_MAX)
        return ARGOT_DECODE_BAD;
    *ns = negative ? -(int64_t)value : (int64_t)value;
    return ARGOT_DECODED;
}

enum argot_decode_status
argot_decode_bytes(enum argot_how how, struct argot_slice text, uint64_t *bytes)
{
    uint64_t unit;
    bool negative;
    switch (how) {
    case ARGOT_HOW_TYPE:
        return status_of(argot_number_uint(text, bytes));
    case ARGOT_HOW_B:
        unit = 1;
        break;
    case ARGOT_HOW_KB:
        unit = 1000;
        break;
    case ARGOT_HOW_KIB:
        unit = 1u << 10;
        break;
    case ARGOT_HOW_MB:
        unit = 1000000;
        break;
    case ARGOT_HOW_MIB:
        unit = 1u << 20;
        break;
    case ARGOT_HOW_GB:
        unit = 1000000000;
        break;
    case ARGOT_HOW_GIB:
        unit = 1u << 30;
        break;
    default:
        return ARGOT_DECODE_BAD;
    }
    return status_of(argot_number_scaled(text, unit, '.', false, &negative, bytes) && (!negative || !*bytes));
}

/* ---- by type ---- */

static enum argot_decode_status
decode_string(const struct argot_decode *context, int field, struct argot_slice text, struct argot_slot *slot)
{
    if (field >= 0 && argot_schema.fields[field].lower) {
        enum argot_decode_status status = argot_decode_lower(context, text, false, &text);
        if (status)
            return status;
    }
    slot->text.at = text.at;
    slot->text.length = text.length;
    slot->text.flags = 0;
    return ARGOT_DECODED;
}

static bool
is_host(struct argot_slice text)
{
    const uint8_t *end = text.at + text.length;
    return argot_lex_class_run(text.at, end, ARGOT_LEX_HOST) == end;
}

static enum argot_decode_status
decode_enum(int field, struct argot_slice text, struct argot_slot *slot)
{
    int number = field >= 0 ? argot_schema_enum((uint16_t)field, text.at, text.length) : -1;
    if (number < 0)
        return ARGOT_DECODE_BAD;
    slot->u64 = (uint64_t)number;
    return ARGOT_DECODED;
}

enum argot_decode_status
argot_decode_type(const struct argot_decode *context, enum argot_type type, int field, struct argot_slice text,
                  struct argot_slot *slot)
{
    static const struct argot_slice no_directives;
    switch (type) {
    case ARGOT_TYPE_HOST:
        if (!is_host(text))
            return ARGOT_DECODE_BAD;
        return decode_string(context, field, text, slot);
    case ARGOT_TYPE_STRING:
    case ARGOT_TYPE_KEYWORD:
    case ARGOT_TYPE_STRING_LIST:
        return decode_string(context, field, text, slot);
    case ARGOT_TYPE_ENUM:
        return decode_enum(field, text, slot);
    case ARGOT_TYPE_INT:
        return status_of(argot_number_int(text, &slot->i64));
    case ARGOT_TYPE_UINT:
        return status_of(argot_number_uint(text, &slot->u64));
    case ARGOT_TYPE_FLOAT:
        return status_of(argot_number_float(text, &slot->f64));
    case ARGOT_TYPE_BOOL:
        return status_of(argot_number_bool(text, &slot->u64));
    case ARGOT_TYPE_IP:
    case ARGOT_TYPE_IP_LIST:
        return status_of(argot_ip_parse(text.at, text.length, slot->ip));
    case ARGOT_TYPE_PORT:
        return status_of(argot_number_digits(text, UINT16_MAX, &slot->u64));
    case ARGOT_TYPE_MAC:
        return status_of(argot_number_mac(text, &slot->u64));
    case ARGOT_TYPE_TIMESTAMP:
        return argot_decode_time(context, ARGOT_HOW_TYPE, no_directives, text, &slot->i64);
    case ARGOT_TYPE_DURATION:
        return argot_decode_duration(ARGOT_HOW_TYPE, text, &slot->i64);
    case ARGOT_TYPE_BYTES:
        return argot_decode_bytes(ARGOT_HOW_TYPE, text, &slot->u64);
    case ARGOT_TYPE_NONE:
    case ARGOT_TYPE_COUNT:
        break;
    }
    return ARGOT_DECODE_BAD;
}
