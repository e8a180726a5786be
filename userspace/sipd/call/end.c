// SPDX-License-Identifier: GPL-2.0-or-later
/* The ways a call ends that no response of the callee's decides. */
#include "call/event.h"
#include "call/exchange.h"
#include "call/hide.h"
#include "call/hunt.h"
#include "call/reason.h"
#include "call/transfer.h"

/* An end that waits longer than a transaction may last has lost what it waits for. */
#define END_GUARD_T1 72

static struct call *call_of_timer(struct timer *timer)
{
	return (struct call *)((char *)timer - offsetof(struct call, timer));
}

void call_set_code(struct call *call, int code)
{
	if (!call->code)
		call->code = code;
}

static void write_reason(struct sip_out *out, struct view reason)
{
	if (reason.p)
		call_hide_reason(out, reason);
}

/* Requests that were under way when the session ended (RFC 3261 s.15.1.2). */
static void refuse_waiting(struct call *call, const struct call_ending *ending)
{
	struct call_relay *relay;
	struct sip_out out;
	int status;

	for (relay = call->relays; relay; relay = relay->next) {
		if (!relay->st || sip_strans_answered(relay->st))
			continue;
		status = 487;
		if (relay == call->invite) {
			status = ending->status ? ending->status : 487;
			relay->stage = CALL_STAGE_REFUSED;
			call_set_code(call, status);
		}
		out = call_headers(call->engine);
		write_reason(&out, ending->reason);
		if (relay == call->invite)
			call_hunt_tell_caller(&out, call, true);
		call_leg_respond(relay, relay->pair ? relay->pair : call->pairs, status, VIEW_NONE,
				 &out, NULL);
	}
}

static void cancel_waiting(struct call *call, const struct call_ending *ending)
{
	struct sip_out out = call_headers(call->engine);
	struct call_relay *relay;

	write_reason(&out, ending->reason);
	for (relay = call->relays; relay; relay = relay->next)
		if (relay->initial && relay->ct && !relay->final)
			sip_ctrans_cancel(relay->ct, sip_out_text(&out));
	call_hunt_free(call);
}

void call_end(struct call *call, const struct call_ending *ending)
{
	if (call->state >= CALL_ENDING)
		return;
	call->fault = ending->fault;
	call_mark_ending(call, ending->by, view_str(ending->why));
	refuse_waiting(call, ending);
	cancel_waiting(call, ending);
	call_bye(call, MEDIA_A, ending);
	call_bye(call, MEDIA_B, ending);
	call_session_over(call);
	call_settle(call);
}

void call_cancelled(void *user, struct sip_strans *st)
{
	struct call_relay *relay = user;
	const struct sip_msg *cancel = sip_stack_message(relay->call->engine->stack);
	char text[CALL_REASONS_TEXT];
	const struct call_ending ending = {
		.by = "caller",
		.why = "cancelled",
		.status = 487,
		.reason = call_reasons_of(cancel, text),
	};

	(void)st;
	if (ending.reason.p)
		call_note_printf(relay->call, CALL_NOTE_END, "Reason in the CANCEL: %.*s",
				 VIEW_ARG(ending.reason));
	if (!call_transfer_caller_left(relay->call))
		call_end(relay->call, &ending);
}

static void no_answer(struct timer *timer)
{
	static const struct call_ending ending = {
		.by = "sipd",
		.why = "no answer",
		.status = 480,
		.reason = VIEW_LIT("Q.850;cause=19;text=\"No answer\""),
	};
	struct call *call = call_of_timer(timer);
	char text[48];
	struct sip_out out;

	sip_out_init(&out, text, sizeof(text) - 1);
	sip_out_str(&out, "no answer for ");
	sip_out_u32(&out, call->settings->cfg->no_answer_ms / 1000);
	sip_out_str(&out, " s");
	text[out.len] = '\0';
	call_note(call, CALL_NOTE_SILENCE, text);
	call_end(call, &ending);
}

static void too_long(struct timer *timer)
{
	static const struct call_ending ending = {
		.by = "maximum duration",
		.why = "the longest duration of a call is over",
		.reason = VIEW_LIT("SIP;cause=480;text=\"Maximum duration\""),
	};
	struct call *call = call_of_timer(timer);

	call_note(call, CALL_NOTE_END, "maximum duration reached");
	call_end(call, &ending);
}

void call_give_up(struct call *call)
{
	struct call_relay *relay;

	call->bye_due[MEDIA_A] = false;
	call->bye_due[MEDIA_B] = false;
	for (relay = call->relays; relay; relay = relay->next) {
		relay->final = true;
		relay->stage = CALL_STAGE_DONE;
	}
	call_settle(call);
}

static void give_up(struct timer *timer)
{
	call_give_up(call_of_timer(timer));
}

void call_start_answer_timer(struct call *call)
{
	uint32_t after_ms = call->settings->cfg->no_answer_ms;

	if (after_ms)
		loop_timer_set(call->engine->loop, &call->timer, after_ms, no_answer);
}

static void expired(struct timer *timer)
{
	static const struct call_ending ending = {
		.by = "sipd",
		.why = "the INVITE has expired",
		.status = 487,
		.reason = VIEW_LIT("SIP;cause=487;text=\"Expired\""),
	};
	struct call *call = call_of_timer(timer);

	call_note(call, CALL_NOTE_SILENCE, "no answer within the Expires of the INVITE");
	call_end(call, &ending);
}

void call_start_invite_timer(struct call *call, const struct sip_msg *invite)
{
	const struct call_engine *engine = call->engine;
	uint32_t no_answer_s = engine->cfg->no_answer_ms / 1000, seconds;

	if (event_expires(invite, &seconds) && (!no_answer_s || seconds < no_answer_s))
		loop_timer_set(engine->loop, &call->timer, UINT64_C(1000) * seconds, expired);
	else
		call_start_answer_timer(call);
}

void call_start_duration_timer(struct call *call)
{
	uint32_t after_ms = call->settings->cfg->max_duration_ms;

	if (after_ms)
		loop_timer_set(call->engine->loop, &call->timer, after_ms, too_long);
}

void call_start_end_timer(struct call *call)
{
	const struct call_engine *engine = call->engine;

	loop_timer_set(engine->loop, &call->timer, END_GUARD_T1 * (uint64_t)engine->cfg->t1_ms,
		       give_up);
}
