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

/* How a target was found (RFC 7044 s.10.4). */
enum call_found {
	CALL_FOUND_UNKNOWN,
	CALL_FOUND_RC, /* as a contact of the same user */
	CALL_FOUND_MP, /* as another user */
	CALL_FOUND_NP, /* without a change */
};

#define CALL_MAX_REASON_TEXT 64

struct call_past {
	const struct call_past *by; /* who sent it on to here, NULL: nobody did */
	struct view uri;
	uint16_t cause; /* the status for which it was sent on from here, 0: it was not */
	uint16_t failed; /* the final status that came of it, 0: none yet */
	uint16_t index; /* of those of the same level, in the order of trial; 0: none yet */
	uint16_t more; /* diversions before it, of which nothing else is told */
	uint8_t reason; /* enum call_diversion */
	char *diversions; /* lines of the 3xx for which it was left, NULL: it had none */
	char *entries; /* what its response tells of the way behind it, NULL: nothing */
	bool contact; /* of the same user as @by, not another one (rc, else mp) */
	bool named; /* by a 3xx of @by, whose level it is of (RFC 7044 s.10.3) */
	bool ours; /* a user or group of ours, whose URI shows no host of others */
	bool sent; /* a request has gone there */
	bool told; /* and had History-Info of ours */
	bool accepted; /* and was, with a 2xx */
	bool private; /* as its response says (RFC 7044 s.10.1) */
	uint8_t found; /* as that 3xx says, enum call_found */
	char reasons[CALL_MAX_REASON_TEXT]; /* others than @cause, as headers of a URI; with NUL */
};

/* Of one 3xx. */
#define CALL_MAX_DIVERSION_LINES 8
#define CALL_MAX_DIVERSION_TEXT 1024

/* Who is told. */
struct call_history_reader {
	bool trusted; /* as a peer */
	bool private; /* he is not, and who calls wants it kept from such */
	struct view host; /* shown in the place of others' hosts; .p NULL: those are */
};

/* Is what was left at @past kept from @reader? */
bool call_history_hides(const struct call_history_reader *reader, const struct call_past *past);
/* Why it was left with @status, in its URI, which is open. */
void call_history_write_reasons(struct sip_out *out, const struct call_past *past, int status);
/* ";rc=" or the like, NULL: it is not known how it was found. */
const char *call_history_found(const struct call_past *past);
#define CALL_INDEX_TEXT 256
/* @base: the index that all of ours stand below, empty: none. */
void call_history_write_index(struct sip_out *out, const struct call_past *past, struct view base);
/* That of the last entry of @msg; empty: it has none. */
struct view call_history_last_index(const struct sip_msg *msg);
/* Who has sent it on to the level of @past, NULL: nobody did. */
const struct call_past *call_history_level(const struct call_past *past);
/* The Reasons of a response, but that of SIP, for an entry that was left for it. */
void call_history_read_reasons(char reasons[CALL_MAX_REASON_TEXT], const struct sip_msg *response);
/*
 * Its Diversions, the last one first (RFC 5806 s.4): what others have said of it stands behind
 * them. Who has told of a diversion of his own in a 3xx is told of by that.
 */
void call_history_write_diversions(struct sip_out *out, const struct call_past *past);
/* Writes one for who was left at @uri for a reason that is not known. */
void call_history_write_diversion(struct sip_out *out, struct view uri);
/* The Diversions of a 3xx as they came, but for what cannot be read; how many lines. */
unsigned int call_history_pass_diversions(struct sip_out *out, const struct sip_msg *response);
static inline bool call_history_has_failed(const struct call_past *past)
{
	return past->cause || past->failed;
}

/* Was it sent on, before it came to @past? */
bool call_history_sent_on(const struct call_past *past);
/* How often others have sent on @invite before it came here. */
unsigned int call_history_count(const struct sip_msg *invite);

#endif
