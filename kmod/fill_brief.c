// SPDX-License-Identifier: GPL-2.0
/* From a session to the few attributes of a brief answer: what has flowed, and nothing else. */
#include "fill.h"

#include "netlink.h"

static size_t endpoint_size(void)
{
	return nla_total_size(0) + SF_SIZE_U32 + SF_SIZE_IP + SF_SIZE_U16 + nla_total_size(0) +
	       2 * nla_total_size(0) + 4 * SF_SIZE_U64 + SF_SIZE_U32;
}

size_t sf_session_brief_size(const struct sf_session *s)
{
	return nla_total_size(0) + SF_SIZE_U64 + nla_total_size(0) +
	       sf_session_conf(s)->n * endpoint_size();
}

static int put_count(struct sk_buff *skb, int type, u64 count, int pad)
{
	return count ? nla_put_u64_64bit(skb, type, count, pad) : 0;
}

static int put_rx(struct sk_buff *skb, const struct sf_endpoint_conf *c,
		  const struct sf_rx_stats *st)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_ENDPOINT_RX);
	const int pad = SIPFAST_A_RX_PAD;
	s64 lost;
	u32 jitter;

	if (!nest || put_count(skb, SIPFAST_A_RX_PACKETS, st->packets, pad) ||
	    put_count(skb, SIPFAST_A_RX_OCTETS, st->octets, pad))
		return -EMSGSIZE;
	if (!sf_conf_is_transparent(c)) {
		lost = rtp_source_lost(&st->source);
		jitter = rtp_source_jitter_us(&st->source);
		if ((lost && nla_put_s64(skb, SIPFAST_A_RX_LOST, lost, pad)) ||
		    (jitter && nla_put_u32(skb, SIPFAST_A_RX_JITTER_US, jitter)))
			return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int put_tx(struct sk_buff *skb, const struct sf_tx_stats *st)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_ENDPOINT_TX);

	if (!nest || put_count(skb, SIPFAST_A_TX_PACKETS, st->packets, SIPFAST_A_TX_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* Nothing of an endpoint that no packet came to or left from. */
static int put_endpoint(struct sk_buff *skb, const struct sf_endpoint_conf *c)
{
	struct sf_rx_stats rx;
	struct sf_tx_stats tx;
	struct nlattr *nest;

	sf_endpoint_rx_stats(c->ep, &rx);
	sf_endpoint_tx_stats(c->ep, &tx);
	if (!rx.packets && !tx.packets)
		return 0;
	nest = nla_nest_start(skb, SIPFAST_A_SESSION_ENDPOINT);
	if (!nest || nla_put_u32(skb, SIPFAST_A_ENDPOINT_ID, c->ep->id) || sf_put_remote(skb, c) ||
	    put_rx(skb, c, &rx) || put_tx(skb, &tx))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int sf_put_session_brief(struct sk_buff *skb, const struct sf_session *s)
{
	const struct sf_conf *conf = sf_session_conf(s);
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_SESSION);
	unsigned int i;

	if (!nest || nla_put_u64_64bit(skb, SIPFAST_A_SESSION_ID, s->id, SIPFAST_A_SESSION_PAD) ||
	    nla_put_flag(skb, SIPFAST_A_SESSION_BRIEF))
		return -EMSGSIZE;
	for (i = 0; i < conf->n; i++)
		if (conf->ep[i].ep && put_endpoint(skb, &conf->ep[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}
