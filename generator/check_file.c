/* SPDX-License-Identifier: Apache-2.0
 * argot check: the whole compiler up to re2c, with the result thrown away. */
#include "generator/check_file.h"
#include "generator/compile.h"

enum argot_gen_result
argot_gen_check_file(struct argot_seam *seam, const struct argot_gen_check *check, struct argot_buffer *out,
                     struct argot_buffer *words)
{
    struct argot_gen_input input = {.format_path = check->path,
                                    .yaml = check->yaml,
                                    .schema_path = check->schema_path,
                                    .formats_dir = check->formats_dir,
                                    .overlaps = check->overlaps,
                                    .others = check->others,
                                    .nothers = check->nothers};
    return argot_gen_compile(seam, &input, NULL, check->json, NULL, out, words);
}
