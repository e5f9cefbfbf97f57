/* SPDX-License-Identifier: Apache-2.0
 * A thread for the long work of a store, which goes on meanwhile. One that is made for each work, since that is rare.
 */
#pragma once
#include "base/seam.h"
#include "store/store.h"

struct argot_aside;

/* NULL without memory. */
struct argot_aside *argot_aside_new(struct argot_seam *seam);
/* Waits for what is under way. NULL is fine. */
void argot_aside_free(struct argot_aside *aside);
/* For the options of a store, which it must outlive. */
struct argot_store_aside *argot_aside_of(struct argot_aside *aside); /* NULL of NULL */
