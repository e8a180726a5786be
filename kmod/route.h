/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_ROUTE_H
#define SF_ROUTE_H

#include <net/dst.h>

#include "addr.h"

/**
 * struct sf_route - the route that an endpoint's packets took last
 * @dst: with a reference; NULL: none
 * @cookie: of an IPv6 route, to check it
 * @ip_sum: of both addresses; see sf_pkt_ip_sum()
 * @flow_label: of an IPv6 route (RFC 6437)
 * @remote: key, with @tos
 * @tos: without ECN
 * @is_plain4: of IPv4, and nothing but the device has a say in how a packet leaves, unless its
 *	path MTU is known
 * @next_hop4: whom to send to, when @is_plain4
 * @ports4: local and remote port as they stand in UDP, when @is_plain4
 * @headroom: for the device, when @is_plain4
 * @priority: of packets, when @is_plain4
 * @ip_sum4: of both addresses, in 33 bits, when @is_plain4
 * @sum4: the same with the ports, when @is_plain4
 *
 * Protected by the lock of the object it is in. A stale one holds memory but no device:
 * the kernel moves the devices of dead routes to blackhole_netdev.
 */
struct sf_route {
	struct dst_entry *dst;
	u64 ip_sum;
	u32 cookie;
	__be32 flow_label;
	struct sf_addr remote;
	u8 tos;
	bool is_plain4;
	__be32 next_hop4;
	u32 ports4;
	u16 headroom;
	u32 priority;
	u64 ip_sum4;
	u64 sum4;
};

/* Of sf_route_get(), when the one that it has won't do. */
struct dst_entry *sf_route_renew(struct sf_route *route, struct net *net,
				 const struct sf_addr *local, const struct sf_addr *remote,
				 u8 tos);

/*
 * Returns the route from @local to @remote, looked up anew when it changed or went stale;
 * NULL when there is none, or not to a host. It is borrowed until the RCU read section ends.
 */
static inline struct dst_entry *sf_route_get(struct sf_route *route, struct net *net,
					     const struct sf_addr *local,
					     const struct sf_addr *remote, u8 tos)
{
	if (likely(route->dst && sf_addr_equal(&route->remote, remote) && route->tos == tos &&
		   dst_check(route->dst, route->cookie)))
		return route->dst;
	return sf_route_renew(route, net, local, remote, tos);
}

void sf_route_clean(struct sf_route *route);

#endif /* SF_ROUTE_H */
