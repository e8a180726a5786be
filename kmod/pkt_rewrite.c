// SPDX-License-Identifier: GPL-2.0
#include "pkt_rewrite.h"

#include <net/ip6_checksum.h>

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

static void partial_at(struct sk_buff *skb, const struct udphdr *udp)
{
	skb->csum_start = (const unsigned char *)udp - skb->head;
	skb->csum_offset = offsetof(struct udphdr, check);
}

/* IPv6 has no packet without a checksum (RFC 8200 s.8.1): device or kernel shall make it. */
static void make_check6(struct sk_buff *skb, struct udphdr *udp, unsigned int len,
			const struct sf_pkt_out *out)
{
	udp->check = ~csum_ipv6_magic(&out->src->ip, &out->dst->ip, len, IPPROTO_UDP, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	partial_at(skb, udp);
}

static u64 port_sum(__be16 a, __be16 b)
{
	return (__force u64)a + (__force u64)b;
}

/* @old: sum of the IP addresses that it came with. */
static void write_udp(struct sk_buff *skb, struct udphdr *udp, u64 old,
		      const struct sf_pkt_out *out)
{
	u64 sum = sf_sum_add(out->ip_sum, ~old);

	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		/* The field holds the sum of the pseudo header alone, not inverted. */
		udp->check = (__force __sum16)sf_sum_fold(sf_sum_add(sum, (__force u16)udp->check));
		/* Guests and taps say where it is to be made as they like. */
		partial_at(skb, udp);
	} else if (udp->check) {
		sum = sf_sum_add(sum, (__force u16)~udp->check);
		sum = sf_sum_add(sum, port_sum(out->src->port, out->dst->port));
		sum = sf_sum_add(sum, ~port_sum(udp->source, udp->dest));
		udp->check = (__force __sum16)~sf_sum_fold(sum);
		if (!udp->check)
			udp->check = CSUM_MANGLED_0;
	} else if (!sf_addr_is_ip4(out->dst)) {
		make_check6(skb, udp, ntohs(udp->len), out);
	}
	udp->source = out->src->port;
	udp->dest = out->dst->port;
}

static u64 old_ip_sum(const struct sk_buff *skb, bool is_ip4)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)skb->data;
	const struct iphdr *ip = (const struct iphdr *)skb->data;

	if (is_ip4)
		return (__force u64)ip->saddr + (__force u64)ip->daddr;
	return sf_pkt_ip_sum(&ip6->saddr, &ip6->daddr);
}

int sf_pkt_rewrite(struct sk_buff *skb, const struct sf_pkt *pkt, const struct sf_pkt_out *out)
{
	unsigned int header = sf_addr_is_ip4(out->dst) ? sizeof(struct iphdr) :
							 sizeof(struct ipv6hdr);
	unsigned int len = sizeof(struct udphdr) + pkt->len;
	u64 old = old_ip_sum(skb, pkt->is_ip4);
	__be16 id = 0, frag_off = htons(IP_DF);

	if (pkt->is_ip4) {
		id = ((const struct iphdr *)skb->data)->id;
		frag_off = ((const struct iphdr *)skb->data)->frag_off;
	}
	if (pskb_trim(skb, pkt->payload + pkt->len))
		return -ENOMEM;
	__skb_pull(skb, pkt->payload - sizeof(struct udphdr));
	if (skb_cow_head(skb, out->headroom + header))
		return -ENOMEM;
	skb->priority = rt_tos2priority(out->tos);
	skb_reset_transport_header(skb);
	write_udp(skb, (struct udphdr *)skb->data, old, out);
	__skb_push(skb, header);
	skb_reset_network_header(skb);
	if (header == sizeof(struct iphdr)) {
		skb->protocol = htons(ETH_P_IP);
		write_ip4((struct iphdr *)skb->data, len, out, id, frag_off);
	} else {
		skb->protocol = htons(ETH_P_IPV6);
		write_ip6((struct ipv6hdr *)skb->data, len, out);
	}
	return 0;
}
