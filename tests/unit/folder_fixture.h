/* SPDX-License-Identifier: Apache-2.0
 * A folder of its own for each test, and paths in it. */
#pragma once
#include "base/seam_live.h"
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "test_case.h"

#define PATH_BYTES 256

static char folder[PATH_BYTES];

/* The path of a name in it; the last four are valid. */
static const char *
at(const char *name)
{
    static char paths[4][PATH_BYTES];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, PATH_BYTES, "%.180s/%.64s", folder, name);
    return path;
}

static void
make_folder(void)
{
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.128s/argot_test_XXXXXX", base ? base : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static bool
remove_one(void *context, const char *name)
{
    (void)context;
    unlink(at(name));
    return true;
}

/* With the files in it. */
static void
remove_folder(void)
{
    struct argot_seam_live *live = argot_seam_live_system();
    live->list(live, folder, remove_one, NULL);
    rmdir(folder);
}
