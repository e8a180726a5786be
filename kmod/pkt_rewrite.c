// SPDX-License-Identifier: GPL-2.0
/* Making of a packet that came the one that leaves. */
#include <linux/ip.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/route.h>

#include "pkt.h"

static void scrub(struct sk_buff *skb, u8 tos)
{
	skb_scrub_packet(skb, true);
	skb_orphan(skb);
	skb_set_queue_mapping(skb, 0);
	skb->priority = rt_tos2priority(tos);
	BUILD_BUG_ON(sizeof(struct inet6_skb_parm) > sizeof(skb->cb));
	memset(skb->cb, 0, max(sizeof(struct inet_skb_parm), sizeof(struct inet6_skb_parm)));
}

static void write_ip4(struct iphdr *ip, unsigned int len, const struct sf_pkt_out *out, __be16 id,
		      __be16 frag_off)
{
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tos = out->tos;
	ip->tot_len = htons(sizeof(*ip) + len);
	ip->id = id;
	ip->frag_off = frag_off;
	ip->ttl = out->ttl;
	ip->protocol = IPPROTO_UDP;
	ip->check = 0;
	ip->saddr = sf_addr_ip4(out->src);
	ip->daddr = sf_addr_ip4(out->dst);
	ip->check = ip_fast_csum(ip, sizeof(*ip) / 4);
}

static void write_ip6(struct ipv6hdr *ip6, unsigned int len, const struct sf_pkt_out *out)
{
	ip6_flow_hdr(ip6, out->tos, out->flow_label);
	ip6->payload_len = htons(len);
	ip6->nexthdr = NEXTHDR_UDP;
	ip6->hop_limit = out->ttl;
	ip6->saddr = out->src->ip;
	ip6->daddr = out->dst->ip;
}

/*
 * Of both addresses. That of a mapped address is that of the IPv4 address, as 0xffff is 0 in
 * this arithmetic; so is what differs between the pseudo headers of IPv4 and IPv6.
 */
static __wsum ip_sum(const struct sf_addr *a, const struct sf_addr *b)
{
	const __be32 *p = a->ip.s6_addr32, *q = b->ip.s6_addr32;
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < 4; i++)
		sum += (__force u64)p[i] + (__force u64)q[i];
	return csum_add((__force __wsum)sum, (__force __wsum)(sum >> 32));
}

static __wsum port_sum(const struct sf_addr *a, const struct sf_addr *b)
{
	return csum_add((__force __wsum)a->port, (__force __wsum)b->port);
}

/* IPv6 has no packet without a checksum (RFC 8200 s.8.1): device or kernel shall make it. */
static void make_check6(struct sk_buff *skb, struct udphdr *udp, unsigned int len,
			const struct sf_pkt_out *out)
{
	udp->check = ~csum_ipv6_magic(&out->src->ip, &out->dst->ip, len, IPPROTO_UDP, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = (unsigned char *)udp - skb->head;
	skb->csum_offset = offsetof(struct udphdr, check);
}

static void write_udp(struct sk_buff *skb, struct udphdr *udp, const struct sf_pkt *pkt,
		      const struct sf_pkt_out *out)
{
	__wsum diff = csum_sub(ip_sum(out->src, out->dst), ip_sum(&pkt->src, &pkt->dst));

	udp->source = out->src->port;
	udp->dest = out->dst->port;
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		/* The field holds the sum of the pseudo header alone, not inverted. */
		udp->check = ~csum_fold(csum_add(csum_unfold(udp->check), diff));
	} else if (likely(udp->check)) {
		diff = csum_add(diff, csum_sub(port_sum(out->src, out->dst),
					       port_sum(&pkt->src, &pkt->dst)));
		csum_replace_by_diff(&udp->check, diff);
		if (!udp->check)
			udp->check = CSUM_MANGLED_0;
	} else if (!sf_addr_is_ip4(out->dst)) {
		make_check6(skb, udp, sizeof(*udp) + pkt->len, out);
	}
}

int sf_pkt_rewrite(struct sk_buff *skb, const struct sf_pkt *pkt, const struct sf_pkt_out *out,
		   unsigned int headroom)
{
	unsigned int len = sizeof(struct udphdr) + pkt->len;
	__be16 id = 0, frag_off = htons(IP_DF);

	if (sf_addr_is_ip4(&pkt->src)) {
		id = ((const struct iphdr *)skb->data)->id;
		frag_off = ((const struct iphdr *)skb->data)->frag_off;
	}
	skb_forward_csum(skb);
	if (pskb_trim(skb, pkt->payload + pkt->len))
		return -ENOMEM;
	__skb_pull(skb, pkt->payload - sizeof(struct udphdr));
	if (skb_cow_head(skb, headroom + sf_pkt_header_size(out)))
		return -ENOMEM;
	scrub(skb, out->tos);
	skb_reset_transport_header(skb);
	write_udp(skb, udp_hdr(skb), pkt, out);
	__skb_push(skb, sf_pkt_header_size(out));
	skb_reset_network_header(skb);
	if (sf_addr_is_ip4(out->dst)) {
		skb->protocol = htons(ETH_P_IP);
		write_ip4(ip_hdr(skb), len, out, id, frag_off);
	} else {
		skb->protocol = htons(ETH_P_IPV6);
		write_ip6(ipv6_hdr(skb), len, out);
	}
	return 0;
}
