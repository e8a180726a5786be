/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A thread that makes the steps of handshakes, one after the other, and tells the loop. */
#ifndef SIPD_TRANSPORT_TLS_WORKER_H
#define SIPD_TRANSPORT_TLS_WORKER_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "base/mailbox.h"
#include "transport/tls_conn.h"

/* One that is under way; embedded in its user, and the worker's from tls_worker_add() to @done. */
struct tls_handshake {
	struct mail mail;
	struct tls_handshake *next;
	SSL *ssl;
	int result; /* of SSL_get_error() */
	char why[128]; /* what is wrong, unless @result says SSL_ERROR_NONE or to go on */
	/* In the loop; not called when the worker is freed before. */
	void (*done)(struct tls_handshake *handshake);
	bool busy;
};

/* False: too many wait. */
bool tls_worker_add(struct tls_worker *worker, struct tls_handshake *handshake);

#endif
