// SPDX-License-Identifier: GPL-2.0
/* What becomes of a packet in the books of the endpoint that it came to. */
#include "account.h"

#include <linux/ktime.h>

#include "event.h"
#include "report.h"
#include "verdict.h"

/* What is to be told when the lock is released. */
enum {
	TELL_LEARNED = BIT(0),
	TELL_RESUMED = BIT(1),
	TELL_SSRC = BIT(2),
	TELL_REJECTED = BIT(3),
	TELL_DTMF = BIT(4),
};

/**
 * struct news - what a packet has changed
 * @tell: TELL_*; what follows is valid with its bit only
 * @old_ssrc: before TELL_SSRC
 * @gap: ns of silence before TELL_RESUMED
 * @ndtmf: how many of @dtmf
 * @dtmf: TELL_DTMF
 */
struct news {
	u32 tell;
	u32 old_ssrc;
	u64 gap;
	unsigned int ndtmf;
	struct dtmf_event dtmf[DTMF_MAX_REPORTS];
};

static bool is_expected(u8 component, enum rtp_kind kind)
{
	if (component == SIPFAST_COMPONENT_TRANSPARENT)
		return true;
	if (kind == RTP_KIND_RTP)
		return component != SIPFAST_COMPONENT_RTCP;
	return kind == RTP_KIND_RTCP;
}

/* A remote that is not known is no packet's source, not even that of one from [::]:0. */
static bool is_remote(const struct sf_endpoint_conf *c, const struct sf_addr *src)
{
	const struct sf_addr *remote = sf_conf_remote(c);

	return sf_addr_is_set(remote) && sf_addr_equal(remote, src);
}

/* From the remote, and nothing is left to learn: nearly every packet. */
static bool is_settled(const struct sf_endpoint_conf *c, const struct sf_addr *src)
{
	const struct sf_addr *settled = sf_conf_settled(c);

	return settled && sf_addr_equal(settled, src);
}

/* False: its source has nothing to say here. */
static noinline bool check_source(const struct sf_endpoint_conf *c, const struct sf_addr *src,
				  const struct net_device *dev, const struct rtp_header *header,
				  u64 now, struct news *news)
{
	struct sf_rx *rx = &c->ep->rx;

	if (sf_latch_learn(c, src, dev, header, now))
		news->tell |= TELL_LEARNED;
	if (c->source == SIPFAST_SOURCE_ACCEPT || is_remote(c, src))
		return true;
	rx->stats.bad_source++;
	if (!rx->rejected || now - rx->rejected >= NSEC_PER_SEC) {
		rx->rejected = now;
		news->tell |= TELL_REJECTED;
	}
	return false;
}

static noinline void resume(const struct sf_endpoint_conf *c, u64 now, struct news *news)
{
	struct sf_rx *rx = &c->ep->rx;

	rx->watch &= ~SF_WATCH_INACTIVE;
	news->gap = now - max(rx->stats.last, c->inactive_since);
	news->tell |= TELL_RESUMED;
}

/* The first packet of a source. */
static noinline void begin_source(struct sf_rx_stats *stats, const struct rtp_header *header,
				  struct news *news)
{
	if (stats->source.clock_rate) {
		stats->ssrc_changes++;
		news->old_ssrc = stats->source.ssrc;
		news->tell |= TELL_SSRC;
	}
	__set_bit(header->payload_type, stats->payload_types);
}

static noinline void follow_dtmf(const struct sf_endpoint_conf *c,
				 const struct rtp_header *header, const u8 *payload, u16 len,
				 struct news *news)
{
	struct sf_rx *rx = &c->ep->rx;
	unsigned int at = rtp_header_size(payload);
	unsigned int size = min_t(unsigned int, len, RTP_HEADER_MAX);

	if (header->payload_type == c->dtmf_type)
		news->ndtmf = at < size ? dtmf_packet(&rx->dtmf, header->ssrc, header->timestamp,
						      payload + at, size - at, c->clock_rate,
						      news->dtmf) : 0;
	else
		news->ndtmf = dtmf_other(&rx->dtmf, header->ssrc, header->timestamp,
					 c->clock_rate, news->dtmf);
	if (news->ndtmf)
		news->tell |= TELL_DTMF;
	rx->watch &= ~SF_WATCH_DTMF;
	if (dtmf_is_active(&rx->dtmf))
		rx->watch |= SF_WATCH_DTMF;
}

static void count_rtp(const struct sf_endpoint_conf *c, const struct rtp_header *header,
		      const u8 *payload, u16 len, u64 now, struct news *news)
{
	struct sf_rx_stats *stats = &c->ep->rx.stats;
	struct rtp_source *source = &stats->source;
	u32 rate = rtp_clock_rate(header->payload_type) ?: c->clock_rate;
	bool is_event = header->payload_type == c->dtmf_type;

	if (unlikely(header->ssrc != source->ssrc || !source->clock_rate))
		begin_source(stats, header, news);
	if (unlikely(header->payload_type != source->payload_type))
		__set_bit(header->payload_type, stats->payload_types);
	if (unlikely(is_event || c->ep->rx.watch & SF_WATCH_DTMF))
		follow_dtmf(c, header, payload, len, news);

	switch (is_event ? rtp_source_update_untimed(source, header, now, rate) :
			   rtp_source_update(source, header, now, rate)) {
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

static void count(const struct sf_endpoint_conf *c, u16 len, u64 now, struct news *news)
{
	struct sf_rx *rx = &c->ep->rx;

	if (unlikely(rx->watch & SF_WATCH_INACTIVE))
		resume(c, now, news);
	rx->stats.packets++;
	rx->stats.octets += len;
	rx->stats.last = now;
}

static noinline void tell(struct sf_net *sn, const struct sf_endpoint_conf *c,
			  const struct sf_addr *src, const struct news *news)
{
	struct sf_endpoint *ep = c->ep;
	unsigned int i;

	if (news->tell & TELL_LEARNED) {
		sf_count(sn, SF_LEARNED);
		sf_event_learned(sn, ep, src);
	}
	if (news->tell & TELL_RESUMED)
		sf_event_resumed(sn, c, news->gap);
	if (news->tell & TELL_SSRC)
		sf_event_ssrc(sn, c, news->old_ssrc);
	if (news->tell & TELL_REJECTED)
		sf_event_rejected(sn, ep, src);
	if (news->tell & TELL_DTMF)
		for (i = 0; i < news->ndtmf; i++)
			sf_event_dtmf(sn, ep, &news->dtmf[i], c->clock_rate);
}

enum sf_counter sf_account(const struct sf_endpoint_conf *c, const struct sf_pkt *pkt,
			   const struct rtp_header *header, const u8 *payload,
			   const struct net_device *dev)
{
	const struct rtp_header *rtp = pkt->kind == RTP_KIND_RTP ? header : NULL;
	enum sf_counter result = SF_FORWARDED;
	struct sf_rx *rx = &c->ep->rx;
	struct news news;
	u64 now;

	news.tell = 0;
	spin_lock(&rx->lock);
	/* Under the lock: it never goes back. */
	now = ktime_get_ns();
	if (unlikely(rx->closed)) {
		result = SF_DROP_NO_ENDPOINT;
	} else if (unlikely(!is_expected(c->component, pkt->kind))) {
		rx->stats.malformed++;
		result = SF_DROP_MALFORMED;
	} else if (unlikely(!is_settled(c, &pkt->src)) &&
		   !check_source(c, &pkt->src, dev, rtp, now, &news)) {
		result = SF_DROP_BAD_SOURCE;
	} else {
		count(c, pkt->len, now, &news);
		if (likely(rtp))
			count_rtp(c, rtp, payload, pkt->len, now, &news);
	}
	spin_unlock(&rx->lock);

	if (unlikely(news.tell))
		tell(c->ep->session->sn, c, &pkt->src, &news);
	if (unlikely(pkt->kind == RTP_KIND_RTCP) && result == SF_FORWARDED)
		sf_report_received(c, payload, pkt->len);
	return result;
}
