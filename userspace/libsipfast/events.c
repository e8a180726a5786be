// SPDX-License-Identifier: GPL-2.0-or-later
/* What the kernel says unasked, on a socket of its own that never waits. */
#include <errno.h>

#include "client.h"

/* Timeouts come in bursts when a peer vanishes: room for some thousand events. */
#define EVENT_BUFFER (4 << 20)

static void grow_buffer(int fd)
{
	int size = EVENT_BUFFER;

	/* Without CAP_NET_ADMIN the system's limit applies. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static int join(struct sf_client *client, const char *group)
{
	struct sf_family family;
	int err;

	err = sf_family_get(client, &family, group);
	if (err)
		return err;
	if (!family.group)
		return sf_fail(client, -EPROTO, "the module has no group \"%s\"", group);
	grow_buffer(mnl_socket_get_fd(client->nl));
	if (mnl_socket_setsockopt(client->nl, NETLINK_ADD_MEMBERSHIP, &family.group,
				  sizeof(family.group)) < 0) {
		err = -errno;
		return sf_fail(client, err, "cannot join the group \"%s\"", group);
	}
	client->family = family.id;
	return 0;
}

int sf_events_open(struct sf_client **client, const char *group)
{
	int err = sf_client_alloc(client);

	if (err)
		return err;
	err = join(*client, group);
	if (err) {
		sf_set_open_error((*client)->error);
		sf_close(*client);
		*client = NULL;
	}
	return err;
}

static int deliver_one(const struct sf_client *client, const struct nlmsghdr *nlh,
		       sf_deliver_cb deliver, void *arg)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type != client->family || mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
		return 0;
	return deliver(nlh, genl->cmd, arg);
}

int sf_events_read(struct sf_client *client, sf_deliver_cb deliver, void *arg)
{
	const struct nlmsghdr *nlh;
	int count = 0;
	int len, ret;

	for (;;) {
		len = mnl_socket_recvfrom(client->nl, client->rx, SF_RX_SIZE);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0 && errno == EAGAIN)
			return count;
		if (len < 0 && errno == ENOBUFS) {
			count += deliver(NULL, SIPFAST_CMD_UNSPEC, arg);
			continue;
		}
		if (len < 0)
			return -errno;
		for (nlh = (const void *)client->rx; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			ret = deliver_one(client, nlh, deliver, arg);
			if (ret < 0)
				return ret;
			count += ret;
		}
	}
}
