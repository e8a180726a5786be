// SPDX-License-Identifier: GPL-2.0
#include "hook.h"

#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>

#include "compat.h"
#include "connect.h"
#include "defrag.h"
#include "device.h"
#include "icmp.h"
#include "inspect.h"
#include "listener.h"
#include "pkt.h"
#include "quick.h"
#include "range.h"
#include "receive.h"
#include "verdict.h"

/* Goes on where the hook would have let it pass. */
static void go_on(struct sk_buff *skb, const struct nf_hook_state *state)
{
	if (state->okfn) {
		state->okfn(state->net, state->sk, skb);
		return;
	}
	sf_skip_ingress(skb);
	netif_receive_skb(skb);
}

static void settle(struct sk_buff *skb, const struct nf_hook_state *state, unsigned int verdict)
{
	if (verdict == NF_ACCEPT)
		go_on(skb, state);
	else if (verdict == NF_DROP)
		kfree_skb(skb);
}

/* Who a UDP packet is for: one of the two, or nobody here. */
struct taker {
	struct sf_range *range;
	struct sf_listener *listener;
};

static bool find_taker(struct taker *taker, struct sf_net *sn, const struct in6_addr *dst,
		       __be16 port)
{
	if (sf_range_is_far(sn, port))
		return false;
	taker->listener = NULL;
	taker->range = sf_range_lookup6(sn, dst, port);
	if (!taker->range)
		taker->listener = sf_listener_lookup(sn, dst, port, SIPFAST_TRANSPORT_UDP);
	return taker->range || taker->listener;
}

/*
 * Its frame was for this host alone. Others of the link may send one to all of them with our
 * address in it, which UDP takes, but neither TCP nor who forwards.
 */
static bool is_for_one(const struct sk_buff *skb)
{
	return likely(skb->pkt_type == PACKET_HOST);
}

static unsigned int give(struct sf_net *sn, const struct taker *taker, struct sf_pkt *pkt,
			 struct sk_buff *skb)
{
	if (taker->range)
		return is_for_one(skb) ? sf_receive(sn, taker->range, pkt, skb) : NF_ACCEPT;
	return sf_inspect(taker->listener, pkt, skb);
}

/* Takes apart what GRO or a local sender put together. The packets behave each by itself. */
static unsigned int take_segments(struct sf_net *sn, const struct taker *taker,
				  struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct sk_buff *segments, *segment, *next;
	struct in6_addr dst;
	struct sf_pkt pkt;

	segments = skb_gso_segment(skb, NETIF_F_SG | NETIF_F_HW_CSUM);
	if (IS_ERR_OR_NULL(segments))
		return sf_drop(sn, SF_DROP_SEGMENT);
	consume_skb(skb);
	skb_list_walk_safe(segments, segment, next) {
		skb_mark_not_on_list(segment);
		if (sf_pkt_read(segment, &pkt, &dst) == SF_PKT_UDP)
			settle(segment, state, give(sn, taker, &pkt, segment));
		else
			settle(segment, state, sf_drop(sn, SF_DROP_SEGMENT));
	}
	return NF_STOLEN;
}

/* Only the first fragment tells the port. */
static bool is_for_address(struct sf_net *sn, const struct in6_addr *dst)
{
	return sf_range_on(sn, dst) || sf_listener_on(sn, dst);
}

/* Takes a packet for an address that media ranges or listeners may be on. */
static unsigned int take(struct sf_net *sn, struct sk_buff *skb, const struct nf_hook_state *state)
{
	enum sf_pkt_kind kind;
	struct taker taker;
	struct in6_addr dst;
	struct sf_pkt pkt;

	kind = sf_pkt_read(skb, &pkt, &dst);
	if (unlikely(kind == SF_PKT_FRAGMENT && is_for_address(sn, &dst))) {
		if (sf_defrag(sn, skb))
			return NF_STOLEN;
		kind = sf_pkt_read(skb, &pkt, &dst);
	}
	if (kind == SF_PKT_TCP)
		return is_for_one(skb) ? sf_connect(sn, skb, &pkt, &dst) : NF_ACCEPT;
	if (unlikely(kind == SF_PKT_ICMP))
		sf_icmp(sn, skb);
	if (kind != SF_PKT_UDP || !find_taker(&taker, sn, &dst, pkt.port))
		return NF_ACCEPT;
	if (unlikely(skb_is_gso(skb)))
		return take_segments(sn, &taker, skb, state);
	return give(sn, &taker, &pkt, skb);
}

/* Somebody else looks at this skb, too: ours is a copy of its description. */
static unsigned int take_shared(struct sf_net *sn, struct sk_buff *skb,
				const struct nf_hook_state *state)
{
	struct sk_buff *own = skb_clone(skb, GFP_ATOMIC);

	if (!own)
		return sf_drop(sn, SF_DROP_NO_MEMORY);
	consume_skb(skb);
	settle(own, state, take(sn, own, state));
	return NF_STOLEN;
}

/* May an address that ends with @low be one of ours? */
static bool has_neighbours(struct sf_net *sn, __be32 low)
{
	return !hlist_empty(sf_range_bucket(sn, low)) ||
	       !hlist_empty(sf_listener_bucket(sn, low));
}

/* Is the TCP header at @offset one for a port that a listener may have? */
static bool has_tcp_port(const struct sf_net *sn, const struct sk_buff *skb, unsigned int offset)
{
	const __be16 *ports;
	__be16 buf[2];

	if (likely(!READ_ONCE(sn->nconnect)))
		return false;
	ports = skb_header_pointer(skb, offset, sizeof(buf), buf);
	return ports && sf_connect_is_near(sn, ports[1]);
}

/*
 * Could it be for us? UDP with nothing special about it is by its port and address, the rest
 * by its protocol and the last 32 bits of its address. This is all that other packets pay.
 */
static bool is_interesting4(struct sf_net *sn, const struct sk_buff *skb)
{
	const struct iphdr *ip = (const struct iphdr *)skb->data;
	const struct udphdr *udp = (const struct udphdr *)(ip + 1);
	struct iphdr buf;

	if (likely(sf_pkt_is_plain4(skb)))
		return !sf_range_is_far(sn, udp->dest) &&
		       (sf_range_lookup4(sn, ip->daddr, udp->dest) ||
			sf_listener_lookup4(sn, ip->daddr, udp->dest, SIPFAST_TRANSPORT_UDP));
	ip = skb_header_pointer(skb, 0, sizeof(buf), &buf);
	if (!ip || !has_neighbours(sn, ip->daddr))
		return false;
	if (ip->protocol == IPPROTO_TCP)
		return ip_is_fragment(ip) ? READ_ONCE(sn->nconnect) :
					    has_tcp_port(sn, skb, ip->ihl * 4);
	return ip->protocol == IPPROTO_UDP || ip->protocol == IPPROTO_ICMP;
}

static bool is_interesting6(struct sf_net *sn, const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)skb->data;
	const struct udphdr *udp = (const struct udphdr *)(ip6 + 1);
	struct taker taker;
	struct ipv6hdr buf;

	if (likely(sf_pkt_is_plain6(skb)))
		return find_taker(&taker, sn, &ip6->daddr, udp->dest);
	ip6 = skb_header_pointer(skb, 0, sizeof(buf), &buf);
	if (!ip6 || !has_neighbours(sn, sf_ip4(&ip6->daddr)))
		return false;
	return ip6->nexthdr != NEXTHDR_TCP || has_tcp_port(sn, skb, sizeof(*ip6));
}

static bool is_interesting(struct sf_net *sn, const struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP))
		return is_interesting4(sn, skb);
	return skb->protocol == htons(ETH_P_IPV6) && is_interesting6(sn, skb);
}

/* What goes to another host, or to the device of a VLAN, comes again if it is for us. */
static bool is_at_its_device(struct sk_buff *skb)
{
	if (skb->pkt_type == PACKET_OTHERHOST)
		return false;
	if (skb_vlan_tag_present(skb)) {
		if (skb_vlan_tag_get_id(skb))
			return false;
		/* Only a priority (802.1p). */
		__vlan_hwaccel_clear_tag(skb);
	}
	return true;
}

static noinline unsigned int ingress_any(struct sf_net *sn, struct sk_buff *skb,
					 const struct nf_hook_state *state)
{
	if (!is_interesting(sn, skb) || !is_at_its_device(skb))
		return NF_ACCEPT;
	if (skb_shared(skb))
		return take_shared(sn, skb, state);
	return take(sn, skb, state);
}

/* An skb as most are: one datagram that nobody else has, on the device that it is for. */
static bool is_simple(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_HOST && !skb_vlan_tag_present(skb) && !skb_shared(skb) &&
	       !skb_is_gso(skb);
}

/* IPv4 without options goes straight on; everything else takes the long way round. */
static unsigned int ingress(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct iphdr *ip = (const struct iphdr *)skb->data;
	const struct udphdr *udp = (const struct udphdr *)(ip + 1);
	struct sf_net *sn = priv;
	struct sf_listener *listener;
	struct sf_range *range;

	if (unlikely(skb->protocol != htons(ETH_P_IP) || !sf_pkt_is_plain4(skb)))
		return ingress_any(sn, skb, state);
	/* The only verdicts without a counter: the packet is none of our business. */
	if (sf_range_is_far(sn, udp->dest))
		return NF_ACCEPT;
	range = sf_range_lookup4(sn, ip->daddr, udp->dest);
	if (likely(range && is_simple(skb) && sf_pkt_is_good4(skb)))
		return sf_quick4(sn, range, skb);
	if (!range) {
		listener = sf_listener_lookup4(sn, ip->daddr, udp->dest, SIPFAST_TRANSPORT_UDP);
		if (!listener)
			return NF_ACCEPT;
		if (is_simple(skb) && sf_pkt_is_good4(skb))
			return sf_inspect(listener, NULL, skb);
	}
	return ingress_any(sn, skb, state);
}

static unsigned int prerouting(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct sf_net *sn = priv;

	if (likely(!is_interesting(sn, skb)) || sf_device_is_attached(sn, state->in))
		return NF_ACCEPT;
	return take(sn, skb, state);
}

int sf_hook_ingress_add(struct sf_net *sn, struct net_device *dev, struct nf_hook_ops *ops)
{
	*ops = (struct nf_hook_ops){
		.hook = ingress,
		.priv = sn,
		.dev = dev,
		.pf = NFPROTO_NETDEV,
		.hooknum = NF_NETDEV_INGRESS,
		.priority = INT_MAX,
	};
	return nf_register_net_hook(sn->net, ops);
}

int sf_hook_prerouting_add(struct sf_net *sn)
{
	sn->prerouting[0] = (struct nf_hook_ops){
		.hook = prerouting,
		.priv = sn,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP_PRI_RAW_BEFORE_DEFRAG - 1,
	};
	sn->prerouting[1] = (struct nf_hook_ops){
		.hook = prerouting,
		.priv = sn,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = NF_IP6_PRI_RAW_BEFORE_DEFRAG - 1,
	};
	return nf_register_net_hooks(sn->net, sn->prerouting, ARRAY_SIZE(sn->prerouting));
}

void sf_hook_prerouting_del(struct sf_net *sn)
{
	nf_unregister_net_hooks(sn->net, sn->prerouting, ARRAY_SIZE(sn->prerouting));
}
