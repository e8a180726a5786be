// SPDX-License-Identifier: GPL-2.0
/*
 * Only the first fragment of a packet tells its port. So what is for an address of media is
 * put together before anything is decided; in queues of our own, as conntrack and the socket
 * layer may each do the same with what goes on to them.
 */
#include "defrag.h"

#include <net/ip.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "pkt.h"
#include "verdict.h"

/* Sets our queues apart from those of others; "sipf". */
#define DEFRAG_USER		0x73697066

int sf_defrag(const struct sf_net *sn, struct sk_buff *skb)
{
	int err;

	skb_orphan(skb);
	if (pskb_trim_rcsum(skb, sf_pkt_total(skb))) {
		kfree_skb(skb);
		return -ENOMEM;
	}
	if (skb->protocol == htons(ETH_P_IP)) {
		memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
		err = ip_defrag(sn->net, skb, DEFRAG_USER);
	} else {
		memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
		err = nf_ct_frag6_gather(sn->net, skb, DEFRAG_USER);
		if (err && err != -EINPROGRESS)
			kfree_skb(skb);
	}
	if (err && err != -EINPROGRESS)
		sf_count(sn, SF_DROP_FRAGMENT);
	return err;
}
