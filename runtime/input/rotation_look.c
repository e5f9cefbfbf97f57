/* SPDX-License-Identifier: Apache-2.0
 * Which files are which generations. A file is known by device and inode as long as its first bytes are what they were;
 * one that was compressed, or copied, by its first bytes alone. What is not known is new, in the order of the times at
 * which files were written last, the one at the log's path behind all others. */
#include "input/rotation_parts.h"
#include <errno.h>
#include <string.h>

#define LOOKS 5 /* while a rotation goes on */
#define COARSE_NS INT64_C(10000000)
#define PACKED_NS INT64_C(1000000000) /* what some compressors leave out of a file's time */

struct candidate {
    const char *path;
    struct argot_file_info info;
    uint8_t first[ARGOT_TAIL_FINGERPRINT_BYTES]; /* uncompressed */
    size_t nfirst;
    bool live, compressed;
    struct argot_generation *generation; /* NULL: unknown */
};

struct look {
    struct argot_rotation *rotation;
    size_t count;
    struct candidate *candidates;
    bool again;            /* a file was renamed meanwhile */
    size_t names, missing; /* of old files, when they were looked for; of them, with no file behind */
    int blind; /* why a file that matters cannot be read just now, so that nothing can be said of others; 0: all can */
};

static const char *
words_for(int error)
{
    return error == -EACCES ? "no permission to read it" : error == -EINVAL ? "is no file" : strerror(-error);
}

/* ---- which files there are ---- */

static bool
is_live_open(const struct argot_rotation *rotation, const struct argot_file_info *info)
{
    for (size_t i = 0; i < rotation->count; i++) {
        const struct argot_generation *one = &rotation->generations[i];
        if (one->tail && !one->copy && one->position.device == info->device && one->position.inode == info->inode)
            return true;
    }
    return false;
}

/* The file at the log's path comes first: it may be renamed at any time, and is found among the others then. */
static bool
is_there(const struct look *look, const struct argot_file_info *info)
{
    for (size_t i = 0; i < look->count; i++)
        if (look->candidates[i].info.device == info->device && look->candidates[i].info.inode == info->inode)
            return true;
    return false;
}

/* Whether a file that cannot be read may be the one at the path, a new one, or one that is still to be read. */
static bool
may_matter(const struct look *look, const char *path, bool live)
{
    const struct argot_rotation *rotation = look->rotation;
    struct argot_seam_live *seam = rotation->options.live;
    struct argot_file_info info;
    argot_time newest = rotation->since;
    int status = live ? 0 : seam->status(seam, path, &info);
    if (live || status)
        return status != -ENOENT;
    for (size_t i = 0; i < rotation->count; i++) {
        const struct argot_generation *one = &rotation->generations[i];
        if (!one->done && !one->tail)
            return true;
        newest = one->position.modified;
    }
    return info.modified >= newest && !is_live_open(rotation, &info);
}

/* What another try may find otherwise. */
static bool
may_pass(int error)
{
    return error == -EIO || error == -ENOMEM || error == -EMFILE || error == -ENFILE || error == -EINTR ||
           error == -EAGAIN || error == -ESTALE;
}

/* Adds a file with its first bytes, unless it is none that can be read. */
static int
add_candidate(struct look *look, const char *path, bool live)
{
    const struct argot_rotation_options *options = &look->rotation->options;
    struct candidate *candidate = &look->candidates[look->count];
    *candidate = (struct candidate){.path = path, .live = live};
    int status = argot_tail_first(options->seam, options->live, path, candidate->first, &candidate->compressed,
                                  &candidate->info);
    if (status < 0) {
        if (may_pass(status) && may_matter(look, path, live))
            look->blind = status;
        return status;
    }
    candidate->nfirst = (size_t)status;
    if ((live || candidate->nfirst > 0) &&
        !is_there(look, &candidate->info)) /* an old one that is empty says nothing */
        look->count++;
    return 0;
}

/* A file that is being compressed stands there twice, and the new one is not whole. */
static bool
is_unfinished(const struct argot_wildcard *names, const char *name)
{
    size_t length = argot_wildcard_uncompressed(name);
    if (!name[length])
        return false;
    for (size_t i = 0; i < names->count; i++)
        if (strlen(names->paths[i]) == length && !memcmp(names->paths[i], name, length))
            return true;
    return false;
}

static bool
is_old_name(const struct argot_rotation *rotation, const char *name)
{
    size_t length = strlen(rotation->name);
    return name[length] && argot_wildcard_stem(name) == length;
}

static size_t
count_old(const struct argot_rotation *rotation, const struct argot_wildcard *names)
{
    size_t count = 0;
    for (size_t i = 0; i < names->count; i++)
        count += is_old_name(rotation, names->paths[i]);
    return count;
}

static bool
find_candidates(struct look *look)
{
    struct argot_rotation *rotation = look->rotation;
    struct argot_seam_live *live = rotation->options.live;
    struct argot_wildcard names = {.arena = &rotation->arena};
    struct candidate *first = argot_arena_zalloc(&rotation->arena, 1, sizeof *first);
    look->candidates = first;
    if (!first)
        return false;
    int status = add_candidate(look, rotation->path, true);
    argot_rotation_set_problem(rotation, status == 0 || status == -ENOENT ? NULL : words_for(status));
    status = argot_wildcard_names(&names, live, rotation->folder, rotation->name);
    look->blind = may_pass(status) ? status : look->blind;
    look->candidates = argot_arena_zalloc(&rotation->arena, names.count + 2, sizeof *look->candidates);
    if (names.failed || !look->candidates)
        return false;
    *look->candidates = *first;
    look->names = count_old(rotation, &names);
    for (size_t i = 0; i < names.count; i++) {
        if (!is_old_name(rotation, names.paths[i]) || is_unfinished(&names, names.paths[i]))
            continue;
        char *path = argot_arena_printf(&rotation->arena, "%s%s", rotation->folder, names.paths[i]);
        if (!path)
            return false;
        look->missing += add_candidate(look, path, false) == -ENOENT; /* it has another name by now, or none */
    }
    return true;
}

/* ---- which are known ---- */

static bool
is_file_of(const struct argot_generation *generation, const struct candidate *candidate)
{
    const struct argot_tail_position *position = &generation->position;
    return position->device == candidate->info.device && position->inode == candidate->info.inode;
}

static bool
is_inode_there(const struct look *look, const struct argot_generation *generation)
{
    for (size_t i = 0; i < look->count && !generation->cut; i++)
        if (is_file_of(generation, &look->candidates[i]) &&
            argot_tail_begins(&generation->position, look->candidates[i].first, look->candidates[i].nfirst))
            return true;
    return false;
}

static bool
begins_like(const struct argot_generation *generation, const struct candidate *candidate)
{
    return (candidate->compressed || candidate->info.size_bytes >= generation->position.offset) &&
           argot_tail_begins(&generation->position, candidate->first, candidate->nfirst);
}

/* Another file with the same text. A few first bytes that are equal, such as a greeting, prove nothing. */
static bool
is_same_text(const struct argot_generation *generation, const struct candidate *candidate)
{
    uint32_t known = generation->position.fingerprint_bytes;
    return known > 0 && (known == ARGOT_TAIL_FINGERPRINT_BYTES || known == candidate->nfirst) &&
           argot_tail_begins(&generation->position, candidate->first, candidate->nfirst);
}

static bool
is_taken(const struct look *look, const struct argot_generation *generation)
{
    for (size_t i = 0; i < look->count; i++)
        if (look->candidates[i].generation == generation)
            return true;
    return false;
}

/* By device and inode first, so that two files that begin alike are not mixed up as long as both are there. */
static void
recognize(struct look *look)
{
    struct argot_rotation *rotation = look->rotation;
    for (size_t i = 0; i < look->count; i++)
        for (size_t j = rotation->count; j-- > 0 && !look->candidates[i].generation;) {
            struct argot_generation *one = &rotation->generations[j];
            if (!is_file_of(one, &look->candidates[i]) || one->cut)
                continue;
            if (begins_like(one, &look->candidates[i]))
                look->candidates[i].generation = one;
            else if (one->tail) /* found out here before it was by reading */
                argot_rotation_cut(rotation, one);
            else /* in an earlier run, or while there was none */
                one->cut = true;
        }
    for (size_t i = 0; i < look->count; i++)
        for (size_t j = rotation->count; j-- > 0 && !look->candidates[i].generation;) {
            struct argot_generation *one = &rotation->generations[j];
            if (is_same_text(one, &look->candidates[i]) && begins_like(one, &look->candidates[i]) &&
                !is_taken(look, one) && !is_inode_there(look, one))
                look->candidates[i].generation = one;
        }
}

/* A copy of the file at the path, which is about to be cut, whole or as far as it was written. */
static bool
is_copy_of_live(const struct look *look, const struct candidate *candidate)
{
    for (size_t i = 0; i < look->count; i++) {
        const struct candidate *one = &look->candidates[i];
        if (one->live && one != candidate && !candidate->compressed &&
            candidate->info.size_bytes <= one->info.size_bytes && candidate->nfirst <= one->nfirst &&
            !memcmp(candidate->first, one->first, candidate->nfirst))
            return true;
    }
    return false;
}

/* Whether it was written to after all that is known of the generation. */
static bool
is_later(const struct argot_generation *generation, const struct candidate *candidate)
{
    argot_time modified = generation->position.modified; /* INT64_MAX: not known */
    return modified == INT64_MAX || candidate->info.modified >= modified - (candidate->compressed ? PACKED_NS : 0);
}

/* Where what was not read of a generation may be that is under no file of its own any more: the oldest that goes on
 * like it. More was written than it is known by, so it is only asked what was written since. */
static struct candidate *
find_rest(const struct look *look, const struct argot_generation *generation)
{
    struct candidate *found = NULL;
    for (size_t i = 0; i < look->count; i++) {
        struct candidate *one = &look->candidates[i];
        if (one->live || one->generation || !begins_like(generation, one) || is_copy_of_live(look, one) ||
            (!is_same_text(generation, one) && !is_later(generation, one)))
            continue;
        if (!found || one->info.modified < found->info.modified)
            found = one;
    }
    return found;
}

/* Whether it must be found under another name, be it that it is still open. A log of which nothing was seen may have
 * been copied and cut since. */
static bool
is_astray(const struct look *look, const struct argot_generation *generation)
{
    const struct argot_tail_position *position = &generation->position;
    if (generation->done)
        return false;
    for (size_t i = 0; i < look->count; i++)
        if (look->candidates[i].generation == generation)
            return look->candidates[i].live && !generation->tail && !position->fingerprint_bytes && !position->offset;
    return true;
}

/* The oldest first, so that each finds its own. */
static void
recognize_rests(struct look *look)
{
    struct argot_rotation *rotation = look->rotation;
    for (size_t i = 0; i < rotation->count; i++) {
        struct argot_generation *one = &rotation->generations[i];
        struct candidate *rest = is_astray(look, one) ? find_rest(look, one) : NULL;
        for (size_t j = 0; rest && j < look->count; j++)
            if (look->candidates[j].generation == one)
                look->candidates[j].generation = NULL;
        if (rest)
            rest->generation = one;
    }
}

/* The clock was set back while the generation was read. A file whose time is from between may be older or newer than
 * what was written last: all of it was read before where it begins like the generation does. */
static bool
is_copy_by_another_clock(const struct look *look, const struct argot_generation *generation,
                         const struct candidate *candidate)
{
    int64_t back = generation->clock_ahead - argot_rotation_clock_ahead(look->rotation);
    return generation->cut_first && back > 0 && !candidate->compressed &&
           candidate->info.modified <= generation->position.modified + back &&
           candidate->info.size_bytes <= generation->cut_nfirst && candidate->nfirst == candidate->info.size_bytes &&
           !memcmp(candidate->first, generation->cut_first, candidate->nfirst);
}

/* Copies of what was truncated: the generation was read to where it was cut, or from that very copy. */
static bool
is_copy(const struct look *look, const struct candidate *candidate)
{
    if (is_copy_of_live(look, candidate))
        return true;
    for (size_t j = 0; j < look->rotation->count; j++) {
        const struct argot_generation *one = &look->rotation->generations[j];
        if (one->rotated && !is_file_of(one, candidate) &&
            (is_same_text(one, candidate) || is_copy_by_another_clock(look, one, candidate)))
            return true;
    }
    return false;
}

/* ---- what is new ---- */

static bool
is_wanted(const struct look *look, const struct candidate *candidate)
{
    const struct argot_rotation *rotation = look->rotation;
    if (candidate->live)
        return true;
    if (is_copy(look, candidate))
        return false;
    if (rotation->options.pattern && argot_wildcard_fits(rotation->options.pattern, candidate->path))
        return true;
    const struct argot_generation *last = rotation->count ? &rotation->generations[rotation->count - 1] : NULL;
    argot_time since = last ? last->position.modified : rotation->since;
    if (last && last->cut) /* a copy that was made before the last of what was read was written */
        return candidate->info.modified > since;
    return candidate->info.modified >= since;
}

/* The one to be numbered next among those that are left: the oldest; of equal age what was renamed more often. */
static struct candidate *
oldest_new(const struct look *look)
{
    struct candidate *found = NULL;
    for (size_t i = 0; i < look->count; i++) {
        struct candidate *one = &look->candidates[i];
        if (one->generation || !one->path)
            continue;
        if (!found || (found->live && !one->live) ||
            (found->live == one->live &&
             (one->info.modified < found->info.modified ||
              (one->info.modified == found->info.modified && strcmp(one->path, found->path) > 0))))
            found = one;
    }
    return found;
}

static bool
number_new(struct look *look)
{
    struct argot_rotation *rotation = look->rotation;
    for (size_t i = 0; i < look->count; i++)
        if (!look->candidates[i].generation && !is_wanted(look, &look->candidates[i]))
            look->candidates[i].path = NULL;
    for (struct candidate *one; (one = oldest_new(look));) {
        uint64_t number = rotation->count ? rotation->generations[rotation->count - 1].number + 1 : 1;
        struct argot_generation *added = argot_rotation_add(rotation, number);
        if (!added)
            return false;
        int status = argot_rotation_open(rotation, added, one->path, &one->info);
        if (status < 0) { /* it has another name by now, and what is newer waits until it is found under that */
            rotation->count--;
            look->again = status == -ESTALE || status == -ENOENT;
            if (!look->again)
                argot_rotation_set_problem(rotation, strerror(-status));
            return status != -ENOMEM;
        }
        rotation->counts.rotations += one->live && number > 1;
        added->rotated = !one->live;
        one->path = NULL;
    }
    return true;
}

/* Whether something is to be concluded of which files there are: that one is new, or that one is gone. */
static bool
is_to_conclude(const struct look *look)
{
    for (size_t i = 0; i < look->count; i++)
        if (!look->candidates[i].generation)
            return true;
    for (size_t i = 0; i < look->rotation->count; i++) {
        const struct argot_generation *one = &look->rotation->generations[i];
        if (!one->tail && !one->done && !is_taken(look, one))
            return true;
    }
    return false;
}

/* Whether old files have the names under which they were found, and there are no others. While names change one may be
 * seen under none of them, and would be taken for gone, or be left behind for good when a newer one was numbered. */
static bool
is_settled(const struct look *look)
{
    const struct argot_rotation *rotation = look->rotation;
    struct argot_seam_live *live = rotation->options.live;
    struct argot_wildcard names = {.arena = &look->rotation->arena};
    struct argot_file_info info;
    int status = argot_wildcard_names(&names, live, rotation->folder, rotation->name);
    size_t missing = 0;
    for (size_t i = 0; i < names.count && look->missing; i++) {
        char *path = argot_arena_printf(&look->rotation->arena, "%s%s", rotation->folder, names.paths[i]);
        missing += is_old_name(rotation, names.paths[i]) && path && live->status(live, path, &info) == -ENOENT;
    }
    if (status || names.failed || count_old(rotation, &names) != look->names || missing != look->missing)
        return false;
    for (size_t i = 0; i < look->count; i++) {
        const struct candidate *one = &look->candidates[i];
        if (!one->live &&
            (live->status(live, one->path, &info) || info.device != one->info.device || info.inode != one->info.inode))
            return false;
    }
    return true;
}

/* ---- what is to be gone on with ---- */

static void
reopen(struct look *look, struct candidate *candidate)
{
    struct argot_generation *one = candidate->generation;
    bool more = !candidate->compressed && candidate->info.size_bytes > one->position.offset;
    if (one->tail || (one->done && !more && !candidate->live))
        return;
    bool cut = one->cut, copy = !candidate->compressed && !candidate->live && !is_file_of(one, candidate);
    int status = argot_rotation_open(look->rotation, one, candidate->path, &candidate->info);
    one->copy = copy && one->tail;
    look->rotation->counts.recovered += cut && one->tail;
    look->again = look->again || status == -ESTALE || status == -ENOENT;
    if (status < 0 && candidate->live && !look->again)
        argot_rotation_set_problem(look->rotation, strerror(-status));
}

/* Its writer may not know yet, however long it said nothing before. */
static void
set_rotated(const struct argot_rotation *rotation, struct argot_generation *generation, bool rotated)
{
    if (rotated && !generation->rotated)
        generation->still = rotation->options.seam->monotonic(rotation->options.seam);
    generation->rotated = rotated;
}

/* What was not read to its end and is nowhere any more. */
static void
give_up(struct look *look, struct argot_generation *generation)
{
    if (generation->tail || generation->done || look->again || is_taken(look, generation))
        return;
    generation->done = true;
    if (generation->cut_bytes)
        look->rotation->counts.lost_bytes += generation->cut_bytes;
    else
        look->rotation->counts.gone++;
}

static bool
look_once(struct argot_rotation *rotation, bool *again)
{
    struct look look = {.rotation = rotation};
    argot_arena_reset(&rotation->arena);
    if (!find_candidates(&look))
        return false;
    *again = false;
    if (look.blind) {
        argot_rotation_set_problem(rotation, strerror(-look.blind));
        return true;
    }
    recognize(&look);
    recognize_rests(&look);
    if (is_to_conclude(&look) && !is_settled(&look)) {
        *again = true;
        return true;
    }
    for (size_t i = 0; i < look.count; i++)
        if (look.candidates[i].generation) {
            set_rotated(rotation, look.candidates[i].generation, !look.candidates[i].live);
            reopen(&look, &look.candidates[i]);
        }
    for (size_t i = 0; i < rotation->count; i++) {
        struct argot_generation *one = &rotation->generations[i];
        set_rotated(rotation, one, one->rotated || !is_taken(&look, one));
        give_up(&look, one);
    }
    bool good = number_new(&look);
    *again = look.again;
    return good;
}

/* A rotation that goes on while it is looked at is waited for; one that goes on for ever is come back to. */
static bool
look_around(struct argot_rotation *rotation)
{
    bool good = true, again = true;
    for (int i = 0; good && again && i < LOOKS; i++)
        good = look_once(rotation, &again);
    return good;
}

bool
argot_rotation_look(struct argot_rotation *rotation, bool thorough)
{
    struct argot_seam_live *live = rotation->options.live;
    struct argot_file_info info;
    int status = live->status(live, rotation->path, &info);
    /* Where there is none, one may have come and been renamed since. */
    if (rotation->begun && !thorough && status == 0 && is_live_open(rotation, &info))
        return true;
    if (!rotation->begun) /* clocks of files are coarse */
        rotation->since =
            (rotation->options.since ? rotation->options.since : rotation->options.seam->now(rotation->options.seam)) -
            COARSE_NS;
    bool good = look_around(rotation);
    rotation->begun = good;
    return good;
}
