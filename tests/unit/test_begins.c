/* SPDX-License-Identifier: Apache-2.0
 * Which formats on the bare line a text may be of by its begin: no format that reads a text is ever ruled out, and what
 * is ruled out its own automaton refuses, for examples of all stock formats, what is made of them, and any bytes. */
#include "normalize/worker.h"
#include "test_case.h"
#include "test_seam.h"

extern const struct argot_normalizer *const argot_stock_formats[];
extern const size_t argot_stock_count;

#define TEXT_BYTES 2048
#define MUTANTS 6
#define RANDOM_TEXTS 60000
#define WALK_BYTES 24

static struct argot_test_seam seam;
static struct argot_registry *registry;
static struct argot_begins_known *known;
static uint8_t text[TEXT_BYTES];
static uint64_t seed = 7;
static size_t ruled_out, taken;

static void
set_up(void)
{
    char why[256];
    argot_test_seam_init(&seam);
    registry = argot_registry_new(&seam.seam);
    for (size_t i = 0; i < argot_stock_count; i++)
        ck_assert_msg(argot_registry_add(registry, argot_stock_formats[i], why, sizeof why), "%s", why);
    ck_assert_msg(argot_registry_seal(registry, why, sizeof why), "%s", why);
    known = argot_begins_new(registry);
    ck_assert_ptr_nonnull(known);
    ruled_out = taken = 0;
}

static void
tear_down(void)
{
    argot_begins_free(known);
    argot_registry_free(registry);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

static bool
has(const uint64_t *set, uint32_t format)
{
    return set[format / 64] >> format % 64 & 1;
}

/* Whether a format refuses a text by its first bytes: one DFA, walked plainly. */
static bool
refuses(const struct argot_bound *bound, struct argot_slice line)
{
    const struct argot_begins *begins = bound->begins;
    if (!begins)
        return !argot_bound_may_have(bound, 0, line.at[0]);
    unsigned state = 1;
    for (uint32_t i = 0; i < line.length && i < WALK_BYTES && line.at[i] != '\n'; i++) {
        state = begins->next[(state - 1) * begins->nclasses + begins->class_of[line.at[i]]];
        if (state == ARGOT_BEGINS_NONE || state == ARGOT_BEGINS_ANY)
            break;
    }
    return state == ARGOT_BEGINS_NONE;
}

static void
check_refused(struct argot_slice line)
{
    const uint64_t *set = argot_begins_candidates(known, line);
    for (uint32_t i = 0; i < registry->norder; i++) {
        ck_assert_msg(has(set, i) || refuses(registry->order[i], line), "%s is ruled out of `%.*s`",
                      registry->order[i]->normalizer->name, (int)line.length, (const char *)line.at);
        ruled_out += !has(set, i);
    }
}

/* A format that is named is tried first, whatever a text begins with. An event with no envelope around it is one that
 * it reads on the bare line. */
static void
check_taken(struct argot_worker *worker, struct argot_batch *batch, const struct argot_bound *bound,
            struct argot_slice line)
{
    uint32_t at = 0;
    argot_batch_reset(batch);
    ck_assert(argot_worker_record(worker, batch, line.at, line.length, 1, 1));
    if (!batch->count || batch->results[0].outcome != ARGOT_EVENT)
        return;
    const struct argot_shape_plan *plan = (const struct argot_shape_plan *)batch->results[0].event->shape;
    if (plan->depth || strcmp(plan->shape.format, bound->normalizer->name) != 0)
        return;
    while (registry->order[at] != bound)
        at++;
    ck_assert_msg(has(argot_begins_candidates(known, line), at), "%s is ruled out of its own `%.*s`",
                  bound->normalizer->name, (int)line.length, (const char *)line.at);
    taken++;
}

/* A line with some bytes of its begin changed, and a newline behind it, as blocks have. */
static struct argot_slice
mutant_of(struct argot_slice line, unsigned changes)
{
    static const char likely[] = " 0:-[]\"<>{}.,/Aa'";
    uint32_t length = line.length < TEXT_BYTES - 1 ? line.length : TEXT_BYTES - 1;
    memcpy(text, line.at, length);
    text[length] = '\n';
    for (unsigned i = 0; i < changes && length; i++) {
        uint32_t at = (uint32_t)test_random(&seed) % (length < 40 ? length : 40);
        text[at] = test_random(&seed) % 2 ? (uint8_t)likely[test_random(&seed) % (sizeof likely - 1)]
                                          : line.at[test_random(&seed) % line.length];
        if (text[at] == '\n')
            text[at] = ' ';
    }
    while (length && (text[length - 1] <= ' '))
        text[--length] = '\n';
    return (struct argot_slice){text, length};
}

/* Each format on the examples of all of them. */
static void
check_format(const struct argot_bound *bound)
{
    struct argot_settings settings = {.received = 1764000000000000000, .format = bound->normalizer->name};
    struct argot_worker *worker = argot_worker_new(registry, &settings);
    struct argot_batch batch;
    ck_assert_ptr_nonnull(worker);
    argot_batch_init(&batch, &seam.seam);
    for (size_t i = 0; i < argot_stock_count; i++)
        for (uint16_t k = 0; k < argot_stock_formats[i]->nexamples; k++)
            for (unsigned changes = 0; changes < MUTANTS; changes++) {
                struct argot_slice line = mutant_of(argot_stock_formats[i]->examples[k].line, changes);
                if (line.length)
                    check_taken(worker, &batch, bound, line);
            }
    argot_batch_finish(&batch);
    argot_worker_free(worker);
}

START_TEST(no_format_that_reads_a_line_is_ruled_out)
{
    unsigned told = 0;
    for (uint32_t i = 0; i < registry->norder; i++) {
        told += registry->order[i]->begins != NULL;
        check_format(registry->order[i]);
    }
    ck_assert_uint_ge(told, 8);
    ck_assert_uint_gt(taken, 500);
}
END_TEST

START_TEST(what_is_ruled_out_its_format_refuses)
{
    for (size_t i = 0; i < argot_stock_count; i++)
        for (uint16_t k = 0; k < argot_stock_formats[i]->nexamples; k++)
            for (unsigned changes = 0; changes < MUTANTS; changes++) {
                struct argot_slice line = mutant_of(argot_stock_formats[i]->examples[k].line, changes);
                if (line.length)
                    check_refused(line);
            }
    ck_assert_uint_gt(ruled_out, 10000);
}
END_TEST

/* Texts that go all ways, until there is no room for another state; then what was known still holds. */
START_TEST(a_walk_without_room_rules_out_nothing_wrongly)
{
    for (unsigned i = 0; i < RANDOM_TEXTS; i++) {
        const struct argot_normalizer *format = argot_stock_formats[test_random(&seed) % argot_stock_count];
        struct argot_slice line = {text, 1 + (uint32_t)test_random(&seed) % 40};
        if (i % 4 && format->nexamples)
            line = mutant_of(format->examples[test_random(&seed) % format->nexamples].line, i % 16);
        else
            for (uint32_t k = 0; k < line.length; k++)
                text[k] = (uint8_t)test_random(&seed);
        if (line.length)
            check_refused(line);
    }
    ck_assert_uint_gt(ruled_out, RANDOM_TEXTS);
}
END_TEST

/* A decoded text may hold newlines, about which automata of lines say nothing. */
START_TEST(nothing_is_told_behind_a_newline)
{
    static const uint8_t broken[] = "a\n\x01\x02\x03";
    struct argot_slice whole = {broken, sizeof broken - 1}, first = {broken, 1};
    const uint64_t *one = argot_begins_candidates(known, whole), *other = argot_begins_candidates(known, first);
    for (uint32_t i = 0; i < registry->norder; i++)
        ck_assert_int_eq(has(one, i), has(other, i));
}
END_TEST

/* The begins of a format whose tables were changed: `state` is put at the end of its last row, `class` is the last
 * byte's. */
static bool
is_taken(const struct argot_begins *from, unsigned state, unsigned class, uint32_t abi)
{
    static uint8_t next[256 * 256], classes[256];
    const struct argot_bound *bound = NULL;
    char why[256];
    for (uint32_t i = 0; i < registry->norder; i++)
        if (registry->order[i]->begins == from)
            bound = registry->order[i];
    ck_assert_ptr_nonnull(bound);
    size_t cells = (size_t)from->nstates * from->nclasses;
    memcpy(next, from->next, cells);
    memcpy(classes, from->class_of, sizeof classes);
    next[cells - 1] = (uint8_t)state;
    classes[255] = (uint8_t) class;
    const struct argot_begins begins = {from->nstates, from->nclasses, classes, next};
    struct argot_normalizer normalizer = *bound->normalizer;
    struct argot_lexer lexer = normalizer.head ? *normalizer.head : *normalizer.body;
    lexer.begins = &begins;
    *(normalizer.head ? &normalizer.head : &normalizer.body) = &lexer;
    normalizer.abi = abi;
    return argot_check_normalizer(&normalizer, why, sizeof why);
}

START_TEST(tables_that_lead_out_of_bounds_are_refused)
{
    const struct argot_begins *begins = NULL;
    for (uint32_t i = 0; i < registry->norder; i++)
        if (registry->order[i]->begins && registry->order[i]->begins->nstates < ARGOT_BEGINS_ANY - 1)
            begins = registry->order[i]->begins;
    ck_assert_ptr_nonnull(begins);
    ck_assert(is_taken(begins, begins->nstates, 0, ARGOT_ABI));
    ck_assert(is_taken(begins, ARGOT_BEGINS_ANY, 0, ARGOT_ABI));
    ck_assert(!is_taken(begins, begins->nstates + 1u, 0, ARGOT_ABI));
    ck_assert(!is_taken(begins, 0, begins->nclasses, ARGOT_ABI));
    ck_assert(is_taken(begins, begins->nstates + 1u, 0, ARGOT_ABI_BEGINS - 1)); /* before there were any */
}
END_TEST

START_TEST(without_memory_there_is_none)
{
    for (uint64_t call = 1; call <= 4; call++) {
        seam.fail_allocation = seam.allocations + call;
        ck_assert_ptr_null(argot_begins_new(registry));
    }
    seam.fail_allocation = 0;
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("begins");
    TCase *tcase = tcase_create("begins");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, no_format_that_reads_a_line_is_ruled_out);
    tcase_add_test(tcase, what_is_ruled_out_its_format_refuses);
    tcase_add_test(tcase, a_walk_without_room_rules_out_nothing_wrongly);
    tcase_add_test(tcase, nothing_is_told_behind_a_newline);
    tcase_add_test(tcase, tables_that_lead_out_of_bounds_are_refused);
    tcase_add_test(tcase, without_memory_there_is_none);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
