// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who gets a request that is of no call. All targets of the first group get it, and the best of
 * their responses goes back (RFC 3261 s.16.7). There is no ringing to wait for, and no CANCEL: the
 * next group only has it when the one before said nothing that it could be answered with.
 */
#include "call/relay.h"

#include "call/hide.h"
#include "call/history_back.h"
#include "call/history_entry.h"
#include "call/redirect.h"
#include "call/subscription.h"

const struct sip_msg *relay_request(const struct relay *relay)
{
	struct sip_msg *req = &relay->engine->invite;
	struct sip_msg_error error;

	if (!relay->request || sip_msg_parse(req, relay->request, relay->request_len, &error))
		return NULL;
	return req;
}

/* Who has sent it learns of the way that it has gone, if he wants to (RFC 7044 s.9.4). */
static void tell(const struct relay *relay, struct sip_out *out)
{
	struct call_history_reader reader;

	if (!relay->history)
		return;
	reader = call_history_sender(relay->engine, relay->settings, &relay->from, true);
	call_history_write_back(out, relay->history, &relay->targets, &reader, true);
}

static bool is_running(const struct relay *relay)
{
	for (const struct relay_branch *branch = relay->branches; branch; branch = branch->next)
		if (!branch->over)
			return true;
	return false;
}

/* Is @target tried after @status has come of those before it? */
static bool may_follow(const struct relay *relay, const struct call_target *target, int status)
{
	if (relay->stopped || !target)
		return false;
	/* Another phone of a user who has said nothing by the first ones. */
	if (target->hunted)
		return status == 408 || status == 430 || status == 503;
	return relay->failover && cfg_status_in(relay->failover, status);
}

bool relay_may_leave(const struct relay_branch *branch)
{
	const struct relay *relay = branch->relay;

	return may_follow(relay, relay->targets.waiting, 408) ||
	       (!relay->stopped && call_targets_have_flow(&relay->targets, branch->target));
}

static void take_failure(struct relay *relay, const struct call_target *target, int status,
			 const struct sip_msg *response, const struct sip_out *lines)
{
	const struct sip_dialog leg = { .flow = relay->from };

	if (response)
		call_best_take(&relay->best, relay->engine, relay->settings, &leg, response,
			       target);
	else
		call_best_take_own(&relay->best, status, lines);
}

static void try(struct relay *relay, struct call_target *target, const struct sip_msg *req)
{
	struct sip_out lines = call_headers(relay->engine);
	int status = relay_branch_start(relay, target, req, &lines);

	if (!status)
		return;
	relay_note(relay, "%d to %.32s", status, target->label.p);
	take_failure(relay, target, status, NULL, &lines);
}

/* The rest of @group, or with NULL the next one. */
static void try_group(struct relay *relay, const struct call_target *group,
		      const struct sip_msg *req)
{
	struct call_target *target;

	while ((target = call_targets_take(&relay->targets, group))) {
		try(relay, target, req);
		group = target;
	}
}

/* The next flow to the phone that @failed did not lead to. */
static void try_other_flow(struct relay *relay, const struct call_target *failed)
{
	struct call_target *other =
		relay->stopped ? NULL : call_targets_take_flow(&relay->targets, failed);
	const struct sip_msg *req = other ? relay_request(relay) : NULL;

	if (req)
		try(relay, other, req);
}

/* The best of all refusals. */
static void refuse(struct relay *relay)
{
	const struct call_best *best = &relay->best;
	int status = best->status ? best->answer : 500;
	struct sip_out out = call_headers(relay->engine);

	call_best_write(best, &out);
	tell(relay, &out);
	if (status == 408)
		relay_note(relay, "nobody answered");
	relay_answer(relay, VIEW_NONE, status, view_str(best->reason), &out, NULL);
}

static void go_on(struct relay *relay)
{
	while (!is_running(relay)) {
		const struct call_target *next = relay->targets.waiting;
		const struct sip_msg *req = NULL;

		if (may_follow(relay, next, relay->best.status))
			req = relay_request(relay);
		if (!req) {
			refuse(relay);
			return;
		}
		relay_note(relay, "then %.32s", next->label.p);
		try_group(relay, NULL, req);
	}
}

static void note_redirection(void *arg, const char *text)
{
	relay_note(arg, "%.100s", text);
}

/* How many are asked instead, who has answered with a 3xx. */
static unsigned int redirect(struct relay_branch *branch, const struct sip_msg *response)
{
	struct relay *relay = branch->relay;
	const struct call_redirection redirection = {
		.targets = &relay->targets,
		.target = branch->target,
		.method = sip_strans_method(relay->st),
		.note = note_redirection,
		.arg = relay,
	};

	if (branch->target->redirect != CFG_REDIRECT_RECURSE || relay->stopped || !relay->request)
		return 0;
	return call_redirect(&redirection, response);
}

void relay_failed(struct relay_branch *branch, int status, const struct sip_msg *response,
		  const struct sip_out *lines)
{
	struct relay *relay = branch->relay;
	const struct sip_msg *req = NULL;
	unsigned int redirected = 0;
	char peer[TP_ADDR_STRLEN];

	if (branch->over || relay->answered)
		return;
	/* Who was silent may still accept it. */
	if (response && branch->seed)
		subscription_seed_fail(branch->seed);
	relay_branch_end(branch);
	call_history_fail(&branch->target->past, status, response);
	if (response && status < 400)
		redirected = redirect(branch, response);
	/* Before the note: what is in @lines is in a buffer that others use too. */
	if (!redirected)
		take_failure(relay, branch->target, status, response, lines);
	relay_note(relay, "%d from %s%s", status, tp_addr_format(&branch->target->to.remote, peer),
		   redirected ? ", redirected" : "");
	if (status >= 600)
		relay->stopped = true;
	if (redirected)
		req = relay_request(relay);
	if (req)
		try_group(relay, NULL, req);
	if (call_flow_failed(status, response, branch->heard))
		try_other_flow(relay, branch->target);
	go_on(relay);
}

void relay_accepted(struct relay_branch *branch, const struct sip_msg *response)
{
	struct relay *relay = branch->relay;
	struct call_engine *engine = relay->engine;
	enum sip_method method = sip_strans_method(relay->st);
	struct call_body body = { .text = VIEW_NONE };
	char tag[SIP_TOKEN_STRLEN] = "", peer[TP_ADDR_STRLEN];
	const struct sip_dialog leg = { .flow = relay->from };
	struct call_identity identity;
	struct sip_out out;

	if (relay->answered)
		return;
	relay_note(relay, "%d from %s", response->status,
		   tp_addr_format(&branch->target->to.remote, peer));
	out = call_headers(engine);
	if (method == SIP_SUBSCRIBE &&
	    (!branch->seed || !subscription_accepted(branch->seed, response, tag, &out))) {
		relay_failed(branch, 500, NULL, NULL);
		return;
	}
	/* Session descriptions say where somebody is; a MESSAGE's 2xx has none (RFC 3428 s.7). */
	if (method != SIP_OPTIONS && method != SIP_MESSAGE)
		call_body_opaque(response, &body);
	identity = call_identity_to(engine, relay->settings, response, &branch->target->to, &leg,
				    NULL);
	call_hide_headers(&out, response, call_listener(&relay->from)->host, body.text.len,
			  &identity);
	if (relay->history)
		call_history_take(&branch->target->past, response);
	tell(relay, &out);
	relay_answer(relay, view_str(tag), response->status, response->reason, &out, &body);
}

void relay_start(struct relay *relay, const struct sip_msg *req)
{
	struct call_target *first = call_targets_take(&relay->targets, NULL);

	if (relay->targets.waiting || relay->targets.reserve || first->where.host ||
	    first->redirect == CFG_REDIRECT_RECURSE) {
		relay->request = view_dup(req->raw);
		relay->request_len = req->raw.len;
	}
	try(relay, first, req);
	try_group(relay, first, req);
	go_on(relay);
}
