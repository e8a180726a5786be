// SPDX-License-Identifier: GPL-2.0-or-later
/* The calls of a transfer, and the parties that move between them. */
#include <errno.h>
#include <stdlib.h>

#include "call/transfer.h"

struct call_transfer *call_transfer_alloc(void)
{
	return calloc(1, sizeof(struct call_transfer));
}

struct call *call_transfer_call(struct call_transfer *transfer, struct call_engine *engine,
				struct call_realm *const realms[2], struct sip_strans *st,
				const struct sip_strans_ops *ops)
{
	struct call *call = call_alloc(engine, realms);

	if (!call)
		return NULL;
	call->invite = call_relay_alloc(call, SIP_INVITE, MEDIA_A, st, ops);
	if (call->invite) {
		call->invite->held = !st;
		call->invite->pair = call_pair_alloc(call);
	}
	if (!call->invite || !call->invite->pair) {
		call_mark_ending(call, "sipd", VIEW_LIT("out of memory"));
		call_settle(call);
		return NULL;
	}
	call->of_transfer = !st;
	call->transfer = transfer;
	transfer->to = call;
	return call;
}

int call_party_take(struct call_pair *pair, enum media_side side, struct call_party *party)
{
	struct sip_dialog *leg = &pair->leg[side];
	struct sip_dialog copy = { .user = pair };
	struct call *call = pair->call;

	if (sip_dialog_init_copy(&copy, leg, sip_dialog_text(leg, SIP_DIALOG_LOCAL_TAG)))
		return -ENOMEM;
	sip_dialog_terminate(&copy);
	sip_dialog_del(&call->engine->dialogs, leg);
	*party = (struct call_party){
		.dialog = *leg,
		.realm = call->realm[side],
		.home = call->home[side],
	};
	memset(&party->dialog.node, 0, sizeof(party->dialog.node));
	call_session_take(pair, side, &party->session);
	*leg = copy;
	if (!call->media)
		return 0;
	party->origin = media_call_origin(call->media, side);
	party->lines = media_call_lines(call->media);
	return 0;
}

void call_party_put(struct call_pair *pair, enum media_side side, const struct call_party *party)
{
	struct sip_dialog *leg = &pair->leg[side];
	struct call *call = pair->call;

	sip_dialog_del(&call->engine->dialogs, leg);
	sip_dialog_clean(leg);
	*leg = party->dialog;
	leg->user = pair;
	sip_dialog_add(&call->engine->dialogs, leg);
	call_session_put(pair, side, &party->session);
	call->realm[side] = party->realm;
	call->home[side] = party->home;
	if (!call->media)
		return;
	media_call_move(call->media, side, party->realm->media);
	media_call_adopt(call->media, side, &party->origin);
}

int call_transfer_move(struct call_pair *to, enum media_side to_side, struct call_pair *from,
		       enum media_side from_side)
{
	struct call_party party;

	if (call_party_take(from, from_side, &party))
		return -ENOMEM;
	call_party_put(to, to_side, &party);
	return 0;
}

bool call_transfer_gone(const struct call_pair *pair, enum media_side side)
{
	return pair->call->state >= CALL_ANSWERED && pair->leg[side].state == SIP_DIALOG_TERMINATED;
}

int call_transfer_invite(struct call_relay *relay, struct call_pair *pair,
			 const struct sip_msg *req, const struct call_body *body,
			 const struct sip_ctrans_ops *ops)
{
	int ret = call_leg_request(relay, pair, req, VIEW_NONE, body, ops);

	if (!ret)
		relay->pair = pair;
	return ret;
}

/* Where the next m= line begins at or after @at, or its end. */
static size_t next_line(struct view text, size_t at)
{
	for (; at < text.len; at++)
		if ((!at || text.p[at - 1] == '\n') && text.p[at] == 'm' && at + 1 < text.len &&
		    text.p[at + 1] == '=')
			return at;
	return text.len;
}

unsigned int call_transfer_lines(struct view text)
{
	unsigned int lines = 0;

	for (size_t at = next_line(text, 0); at < text.len; at = next_line(text, at + 1))
		lines++;
	return lines;
}

struct view call_transfer_cut(struct view text, unsigned int lines)
{
	size_t at = next_line(text, 0);

	while (lines-- && at < text.len)
		at = next_line(text, at + 1);
	return (struct view){ text.p, at };
}

void call_transfer_pad(struct call *call, enum media_side from, struct call_body *body,
		       unsigned int lines)
{
	static const struct view rejected = VIEW_LIT("m=audio 0 RTP/AVP 0\r\n");
	struct call_engine *engine = call->engine;

	for (; lines && body->text.len + rejected.len <= sizeof(engine->body); lines--) {
		memcpy(engine->body + body->text.len, rejected.p, rejected.len);
		body->text.len += rejected.len;
		call_session_sdp_add(call, from, rejected);
	}
}

const struct sip_msg *call_transfer_fitting(const struct call_transfer *transfer,
					    struct call_engine *engine,
					    const struct sip_msg *response)
{
	if (!transfer->lines || call_body_kind(response) != CALL_BODY_SDP)
		return response;
	engine->invite = *response;
	call_body_set_sdp(&engine->invite,
			  call_transfer_cut(call_body_sdp(response), transfer->lines));
	return &engine->invite;
}

void call_transfer_outcome(struct call_relay *relay, const struct sip_msg *response,
			   const struct call_transfer_outcome *outcome)
{
	struct call *call = relay->call;
	const int status = response ? response->status : 408;

	if (status < 200)
		return;
	if (status >= 300 && !relay->final)
		outcome->refused(relay, status, response);
	else if (status < 300 && !relay->final)
		outcome->accepted(relay, response);
	else if (status < 300 && relay->acked_out)
		call_leg_ack(relay, NULL);
	call_settle(call);
}
