// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What session timers do (RFC 4028 s.7.4, s.10): sipd's own refreshes, by UPDATE where the peer
 * allows it, else by a re-INVITE with the SDP that it has already; and the end of a session that
 * nobody has refreshed in time.
 */
#include <stdlib.h>

#include "call/exchange.h"
#include "call/offer.h"

/* Between a refusal and the next try, at least. */
#define RETRY_MIN_MS 2000

/* --- time --- */

/* When a session of @interval seconds is given up, if nobody refreshes it (s.10). */
static uint64_t lifetime_ms(uint32_t interval)
{
	uint64_t all = UINT64_C(1000) * interval;

	return all - (all / 3 < 32000 ? all / 3 : 32000);
}

uint64_t call_session_left_ms(const struct call_session *session, uint64_t now_ms)
{
	uint64_t end = session->refreshed_ms + lifetime_ms(session->interval);

	return session->interval && end > now_ms ? end - now_ms : 0;
}

static struct call_pair *pair_of(struct call_session *session)
{
	return (struct call_pair *)((char *)(session - session->side) -
				    offsetof(struct call_pair, session));
}

static void on_timer(struct timer *timer);

/* In @ms, or when the session ends. */
static void wait(struct call_pair *pair, struct call_session *session, uint64_t ms)
{
	struct loop *loop = pair->call->engine->loop;
	uint64_t left = call_session_left_ms(session, loop_now_ms(loop));

	loop_timer_set(loop, &session->timer, ms < left ? ms : left, on_timer);
}

/* Whoever has been moved to another call is that one's. */
static bool is_gone(const struct call_pair *pair, unsigned int side)
{
	return pair->leg[side].state == SIP_DIALOG_TERMINATED;
}

/* Until it is to be refreshed, or ends. */
static void start(struct call_pair *pair, unsigned int side)
{
	struct call_session *session = &pair->session[side];
	uint64_t due = session->refreshed_ms + UINT64_C(500) * session->interval;
	uint64_t now = call_now(pair->call);

	if (!session->interval || pair->call->state >= CALL_ENDING || is_gone(pair, side))
		return;
	session->side = (uint8_t)side;
	if (session->refresher != CALL_REFRESHER_SIPD)
		wait(pair, session, UINT64_MAX);
	else
		wait(pair, session, due > now ? due - now : 0);
}

void call_session_restart(struct call_pair *pair, unsigned int side)
{
	struct call_session *session = &pair->session[side];

	loop_timer_cancel(pair->call->engine->loop, &session->timer);
	session->refreshed_ms = call_now(pair->call);
	start(pair, side);
}

void call_session_take(struct call_pair *pair, unsigned int side, struct call_session *session)
{
	loop_timer_cancel(pair->call->engine->loop, &pair->session[side].timer);
	*session = pair->session[side];
	pair->session[side] = (struct call_session){ .interval = 0 };
}

void call_session_put(struct call_pair *pair, unsigned int side, const struct call_session *session)
{
	loop_timer_cancel(pair->call->engine->loop, &pair->session[side].timer);
	pair->session[side] = *session;
	start(pair, side);
}

void call_pair_stop_sessions(struct call_pair *pair)
{
	for (int side = MEDIA_A; side <= MEDIA_B; side++)
		loop_timer_cancel(pair->call->engine->loop, &pair->session[side].timer);
}

void call_sessions_stop(struct call *call)
{
	for (struct call_pair *pair = call->pairs; pair; pair = pair->next)
		call_pair_stop_sessions(pair);
}

/* --- the end --- */

static void expire(struct call_pair *pair, const struct call_session *session)
{
	static const struct call_ending ending = {
		.by = "session timer",
		.why = "the session was not refreshed",
		.reason = VIEW_LIT("SIP;cause=408;text=\"Session timer expired\""),
		.fault = true,
	};
	const char *peer = call_side_name((enum media_side)session->side);
	bool ours = session->refresher == CALL_REFRESHER_SIPD;

	call_note_printf(pair->call, CALL_NOTE_END,
			 "session timer of the %s expired: %s for %llu s (Session-Expires: %u)",
			 peer, ours ? "it has accepted no refresh" : "no refresh from it",
			 (unsigned long long)(lifetime_ms(session->interval) / 1000),
			 session->interval);
	call_end(pair->call, &ending);
}

/* 408 and 481: there is nobody any more (s.10). */
static void end_for(struct call_relay *relay, int status)
{
	char reason[64], why[64];
	struct call_ending ending = {
		.by = "session timer",
		.why = why,
		.fault = true,
	};
	struct sip_out out;

	sip_out_init(&out, reason, sizeof(reason));
	sip_out_printf(&out, "SIP;cause=%d;text=\"Session refresh failed\"", status);
	ending.reason = sip_out_text(&out);
	sip_out_init(&out, why, sizeof(why) - 1);
	sip_out_printf(&out, "the session's refresh got %d", status);
	why[out.len] = '\0';
	call_note_printf(relay->call, CALL_NOTE_END,
			 "%s from the %s to the %s that refreshes its session: it ends",
			 status == 408 ? "no response" : "481",
			 call_side_name(call_other((enum media_side)relay->from)),
			 sip_method_name((enum sip_method)relay->method));
	call_end(relay->call, &ending);
}

/* --- sipd's refreshes --- */

static void refresh(struct call_pair *pair, struct call_session *session);

/*
 * Who owns the Call-ID waits 2.1 to 4 s, the other one up to 2 s, in steps of 10 ms (RFC 3261
 * s.14.1). Ours are those of callees.
 */
static uint64_t glare_ms(struct call_engine *engine, unsigned int side)
{
	char token[SIP_TOKEN_STRLEN];
	unsigned long number;

	number = strtoul(sip_token(engine->stack, 32, token), NULL, 16);
	return side == MEDIA_B ? 2100 + number % 191 * 10 : number % 201 * 10;
}

static void refused(struct call_relay *relay, int status)
{
	unsigned int side = call_other((enum media_side)relay->from);
	struct call_pair *pair = relay->pair;
	struct call *call = relay->call;
	struct call_session *session;
	uint64_t left;

	relay->final = true;
	relay->stage = CALL_STAGE_DONE;
	if (relay->offer != CALL_OFFER_NONE)
		call_offer_undone(call);
	if (!pair || call->state >= CALL_ENDING || is_gone(pair, side))
		return;
	session = &pair->session[side];
	if (status == 408 || status == 481) {
		end_for(relay, status);
		return;
	}
	call_note_printf(call, CALL_NOTE_CHANGE,
			 "%d from the %s to the %s that refreshes its session", status,
			 call_side_name((enum media_side)side),
			 sip_method_name((enum sip_method)relay->method));
	left = call_session_left_ms(session, call_now(call));
	if (relay->method == SIP_UPDATE && (status == 405 || status == 501) &&
	    session->update != CALL_ALLOWS_NOT) {
		session->update = CALL_ALLOWS_NOT;
		refresh(pair, session);
	} else if (status == 491) {
		wait(pair, session, glare_ms(call->engine, side));
	} else {
		wait(pair, session, left / 2 > RETRY_MIN_MS ? left / 2 : RETRY_MIN_MS);
	}
}

/* The answer to an offer that the peer has had before; it may have moved all the same. */
static void take_answer(struct call_relay *relay, const struct sip_msg *response)
{
	enum media_side side = call_other((enum media_side)relay->from);
	struct call *call = relay->call;
	struct call_body body = { .text = VIEW_NONE };
	struct sip_out unused = call_headers(call->engine);

	if (relay->offer == CALL_OFFER_NONE)
		return;
	relay->offer = CALL_OFFER_NONE;
	if (call->state < CALL_ENDING && call_body_kind(response) == CALL_BODY_SDP &&
	    !call_answer(call, side, response, &relay->pair->leg[side].flow, &unused, &body)) {
		call_offer_done(call);
		return;
	}
	call_offer_undone(call);
}

static void accepted(struct call_relay *relay, const struct sip_msg *response)
{
	struct call_pair *pair = relay->pair;
	bool repeated = relay->final;

	if (!repeated) {
		relay->final = true;
		relay->stage = CALL_STAGE_DONE;
		sip_dialog_refresh(&pair->leg[!relay->from], response, NULL);
		take_answer(relay, response);
	}
	if (relay->method == SIP_INVITE) {
		relay->accepted = true;
		call_leg_ack(relay, NULL);
	}
	if (!repeated && relay->call->state < CALL_ENDING)
		call_session_accepted(relay, pair, response);
}

static void response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	struct call_relay *relay = user;
	struct call *call = relay->call;

	(void)ct;
	if (msg->status < 200 || !relay->pair)
		return;
	if (msg->status < 300)
		accepted(relay, msg);
	else if (!relay->final)
		refused(relay, msg->status);
	call_settle(call);
}

static void over(struct call_relay *relay, int status)
{
	struct call *call = relay->call;

	if (!relay->final)
		refused(relay, status);
	call_settle(call);
}

static void timeout(void *user, struct sip_ctrans *ct)
{
	(void)ct;
	over(user, 408);
}

/* A connection may come back before the session ends. */
static void failed(void *user, struct sip_ctrans *ct, int err)
{
	(void)ct;
	(void)err;
	over(user, 503);
}

static const struct sip_ctrans_ops ct_ops = {
	.response = response,
	.timeout = timeout,
	.failed = failed,
	.ended = call_relay_ct_ended,
};

/* 0, or -errno when it cannot be sent now. */
static int send_refresh(struct call_pair *pair, unsigned int side, enum sip_method method)
{
	enum media_side from = call_other((enum media_side)side);
	struct call_body body = { .text = VIEW_NONE };
	struct call *call = pair->call;
	struct call_relay *relay = call_relay_alloc(call, method, from, NULL, NULL);
	int ret = 0;

	if (!relay)
		return -1;
	relay->pair = pair;
	if (method == SIP_INVITE) {
		ret = call_offer_again(call, from, &call->sdp[from], &pair->leg[from].flow,
				       &pair->leg[side].flow, &body);
		if (!ret)
			relay->offer = CALL_OFFER_IN_REQUEST;
	}
	if (!ret)
		ret = call_leg_request(relay, pair, NULL, VIEW_NONE, &body, &ct_ops);
	if (!ret)
		return 0;
	if (relay->offer != CALL_OFFER_NONE)
		call_offer_undone(call);
	call_relay_drop(relay);
	return ret;
}

/* Not before the ACK of its INVITE, and an offer not while another one is under way. */
static bool must_wait(const struct call *call, enum sip_method method)
{
	if (call->state != CALL_ESTABLISHED || call->nrelays >= CALL_MAX_REQUESTS)
		return true;
	return method == SIP_INVITE &&
	       (call_invite_pending(call, MEDIA_A) || call_invite_pending(call, MEDIA_B));
}

static void refresh(struct call_pair *pair, struct call_session *session)
{
	unsigned int side = session->side;
	struct call *call = pair->call;
	enum sip_method method = SIP_INVITE;

	/* Without SDP a re-INVITE would ask for an offer, which nobody here could answer. */
	if (session->update == CALL_ALLOWS || !call->sdp[call_other((enum media_side)side)].text)
		method = SIP_UPDATE;
	if (must_wait(call, method) || send_refresh(pair, side, method))
		wait(pair, session, glare_ms(call->engine, MEDIA_B));
	else
		wait(pair, session, UINT64_MAX);
}

static void on_timer(struct timer *timer)
{
	struct call_session *session =
		(struct call_session *)((char *)timer - offsetof(struct call_session, timer));
	struct call_pair *pair = pair_of(session);
	struct call *call = pair->call;

	if (!call_session_left_ms(session, call_now(call)))
		expire(pair, session);
	else
		refresh(pair, session);
	call_settle(call);
}
