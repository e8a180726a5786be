/* SPDX-License-Identifier: GPL-2.0 */
/* What differs between kernels. No other file tests LINUX_VERSION_CODE. */
#ifndef SF_COMPAT_H
#define SF_COMPAT_H

#include <linux/version.h>
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/udp.h>

#if KERNEL_VERSION(6, 6, 0) <= LINUX_VERSION_CODE
#include <net/gso.h>
#endif

static inline struct udp_table *sf_udp_table(const struct net *net)
{
#if KERNEL_VERSION(6, 2, 0) <= LINUX_VERSION_CODE
	return net->ipv4.udp_table;
#else
	return &udp_table;
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
