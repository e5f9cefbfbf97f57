/* SPDX-License-Identifier: Apache-2.0
 * OpenSSL over a BIO of ours, whose reads and writes are the seam's. It reads no further than the record at hand, so
 * what is left lies in the kernel, and a descriptor that is polled says so. The library is loaded when it is wanted: it
 * takes 2 MiB, which no other command is to pay. */
#include "input/tls.h"
#include "base/library.h"
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#define LIBRARY "libssl.so.3" /* and libcrypto, which it brings along */
#define NS_PER_S INT64_C(1000000000)

/* What is used of the library. */
#define CALLS(X)                                                                                                       \
    X(BIO_clear_flags)                                                                                                 \
    X(BIO_free)                                                                                                        \
    X(BIO_get_data)                                                                                                    \
    X(BIO_meth_free)                                                                                                   \
    X(BIO_meth_new)                                                                                                    \
    X(BIO_meth_set_ctrl)                                                                                               \
    X(BIO_meth_set_read)                                                                                               \
    X(BIO_meth_set_write)                                                                                              \
    X(BIO_new)                                                                                                         \
    X(BIO_new_mem_buf)                                                                                                 \
    X(BIO_set_data)                                                                                                    \
    X(BIO_set_flags)                                                                                                   \
    X(BIO_set_init)                                                                                                    \
    X(ERR_clear_error)                                                                                                 \
    X(ERR_peek_last_error)                                                                                             \
    X(ERR_reason_error_string)                                                                                         \
    X(EVP_PKEY_free)                                                                                                   \
    X(OPENSSL_cleanse)                                                                                                 \
    X(PEM_read_bio_PrivateKey)                                                                                         \
    X(PEM_read_bio_X509)                                                                                               \
    X(SSL_CTX_add_client_CA)                                                                                           \
    X(SSL_CTX_check_private_key)                                                                                       \
    X(SSL_CTX_ctrl)                                                                                                    \
    X(SSL_CTX_free)                                                                                                    \
    X(SSL_CTX_get_cert_store)                                                                                          \
    X(SSL_CTX_new)                                                                                                     \
    X(SSL_CTX_set_num_tickets)                                                                                         \
    X(SSL_CTX_set_options)                                                                                             \
    X(SSL_CTX_set_verify)                                                                                              \
    X(SSL_CTX_use_PrivateKey)                                                                                          \
    X(SSL_CTX_use_certificate)                                                                                         \
    X(SSL_free)                                                                                                        \
    X(SSL_get0_param)                                                                                                  \
    X(SSL_get_error)                                                                                                   \
    X(SSL_is_init_finished)                                                                                            \
    X(SSL_new)                                                                                                         \
    X(SSL_read_ex)                                                                                                     \
    X(SSL_set_accept_state)                                                                                            \
    X(SSL_set_bio)                                                                                                     \
    X(SSL_shutdown)                                                                                                    \
    X(TLS_server_method)                                                                                               \
    X(X509_STORE_add_cert)                                                                                             \
    X(X509_VERIFY_PARAM_set_time)                                                                                      \
    X(X509_free)

/* A process has a library once, and what OpenSSL calls back gets no more than a BIO. Written by argot_tls_load alone.
 */
static struct {
#define X(name) __typeof__(&(name)) name;
    CALLS(X)
#undef X
} calls;

#define X(name) #name,
static const char *const names[] = {CALLS(X)};
#undef X
_Static_assert(sizeof calls == sizeof names, "a pointer for each name");

struct argot_tls {
    struct argot_seam *seam;
    SSL_CTX *context;
};

struct argot_tls_session {
    struct argot_seam *seam;
    int fd;
    SSL *ssl;
    BIO_METHOD *method; /* its own: the certificates may be gone before it */
    bool failed;
};

bool
argot_tls_is_there(void)
{
    return true;
}

bool
argot_tls_load(void)
{
    return argot_library_load(LIBRARY, "", names, sizeof names / sizeof *names, &calls);
}

/* ---- the seam as a BIO ---- */

static int
put_result(BIO *bio, int64_t status, int waits_for)
{
    calls.BIO_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
    if (status == -EAGAIN || status == -EINTR)
        calls.BIO_set_flags(bio, waits_for | BIO_FLAGS_SHOULD_RETRY);
    return status < 0 ? -1 : (int)status;
}

static int
bio_read(BIO *bio, char *bytes, int count)
{
    struct argot_tls_session *session = calls.BIO_get_data(bio);
    return put_result(bio, session->seam->read(session->seam, session->fd, bytes, (size_t)count), BIO_FLAGS_READ);
}

static int
bio_write(BIO *bio, const char *bytes, int count)
{
    struct argot_tls_session *session = calls.BIO_get_data(bio);
    return put_result(bio, session->seam->write(session->seam, session->fd, bytes, (size_t)count), BIO_FLAGS_WRITE);
}

static long
bio_control(BIO *bio, int what, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return what == BIO_CTRL_FLUSH;
}

static BIO_METHOD *
make_method(void)
{
    BIO_METHOD *method = calls.BIO_meth_new(BIO_TYPE_SOURCE_SINK, "argot");
    if (method && calls.BIO_meth_set_read(method, bio_read) && calls.BIO_meth_set_write(method, bio_write) &&
        calls.BIO_meth_set_ctrl(method, bio_control))
        return method;
    calls.BIO_meth_free(method);
    return NULL;
}

/* ---- files ---- */

/* The newest of what OpenSSL has to say, and nothing is left of it. */
static void
explain(const char *path, const char *otherwise, char *why, size_t why_size)
{
    unsigned long code = calls.ERR_peek_last_error();
    const char *words = code ? calls.ERR_reason_error_string(code) : NULL;
    snprintf(why, why_size, "%s: %s", path, words ? words : otherwise);
    calls.ERR_clear_error();
}

/* A key under a password is not asked for on a terminal that a service does not have. */
static int
no_password(char *bytes, int count, int writing, void *context)
{
    (void)bytes;
    (void)count;
    (void)writing;
    (void)context;
    return -1;
}

static bool
use_chain(SSL_CTX *context, BIO *bio)
{
    X509 *certificate = calls.PEM_read_bio_X509(bio, NULL, no_password, NULL);
    bool good = certificate && calls.SSL_CTX_use_certificate(context, certificate) == 1;
    calls.X509_free(certificate);
    while (good && (certificate = calls.PEM_read_bio_X509(bio, NULL, no_password, NULL))) {
        good = calls.SSL_CTX_ctrl(context, SSL_CTRL_CHAIN_CERT, 0, certificate) == 1;
        if (!good)
            calls.X509_free(certificate);
    }
    if (good)
        calls.ERR_clear_error(); /* the end of the file is told as an error */
    return good;
}

static bool
use_key(SSL_CTX *context, BIO *bio)
{
    EVP_PKEY *key = calls.PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
    bool good = key && calls.SSL_CTX_use_PrivateKey(context, key) == 1 && calls.SSL_CTX_check_private_key(context) == 1;
    calls.EVP_PKEY_free(key);
    return good;
}

/* Who is trusted, and told to clients, so that they choose the right one of their certificates. */
static bool
use_ca(SSL_CTX *context, BIO *bio)
{
    X509_STORE *store = calls.SSL_CTX_get_cert_store(context);
    X509 *certificate;
    size_t count = 0;
    bool good = true;
    while (good && (certificate = calls.PEM_read_bio_X509(bio, NULL, no_password, NULL))) {
        good = calls.X509_STORE_add_cert(store, certificate) == 1 &&
               calls.SSL_CTX_add_client_CA(context, certificate) == 1;
        calls.X509_free(certificate);
        count++;
    }
    if (good && count)
        calls.ERR_clear_error();
    calls.SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return good && count;
}

static bool
use_file(struct argot_tls *tls, const char *path, bool (*use)(SSL_CTX *context, BIO *bio), char *why, size_t why_size)
{
    struct argot_seam *seam = tls->seam;
    char *bytes;
    size_t size;
    int status = argot_seam_read_file(seam, path, ARGOT_TLS_FILE_BYTES, &bytes, &size);
    if (status) {
        snprintf(why, why_size, "%s: %s", path, strerror(-status));
        return false;
    }
    BIO *bio = calls.BIO_new_mem_buf(bytes, (int)size);
    bool good = bio && use(tls->context, bio);
    if (!good)
        explain(path, "cannot be used", why, why_size);
    calls.BIO_free(bio);
    calls.OPENSSL_cleanse(bytes, size);
    seam->release(seam, bytes);
    return good;
}

/* ---- certificates ---- */

static bool
set_rules(SSL_CTX *context)
{
    calls.SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
                                           SSL_OP_CIPHER_SERVER_PREFERENCE);
    calls.SSL_CTX_ctrl(context, SSL_CTRL_MODE, SSL_MODE_RELEASE_BUFFERS,
                       NULL); /* many connections are still most of the time */
    calls.SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, NULL);
    return calls.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, NULL) == 1 &&
           calls.SSL_CTX_set_num_tickets(context, 0) == 1;
}

struct argot_tls *
argot_tls_new(struct argot_seam *seam, const struct argot_tls_files *files, char *why, size_t why_size)
{
    struct argot_tls *tls = seam->allocate(seam, sizeof *tls);
    snprintf(why, why_size, "there is no memory");
    if (!tls)
        return NULL;
    *tls = (struct argot_tls){.seam = seam};
    if (!argot_tls_load()) {
        snprintf(why, why_size, LIBRARY " cannot be loaded: install it anew");
        argot_tls_free(tls);
        return NULL;
    }
    calls.ERR_clear_error();
    tls->context = calls.SSL_CTX_new(calls.TLS_server_method());
    if (tls->context && set_rules(tls->context) && use_file(tls, files->certificate, use_chain, why, why_size) &&
        use_file(tls, files->key, use_key, why, why_size) &&
        (!files->ca || use_file(tls, files->ca, use_ca, why, why_size)))
        return tls;
    argot_tls_free(tls);
    return NULL;
}

void
argot_tls_free(struct argot_tls *tls)
{
    if (!tls)
        return;
    if (tls->context)
        calls.SSL_CTX_free(tls->context);
    tls->seam->release(tls->seam, tls);
}

/* ---- sessions ---- */

struct argot_tls_session *
argot_tls_accept(struct argot_tls *tls, int fd)
{
    struct argot_seam *seam = tls->seam;
    struct argot_tls_session *session = seam->allocate(seam, sizeof *session);
    if (!session)
        return NULL;
    *session = (struct argot_tls_session){
        .seam = seam, .fd = fd, .method = make_method(), .ssl = calls.SSL_new(tls->context), .failed = true};
    BIO *bio = session->method ? calls.BIO_new(session->method) : NULL;
    if (!session->ssl || !bio) {
        calls.BIO_free(bio);
        argot_tls_end(session);
        return NULL;
    }
    calls.BIO_set_data(bio, session);
    calls.BIO_set_init(bio, 1);
    calls.SSL_set_bio(session->ssl, bio, bio);
    calls.SSL_set_accept_state(session->ssl);
    calls.X509_VERIFY_PARAM_set_time(calls.SSL_get0_param(session->ssl), seam->now(seam) / NS_PER_S);
    session->failed = false;
    return session;
}

int64_t
argot_tls_read(struct argot_tls_session *session, void *bytes, size_t count)
{
    size_t got = 0;
    if (session->failed)
        return -EPROTO;
    calls.ERR_clear_error();
    if (calls.SSL_read_ex(session->ssl, bytes, count, &got) == 1)
        return (int64_t)got;
    int error = calls.SSL_get_error(session->ssl, 0);
    if (error == SSL_ERROR_WANT_READ)
        return -EAGAIN;
    if (error == SSL_ERROR_ZERO_RETURN)
        return 0;
    session->failed = true; /* also when it does not take what it is sent */
    calls.ERR_clear_error();
    return -EPROTO;
}

bool
argot_tls_is_open(const struct argot_tls_session *session)
{
    return calls.SSL_is_init_finished(session->ssl) == 1;
}

void
argot_tls_end(struct argot_tls_session *session)
{
    if (!session)
        return;
    if (session->ssl && !session->failed && argot_tls_is_open(session))
        (void)calls.SSL_shutdown(session->ssl);
    calls.SSL_free(session->ssl);
    calls.BIO_meth_free(session->method);
    calls.ERR_clear_error();
    session->seam->release(session->seam, session);
}
