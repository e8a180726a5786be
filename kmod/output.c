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

static struct neighbour *find_neighbour(struct dst_entry *dst, struct sk_buff *skb, bool *is_v6gw)
{
	if (skb->protocol == htons(ETH_P_IP))
		return ip_neigh_for_gw(dst_rtable(dst), skb, is_v6gw);
	return ip_neigh_gw6(skb->dev, rt6_nexthop(dst_rt6_info(dst), &ipv6_hdr(skb)->daddr));
}

static int to_neighbour(struct dst_entry *dst, struct sk_buff *skb)
{
	struct neighbour *neigh;
	bool is_v6gw = false;

	neigh = find_neighbour(dst, skb, &is_v6gw);
	if (IS_ERR(neigh)) {
		kfree_skb(skb);
		return -EHOSTUNREACH;
	}
	neigh_output(neigh, skb, is_v6gw);
	return 0;
}

static int output_fragment(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return to_neighbour(skb_dst(skb), skb);
}

/* As the sender that we are, whatever DF says: fragments need an ID of ours. */
static noinline int fragment(struct net *net, struct sk_buff *skb)
{
	skb_dst_force(skb);
	if (!skb_dst(skb)) {
		kfree_skb(skb);
		return -EHOSTUNREACH;
	}
	skb->ignore_df = 1;
	if (skb->protocol != htons(ETH_P_IP))
		return ipv6_stub->ipv6_fragment(net, NULL, skb, output_fragment);
	ip_hdr(skb)->frag_off = 0;
	__ip_select_ident(net, ip_hdr(skb), 1);
	return ip_do_fragment(net, NULL, skb, output_fragment);
}

int sf_output(struct net *net, struct dst_entry *dst, struct sk_buff *skb)
{
	memset(skb->cb, 0, max(sizeof(struct inet_skb_parm), sizeof(struct inet6_skb_parm)));
	skb_dst_set_noref(skb, dst);
	skb->dev = READ_ONCE(dst->dev);
	/* IPsec and encapsulating routes are the kernel's own business. */
	if (unlikely(dst->lwtstate || dst_xfrm(dst))) {
		skb_dst_force(skb);
		skb->ignore_df = 1;
		dst_output(net, NULL, skb);
		return 0;
	}
	if (unlikely(skb->len > dst_mtu(dst)))
		return fragment(net, skb);
	return to_neighbour(dst, skb);
}
