// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "client.h"
#include "seen.h"

static int range_write(struct sf_client *client, const struct sf_range *range, enum sipfast_cmd cmd)
{
	struct nlmsghdr *nlh = sf_request(client, 0, cmd, NLM_F_ACK);
	struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_RANGE);

	mnl_attr_put_u32(nlh, SIPFAST_A_RANGE_ADDR4, range->addr.s_addr);
	mnl_attr_put_u16(nlh, SIPFAST_A_RANGE_PORT_MIN, range->port_min);
	mnl_attr_put_u16(nlh, SIPFAST_A_RANGE_PORT_MAX, range->port_max);
	mnl_attr_nest_end(nlh, nest);
	return sf_exchange(client, nlh, NULL, NULL, NULL);
}

int sf_range_add(struct sf_client *client, const struct sf_range *range)
{
	return range_write(client, range, SIPFAST_CMD_RANGE_ADD);
}

int sf_range_del(struct sf_client *client, const struct sf_range *range)
{
	return range_write(client, range, SIPFAST_CMD_RANGE_DEL);
}

struct range_walk {
	sf_range_cb cb;
	void *arg;
	struct sf_seen seen;
};

static int read_range(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *top[SIPFAST_A_MAX + 1];
	const struct nlattr *tb[SIPFAST_A_RANGE_MAX + 1];
	struct range_walk *walk = arg;
	struct sf_range range;
	int ret;

	if (sf_attr_table(nlh, NULL, top, SIPFAST_A_MAX) || !top[SIPFAST_A_RANGE] ||
	    sf_attr_table(nlh, top[SIPFAST_A_RANGE], tb, SIPFAST_A_RANGE_MAX))
		return -EPROTO;
	for (unsigned int i = SIPFAST_A_RANGE_ADDR4; i <= SIPFAST_A_RANGE_MAX; i++)
		if (!tb[i])
			return -EPROTO;
	range.addr.s_addr = mnl_attr_get_u32(tb[SIPFAST_A_RANGE_ADDR4]);
	range.port_min = mnl_attr_get_u16(tb[SIPFAST_A_RANGE_PORT_MIN]);
	range.port_max = mnl_attr_get_u16(tb[SIPFAST_A_RANGE_PORT_MAX]);
	range.endpoints = mnl_attr_get_u32(tb[SIPFAST_A_RANGE_ENDPOINTS]);
	range.unknown = mnl_attr_get_u64(tb[SIPFAST_A_RANGE_UNKNOWN]);
	/* Ranges don't overlap, so address and lowest port (not 0) tell them apart. */
	ret = sf_seen_add(&walk->seen, (uint64_t)range.addr.s_addr << 16 | range.port_min);
	return ret > 0 ? walk->cb(&range, walk->arg) : ret;
}

int sf_range_dump(struct sf_client *client, sf_range_cb cb, void *arg)
{
	struct range_walk walk = { cb, arg, { 0 } };
	bool interrupted = true;
	int ret = 0;

	for (int pass = 0; pass < SF_DUMP_PASSES && interrupted && !ret; pass++) {
		struct nlmsghdr *nlh = sf_request(client, 0, SIPFAST_CMD_RANGE_GET, NLM_F_DUMP);

		interrupted = false;
		ret = sf_exchange(client, nlh, read_range, &walk, &interrupted);
	}
	sf_seen_clean(&walk.seen);
	return ret;
}
