/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_RANGE_H
#define SF_RANGE_H

#include <linux/netlink.h>
#include <linux/rculist.h>

#include "addr.h"
#include "net.h"

struct sf_endpoint;

/**
 * struct sf_range - local address and span of UDP ports that the module owns
 * @node: in &sf_net.ranges
 * @ip4: its address; 0: it is IPv6
 * @ip: its address, of either family
 * @port_min: lowest port, host byte order
 * @nports: how many from there
 * @unknown: packets dropped for want of an endpoint
 * @nendpoints: that live in @slots, under &sf_net.lock
 * @slots: endpoint by port less @port_min; RCU for packets, changed under &sf_net.lock
 */
struct sf_range {
	struct hlist_node node;
	__be32 ip4;
	struct in6_addr ip;
	u16 port_min;
	u32 nports;
	u64 __percpu *unknown;
	u32 nendpoints;
	struct sf_endpoint __rcu *slots[];
};

static inline u16 sf_range_port_max(const struct sf_range *range)
{
	return range->port_min + range->nports - 1;
}

/* @low: the last 32 bits of an address, all of it when it is an IPv4 address. */
static inline struct hlist_head *sf_range_bucket(struct sf_net *sn, __be32 low)
{
	return &sn->ranges[hash_32((__force u32)low, SF_RANGE_BITS)];
}

/* The slot of a port that lies in @range. */
static inline struct sf_endpoint __rcu **sf_range_slot(struct sf_range *range, __be16 port)
{
	return &range->slots[ntohs(port) - range->port_min];
}

static inline bool sf_range_has_port(const struct sf_range *range, __be16 port)
{
	return ntohs(port) - (u32)range->port_min < range->nports;
}

/* Does no range have this port? For packets, as a first look: there is a range then. */
static inline bool sf_range_is_far(const struct sf_net *sn, __be16 port)
{
	return !test_bit((__force u16)port, sn->ports);
}

/* Returns the range that an address lies in. Called with RCU read lock or &sf_net.lock held. */
static inline struct sf_range *sf_range_lookup6(struct sf_net *sn, const struct in6_addr *ip,
						__be16 port)
{
	struct sf_range *range;

	hlist_for_each_entry_rcu(range, sf_range_bucket(sn, sf_ip4(ip)), node,
				 lockdep_is_held(&sn->lock)) {
		if (sf_range_has_port(range, port) && ipv6_addr_equal(&range->ip, ip))
			return range;
	}
	return NULL;
}

static inline struct sf_range *sf_range_lookup4(struct sf_net *sn, __be32 ip4, __be16 port)
{
	struct sf_range *range;

	hlist_for_each_entry_rcu(range, sf_range_bucket(sn, ip4), node,
				 lockdep_is_held(&sn->lock)) {
		if (range->ip4 == ip4 && sf_range_has_port(range, port))
			return range;
	}
	return NULL;
}

/* The same of either family. */
static inline struct sf_range *sf_range_lookup(struct sf_net *sn, const struct sf_addr *addr)
{
	return sf_range_lookup6(sn, &addr->ip, addr->port);
}

/* Is a range on this address? Called with RCU read lock or &sf_net.lock held. */
bool sf_range_on(struct sf_net *sn, const struct in6_addr *ip);

/*
 * Ports in host byte order. -EEXIST, -EADDRINUSE, -EADDRNOTAVAIL, -ENOSPC as the ABI says.
 * Called with RTNL and &sf_net.lock held, in this order.
 */
int sf_range_add(struct sf_net *sn, const struct in6_addr *ip, u16 port_min, u16 port_max,
		 struct netlink_ext_ack *extack);

/* -ENOENT, -EBUSY. Called with RTNL and &sf_net.lock held; sleeps for a grace period. */
int sf_range_del(struct sf_net *sn, const struct in6_addr *ip, u16 port_min, u16 port_max,
		 struct netlink_ext_ack *extack);

u64 sf_range_unknown(const struct sf_range *range);

/* Deletes all ranges of a namespace that dies: no packet and no request can see them. */
void sf_range_clean(struct sf_net *sn);

#endif /* SF_RANGE_H */
