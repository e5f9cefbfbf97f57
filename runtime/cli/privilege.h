/* SPDX-License-Identifier: Apache-2.0
 * Giving up the rights of root for good: user, groups, and the way back. */
#pragma once
#include "cli/cli.h"

struct argot_privilege {
    bool due; /* this is root, and is to become another one */
    unsigned user, group;
};

/* Who `name` is, and whether this program can become it: it is root, or it is that user already. False after saying
 * why not. */
bool argot_privilege_find(struct argot_cli *cli, const char *name, struct argot_privilege *privilege);
/* Becomes the user, with the groups that it has, and nothing else; makes sure that there is no way back. Does nothing
 * where it is not due. False after saying what failed: then the program must end. */
bool argot_privilege_drop(struct argot_cli *cli, const char *name, const struct argot_privilege *privilege);
/* From now on programs that are started get no rights that this one has not. */
bool argot_privilege_get_none(void);
