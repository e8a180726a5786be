/* SPDX-License-Identifier: GPL-2.0 */
/* The geometry of packets: all that knows where in an skb what is. */
#ifndef SF_PKT_H
#define SF_PKT_H

#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>

#include "addr.h"

/* Addresses of this host that come from elsewhere (RFC 1122 s.3.2.1.3, RFC 4291 s.2.5.3). */
static inline bool sf_pkt_is_martian(const struct sk_buff *skb, bool has_loopback)
{
	return unlikely(has_loopback) && !(skb->dev->flags & IFF_LOOPBACK);
}

/* Sums in ones' complement of 64 bits, of which those of 16 bits are made in the end. */
static inline u64 sf_sum_add(u64 a, u64 b)
{
	a += b;
	return a + (a < b);
}

static inline u16 sf_sum_fold(u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

/* The checksum of a sum of a few words of 32 bits. */
static __always_inline __sum16 sf_sum_check(u64 sum)
{
	u32 folded = (__force u32)csum_add((__force __wsum)sum, (__force __wsum)(sum >> 32));

	/* csum_fold() of x86 takes two instructions more. */
	return (__force __sum16)((u32)(~folded - ror32(folded, 16)) >> 16);
}

/*
 * Of both addresses. That of a mapped address is that of the IPv4 address, as 0xffff is 0 in
 * this arithmetic; so is what differs between the pseudo headers of IPv4 and IPv6.
 */
static inline u64 sf_pkt_ip_sum(const struct in6_addr *a, const struct in6_addr *b)
{
	u64 words[4];

	memcpy(words, a, sizeof(*a));
	memcpy(words + 2, b, sizeof(*b));
	return sf_sum_add(sf_sum_add(words[0], words[1]), sf_sum_add(words[2], words[3]));
}

/* What an skb is, to us. */
enum sf_pkt_kind {
	SF_PKT_OTHER,		/* none of our business, or nothing IP would take */
	SF_PKT_UDP,
	SF_PKT_TCP,
	SF_PKT_FRAGMENT,	/* of either */
	SF_PKT_ICMP,		/* of the family it came in */
};

/**
 * struct sf_pkt - a packet in an skb whose data starts at the IP header
 * @src: who sent it
 * @port: UDP destination
 * @payload: offset of the UDP payload; 0: a length of UDP does not fit
 * @len: octets of the UDP payload
 * @tos: also traffic class
 * @ttl: also hop limit
 * @is_ip4: and not IPv6
 * @kind: enum rtp_kind, of the payload
 * @end: of SF_PKT_TCP, for which but @payload, the offset of its header, only @src.ip is filled: of
 *	the octets that are IP's
 */
struct sf_pkt {
	struct sf_addr src;
	__be16 port;
	u16 payload;
	u16 len;
	u8 tos;
	u8 ttl;
	bool is_ip4;
	u8 kind;
	u32 end;
};

/*
 * Reads headers, checking them as the kernel's IP input would. The UDP header is linear then.
 * @skb is not shared. For SF_PKT_UDP @pkt is filled; for that, SF_PKT_TCP and SF_PKT_FRAGMENT so is
 * @dst.
 * Pointers into @skb are invalid after it.
 */
enum sf_pkt_kind sf_pkt_read(struct sk_buff *skb, struct sf_pkt *pkt, struct in6_addr *dst);

/* Does a UDP header follow the fixed IP header, and are both linear? */
static inline bool sf_pkt_is_plain4(const struct sk_buff *skb)
{
	const struct iphdr *ip = (const struct iphdr *)skb->data;

	return skb_headlen(skb) >= sizeof(*ip) + sizeof(struct udphdr) &&
	       *(const u8 *)ip == 0x45 && ip->protocol == IPPROTO_UDP && !ip_is_fragment(ip);
}

static inline bool sf_pkt_is_plain6(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)skb->data;

	return skb_headlen(skb) >= sizeof(*ip6) + sizeof(struct udphdr) && ip6->version == 6 &&
	       ip6->nexthdr == NEXTHDR_UDP;
}

/* Is the checksum of a header without options right? */
static inline bool sf_pkt_is_sound4(const struct iphdr *ip)
{
	const u32 *words = (const u32 *)ip;

	return !sf_sum_check((u64)words[0] + words[1] + words[2] + words[3] + words[4]);
}

/*
 * Would IP take what sf_pkt_is_plain4() found UDP in, and is there nothing behind it? Lengths
 * of UDP are not looked at.
 */
static inline bool sf_pkt_is_good4(const struct sk_buff *skb)
{
	const struct iphdr *ip = (const struct iphdr *)skb->data;

	return ntohs(ip->tot_len) == skb->len &&
	       !sf_pkt_is_martian(skb, ipv4_is_loopback(ip->saddr) ||
				       ipv4_is_loopback(ip->daddr)) &&
	       sf_pkt_is_sound4(ip);
}

/* The most that UDP carries in IPv4. */
#define SF_PKT_MAX_LEN4	(U16_MAX - sizeof(struct iphdr) - sizeof(struct udphdr))

/* Octets of an IP packet that sf_pkt_read() has looked at; what is behind it is padding. */
static inline unsigned int sf_pkt_total(const struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP))
		return ntohs(((const struct iphdr *)skb->data)->tot_len);
	return ntohs(((const struct ipv6hdr *)skb->data)->payload_len) + sizeof(struct ipv6hdr);
}

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
	unsigned int end = pkt->payload + min_t(unsigned int, pkt->len, want);

	if (unlikely(end > skb_headlen(skb)) && !pskb_may_pull(skb, end))
		return NULL;
	return skb->data + pkt->payload;
}

#endif /* SF_PKT_H */
