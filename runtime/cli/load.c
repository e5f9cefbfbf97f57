/* SPDX-License-Identifier: Apache-2.0
 * The one file that calls the dynamic linker. A module is looked at before, since its code runs as soon as it is open;
 * and never closed, since events and the registry point into it. */
#include "cli/load.h"
#include "cli/elf.h"
#include "cli/examples.h"
#include "cli/say.h"
#include "cli/seal.h"
#include <dlfcn.h>
#include <stdio.h>
#include <sys/stat.h>

#define PATH_BYTES 4096

enum { ONE, SEVERAL, SYMBOLS };

bool
argot_load_option(const struct argot_args *args, const char *path)
{
    bool added = argot_load_add(args->cli, path);
    if (!added)
        argot_args_refuse(args, "more than %d times --load", ARGOT_CLI_MAX_MODULES);
    return added;
}

bool
argot_load_add(struct argot_cli *cli, const char *path)
{
    if (cli->nmodules == ARGOT_CLI_MAX_MODULES)
        return false;
    cli->modules[cli->nmodules++].path = path;
    return true;
}

/* The file is not opened before it is known to be one: opening a pipe would wait. */
static bool
check_file(struct argot_seam *seam, const char *path, struct argot_elf_symbol *symbols, char *why, size_t why_size)
{
    struct stat status;
    if (!stat(path, &status) && !S_ISREG(status.st_mode)) {
        snprintf(why, why_size, "it is no file");
        return false;
    }
    char *bytes;
    size_t size;
    int error = argot_seam_read_file(seam, path, ARGOT_LOAD_MAX_BYTES, &bytes, &size);
    if (error) {
        snprintf(why, why_size, "%s", argot_say_error(error));
        return false;
    }
    const uint8_t *module = (const uint8_t *)bytes;
    const char *broken;
    bool good = argot_elf_check(module, size, symbols, SYMBOLS, why, why_size);
    if (good && !(good = argot_seal_check(module, size, argot_elf_end(module), &broken)))
        snprintf(why, why_size, "%s", broken);
    seam->release(seam, bytes);
    if (good && !symbols[ONE].found && !symbols[SEVERAL].found) {
        snprintf(why, why_size, "it exports neither %s nor %s, so it is none of argot's", symbols[ONE].name,
                 symbols[SEVERAL].name);
        return false;
    }
    return good;
}

/* A name without a slash would be looked for in the system's folders. */
static void *
open_module(const char *path, char *why, size_t why_size)
{
    char with_folder[PATH_BYTES];
    int length = snprintf(with_folder, sizeof with_folder, "%s%s", strchr(path, '/') ? "" : "./", path);
    void *handle = (size_t)length < sizeof with_folder ? dlopen(with_folder, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (handle)
        return handle;
    const char *error = (size_t)length < sizeof with_folder ? dlerror() : "its path is too long";
    size_t skip = error && !strncmp(error, with_folder, (size_t)length) ? (size_t)length : 0;
    skip += skip && !strncmp(error + skip, ": ", 2) ? 2 : 0;
    snprintf(why, why_size, "%s", error ? error + skip : "it cannot be opened");
    return NULL;
}

static bool
take_one(struct argot_module *module, const void *found, uint64_t size, char *why, size_t why_size)
{
    const struct argot_normalizer *normalizer = found;
    if (size < offsetof(struct argot_normalizer, version) || size < normalizer->size) {
        snprintf(why, why_size, "its normalizer is shorter than it says");
        return false;
    }
    module->single[0] = normalizer;
    module->formats = module->single;
    return true;
}

static bool
take_several(struct argot_module *module, const void *found, uint64_t size, char *why, size_t why_size)
{
    const struct argot_normalizer *const *table = found;
    size_t count = (size_t)(size / sizeof *table), i = 0;
    while (i < count && table[i])
        i++;
    if (!i || i == count) {
        snprintf(why, why_size, i ? "the table of its formats has no end" : "it holds no format");
        return false;
    }
    module->formats = table;
    return true;
}

static int
look(struct argot_seam *seam, const char *path, struct argot_file_info *file)
{
    int fd = seam->open(seam, path, ARGOT_OPEN_READ);
    int status = fd < 0 ? fd : seam->info(seam, fd, file);
    if (fd >= 0)
        seam->close(seam, fd);
    return status;
}

static bool
open_at(struct argot_seam *seam, struct argot_module *module, const char *path, char *why, size_t why_size)
{
    struct argot_elf_symbol symbols[SYMBOLS] = {
        [ONE] = {.name = ARGOT_MODULE_ONE},
        [SEVERAL] = {.name = ARGOT_MODULE_SEVERAL},
    };
    if (!check_file(seam, path, symbols, why, why_size))
        return false;
    (void)look(seam, path, &module->file); /* it could just be read */
    void *handle = open_module(path, why, why_size);
    if (!handle)
        return false;
    const struct argot_elf_symbol *symbol = symbols[ONE].found ? &symbols[ONE] : &symbols[SEVERAL];
    const void *found = dlsym(handle, symbol->name);
    if (!found) {
        snprintf(why, why_size, "%s cannot be found in it", symbol->name);
        return false;
    }
    return symbols[ONE].found ? take_one(module, found, symbol->size, why, why_size)
                              : take_several(module, found, symbol->size, why, why_size);
}

bool
argot_load_open(struct argot_seam *seam, struct argot_module *module, char *why, size_t why_size)
{
    return open_at(seam, module, module->path, why, why_size);
}

bool
argot_load_is_changed(struct argot_seam *seam, const struct argot_module *module)
{
    struct argot_file_info file;
    const struct argot_file_info *before = &module->file;
    return look(seam, module->path, &file) || file.device != before->device || file.inode != before->inode ||
           file.size_bytes != before->size_bytes || file.modified != before->modified;
}

/* The dynamic linker gives what it has for a path that it knows, so the file gets a name that it does not: that of its
 * descriptor, which stays open, lest another file gets that name. A file that was written over in place is the one that
 * is mapped, and its code may be half of each. */
bool
argot_load_open_again(struct argot_seam *seam, struct argot_module *module, char *why, size_t why_size)
{
    char path[sizeof "/proc/self/fd/" + 3 * sizeof(int)];
    struct argot_file_info before = module->file, file;
    int fd = seam->open(seam, module->path, ARGOT_OPEN_READ);
    int status = fd < 0 ? fd : seam->info(seam, fd, &file);
    bool same = !status && file.device == before.device && file.inode == before.inode;
    if (status)
        snprintf(why, why_size, "%s", argot_say_error(status));
    else if (same)
        snprintf(why, why_size, "it was written over while it is used; move a new one to its place instead");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (!status && !same && open_at(seam, module, path, why, why_size))
        return true;
    if (fd >= 0)
        seam->close(seam, fd);
    return false;
}

const struct argot_module *
argot_load_origin(const struct argot_cli *cli, const struct argot_normalizer *normalizer)
{
    for (size_t m = 0; m < cli->nmodules; m++)
        for (size_t i = 0; cli->modules[m].formats && cli->modules[m].formats[i]; i++)
            if (cli->modules[m].formats[i] == normalizer)
                return &cli->modules[m];
    return NULL;
}

void
argot_load_place(const struct argot_module *module, const struct argot_normalizer *normalizer, char *text, size_t size)
{
    snprintf(text, size, "%s: %s.yaml", module->path, normalizer->name);
}

bool
argot_load_test(struct argot_cli *cli)
{
    struct argot_buffer report;
    argot_buffer_init(&report, cli->seam);
    bool good = true;
    for (size_t m = 0; m < cli->nmodules; m++) {
        uint64_t run = 0, failed = 0;
        for (size_t i = 0; cli->modules[m].formats[i]; i++) {
            const struct argot_normalizer *normalizer = cli->modules[m].formats[i];
            char place[PATH_BYTES];
            if (argot_registry_find(cli->registry, normalizer->name) != normalizer)
                continue;
            argot_load_place(&cli->modules[m], normalizer, place, sizeof place);
            struct argot_examples_result result = argot_examples_run(cli, normalizer, place, &report);
            run += result.run;
            failed += result.failed + result.messages_without;
        }
        argot_say_words(cli->seam, &report);
        if (failed)
            argot_say(cli->seam, "%s is not used: of its %llu examples %llu fail or are missing", cli->modules[m].path,
                      (unsigned long long)run, (unsigned long long)failed);
        good = good && !failed;
    }
    argot_buffer_finish(&report);
    return good;
}
