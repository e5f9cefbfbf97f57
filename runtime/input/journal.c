/* SPDX-License-Identifier: Apache-2.0
 * A block is made of entries in a buffer of ours, and lent out as the listener's are: its memory is the block's. The
 * library is loaded when a journal is opened, since it brings along others that each command would have to carry. */
#include "input/journal.h"
#include "base/library.h"
#include "input/journal_entry.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-journal.h>

#define LIBRARY "libsystemd.so.0"
#define PROBLEM_BYTES 160
#define MATCH_BYTES 320 /* _SYSTEMD_UNIT= and a name, which systemd lets have 255 bytes */

/* What is used of the library. */
#define CALLS(X)                                                                                                       \
    X(add_match)                                                                                                       \
    X(close)                                                                                                           \
    X(enumerate_available_data)                                                                                        \
    X(get_cursor)                                                                                                      \
    X(get_fd)                                                                                                          \
    X(get_realtime_usec)                                                                                               \
    X(has_persistent_files)                                                                                            \
    X(has_runtime_files)                                                                                               \
    X(next)                                                                                                            \
    X(open)                                                                                                            \
    X(open_directory)                                                                                                  \
    X(open_files)                                                                                                      \
    X(previous)                                                                                                        \
    X(process)                                                                                                         \
    X(restart_data)                                                                                                    \
    X(seek_cursor)                                                                                                     \
    X(seek_head)                                                                                                       \
    X(set_data_threshold)                                                                                              \
    X(test_cursor)

struct calls {
#define X(name) __typeof__(&sd_journal_##name) name;
    CALLS(X)
#undef X
};

#define X(name) #name,
static const char *const names[] = {CALLS(X)};
#undef X
_Static_assert(sizeof(struct calls) == sizeof names, "a pointer for each name");

struct argot_journal {
    struct argot_journal_options options;
    struct calls calls;
    sd_journal *journal; /* NULL: not open */
    struct argot_buffer lines;
    int poll;
    uint64_t next_record;
    struct argot_journal_counts counts;
    char cursor[ARGOT_JOURNAL_CURSOR_BYTES];
    char problem[PROBLEM_BYTES];
};

bool
argot_journal_is_there(void)
{
    return true;
}

/* ---- opening ---- */

static int
open_where(struct argot_journal *journal)
{
    const struct argot_journal_options *options = &journal->options;
    struct argot_file_info info;
    if (!strcmp(options->where, ARGOT_JOURNAL_SYSTEM))
        return journal->calls.open(&journal->journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
    int status = options->live->status(options->live, options->where, &info);
    if (status)
        return status;
    if (info.kind == ARGOT_FILE_DIRECTORY)
        return journal->calls.open_directory(&journal->journal, options->where, 0);
    const char *files[] = {options->where, NULL};
    return journal->calls.open_files(&journal->journal, files, 0);
}

static int
choose_units(struct argot_journal *journal)
{
    char match[MATCH_BYTES];
    int status = 0;
    for (const char *const *unit = journal->options.units; unit && *unit && status >= 0; unit++) {
        const char *behind = strchr(*unit, '.') ? "" : ".service";
        int length = snprintf(match, sizeof match, "_SYSTEMD_UNIT=%s%s", *unit, behind);
        status =
            length < (int)sizeof match ? journal->calls.add_match(journal->journal, match, (size_t)length) : -E2BIG;
    }
    return status;
}

/* Behind the cursor: on its entry, if that is still there, else before the next one that is. */
static int
go_to(struct argot_journal *journal)
{
    sd_journal *of = journal->journal;
    const char *cursor = journal->options.cursor;
    if (!cursor || !*cursor)
        return journal->calls.seek_head(of);
    int status = journal->calls.seek_cursor(of, cursor);
    if (status >= 0)
        status = journal->calls.next(of);
    if (status > 0 && journal->calls.test_cursor(of, cursor) > 0)
        return 0;
    if (status < 0)
        return status;
    journal->counts.gone++;
    /* One step back, so that the entry at which it stands is given too. */
    return status == 0 || journal->calls.previous(of) > 0 ? 0 : journal->calls.seek_head(of);
}

/* Without rights libsystemd opens nothing, and says nothing. */
static bool
is_readable(struct argot_journal *journal)
{
    return strcmp(journal->options.where, ARGOT_JOURNAL_SYSTEM) != 0 ||
           journal->calls.has_persistent_files(journal->journal) > 0 ||
           journal->calls.has_runtime_files(journal->journal) > 0;
}

bool
argot_journal_load(void)
{
    struct calls calls;
    return argot_library_load(LIBRARY, "sd_journal_", names, sizeof names / sizeof *names, &calls);
}

struct argot_journal *
argot_journal_open(const struct argot_journal_options *options, char *why, size_t why_size)
{
    struct argot_seam *seam = options->seam;
    struct argot_journal *journal = seam->allocate(seam, sizeof *journal);
    snprintf(why, why_size, "there is no memory");
    if (!journal)
        return NULL;
    *journal = (struct argot_journal){.options = *options, .poll = -1};
    journal->options.block_bytes = options->block_bytes ? options->block_bytes : ARGOT_BLOCK_BYTES;
    journal->next_record = options->first_record ? options->first_record : 1;
    argot_buffer_init(&journal->lines, seam);
    if (!argot_library_load(LIBRARY, "sd_journal_", names, sizeof names / sizeof *names, &journal->calls)) {
        snprintf(why, why_size, LIBRARY " cannot be loaded: install it anew");
        argot_journal_close(journal);
        return NULL;
    }
    int status = open_where(journal);
    if (status >= 0)
        status = journal->calls.set_data_threshold(journal->journal,
                                                   ARGOT_JOURNAL_MESSAGE_BYTES + ARGOT_JOURNAL_FIELD_BYTES);
    if (status >= 0)
        status = choose_units(journal);
    if (status >= 0)
        status = go_to(journal);
    if (status >= 0 && is_readable(journal)) {
        journal->poll = journal->calls.get_fd(journal->journal);
        return journal;
    }
    snprintf(why, why_size, "%s",
             status < 0 ? strerror(-status) : "no journal can be read; it takes the group systemd-journal");
    argot_journal_close(journal);
    return NULL;
}

void
argot_journal_close(struct argot_journal *journal)
{
    if (!journal)
        return;
    if (journal->journal)
        journal->calls.close(journal->journal);
    argot_buffer_finish(&journal->lines);
    journal->options.seam->release(journal->options.seam, journal);
}

/* ---- entries ---- */

/* Of a damaged entry what can be read. */
static bool
take_entry(struct argot_journal *journal)
{
    struct argot_journal_entry entry = {0};
    const void *field;
    size_t length;
    int status = journal->calls.get_realtime_usec(journal->journal, &entry.time_us);
    journal->calls.restart_data(journal->journal);
    while (status >= 0 && (status = journal->calls.enumerate_available_data(journal->journal, &field, &length)) > 0)
        argot_journal_entry_take(&entry, field, length);
    journal->counts.damaged += status < 0;
    argot_journal_entry_put(&entry, &journal->lines, &journal->counts.cut);
    return !journal->lines.failed;
}

static int
note_cursor(struct argot_journal *journal)
{
    char *cursor = NULL;
    int status = journal->calls.get_cursor(journal->journal, &cursor);
    if (status >= 0 && snprintf(journal->cursor, sizeof journal->cursor, "%s", cursor) >= (int)sizeof journal->cursor)
        status = -E2BIG;
    free(cursor);
    return status;
}

/* The lines become the block's; its memory has the next lines. */
static void
give(struct argot_journal *journal, struct argot_block_bytes *block, uint64_t count)
{
    struct argot_buffer *lines = &journal->lines;
    uint8_t *memory = block->memory;
    size_t capacity = block->capacity;
    *block = (struct argot_block_bytes){
        .memory = lines->bytes,
        .capacity = lines->capacity,
        .bytes = lines->bytes,
        .length = lines->length,
        .first_record = journal->next_record,
        .first_line = journal->next_record,
    };
    memset(block->memory + block->length, 0, ARGOT_PADDING);
    block->memory[block->length] = '\n';
    lines->bytes = memory;
    lines->capacity = capacity;
    lines->length = 0;
    journal->next_record += count;
    journal->counts.entries += count;
}

static int
fail(struct argot_journal *journal, int status)
{
    snprintf(journal->problem, sizeof journal->problem, "%s", strerror(-status));
    journal->lines.length = 0;
    journal->lines.failed = false;
    return -1;
}

int
argot_journal_next(struct argot_journal *journal, struct argot_block_bytes *block)
{
    uint64_t count = 0;
    int status = journal->calls.process(journal->journal);
    while (status >= 0 && count < ARGOT_JOURNAL_ENTRIES && journal->lines.length < journal->options.block_bytes) {
        status = journal->calls.next(journal->journal);
        if (status <= 0)
            break;
        if (!take_entry(journal))
            return fail(journal, -ENOMEM);
        count++;
    }
    if (status >= 0 && count)
        status = note_cursor(journal);
    if (status < 0)
        return fail(journal, status);
    if (!count)
        return 0;
    if (!argot_buffer_reserve(&journal->lines, ARGOT_PADDING))
        return fail(journal, -ENOMEM);
    give(journal, block, count);
    return 1;
}

/* ---- questions ---- */

int
argot_journal_poll(const struct argot_journal *journal)
{
    return journal->poll;
}

const char *
argot_journal_problem(const struct argot_journal *journal)
{
    return journal->problem;
}

const char *
argot_journal_cursor(const struct argot_journal *journal)
{
    return journal->cursor;
}

uint64_t
argot_journal_next_record(const struct argot_journal *journal)
{
    return journal->next_record;
}

struct argot_journal_counts
argot_journal_counts(const struct argot_journal *journal)
{
    return journal->counts;
}
