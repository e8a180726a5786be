/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_NETLINK_H
#define SF_NETLINK_H

#include <net/genetlink.h>

#include "session.h"

extern struct genl_family sf_genl_family;

/* Multicast groups. */
enum {
	SF_MCGRP_MEDIA,
	SF_MCGRP_SIP,
};

int sf_netlink_setup(void);
void sf_netlink_teardown(void);

/* Begins a message of a dump; NULL when there is no room. */
void *sf_nl_dump_put(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);

/*
 * Reads an address from the one of two attributes that is there. Returns 1, or 0 when neither
 * is; -EINVAL when both are, or IPv4 comes in the clothes of IPv6.
 */
int sf_nl_get_ip(struct in6_addr *ip, const struct nlattr *addr4, const struct nlattr *addr6,
		 struct netlink_ext_ack *extack);
int sf_nl_put_ip(struct sk_buff *skb, int type4, int type6, const struct in6_addr *ip);

extern const struct nla_policy sf_policy_range[SIPFAST_A_RANGE_ADDR6 + 1];

extern const struct nla_policy sf_policy_config[SIPFAST_A_CONFIG_DEVICE + 1];

/* What a SESSION may hold depends on the command. */
extern const struct nla_policy sf_policy_session_add[SIPFAST_A_SESSION_ENDPOINT + 1];
extern const struct nla_policy sf_policy_session_set[SIPFAST_A_SESSION_ENDPOINT + 1];

/* Handlers of commands. */
int sf_nl_status_get(struct sk_buff *skb, struct genl_info *info);
int sf_nl_config_get(struct sk_buff *skb, struct genl_info *info);
int sf_nl_config_set(struct sk_buff *skb, struct genl_info *info);
int sf_nl_counter_dump(struct sk_buff *skb, struct netlink_callback *cb);
int sf_nl_range_add(struct sk_buff *skb, struct genl_info *info);
int sf_nl_range_del(struct sk_buff *skb, struct genl_info *info);
int sf_nl_range_dump(struct sk_buff *skb, struct netlink_callback *cb);
int sf_nl_session_add(struct sk_buff *skb, struct genl_info *info);
int sf_nl_session_set(struct sk_buff *skb, struct genl_info *info);
int sf_nl_session_del(struct sk_buff *skb, struct genl_info *info);
int sf_nl_session_get(struct sk_buff *skb, struct genl_info *info);
int sf_nl_session_flush(struct sk_buff *skb, struct genl_info *info);
int sf_nl_session_dump(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* SF_NETLINK_H */
