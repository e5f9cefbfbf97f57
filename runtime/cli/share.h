/* SPDX-License-Identifier: Apache-2.0
 * Where argot's files lie (schema.yaml, formats/, include/, argot-gen): beside its own executable
 * as the build puts them, in the share folder of the prefix the executable was installed in, else
 * where it was configured to be. */
#pragma once
#include "base/buffer.h"

#define ARGOT_SHARE_PATH_BYTES 4096

/* The path of a file below share/argot that exists, or false. */
bool argot_share_find(struct argot_seam *seam, const char *name, char *path, size_t size);
