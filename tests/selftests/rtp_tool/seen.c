// SPDX-License-Identifier: GPL-2.0-or-later
#include "seen.h"

#include <stdint.h>
#include <stdlib.h>

#include "tool.h"

/* Extended sequence numbers that may come; begins in the middle, for what comes late. */
#define SPAN (1U << 19)
#define FIRST (1U << 16)

struct stream {
	struct stream *next;
	uint32_t ssrc;
	uint32_t low, high, last; /* extended */
	uint32_t unique;
	uint32_t duplicate;
	uint8_t came[SPAN / 8];
};

static struct stream *streams;

static struct stream *find(uint32_t ssrc, uint16_t seq)
{
	struct stream *s = streams;

	while (s && s->ssrc != ssrc)
		s = s->next;
	if (s)
		return s;
	s = calloc(1, sizeof(*s));
	if (!s)
		fail("no memory");
	s->ssrc = ssrc;
	s->low = s->high = s->last = FIRST + seq;
	s->next = streams;
	streams = s;
	return s;
}

void seen_add(uint32_t ssrc, uint16_t seq)
{
	struct stream *s = find(ssrc, seq);
	uint32_t extended = s->last + (int16_t)(seq - (uint16_t)s->last);

	if (extended >= SPAN)
		fail("too many sequence numbers of SSRC %08x", ssrc);
	s->last = extended;
	if (extended < s->low)
		s->low = extended;
	if (extended > s->high)
		s->high = extended;
	if (s->came[extended / 8] & 1 << extended % 8) {
		s->duplicate++;
		return;
	}
	s->came[extended / 8] |= 1 << extended % 8;
	s->unique++;
}

struct seen_sums seen_sums(void)
{
	struct seen_sums sums = { 0 };

	for (const struct stream *s = streams; s; s = s->next) {
		sums.ssrcs++;
		sums.lost += s->high - s->low + 1 - s->unique;
		sums.duplicate += s->duplicate;
	}
	return sums;
}
