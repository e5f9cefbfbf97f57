/* SPDX-License-Identifier: Apache-2.0
 * A command's options, read one by one with getopt_long from the command's table. What is wrong is
 * said here, with the nearest right name; --help is answered here. */
#pragma once
#include "cli/cli.h"

struct argot_args {
    struct argot_cli *cli;
    const struct argot_command *command;
    int argc;
    char **argv;
    int status;      /* after ARGOT_ARGS_EXIT: what the command returns */
    char **operands; /* after ARGOT_ARGS_END: what is left, ended by NULL */
    size_t noperands;
};

enum {
    ARGOT_ARGS_END = -1,
    ARGOT_ARGS_EXIT = -2,
};

/* Index of the next option in the command's table, its value in *value (NULL when it takes none),
 * or one of the above. */
int argot_args_next(struct argot_args *args, const char **value);
/* Says what is wrong in the use of the command, points to its help, and returns ARGOT_EXIT_USAGE.
 */
int argot_args_refuse(const struct argot_args *args, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The command's help, or that of the whole program for NULL. */
void argot_args_help(const struct argot_command *command, struct argot_buffer *out);
/* A decimal number between the two, nothing around it. */
bool argot_args_number(const char *text, uint64_t least, uint64_t most, uint64_t *number);
/* The path of a store that is named with sqlite: before it, or without. */
const char *argot_args_store(const char *text);
/* ": did you mean `x`?" for the nearest of the names, or "" when none is near. Valid as long as the
 * buffer is. */
const char *argot_args_nearest(const char *word, const char *const *names, size_t count, char *text, size_t size);
