/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UDP listeners: one socket each, unconnected. */
#ifndef SIPD_TRANSPORT_UDP_H
#define SIPD_TRANSPORT_UDP_H

#include "transport/queue.h"
#include "transport/share.h"

struct udp_batch;

struct udp_listener {
	struct tp_listener listener;
	struct loop_fd lfd;
	struct udp_listener *next_dirty; /* has something to flush */
	bool dirty;
	bool blocked; /* the socket is full: EPOLLOUT tells when it is not */
	struct tp_queue queue;
};

struct transport {
	struct loop *loop;
	tp_recv_cb recv;
	void *arg;
	struct tp_share share;
	struct udp_listener **listeners; /* in the order of tp_listen() */
	unsigned int nlisteners;
	struct udp_listener *dirty;
	struct loop_deferred flush;
	struct udp_batch *batch;
	struct tp_stats stats;
};

/* Where datagrams are received into; reserves 4 MiB, touches what arrives. NULL without memory. */
struct udp_batch *udp_batch_alloc(void);
void udp_batch_free(struct udp_batch *batch);

/* A bound, non-blocking socket, or negative errno; @local gets the port when it had none. */
int udp_socket(struct tp_addr *local, const struct tp_share *share);
/* Receives what has come, up to a bound, and hands it to the transport's user. */
void udp_receive(struct udp_listener *ul);
/* Sends the queue of @ul, as far as the socket takes it. */
void udp_flush(struct udp_listener *ul);

#endif
