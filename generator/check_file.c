/* SPDX-License-Identifier: Apache-2.0
 * argot check: the whole compiler up to re2c, with the result thrown away. */
#include "generator/check_file.h"
#include "generator/compile.h"

enum argot_gen_result
argot_gen_check_file(struct argot_seam *seam, const char *path, const char *schema_path, const char *formats_dir,
                     bool json, struct argot_buffer *out, struct argot_buffer *words)
{
    struct argot_gen_input input = {.format_path = path, .schema_path = schema_path, .formats_dir = formats_dir};
    return argot_gen_compile(seam, &input, NULL, json, NULL, out, words);
}
