/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WebSocket on a connection, on top of TCP or TLS (RFC 7118): its request, then frames. */
#ifndef SIPD_TRANSPORT_WS_CONN_H
#define SIPD_TRANSPORT_WS_CONN_H

#include <stdbool.h>
#include <stddef.h>

struct tp_conn;
struct ws_conn;

/* The request is to come. 0 or -ENOMEM. */
int ws_conn_start(struct tp_conn *conn);
/* What was read; messages in it are handed on. It may be doomed, or linger, afterwards. */
void ws_conn_input(struct tp_conn *conn, const char *buf, size_t len);
/* Queues a message. 0 or negative errno. */
int ws_conn_send(struct tp_conn *conn, const void *buf, size_t len);
/* sipd goes away, and says so. */
void ws_conn_leave(struct tp_conn *conn);
/* NULL is fine. */
void ws_conn_free(struct ws_conn *ws);

#endif
