// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A transfer to somebody who rings: Replaces names the early dialog of the transferor's call to
 * him. sipd is the caller there, so nothing is replaced on his side. The transfer waits until he
 * answers, while the transferor may go, and then goes on as with any other party of a call; what
 * the transferor's INVITE gets is 487.
 */
#include "call/hunt.h"
#include "call/prack.h"
#include "call/transfer.h"

bool call_transfer_rings(const struct call *call)
{
	const struct call_transfer *transfer = call->transfer;

	return transfer && transfer->ringing && transfer->other == call;
}

void call_transfer_await(struct call_transfer *transfer, const struct call_replaced *old)
{
	transfer->other = old->call;
	transfer->other_side = (uint8_t)old->side;
	transfer->ringing = true;
	old->call->transfer = transfer;
	call_note(old->call, CALL_NOTE_CHANGE,
		  "transfer: the callee is to have another caller as soon as he answers");
}

/* Nobody waits for an answer any more, nor acknowledges what comes before it. */
static void release_caller(struct call *call)
{
	struct sip_out out = call_headers(call->engine);

	call_hunt_tell_caller(&out, call, false);
	for (struct call_pair *pair = call->pairs; pair; pair = pair->next)
		sip_dialog_terminate(&pair->leg[MEDIA_A]);
	call->invite->stage = CALL_STAGE_REFUSED;
	call_leg_respond(call->invite, call->pairs, 487, VIEW_NONE, &out, NULL);
	call_prack_forget(call);
}

static bool has_caller(const struct call *call)
{
	return call->pairs->leg[MEDIA_A].state != SIP_DIALOG_TERMINATED;
}

bool call_transfer_caller_left(struct call *call)
{
	if (!call_transfer_rings(call))
		return false;
	if (!has_caller(call))
		return true;
	call_note(call, CALL_NOTE_CHANGE,
		  "transfer: the caller has gone, the callee goes on ringing");
	call->invite->held = true;
	release_caller(call);
	return true;
}

void call_transfer_picked_up(struct call_relay *relay, int status)
{
	static const struct call_body none = { .text = VIEW_NONE };
	struct call *call = relay->call;
	struct call_transfer *transfer = call->transfer;

	transfer->ringing = false;
	if (has_caller(call))
		release_caller(call);
	relay->held = false;
	call_set_code(call, 487);
	call_accept_here(relay, &none);
	if (status)
		call_transfer_done(transfer, status);
	else if (transfer->from)
		call_transfer_resume(transfer);
	else
		call_transfer_lend(transfer);
}
