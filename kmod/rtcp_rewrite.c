// SPDX-License-Identifier: GPL-2.0
#include "octets.h"
#include "rtcp.h"

#define SEQ_MOD			0x10000U
#define SENDER_AT		4
#define SR_TIMESTAMP_AT		16
#define FEEDBACK_SIZE		12
#define FCI_SSRC_SIZE		8
#define FCI_NACK_SIZE		4
#define XR_SIZE			8
#define DLRR_SIZE		12

/* Formats of feedback. */
enum {
	RTPFB_NACK = 1,		/* RFC 4585 s.6.2.1 */
	RTPFB_TMMBR = 3,	/* RFC 5104 s.4.2 */
	RTPFB_TMMBN = 4,
	PSFB_FIR = 4,		/* RFC 5104 s.4.3.1 */
	PSFB_AFB = 15,		/* RFC 4585 s.6.4 */
};

/* Blocks of extended reports (RFC 3611 s.4). */
enum {
	XR_LOSS_RLE = 1,
	XR_DUPLICATE_RLE = 2,
	XR_RECEIPT_TIMES = 3,
	XR_DLRR = 5,
	XR_STATISTICS = 6,
	XR_VOIP_METRICS = 7,
};

/* Gives an SSRC of the other side back its own; false: it is not the one. */
static bool map_media(__u8 *p, const struct rtcp_rewrite *rw)
{
	if (!(rw->what & RTCP_REWRITE_MEDIA) || octets_get32(p) != rw->media)
		return false;
	octets_put32(p, rw->media_was);
	return true;
}

static void shift_seq(__u8 *p, const struct rtcp_rewrite *rw)
{
	octets_put16(p, octets_get16(p) - (__u16)rw->seq_shift);
}

/* RFC 3550 s.6.4.1: cycles above, number below; never before the first cycle. */
static void shift_highest(__u8 *p, const struct rtcp_rewrite *rw)
{
	__u32 highest = octets_get32(p);

	if (rw->seq_shift > 0 && highest < (__u32)rw->seq_shift)
		highest += SEQ_MOD;
	octets_put32(p, highest - (__u32)rw->seq_shift);
}

static void rewrite_reports(__u8 *p, unsigned int count, const struct rtcp_rewrite *rw)
{
	for (; count; count--, p += RTCP_REPORT_SIZE)
		if (map_media(p, rw))
			shift_highest(p + 8, rw);
}

/* The sources of BYE and of SDES that are the sender's own; others are whom it mixes. */
static void map_own(__u8 *p, __u32 own, const struct rtcp_rewrite *rw)
{
	if (rw->what & RTCP_REWRITE_SENDER && octets_get32(p) == own)
		octets_put32(p, rw->sender);
}

static void rewrite_bye(__u8 *p, const struct rtcp_packet *packet, __u32 own,
			const struct rtcp_rewrite *rw)
{
	unsigned int i;

	for (i = 0; i < packet->count && (i + 2) * 4 <= packet->size; i++)
		map_own(p + (i + 1) * 4, own, rw);
}

/* Returns the offset behind the chunk at @at (RFC 3550 s.6.5), @size if it does not end. */
static unsigned int sdes_chunk_end(const __u8 *p, unsigned int at, unsigned int size)
{
	at += 4;
	while (at < size && p[at]) {
		if (at + 1 >= size)
			return size;
		at += 2U + p[at + 1];
	}
	/* At least one null octet, to the next 32 bits. */
	return at < size ? (at / 4 + 1) * 4 : size;
}

static void rewrite_sdes(__u8 *p, const struct rtcp_packet *packet, __u32 own,
			 const struct rtcp_rewrite *rw)
{
	unsigned int i, at = RTCP_HEADER_SIZE;

	for (i = 0; i < packet->count && at + 4 <= packet->size; i++) {
		map_own(p + at, own, rw);
		at = sdes_chunk_end(p, at, packet->size);
	}
}

static void map_entries(__u8 *p, unsigned int size, unsigned int entry,
			const struct rtcp_rewrite *rw)
{
	for (; size >= entry; size -= entry, p += entry)
		map_media(p, rw);
}

static void rewrite_rtpfb(__u8 *fci, unsigned int size, __u8 format, bool ours,
			  const struct rtcp_rewrite *rw)
{
	if (format == RTPFB_TMMBR || format == RTPFB_TMMBN)
		map_entries(fci, size, FCI_SSRC_SIZE, rw);
	if (format != RTPFB_NACK || !ours)
		return;
	for (; size >= FCI_NACK_SIZE; size -= FCI_NACK_SIZE, fci += FCI_NACK_SIZE)
		shift_seq(fci, rw);
}

/* Receiver estimated maximum bitrate: "REMB", a count, the bitrate, SSRCs. */
static void rewrite_remb(__u8 *fci, unsigned int size, const struct rtcp_rewrite *rw)
{
	unsigned int i;

	if (size < 8 || octets_get32(fci) != 0x52454d42)
		return;
	for (i = 0; i < fci[4] && 8 + (i + 1) * 4 <= size; i++)
		map_media(fci + 8 + i * 4, rw);
}

static void rewrite_feedback(__u8 *p, const struct rtcp_packet *packet,
			     const struct rtcp_rewrite *rw)
{
	unsigned int size = packet->size - FEEDBACK_SIZE;
	__u8 *fci = p + FEEDBACK_SIZE;
	bool ours;

	if (packet->size < FEEDBACK_SIZE)
		return;
	ours = map_media(p + 8, rw);
	if (packet->type == RTCP_RTPFB)
		rewrite_rtpfb(fci, size, packet->count, ours, rw);
	else if (packet->count == PSFB_FIR)
		map_entries(fci, size, FCI_SSRC_SIZE, rw);
	else if (packet->count == PSFB_AFB)
		rewrite_remb(fci, size, rw);
}

/* A block about a span of sequence numbers of one source. */
static void rewrite_xr_span(__u8 *p, unsigned int size, const struct rtcp_rewrite *rw)
{
	unsigned int at;

	if (size < 12 || !map_media(p + 4, rw))
		return;
	shift_seq(p + 8, rw);
	shift_seq(p + 10, rw);
	if (p[0] != XR_RECEIPT_TIMES)
		return;
	for (at = 12; at + 4 <= size; at += 4)
		octets_put32(p + at, octets_get32(p + at) - rw->media_timestamp_offset);
}

static void rewrite_xr_block(__u8 *p, unsigned int size, const struct rtcp_rewrite *rw)
{
	switch (p[0]) {
	case XR_LOSS_RLE:
	case XR_DUPLICATE_RLE:
	case XR_RECEIPT_TIMES:
	case XR_STATISTICS:
		rewrite_xr_span(p, size, rw);
		break;
	case XR_DLRR:
		map_entries(p + 4, size - 4, DLRR_SIZE, rw);
		break;
	case XR_VOIP_METRICS:
		if (size >= 8)
			map_media(p + 4, rw);
		break;
	}
}

static void rewrite_xr(__u8 *p, const struct rtcp_packet *packet, const struct rtcp_rewrite *rw)
{
	unsigned int at, size;

	for (at = XR_SIZE; at + 4 <= packet->size; at += size) {
		size = (octets_get16(p + at + 2) + 1U) * 4;
		if (size > packet->size - at)
			return;
		rewrite_xr_block(p + at, size, rw);
	}
}

static bool has_sender(const struct rtcp_packet *packet)
{
	return packet->size >= SENDER_AT + 4 && packet->type >= RTCP_SR &&
	       packet->type <= RTCP_XR && packet->type != RTCP_SDES && packet->type != RTCP_BYE;
}

static void rewrite_packet(__u8 *p, const struct rtcp_packet *packet, __u32 own,
			   const struct rtcp_rewrite *rw)
{
	if (has_sender(packet) && rw->what & RTCP_REWRITE_SENDER)
		octets_put32(p + SENDER_AT, rw->sender);
	if (packet->reports)
		rewrite_reports(p + packet->reports, packet->count, rw);
	switch (packet->type) {
	case RTCP_SR:
		octets_put32(p + SR_TIMESTAMP_AT,
			     octets_get32(p + SR_TIMESTAMP_AT) + rw->timestamp_offset);
		break;
	case RTCP_SDES:
		rewrite_sdes(p, packet, own, rw);
		break;
	case RTCP_BYE:
		rewrite_bye(p, packet, own, rw);
		break;
	case RTCP_RTPFB:
	case RTCP_PSFB:
		rewrite_feedback(p, packet, rw);
		break;
	case RTCP_XR:
		rewrite_xr(p, packet, rw);
		break;
	}
}

bool rtcp_rewrite(__u8 *data, unsigned int len, const struct rtcp_rewrite *rw)
{
	struct rtcp_packet packet = { 0 };
	__u32 own = rw->sender_was;

	if (!rtcp_is_compound(data, len))
		return false;
	while (rtcp_next(data, len, &packet)) {
		/* By the first that says who it is from, if any does. */
		if (packet.at == 0 && has_sender(&packet))
			own = octets_get32(data + SENDER_AT);
		rewrite_packet(data + packet.at, &packet, own, rw);
	}
	return true;
}
