// SPDX-License-Identifier: GPL-2.0-or-later
/* What comes back to a branch: the responses to its INVITE. */
#include "call/hunt.h"
#include "call/prack.h"
#include "call/transfer.h"

static void provisional(struct call_relay *relay, const struct sip_msg *response)
{
	struct call_branch *branch = relay->branch;
	struct call *call = relay->call;
	struct call_pair *pair;

	if (call->state >= CALL_ANSWERED || !branch || branch->over)
		return;
	/* Each may want a PRACK; it comes again. */
	if (sip_rseq(response) && call->nrelays >= CALL_MAX_REQUESTS) {
		sip_ctrans_unheard(relay->ct);
		return;
	}
	pair = response->to.tag.len ? call_fork_pair(relay, response) : call_fork_first(relay);
	if (!pair || !call_prack_take(relay, pair, response))
		return;
	call_branch_tells(relay, response);
	if (response->to.tag.len)
		sip_dialog_response(&pair->leg[MEDIA_B], response, NULL);
	call->state = CALL_EARLY;
	branch->hunt->round.alerted = true;
	if (response->status == 180 && !call->ring_ms)
		call->ring_ms = call_now(call);
	call_transfer_progress(call, response->status, response->reason);
	call_early_carry(branch, pair, response);
}

/* The caller's INVITE is over already: the callee learns that too. */
static void accepted_too_late(struct call_relay *relay, struct call_pair *pair)
{
	relay->final = true;
	relay->accepted = true;
	relay->pair = pair;
	call_leg_ack(relay, NULL);
	call_bye(relay->call, MEDIA_B, NULL);
}

/* Nobody else is heard or rings any more. */
static void keep_only(struct call *call, const struct call_pair *pair)
{
	struct call_hunt *hunt = call->hunt;

	if (hunt && hunt->early && hunt->early != pair)
		call_early_lost(hunt, hunt->early);
	call_pairs_keep(call, pair);
}

/* The dialog that answers, at the cost of others that only rang. */
static struct call_pair *winner(struct call_relay *relay, const struct sip_msg *response)
{
	struct call *call = relay->call;
	struct call_pair *pair = call_fork_pair(relay, response);

	if (!pair && call_fork_first(relay)) {
		keep_only(call, call_fork_first(relay));
		pair = call_fork_pair(relay, response);
	}
	if (!pair || sip_dialog_response(&pair->leg[MEDIA_B], response, NULL))
		return NULL;
	keep_only(call, pair);
	sip_dialog_confirm(&pair->leg[MEDIA_B]);
	return pair;
}

static void accepted_again(struct call_relay *relay, const struct sip_msg *response)
{
	const struct sip_dialog *leg = relay->pair ? &relay->pair->leg[MEDIA_B] : NULL;

	if (!leg || !view_eq(sip_dialog_text(leg, SIP_DIALOG_REMOTE_TAG), response->to.tag))
		call_fork_drop(relay, response);
	else if (relay->acked_out)
		call_leg_ack(relay, NULL);
}

static void failed(struct call_relay *relay, int status, const struct sip_msg *response)
{
	struct call_branch *branch = relay->branch;

	relay->final = true;
	if (branch)
		call_hunt_failed(branch, status, response, NULL);
}

static void accepted(struct call_relay *relay, const struct sip_msg *response)
{
	struct call *call = relay->call;
	struct call_pair *pair;

	if (relay->final) {
		accepted_again(relay, response);
		return;
	}
	if (call_prack_keep_2xx(relay, response))
		return;
	pair = winner(relay, response);
	if (!pair) {
		call_fork_drop(relay, response);
		failed(relay, 500, NULL);
	} else if (call->state >= CALL_ENDING) {
		call_relays_lose(call, relay, NULL);
		accepted_too_late(relay, pair);
	} else {
		call_branch_tells(relay, response);
		call_hunt_won(relay);
		call_accept(relay, pair, response);
	}
}

void call_branch_receive(struct call_relay *relay, const struct sip_msg *response)
{
	if (response->status < 200)
		provisional(relay, response);
	else if (response->status < 300)
		accepted(relay, response);
	else if (!relay->final)
		failed(relay, response->status, response);
}

static void response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	struct call_relay *relay = user;
	struct call *call = relay->call;

	(void)ct;
	if (relay->branch)
		call_branch_heard(relay->branch);
	if (call_branch_elsewhere(relay->branch, msg) || msg->status == 100)
		return;
	call_branch_receive(relay, msg);
	call_settle(call);
}

static void note_silence(const struct call_branch *branch)
{
	char peer[TP_ADDR_STRLEN];

	call_hunt_note(branch->hunt, branch->target, CALL_NOTE_SILENCE, "no %sresponse from %s",
		       branch->heard ? "final " : "",
		       tp_addr_format(&branch->target->to.remote, peer));
}

static void timeout(void *user, struct sip_ctrans *ct)
{
	struct call_relay *relay = user;
	struct call *call = relay->call;

	(void)ct;
	if (!relay->final && !call_branch_elsewhere(relay->branch, NULL)) {
		if (relay->branch && !relay->branch->over)
			note_silence(relay->branch);
		failed(relay, 408, NULL);
	}
	call_settle(call);
}

/* As if it had said 503 (RFC 3261 s.8.1.3.1), or 430 (RFC 5626 s.7). */
static void unreachable(void *user, struct sip_ctrans *ct, int err)
{
	struct call_relay *relay = user;
	struct call *call = relay->call;
	char peer[TP_ADDR_STRLEN];

	(void)ct;
	if (!relay->final && !call_branch_unreachable(relay->branch, err)) {
		if (relay->branch && !relay->branch->over)
			call_hunt_note(relay->branch->hunt, relay->branch->target,
				       CALL_NOTE_SILENCE, "%s cannot be reached: %s",
				       tp_addr_format(&relay->branch->target->to.remote, peer),
				       strerror(-err));
		failed(relay, relay->branch ? call_target_unreachable(relay->branch->target) : 503,
		       NULL);
	}
	call_settle(call);
}

const struct sip_ctrans_ops call_branch_ops = {
	.response = response,
	.timeout = timeout,
	.failed = unreachable,
	.ended = call_relay_ct_ended,
};

void call_branch_cancel(struct call_branch *branch, const char *reason)
{
	struct call_relay *relay = branch->relay;

	if (relay && relay->ct && !relay->final)
		sip_ctrans_cancel(relay->ct, view_str(reason));
}

void call_branch_forget(struct call_relay *relay)
{
	if (relay->branch)
		relay->branch->relay = NULL;
	relay->branch = NULL;
}
