// SPDX-License-Identifier: GPL-2.0
/* What a forward changes of the media itself. */
#include "rewrite.h"

#include <linux/udp.h>
#include <net/checksum.h>

#include "report.h"
#include "rtcp.h"

/* Updates the checksum of UDP after octets of the payload, at an even offset, have changed. */
static void fix_checksum(struct sk_buff *skb, const struct sf_pkt *pkt, __wsum before,
			 __wsum after)
{
	struct udphdr *udp = (void *)skb->data + pkt->payload - sizeof(*udp);

	/* With CHECKSUM_PARTIAL the payload is still to be added. */
	if (skb->ip_summed == CHECKSUM_PARTIAL || !udp->check)
		return;
	csum_replace_by_diff(&udp->check, csum_sub(after, before));
	if (!udp->check)
		udp->check = CSUM_MANGLED_0;
}

static enum sf_counter rewrite_rtp(const struct sf_rewrite *rewrite, const struct sf_pkt *pkt,
				   struct sk_buff *skb)
{
	unsigned int len = RTP_FIXED_HEADER;
	__wsum before;
	u8 *data;

	if (rewrite->mode == SIPFAST_FORWARD_BLOCK)
		return SF_BLOCKED;
	if (rewrite->mode == SIPFAST_FORWARD_SILENCE) {
		if (!rtp_has_silence(skb->data[pkt->payload + 1] & 0x7f))
			return SF_BLOCKED;
		len = pkt->len;
	}
	if (skb_ensure_writable(skb, pkt->payload + len))
		return SF_DROP_NO_MEMORY;
	data = skb->data + pkt->payload;
	before = csum_partial(data, len, 0);
	if (rewrite->mode == SIPFAST_FORWARD_SILENCE)
		rtp_silence(data, len);
	rtp_rewrite(data, &rewrite->rtp);
	fix_checksum(skb, pkt, before, csum_partial(data, len, 0));
	return SF_FORWARDED;
}

/*
 * How reports on what @to sends are undone, which leaves rewritten by @back. The source of @to
 * is read without its lock: each word by itself is one that was true.
 */
static void undo(struct rtcp_rewrite *rw, const struct rtp_rewrite *back,
		 const struct sf_endpoint_conf *to)
{
	const struct rtp_source *source = &to->ep->rx.stats.source;

	if (to->component == SIPFAST_COMPONENT_RTCP) {
		rw->media_was = READ_ONCE(to->ep->rx.rtcp_ssrc);
		/* Where the numbers of the RTP beside it began is not known. */
		rw->seq_shift = back->seq_offset;
	} else {
		rw->media_was = READ_ONCE(source->ssrc);
		rw->seq_shift = rtcp_seq_shift(READ_ONCE(source->base_seq), back->seq_offset);
	}
	rw->media = back->what & RTP_REWRITE_SSRC ? back->ssrc : rw->media_was;
	rw->media_timestamp_offset = back->timestamp_offset;
	rw->what |= RTCP_REWRITE_MEDIA;
}

/* False: nothing changes. */
static bool make_rule(struct rtcp_rewrite *rw, const struct sf_conf *conf,
		      const struct sf_endpoint_conf *from, const struct sf_forward_conf *f)
{
	*rw = (struct rtcp_rewrite){};
	if (f->rewrite) {
		rw->sender_was = READ_ONCE(from->ep->rx.rtcp_ssrc) ?:
				 READ_ONCE(from->ep->rx.stats.source.ssrc);
		rw->sender = f->rewrite->rtp.ssrc;
		rw->timestamp_offset = f->rewrite->rtp.timestamp_offset;
		if (f->rewrite->rtp.what & RTP_REWRITE_SSRC)
			rw->what |= RTCP_REWRITE_SENDER;
	}
	if (f->back)
		undo(rw, &f->back->rtp, &conf->ep[f->to]);
	return rw->what || rw->timestamp_offset;
}

static enum sf_counter rewrite_rtcp(const struct rtcp_rewrite *rw, const struct sf_pkt *pkt,
				    struct sk_buff *skb)
{
	__wsum before;
	u8 *data;

	if (skb_ensure_writable(skb, pkt->payload + pkt->len))
		return SF_DROP_NO_MEMORY;
	data = skb->data + pkt->payload;
	before = csum_partial(data, pkt->len, 0);
	if (rtcp_rewrite(data, pkt->len, rw))
		fix_checksum(skb, pkt, before, csum_partial(data, pkt->len, 0));
	return SF_FORWARDED;
}

enum sf_counter sf_rewrite(const struct sf_conf *conf, const struct sf_endpoint_conf *from,
			   const struct sf_forward_conf *f, const struct sf_pkt *pkt,
			   struct sk_buff *skb)
{
	enum sf_counter result = SF_FORWARDED;
	struct rtcp_rewrite rw;

	if (pkt->kind == RTP_KIND_RTP)
		return rewrite_rtp(f->rewrite, pkt, skb);
	/* The only thing that a forward of a transparent endpoint may do. */
	if (pkt->kind == RTP_KIND_NONE)
		return SF_BLOCKED;
	if (make_rule(&rw, conf, from, f))
		result = rewrite_rtcp(&rw, pkt, skb);
	if (result == SF_FORWARDED)
		sf_report_sent(conf->ep[f->to].ep, skb->data + pkt->payload, pkt->len);
	return result;
}
