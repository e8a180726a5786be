/* SPDX-License-Identifier: GPL-2.0 */
/* Commands about SIP. */
#ifndef SF_NL_SIP_H
#define SF_NL_SIP_H

#include <net/genetlink.h>

#include "sip.h"

extern const struct nla_policy sf_policy_listener_key[SIPFAST_A_LISTENER_TRANSPORT + 1];
extern const struct nla_policy sf_policy_listener[SIPFAST_A_LISTENER_HASH_KEY + 1];
extern const struct nla_policy sf_policy_listener_set[SIPFAST_A_LISTENER_LOAD + 1];
extern const struct nla_policy sf_policy_source[SIPFAST_A_SOURCE_REASON + 1];
extern const struct nla_policy sf_policy_source_key[SIPFAST_A_SOURCE_CLASS + 1];
extern const struct nla_policy sf_policy_source_get[SIPFAST_A_SOURCE_CLASS + 1];
extern const struct nla_policy sf_policy_source_class[SIPFAST_A_SOURCE_CLASS + 1];
extern const struct nla_policy sf_policy_policy[SIPFAST_A_POLICY_MAX + 1];
extern const struct nla_policy sf_policy_rule[SIPFAST_A_RULE_SIZE_MIN + 1];
extern const struct nla_policy sf_policy_rule_id[SIPFAST_A_RULE_ID + 1];

int sf_nl_listener_add(struct sk_buff *skb, struct genl_info *info);
int sf_nl_listener_set(struct sk_buff *skb, struct genl_info *info);
int sf_nl_listener_del(struct sk_buff *skb, struct genl_info *info);
int sf_nl_listener_dump(struct sk_buff *skb, struct netlink_callback *cb);
int sf_nl_source_add(struct sk_buff *skb, struct genl_info *info);
int sf_nl_source_del(struct sk_buff *skb, struct genl_info *info);
int sf_nl_source_get(struct sk_buff *skb, struct genl_info *info);
int sf_nl_source_dump_start(struct netlink_callback *cb);
int sf_nl_source_dump_done(struct netlink_callback *cb);
int sf_nl_source_dump(struct sk_buff *skb, struct netlink_callback *cb);
int sf_nl_source_flush(struct sk_buff *skb, struct genl_info *info);
int sf_nl_policy_get(struct sk_buff *skb, struct genl_info *info);
int sf_nl_policy_set(struct sk_buff *skb, struct genl_info *info);
int sf_nl_rule_add(struct sk_buff *skb, struct genl_info *info);
int sf_nl_rule_del(struct sk_buff *skb, struct genl_info *info);
int sf_nl_rule_dump(struct sk_buff *skb, struct netlink_callback *cb);
int sf_nl_sip_counter_dump(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* SF_NL_SIP_H */
