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

/* Makes @skb as clean as if it came from a socket, but for its priority. */
static inline void sf_pkt_scrub(struct sk_buff *skb)
{
	skb_scrub_packet(skb, true);
	skb_orphan(skb);
	skb_set_queue_mapping(skb, 0);
	memset(skb->cb, 0, max(sizeof(struct inet_skb_parm), sizeof(struct inet6_skb_parm)));
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
