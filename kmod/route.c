// SPDX-License-Identifier: GPL-2.0
#include "route.h"

#include <linux/netdevice.h>
#include <net/dst.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/neighbour.h>

static bool is_fresh(const struct sf_route *route, const struct sf_addr *remote, u8 tos)
{
	return route->rt && sf_addr_equal(&route->remote, remote) && route->tos == tos &&
	       dst_check(&route->rt->dst, 0);
}

static struct rtable *lookup(struct net *net, const struct sf_addr *local,
			     const struct sf_addr *remote, u8 tos)
{
	struct flowi4 fl4;
	struct rtable *rt;

	flowi4_init_output(&fl4, 0, 0, tos, RT_SCOPE_UNIVERSE, IPPROTO_UDP, 0,
			   sf_addr_ip4(remote), sf_addr_ip4(local), remote->port, local->port,
			   sock_net_uid(net, NULL));
	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return NULL;
	if (rt->rt_type != RTN_UNICAST && rt->rt_type != RTN_LOCAL) {
		ip_rt_put(rt);
		return NULL;
	}
	return rt;
}

struct rtable *sf_route_get(struct sf_route *route, struct net *net, const struct sf_addr *local,
			    const struct sf_addr *remote, u8 tos)
{
	if (likely(is_fresh(route, remote, tos)))
		return route->rt;
	sf_route_clean(route);
	route->rt = lookup(net, local, remote, tos);
	route->remote = *remote;
	route->tos = tos;
	return route->rt;
}

void sf_route_clean(struct sf_route *route)
{
	/* Freed after a grace period: who borrowed it may go on. */
	ip_rt_put(route->rt);
	route->rt = NULL;
}

int sf_route_output(struct net *net, struct rtable *rt, struct sk_buff *skb)
{
	struct dst_entry *dst = &rt->dst;
	struct neighbour *neigh;
	bool is_v6gw = false;

	skb_dst_set_noref(skb, dst);
	skb->dev = READ_ONCE(dst->dev);
	/* IPsec and encapsulating routes are the kernel's own business. */
	if (unlikely(dst->lwtstate || dst_xfrm(dst))) {
		skb_dst_force(skb);
		dst_output(net, NULL, skb);
		return 0;
	}
	neigh = ip_neigh_for_gw(rt, skb, &is_v6gw);
	if (IS_ERR(neigh)) {
		kfree_skb(skb);
		return -EHOSTUNREACH;
	}
	neigh_output(neigh, skb, is_v6gw);
	return 0;
}
