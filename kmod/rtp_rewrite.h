/* SPDX-License-Identifier: GPL-2.0 */
/* Changing RTP (RFC 3550 s.5.1) in place. Pure C, also compiled into userspace. */
#ifndef SF_RTP_REWRITE_H
#define SF_RTP_REWRITE_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stdbool.h>
#endif

#define RTP_FIXED_HEADER	12
#define RTP_PAYLOAD_TYPES	128

/* What struct rtp_rewrite changes. */
enum {
	RTP_REWRITE_PAYLOAD_TYPES = 1 << 0,
	RTP_REWRITE_SSRC = 1 << 1,
	RTP_REWRITE_SEQ = 1 << 2,
	RTP_REWRITE_TIMESTAMP = 1 << 3,
};

/**
 * struct rtp_rewrite - how the header of a stream is changed
 * @what: RTP_REWRITE_*
 * @seq_offset: added; 0 without RTP_REWRITE_SEQ
 * @timestamp_offset: added; 0 without RTP_REWRITE_TIMESTAMP
 * @payload_types: what each becomes; set with RTP_REWRITE_PAYLOAD_TYPES only
 */
struct rtp_rewrite {
	__u8 what;
	__u16 seq_offset;
	__u32 ssrc;
	__u32 timestamp_offset;
	__u8 payload_types[RTP_PAYLOAD_TYPES];
};

/**
 * rtp_rewrite() - rewrite a header
 * @data: of an RTP packet, at least RTP_FIXED_HEADER
 */
void rtp_rewrite(__u8 *data, const struct rtp_rewrite *rw);

/* Whether silence of a payload type is known: PCMU, PCMA, L16 (RFC 3551 s.6). */
bool rtp_has_silence(__u8 payload_type);

/**
 * rtp_silence() - make the payload silent
 * @data: the whole of an RTP packet for which rtp_has_silence()
 *
 * Header, extension and padding stay, but for padding whose count is impossible: that is
 * taken for payload.
 */
void rtp_silence(__u8 *data, unsigned int len);

#endif /* SF_RTP_REWRITE_H */
