/* SPDX-License-Identifier: Apache-2.0
 * The rule files of a run: found, read, and compiled against the formats that are built in or loaded. */
#pragma once
#include "cli/walk.h"
#include "grammar/rules.h"
#include "normalize/emits.h"

#define ARGOT_RULESET_SUFFIX ".rule"

struct argot_ruleset {
    struct argot_cli *cli;
    struct argot_walk walk; /* the files */
    size_t unread;          /* of them; said */
    struct argot_rules_text *texts;
    size_t ntexts;
    struct argot_emits *emits;
    struct argot_rules *rules; /* after argot_ruleset_compile */
};

#define ARGOT_RULESET_OPTION                                                                                           \
    {                                                                                                                  \
        "rules", 'r', "PATH",                                                                                          \
            "a rule file, or a folder with such (*.rule); may be there several\ntimes; else the stock rules"           \
    }

void argot_ruleset_init(struct argot_ruleset *set, struct argot_cli *cli);
void argot_ruleset_finish(struct argot_ruleset *set);
/* Whether a path is named like a rule file, or is a folder, which only rules are looked for in. */
bool argot_ruleset_is_path(const char *path);
/* Adds a file, or those below a folder; the path must live as long as the set. False after saying that there are none.
 */
bool argot_ruleset_add(struct argot_ruleset *set, const char *path);
/* The rules that come with argot. */
bool argot_ruleset_add_stock(struct argot_ruleset *set);
/* Reads the files and compiles those that could be read. What is wrong with them is appended to `words`, as argot check
 * says it. False after saying that there is no memory, or no registry. */
bool argot_ruleset_compile(struct argot_ruleset *set, bool json, struct argot_buffer *words);
/* The plan of all files: NULL after saying on standard error why there is none, or when no file holds a rule. Warnings
 * are only mentioned, and with `quiet` not even that. */
const struct argot_plan *argot_ruleset_plan(struct argot_ruleset *set, bool quiet);
