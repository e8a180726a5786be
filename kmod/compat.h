/* SPDX-License-Identifier: GPL-2.0 */
/* What differs between kernels. No other file tests LINUX_VERSION_CODE. */
#ifndef SF_COMPAT_H
#define SF_COMPAT_H

#include <linux/version.h>
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/ip6_fib.h>
#include <net/route.h>
#include <net/udp.h>

#if KERNEL_VERSION(6, 6, 0) <= LINUX_VERSION_CODE
#include <net/gso.h>
#endif

/* Where groups have no flags of their own, they have those of commands. */
#ifndef GENL_MCAST_CAP_NET_ADMIN
#define GENL_MCAST_CAP_NET_ADMIN	GENL_UNS_ADMIN_PERM
#endif

#ifndef dst_rtable
#define dst_rtable(ptr)		container_of_const(ptr, struct rtable, dst)
#endif
#ifndef dst_rt6_info
#define dst_rt6_info(ptr)	container_of_const(ptr, struct rt6_info, dst)
#endif

static inline struct udp_table *sf_udp_table(const struct net *net)
{
#if KERNEL_VERSION(6, 2, 0) <= LINUX_VERSION_CODE
	return net->ipv4.udp_table;
#else
	return &udp_table;
#endif
}

/* dst_check() of an IPv4 route, which ipv4_dst_check() does just so, but for two calls less. */
static inline bool sf_dst_check4(const struct net *net, const struct dst_entry *dst)
{
	return READ_ONCE(dst->obsolete) == DST_OBSOLETE_FORCE_CHK &&
	       dst_rtable(dst)->rt_genid == rt_genid_ipv4(net);
}

/* Hands @skb to netif_receive_skb() as one that taps and ingress have seen. */
static inline void sf_skip_ingress(struct sk_buff *skb)
{
#ifdef CONFIG_NET_CLS_ACT
	skb->tc_skip_classify = 1;
#endif
}

static inline struct nlattr **sf_dump_attrs(struct netlink_callback *cb)
{
#if KERNEL_VERSION(6, 7, 0) <= LINUX_VERSION_CODE
	return genl_dumpit_info(cb)->info.attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#endif /* SF_COMPAT_H */
