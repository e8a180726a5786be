// SPDX-License-Identifier: GPL-2.0
#include "segment.h"

#include <linux/ip.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/tcp.h>

#define MAX_OPTIONS	(60 - sizeof(struct tcphdr))

bool sf_segment_read(const struct sk_buff *skb, unsigned int offset, unsigned int end,
		     struct sf_segment *segment)
{
	const struct tcphdr *tcp;
	struct tcphdr buf;

	tcp = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!tcp || tcp->doff * 4 < sizeof(*tcp) || offset + tcp->doff * 4 > end)
		return false;
	segment->src.port = tcp->source;
	segment->dst.port = tcp->dest;
	segment->offset = offset;
	segment->payload = offset + tcp->doff * 4;
	segment->len = end - segment->payload;
	segment->seq = ntohl(tcp->seq);
	segment->ack = ntohl(tcp->ack_seq);
	segment->window = ntohs(tcp->window);
	segment->syn = tcp->syn;
	segment->has_ack = tcp->ack;
	segment->fin = tcp->fin;
	segment->rst = tcp->rst;
	segment->urg = tcp->urg;
	return true;
}

/* Completes @sum, of the TCP header and the payload. What is mapped adds nothing to IPv4. */
static __sum16 finish(const struct sf_segment *segment, __wsum sum)
{
	return csum_ipv6_magic(&segment->src.ip, &segment->dst.ip,
			       segment->payload - segment->offset + segment->len, IPPROTO_TCP,
			       sum);
}

static __wsum sum_of(const struct sk_buff *skb, const struct sf_segment *segment)
{
	return skb_checksum(skb, segment->offset,
			    segment->payload - segment->offset + segment->len, 0);
}

bool sf_segment_is_sound(const struct sk_buff *skb, const struct sf_segment *segment)
{
	return skb_csum_unnecessary(skb) || !finish(segment, sum_of(skb, segment));
}

u8 sf_segment_scale(const struct sk_buff *skb, const struct sf_segment *segment)
{
	unsigned int begin = segment->offset + sizeof(struct tcphdr);
	unsigned int len = segment->payload - begin, i;
	u8 buf[MAX_OPTIONS];
	const u8 *options;

	options = skb_header_pointer(skb, begin, len, buf);
	if (!len || !options)
		return 0;
	for (i = 0; i + 1 < len && options[i] != TCPOPT_EOL;) {
		if (options[i] == TCPOPT_NOP) {
			i++;
			continue;
		}
		if (options[i] == TCPOPT_WINDOW && i + 2 < len)
			return min_t(u8, options[i + 2], TCP_MAX_WSCALE);
		i += max_t(u8, options[i + 1], 2);
	}
	return 0;
}

static void set_ip_length(struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP)) {
		struct iphdr *ip = (struct iphdr *)skb->data;

		/* 0: more than it can say (BIG TCP) */
		ip->tot_len = skb->len > IP_MAX_MTU ? 0 : htons(skb->len);
		ip_send_check(ip);
	} else {
		unsigned int len = skb->len - sizeof(struct ipv6hdr);

		((struct ipv6hdr *)skb->data)->payload_len = len > IPV6_MAXPLEN ? 0 : htons(len);
	}
}

static void set_gso(struct sk_buff *skb, unsigned int len)
{
	if (!skb_is_gso(skb))
		return;
	if (len <= skb_shinfo(skb)->gso_size)
		skb_gso_reset(skb);
	else
		skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(len, skb_shinfo(skb)->gso_size);
}

static void set_checksum(struct sk_buff *skb, const struct sf_segment *segment,
			 struct tcphdr *tcp)
{
	tcp->check = 0;
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		tcp->check = ~finish(segment, 0);
		return;
	}
	tcp->check = finish(segment, sum_of(skb, segment));
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
}

/* Cuts as sf_segment_cut() says, but for the checksum; NULL without memory. */
static struct tcphdr *cut(struct sk_buff *skb, struct sf_segment *segment, unsigned int len)
{
	struct tcphdr *tcp;

	if (skb_ensure_writable(skb, segment->payload) || pskb_trim(skb, segment->payload + len))
		return NULL;
	segment->len = len;
	segment->fin = false;
	set_gso(skb, len);
	set_ip_length(skb);
	tcp = (struct tcphdr *)(skb->data + segment->offset);
	tcp->fin = 0;
	return tcp;
}

bool sf_segment_cut(struct sk_buff *skb, struct sf_segment *segment, unsigned int len)
{
	struct tcphdr *tcp = cut(skb, segment, len);

	if (!tcp)
		return false;
	set_checksum(skb, segment, tcp);
	return true;
}

bool sf_segment_reset(struct sk_buff *skb, struct sf_segment *segment, u32 seq)
{
	struct tcphdr *tcp = cut(skb, segment, 0);

	if (!tcp)
		return false;
	tcp->seq = htonl(seq);
	tcp->psh = 0;
	tcp->rst = 1;
	set_checksum(skb, segment, tcp);
	return true;
}
