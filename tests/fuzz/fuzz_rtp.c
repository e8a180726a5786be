// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rtp_parse() reads nothing outside its buffer, and a source takes any stream: the input is
 * a row of packets, each behind two octets of length and six of ns since the one before.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rtp.h"

#define HEAD 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t read_be(const uint8_t *p, unsigned int n)
{
	uint64_t value = 0;

	while (n--)
		value = value << 8 | *p++;
	return value;
}

/* Only what the kernel guarantees to be there is given: the rest is not even allocated. */
static enum rtp_kind parse(const uint8_t *data, size_t total, struct rtp_header *header)
{
	size_t len = total < RTP_HEADER_MAX ? total : RTP_HEADER_MAX;
	uint8_t *copy = malloc(len ? len : 1);
	enum rtp_kind kind;

	if (!copy)
		abort();
	memcpy(copy, data, len);
	kind = rtp_parse(copy, (unsigned int)total, header);
	free(copy);
	return kind;
}

static void account(struct rtp_source *source, const struct rtp_header *header, uint64_t now)
{
	uint32_t rate = rtp_clock_rate(header->payload_type);
	uint32_t received = source->received;
	enum rtp_seq seq;

	seq = rtp_source_update(source, header, now, rate ? rate : 192000);
	if (seq == RTP_SEQ_START ? source->received != 1 :
	    source->received != received + (seq != RTP_SEQ_JUMP))
		abort();
	if (seq == RTP_SEQ_NEXT && source->max_seq != header->seq)
		abort();
	if (source->ssrc != header->ssrc || !(source->window & 1))
		abort();
	/* No jump of more than 10 s is taken for jitter. */
	if (rtp_source_jitter_us(source) > 10000000)
		abort();
	if (rtp_source_lost(source) < -(int64_t)source->received)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rtp_source source = { 0 };
	struct rtp_header header;
	uint64_t now = 0;
	size_t len;

	while (size >= HEAD) {
		len = read_be(data, 2);
		now += read_be(data + 2, 6);
		data += HEAD;
		size -= HEAD;
		if (len > size)
			len = size;
		if (parse(data, len, &header) == RTP_KIND_RTP)
			account(&source, &header, now);
		data += len;
		size -= len;
	}
	return 0;
}
