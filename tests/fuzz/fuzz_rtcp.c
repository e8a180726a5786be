// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * RTCP of any kind is read and rewritten within its bounds: the input is how it is rewritten, in
 * RULE_SIZE octets, and a datagram.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "octets.h"
#include "rtcp.h"

#define RULE_SIZE 29

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t *copy_of(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	return copy;
}

static struct rtcp_rewrite read_rule(const uint8_t *data)
{
	return (struct rtcp_rewrite){
		.what = data[0] & (RTCP_REWRITE_SENDER | RTCP_REWRITE_MEDIA),
		.sender = octets_get32(data + 1),
		.sender_was = octets_get32(data + 5),
		.timestamp_offset = octets_get32(data + 9),
		.media = octets_get32(data + 13),
		.media_was = octets_get32(data + 17),
		.seq_shift = (int32_t)octets_get32(data + 21) >> 15,
		.media_timestamp_offset = octets_get32(data + 25),
	};
}

/* The same packets at the same places, whatever was changed. */
static void check_shape(const uint8_t *before, const uint8_t *after, unsigned int len)
{
	struct rtcp_packet was = { 0 }, is = { 0 };

	while (rtcp_next(before, len, &was)) {
		if (!rtcp_next(after, len, &is) || is.next != was.next || is.type != was.type ||
		    is.count != was.count || is.size != was.size)
			abort();
	}
	if (rtcp_next(after, len, &is))
		abort();
}

static void check_rewrite(const uint8_t *data, unsigned int len, const struct rtcp_rewrite *rw,
			  bool whole)
{
	uint8_t *copy = copy_of(data, len);
	struct rtcp_summary before, after;

	if (rtcp_rewrite(copy, len, rw) != whole)
		abort();
	if ((!whole || (!rw->what && !rw->timestamp_offset)) && memcmp(copy, data, len))
		abort();
	if (whole) {
		check_shape(data, copy, len);
		if (!rtcp_read(data, len, 0, &before) || !rtcp_read(copy, len, 0, &after) ||
		    before.has != after.has)
			abort();
		if (before.has & RTCP_HAS_SENDER && rw->what & RTCP_REWRITE_SENDER &&
		    after.sender != rw->sender)
			abort();
	}
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rtcp_rewrite nothing = { 0 }, rw;
	struct rtcp_summary summary;
	uint8_t *copy;
	bool whole;

	if (size < RULE_SIZE)
		return 0;
	rw = read_rule(data);
	data += RULE_SIZE;
	size -= RULE_SIZE;
	copy = copy_of(data, size);
	whole = rtcp_read(copy, (unsigned int)size, rw.media, &summary);
	if (whole != rtcp_is_compound(copy, (unsigned int)size) || (!whole && summary.has))
		abort();
	if (whole && summary.has & RTCP_HAS_REPORT &&
	    (summary.report.lost < -0x800000 || summary.report.lost > 0x7fffff))
		abort();
	if (whole && summary.has & RTCP_HAS_REPORT &&
	    rtcp_rtt_us((uint64_t)summary.report.lsr << 16, summary.report.dlsr) < -1)
		abort();
	check_rewrite(copy, (unsigned int)size, &nothing, whole);
	check_rewrite(copy, (unsigned int)size, &rw, whole);
	free(copy);
	return 0;
}
