// SPDX-License-Identifier: GPL-2.0-or-later
/* SUBSCRIBE and NOTIFY in a subscription, from one side to the other (RFC 6665 s.4.1, s.4.2). */
#include "call/auth.h"
#include "call/event.h"
#include "call/hide.h"
#include "call/subscription.h"

/* --- birth and death --- */

static void request_free(struct subscription_request *request)
{
	LIST_REMOVE(request, link);
	request->subscription->nrequests--;
	pool_free(&request->subscription->engine->outside->request_pool, request);
}

/* Frees it when both its transactions have ended, and with the last one a subscription that has. */
static void settle(struct subscription_request *request)
{
	struct subscription *subscription = request->subscription;

	if (request->st || request->ct)
		return;
	request_free(request);
	subscription_settle(subscription);
}

static void st_ended(void *user, struct sip_strans *st)
{
	struct subscription_request *request = user;

	(void)st;
	request->st = NULL;
	settle(request);
}

static void ct_ended(void *user, struct sip_ctrans *ct)
{
	struct subscription_request *request = user;

	(void)ct;
	request->ct = NULL;
	settle(request);
}

void subscription_requests_drop(struct subscription *subscription)
{
	struct subscription_request *request;

	while ((request = LIST_FIRST(&subscription->requests))) {
		if (request->ct)
			sip_ctrans_detach(request->ct);
		if (request->st)
			sip_strans_detach(request->st);
		request_free(request);
	}
}

/* What is left of it is the transactions', not the subscription's. */
static void let_go(struct subscription_request *request)
{
	if (request->ct)
		sip_ctrans_detach(request->ct);
	if (request->st)
		sip_strans_detach(request->st);
	request->ct = NULL;
	request->st = NULL;
	settle(request);
}

static const struct sip_strans_ops st_ops = {
	.ended = st_ended,
};

static struct subscription_request *request_alloc(struct subscription *subscription,
						  enum media_side from, struct sip_strans *st)
{
	struct call_engine *engine = subscription->engine;
	struct subscription_request *request = pool_alloc(&engine->outside->request_pool);

	if (!request)
		return NULL;
	request->user =
		(struct call_outside_user){ .kind = CALL_USER_OUTSIDE, .id = subscription->id };
	request->subscription = subscription;
	request->from = (uint8_t)from;
	request->st = st;
	LIST_INSERT_HEAD(&subscription->requests, request, link);
	subscription->nrequests++;
	sip_strans_attach(st, &st_ops, request);
	return request;
}

/* --- what comes back --- */

/* What the answer means for the subscription. */
static void conclude(struct subscription_request *request, int status,
		     const struct sip_msg *response)
{
	struct subscription *subscription = request->subscription;
	uint32_t expires_s;

	if (subscription->over)
		return;
	if (request->last)
		subscription_end(subscription, "the notifier has ended it");
	else if (event_ended_by(status) || (request->from == MEDIA_B && status == 408))
		subscription_end(subscription, request->from == MEDIA_B ?
						       "the subscriber is gone" :
						       "the notifier knows it no more");
	else if (request->from == MEDIA_A && status < 300 && request->unsubscribes)
		subscription_lasts(subscription, 0);
	else if (request->from == MEDIA_A && status < 300 && response &&
		 event_expires(response, &expires_s))
		subscription_lasts(subscription, expires_s);
}

static void answer(struct subscription_request *request, int status, const struct sip_msg *response)
{
	struct call_engine *engine = request->subscription->engine;
	const struct sip_dialog *leg = &request->subscription->leg[request->from];
	struct call_body body = { .text = VIEW_NONE };
	struct view reason = VIEW_NONE;
	struct sip_out out = call_headers(engine);

	request->final = true;
	if (status < 300)
		call_write_contact(&out, leg);
	if (response) {
		const struct sip_dialog *other =
			&request->subscription->leg[call_other(request->from)];
		struct call_identity identity = call_identity_to(engine, engine->settings, response,
								 &other->flow, leg, NULL);

		call_body_opaque(response, &body);
		call_hide_headers(&out, response, call_listener(&leg->flow)->host, body.text.len,
				  &identity);
		reason = response->reason;
	}
	if (request->st &&
	    call_respond(request->st, VIEW_NONE, call_map_status(status), reason, &out, &body))
		call_respond(request->st, VIEW_NONE, 500, VIEW_NONE, NULL, NULL);
	/* The order matters: an end must find that this one is not under way any more. */
	conclude(request, status, response);
	let_go(request);
}

static void response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	struct subscription_request *request = user;

	(void)ct;
	if (msg->status < 200 || request->final)
		return;
	if (msg->status < 300)
		sip_dialog_refresh(&request->subscription->leg[!request->from], msg, NULL);
	answer(request, msg->status, msg);
}

/* The other side's own transaction has run out as well: a 408 would come too late (RFC 4320). */
static void timeout(void *user, struct sip_ctrans *ct)
{
	struct subscription_request *request = user;

	(void)ct;
	if (!request->final)
		answer(request, 408, NULL);
}

/* Nobody is there: what was told a notifier ends the subscription (s.4.2.2). */
static void failed(void *user, struct sip_ctrans *ct, int err)
{
	struct subscription_request *request = user;

	(void)ct;
	(void)err;
	if (!request->final)
		answer(request, request->from == MEDIA_B ? 481 : 503, NULL);
}

static const struct sip_ctrans_ops ct_ops = {
	.response = response,
	.timeout = timeout,
	.failed = failed,
	.ended = ct_ended,
};

/* --- what goes on --- */

static int carry(struct subscription_request *request, const struct sip_msg *msg)
{
	struct call_engine *engine = request->subscription->engine;
	struct sip_dialog *leg = &request->subscription->leg[!request->from];
	struct sip_request to = { .method = msg->method };
	struct call_body body = { .text = VIEW_NONE };
	struct sip_out out = call_headers(engine);
	struct call_identity identity =
		call_identity_to(engine, engine->settings, msg,
				 &request->subscription->leg[request->from].flow, leg, NULL);

	sip_dialog_request(leg, msg->method, VIEW_NONE, leg->local_cseq + 1, &out, &to);
	call_write_max_forwards(&out, msg->max_forwards);
	call_write_contact(&out, leg);
	call_hide_headers(&out, msg, call_listener(&leg->flow)->host, msg->body.len, &identity);
	call_pass_credentials(engine, &out, msg);
	if (!sip_out_ok(&out))
		return 513;
	call_body_opaque(msg, &body);
	to.headers = sip_out_text(&out);
	to.content_type = body.type;
	to.body = body.text;
	leg->local_cseq++;
	request->ct = sip_ctrans_send(engine->stack, &to, &ct_ops, request);
	if (!request->ct)
		return 513;
	sip_dialog_sent(leg, sip_ctrans_flow(request->ct));
	flow_note(engine->flows, sip_ctrans_mark(request->ct), request->subscription->event);
	return 0;
}

/* --- the door --- */

/* Which way each method goes. */
static bool is_due(enum sip_method method, enum media_side from)
{
	return method == (from == MEDIA_A ? SIP_SUBSCRIBE : SIP_NOTIFY);
}

/* 0 or the status that refuses it, with headers in @lines. */
static int screen(const struct subscription *subscription, enum media_side from,
		  const struct sip_msg *req, const struct tp_flow *flow, struct sip_out *lines)
{
	uint32_t unused;
	int status;

	if (subscription->over)
		return 481;
	if (req->method != SIP_SUBSCRIBE && req->method != SIP_NOTIFY) {
		sip_out_str(lines, "Allow: SUBSCRIBE, NOTIFY\r\n");
		return req->method == SIP_METHOD_OTHER ? 501 : 405;
	}
	status = call_screen_request(req, lines);
	if (status)
		return status;
	/* s.4.1.3, s.4.2.1.2: matched by Event as well. */
	if (!is_due(req->method, from) ||
	    !event_same(event_header(req), view_str(subscription->event))) {
		call_write_warning(lines, flow, 399, "No such subscription in this dialog");
		return 481;
	}
	if (req->method == SIP_NOTIFY && event_state(req, &unused) == EVENT_NONE) {
		call_write_warning(lines, flow, 399, "NOTIFY without Subscription-State");
		return 400;
	}
	if (req->body.len && !sip_msg_header(req, SIP_HDR_CONTENT_TYPE, NULL)) {
		call_write_warning(lines, flow, 399, "The body has no Content-Type");
		return 400;
	}
	if (subscription->nrequests < SUBSCRIPTION_MAX_REQUESTS)
		return 0;
	call_write_retry(subscription->engine, lines);
	return 500;
}

static void read_state(struct subscription_request *request, const struct sip_msg *req)
{
	struct subscription *subscription = request->subscription;
	uint32_t expires_s = UINT32_MAX;

	if (req->method == SIP_SUBSCRIBE) {
		request->unsubscribes = event_expires(req, &expires_s) && !expires_s;
		return;
	}
	request->last = event_state(req, &expires_s) == EVENT_TERMINATED;
	subscription_wait_over(subscription);
	if (!request->last && expires_s != UINT32_MAX && expires_s && !subscription->unsubscribed)
		subscription_lasts(subscription, expires_s);
}

static void receive(struct subscription *subscription, enum media_side from, struct sip_strans *st,
		    const struct sip_msg *req, const struct tp_flow *flow)
{
	struct call_engine *engine = subscription->engine;
	struct sip_out lines = call_headers(engine);
	struct sip_dialog *leg = &subscription->leg[from];
	struct subscription_request *request;
	int status = 500;

	flow_own(engine->flows, sip_strans_mark(st), subscription->id);
	if (!sip_dialog_take_cseq(leg, req->cseq))
		status = screen(subscription, from, req, flow, &lines);
	request = status ? NULL : request_alloc(subscription, from, st);
	if (!request) {
		status = status ? status : 500;
		call_note_refused(engine, st, status, &lines);
		call_answer_bare(st, status, &lines);
		return;
	}
	flow_note(engine->flows, sip_strans_mark(st), subscription->event);
	sip_dialog_heard(leg, req, flow);
	sip_dialog_refresh(leg, req, flow);
	read_state(request, req);
	status = carry(request, req);
	if (status)
		answer(request, status, NULL);
}

bool subscription_receive(struct call_engine *engine, struct sip_strans *st,
			  const struct sip_msg *req, const struct tp_flow *from)
{
	struct sip_dialog *leg = subscription_leg(engine, req);
	struct subscription *subscription;

	if (leg && call_listener(&leg->flow)->realm != call_listener(from)->realm)
		return false;
	if (leg) {
		subscription = leg->user;
	} else {
		subscription = req->method == SIP_NOTIFY && req->from.tag.len ?
				       subscription_notified(engine, req, from) :
				       NULL;
		leg = subscription ? &subscription->leg[MEDIA_B] : NULL;
	}
	if (!subscription)
		return false;
	receive(subscription, leg == &subscription->leg[MEDIA_B] ? MEDIA_B : MEDIA_A, st, req,
		from);
	return true;
}
