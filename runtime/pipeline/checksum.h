/* SPDX-License-Identifier: Apache-2.0
 * A sum over the values of events that does not depend on their order: it proves that two runs
 * decoded the same, be it with other outputs, other workers or other block sizes. No protection
 * against intent. */
#pragma once
#include "event/event.h"

/* The sum of the mixed values of one event; sums of events are added up, modulo 2^64. Receive time,
 * source and place of the event are left out. */
uint64_t argot_checksum_event(const struct argot_event *event);
