// SPDX-License-Identifier: GPL-2.0
#include "connect.h"

#include <linux/ip.h>
#include <linux/tcp.h>
#include <net/ipv6.h>

#include "inspect.h"
#include "listener.h"

/* A segment, as far as it matters. */
struct segment {
	struct sf_addr src;
	struct sf_addr dst;
	bool begins; /* a connection */
};

static bool read_tcp(const struct sk_buff *skb, unsigned int offset, struct segment *segment)
{
	const struct tcphdr *tcp;
	struct tcphdr buf;

	tcp = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!tcp)
		return false;
	segment->src.port = tcp->source;
	segment->dst.port = tcp->dest;
	segment->begins = tcp->syn && !tcp->ack;
	return true;
}

static bool read4(const struct sk_buff *skb, struct segment *segment)
{
	const struct iphdr *ip;
	struct iphdr buf;

	ip = skb_header_pointer(skb, 0, sizeof(buf), &buf);
	if (!ip || ip->version != 4 || ip->ihl < 5 || ip->protocol != IPPROTO_TCP ||
	    ip->frag_off & htons(IP_OFFSET))
		return false;
	ipv6_addr_set_v4mapped(ip->saddr, &segment->src.ip);
	ipv6_addr_set_v4mapped(ip->daddr, &segment->dst.ip);
	return read_tcp(skb, ip->ihl * 4, segment);
}

static bool read6(const struct sk_buff *skb, struct segment *segment)
{
	const struct ipv6hdr *ip6;
	struct ipv6hdr buf;

	ip6 = skb_header_pointer(skb, 0, sizeof(buf), &buf);
	if (!ip6 || ip6->version != 6 || ip6->nexthdr != NEXTHDR_TCP ||
	    ipv6_addr_v4mapped(&ip6->saddr) || ipv6_addr_v4mapped(&ip6->daddr))
		return false;
	segment->src.ip = ip6->saddr;
	segment->dst.ip = ip6->daddr;
	return read_tcp(skb, sizeof(*ip6), segment);
}

unsigned int sf_connect(struct sf_net *sn, const struct sk_buff *skb)
{
	struct sf_listener *listener;
	struct segment segment;

	if (!(skb->protocol == htons(ETH_P_IP) ? read4(skb, &segment) : read6(skb, &segment)) ||
	    !sf_connect_is_near(sn, segment.dst.port))
		return NF_ACCEPT;
	listener = sf_listener_lookup(sn, &segment.dst.ip, segment.dst.port,
				      SIPFAST_TRANSPORT_TCP) ?:
		   sf_listener_lookup(sn, &segment.dst.ip, segment.dst.port,
				      SIPFAST_TRANSPORT_TLS);
	return listener ? sf_inspect_connect(listener, &segment.src, segment.begins) : NF_ACCEPT;
}
