// SPDX-License-Identifier: GPL-2.0
/* From a finished packet to the device. */
#include "output.h"

#include <linux/netdevice.h>
#include <net/dst_metadata.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6_stubs.h>
#include <net/neighbour.h>
#include <net/route.h>

#include "compat.h"

static int to_neighbour(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	struct dst_entry *dst = skb_dst(skb);
	struct neighbour *neigh;
	bool is_v6gw = false;

	if (skb->protocol == htons(ETH_P_IP))
		neigh = ip_neigh_for_gw(dst_rtable(dst), skb, &is_v6gw);
	else
		neigh = ip_neigh_gw6(skb->dev, rt6_nexthop(dst_rt6_info(dst),
							   &ipv6_hdr(skb)->daddr));
	if (IS_ERR(neigh)) {
		kfree_skb(skb);
		return -EHOSTUNREACH;
	}
	neigh_output(neigh, skb, is_v6gw);
	return 0;
}

/* As the sender that we are, whatever DF says: fragments need an ID of ours. */
static int fragment(struct net *net, struct sk_buff *skb)
{
	skb_dst_force(skb);
	if (!skb_dst(skb)) {
		kfree_skb(skb);
		return -EHOSTUNREACH;
	}
	skb->ignore_df = 1;
	if (skb->protocol != htons(ETH_P_IP))
		return ipv6_stub->ipv6_fragment(net, NULL, skb, to_neighbour);
	ip_hdr(skb)->frag_off = 0;
	__ip_select_ident(net, ip_hdr(skb), 1);
	return ip_do_fragment(net, NULL, skb, to_neighbour);
}

/* Quick where nothing but the device has a say, which is nearly always. */
static bool fits(const struct dst_entry *dst, const struct sk_buff *skb)
{
	if (skb->protocol != htons(ETH_P_IP))
		return skb->len <= IPV6_MIN_MTU || skb->len <= dst_mtu(dst);
	if (likely(skb->len <= READ_ONCE(dst->dev->mtu) && !dst_metric_raw(dst, RTAX_MTU) &&
		   !dst_rtable(dst)->rt_pmtu))
		return true;
	return skb->len <= dst_mtu(dst);
}

int sf_output(struct net *net, struct dst_entry *dst, struct sk_buff *skb)
{
	skb_dst_set_noref(skb, dst);
	skb->dev = READ_ONCE(dst->dev);
	/* IPsec and encapsulating routes are the kernel's own business. */
	if (unlikely(dst->lwtstate || dst_xfrm(dst))) {
		skb_dst_force(skb);
		skb->ignore_df = 1;
		dst_output(net, NULL, skb);
		return 0;
	}
	if (unlikely(!fits(dst, skb)))
		return fragment(net, skb);
	return to_neighbour(net, NULL, skb);
}
