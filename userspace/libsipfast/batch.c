// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Many requests in few system calls. As many are sent at once as fit the transmit buffer, and
 * as their acknowledgements, which the kernel queues while it is still reading the requests,
 * fit the receive buffer.
 */
#include <errno.h>
#include <string.h>

#include "client.h"

/* The most octets of one request: a source with its reason. */
#define REQUEST_SIZE 128

/* Of the first request that waits: the kernel carries them out in order. */
static void settle(struct sf_batch *batch, int err)
{
	batch->waiting--;
	if (!err || err == batch->ignore || batch->first_error)
		return;
	batch->first_error = err;
	memcpy(batch->reason, batch->client->error, sizeof(batch->reason));
}

/*
 * Sends what waits. When an acknowledgement can't be had, the requests without one get that
 * error: they may or may not have been carried out.
 */
static void flush(struct sf_batch *batch)
{
	struct sf_client *client = batch->client;
	const struct nlmsghdr *request = (const void *)client->tx;
	const struct nlmsghdr *nlh;
	int len = sf_send(client, batch->len);

	while (len >= 0 && batch->waiting) {
		len = sf_receive(client);
		for (nlh = (const void *)client->rx; batch->waiting && mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_type != NLMSG_ERROR || nlh->nlmsg_seq != request->nlmsg_seq)
				continue;
			settle(batch, sf_ack_read(client, request, nlh));
			request = (const void *)((const char *)request +
						 MNL_ALIGN(request->nlmsg_len));
		}
	}
	while (batch->waiting)
		settle(batch, len);
	batch->len = 0;
}

struct nlmsghdr *sf_batch_begin(struct sf_batch *batch, enum sipfast_cmd cmd)
{
	if (batch->len + REQUEST_SIZE > SF_TX_SIZE || batch->waiting == batch->client->acks_max)
		flush(batch);
	return sf_request(batch->client, batch->len, cmd, NLM_F_ACK);
}

void sf_batch_end(struct sf_batch *batch, const struct nlmsghdr *nlh)
{
	batch->len += MNL_ALIGN(nlh->nlmsg_len);
	batch->waiting++;
}

int sf_batch_finish(struct sf_batch *batch)
{
	if (batch->waiting)
		flush(batch);
	if (!batch->first_error)
		return 0;
	return sf_fail(batch->client, batch->first_error, "%s", batch->reason);
}
