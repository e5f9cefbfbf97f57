/* SPDX-License-Identifier: Apache-2.0
 * key=value pairs in the dialects of struct argot_kv, in one pass. Nothing but a missing first key is an error: what
 * is no pair is a bare word. Blanks are blanks, tabs and the byte 0x1d, which auditd puts before interpreted pairs.
 * Where another text than a blank separates pairs, blanks around keys and unquoted values are not part of them. */
#include "decode/record_flat.h"
#include <string.h>

struct kv {
    struct argot_record_build build;
    struct argot_record_flat_read *flat; /* where the record goes; NULL: it becomes a tree */
    const struct argot_kv *dialect;
    const uint8_t *at;
    bool blank_pairs;  /* any blanks separate pairs */
    bool blank_values; /* any blanks separate a key from its value */
    /* The next of each at or behind `at`, so that no search begins twice; NULL: not looked for yet. */
    const uint8_t *next_pair, *next_value;
    bool no_wrap_end; /* no wrapped value ends further right */
    uint32_t pairs;
    uint8_t *words; /* bare words joined so far, when there are several */
};

static bool
is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == 0x1d;
}

static const uint8_t *
skip_blanks(const uint8_t *at, const uint8_t *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

/* The next blank, or the end. */
static const uint8_t *
find_blank(const uint8_t *at, const uint8_t *end)
{
#ifdef ARGOT_LANES
    for (; end - at >= ARGOT_LANES; at += ARGOT_LANES) {
        argot_lanes bytes = argot_lanes_load(at);
        argot_lanes blank = (argot_lanes)(bytes == argot_lanes_of(' ')) | (argot_lanes)(bytes == argot_lanes_of('\t')) |
                            (argot_lanes)(bytes == argot_lanes_of(0x1d));
        unsigned hits = argot_lanes_mask(blank);
        if (hits)
            return at + __builtin_ctz(hits);
    }
#endif
    while (at < end && !is_blank(*at))
        at++;
    return at;
}

static const uint8_t *
trim_end(const uint8_t *begin, const uint8_t *end)
{
    while (end > begin && is_blank(end[-1]))
        end--;
    return end;
}

static bool
stands_at(const uint8_t *at, const uint8_t *end, struct argot_slice text)
{
    return text.length && (size_t)(end - at) >= text.length && !memcmp(at, text.at, text.length);
}

static const uint8_t *
find_text(const uint8_t *at, const uint8_t *end, struct argot_slice text, const uint8_t **next)
{
    const uint8_t *known = *next;
    if (known && known >= at)
        return known;
    const uint8_t *found = text.length ? memmem(at, (size_t)(end - at), text.at, text.length) : NULL;
    return *next = found ? found : end;
}

static bool
is_any_blank(struct argot_slice separator)
{
    return separator.length == 0 || (separator.length == 1 && separator.at[0] == ' ');
}

/* Where the pair separator next stands, or the end. */
static const uint8_t *
find_pair_end(struct kv *kv, const uint8_t *at)
{
    const uint8_t *end = kv->build.end;
    if (!kv->blank_pairs)
        return find_text(at, end, kv->dialect->pair_separator, &kv->next_pair);
    return find_blank(at, end);
}

/* Whether a pair may end here: at a separator, with the trailing byte before it, or at the end. */
static bool
ends_pair(const struct kv *kv, const uint8_t *at)
{
    const uint8_t *end = kv->build.end;
    if (at < end && kv->dialect->trailing && *at == kv->dialect->trailing)
        at++;
    if (at < end && !kv->blank_pairs)
        return stands_at(at, end, kv->dialect->pair_separator) ||
               stands_at(skip_blanks(at, end), end, kv->dialect->pair_separator) || skip_blanks(at, end) == end;
    return at == end || is_blank(*at);
}

/* ---- keys ---- */

/* The end of a key that begins at `at`, and the place behind the value separator; NULL: a bare word, up to *behind. */
static const uint8_t *
find_key_end(struct kv *kv, const uint8_t *at, const uint8_t **behind)
{
    const uint8_t *end = kv->build.end, *key_end = NULL;
    struct argot_slice separator = kv->dialect->value_separator;
    if (kv->blank_pairs && !kv->blank_values) {
        const uint8_t *stop = at;
        while (stop < end && !stands_at(stop, end, separator) && !is_blank(*stop))
            stop++;
        *behind = stop;
        if (stands_at(stop, end, separator))
            key_end = stop;
    } else {
        *behind = find_pair_end(kv, at);
        if (kv->blank_values)
            for (key_end = at; key_end < *behind && !is_blank(*key_end);)
                key_end++;
        else
            key_end = find_text(at, end, separator, &kv->next_value);
        if (kv->blank_values && kv->blank_pairs)
            *behind = find_pair_end(kv, skip_blanks(key_end, end));
        if (key_end >= *behind)
            key_end = NULL;
    }
    if (!key_end || key_end == at)
        return NULL;
    *behind = kv->blank_values ? skip_blanks(key_end, end) : key_end + separator.length;
    return key_end;
}

/* ---- values ---- */

static bool
value_rest(struct kv *kv, struct argot_slice *value)
{
    *value = argot_record_build_slice(kv->at, kv->build.end);
    kv->at = kv->build.end;
    return true;
}

/* The first closing byte behind which a pair may end. Once there is none, there is none further right. */
static const uint8_t *
find_wrap_end(struct kv *kv, const uint8_t *at)
{
    const uint8_t *end = kv->build.end;
    if (kv->no_wrap_end)
        return NULL;
    for (; (at = memchr(at, kv->dialect->wrap[1], (size_t)(end - at))) != NULL; at++)
        if (ends_pair(kv, at + 1))
            return at;
    kv->no_wrap_end = true;
    return NULL;
}

static const uint8_t *
find_quote_end(const struct kv *kv, const uint8_t *at)
{
    const uint8_t *end = kv->build.end;
    uint8_t quote = kv->dialect->quote, escape = kv->dialect->escape == ARGOT_ESCAPE_BACKSLASH ? '\\' : quote;
    bool doubled = kv->dialect->escape == ARGOT_ESCAPE_DOUBLED;
    for (;; at += 2) {
        at = argot_record_build_find(at, end, quote, escape);
        bool closes = at < end && (*at != '\\' || kv->dialect->escape != ARGOT_ESCAPE_BACKSLASH);
        if (closes && !(doubled && end - at > 1 && at[1] == quote))
            return at;
        if (end - at < 2)
            return end;
    }
}

static bool
value_quoted(struct kv *kv, struct argot_slice *value)
{
    const uint8_t *open = kv->at, *end = kv->build.end;
    const uint8_t *close = find_quote_end(kv, open + 1);
    kv->at = close < end ? close + 1 : end;
    if (kv->at < end && kv->dialect->trailing && *kv->at == kv->dialect->trailing)
        kv->at++;
    if (kv->dialect->keep_quotes) {
        *value = argot_record_build_slice(open, close < end ? close + 1 : end);
        return true;
    }
    return argot_record_build_unescape(&kv->build, argot_record_build_slice(open + 1, close), kv->dialect->quote,
                                       (enum argot_escape)kv->dialect->escape, value);
}

static bool
value_plain(struct kv *kv, struct argot_slice *value)
{
    const uint8_t *begin = kv->at, *end = find_pair_end(kv, begin);
    kv->at = end;
    if (!kv->blank_pairs)
        end = trim_end(begin, end);
    if (end > begin && kv->dialect->trailing && end[-1] == kv->dialect->trailing)
        end--;
    *value = argot_record_build_slice(begin, end);
    return true;
}

static bool
read_value(struct kv *kv, struct argot_slice key, struct argot_slice *value)
{
    const struct argot_kv *dialect = kv->dialect;
    const uint8_t *end = kv->build.end;
    if (!kv->blank_pairs) {
        const uint8_t *begin = skip_blanks(kv->at, end);
        /* A separator that begins with a blank may stand right here, behind an empty value. */
        const uint8_t *separator = find_pair_end(kv, kv->at);
        kv->at = begin < separator ? begin : separator;
    }
    if (dialect->last_key.at && key.length == dialect->last_key.length &&
        !memcmp(key.at, dialect->last_key.at, key.length))
        return value_rest(kv, value);
    if (kv->at < end && dialect->wrap[0] && *kv->at == dialect->wrap[0]) {
        const uint8_t *close = find_wrap_end(kv, kv->at + 1);
        if (close) {
            *value = argot_record_build_slice(kv->at + 1, close);
            kv->at = close + 1;
            if (kv->at < end && dialect->trailing && *kv->at == dialect->trailing)
                kv->at++;
            return true;
        }
    }
    if (kv->at < end && dialect->quote && *kv->at == dialect->quote)
        return value_quoted(kv, value);
    return value_plain(kv, value);
}

/* ---- bare words ---- */

static bool
add_word(struct kv *kv, const uint8_t *begin, const uint8_t *end)
{
    struct argot_slice *words = &kv->build.record->bare_words;
    if (begin == end)
        return true;
    kv->build.record->nwords++;
    if (!kv->dialect->bare_words)
        return true;
    if (!words->at) {
        *words = argot_record_build_slice(begin, end);
        return true;
    }
    if (!kv->words) {
        /* All words and the blanks between them are never more than the text. */
        size_t most = (size_t)(kv->build.end - kv->build.begin) + 1;
        kv->words = argot_arena_alloc(kv->build.context->arena, most + 1 + ARGOT_PADDING);
        if (!kv->words) {
            kv->build.no_memory = true;
            return false;
        }
        memset(kv->words + most, 0, 1 + ARGOT_PADDING);
        memcpy(kv->words, words->at, words->length);
        words->at = kv->words;
    }
    uint8_t *to = kv->words + words->length;
    *to++ = ' ';
    memcpy(to, begin, (size_t)(end - begin));
    words->length += (uint32_t)(end - begin) + 1;
    kv->words[words->length] = '\n';
    return true;
}

/* ---- the whole ---- */

static bool
add_pair(struct kv *kv, const struct argot_layout_step *step, struct argot_slice key, const uint8_t *behind)
{
    struct argot_slice value;
    kv->at = behind;
    if (!read_value(kv, key, &value))
        return false;
    kv->pairs++;
    if (step)
        return argot_record_flat_take(kv->flat, step, key, value);
    if (kv->flat)
        return argot_record_flat_learn(kv->flat, key, behind, value);
    return argot_record_build_node(&kv->build, 0, ARGOT_NODE_STRING, key, value) ||
           argot_record_build_full(&kv->build, key.at);
}

static bool
read_pair(struct kv *kv)
{
    const uint8_t *begin = kv->at, *behind;
    const struct argot_layout_step *step = kv->flat ? argot_record_flat_step(kv->flat, begin) : NULL;
    if (step)
        return add_pair(kv, step, (struct argot_slice){begin, step->key_length}, begin + step->length);
    const uint8_t *key_end = find_key_end(kv, begin, &behind);
    if (!key_end) {
        /* An empty key makes the whole word bare. */
        const uint8_t *end = find_pair_end(kv, begin);
        kv->at = end;
        return add_word(kv, begin, kv->blank_pairs ? end : trim_end(begin, end));
    }
    return add_pair(kv, NULL, argot_record_build_slice(begin, trim_end(begin, key_end)), behind);
}

static bool
find_first_key(struct kv *kv)
{
    struct argot_slice key = kv->dialect->first_key, separator = kv->dialect->value_separator;
    const uint8_t *begin = kv->build.begin, *end = kv->build.end;
    if (!key.at || !key.length)
        return true;
    for (const uint8_t *at = begin; (at = memmem(at, (size_t)(end - at), key.at, key.length)) != NULL; at++) {
        const uint8_t *behind = at + key.length;
        bool separated = kv->blank_values ? behind < end && is_blank(*behind) : stands_at(behind, end, separator);
        if (separated && (at == begin || is_blank(at[-1]))) {
            kv->at = at;
            return true;
        }
    }
    return argot_record_build_bad(&kv->build, begin, "the first key");
}

/* To the next pair, over separators; a separator may itself begin with a blank. */
static void
skip_separators(struct kv *kv)
{
    const uint8_t *at = kv->at, *end = kv->build.end;
    struct argot_slice separator = kv->dialect->pair_separator;
    if (kv->blank_pairs) {
        kv->at = skip_blanks(at, end);
        return;
    }
    for (;;) {
        if (stands_at(at, end, separator))
            at += separator.length;
        else if (at < end && is_blank(*at))
            at++;
        else
            break;
    }
    kv->at = at;
}

static bool
read_pairs(struct kv *kv)
{
    if (!find_first_key(kv))
        return false;
    for (skip_separators(kv); kv->at < kv->build.end; skip_separators(kv))
        if (!read_pair(kv))
            return false;
    return true;
}

static void
begin(struct kv *kv, const struct argot_kv *dialect)
{
    kv->dialect = dialect;
    kv->at = kv->build.begin;
    kv->blank_pairs = is_any_blank(dialect->pair_separator);
    kv->blank_values = is_any_blank(dialect->value_separator);
}

enum argot_decode_status
argot_record_kv(const struct argot_decode *context, const struct argot_kv *dialect, struct argot_slice text,
                struct argot_record *record)
{
    struct kv kv = {0};
    if (!argot_record_build_start(&kv.build, context, text, record))
        return ARGOT_DECODE_NO_MEMORY;
    begin(&kv, dialect);
    bool good = read_pairs(&kv);
    return argot_record_build_end(&kv.build, good, kv.pairs);
}

bool
argot_record_kv_pick(const struct argot_decode *context, const struct argot_kv *dialect,
                     const struct argot_record_flat *flat, struct argot_record_room *room, struct argot_slice text,
                     struct argot_record *record)
{
    struct argot_record_flat_read read;
    struct kv kv = {.flat = &read};
    if (!argot_record_flat_begin(&read, context, room, flat, text, record))
        return false;
    kv.build = read.build;
    begin(&kv, dialect);
    bool good = read_pairs(&kv);
    return argot_record_flat_end(&read, good);
}
