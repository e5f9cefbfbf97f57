/* SPDX-License-Identifier: Apache-2.0
 * Durations and sizes as people spell them, in rules, in the configuration and on the command line: one spelling, one
 * reader. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* 500ms, 15m, 1h30m, 2w: NULL, or what is wrong with it. At most 292 years. */
const char *argot_amount_duration(const char *text, size_t length, uint64_t *ns);
/* 500B, 64KiB, 200GB: NULL, or what is wrong with it. Without an i the units are powers of 1000. */
const char *argot_amount_size(const char *text, size_t length, uint64_t *bytes);
