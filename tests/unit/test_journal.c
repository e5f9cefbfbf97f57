/* SPDX-License-Identifier: Apache-2.0
 * input/journal_entry.h: entries become one line each, and nobody's text becomes another part of it. */
#include "input/journal.h"
#include "input/journal_entry.h"
#include "test_case.h"
#include "test_seam.h"

static struct argot_test_seam seam;
static struct argot_buffer line;
static uint64_t cut;

static void
set_up(void)
{
    argot_test_seam_init(&seam);
    argot_buffer_init(&line, &seam.seam);
    cut = 0;
}

static void
tear_down(void)
{
    argot_buffer_finish(&line);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}

static const char *
line_of(const char *const *fields)
{
    struct argot_journal_entry entry = {.time_us = 1772532001250000};
    for (; *fields; fields++)
        argot_journal_entry_take(&entry, *fields, strlen(*fields));
    line.length = 0;
    argot_journal_entry_put(&entry, &line, &cut);
    argot_buffer_append_byte(&line, 0);
    return (const char *)line.bytes;
}

START_TEST(an_entry_is_a_line_of_syslog)
{
    ck_assert_str_eq(line_of((const char *const[]){
                         "PRIORITY=3", "SYSLOG_FACILITY=4", "_HOSTNAME=web1", "SYSLOG_IDENTIFIER=sshd",
                         "_COMM=sshd-session", "SYSLOG_PID=41", "_PID=42", "MESSAGE_ID=0f", "_SYSTEMD_UNIT=ssh.service",
                         "_UID=0", "_TRANSPORT=syslog", "MESSAGE=hello", "MESSAGE=again", "OTHER=x", NULL}),
                     "<35>1 2026-03-03T10:00:01.25Z web1 sshd 41 0f [journal unit=\"ssh.service\" uid=\"0\" "
                     "comm=\"sshd-session\" transport=\"syslog\"] hello\n");
    ck_assert_str_eq(line_of((const char *const[]){"_SOURCE_REALTIME_TIMESTAMP=1772532000000000", "_PID=7", "_COMM=a",
                                                   "PRIORITY=9", NULL}),
                     "<14>1 2026-03-03T10:00:00Z - a 7 - [journal comm=\"a\"]\n");
    ck_assert_str_eq(line_of((const char *const[]){"MESSAGE", "", "=", NULL}),
                     "<14>1 2026-03-03T10:00:01.25Z - - - - [journal]\n");
}
END_TEST

START_TEST(what_is_too_long_is_cut_and_counted)
{
    static char message[ARGOT_JOURNAL_MESSAGE_BYTES + 100] = "MESSAGE=";
    memset(message + 8, 'x', sizeof message - 9);
    line_of((const char *const[]){message, "_COMM=a", NULL});
    ck_assert_uint_eq(cut, 1);
    ck_assert_uint_lt(line.length, ARGOT_JOURNAL_MESSAGE_BYTES + 100);
}
END_TEST

/* Words of the header, structured data and message are as many as ever, whatever the fields hold. */
START_TEST(no_field_makes_another_part)
{
    static const char *const names[] = {"SYSLOG_IDENTIFIER=", "_HOSTNAME=", "_PID=", "MESSAGE_ID=", "_UID="};
    uint64_t state = (uint64_t)_i;
    char fields[5][40];
    const char *given[6] = {0};
    for (size_t i = 0; i < 5; i++) {
        size_t at = strlen(strcpy(fields[i], names[i])), length = 1 + test_random(&state) % 15;
        for (size_t j = 0; j < length; j++)
            fields[i][at++] = (char)(1 + test_random(&state) % 255);
        fields[i][at] = 0;
        given[i] = fields[i];
    }
    const char *at = line_of(given), *end = at + strlen(at);
    for (int words = 0; words < 6; words++)
        at = strchr(at, ' ') + 1;
    ck_assert_int_eq(strncmp(at, "[journal uid=\"", 14), 0);
    for (at += 14; *at != '"'; at += *at == '\\' ? 2 : 1)
        ck_assert(*at != ']' && at < end);
    ck_assert_str_eq(at, "\"]\n");
    ck_assert_ptr_eq(strchr((const char *)line.bytes, '\n'), end - 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("journal");
    TCase *entries = tcase_create("entries");
    tcase_add_checked_fixture(entries, set_up, tear_down);
    tcase_add_test(entries, an_entry_is_a_line_of_syslog);
    tcase_add_test(entries, what_is_too_long_is_cut_and_counted);
    tcase_add_loop_test(entries, no_field_makes_another_part, 0, 50);
    suite_add_tcase(suite, entries);
    return test_run(suite);
}
