/* SPDX-License-Identifier: Apache-2.0
 * A double and a message that somebody replays look alike but for the time, so that is signed too. */
#include "output/webhook.h"
#include "base/sha256.h"
#include "output/line.h"
#include <stdio.h>

#define NS_PER_S INT64_C(1000000000)
#define SECRET_PREFIX "whsec_"
#define SECRET_MAX_BYTES 512
#define TIME_BYTES 24

static int
value_of(char digit)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = digit ? strchr(digits, digit) : NULL;
    return at ? (int)(at - digits) : -1;
}

/* Length of the bytes; 0: it is no base64, or too long. */
static size_t
read_base64(const char *text, uint8_t bytes[SECRET_MAX_BYTES])
{
    uint32_t bits = 0;
    unsigned nbits = 0;
    size_t count = 0, length = strcspn(text, "=");
    if (strspn(text + length, "=") != strlen(text + length) || length % 4 == 1)
        return 0;
    for (size_t i = 0; i < length; i++) {
        int value = value_of(text[i]);
        if (value < 0 || count == SECRET_MAX_BYTES)
            return 0;
        bits = bits << 6 | (uint32_t)value;
        nbits += 6;
        if (nbits >= 8) {
            nbits -= 8;
            bytes[count++] = (uint8_t)(bits >> nbits);
        }
    }
    return count;
}

static bool
sign(struct argot_buffer *out, const char *id, const char *time, const void *secret, size_t length, const void *body,
     size_t count)
{
    struct argot_sha256 sha256;
    struct argot_line line;
    uint8_t sum[ARGOT_SHA256_BYTES];
    argot_sha256_begin_sign(&sha256, secret, length);
    argot_sha256_add(&sha256, id, strlen(id));
    argot_sha256_add(&sha256, ".", 1);
    argot_sha256_add(&sha256, time, strlen(time));
    argot_sha256_add(&sha256, ".", 1);
    argot_sha256_add(&sha256, body, count);
    argot_sha256_sign(&sha256, secret, length, sum);
    argot_buffer_append_text(out, "webhook-signature: v1,");
    argot_line_begin(&line, out);
    bool good = argot_line_base64(&line, sum, sizeof sum);
    if (good)
        argot_line_end(&line);
    argot_buffer_append_byte(out, 0);
    return good && !out->failed;
}

bool
argot_webhook_headers(struct argot_buffer *out, const char *id, argot_time now, const char *secret, const void *body,
                      size_t count, const char **why)
{
    uint8_t decoded[SECRET_MAX_BYTES];
    char time[TIME_BYTES];
    snprintf(time, sizeof time, "%lld", (long long)(now / NS_PER_S));
    *why = "there is no memory";
    argot_buffer_printf(out, "webhook-id: %s", id);
    argot_buffer_append_byte(out, 0);
    argot_buffer_printf(out, "webhook-timestamp: %s", time);
    argot_buffer_append_byte(out, 0);
    if (out->failed || !secret)
        return !out->failed;
    if (strncmp(secret, SECRET_PREFIX, strlen(SECRET_PREFIX)) != 0)
        return sign(out, id, time, secret, strlen(secret), body, count);
    size_t length = read_base64(secret + strlen(SECRET_PREFIX), decoded);
    if (length)
        return sign(out, id, time, decoded, length, body, count);
    *why = "the secret begins with `whsec_`, and no base64 stands behind it";
    return false;
}
