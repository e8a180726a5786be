/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RTP and RTCP as RFC 3550 defines them: what a UDP payload is, and what a receiver
 * knows about a source. Pure C, also compiled into userspace.
 */
#ifndef SF_RTP_H
#define SF_RTP_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stdbool.h>
#endif

/* Fixed header, 15 CSRCs and the head of the extension: what rtp_parse() may look at. */
#define RTP_HEADER_MAX		(12 + 15 * 4 + 4)

/* What shares a media port (RFC 7983). */
enum rtp_kind {
	RTP_KIND_NONE,		/* none of these, malformed, or not looked at */
	RTP_KIND_RTP,
	RTP_KIND_RTCP,
	RTP_KIND_STUN,
	RTP_KIND_DTLS,
};

/* Integers in host byte order. */
struct rtp_header {
	__u32 ssrc;
	__u32 timestamp;
	__u16 seq;
	__u8 payload_type;
};

/**
 * rtp_parse() - tell what a UDP payload is
 * @data: its first octets: all of them, or at least RTP_HEADER_MAX
 * @total: octets of the whole payload
 * @header: filled in for RTP_KIND_RTP only
 *
 * RTP: version 2, and CSRC list and extension fit (RFC 3550 A.1). Padding is not looked
 * at: SRTP encrypts its count. RTCP: told apart by packet type (RFC 5761 s.4); the first
 * packet's length fits; what follows it may be encrypted, too.
 */
enum rtp_kind rtp_parse(const __u8 *data, unsigned int total, struct rtp_header *header);

/* Octets before the payload, with CSRC list and extension, of what rtp_parse() takes for RTP. */
unsigned int rtp_header_size(const __u8 *data);

/**
 * rtp_clock_rate() - timestamp units per second of a static payload type (RFC 3551 s.6)
 *
 * Returns 0 for a dynamic or unassigned one.
 */
__u32 rtp_clock_rate(__u8 payload_type);

/**
 * struct rtp_source - what is known of the SSRC that sends (RFC 3550 A.1, A.8)
 * @window: bit n: sequence number max_seq - n has been received
 * @arrival: ns, of the last packet
 * @cycles: sequence number wraps, shifted by 16
 * @base_seq: first sequence number
 * @bad_seq: the number that, if it comes next, proves a restart
 * @received: since base_seq, duplicates included
 * @timestamp: of the last packet
 * @jitter: timestamp units, times 16
 * @clock_rate: of @jitter, 0 before the first packet
 * @max_seq: highest sequence number seen
 *
 * All zero is a source that has not sent yet.
 */
struct rtp_source {
	__u64 window;
	__u64 arrival;
	__u32 ssrc;
	__u32 cycles;
	__u32 base_seq;
	__u32 bad_seq;
	__u32 received;
	__u32 timestamp;
	__u32 jitter;
	__u32 clock_rate;
	__u16 max_seq;
	__u8 payload_type;
};

enum rtp_seq {
	RTP_SEQ_NEXT,		/* in order, with or without a gap */
	RTP_SEQ_DUPLICATE,
	RTP_SEQ_REORDERED,	/* came after one with a higher number */
	RTP_SEQ_JUMP,		/* far off, not counted as received: restart or stray */
	RTP_SEQ_START,		/* of a new SSRC, or the same one restarted */
};

/**
 * rtp_source_update() - account a packet
 * @now: ns, its arrival, of a clock that never steps
 * @clock_rate: Hz, not 0
 */
enum rtp_seq rtp_source_update(struct rtp_source *source, const struct rtp_header *header,
			       __u64 now, __u32 clock_rate);

/*
 * The same of a packet whose timestamp does not tell when it was sent, as that of a telephone
 * event (RFC 4733 s.2.2.1): jitter is measured from the packet before to the one after.
 */
enum rtp_seq rtp_source_update_untimed(struct rtp_source *source,
				       const struct rtp_header *header, __u64 now,
				       __u32 clock_rate);

/* Whether a packet carries on the stream of a source that has sent: same SSRC, next numbers. */
bool rtp_source_follows(const struct rtp_source *source, const struct rtp_header *header);

/* Packets expected less packets received (RFC 3550 A.3). */
__s64 rtp_source_lost(const struct rtp_source *source);

/* Interarrival jitter in microseconds. */
__u32 rtp_source_jitter_us(const struct rtp_source *source);

#endif /* SF_RTP_H */
