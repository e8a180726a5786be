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

struct ladder_event {
	uint32_t t_ms; /* since the first event */
	uint8_t kind; /* enum ladder_kind */
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
void ladder_clean(struct ladder *ladder);

static inline const char *ladder_label(const struct ladder *ladder,
				       const struct ladder_event *event)
{
	return ladder->text + event->text;
}

const char *ladder_detail(const struct ladder *ladder, const struct ladder_event *event);

#endif
