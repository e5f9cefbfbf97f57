/* SPDX-License-Identifier: Apache-2.0
 * Problems name the file, and nothing that stands in it. */
#include "pipeline/secret.h"
#include <stdio.h>
#include <string.h>

void
argot_secret_forget(struct argot_secret *secret)
{
    if (secret->bytes) {
        explicit_bzero(secret->bytes, secret->size);
        secret->seam->release(secret->seam, secret->bytes);
    }
    *secret = (struct argot_secret){0};
}

/* What is wrong with the content, or NULL; it is cut into lines. */
static const char *
cut(struct argot_secret *secret, unsigned lines)
{
    char *at = secret->bytes, *end = secret->bytes + secret->size;
    for (unsigned i = 0; i < lines; i++) {
        if (at >= end || *at == '\n' || *at == '\r')
            return lines == 1 ? "is empty" : "does not have a line with the user and one with the password";
        secret->lines[i] = at;
        for (; at < end && *at != '\n' && *at != '\r'; at++)
            if ((unsigned char)*at < ' ' || *at == 0x7f)
                return "has a control byte";
        if (at < end && *at == '\r')
            *at++ = 0;
        if (at < end && *at == '\n')
            *at++ = 0;
    }
    while (at < end && (*at == '\n' || *at == '\r'))
        at++;
    return at < end ? "has more lines than are due" : NULL;
}

bool
argot_secret_read(struct argot_secret *secret, struct argot_seam *seam, const char *path, unsigned lines, char *why,
                  size_t why_size)
{
    struct argot_secret next = {.seam = seam};
    if (!path || (secret->bytes && !secret->stale))
        return true;
    int status = argot_seam_read_file(seam, path, ARGOT_SECRET_MAX_BYTES, &next.bytes, &next.size);
    const char *wrong = status ? strerror(-status) : cut(&next, lines);
    secret->stale = false;
    if (!wrong) {
        argot_secret_forget(secret);
        *secret = next;
        return true;
    }
    snprintf(why, why_size, "%s %s%s", path, wrong, secret->bytes ? "; what was read before is used" : "");
    if (status)
        next.bytes = NULL;
    argot_secret_forget(&next);
    return secret->bytes;
}
