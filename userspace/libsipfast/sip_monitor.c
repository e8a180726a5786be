// SPDX-License-Identifier: GPL-2.0-or-later
/* Events about SIP. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"

struct sf_sip_monitor {
	struct sf_client *client;
};

int sf_sip_monitor_open(struct sf_sip_monitor **result)
{
	struct sf_sip_monitor *monitor = calloc(1, sizeof(*monitor));
	int err;

	*result = NULL;
	if (!monitor) {
		sf_set_open_error("out of memory");
		return -ENOMEM;
	}
	err = sf_events_open(&monitor->client, SIPFAST_MCGRP_SIP);
	if (err) {
		sf_sip_monitor_close(monitor);
		return err;
	}
	*result = monitor;
	return 0;
}

void sf_sip_monitor_close(struct sf_sip_monitor *monitor)
{
	if (!monitor)
		return;
	sf_close(monitor->client);
	free(monitor);
}

int sf_sip_monitor_fd(const struct sf_sip_monitor *monitor)
{
	return mnl_socket_get_fd(monitor->client->nl);
}

/* By command: what an event is and must have; others are of a newer module. */
static const struct {
	bool known;
	enum sf_sip_event_type type;
	enum sipfast_attr has[2];
} events[SIPFAST_CMD_MAX + 1] = {
	[SIPFAST_CMD_EVENT_BAN] = { true, SF_SIP_EVENT_BAN, { SIPFAST_A_SOURCE } },
	[SIPFAST_CMD_EVENT_OVERLOAD] = { true, SF_SIP_EVENT_OVERLOAD, { SIPFAST_A_LISTENER } },
	[SIPFAST_CMD_EVENT_RULE] = { true,
				     SF_SIP_EVENT_RULE,
				     { SIPFAST_A_RULE, SIPFAST_A_SOURCE } },
	[SIPFAST_CMD_EVENT_MALFORMED] = { true,
					  SF_SIP_EVENT_MALFORMED,
					  { SIPFAST_A_SOURCE, SIPFAST_A_SAMPLE } },
};

static int read_sample(const struct nlattr *attr, struct sf_sip_event *event)
{
	size_t len = mnl_attr_get_payload_len(attr);

	if (len > sizeof(event->sample))
		return -EPROTO;
	memcpy(event->sample, mnl_attr_get_payload(attr), len);
	event->sample_len = len;
	return 0;
}

static int read_part(const struct nlattr *attr, enum sipfast_attr type, struct sf_sip_event *event)
{
	if (!attr)
		return -EPROTO;
	switch (type) {
	case SIPFAST_A_SOURCE:
		return sf_source_parse(attr, &event->source);
	case SIPFAST_A_LISTENER:
		return sf_listener_parse(attr, &event->listener);
	case SIPFAST_A_RULE:
		return sf_rule_parse(attr, &event->rule);
	default:
		return read_sample(attr, event);
	}
}

struct reading {
	sf_sip_event_cb cb;
	void *arg;
};

static int deliver(const struct nlmsghdr *nlh, enum sipfast_cmd cmd, void *arg)
{
	const struct nlattr *top[SIPFAST_A_MAX + 1];
	const struct reading *reading = arg;
	struct sf_sip_event event = { .type = SF_SIP_EVENT_OVERRUN };

	if (!nlh) {
		reading->cb(&event, reading->arg);
		return 1;
	}
	if (cmd > SIPFAST_CMD_MAX || !events[cmd].known)
		return 0;
	event.type = events[cmd].type;
	if (sf_attr_table(nlh, NULL, top, SIPFAST_A_MAX))
		return -EPROTO;
	for (int i = 0; i < 2; i++) {
		enum sipfast_attr type = events[cmd].has[i];

		if (type && read_part(top[type], type, &event))
			return -EPROTO;
	}
	reading->cb(&event, reading->arg);
	return 1;
}

int sf_sip_monitor_read(struct sf_sip_monitor *monitor, sf_sip_event_cb cb, void *arg)
{
	struct reading reading = { cb, arg };

	return sf_events_read(monitor->client, deliver, &reading);
}
