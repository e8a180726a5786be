/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the TLS of a realm proves itself by and whom it trusts: certificates and keys from files,
 * read again at wish. Connections keep what they began with. From any thread.
 */
#ifndef SIPD_TRANSPORT_TLS_H
#define SIPD_TRANSPORT_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>

#define TP_TLS_MAX_CERTIFICATES 64

struct tp_tls_pair {
	const char *certificate; /* PEM: ours, then those between it and the root */
	const char *key; /* PEM, without a pass phrase */
};

struct tp_tls_config {
	/* The one that fits the name that a client asks for is shown to him, else the first. */
	struct tp_tls_pair pairs[TP_TLS_MAX_CERTIFICATES];
	unsigned int npairs;
	const char *ca; /* PEM: who may sign for peers; NULL: those that the system trusts */
	bool verify_client; /* who connects must have a certificate that is signed so */
	bool verify_server; /* the same, with the right name in it, for whom is connected to */
};

enum tp_tls_file { TP_TLS_CERTIFICATE, TP_TLS_KEY, TP_TLS_CA };

/* Which file cannot be used, and why. */
struct tp_tls_error {
	enum tp_tls_file file;
	unsigned int index; /* of the pair */
	char text[192];
};

/* Copies @config. Nothing is read yet. NULL without memory. */
struct tp_tls *tp_tls_alloc(const struct tp_tls_config *config);
/* One more user; each calls tp_tls_free(). NULL is fine. */
struct tp_tls *tp_tls_get(struct tp_tls *tls);
void tp_tls_free(struct tp_tls *tls);
/*
 * From now on @tls names the files that @from does, and has what was read from them; @from has what
 * was in @tls. Neither is being loaded.
 */
void tp_tls_take(struct tp_tls *tls, struct tp_tls *from);
/*
 * Reads the files. 0, or -EINVAL with @error told: then what was read before stays in use. Waits
 * for the disk.
 */
int tp_tls_load(struct tp_tls *tls, struct tp_tls_error *error);

/* The file that @error is about. */
const char *tp_tls_file(const struct tp_tls *tls, const struct tp_tls_error *error);

/* A certificate in use. */
struct tp_tls_certificate {
	const char *file;
	const char *subject;
	const char *names; /* "DNS:sip.example.com, URI:sip:example.com, IP Address:192.0.2.1" */
	int64_t not_before, not_after; /* seconds of Unix time */
};

/* Calls @cb for each of the realm's own; what it is given is gone after it. */
void tp_tls_each(struct tp_tls *tls, void (*cb)(void *arg, const struct tp_tls_certificate *cert),
		 void *arg);

/* For a new connection; NULL without memory. */
SSL *tp_tls_server(struct tp_tls *tls);
SSL *tp_tls_client(struct tp_tls *tls);
bool tp_tls_verifies_servers(struct tp_tls *tls);

#endif
