// SPDX-License-Identifier: GPL-2.0
#include "pkt.h"

#include <linux/ip.h>
#include <linux/udp.h>
#include <net/checksum.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/route.h>

bool sf_pkt_destination(const struct sk_buff *skb, struct sf_addr *dst)
{
	const struct iphdr *ip = ip_hdr(skb);
	const struct udphdr *udp;
	struct udphdr buf;

	if (ip->protocol != IPPROTO_UDP || ip->frag_off & htons(IP_OFFSET))
		return false;
	udp = skb_header_pointer(skb, ip->ihl * 4, sizeof(buf), &buf);
	if (!udp)
		return false;
	sf_addr_set_ip4(dst, ip->daddr, udp->dest);
	return true;
}

bool sf_pkt_parse(const struct sk_buff *skb, struct sf_pkt *pkt)
{
	const struct iphdr *ip = ip_hdr(skb);
	unsigned int header = ip->ihl * 4;
	unsigned int total = ntohs(ip->tot_len);
	const struct udphdr *udp;
	struct udphdr buf;

	if (total > skb->len || total < header + sizeof(*udp))
		return false;
	udp = skb_header_pointer(skb, header, sizeof(buf), &buf);
	if (!udp || ntohs(udp->len) < sizeof(*udp) || ntohs(udp->len) > total - header)
		return false;
	sf_addr_set_ip4(&pkt->src, ip->saddr, udp->source);
	sf_addr_set_ip4(&pkt->dst, ip->daddr, udp->dest);
	pkt->payload = header + sizeof(*udp);
	pkt->len = ntohs(udp->len) - sizeof(*udp);
	pkt->tos = ip->tos;
	pkt->ttl = ip->ttl;
	return true;
}

const u8 *sf_pkt_payload(struct sk_buff *skb, const struct sf_pkt *pkt, unsigned int want)
{
	if (!pskb_may_pull(skb, pkt->payload + min_t(unsigned int, pkt->len, want)))
		return NULL;
	return skb->data + pkt->payload;
}

unsigned int sf_pkt_out_size(const struct sf_pkt *pkt)
{
	return sizeof(struct iphdr) + sizeof(struct udphdr) + pkt->len;
}

static void scrub(struct sk_buff *skb, u8 tos)
{
	skb_scrub_packet(skb, true);
	skb_orphan(skb);
	skb_set_queue_mapping(skb, 0);
	skb->priority = rt_tos2priority(tos);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
}

static void write_ip(struct iphdr *ip, const struct sf_pkt *pkt, const struct sf_pkt_out *out)
{
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tos = out->tos;
	ip->tot_len = htons(sf_pkt_out_size(pkt));
	ip->ttl = out->ttl;
	ip->protocol = IPPROTO_UDP;
	ip->saddr = sf_addr_ip4(&out->src);
	ip->daddr = sf_addr_ip4(&out->dst);
	ip_send_check(ip);
}

static __wsum addr_sum(const struct sf_addr *a, const struct sf_addr *b)
{
	return csum_add((__force __wsum)sf_addr_ip4(a), (__force __wsum)sf_addr_ip4(b));
}

static __wsum port_sum(const struct sf_addr *a, const struct sf_addr *b)
{
	return csum_add((__force __wsum)a->port, (__force __wsum)b->port);
}

static void write_udp(struct sk_buff *skb, struct udphdr *udp, const struct sf_pkt *pkt,
		      const struct sf_pkt_out *out)
{
	__wsum diff = csum_sub(addr_sum(&out->src, &out->dst), addr_sum(&pkt->src, &pkt->dst));

	udp->source = out->src.port;
	udp->dest = out->dst.port;
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		/* The field holds the sum of the pseudo header alone, not inverted. */
		udp->check = ~csum_fold(csum_add(csum_unfold(udp->check), diff));
	} else if (udp->check) {
		diff = csum_add(diff, csum_sub(port_sum(&out->src, &out->dst),
					       port_sum(&pkt->src, &pkt->dst)));
		csum_replace_by_diff(&udp->check, diff);
		if (!udp->check)
			udp->check = CSUM_MANGLED_0;
	}
}

int sf_pkt_rewrite(struct sk_buff *skb, const struct sf_pkt *pkt, const struct sf_pkt_out *out,
		   unsigned int headroom)
{
	unsigned int options = pkt->payload - sizeof(struct udphdr) - sizeof(struct iphdr);
	__be16 id, frag_off;

	if (pskb_trim_rcsum(skb, pkt->payload + pkt->len) || !pskb_may_pull(skb, pkt->payload) ||
	    skb_cow_head(skb, headroom))
		return -ENOMEM;
	skb_forward_csum(skb);
	scrub(skb, out->tos);

	id = ip_hdr(skb)->id;
	frag_off = ip_hdr(skb)->frag_off;
	__skb_pull(skb, options);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, sizeof(struct iphdr));
	ip_hdr(skb)->id = id;
	ip_hdr(skb)->frag_off = frag_off;
	write_ip(ip_hdr(skb), pkt, out);
	write_udp(skb, udp_hdr(skb), pkt, out);
	return 0;
}
