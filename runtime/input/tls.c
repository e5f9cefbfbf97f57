/* SPDX-License-Identifier: Apache-2.0
 * OpenSSL over a BIO of ours, whose reads and writes are the seam's. It reads no further than the record at hand, so
 * what is left lies in the kernel, and a descriptor that is polled says so. */
#include "input/tls.h"
#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_S INT64_C(1000000000)

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

/* ---- the seam as a BIO ---- */

static int
put_result(BIO *bio, int64_t status, void (*retry)(BIO *bio))
{
    BIO_clear_retry_flags(bio);
    if (status == -EAGAIN || status == -EINTR)
        retry(bio);
    return status < 0 ? -1 : (int)status;
}

static void
retry_read(BIO *bio)
{
    BIO_set_retry_read(bio);
}

static void
retry_write(BIO *bio)
{
    BIO_set_retry_write(bio);
}

static int
bio_read(BIO *bio, char *bytes, int count)
{
    struct argot_tls_session *session = BIO_get_data(bio);
    return put_result(bio, session->seam->read(session->seam, session->fd, bytes, (size_t)count), retry_read);
}

static int
bio_write(BIO *bio, const char *bytes, int count)
{
    struct argot_tls_session *session = BIO_get_data(bio);
    return put_result(bio, session->seam->write(session->seam, session->fd, bytes, (size_t)count), retry_write);
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
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "argot");
    if (method && BIO_meth_set_read(method, bio_read) && BIO_meth_set_write(method, bio_write) &&
        BIO_meth_set_ctrl(method, bio_control))
        return method;
    BIO_meth_free(method);
    return NULL;
}

/* ---- files ---- */

/* The newest of what OpenSSL has to say, and nothing is left of it. */
static void
explain(const char *path, const char *otherwise, char *why, size_t why_size)
{
    unsigned long code = ERR_peek_last_error();
    const char *words = code ? ERR_reason_error_string(code) : NULL;
    snprintf(why, why_size, "%s: %s", path, words ? words : otherwise);
    ERR_clear_error();
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
    X509 *certificate = PEM_read_bio_X509(bio, NULL, no_password, NULL);
    bool good = certificate && SSL_CTX_use_certificate(context, certificate) == 1;
    X509_free(certificate);
    while (good && (certificate = PEM_read_bio_X509(bio, NULL, no_password, NULL))) {
        good = SSL_CTX_add0_chain_cert(context, certificate) == 1;
        if (!good)
            X509_free(certificate);
    }
    if (good)
        ERR_clear_error(); /* the end of the file is told as an error */
    return good;
}

static bool
use_key(SSL_CTX *context, BIO *bio)
{
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
    bool good = key && SSL_CTX_use_PrivateKey(context, key) == 1 && SSL_CTX_check_private_key(context) == 1;
    EVP_PKEY_free(key);
    return good;
}

/* Who is trusted, and told to clients, so that they choose the right one of their certificates. */
static bool
use_ca(SSL_CTX *context, BIO *bio)
{
    X509_STORE *store = SSL_CTX_get_cert_store(context);
    X509 *certificate;
    size_t count = 0;
    bool good = true;
    while (good && (certificate = PEM_read_bio_X509(bio, NULL, no_password, NULL))) {
        good = X509_STORE_add_cert(store, certificate) == 1 && SSL_CTX_add_client_CA(context, certificate) == 1;
        X509_free(certificate);
        count++;
    }
    if (good && count)
        ERR_clear_error();
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
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
    BIO *bio = BIO_new_mem_buf(bytes, (int)size);
    bool good = bio && use(tls->context, bio);
    if (!good)
        explain(path, "cannot be used", why, why_size);
    BIO_free(bio);
    OPENSSL_cleanse(bytes, size);
    seam->release(seam, bytes);
    return good;
}

/* ---- certificates ---- */

static bool
set_rules(SSL_CTX *context)
{
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS); /* many connections are still most of the time */
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 && SSL_CTX_set_num_tickets(context, 0) == 1;
}

struct argot_tls *
argot_tls_new(struct argot_seam *seam, const struct argot_tls_files *files, char *why, size_t why_size)
{
    struct argot_tls *tls = seam->allocate(seam, sizeof *tls);
    snprintf(why, why_size, "there is no memory");
    if (!tls)
        return NULL;
    ERR_clear_error();
    *tls = (struct argot_tls){.seam = seam, .context = SSL_CTX_new(TLS_server_method())};
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
    SSL_CTX_free(tls->context);
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
        .seam = seam, .fd = fd, .method = make_method(), .ssl = SSL_new(tls->context), .failed = true};
    BIO *bio = session->method ? BIO_new(session->method) : NULL;
    if (!session->ssl || !bio) {
        BIO_free(bio);
        argot_tls_end(session);
        return NULL;
    }
    BIO_set_data(bio, session);
    BIO_set_init(bio, 1);
    SSL_set_bio(session->ssl, bio, bio);
    SSL_set_accept_state(session->ssl);
    X509_VERIFY_PARAM_set_time(SSL_get0_param(session->ssl), seam->now(seam) / NS_PER_S);
    session->failed = false;
    return session;
}

int64_t
argot_tls_read(struct argot_tls_session *session, void *bytes, size_t count)
{
    size_t got = 0;
    if (session->failed)
        return -EPROTO;
    ERR_clear_error();
    if (SSL_read_ex(session->ssl, bytes, count, &got) == 1)
        return (int64_t)got;
    int error = SSL_get_error(session->ssl, 0);
    if (error == SSL_ERROR_WANT_READ)
        return -EAGAIN;
    if (error == SSL_ERROR_ZERO_RETURN)
        return 0;
    session->failed = true; /* also when it does not take what it is sent */
    ERR_clear_error();
    return -EPROTO;
}

bool
argot_tls_is_open(const struct argot_tls_session *session)
{
    return SSL_is_init_finished(session->ssl) == 1;
}

void
argot_tls_end(struct argot_tls_session *session)
{
    if (!session)
        return;
    if (session->ssl && !session->failed && argot_tls_is_open(session))
        (void)SSL_shutdown(session->ssl);
    SSL_free(session->ssl);
    BIO_meth_free(session->method);
    ERR_clear_error();
    session->seam->release(session->seam, session);
}
