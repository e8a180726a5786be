/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests that are of no call, and are carried on all the same: MESSAGE (RFC 3428), PUBLISH (RFC
 * 3903), SUBSCRIBE (RFC 6665), OPTIONS for others. They are routed as an INVITE is, and hidden as
 * one: what goes on is a request of our own, with a Call-ID, tags, Via and Contact of ours.
 *
 * Lifetime of a relay: from the request until its server transaction has ended. Once it is answered
 * it only stands for the request, so that the same one by another way is known (RFC 3261
 * s.8.2.2.2); whatever was sent for it lives its time out alone.
 */
#ifndef SIPD_CALL_RELAY_H
#define SIPD_CALL_RELAY_H

#include "call/best.h"
#include "call/exchange.h"
#include "call/hop.h"
#include "call/route.h"

struct relay;
struct subscription;

/* What an engine has of all that is here. */
struct outside {
	LIST_HEAD(outside_relays, relay) relays;
	LIST_HEAD(outside_subscriptions, subscription) subscriptions; /* seeds too */
	struct htab merged; /* struct relay: see relay.c */
	struct htab dialogs; /* struct sip_dialog of subscriptions, by local tag */
	struct pool relay_pool, branch_pool, subscription_pool, request_pool;
	unsigned int max_subscriptions; /* this shard's part of it */
};

/* 0 or -ENOMEM. */
int outside_alloc(struct call_engine *engine);
/* Of this shard. Those that are there already stay. */
void outside_set_limit(struct call_engine *engine, unsigned int max_subscriptions);
/* Ends what is there: requests are answered, both sides of subscriptions told. Nobody waits. */
void outside_end(struct call_engine *engine);
/* After the stack has gone. */
void outside_free(struct call_engine *engine);

/* One target that a request is or was sent to. */
struct relay_branch {
	struct call_outside_user user; /* of its transaction; the first */
	struct relay_branch *next;
	struct relay *relay;
	struct call_target *target;
	struct sip_dialog dialog; /* its Call-ID, tags and addresses; of every try the same */
	struct sip_ctrans *ct; /* NULL: nothing was sent yet, or it has ended */
	struct call_hop *hop; /* owned; NULL: no other address can take the place of this one */
	struct subscription *seed; /* of a SUBSCRIBE; see subscription.h */
	struct timer silence;
	bool heard; /* something came back from there */
	bool over; /* not waited for any more; a 2xx may still come */
};

struct relay {
	struct call_outside_user user; /* of its transaction; the first */
	LIST_ENTRY(relay) link;
	struct hnode merge_node;
	uint64_t merge_key;
	struct call_engine *engine;
	struct sip_strans *st; /* NULL: ended */
	struct call_targets targets;
	struct call_settings *settings; /* a reference: what it began with */
	const struct cfg_statuses *failover; /* NULL: none; of these */
	struct relay_branch *branches; /* the last one first */
	struct call_best best;
	struct call_history *history; /* owned; NULL: who has sent it is told nothing of it */
	char *request; /* as it came, if it may have to be read again; owned */
	size_t request_len;
	struct tp_flow from;
	bool stopped; /* by a 6xx: nobody else is tried */
	bool answered;
	char id[CALL_ID_STRLEN];
	char note[200]; /* what its flow tells: the way it has taken */
};

/* --- relay.c --- */

/* A request of no dialog that was admitted. */
void relay_receive(struct call_engine *engine, struct sip_strans *st, const struct sip_msg *req,
		   const struct tp_flow *from);
/*
 * OPTIONS: carried on if it is for a user and there is a way to him; false: it is for us. It may
 * have been refused.
 */
bool relay_receive_options(struct call_engine *engine, struct sip_strans *st,
			   const struct sip_msg *req, const struct tp_flow *from);
/* The final response goes back; what else was sent is waited for no more. */
void relay_answer(struct relay *relay, struct view to_tag, int status, struct view reason,
		  const struct sip_out *lines, const struct call_body *body);
/* Adds to what its flow tells. */
void relay_note(struct relay *relay, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* --- relay_hunt.c: one group of targets after the other --- */

/* Sends it to the first targets; it may have been answered then. */
void relay_start(struct relay *relay, const struct sip_msg *req);
/*
 * @branch has failed with @status, that of @response, or made here with headers in @lines; one of
 * them, or both, are NULL. The relay may be answered with it.
 */
void relay_failed(struct relay_branch *branch, int status, const struct sip_msg *response,
		  const struct sip_out *lines);
/* A 2xx: it goes back. */
void relay_accepted(struct relay_branch *branch, const struct sip_msg *response);
/* Is there another target that silence of @branch, or a 408, may lead to? */
bool relay_may_leave(const struct relay_branch *branch);
/* The request, read anew; NULL: it was not kept. */
const struct sip_msg *relay_request(const struct relay *relay);

/* --- relay_try.c: what a branch sends, and what comes back --- */

/* 0: sent, or it waits for DNS; else the status that refuses it, with headers in @lines. */
int relay_branch_start(struct relay *relay, struct call_target *target, const struct sip_msg *req,
		       struct sip_out *lines);
/* Nothing is waited for any more, but what it has sent goes on. */
void relay_branch_end(struct relay_branch *branch);
void relay_branch_free(struct relay_branch *branch);

#endif
