/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Session timers (RFC 4028), on each leg by itself: sipd is the peer's UAC or UAS, and neither
 * carries on what one side says of them. Durations in seconds as on the wire.
 */
#ifndef SIPD_CALL_SESSION_TIMER_H
#define SIPD_CALL_SESSION_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/timer.h"
#include "base/view.h"

struct call;
struct call_pair;
struct call_realm;
struct call_relay;
struct sip_msg;
struct sip_out;
struct tp_flow;

enum call_refresher { CALL_REFRESHER_NONE, CALL_REFRESHER_SIPD, CALL_REFRESHER_PEER };
enum call_allows { CALL_ALLOWS_UNKNOWN, CALL_ALLOWS, CALL_ALLOWS_NOT };

/* Of one leg of a pair. */
struct call_session {
	struct timer timer; /* the next refresh, or the end; armed only before the call ends */
	uint64_t refreshed_ms; /* monotonic, by the last 2xx */
	uint32_t interval; /* 0: the session does not expire */
	uint32_t min_se; /* the greatest that the peer has demanded in a 422, 0: none */
	uint8_t refresher; /* enum call_refresher */
	uint8_t side; /* enum media_side; set with the timer */
	uint8_t update; /* enum call_allows: is UPDATE in the peer's Allow? */
};

/* What a request that came says, for its 2xx. */
struct call_session_ask {
	uint32_t interval; /* Session-Expires, 0: none */
	uint32_t min_se; /* Min-SE, 0: none */
	uint8_t refresher; /* enum call_refresher; the peer is the UAC */
	uint8_t update; /* enum call_allows */
	bool timer; /* the peer supports timers */
};

/* --- session_timer.c: what is negotiated --- */

/*
 * May this INVITE or UPDATE be taken, for what it says of session timers? 0 or the status that
 * refuses it, with headers in @lines. @settings: those of its call, or in force.
 */
int call_session_screen(const struct call_settings *settings, const struct sip_msg *req,
			const struct tp_flow *from, struct sip_out *lines);
/* Keeps what @req, which came by relay->st, says. */
void call_session_asked(struct call_relay *relay, const struct sip_msg *req);
/* The headers of a request that goes out on the leg that faces away from relay->from. */
void call_session_write_request(struct sip_out *out, struct call_relay *relay,
				const struct call_pair *pair);
/* The headers of the 2xx to the request that came, with which the leg's timer begins anew. */
void call_session_write_2xx(struct sip_out *out, struct call_relay *relay, struct call_pair *pair);
/* A 2xx came to the request that went out: the leg's timer begins anew. */
void call_session_accepted(struct call_relay *relay, struct call_pair *pair,
			   const struct sip_msg *response);
/* A 422 that a longer interval may satisfy: its headers in @lines. False: there is none. */
bool call_session_longer(struct call_relay *relay, struct call_pair *pair,
			 const struct sip_msg *refusal, struct sip_out *lines);

/* --- session_refresh.c: what is done when time has passed --- */

/* The session on that leg is as new, and lasts for session->interval. */
void call_session_restart(struct call_pair *pair, unsigned int side);
/* A party leaves its pair and comes to another one: its session goes with it, and on. */
void call_session_take(struct call_pair *pair, unsigned int side, struct call_session *session);
void call_session_put(struct call_pair *pair, unsigned int side,
		      const struct call_session *session);
void call_pair_stop_sessions(struct call_pair *pair);
/* Of all pairs of the call. */
void call_sessions_stop(struct call *call);
/* Until the session ends; 0: it does not. */
uint64_t call_session_left_ms(const struct call_session *session, uint64_t now_ms);

/* --- session_sdp.c: the SDP of each side, to offer it to the other one once more --- */

struct call_session_sdp {
	char *text; /* owned; NULL: none is kept */
	size_t len;
};

/* What came from that side, to become its SDP if the offer and answer succeed. */
void call_session_sdp_take(struct call *call, unsigned int from, struct view body);
/* What was taken has gone on with @lines, each with its end, behind it. */
void call_session_sdp_add(struct call *call, unsigned int from, struct view lines);
void call_session_sdp_commit(struct call *call);
/* Once it is known who can be refreshed without it. */
void call_session_sdp_trim(struct call *call);
void call_session_sdp_undo(struct call *call);
void call_session_sdp_clean(struct call *call);

#endif
