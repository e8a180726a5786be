// SPDX-License-Identifier: GPL-2.0
/*
 * The way of nearly every packet: plain RTP, the next one of its stream, over IPv4, from whom it
 * should be, to one other endpoint, by a route and to a neighbour that are known. What is done
 * to it is what receive.c, account.c, forward.c, pkt_rewrite.c and output.c do in general; here
 * it is one function, so that the compiler can keep all of it in registers. Whatever is not as
 * expected is left to them, before anything was changed.
 */
#include "quick.h"

#include <linux/ktime.h>
#include <net/arp.h>
#include <net/inet_ecn.h>

#include "compat.h"
#include "conf.h"
#include "forward.h"
#include "pkt_rewrite.h"
#include "receive.h"
#include "rtp_plain.h"
#include "session.h"
#include "verdict.h"

static __always_inline struct udphdr *udp_of(const struct sk_buff *skb)
{
	return (struct udphdr *)(skb->data + sizeof(struct iphdr));
}

static __always_inline struct iphdr *ip_of(const struct sk_buff *skb)
{
	return (struct iphdr *)skb->data;
}

static struct sf_pkt describe(const struct sk_buff *skb)
{
	const struct udphdr *udp = udp_of(skb);
	const struct iphdr *ip = ip_of(skb);
	unsigned int len = ntohs(udp->len);
	struct sf_pkt pkt = {
		.port = udp->dest,
		.tos = ip->tos,
		.ttl = ip->ttl,
		.is_ip4 = true,
		.kind = RTP_KIND_RTP,
	};

	sf_addr_set_ip4(&pkt.src, ip->saddr, udp->source);
	if (len >= sizeof(*udp) && len <= ntohs(ip->tot_len) - sizeof(*ip)) {
		pkt.payload = sizeof(*ip) + sizeof(*udp);
		pkt.len = len - sizeof(*udp);
	}
	return pkt;
}

static noinline unsigned int receive_any(struct sf_net *sn, struct sf_range *range,
					 struct sk_buff *skb)
{
	struct sf_pkt pkt = describe(skb);

	return sf_receive(sn, range, &pkt, skb);
}

static noinline unsigned int forward_any(struct sf_net *sn, const struct sf_conf *conf,
					 const struct sf_endpoint_conf *c, struct sk_buff *skb)
{
	struct sf_pkt pkt = describe(skb);

	sf_forward(sn, conf, c, &pkt, skb);
	return NF_STOLEN;
}

/* Lengths agree, there is nothing around the datagram, and its start can be read and written. */
static __always_inline bool is_plain(const struct sk_buff *skb)
{
	unsigned int len = ntohs(udp_of(skb)->len);

	return skb->len == sizeof(struct iphdr) + len &&
	       skb_headlen(skb) >= sizeof(struct iphdr) + sizeof(struct udphdr) + RTP_FIXED_SIZE &&
	       udp_of(skb)->check && skb->ip_summed != CHECKSUM_PARTIAL &&
	       !skb_header_cloned(skb);
}

/* The endpoint of an IPv4 range and its remote are of IPv4. */
static __always_inline bool is_from(const struct sf_addr *addr, const struct sk_buff *skb)
{
	return addr && sf_addr_ip4(addr) == ip_of(skb)->saddr && addr->port == udp_of(skb)->source;
}

/* False: it was not counted. See sf_account(). */
static __always_inline bool account(const struct sf_endpoint_conf *c, struct sf_endpoint *ep,
				    const struct sk_buff *skb)
{
	struct sf_rx_stats *stats = &ep->rx.stats;
	struct rtp_header header;
	bool is_next;
	u64 now;

	spin_lock(&ep->rx.lock);
	/* Under the lock: it never goes back. First: what calls nothing spills nothing. */
	now = ktime_get_ns();
	is_next = !ep->rx.closed && !ep->rx.watch &&
		  rtp_parse_plain((const u8 *)(udp_of(skb) + 1), RTP_FIXED_SIZE, &header) &&
		  header.payload_type != c->dtmf_type &&
		  stats->source.clock_rate == c->clock_rate &&
		  rtp_source_is_next(&stats->source, &header);
	if (likely(is_next)) {
		stats->packets++;
		stats->octets += skb->len - sizeof(struct iphdr) - sizeof(struct udphdr);
		stats->last = now;
		rtp_source_next(&stats->source, &header, now);
	}
	spin_unlock(&ep->rx.lock);
	return is_next;
}

/* UDP's checksum by what changes (RFC 1624), that of IP anew. */
static __always_inline void rewrite(struct sk_buff *skb, const struct sf_addr *src,
				    const struct sf_addr *dst, const struct sf_route *route, u8 tos,
				    u8 ttl)
{
	struct udphdr *udp = udp_of(skb);
	struct iphdr *ip = ip_of(skb);
	u64 sum = route->sum4;

	sum += (__force u32)~ip->saddr;
	sum += (__force u32)~ip->daddr;
	sum += ~*(const u32 *)udp;
	sum += (__force u16)~udp->check;
	udp->check = sf_sum_check(sum);
	if (unlikely(!udp->check))
		udp->check = CSUM_MANGLED_0;
	*(u32 *)udp = route->ports4;

	ip->tos = tos;
	ip->ttl = ttl;
	ip->check = 0;
	ip->saddr = sf_addr_ip4(src);
	ip->daddr = sf_addr_ip4(dst);
	sum = route->ip_sum4;
	sum += *(const u32 *)ip;
	sum += *(const u32 *)&ip->id;
	sum += *(const u32 *)&ip->ttl;
	ip->check = sf_sum_check(sum);
}

/* Will the route that is known do? See sf_route_get(). A closed endpoint knows none. */
static __always_inline bool is_good(const struct net *net, const struct sf_route *route,
				    const struct sf_addr *remote, u8 tos, const struct sk_buff *skb)
{
	return route->is_plain4 && sf_addr_ip4(&route->remote) == sf_addr_ip4(remote) &&
	       route->remote.port == remote->port && route->tos == tos &&
	       sf_dst_check4(net, route->dst) && !dst_rtable(route->dst)->rt_pmtu &&
	       skb->len <= READ_ONCE(route->dst->dev->mtu) && skb_headroom(skb) >= route->headroom;
}

/* As neigh_hh_output(), with headroom that is known to be there. */
static __always_inline void send_to(const struct neighbour *neigh, struct sk_buff *skb)
{
	const struct hh_cache *hh = &neigh->hh;
	unsigned int seq;

	do {
		seq = read_seqbegin(&hh->hh_lock);
		memcpy(skb->data - HH_DATA_MOD, hh->hh_data, HH_DATA_MOD);
	} while (read_seqretry(&hh->hh_lock, seq));
	__skb_push(skb, READ_ONCE(hh->hh_len));
	dev_queue_xmit(skb);
}

/* Returns whose link layer address is known. */
static __always_inline const struct neighbour *find_neighbour(struct net_device *dev, __be32 ip4)
{
	const struct neighbour *neigh = __ipv4_neigh_lookup_noref(dev, (__force u32)ip4);

	/* A header's length never changes once it is there. */
	if (!neigh || !(READ_ONCE(neigh->nud_state) & NUD_CONNECTED) ||
	    READ_ONCE(neigh->hh.hh_len) - 1U >= HH_DATA_MOD)
		return NULL;
	return neigh;
}

/* False: it was not sent. See sf_forward(). */
static __always_inline bool forward(struct sf_net *sn, const struct sf_conf *conf,
				    const struct sf_forward_conf *f, struct sk_buff *skb)
{
	const struct sf_endpoint_conf *to = &conf->ep[f->to];
	const struct neighbour *neigh = NULL;
	const struct sf_addr *remote;
	struct sf_endpoint *ep;
	struct sf_route *route;
	u8 tos = f->dscp << 2;

	OPTIMIZER_HIDE_VAR(to);
	remote = sf_conf_remote(to);
	ep = to->ep;
	route = &ep->tx.route;

	spin_lock(&ep->tx.lock);
	if (likely(is_good(sn->net, route, remote, tos, skb)))
		neigh = find_neighbour(route->dst->dev, route->next_hop4);
	if (likely(neigh)) {
		rewrite(skb, &ep->local, remote, route, tos | (ip_of(skb)->tos & INET_ECN_MASK),
			min_t(u8, f->ttl, ip_of(skb)->ttl - 1));
		skb->priority = route->priority;
		skb->dev = route->dst->dev;
		ep->tx.stats.packets++;
		ep->tx.stats.octets += skb->len - sizeof(struct iphdr) - sizeof(struct udphdr);
	}
	spin_unlock(&ep->tx.lock);
	if (unlikely(!neigh))
		return false;

	skb_set_transport_header(skb, sizeof(struct iphdr));
	send_to(neigh, skb);
	sf_count(sn, SF_FORWARDED);
	return true;
}

unsigned int sf_quick4(struct sf_net *sn, struct sf_range *range, struct sk_buff *skb)
{
	const struct sf_endpoint_conf *c;
	const struct sf_conf *conf;
	struct sf_endpoint *ep;

	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "packet without RCU read lock");
	lockdep_assert_in_softirq();

	ep = rcu_dereference(*sf_range_slot(range, udp_of(skb)->dest));
	if (unlikely(!ep))
		return receive_any(sn, range, skb);
	conf = rcu_dereference(ep->session->conf);
	if (unlikely(!sf_conf_has(conf, ep)))
		return receive_any(sn, range, skb);
	c = &conf->ep[ep->index];
	/* Remembered, not computed anew for each use. */
	OPTIMIZER_HIDE_VAR(c);
	if (unlikely(!is_plain(skb) || !sf_conf_has_rtp(c) ||
		     !is_from(sf_conf_settled(c), skb) ||
		     !account(c, ep, skb)))
		return receive_any(sn, range, skb);

	if (unlikely(c->nforwards != 1 || c->forwards->rewrite || ip_of(skb)->ttl <= 1))
		return c->nforwards ? forward_any(sn, conf, c, skb) :
				      sf_consume(sn, SF_CONSUMED, skb);
	sf_pkt_scrub(skb);
	if (unlikely(!forward(sn, conf, c->forwards, skb)))
		return forward_any(sn, conf, c, skb);
	return NF_STOLEN;
}
