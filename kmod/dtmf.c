// SPDX-License-Identifier: GPL-2.0
#include "dtmf.h"

#include "octets.h"

#define BLOCK_SIZE		4
#define SEGMENT_MAX		0xffff
/* How much older than the last event one may be that comes late, in seconds. */
#define MAX_LATE		10
/* Updates come every 50 ms (RFC 4733 s.2.5.1.2); after this part of a second they are missed. */
#define MISSED_PART		4

/* One event of a packet (RFC 4733 s.2.3). */
struct block {
	__u32 timestamp;
	__u16 duration;
	__u8 event;
	__u8 volume;
	bool end;
};

static void read_block(const __u8 *p, struct block *block)
{
	block->event = p[0];
	block->end = p[1] & 0x80;
	block->volume = p[1] & 0x3f;
	block->duration = octets_get16(p + 2);
}

static void report(struct dtmf_state *state, struct dtmf_event *out)
{
	state->phase = DTMF_ENDED;
	out->event = state->event;
	out->volume = state->volume;
	out->duration = state->before + state->duration;
}

/* It goes on where a segment of the greatest length ends (RFC 4733 s.2.5.1.3). */
static bool is_next_segment(const struct dtmf_state *state, const struct block *block)
{
	return state->phase == DTMF_ACTIVE && state->event == block->event &&
	       block->timestamp == state->timestamp + SEGMENT_MAX;
}

static bool is_late(const struct dtmf_state *state, const struct block *block, __u32 clock_rate)
{
	__u32 age = state->timestamp - block->timestamp;

	return state->phase != DTMF_IDLE && age && age < MAX_LATE * clock_rate;
}

static void start(struct dtmf_state *state, const struct block *block, __u32 before)
{
	state->phase = DTMF_ACTIVE;
	state->timestamp = block->timestamp;
	state->before = before;
	state->event = block->event;
	state->duration = 0;
}

static unsigned int take_block(struct dtmf_state *state, const struct block *block,
			       __u32 clock_rate, struct dtmf_event *out)
{
	unsigned int n = 0;

	if (is_late(state, block, clock_rate))
		return 0;
	if (state->phase == DTMF_IDLE) {
		start(state, block, 0);
	} else if (is_next_segment(state, block)) {
		start(state, block, state->before + SEGMENT_MAX);
	} else if (block->timestamp != state->timestamp) {
		if (state->phase == DTMF_ACTIVE)
			report(state, &out[n++]);
		start(state, block, 0);
	} else if (state->phase == DTMF_ENDED) {
		return 0;
	}
	if (block->duration >= state->duration) {
		state->duration = block->duration;
		state->volume = block->volume;
	}
	if (block->end)
		report(state, &out[n++]);
	return n;
}

unsigned int dtmf_packet(struct dtmf_state *state, __u32 ssrc, __u32 timestamp,
			 const __u8 *payload, unsigned int len, __u32 clock_rate,
			 struct dtmf_event out[DTMF_MAX_REPORTS])
{
	struct block block = { .timestamp = timestamp };
	unsigned int n = 0;

	if (state->phase != DTMF_IDLE && state->ssrc != ssrc) {
		if (state->phase == DTMF_ACTIVE)
			report(state, &out[n++]);
		state->phase = DTMF_IDLE;
	}
	state->ssrc = ssrc;
	/* Several events of a packet follow one upon another (RFC 4733 s.2.5.1.5). */
	for (; len >= BLOCK_SIZE && n + 2 <= DTMF_MAX_REPORTS; len -= BLOCK_SIZE) {
		read_block(payload, &block);
		n += take_block(state, &block, clock_rate, &out[n]);
		block.timestamp += block.duration;
		payload += BLOCK_SIZE;
	}
	return n;
}

bool dtmf_other(struct dtmf_state *state, __u32 ssrc, __u32 timestamp, __u32 clock_rate,
		struct dtmf_event *out)
{
	__u32 since = timestamp - state->timestamp - state->duration;

	if (state->phase != DTMF_ACTIVE)
		return false;
	if (state->ssrc == ssrc && (__s32)since < (__s32)(clock_rate / MISSED_PART))
		return false;
	report(state, out);
	return true;
}
