/* SPDX-License-Identifier: GPL-2.0 */
/* The geometry of packets: all that knows where in an skb what is. */
#ifndef SF_PKT_H
#define SF_PKT_H

#include <linux/ip.h>
#include <linux/skbuff.h>

#include "addr.h"

/* What an skb is, to us. */
enum sf_pkt_kind {
	SF_PKT_OTHER,		/* none of our business, or nothing IP would take */
	SF_PKT_UDP,
	SF_PKT_FRAGMENT,	/* of UDP */
	SF_PKT_ICMP,		/* of the family it came in */
};

/**
 * struct sf_pkt - a packet in an skb whose data starts at the IP header
 * @src: its port is of UDP
 * @dst: the same
 * @payload: offset of the UDP payload; 0: a length of UDP does not fit
 * @len: octets of the UDP payload
 * @tos: also traffic class
 * @ttl: also hop limit
 * @kind: enum rtp_kind, of the payload
 */
struct sf_pkt {
	struct sf_addr src;
	struct sf_addr dst;
	u16 payload;
	u16 len;
	u8 tos;
	u8 ttl;
	u8 kind;
};

/* How a packet leaves: both addresses are of one family. */
struct sf_pkt_out {
	const struct sf_addr *src;
	const struct sf_addr *dst;
	__be32 flow_label;
	u8 tos;
	u8 ttl;
};

/*
 * Reads headers, checking them as the kernel's IP input would. The UDP header is linear then.
 * @skb is not shared. @pkt is filled for SF_PKT_UDP, and has IP addresses for SF_PKT_FRAGMENT.
 * Pointers into @skb are invalid after it.
 */
enum sf_pkt_kind sf_pkt_read(struct sk_buff *skb, struct sf_pkt *pkt);

/* Octets of an IP packet that sf_pkt_read() has looked at; what is behind it is padding. */
static inline unsigned int sf_pkt_total(const struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP))
		return ntohs(((const struct iphdr *)skb->data)->tot_len);
	return ntohs(((const struct ipv6hdr *)skb->data)->payload_len) + sizeof(struct ipv6hdr);
}

/* Headers of IPv6 between the fixed one and UDP. */
#define SF_PKT_MAX_EXTENSIONS	8

/*
 * Walks extension headers from @offset, where one of type @nexthdr is, to the first that is
 * none; returns where that is and @nexthdr, or -EINVAL. Stops at a fragment header.
 */
int sf_pkt_skip_extensions(const struct sk_buff *skb, unsigned int offset, u8 *nexthdr);

/*
 * The first octets of the payload: all, or at least @want, pulled into the linear part when
 * they are not there; NULL without memory. Valid until @skb is changed.
 */
static inline const u8 *sf_pkt_payload(struct sk_buff *skb, const struct sf_pkt *pkt,
				       unsigned int want)
{
	if (!pskb_may_pull(skb, pkt->payload + min_t(unsigned int, pkt->len, want)))
		return NULL;
	return skb->data + pkt->payload;
}

static inline unsigned int sf_pkt_header_size(const struct sf_pkt_out *out)
{
	return sf_addr_is_ip4(out->dst) ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
}

/*
 * Gives @skb, which @pkt describes, new addresses, DSCP and TTL, and makes it as clean as if it
 * came from a socket. IP options, extension headers and what follows the datagram are removed,
 * ECN stays, and from IPv4 to IPv4 ID and DF. Checksums are updated (RFC 1624); an absent UDP
 * checksum stays absent, but for IPv6, where it is made. @headroom: for the device.
 * -ENOMEM; then @skb is as good as lost.
 */
int sf_pkt_rewrite(struct sk_buff *skb, const struct sf_pkt *pkt, const struct sf_pkt_out *out,
		   unsigned int headroom);

#endif /* SF_PKT_H */
