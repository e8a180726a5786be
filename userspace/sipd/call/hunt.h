/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The search for somebody who answers: a call's targets and the branches that try them (RFC 3261
 * s.16.6 to s.16.8, with a client transaction and a dialog of its own for each).
 *
 * Lifetime: from the caller's INVITE until it is decided, by the first 2xx, by the best of all
 * refusals, or by the end of the call. Transactions of branches outlive it, as relays of the call.
 */
#ifndef SIPD_CALL_HUNT_H
#define SIPD_CALL_HUNT_H

#include <limits.h>

#include "call/best.h"
#include "call/exchange.h"
#include "call/route.h"
#include "call/target.h"

/* One target that is or was tried. */
struct call_branch {
	struct call_branch *next;
	struct call_hunt *hunt;
	struct call_target *target;
	struct call_relay *relay; /* NULL: nothing was sent yet, or its transaction is gone */
	struct call_hop *hop; /* owned; NULL: no other address can take the place of this one */
	struct timer timer; /* no answer */
	struct timer silence; /* of the address that it was sent to */
	unsigned int media; /* number of its branch there, or */
#define CALL_BRANCH_SILENT UINT_MAX /* it has made no offer */
	bool heard; /* something came back from there */
	bool over; /* nothing is waited for any more */
};

/* What has come of those who were called for one user or group, or by one route. */
struct call_round {
	int status; /* the best one, 0: none yet */
	unsigned int failures;
	unsigned int busy; /* of these */
	bool alerted; /* somebody has let it ring */
	char reasons[CALL_MAX_REASON_TEXT]; /* of the best one, as of struct call_past */
};

struct call_hunt {
	struct call *call;
	struct call_targets targets;
	const struct cfg_statuses *failover; /* NULL: none; the configuration's */
	struct call_branch *branches; /* the last one first */
	struct call_best best;
	struct call_round round; /* the present one */
	char *invite; /* the caller's, if it may have to be read again; owned */
	size_t invite_len;
	struct tp_flow from; /* of it */
	const struct call_pair *early; /* whose early media the caller hears, NULL: nobody's */
	unsigned int media; /* the branch that is relayed */
	unsigned int noffers; /* made so far, each with ports of its own */
	bool stopped; /* by a 6xx: nobody else is tried */
};

/* Is there more than one way, or may there be, so that each is to be named? */
static inline bool call_hunt_several(const struct call_hunt *hunt)
{
	return hunt->targets.count > 1 || hunt->targets.callees;
}

/* --- hunt.c --- */

/*
 * A branch has failed with @status, that of @response, or made here with headers for the caller in
 * @lines; one of them, or both, are NULL. What becomes of the call?
 */
void call_hunt_failed(struct call_branch *branch, int status, const struct sip_msg *response,
		      const struct sip_out *lines);
/* The branch of @relay has the call: others are cancelled. The hunt is gone. */
void call_hunt_won(struct call_relay *relay);
/* The caller's INVITE, read anew; NULL: it was not kept. */
const struct sip_msg *call_hunt_invite(const struct call_hunt *hunt);
/* A branch that waited for DNS has sent its INVITE. */
void call_hunt_sent(struct call_hunt *hunt);
/* In the decision log, after "LABEL: " if call_hunt_several(). */
void call_hunt_note(const struct call_hunt *hunt, const struct call_target *target,
		    enum call_note note, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* --- hunt_history.c: what each side is told of the way --- */

/* In the INVITE of @branch, of the caller's @invite. */
void call_hunt_tell_callee(struct sip_out *out, const struct call_branch *branch,
			   const struct sip_msg *invite);
/* In a response to the caller, if he wants to know; @final: not a provisional one. */
void call_hunt_tell_caller(struct sip_out *out, const struct call *call, bool final);
/* What the 2xx tells, before the hunt goes. */
void call_hunt_keep_history(struct call *call);
/* A response, not 100, may tell the caller more. */
void call_branch_tells(struct call_relay *relay, const struct sip_msg *response);

/* --- attempt.c: what a branch sends --- */

/*
 * One more branch: sends the INVITE to @target, or waits for its addresses first. 0 or the status
 * that refuses it, with headers for the caller in @lines.
 */
int call_branch_start(struct call_hunt *hunt, struct call_target *target,
		      const struct sip_msg *invite, struct sip_out *lines);
/*
 * A branch that has called instead of being called: @req, which came by @st from @target's address,
 * begins its dialog. What it is answered with, the caller's offer, is in @body, its dialogs are in
 * *@pair. 0, or the status that refuses it, with headers in @lines.
 */
int call_branch_join(struct call_hunt *hunt, struct call_target *target, struct sip_strans *st,
		     const struct sip_msg *req, struct sip_out *lines, struct call_body *body,
		     struct call_pair **pair);
/*
 * A response to what @branch (which may be NULL) has sent, or none in time (@response NULL). True:
 * the INVITE has gone to another address of its target, or could not, and the branch has failed.
 */
bool call_branch_elsewhere(struct call_branch *branch, const struct sip_msg *response);
/* The same, when it cannot be sent: @err says why (negative errno). */
bool call_branch_unreachable(struct call_branch *branch, int err);
/* Something has come back. */
void call_branch_heard(struct call_branch *branch);
/* No other address is tried any more. */
void call_branch_stay(struct call_branch *branch);
/* Nothing is waited for any more; what it has sent goes on. */
void call_branch_end(struct call_branch *branch);
void call_branch_free(struct call_branch *branch);

/* --- branch.c: what comes back to it --- */

/* Of its transactions, with the relay as their user. */
extern const struct sip_ctrans_ops call_branch_ops;
/* A response above 100 to the INVITE of @relay. */
void call_branch_receive(struct call_relay *relay, const struct sip_msg *response);
/* Cancels what it has sent, for @reason (a Reason line, NULL: none). */
void call_branch_cancel(struct call_branch *branch, const char *reason);

/* --- treat_follow.c: those who are called send the call on --- */

/*
 * A failure with @status, that of @response (NULL: there was none). True: what the caller gets does
 * not depend on it.
 */
bool call_treat_take(struct call_hunt *hunt, int status, const struct sip_msg *response);
/* Does a 6xx end no more than the present stage? */
bool call_treat_goes_on(const struct call_hunt *hunt, int status);
/* All have failed: true if there are others now, who are called instead. */
bool call_treat_follow(struct call_hunt *hunt);
/* Tells the log and the caller of those who have sent it on, from @from (NULL: the first) on. */
void call_treat_tell(struct call_hunt *hunt, const struct call_callee *from);
bool call_treat_is_group(const struct call_hunt *hunt);

#endif
