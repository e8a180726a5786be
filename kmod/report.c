// SPDX-License-Identifier: GPL-2.0
#include "report.h"

#include <linux/ktime.h>

#include "rtcp.h"

void sf_report_sent(struct sf_endpoint *ep, const u8 *payload, unsigned int len)
{
	struct sf_sent_report *sent = ep->tx.sent;
	struct rtcp_summary summary;

	lockdep_assert_held(&ep->tx.lock);
	if (!rtcp_read(payload, len, 0, &summary) || !(summary.has & RTCP_HAS_NTP))
		return;
	memmove(&sent[1], &sent[0], (SF_SENT_REPORTS - 1) * sizeof(*sent));
	sent[0].at = ktime_get_ns();
	sent[0].ntp = summary.ntp;
	sent[0].ssrc = summary.sender;
}

/* Microseconds, or -1: the report is on none that is remembered (RFC 3550 s.6.4.1). */
static s64 round_trip(const struct sf_sent_report *sent, const struct rtcp_report *report)
{
	unsigned int i;

	for (i = 0; i < SF_SENT_REPORTS; i++)
		if (sent[i].at && sent[i].ntp == report->lsr)
			return rtcp_rtt_us(ktime_get_ns() - sent[i].at, report->dlsr);
	return -1;
}

static void take(struct sf_report *to, const struct rtcp_report *report, s64 rtt_us,
		 u32 clock_rate)
{
	to->lost = report->lost;
	to->fraction = report->fraction;
	to->jitter_us = min_t(u64, (u64)report->jitter * USEC_PER_SEC / clock_rate, U32_MAX);
	to->has_report = true;
	if (rtt_us >= 0) {
		to->rtt_us = min_t(s64, rtt_us, U32_MAX);
		to->has_rtt = true;
	}
}

void sf_report_received(const struct sf_endpoint_conf *c, const u8 *payload, unsigned int len)
{
	struct sf_sent_report sent[SF_SENT_REPORTS];
	struct sf_endpoint *ep = c->ep;
	struct rtcp_summary summary;
	struct sf_rx *rx = &ep->rx;
	s64 rtt_us;

	/* Not inside the other lock. */
	spin_lock(&ep->tx.lock);
	memcpy(sent, ep->tx.sent, sizeof(sent));
	spin_unlock(&ep->tx.lock);

	if (!rtcp_read(payload, len, sent[0].ssrc, &summary))
		return;
	rtt_us = summary.has & RTCP_HAS_REPORT ? round_trip(sent, &summary.report) : -1;

	spin_lock(&rx->lock);
	if (!rx->closed) {
		if (summary.has & RTCP_HAS_SENDER)
			WRITE_ONCE(rx->rtcp_ssrc, summary.sender);
		/* What it is sent is of the kind that it sends. */
		if (summary.has & RTCP_HAS_REPORT)
			take(&rx->stats.report, &summary.report, rtt_us,
			     rx->stats.source.clock_rate ?: c->clock_rate);
	}
	spin_unlock(&rx->lock);
}
