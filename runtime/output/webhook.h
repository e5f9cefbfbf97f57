/* SPDX-License-Identifier: Apache-2.0
 * What goes with the JSON of a message to a webhook: who it is, when it is told, and a signature by which the other
 * side knows that it comes from here, as the Standard Webhooks specification has them (webhook-id, webhook-timestamp,
 * webhook-signature: v1 with HMAC-SHA256 over id, time and body, a dot between them). */
#pragma once
#include "base/buffer.h"

/* Appends header lines, each ended by NUL. `id` and `secret` are without control bytes; secret NULL: nothing is signed.
 * One that begins with `whsec_` is the base64 of the bytes that sign, as receivers hand it out; any other is the bytes
 * themselves. False, and *why says why: the secret is no base64, or there is no memory. */
bool argot_webhook_headers(struct argot_buffer *out, const char *id, argot_time now, const char *secret,
                           const void *body, size_t count, const char **why);
