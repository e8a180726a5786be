/* SPDX-License-Identifier: GPL-2.0 */
/* Making of a packet that came the one that leaves. */
#ifndef SF_PKT_REWRITE_H
#define SF_PKT_REWRITE_H

#include <net/route.h>

#include "pkt.h"

/**
 * struct sf_pkt_out - how a packet leaves
 * @src: local address
 * @dst: remote address, of the same family
 * @ip_sum: of both; see sf_pkt_ip_sum()
 * @flow_label: of IPv6
 * @headroom: for the device
 * @tos: also traffic class
 * @ttl: also hop limit
 */
struct sf_pkt_out {
	const struct sf_addr *src;
	const struct sf_addr *dst;
	u64 ip_sum;
	__be32 flow_label;
	u32 headroom;
	u8 tos;
	u8 ttl;
};

/*
 * Makes @skb as clean as if it came from a socket, but for its priority and what other layers
 * left in its control block. Begins with what skb_scrub_packet() does, but for the call.
 */
static inline void sf_pkt_scrub(struct sk_buff *skb)
{
	skb->pkt_type = PACKET_HOST;
	skb->skb_iif = 0;
	skb->ignore_df = 0;
	skb->mark = 0;
	skb_dst_drop(skb);
	skb_ext_reset(skb);
	nf_reset_ct(skb);
	nf_reset_trace(skb);
#if IS_ENABLED(CONFIG_IP_VS)
	skb->ipvs_property = 0;
#endif
#ifdef CONFIG_NET_SWITCHDEV
	skb->offload_fwd_mark = 0;
	skb->offload_l3_fwd_mark = 0;
#endif
	skb_clear_tstamp(skb);
	skb_orphan(skb);
	skb_set_queue_mapping(skb, 0);
	skb_forward_csum(skb);
}

/*
 * Gives @skb, which @pkt describes and sf_pkt_scrub() has seen, new addresses, DSCP and TTL. IP
 * options, extension headers and what follows the datagram are removed, ECN stays, and from
 * IPv4 to IPv4 ID and DF. Checksums are updated (RFC 1624); an absent UDP checksum stays absent,
 * but for IPv6, where it is made. -ENOMEM; then @skb is as good as lost.
 */
int sf_pkt_rewrite(struct sk_buff *skb, const struct sf_pkt *pkt, const struct sf_pkt_out *out);

#endif /* SF_PKT_REWRITE_H */
