// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "transport/udp.h"

int tp_alloc(struct transport **out, struct loop *loop, tp_recv_cb recv, void *arg)
{
	struct transport *tp = calloc(1, sizeof(*tp));

	if (!tp)
		return -ENOMEM;
	tp->batch = udp_batch_alloc();
	if (!tp->batch) {
		free(tp);
		return -ENOMEM;
	}
	tp->loop = loop;
	tp->recv = recv;
	tp->arg = arg;
	tp->share.count = 1;
	*out = tp;
	return 0;
}

void tp_free(struct transport *tp)
{
	if (!tp)
		return;
	loop_defer_cancel(tp->loop, &tp->flush);
	for (unsigned int i = 0; i < tp->nlisteners; i++) {
		struct udp_listener *ul = tp->listeners[i];

		loop_fd_del(tp->loop, &ul->lfd);
		close(ul->lfd.fd);
		tp_queue_clean(&ul->queue);
		free(ul);
	}
	free(tp->listeners);
	udp_batch_free(tp->batch);
	free(tp);
}

static void on_event(struct loop_fd *lfd, uint32_t events)
{
	struct udp_listener *ul = (void *)((char *)lfd - offsetof(struct udp_listener, lfd));

	if (events & EPOLLOUT)
		udp_flush(ul);
	if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
		udp_receive(ul);
}

static struct udp_listener *listener_new(struct transport *tp)
{
	struct udp_listener **list;

	list = realloc(tp->listeners, (tp->nlisteners + 1) * sizeof(*list));
	if (!list)
		return NULL;
	tp->listeners = list;
	return calloc(1, sizeof(struct udp_listener));
}

int tp_listen(struct transport *tp, enum tp_proto proto, const struct tp_addr *local, void *user,
	      struct tp_listener **listener)
{
	struct udp_listener *ul = listener_new(tp);
	int fd, err;

	if (!ul)
		return -ENOMEM;
	ul->listener.tp = tp;
	ul->listener.index = tp->nlisteners;
	ul->listener.proto = proto;
	ul->listener.local = *local;
	ul->listener.user = user;
	fd = udp_socket(&ul->listener.local, &tp->share);
	if (fd < 0) {
		free(ul);
		return fd;
	}
	err = loop_fd_add(tp->loop, &ul->lfd, fd, EPOLLIN, on_event);
	if (err) {
		close(fd);
		free(ul);
		return err;
	}
	tp_addr_host(&ul->listener.local, ul->listener.host);
	tp->listeners[tp->nlisteners++] = ul;
	*listener = &ul->listener;
	return 0;
}

void tp_share(struct transport *tp, unsigned int index, unsigned int count)
{
	tp->share = (struct tp_share){ .index = index, .count = count };
}

struct tp_listener *tp_listener_at(const struct transport *tp, unsigned int index)
{
	return index < tp->nlisteners ? &tp->listeners[index]->listener : NULL;
}

static void flush_deferred(struct loop_deferred *deferred)
{
	tp_flush((void *)((char *)deferred - offsetof(struct transport, flush)));
}

int tp_send(const struct tp_flow *to, const void *buf, size_t len)
{
	struct udp_listener *ul =
		(void *)((char *)to->listener - offsetof(struct udp_listener, listener));
	struct transport *tp = to->listener->tp;
	int err;

	if (len > TP_MAX_DATAGRAM)
		return -EMSGSIZE;
	err = tp_queue_add(&ul->queue, &to->remote, buf, len);
	if (err) {
		tp->stats.tx_failed++;
		return err;
	}
	if (!ul->dirty) {
		ul->dirty = true;
		ul->next_dirty = tp->dirty;
		tp->dirty = ul;
		loop_defer(tp->loop, &tp->flush, flush_deferred);
	}
	return 0;
}

void tp_flush(struct transport *tp)
{
	struct udp_listener *ul;

	while ((ul = tp->dirty)) {
		tp->dirty = ul->next_dirty;
		ul->dirty = false;
		if (!ul->blocked)
			udp_flush(ul);
	}
}

const struct tp_stats *tp_stats(const struct transport *tp)
{
	return &tp->stats;
}
