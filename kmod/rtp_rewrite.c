// SPDX-License-Identifier: GPL-2.0
#include "rtp_rewrite.h"

#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <string.h>
#endif

#include "octets.h"
#include "rtp.h"

#define MARKER		0x80
#define PADDING		0x20

enum {
	PCMU = 0,
	PCMA = 8,
	L16_STEREO = 10,
	L16_MONO = 11,
};

void rtp_rewrite(__u8 *data, const struct rtp_rewrite *rw)
{
	if (rw->what & RTP_REWRITE_PAYLOAD_TYPES)
		data[1] = (data[1] & MARKER) | rw->payload_types[data[1] & 0x7f];
	octets_put16(data + 2, octets_get16(data + 2) + rw->seq_offset);
	octets_put32(data + 4, octets_get32(data + 4) + rw->timestamp_offset);
	if (rw->what & RTP_REWRITE_SSRC)
		octets_put32(data + 8, rw->ssrc);
}

/* -1: not known. */
static int silence_of(__u8 payload_type)
{
	switch (payload_type) {
	case PCMU:
		return 0xff;
	case PCMA:
		return 0xd5;
	case L16_STEREO:
	case L16_MONO:
		return 0;
	default:
		return -1;
	}
}

bool rtp_has_silence(__u8 payload_type)
{
	return silence_of(payload_type) >= 0;
}

void rtp_silence(__u8 *data, unsigned int len)
{
	unsigned int start = rtp_header_size(data);
	unsigned int padding;

	if (data[0] & PADDING) {
		padding = data[len - 1];
		if (padding && padding <= len - start)
			len -= padding;
		else
			data[0] &= ~PADDING;
	}
	memset(data + start, silence_of(data[1] & 0x7f), len - start);
}
