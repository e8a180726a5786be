// SPDX-License-Identifier: GPL-2.0-or-later
/* What goes out by a connection: one write for all that a turn has queued. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "transport/conn.h"
#include "transport/tls_conn.h"
#include "transport/ws_conn.h"

/*
 * Octets. Who has connected to us and does not read waits for answers of ours, whom we have
 * connected to carries the calls of many.
 */
#define MAX_OUT_ACCEPTED (256u << 10)
#define MAX_OUT_OPENED (4u << 20)
#define FIRST_OUT 4096
/* More than this is given back when the queue runs empty. */
#define KEEP_OUT (16u << 10)

static int grow(struct tp_conn *conn, size_t more)
{
	size_t max = conn->accepted ? MAX_OUT_ACCEPTED : MAX_OUT_OPENED;
	size_t size = conn->out_size ? conn->out_size : FIRST_OUT;
	size_t waiting = conn->out_len - conn->out_sent;
	char *out;

	if (waiting + more > max)
		return -ENOBUFS;
	if (conn->out_sent) {
		memmove(conn->out, conn->out + conn->out_sent, waiting);
		conn->out_sent = 0;
		conn->out_len = waiting;
	}
	while (size < waiting + more)
		size *= 2;
	if (size == conn->out_size)
		return 0;
	out = realloc(conn->out, size);
	if (!out)
		return -ENOBUFS;
	conn->out = out;
	conn->out_size = size;
	return 0;
}

/* What many messages of one turn have filled is no sign yet that the peer does not read. */
static int make_room(struct tp_conn *conn, size_t more)
{
	if (!grow(conn, more))
		return 0;
	if (conn->state == CONN_OPEN && !conn->blocked)
		conn_write(conn);
	return grow(conn, more);
}

void conn_mark_dirty(struct tp_conn *conn)
{
	struct transport *tp = conn_tp(conn);

	if (conn->dirty)
		return;
	conn->dirty = true;
	TAILQ_INSERT_TAIL(&tp->dirty_conns, conn, dirty_link);
	tp_flush_later(tp);
}

int conn_queue(struct tp_conn *conn, const void *buf, size_t len)
{
	if (conn->out_len + len > conn->out_size && make_room(conn, len)) {
		conn_doom(conn, -ENOBUFS);
		return -ENOBUFS;
	}
	memcpy(conn->out + conn->out_len, buf, len);
	conn->out_len += len;
	if (conn->state == CONN_OPEN && !conn->blocked)
		conn_mark_dirty(conn);
	return 0;
}

int conn_send(struct tp_conn *conn, const void *buf, size_t len)
{
	return conn->ws ? ws_conn_send(conn, buf, len) : conn_queue(conn, buf, len);
}

static ssize_t transmit(struct tp_conn *conn, const char *buf, size_t len)
{
	ssize_t n;

	if (conn->tls)
		return tls_conn_write(conn, buf, len);
	do {
		n = send(conn->lfd.fd, buf, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static void run_empty(struct tp_conn *conn)
{
	conn->out_sent = conn->out_len = 0;
	conn->stalled_ms = 0;
	if (conn->out_size <= KEEP_OUT)
		return;
	free(conn->out);
	conn->out = NULL;
	conn->out_size = 0;
}

int conn_write(struct tp_conn *conn)
{
	ssize_t n = 0;

	while (conn->out_sent < conn->out_len) {
		n = transmit(conn, conn->out + conn->out_sent, conn->out_len - conn->out_sent);
		if (n < 0)
			return (int)n;
		conn->out_sent += (size_t)n;
		conn->stalled_ms = 0;
	}
	run_empty(conn);
	return 0;
}

bool conn_flush(struct tp_conn *conn)
{
	uint64_t now = loop_now_ms(conn_tp(conn)->loop);
	int err = conn_write(conn);

	if (err && err != -EAGAIN) {
		conn_close(conn, err);
		return false;
	}
	conn->blocked = err;
	if (conn->state != CONN_LINGER)
		conn->active_ms = now;
	if (err && !conn->stalled_ms)
		conn->stalled_ms = now;
	conn_wait_for(conn, err ? EPOLLIN | EPOLLOUT : EPOLLIN);
	if (!err && conn->state == CONN_LINGER)
		shutdown(conn->lfd.fd, SHUT_WR);
	conn_arm(conn);
	return true;
}

void conn_flush_dirty(struct transport *tp)
{
	struct tp_conn *conn;

	while ((conn = TAILQ_FIRST(&tp->dirty_conns))) {
		TAILQ_REMOVE(&tp->dirty_conns, conn, dirty_link);
		conn->dirty = false;
		if (conn->state == CONN_OPEN || conn->state == CONN_LINGER)
			conn_flush(conn);
	}
}
