/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests that are sent together. */
#ifndef NL_BATCH_H
#define NL_BATCH_H

#include "nl_lib.h"

/* Starts empty. @first: sequence number of the first request; those of the others follow it. */
struct batch {
	uint32_t first;
	unsigned int count;
	size_t len;
	char data[16384];
};

static void batch_add(struct batch *batch, int cmd, const char *text)
{
	struct nl_msg *msg = client_request(&client, cmd, NLM_F_ACK, text, NULL);
	const struct nlmsghdr *nlh = nlmsg_hdr(msg);

	if (batch->len + NLMSG_ALIGN(nlh->nlmsg_len) > sizeof(batch->data))
		bail_out("the batch is too big");
	if (!batch->count++)
		batch->first = nlh->nlmsg_seq;
	memcpy(batch->data + batch->len, nlh, nlh->nlmsg_len);
	batch->len += NLMSG_ALIGN(nlh->nlmsg_len);
	nlmsg_free(msg);
}

/* All of them with one send(); each is acknowledged, see client_reply(). */
static void batch_send(const struct batch *batch)
{
	int fd = nl_socket_get_fd(client.sk);

	if (send(fd, batch->data, batch->len, 0) != (ssize_t)batch->len)
		bail_out("send");
}

#endif
