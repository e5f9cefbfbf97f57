/* SPDX-License-Identifier: Apache-2.0
 * Which children of an envelope a text may concern: what the tables say must be what each child's own condition and
 * first bytes say, for the stock formats and for more of them than a word has bits. */
#include "normalize/worker.h"
#include "test_case.h"
#include "test_seam.h"
#include <stdio.h>

extern const struct argot_normalizer *const argot_stock_formats[];
extern const size_t argot_stock_count;

#define COPIES 150

static struct argot_test_seam seam;
static struct argot_registry *registry;

/* Copies of a format, inside syslog under conditions of their own. */
static struct {
    struct argot_normalizer normalizer;
    char name[16];
    struct argot_inside inside;
    struct argot_term terms[2];
    struct argot_glob values[4];
    char texts[4][8];
} copies[COPIES];

static struct argot_slice
slice_of(const char *text)
{
    return (struct argot_slice){(const uint8_t *)text, (uint32_t)strlen(text)};
}

static void
make_condition(unsigned at, uint64_t *seed)
{
    struct argot_condition *when = &copies[at].inside.when;
    const char *fields[] = {"process_name", "host_name"};
    when->terms = copies[at].terms;
    when->count = (uint16_t)(test_random(seed) % 3);
    for (unsigned i = 0; i < when->count; i++) {
        struct argot_term *term = &copies[at].terms[i];
        term->source.kind = ARGOT_SOURCE_FIELD;
        term->source.field = fields[test_random(seed) % 4 == 0];
        term->test = test_random(seed) % 8 ? ARGOT_TEST_ONE_OF : ARGOT_TEST_PRESENT;
        term->nvalues = (uint16_t)(1 + test_random(seed) % 4);
        term->values = copies[at].values;
    }
    for (unsigned i = 0; i < 4; i++) {
        struct argot_glob *glob = &copies[at].values[i];
        snprintf(copies[at].texts[i], 8, "p%u", (unsigned)(test_random(seed) % 60));
        glob->head = slice_of(copies[at].texts[i]);
        glob->star = test_random(seed) % 16 == 0;
        glob->tail = glob->star ? slice_of("1") : slice_of("");
    }
}

static void
set_up(void)
{
    uint64_t seed = 3;
    char why[256];
    const struct argot_normalizer *pattern = NULL;
    argot_test_seam_init(&seam);
    registry = argot_registry_new(&seam.seam);
    for (size_t i = 0; i < argot_stock_count; i++) {
        ck_assert_msg(argot_registry_add(registry, argot_stock_formats[i], why, sizeof why), "%s", why);
        if (!strcmp(argot_stock_formats[i]->name, "sudo"))
            pattern = argot_stock_formats[i];
    }
    ck_assert_ptr_nonnull(pattern);
    for (unsigned i = 0; i < COPIES; i++) {
        snprintf(copies[i].name, sizeof copies[i].name, "copy_%u", i);
        copies[i].normalizer = *pattern;
        copies[i].normalizer.name = copies[i].name;
        copies[i].normalizer.ninside = 1;
        copies[i].normalizer.inside = &copies[i].inside;
        copies[i].inside.parent = "syslog";
        make_condition(i, &seed);
        ck_assert_msg(argot_registry_add(registry, &copies[i].normalizer, why, sizeof why), "%s", why);
    }
    ck_assert_msg(argot_registry_seal(registry, why, sizeof why), "%s", why);
}

static void
tear_down(void)
{
    argot_registry_free(registry);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

static bool
has(const uint64_t *set, uint32_t child)
{
    return set[child / 64] >> child % 64 & 1;
}

/* What the child's terms on the key say. OPEN: they have a star, and do not hold; only of keys that is known before. */
enum verdict { NOT_ASKED, HOLDS, FAILS, OPEN };

static enum verdict
ask(const struct argot_bound *envelope, const struct argot_bound_child *child, struct argot_slice text)
{
    for (uint16_t i = 0; i < child->when.count; i++) {
        const struct argot_term *term = child->when.terms[i].term;
        bool star = false, holds = false;
        if (term->test != ARGOT_TEST_ONE_OF || term->source.kind != ARGOT_SOURCE_FIELD ||
            envelope->dest_of_field[argot_schema_find(term->source.field)] != envelope->choice.key)
            continue;
        for (uint16_t k = 0; k < term->nvalues; k++) {
            star |= term->values[k].star;
            holds |= argot_case_glob(&term->values[k], text);
        }
        return holds ? HOLDS : star ? OPEN : FAILS;
    }
    return NOT_ASKED;
}

static unsigned
check_text(const struct argot_bound *envelope, struct argot_slice text)
{
    const uint64_t *set = argot_inside_by_key(&envelope->choice, text);
    bool key = argot_inside_key(&envelope->choice, text)->children != NULL;
    unsigned ruled_out = 0;
    for (uint32_t i = 0; i < envelope->nchildren; i++) {
        const struct argot_bound_child *child = &envelope->children[i];
        enum verdict verdict = ask(envelope, child, text);
        ck_assert_int_eq(has(set, i), verdict != FAILS && (verdict != OPEN || !key));
        if (has(set, i) && has(envelope->choice.settled, i))
            ck_assert(verdict == HOLDS && child->when.count == 1);
        ruled_out += !has(set, i);
    }
    return ruled_out;
}

START_TEST(keys_tell_what_conditions_say)
{
    unsigned keyed = 0, ruled_out = 0;
    for (uint32_t i = 0; i < registry->count; i++) {
        const struct argot_bound *envelope = registry->bound[i];
        if (!envelope->nchildren || envelope->choice.key == ARGOT_NONE)
            continue;
        keyed++;
        for (unsigned k = 0; k < 80; k++) {
            char text[8];
            snprintf(text, sizeof text, "p%u", k);
            ruled_out += check_text(envelope, slice_of(text));
        }
        const char *others[] = {"", "sshd", "sudo", "httpd/x", "(squid-1)", "p", "nginx", "p1x1"};
        for (size_t k = 0; k < COUNT(others); k++)
            ruled_out += check_text(envelope, slice_of(others[k]));
    }
    ck_assert_uint_eq(keyed, 1); /* syslog */
    ck_assert_uint_gt(ruled_out, 80 * COPIES / 4);
}
END_TEST

START_TEST(first_bytes_rule_out_who_has_no_condition)
{
    for (uint32_t i = 0; i < registry->count; i++) {
        const struct argot_bound *envelope = registry->bound[i];
        const struct argot_bound_choice *choice = &envelope->choice;
        for (uint32_t k = 0; k < envelope->nchildren; k++) {
            bool asked = envelope->children[k].when.count > 0;
            ck_assert(has(choice->all, k) && has(choice->asked, k) == asked);
            for (unsigned place = 0; place < ARGOT_BEGIN_BYTES; place++)
                for (unsigned byte = 0; byte < 256; byte++)
                    ck_assert(has(&choice->begin[(place * 256 + byte) * choice->nwords], k) ==
                              (asked || argot_bound_may_have(envelope->children[k].bound, place, (uint8_t)byte)));
        }
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("inside");
    TCase *tcase = tcase_create("inside");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, keys_tell_what_conditions_say);
    tcase_add_test(tcase, first_bytes_rule_out_who_has_no_condition);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
