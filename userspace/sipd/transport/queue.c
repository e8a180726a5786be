// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "transport/queue.h"

/* A peer that takes nothing must not eat the memory; 4 MiB are some 5000 messages. */
#define MAX_DATAGRAMS 8192
#define MAX_OCTETS (4u << 20)
#define FIRST_DATAGRAMS 64
#define FIRST_OCTETS 65536u
/* More than this is given back when the queue runs empty. */
#define KEEP_OCTETS (256u << 10)

#define BATCH 64

void tp_queue_clean(struct tp_queue *queue)
{
	free(queue->datagrams);
	free(queue->octets);
	*queue = (struct tp_queue){ 0 };
}

static int grow_datagrams(struct tp_queue *queue)
{
	unsigned int room = queue->room ? 2 * queue->room : FIRST_DATAGRAMS;
	struct tp_datagram *datagrams;

	if (room > MAX_DATAGRAMS)
		return -ENOBUFS;
	datagrams = realloc(queue->datagrams, room * sizeof(*datagrams));
	if (!datagrams)
		return -ENOBUFS;
	queue->datagrams = datagrams;
	queue->room = room;
	return 0;
}

static int grow_octets(struct tp_queue *queue, size_t needed)
{
	uint32_t size = queue->size ? queue->size : FIRST_OCTETS;
	char *octets;

	while (size < needed)
		size *= 2;
	if (size > MAX_OCTETS)
		return -ENOBUFS;
	octets = realloc(queue->octets, size);
	if (!octets)
		return -ENOBUFS;
	queue->octets = octets;
	queue->size = size;
	return 0;
}

int tp_queue_add(struct tp_queue *queue, const struct tp_addr *remote, const void *buf, size_t len)
{
	if (queue->count == queue->room && grow_datagrams(queue) < 0)
		return -ENOBUFS;
	if (queue->used + len > queue->size && grow_octets(queue, queue->used + len) < 0)
		return -ENOBUFS;
	queue->datagrams[queue->count++] = (struct tp_datagram){
		.remote = *remote,
		.offset = queue->used,
		.len = len,
	};
	memcpy(queue->octets + queue->used, buf, len);
	queue->used += len;
	return 0;
}

/* Forgets the first @done datagrams. */
static void drop_front(struct tp_queue *queue, unsigned int done)
{
	uint32_t gone;

	if (done == queue->count) {
		if (queue->size > KEEP_OCTETS)
			tp_queue_clean(queue);
		queue->count = 0;
		queue->used = 0;
		return;
	}
	if (!done)
		return;
	gone = queue->datagrams[done].offset;
	queue->count -= done;
	queue->used -= gone;
	memmove(queue->datagrams, queue->datagrams + done,
		queue->count * sizeof(*queue->datagrams));
	memmove(queue->octets, queue->octets + gone, queue->used);
	for (unsigned int i = 0; i < queue->count; i++)
		queue->datagrams[i].offset -= gone;
}

/* sendmmsg() of up to a batch from @first on: how many went, or negative errno of the first. */
static int send_batch(struct tp_queue *queue, int fd, unsigned int first)
{
	struct mmsghdr messages[BATCH];
	struct iovec vectors[BATCH];
	struct tp_datagram *datagram;
	unsigned int n = queue->count - first;
	int sent;

	if (n > BATCH)
		n = BATCH;
	for (unsigned int i = 0; i < n; i++) {
		datagram = &queue->datagrams[first + i];
		vectors[i].iov_base = queue->octets + datagram->offset;
		vectors[i].iov_len = datagram->len;
		messages[i].msg_hdr = (struct msghdr){
			.msg_name = &datagram->remote,
			.msg_namelen = tp_addr_len(&datagram->remote),
			.msg_iov = &vectors[i],
			.msg_iovlen = 1,
		};
	}
	do {
		sent = sendmmsg(fd, messages, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	return sent < 0 ? -errno : sent;
}

int tp_queue_send(struct tp_queue *queue, int fd, struct tp_stats *stats)
{
	unsigned int done = 0;
	int sent = 0;

	while (done < queue->count) {
		sent = send_batch(queue, fd, done);
		if (sent == -EAGAIN)
			break;
		if (sent < 0) {
			stats->tx_failed++;
			done++;
		} else {
			stats->tx += sent;
			done += sent;
		}
	}
	drop_front(queue, done);
	return queue->count ? -EAGAIN : 0;
}
