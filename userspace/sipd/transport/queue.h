/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Datagrams on their way out of one socket. Their octets lie behind one another in one buffer that
 * grows with the traffic and shrinks after a peak, so that a message costs a copy and no malloc().
 */
#ifndef SIPD_TRANSPORT_QUEUE_H
#define SIPD_TRANSPORT_QUEUE_H

#include "transport/transport.h"

struct tp_datagram {
	struct tp_addr remote;
	uint32_t offset;
	uint32_t len;
};

struct tp_queue {
	struct tp_datagram *datagrams;
	unsigned int count, room;
	char *octets;
	uint32_t used, size;
};

void tp_queue_clean(struct tp_queue *queue);
/* -ENOBUFS: full, or no memory. */
int tp_queue_add(struct tp_queue *queue, const struct tp_addr *remote, const void *buf, size_t len);

/*
 * Sends in order until the queue is empty or the socket is full: then -EAGAIN, and the rest stays.
 * What the kernel refuses is dropped, and counted.
 */
int tp_queue_send(struct tp_queue *queue, int fd, struct tp_stats *stats);

#endif
