/* SPDX-License-Identifier: Apache-2.0
 * runtime/cli/flow: JSON written as YAML is read as the same. runtime/cli/accept: what no stock format shows, since all
 * their examples hold: examples that cannot be accepted, and files that cannot be written. */
#include "cli/accept.h"
#include "cli/examples.h"
#include "cli/expectation.h"
#include "cli/flow.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "test_case.h"

extern const struct argot_normalizer *const argot_stock_formats[];
extern const size_t argot_stock_count;

static struct argot_seam seam;
static struct argot_arena arena;
static struct argot_buffer out;

static void
set_up(void)
{
    seam = *argot_seam_system();
    argot_arena_init(&arena, &seam, 0);
    argot_buffer_init(&out, &seam);
}

static void
tear_down(void)
{
    argot_buffer_finish(&out);
    argot_arena_finish(&arena);
}

/* ---- flow ---- */

static const char *
yaml_of(const char *json, struct argot_record *record, uint32_t *node)
{
    out.length = 0;
    *node = argot_examples_read(&arena, json, strlen(json), record);
    ck_assert_msg(*node != 0, "%s", json);
    struct argot_flow flow = {.record = record, .column = 4, .indent = 5, .after = 1, .out = &out};
    argot_flow_write(&flow, *node);
    ck_assert(!out.failed);
    return argot_arena_copy(&arena, (const char *)out.bytes, out.length);
}

static const struct {
    const char *json, *yaml;
} flows[] = {
    {"{}", "{}"},
    {"[]", "[]"},
    {"{\"a\":\"b c\",\"d\":[\"e\",\"f g\"]}", "{a: b c, d: [e, f g]}"},
    {"{\"a\":1,\"b\":-1.5e3,\"c\":true,\"d\":false,\"e\":null}", "{a: 1, b: -1.5e3, c: true, d: false, e: null}"},
    {"{\"a\":\"1\",\"b\":\"-1.5e3\",\"c\":\"true\",\"d\":\"No\",\"e\":\"null\",\"f\":\"~\",\"g\":\"\",\"h\":\"0x1F\"}",
     "{a: '1', b: '-1.5e3', c: 'true', d: 'No', e: 'null', f: '~', g: '', h: '0x1F'}"},
    {"{\"a\":\"192.0.2.1\",\"b\":\"2001:db8::1\",\"c\":\"/x?y\",\"d\":\"it's\",\"e\":\"\\\"q\\\"\",\"f\":\"C:\\\\x\"}",
     "{a: 192.0.2.1, b: '2001:db8::1', c: '/x?y', d: 'it''s', e: '\"q\"', f: 'C:\\x'}"},
    {"{\"a\":\" b\",\"c\":\"d \",\"e\":\"-\",\"f\":\"- g\",\"h\":\"-i\",\"j\":\"*k\",\"l\":\"m #n\",\"o\":\"p, q\"}",
     "{a: ' b', c: 'd ', e: '-', f: '- g', h: -i, j: '*k', l: 'm #n', o: 'p, q'}"},
    {"{\"a\":\"b\\nc\\td\\u001b\\u007f\\u0085\\u202e\",\"e\":\"\xc3\xbc\"}",
     "{a: \"b\\nc\\td\\u001b\\u007f\\u0085\\u202e\", e: \xc3\xbc}"},
    {"{\"1\":2,\"a b\":3,\"c: d\":4,\"<<\":5}", "{'1': 2, a b: 3, 'c: d': 4, '<<': 5}"},
    {"[{\"a\":1,\"extra\":{\"b\":[{\"c\":{}}]}},{\"a\":2}]", "[{a: 1, extra: {b: [{c: {}}]}},\n     {a: 2}]"},
};

START_TEST(values_are_written_as_a_person_would)
{
    struct argot_record record = {0};
    uint32_t node;
    const char *yaml = yaml_of(flows[_i].json, &record, &node);
    ck_assert_str_eq(yaml, flows[_i].yaml);
}
END_TEST

static void
expect_read_back(const char *yaml, const struct argot_record *record, uint32_t node)
{
    struct argot_diagnostics diagnostics;
    const char *source = argot_arena_printf(&arena, "x: %s}", yaml);
    argot_diagnostics_init(&diagnostics, &arena, "x", source, strlen(source) - 1);
    struct argot_expectation expectation = {
        .expect = argot_yaml_get(argot_yaml_parse(&diagnostics), "x"), .record = record, .event = node, .typed = true};
    ck_assert_msg(expectation.expect != NULL, "%s", yaml);
    out.length = 0;
    ck_assert_msg(!argot_expectation_compare(&expectation, &out), "%.*s", (int)out.length, (const char *)out.bytes);
}

START_TEST(values_are_read_as_they_were_written)
{
    struct argot_record record = {0};
    uint32_t node;
    const char *yaml = yaml_of(flows[_i].json, &record, &node);
    expect_read_back(yaml, &record, node);
}
END_TEST

/* Words of many lengths, so that lines end everywhere; alone, in a list, quoted or not. */
START_TEST(lines_are_short_and_fold_only_at_single_blanks)
{
    static const char *const words[] = {"ab", "cde'f", "-", "#x", "ghijkl ", "m,", "\\n", "n\\\\ o", ":", "\xc3\xa9"};
    for (size_t length = 1; length < 260; length++) {
        struct argot_buffer json;
        argot_buffer_init(&json, &seam);
        argot_buffer_append_text(&json, "{\"first\":\"x\",\"text\":\"");
        for (size_t i = 0; json.length < length + 20; i++)
            argot_buffer_printf(&json, "%s%s", i ? " " : "", words[(i * i + length + (size_t)_i) % COUNT(words)]);
        argot_buffer_append_text(&json, "\",\"list\":[\"y\",{\"z\":\"w\"}]}");
        struct argot_record record = {0};
        uint32_t node;
        const char *yaml = yaml_of(argot_arena_copy(&arena, (const char *)json.bytes, json.length), &record, &node);
        argot_buffer_finish(&json);
        expect_read_back(yaml, &record, node);
        for (const char *line = yaml, *end; *line; line = end + (*end == '\n')) {
            end = strchrnul(line, '\n');
            ck_assert_msg(end - line + (line == yaml ? 4 : 0) + (*end ? 0 : 1) <= ARGOT_FLOW_COLUMNS, "%s", yaml);
            ck_assert_msg(line == yaml || !strncmp(line, "     ", 5), "%s", yaml);
        }
    }
}
END_TEST

/* ---- accept ---- */

#define CRI "2026-01-28T16:04:05Z stdout F "
#define GOOD_LINE CRI "words"
#define GOOD_EXPECT "{event_type: UNKNOWN, event_time: '2026-01-28T16:04:05Z', message: words, extra: {stream: stdout}}"
#define SYSLOG_LINE "Mar  3 00:17:22 web1 other: words"

static char folder[64], path[128];
static struct argot_cli cli;

static void
set_up_folder(void)
{
    set_up();
    snprintf(folder, sizeof folder, "%s/argot-XXXXXX", P_tmpdir);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/x.yaml", folder);
    cli = (struct argot_cli){.seam = &seam, .registry = argot_registry_new(&seam)};
    char why[256];
    for (size_t i = 0; i < argot_stock_count; i++)
        ck_assert_msg(argot_registry_add(cli.registry, argot_stock_formats[i], why, sizeof why), "%s", why);
    ck_assert_msg(argot_registry_seal(cli.registry, why, sizeof why), "%s", why);
}

static void
tear_down_folder(void)
{
    argot_registry_free(cli.registry);
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0); /* nothing else is left in it */
    tear_down();
}

static void
write_path(const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

static void
expect_path(const char *text)
{
    char *bytes;
    size_t length;
    ck_assert_int_eq(argot_seam_read_file(&seam, path, 1u << 20, &bytes, &length), 0);
    ck_assert_str_eq(bytes, text);
    seam.release(&seam, bytes);
}

static struct argot_slice
slice(const char *text)
{
    return (struct argot_slice){(const uint8_t *)text, (uint32_t)strlen(text)};
}

/* Accepts for a stock format as if it had been built from this file with these examples. */
static enum argot_exit
accept_as(const char *name, const char *yaml, const struct argot_example *examples, uint16_t count)
{
    struct argot_normalizer normalizer = *argot_registry_find(cli.registry, name);
    normalizer.yaml = yaml;
    normalizer.examples = examples;
    normalizer.nexamples = count;
    return argot_accept_format(&cli, &normalizer, path, &out);
}

static void
expect_said(const char *words)
{
    argot_buffer_append_byte(&out, '\0');
    ck_assert_msg(strstr((const char *)out.bytes, words) != NULL, "%s", (const char *)out.bytes);
    out.length--;
}

START_TEST(what_is_no_event_is_not_accepted_but_the_rest_is)
{
    static const char yaml[] = "messages:\n  - examples:\n      - line: no cri\n        expect: {message: x}\n"
                               "examples:\n  - reject: '" GOOD_LINE "'\n"
                               "  - line: '" GOOD_LINE "'\n    expect: {message: '" CRI "'}\n  - reject: nor this\n";
    struct argot_example examples[] = {{slice("no cri"), "{\"message\":\"x\"}", NULL, NULL, 3},
                                       {slice(GOOD_LINE), NULL, NULL, NULL, 6},
                                       {slice(GOOD_LINE), "{}", NULL, NULL, 7},
                                       {slice("nor this"), NULL, NULL, NULL, 9}};
    write_path(yaml);
    ck_assert_int_eq(accept_as("cri", yaml, examples, COUNT(examples)), ARGOT_EXIT_NOT_HELD);
    expect_path("messages:\n  - examples:\n      - line: no cri\n        expect: {message: x}\n"
                "examples:\n  - reject: '" GOOD_LINE "'\n"
                "  - line: '" GOOD_LINE "'\n    expect: " GOOD_EXPECT "\n  - reject: nor this\n");
    expect_said("x.yaml:3: example of cri:\n  the line is a dead letter: ");
    expect_said("x.yaml:6: example of cri:\n  the line should be rejected, but message ");
    expect_said("x.yaml:7: example of cri:\n  message: \"" CRI "\" -> \"words\"\n");
    expect_said("cri: 1 changed in ");
    expect_said(", 2 cannot be accepted\n");
}
END_TEST

START_TEST(event_of_another_format_is_not_accepted)
{
    static const char yaml[] = "examples:\n  - line: '" SYSLOG_LINE "'\n    received_at: '2026-03-04T00:00:00Z'\n"
                               "    expect: {}\n";
    struct argot_example example = {slice(SYSLOG_LINE), "{}", "2026-03-04T00:00:00Z", NULL, 2};
    write_path(yaml);
    ck_assert_int_eq(accept_as("sshd", yaml, &example, 1), ARGOT_EXIT_NOT_HELD);
    expect_path(yaml);
    expect_said("x.yaml:2: example of sshd:\n  the line is an event of syslog\n");
    expect_said("sshd: 0 changed in ");
    expect_said(" messages without an example\n");
}
END_TEST

START_TEST(examples_of_a_format_that_is_extended_are_checked_only)
{
    static const char yaml[] = "extends: base\nexamples:\n  - line: '" GOOD_LINE "'\n    expect: {}\n";
    struct argot_example examples[] = {{slice(GOOD_LINE), "{}", NULL, NULL, 3},
                                       {slice("other"), NULL, NULL, NULL, 12},
                                       {slice(CRI "y"), "{\"message\":\"z\"}", NULL, NULL, 20}};
    write_path(yaml);
    ck_assert_int_eq(accept_as("cri", yaml, examples, COUNT(examples)), ARGOT_EXIT_NOT_HELD);
    expect_path("extends: base\nexamples:\n  - line: '" GOOD_LINE "'\n    expect: " GOOD_EXPECT "\n");
    expect_said("base.yaml:20, which ");
    expect_said(" extends: example of cri:\n");
    expect_said(", 1 cannot be accepted\n");
}
END_TEST

static int
failing_sync(struct argot_seam *it, int fd)
{
    (void)it, (void)fd;
    return -EIO;
}

static int
failing_rename(struct argot_seam *it, const char *from, const char *to)
{
    (void)it, (void)from, (void)to;
    return -EACCES;
}

static int64_t
failing_write(struct argot_seam *it, int fd, const void *bytes, size_t count)
{
    return fd > STDERR_FILENO ? -ENOSPC : argot_seam_system()->write(it, fd, bytes, count);
}

START_TEST(file_stays_when_the_new_one_cannot_be_written)
{
    static const char yaml[] = "examples:\n  - line: '" GOOD_LINE "'\n    expect: {}\n";
    struct argot_example example = {slice(GOOD_LINE), "{}", NULL, NULL, 2};
    write_path(yaml);
    switch (_i) {
    case 0:
        seam.write = failing_write;
        break;
    case 1:
        seam.sync = failing_sync;
        break;
    default:
        seam.rename = failing_rename;
        break;
    }
    ck_assert_int_eq(accept_as("cri", yaml, &example, 1), ARGOT_EXIT_FAILED);
    ck_assert_uint_eq(out.length, 0);
    expect_path(yaml);
}
END_TEST

START_TEST(file_that_is_missing_is_an_error)
{
    struct argot_example example = {slice(GOOD_LINE), "{}", NULL, NULL, 2};
    ck_assert_int_eq(accept_as("cri", "examples: []\n", &example, 1), ARGOT_EXIT_FAILED);
    ck_assert_uint_eq(out.length, 0);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("accept");
    TCase *tcase = tcase_create("flow");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, values_are_written_as_a_person_would, 0, COUNT(flows));
    tcase_add_loop_test(tcase, values_are_read_as_they_were_written, 0, COUNT(flows));
    tcase_add_loop_test(tcase, lines_are_short_and_fold_only_at_single_blanks, 0, 5);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("accept");
    tcase_add_checked_fixture(tcase, set_up_folder, tear_down_folder);
    tcase_add_test(tcase, what_is_no_event_is_not_accepted_but_the_rest_is);
    tcase_add_test(tcase, event_of_another_format_is_not_accepted);
    tcase_add_test(tcase, examples_of_a_format_that_is_extended_are_checked_only);
    tcase_add_loop_test(tcase, file_stays_when_the_new_one_cannot_be_written, 0, 3);
    tcase_add_test(tcase, file_that_is_missing_is_an_error);
    suite_add_tcase(suite, tcase);
    return test_run(suite);
}
