/* SPDX-License-Identifier: Apache-2.0
 * SQLite's way to the simulated disk: files, locks between connections, the shared memory of WAL mode, clock and
 * randomness. */
#pragma once
#include "world.h"

/* SQLite's memory comes from the world too, and may fail; with `all` also what SQLite takes of its own small stores,
 * which is slower. Once, before anything of SQLite is used. */
void sim_vfs_take_memory(bool all);
/* SQLite lives on this world from now on; NULL: on none. One at a time. */
void sim_vfs_use(struct sim_world *world);
