/* SPDX-License-Identifier: Apache-2.0
 * What a run gives up before it reads the first byte: the rights of root, and calls of the system. What root alone may
 * do, which is listening on ports below 1024, is done before; all else is done as the user that remains, so that what
 * it may not read shows now, and not at the first rotation. */
#pragma once
#include "base/seam_live.h"
#include "cli/cli.h"
#include "config/config.h"

struct argot_rights {
    struct argot_cli *cli;
    const struct argot_config *config;
    int *sockets; /* of each input: one that listens already, or -1; NULL: none does */
};

struct argot_endpoint argot_rights_endpoint(const struct argot_config_address *address);
/* Becomes the configuration's `user`, if there is one. False after saying what is wrong. Finish must follow. */
bool argot_rights_begin(struct argot_rights *rights, struct argot_cli *cli, const struct argot_config *config);
/* Gives up calls of the system, as `sandbox` says. False after saying why it cannot. */
bool argot_rights_enter(const struct argot_rights *rights);
/* The socket that listens for an input already; NULL: none. */
const int *argot_rights_socket(const struct argot_rights *rights, size_t input);
void argot_rights_finish(struct argot_rights *rights); /* also of one that is zero */
