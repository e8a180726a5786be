/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that handle one kind of request each ask of one another. */
#ifndef SIPD_CALL_EXCHANGE_H
#define SIPD_CALL_EXCHANGE_H

#include "call/leg.h"

/* --- screen.c: refused before anything is done: 0 or the status, with headers in @lines --- */

struct call_choice;

/*
 * 0: the call has its targets in @choice, and its room, which is call_alloc()'s to give back.
 * @choice is NULL for a call that needs none.
 */
int call_screen_invite(struct call_engine *engine, const struct sip_msg *req,
		       const struct tp_flow *from, struct sip_out *lines,
		       struct call_choice *choice);
/* Is this Request-URI of a scheme that is understood (s.8.2.2.1)? sips only if it came by TLS. */
bool call_scheme_ok(struct view ruri, const struct tp_flow *from);
/* What a request demands of us (s.8.2.2.3): 0 or 420. */
int call_screen_require(const struct sip_msg *req, struct sip_out *lines);
/* What it demands of a proxy (s.16.3): 0 or 420. */
int call_screen_proxy_require(const struct sip_msg *req, struct sip_out *lines);
/* The status for what call_route() says. */
int call_screen_route(int error, const struct call_engine *engine, const struct tp_flow *from,
		      struct sip_out *lines);
/* For every request that is carried on. */
int call_screen_request(const struct sip_msg *req, struct sip_out *lines);
/* The calls whose INVITE is in progress, for merged requests (RFC 3261 s.8.2.2.2). */
void call_merge_add(struct call *call);
void call_merge_del(struct call *call);

/* --- invite.c --- */

void call_receive_invite(struct call_engine *engine, struct sip_strans *st,
			 const struct sip_msg *req, const struct tp_flow *from);
/* The status that the caller sees for one of the next hop's (RFC 3261 s.16.7). */
int call_map_status(int status);

/*
 * Is @status, to @relay's request, a challenge after our own credentials? Then it is not the other
 * side's business, who gets 500 and this Warning.
 */
static inline bool call_is_our_refusal(const struct call_relay *relay, int status)
{
	return relay->refused && (status == 401 || status == 407);
}
#define CALL_REFUSED_US "The next hop refused the credentials of this server"

/* @relay becomes call->invite: its branch has the call. */
void call_invite_move(struct call_relay *relay);

/* --- hunt.c: who is called --- */

/*
 * Sends the INVITE to the first targets of @choice, which are the call's from now on; if all of
 * them fail at once the call has been refused. 0, or 500 without memory to begin.
 */
int call_hunt_start(struct call *call, struct call_choice *choice, const struct sip_msg *invite,
		    const struct tp_flow *from);
/* Calls nobody else; what was sent goes on as it is. Nothing without a hunt. */
void call_hunt_free(struct call *call);
/* A relay goes that was the transaction of a branch. */
void call_branch_forget(struct call_relay *relay);
/* Cancels what others than @winner have been sent, for @reason (a Reason line, NULL: none). */
void call_relays_lose(struct call *call, const struct call_relay *winner, const char *reason);
/* The callee of @pair gave up before he answered: true if somebody else may. */
bool call_hunt_left(struct call_pair *pair);

/* --- fork.c: the dialogs of one INVITE --- */

/*
 * The pair of the dialog that @response to the INVITE of @relay is of, made when it is new; NULL:
 * no room for it.
 */
struct call_pair *call_fork_pair(struct call_relay *relay, const struct sip_msg *response);
/* The first pair of those that the INVITE of @relay has made, or NULL. */
struct call_pair *call_fork_first(const struct call_relay *relay);
/* BYE in a dialog of no call; what comes back is nobody's. */
void call_fork_bye(struct call_engine *engine, const struct sip_dialog *leg, uint32_t cseq);
/* A 2xx of a dialog that lost: acknowledged and ended once. */
void call_fork_drop(struct call_relay *relay, const struct sip_msg *response);
/*
 * sip_handlers.stray: a 2xx whose call is gone is acknowledged and ended, if that leads back to
 * where it came from; a late one is acknowledged.
 */
void call_receive_stray(void *arg, const struct sip_msg *response, const struct tp_flow *from);
/* A From tag for @call_id that proves later that the pair was made here. */
#define CALL_TAG_STRLEN 25
void call_fork_tag(struct call_engine *engine, struct view call_id, char tag[CALL_TAG_STRLEN]);

/* --- accept.c: 2xx of an INVITE and its ACK --- */

/* The first 2xx of @pair's branch goes back. */
void call_accept(struct call_relay *relay, struct call_pair *pair, const struct sip_msg *response);
/*
 * The same for a 2xx that goes back to nobody: it is acknowledged with @answer, which may be empty,
 * and the call stands.
 */
void call_accept_here(struct call_relay *relay, const struct call_body *answer);
/* sip_handlers.ack */
void call_receive_ack(void *arg, const struct sip_msg *ack, const struct tp_flow *from);
/* sip_strans_ops.no_ack of INVITEs */
void call_no_ack(void *user, struct sip_strans *st);

/* --- dispatch.c, reinvite.c, other.c, bye.c: requests in a dialog --- */

/* The dialog that a message belongs to, if it came from the side that the dialog is with. */
struct sip_dialog *call_find_dialog(const struct call_engine *engine, const struct sip_msg *msg,
				    const struct tp_flow *from);

struct call_request {
	struct call_pair *pair;
	enum media_side from;
	struct sip_strans *st;
	const struct sip_msg *msg;
	const struct tp_flow *flow;
};

void call_receive_reinvite(const struct call_request *req);
/*
 * Is an INVITE of this or the other direction not over yet (s.14.2, RFC 3311 s.5.2)? 0 or the
 * status that refuses another offer, with headers in @lines.
 */
int call_collides(const struct call_request *req, struct sip_out *lines);
void call_receive_other(const struct call_request *req);
/* Of the transactions of a request that it carries, or PRACK. */
extern const struct sip_strans_ops call_other_st_ops;
extern const struct sip_ctrans_ops call_other_ct_ops;
void call_receive_bye(const struct call_request *req);
/* Answers a request of a call here. */
void call_answer_here(const struct call_request *req, int status, const struct sip_out *lines);
/* Retry-After of 0 to 10 s at random (s.14.2). */
void call_write_retry(struct call_engine *engine, struct sip_out *out);

/* --- retry.c: requests that go out once more --- */

/*
 * Sends @request as that of @relay, whose user @ops then hear of it, but for refusals that are
 * answered by sending it once more. 0 or -ENOMEM.
 */
int call_send(struct call_relay *relay, const struct call_pair *pair,
	      const struct sip_request *request, const struct sip_ctrans_ops *ops);

/* --- end.c --- */

struct call_ending {
	const char *by; /* static: "caller", "operator" ... */
	const char *why; /* for people and the ladder */
	int status; /* for a caller who still waits */
	struct view reason; /* values of Reason headers (RFC 3326), .p NULL: none */
	bool fault; /* counts as a failed call */
	const struct sip_msg *bye; /* the BYE to carry on, NULL: made here */
};

/* Ends the call from whatever state it is in: refuses, cancels, sends BYE. */
void call_end(struct call *call, const struct call_ending *ending);
/* Lets go of what a call that ends still waits for. */
void call_give_up(struct call *call);
/*
 * BYE on one leg, if its dialog stands; waits for the ACK of a 2xx where it must. @ending may be
 * NULL.
 */
void call_bye(struct call *call, enum media_side side, const struct call_ending *ending);
void call_set_code(struct call *call, int code);
/* The caller gave up (sip_strans_ops.cancelled of the initial INVITE). */
void call_cancelled(void *user, struct sip_strans *st);
/* Timers. */
void call_start_answer_timer(struct call *call);
/* The same, but for no longer than the INVITE's Expires (RFC 3261 s.13.3.1). */
void call_start_invite_timer(struct call *call, const struct sip_msg *invite);
void call_start_duration_timer(struct call *call);
void call_start_end_timer(struct call *call);

/* --- trace.c: the ladder --- */

/* sip_handlers.trace */
void call_trace(void *arg, void *user, const struct sip_trace *trace);
/* A request that came from @side and has found its call. */
void call_trace_request(struct call *call, enum media_side side, const struct sip_msg *req,
			bool retransmission);
/* sip_handlers.ended */
void call_trace_ended(void *arg, uint64_t mark, enum sip_ending how);
/* The ACK of a 2xx, as part of the INVITE of @relay (NULL: of none that is known). */
void call_trace_ack(struct call_engine *engine, struct call_relay *relay, const struct sip_msg *ack,
		    const struct tp_flow *from);
void call_trace_media(struct call *call, const char *text);
/* The counts at the end, from call->media_stats. */
void call_trace_media_end(struct call *call);

/* --- note.c --- */

/*
 * The decision log: what "call why" tells, and the ladder shows. A note names what decided, and
 * what it decided on: "next-hop of realm access: 192.0.2.1:5060 in realm core". printf() is for
 * notes that not every call has.
 */
#define CALL_NOTE_MAX 512 /* with its NUL; what is longer is cut */
void call_note(struct call *call, enum call_note note, const char *text);
void call_note_printf(struct call *call, enum call_note note, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/*
 * Why sipd refuses with @status: what the Warning in @lines says, or what the status means. Of a
 * request that has no call its flow keeps the note.
 */
void call_note_refused_here(struct call *call, int status, const struct sip_out *lines);
void call_note_refused(struct call_engine *engine, const struct sip_strans *st, int status,
		       const struct sip_out *lines);

#endif
