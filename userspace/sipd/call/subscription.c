// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/subscription.h"

#include <stdlib.h>

#include "base/log.h"
#include "call/event.h"

/* Without Expires; packages have others, but here any will do until the 2xx says it. */
#define DEFAULT_EXPIRES_S 3600
/* Above it nobody's clock is right anyway. */
#define MAX_EXPIRES_S (366u * 24 * 3600)
/* For the notifier to say himself that it has expired. */
#define GRACE_T1 10

static uint64_t now_ms(const struct subscription *subscription)
{
	return loop_now_ms(subscription->engine->loop);
}

/* Timer N (s.4.1.2.4). */
static uint64_t timer_n_ms(const struct call_engine *engine)
{
	return UINT64_C(64) * engine->cfg->t1_ms;
}

bool subscription_has_room(const struct call_engine *engine)
{
	const struct outside *outside = engine->outside;

	return outside->subscription_pool.in_use < outside->max_subscriptions;
}

/* --- birth and death --- */

static struct subscription *subscription_alloc(struct call_engine *engine, const char *id,
					       struct view event)
{
	struct subscription *subscription = pool_alloc(&engine->outside->subscription_pool);

	if (!subscription)
		return NULL;
	subscription->event = view_dup(event);
	if (!subscription->event) {
		pool_free(&engine->outside->subscription_pool, subscription);
		return NULL;
	}
	subscription->engine = engine;
	memcpy(subscription->id, id, CALL_ID_STRLEN);
	LIST_INIT(&subscription->requests);
	LIST_INSERT_HEAD(&engine->outside->subscriptions, subscription, link);
	for (int side = MEDIA_A; side <= MEDIA_B; side++)
		subscription->leg[side].user = subscription;
	return subscription;
}

static void unlist(struct subscription *subscription)
{
	struct htab *dialogs = &subscription->engine->outside->dialogs;

	loop_timer_cancel(subscription->engine->loop, &subscription->timer);
	sip_dialog_del(dialogs, &subscription->leg[MEDIA_A]);
	sip_dialog_del(dialogs, &subscription->leg[MEDIA_B]);
}

static void subscription_free(struct subscription *subscription)
{
	struct call_engine *engine = subscription->engine;

	subscription_requests_drop(subscription);
	unlist(subscription);
	if (!subscription->seed && !subscription->over)
		engine->counts.subscriptions--;
	if (subscription->branch)
		subscription->branch->seed = NULL;
	LIST_REMOVE(subscription, link);
	sip_dialog_clean(&subscription->leg[MEDIA_A]);
	sip_dialog_clean(&subscription->leg[MEDIA_B]);
	free(subscription->event);
	pool_free(&engine->outside->subscription_pool, subscription);
}

void subscription_settle(struct subscription *subscription)
{
	if (subscription->over && !timer_armed(&subscription->timer) &&
	    LIST_EMPTY(&subscription->requests))
		subscription_free(subscription);
}

static void forget(struct subscription *subscription)
{
	unlist(subscription);
	subscription_settle(subscription);
}

static void on_timer(struct timer *timer);

void subscription_end(struct subscription *subscription, const char *why)
{
	uint64_t now = now_ms(subscription);

	log_debug("subscription %s to %s ended: %s", subscription->id, subscription->event, why);
	subscription->over = true;
	subscription->engine->counts.subscriptions--;
	if (now < subscription->linger_ms)
		loop_timer_set(subscription->engine->loop, &subscription->timer,
			       subscription->linger_ms - now, on_timer);
	else
		forget(subscription);
}

/* --- requests of our own --- */

/* Not waited for. */
static void tell(struct subscription *subscription, enum media_side side, enum sip_method method,
		 const char *line)
{
	struct call_engine *engine = subscription->engine;
	struct sip_dialog *leg = &subscription->leg[side];
	struct sip_request request = { .method = method };
	struct sip_out out = call_headers(engine);
	struct sip_ctrans *ct;

	sip_dialog_request(leg, method, VIEW_NONE, ++leg->local_cseq, &out, &request);
	call_write_max_forwards(&out, -1);
	call_write_contact(&out, leg);
	sip_out_header(&out, "Event", view_str(subscription->event));
	sip_out_str(&out, line);
	if (!sip_out_ok(&out))
		return;
	request.headers = sip_out_text(&out);
	ct = sip_ctrans_send(engine->stack, &request, NULL, NULL);
	if (!ct)
		return;
	flow_own(engine->flows, sip_ctrans_mark(ct), subscription->id);
	flow_note(engine->flows, sip_ctrans_mark(ct), line);
}

void subscriptions_end(struct call_engine *engine)
{
	struct subscription *subscription;

	while ((subscription = LIST_FIRST(&engine->outside->subscriptions))) {
		if (!subscription->seed && !subscription->over) {
			tell(subscription, MEDIA_A, SIP_NOTIFY,
			     "Subscription-State: terminated;reason=probation;retry-after=10\r\n");
			tell(subscription, MEDIA_B, SIP_SUBSCRIBE, "Expires: 0\r\n");
		}
		subscription_free(subscription);
	}
}

/* --- time --- */

static void arm(struct subscription *subscription)
{
	uint64_t now = now_ms(subscription), due = subscription->wait_ms;
	uint64_t end = subscription->expires_ms;

	if (end)
		end += (uint64_t)GRACE_T1 * subscription->engine->cfg->t1_ms;
	if (!due || (end && end < due))
		due = end;
	if (due)
		loop_timer_set(subscription->engine->loop, &subscription->timer,
			       due > now ? due - now : 0, on_timer);
}

static void on_timer(struct timer *timer)
{
	struct subscription *subscription =
		(struct subscription *)((char *)timer - offsetof(struct subscription, timer));
	uint64_t now = now_ms(subscription);

	if (subscription->seed) {
		subscription_free(subscription);
	} else if (subscription->over) {
		forget(subscription);
	} else if (subscription->wait_ms && subscription->wait_ms <= now) {
		subscription_end(subscription, "no NOTIFY has come");
	} else {
		/* s.4.2.2: by now the notifier would have said it. */
		tell(subscription, MEDIA_A, SIP_NOTIFY,
		     "Subscription-State: terminated;reason=timeout\r\n");
		subscription_end(subscription, "it has expired");
	}
}

void subscription_lasts(struct subscription *subscription, uint32_t expires_s)
{
	if (expires_s > MAX_EXPIRES_S)
		expires_s = MAX_EXPIRES_S;
	subscription->expires_ms = 0;
	if (expires_s) {
		subscription->unsubscribed = false;
		subscription->expires_ms = now_ms(subscription) + (uint64_t)expires_s * 1000;
	} else {
		subscription->unsubscribed = true;
		subscription->wait_ms = now_ms(subscription) + timer_n_ms(subscription->engine);
	}
	arm(subscription);
}

void subscription_wait_over(struct subscription *subscription)
{
	if (!subscription->unsubscribed)
		subscription->wait_ms = 0;
	arm(subscription);
}

/* --- seeds --- */

struct subscription *subscription_seed(struct relay_branch *branch, const struct sip_msg *subscribe)
{
	struct call_engine *engine = branch->relay->engine;
	const struct sip_dialog *dialog = &branch->dialog;
	struct subscription *seed;
	struct sip_out out;

	sip_out_init(&out, engine->body, sizeof(engine->body));
	event_write(&out, event_header(subscribe));
	seed = subscription_alloc(engine, branch->relay->id, sip_out_text(&out));
	if (!seed)
		return NULL;
	seed->seed = true;
	seed->branch = branch;
	seed->expires_s = DEFAULT_EXPIRES_S;
	event_expires(subscribe, &seed->expires_s);
	if (sip_dialog_init_uas(&seed->leg[MEDIA_A], subscribe, &branch->relay->from, VIEW_NONE) ||
	    sip_dialog_init_copy(&seed->leg[MEDIA_B], dialog,
				 sip_dialog_text(dialog, SIP_DIALOG_LOCAL_TAG))) {
		seed->branch = NULL;
		subscription_free(seed);
		return NULL;
	}
	sip_dialog_add(&engine->outside->dialogs, &seed->leg[MEDIA_B]);
	return seed;
}

void subscription_seed_sent(struct subscription *seed, uint32_t cseq)
{
	seed->leg[MEDIA_B].local_cseq = cseq;
	seed->leg[MEDIA_B].flow = seed->branch->dialog.flow;
	loop_timer_set(seed->engine->loop, &seed->timer, timer_n_ms(seed->engine), on_timer);
}

void subscription_seed_leave(struct subscription *seed)
{
	seed->branch = NULL;
	if (!timer_armed(&seed->timer))
		subscription_free(seed);
}

void subscription_seed_fail(struct subscription *seed)
{
	subscription_free(seed);
}

/* A subscription out of @seed, with the notifier's side still to be told who he is. */
static struct subscription *grow(struct subscription *seed)
{
	struct call_engine *engine = seed->engine;
	const struct sip_dialog *b = &seed->leg[MEDIA_B];
	struct subscription *subscription;
	char tag[SIP_TOKEN_STRLEN];

	if (seed->nforks == SUBSCRIPTION_MAX_FORKS)
		return NULL;
	subscription = subscription_alloc(engine, seed->id, view_str(seed->event));
	if (!subscription)
		return NULL;
	engine->counts.subscriptions++;
	if (sip_dialog_init_copy(&subscription->leg[MEDIA_A], &seed->leg[MEDIA_A],
				 view_str(sip_token(engine->stack, 64, tag))) ||
	    sip_dialog_init_copy(&subscription->leg[MEDIA_B], b,
				 sip_dialog_text(b, SIP_DIALOG_LOCAL_TAG))) {
		subscription_free(subscription);
		return NULL;
	}
	subscription->wait_ms = now_ms(seed) + timer_n_ms(engine);
	subscription->linger_ms = subscription->wait_ms;
	seed->nforks++;
	return subscription;
}

static void confirm(struct subscription *subscription)
{
	for (int side = MEDIA_A; side <= MEDIA_B; side++) {
		sip_dialog_confirm(&subscription->leg[side]);
		sip_dialog_add(&subscription->engine->outside->dialogs, &subscription->leg[side]);
	}
}

static struct subscription *grow_by_response(struct subscription *seed,
					     const struct sip_msg *response)
{
	struct subscription *subscription = response->to.tag.len ? grow(seed) : NULL;

	if (!subscription)
		return NULL;
	if (sip_dialog_response(&subscription->leg[MEDIA_B], response, NULL)) {
		subscription_free(subscription);
		return NULL;
	}
	confirm(subscription);
	return subscription;
}

struct sip_dialog *subscription_leg(const struct call_engine *engine, const struct sip_msg *msg)
{
	struct sip_dialog *leg = sip_dialog_find(&engine->outside->dialogs, msg);
	const struct subscription *subscription = leg ? leg->user : NULL;

	return subscription && !subscription->seed ? leg : NULL;
}

bool subscription_accepted(struct subscription *seed, const struct sip_msg *response,
			   char tag[SIP_TOKEN_STRLEN], struct sip_out *out)
{
	struct sip_dialog *leg = subscription_leg(seed->engine, response);
	struct subscription *subscription = leg ? leg->user : grow_by_response(seed, response);
	uint32_t expires_s = seed->expires_s;
	struct view local;

	if (!subscription)
		return false;
	leg = &subscription->leg[MEDIA_A];
	local = sip_dialog_text(leg, SIP_DIALOG_LOCAL_TAG);
	memcpy(tag, local.p, local.len + 1);
	call_write_record_route(out, leg);
	call_write_contact(out, leg);
	event_expires(response, &expires_s);
	if (subscription->over)
		return true;
	subscription_lasts(subscription, expires_s);
	/* There will be no NOTIFY (RFC 5839 s.7.2). */
	if (response->status == 204)
		subscription_wait_over(subscription);
	return true;
}

static struct subscription *find_seed(const struct call_engine *engine,
				      const struct sip_msg *notify)
{
	struct view tag = notify->to.tag;
	struct hnode *node = htab_first(&engine->outside->dialogs, htab_hash(tag.p, tag.len));

	for (; node; node = htab_next(node)) {
		struct sip_dialog *leg = HTAB_ENTRY(node, struct sip_dialog, node);
		struct subscription *seed = leg->user;

		if (seed->seed && view_eq(sip_dialog_text(leg, SIP_DIALOG_LOCAL_TAG), tag) &&
		    view_eq(sip_dialog_text(leg, SIP_DIALOG_CALL_ID), notify->call_id))
			return seed;
	}
	return NULL;
}

struct subscription *subscription_notified(struct call_engine *engine, const struct sip_msg *notify,
					   const struct tp_flow *from)
{
	struct subscription *seed = find_seed(engine, notify), *subscription;

	if (!seed || !event_same(event_header(notify), view_str(seed->event)) ||
	    call_listener(&seed->leg[MEDIA_B].flow)->realm != call_listener(from)->realm)
		return NULL;
	subscription = grow(seed);
	if (!subscription)
		return NULL;
	if (sip_dialog_notified(&subscription->leg[MEDIA_B], notify)) {
		subscription_free(subscription);
		return NULL;
	}
	confirm(subscription);
	subscription_lasts(subscription, seed->expires_s);
	return subscription;
}
