/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Subscriptions through sipd (RFC 6665): a dialog with the subscriber, who sees sipd as the
 * notifier, and one with the notifier, who sees it as the subscriber.
 *
 * What was sent to a notifier first has a seed: it has the Call-ID and the tag of ours, but no tag
 * of his yet. Each NOTIFY or 2xx with another tag of his makes a subscription out of it, a NOTIFY
 * that overtakes the 2xx too, and those of a SUBSCRIBE that was forked behind us (s.4.1.2.4,
 * s.4.4.1). The subscriber sees a dialog for each of them. A seed ends with timer N.
 *
 * Lifetime: a subscription ends with a NOTIFY that says so, with a response that ends it, when it
 * expires, or if no NOTIFY comes. It is freed when its seed is gone, which would make another one
 * of a NOTIFY or 2xx that comes late, and when no request is under way in it any more.
 */
#ifndef SIPD_CALL_SUBSCRIPTION_H
#define SIPD_CALL_SUBSCRIPTION_H

#include "call/relay.h"

/* More notifiers of one SUBSCRIBE are told 481. */
#define SUBSCRIPTION_MAX_FORKS 8
/* Requests under way in one; more are told to come later. */
#define SUBSCRIPTION_MAX_REQUESTS 8

/* A request that came from one side, on its way to the other and back. */
struct subscription_request {
	struct call_outside_user user; /* of both transactions; the first */
	LIST_ENTRY(subscription_request) link;
	struct subscription *subscription;
	struct sip_strans *st; /* NULL: ended */
	struct sip_ctrans *ct; /* NULL: answered here, or ended */
	uint8_t from; /* enum media_side that st faces */
	bool final; /* it was answered */
	bool last; /* the subscription ends with it, whatever the answer */
	bool unsubscribes; /* SUBSCRIBE with Expires: 0 */
};

struct subscription {
	LIST_ENTRY(subscription) link;
	struct call_engine *engine;
	struct sip_dialog leg[2]; /* MEDIA_A: with the subscriber, MEDIA_B: with the notifier */
	struct timer timer;
	LIST_HEAD(subscription_requests, subscription_request) requests;
	struct relay_branch *branch; /* of a seed: that waits for the response to its SUBSCRIBE */
	uint64_t expires_ms; /* monotonic; 0: with @wait_ms only */
	uint64_t wait_ms; /* timer N: a NOTIFY must have come; 0: it has */
	uint64_t linger_ms; /* its seed is gone then */
	uint32_t expires_s; /* of a seed: what the subscriber asked for */
	uint8_t nrequests;
	uint8_t nforks; /* of a seed: what it has made */
	bool seed;
	bool unsubscribed; /* the NOTIFY that is waited for is the last */
	bool over; /* only known, so that no other one is made of what belongs to it */
	char id[CALL_ID_STRLEN];
	char *event; /* package and id; owned */
};

/* --- subscription.c --- */

bool subscription_has_room(const struct call_engine *engine);
/* What @branch is about to send @subscribe for. NULL without memory. */
struct subscription *subscription_seed(struct relay_branch *branch,
				       const struct sip_msg *subscribe);
void subscription_seed_sent(struct subscription *seed, uint32_t cseq);
/* Its branch is gone, or has been refused, and nothing will come of it. */
void subscription_seed_leave(struct subscription *seed);
void subscription_seed_fail(struct subscription *seed);
/*
 * What a message belongs to, or NULL. It is no seed's: one without the notifier's tag, which looks
 * like that, belongs to nothing.
 */
struct sip_dialog *subscription_leg(const struct call_engine *engine, const struct sip_msg *msg);
/*
 * The 2xx to the SUBSCRIBE of @seed goes back: @tag gets the To tag, @out Record-Route and Contact.
 * False: it makes no dialog.
 */
bool subscription_accepted(struct subscription *seed, const struct sip_msg *response,
			   char tag[SIP_TOKEN_STRLEN], struct sip_out *out);
/* Of a NOTIFY with another tag of the notifier's. NULL: no seed that it fits, or no more forks. */
struct subscription *subscription_notified(struct call_engine *engine, const struct sip_msg *notify,
					   const struct tp_flow *from);
/* From now or, if it is 0 and a NOTIFY must follow, until that has come. */
void subscription_lasts(struct subscription *subscription, uint32_t expires_s);
void subscription_wait_over(struct subscription *subscription);
/* Its requests are refused from now on. It may be freed. */
void subscription_end(struct subscription *subscription, const char *why);
/* A request of it has gone. */
void subscription_settle(struct subscription *subscription);
/* For sipd's own end: both sides are told, all are freed. */
void subscriptions_end(struct call_engine *engine);

/* --- subscription_request.c --- */

/* A request with a To tag. False: it belongs to no subscription. */
bool subscription_receive(struct call_engine *engine, struct sip_strans *st,
			  const struct sip_msg *req, const struct tp_flow *from);
/* Forgets what is under way. */
void subscription_requests_drop(struct subscription *subscription);

#endif
