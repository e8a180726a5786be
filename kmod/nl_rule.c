// SPDX-License-Identifier: GPL-2.0
/* Rule commands. */
#include <linux/slab.h>

#include "netlink.h"
#include "nl_sip.h"

/* Bits of requests. */
#define METHODS		(GENMASK(SIPFAST_SIP_PUBLISH, SIPFAST_SIP_OTHER))

static struct netlink_range_validation ids = { .min = 1, .max = U32_MAX };

const struct nla_policy sf_policy_rule[SIPFAST_A_RULE_SIZE_MIN + 1] = {
	[SIPFAST_A_RULE_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ids),
	[SIPFAST_A_RULE_ACTION] = NLA_POLICY_MAX(NLA_U8, SIPFAST_ACTION_MAX),
	[SIPFAST_A_RULE_METHODS] = NLA_POLICY_MASK(NLA_U32, METHODS),
	[SIPFAST_A_RULE_CLASSES] = NLA_POLICY_RANGE(NLA_U8, 1, BIT(SF_CLASSES) - 1),
	[SIPFAST_A_RULE_USER_AGENT] = { .type = NLA_NUL_STRING, .len = SIPFAST_MAX_PATTERN },
	[SIPFAST_A_RULE_URI_USER] = { .type = NLA_NUL_STRING, .len = SIPFAST_MAX_PATTERN },
	[SIPFAST_A_RULE_SIZE_MIN] = { .type = NLA_U32 },
};

const struct nla_policy sf_policy_rule_id[SIPFAST_A_RULE_ID + 1] = {
	[SIPFAST_A_RULE_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &ids),
};

static int parse_rule(struct genl_info *info, struct nlattr **tb)
{
	struct nlattr *nest = info->attrs[SIPFAST_A_RULE];
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SIPFAST_A_RULE)) {
		NL_SET_ERR_MSG(info->extack, "Which rule is missing");
		return -EINVAL;
	}
	err = nla_parse_nested(tb, SIPFAST_A_RULE_SIZE_MIN, nest, sf_policy_rule, info->extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(info->extack, nest, tb, SIPFAST_A_RULE_ID)) {
		NL_SET_ERR_MSG(info->extack, "A rule needs its ID");
		return -EINVAL;
	}
	return 0;
}

static void read_pattern(struct sf_pattern *pattern, struct nlattr *attr)
{
	char text[SIPFAST_MAX_PATTERN + 1];

	*pattern = (struct sf_pattern){};
	if (!attr)
		return;
	nla_strscpy(text, attr, sizeof(text));
	sf_pattern_set(pattern, text);
}

static int read_rule(struct genl_info *info, struct sf_rule *rule)
{
	struct nlattr *tb[SIPFAST_A_RULE_SIZE_MIN + 1];
	int err;

	err = parse_rule(info, tb);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(info->extack, info->attrs[SIPFAST_A_RULE], tb,
			      SIPFAST_A_RULE_ACTION)) {
		NL_SET_ERR_MSG(info->extack, "A rule needs its action");
		return -EINVAL;
	}
	rule->id = nla_get_u32(tb[SIPFAST_A_RULE_ID]);
	rule->action = nla_get_u8(tb[SIPFAST_A_RULE_ACTION]);
	rule->methods = tb[SIPFAST_A_RULE_METHODS] ? nla_get_u32(tb[SIPFAST_A_RULE_METHODS]) : 0;
	rule->classes = tb[SIPFAST_A_RULE_CLASSES] ? nla_get_u8(tb[SIPFAST_A_RULE_CLASSES]) :
						     BIT(SIPFAST_CLASS_UNKNOWN);
	rule->size_min = tb[SIPFAST_A_RULE_SIZE_MIN] ?
			 nla_get_u32(tb[SIPFAST_A_RULE_SIZE_MIN]) : 0;
	read_pattern(&rule->user_agent, tb[SIPFAST_A_RULE_USER_AGENT]);
	read_pattern(&rule->uri_user, tb[SIPFAST_A_RULE_URI_USER]);
	return 0;
}

static bool has_rule(const struct sf_rules *rules, u32 id)
{
	unsigned int i;

	for (i = 0; i < rules->n; i++)
		if (rules->rules[i].id == id)
			return true;
	return false;
}

/* Sleeps until nobody looks at the old ones. */
static int publish(struct sf_sip *sip, struct sf_rules *rules)
{
	struct sf_rules *old = sf_sip_rules(sip);

	if (!rules)
		return -ENOMEM;
	rcu_assign_pointer(sip->rules, rules);
	synchronize_net();
	sf_rules_free(old, rules);
	return 0;
}

static int add_rule(struct sf_net *sn, const struct sf_rule *rule,
		    struct netlink_ext_ack *extack)
{
	struct sf_sip *sip = sf_sip_make(sn);
	struct sf_rules *rules;

	if (!sip)
		return -ENOMEM;
	rules = sf_sip_rules(sip);
	if (rules->n >= SIPFAST_MAX_RULES && !has_rule(rules, rule->id)) {
		NL_SET_ERR_MSG(extack, "There are as many rules as there may be");
		return -ENOSPC;
	}
	return publish(sip, sf_rules_with(rules, rule));
}

int sf_nl_rule_add(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sf_rule rule;
	int err;

	err = read_rule(info, &rule);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	err = add_rule(sn, &rule, info->extack);
	mutex_unlock(&sn->lock);
	return err;
}

static int del_rule(struct sf_net *sn, u32 id, struct netlink_ext_ack *extack)
{
	/* Those of the beginning can be deleted before anything else is said. */
	struct sf_sip *sip = sf_sip_make(sn);

	if (!sip)
		return -ENOMEM;
	if (!has_rule(sf_sip_rules(sip), id)) {
		NL_SET_ERR_MSG(extack, "There is no such rule");
		return -ENOENT;
	}
	return publish(sip, sf_rules_without(sf_sip_rules(sip), id));
}

int sf_nl_rule_del(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct nlattr *tb[SIPFAST_A_RULE_SIZE_MIN + 1];
	int err;

	err = parse_rule(info, tb);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	err = del_rule(sn, nla_get_u32(tb[SIPFAST_A_RULE_ID]), info->extack);
	mutex_unlock(&sn->lock);
	return err;
}

static int put_pattern(struct sk_buff *skb, int type, const struct sf_pattern *pattern)
{
	char text[SIPFAST_MAX_PATTERN + 1];

	if (!pattern->given)
		return 0;
	sf_pattern_text(pattern, text);
	return nla_put_string(skb, type, text);
}

static int put_rule(struct sk_buff *skb, const struct sf_rule *rule)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_RULE);

	if (!nest ||
	    nla_put_u32(skb, SIPFAST_A_RULE_ID, rule->id) ||
	    nla_put_u8(skb, SIPFAST_A_RULE_ACTION, rule->action) ||
	    (rule->methods && nla_put_u32(skb, SIPFAST_A_RULE_METHODS, rule->methods)) ||
	    nla_put_u8(skb, SIPFAST_A_RULE_CLASSES, rule->classes) ||
	    put_pattern(skb, SIPFAST_A_RULE_USER_AGENT, &rule->user_agent) ||
	    put_pattern(skb, SIPFAST_A_RULE_URI_USER, &rule->uri_user) ||
	    (rule->size_min && nla_put_u32(skb, SIPFAST_A_RULE_SIZE_MIN, rule->size_min)) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_RULE_HITS, atomic64_read(rule->hits),
			      SIPFAST_A_RULE_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int dump_rule(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct sf_rule *rule)
{
	void *hdr = sf_nl_dump_put(skb, cb, SIPFAST_CMD_RULE_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (put_rule(skb, rule)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* args: the ID from which on rules are still to be told. */
static void dump_rules(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct sf_rules *rules)
{
	unsigned int i;

	for (i = 0; i < rules->n; i++) {
		if (rules->rules[i].id < (unsigned long)cb->args[0])
			continue;
		if (dump_rule(skb, cb, &rules->rules[i]))
			return;
		cb->args[0] = (unsigned long)rules->rules[i].id + 1;
	}
}

int sf_nl_rule_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct sf_net *sn = sf_net(sock_net(skb->sk));
	struct sf_rules *defaults;

	mutex_lock(&sn->lock);
	if (sf_sip(sn)) {
		dump_rules(skb, cb, sf_sip_rules(sf_sip(sn)));
		mutex_unlock(&sn->lock);
		return skb->len;
	}
	mutex_unlock(&sn->lock);
	/* Those that there will be. */
	defaults = sf_rules_defaults();
	if (!defaults)
		return -ENOMEM;
	dump_rules(skb, cb, defaults);
	sf_rules_free(defaults, NULL);
	return skb->len;
}
