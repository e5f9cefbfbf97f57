/* SPDX-License-Identifier: Apache-2.0
 * Names of files: which are those of old generations, and which fit a pattern. */
#include "base/arena.h"
#include "base/seam_live.h"
#include "input/wildcard.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "folder_fixture.h"

START_TEST(names_of_old_files_are_told_from_logs)
{
    static const struct {
        const char *name, *stem;
    } cases[] = {{"a.log", "a.log"},
                 {"a.log.1", "a.log"},
                 {"a.log.12.gz", "a.log"},
                 {"a.log-20260301", "a.log"},
                 {"a.log-20260301.xz", "a.log"},
                 {"a.log.2026-03-01.zst", "a.log"},
                 {"a.log.gz", "a.log"},
                 {"worker-1", "worker-1"},
                 {"syslog.0", "syslog"},
                 {".1", ".1"},
                 {"1", "1"},
                 {"-123456", "-123456"},
                 {"a", "a"}};
    for (size_t i = 0; i < COUNT(cases); i++)
        ck_assert_msg(argot_wildcard_stem(cases[i].name) == strlen(cases[i].stem), "%s", cases[i].name);
}
END_TEST

START_TEST(patterns_find_files)
{
    static const char *const names[] = {"a.log", "b.log", "b.txt", ".c.log"};
    struct argot_seam_live *live = argot_seam_live_system();
    struct argot_arena arena;
    argot_arena_init(&arena, argot_seam_system(), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        FILE *file = fopen(at(names[i]), "w");
        ck_assert_ptr_nonnull(file);
        fclose(file);
    }
    struct argot_wildcard found = {.arena = &arena};
    argot_wildcard_find(&found, live, at("[ab]*.lo?"));
    ck_assert_uint_eq(found.count, 2);
    ck_assert(argot_wildcard_fits(at("*.log"), found.paths[0]));
    found = (struct argot_wildcard){.arena = &arena};
    argot_wildcard_find(&found, live, at("*"));
    ck_assert_uint_eq(found.count, 3);
    found = (struct argot_wildcard){.arena = &arena};
    argot_wildcard_find(&found, live, "/no/such/*/folder/*.log");
    ck_assert_uint_eq(found.count, 0);
    ck_assert(!found.failed);
    argot_arena_finish(&arena);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("wildcard");
    TCase *names = tcase_create("names");
    tcase_add_checked_fixture(names, make_folder, remove_folder);
    tcase_add_test(names, names_of_old_files_are_told_from_logs);
    tcase_add_test(names, patterns_find_files);
    suite_add_tcase(suite, names);
    return test_run(suite);
}
