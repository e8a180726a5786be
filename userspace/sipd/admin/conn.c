// SPDX-License-Identifier: GPL-2.0-or-later
#include "admin/conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define IDLE_MS 300000
/* For the rest of a line that has begun, and for each piece of an answer. */
#define STALLED_MS 5000
/* Requests that wait behind an answered one let the loop turn first. */
#define RESUME_MS 1

#define CONN(pointer, member) \
	((struct admin_conn *)((char *)(pointer) - offsetof(struct admin_conn, member)))

static const char too_long[] =
	"{\"schema\":1,\"ok\":false,\"error\":{\"code\":\"usage\","
	"\"message\":\"the request is longer than 64 KiB\"}}\n";

static void close_self(struct admin_conn *conn)
{
	conn->closed(conn->arg, conn);
	admin_conn_free(conn);
}

static void on_deadline(struct timer *timer)
{
	close_self(CONN(timer, deadline));
}

static void set_deadline(struct admin_conn *conn)
{
	bool waited_for = conn->out || (conn->in_len && !conn->request);

	loop_timer_set(conn->context.loop, &conn->deadline, waited_for ? STALLED_MS : IDLE_MS,
		       on_deadline);
}

/* False: the client is gone. */
static bool send_out(struct admin_conn *conn)
{
	ssize_t n;

	n = send(conn->lfd.fd, conn->out + conn->out_sent, conn->out_len - conn->out_sent,
		 MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	conn->out_sent += n;
	if (conn->out_sent == conn->out_len) {
		free(conn->out);
		conn->out = NULL;
	}
	return true;
}

static void advance(struct admin_conn *conn);

static void on_answer(void *arg, char *answer, size_t len)
{
	struct admin_conn *conn = arg;

	conn->request = NULL;
	conn->out = answer;
	conn->out_len = len;
	conn->out_sent = 0;
	if (conn->asking)
		return;
	if (answer)
		advance(conn);
	else
		close_self(conn);
}

/* Carries out the line that ends at @newline. False: there is no memory to answer with. */
static bool take_line(struct admin_conn *conn, const char *newline)
{
	size_t len = newline - conn->in;

	conn->asking = true;
	conn->request = admin_request_start(&conn->context, conn->in, len, on_answer, conn);
	conn->asking = false;
	conn->in_len -= len + 1;
	memmove(conn->in, newline + 1, conn->in_len);
	return conn->request || conn->out;
}

static void on_resume(struct timer *timer);

/* What the connection waits for; while shards gather an answer, only for its end. */
static uint32_t events_wanted(const struct admin_conn *conn)
{
	if (conn->request)
		return 0;
	return conn->out ? EPOLLOUT : EPOLLIN;
}

/*
 * Sends what can be sent, answers at most one request, and waits for what comes next. Frees @conn
 * when it is at its end.
 */
static void advance(struct admin_conn *conn)
{
	struct loop *loop = conn->context.loop;
	const char *newline = NULL;

	if (!conn->out && !conn->request) {
		newline = memchr(conn->in, '\n', conn->in_len);
		if (newline && !take_line(conn, newline)) {
			close_self(conn);
			return;
		}
	}
	if (conn->out && !send_out(conn)) {
		close_self(conn);
		return;
	}
	loop_fd_mod(loop, &conn->lfd, events_wanted(conn));
	if (!conn->out && !conn->request && memchr(conn->in, '\n', conn->in_len))
		loop_timer_set(loop, &conn->resume, RESUME_MS, on_resume);
	set_deadline(conn);
}

static void on_resume(struct timer *timer)
{
	advance(CONN(timer, resume));
}

/* False: the connection is at its end. */
static bool receive(struct admin_conn *conn)
{
	ssize_t n;

	n = recv(conn->lfd.fd, conn->in + conn->in_len, ADMIN_MAX_LINE - conn->in_len, 0);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (!n)
		return false;
	conn->in_len += n;
	if (conn->in_len < ADMIN_MAX_LINE || memchr(conn->in, '\n', conn->in_len))
		return true;
	/* Best effort: the connection ends here. */
	send(conn->lfd.fd, too_long, sizeof(too_long) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	return false;
}

static void on_event(struct loop_fd *lfd, uint32_t events)
{
	struct admin_conn *conn = CONN(lfd, lfd);

	/* The buffer is full of requests that wait: the resume timer takes them first. */
	if (timer_armed(&conn->resume) && conn->in_len == ADMIN_MAX_LINE)
		return;
	if ((events & EPOLLERR) || ((events & EPOLLIN) && !receive(conn)) ||
	    ((conn->out || conn->request) && (events & EPOLLHUP))) {
		close_self(conn);
		return;
	}
	advance(conn);
}

/* Who runs sipd can read its memory, too. */
static bool is_root(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) &&
	       (!peer.uid || peer.uid == geteuid());
}

struct admin_conn *admin_conn_alloc(const struct admin_context *context, int fd,
				    admin_conn_closed_cb closed, void *arg)
{
	struct admin_conn *conn = calloc(1, sizeof(*conn));

	if (!conn) {
		close(fd);
		return NULL;
	}
	conn->context = *context;
	conn->context.is_root = is_root(fd);
	conn->closed = closed;
	conn->arg = arg;
	conn->lfd.fd = fd;
	conn->in = malloc(ADMIN_MAX_LINE);
	if (!conn->in || loop_fd_add(context->loop, &conn->lfd, fd, EPOLLIN, on_event)) {
		close(fd);
		free(conn->in);
		free(conn);
		return NULL;
	}
	set_deadline(conn);
	return conn;
}

void admin_conn_free(struct admin_conn *conn)
{
	struct loop *loop = conn->context.loop;

	if (conn->request)
		admin_request_forget(conn->request);
	loop_timer_cancel(loop, &conn->deadline);
	loop_timer_cancel(loop, &conn->resume);
	loop_fd_del(loop, &conn->lfd);
	close(conn->lfd.fd);
	free(conn->in);
	free(conn->out);
	free(conn);
}
