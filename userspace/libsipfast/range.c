// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "client.h"

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
	struct sf_address *seen; /* with the lowest port: ranges don't overlap */
	size_t nseen;
};

/* 1 when it was not seen before, 0 when it was, or -ENOMEM. */
static int note(struct range_walk *walk, const struct sf_range *range)
{
	struct sf_address key = range->addr, *seen;

	key.port = range->port_min;
	for (size_t i = 0; i < walk->nseen; i++)
		if (sf_address_equal(&walk->seen[i], &key))
			return 0;
	seen = realloc(walk->seen, (walk->nseen + 1) * sizeof(*seen));
	if (!seen)
		return -ENOMEM;
	walk->seen = seen;
	seen[walk->nseen++] = key;
	return 1;
}

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
	ret = note(walk, &range);
	return ret > 0 ? walk->cb(&range, walk->arg) : ret;
}

int sf_range_dump(struct sf_client *client, sf_range_cb cb, void *arg)
{
	struct range_walk walk = { .cb = cb, .arg = arg };
	bool interrupted = true;
	int ret = 0;

	for (int pass = 0; pass < SF_DUMP_PASSES && interrupted && !ret; pass++) {
		struct nlmsghdr *nlh = sf_request(client, 0, SIPFAST_CMD_RANGE_GET, NLM_F_DUMP);

		interrupted = false;
		ret = sf_exchange(client, nlh, read_range, &walk, &interrupted);
	}
	free(walk.seen);
	return ret;
}
