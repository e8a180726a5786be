// SPDX-License-Identifier: GPL-2.0-or-later
/* The INVITE that makes a call: from the caller to those who may answer it. */
#include <errno.h>

#include "call/prack.h"
#include "call/route.h"

int call_map_status(int status)
{
	/* Where else to go is the next hop's business, and what it offers would show its side. */
	if (status >= 300 && status < 400)
		return 502;
	/* Its overload is not ours. */
	if (status == 503)
		return 500;
	/* Which way failed is for us to know: callers never see it (RFC 5626 s.11.5). */
	if (status == 430)
		return 480;
	/* How long sessions last there is between it and us (RFC 4028). */
	if (status == 422)
		return 502;
	return status;
}

static const struct sip_strans_ops st_ops = {
	.cancelled = call_cancelled,
	.no_ack = call_no_ack,
	.ended = call_relay_st_ended,
};

void call_invite_move(struct call_relay *relay)
{
	struct call *call = relay->call;
	struct call_relay *from = call->invite;

	if (from == relay)
		return;
	relay->st = from->st;
	relay->offer = from->offer;
	relay->stage = from->stage;
	relay->ask = from->ask;
	if (relay->st)
		sip_strans_attach(relay->st, &st_ops, relay);
	relay->held = from->held;
	call->invite = relay;
	from->st = NULL;
	from->held = false;
	from->stage = CALL_STAGE_DONE;
	call_relay_drop(from);
}

/* 0 or the status that refuses the call; @lines gets the headers for it. */
static int place(struct call_relay *relay, const struct sip_msg *req, const struct tp_flow *from,
		 struct call_choice *choice, struct sip_out *lines)
{
	int ret = call_leg_init_a(relay->call->pairs, relay->st, req, from);

	if (ret) {
		call_targets_clean(&choice->targets);
		if (ret != -EBADMSG)
			return 500;
		call_write_warning(lines, from, 399, "Contact cannot be read");
		return 400;
	}
	call_merge_add(relay->call);
	return call_hunt_start(relay->call, choice, req, from);
}

static void refuse_here(struct call_relay *relay, int status, const struct sip_out *lines)
{
	struct call *call = relay->call;

	relay->stage = CALL_STAGE_REFUSED;
	call_note_refused_here(call, status, lines);
	call_leg_respond(relay, call->pairs, status, VIEW_NONE, lines, NULL);
	call_hunt_free(call);
	call_set_code(call, status);
	call_mark_ending(call, "sipd", view_str(sip_reason(status)));
	call_settle(call);
}

/* With its first relay and pair; NULL without memory, with nothing left behind. */
static struct call *new_call(struct call_engine *engine, struct sip_strans *st,
			     const struct tp_flow *from, const struct call_choice *choice)
{
	const struct call_target *first = choice->targets.waiting;
	struct call_realm *const realms[] = {
		[MEDIA_A] = call_listener(from)->realm,
		[MEDIA_B] = first->realm,
	};
	struct call *call = call_alloc(engine, realms);

	if (!call)
		return NULL;
	call->home[MEDIA_A] = call_home(&from->remote);
	call->invite = call_relay_alloc(call, SIP_INVITE, MEDIA_A, st, &st_ops);
	if (call->invite && call_pair_alloc(call))
		return call;
	call_mark_ending(call, "sipd", VIEW_LIT("out of memory"));
	call_settle(call);
	return NULL;
}

void call_receive_invite(struct call_engine *engine, struct sip_strans *st,
			 const struct sip_msg *req, const struct tp_flow *from)
{
	struct sip_out lines = call_headers(engine);
	struct call_choice choice;
	struct call *call;
	int status;

	choice.why[0] = '\0';
	status = call_screen_invite(engine, req, from, &lines, &choice);
	if (status) {
		if (choice.why[0])
			flow_note(engine->flows, sip_strans_mark(st), choice.why);
		else
			call_note_refused(engine, st, status, &lines);
		call_answer_bare(st, status, &lines);
		return;
	}
	call = new_call(engine, st, from, &choice);
	if (!call) {
		call_targets_clean(&choice.targets);
		call_answer_bare(st, 500, NULL);
		return;
	}
	call_prack_init(call, req);
	call_trace_request(call, MEDIA_A, req, false);
	call_session_asked(call->invite, req);
	call_leg_respond(call->invite, NULL, 100, VIEW_NONE, NULL, NULL);
	status = place(call->invite, req, from, &choice, &lines);
	if (status)
		refuse_here(call->invite, status, &lines);
	else if (call->state < CALL_ENDING)
		call_start_invite_timer(call, req);
	call_settle(call);
}
