/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One client of the control socket. Requests are answered one after the other: the next is read
 * only when the answer before it is gone, so a client costs at most one line in and one answer out.
 */
#ifndef SIPD_ADMIN_CONN_H
#define SIPD_ADMIN_CONN_H

#include "admin/request.h"

/* Longest request, its newline included. */
#define ADMIN_MAX_LINE (64 * 1024)

struct admin_conn;

/* The connection has closed itself, and is freed when this returns. */
typedef void (*admin_conn_closed_cb)(void *arg, struct admin_conn *conn);

struct admin_conn {
	struct admin_conn *next, **pprev; /* for its owner's list */
	struct admin_context context;
	admin_conn_closed_cb closed;
	void *arg;
	struct loop_fd lfd;
	struct timer deadline; /* to be idle, to complete a line, to take the answer */
	struct timer resume; /* another request waits in @in */
	char *in;
	size_t in_len;
	char *out;
	size_t out_len, out_sent;
	struct admin_request *request; /* its answer is not here yet */
	bool asking; /* admin_request_start() is at work */
};

/* Takes @fd, a non-blocking stream socket, and closes it on failure. NULL without memory. */
struct admin_conn *admin_conn_alloc(const struct admin_context *context, int fd,
				    admin_conn_closed_cb closed, void *arg);
void admin_conn_free(struct admin_conn *conn);

#endif
