// SPDX-License-Identifier: GPL-2.0-or-later
/* What the module says of itself: status and counters. */
#include <errno.h>
#include <net/if.h>

#include "client.h"

int sf_devices_read(const struct nlattr *nest, unsigned int type, sf_device_cb cb, void *arg)
{
	const struct nlattr *attr;
	int ret = 0;

	if (!cb)
		return 0;
	mnl_attr_for_each_nested(attr, nest) {
		char name[IFNAMSIZ];

		if (mnl_attr_get_type(attr) != type)
			continue;
		sf_string_read(attr, name, sizeof(name));
		ret = cb(name, arg);
		if (ret)
			break;
	}
	return ret;
}

struct status_walk {
	struct sf_status *status;
	sf_device_cb cb;
	void *arg;
};

static int read_status(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *top[SIPFAST_A_MAX + 1];
	const struct nlattr *tb[SIPFAST_A_STATUS_MAX + 1];
	const struct status_walk *walk = arg;
	struct sf_status *status = walk->status;

	if (sf_attr_table(nlh, NULL, top, SIPFAST_A_MAX) || !top[SIPFAST_A_STATUS] ||
	    sf_attr_table(nlh, top[SIPFAST_A_STATUS], tb, SIPFAST_A_STATUS_MAX))
		return -EPROTO;
	if (!tb[SIPFAST_A_STATUS_VERSION] || !tb[SIPFAST_A_STATUS_RANGES] ||
	    !tb[SIPFAST_A_STATUS_SESSIONS] || !tb[SIPFAST_A_STATUS_ENDPOINTS])
		return -EPROTO;
	sf_string_read(tb[SIPFAST_A_STATUS_VERSION], status->version, sizeof(status->version));
	status->ranges = mnl_attr_get_u32(tb[SIPFAST_A_STATUS_RANGES]);
	status->sessions = mnl_attr_get_u32(tb[SIPFAST_A_STATUS_SESSIONS]);
	status->endpoints = mnl_attr_get_u32(tb[SIPFAST_A_STATUS_ENDPOINTS]);
	status->prerouting = tb[SIPFAST_A_STATUS_PREROUTING];
	return sf_devices_read(top[SIPFAST_A_STATUS], SIPFAST_A_STATUS_DEVICE, walk->cb, walk->arg);
}

int sf_status_get(struct sf_client *client, struct sf_status *status, sf_device_cb cb, void *arg)
{
	struct nlmsghdr *nlh = sf_request(client, 0, SIPFAST_CMD_STATUS_GET, NLM_F_ACK);
	struct status_walk walk = { status, cb, arg };

	*status = (struct sf_status){ 0 };
	return sf_exchange(client, nlh, read_status, &walk, NULL);
}

struct counter_walk {
	sf_counter_cb cb;
	void *arg;
};

static int read_counters(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[SIPFAST_A_COUNTER_MAX + 1];
	const struct counter_walk *walk = arg;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		struct sf_counter counter;
		int ret;

		if (mnl_attr_get_type(attr) != SIPFAST_A_COUNTER)
			continue;
		if (sf_attr_table(nlh, attr, tb, SIPFAST_A_COUNTER_MAX) ||
		    !tb[SIPFAST_A_COUNTER_NAME] || !tb[SIPFAST_A_COUNTER_VALUE])
			return -EPROTO;
		counter.name = mnl_attr_get_str(tb[SIPFAST_A_COUNTER_NAME]);
		counter.packets = mnl_attr_get_u64(tb[SIPFAST_A_COUNTER_VALUE]);
		ret = walk->cb(&counter, walk->arg);
		if (ret)
			return ret;
	}
	return 0;
}

int sf_counter_dump(struct sf_client *client, sf_counter_cb cb, void *arg)
{
	struct nlmsghdr *nlh = sf_request(client, 0, SIPFAST_CMD_COUNTER_GET, NLM_F_DUMP);
	struct counter_walk walk = { cb, arg };

	/* The set of counters is fixed, so the dump can't be inconsistent. */
	return sf_exchange(client, nlh, read_counters, &walk, NULL);
}
