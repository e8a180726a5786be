// SPDX-License-Identifier: GPL-2.0-or-later
/* Which request is whose: the dialog it belongs to, or none (RFC 3261 s.8.2, s.12.2.2). */
#include "call/auth.h"
#include "call/exchange.h"
#include "call/history_back.h"
#include "call/prack.h"
#include "call/proxy.h"
#include "call/register.h"
#include "call/relay.h"
#include "call/replaces.h"
#include "call/subscription.h"
#include "call/transfer.h"

#define ALLOW_LINE "Allow: " CALL_ALLOW "\r\n"

static void write_options(struct sip_out *out)
{
	sip_out_str(out, ALLOW_LINE "Accept: " CALL_ACCEPT "\r\n"
				    "Accept-Encoding: identity\r\n"
				    "Accept-Language: en\r\n"
				    "Supported: timer, 100rel, replaces, norefersub\r\n");
}

static void answer_options(const struct call_request *req)
{
	struct sip_out out = call_headers(req->pair->call->engine);

	write_options(&out);
	call_answer_here(req, 200, &out);
}

static void answer_not_allowed(const struct call_request *req)
{
	struct sip_out out = call_headers(req->pair->call->engine);

	sip_out_str(&out, ALLOW_LINE);
	call_answer_here(req, req->msg->method == SIP_METHOD_OTHER ? 501 : 405, &out);
}

static void dispatch(const struct call_request *req)
{
	switch (req->msg->method) {
	case SIP_INVITE:
		call_receive_reinvite(req);
		return;
	case SIP_BYE:
		call_receive_bye(req);
		return;
	case SIP_INFO:
	case SIP_MESSAGE:
	case SIP_UPDATE:
		call_receive_other(req);
		return;
	case SIP_REFER:
		call_receive_refer(req);
		return;
	case SIP_OPTIONS:
		answer_options(req);
		return;
	case SIP_NOTIFY:
		call_refer_notified(req);
		return;
	case SIP_PRACK:
		call_receive_prack(req);
		return;
	default:
		answer_not_allowed(req);
		return;
	}
}

/* 0 or the status that refuses it, whatever the method. */
static int screen(struct sip_dialog *leg, const struct sip_msg *msg, const struct tp_flow *from,
		  struct sip_out *lines)
{
	const struct call *call = call_pair_of(leg)->call;
	int status;

	if (sip_dialog_take_cseq(leg, msg->cseq)) {
		call_write_warning(lines, from, 399, "CSeq is not higher than the last one");
		return 500;
	}
	if (msg->method == SIP_BYE)
		return 0;
	if (call->state >= CALL_ENDING)
		return 481;
	/* While it is transferred it may still go on as before. */
	if (call_transfer_gone(call_pair_of(leg), call_other(call_side_of(leg))))
		return call->transfer ? 491 : 481;
	/* A re-INVITE needs a session; before the 2xx there is none (s.14.2). */
	if (msg->method == SIP_INVITE && leg->state != SIP_DIALOG_CONFIRMED) {
		call_write_retry(call->engine, lines);
		return 500;
	}
	status = call_screen_request(msg, lines);
	return status ? status : call_session_screen(call->settings, msg, from, lines);
}

struct sip_dialog *call_find_dialog(const struct call_engine *engine, const struct sip_msg *msg,
				    const struct tp_flow *from)
{
	struct sip_dialog *leg = sip_dialog_find(&engine->dialogs, msg);

	if (leg && call_listener(&leg->flow)->realm != call_listener(from)->realm)
		return NULL;
	return leg;
}

static void receive_in_dialog(struct call_engine *engine, struct sip_strans *st,
			      const struct sip_msg *msg, const struct tp_flow *from)
{
	struct sip_dialog *leg = call_find_dialog(engine, msg, from);
	struct sip_out lines = call_headers(engine);
	struct call_request req = { .st = st, .msg = msg, .flow = from };
	int status;

	if (!leg && subscription_receive(engine, st, msg, from))
		return;
	if (!leg) {
		call_note_refused(engine, st, 481, NULL);
		call_answer_bare(st, 481, NULL);
		return;
	}
	if (call_pair_of(leg)->call->nrelays >= CALL_MAX_REQUESTS && msg->method != SIP_BYE) {
		sip_out_str(&lines, CALL_RETRY_OVERLOAD);
		call_write_warning(&lines, from, 399, "Too much is under way in this call");
		call_note_refused(engine, st, 503, &lines);
		call_answer_bare(st, 503, &lines);
		return;
	}
	req.pair = call_pair_of(leg);
	req.from = call_side_of(leg);
	call_trace_request(req.pair->call, req.from, msg, false);
	status = screen(leg, msg, from, &lines);
	if (status) {
		call_answer_here(&req, status, &lines);
		return;
	}
	sip_dialog_heard(leg, msg, from);
	dispatch(&req);
}

static void receive_elsewhere(struct call_engine *engine, struct sip_strans *st,
			      const struct sip_msg *msg, const struct tp_flow *from)
{
	struct sip_out out = call_headers(engine);
	int status;

	switch (msg->method) {
	case SIP_MESSAGE:
	case SIP_PUBLISH:
	case SIP_SUBSCRIBE:
		relay_receive(engine, st, msg, from);
		return;
	case SIP_OPTIONS:
		if (relay_receive_options(engine, st, msg, from))
			return;
		out = call_headers(engine);
		status = call_scheme_ok(msg->ruri, from) ? call_screen_request(msg, &out) : 416;
		if (!status || status == 483) {
			write_options(&out);
			status = 200;
		}
		break;
	case SIP_BYE:
	case SIP_PRACK:
	case SIP_UPDATE:
	case SIP_INFO:
	case SIP_NOTIFY:
		status = 481;
		break;
	case SIP_METHOD_OTHER:
		sip_out_str(&out, ALLOW_LINE);
		status = 501;
		break;
	case SIP_REFER:
		call_write_warning(&out, from, 399, "REFER is taken in the dialog of a call only");
		status = 403;
		break;
	default:
		sip_out_str(&out, ALLOW_LINE);
		status = 405;
		break;
	}
	if (status >= 300)
		call_note_refused(engine, st, status, &out);
	call_answer_bare(st, status, &out);
}

/* Of those that begin something; a keep-alive by OPTIONS begins nothing. */
static bool needs_admission(enum sip_method method)
{
	switch (method) {
	case SIP_INVITE:
	case SIP_MESSAGE:
	case SIP_SUBSCRIBE:
	case SIP_NOTIFY:
	case SIP_REFER:
	case SIP_PUBLISH:
		return true;
	default:
		return false;
	}
}

/* False: the request has been refused. */
static bool admit(struct call_engine *engine, struct sip_strans *st, const struct sip_msg *req,
		  const struct tp_flow *from)
{
	struct sip_out lines = call_headers(engine);
	int status = call_admit(engine, st, req, from, &lines);

	if (status) {
		call_note_refused(engine, st, status, &lines);
		call_answer_bare(st, status, &lines);
	}
	return !status;
}

/* False: the request has been refused, for how it has Replaces. */
static bool screen_replaces(struct call_engine *engine, struct sip_strans *st,
			    const struct sip_msg *req, const struct tp_flow *from)
{
	struct sip_out lines = call_headers(engine);
	int status = call_replaces_screen(req, from, &lines);

	if (status) {
		call_note_refused(engine, st, status, &lines);
		if (!req->to.tag.p)
			call_history_echo(&lines, req);
		call_answer_bare(st, status, &lines);
	}
	return !status;
}

void call_receive_request(void *arg, struct sip_strans *st, const struct sip_msg *req,
			  const struct tp_flow *from)
{
	struct call_engine *engine = arg;

	if (engine->cfg->modes &&
	    (req->to.tag.p ? call_proxy_take_in_dialog : call_proxy_take)(engine, st, req, from))
		return;
	if (!screen_replaces(engine, st, req, from))
		return;
	if (req->to.tag.p)
		receive_in_dialog(engine, st, req, from);
	else if (engine->registrar && req->method == SIP_REGISTER)
		call_receive_register(engine, st, req, from);
	else if (needs_admission(req->method) && !admit(engine, st, req, from))
		return;
	else if (req->method == SIP_INVITE && sip_msg_header(req, SIP_HDR_REPLACES, NULL))
		call_receive_replaces(engine, st, req, from);
	else if (req->method == SIP_INVITE)
		call_receive_invite(engine, st, req, from);
	else
		receive_elsewhere(engine, st, req, from);
}
