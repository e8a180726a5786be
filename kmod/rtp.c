// SPDX-License-Identifier: GPL-2.0
#include "rtp.h"

#include "octets.h"
#include "rtp_plain.h"

#define RTP_VERSION		2
#define RTCP_MIN_SIZE		8

#define RTP_SEQ_MOD		0x10000U
#define MAX_DROPOUT		3000
#define MAX_MISORDER		100
#define WINDOW_BITS		64

static enum rtp_kind parse_rtcp(const __u8 *data, unsigned int total)
{
	if (total < RTCP_MIN_SIZE || (octets_get16(data + 2) + 1U) * 4 > total)
		return RTP_KIND_NONE;
	return RTP_KIND_RTCP;
}

unsigned int rtp_header_size(const __u8 *data)
{
	unsigned int size = RTP_FIXED_SIZE + (data[0] & 0x0f) * 4;

	return data[0] & 0x10 ? size + 4 + octets_get16(data + size + 2) * 4U : size;
}

enum rtp_kind rtp_parse(const __u8 *data, unsigned int total, struct rtp_header *header)
{
	unsigned int size;

	if (total < 2)
		return RTP_KIND_NONE;
	if (data[0] >> 6 != RTP_VERSION) {
		if (data[0] <= 3)
			return RTP_KIND_STUN;
		if (data[0] >= 20 && data[0] <= 63)
			return RTP_KIND_DTLS;
		return RTP_KIND_NONE;
	}
	if (data[1] >= RTCP_PT_MIN && data[1] <= RTCP_PT_MAX)
		return parse_rtcp(data, total);

	size = RTP_FIXED_SIZE + (data[0] & 0x0f) * 4;
	if (total < size)
		return RTP_KIND_NONE;
	if (data[0] & 0x10) {
		if (total < size + 4 || total < size + 4 + octets_get16(data + size + 2) * 4U)
			return RTP_KIND_NONE;
	}
	header->payload_type = data[1] & 0x7f;
	header->seq = octets_get16(data + 2);
	header->timestamp = octets_get32(data + 4);
	header->ssrc = octets_get32(data + 8);
	return RTP_KIND_RTP;
}

__u32 rtp_clock_rate(__u8 payload_type)
{
	static const __u32 rates[] = {
		[0] = 8000, [3] = 8000, [4] = 8000, [5] = 8000, [6] = 16000, [7] = 8000,
		[8] = 8000, [9] = 8000, [10] = 44100, [11] = 44100, [12] = 8000, [13] = 8000,
		[14] = 90000, [15] = 8000, [16] = 11025, [17] = 22050, [18] = 8000,
		[25] = 90000, [26] = 90000, [28] = 90000, [31] = 90000, [32] = 90000,
		[33] = 90000, [34] = 90000,
	};

	return payload_type < sizeof(rates) / sizeof(rates[0]) ? rates[payload_type] : 0;
}

static void init_seq(struct rtp_source *source, __u16 seq)
{
	source->base_seq = seq;
	source->max_seq = seq;
	source->bad_seq = RTP_SEQ_MOD + 1; /* no 16 bit number equals it */
	source->cycles = 0;
	source->received = 1;
	source->window = 1;
}

/* RFC 3550 A.1, without probation: the source check has validated the sender. */
static enum rtp_seq update_seq(struct rtp_source *source, __u16 seq)
{
	__u16 ahead = seq - source->max_seq;
	__u16 behind = source->max_seq - seq;

	if (ahead > 0 && ahead < MAX_DROPOUT) {
		if (seq < source->max_seq)
			source->cycles += RTP_SEQ_MOD;
		source->max_seq = seq;
		source->window = ahead < WINDOW_BITS ? source->window << ahead | 1 : 1;
		source->received++;
		return RTP_SEQ_NEXT;
	}
	if (behind >= MAX_MISORDER) {
		if (seq == source->bad_seq) {
			init_seq(source, seq);
			return RTP_SEQ_START;
		}
		source->bad_seq = (seq + 1) & (RTP_SEQ_MOD - 1);
		return RTP_SEQ_JUMP;
	}
	source->received++;
	/* Older than the window: which of the two it is cannot be known. */
	if (behind >= WINDOW_BITS)
		return RTP_SEQ_REORDERED;
	if (source->window & 1ULL << behind)
		return RTP_SEQ_DUPLICATE;
	source->window |= 1ULL << behind;
	return RTP_SEQ_REORDERED;
}

static void update_jitter(struct rtp_source *source, const struct rtp_header *header, __u64 now,
			  __u32 clock_rate)
{
	if (source->clock_rate == clock_rate) {
		rtp_source_add_jitter(source, header, now);
		return;
	}
	source->jitter = (__u64)source->jitter * clock_rate / source->clock_rate;
	source->clock_rate = clock_rate;
}

enum rtp_seq rtp_source_update(struct rtp_source *source, const struct rtp_header *header,
			       __u64 now, __u32 clock_rate)
{
	enum rtp_seq seq;

	if (!source->clock_rate || source->ssrc != header->ssrc) {
		init_seq(source, header->seq);
		source->ssrc = header->ssrc;
		source->jitter = 0;
		source->clock_rate = clock_rate;
		seq = RTP_SEQ_START;
	} else {
		seq = update_seq(source, header->seq);
		update_jitter(source, header, now, clock_rate);
	}
	source->arrival = now;
	source->timestamp = header->timestamp;
	source->payload_type = header->payload_type;
	return seq;
}

enum rtp_seq rtp_source_update_untimed(struct rtp_source *source,
				       const struct rtp_header *header, __u64 now,
				       __u32 clock_rate)
{
	const struct rtp_source before = *source;
	enum rtp_seq seq = rtp_source_update(source, header, now, clock_rate);

	if (seq != RTP_SEQ_START) {
		source->arrival = before.arrival;
		source->timestamp = before.timestamp;
		source->jitter = before.jitter;
		source->clock_rate = before.clock_rate;
	}
	return seq;
}

bool rtp_source_follows(const struct rtp_source *source, const struct rtp_header *header)
{
	__u16 ahead = header->seq - source->max_seq;

	return source->clock_rate && source->ssrc == header->ssrc && ahead > 0 &&
	       ahead < MAX_DROPOUT;
}

__s64 rtp_source_lost(const struct rtp_source *source)
{
	__u32 extended_max = source->cycles + source->max_seq;

	if (!source->clock_rate)
		return 0;
	return (__s64)(extended_max - source->base_seq + 1) - source->received;
}

__u32 rtp_source_jitter_us(const struct rtp_source *source)
{
	if (!source->clock_rate)
		return 0;
	return (__u64)(source->jitter >> 4) * 1000000 / source->clock_rate;
}
