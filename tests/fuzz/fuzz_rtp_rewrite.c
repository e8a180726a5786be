// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RTP that rtp_parse() takes is rewritten and made silent within its bounds: the input is how, in
 * RULE_SIZE octets, and a datagram.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "octets.h"
#include "rtp.h"
#include "rtp_rewrite.h"

#define RULE_SIZE 12

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_rule(struct rtp_rewrite *rw, const uint8_t *data)
{
	rw->what = data[0] & 0x0f;
	rw->seq_offset = octets_get16(data + 1);
	rw->timestamp_offset = octets_get32(data + 3);
	rw->ssrc = octets_get32(data + 7);
	for (unsigned int i = 0; i < RTP_PAYLOAD_TYPES; i++)
		rw->payload_types[i] = (i ^ data[11]) & 0x7f;
}

static void check(const struct rtp_header *was, const struct rtp_header *is,
		  const struct rtp_rewrite *rw)
{
	if (is->seq != (uint16_t)(was->seq + rw->seq_offset) ||
	    is->timestamp != was->timestamp + rw->timestamp_offset ||
	    is->ssrc != (rw->what & RTP_REWRITE_SSRC ? rw->ssrc : was->ssrc))
		abort();
	if (is->payload_type != (rw->what & RTP_REWRITE_PAYLOAD_TYPES ?
					 rw->payload_types[was->payload_type] : was->payload_type))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rtp_header was, is;
	struct rtp_rewrite rw;
	enum rtp_kind kind;
	uint8_t *copy;

	if (size < RULE_SIZE)
		return 0;
	read_rule(&rw, data);
	data += RULE_SIZE;
	size -= RULE_SIZE;
	copy = malloc(size ? size : 1);
	if (!copy)
		abort();
	memcpy(copy, data, size);
	if (rtp_parse(copy, (unsigned int)size, &was) == RTP_KIND_RTP) {
		if (rtp_header_size(copy) > size)
			abort();
		if (rtp_has_silence(was.payload_type))
			rtp_silence(copy, (unsigned int)size);
		/* Header and extension stay but for the padding bit. */
		if ((copy[0] ^ data[0]) & ~0x20 ||
		    memcmp(copy + 1, data + 1, rtp_header_size(copy) - 1))
			abort();
		rtp_rewrite(copy, &rw);
		/* A payload type of RTCP's with the marker is taken for that. */
		kind = rtp_parse(copy, (unsigned int)size, &is);
		if (kind == RTP_KIND_RTP)
			check(&was, &is, &rw);
		else if (copy[1] < 192 || copy[1] > 223)
			abort();
	}
	free(copy);
	return 0;
}
