// SPDX-License-Identifier: GPL-2.0
/* The family, its commands, and those that are not about sessions. */
#include "netlink.h"

#include <linux/module.h>

#include "event.h"
#include "range.h"

static int nl_status_get(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sk_buff *reply;
	struct nlattr *nest;
	void *hdr;

	reply = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_put_reply(reply, info, &sf_genl_family, 0, SIPFAST_CMD_STATUS_GET);
	if (!hdr)
		goto err;
	nest = nla_nest_start(reply, SIPFAST_A_STATUS);
	if (!nest)
		goto err;
	mutex_lock(&sn->lock);
	if (nla_put_string(reply, SIPFAST_A_STATUS_VERSION, SIPFAST_VERSION) ||
	    nla_put_u32(reply, SIPFAST_A_STATUS_RANGES, sn->nranges) ||
	    nla_put_u32(reply, SIPFAST_A_STATUS_SESSIONS, sn->nsessions) ||
	    nla_put_u32(reply, SIPFAST_A_STATUS_ENDPOINTS, sn->nendpoints)) {
		mutex_unlock(&sn->lock);
		goto err;
	}
	mutex_unlock(&sn->lock);
	nla_nest_end(reply, nest);
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);

err:
	nlmsg_free(reply);
	return -EMSGSIZE;
}

static void *dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &sf_genl_family,
			   NLM_F_MULTI, cmd);
}

static int put_counter(struct sk_buff *skb, const struct sf_net *sn, enum sf_counter counter)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_COUNTER);

	if (!nest ||
	    nla_put_string(skb, SIPFAST_A_COUNTER_NAME, sf_stats_name(counter)) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_COUNTER_VALUE, sf_stats_sum(sn->stats, counter),
			      SIPFAST_A_COUNTER_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int nl_counter_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct sf_net *sn = sf_net(sock_net(skb->sk));
	void *hdr;

	for (; cb->args[0] < SF_COUNTER_N; cb->args[0]++) {
		hdr = dump_put(skb, cb, SIPFAST_CMD_COUNTER_GET);
		if (!hdr)
			break;
		if (put_counter(skb, sn, cb->args[0])) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
	}
	return skb->len;
}

static const struct nla_policy range_nest_policy[] = {
	[SIPFAST_A_RANGE_ADDR4] = { .type = NLA_U32 },
	[SIPFAST_A_RANGE_PORT_MIN] = NLA_POLICY_MIN(NLA_U16, 1),
	[SIPFAST_A_RANGE_PORT_MAX] = NLA_POLICY_MIN(NLA_U16, 1),
};

struct range_request {
	__be32 addr4;
	u16 port_min;
	u16 port_max;
};

static int read_range(struct genl_info *info, struct range_request *req)
{
	struct nlattr *tb[ARRAY_SIZE(range_nest_policy)], *nest;
	struct netlink_ext_ack *extack = info->extack;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SIPFAST_A_RANGE)) {
		NL_SET_ERR_MSG(extack, "Which range is missing");
		return -EINVAL;
	}
	nest = info->attrs[SIPFAST_A_RANGE];
	err = nla_parse_nested(tb, ARRAY_SIZE(tb) - 1, nest, range_nest_policy, extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(extack, nest, tb, SIPFAST_A_RANGE_ADDR4) ||
	    NL_REQ_ATTR_CHECK(extack, nest, tb, SIPFAST_A_RANGE_PORT_MIN) ||
	    NL_REQ_ATTR_CHECK(extack, nest, tb, SIPFAST_A_RANGE_PORT_MAX)) {
		NL_SET_ERR_MSG(extack, "A range needs its address, lowest and highest port");
		return -EINVAL;
	}
	req->addr4 = nla_get_in_addr(tb[SIPFAST_A_RANGE_ADDR4]);
	req->port_min = nla_get_u16(tb[SIPFAST_A_RANGE_PORT_MIN]);
	req->port_max = nla_get_u16(tb[SIPFAST_A_RANGE_PORT_MAX]);
	if (req->port_max < req->port_min) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SIPFAST_A_RANGE_PORT_MAX],
				    "The highest port is below the lowest");
		return -EINVAL;
	}
	return 0;
}

static int nl_range_add(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct range_request req;
	int err;

	err = read_range(info, &req);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	err = sf_range_add(sn, req.addr4, req.port_min, req.port_max, info->extack);
	mutex_unlock(&sn->lock);
	return err;
}

static int nl_range_del(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct range_request req;
	int err;

	err = read_range(info, &req);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	err = sf_range_del(sn, req.addr4, req.port_min, req.port_max, info->extack);
	mutex_unlock(&sn->lock);
	return err;
}

static int put_range(struct sk_buff *skb, const struct sf_range *range)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_RANGE);

	if (!nest ||
	    nla_put_in_addr(skb, SIPFAST_A_RANGE_ADDR4, range->addr4) ||
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
	void *hdr = dump_put(skb, cb, SIPFAST_CMD_RANGE_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (put_range(skb, range)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

static int nl_range_dump(struct sk_buff *skb, struct netlink_callback *cb)
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

static const struct nla_policy id_nest_policy[] = {
	[SIPFAST_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U64, 1),
};

static const struct nla_policy owner_nest_policy[] = {
	[SIPFAST_A_SESSION_OWNER] = { .type = NLA_U32 },
};

static const struct nla_policy filter_nest_policy[] = {
	[SIPFAST_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[SIPFAST_A_SESSION_OWNER] = { .type = NLA_U32 },
};

/* What is not listed is refused; so is everything where there is no policy. */
static const struct nla_policy range_policy[SIPFAST_A_MAX + 1] = {
	[SIPFAST_A_RANGE] = NLA_POLICY_NESTED(range_nest_policy),
};

static const struct nla_policy session_add_policy[SIPFAST_A_MAX + 1] = {
	[SIPFAST_A_SESSION] = NLA_POLICY_NESTED(sf_policy_session_add),
};

static const struct nla_policy session_set_policy[SIPFAST_A_MAX + 1] = {
	[SIPFAST_A_SESSION] = NLA_POLICY_NESTED(sf_policy_session_set),
};

static const struct nla_policy session_id_policy[SIPFAST_A_MAX + 1] = {
	[SIPFAST_A_SESSION] = NLA_POLICY_NESTED(id_nest_policy),
};

static const struct nla_policy session_owner_policy[SIPFAST_A_MAX + 1] = {
	[SIPFAST_A_SESSION] = NLA_POLICY_NESTED(owner_nest_policy),
};

static const struct nla_policy session_filter_policy[SIPFAST_A_MAX + 1] = {
	[SIPFAST_A_SESSION] = NLA_POLICY_NESTED(filter_nest_policy),
};

static const struct genl_ops ops[] = {
	{
		.cmd = SIPFAST_CMD_STATUS_GET,
		.doit = nl_status_get,
	},
	{
		.cmd = SIPFAST_CMD_COUNTER_GET,
		.dumpit = nl_counter_dump,
	},
	{
		.cmd = SIPFAST_CMD_RANGE_ADD,
		.doit = nl_range_add,
		.policy = range_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = SIPFAST_CMD_RANGE_DEL,
		.doit = nl_range_del,
		.policy = range_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = SIPFAST_CMD_RANGE_GET,
		.dumpit = nl_range_dump,
	},
	{
		.cmd = SIPFAST_CMD_SESSION_ADD,
		.doit = sf_nl_session_add,
		.policy = session_add_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = SIPFAST_CMD_SESSION_SET,
		.doit = sf_nl_session_set,
		.policy = session_set_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = SIPFAST_CMD_SESSION_DEL,
		.doit = sf_nl_session_del,
		.policy = session_id_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = SIPFAST_CMD_SESSION_GET,
		.doit = sf_nl_session_get,
		.dumpit = sf_nl_session_dump,
		.policy = session_filter_policy,
		.maxattr = SIPFAST_A_MAX,
	},
	{
		.cmd = SIPFAST_CMD_SESSION_FLUSH,
		.doit = sf_nl_session_flush,
		.policy = session_owner_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
};

static const struct genl_multicast_group mcgrps[] = {
	[SF_MCGRP_MEDIA] = { .name = SIPFAST_MCGRP_MEDIA },
};

struct genl_family sf_genl_family __ro_after_init = {
	.name = SIPFAST_GENL_NAME,
	.version = SIPFAST_GENL_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.resv_start_op = SIPFAST_CMD_STATUS_GET,
	.mcgrps = mcgrps,
	.n_mcgrps = ARRAY_SIZE(mcgrps),
	.module = THIS_MODULE,
};

int sf_netlink_setup(void)
{
	int err = genl_register_family(&sf_genl_family);

	if (!err)
		sf_event_start();
	return err;
}

void sf_netlink_teardown(void)
{
	sf_event_stop();
	genl_unregister_family(&sf_genl_family);
}
