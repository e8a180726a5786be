// SPDX-License-Identifier: GPL-2.0-or-later
/* What comes by a connection, and is handed on message by message. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "transport/conn.h"
#include "transport/tls_conn.h"
#include "transport/ws_conn.h"

/* How an answer to a ping looks (RFC 5626 s.3.5.1). */
static const char pong[] = "\r\n";

#define FIRST_PARTIAL 2048

static struct tp_flow flow_of(const struct tp_conn *conn)
{
	return (struct tp_flow){
		.listener = &conn->sl->listener,
		.remote = conn->remote,
		.name = conn->name,
		.conn = conn->id,
	};
}

/* The user may write behind the message, where the next one begins. */
void conn_hand_on(struct tp_conn *conn, char *buf, size_t len)
{
	struct transport *tp = conn_tp(conn);
	struct tp_flow from = flow_of(conn);
	char next = buf[len];

	tp->stats.rx++;
	conn->active_ms = loop_now_ms(tp->loop);
	tp->recv(tp->arg, &from, buf, len);
	buf[len] = next;
}

void conn_linger(struct tp_conn *conn)
{
	struct transport *tp = conn_tp(conn);

	conn->state = CONN_LINGER;
	conn->active_ms = loop_now_ms(tp->loop);
	htab_del(&tp->remotes, &conn->by_remote);
	conn_mark_dirty(conn);
	conn_arm(conn);
}

static void refuse(struct tp_conn *conn, char *buf, size_t len, enum tp_refusal why)
{
	struct transport *tp = conn_tp(conn);
	struct tp_flow from = flow_of(conn);

	tp->stats.broken++;
	if (tp->streams.refused)
		tp->streams.refused(tp->arg, &from, buf, len, why);
	if (conn->state == CONN_OPEN)
		conn_linger(conn);
}

/* Hands on what is whole; returns how many octets are done with. */
static size_t take_messages(struct tp_conn *conn, struct framing *framing, char *buf, size_t len)
{
	size_t done = 0, take;

	while (conn->state == CONN_OPEN) {
		char *p = buf + done;

		switch (framing_next(framing, &conn->line_ends, p, len - done, &take)) {
		case FRAMING_MORE:
			if (!take)
				return done;
			break;
		case FRAMING_MESSAGE:
			conn_hand_on(conn, p, take);
			break;
		case FRAMING_PING:
			conn_queue(conn, pong, sizeof(pong) - 1);
			break;
		case FRAMING_NO_LENGTH:
			refuse(conn, p, take, TP_NO_LENGTH);
			break;
		case FRAMING_TOO_LARGE:
			refuse(conn, p, take, TP_TOO_LARGE);
			break;
		case FRAMING_LOST:
			conn_doom(conn, -EBADMSG);
			break;
		}
		done += take;
	}
	return len;
}

static void drop_partial(struct tp_conn *conn)
{
	free(conn->partial);
	conn->partial = NULL;
	conn->partial_ms = 0;
}

/* Room for @more octets behind what there is. */
static struct conn_partial *partial_grow(struct conn_partial *old, size_t more)
{
	size_t size = old ? old->size : FIRST_PARTIAL;
	size_t needed = (old ? old->len : 0) + more;
	struct conn_partial *partial;

	if (old && needed <= size)
		return old;
	while (size < needed)
		size *= 2;
	partial = realloc(old, sizeof(*partial) + size + 1);
	if (!partial)
		return NULL;
	if (!old)
		partial->len = 0;
	partial->size = size;
	return partial;
}

static int partial_add(struct tp_conn *conn, const char *buf, size_t len)
{
	struct conn_partial *partial = partial_grow(conn->partial, len);

	if (!partial)
		return -ENOMEM;
	conn->partial = partial;
	memcpy(partial->octets + partial->len, buf, len);
	partial->len += len;
	return 0;
}

/* The time of a message begins with its first octet, and more of them do not put it off. */
void conn_start_clock(struct tp_conn *conn)
{
	conn->partial_ms = loop_now_ms(conn_tp(conn)->loop);
	conn_arm(conn);
}

/* What was read follows the beginning of a message. */
static void continue_partial(struct tp_conn *conn, const char *buf, size_t len)
{
	struct conn_partial *partial;
	size_t done;

	if (partial_add(conn, buf, len)) {
		conn_doom(conn, -ENOMEM);
		return;
	}
	partial = conn->partial;
	done = take_messages(conn, &partial->framing, partial->octets, partial->len);
	if (conn->state != CONN_OPEN || done == partial->len) {
		drop_partial(conn);
		return;
	}
	if (!done)
		return;
	partial->len -= done;
	memmove(partial->octets, partial->octets + done, partial->len);
	conn_start_clock(conn);
}

/* What was read begins with a message, or between two. */
static void take_fresh(struct tp_conn *conn, char *buf, size_t len)
{
	struct framing framing;
	size_t done;

	framing_init(&framing);
	done = take_messages(conn, &framing, buf, len);
	if (conn->state != CONN_OPEN || done == len)
		return;
	if (partial_add(conn, buf + done, len - done)) {
		conn_doom(conn, -ENOMEM);
		return;
	}
	conn->partial->framing = framing;
	conn_start_clock(conn);
}

static ssize_t receive(struct tp_conn *conn, char *buf, size_t len)
{
	ssize_t n;

	if (conn->tls)
		return tls_conn_read(conn, buf, len);
	do {
		n = recv(conn->lfd.fd, buf, len, MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static bool conn_reads(const struct tp_conn *conn)
{
	return conn->state == CONN_OPEN || conn->state == CONN_UPGRADE;
}

void conn_read_again(struct loop_deferred *again)
{
	struct tp_conn *conn = (void *)((char *)again - offsetof(struct tp_conn, again));

	if (conn_reads(conn))
		conn_read(conn);
}

/*
 * Once a turn, so that others get theirs. What TLS has decrypted already makes no socket readable:
 * it is asked again at the next turn.
 */
void conn_read(struct tp_conn *conn)
{
	struct transport *tp = conn_tp(conn);
	ssize_t n = receive(conn, tp->scratch, TP_MAX_MESSAGE);

	if (n == -EAGAIN)
		return;
	if (n <= 0) {
		conn_close(conn, (int)n);
		return;
	}
	conn_heard(conn);
	if (conn->ws)
		ws_conn_input(conn, tp->scratch, (size_t)n);
	else if (conn->partial)
		continue_partial(conn, tp->scratch, (size_t)n);
	else
		take_fresh(conn, tp->scratch, (size_t)n);
	if (conn->tls && conn_reads(conn))
		loop_defer(tp->loop, &conn->again, conn_read_again);
}
