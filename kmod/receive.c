// SPDX-License-Identifier: GPL-2.0
/* From a packet to the endpoint that takes it. */
#include "receive.h"

#include "account.h"
#include "forward.h"
#include "pkt.h"
#include "ports.h"
#include "verdict.h"

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

/*
 * What it is, and as much of it as sf_account() wants: nothing of what is not to be read. NULL
 * without memory.
 */
static const u8 *read_payload(const struct sf_endpoint_conf *c, struct sf_pkt *pkt,
			      struct rtp_header *header, struct sk_buff *skb)
{
	const u8 *payload;

	if (sf_conf_is_transparent(c)) {
		pkt->kind = RTP_KIND_NONE;
		return skb->data;
	}
	payload = sf_pkt_payload(skb, pkt, RTP_HEADER_MAX);
	if (!payload)
		return NULL;
	pkt->kind = rtp_parse(payload, pkt->len, header);
	/* All of RTCP is looked at. */
	return pkt->kind == RTP_KIND_RTCP ? sf_pkt_payload(skb, pkt, pkt->len) : payload;
}

unsigned int sf_receive(struct sf_net *sn, struct sf_range *range, struct sf_pkt *pkt,
			struct sk_buff *skb)
{
	const struct sf_endpoint_conf *c;
	const struct sf_conf *conf;
	struct sf_endpoint *ep;
	struct rtp_header header;
	enum sf_counter result;
	const u8 *payload;

	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "packet without RCU read lock");
	lockdep_assert_in_softirq();

	if (!pkt->payload)
		return sf_drop(sn, SF_DROP_UDP_LENGTH);
	ep = rcu_dereference(*sf_range_slot(range, pkt->port));
	if (!ep)
		return drop_unknown(sn, range);
	conf = rcu_dereference(ep->session->conf);
	c = sf_conf_of(conf, ep);
	if (!c)
		return drop_unknown(sn, range);

	payload = read_payload(c, pkt, &header, skb);
	if (!payload)
		return sf_drop(sn, SF_DROP_NO_MEMORY);
	if (pkt->kind == RTP_KIND_STUN || pkt->kind == RTP_KIND_DTLS)
		return pass_up(sn, &ep->local, pkt->kind);
	result = sf_account(c, pkt, &header, payload, skb->dev);
	if (result != SF_FORWARDED)
		return sf_drop(sn, result);
	if (!c->nforwards)
		return sf_consume(sn, SF_CONSUMED, skb);
	sf_forward(sn, conf, c, pkt, skb);
	return NF_STOLEN;
}
