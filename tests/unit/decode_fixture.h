/* SPDX-License-Identifier: Apache-2.0
 * The ground that tests of decoders stand on: an arena on a seam that counts, and at the end nothing of it left over.
 */
#pragma once
#include "decode/decode.h"
#include "test_case.h"
#include "test_seam.h"

static struct argot_test_seam seam;
static struct argot_arena arena;
static struct argot_decode context;

static void
decode_set_up(void)
{
    argot_test_seam_init(&seam);
    argot_arena_init(&arena, &seam.seam, 0);
    context = (struct argot_decode){.arena = &arena};
}

static void
decode_tear_down(void)
{
    argot_arena_finish(&arena);
    ck_assert_uint_eq(seam.live_blocks, 0);
    argot_test_seam_finish(&seam);
}
