/* SPDX-License-Identifier: Apache-2.0
 * Regular expressions: PCRE2 with its compiler to machine code, bounded, and the linear machine where that would take
 * too long. Both find the same. This is the one file that knows PCRE2. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "correlate/judge_machine.h"
#include "correlate/judge_parts.h"
#include <pcre2.h>
#include <stdio.h>
#include <string.h>

#define MAX_HEAP_KIB 1024 /* of a search without machine code */
#define OVECTOR_PAIRS 2   /* the whole, the first group */

/* What all expressions of a judge share. */
struct argot_judge_engine {
    struct argot_judge *judge;
    pcre2_general_context *general;
    pcre2_compile_context *compile;
    pcre2_match_context *match;
    pcre2_match_data *data;
    struct argot_judge_regex *last; /* all expressions, newest first */
};

struct argot_judge_regex {
    struct argot_judge_regex *before;
    pcre2_code *code;
    const struct argot_judge_machine *machine;
    bool slow;       /* PCRE2 may be wrong about it */
    bool has_needed; /* a byte that every match has */
    uint8_t needed;
    bool has_group;
};

/* ---- memory, through the seam ---- */

static void *
allocate(PCRE2_SIZE size, void *data)
{
    struct argot_seam *seam = data;
    return seam->allocate(seam, size ? size : 1);
}

static void
release(void *block, void *data)
{
    struct argot_seam *seam = data;
    seam->release(seam, block);
}

bool
argot_judge_regex_start(struct argot_judge *judge)
{
    struct argot_judge_engine *engine = argot_arena_zalloc(&judge->tables, 1, sizeof *engine);
    if (!engine)
        return false;
    judge->regexes = engine;
    engine->general = pcre2_general_context_create(allocate, release, judge->seam);
    if (!engine->general)
        return false;
    engine->compile = pcre2_compile_context_create(engine->general);
    engine->match = pcre2_match_context_create(engine->general);
    engine->data = pcre2_match_data_create(OVECTOR_PAIRS, engine->general);
    if (!engine->compile || !engine->match || !engine->data)
        return false;
    pcre2_set_newline(engine->compile, PCRE2_NEWLINE_LF);
    pcre2_set_bsr(engine->compile, PCRE2_BSR_ANYCRLF);
    pcre2_set_heap_limit(engine->match, MAX_HEAP_KIB);
    return true;
}

void
argot_judge_regex_finish(struct argot_judge *judge)
{
    struct argot_judge_engine *engine = judge->regexes;
    if (!engine)
        return;
    for (struct argot_judge_regex *regex = engine->last; regex; regex = regex->before)
        pcre2_code_free(regex->code);
    pcre2_match_data_free(engine->data);
    pcre2_match_context_free(engine->match);
    pcre2_compile_context_free(engine->compile);
    pcre2_general_context_free(engine->general);
}

/* ---- compiling ---- */

static uint32_t
options_of(const struct argot_expr_pattern *pattern, bool fold)
{
    uint32_t options = PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP | PCRE2_DUPNAMES;
    if (fold || pattern->fold)
        options |= PCRE2_CASELESS;
    if (pattern->multiline)
        options |= PCRE2_MULTILINE;
    return pattern->dotall ? options | PCRE2_DOTALL : options;
}

static struct argot_judge_regex *
refuse(const struct argot_expr_pattern *pattern, const char *what, char *why, size_t why_size)
{
    int shown = pattern->text.length < 64 ? (int)pattern->text.length : 64;
    snprintf(why, why_size, "/%.*s/: %s", shown, pattern->text.at, what);
    return NULL;
}

struct argot_judge_regex *
argot_judge_regex_new(struct argot_judge *judge, const struct argot_expr_pattern *pattern, bool fold, char *why,
                      size_t why_size)
{
    struct argot_judge_engine *engine = judge->regexes;
    struct argot_judge_regex *regex = argot_arena_zalloc(&judge->tables, 1, sizeof *regex);
    const char *reason = "out of memory";
    int error;
    PCRE2_SIZE offset;
    if (!regex)
        return refuse(pattern, reason, why, why_size);
    regex->machine = argot_judge_machine_new(&judge->tables, pattern, fold, &reason);
    if (!regex->machine)
        return refuse(pattern, reason, why, why_size);
    regex->code = pcre2_compile((PCRE2_SPTR)pattern->text.at, pattern->text.length, options_of(pattern, fold), &error,
                                &offset, engine->compile);
    if (!regex->code) {
        PCRE2_UCHAR words[128] = "";
        pcre2_get_error_message(error, words, sizeof words);
        return refuse(pattern, (const char *)words, why, why_size);
    }
    regex->before = engine->last;
    engine->last = regex;
    uint32_t kind = 0, byte = 0, groups = 0;
    (void)pcre2_pattern_info(regex->code, PCRE2_INFO_LASTCODETYPE, &kind);
    (void)pcre2_pattern_info(regex->code, PCRE2_INFO_LASTCODEUNIT, &byte);
    (void)pcre2_pattern_info(regex->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    regex->slow = argot_judge_machine_skips(regex->machine);
    regex->has_needed = kind == 1 && !regex->slow && !(options_of(pattern, fold) & PCRE2_CASELESS);
    regex->needed = (uint8_t)byte;
    regex->has_group = groups;
    (void)pcre2_jit_compile(regex->code, PCRE2_JIT_COMPLETE); /* without it a search takes longer */
    return regex;
}

/* ---- searching ---- */

/* The limit is one for each place where a match may begin: fewer steps where there are many of them, but enough to go
 * over the text and back. */
static uint32_t
steps_for(uint32_t length)
{
    uint32_t share = ARGOT_JUDGE_REGEX_STEPS / (length + 1), least = 2 * length + 64;
    return share > least ? share : least;
}

/* groups: begin and end of the whole and of the first group, UINT32_MAX: none; NULL: not wanted. */
static bool
search_slowly(struct argot_judge *judge, const struct argot_judge_regex *regex, struct argot_slice text,
              uint32_t *groups)
{
    if (regex->has_needed && !memchr(text.at, regex->needed, text.length))
        return false;
    bool failed, found = argot_judge_machine_run(&judge->scratch, regex->machine, text, groups, &failed);
    judge->head.failed = judge->head.failed || failed;
    if (judge->texts != &judge->scratch)
        argot_arena_reset(&judge->scratch);
    return found;
}

static bool
search(struct argot_judge *judge, const struct argot_judge_regex *regex, struct argot_slice text, uint32_t *groups)
{
    struct argot_judge_engine *engine = judge->regexes;
    if (text.length > ARGOT_JUDGE_REGEX_LONG || regex->slow)
        return search_slowly(judge, regex, text, groups);
    pcre2_set_match_limit(engine->match, steps_for(text.length));
    int status = pcre2_match(regex->code, text.at, text.length, 0, 0, engine->data, engine->match);
    if (status == PCRE2_ERROR_NOMATCH)
        return false;
    if (status < 0) {
        judge->head.failed = judge->head.failed || status == PCRE2_ERROR_NOMEMORY;
        judge->counts.regex_limits++;
        return search_slowly(judge, regex, text, groups);
    }
    const PCRE2_SIZE *found = pcre2_get_ovector_pointer(engine->data);
    for (int i = 0; groups && i < 2 * OVECTOR_PAIRS; i++)
        groups[i] = found[i] == PCRE2_UNSET || (status == 1 && i >= 2) ? UINT32_MAX : (uint32_t)found[i];
    return true;
}

bool
argot_judge_regex_search(struct argot_judge *judge, const struct argot_judge_regex *regex, struct argot_slice text)
{
    return search(judge, regex, text, NULL);
}

struct argot_slice
argot_judge_regex_extract(struct argot_judge *judge, const struct argot_judge_regex *regex, struct argot_slice text)
{
    uint32_t groups[2 * OVECTOR_PAIRS];
    struct argot_slice nothing = {NULL, 0};
    if (!search(judge, regex, text, groups))
        return nothing;
    const uint32_t *group = groups + (regex->has_group ? 2 : 0);
    return group[0] == UINT32_MAX ? nothing : (struct argot_slice){text.at + group[0], group[1] - group[0]};
}
