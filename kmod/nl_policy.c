// SPDX-License-Identifier: GPL-2.0
/* Policy commands. */
#include <linux/slab.h>

#include "netlink.h"
#include "nl_sip.h"

/* Not const: older kernels' policies take them as they are. */
static struct netlink_range_validation rates = { .max = SF_MAX_RATE };
static struct netlink_range_validation bursts = { .min = 1, .max = SF_MAX_RATE };
static struct netlink_range_validation sources = { .min = 1, .max = SF_MAX_SOURCES };
static struct netlink_range_validation connections = { .min = 1, .max = SF_MAX_CONNECTIONS };
static struct netlink_range_validation window = { .min = 1000, .max = 3600000 };
static struct netlink_range_validation ban = { .min = 1000, .max = 1ULL << 43 };
static struct netlink_range_validation absorb = { .max = 32000 };
static struct netlink_range_validation prefix4 = { .min = 8, .max = 32 };
static struct netlink_range_validation prefix6 = { .min = 16, .max = 128 };
static struct netlink_range_validation percent = { .min = 1, .max = 100 };

static const struct nla_policy limit_policy[SIPFAST_A_LIMIT_MAX + 1] = {
	[SIPFAST_A_LIMIT_SCOPE] = NLA_POLICY_MAX(NLA_U8, SIPFAST_SCOPE_MAX),
	[SIPFAST_A_LIMIT_CLASS] = NLA_POLICY_MAX(NLA_U8, SF_CLASSES - 1),
	[SIPFAST_A_LIMIT_GROUP] = NLA_POLICY_MAX(NLA_U8, SIPFAST_GROUP_MAX),
	[SIPFAST_A_LIMIT_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &rates),
	[SIPFAST_A_LIMIT_BURST] = NLA_POLICY_FULL_RANGE(NLA_U32, &bursts),
};

const struct nla_policy sf_policy_policy[SIPFAST_A_POLICY_MAX + 1] = {
	[SIPFAST_A_POLICY_LIMIT] = NLA_POLICY_NESTED(limit_policy),
	[SIPFAST_A_POLICY_PREFIX4] = NLA_POLICY_FULL_RANGE(NLA_U8, &prefix4),
	[SIPFAST_A_POLICY_PREFIX6] = NLA_POLICY_FULL_RANGE(NLA_U8, &prefix6),
	[SIPFAST_A_POLICY_SOURCES_MAX] = NLA_POLICY_FULL_RANGE(NLA_U32, &sources),
	[SIPFAST_A_POLICY_MALFORMED_DROP] = NLA_POLICY_MAX(NLA_U8, 1),
	[SIPFAST_A_POLICY_MALFORMED_MAX] = { .type = NLA_U32 },
	[SIPFAST_A_POLICY_FAILURES_MAX] = { .type = NLA_U32 },
	[SIPFAST_A_POLICY_REFUSED_MAX] = { .type = NLA_U32 },
	[SIPFAST_A_POLICY_PORTS_MAX] = { .type = NLA_U32 },
	[SIPFAST_A_POLICY_WINDOW_MS] = NLA_POLICY_FULL_RANGE(NLA_U32, &window),
	[SIPFAST_A_POLICY_BAN_MS] = NLA_POLICY_FULL_RANGE(NLA_U64, &ban),
	[SIPFAST_A_POLICY_SHED_DIALOGS] = NLA_POLICY_FULL_RANGE(NLA_U8, &percent),
	[SIPFAST_A_POLICY_SHED_REGISTERS] = NLA_POLICY_FULL_RANGE(NLA_U8, &percent),
	[SIPFAST_A_POLICY_SHED_OTHERS] = NLA_POLICY_FULL_RANGE(NLA_U8, &percent),
	[SIPFAST_A_POLICY_REJECT_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &rates),
	[SIPFAST_A_POLICY_RETRY_AFTER] = NLA_POLICY_MIN(NLA_U16, 1),
	[SIPFAST_A_POLICY_ABSORB_MS] = NLA_POLICY_FULL_RANGE(NLA_U32, &absorb),
	[SIPFAST_A_POLICY_CONNECTIONS_MAX] = NLA_POLICY_FULL_RANGE(NLA_U32, &connections),
};

static int read_limit(struct sf_policy *policy, const struct nlattr *nest,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[SIPFAST_A_LIMIT_MAX + 1];
	struct sf_rate *limit;
	u32 rate, burst;
	int err;

	err = nla_parse_nested(tb, SIPFAST_A_LIMIT_MAX, nest, limit_policy, extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(extack, nest, tb, SIPFAST_A_LIMIT_SCOPE) ||
	    NL_REQ_ATTR_CHECK(extack, nest, tb, SIPFAST_A_LIMIT_CLASS) ||
	    NL_REQ_ATTR_CHECK(extack, nest, tb, SIPFAST_A_LIMIT_GROUP) ||
	    NL_REQ_ATTR_CHECK(extack, nest, tb, SIPFAST_A_LIMIT_RATE)) {
		NL_SET_ERR_MSG(extack, "A limit needs its scope, class, group and rate");
		return -EINVAL;
	}
	rate = nla_get_u32(tb[SIPFAST_A_LIMIT_RATE]);
	if (rate && NL_REQ_ATTR_CHECK(extack, nest, tb, SIPFAST_A_LIMIT_BURST)) {
		NL_SET_ERR_MSG(extack, "A rate needs its burst");
		return -EINVAL;
	}
	burst = rate ? nla_get_u32(tb[SIPFAST_A_LIMIT_BURST]) : 0;
	limit = &policy->limits[nla_get_u8(tb[SIPFAST_A_LIMIT_CLASS])]
			       [nla_get_u8(tb[SIPFAST_A_LIMIT_GROUP])]
			       [nla_get_u8(tb[SIPFAST_A_LIMIT_SCOPE])];
	sf_rate_set(limit, rate, burst);
	return 0;
}

static int read_limits(struct sf_policy *policy, const struct nlattr *nest,
		       struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	int rem, err;

	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != SIPFAST_A_POLICY_LIMIT)
			continue;
		err = read_limit(policy, attr, extack);
		if (err)
			return err;
	}
	return 0;
}

static void read_u32(struct nlattr *attr, u32 *value)
{
	if (attr)
		*value = nla_get_u32(attr);
}

static void read_u8(struct nlattr *attr, u8 *value)
{
	if (attr)
		*value = nla_get_u8(attr);
}

static int read_policy(struct sf_policy *policy, const struct nlattr *nest,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[SIPFAST_A_POLICY_MAX + 1];
	int err;

	err = nla_parse_nested(tb, SIPFAST_A_POLICY_MAX, nest, sf_policy_policy, extack);
	if (err)
		return err;
	read_u8(tb[SIPFAST_A_POLICY_PREFIX4], &policy->prefix4);
	read_u8(tb[SIPFAST_A_POLICY_PREFIX6], &policy->prefix6);
	sf_policy_set_prefixes(policy);
	read_u8(tb[SIPFAST_A_POLICY_SHED_DIALOGS], &policy->shed[SIPFAST_LEVEL_DIALOGS]);
	read_u8(tb[SIPFAST_A_POLICY_SHED_REGISTERS], &policy->shed[SIPFAST_LEVEL_REGISTERS]);
	read_u8(tb[SIPFAST_A_POLICY_SHED_OTHERS], &policy->shed[SIPFAST_LEVEL_OTHERS]);
	read_u32(tb[SIPFAST_A_POLICY_SOURCES_MAX], &policy->sources_max);
	read_u32(tb[SIPFAST_A_POLICY_CONNECTIONS_MAX], &policy->connections_max);
	read_u32(tb[SIPFAST_A_POLICY_MALFORMED_MAX], &policy->malformed_max);
	read_u32(tb[SIPFAST_A_POLICY_FAILURES_MAX], &policy->failures_max);
	read_u32(tb[SIPFAST_A_POLICY_REFUSED_MAX], &policy->refused_max);
	read_u32(tb[SIPFAST_A_POLICY_PORTS_MAX], &policy->ports_max);
	read_u32(tb[SIPFAST_A_POLICY_WINDOW_MS], &policy->window_ms);
	read_u32(tb[SIPFAST_A_POLICY_ABSORB_MS], &policy->absorb_ms);
	if (tb[SIPFAST_A_POLICY_MALFORMED_DROP])
		policy->malformed_drop = nla_get_u8(tb[SIPFAST_A_POLICY_MALFORMED_DROP]);
	if (tb[SIPFAST_A_POLICY_BAN_MS])
		policy->ban_ms = nla_get_u64(tb[SIPFAST_A_POLICY_BAN_MS]);
	if (tb[SIPFAST_A_POLICY_RETRY_AFTER])
		policy->retry_after = nla_get_u16(tb[SIPFAST_A_POLICY_RETRY_AFTER]);
	if (tb[SIPFAST_A_POLICY_REJECT_RATE]) {
		u32 rate = nla_get_u32(tb[SIPFAST_A_POLICY_REJECT_RATE]);

		sf_rate_set(&policy->reject, rate, rate);
	}
	return read_limits(policy, nest, extack);
}

/* Called with &sf_net.lock held. */
static int set_policy(struct sf_net *sn, struct genl_info *info)
{
	struct sf_policy *old, *new;
	struct sf_sip *sip;
	int err;

	sip = sf_sip_make(sn);
	if (!sip)
		return -ENOMEM;
	old = sf_sip_policy(sip);
	new = kmemdup(old, sizeof(*old), GFP_KERNEL_ACCOUNT);
	if (!new)
		return -ENOMEM;
	err = read_policy(new, info->attrs[SIPFAST_A_POLICY], info->extack);
	if (err) {
		kfree(new);
		return err;
	}
	rcu_assign_pointer(sip->policy, new);
	kfree_rcu(old, rcu);
	return 0;
}

int sf_nl_policy_set(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SIPFAST_A_POLICY)) {
		NL_SET_ERR_MSG(info->extack, "What to set is missing");
		return -EINVAL;
	}
	mutex_lock(&sn->lock);
	err = set_policy(sn, info);
	mutex_unlock(&sn->lock);
	return err;
}

static int put_limit(struct sk_buff *skb, const struct sf_rate *limit, u8 scope, u8 class,
		     u8 group)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_POLICY_LIMIT);

	if (!nest ||
	    nla_put_u8(skb, SIPFAST_A_LIMIT_SCOPE, scope) ||
	    nla_put_u8(skb, SIPFAST_A_LIMIT_CLASS, class) ||
	    nla_put_u8(skb, SIPFAST_A_LIMIT_GROUP, group) ||
	    nla_put_u32(skb, SIPFAST_A_LIMIT_RATE, limit->rate) ||
	    (limit->rate && nla_put_u32(skb, SIPFAST_A_LIMIT_BURST, limit->burst)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_limits(struct sk_buff *skb, const struct sf_policy *policy)
{
	unsigned int scope, class, group;

	for (scope = 0; scope < SF_SCOPES; scope++)
		for (class = 0; class < SF_CLASSES; class++)
			for (group = 0; group < SF_GROUPS; group++)
				if (put_limit(skb, &policy->limits[class][group][scope], scope,
					      class, group))
					return -EMSGSIZE;
	return 0;
}

static int put_policy(struct sk_buff *skb, const struct sf_policy *policy)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_POLICY);

	if (!nest || put_limits(skb, policy) ||
	    nla_put_u8(skb, SIPFAST_A_POLICY_PREFIX4, policy->prefix4) ||
	    nla_put_u8(skb, SIPFAST_A_POLICY_PREFIX6, policy->prefix6) ||
	    nla_put_u32(skb, SIPFAST_A_POLICY_SOURCES_MAX, policy->sources_max) ||
	    nla_put_u8(skb, SIPFAST_A_POLICY_MALFORMED_DROP, policy->malformed_drop) ||
	    nla_put_u32(skb, SIPFAST_A_POLICY_MALFORMED_MAX, policy->malformed_max) ||
	    nla_put_u32(skb, SIPFAST_A_POLICY_FAILURES_MAX, policy->failures_max) ||
	    nla_put_u32(skb, SIPFAST_A_POLICY_REFUSED_MAX, policy->refused_max) ||
	    nla_put_u32(skb, SIPFAST_A_POLICY_PORTS_MAX, policy->ports_max) ||
	    nla_put_u32(skb, SIPFAST_A_POLICY_WINDOW_MS, policy->window_ms) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_POLICY_BAN_MS, policy->ban_ms,
			      SIPFAST_A_POLICY_PAD) ||
	    nla_put_u8(skb, SIPFAST_A_POLICY_SHED_DIALOGS,
		       policy->shed[SIPFAST_LEVEL_DIALOGS]) ||
	    nla_put_u8(skb, SIPFAST_A_POLICY_SHED_REGISTERS,
		       policy->shed[SIPFAST_LEVEL_REGISTERS]) ||
	    nla_put_u8(skb, SIPFAST_A_POLICY_SHED_OTHERS,
		       policy->shed[SIPFAST_LEVEL_OTHERS]) ||
	    nla_put_u32(skb, SIPFAST_A_POLICY_REJECT_RATE, policy->reject.rate) ||
	    nla_put_u16(skb, SIPFAST_A_POLICY_RETRY_AFTER, policy->retry_after) ||
	    nla_put_u32(skb, SIPFAST_A_POLICY_ABSORB_MS, policy->absorb_ms) ||
	    nla_put_u32(skb, SIPFAST_A_POLICY_CONNECTIONS_MAX, policy->connections_max))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static size_t policy_size(void)
{
	return nla_total_size(0) + 32 * nla_total_size(sizeof(u64)) +
	       SF_SCOPES * SF_CLASSES * SF_GROUPS * (nla_total_size(0) +
						     5 * nla_total_size(sizeof(u32)));
}

int sf_nl_policy_get(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sf_policy *policy;
	struct sk_buff *reply;
	void *hdr;
	int err;

	reply = genlmsg_new(policy_size(), GFP_KERNEL);
	policy = kmalloc(sizeof(*policy), GFP_KERNEL);
	if (!reply || !policy) {
		nlmsg_free(reply);
		kfree(policy);
		return -ENOMEM;
	}
	/* What nobody has asked for yet holds all the same. */
	sf_policy_defaults(policy);
	mutex_lock(&sn->lock);
	if (sf_sip(sn))
		*policy = *sf_sip_policy(sf_sip(sn));
	mutex_unlock(&sn->lock);
	hdr = genlmsg_put_reply(reply, info, &sf_genl_family, 0, SIPFAST_CMD_POLICY_GET);
	err = hdr ? put_policy(reply, policy) : -EMSGSIZE;
	kfree(policy);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}
