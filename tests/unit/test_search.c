/* SPDX-License-Identifier: Apache-2.0
 * Searches: cells as events had them, fields that an older store has no columns for, files that change while they are
 * searched, memory that runs out. tests/property/compare_query.py holds what is found against the engine. */
#ifdef ARGOT_WITH_SQLITE
#include "store_fixture.h"
#include "correlate/judge.h"
#include "grammar/rules.h"
#include "store/search.h"
#include "test_seam.h"

static struct argot_rules *rules;
static struct argot_judge *judge;
static const struct argot_expr *condition;
static struct argot_search_column columns[8];

static bool
holds(void *context, const struct argot_event *event, const struct argot_alert *one)
{
    struct argot_scene scene = {.subject = {.event = event, .alert = one}};
    (void)context;
    return argot_judge_holds(judge, condition, &scene);
}

static void
compile(const char *expression, bool alerts)
{
    struct argot_rules_text source = {"expression", expression, strlen(expression)};
    rules = argot_rules_expression(argot_seam_system(), &source, alerts);
    const struct argot_plan *plan = argot_rules_plan(rules);
    ck_assert_ptr_nonnull(plan);
    judge = argot_judge_new(argot_seam_system(), plan, why, sizeof why);
    ck_assert_ptr_nonnull(judge);
    condition = plan->rules[0].matches[0].condition;
}

static void
forget(void)
{
    argot_judge_free(judge);
    argot_rules_free(rules);
}

static struct argot_search_query
query_of(enum argot_search_table table, enum argot_search_what what, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert(argot_search_column(table, names[i], &columns[i]));
    return (struct argot_search_query){.table = table,
                                       .what = what,
                                       .where = condition,
                                       .holds = holds,
                                       .from = INT64_MIN,
                                       .to = INT64_MAX,
                                       .columns = columns,
                                       .ncolumns = count};
}

static void
put_events(void)
{
    static const struct argot_slot items[] = {{.text = {(const uint8_t *)"a", 1, 0}},
                                              {.text = {(const uint8_t *)"b\"", 2, 0}}};
    *case_slot(&it, "process_args") = (struct argot_slot){.list = {.items = items, .count = 2}};
    *case_slot(&it, "source_bytes") = (struct argot_slot){.u64 = UINT64_MAX};
    *case_slot(&it, "source_mac") = (struct argot_slot){.u64 = 0x0a0b0c0d0e0f};
    case_extra(&it, "k", ARGOT_TYPE_STRING, case_text("v\n"));
    for (int i = 0; i < 3; i++, it.event.time += 1000000000)
        put_event();
    commit();
}

/* ---- cells ---- */

START_TEST(cells_are_as_events_had_them)
{
    static const char *const names[] = {"source_ip",     "source_bytes", "source_mac", "process_args",
                                        "event_outcome", "extra",        "extra.k",    "raw_line"};
    struct argot_cell cells[8];
    put_events();
    condition = NULL;
    struct argot_search *search = argot_search_open(argot_seam_system(), path, why, sizeof why);
    ck_assert_msg(search != NULL, "%s", why);
    struct argot_search_query asked = query_of(ARGOT_SEARCH_EVENTS, ARGOT_SEARCH_ROWS, names, 8);
    ck_assert(argot_search_start(search, &asked));
    ck_assert(argot_search_next(search, cells));
    struct argot_slot address = case_ipv4(192, 0, 2, 1);
    ck_assert_mem_eq(cells[0].slot.ip, address.ip, 16);
    ck_assert_uint_eq(cells[1].slot.u64, UINT64_MAX);
    ck_assert_uint_eq(cells[2].slot.u64, 0x0a0b0c0d0e0f);
    ck_assert_mem_eq(cells[3].slot.text.at, "[\"a\",\"b\\\"\"]", 10);
    ck_assert_uint_eq(cells[4].slot.u64, case_enum("event_outcome", "failure").u64);
    ck_assert_uint_eq(cells[5].slot.text.length, strlen("{\"k\":\"v\\n\"}")); /* without source_bytes */
    ck_assert_mem_eq(cells[5].slot.text.at, "{\"k\":\"v\\n\"}", 11);
    ck_assert_mem_eq(cells[6].slot.text.at, "v\n", 2);
    ck_assert_mem_eq(cells[7].slot.text.at, "raw \"text\"", 10);
    ck_assert(argot_search_next(search, cells) && argot_search_next(search, cells));
    ck_assert(!argot_search_next(search, cells));
    ck_assert_str_eq(argot_search_problem(search), "");
    argot_search_close(search);
}
END_TEST

START_TEST(a_column_that_is_not_there_yet_is_null)
{
    static const char *const names[] = {"user_name"};
    struct argot_cell cells[1];
    put_events();
    query("DROP VIEW events_readable");
    query("ALTER TABLE events DROP COLUMN user_name");
    compile("user_name is null and not (user_name == \"root\")", false);
    struct argot_search *search = argot_search_open(argot_seam_system(), path, why, sizeof why);
    ck_assert_msg(search != NULL, "%s", why);
    struct argot_search_query asked = query_of(ARGOT_SEARCH_EVENTS, ARGOT_SEARCH_ROWS, names, 1);
    ck_assert(argot_search_start(search, &asked));
    ck_assert_msg(argot_search_next(search, cells), "%s", argot_search_problem(search));
    ck_assert_int_eq(cells[0].kind, ARGOT_CELL_ABSENT);
    argot_search_close(search);
    forget();
}
END_TEST

START_TEST(what_a_column_should_not_hold_is_null)
{
    static const char *const names[] = {"source_ip", "source_mac", "process_args", "extra.k", "source_port"};
    struct argot_cell cells[5];
    put_events();
    query("UPDATE events SET source_ip = x'010203', source_mac = '0g:00:00:00:00:00', process_args = 'no list', extra ="
          " '{broken', source_port = -5");
    compile("source_ip == 192.0.2.1 or source_mac is not null or extra.k == \"v\" or process_args contains \"o\" or"
            " (user_name like /^r/ and source_port is null)",
            false);
    struct argot_search *search = argot_search_open(argot_seam_system(), path, why, sizeof why);
    ck_assert_msg(search != NULL, "%s", why);
    struct argot_search_query asked = query_of(ARGOT_SEARCH_EVENTS, ARGOT_SEARCH_ROWS, names, 5);
    ck_assert(argot_search_start(search, &asked));
    ck_assert_msg(argot_search_next(search, cells), "%s", argot_search_problem(search));
    ck_assert_int_eq(cells[0].kind, ARGOT_CELL_ABSENT);
    ck_assert_int_eq(cells[1].kind, ARGOT_CELL_ABSENT);
    ck_assert_int_eq(cells[3].kind, ARGOT_CELL_ABSENT);
    ck_assert_int_eq(cells[4].kind, ARGOT_CELL_ABSENT);
    argot_search_close(search);
    forget();
}
END_TEST

/* ---- memory ---- */

/* 1: all rows were found, 0: it was told that they were not. */
static bool
finds(struct argot_seam *seam, const struct argot_search_query *asked, unsigned rows)
{
    struct argot_cell cells[9];
    unsigned found = 0;
    struct argot_search *search = argot_search_open(seam, path, why, sizeof why);
    if (!search) {
        ck_assert_str_ne(why, "");
        return false;
    }
    bool good = argot_search_start(search, asked);
    while (good && argot_search_next(search, cells))
        found++;
    bool told = *argot_search_problem(search) != 0;
    argot_search_close(search);
    ck_assert(told || found == rows);
    return !told;
}

static void
fail_each(const struct argot_search_query *asked, unsigned rows)
{
    struct argot_test_seam seam;
    bool good = false;
    for (uint64_t fail = 1; !good; fail++) {
        argot_test_seam_init(&seam);
        argot_test_seam_put(&seam, path, "", 0);
        seam.fail_allocation = fail;
        good = finds(&seam.seam, asked, rows);
        ck_assert_uint_eq(seam.live_blocks, 0);
        argot_test_seam_finish(&seam);
    }
}

START_TEST(without_memory_it_is_told)
{
    static const char *const names[] = {"extra", "extra.k", "source_bytes", "process_args"}, *const by[] = {"extra.k"};
    put_events();
    compile("user_name like /^r/ and process_args == \"a\" and extra.k contains \"v\" and source_bytes > 5", false);
    struct argot_search_query asked = query_of(ARGOT_SEARCH_EVENTS, ARGOT_SEARCH_ROWS, names, 4);
    fail_each(&asked, 3);
    asked = query_of(ARGOT_SEARCH_EVENTS, ARGOT_SEARCH_COUNTS, by, 1);
    fail_each(&asked, 1);
    forget();
}
END_TEST

START_TEST(without_memory_it_is_told_of_alerts)
{
    static const char *const names[] = {"rule_name", "alert"};
    bool fresh;
    make_alert();
    ck_assert(argot_store_alert(store, &alert, sources_of_alert, &fresh));
    commit();
    compile("alert.tags == \"a\\\"b\" and alert.values.user_name == \"r\" and alert.count == 3", true);
    struct argot_search_query asked = query_of(ARGOT_SEARCH_ALERTS, ARGOT_SEARCH_ROWS, names, 2);
    fail_each(&asked, 1);
    forget();
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("search");
    TCase *cases = tcase_create("search");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, cells_are_as_events_had_them);
    tcase_add_test(cases, a_column_that_is_not_there_yet_is_null);
    tcase_add_test(cases, what_a_column_should_not_hold_is_null);
    tcase_add_test(cases, without_memory_it_is_told);
    tcase_add_test(cases, without_memory_it_is_told_of_alerts);
    suite_add_tcase(suite, cases);
    return test_run(suite);
}
#else
#include "no_store.h"
#endif
