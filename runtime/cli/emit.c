/* SPDX-License-Identifier: Apache-2.0
 * argot-gen writes into the build's private folder; what is whole moves on. */
#include "cli/emit.h"
#include "cli/files.h"
#include "cli/say.h"
#include "cli/share.h"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#define PATH_BYTES ARGOT_TOOL_PATH_BYTES
#define NAME_BYTES 80 /* of a format's file: its name and .c */
#define MAX_BYTES ((size_t)256 << 20)
#define NEW_FOLDER_MODE 0777

enum { GENERATOR, SCHEMA, FORMATS, RUNTIME, TYPES, SHARED };

static enum argot_exit
generate(const struct argot_module_build *build, size_t path, const char *c, const char *h)
{
    static const char *const names[SHARED] = {"argot-gen", "schema.yaml", "formats", "source/runtime.c",
                                              "source/types.h"};
    char found[SHARED][PATH_BYTES], named[PATH_BYTES];
    struct argot_cli *cli = build->cli;
    for (size_t i = 0; i < SHARED; i++)
        if (!argot_share_find(cli->seam, names[i], found[i], sizeof found[i])) {
            argot_say(cli->seam, "share/argot/%s is not where argot was installed; install argot anew, wholly",
                      names[i]);
            return ARGOT_EXIT_USAGE;
        }
    int length = snprintf(named, sizeof named, "%s%s", *build->paths[path] == '-' ? "./" : "", build->paths[path]);
    if (length < 0 || (size_t)length >= sizeof named)
        return ARGOT_EXIT_FAILED; /* said when the module was made */
    const char *const words[] = {
        found[GENERATOR], "alone",     "--schema",     found[SCHEMA], "--formats",  found[FORMATS], "--re2c",
        "re2c",           "--runtime", found[RUNTIME], "--types",     found[TYPES], "--output",     c,
        "--header",       h,           named,          NULL};
    int status;
    enum argot_tool_end end = argot_tool_run(words, build->folder, &status);
    if (end == ARGOT_TOOL_ENDED && status == 1)
        return ARGOT_EXIT_NOT_HELD;
    if (end == ARGOT_TOOL_ENDED && status == 3)
        return ARGOT_EXIT_FAILED;
    return argot_module_judge(cli, "argot-gen", end, status);
}

static enum argot_exit
move(struct argot_cli *cli, const char *from, const char *to)
{
    struct argot_buffer buffer;
    char *bytes;
    size_t size;
    int error = argot_seam_read_file(cli->seam, from, MAX_BYTES, &bytes, &size);
    if (!error) {
        argot_buffer_init(&buffer, cli->seam);
        argot_buffer_append(&buffer, bytes, size);
        cli->seam->release(cli->seam, bytes);
        error = argot_files_replace(cli->seam, to, &buffer);
        argot_buffer_finish(&buffer);
    }
    if (error)
        argot_say(cli->seam, "%s: %s", to, argot_say_error(error));
    return error ? ARGOT_EXIT_FAILED : ARGOT_EXIT_DONE;
}

static bool
make_folder(struct argot_cli *cli, const char *folder)
{
    struct stat status;
    if (!mkdir(folder, NEW_FOLDER_MODE))
        return true;
    int error = errno;
    if (error == EEXIST && !stat(folder, &status) && S_ISDIR(status.st_mode))
        return true;
    argot_say(cli->seam, "%s: %s", folder, error == EEXIST ? "it is no folder" : argot_say_error(-error));
    return false;
}

enum argot_exit
argot_emit_c(const struct argot_module_build *build, size_t path, const char *folder)
{
    char made[2][PATH_BYTES + NAME_BYTES], wanted[2][PATH_BYTES + NAME_BYTES];
    const char *name = argot_module_of(build, path)->name;
    for (int i = 0; i < 2; i++) {
        snprintf(made[i], sizeof made[i], "%s/%s.%c", build->folder, name, "ch"[i]);
        int length = snprintf(wanted[i], sizeof wanted[i], "%s/%s.%c", folder, name, "ch"[i]);
        if (length < 0 || (size_t)length >= sizeof wanted[i]) {
            argot_say(build->cli->seam, "%s: the path is too long", folder);
            return ARGOT_EXIT_FAILED;
        }
    }
    enum argot_exit result = generate(build, path, made[0], made[1]);
    if (!result && !make_folder(build->cli, folder))
        result = ARGOT_EXIT_FAILED;
    for (int i = 0; !result && i < 2; i++)
        result = move(build->cli, made[i], wanted[i]);
    return result;
}
