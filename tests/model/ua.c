// SPDX-License-Identifier: GPL-2.0-or-later
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "text.h"
#include "ua_private.h"

void model_ua_receive(struct model_ua *ua, const char *text)
{
	if (model_status(text))
		ua_receive_response(ua, text);
	else
		ua_receive_request(ua, text);
}

/* --- its user --- */

static bool can_hang_up(const struct model_ua *ua)
{
	/* The callee waits for the ACK (s.15); the caller may end an early dialog. */
	if (ua->state == MODEL_CALLING)
		return !ua->servers[0].method[0] && ua->has_remote_tag && !ua->ends_on_answer;
	return ua->state == MODEL_CONFIRMED &&
	       (!is_invite(ua->servers[0].method) || ua->servers[0].acknowledged);
}

bool model_ua_can(const struct model_ua *ua, enum model_action action)
{
	const struct model_client *mine = ua_client_pending(ua, "INVITE");
	const struct model_server *theirs = ua_server_pending(ua);

	switch (action) {
	case MODEL_RING:
		return theirs && theirs->status < 180 && ua->state == MODEL_CALLING;
	case MODEL_ANSWER:
	case MODEL_REFUSE:
		return theirs && ua->state != MODEL_ENDED;
	case MODEL_CANCEL:
		/* Not before a provisional response (s.9.1). */
		return mine && mine->status && !ua_client_pending(ua, "CANCEL") &&
		       !ua->ends_on_answer && ua->state != MODEL_ENDED;
	case MODEL_BYE:
		return can_hang_up(ua);
	case MODEL_REINVITE:
		return ua->state == MODEL_CONFIRMED && can_hang_up(ua) && !mine && !theirs;
	default:
		return false;
	}
}

static void cancel(struct model_ua *ua)
{
	const struct model_client *invite = ua_client_pending(ua, "INVITE");
	struct model_client *ct = ua_client_new(ua);
	char remote[256];

	snprintf(ct->method, sizeof(ct->method), "CANCEL");
	ct->cseq = invite->cseq;
	snprintf(ct->branch, sizeof(ct->branch), "%s", invite->branch);
	/* To and Request-URI are those of the INVITE. */
	snprintf(remote, sizeof(remote), "%s", ua->remote);
	snprintf(ua->remote, sizeof(ua->remote), "%s", model_header(invite->text, "To"));
	ua_write_request(ua, ct->text, "CANCEL", ct->cseq, ct->branch, "");
	snprintf(ua->remote, sizeof(ua->remote), "%s", remote);
	ua->ends_on_answer = ua->state == MODEL_CALLING;
	ua_client_begin(ua, ct);
}

void model_ua_do(struct model_ua *ua, enum model_action action)
{
	struct model_server *st = ua_server_pending(ua);

	assert(model_ua_can(ua, action));
	switch (action) {
	case MODEL_RING:
		ua_reply(ua, st, 180, "");
		break;
	case MODEL_ANSWER:
		ua_answer(ua, st);
		break;
	case MODEL_REFUSE:
		ua_reply(ua, st, ua->state == MODEL_CALLING ? 486 : 488, "");
		if (ua->state == MODEL_CALLING)
			ua->state = MODEL_ENDED;
		break;
	case MODEL_CANCEL:
		cancel(ua);
		break;
	case MODEL_BYE:
		if (st && ua->state == MODEL_CONFIRMED)
			ua_reply(ua, st, 487, "");
		ua_hang_up(ua);
		break;
	default:
		ua_invite(ua);
		break;
	}
}

void model_ua_reset(struct model_ua *ua, unsigned int run)
{
	memset(ua->clients, 0, sizeof(ua->clients));
	memset(ua->servers, 0, sizeof(ua->servers));
	snprintf(ua->call_id, sizeof(ua->call_id), "model-%u", run);
	snprintf(ua->tag, sizeof(ua->tag), "%s%u", ua->name, run);
	snprintf(ua->target, sizeof(ua->target), "sip:%s@%s", ua->callee, ua->peer);
	snprintf(ua->local, sizeof(ua->local), "<sip:%s@model.example>;tag=%s", ua->name, ua->tag);
	snprintf(ua->remote, sizeof(ua->remote), "<sip:%s@model.example>", ua->callee);
	ua->has_remote_tag = ua->ends_on_answer = false;
	ua->cseq = ua->branch = 0;
	ua->state = MODEL_IDLE;
	ua->next_port = ua->first_port;
	ua->port = ua->remote_port = 0;
	ua->remote_media[0] = '\0';
}

void model_ua_invite(struct model_ua *ua)
{
	ua->state = MODEL_CALLING;
	ua_invite(ua);
}

/* --- time --- */

uint64_t model_ua_next(const struct model_ua *ua)
{
	uint64_t next = MODEL_NEVER;

	for (int i = 0; i < MODEL_TRANSACTIONS; i++) {
		const struct model_client *ct = &ua->clients[i];
		const struct model_server *st = &ua->servers[i];

		if (ct->method[0] && ct->status < 200) {
			next = ct->again_ms < next ? ct->again_ms : next;
			next = ct->end_ms < next ? ct->end_ms : next;
		}
		if (st->method[0]) {
			next = st->again_ms < next ? st->again_ms : next;
			next = st->end_ms < next ? st->end_ms : next;
		}
	}
	return next;
}

static void client_tick(struct model_ua *ua, struct model_client *ct)
{
	if (ct->end_ms <= ua->now_ms) {
		ct->status = 408;
		ct->again_ms = ct->end_ms = MODEL_NEVER;
		if (is_invite(ct->method))
			ua->state = MODEL_ENDED;
	} else if (ct->again_ms <= ua->now_ms) {
		ct->interval_ms *= 2;
		if (!is_invite(ct->method) && ct->interval_ms > ua->t2_ms)
			ct->interval_ms = ua->t2_ms;
		ct->again_ms = ua->now_ms + ct->interval_ms;
		ua->send(ua, ct->text);
	}
}

static void server_tick(struct model_ua *ua, struct model_server *st)
{
	if (st->end_ms <= ua->now_ms) {
		/* A 2xx that nobody acknowledges ends the call (s.13.3.1.4). */
		st->again_ms = st->end_ms = MODEL_NEVER;
		if (st->status < 300 && ua->state == MODEL_CONFIRMED)
			ua_hang_up(ua);
	} else if (st->again_ms <= ua->now_ms) {
		st->interval_ms = st->interval_ms * 2 > ua->t2_ms ? ua->t2_ms : st->interval_ms * 2;
		st->again_ms = ua->now_ms + st->interval_ms;
		ua->send(ua, st->reply);
	}
}

void model_ua_tick(struct model_ua *ua)
{
	for (int i = 0; i < MODEL_TRANSACTIONS; i++) {
		if (ua->clients[i].method[0] && ua->clients[i].status < 200)
			client_tick(ua, &ua->clients[i]);
		if (ua->servers[i].method[0])
			server_tick(ua, &ua->servers[i]);
	}
}
