/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happened in a call, message by message, kept small enough to be kept always: for ladders
 * after the fact. Bounded: when it is full, the first events stay and the middle is thinned out.
 */
#ifndef SIPD_CALL_LADDER_H
#define SIPD_CALL_LADDER_H

#include <stdbool.h>
#include <stdint.h>

#include "transport/transport.h"

/* Columns: the caller, sipd, the callee. */
enum ladder_column { LADDER_A, LADDER_SIPD, LADDER_B };
enum ladder_kind { LADDER_MESSAGE, LADDER_MEDIA, LADDER_NOTE };
/* What a note is about, for "call why". */
enum call_note {
	CALL_NOTE_OTHER,
	CALL_NOTE_ROUTE, /* where the call goes, and what says so: a rule, a binding, a lookup */
	CALL_NOTE_FORWARD, /* who has sent it on to whom, and why */
	CALL_NOTE_TRY, /* one destination of several is tried, or given up */
	CALL_NOTE_REFUSAL, /* who refused, with what */
	CALL_NOTE_SILENCE, /* who did not answer, or not in time */
	CALL_NOTE_MEDIA, /* what is wrong with the media */
	CALL_NOTE_CHANGE, /* of the session: hold, transfer, refresh */
	CALL_NOTE_END, /* who ended it, and why */
	CALL_NOTES
};

struct ladder_event {
	uint32_t t_ms; /* since the first event */
	uint8_t kind : 3; /* enum ladder_kind */
	uint8_t note : 5; /* enum call_note */
	uint8_t from, to; /* enum ladder_column */
	bool retransmission;
	uint32_t text; /* offset into the ladder's text: label NUL detail NUL */
};

struct ladder {
	uint64_t start_ms; /* monotonic */
	uint32_t nevents, event_cap;
	uint32_t text_len, text_cap;
	uint32_t omitted; /* events left out for want of room */
	struct ladder_event *events;
	char *text;
};

#define LADDER_MAX_EVENTS 200

/* All zero is an empty ladder. Without memory an event is counted as omitted. */
void ladder_add(struct ladder *ladder, uint64_t now_ms, enum ladder_kind kind,
		enum ladder_column from, enum ladder_column to, bool retransmission,
		const char *label, const char *detail);
/* A note by sipd; its text goes into label and detail. */
void ladder_note(struct ladder *ladder, uint64_t now_ms, enum call_note note, const char *text);
const char *ladder_note_name(enum call_note note);
void ladder_clean(struct ladder *ladder);

static inline const char *ladder_label(const struct ladder *ladder,
				       const struct ladder_event *event)
{
	return ladder->text + event->text;
}

const char *ladder_detail(const struct ladder *ladder, const struct ladder_event *event);

#endif
