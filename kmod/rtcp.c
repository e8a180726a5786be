// SPDX-License-Identifier: GPL-2.0
#include "rtcp.h"

#include "octets.h"

#define RTCP_VERSION		2
#define SR_SIZE			28
#define RR_SIZE			8
#define NSEC_PER_SECOND		1000000000ULL
#define NSEC_PER_MICROSECOND	1000

static unsigned int reports_at(__u8 type)
{
	switch (type) {
	case RTCP_SR:
		return SR_SIZE;
	case RTCP_RR:
		return RR_SIZE;
	default:
		return 0;
	}
}

/* RFC 3550 A.2, but for what RFC 5506 lets be absent. */
bool rtcp_next(const __u8 *data, unsigned int len, struct rtcp_packet *packet)
{
	unsigned int at = packet->next, size, padding;

	if (len - at < RTCP_HEADER_SIZE || data[at] >> 6 != RTCP_VERSION)
		return false;
	size = (octets_get16(data + at + 2) + 1U) * 4;
	if (size > len - at)
		return false;
	packet->at = at;
	packet->next = at + size;
	packet->type = data[at + 1];
	packet->count = data[at] & 0x1f;
	packet->reports = reports_at(packet->type);
	if (data[at] & 0x20) {
		/* Of the last only. */
		padding = data[at + size - 1];
		if (at + size != len || !padding || padding % 4 ||
		    padding > size - RTCP_HEADER_SIZE)
			return false;
		size -= padding;
	}
	packet->size = size;
	return !packet->reports || size >= packet->reports + packet->count * RTCP_REPORT_SIZE;
}

bool rtcp_is_compound(const __u8 *data, unsigned int len)
{
	struct rtcp_packet packet = { 0 };

	while (packet.next < len)
		if (!rtcp_next(data, len, &packet))
			return false;
	return len;
}

static void read_report(const __u8 *p, struct rtcp_report *report)
{
	__u32 lost = octets_get32(p + 4) & 0xffffff;

	report->ssrc = octets_get32(p);
	report->fraction = p[4];
	report->lost = lost & 0x800000 ? (__s32)lost - 0x1000000 : (__s32)lost;
	report->highest = octets_get32(p + 8);
	report->jitter = octets_get32(p + 12);
	report->lsr = octets_get32(p + 16);
	report->dlsr = octets_get32(p + 20);
}

static void read_reports(const __u8 *p, unsigned int count, __u32 about,
			 struct rtcp_summary *summary)
{
	for (; count; count--, p += RTCP_REPORT_SIZE) {
		if (summary->has & RTCP_HAS_REPORT &&
		    (summary->report.ssrc == about || octets_get32(p) != about))
			continue;
		read_report(p, &summary->report);
		summary->has |= RTCP_HAS_REPORT;
	}
}

bool rtcp_read(const __u8 *data, unsigned int len, __u32 about, struct rtcp_summary *summary)
{
	struct rtcp_packet packet = { 0 };
	const __u8 *p;

	summary->has = 0;
	if (!rtcp_is_compound(data, len))
		return false;
	while (rtcp_next(data, len, &packet)) {
		p = data + packet.at;
		if (packet.type == RTCP_BYE) {
			summary->has |= RTCP_HAS_BYE;
		} else if (packet.reports) {
			if (!(summary->has & RTCP_HAS_SENDER))
				summary->sender = octets_get32(p + 4);
			summary->has |= RTCP_HAS_SENDER;
			read_reports(p + packet.reports, packet.count, about, summary);
		}
		if (packet.type == RTCP_SR) {
			summary->ntp = octets_get32(p + 10);
			summary->has |= RTCP_HAS_NTP;
		}
	}
	return true;
}

__s64 rtcp_rtt_us(__u64 elapsed, __u32 dlsr)
{
	__u64 delay = (__u64)dlsr * NSEC_PER_SECOND >> 16;

	return delay <= elapsed ? (__s64)((elapsed - delay) / NSEC_PER_MICROSECOND) : -1;
}

__s32 rtcp_seq_shift(__u16 base_seq, __u16 seq_offset)
{
	return (__u16)(base_seq + seq_offset) - (__s32)base_seq;
}
