// SPDX-License-Identifier: GPL-2.0-or-later
#include "transport/stream.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/log_limit.h"
#include "transport/conn.h"

#define BACKLOG 1024
/* Of one listener, before others get their turn. */
#define ACCEPTS_PER_TURN 16
/* After accept() failed for want of descriptors or memory. */
#define ACCEPT_PAUSE_MS 1000

/* Seconds. A peer that is gone without a word is noticed after some three minutes. */
#define KEEPALIVE_IDLE 120
#define KEEPALIVE_INTERVAL 20
#define KEEPALIVE_PROBES 3

static void set_option(int fd, int level, int name, int value)
{
	setsockopt(fd, level, name, &value, sizeof(value));
}

/* Messages go out at once, and a dead peer is found out. */
static void set_up(int fd)
{
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE);
	set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL);
	set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES);
}

static int stream_socket(const struct tp_addr *local)
{
	int fd = socket(local->sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if (local->sa.sa_family == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	return fd;
}

static int listening_socket(struct tp_addr *local, const struct tp_share *share)
{
	socklen_t len = sizeof(*local);
	int fd = stream_socket(local), err;

	if (fd < 0)
		return fd;
	/* What is left of the connections of an earlier sipd is in nobody's way. */
	set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	err = share_bind_stream(fd, local, share);
	if (!err && (listen(fd, BACKLOG) || getsockname(fd, &local->sa, &len)))
		err = -errno;
	if (!err)
		return fd;
	close(fd);
	return err;
}

static void end_pause(struct timer *timer)
{
	struct stream_listener *sl =
		(void *)((char *)timer - offsetof(struct stream_listener, pause));

	loop_fd_mod(sl->listener.tp->loop, &sl->lfd, EPOLLIN);
}

static void pause_accepting(struct stream_listener *sl, int error)
{
	char text[TP_ADDR_STRLEN];

	log_warn_limited("%s: no connection can be accepted: %s",
			 tp_addr_format(&sl->listener.local, text), strerror(error));
	loop_fd_mod(sl->listener.tp->loop, &sl->lfd, 0);
	loop_timer_set(sl->listener.tp->loop, &sl->pause, ACCEPT_PAUSE_MS, end_pause);
}

static void refused(const struct stream_listener *sl, const struct tp_addr *remote, int err)
{
	char from[TP_ADDR_STRLEN], at[TP_ADDR_STRLEN];

	log_warn_limited("%s: the connection from %s is refused: %s",
			 tp_addr_format(&sl->listener.local, at), tp_addr_format(remote, from),
			 err == -EUSERS ? "there are as many as allowed in all" :
			 err == -EDQUOT ? "there are as many as allowed from there" :
					  strerror(-err));
}

static void on_connections(struct loop_fd *lfd, uint32_t events)
{
	struct stream_listener *sl = (void *)((char *)lfd - offsetof(struct stream_listener, lfd));
	struct tp_addr remote;
	socklen_t len;
	int fd, err;

	(void)events;
	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		len = sizeof(remote);
		fd = accept4(lfd->fd, &remote.sa, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0) {
			if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			    errno == ENOMEM)
				pause_accepting(sl, errno);
			return;
		}
		set_up(fd);
		err = conn_accepted(sl, fd, &remote);
		if (err)
			refused(sl, &remote, err);
	}
}

int stream_listen(struct transport *tp, const struct tp_addr *local, struct tp_listener **listener)
{
	struct stream_listener *sl = calloc(1, sizeof(*sl));
	int fd, err;

	if (!sl)
		return -ENOMEM;
	sl->listener.local = *local;
	fd = listening_socket(&sl->listener.local, &tp->share);
	if (fd < 0) {
		free(sl);
		return fd;
	}
	err = loop_fd_add(tp->loop, &sl->lfd, fd, EPOLLIN, on_connections);
	if (err) {
		close(fd);
		free(sl);
		return err;
	}
	*listener = &sl->listener;
	return 0;
}

void stream_close(struct stream_listener *sl)
{
	loop_timer_cancel(sl->listener.tp->loop, &sl->pause);
	loop_fd_del(sl->listener.tp->loop, &sl->lfd);
	close(sl->lfd.fd);
	free(sl);
}

/* Peers know us by the listener's address, whatever the port. */
int stream_connect(const struct stream_listener *sl, const struct tp_addr *remote)
{
	struct tp_addr local = sl->listener.local;
	int fd = stream_socket(&local), err = 0;

	if (fd < 0)
		return fd;
	tp_addr_set_port(&local, 0);
	set_option(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
	set_up(fd);
	if (bind(fd, &local.sa, tp_addr_len(&local)))
		err = -errno;
	else if (connect(fd, &remote->sa, tp_addr_len(remote)) && errno != EINPROGRESS)
		err = -errno;
	if (!err)
		return fd;
	close(fd);
	return err;
}

static int find_or_open(struct tp_flow *to, struct tp_conn **conn)
{
	struct stream_listener *sl = stream_of(to->listener);
	uint32_t name = to->listener->proto == TP_TLS ? to->name : 0;

	*conn = to->conn ? conn_find(to->listener->tp, to->conn) : NULL;
	if (!*conn && stream_is_pinned(to))
		return -ENOTCONN;
	if (!*conn)
		*conn = conn_to(sl, &to->remote, name);
	return *conn ? 0 : conn_open(sl, &to->remote, name, conn);
}

int stream_send(struct tp_flow *to, const void *buf, size_t len)
{
	struct transport *tp = to->listener->tp;
	struct tp_conn *conn;
	int err;

	if (to->conn && tp->group && conn_owner(to->conn) != tp->share.index)
		return conn_send_abroad(tp, to, buf, len);
	err = find_or_open(to, &conn);
	if (err)
		return err;
	err = conn_send(conn, buf, len);
	if (err)
		return err;
	conn->users |= UINT64_C(1) << tp->share.index;
	to->conn = conn->id;
	tp->stats.tx++;
	return 0;
}
