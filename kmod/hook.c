// SPDX-License-Identifier: GPL-2.0
#include "hook.h"

#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>

#include "compat.h"
#include "defrag.h"
#include "device.h"
#include "icmp.h"
#include "pkt.h"
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

/* Takes apart what GRO or a local sender put together. The packets behave each by itself. */
static unsigned int take_segments(struct sf_net *sn, struct sf_range *range, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct sk_buff *segments, *segment, *next;
	struct sf_pkt pkt;

	segments = skb_gso_segment(skb, NETIF_F_SG | NETIF_F_HW_CSUM);
	if (IS_ERR_OR_NULL(segments))
		return sf_drop(sn, SF_DROP_SEGMENT);
	consume_skb(skb);
	skb_list_walk_safe(segments, segment, next) {
		skb_mark_not_on_list(segment);
		if (sf_pkt_read(segment, &pkt) == SF_PKT_UDP)
			settle(segment, state, sf_receive(sn, range, &pkt, segment));
		else
			settle(segment, state, sf_drop(sn, SF_DROP_SEGMENT));
	}
	return NF_STOLEN;
}

/* Takes a packet for an address that media ranges are on. */
static unsigned int take(struct sf_net *sn, struct sk_buff *skb, const struct nf_hook_state *state)
{
	enum sf_pkt_kind kind;
	struct sf_range *range;
	struct sf_pkt pkt;

	kind = sf_pkt_read(skb, &pkt);
	if (unlikely(kind == SF_PKT_FRAGMENT)) {
		if (!sf_range_on(sn, &pkt.dst.ip))
			return NF_ACCEPT;
		if (sf_defrag(sn, skb))
			return NF_STOLEN;
		kind = sf_pkt_read(skb, &pkt);
	}
	if (unlikely(kind == SF_PKT_ICMP))
		sf_icmp(sn, skb);
	if (kind != SF_PKT_UDP)
		return NF_ACCEPT;
	range = sf_range_lookup(sn, &pkt.dst);
	if (!range)
		return NF_ACCEPT;
	if (unlikely(skb_is_gso(skb)))
		return take_segments(sn, range, skb, state);
	return sf_receive(sn, range, &pkt, skb);
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

/* Does it go to an address that may have a range? The last 32 bits are enough to say no. */
static bool is_interesting(struct sf_net *sn, const struct sk_buff *skb)
{
	const __be32 *low;
	int offset;
	__be32 buf;

	if (skb->protocol == htons(ETH_P_IP))
		offset = offsetof(struct iphdr, daddr);
	else if (skb->protocol == htons(ETH_P_IPV6))
		offset = offsetof(struct ipv6hdr, daddr.s6_addr32[3]);
	else
		return false;
	low = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	return low && !hlist_empty(sf_range_bucket(sn, *low));
}

static unsigned int ingress(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct sf_net *sn = priv;

	/* The only verdict without a counter: the packet is none of our business. */
	if (!is_interesting(sn, skb))
		return NF_ACCEPT;
	/* What goes to another host, or to the device of a VLAN, comes again if it is for us. */
	if (unlikely(skb->pkt_type != PACKET_HOST))
		return NF_ACCEPT;
	if (unlikely(skb_vlan_tag_present(skb))) {
		if (skb_vlan_tag_get_id(skb))
			return NF_ACCEPT;
		/* Only a priority (802.1p). */
		__vlan_hwaccel_clear_tag(skb);
	}
	if (unlikely(skb_shared(skb)))
		return take_shared(sn, skb, state);
	return take(sn, skb, state);
}

static unsigned int prerouting(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct sf_net *sn = priv;

	if (!is_interesting(sn, skb) || sf_device_is_attached(sn, state->in))
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
