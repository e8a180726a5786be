// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP errors about media (RFC 792, RFC 4443 s.3). They can be forged by who knows both
 * addresses, so all that they can do is what they could do to a socket.
 */
#include "icmp.h"

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/route.h>

#include "event.h"
#include "pkt.h"
#include "session.h"

/* An error, and the packet that it quotes. */
struct icmp_error {
	int inner;	/* offset of the quoted IP header */
	int udp;	/* of the quoted UDP header */
	u32 mtu;	/* of the next hop; 0: it is not about that */
	u8 type;
	u8 code;
	struct sf_addr from;
	struct sf_addr to;
};

static bool read_ports(struct sk_buff *skb, struct icmp_error *error)
{
	const struct udphdr *udp;

	/* 8 octets of UDP are quoted at least (RFC 792). */
	if (error->udp < 0 || !pskb_may_pull(skb, error->udp + sizeof(*udp)))
		return false;
	udp = (const struct udphdr *)(skb->data + error->udp);
	error->from.port = udp->source;
	error->to.port = udp->dest;
	return true;
}

static bool read4(struct sk_buff *skb, struct icmp_error *error)
{
	unsigned int header = ((const struct iphdr *)skb->data)->ihl * 4;
	const struct icmphdr *icmp;
	const struct iphdr *inner;

	error->inner = header + sizeof(*icmp);
	if (!pskb_may_pull(skb, error->inner + sizeof(*inner)))
		return false;
	icmp = (const struct icmphdr *)(skb->data + header);
	error->type = icmp->type;
	error->code = icmp->code;
	if (icmp->type != ICMP_DEST_UNREACH && icmp->type != ICMP_TIME_EXCEEDED &&
	    icmp->type != ICMP_PARAMETERPROB)
		return false;
	if (icmp->type == ICMP_DEST_UNREACH && icmp->code == ICMP_FRAG_NEEDED)
		error->mtu = ntohs(icmp->un.frag.mtu);
	if (csum_fold(skb_checksum(skb, header, sf_pkt_total(skb) - header, 0)))
		return false;
	inner = (const struct iphdr *)(skb->data + error->inner);
	if (inner->version != 4 || inner->ihl < 5 || inner->protocol != IPPROTO_UDP ||
	    inner->frag_off & htons(IP_OFFSET))
		return false;
	error->udp = error->inner + inner->ihl * 4;
	ipv6_addr_set_v4mapped(inner->saddr, &error->from.ip);
	ipv6_addr_set_v4mapped(inner->daddr, &error->to.ip);
	return read_ports(skb, error);
}

static bool is_correct6(const struct sk_buff *skb, unsigned int offset)
{
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)skb->data;
	unsigned int len = sf_pkt_total(skb) - offset;

	return !csum_ipv6_magic(&ip6->saddr, &ip6->daddr, len, IPPROTO_ICMPV6,
				skb_checksum(skb, offset, len, 0));
}

static bool read6(struct sk_buff *skb, struct icmp_error *error)
{
	u8 nexthdr = ((const struct ipv6hdr *)skb->data)->nexthdr;
	const struct icmp6hdr *icmp;
	const struct ipv6hdr *inner;
	struct frag_hdr frag;
	int header;

	header = sf_pkt_skip_extensions(skb, sizeof(struct ipv6hdr), &nexthdr);
	error->inner = header + sizeof(*icmp);
	if (header < 0 || !pskb_may_pull(skb, error->inner + sizeof(*inner)))
		return false;
	icmp = (const struct icmp6hdr *)(skb->data + header);
	error->type = icmp->icmp6_type;
	error->code = icmp->icmp6_code;
	if (icmp->icmp6_type < ICMPV6_DEST_UNREACH || icmp->icmp6_type > ICMPV6_PARAMPROB)
		return false;
	if (icmp->icmp6_type == ICMPV6_PKT_TOOBIG)
		error->mtu = ntohl(icmp->icmp6_mtu);
	if (!is_correct6(skb, header))
		return false;
	inner = (const struct ipv6hdr *)(skb->data + error->inner);
	nexthdr = inner->nexthdr;
	error->from.ip = inner->saddr;
	error->to.ip = inner->daddr;
	error->udp = error->inner + sizeof(*inner);
	/* What we send has no extension header but that of a fragment, the first one here. */
	if (nexthdr == NEXTHDR_FRAGMENT && !skb_copy_bits(skb, error->udp, &frag, sizeof(frag))) {
		if (frag.frag_off & htons(IP6_OFFSET))
			return false;
		nexthdr = frag.nexthdr;
		error->udp += sizeof(frag);
	}
	return nexthdr == NEXTHDR_UDP && read_ports(skb, error);
}

/* The endpoint that sent what is quoted, if it is such that it could have. */
static struct sf_endpoint *find_sender(struct sf_net *sn, const struct icmp_error *error)
{
	struct sf_range *range = sf_range_lookup(sn, &error->from);
	const struct sf_endpoint_conf *c;
	struct sf_endpoint *ep;

	if (!range)
		return NULL;
	ep = rcu_dereference(*sf_range_slot(range, error->from.port));
	if (!ep)
		return NULL;
	c = sf_conf_of(rcu_dereference(ep->session->conf), ep);
	if (!c || !sf_addr_equal(sf_conf_remote(c), &error->to))
		return NULL;
	return ep;
}

/* Routing takes it as from a socket, with its limits, and forgets it as it does. */
static void update_mtu(const struct sf_net *sn, struct sk_buff *skb,
		       const struct icmp_error *error)
{
	if (READ_ONCE(sn->net->ipv4.sysctl_ip_no_pmtu_disc))
		return;
	__skb_pull(skb, error->inner);
	if (sf_addr_is_ip4(&error->from))
		ipv4_update_pmtu(skb, sn->net, error->mtu, 0, IPPROTO_UDP);
	else
		ip6_update_pmtu(skb, sn->net, htonl(error->mtu), 0, 0,
				sock_net_uid(sn->net, NULL));
	__skb_push(skb, error->inner);
}

void sf_icmp(struct sf_net *sn, struct sk_buff *skb)
{
	bool is_ip4 = skb->protocol == htons(ETH_P_IP);
	struct icmp_error error = {};
	struct sf_endpoint *ep;
	bool is_sender;

	if (is_ip4 ? !read4(skb, &error) : !read6(skb, &error))
		return;
	ep = find_sender(sn, &error);
	if (!ep)
		return;
	spin_lock(&ep->tx.lock);
	is_sender = !ep->tx.closed && ep->tx.stats.packets;
	if (is_sender)
		ep->tx.stats.icmp++;
	spin_unlock(&ep->tx.lock);
	if (!is_sender)
		return;
	if (error.mtu)
		update_mtu(sn, skb, &error);
	sf_event_icmp(sn, ep, error.type, error.code, error.mtu);
}
