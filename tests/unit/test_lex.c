/* SPDX-License-Identifier: Apache-2.0
 * The searches of generated extractors against plain loops, with all that they may not read behind a page without
 * rights. */
#include "argot/lex.h"
#include "test_case.h"
#include <sys/mman.h>
#include <unistd.h>

#define MOST 100

/* Bytes up to ARGOT_PADDING behind the line may be read, none of them further on. */
struct page {
    uint8_t *memory, *end; /* where a line may end */
    size_t size;
};

static struct page
page_new(void)
{
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *memory = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert(memory != MAP_FAILED);
    ck_assert_int_eq(mprotect(memory + size, size, PROT_NONE), 0);
    return (struct page){memory, memory + size - ARGOT_PADDING, size};
}

/* A line of few different bytes, so that much of it begins like what is looked for. */
static uint8_t *
random_line(const struct page *page, uint64_t *state, size_t length)
{
    uint8_t *line = page->end - length;
    memset(line, 0, length);
    for (size_t i = 0; i < length; i++)
        line[i] = (uint8_t) "ab \"x"[test_random(state) % 5];
    for (size_t i = 0; i < ARGOT_PADDING; i++)
        page->end[i] = (uint8_t) "ab \"x"[test_random(state) % 5];
    return line;
}

static const uint8_t *
plain_find(const uint8_t *p, const uint8_t *e, const char *text, size_t length)
{
    for (; (size_t)(e - p) >= length; p++)
        if (!memcmp(p, text, length))
            return p;
    return NULL;
}

static const uint8_t *
plain_find_last(const uint8_t *p, const uint8_t *q, const uint8_t *e, const char *text, size_t length)
{
    const uint8_t *found = NULL;
    for (const uint8_t *at = p; at <= q && (at = plain_find(at, e, text, length)) && at <= q; at++)
        found = at;
    return found;
}

START_TEST(texts_are_found_where_a_plain_loop_finds_them)
{
    static const char *const texts[] = {"a", "ab", "\" ", "a b", "b\"a ", "abab", "a\"b xab"};
    struct page page = page_new();
    uint64_t state = 1;
    for (int round = 0; round < 20000; round++) {
        size_t length = test_random(&state) % MOST, at = length ? test_random(&state) % length : 0;
        const char *text = texts[test_random(&state) % (sizeof texts / sizeof *texts)];
        size_t size = strlen(text), rare = test_random(&state) % size;
        const uint8_t *line = random_line(&page, &state, length), *e = page.end;
        ck_assert_ptr_eq(argot_lex_find(line, e, text, size, rare), plain_find(line, e, text, size));
        ck_assert_ptr_eq(argot_lex_find_last(line, line + at, e, text, size, rare),
                         plain_find_last(line, line + at, e, text, size));
    }
    munmap(page.memory, 2 * page.size);
}
END_TEST

START_TEST(a_search_gives_each_of_its_bytes_once_and_in_order)
{
    struct page page = page_new();
    uint64_t state = 2;
    for (int round = 0; round < 5000; round++) {
        size_t length = test_random(&state) % MOST;
        const uint8_t *p = random_line(&page, &state, length), *e = page.end;
        struct argot_lex_search search = argot_lex_search_from(p, e, 'a', ' ', '"');
        for (const uint8_t *due = p; due <= e; due++) {
            while (due < e && *due != 'a' && *due != ' ' && *due != '"')
                due++;
            ck_assert_ptr_eq(argot_lex_search_next(&search, e, 'a', ' ', '"'), due);
        }
    }
    munmap(page.memory, 2 * page.size);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("lex");
    TCase *cases = tcase_create("lex");
    tcase_add_test(cases, texts_are_found_where_a_plain_loop_finds_them);
    tcase_add_test(cases, a_search_gives_each_of_its_bytes_once_and_in_order);
    suite_add_tcase(suite, cases);
    return test_run(suite);
}
