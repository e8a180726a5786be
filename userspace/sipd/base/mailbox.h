/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What other threads send to a loop: a queue of bounded size, and an eventfd that wakes the loop.
 * Mail of one sender is delivered in the order in which it was posted.
 */
#ifndef SIPD_BASE_MAILBOX_H
#define SIPD_BASE_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/loop.h"

struct mail;
struct mailbox;

/*
 * The mail is its receiver's from here on, who may post it again, or free it. @alive: in the loop's
 * thread, within its turn; else the mailbox is being freed, and only freeing is left to do.
 */
typedef void (*mail_cb)(struct mail *mail, bool alive);

/* Embedded in what is sent; in one mailbox at a time. */
struct mail {
	struct mail *next;
	mail_cb cb;
};

/* At most @max_octets lie in it at a time. 0 or negative errno. */
int mailbox_alloc(struct mailbox **box, struct loop *loop, size_t max_octets);
/* When nobody posts any more. */
void mailbox_free(struct mailbox *box);

/*
 * From any thread. @size: octets that count against the bound; mail of size 0 is always taken.
 * -ENOBUFS when it is full: the mail is still the sender's.
 */
int mailbox_post(struct mailbox *box, struct mail *mail, size_t size, mail_cb cb);

#endif
