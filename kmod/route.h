/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_ROUTE_H
#define SF_ROUTE_H

#include <net/route.h>

#include "addr.h"

/**
 * struct sf_route - the route that an endpoint's packets took last
 * @rt: with a reference; NULL: none
 * @remote: key, with @tos
 * @tos: without ECN
 *
 * Protected by the lock of the object it is in. A stale one holds memory but no device:
 * the kernel moves the devices of dead routes to blackhole_netdev.
 */
struct sf_route {
	struct rtable *rt;
	struct sf_addr remote;
	u8 tos;
};

/*
 * Returns the route from @local to @remote, looked up anew when it changed or went stale;
 * NULL when there is none, or not to a host. It is borrowed until the RCU read section ends.
 */
struct rtable *sf_route_get(struct sf_route *route, struct net *net, const struct sf_addr *local,
			    const struct sf_addr *remote, u8 tos);

void sf_route_clean(struct sf_route *route);

/*
 * Sends an IPv4 packet, and consumes it. -EHOSTUNREACH when there can be no neighbour.
 * Called with RCU read lock held and bottom halves disabled.
 */
int sf_route_output(struct net *net, struct rtable *rt, struct sk_buff *skb);

#endif /* SF_ROUTE_H */
