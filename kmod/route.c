// SPDX-License-Identifier: GPL-2.0
#include "route.h"

#include <net/flow.h>
#include <net/ip6_route.h>
#include <net/route.h>

#include "compat.h"
#include "pkt.h"

static struct dst_entry *lookup4(struct net *net, const struct sf_addr *local,
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
	return &rt->dst;
}

/* What a socket of the flow would put into its packets. */
static __be32 flow_label(const struct net *net, const struct flowi6 *fl6)
{
	struct flow_keys keys;
	u32 hash;

	if (net->ipv6.sysctl.auto_flowlabels == IP6_AUTO_FLOW_LABEL_OFF)
		return 0;
	/* Turned, as devices may use the hash's other end to choose a path. */
	hash = rol32(__get_hash_from_flowi6(fl6, &keys), 16);
	if (net->ipv6.sysctl.flowlabel_state_ranges)
		return (htonl(hash) & IPV6_FLOWLABEL_MASK) | IPV6_FLOWLABEL_STATELESS_FLAG;
	return htonl(hash) & IPV6_FLOWLABEL_MASK;
}

static struct dst_entry *lookup6(struct sf_route *route, struct net *net,
				 const struct sf_addr *local, const struct sf_addr *remote, u8 tos)
{
	struct flowi6 fl6 = {
		.flowi6_proto = IPPROTO_UDP,
		.flowi6_uid = sock_net_uid(net, NULL),
		.flowlabel = ip6_make_flowinfo(tos, 0),
		.saddr = local->ip,
		.daddr = remote->ip,
		.fl6_sport = local->port,
		.fl6_dport = remote->port,
	};
	struct dst_entry *dst = ip6_route_output(net, NULL, &fl6);

	if (dst->error) {
		dst_release(dst);
		return NULL;
	}
	route->cookie = rt6_get_cookie(dst_rt6_info(dst));
	route->flow_label = flow_label(net, &fl6);
	/* Which of IPv4 is done by who looks it up: policies of IPsec are for media, too. */
	dst = xfrm_lookup_route(net, dst, flowi6_to_flowi(&fl6), NULL, 0);
	return IS_ERR(dst) ? NULL : dst;
}

static void note_plain4(struct sf_route *route, const struct sf_addr *local)
{
	const struct rtable *rt = dst_rtable(route->dst);

	route->is_plain4 = !rt->dst.lwtstate && !dst_xfrm(&rt->dst) &&
			   rt->rt_gw_family != AF_INET6 && !dst_metric_raw(&rt->dst, RTAX_MTU) &&
			   rt->dst.dev->priv_flags & IFF_XMIT_DST_RELEASE;
	((__be16 *)&route->ports4)[0] = local->port;
	((__be16 *)&route->ports4)[1] = route->remote.port;
	route->headroom = LL_RESERVED_SPACE(rt->dst.dev);
	route->priority = rt_tos2priority(route->tos);
	route->ip_sum4 = (__force u64)sf_addr_ip4(local) +
			 (__force u64)sf_addr_ip4(&route->remote);
	route->sum4 = route->ip_sum4 + (__force u16)local->port +
		      (__force u16)route->remote.port;
	route->next_hop4 = rt->rt_gw_family ? rt->rt_gw4 : sf_addr_ip4(&route->remote);
}

struct dst_entry *sf_route_renew(struct sf_route *route, struct net *net,
				 const struct sf_addr *local, const struct sf_addr *remote, u8 tos)
{
	sf_route_clean(route);
	route->remote = *remote;
	route->ip_sum = sf_pkt_ip_sum(&local->ip, &remote->ip);
	route->tos = tos;
	if (!sf_addr_is_ip4(local)) {
		route->dst = lookup6(route, net, local, remote, tos);
		return route->dst;
	}
	route->dst = lookup4(net, local, remote, tos);
	if (route->dst)
		note_plain4(route, local);
	return route->dst;
}

void sf_route_clean(struct sf_route *route)
{
	/* Freed after a grace period: who borrowed it may go on. */
	dst_release(route->dst);
	route->dst = NULL;
	route->cookie = 0;
	route->is_plain4 = false;
}
