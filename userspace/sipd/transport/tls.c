// SPDX-License-Identifier: GPL-2.0-or-later
#include "transport/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What was read from the files at one time. */
struct set {
	SSL_CTX *server[TP_TLS_MAX_CERTIFICATES];
	SSL_CTX *client;
};

struct tp_tls {
	atomic_uint users;
	struct tp_tls_config config; /* its texts are owned; changes under @lock */
	pthread_mutex_t lock; /* protects @set */
	struct set *set;
};

/* --- names of files --- */

static void config_clean(struct tp_tls_config *config)
{
	for (unsigned int i = 0; i < config->npairs; i++) {
		free((char *)config->pairs[i].certificate);
		free((char *)config->pairs[i].key);
	}
	free((char *)config->ca);
}

static bool config_copy(struct tp_tls_config *to, const struct tp_tls_config *from)
{
	bool ok = true;

	*to = *from;
	for (unsigned int i = 0; i < from->npairs; i++) {
		to->pairs[i].certificate = strdup(from->pairs[i].certificate);
		to->pairs[i].key = strdup(from->pairs[i].key);
		ok = ok && to->pairs[i].certificate && to->pairs[i].key;
	}
	to->ca = from->ca ? strdup(from->ca) : NULL;
	return ok && (to->ca || !from->ca);
}

struct tp_tls *tp_tls_alloc(const struct tp_tls_config *config)
{
	struct tp_tls *tls = calloc(1, sizeof(*tls));

	if (!tls)
		return NULL;
	if (!config_copy(&tls->config, config)) {
		config_clean(&tls->config);
		free(tls);
		return NULL;
	}
	atomic_init(&tls->users, 1);
	pthread_mutex_init(&tls->lock, NULL);
	return tls;
}

struct tp_tls *tp_tls_get(struct tp_tls *tls)
{
	if (tls)
		atomic_fetch_add_explicit(&tls->users, 1, memory_order_relaxed);
	return tls;
}

static void set_free(struct set *set)
{
	if (!set)
		return;
	for (unsigned int i = 0; i < TP_TLS_MAX_CERTIFICATES; i++)
		SSL_CTX_free(set->server[i]);
	SSL_CTX_free(set->client);
	free(set);
}

void tp_tls_free(struct tp_tls *tls)
{
	if (!tls || atomic_fetch_sub_explicit(&tls->users, 1, memory_order_acq_rel) != 1)
		return;
	set_free(tls->set);
	config_clean(&tls->config);
	pthread_mutex_destroy(&tls->lock);
	free(tls);
}

/* --- reading --- */

/* The first error of OpenSSL's is the cause of the others. */
static int refuse(struct tp_tls_error *error, enum tp_tls_file file, unsigned int index)
{
	unsigned long code = ERR_peek_error();
	const char *why = NULL;

	if (ERR_SYSTEM_ERROR(code))
		why = strerror(ERR_GET_REASON(code));
	else if (code)
		why = ERR_reason_error_string(code);
	error->file = file;
	error->index = index;
	snprintf(error->text, sizeof(error->text), "%s", why ? why : "it cannot be read");
	ERR_clear_error();
	return -EINVAL;
}

static int use_pair(SSL_CTX *ctx, const struct tp_tls_pair *pair, unsigned int index,
		    struct tp_tls_error *error)
{
	ERR_clear_error();
	if (SSL_CTX_use_certificate_chain_file(ctx, pair->certificate) != 1)
		return refuse(error, TP_TLS_CERTIFICATE, index);
	if (SSL_CTX_use_PrivateKey_file(ctx, pair->key, SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_check_private_key(ctx) != 1)
		return refuse(error, TP_TLS_KEY, index);
	return 0;
}

static int trust(SSL_CTX *ctx, const char *ca, struct tp_tls_error *error)
{
	ERR_clear_error();
	if (ca && SSL_CTX_load_verify_locations(ctx, ca, NULL) != 1)
		return refuse(error, TP_TLS_CA, 0);
	if (!ca && SSL_CTX_set_default_verify_paths(ctx) != 1)
		return refuse(error, TP_TLS_CA, 0);
	return 0;
}

/* No pass phrase: there is nobody to ask. */
static int no_phrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return 0;
}

static SSL_CTX *ctx_new(const SSL_METHOD *method)
{
	SSL_CTX *ctx = SSL_CTX_new(method);

	if (!ctx)
		return NULL;
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
					 SSL_OP_CIPHER_SERVER_PREFERENCE |
					 SSL_OP_IGNORE_UNEXPECTED_EOF);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_default_passwd_cb(ctx, no_phrase);
	return ctx;
}

/* For the present set: one that came after that of @ssl will do as well. */
static int choose_by_name(SSL *ssl, int *alert, void *arg)
{
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	struct tp_tls *tls = arg;

	(void)alert;
	if (!name)
		return SSL_TLSEXT_ERR_OK;
	pthread_mutex_lock(&tls->lock);
	for (unsigned int i = 0; i < tls->config.npairs; i++) {
		X509 *cert = SSL_CTX_get0_certificate(tls->set->server[i]);

		if (X509_check_host(cert, name, 0, 0, NULL) != 1)
			continue;
		SSL_set_SSL_CTX(ssl, tls->set->server[i]);
		break;
	}
	pthread_mutex_unlock(&tls->lock);
	return SSL_TLSEXT_ERR_OK;
}

static int make_server(struct tp_tls *tls, struct set *set, unsigned int index,
		       struct tp_tls_error *error)
{
	static const unsigned char session_context[] = "sipd";
	const struct tp_tls_config *config = &tls->config;
	SSL_CTX *ctx = set->server[index] = ctx_new(TLS_server_method());
	STACK_OF(X509_NAME) * names;
	int err;

	if (!ctx)
		return refuse(error, TP_TLS_CERTIFICATE, index);
	err = use_pair(ctx, &config->pairs[index], index, error);
	if (err)
		return err;
	SSL_CTX_set_tlsext_servername_callback(ctx, choose_by_name);
	SSL_CTX_set_tlsext_servername_arg(ctx, tls);
	/* Sessions are resumed by tickets, which every shard can read: they share this. */
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_session_id_context(ctx, session_context, sizeof(session_context) - 1);
	if (!config->verify_client)
		return 0;
	err = trust(ctx, config->ca, error);
	if (err)
		return err;
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	names = config->ca ? SSL_load_client_CA_file(config->ca) : NULL;
	if (names)
		SSL_CTX_set_client_CA_list(ctx, names);
	return 0;
}

static int make_client(const struct tp_tls *tls, struct set *set, struct tp_tls_error *error)
{
	SSL_CTX *ctx = set->client = ctx_new(TLS_client_method());
	int err;

	if (!ctx)
		return refuse(error, TP_TLS_CERTIFICATE, 0);
	err = use_pair(ctx, &tls->config.pairs[0], 0, error);
	if (!err && tls->config.verify_server) {
		err = trust(ctx, tls->config.ca, error);
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	}
	return err;
}

int tp_tls_load(struct tp_tls *tls, struct tp_tls_error *error)
{
	struct set *set = calloc(1, sizeof(*set)), *old;
	int err = 0;

	if (!set)
		return refuse(error, TP_TLS_CERTIFICATE, 0);
	for (unsigned int i = 0; !err && i < tls->config.npairs; i++)
		err = make_server(tls, set, i, error);
	if (!err)
		err = make_client(tls, set, error);
	if (err) {
		set_free(set);
		return err;
	}
	pthread_mutex_lock(&tls->lock);
	old = tls->set;
	tls->set = set;
	pthread_mutex_unlock(&tls->lock);
	/* Connections that use it hold references. */
	set_free(old);
	return 0;
}

/* The one that its callbacks are given. */
static void set_owner(const struct set *set, struct tp_tls *tls)
{
	for (unsigned int i = 0; set && i < TP_TLS_MAX_CERTIFICATES; i++)
		if (set->server[i])
			SSL_CTX_set_tlsext_servername_arg(set->server[i], tls);
}

void tp_tls_take(struct tp_tls *tls, struct tp_tls *from)
{
	const struct tp_tls_config config = from->config;
	struct set *set = from->set;

	set_owner(set, tls);
	pthread_mutex_lock(&tls->lock);
	from->config = tls->config;
	from->set = tls->set;
	tls->config = config;
	tls->set = set;
	pthread_mutex_unlock(&tls->lock);
}

const char *tp_tls_file(const struct tp_tls *tls, const struct tp_tls_error *error)
{
	switch (error->file) {
	case TP_TLS_CERTIFICATE:
		return tls->config.pairs[error->index].certificate;
	case TP_TLS_KEY:
		return tls->config.pairs[error->index].key;
	case TP_TLS_CA:
		break;
	}
	return tls->config.ca ? tls->config.ca : "the system's certificates";
}

/* --- showing --- */

static char *bio_text(BIO *bio)
{
	char *data = NULL;
	long len = BIO_get_mem_data(bio, &data);

	return strndup(len > 0 ? data : "", len > 0 ? (size_t)len : 0);
}

static char *subject_of(const X509 *cert)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;

	if (!bio)
		return NULL;
	X509_NAME_print_ex(bio, X509_get_subject_name(cert), 0, XN_FLAG_RFC2253);
	text = bio_text(bio);
	BIO_free(bio);
	return text;
}

static char *names_of(X509 *cert)
{
	int at = X509_get_ext_by_NID(cert, NID_subject_alt_name, -1);
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;

	if (!bio)
		return NULL;
	if (at >= 0)
		X509V3_EXT_print(bio, X509_get_ext(cert, at), 0, 0);
	text = bio_text(bio);
	BIO_free(bio);
	return text;
}

static int64_t time_of(const ASN1_TIME *time)
{
	struct tm tm;

	return ASN1_TIME_to_tm(time, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

static void show(const char *file, X509 *cert,
		 void (*cb)(void *arg, const struct tp_tls_certificate *cert), void *arg)
{
	char *subject = subject_of(cert), *names = names_of(cert);

	cb(arg, &(struct tp_tls_certificate){
			.file = file,
			.subject = subject ? subject : "",
			.names = names ? names : "",
			.not_before = time_of(X509_get0_notBefore(cert)),
			.not_after = time_of(X509_get0_notAfter(cert)),
		});
	free(subject);
	free(names);
}

void tp_tls_each(struct tp_tls *tls, void (*cb)(void *arg, const struct tp_tls_certificate *cert),
		 void *arg)
{
	pthread_mutex_lock(&tls->lock);
	for (unsigned int i = 0; tls->set && i < tls->config.npairs; i++)
		show(tls->config.pairs[i].certificate,
		     SSL_CTX_get0_certificate(tls->set->server[i]), cb, arg);
	pthread_mutex_unlock(&tls->lock);
}

/* --- using --- */

SSL *tp_tls_server(struct tp_tls *tls)
{
	SSL *ssl;

	pthread_mutex_lock(&tls->lock);
	ssl = SSL_new(tls->set->server[0]);
	pthread_mutex_unlock(&tls->lock);
	return ssl;
}

SSL *tp_tls_client(struct tp_tls *tls)
{
	SSL *ssl;

	pthread_mutex_lock(&tls->lock);
	ssl = SSL_new(tls->set->client);
	pthread_mutex_unlock(&tls->lock);
	return ssl;
}

bool tp_tls_verifies_servers(struct tp_tls *tls)
{
	bool verifies;

	pthread_mutex_lock(&tls->lock);
	verifies = tls->config.verify_server;
	pthread_mutex_unlock(&tls->lock);
	return verifies;
}
