// SPDX-License-Identifier: GPL-2.0-or-later
/* A callee whose targets have all failed may have said where the call goes then. */
#include <errno.h>
#include <string.h>

#include "call/hunt.h"
#include "call/treat_route.h"

/* The one who is called now; NULL: nothing can be set for him, or the call has left him. */
static struct call_callee *present(const struct call_hunt *hunt)
{
	struct call_callee *callee = hunt->targets.callees;

	return callee && !callee->past.cause ? callee : NULL;
}

bool call_treat_is_group(const struct call_hunt *hunt)
{
	const struct call_callee *callee = present(hunt);

	return callee && callee->group;
}

static bool is_busy(int status)
{
	return status == 486 || status == 600;
}

bool call_treat_goes_on(const struct call_hunt *hunt, int status)
{
	const struct call_callee *callee = present(hunt);

	return callee &&
	       (callee->group || (is_busy(status) && treat_forwards(&callee->treat, TREAT_BUSY)));
}

bool call_treat_take(struct call_hunt *hunt, int status, const struct sip_msg *response)
{
	struct call_round *round = &hunt->round;

	round->failures++;
	round->busy += is_busy(status);
	if (!round->status || call_best_rank(status) < call_best_rank(round->status)) {
		round->status = status;
		round->reasons[0] = '\0';
		if (response)
			call_history_read_reasons(round->reasons, response);
	}
	return call_treat_is_group(hunt);
}

/* --- what has become of him --- */

static bool is_away(int status)
{
	switch (status) {
	case 404:
	case 408:
	case 410:
	case 430:
	case 480:
	case 487:
		return true;
	default:
		return status >= 500 && status < 600;
	}
}

/* In the order in which they are looked at; TREAT_FORWARDS: none. */
static enum treat_key first_set(const struct treat *treat, enum treat_key key, enum treat_key other)
{
	if (key < TREAT_FORWARDS && treat_forwards(treat, key))
		return key;
	return other < TREAT_FORWARDS && treat_forwards(treat, other) ? other : TREAT_FORWARDS;
}

static enum treat_key group_outcome(const struct call_round *round)
{
	if (round->busy == round->failures)
		return TREAT_BUSY;
	return round->alerted ? TREAT_NO_ANSWER : TREAT_UNREACHABLE;
}

/* Of several phones the best response counts; who let it ring had a chance to answer. */
static enum treat_key outcome(const struct call_hunt *hunt, const struct call_callee *callee)
{
	const struct call_round *round = &hunt->round;
	enum treat_key in_vain = round->alerted ? TREAT_NO_ANSWER : TREAT_FORWARDS;

	if (callee->group)
		return first_set(&callee->treat, group_outcome(round), TREAT_FORWARDS);
	if (is_busy(round->status))
		return first_set(&callee->treat, TREAT_BUSY, in_vain);
	if (!is_away(round->status))
		return TREAT_FORWARDS;
	if (round->alerted &&
	    (round->status == 408 || round->status == 480 || round->status == 487))
		return first_set(&callee->treat, TREAT_NO_ANSWER, TREAT_FORWARDS);
	return first_set(&callee->treat, TREAT_UNREACHABLE,
			 round->status == 408 ? TREAT_NO_ANSWER : in_vain);
}

/* --- telling of it --- */

static const char *meaning(const struct call_callee *callee)
{
	if (callee->group)
		return callee->why == TREAT_BUSY ? "all are busy" : "nobody answers";
	switch (callee->why) {
	case TREAT_BUSY:
		return callee->treat.dnd ? "does not want to be disturbed" : "busy";
	case TREAT_NO_ANSWER:
		return "no answer";
	case TREAT_UNREACHABLE:
		return callee->past.cause == 480 ? "not registered" : "cannot be reached";
	default:
		return "";
	}
}

static void note_forward(struct call *call, const struct call_callee *callee)
{
	const char *name = call_callee_name(callee), *to = callee->treat.to[callee->why];

	if (callee->group)
		call_note_printf(call, CALL_NOTE_FORWARD, "%s: %s, forwarded to %s by its overflow",
				 name, meaning(callee), to);
	else if (callee->why == TREAT_ALWAYS)
		call_note_printf(call, CALL_NOTE_FORWARD,
				 "%s: forwarded to %s by the user's setting always", name, to);
	else
		call_note_printf(call, CALL_NOTE_FORWARD,
				 "%s: %s, forwarded to %s by the user's setting on %s", name,
				 meaning(callee), to, treat_word(callee->why));
}

/* Those from @callee on whom it has left, as they came. */
static bool note_forwards(struct call *call, const struct call_callee *callee,
			  const struct call_callee *from)
{
	bool before;

	if (!callee)
		return false;
	before = callee != from && note_forwards(call, callee->next, from);
	if (callee->past.cause)
		note_forward(call, callee);
	return before || callee->past.cause;
}

/* RFC 3261 s.21.1.3 */
static void send_181(struct call *call)
{
	const struct sip_dialog *leg = &call->pairs->leg[MEDIA_A];
	struct sip_out out = call_headers(call->engine);

	call_write_record_route(&out, leg);
	call_write_contact(&out, leg);
	call_hunt_tell_caller(&out, call, false);
	call_leg_respond(call->invite, call->pairs, 181, VIEW_NONE, &out, NULL);
}

void call_treat_tell(struct call_hunt *hunt, const struct call_callee *from)
{
	if (note_forwards(hunt->call, hunt->targets.callees, from))
		send_181(hunt->call);
}

/* --- going on --- */

static void fail(struct call_hunt *hunt, const struct call_callee *callee, int ret,
		 const struct call_choice *choice)
{
	int status = ret == -EBUSY ? choice->refused : ret == -EAGAIN ? 480 : 0;

	note_forwards(hunt->call, hunt->targets.callees, callee);
	if (choice->why[0])
		call_note(hunt->call, CALL_NOTE_FORWARD, choice->why);
	call_callees_free(&hunt->targets.callees, callee);
	call_targets_drop(&hunt->targets);
	if (status)
		call_best_take_own(&hunt->best, status, NULL);
}

static bool forward(struct call_hunt *hunt, struct call_callee *callee, enum treat_key key)
{
	struct call_choice choice = { .settings = hunt->call->settings };
	int ret;

	call_targets_drop(&hunt->targets);
	call_targets_begin(&hunt->targets);
	choice.targets = hunt->targets;
	ret = call_treat_forward(hunt->call->engine, callee, key, hunt->round.status, &choice);
	hunt->targets = choice.targets;
	if (ret) {
		fail(hunt, callee, ret, &choice);
		return false;
	}
	/* Of the response that it was for. */
	if (callee->past.cause == hunt->round.status)
		memcpy(callee->past.reasons, hunt->round.reasons, sizeof(callee->past.reasons));
	hunt->failover = choice.route ? &choice.route->failover : NULL;
	hunt->round = (struct call_round){ .status = 0 };
	call_treat_tell(hunt, callee);
	return true;
}

bool call_treat_follow(struct call_hunt *hunt)
{
	const struct call_round round = hunt->round;
	struct call_callee *callee = present(hunt);
	enum treat_key key;
	bool group;

	if (!callee || hunt->stopped)
		return false;
	group = callee->group;
	key = outcome(hunt, callee);
	if (key < TREAT_FORWARDS && forward(hunt, callee, key))
		return true;
	if (group && !hunt->best.status)
		call_best_take_own(&hunt->best, round.busy == round.failures ? 486 : 480, NULL);
	return false;
}
