/* SPDX-License-Identifier: Apache-2.0
 * What all commands share: the exit statuses, the handle that each gets, and the shape of a
 * command. Each lives in its own cmd_<name>.c; main.c has the table. */
#pragma once
#include "base/buffer.h"
#include "normalize/normalize.h"

enum argot_exit {
    ARGOT_EXIT_DONE = 0,
    ARGOT_EXIT_NOT_HELD = 1, /* a failing example, test or check; dead letters with --strict */
    ARGOT_EXIT_USAGE = 2,    /* wrong use or configuration */
    ARGOT_EXIT_FAILED = 3,   /* an input or output failed, while the others went on */
    ARGOT_EXIT_INTERRUPTED = 130,
};

#define ARGOT_CLI_MAX_MODULES 64
#define ARGOT_CLI_MAX_RENEWALS 64 /* times that modules are read anew; what they were before stays in memory */

/* A shared object with normalizers. Once open it stays: the registry reads its tables to the end of the program. */
struct argot_module {
    const char *path;
    const struct argot_normalizer *const *formats; /* ended by NULL; NULL before it is open */
    const struct argot_normalizer *single[2];      /* what formats points to where the module exports just one */
    struct argot_file_info file;                   /* as it was when it was opened */
};

struct argot_cli {
    struct argot_seam *seam;
    struct argot_registry *registry; /* made when first asked for, by argot_stock_registry */
    const char *format_problem;      /* NULL */
    struct argot_module modules[ARGOT_CLI_MAX_MODULES];
    size_t nmodules;
    struct argot_registry *older[ARGOT_CLI_MAX_RENEWALS]; /* registries before: events that wait may be theirs */
    size_t nolder;
    bool examples_later; /* the command runs the modules' examples itself, so the registry is made without */
};

struct argot_option {
    const char *name;
    char letter;       /* 0: none */
    const char *value; /* what it takes, for people; NULL: nothing */
    const char *doc;   /* NULL: not shown in --help */
};

#define ARGOT_CLI_MAX_OPTIONS 32 /* of one command */

struct argot_command {
    const char *name, *summary;
    const char *usage; /* behind the command's name; a line each way to call it */
    const struct argot_option *options;
    int noptions;
    const char *more;                                         /* shown below the options: exit status, examples */
    int (*run)(struct argot_cli *cli, int argc, char **argv); /* argv[0] is the command's name */
};

/* The table, by name; ended by NULL. */
extern const struct argot_command *const argot_main_commands[];
