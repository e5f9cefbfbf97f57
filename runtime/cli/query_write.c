/* SPDX-License-Identifier: Apache-2.0
 * Rows on their way to standard output, or to a file. */
#include "cli/query.h"
#include "cli/say.h"
#include <errno.h>

#define STANDARD_OUTPUT 1

bool
argot_query_writer_init(struct argot_query_writer *writer, struct argot_seam *seam, enum argot_query_output output,
                        const char *const *names, size_t width, bool hide)
{
    *writer = (struct argot_query_writer){.seam = seam,
                                          .fd = STANDARD_OUTPUT,
                                          .path = "standard output",
                                          .output = output,
                                          .names = names,
                                          .width = width};
    argot_buffer_init(&writer->out, seam);
    if (output == ARGOT_QUERY_TABLE)
        writer->table = argot_query_table_new(seam, names, width, hide);
    if (output == ARGOT_QUERY_CSV)
        argot_cells_csv_head(names, width, &writer->out);
    if (writer->out.failed || (output == ARGOT_QUERY_TABLE && !writer->table))
        writer->error = -ENOMEM;
    return !writer->error;
}

static bool
flush(struct argot_query_writer *writer)
{
    if (writer->out.failed)
        writer->error = -ENOMEM;
    if (!writer->error && writer->out.length)
        writer->error = argot_seam_write_all(writer->seam, writer->fd, writer->out.bytes, writer->out.length);
    writer->out.length = 0;
    return !writer->error;
}

bool
argot_query_writer_row(struct argot_query_writer *writer, const struct argot_cell *cells)
{
    if (writer->output == ARGOT_QUERY_TABLE)
        argot_query_table_row(writer->table, cells, &writer->out);
    else if (writer->output == ARGOT_QUERY_CSV)
        argot_cells_csv(cells, writer->width, &writer->out);
    else if (writer->export)
        argot_query_export_row(writer->export, cells, &writer->out);
    else
        argot_cells_json(writer->names, cells, writer->width, &writer->out);
    return writer->out.length < ARGOT_QUERY_FLUSH_BYTES ? !writer->out.failed : flush(writer);
}

bool
argot_query_writer_end(struct argot_query_writer *writer)
{
    if (writer->table && !writer->error)
        argot_query_table_end(writer->table, &writer->out);
    flush(writer);
    if (writer->error)
        argot_say(writer->seam, "%s: %s", writer->path, argot_say_error(writer->error));
    argot_query_table_free(writer->table);
    argot_query_export_free(writer->export);
    argot_buffer_finish(&writer->out);
    return !writer->error;
}
