/* SPDX-License-Identifier: Apache-2.0
 * The names of --schema. */
#include "cli/standard.h"
#include "output/export.h"

bool
argot_standard_read(const struct argot_args *args, const char *value, enum argot_standard_number *standard)
{
    static const char *const names[] = {"native", "ecs", "ocsf"};
    char hint[128];
    if (argot_export_named(value, standard))
        return true;
    argot_args_refuse(args, "--schema: `%s` is none of native, ecs, ocsf%s", value,
                      argot_args_nearest(value, names, sizeof names / sizeof *names, hint, sizeof hint));
    return false;
}
