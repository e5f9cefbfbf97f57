/* SPDX-License-Identifier: Apache-2.0
 * runtime/config: what a configuration becomes, where its paths lead, and that memory may end anywhere. What is wrong
 * with one is held by the golden files of its diagnostics. */
#include "config/config.h"
#include "base/amount.h"
#include "base/codes.h"
#include "test_seam.h"
#include "test_case.h"

static struct argot_test_seam seam;
static struct argot_arena arena;
static struct argot_diagnostics diagnostics;

static void
setup(void)
{
    argot_test_seam_init(&seam);
    argot_arena_init(&arena, &seam.seam, 0);
}

static void
teardown(void)
{
    argot_arena_finish(&arena);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

static struct argot_config *
read(const char *path, const char *text)
{
    argot_diagnostics_init(&diagnostics, &arena, path, text, strlen(text));
    return argot_config_read(&diagnostics);
}

static struct argot_config *
read_good(const char *text)
{
    struct argot_config *config = read("/etc/argot/argot.yaml", text);
    ck_assert_msg(config != NULL, "%s", diagnostics.first ? diagnostics.first->text : "no memory");
    return config;
}

static const char whole[] = "store: sqlite:/var/lib/argot/events.db\n"
                            "inputs:\n"
                            "  - file: /var/log/apache2/access.log*\n"
                            "    format: apache_access\n"
                            "    timezone: Europe/Amsterdam\n"
                            "  - {file: app.log, follow: false, format: auto}\n"
                            "  - file: '-'\n"
                            "  - syslog: udp://127.0.0.1:5514\n"
                            "  - syslog: tcp://[::1]:601\n"
                            "  - syslog: unix:run/argot.sock\n"
                            "  - syslog: unixgram:/run/argot/log\n"
                            "rules: [rules/, /etc/more.rule]\n"
                            "modules: acme.so\n"
                            "alerts:\n"
                            "  - jsonl: /var/log/argot/alerts.jsonl\n"
                            "  - stdout: text\n"
                            "metrics: '[::1]:9464'\n"
                            "late: 1m30s\n";

START_TEST(a_whole_configuration_is_read)
{
    struct argot_config *config = read_good(whole);
    ck_assert_str_eq(config->store.path, "/var/lib/argot/events.db");
    ck_assert_uint_eq(config->ninputs, 7);
    ck_assert_str_eq(config->inputs[0].path, "/var/log/apache2/access.log*");
    ck_assert(config->inputs[0].pattern && config->inputs[0].follow);
    ck_assert_str_eq(config->inputs[0].format.text, "apache_access");
    ck_assert_str_eq(config->inputs[0].timezone.text, "Europe/Amsterdam");
    ck_assert_uint_eq(config->inputs[0].format.span.line, 4);
    ck_assert_uint_eq(config->nalerts, 2);
    ck_assert_int_eq(config->alerts[0].kind, ARGOT_CONFIG_ALERT_JSONL);
    ck_assert(config->alerts[1].kind == ARGOT_CONFIG_ALERT_STDOUT && config->alerts[1].text);
    ck_assert_int_eq(config->late_ns, INT64_C(90000000000));
    ck_assert_str_eq(config->metrics.host, "::1");
    ck_assert_uint_eq(config->metrics.port, 9464);
    ck_assert(config->rules.given && config->modules.given);
    ck_assert_uint_eq(config->rules.count, 2);
}
END_TEST

START_TEST(addresses_are_taken_apart)
{
    struct argot_config *config = read_good(whole);
    const struct argot_config_address *udp = &config->inputs[3].address, *tcp = &config->inputs[4].address;
    ck_assert_int_eq(udp->transport, ARGOT_CONFIG_UDP);
    ck_assert_str_eq(udp->host, "127.0.0.1");
    ck_assert_uint_eq(udp->port, 5514);
    ck_assert_str_eq(udp->url, "udp://127.0.0.1:5514");
    ck_assert_int_eq(tcp->transport, ARGOT_CONFIG_TCP);
    ck_assert_str_eq(tcp->host, "::1");
    ck_assert_uint_eq(tcp->port, 601);
    ck_assert_int_eq(config->inputs[5].address.transport, ARGOT_CONFIG_UNIX_STREAM);
    ck_assert_int_eq(config->inputs[6].address.transport, ARGOT_CONFIG_UNIX_DATAGRAM);
    ck_assert_str_eq(config->inputs[6].address.path, "/run/argot/log");
}
END_TEST

START_TEST(relative_paths_are_those_of_the_folder)
{
    struct argot_config *config = read_good(whole);
    ck_assert_str_eq(config->inputs[1].path, "/etc/argot/app.log");
    ck_assert_str_eq(config->inputs[5].address.path, "/etc/argot/run/argot.sock");
    ck_assert_str_eq(config->rules.paths[0].text, "/etc/argot/rules/");
    ck_assert_str_eq(config->rules.paths[1].text, "/etc/more.rule");
    ck_assert_str_eq(config->modules.paths[0].text, "/etc/argot/acme.so");
    config = read("argot.yaml", "store: sqlite:e.db\ninputs: {file: a.log}\n");
    ck_assert_ptr_nonnull(config);
    ck_assert_str_eq(config->inputs[0].path, "a.log");
    ck_assert_str_eq(config->store.path, "e.db");
}
END_TEST

START_TEST(what_is_not_given_has_its_default)
{
    struct argot_config *config = read_good("store: {at: sqlite:e.db}\ninputs:\n  - file: a.log\n");
    ck_assert_int_eq(config->late_ns, -1);
    ck_assert_ptr_null(config->metrics.host);
    ck_assert(!config->rules.given && !config->modules.given);
    ck_assert(config->inputs[0].follow && !config->inputs[0].pattern);
    ck_assert_ptr_null(config->inputs[0].format.text);
    config = read_good(whole);
    ck_assert(!config->inputs[1].follow);
    ck_assert_ptr_null(config->inputs[1].format.text); /* auto */
    ck_assert_str_eq(config->inputs[2].path, "-");
    ck_assert(!config->inputs[2].follow);
    config = read_good("store: sqlite:e.db\ninputs: [{file: a.log}]\nrules: []\n");
    ck_assert(config->rules.given && config->rules.count == 0);
}
END_TEST

/* Each allocation fails once: there is no configuration then, and an error says so. */
START_TEST(memory_may_end_anywhere)
{
    for (uint64_t call = 1;; call++) {
        argot_arena_finish(&arena);
        argot_test_seam_finish(&seam);
        argot_test_seam_init(&seam);
        argot_arena_init(&arena, &seam.seam, 256);
        seam.fail_allocation = call;
        seam.fail_for_good = true;
        struct argot_config *config = read("/etc/argot/argot.yaml", whole);
        if (config)
            break;
        ck_assert_uint_ge(diagnostics.errors, 1);
        ck_assert_uint_lt(call, 1000);
    }
}
END_TEST

START_TEST(durations_and_sizes_are_read)
{
    static const struct {
        const char *text;
        uint64_t value;
    } sizes[] = {{"0B", 0}, {"500B", 500}, {"64KiB", 65536}, {"200GB", 200000000000}, {"1PB", 1000000000000000}},
      spans[] = {{"90s", 90000000000}, {"1h30m", 5400000000000}, {"2w", 1209600000000000}, {"5ns", 5}};
    static const char *const no_sizes[] = {"", "5", "B", "5 B", "5KB ", "5kB", "5iB", "5XB", "99999999999PB", "5BB"},
                             *const no_spans[] = {"", "5", "s", "5s1m", "5 s", "300000000000s", "1s1s", "5\xc3\xa9"};
    uint64_t value;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        ck_assert_ptr_null(argot_amount_size(sizes[i].text, strlen(sizes[i].text), &value));
        ck_assert_uint_eq(value, sizes[i].value);
    }
    for (size_t i = 0; i < COUNT(spans); i++) {
        ck_assert_ptr_null(argot_amount_duration(spans[i].text, strlen(spans[i].text), &value));
        ck_assert_uint_eq(value, spans[i].value);
    }
    for (size_t i = 0; i < COUNT(no_sizes); i++)
        ck_assert_ptr_nonnull(argot_amount_size(no_sizes[i], strlen(no_sizes[i]), &value));
    for (size_t i = 0; i < COUNT(no_spans); i++)
        ck_assert_ptr_nonnull(argot_amount_duration(no_spans[i], strlen(no_spans[i]), &value));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("config");
    TCase *plain = tcase_create("config");
    tcase_add_checked_fixture(plain, setup, teardown);
    tcase_add_test(plain, a_whole_configuration_is_read);
    tcase_add_test(plain, addresses_are_taken_apart);
    tcase_add_test(plain, relative_paths_are_those_of_the_folder);
    tcase_add_test(plain, what_is_not_given_has_its_default);
    tcase_add_test(plain, memory_may_end_anywhere);
    tcase_add_test(plain, durations_and_sizes_are_read);
    suite_add_tcase(suite, plain);
    return test_run(suite);
}
