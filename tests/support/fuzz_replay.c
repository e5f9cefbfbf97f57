/* SPDX-License-Identifier: Apache-2.0
 * Stands in for libFuzzer where it is not built in: feeds a target the empty input, then each file
 * of the folders and files named on the command line, in order of their names. Prints one TAP line
 * a file. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_INPUT_BYTES ((size_t)16 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned tests_run;

static void
report(const char *path)
{
    printf("ok %u - %s\n", ++tests_run, path);
    fflush(stdout); /* what was printed last names the input that crashed */
}

static void
bail_out(const char *path)
{
    printf("Bail out! %s: %s\n", path, strerror(errno));
    exit(EXIT_FAILURE);
}

static void
replay_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        bail_out(path);
    /* An exact block, so that AddressSanitizer sees a read of the byte behind it. */
    uint8_t *bytes = malloc(size ? size : 1);
    if (!bytes || fread(bytes, 1, size, file) != size)
        bail_out(path);
    fclose(file);
    printf("# %s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    report(path);
}

static void replay(const char *path);

static void
replay_folder(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    if (count < 0)
        bail_out(path);
    for (int i = 0; i < count; i++) {
        char inner[4096];
        int length = snprintf(inner, sizeof inner, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' && length > 0 && (size_t)length < sizeof inner)
            replay(inner);
        free(entries[i]);
    }
    free(entries);
}

static void
replay(const char *path)
{
    struct stat status;
    if (stat(path, &status))
        bail_out(path);
    if (S_ISDIR(status.st_mode))
        replay_folder(path);
    else if (S_ISREG(status.st_mode) && (uint64_t)status.st_size <= MAX_INPUT_BYTES)
        replay_file(path, (size_t)status.st_size);
}

int
main(int argc, char **argv)
{
    static const uint8_t nothing[1];
    LLVMFuzzerTestOneInput(nothing, 0);
    report("the empty input");
    for (int i = 1; i < argc; i++) {
        struct stat status;
        if (stat(argv[i], &status) && errno == ENOENT)
            continue; /* a target without kept inputs yet */
        replay(argv[i]);
    }
    printf("1..%u\n", tests_run);
    return EXIT_SUCCESS;
}
