// SPDX-License-Identifier: GPL-2.0
/* The family and its commands. */
#include "netlink.h"

#include <linux/module.h>

#include "event.h"
#include "nl_sip.h"

static const struct nla_policy id_nest_policy[] = {
	[SIPFAST_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[SIPFAST_A_SESSION_BRIEF] = { .type = NLA_FLAG },
};

static const struct nla_policy owner_nest_policy[] = {
	[SIPFAST_A_SESSION_OWNER] = { .type = NLA_U32 },
};

static const struct nla_policy filter_nest_policy[] = {
	[SIPFAST_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[SIPFAST_A_SESSION_OWNER] = { .type = NLA_U32 },
	[SIPFAST_A_SESSION_BRIEF] = { .type = NLA_FLAG },
};

/* What is not listed is refused; so is everything where there is no policy. */
static const struct nla_policy range_policy[SIPFAST_A_MAX + 1] = {
	[SIPFAST_A_RANGE] = NLA_POLICY_NESTED(sf_policy_range),
};

static const struct nla_policy config_policy[SIPFAST_A_MAX + 1] = {
	[SIPFAST_A_CONFIG] = NLA_POLICY_NESTED(sf_policy_config),
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

#define POLICY(name, attr, nested)						\
	static const struct nla_policy name[SIPFAST_A_MAX + 1] = {		\
		[attr] = NLA_POLICY_NESTED(nested),				\
	}

POLICY(listener_key_policy, SIPFAST_A_LISTENER, sf_policy_listener_key);
POLICY(listener_policy, SIPFAST_A_LISTENER, sf_policy_listener);
POLICY(listener_set_policy, SIPFAST_A_LISTENER, sf_policy_listener_set);
POLICY(source_policy, SIPFAST_A_SOURCE, sf_policy_source);
POLICY(source_key_policy, SIPFAST_A_SOURCE, sf_policy_source_key);
POLICY(source_get_policy, SIPFAST_A_SOURCE, sf_policy_source_get);
POLICY(source_class_policy, SIPFAST_A_SOURCE, sf_policy_source_class);
POLICY(policy_policy, SIPFAST_A_POLICY, sf_policy_policy);
POLICY(rule_policy, SIPFAST_A_RULE, sf_policy_rule);
POLICY(rule_id_policy, SIPFAST_A_RULE, sf_policy_rule_id);

static const struct genl_ops ops[] = {
	{
		.cmd = SIPFAST_CMD_STATUS_GET,
		.doit = sf_nl_status_get,
	},
	{
		.cmd = SIPFAST_CMD_COUNTER_GET,
		.dumpit = sf_nl_counter_dump,
	},
	{
		.cmd = SIPFAST_CMD_RANGE_ADD,
		.doit = sf_nl_range_add,
		.policy = range_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = SIPFAST_CMD_RANGE_DEL,
		.doit = sf_nl_range_del,
		.policy = range_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = SIPFAST_CMD_RANGE_GET,
		.dumpit = sf_nl_range_dump,
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
	{
		.cmd = SIPFAST_CMD_CONFIG_GET,
		.doit = sf_nl_config_get,
	},
	{
		.cmd = SIPFAST_CMD_CONFIG_SET,
		.doit = sf_nl_config_set,
		.policy = config_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = SIPFAST_CMD_LISTENER_ADD,
		.doit = sf_nl_listener_add,
		.policy = listener_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = SIPFAST_CMD_LISTENER_SET,
		.doit = sf_nl_listener_set,
		.policy = listener_set_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = SIPFAST_CMD_LISTENER_DEL,
		.doit = sf_nl_listener_del,
		.policy = listener_key_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = SIPFAST_CMD_LISTENER_GET,
		.dumpit = sf_nl_listener_dump,
	},
	{
		.cmd = SIPFAST_CMD_SOURCE_ADD,
		.doit = sf_nl_source_add,
		.policy = source_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = SIPFAST_CMD_SOURCE_DEL,
		.doit = sf_nl_source_del,
		.policy = source_key_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = SIPFAST_CMD_SOURCE_GET,
		.doit = sf_nl_source_get,
		.start = sf_nl_source_dump_start,
		.done = sf_nl_source_dump_done,
		.dumpit = sf_nl_source_dump,
		.policy = source_get_policy,
		.maxattr = SIPFAST_A_MAX,
	},
	{
		.cmd = SIPFAST_CMD_SOURCE_FLUSH,
		.doit = sf_nl_source_flush,
		.policy = source_class_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = SIPFAST_CMD_POLICY_GET,
		.doit = sf_nl_policy_get,
	},
	{
		.cmd = SIPFAST_CMD_POLICY_SET,
		.doit = sf_nl_policy_set,
		.policy = policy_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = SIPFAST_CMD_RULE_ADD,
		.doit = sf_nl_rule_add,
		.policy = rule_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = SIPFAST_CMD_RULE_DEL,
		.doit = sf_nl_rule_del,
		.policy = rule_id_policy,
		.maxattr = SIPFAST_A_MAX,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = SIPFAST_CMD_RULE_GET,
		.dumpit = sf_nl_rule_dump,
	},
	{
		.cmd = SIPFAST_CMD_SIP_COUNTER_GET,
		.dumpit = sf_nl_sip_counter_dump,
	},
};

static const struct genl_multicast_group mcgrps[] = {
	/* Digits that callers key in are among them. */
	[SF_MCGRP_MEDIA] = { .name = SIPFAST_MCGRP_MEDIA, .flags = GENL_MCAST_CAP_NET_ADMIN },
	[SF_MCGRP_SIP] = { .name = SIPFAST_MCGRP_SIP, .flags = GENL_MCAST_CAP_NET_ADMIN },
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

void *sf_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &sf_genl_family,
			   NLM_F_MULTI, cmd);
}

int sf_nl_get_ip(struct in6_addr *ip, const struct nlattr *addr4, const struct nlattr *addr6,
		 struct netlink_ext_ack *extack)
{
	if (addr4 && addr6) {
		NL_SET_ERR_MSG_ATTR(extack, addr6, "An address is IPv4 or IPv6, not both");
		return -EINVAL;
	}
	if (addr4)
		ipv6_addr_set_v4mapped(nla_get_in_addr(addr4), ip);
	if (addr6)
		*ip = nla_get_in6_addr(addr6);
	if (addr6 && sf_ip_is4(ip)) {
		NL_SET_ERR_MSG_ATTR(extack, addr6, "An IPv4 address has an attribute of its own");
		return -EINVAL;
	}
	return addr4 || addr6;
}

int sf_nl_put_ip(struct sk_buff *skb, int type4, int type6, const struct in6_addr *ip)
{
	if (sf_ip_is4(ip))
		return nla_put_in_addr(skb, type4, sf_ip4(ip));
	return nla_put_in6_addr(skb, type6, ip);
}

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
