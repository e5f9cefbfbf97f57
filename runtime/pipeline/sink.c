/* SPDX-License-Identifier: Apache-2.0
 * Dead letters go first: an event that was seen downstream then never stands for records whose
 * letters were lost. */
#include "pipeline/sink.h"

static void
empty(struct argot_buffer *buffer)
{
    if (buffer->capacity > ARGOT_SINK_KEPT_BYTES) {
        struct argot_seam *seam = buffer->seam;
        argot_buffer_finish(buffer);
        argot_buffer_init(buffer, seam);
    }
    buffer->length = 0;
}

static void
write_buffer(struct argot_sink *sink, int fd, struct argot_buffer *buffer, enum argot_parse_end otherwise)
{
    if (sink->end == ARGOT_PARSE_DONE && buffer->length > 0) {
        sink->error = argot_seam_write_all(sink->seam, fd, buffer->bytes, buffer->length);
        if (sink->error)
            sink->end = otherwise;
    }
    empty(buffer);
}

struct argot_sink
argot_sink_of(const struct argot_parse_options *options)
{
    return (struct argot_sink){
        .seam = options->seam, .output_fd = options->output_fd, .letters_fd = options->letters_fd};
}

bool
argot_sink_write(struct argot_sink *sink, struct argot_buffer *letters, struct argot_buffer *output, bool no_memory)
{
    no_memory = no_memory || letters->failed || output->failed;
    write_buffer(sink, sink->letters_fd, letters, ARGOT_PARSE_LETTERS_ERROR);
    write_buffer(sink, sink->output_fd, output, ARGOT_PARSE_OUTPUT_ERROR);
    if (sink->end == ARGOT_PARSE_DONE && no_memory)
        sink->end = ARGOT_PARSE_NO_MEMORY;
    return sink->end == ARGOT_PARSE_DONE;
}
