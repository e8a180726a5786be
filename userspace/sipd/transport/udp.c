// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "transport/stun.h"
#include "transport/udp.h"

#define BATCH 64
/* Of one socket, before others get their turn. */
#define BATCHES_PER_TURN 4

#define MAX_RECEIVED 65535
/*
 * One octet is to spare behind a datagram. The stride is no multiple of a page, or else the
 * beginnings of all messages would fight for the same few lines of the cache.
 */
#define SLOT (65536 + 25 * 64)

#define SOCKET_BUFFER (4 << 20)

struct udp_batch {
	struct mmsghdr messages[BATCH];
	struct iovec vectors[BATCH];
	struct tp_addr remotes[BATCH];
	char *slots;
};

struct udp_batch *udp_batch_alloc(void)
{
	struct udp_batch *batch = calloc(1, sizeof(*batch));

	if (!batch)
		return NULL;
	/* Pages that no message has reached take no memory. */
	batch->slots = mmap(NULL, BATCH * SLOT, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (batch->slots == MAP_FAILED) {
		free(batch);
		return NULL;
	}
	for (int i = 0; i < BATCH; i++) {
		batch->vectors[i].iov_base = batch->slots + i * SLOT;
		batch->vectors[i].iov_len = MAX_RECEIVED;
		batch->messages[i].msg_hdr.msg_iov = &batch->vectors[i];
		batch->messages[i].msg_hdr.msg_iovlen = 1;
		batch->messages[i].msg_hdr.msg_name = &batch->remotes[i];
	}
	return batch;
}

void udp_batch_free(struct udp_batch *batch)
{
	munmap(batch->slots, BATCH * SLOT);
	free(batch);
}

/* The FORCE variants pass net.core.*mem_max, with CAP_NET_ADMIN. */
static void widen(int fd)
{
	int size = SOCKET_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

/* A bound socket, or negative errno; @local gets the port when it had none. */
static int udp_socket(struct tp_addr *local, const struct tp_share *share)
{
	socklen_t len = sizeof(*local);
	int fd, on = 1, err;

	fd = socket(local->sa.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (local->sa.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	widen(fd);
	err = share_bind(fd, local, share);
	if (!err && getsockname(fd, &local->sa, &len) < 0)
		err = -errno;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* A keep-alive is answered here; false: it is none of STUN. */
static bool keep_alive(struct tp_flow *from, const char *buf, size_t len)
{
	uint8_t answer[STUN_ANSWER_MAX];
	int size = stun_answer((const uint8_t *)buf, len, &from->remote, answer);

	if (size > 0)
		udp_send(from, answer, (size_t)size);
	return size;
}

/* How many datagrams there were. */
static int receive_batch(struct udp_listener *ul)
{
	struct transport *tp = ul->listener.tp;
	struct udp_batch *batch = tp->batch;
	struct tp_flow from = { .listener = &ul->listener };
	int n;

	for (int i = 0; i < BATCH; i++)
		batch->messages[i].msg_hdr.msg_namelen = sizeof(batch->remotes[i]);
	n = recvmmsg(ul->lfd.fd, batch->messages, BATCH, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n; i++) {
		tp->stats.rx++;
		from.remote = batch->remotes[i];
		if (!keep_alive(&from, batch->slots + i * SLOT, batch->messages[i].msg_len))
			tp->recv(tp->arg, &from, batch->slots + i * SLOT,
				 batch->messages[i].msg_len);
	}
	return n;
}

static void udp_receive(struct udp_listener *ul)
{
	for (int i = 0; i < BATCHES_PER_TURN; i++)
		if (receive_batch(ul) < BATCH)
			return;
}

static void udp_flush(struct udp_listener *ul)
{
	struct transport *tp = ul->listener.tp;
	bool blocked = tp_queue_send(&ul->queue, ul->lfd.fd, &tp->stats) == -EAGAIN;

	if (blocked == ul->blocked)
		return;
	ul->blocked = blocked;
	loop_fd_mod(tp->loop, &ul->lfd, blocked ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void on_event(struct loop_fd *lfd, uint32_t events)
{
	struct udp_listener *ul = (void *)((char *)lfd - offsetof(struct udp_listener, lfd));

	if (events & EPOLLOUT)
		udp_flush(ul);
	if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
		udp_receive(ul);
}

int udp_listen(struct transport *tp, const struct tp_addr *local, struct tp_listener **listener)
{
	struct udp_listener *ul = calloc(1, sizeof(*ul));
	int fd, err;

	if (!ul)
		return -ENOMEM;
	ul->listener.local = *local;
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
	*listener = &ul->listener;
	return 0;
}

void udp_close(struct udp_listener *ul)
{
	loop_fd_del(ul->listener.tp->loop, &ul->lfd);
	close(ul->lfd.fd);
	tp_queue_clean(&ul->queue);
	free(ul);
}

int udp_send(const struct tp_flow *to, const void *buf, size_t len)
{
	struct udp_listener *ul = udp_of(to->listener);
	struct transport *tp = to->listener->tp;
	int err = tp_queue_add(&ul->queue, &to->remote, buf, len);

	if (err || ul->dirty)
		return err;
	ul->dirty = true;
	ul->next_dirty = tp->dirty;
	tp->dirty = ul;
	tp_flush_later(tp);
	return 0;
}

void udp_flush_dirty(struct transport *tp)
{
	struct udp_listener *ul;

	while ((ul = tp->dirty)) {
		tp->dirty = ul->next_dirty;
		ul->dirty = false;
		if (!ul->blocked)
			udp_flush(ul);
	}
}
