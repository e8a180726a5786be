// SPDX-License-Identifier: GPL-2.0
/* What becomes of a packet in the books of the endpoint that it came to. */
#include "account.h"

#include <linux/timekeeping.h>

#include "event.h"
#include "learn.h"
#include "verdict.h"

static bool is_expected(u8 component, enum rtp_kind kind)
{
	if (kind == RTP_KIND_RTP)
		return component != SIPFAST_COMPONENT_RTCP;
	return kind == RTP_KIND_RTCP;
}

static bool source_is_good(const struct sf_endpoint_conf *c, const struct sf_addr *src)
{
	return c->source == SIPFAST_SOURCE_ACCEPT || sf_addr_equal(sf_conf_remote(c), src);
}

static void count(struct sf_rx_stats *stats, const struct sf_endpoint_conf *c, u16 len,
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

enum sf_counter sf_account(struct sf_net *sn, const struct sf_endpoint_conf *c,
			   const struct sf_pkt *pkt, enum rtp_kind kind,
			   const struct rtp_header *header, const u8 *payload)
{
	enum sf_counter result = SF_FORWARDED;
	struct sf_rx *rx = &c->ep->rx;
	bool learned = false;

	spin_lock(&rx->lock);
	if (unlikely(rx->closed)) {
		result = SF_DROP_NO_ENDPOINT;
	} else if (unlikely(!is_expected(c->component, kind))) {
		rx->stats.malformed++;
		result = SF_DROP_MALFORMED;
	} else {
		learned = sf_learn(c, &pkt->src);
		if (likely(source_is_good(c, &pkt->src))) {
			count(&rx->stats, c, pkt->len, kind == RTP_KIND_RTP ? header : NULL);
		} else {
			rx->stats.bad_source++;
			result = SF_DROP_BAD_SOURCE;
		}
	}
	spin_unlock(&rx->lock);

	if (unlikely(learned)) {
		sf_count(sn, SF_LEARNED);
		sf_event_learned(sn, c->ep, &pkt->src);
	}
	return result;
}
