/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TLS on a connection. Handshakes, which take milliseconds, are made by a thread of their own; once
 * they are through, the connection is the loop's alone.
 */
#ifndef SIPD_TRANSPORT_TLS_CONN_H
#define SIPD_TRANSPORT_TLS_CONN_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/loop.h"

struct tls_conn;
struct tls_worker;
struct tp_conn;

/* 0 or negative errno. */
int tls_worker_alloc(struct tls_worker **worker, struct loop *loop);
/* Waits for the step that it is at; those that wait are forgotten. NULL is fine. */
void tls_worker_free(struct tls_worker *worker);

/* The TCP connection is there: begins the handshake. 0, -ENOMEM, or what is wrong with the keys. */
int tls_conn_start(struct tp_conn *conn);
/* The socket is ready for the next step. */
void tls_conn_step(struct tp_conn *conn);
/* Is the worker at it, so that the connection must stay? */
bool tls_conn_busy(const struct tp_conn *conn);

/* Octets, 0 at the end, -EAGAIN, or another negative errno: it is broken. */
ssize_t tls_conn_read(struct tp_conn *conn, char *buf, size_t len);
ssize_t tls_conn_write(struct tp_conn *conn, const char *buf, size_t len);
/* Says goodbye if that is possible at once. NULL is fine. */
void tls_conn_free(struct tls_conn *tls);

#endif
