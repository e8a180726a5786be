/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What nearly every packet is: RTP with nothing but the fixed header, the next one of its
 * stream. These are the short ways through rtp.c; they come to the same result. Pure C.
 */
#ifndef SF_RTP_PLAIN_H
#define SF_RTP_PLAIN_H

#include "octets.h"
#include "rtp.h"

#define RTP_FIXED_SIZE		12
#define RTCP_PT_MIN		192
#define RTCP_PT_MAX		223

#define RTP_NSEC_PER_SECOND	1000000000ULL
/* Longest gap between packets that tells of jitter, in ns; times a clock rate it fits 64 bits. */
#define RTP_MAX_JITTER_GAP	(10 * RTP_NSEC_PER_SECOND)

/* As rtp_parse(). False: it is something else, or not plain. */
static inline int rtp_parse_plain(const __u8 *data, unsigned int total, struct rtp_header *header)
{
	__u32 word;

	if (total < RTP_FIXED_SIZE)
		return 0;
	word = octets_get32(data);
	/* Version 2, padding or not, no extension, no CSRC. */
	if ((word & 0xdf000000) != 0x80000000 ||
	    (__u8)((word >> 16) - RTCP_PT_MIN) <= RTCP_PT_MAX - RTCP_PT_MIN)
		return 0;
	header->payload_type = word >> 16 & 0x7f;
	header->seq = word;
	header->timestamp = octets_get32(data + 4);
	header->ssrc = octets_get32(data + 8);
	return 1;
}

/* RFC 3550 A.8, in differences: D(i-1,i) needs no absolute arrival in timestamp units. */
static inline void rtp_source_add_jitter(struct rtp_source *source,
					 const struct rtp_header *header, __u64 now)
{
	__u64 gap = now - source->arrival;
	__u64 limit = source->clock_rate * 10ULL;
	__u32 d;

	if (gap >= RTP_MAX_JITTER_GAP)
		return;
	d = (__u32)(gap * source->clock_rate / RTP_NSEC_PER_SECOND) -
	    (header->timestamp - source->timestamp);
	if ((__s32)d < 0)
		d = -d;
	/* A timestamp that starts anew is no jitter: 10 s would take minutes to decay. */
	if (d <= limit)
		source->jitter += d - ((source->jitter + 8) >> 4);
}

/*
 * Of a source that has sent: the same SSRC and payload type as before, and the next number, not
 * past a wrap.
 */
static inline int rtp_source_is_next(const struct rtp_source *source,
				     const struct rtp_header *header)
{
	return header->ssrc == source->ssrc &&
	       header->payload_type == source->payload_type &&
	       header->seq == source->max_seq + 1U;
}

/* As rtp_source_update() when rtp_source_is_next() and the clock rate is that of before. */
static inline void rtp_source_next(struct rtp_source *source, const struct rtp_header *header,
				   __u64 now)
{
	source->max_seq = header->seq;
	source->window = source->window << 1 | 1;
	source->received++;
	rtp_source_add_jitter(source, header, now);
	source->arrival = now;
	source->timestamp = header->timestamp;
}

#endif /* SF_RTP_PLAIN_H */
