// SPDX-License-Identifier: GPL-2.0
/* What an endpoint does with what it receives: validate, check the source, learn, account. */
#include "receive.h"

#include <linux/ip.h>
#include <linux/timekeeping.h>
#include <net/ip.h>

#include "event.h"
#include "forward.h"
#include "pkt.h"
#include "ports.h"
#include "verdict.h"

/* Latching (RFC 7362): true when @src becomes the remote. */
static bool learn(const struct sf_endpoint_conf *c, const struct sf_addr *src)
{
	struct sf_latch *latch = c->latch;

	lockdep_assert_held(&c->ep->rx.lock);
	if (c->learn != SIPFAST_LEARN_ONCE || latch->known || !sf_ip_is_host(&src->ip) ||
	    !ipv6_prefix_equal(&src->ip, &c->learn_ip, c->learn_prefix))
		return false;
	latch->addr = *src;
	/* Pairs with the acquire in sf_conf_remote(). */
	smp_store_release(&latch->known, true);
	return true;
}

static bool source_is_good(const struct sf_endpoint_conf *c, const struct sf_addr *src)
{
	return c->source == SIPFAST_SOURCE_ACCEPT || sf_addr_equal(sf_conf_remote(c), src);
}

static bool is_expected(u8 component, enum rtp_kind kind)
{
	if (kind == RTP_KIND_RTP)
		return component != SIPFAST_COMPONENT_RTCP;
	return kind == RTP_KIND_RTCP;
}

static void account(struct sf_rx_stats *stats, const struct sf_endpoint_conf *c, u16 len,
		    const struct rtp_header *header)
{
	u64 now = ktime_get_ns();

	stats->packets++;
	stats->octets += len;
	stats->last = now;
	if (!header)
		return;
	switch (rtp_source_update(&stats->source, header, now,
				  rtp_clock_rate(header->payload_type) ?: c->clock_rate)) {
	case RTP_SEQ_DUPLICATE:
		stats->duplicate++;
		break;
	case RTP_SEQ_REORDERED:
		stats->reordered++;
		break;
	default:
		break;
	}
}

/* SF_FORWARDED when the packet is accepted, or why it is dropped. */
static enum sf_counter check_and_account(const struct sf_endpoint_conf *c,
					 const struct sf_pkt *pkt, enum rtp_kind kind,
					 const struct rtp_header *header, bool *learned)
{
	struct sf_rx *rx = &c->ep->rx;
	enum sf_counter result = SF_FORWARDED;

	spin_lock(&rx->lock);
	if (unlikely(rx->closed)) {
		result = SF_DROP_NO_ENDPOINT;
	} else if (unlikely(!is_expected(c->component, kind))) {
		rx->stats.malformed++;
		result = SF_DROP_MALFORMED;
	} else {
		*learned = learn(c, &pkt->src);
		if (likely(source_is_good(c, &pkt->src))) {
			account(&rx->stats, c, pkt->len, kind == RTP_KIND_RTP ? header : NULL);
		} else {
			rx->stats.bad_source++;
			result = SF_DROP_BAD_SOURCE;
		}
	}
	spin_unlock(&rx->lock);
	return result;
}

/* STUN and DTLS are for the process that opened a socket here. Without one: no ICMP. */
static unsigned int pass_up(struct sf_net *sn, const struct sf_addr *local, enum rtp_kind kind)
{
	if (!sf_ports_bound(sn->net, &local->ip, ntohs(local->port)))
		return sf_drop(sn, SF_DROP_NO_SOCKET);
	return sf_pass(sn, kind == RTP_KIND_STUN ? SF_PASS_STUN : SF_PASS_DTLS);
}

static unsigned int drop_unknown(struct sf_net *sn, struct sf_range *range)
{
	this_cpu_inc(*range->unknown);
	return sf_drop(sn, SF_DROP_NO_ENDPOINT);
}

unsigned int sf_receive(struct sf_net *sn, struct sf_range *range, struct sk_buff *skb)
{
	const struct sf_endpoint_conf *c;
	const struct sf_conf *conf;
	struct sf_endpoint *ep;
	struct rtp_header header;
	enum sf_counter result;
	bool learned = false;
	enum rtp_kind kind;
	struct sf_pkt pkt;
	const u8 *payload;

	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "packet without RCU read lock");
	lockdep_assert_in_softirq();

	if (ip_is_fragment(ip_hdr(skb)))
		return sf_drop(sn, SF_DROP_FRAGMENT);
	if (!sf_pkt_parse(skb, &pkt))
		return sf_drop(sn, SF_DROP_UDP_LENGTH);
	ep = rcu_dereference(*sf_range_slot(range, pkt.dst.port));
	if (!ep)
		return drop_unknown(sn, range);
	conf = rcu_dereference(ep->session->conf);
	c = sf_conf_of(conf, ep);
	if (!c)
		return drop_unknown(sn, range);

	payload = sf_pkt_payload(skb, &pkt, RTP_HEADER_MAX);
	if (!payload)
		return sf_drop(sn, SF_DROP_NO_MEMORY);
	kind = rtp_parse(payload, pkt.len, &header);
	if (kind == RTP_KIND_STUN || kind == RTP_KIND_DTLS)
		return pass_up(sn, &pkt.dst, kind);

	result = check_and_account(c, &pkt, kind, &header, &learned);
	if (result != SF_FORWARDED)
		return sf_drop(sn, result);
	if (unlikely(learned)) {
		sf_count(sn, SF_LEARNED);
		sf_event_learned(sn, ep, &pkt.src);
	}
	if (!c->nforwards)
		return sf_consume(sn, SF_CONSUMED, skb);
	sf_forward(sn, conf, c, &pkt, skb);
	return NF_STOLEN;
}
