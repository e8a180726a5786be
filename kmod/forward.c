// SPDX-License-Identifier: GPL-2.0
#include "forward.h"

#include <net/dst.h>
#include <net/inet_ecn.h>

#include "output.h"
#include "pkt_rewrite.h"
#include "rewrite.h"
#include "route.h"
#include "verdict.h"

/*
 * Finds the way out and rewrites; SF_FORWARDED and @dst, or why it can't leave. The TTL goes
 * on falling, so that a ring of endpoints, of this host or several, ends.
 */
static enum sf_counter
prepare(const struct sf_net *sn, const struct sf_conf *conf, const struct sf_endpoint_conf *from,
	const struct sf_forward_conf *f, const struct sf_pkt *pkt, struct sk_buff *skb,
	struct dst_entry **dst)
{
	const struct sf_endpoint_conf *to = &conf->ep[f->to];
	const struct sf_addr *remote = sf_conf_remote(to);
	struct sf_endpoint *ep = to->ep;
	u8 tos = f->dscp << 2;
	enum sf_counter result;
	struct sf_pkt_out out;

	lockdep_assert_held(&ep->tx.lock);
	if (ep->tx.closed)
		return SF_DROP_NO_ENDPOINT;
	if (!sf_addr_is_set(remote))
		return SF_DROP_NO_REMOTE;
	if (pkt->ttl <= 1)
		return SF_DROP_TTL;
	*dst = sf_route_get(&ep->tx.route, sn->net, &ep->local, remote, tos);
	if (!*dst)
		return SF_DROP_NO_ROUTE;

	if (sf_rewrite_is_needed(f, pkt)) {
		result = sf_rewrite(conf, from, f, pkt, skb);
		if (result != SF_FORWARDED)
			return result;
	}
	/* IPv6 has room for more than IPv4. */
	if (unlikely(pkt->len > SF_PKT_MAX_LEN4 && sf_addr_is_ip4(remote)))
		return SF_DROP_UDP_LENGTH;
	out = (struct sf_pkt_out){
		.src = &ep->local,
		.dst = remote,
		.ip_sum = ep->tx.route.ip_sum,
		.flow_label = ep->tx.route.flow_label,
		.headroom = LL_RESERVED_SPACE((*dst)->dev),
		.tos = tos | (pkt->tos & INET_ECN_MASK),
		.ttl = min_t(u8, f->ttl, pkt->ttl - 1),
	};
	if (sf_pkt_rewrite(skb, pkt, &out))
		return SF_DROP_NO_MEMORY;
	return SF_FORWARDED;
}

/* Sends what @from received by @f, one of its forwards in @conf. Consumes @skb. */
static enum sf_counter
transmit(const struct sf_net *sn, const struct sf_conf *conf, const struct sf_endpoint_conf *from,
	 const struct sf_forward_conf *f, const struct sf_pkt *pkt, struct sk_buff *skb)
{
	struct sf_tx *tx = &conf->ep[f->to].ep->tx;
	enum sf_counter result;
	struct dst_entry *dst;

	spin_lock(&tx->lock);
	result = skb ? prepare(sn, conf, from, f, pkt, skb, &dst) : SF_DROP_NO_MEMORY;
	if (result == SF_FORWARDED) {
		tx->stats.packets++;
		tx->stats.octets += pkt->len;
	} else if (result == SF_BLOCKED) {
		tx->stats.blocked++;
	} else if (!tx->closed) {
		tx->stats.dropped++;
	}
	spin_unlock(&tx->lock);

	if (result != SF_FORWARDED) {
		kfree_skb(skb);
		return result;
	}
	/* Outside the lock: it may end in another endpoint of this CPU. */
	switch (sf_output(sn->net, dst, skb)) {
	case 0:
		return SF_FORWARDED;
	case -EHOSTUNREACH:
		return SF_DROP_NO_NEIGHBOUR;
	default:
		return SF_DROP_NO_MEMORY;
	}
}

void sf_forward(const struct sf_net *sn, const struct sf_conf *conf,
		const struct sf_endpoint_conf *from, const struct sf_pkt *pkt,
		struct sk_buff *skb)
{
	const struct sf_forward_conf *f = from->forwards;
	const struct sf_forward_conf *last = f + from->nforwards - 1;
	struct sk_buff *copy;

	sf_pkt_scrub(skb);
	/* The copies share paged payload; the original goes last, as it is changed. */
	for (; f <= last; f++) {
		copy = f < last ? pskb_copy(skb, GFP_ATOMIC) : skb;
		sf_count(sn, transmit(sn, conf, from, f, pkt, copy));
	}
}
