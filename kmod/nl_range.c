// SPDX-License-Identifier: GPL-2.0
/* Range commands. */
#include <linux/rtnetlink.h>

#include "netlink.h"
#include "range.h"

const struct nla_policy sf_policy_range[SIPFAST_A_RANGE_ADDR6 + 1] = {
	[SIPFAST_A_RANGE_ADDR4] = { .type = NLA_U32 },
	[SIPFAST_A_RANGE_PORT_MIN] = NLA_POLICY_MIN(NLA_U16, 1),
	[SIPFAST_A_RANGE_PORT_MAX] = NLA_POLICY_MIN(NLA_U16, 1),
	[SIPFAST_A_RANGE_ADDR6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
};

struct range_request {
	struct in6_addr ip;
	u16 port_min;
	u16 port_max;
};

static int read_range(struct genl_info *info, struct range_request *req)
{
	struct nlattr *tb[ARRAY_SIZE(sf_policy_range)], *nest;
	struct netlink_ext_ack *extack = info->extack;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SIPFAST_A_RANGE)) {
		NL_SET_ERR_MSG(extack, "Which range is missing");
		return -EINVAL;
	}
	nest = info->attrs[SIPFAST_A_RANGE];
	err = nla_parse_nested(tb, ARRAY_SIZE(tb) - 1, nest, sf_policy_range, extack);
	if (err)
		return err;
	err = sf_nl_get_ip(&req->ip, tb[SIPFAST_A_RANGE_ADDR4], tb[SIPFAST_A_RANGE_ADDR6], extack);
	if (err < 0)
		return err;
	if ((!err && NL_REQ_ATTR_CHECK(extack, nest, tb, SIPFAST_A_RANGE_ADDR4)) ||
	    NL_REQ_ATTR_CHECK(extack, nest, tb, SIPFAST_A_RANGE_PORT_MIN) ||
	    NL_REQ_ATTR_CHECK(extack, nest, tb, SIPFAST_A_RANGE_PORT_MAX)) {
		NL_SET_ERR_MSG(extack, "A range needs its address, lowest and highest port");
		return -EINVAL;
	}
	req->port_min = nla_get_u16(tb[SIPFAST_A_RANGE_PORT_MIN]);
	req->port_max = nla_get_u16(tb[SIPFAST_A_RANGE_PORT_MAX]);
	if (req->port_max < req->port_min) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SIPFAST_A_RANGE_PORT_MAX],
				    "The highest port is below the lowest");
		return -EINVAL;
	}
	return 0;
}

/* @change: sf_range_add() or sf_range_del() */
static int change_range(struct genl_info *info,
			int (*change)(struct sf_net *sn, const struct in6_addr *ip, u16 port_min,
				      u16 port_max, struct netlink_ext_ack *extack))
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct range_request req;
	int err;

	err = read_range(info, &req);
	if (err)
		return err;
	rtnl_lock();
	mutex_lock(&sn->lock);
	err = change(sn, &req.ip, req.port_min, req.port_max, info->extack);
	mutex_unlock(&sn->lock);
	rtnl_unlock();
	return err;
}

int sf_nl_range_add(struct sk_buff *skb, struct genl_info *info)
{
	return change_range(info, sf_range_add);
}

int sf_nl_range_del(struct sk_buff *skb, struct genl_info *info)
{
	return change_range(info, sf_range_del);
}

static int put_range(struct sk_buff *skb, const struct sf_range *range)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_RANGE);

	if (!nest ||
	    sf_nl_put_ip(skb, SIPFAST_A_RANGE_ADDR4, SIPFAST_A_RANGE_ADDR6, &range->ip) ||
	    nla_put_u16(skb, SIPFAST_A_RANGE_PORT_MIN, range->port_min) ||
	    nla_put_u16(skb, SIPFAST_A_RANGE_PORT_MAX, sf_range_port_max(range)) ||
	    nla_put_u32(skb, SIPFAST_A_RANGE_ENDPOINTS, range->nendpoints) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_RANGE_UNKNOWN, sf_range_unknown(range),
			      SIPFAST_A_RANGE_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int dump_range(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct sf_range *range)
{
	void *hdr = sf_nl_dump_put(skb, cb, SIPFAST_CMD_RANGE_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (put_range(skb, range)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

int sf_nl_range_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct sf_net *sn = sf_net(sock_net(skb->sk));
	const struct sf_range *range;
	unsigned long n;

	/* args: the bucket, and how many of it are done. */
	mutex_lock(&sn->lock);
	for (; cb->args[0] < ARRAY_SIZE(sn->ranges); cb->args[0]++, cb->args[1] = 0) {
		n = 0;
		hlist_for_each_entry(range, &sn->ranges[cb->args[0]], node) {
			if (n++ < cb->args[1])
				continue;
			if (dump_range(skb, cb, range))
				goto unlock;
			cb->args[1]++;
		}
	}
unlock:
	mutex_unlock(&sn->lock);
	return skb->len;
}
