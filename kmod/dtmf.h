/* SPDX-License-Identifier: GPL-2.0 */
/* Telephone events (RFC 4733): one report for each, however it comes. Pure C. */
#ifndef SF_DTMF_H
#define SF_DTMF_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stdbool.h>
#endif

/* Reports that one packet can cause: that before has ended unseen, and its own events. */
#define DTMF_MAX_REPORTS	4

/**
 * struct dtmf_event - an event that has ended
 * @duration: timestamp units
 * @event: number (RFC 4733 s.3.2)
 * @volume: -dBm0
 */
struct dtmf_event {
	__u32 duration;
	__u8 event;
	__u8 volume;
};

enum dtmf_phase {
	DTMF_IDLE,	/* none has come yet */
	DTMF_ACTIVE,	/* the last one has not ended yet */
	DTMF_ENDED,	/* it has, and was reported */
};

/**
 * struct dtmf_state - the last event of a source
 * @ssrc: of the source
 * @timestamp: where the event, or its present segment, starts
 * @before: duration of the segments before (RFC 4733 s.2.5.1.3)
 * @duration: longest seen, of the present segment
 *
 * All zero is a source that has sent none.
 */
struct dtmf_state {
	__u32 ssrc;
	__u32 timestamp;
	__u32 before;
	__u16 duration;
	__u8 event;
	__u8 volume : 6;
	__u8 phase : 2;
};

/**
 * dtmf_packet() - take in a packet of telephone events
 * @payload: behind the RTP header: all of it, or as much as is at hand
 * @clock_rate: timestamp units per second
 * @out: what has ended
 *
 * Returns how many of @out are filled in. Retransmissions and packets that come late say
 * nothing new.
 */
unsigned int dtmf_packet(struct dtmf_state *state, __u32 ssrc, __u32 timestamp,
			 const __u8 *payload, unsigned int len, __u32 clock_rate,
			 struct dtmf_event out[DTMF_MAX_REPORTS]);

/**
 * dtmf_other() - take in the timestamp of a packet that is none of telephone events
 *
 * Returns true when it is so late that the event, whose end was lost, must be over.
 */
bool dtmf_other(struct dtmf_state *state, __u32 ssrc, __u32 timestamp, __u32 clock_rate,
		struct dtmf_event *out);

static inline bool dtmf_is_active(const struct dtmf_state *state)
{
	return state->phase == DTMF_ACTIVE;
}

#endif /* SF_DTMF_H */
