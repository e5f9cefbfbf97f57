/* SPDX-License-Identifier: Apache-2.0
 * The dynamic linker, for code that must not know it. */
#include "base/library.h"
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#define NAME_BYTES 128

bool
argot_library_load(const char *file, const char *prefix, const char *const *names, size_t count, void *calls)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; library && i < count; i++) {
        char name[NAME_BYTES];
        int length = snprintf(name, sizeof name, "%s%s", prefix, names[i]);
        void *found = length < (int)sizeof name ? dlsym(library, name) : NULL;
        if (!found)
            return false;
        memcpy((char *)calls + i * sizeof found, &found, sizeof found);
    }
    return library;
}
