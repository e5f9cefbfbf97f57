/* SPDX-License-Identifier: Apache-2.0
 * Events for people, one line each:
 * `2026-03-03 10:00:01Z  AUTH_LOGIN failure  sshd  user_name=root source_ip=192.0.2.1`. Values with blanks stand in
 * quotes; control bytes are escaped as in JSON, so no log can drive a terminal. */
#pragma once
#include "base/buffer.h"
#include "event/event.h"

/* Appends the line with its newline: time, type and outcome, program or format, the other fields in schema order,
 * members of extra last. `color` adds SGR sequences. Returns the number of bytes replaced by U+FFFD. */
size_t argot_text_event(const struct argot_event *event, bool color, struct argot_buffer *out);
