// SPDX-License-Identifier: GPL-2.0-or-later
/* Connections: birth, death, tables, time. */
#include "transport/conn.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "transport/names.h"
#include "transport/sources.h"
#include "transport/tls_conn.h"
#include "transport/ws_conn.h"

/* A number is that of the shard plus 1, so that none is 0, and a count that does not come round. */
#define OWNER_SHIFT 56

/* How long one who was refused may take to hear it. */
#define LINGER_MS 2000

unsigned int conn_owner(uint64_t id)
{
	return (unsigned int)(id >> OWNER_SHIFT) - 1;
}

static uint32_t id_hash(uint64_t id)
{
	return (uint32_t)id;
}

static uint32_t remote_hash(const struct stream_listener *sl, const struct tp_addr *remote,
			    uint32_t name)
{
	uint32_t hash = htab_hash(&sl->listener.index, sizeof(sl->listener.index));

	hash = htab_hash_more(hash, &name, sizeof(name));
	hash = htab_hash_more(hash, &remote->in.sin_port, sizeof(remote->in.sin_port));
	if (remote->sa.sa_family == AF_INET)
		return htab_hash_more(hash, &remote->in.sin_addr, sizeof(remote->in.sin_addr));
	return htab_hash_more(hash, &remote->in6.sin6_addr, sizeof(remote->in6.sin6_addr));
}

struct tp_conn *conn_find(const struct transport *tp, uint64_t id)
{
	struct hnode *node = htab_first(&tp->conns, id_hash(id));
	struct tp_conn *conn;

	for (; node; node = htab_next(node)) {
		conn = HTAB_ENTRY(node, struct tp_conn, by_id);
		if (conn->id == id)
			return conn->state <= CONN_OPEN ? conn : NULL;
	}
	return NULL;
}

struct tp_conn *conn_to(const struct stream_listener *sl, const struct tp_addr *remote,
			uint32_t name)
{
	struct hnode *node = htab_first(&sl->listener.tp->remotes, remote_hash(sl, remote, name));
	struct tp_conn *conn;

	for (; node; node = htab_next(node)) {
		conn = HTAB_ENTRY(node, struct tp_conn, by_remote);
		if (conn->sl == sl && conn->name == name && tp_addr_eq(&conn->remote, remote))
			return conn;
	}
	return NULL;
}

void conn_wait_for(struct tp_conn *conn, uint32_t events)
{
	if (conn->events == events)
		return;
	conn->events = events;
	loop_fd_mod(conn_tp(conn)->loop, &conn->lfd, events);
}

/* --- time --- */

static void earlier(uint64_t *due, uint64_t since_ms, uint32_t limit_ms)
{
	if (since_ms + limit_ms < *due)
		*due = since_ms + limit_ms;
}

static uint64_t due_ms(const struct tp_conn *conn)
{
	const struct tp_limits *limits = &conn_tp(conn)->limits;
	uint64_t due = UINT64_MAX;

	switch ((enum conn_state)conn->state) {
	case CONN_CONNECTING:
		return conn->active_ms + limits->connect_ms;
	case CONN_HANDSHAKE:
	case CONN_UPGRADE:
		return conn->active_ms + limits->handshake_ms;
	case CONN_LINGER:
		return conn->active_ms + LINGER_MS;
	case CONN_DOOMED:
		return 0;
	case CONN_OPEN:
		break;
	}
	if (conn->silence_ms)
		earlier(&due, conn->heard_ms, conn->silence_ms);
	else
		earlier(&due, conn->active_ms, limits->idle_ms);
	if (conn->partial_ms)
		earlier(&due, conn->partial_ms, limits->message_ms);
	if (conn->stalled_ms)
		earlier(&due, conn->stalled_ms, limits->message_ms);
	return due;
}

static void on_due(struct timer *timer)
{
	struct tp_conn *conn = (void *)((char *)timer - offsetof(struct tp_conn, timer));

	if (due_ms(conn) > loop_now_ms(conn_tp(conn)->loop))
		conn_arm(conn);
	else if (conn->state == CONN_DOOMED)
		conn_close(conn, conn->error);
	else
		conn_close(conn, -ETIMEDOUT);
}

/* The timer is not put off when a deadline moves: it looks again when it fires. */
void conn_arm(struct tp_conn *conn)
{
	struct loop *loop = conn_tp(conn)->loop;
	uint64_t due = due_ms(conn), now = loop_now_ms(loop);

	if (!timer_armed(&conn->timer) || due < conn->timer.expires_ms)
		loop_timer_set(loop, &conn->timer, due > now ? due - now : 0, on_due);
}

/* --- birth --- */

static void on_event(struct loop_fd *lfd, uint32_t events);

static struct tp_conn *conn_new(struct stream_listener *sl, int fd, const struct tp_addr *remote,
				enum conn_state state)
{
	struct transport *tp = sl->listener.tp;
	struct tp_conn *conn = calloc(1, sizeof(*conn));

	if (!conn)
		return NULL;
	conn->sl = sl;
	conn->remote = *remote;
	conn->state = state;
	conn->events = state == CONN_CONNECTING ? EPOLLOUT : EPOLLIN;
	conn->active_ms = loop_now_ms(tp->loop);
	if (loop_fd_add(tp->loop, &conn->lfd, fd, conn->events, on_event)) {
		free(conn);
		return NULL;
	}
	conn->id = (uint64_t)(tp->share.index + 1) << OWNER_SHIFT | ++tp->last_conn;
	htab_add(&tp->conns, &conn->by_id, id_hash(conn->id));
	tp->stats.connections++;
	return conn;
}

/* Who has come from a port of TCP is there; who has come by TLS has proven nothing by that. */
static void enter_remote(struct tp_conn *conn)
{
	if (!conn->accepted || conn->sl->listener.proto == TP_TCP)
		htab_add(&conn_tp(conn)->remotes, &conn->by_remote,
			 remote_hash(conn->sl, &conn->remote, conn->name));
}

/* Of WebSocket: its request is next. */
static void await_upgrade(struct tp_conn *conn)
{
	conn->state = CONN_UPGRADE;
	conn->active_ms = loop_now_ms(conn_tp(conn)->loop);
	conn_wait_for(conn, EPOLLIN);
	conn_arm(conn);
	if (ws_conn_start(conn))
		conn_doom(conn, -ENOMEM);
}

void conn_ready(struct tp_conn *conn)
{
	if (tp_is_ws(conn->sl->listener.proto) && !conn->ws) {
		await_upgrade(conn);
		return;
	}
	conn->state = CONN_OPEN;
	conn->opened = true;
	conn->active_ms = loop_now_ms(conn_tp(conn)->loop);
	conn_wait_for(conn, EPOLLIN);
	conn_arm(conn);
	if (conn->out_len)
		conn_mark_dirty(conn);
}

/* The bytes can flow: of TLS the handshake is next. */
static void carry_on(struct tp_conn *conn)
{
	int err;

	if (!tp_is_tls(conn->sl->listener.proto)) {
		conn_ready(conn);
		return;
	}
	conn->state = CONN_HANDSHAKE;
	conn->active_ms = loop_now_ms(conn_tp(conn)->loop);
	conn_arm(conn);
	err = tls_conn_start(conn);
	if (err)
		conn_doom(conn, err);
}

int conn_accepted(struct stream_listener *sl, int fd, const struct tp_addr *remote)
{
	struct transport *tp = sl->listener.tp;
	struct tp_conn *conn;
	int err;

	err = tp_sources_take(tp_sources_of(tp), &tp->limits, remote);
	if (err) {
		tp->stats.refused++;
		close(fd);
		return err;
	}
	conn = conn_new(sl, fd, remote, CONN_OPEN);
	if (!conn) {
		tp_sources_put(tp_sources_of(tp), remote);
		close(fd);
		return -ENOMEM;
	}
	conn->accepted = true;
	tp->stats.accepted++;
	enter_remote(conn);
	carry_on(conn);
	return 0;
}

int conn_open(struct stream_listener *sl, const struct tp_addr *remote, uint32_t name,
	      struct tp_conn **out)
{
	struct transport *tp = sl->listener.tp;
	struct tp_conn *conn;
	char *text;
	int fd, err;

	err = tp_sources_take_own(tp_sources_of(tp), &tp->limits);
	if (err)
		return err;
	text = name ? tp_names_dup(tp_names_of(tp), name) : NULL;
	fd = name && !text ? -ENOTCONN : stream_connect(sl, remote);
	conn = fd < 0 ? NULL : conn_new(sl, fd, remote, CONN_CONNECTING);
	if (!conn) {
		tp_sources_put_own(tp_sources_of(tp));
		free(text);
		if (fd < 0)
			return fd;
		close(fd);
		return -ENOMEM;
	}
	conn->name = name;
	conn->name_text = text;
	tp->stats.opened++;
	enter_remote(conn);
	conn_arm(conn);
	*out = conn;
	return 0;
}

/* --- death --- */

static void forget(struct tp_conn *conn)
{
	struct transport *tp = conn_tp(conn);

	loop_timer_cancel(tp->loop, &conn->timer);
	loop_defer_cancel(tp->loop, &conn->again);
	htab_del(&tp->conns, &conn->by_id);
	htab_del(&tp->remotes, &conn->by_remote);
	if (conn->dirty)
		TAILQ_REMOVE(&tp->dirty_conns, conn, dirty_link);
	loop_fd_del(tp->loop, &conn->lfd);
	if (conn->accepted)
		tp_sources_put(tp_sources_of(tp), &conn->remote);
	else
		tp_sources_put_own(tp_sources_of(tp));
	tp->stats.connections--;
	ws_conn_free(conn->ws);
	tls_conn_free(conn->tls);
	close(conn->lfd.fd);
	free(conn->name_text);
	free(conn->partial);
	free(conn->out);
	free(conn);
}

static void note_end(const struct tp_conn *conn, int error)
{
	char text[TP_ADDR_STRLEN];

	if (error)
		log_debug("%s connection %s %s: %s", tp_proto_name(conn->sl->listener.proto),
			  conn->accepted ? "from" : "to", tp_addr_format(&conn->remote, text),
			  strerror(-error));
}

void conn_close(struct tp_conn *conn, int error)
{
	struct transport *tp = conn_tp(conn);
	uint64_t id = conn->id, users = conn->users;
	bool opened = conn->opened, watched = conn->silence_ms;

	/* Who handshakes for it has it until he is done. */
	if (tls_conn_busy(conn)) {
		conn->state = CONN_DOOMED;
		conn->error = error;
		htab_del(&tp->remotes, &conn->by_remote);
		return;
	}
	if (conn->state == CONN_OPEN && conn->out_len > conn->out_sent)
		conn_write(conn);
	note_end(conn, error);
	if (error)
		tp->stats.broken++;
	forget(conn);
	if (watched && tp->streams.closed)
		tp->streams.closed(tp->arg, id);
	conn_tell_abroad(tp, users, id, error, opened);
	if ((users >> tp->share.index & 1) && tp->streams.failed)
		tp->streams.failed(tp->arg, id, error ? error : -ECONNRESET, opened);
}

void conn_doom(struct tp_conn *conn, int error)
{
	if (conn->state == CONN_DOOMED)
		return;
	conn->state = CONN_DOOMED;
	conn->error = error;
	htab_del(&conn_tp(conn)->remotes, &conn->by_remote);
	conn_wait_for(conn, 0);
	conn_arm(conn);
}

static void close_node(struct hnode *node, void *arg)
{
	struct tp_conn *conn = HTAB_ENTRY(node, struct tp_conn, by_id);

	(void)arg;
	if (conn->state == CONN_OPEN) {
		ws_conn_leave(conn);
		conn_write(conn);
	}
	forget(conn);
}

void conn_close_all(struct transport *tp)
{
	htab_each(&tp->conns, close_node, NULL);
}

/* --- events --- */

static void on_connected(struct tp_conn *conn)
{
	socklen_t len = sizeof(int);
	int err = 0;

	if (getsockopt(conn->lfd.fd, SOL_SOCKET, SO_ERROR, &err, &len))
		err = errno;
	if (err)
		conn_close(conn, -err);
	else
		carry_on(conn);
}

static void discard(struct tp_conn *conn)
{
	ssize_t n = recv(conn->lfd.fd, conn_tp(conn)->scratch, TP_MAX_MESSAGE, MSG_DONTWAIT);

	if (!n || (n < 0 && errno != EAGAIN && errno != EINTR))
		conn_close(conn, 0);
}

static void on_event(struct loop_fd *lfd, uint32_t events)
{
	struct tp_conn *conn = (void *)((char *)lfd - offsetof(struct tp_conn, lfd));

	switch ((enum conn_state)conn->state) {
	case CONN_CONNECTING:
		on_connected(conn);
		break;
	case CONN_HANDSHAKE:
		tls_conn_step(conn);
		break;
	case CONN_LINGER:
		if (conn->out_len > conn->out_sent)
			conn_flush(conn);
		else
			discard(conn);
		break;
	case CONN_DOOMED:
		/* An error or hang-up comes unasked; until the timer it would come each turn. */
		if (!tls_conn_busy(conn))
			conn_close(conn, conn->error);
		break;
	case CONN_UPGRADE:
	case CONN_OPEN:
		if ((events & EPOLLOUT) && !conn_flush(conn))
			return;
		if (events & ~(uint32_t)EPOLLOUT)
			conn_read(conn);
		break;
	}
}
