/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connections. Each belongs to the transport of one shard and is known by a number that names the
 * shard and is never used again, so nobody else keeps a pointer to it.
 */
#ifndef SIPD_TRANSPORT_CONN_H
#define SIPD_TRANSPORT_CONN_H

#include "transport/framing.h"
#include "transport/stream.h"

enum conn_state {
	CONN_CONNECTING,
	CONN_HANDSHAKE, /* TLS */
	CONN_UPGRADE, /* WebSocket: its request is to come */
	CONN_OPEN,
	CONN_LINGER, /* the last answer is on its way; what still comes is thrown away */
	CONN_DOOMED, /* to be closed at the next turn */
};

/* The beginning of a message that has not come in whole. */
struct conn_partial {
	struct framing framing;
	size_t len, size;
	char octets[]; /* one more than @size */
};

struct tp_conn {
	struct loop_fd lfd;
	struct timer timer; /* for whatever is due first */
	struct loop_deferred again; /* TLS: it has more than a turn takes */
	struct hnode by_id, by_remote;
	TAILQ_ENTRY(tp_conn) dirty_link;
	struct stream_listener *sl;
	struct tls_conn *tls; /* NULL: TCP */
	struct ws_conn *ws; /* NULL: it has no frames */
	uint64_t id;
	uint64_t users; /* the shards, a bit each, that have sent here */
	struct tp_addr remote;
	uint32_t name; /* of an opened one, as in tp_flow, and */
	char *name_text; /* owned; NULL: it is 0 */
	uint8_t state; /* enum conn_state */
	uint8_t line_ends; /* of framing_next() */
	bool accepted;
	bool opened; /* it was in CONN_OPEN */
	bool dirty;
	bool blocked; /* it takes no octet more at present */
	int error; /* why it is doomed */
	uint32_t events; /* that it waits for */

	uint32_t silence_ms; /* as tp_watch() has it; 0: it is not watched */
	uint64_t heard_ms; /* of the last octet in; while it is watched */
	uint64_t active_ms; /* of the last message in or out; before CONN_OPEN, of its state */
	uint64_t partial_ms; /* since when @partial waits; 0: there is none */
	uint64_t stalled_ms; /* since when nothing could be written; 0: it could */

	struct conn_partial *partial;
	char *out;
	size_t out_sent, out_len, out_size; /* of @out: written to the socket, used, allocated */
};

static inline struct transport *conn_tp(const struct tp_conn *conn)
{
	return conn->sl->listener.tp;
}

/* --- conn.c: birth, death, tables, time --- */

/* Takes @fd, also on failure. */
int conn_accepted(struct stream_listener *sl, int fd, const struct tp_addr *remote);
/* Opens one. 0 or negative errno; -ENOTCONN: @name is forgotten. */
int conn_open(struct stream_listener *sl, const struct tp_addr *remote, uint32_t name,
	      struct tp_conn **conn);
/* One that messages can be sent by, or NULL. */
struct tp_conn *conn_find(const struct transport *tp, uint64_t id);
/* The same for a new message to @remote. */
struct tp_conn *conn_to(const struct stream_listener *sl, const struct tp_addr *remote,
			uint32_t name);
/* The shard of a connection. */
unsigned int conn_owner(uint64_t id);
/* Now, from the loop only; tells those who have sent by it. */
void conn_close(struct tp_conn *conn, int error);
/* At the next turn, from anywhere. */
void conn_doom(struct tp_conn *conn, int error);
/* Its TCP connection, or its TLS session on top of that, is made. Does not close it. */
void conn_ready(struct tp_conn *conn);
/* Arms the timer for what is due first. */
void conn_arm(struct tp_conn *conn);
/* What it waits for. */
void conn_wait_for(struct tp_conn *conn, uint32_t events);
/* Closes all, with nobody told. */
void conn_close_all(struct transport *tp);

/* --- conn_read.c, conn_write.c --- */

void conn_read(struct tp_conn *conn);
/* A whole message; the octet behind it may be written, and is put back. */
void conn_hand_on(struct tp_conn *conn, char *buf, size_t len);
/* The time of a message begins. */
void conn_start_clock(struct tp_conn *conn);
/* What is queued still goes out, what comes in is thrown away; then it is closed. */
void conn_linger(struct tp_conn *conn);
/* For tp_conn.again. */
void conn_read_again(struct loop_deferred *again);
/* Queues. 0 or -ENOBUFS, then it is doomed. */
int conn_queue(struct tp_conn *conn, const void *buf, size_t len);
/* Queues a message, in a frame if there are frames. As conn_queue(). */
int conn_send(struct tp_conn *conn, const void *buf, size_t len);
/* It is flushed at the end of the turn. */
void conn_mark_dirty(struct tp_conn *conn);
/* Writes what is queued as far as it goes. 0, -EAGAIN, or why it is broken. */
int conn_write(struct tp_conn *conn);
/* conn_write(), and what follows from its result; false: it is closed. */
bool conn_flush(struct tp_conn *conn);
void conn_flush_dirty(struct transport *tp);

/* --- watch.c --- */

/* It has said something, if only line ends. */
static inline void conn_heard(struct tp_conn *conn)
{
	if (conn->silence_ms)
		conn->heard_ms = loop_now_ms(conn_tp(conn)->loop);
}

/* --- abroad.c: connections of other shards --- */

/* Sends by the connection of another shard that @to names. */
int conn_send_abroad(struct transport *tp, const struct tp_flow *to, const void *buf, size_t len);
/* Tells shards @users, a bit each and this one left out, that @id is gone. */
void conn_tell_abroad(struct transport *tp, uint64_t users, uint64_t id, int error, bool opened);

#endif
