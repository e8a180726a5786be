// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/history_back.h"
#include "call/history_entry.h"
#include "call/hunt.h"
#include "call/prack.h"
#include "call/redirect.h"
#include "call/trunk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void call_hunt_note(const struct call_hunt *hunt, const struct call_target *target,
		    enum call_note note, const char *format, ...)
{
	bool several = call_hunt_several(hunt);
	char text[CALL_NOTE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	call_note_printf(hunt->call, note, "%s%s%s", several ? target->label.p : "",
			 several ? ": " : "", text);
}

void call_hunt_free(struct call *call)
{
	struct call_hunt *hunt = call->hunt;
	struct call_branch *branch;

	if (!hunt)
		return;
	call->hunt = NULL;
	while ((branch = hunt->branches)) {
		hunt->branches = branch->next;
		call_branch_free(branch);
	}
	call_targets_clean(&hunt->targets);
	call_best_clean(&hunt->best);
	free(hunt->invite);
	pool_free(&call->engine->hunts, hunt);
}

/* --- media --- */

static struct call_branch *running(const struct call_hunt *hunt)
{
	struct call_branch *branch, *first = NULL;

	for (branch = hunt->branches; branch; branch = branch->next)
		if (!branch->over)
			first = branch;
	return first;
}

/* Of those that have been offered media. */
static struct call_branch *running_with_media(const struct call_hunt *hunt)
{
	struct call_branch *branch, *first = NULL;

	for (branch = hunt->branches; branch; branch = branch->next)
		if (!branch->over && branch->media != CALL_BRANCH_SILENT)
			first = branch;
	return first;
}

/* Early media of a branch that failed gives way to that of one that goes on. */
static void follow_media(struct call_hunt *hunt)
{
	struct call_branch *branch, *next = running_with_media(hunt);
	struct media_call *media = hunt->call->media;

	if (!next || hunt->call->invite->offer != CALL_OFFER_IN_REQUEST)
		return;
	for (branch = hunt->branches; branch; branch = branch->next) {
		if (!branch->over || branch->media != hunt->media)
			continue;
		hunt->media = next->media;
		media_fork_show(media, next->media);
		break;
	}
	/* One that was given up may answer all the same, until its final response. */
	for (branch = hunt->branches; branch; branch = branch->next)
		if (branch->over && (!branch->relay || branch->relay->final))
			media_fork_drop(media, branch->media);
}

/* --- the end --- */

static void refuse(struct call_hunt *hunt)
{
	struct call *call = hunt->call;
	const struct call_best *best = &hunt->best;
	int status = best->status ? best->answer : 500;
	struct sip_out out = call_headers(call->engine);

	call_best_write(best, &out);
	call_hunt_tell_caller(&out, call, true);
	if (best->here)
		call_note_refused_here(call, status, &out);
	call->invite->stage = CALL_STAGE_REFUSED;
	call_leg_respond(call->invite, call->pairs, status, view_str(best->reason), &out, NULL);
	call_set_code(call, status);
	call_mark_ending(call, best->here ? "sipd" : "callee",
			 view_str(best->reason ? best->reason : sip_reason(status)));
	call_hunt_free(call);
}

void call_relays_lose(struct call *call, const struct call_relay *winner, const char *reason)
{
	struct call_relay *relay;

	for (relay = call->relays; relay; relay = relay->next) {
		if (relay == winner || !relay->initial)
			continue;
		if (relay->ct && !relay->final)
			sip_ctrans_cancel(relay->ct, view_str(reason));
		relay->final = true;
		relay->pair = NULL;
		if (relay != call->invite)
			relay->stage = CALL_STAGE_DONE;
	}
}

static void note_winner(const struct call_hunt *hunt, const struct call_branch *winner)
{
	unsigned int losers = 0;
	char more[40] = "";

	if (!call_hunt_several(hunt))
		return;
	for (const struct call_branch *branch = hunt->branches; branch; branch = branch->next)
		losers += branch != winner && !branch->over;
	if (losers)
		snprintf(more, sizeof(more), "; cancelled elsewhere: %u", losers);
	call_hunt_note(hunt, winner->target, CALL_NOTE_TRY, "answered%s", more);
}

void call_hunt_won(struct call_relay *relay)
{
	static const char elsewhere[] =
		"Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n";
	const struct call_branch *branch = relay->branch;
	struct call *call = relay->call;

	note_winner(call->hunt, branch);
	call_hunt_keep_history(call);
	call->realm[MEDIA_B] = branch->target->realm;
	call->home[MEDIA_B] = call_home(&branch->target->to.remote);
	if (call->invite->offer == CALL_OFFER_IN_REQUEST)
		media_fork_choose(call->media, branch->media);
	else
		media_call_move(call->media, MEDIA_B, call->realm[MEDIA_B]->media);
	call_invite_move(relay);
	if (call->hunt->branches->next)
		call_relays_lose(call, relay, elsewhere);
	call_hunt_free(call);
}

bool call_hunt_left(struct call_pair *pair)
{
	struct call_hunt *hunt = pair->call->hunt;
	struct call_branch *branch;

	if (!hunt || !call_hunt_several(hunt) || !pair->invite || !pair->invite->branch)
		return false;
	branch = pair->invite->branch;
	call_branch_cancel(branch, NULL);
	call_hunt_failed(branch, 480, NULL, NULL);
	return true;
}

/* --- one group after the other --- */

static bool may_follow(const struct call_hunt *hunt, const struct call_target *target)
{
	return !hunt->stopped && call_target_follows(target, hunt->failover, hunt->round.status);
}

static void take_failure(struct call_hunt *hunt, const struct call_target *target, int status,
			 const struct sip_msg *response, const struct sip_out *lines)
{
	struct call *call = hunt->call;

	if (call_treat_take(hunt, status, response))
		return;
	if (response)
		call_best_take(&hunt->best, call->engine, call->settings,
			       &call->pairs->leg[MEDIA_A], response, target);
	else
		call_best_take_own(&hunt->best, status, lines);
}

static void try(struct call_hunt *hunt, struct call_target *target, const struct sip_msg *invite)
{
	struct sip_out lines = call_headers(hunt->call->engine);
	int status;

	if (hunt->branches)
		call_hunt_note(hunt, target, CALL_NOTE_TRY, "tried");
	status = call_branch_start(hunt, target, invite, &lines);
	if (status)
		take_failure(hunt, target, status, NULL, &lines);
}

const struct sip_msg *call_hunt_invite(const struct call_hunt *hunt)
{
	struct sip_msg *invite = &hunt->call->engine->invite;
	struct sip_msg_error error;

	if (!hunt->invite || sip_msg_parse(invite, hunt->invite, hunt->invite_len, &error))
		return NULL;
	return invite;
}

/* The rest of @group, or with NULL the next one. */
static void try_group(struct call_hunt *hunt, const struct call_target *group)
{
	const struct sip_msg *invite;
	struct call_target *target;

	if (!hunt->targets.waiting)
		return;
	invite = call_hunt_invite(hunt);
	while (invite && (target = call_targets_take(&hunt->targets, group))) {
		try(hunt, target, invite);
		group = target;
	}
}

/* The next flow to the phone that @target's did not lead to; whether there is one. */
static bool try_other_flow(struct call_hunt *hunt, const struct call_target *target)
{
	const struct sip_msg *invite;
	struct call_target *other;

	if (hunt->stopped)
		return false;
	other = call_targets_take_flow(&hunt->targets, target);
	invite = other ? call_hunt_invite(hunt) : NULL;
	if (!invite)
		return false;
	try(hunt, other, invite);
	return true;
}

/* Does the call wait for DNS, or for somebody to answer? */
static void show_state(struct call_hunt *hunt)
{
	enum call_state state = CALL_TRYING;

	if (hunt->call->state > CALL_TRYING)
		return;
	for (const struct call_branch *branch = hunt->branches; branch; branch = branch->next) {
		if (branch->over)
			continue;
		state = branch->relay ? CALL_TRYING : CALL_RESOLVING;
		if (branch->relay)
			break;
	}
	hunt->call->state = (uint8_t)state;
}

void call_hunt_sent(struct call_hunt *hunt)
{
	show_state(hunt);
	follow_media(hunt);
}

static void go_on(struct call_hunt *hunt)
{
	while (!running(hunt)) {
		const struct call_target *next = hunt->targets.waiting;

		if (!hunt->invite || (!may_follow(hunt, next) && !call_treat_follow(hunt))) {
			refuse(hunt);
			return;
		}
		try_group(hunt, NULL);
	}
	call_hunt_sent(hunt);
}

/*
 * A 6xx: nobody else is called (s.16.7 step 5), but perhaps whom it is forwarded to; who says
 * nothing is not waited for.
 */
static void stop(struct call_hunt *hunt, int status)
{
	hunt->stopped = !call_treat_goes_on(hunt, status);
	call_targets_drop(&hunt->targets);
	for (struct call_branch *branch = hunt->branches; branch; branch = branch->next) {
		if (branch->over)
			continue;
		call_branch_cancel(branch, NULL);
		if (!branch->heard)
			call_branch_end(branch);
	}
}

static void forget_early(struct call_hunt *hunt, const struct call_relay *relay)
{
	struct call_pair *pair;

	for (pair = hunt->call->pairs; pair; pair = pair->next) {
		if (pair->invite != relay)
			continue;
		call_early_lost(hunt, pair);
		pair->early_answer = false;
		if (pair->leg[MEDIA_B].state == SIP_DIALOG_EARLY)
			sip_dialog_terminate(&pair->leg[MEDIA_B]);
	}
}

/* What was refused, and how the caller is told of it if nobody answers. */
static void note_refusal(const struct call_branch *branch, const struct sip_msg *response,
			 unsigned int redirected)
{
	const struct sip_header *reason = sip_msg_header(response, SIP_HDR_REASON, NULL);
	const struct sip_header *warning = sip_msg_header(response, SIP_HDR_WARNING, NULL);
	int mapped = call_map_status(response->status);
	const struct view none = VIEW_NONE;
	char peer[TP_ADDR_STRLEN], more[64] = "";

	if (redirected)
		snprintf(more, sizeof(more), ", redirected to %u contact%s", redirected,
			 redirected > 1 ? "s" : "");
	else if (mapped != response->status && branch->target->redirect != CFG_REDIRECT_PASS)
		snprintf(more, sizeof(more), ", told to the caller as %d", mapped);
	call_hunt_note(branch->hunt, branch->target, CALL_NOTE_REFUSAL,
		       "%d %.*s from %s%s%s%.*s%s%.*s", response->status,
		       VIEW_ARG(response->reason), tp_addr_format(&branch->target->to.remote, peer),
		       more, reason ? ", Reason: " : "", VIEW_ARG(reason ? reason->value : none),
		       warning ? ", Warning: " : "", VIEW_ARG(warning ? warning->value : none));
}

static void note_redirection(void *arg, const char *text)
{
	call_note(arg, CALL_NOTE_TRY, text);
}

/* Of a branch. Another trunk may do better, as after any 500. */
static void take_our_refusal(struct call_hunt *hunt, const struct call_target *target, int status)
{
	struct sip_out lines = call_headers(hunt->call->engine);
	bool named = hunt->failover && cfg_status_in(hunt->failover, status);

	if (target->trunk)
		call_note_printf(hunt->call, CALL_NOTE_REFUSAL, "trunk %s refused our credentials",
				 target->trunk->name);
	if (call_treat_take(hunt, named ? status : 500, NULL))
		return;
	call_write_warning(&lines, &hunt->from, 399, CALL_REFUSED_US);
	call_best_take_own(&hunt->best, 500, &lines);
}

static unsigned int redirect(struct call_branch *branch, const struct sip_msg *response)
{
	const struct call_redirection redirection = {
		.targets = &branch->hunt->targets,
		.target = branch->target,
		.method = SIP_INVITE,
		.note = note_redirection,
		.arg = branch->hunt->call,
	};

	return call_redirect(&redirection, response);
}

void call_hunt_failed(struct call_branch *branch, int status, const struct sip_msg *response,
		      const struct sip_out *lines)
{
	struct call_hunt *hunt = branch->hunt;
	enum cfg_redirect when = (enum cfg_redirect)branch->target->redirect;
	unsigned int redirected = 0;

	if (branch->over) {
		/* Given up before. */
		follow_media(hunt);
		return;
	}
	call_branch_end(branch);
	call_history_fail(&branch->target->past, status, response);
	if (branch->relay)
		forget_early(hunt, branch->relay);
	/* Before the notes: what is in @lines is in a buffer that others use too. */
	if (!response)
		take_failure(hunt, branch->target, status, NULL, lines);
	else if (status < 400 && when == CFG_REDIRECT_RECURSE && !hunt->stopped)
		redirected = redirect(branch, response);
	if (response)
		note_refusal(branch, response, redirected);
	if (response && branch->relay && call_is_our_refusal(branch->relay, status))
		take_our_refusal(hunt, branch->target, status);
	else if (response && !redirected)
		take_failure(hunt, branch->target, status, response, NULL);
	if (status >= 600 && !call_treat_is_group(hunt))
		stop(hunt, status);
	if (redirected)
		try_group(hunt, NULL);
	if (call_flow_failed(status, response, branch->heard))
		try_other_flow(hunt, branch->target);
	go_on(hunt);
}

static struct call_hunt *hunt_alloc(struct call *call, struct call_choice *choice)
{
	struct call_hunt *hunt = pool_alloc(&call->engine->hunts);

	if (!hunt) {
		call_targets_clean(&choice->targets);
		return NULL;
	}
	hunt->call = call;
	hunt->targets = choice->targets;
	hunt->failover = choice->route ? &choice->route->failover : NULL;
	call->hunt = hunt;
	return hunt;
}

/* Which rule has chosen which targets. */
static void note_choice(const struct call_hunt *hunt, const struct cfg_route *route)
{
	const struct call_target *target = hunt->targets.waiting;
	char text[256];
	struct sip_out out;

	sip_out_init(&out, text, sizeof(text) - 1);
	sip_out_str(&out, "route ");
	sip_out_str(&out,
		    route->match && strlen(route->match) < 64 ? route->match : "for any user");
	for (const char *before = ": "; target && out.len < 200; target = target->next) {
		sip_out_str(&out, before);
		sip_out_view(&out, target->label);
		before = target->next && target->next->q == target->q ? " with " : ", then ";
	}
	for (unsigned int i = 0; i < route->nto && out.len < 200; i++) {
		if (!call_trunk_is_down(hunt->call->engine, route->to[i]))
			continue;
		sip_out_str(&out, "; down: ");
		sip_out_str(&out, route->to[i]->name);
	}
	text[out.len] = '\0';
	call_note(hunt->call, CALL_NOTE_ROUTE, text);
}

/* May the INVITE have to be read again? */
static bool is_needed(const struct call_hunt *hunt, const struct call_target *first)
{
	return call_hunt_several(hunt) || first->where.host ||
	       first->redirect == CFG_REDIRECT_RECURSE;
}

int call_hunt_start(struct call *call, struct call_choice *choice, const struct sip_msg *invite,
		    const struct tp_flow *from)
{
	struct call_hunt *hunt = hunt_alloc(call, choice);
	struct call_target *first;

	if (!hunt)
		return 500;
	hunt->from = *from;
	call->history = call_history_of(invite, false);
	if (choice->route)
		note_choice(hunt, choice->route);
	else
		call_note(call, CALL_NOTE_ROUTE,
			  choice->why[0] ? choice->why :
					   call_settings_way(call->settings, call->realm[MEDIA_A]));
	call_treat_tell(hunt, NULL);
	first = call_targets_take(&hunt->targets, NULL);
	if (is_needed(hunt, first)) {
		hunt->invite = view_dup(invite->raw);
		hunt->invite_len = invite->raw.len;
	}
	try(hunt, first, invite);
	try_group(hunt, first);
	go_on(hunt);
	return 0;
}
