/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way that a call has come, for those who are called later: who was called before, and why no
 * longer. History-Info (RFC 7044) and Diversion (RFC 5806) tell it.
 */
#ifndef SIPD_CALL_HISTORY_H
#define SIPD_CALL_HISTORY_H

#include "sip/msg.h"
#include "sip/out.h"

/* Why it was sent on (RFC 5806 s.4). */
enum call_diversion {
	CALL_DIVERTED, /* for a reason that is not known */
	CALL_DIVERTED_ALWAYS,
	CALL_DIVERTED_BUSY,
	CALL_DIVERTED_NO_ANSWER,
	CALL_DIVERTED_AWAY,
	CALL_DIVERTED_DND,
};

struct call_past {
	const struct call_past *by; /* who sent it on to here, NULL: nobody did */
	struct view uri;
	uint16_t cause; /* the status for which it was sent on from here, 0: it was not */
	uint16_t index; /* among those that @by has sent it to, from 1 */
	uint16_t more; /* diversions before it, of which nothing else is told */
	uint8_t reason; /* enum call_diversion */
	char *diversions; /* lines of the 3xx for which it was left, NULL: it had none */
	bool contact; /* of the same user as @by, not another one (rc, else mp) */
	bool named; /* by a 3xx of @by: whether of the same user is not known (RFC 7044 s.10.4) */
};

/* Of one 3xx. */
#define CALL_MAX_DIVERSION_LINES 8
#define CALL_MAX_DIVERSION_TEXT 1024

/* The History-Info of an INVITE to @past: none if it has not been sent on. */
void call_history_write(struct sip_out *out, const struct call_past *past);
/*
 * Its Diversions, the last one first (RFC 5806 s.4): what others have said of it stands behind
 * them. Who has told of a diversion of his own in a 3xx is told of by that.
 */
void call_history_write_diversions(struct sip_out *out, const struct call_past *past);
/* Writes one for who was left at @uri for a reason that is not known. */
void call_history_write_diversion(struct sip_out *out, struct view uri);
/* The Diversions of a 3xx as they came, but for what cannot be read; how many lines. */
unsigned int call_history_pass_diversions(struct sip_out *out, const struct sip_msg *response);
/* Was it sent on, before it came to @past? */
bool call_history_told(const struct call_past *past);
/* How often others have sent on @invite before it came here. */
unsigned int call_history_count(const struct sip_msg *invite);

#endif
