/* SPDX-License-Identifier: Apache-2.0
 * Patterns name by name: a name without wildcards is not looked for, so that folders that may be passed but not listed
 * are no obstacle. */
#include "input/wildcard.h"
#include <fnmatch.h>
#include <string.h>

#define WILDCARDS "*?["
#define LEAST_HYPHEN_DIGITS 6 /* app-1 is a log of its own, app-20260301 is an old one */

static void
add(struct argot_wildcard *glob, const char *path)
{
    if (glob->count == ARGOT_WILDCARD_MAX_PATHS || !path) {
        glob->refused += path != NULL;
        glob->failed = glob->failed || !path;
        return;
    }
    if (glob->count == glob->capacity) {
        size_t capacity = glob->capacity ? glob->capacity * 2 : 16;
        const char **more = argot_arena_zalloc(glob->arena, capacity, sizeof *more);
        if (!more) {
            glob->failed = true;
            return;
        }
        if (glob->count)
            memcpy(more, glob->paths, glob->count * sizeof *more);
        glob->paths = more;
        glob->capacity = capacity;
    }
    glob->paths[glob->count++] = path;
}

struct listing {
    struct argot_wildcard *glob;
    const char *folder; /* with its slash, before each name; "" */
    const char *fits;   /* a pattern for the name, or NULL */
    const char *begin;  /* of the name, or NULL */
};

static bool
take_name(void *context, const char *name)
{
    struct listing *listing = context;
    if (listing->begin && strncmp(name, listing->begin, strlen(listing->begin)))
        return true;
    if (listing->fits && fnmatch(listing->fits, name, FNM_PERIOD))
        return true;
    add(listing->glob, argot_arena_printf(listing->glob->arena, "%s%s", listing->folder, name));
    return !listing->glob->failed && listing->glob->count < ARGOT_WILDCARD_MAX_PATHS;
}

int
argot_wildcard_names(struct argot_wildcard *glob, struct argot_seam_live *live, const char *folder, const char *begin)
{
    struct listing listing = {glob, "", NULL, begin};
    return live->list(live, *folder ? folder : ".", take_name, &listing);
}

static void find_below(struct argot_wildcard *glob, struct argot_seam_live *live, const char *folder,
                       const char *pattern, unsigned depth);

/* The names of one level that fit, each with the rest of the pattern below it. */
static void
find_level(struct argot_wildcard *glob, struct argot_seam_live *live, const char *folder, const char *pattern,
           size_t length, unsigned depth)
{
    struct argot_wildcard level = {.arena = glob->arena};
    struct listing listing = {&level, folder, argot_arena_copy(glob->arena, pattern, length), NULL};
    if (!listing.fits || live->list(live, *folder ? folder : ".", take_name, &listing) || level.refused)
        glob->refused++;
    glob->failed = glob->failed || level.failed || !listing.fits;
    for (size_t i = 0; i < level.count && !glob->failed; i++) {
        if (!pattern[length]) {
            add(glob, level.paths[i]);
            continue;
        }
        const char *below = argot_arena_printf(glob->arena, "%s/", level.paths[i]);
        if (below)
            find_below(glob, live, below, pattern + length + 1, depth + 1);
        glob->failed = glob->failed || !below;
    }
}

static void
find_below(struct argot_wildcard *glob, struct argot_seam_live *live, const char *folder, const char *pattern,
           unsigned depth)
{
    size_t wild = strcspn(pattern, WILDCARDS), literal = wild;
    if (depth == ARGOT_WILDCARD_MAX_DEPTH) {
        glob->refused++;
        return;
    }
    if (!pattern[wild]) {
        struct argot_file_info info;
        const char *path = argot_arena_printf(glob->arena, "%s%s", folder, pattern);
        if (!path || live->status(live, path, &info) == 0)
            add(glob, path);
        return;
    }
    while (literal && pattern[literal - 1] != '/')
        literal--;
    if (literal) {
        folder = argot_arena_printf(glob->arena, "%s%.*s", folder, (int)literal, pattern);
        pattern += literal;
    }
    if (folder)
        find_level(glob, live, folder, pattern, strcspn(pattern, "/"), depth);
    glob->failed = glob->failed || !folder;
}

void
argot_wildcard_find(struct argot_wildcard *glob, struct argot_seam_live *live, const char *pattern)
{
    find_below(glob, live, "", pattern, 0);
}

bool
argot_wildcard_fits(const char *pattern, const char *path)
{
    return !fnmatch(pattern, path, FNM_PERIOD | FNM_PATHNAME);
}

/* ---- rotated names ---- */

size_t
argot_wildcard_uncompressed(const char *name)
{
    static const char *const ends[] = {".gz", ".bz2", ".xz", ".zst"};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t end = strlen(ends[i]);
        if (length > end && !memcmp(name + length - end, ends[i], end))
            return length - end;
    }
    return length;
}

size_t
argot_wildcard_stem(const char *name)
{
    size_t length = argot_wildcard_uncompressed(name), at = length, digits = 0;
    while (at && ((name[at - 1] >= '0' && name[at - 1] <= '9') || name[at - 1] == '-'))
        digits += name[--at] != '-';
    if (digits && at > 1 && name[at] != '-' && name[at - 1] == '.')
        return at - 1;
    return digits >= LEAST_HYPHEN_DIGITS && at && name[at] == '-' ? at : length;
}
