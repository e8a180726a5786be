// SPDX-License-Identifier: GPL-2.0
/* Reading packets. */
#include "pkt.h"

#include <linux/ip.h>
#include <linux/netdevice.h>
#include <linux/udp.h>
#include <net/dsfield.h>
#include <net/ip.h>

/* UDP at @offset of an IP packet of @total octets, both of which are in @skb. */
static enum sf_pkt_kind read_udp(const struct sk_buff *skb, unsigned int offset,
				 unsigned int total, struct sf_pkt *pkt)
{
	const struct udphdr *udp = (const struct udphdr *)(skb->data + offset);
	unsigned int len = ntohs(udp->len);

	pkt->src.port = udp->source;
	pkt->port = udp->dest;
	pkt->payload = 0;
	if (likely(len >= sizeof(*udp) && len <= total - offset &&
		   offset + sizeof(*udp) <= U16_MAX)) {
		pkt->payload = offset + sizeof(*udp);
		pkt->len = len - sizeof(*udp);
	}
	return SF_PKT_UDP;
}

static enum sf_pkt_kind other_kind(const struct iphdr *ip, struct sf_pkt *pkt, unsigned int total)
{
	switch (ip->protocol) {
	case IPPROTO_UDP:
		return SF_PKT_FRAGMENT;
	case IPPROTO_TCP:
		pkt->payload = ip->ihl * 4;
		pkt->end = total;
		return ip_is_fragment(ip) ? SF_PKT_FRAGMENT : SF_PKT_TCP;
	case IPPROTO_ICMP:
		return ip_is_fragment(ip) ? SF_PKT_OTHER : SF_PKT_ICMP;
	default:
		return SF_PKT_OTHER;
	}
}

/* @total octets of IP, as its header says; 0 stands for more than it can say (BIG TCP). */
static unsigned int true_total(const struct sk_buff *skb, unsigned int total)
{
	return unlikely(!total) && skb_is_gso(skb) && skb_is_gso_tcp(skb) ? skb->len : total;
}

static enum sf_pkt_kind read4(struct sk_buff *skb, struct sf_pkt *pkt, struct in6_addr *dst)
{
	const struct iphdr *ip;
	unsigned int header, total;

	if (unlikely(!pskb_may_pull(skb, sizeof(*ip))))
		return SF_PKT_OTHER;
	ip = (const struct iphdr *)skb->data;
	header = ip->ihl * 4;
	total = true_total(skb, ntohs(ip->tot_len));
	if (unlikely(ip->version != 4 || header < sizeof(*ip) || total < header ||
		     total > skb->len || !pskb_may_pull(skb, header)))
		return SF_PKT_OTHER;
	ip = (const struct iphdr *)skb->data;
	if (unlikely(ip_fast_csum(ip, ip->ihl)))
		return SF_PKT_OTHER;
	if (sf_pkt_is_martian(skb, ipv4_is_loopback(ip->saddr) ||
			      ipv4_is_loopback(ip->daddr)))
		return SF_PKT_OTHER;
	ipv6_addr_set_v4mapped(ip->saddr, &pkt->src.ip);
	ipv6_addr_set_v4mapped(ip->daddr, dst);
	if (unlikely(ip->protocol != IPPROTO_UDP || ip_is_fragment(ip)))
		return other_kind(ip, pkt, total);
	if (unlikely(total < header + sizeof(struct udphdr) ||
		     !pskb_may_pull(skb, header + sizeof(struct udphdr))))
		return SF_PKT_OTHER;
	ip = (const struct iphdr *)skb->data;
	pkt->tos = ip->tos;
	pkt->ttl = ip->ttl;
	return read_udp(skb, header, total, pkt);
}

/* What has segments left is on its way to somewhere else (RFC 8200 s.4.4). */
static bool is_passing_by(const struct sk_buff *skb, unsigned int offset)
{
	const struct ipv6_rt_hdr *routing;
	struct ipv6_rt_hdr buf;

	routing = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	return !routing || routing->segments_left;
}

int sf_pkt_skip_extensions(const struct sk_buff *skb, unsigned int offset, u8 *nexthdr)
{
	const struct ipv6_opt_hdr *header;
	struct ipv6_opt_hdr buf;

	/* IP knows no limit of them either but their octets, of which each has 8 at least. */
	while (*nexthdr == NEXTHDR_HOP || *nexthdr == NEXTHDR_ROUTING ||
	       *nexthdr == NEXTHDR_DEST) {
		if (*nexthdr == NEXTHDR_ROUTING && is_passing_by(skb, offset))
			return -EINVAL;
		header = skb_header_pointer(skb, offset, sizeof(buf), &buf);
		if (!header)
			return -EINVAL;
		*nexthdr = header->nexthdr;
		offset += ipv6_optlen(header);
	}
	return offset;
}

static bool is_ip4_in_disguise(const struct ipv6hdr *ip6)
{
	return ipv6_addr_v4mapped(&ip6->saddr) || ipv6_addr_v4mapped(&ip6->daddr);
}

/* RFC 8200 s.8.1: without one it is not taken. */
static bool has_checksum(const struct sk_buff *skb, unsigned int offset)
{
	return ((const struct udphdr *)(skb->data + offset))->check ||
	       skb->ip_summed == CHECKSUM_PARTIAL;
}

static enum sf_pkt_kind read6(struct sk_buff *skb, struct sf_pkt *pkt, struct in6_addr *dst)
{
	int offset = sizeof(struct ipv6hdr);
	const struct ipv6hdr *ip6;
	unsigned int total;
	u8 nexthdr;

	if (unlikely(!pskb_may_pull(skb, sizeof(*ip6))))
		return SF_PKT_OTHER;
	ip6 = (const struct ipv6hdr *)skb->data;
	total = ntohs(ip6->payload_len);
	total = true_total(skb, total ? total + sizeof(*ip6) : 0) ?: sizeof(*ip6);
	nexthdr = ip6->nexthdr;
	if (unlikely(ip6->version != 6 || total > skb->len || is_ip4_in_disguise(ip6)))
		return SF_PKT_OTHER;
	if (sf_pkt_is_martian(skb, ipv6_addr_loopback(&ip6->saddr) ||
			      ipv6_addr_loopback(&ip6->daddr)))
		return SF_PKT_OTHER;
	pkt->src.ip = ip6->saddr;
	*dst = ip6->daddr;
	if (unlikely(nexthdr != NEXTHDR_UDP))
		offset = sf_pkt_skip_extensions(skb, offset, &nexthdr);
	if (unlikely(offset < 0))
		return SF_PKT_OTHER;
	if (nexthdr == NEXTHDR_FRAGMENT)
		return SF_PKT_FRAGMENT;
	if (nexthdr == NEXTHDR_TCP) {
		pkt->payload = offset;
		pkt->end = total;
		return SF_PKT_TCP;
	}
	if (nexthdr != NEXTHDR_UDP)
		return nexthdr == NEXTHDR_ICMP ? SF_PKT_ICMP : SF_PKT_OTHER;
	if (unlikely(offset + sizeof(struct udphdr) > total ||
		     !pskb_may_pull(skb, offset + sizeof(struct udphdr))))
		return SF_PKT_OTHER;
	if (unlikely(!has_checksum(skb, offset)))
		return SF_PKT_OTHER;
	ip6 = (const struct ipv6hdr *)skb->data;
	pkt->tos = ipv6_get_dsfield(ip6);
	pkt->ttl = ip6->hop_limit;
	return read_udp(skb, offset, total, pkt);
}

enum sf_pkt_kind sf_pkt_read(struct sk_buff *skb, struct sf_pkt *pkt, struct in6_addr *dst)
{
	pkt->is_ip4 = skb->protocol == htons(ETH_P_IP);
	return pkt->is_ip4 ? read4(skb, pkt, dst) : read6(skb, pkt, dst);
}
