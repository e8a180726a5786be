/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A transport from inside; for the files of transport/. */
#ifndef SIPD_TRANSPORT_INTERNAL_H
#define SIPD_TRANSPORT_INTERNAL_H

#include <sys/queue.h>

#include "base/htab.h"
#include "transport/share.h"
#include "transport/transport.h"

struct tp_conn;
struct tls_worker;
struct udp_batch;
struct udp_listener;

TAILQ_HEAD(tp_conn_list, tp_conn);

struct transport {
	struct loop *loop;
	tp_recv_cb recv;
	struct tp_stream_handlers streams;
	void *arg;
	struct tp_share share;
	struct tp_group *group; /* NULL: there is no other shard */
	struct tp_listener **listeners; /* in the order of tp_listen() */
	unsigned int nlisteners;
	struct udp_listener *dirty;
	struct loop_deferred flush;
	struct udp_batch *batch;

	struct tp_limits limits;
	struct tp_sources *own_sources; /* both are lent to @group, if there is one, by shard 0 */
	struct tp_names *own_names;
	struct htab conns; /* by number */
	struct htab remotes; /* those that new messages may go by, by listener, remote and name */
	struct tp_conn_list dirty_conns;
	uint64_t last_conn; /* the number drawn last */
	char *scratch; /* what is read from a connection; NULL: there is no stream */
	struct tls_worker *worker; /* for handshakes; NULL: there is no TLS */
	struct tp_stats stats;
};

/* tp_flush() at the end of the turn. */
void tp_flush_later(struct transport *tp);

static inline struct tp_sources *tp_sources_of(const struct transport *tp)
{
	return tp->group ? tp->group->sources : tp->own_sources;
}

static inline struct tp_names *tp_names_of(const struct transport *tp)
{
	return tp->group ? tp->group->names : tp->own_names;
}

#endif
