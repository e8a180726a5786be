/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RTCP (RFC 3550 s.6): reading what a compound packet reports, and rewriting it to match RTP
 * that was rewritten. Pure C, also compiled into userspace.
 *
 * A compound packet is one whose packets' lengths add up to that of the datagram. What is not,
 * SRTCP above all, is neither read nor changed.
 */
#ifndef SF_RTCP_H
#define SF_RTCP_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stdbool.h>
#endif

#define RTCP_HEADER_SIZE	4
#define RTCP_REPORT_SIZE	24

enum rtcp_type {
	RTCP_SR = 200,
	RTCP_RR = 201,
	RTCP_SDES = 202,
	RTCP_BYE = 203,
	RTCP_APP = 204,
	RTCP_RTPFB = 205,	/* RFC 4585 */
	RTCP_PSFB = 206,	/* the same */
	RTCP_XR = 207,		/* RFC 3611 */
};

/**
 * struct rtcp_packet - one of those that a compound packet is made of
 * @at: offset in it
 * @size: octets, without padding
 * @next: offset of the one that follows
 * @reports: offset in @size of its @count report blocks; 0: it can have none
 * @type: enum rtcp_type, or one that is unknown
 * @count: the five bits of its first octet
 */
struct rtcp_packet {
	unsigned int at;
	unsigned int size;
	unsigned int next;
	unsigned int reports;
	__u8 type;
	__u8 count;
};

/* Whether the whole of @data is packets, report blocks included. */
bool rtcp_is_compound(const __u8 *data, unsigned int len);

/*
 * Goes to the next packet of a compound packet, to the first when @packet is all zero; false:
 * there is none.
 */
bool rtcp_next(const __u8 *data, unsigned int len, struct rtcp_packet *packet);

/* What struct rtcp_summary holds. */
enum {
	RTCP_HAS_SENDER = 1 << 0,
	RTCP_HAS_NTP = 1 << 1,
	RTCP_HAS_REPORT = 1 << 2,
	RTCP_HAS_BYE = 1 << 3,
};

/**
 * struct rtcp_report - report block (RFC 3550 s.6.4.1)
 * @ssrc: of the source that it is about
 * @lost: cumulative; duplicates make it negative
 * @highest: extended highest sequence number received
 * @jitter: timestamp units
 * @lsr: NTP timestamp, middle 32 bits, of the last sender report received; 0: none
 * @dlsr: delay since then, in 1/65536 s
 * @fraction: lost since the report before, of 256
 */
struct rtcp_report {
	__u32 ssrc;
	__s32 lost;
	__u32 highest;
	__u32 jitter;
	__u32 lsr;
	__u32 dlsr;
	__u8 fraction;
};

/**
 * struct rtcp_summary - what is of interest in a compound packet
 * @has: RTCP_HAS_*
 * @sender: SSRC of the first sender of a packet of it
 * @ntp: of a sender report: NTP timestamp, middle 32 bits
 */
struct rtcp_summary {
	__u32 has;
	__u32 sender;
	__u32 ntp;
	struct rtcp_report report;
};

/**
 * rtcp_read() - read a compound packet
 * @about: the report block about this source is preferred, else it is the first
 *
 * Returns false, with nothing in @summary, when @data is no compound packet.
 */
bool rtcp_read(const __u8 *data, unsigned int len, __u32 about, struct rtcp_summary *summary);

/**
 * rtcp_rtt_us() - round-trip time (RFC 3550 s.6.4.1)
 * @elapsed: ns from the sender report's leaving to the coming of the report on it
 * @dlsr: of that report
 *
 * Returns microseconds, or -1 if the report claims to have waited for longer than that.
 */
__s64 rtcp_rtt_us(__u64 elapsed, __u32 dlsr);

/* What struct rtcp_rewrite changes. */
enum {
	RTCP_REWRITE_SENDER = 1 << 0,
	RTCP_REWRITE_MEDIA = 1 << 1,
};

/**
 * struct rtcp_rewrite - how RTCP is made to match rewritten RTP
 * @what: RTCP_REWRITE_*
 * @sender: RTCP_REWRITE_SENDER: the SSRC that its sender gets
 * @sender_was: and had, where the packet itself does not begin with it
 * @timestamp_offset: added to the RTP timestamp of sender reports
 * @media: RTCP_REWRITE_MEDIA: the SSRC that the stream sent the other way has for the
 *	sender; what it reports about others stays
 * @media_was: and that it had before
 * @seq_shift: how far it was moved, of extended numbers
 * @media_timestamp_offset: and its timestamps
 */
struct rtcp_rewrite {
	__u32 what;
	__u32 sender;
	__u32 sender_was;
	__u32 timestamp_offset;
	__u32 media;
	__u32 media_was;
	__s32 seq_shift;
	__u32 media_timestamp_offset;
};

/**
 * rtcp_rewrite() - rewrite a compound packet in place
 *
 * Changed are the sender's SSRC in every type of packet, with it the chunks of SDES and the
 * sources of BYE that are the sender's, and the timestamp of SR; and, back to what the other
 * side knows, SSRC and sequence numbers in report blocks, feedback (RFC 4585, 5104) and
 * extended reports (RFC 3611).
 *
 * Returns false, with nothing changed, when @data is no compound packet.
 */
bool rtcp_rewrite(__u8 *data, unsigned int len, const struct rtcp_rewrite *rw);

/**
 * rtcp_seq_shift() - how far a stream's extended sequence numbers are moved
 * @base_seq: the first number of the stream
 * @seq_offset: added to each, modulo 2^16
 *
 * Its receiver counts cycles from the moved first number.
 */
__s32 rtcp_seq_shift(__u16 base_seq, __u16 seq_offset);

#endif /* SF_RTCP_H */
