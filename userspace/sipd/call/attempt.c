// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a branch sends: the INVITE, to the address of its target, or as long as that has a name to
 * one after the other of those it leads to, until one answers (RFC 3263 s.4.3). All of them see the
 * same dialog, each a transaction of its own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "call/digest.h"
#include "call/hop.h"
#include "call/identity.h"
#include "call/offer.h"
#include "call/prack.h"
#include "call/redirect.h"

/* --- notes --- */

static void note_resolved(const struct call_branch *branch)
{
	unsigned int count = call_hop_count(branch->hop);
	const char *name = branch->target->where.host;

	if (count)
		call_hunt_note(branch->hunt, branch->target, CALL_NOTE_ROUTE,
			       "resolved %s: %u target%s", name, count, count == 1 ? "" : "s");
	else
		call_hunt_note(branch->hunt, branch->target, CALL_NOTE_ROUTE,
			       "not resolved: %s (%s)", name, call_hop_why(branch->hop));
}

static void note_no_answer(const struct call_branch *branch)
{
	uint32_t ms = branch->target->no_answer_ms;
	char part[8] = "";

	if (ms % 1000)
		snprintf(part, sizeof(part), ".%u", ms % 1000 / 100);
	call_hunt_note(branch->hunt, branch->target, CALL_NOTE_SILENCE, "no answer for %u%s s",
		       ms / 1000, part);
}

/* --- the dialog and its offer --- */

/* A dialog with the caller for what @relay begins, with the callee's side still to be made. */
static struct call_pair *another_pair(struct call_relay *relay)
{
	struct call *call = relay->call;
	const struct sip_dialog *first = &call->pairs->leg[MEDIA_A];
	struct call_pair *pair = call_pair_alloc(call);
	char tag[SIP_TOKEN_STRLEN];

	if (!pair)
		return NULL;
	if (sip_dialog_init_copy(&pair->leg[MEDIA_A], first,
				 view_str(sip_token(call->engine->stack, 64, tag)))) {
		call_pair_free(pair);
		return NULL;
	}
	sip_dialog_add(&call->engine->dialogs, &pair->leg[MEDIA_A]);
	return pair;
}

/* The first branch that sends has the relay that the call began with, and its pair. */
static struct call_pair *begin(struct call_branch *branch)
{
	struct call *call = branch->hunt->call;
	bool first = !call->invite->initial;
	struct call_relay *relay = first ? call->invite :
					   call_relay_alloc(call, SIP_INVITE, MEDIA_A, NULL, NULL);
	struct call_pair *pair = NULL;

	if (relay)
		pair = first ? call->pairs : another_pair(relay);
	if (!pair) {
		if (relay)
			call_relay_drop(relay);
		return NULL;
	}
	relay->branch = branch;
	relay->initial = true;
	branch->relay = relay;
	pair->invite = relay;
	return pair;
}

/* Nothing has been sent: as if it had not begun. */
static void undo(struct call_branch *branch, struct call_pair *pair)
{
	struct call_relay *relay = branch->relay;
	struct call *call = relay->call;
	struct sip_dialog *leg = &pair->leg[MEDIA_B];

	branch->relay = NULL;
	relay->branch = NULL;
	if (relay != call->invite) {
		call_pair_free(pair);
		call_relay_drop(relay);
		return;
	}
	sip_dialog_del(&call->engine->dialogs, leg);
	sip_dialog_clean(leg);
	memset(leg, 0, sizeof(*leg));
	leg->user = pair;
	pair->invite = NULL;
	relay->initial = false;
}

static int lead_to_target(struct call_branch *branch, struct call_pair *pair,
			  const struct sip_msg *invite)
{
	struct sip_dialog *leg = &pair->leg[MEDIA_B];
	int ret;

	call_digest_lead(pair, branch->target);
	if (leg->text) {
		leg->flow = branch->target->to;
		return 0;
	}
	ret = call_leg_init_b(pair, invite, branch->target);
	if (!ret)
		sip_dialog_add(&pair->call->engine->dialogs, leg);
	return ret;
}

/* What comes to the ports of an address that was given up is heard no more. */
static void move_media(struct call_branch *branch, unsigned int number)
{
	struct call_hunt *hunt = branch->hunt;
	struct media_call *media = hunt->call->media;

	if (hunt->media == branch->media) {
		hunt->media = number;
		media_fork_show(media, number);
	}
	media_fork_drop(media, branch->media);
}

/* 0 or a status. */
static int write_offer(struct call_branch *branch, const struct sip_msg *invite, bool again,
		       struct sip_out *lines, struct call_body *body)
{
	const struct call_target *target = branch->target;
	struct call_hunt *hunt = branch->hunt;
	struct call *call = hunt->call;
	unsigned int number = hunt->noffers;
	int status;

	if (call_body_kind(invite) != CALL_BODY_SDP) {
		call_body_rest(call->engine, invite, body);
		return 0;
	}
	if (!number) {
		media_call_move(call->media, MEDIA_B, target->realm->media);
		status = call_offer(call, MEDIA_A, invite, &hunt->from, &target->to, lines, body);
	} else {
		status = call_offer_more(call, number, invite, &target->to, lines, body);
	}
	if (status)
		return status;
	call->invite->offer = CALL_OFFER_IN_REQUEST;
	if (again)
		move_media(branch, number);
	branch->media = number;
	hunt->noffers++;
	return 0;
}

/* --- one address --- */

/* 0, or the status that refuses what it asks of us. */
static int check_privacy(const struct call_branch *branch, const struct call_pair *pair,
			 const struct sip_msg *invite, struct sip_out *lines)
{
	const struct call_hunt *hunt = branch->hunt;
	const struct call *call = hunt->call;

	if (!call_identity_to(call->engine, call->settings, invite, &hunt->from,
			      &pair->leg[MEDIA_B], branch->target)
		     .failed)
		return 0;
	call_hunt_note(branch->hunt, branch->target, CALL_NOTE_REFUSAL, "%s", CALL_PRIVACY_FAILS);
	call_write_warning(lines, &hunt->from, 399, CALL_PRIVACY_FAILS);
	return 500;
}

static int send_request(struct call_branch *branch, struct call_pair *pair,
			const struct sip_msg *invite, const struct call_body *body)
{
	const struct call_target *target = branch->target;
	bool reliable = call_prack_offered(branch, invite);
	char lines[16384];
	struct sip_out out;

	sip_out_init(&out, lines, sizeof(lines));
	if (reliable)
		sip_out_str(&out, "Supported: 100rel\r\n");
	if (target->routes.len)
		sip_out_header(&out, "Route", target->routes);
	call_hunt_tell_callee(&out, branch, invite);
	if (!sip_out_ok(&out) || call_leg_request(branch->relay, pair, invite, sip_out_text(&out),
						  body, &call_branch_ops))
		return 500;
	branch->target->past.sent = true;
	return 0;
}

/* To target->to. 0, or the status that refuses it, with headers in @lines. */
static int send_invite(struct call_branch *branch, const struct sip_msg *invite,
		       struct sip_out *lines)
{
	struct call_body body = { .text = VIEW_NONE };
	bool again = branch->relay;
	struct call_pair *pair = again ? call_fork_first(branch->relay) : begin(branch);
	int status = 500;

	if (!pair)
		return 500;
	if (!lead_to_target(branch, pair, invite))
		status = check_privacy(branch, pair, invite, lines);
	if (!status)
		status = write_offer(branch, invite, again, lines, &body);
	if (!status)
		status = send_request(branch, pair, invite, &body);
	if (status)
		undo(branch, pair);
	return status;
}

/* --- one address after the other --- */

static void on_silence(struct timer *timer);

static int send_to_present(struct call_branch *branch, const struct sip_msg *invite,
			   struct sip_out *lines)
{
	const struct call *call = branch->hunt->call;
	uint32_t failover_ms = call->settings->cfg->failover_ms;
	int status = send_invite(branch, invite, lines);

	/* The last one has all the time that a transaction has. */
	if (!status && failover_ms && call_hop_has_next(branch->hop))
		loop_timer_set(call->engine->loop, &branch->silence, failover_ms, on_silence);
	return status;
}

static int send_to_first(struct call_branch *branch, const struct sip_msg *invite,
			 struct sip_out *lines)
{
	note_resolved(branch);
	if (call_hop_next(branch->hop, &branch->target->to))
		return send_to_present(branch, invite, lines);
	/* RFC 3261 s.21.5.5. Which name it was is not the caller's business. */
	call_write_warning(lines, &branch->hunt->from, 399, "The next hop cannot be resolved");
	return 504;
}

static void on_resolved(struct call_hop *hop)
{
	struct call_branch *branch = hop->user;
	struct call *call = branch->hunt->call;
	struct sip_out lines = call_headers(call->engine);
	const struct sip_msg *invite = call_hunt_invite(branch->hunt);
	int status = invite ? send_to_first(branch, invite, &lines) : 500;

	if (status)
		call_hunt_failed(branch, status, NULL, &lines);
	else
		call_hunt_sent(branch->hunt);
	call_settle(call);
}

/* To the next address, after the present one has failed; false: there is none. */
static bool move_on(struct call_branch *branch, enum call_note note, const char *what)
{
	struct call *call = branch->hunt->call;
	struct sip_out lines = call_headers(call->engine);
	char failed[TP_ADDR_STRLEN], next[TP_ADDR_STRLEN];
	const struct sip_msg *invite;
	int status;

	if (branch->over || branch->hunt->stopped || !call_hop_has_next(branch->hop))
		return false;
	invite = call_hunt_invite(branch->hunt);
	if (!invite)
		return false;
	call_hop_name(branch->hop, failed);
	call_hop_next(branch->hop, &branch->target->to);
	call_hunt_note(branch->hunt, branch->target, note, "%s %s, trying %s", failed, what,
		       call_hop_name(branch->hop, next));
	sip_ctrans_detach(branch->relay->ct);
	branch->relay->ct = NULL;
	branch->heard = false;
	status = send_to_present(branch, invite, &lines);
	if (status)
		call_hunt_failed(branch, status, NULL, &lines);
	return true;
}

static void on_silence(struct timer *timer)
{
	struct call_branch *branch =
		(struct call_branch *)((char *)timer - offsetof(struct call_branch, silence));
	struct call *call = branch->hunt->call;

	call_hop_failed(branch->hop, CALL_HOP_SILENT, 0);
	move_on(branch, CALL_NOTE_SILENCE, "did not answer");
	call_settle(call);
}

bool call_branch_elsewhere(struct call_branch *branch, const struct sip_msg *response)
{
	if (!branch || !branch->hop || !branch->relay)
		return false;
	loop_timer_cancel(branch->hunt->call->engine->loop, &branch->silence);
	if (!response) {
		call_hop_failed(branch->hop, CALL_HOP_SILENT, 0);
		return move_on(branch, CALL_NOTE_SILENCE, "did not answer");
	}
	if (response->status == 503) {
		call_hop_failed(branch->hop, CALL_HOP_UNAVAILABLE, call_hop_retry_after(response));
		return move_on(branch, CALL_NOTE_REFUSAL, "is not available");
	}
	call_hop_served(branch->hop);
	if (response->status > 100)
		call_branch_stay(branch);
	return false;
}

bool call_branch_unreachable(struct call_branch *branch, int err)
{
	char what[96];

	if (!branch || !branch->hop || !branch->relay)
		return false;
	loop_timer_cancel(branch->hunt->call->engine->loop, &branch->silence);
	call_hop_failed(branch->hop, CALL_HOP_UNREACHABLE, 0);
	snprintf(what, sizeof(what), "cannot be reached: %s", strerror(-err));
	return move_on(branch, CALL_NOTE_SILENCE, what);
}

void call_branch_heard(struct call_branch *branch)
{
	branch->heard = true;
	if (!branch->hop)
		loop_timer_cancel(branch->hunt->call->engine->loop, &branch->silence);
}

void call_branch_stay(struct call_branch *branch)
{
	if (!branch->hop)
		return;
	loop_timer_cancel(branch->hunt->call->engine->loop, &branch->silence);
	call_hop_clean(branch->hop);
	free(branch->hop);
	branch->hop = NULL;
}

/* --- the target --- */

/* As if 408 had come (s.16.8). It may still answer, while nobody else has. */
static void no_answer(struct timer *timer)
{
	struct call_branch *branch =
		(struct call_branch *)((char *)timer - offsetof(struct call_branch, timer));
	struct call *call = branch->hunt->call;

	note_no_answer(branch);
	call_branch_cancel(branch, "Reason: Q.850;cause=19;text=\"No answer\"\r\n");
	call_hunt_failed(branch, 408, NULL, NULL);
	call_settle(call);
}

/* Neither is who says nothing at all waited for. */
static void unheard(struct timer *timer)
{
	struct call_branch *branch =
		(struct call_branch *)((char *)timer - offsetof(struct call_branch, silence));
	struct call *call = branch->hunt->call;
	char peer[TP_ADDR_STRLEN];

	call_hunt_note(branch->hunt, branch->target, CALL_NOTE_SILENCE, "%s did not answer",
		       tp_addr_format(&branch->target->to.remote, peer));
	call_branch_cancel(branch, NULL);
	call_hunt_failed(branch, 408, NULL, NULL);
	call_settle(call);
}

/* NULL without memory. */
static struct call_branch *add(struct call_hunt *hunt, struct call_target *target)
{
	struct call_engine *engine = hunt->call->engine;
	struct call_branch *branch = pool_alloc(&engine->branches);

	if (!branch)
		return NULL;
	branch->hunt = hunt;
	branch->target = target;
	branch->media = CALL_BRANCH_SILENT;
	branch->next = hunt->branches;
	hunt->branches = branch;
	if (target->no_answer_ms)
		loop_timer_set(engine->loop, &branch->timer, target->no_answer_ms, no_answer);
	if (target->silence_ms)
		loop_timer_set(engine->loop, &branch->silence, target->silence_ms, unheard);
	return branch;
}

/* 0: sent, or it waits for DNS. */
static int resolve(struct call_branch *branch, const struct sip_msg *invite, struct sip_out *lines)
{
	int ret = call_hop_start(&branch->hop, branch, branch->hunt->call->engine, branch->target,
				 on_resolved);

	if (ret == -EINPROGRESS)
		return 0;
	return ret ? 500 : send_to_first(branch, invite, lines);
}

int call_branch_start(struct call_hunt *hunt, struct call_target *target,
		      const struct sip_msg *invite, struct sip_out *lines)
{
	struct call_branch *branch = add(hunt, target);
	int status;

	if (!branch)
		return 500;
	status = target->where.host ? resolve(branch, invite, lines) :
				      send_invite(branch, invite, lines);
	if (status)
		call_branch_end(branch);
	return status;
}

int call_branch_join(struct call_hunt *hunt, struct call_target *target, struct sip_strans *st,
		     const struct sip_msg *req, struct sip_out *lines, struct call_body *body,
		     struct call_pair **pair)
{
	const struct call_session_sdp *offered = &hunt->call->sdp_offered[MEDIA_A];
	struct call_branch *branch = add(hunt, target);
	struct sip_msg *offer = &hunt->call->engine->invite;
	int status = 400, ret;

	*pair = branch ? begin(branch) : NULL;
	if (!*pair)
		return 500;
	*offer = *req;
	call_body_set_sdp(offer, (struct view){ offered->text, offered->len });
	ret = call_leg_init_uas(*pair, MEDIA_B, st, req, &target->to);
	if (ret == -EBADMSG)
		call_write_warning(lines, &target->to, 399, "Contact cannot be read");
	else if (ret)
		status = 500;
	else
		status = write_offer(branch, offer, false, lines, body);
	if (!status)
		return 0;
	undo(branch, *pair);
	call_branch_end(branch);
	return status;
}

void call_branch_end(struct call_branch *branch)
{
	branch->over = true;
	loop_timer_cancel(branch->hunt->call->engine->loop, &branch->timer);
	loop_timer_cancel(branch->hunt->call->engine->loop, &branch->silence);
	call_branch_stay(branch);
}

void call_branch_free(struct call_branch *branch)
{
	call_branch_end(branch);
	if (branch->relay)
		branch->relay->branch = NULL;
	pool_free(&branch->hunt->call->engine->branches, branch);
}
