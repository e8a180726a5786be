// SPDX-License-Identifier: GPL-2.0-or-later
#include "transport/tls_conn.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>

#include "base/log_limit.h"
#include "transport/conn.h"
#include "transport/tls.h"
#include "transport/tls_names.h"
#include "transport/tls_worker.h"

struct tls_conn {
	struct tls_handshake handshake;
	struct tp_conn *conn;
	SSL *ssl;
	bool broken; /* nothing more can be said, not even goodbye */
};

bool tls_conn_busy(const struct tp_conn *conn)
{
	return conn->tls && conn->tls->handshake.busy;
}

static void refused(struct tp_conn *conn, const char *why)
{
	const char *name = conn->name_text;
	char text[TP_ADDR_STRLEN];

	log_warn_limited("TLS %s %s%s%s fails: %s", conn->accepted ? "from" : "to",
			 tp_addr_format(&conn->remote, text), name ? ", " : "", name ? name : "",
			 why);
}

/* Whom we have connected to is who it was meant for (RFC 5922 s.7.3). */
static bool peer_is_meant(struct tp_conn *conn)
{
	const char *name = conn->name_text;
	X509 *cert;

	if (conn->accepted || !tp_tls_verifies_servers(conn->sl->tls))
		return true;
	cert = SSL_get0_peer_certificate(conn->tls->ssl);
	if (!cert)
		return false;
	return name ? tls_names_domain(cert, name) : tls_names_address(cert, &conn->remote);
}

static void on_step(struct tls_handshake *handshake)
{
	struct tls_conn *tls = (struct tls_conn *)handshake;
	struct tp_conn *conn = tls->conn;

	if (conn->state == CONN_DOOMED) {
		conn_close(conn, conn->error);
		return;
	}
	switch (handshake->result) {
	case SSL_ERROR_NONE:
		if (peer_is_meant(conn)) {
			conn_ready(conn);
			/* It may have sent more than the handshake, and that is read already. */
			if (conn->state == CONN_OPEN || conn->state == CONN_UPGRADE)
				loop_defer(conn_tp(conn)->loop, &conn->again, conn_read_again);
			return;
		}
		refused(conn, "the certificate is not that of the peer it was meant for");
		break;
	case SSL_ERROR_WANT_READ:
		conn_wait_for(conn, EPOLLIN);
		return;
	case SSL_ERROR_WANT_WRITE:
		conn_wait_for(conn, EPOLLOUT);
		return;
	default:
		tls->broken = true;
		refused(conn, handshake->why);
	}
	conn_close(conn, -EPROTO);
}

void tls_conn_step(struct tp_conn *conn)
{
	struct tls_conn *tls = conn->tls;

	if (tls->handshake.busy)
		return;
	/* No event until the worker has looked. */
	conn_wait_for(conn, EPOLLONESHOT);
	if (!tls_worker_add(conn_tp(conn)->worker, &tls->handshake))
		conn_close(conn, -EBUSY);
}

/* Whom to ask for, if it has a name: an address is none (RFC 6066 s.3). */
static int connect_as(struct tls_conn *tls)
{
	const char *name = tls->conn->name_text;

	SSL_set_connect_state(tls->ssl);
	return !name || SSL_set_tlsext_host_name(tls->ssl, name) == 1 ? 0 : -ENOMEM;
}

int tls_conn_start(struct tp_conn *conn)
{
	struct tls_conn *tls;
	int err = 0;

	if (!conn->sl->tls)
		return -ENOKEY;
	tls = calloc(1, sizeof(*tls));
	if (!tls)
		return -ENOMEM;
	tls->ssl = conn->accepted ? tp_tls_server(conn->sl->tls) : tp_tls_client(conn->sl->tls);
	if (!tls->ssl || SSL_set_fd(tls->ssl, conn->lfd.fd) != 1) {
		SSL_free(tls->ssl);
		free(tls);
		return -ENOMEM;
	}
	tls->conn = conn;
	tls->broken = true;
	tls->handshake.ssl = tls->ssl;
	tls->handshake.done = on_step;
	conn->tls = tls;
	if (conn->accepted) {
		/* The client speaks first. */
		SSL_set_accept_state(tls->ssl);
		conn_wait_for(conn, EPOLLIN);
		return 0;
	}
	err = connect_as(tls);
	if (err)
		return err;
	conn_wait_for(conn, EPOLLOUT);
	return 0;
}

static ssize_t result(struct tls_conn *tls, int ret, int error)
{
	switch (SSL_get_error(tls->ssl, ret)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return -EAGAIN;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_SYSCALL:
		tls->broken = true;
		return error ? -error : -ECONNRESET;
	default:
		tls->broken = true;
		return -EPROTO;
	}
}

ssize_t tls_conn_read(struct tp_conn *conn, char *buf, size_t len)
{
	struct tls_conn *tls = conn->tls;
	size_t done = 0;
	ssize_t n = 0;
	int ret;

	tls->broken = false;
	/* A record has 16 KiB at most. */
	while (done < len) {
		ERR_clear_error();
		errno = 0;
		ret = SSL_read(tls->ssl, buf + done, (int)(len - done));
		if (ret <= 0) {
			n = result(tls, ret, errno);
			break;
		}
		done += (size_t)ret;
	}
	return done ? (ssize_t)done : n;
}

ssize_t tls_conn_write(struct tp_conn *conn, const char *buf, size_t len)
{
	struct tls_conn *tls = conn->tls;
	ssize_t n;
	int ret;

	tls->broken = false;
	ERR_clear_error();
	errno = 0;
	ret = SSL_write(tls->ssl, buf, len > INT_MAX ? INT_MAX : (int)len);
	if (ret > 0)
		return ret;
	n = result(tls, ret, errno);
	return n ? n : -EPIPE;
}

void tls_conn_free(struct tls_conn *tls)
{
	if (!tls)
		return;
	if (!tls->broken)
		SSL_shutdown(tls->ssl);
	ERR_clear_error();
	SSL_free(tls->ssl);
	free(tls);
}
