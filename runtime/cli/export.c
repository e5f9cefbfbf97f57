/* SPDX-License-Identifier: Apache-2.0
 * A file has its name when it is complete, and not before. Rows are those of a search: each file is the store as it was
 * when its search began. */
#include "cli/export.h"
#include "base/arena.h"
#include "cli/interrupt.h"
#include "cli/query.h"
#include "cli/say.h"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#define WHY_BYTES 320
#define FOLDER_MODE 0777
#define PART ".part"

static const struct kind {
    enum argot_search_table table;
    const char *name, *one, *several;
    const char *columns; /* beside those that argot parse writes */
} kinds[] = {
    {ARGOT_SEARCH_EVENTS, "events", "event", "events",
     "+source,record,line,part,event_ingest_time,format_name,raw_line"},
    {ARGOT_SEARCH_ALERTS, "alerts", "alert", "alerts", NULL},
    {ARGOT_SEARCH_LETTERS, "dead_letters", "dead letter", "dead letters", "+event_ingest_time"},
};

struct export
{
    const struct argot_export *options;
    struct argot_seam *seam;
    struct argot_search *search;
    struct argot_arena arena;
    struct argot_buffer told;
};

static const char *
path_for(struct export *export, const struct kind *kind, const char *suffix)
{
    return argot_arena_printf(&export->arena, "%s/%s.%s%s", export->options->folder, kind->name,
                              export->options->csv ? "csv" : "jsonl", suffix);
}

static bool
no_memory(struct export *export)
{
    argot_say(export->seam, "there is no memory");
    return false;
}

static bool
search_failed(struct export *export)
{
    if (!argot_interrupt_asked)
        argot_say(export->seam, "%s: %s", export->options->store, argot_search_problem(export->search));
    return false;
}

/* ---- what would be written ---- */

static struct argot_search_query
query_of(const struct export *export, const struct kind *kind)
{
    return (struct argot_search_query){
        .table = kind->table, .from = export->options->from, .to = export->options->to, .stop = argot_interrupt_stop};
}

static bool
tell(struct export *export, const struct kind *kind, uint64_t count)
{
    const char *path = path_for(export, kind, "");
    if (!path)
        return no_memory(export);
    argot_buffer_printf(&export->told, "%s: ", path);
    argot_say_count(&export->told, count, kind->one, kind->several);
    argot_buffer_append_byte(&export->told, '\n');
    return true;
}

static bool
plan(struct export *export, const struct kind *kind)
{
    struct argot_search_query query = query_of(export, kind);
    struct argot_cell cells[ARGOT_SEARCH_MAX_COLUMNS];
    query.what = ARGOT_SEARCH_BOUNDS;
    if (!argot_search_start(export->search, &query) || !argot_search_next(export->search, cells))
        return search_failed(export);
    return tell(export, kind, cells[2].kind == ARGOT_CELL_VALUE ? (uint64_t)cells[2].slot.i64 : 0);
}

/* ---- writing ---- */

static bool
write_rows(struct export *export, const struct kind *kind, const struct argot_query_columns *columns, int fd,
           const char *path)
{
    struct argot_cell cells[ARGOT_SEARCH_MAX_COLUMNS + 1];
    struct argot_search_query query = query_of(export, kind);
    struct argot_query_writer writer;
    uint64_t count = 0;
    enum argot_query_output output = export->options->csv ? ARGOT_QUERY_CSV : ARGOT_QUERY_JSONL;
    query.columns = columns->columns;
    query.ncolumns = columns->count;
    if (!argot_search_start(export->search, &query))
        return search_failed(export);
    bool good = argot_query_writer_init(&writer, export->seam, output, columns->names, columns->count, false);
    writer.fd = fd;
    writer.path = path;
    for (; good && argot_search_next(export->search, cells); count++)
        good = argot_query_writer_row(&writer, cells);
    good = argot_query_writer_end(&writer) && good;
    if (good && *argot_search_problem(export->search))
        return search_failed(export);
    return good && tell(export, kind, count);
}

static bool
write_file(struct export *export, const struct kind *kind, const struct argot_query_columns *columns)
{
    struct argot_seam *seam = export->seam;
    const char *path = path_for(export, kind, ""), *part = path_for(export, kind, PART);
    if (!path || !part)
        return no_memory(export);
    int fd = seam->open(seam, part, ARGOT_OPEN_WRITE), status = fd;
    if (fd >= 0) {
        bool good = write_rows(export, kind, columns, fd, part);
        status = good ? seam->sync(seam, fd) : 0;
        int closed = seam->close(seam, fd);
        status = status ? status : closed;
        if (good && !status)
            status = seam->rename(seam, part, path);
        if (good && !status)
            return true;
        (void)seam->remove(seam, part);
    }
    if (status)
        argot_say(seam, "%s: %s", part, argot_say_error(status));
    return false;
}

static bool
write_kind(struct export *export, const struct kind *kind)
{
    struct argot_query_columns columns;
    return argot_query_columns_read(export->options->args, "columns", &export->arena, kind->table, ARGOT_QUERY_JSONL,
                                    kind->columns, &columns) &&
           write_file(export, kind, &columns);
}

/* ---- the whole ---- */

static bool
prepare_folder(struct export *export)
{
    struct argot_seam *seam = export->seam;
    if (mkdir(export->options->folder, FOLDER_MODE) && errno != EEXIST) {
        argot_say(seam, "%s: %s", export->options->folder, argot_say_error(-errno));
        return false;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const char *path = path_for(export, &kinds[i], "");
        if (!path)
            return no_memory(export);
        if (!argot_seam_is_there(seam, path))
            continue;
        argot_say(seam, "%s: is there already; nothing was written", path);
        return false;
    }
    return true;
}

static int
run(struct export *export)
{
    bool act = export->options->act, good = !act || prepare_folder(export);
    for (size_t i = 0; good && i < sizeof kinds / sizeof *kinds; i++)
        good = (act ? write_kind : plan)(export, &kinds[i]);
    if (good && !act)
        argot_buffer_append_text(&export->told, "nothing was written; --act does it\n");
    int status = argot_say_write(export->seam, &export->told);
    if (!good)
        return argot_interrupt_asked ? ARGOT_EXIT_INTERRUPTED : ARGOT_EXIT_FAILED;
    return status;
}

int
argot_export_run(const struct argot_export *options)
{
    struct export export = {.options = options, .seam = options->args->cli->seam};
    char why[WHY_BYTES];
    export.search = argot_search_open(export.seam, options->store, why, sizeof why);
    if (!export.search) {
        argot_say(export.seam, "%s: %s", options->store, why);
        return ARGOT_EXIT_FAILED;
    }
    argot_arena_init(&export.arena, export.seam, 0);
    argot_buffer_init(&export.told, export.seam);
    int status = run(&export);
    argot_arena_finish(&export.arena);
    argot_search_close(export.search);
    return status;
}
