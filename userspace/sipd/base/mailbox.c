// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct mailbox {
	struct loop *loop;
	struct loop_fd lfd;
	size_t max_octets;

	pthread_mutex_t lock; /* protects what follows */
	struct mail *first;
	struct mail **tail;
	size_t octets;
};

static struct mail *take_all(struct mailbox *box)
{
	struct mail *first;

	pthread_mutex_lock(&box->lock);
	first = box->first;
	box->first = NULL;
	box->tail = &box->first;
	box->octets = 0;
	pthread_mutex_unlock(&box->lock);
	return first;
}

static void deliver(struct mailbox *box, bool alive)
{
	struct mail *mail = take_all(box), *next;

	for (; mail; mail = next) {
		next = mail->next;
		mail->cb(mail, alive);
	}
}

static void on_wake(struct loop_fd *lfd, uint32_t events)
{
	eventfd_t count;

	(void)events;
	eventfd_read(lfd->fd, &count);
	deliver((struct mailbox *)((char *)lfd - offsetof(struct mailbox, lfd)), true);
}

int mailbox_alloc(struct mailbox **out, struct loop *loop, size_t max_octets)
{
	struct mailbox *box = calloc(1, sizeof(*box));
	int fd, err;

	*out = NULL;
	if (!box)
		return -ENOMEM;
	fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (fd < 0) {
		err = -errno;
		free(box);
		return err;
	}
	err = loop_fd_add(loop, &box->lfd, fd, EPOLLIN, on_wake);
	if (err) {
		close(fd);
		free(box);
		return err;
	}
	pthread_mutex_init(&box->lock, NULL);
	box->loop = loop;
	box->max_octets = max_octets;
	box->tail = &box->first;
	*out = box;
	return 0;
}

void mailbox_free(struct mailbox *box)
{
	if (!box)
		return;
	loop_fd_del(box->loop, &box->lfd);
	close(box->lfd.fd);
	deliver(box, false);
	pthread_mutex_destroy(&box->lock);
	free(box);
}

int mailbox_post(struct mailbox *box, struct mail *mail, size_t size, mail_cb cb)
{
	bool full, wake = false;

	mail->next = NULL;
	mail->cb = cb;
	pthread_mutex_lock(&box->lock);
	full = size && box->octets + size > box->max_octets;
	if (!full) {
		wake = !box->first;
		*box->tail = mail;
		box->tail = &mail->next;
		box->octets += size;
	}
	pthread_mutex_unlock(&box->lock);
	/* Who finds it empty wakes the loop, for all who come until it has looked. */
	if (wake)
		eventfd_write(box->lfd.fd, 1);
	return full ? -ENOBUFS : 0;
}
