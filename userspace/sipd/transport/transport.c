// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "transport/conn.h"
#include "transport/names.h"
#include "transport/sources.h"
#include "transport/tls_conn.h"
#include "transport/udp.h"

static const struct tp_limits default_limits = {
	.max = 20000,
	.per_source = 1000,
	.idle_ms = 1800000,
	.message_ms = 10000,
	.connect_ms = 5000,
	.handshake_ms = 10000,
};

static int tables_init(struct transport *tp)
{
	TAILQ_INIT(&tp->dirty_conns);
	tp->own_sources = tp_sources_alloc();
	tp->own_names = tp_names_alloc();
	if (!tp->own_sources || !tp->own_names || htab_init(&tp->conns))
		goto free_own;
	if (!htab_init(&tp->remotes))
		return 0;
	htab_clean(&tp->conns);
free_own:
	tp_names_free(tp->own_names);
	tp_sources_free(tp->own_sources);
	return -ENOMEM;
}

int tp_alloc(struct transport **out, struct loop *loop, tp_recv_cb recv, void *arg)
{
	struct transport *tp = calloc(1, sizeof(*tp));

	if (!tp)
		return -ENOMEM;
	tp->batch = udp_batch_alloc();
	if (!tp->batch)
		goto free_tp;
	if (tables_init(tp))
		goto free_batch;
	tp->loop = loop;
	tp->recv = recv;
	tp->arg = arg;
	tp->share.count = 1;
	tp->limits = default_limits;
	*out = tp;
	return 0;

free_batch:
	udp_batch_free(tp->batch);
free_tp:
	free(tp);
	return -ENOMEM;
}

void tp_free(struct transport *tp)
{
	if (!tp)
		return;
	loop_defer_cancel(tp->loop, &tp->flush);
	/* Whom it handshakes for is nobody else's until then. */
	tls_worker_free(tp->worker);
	tp->worker = NULL;
	conn_close_all(tp);
	for (unsigned int i = 0; i < tp->nlisteners; i++) {
		if (tp_is_stream(tp->listeners[i]->proto))
			stream_close(stream_of(tp->listeners[i]));
		else
			udp_close(udp_of(tp->listeners[i]));
	}
	free(tp->listeners);
	free(tp->scratch);
	htab_clean(&tp->conns);
	htab_clean(&tp->remotes);
	tp_names_free(tp->own_names);
	tp_sources_free(tp->own_sources);
	udp_batch_free(tp->batch);
	free(tp);
}

void tp_handle_streams(struct transport *tp, const struct tp_stream_handlers *handlers)
{
	tp->streams = *handlers;
}

void tp_set_limits(struct transport *tp, const struct tp_limits *limits)
{
	tp->limits = *limits;
}

void tp_share(struct transport *tp, unsigned int index, unsigned int count)
{
	tp->share = (struct tp_share){ .index = index, .count = count };
}

void tp_join(struct transport *tp, struct tp_group *group, struct mailbox *box)
{
	group->member[tp->share.index].tp = tp;
	group->member[tp->share.index].box = box;
	if (!tp->share.index) {
		group->sources = tp->own_sources;
		group->names = tp->own_names;
	}
	tp->group = group;
}

/* What listeners of this transport need beside themselves. */
static int prepare(struct transport *tp, enum tp_proto proto)
{
	struct tp_listener **list;

	list = realloc(tp->listeners, (tp->nlisteners + 1) * sizeof(struct tp_listener *));
	if (!list)
		return -ENOMEM;
	tp->listeners = list;
	if (tp_is_stream(proto) && !tp->scratch) {
		/* One octet is to spare behind a message. */
		tp->scratch = malloc(TP_MAX_MESSAGE + 1);
		if (!tp->scratch)
			return -ENOMEM;
	}
	return tp_is_tls(proto) && !tp->worker ? tls_worker_alloc(&tp->worker, tp->loop) : 0;
}

int tp_listen(struct transport *tp, enum tp_proto proto, const struct tp_addr *local, void *user,
	      struct tp_listener **out)
{
	struct tp_listener *listener;
	int err = prepare(tp, proto);

	if (!err && proto == TP_UDP)
		err = udp_listen(tp, local, &listener);
	else if (!err)
		err = stream_listen(tp, local, &listener);
	if (err)
		return err;
	listener->tp = tp;
	listener->index = tp->nlisteners;
	listener->proto = proto;
	listener->user = user;
	tp_addr_host(&listener->local, listener->host);
	tp->listeners[tp->nlisteners++] = listener;
	*out = listener;
	return 0;
}

void tp_listener_tls(struct tp_listener *listener, struct tp_tls *tls)
{
	stream_of(listener)->tls = tls;
}

void tp_listener_ws(struct tp_listener *listener, const struct tp_ws_policy *policy)
{
	stream_of(listener)->ws_policy = policy;
}

struct tp_listener *tp_listener_at(const struct transport *tp, unsigned int index)
{
	return index < tp->nlisteners ? tp->listeners[index] : NULL;
}

uint32_t tp_name_id(struct transport *tp, const char *name)
{
	return tp_names_id(tp_names_of(tp), name);
}

static void flush_deferred(struct loop_deferred *deferred)
{
	tp_flush((void *)((char *)deferred - offsetof(struct transport, flush)));
}

void tp_flush_later(struct transport *tp)
{
	loop_defer(tp->loop, &tp->flush, flush_deferred);
}

int tp_send(struct tp_flow *to, const void *buf, size_t len)
{
	struct transport *tp = to->listener->tp;
	int err;

	if (len > TP_MAX_DATAGRAM)
		return -EMSGSIZE;
	if (to->listener->proto == TP_UDP)
		err = udp_send(to, buf, len);
	else
		err = stream_send(to, buf, len);
	if (err)
		tp->stats.tx_failed++;
	return err;
}

void tp_flush(struct transport *tp)
{
	udp_flush_dirty(tp);
	conn_flush_dirty(tp);
}

const struct tp_stats *tp_stats(const struct transport *tp)
{
	return &tp->stats;
}
