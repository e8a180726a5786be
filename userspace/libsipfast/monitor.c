// SPDX-License-Identifier: GPL-2.0-or-later
/* Events about media. */
#include <errno.h>
#include <stdlib.h>

#include "client.h"

struct sf_monitor {
	struct sf_client *client;
	struct sf_session session; /* lent to the callback */
};

int sf_monitor_open(struct sf_monitor **result)
{
	struct sf_monitor *monitor = calloc(1, sizeof(*monitor));
	int err;

	*result = NULL;
	if (!monitor) {
		sf_set_open_error("out of memory");
		return -ENOMEM;
	}
	err = sf_events_open(&monitor->client, SIPFAST_MCGRP_MEDIA);
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

struct reading {
	struct sf_monitor *monitor;
	sf_event_cb cb;
	void *arg;
};

static int deliver(const struct nlmsghdr *nlh, enum sipfast_cmd cmd, void *arg)
{
	static const struct sf_event overrun = { .type = SF_EVENT_OVERRUN };
	const struct reading *reading = arg;
	struct sf_session *session = &reading->monitor->session;
	struct sf_event event = { .session = session };

	if (!nlh) {
		reading->cb(&overrun, reading->arg);
		return 1;
	}
	if (cmd > SIPFAST_CMD_MAX || !events[cmd].known)
		return 0;
	event.type = events[cmd].type;
	if (sf_session_parse(nlh, session, false))
		return -EPROTO;
	if (event.type != SF_EVENT_TIMEOUT && sf_event_parse(nlh, &event))
		return -EPROTO;
	reading->cb(&event, reading->arg);
	return 1;
}

int sf_monitor_read(struct sf_monitor *monitor, sf_event_cb cb, void *arg)
{
	struct reading reading = { monitor, cb, arg };

	return sf_events_read(monitor->client, deliver, &reading);
}
