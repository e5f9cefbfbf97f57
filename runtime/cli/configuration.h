/* SPDX-License-Identifier: Apache-2.0
 * A configuration file, read and held against what this argot has: formats, modules, time zones. */
#pragma once
#include "cli/args.h"
#include "config/config.h"
#include "store/store.h"

#define ARGOT_CONFIGURATION_MAX_BYTES ((size_t)1 << 20)

struct argot_configuration {
    struct argot_cli *cli;
    struct argot_arena arena;
    struct argot_diagnostics diagnostics;
    char *source;                /* of the file; NULL: not read */
    struct argot_config *config; /* NULL: there are errors */
};

enum argot_configuration_status {
    ARGOT_CONFIGURATION_GOOD,
    ARGOT_CONFIGURATION_WRONG,  /* it has errors, which argot_configuration_print tells */
    ARGOT_CONFIGURATION_UNREAD, /* after saying why */
    ARGOT_CONFIGURATION_FAILED, /* a module cannot be used, or there is no memory; after saying which */
};

/* Takes nothing yet, and finish may follow. */
void argot_configuration_init(struct argot_configuration *configuration, struct argot_cli *cli);
/* Gives back everything, `config` too. The names of modules that were loaded are in there: so at the end of the
 * program, or where the registry was made anew. */
void argot_configuration_finish(struct argot_configuration *configuration);
/* Reads a file, which must live as long as the configuration, and adds its modules to the handle's, whose registry is
 * made. */
enum argot_configuration_status argot_configuration_load(struct argot_configuration *configuration, const char *path);
/* The path of the store that a configuration names, for commands that only look at it: of the file at `path`, or for
 * NULL of argot.yaml in this folder or in /etc/argot. NULL after saying what is wrong. */
const char *argot_configuration_store(struct argot_configuration *configuration, const struct argot_args *args,
                                      const char *path);
/* What its store keeps of each format, as the store wants to know it: those of single formats, and behind them that of
 * all others. In memory of the configuration; NULL without. */
const struct argot_store_policy *argot_configuration_policies(struct argot_configuration *configuration, size_t *count);
/* What there is to tell, as argot check does. */
void argot_configuration_print(const struct argot_configuration *configuration, bool json, struct argot_buffer *out);
