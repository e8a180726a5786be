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

#include "call/best.h"
#include "call/exchange.h"
#include "call/route.h"
#include "call/target.h"

/* One target that is or was tried. */
struct call_branch {
	struct call_branch *next;
	struct call_hunt *hunt;
	struct call_target *target;
	struct call_relay *relay; /* NULL: its transaction is gone */
	struct timer timer; /* no answer */
	unsigned int media; /* number of its branch there */
	bool heard; /* something came back */
	bool over; /* nothing is waited for any more */
};

struct call_hunt {
	struct call *call;
	struct call_targets targets;
	const struct cfg_statuses *failover; /* NULL: none; the configuration's */
	struct call_branch *branches; /* the last one first */
	struct call_best best;
	char *invite; /* the caller's, while there may be another branch to send it to; owned */
	size_t invite_len;
	struct tp_flow from; /* of it */
	const struct call_pair *early; /* whose early media the caller hears, NULL: nobody's */
	unsigned int media; /* the branch that is relayed */
	unsigned int nbranches;
	bool several; /* the first target has several addresses, at least */
	bool stopped; /* by a 6xx: nobody else is tried */
};

/* Is there more than one way, so that each is to be named? */
static inline bool call_hunt_several(const struct call_hunt *hunt)
{
	return hunt->several || hunt->targets.count > 1;
}

/* --- hunt.c --- */

/* A branch has failed with @status, that of @response unless NULL: what becomes of the call? */
void call_hunt_failed(struct call_branch *branch, int status, const struct sip_msg *response);
/* The branch of @relay has the call: others are cancelled. The hunt is gone. */
void call_hunt_won(struct call_relay *relay);
/* "LABEL: @text" in the decision log, if call_hunt_several(). */
void call_hunt_note(const struct call_hunt *hunt, const struct call_target *target,
		    enum call_note note, const char *text);

/* --- branch.c --- */

/*
 * Sends the INVITE to @target, as the first branch of the hunt or another one. 0 or the status that
 * refuses it; of the first branch with headers for the caller in @lines.
 */
int call_branch_first(struct call_hunt *hunt, struct call_target *target,
		      const struct sip_msg *invite, struct sip_out *lines);
int call_branch_more(struct call_hunt *hunt, struct call_target *target,
		     const struct sip_msg *invite);
/* Cancels what it has sent, for @reason (a Reason line, NULL: none). */
void call_branch_cancel(struct call_branch *branch, const char *reason);
void call_branch_free(struct call_branch *branch);

/* --- redirect.c --- */

/*
 * The contacts of a 3xx that @branch has got become targets (RFC 3261 s.8.1.3.4). Returns how many.
 */
unsigned int call_redirect(struct call_branch *branch, const struct sip_msg *response);
/* Who was called before, and why no longer: Diversion and History-Info (RFC 5806, RFC 7044). */
void call_redirect_write(struct sip_out *out, const struct call_target *target);

#endif
