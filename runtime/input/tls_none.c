/* SPDX-License-Identifier: Apache-2.0
 * Without OpenSSL. */
#include "input/tls.h"
#include <errno.h>
#include <stdio.h>

bool
argot_tls_is_there(void)
{
    return false;
}

bool
argot_tls_load(void)
{
    return false;
}

struct argot_tls *
argot_tls_new(struct argot_seam *seam, const struct argot_tls_files *files, char *why, size_t why_size)
{
    (void)seam;
    (void)files;
    snprintf(why, why_size, "this argot was built without OpenSSL");
    return NULL;
}

void
argot_tls_free(struct argot_tls *tls)
{
    (void)tls;
}

struct argot_tls_session *
argot_tls_accept(struct argot_tls *tls, int fd)
{
    (void)tls;
    (void)fd;
    return NULL;
}

int64_t
argot_tls_read(struct argot_tls_session *session, void *bytes, size_t count)
{
    (void)session;
    (void)bytes;
    (void)count;
    return -ENOSYS;
}

bool
argot_tls_is_open(const struct argot_tls_session *session)
{
    (void)session;
    return false;
}

void
argot_tls_end(struct argot_tls_session *session)
{
    (void)session;
}
