// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "client.h"
#include "seen.h"

static int range_write(struct sf_client *client, const struct sf_range *range, enum sipfast_cmd cmd)
{
	struct nlmsghdr *nlh = sf_request(client, 0, cmd, NLM_F_ACK);
	struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_RANGE);

	sf_address_put(nlh, SIPFAST_A_RANGE_ADDR4, SIPFAST_A_RANGE_ADDR6, &range->addr);
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

static const struct sf_field range_fields[] = {
	SF_FIELD(SIPFAST_A_RANGE_PORT_MIN, struct sf_range, port_min, 0),
	SF_FIELD(SIPFAST_A_RANGE_PORT_MAX, struct sf_range, port_max, 0),
	SF_FIELD(SIPFAST_A_RANGE_ENDPOINTS, struct sf_range, endpoints, 0),
	SF_FIELD(SIPFAST_A_RANGE_UNKNOWN, struct sf_range, unknown, 0),
	{ 0 },
};

static int read_range(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *top[SIPFAST_A_MAX + 1];
	const struct nlattr *tb[SIPFAST_A_RANGE_MAX + 1];
	struct range_walk *walk = arg;
	struct sf_range range = { 0 };
	int ret;

	if (sf_attr_table(nlh, NULL, top, SIPFAST_A_MAX) || !top[SIPFAST_A_RANGE] ||
	    sf_attr_table(nlh, top[SIPFAST_A_RANGE], tb, SIPFAST_A_RANGE_MAX) ||
	    sf_fields_read(tb, range_fields, &range, NULL) ||
	    sf_address_read(tb[SIPFAST_A_RANGE_ADDR4], tb[SIPFAST_A_RANGE_ADDR6], &range.addr))
		return -EPROTO;
	if (!range.addr.family || !range.port_min || !range.port_max)
		return -EPROTO;
	/* Ranges don't overlap. */
	ret = sf_seen_add(&walk->seen, sf_address_key(&range.addr, range.port_min));
	return ret > 0 ? walk->cb(&range, walk->arg) : ret;
}

int sf_range_dump(struct sf_client *client, sf_range_cb cb, void *arg)
{
	struct range_walk walk = { .cb = cb, .arg = arg };
	int ret = sf_dump(client, SIPFAST_CMD_RANGE_GET, NULL, NULL, read_range, &walk);

	sf_seen_clean(&walk.seen);
	return ret;
}
