/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDP listeners: one socket each, unconnected. */
#ifndef SIPD_TRANSPORT_UDP_H
#define SIPD_TRANSPORT_UDP_H

#include "transport/internal.h"
#include "transport/queue.h"

struct udp_listener {
	struct tp_listener listener;
	struct loop_fd lfd;
	struct udp_listener *next_dirty; /* has something to flush */
	bool dirty;
	bool blocked; /* the socket is full: EPOLLOUT tells when it is not */
	struct tp_queue queue;
};

/* Where datagrams are received into; reserves 4 MiB, touches what arrives. NULL without memory. */
struct udp_batch *udp_batch_alloc(void);
void udp_batch_free(struct udp_batch *batch);

static inline struct udp_listener *udp_of(struct tp_listener *listener)
{
	return (void *)((char *)listener - offsetof(struct udp_listener, listener));
}

/* Binds and starts to receive, but is in no list yet. 0 or negative errno. */
int udp_listen(struct transport *tp, const struct tp_addr *local, struct tp_listener **listener);
void udp_close(struct udp_listener *ul);
/* tp_send() to a listener of UDP. */
int udp_send(const struct tp_flow *to, const void *buf, size_t len);
/* Sends the queues that are not empty, as far as sockets take it. */
void udp_flush_dirty(struct transport *tp);

#endif
