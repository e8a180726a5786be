// SPDX-License-Identifier: GPL-2.0-or-later
/* Events, on a socket of their own that never waits. */
#include <errno.h>
#include <stdlib.h>

#include "client.h"

/* Timeouts come in bursts when a peer vanishes: room for some thousand events. */
#define EVENT_BUFFER (4 << 20)

struct sf_monitor {
	struct sf_client *client;
	struct sf_session session; /* lent to the callback */
};

static void grow_buffer(int fd)
{
	int size = EVENT_BUFFER;

	/* Without CAP_NET_ADMIN the system's limit applies. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static int join(struct sf_client *client)
{
	struct sf_family family;
	int err;

	err = sf_family_get(client, &family);
	if (err)
		return err;
	if (!family.group)
		return sf_fail(client, -EPROTO, "the module has no group \"%s\"",
			       SIPFAST_MCGRP_MEDIA);
	grow_buffer(mnl_socket_get_fd(client->nl));
	if (mnl_socket_setsockopt(client->nl, NETLINK_ADD_MEMBERSHIP, &family.group,
				  sizeof(family.group)) < 0) {
		err = -errno;
		return sf_fail(client, err, "cannot join the group \"%s\"", SIPFAST_MCGRP_MEDIA);
	}
	client->family = family.id;
	return 0;
}

int sf_monitor_open(struct sf_monitor **result)
{
	struct sf_monitor *monitor = calloc(1, sizeof(*monitor));
	int err;

	*result = NULL;
	if (!monitor) {
		sf_set_open_error("out of memory");
		return -ENOMEM;
	}
	err = sf_client_alloc(&monitor->client);
	if (!err) {
		err = join(monitor->client);
		if (err)
			sf_set_open_error(monitor->client->error);
	}
	if (err) {
		sf_monitor_close(monitor);
		return err;
	}
	*result = monitor;
	return 0;
}

void sf_monitor_close(struct sf_monitor *monitor)
{
	if (!monitor)
		return;
	sf_close(monitor->client);
	free(monitor);
}

int sf_monitor_fd(const struct sf_monitor *monitor)
{
	return mnl_socket_get_fd(monitor->client->nl);
}

/* By command; others are of a newer module. */
static const struct {
	enum sf_event_type type;
	bool known;
} events[SIPFAST_CMD_MAX + 1] = {
	[SIPFAST_CMD_EVENT_LEARNED] = { SF_EVENT_LEARNED, true },
	[SIPFAST_CMD_EVENT_TIMEOUT] = { SF_EVENT_TIMEOUT, true },
	[SIPFAST_CMD_EVENT_INACTIVE] = { SF_EVENT_INACTIVE, true },
	[SIPFAST_CMD_EVENT_RESUMED] = { SF_EVENT_RESUMED, true },
	[SIPFAST_CMD_EVENT_SSRC] = { SF_EVENT_SSRC, true },
	[SIPFAST_CMD_EVENT_REJECTED] = { SF_EVENT_REJECTED, true },
	[SIPFAST_CMD_EVENT_DTMF] = { SF_EVENT_DTMF, true },
	[SIPFAST_CMD_EVENT_ICMP] = { SF_EVENT_ICMP, true },
};

static int deliver(struct sf_monitor *monitor, const struct nlmsghdr *nlh, sf_event_cb cb,
		   void *arg)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct sf_event event = { .session = &monitor->session };

	if (nlh->nlmsg_type != monitor->client->family ||
	    mnl_nlmsg_get_payload_len(nlh) < sizeof(*genl))
		return 0;
	if (genl->cmd > SIPFAST_CMD_MAX || !events[genl->cmd].known)
		return 0;
	event.type = events[genl->cmd].type;
	if (sf_session_parse(nlh, &monitor->session, false))
		return -EPROTO;
	if (event.type != SF_EVENT_TIMEOUT && sf_event_parse(nlh, &event))
		return -EPROTO;
	cb(&event, arg);
	return 1;
}

int sf_monitor_read(struct sf_monitor *monitor, sf_event_cb cb, void *arg)
{
	static const struct sf_event overrun = { .type = SF_EVENT_OVERRUN };
	struct sf_client *client = monitor->client;
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
			cb(&overrun, arg);
			count++;
			continue;
		}
		if (len < 0)
			return -errno;
		for (nlh = (const void *)client->rx; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			ret = deliver(monitor, nlh, cb, arg);
			if (ret < 0)
				return ret;
			count += ret;
		}
	}
}
