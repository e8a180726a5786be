// SPDX-License-Identifier: GPL-2.0
/* From the statistics of an endpoint to their attributes. */
#include <linux/bitmap.h>

#include "fill.h"

size_t sf_rx_size(void)
{
	return nla_total_size(0) + 8 * SF_SIZE_U64 + 6 * SF_SIZE_U32 + 2 * SF_SIZE_U8 +
	       nla_total_size(RTP_PAYLOAD_TYPES / 8);
}

size_t sf_tx_size(void)
{
	return nla_total_size(0) + 5 * SF_SIZE_U64;
}

static int put_counts(struct sk_buff *skb, const struct sf_rx_stats *st)
{
	const int pad = SIPFAST_A_RX_PAD;

	if (nla_put_u64_64bit(skb, SIPFAST_A_RX_PACKETS, st->packets, pad) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_RX_OCTETS, st->octets, pad) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_RX_BAD_SOURCE, st->bad_source, pad) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_RX_MALFORMED, st->malformed, pad))
		return -EMSGSIZE;
	if (st->last && nla_put_u64_64bit(skb, SIPFAST_A_RX_IDLE_MS, sf_ms_since(st->last), pad))
		return -EMSGSIZE;
	return 0;
}

static int put_quality(struct sk_buff *skb, const struct sf_rx_stats *st)
{
	const int pad = SIPFAST_A_RX_PAD;

	return nla_put_s64(skb, SIPFAST_A_RX_LOST, rtp_source_lost(&st->source), pad) ?:
	       nla_put_u64_64bit(skb, SIPFAST_A_RX_DUPLICATE, st->duplicate, pad) ?:
	       nla_put_u64_64bit(skb, SIPFAST_A_RX_REORDERED, st->reordered, pad) ?:
	       nla_put_u32(skb, SIPFAST_A_RX_JITTER_US, rtp_source_jitter_us(&st->source)) ?:
	       nla_put_u32(skb, SIPFAST_A_RX_SSRC_CHANGES, st->ssrc_changes);
}

/* Only of an endpoint to which RTP came. */
static int put_source(struct sk_buff *skb, const struct sf_rx_stats *st)
{
	u8 types[RTP_PAYLOAD_TYPES / 8] = {};
	unsigned int type;

	if (!st->source.clock_rate)
		return 0;
	for_each_set_bit(type, st->payload_types, RTP_PAYLOAD_TYPES)
		types[type / 8] |= BIT(type % 8);
	return nla_put_u32(skb, SIPFAST_A_RX_SSRC, st->source.ssrc) ?:
	       nla_put_u8(skb, SIPFAST_A_RX_PAYLOAD_TYPE, st->source.payload_type) ?:
	       nla_put(skb, SIPFAST_A_RX_PAYLOAD_TYPES, sizeof(types), types);
}

static int put_report(struct sk_buff *skb, const struct sf_report *report)
{
	if (report->has_rtt && nla_put_u32(skb, SIPFAST_A_RX_RTT_US, report->rtt_us))
		return -EMSGSIZE;
	if (!report->has_report)
		return 0;
	return nla_put_s32(skb, SIPFAST_A_RX_REPORT_LOST, report->lost) ?:
	       nla_put_u8(skb, SIPFAST_A_RX_REPORT_FRACTION, report->fraction) ?:
	       nla_put_u32(skb, SIPFAST_A_RX_REPORT_JITTER_US, report->jitter_us);
}

static int put_rtp(struct sk_buff *skb, const struct sf_rx_stats *st)
{
	return put_quality(skb, st) ?: put_source(skb, st) ?: put_report(skb, &st->report);
}

int sf_put_rx(struct sk_buff *skb, const struct sf_endpoint_conf *c)
{
	struct sf_rx_stats st;
	struct nlattr *nest;

	sf_endpoint_rx_stats(c->ep, &st);
	nest = nla_nest_start(skb, SIPFAST_A_ENDPOINT_RX);
	if (!nest || put_counts(skb, &st) || (!sf_conf_is_transparent(c) && put_rtp(skb, &st)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int sf_put_tx(struct sk_buff *skb, struct sf_endpoint *ep)
{
	struct sf_tx_stats st;
	struct nlattr *nest;
	const int pad = SIPFAST_A_TX_PAD;

	sf_endpoint_tx_stats(ep, &st);
	nest = nla_nest_start(skb, SIPFAST_A_ENDPOINT_TX);
	if (!nest ||
	    nla_put_u64_64bit(skb, SIPFAST_A_TX_PACKETS, st.packets, pad) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_TX_OCTETS, st.octets, pad) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_TX_DROPPED, st.dropped, pad) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_TX_ICMP, st.icmp, pad) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_TX_BLOCKED, st.blocked, pad))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}
