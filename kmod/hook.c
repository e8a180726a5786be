// SPDX-License-Identifier: GPL-2.0
/* Where packets come in. */
#include <linux/ip.h>
#include <linux/netfilter_ipv4.h>

#include "compat.h"
#include "net.h"
#include "pkt.h"
#include "range.h"
#include "receive.h"
#include "verdict.h"

/*
 * Takes apart what GRO or a local sender put together. The packets behave each by itself;
 * those that go up the stack have passed this hook and go on after PRE_ROUTING.
 */
static unsigned int receive_segments(struct sf_net *sn, struct sf_range *range,
				     struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct sk_buff *segments, *segment, *next;
	unsigned int verdict;

	segments = skb_gso_segment(skb, NETIF_F_SG | NETIF_F_HW_CSUM);
	if (IS_ERR_OR_NULL(segments))
		return sf_drop(sn, SF_DROP_SEGMENT);
	consume_skb(skb);
	skb_list_walk_safe(segments, segment, next) {
		skb_mark_not_on_list(segment);
		verdict = sf_receive(sn, range, segment);
		if (verdict == NF_ACCEPT)
			state->okfn(state->net, state->sk, segment);
		else if (verdict == NF_DROP)
			kfree_skb(segment);
	}
	return NF_STOLEN;
}

static unsigned int pre_routing(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct sf_net *sn = priv;
	struct sf_range *range;
	struct sf_addr dst;

	/* The only verdict without a counter: the packet is none of our business. */
	if (hlist_empty(sf_range_bucket(sn, ip_hdr(skb)->daddr)))
		return NF_ACCEPT;
	if (!sf_pkt_destination(skb, &dst))
		return NF_ACCEPT;
	range = sf_range_lookup(sn, &dst);
	if (!range)
		return NF_ACCEPT;
	if (unlikely(skb_is_gso(skb)))
		return receive_segments(sn, range, skb, state);
	return sf_receive(sn, range, skb);
}

int sf_hook_add(struct sf_net *sn)
{
	lockdep_assert_held(&sn->lock);
	sn->hook = (struct nf_hook_ops){
		.hook = pre_routing,
		.priv = sn,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_PRE_ROUTING,
		/* Before defragmentation and conntrack. */
		.priority = NF_IP_PRI_RAW_BEFORE_DEFRAG - 1,
	};
	return nf_register_net_hook(sn->net, &sn->hook);
}

void sf_hook_del(struct sf_net *sn)
{
	lockdep_assert_held(&sn->lock);
	nf_unregister_net_hook(sn->net, &sn->hook);
}
