/* SPDX-License-Identifier: Apache-2.0
 * Time zones: IANA names from the system's TZif files (RFC 8536) by a reader of our own, since
 * glibc knows only the process's zone; or fixed offsets (`+02:00`, `-0530`, `Z`). Immutable once
 * loaded, so threads may share one. */
#pragma once
#include "base/seam.h"
#include <stdbool.h>

struct argot_zone;

#define ARGOT_ZONE_MAX_BYTES (1u << 20)

/* NULL with a reason in `why`. Names with `..` or a leading `/` are refused. TZDIR of the
 * environment is not read: `directory` NULL means /usr/share/zoneinfo. */
struct argot_zone *argot_zone_load(struct argot_seam *seam, const char *directory, const char *name, char *why,
                                   size_t why_size);
/* The same from bytes of a TZif file: for tests and fuzzing. */
struct argot_zone *argot_zone_parse(struct argot_seam *seam, const uint8_t *bytes, size_t size);
void argot_zone_free(struct argot_zone *zone); /* NULL is fine */
/* Local seconds since 1970-01-01T00:00:00 of the zone's wall clock to UTC seconds. In a gap the
 * offset before it holds; of a doubled hour the first is taken. After the table's end the POSIX
 * rule of the footer holds. O(log n). */
int64_t argot_zone_to_utc(const struct argot_zone *zone, int64_t local_seconds);
/* Whether the offset surely stays the same from one moment to another. */
bool argot_zone_is_even(const struct argot_zone *zone, int64_t from_utc_seconds, int64_t to_utc_seconds);
/* UTC offset in seconds at a moment. */
int32_t argot_zone_offset(const struct argot_zone *zone, int64_t utc_seconds);
