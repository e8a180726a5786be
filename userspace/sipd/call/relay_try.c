// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One target of a request that is of no call: what it is sent, at one address after the other as
 * long as it has a name (RFC 3263 s.4.3), and what comes back.
 */
#include "call/relay.h"

#include <errno.h>
#include <stdlib.h>

#include "call/auth.h"
#include "call/hide.h"
#include "call/history_entry.h"
#include "call/history_on.h"
#include "call/subscription.h"

/* --- one address --- */

static void write_headers(struct relay_branch *branch, const struct sip_msg *req,
			  struct call_identity *identity, struct sip_out *out)
{
	const struct call_targets *targets = &branch->relay->targets;
	const struct call_listener *listener = call_listener(&branch->dialog.flow);
	struct call_history_reader reader = call_history_reader(identity);
	struct call_target *target = branch->target;

	call_write_max_forwards(out, req->max_forwards);
	/* MESSAGE must not have one (RFC 3428 s.4), and nobody needs those of others. */
	if (req->method == SIP_SUBSCRIBE)
		call_write_contact(out, &branch->dialog);
	if (target->routes.len)
		sip_out_header(out, "Route", target->routes);
	reader.host = listener->host;
	if (call_history_begin(targets, target))
		call_history_write_on(out, targets, target, NULL, &reader);
	call_hide_headers(out, req, listener->host, req->body.len, identity);
	call_pass_credentials(branch->relay->engine, out, req);
}

static const struct sip_ctrans_ops ct_ops;

/* To target->to. 0 or a status. */
static int send_request(struct relay_branch *branch, const struct sip_msg *req)
{
	struct relay *relay = branch->relay;
	struct call_engine *engine = relay->engine;
	struct sip_dialog *dialog = &branch->dialog;
	struct sip_request request = { .method = req->method };
	struct call_identity identity;
	struct call_body body = { .text = VIEW_NONE };
	struct sip_out out;

	if (dialog->text)
		dialog->flow = branch->target->to;
	else if (call_dialog_to(engine, relay->settings, dialog, req, branch->target))
		return 500;
	identity = call_identity_to(engine, relay->settings, req, &relay->from, dialog,
				    branch->target);
	if (identity.failed) {
		relay_note(relay, "%s to %s", CALL_PRIVACY_FAILS, branch->target->label.p);
		return 500;
	}
	if (req->method == SIP_SUBSCRIBE && !branch->seed) {
		branch->seed = subscription_seed(branch, req);
		if (!branch->seed)
			return 500;
	}
	out = call_headers(engine);
	sip_dialog_request(dialog, req->method, VIEW_NONE, dialog->local_cseq + 1, &out, &request);
	write_headers(branch, req, &identity, &out);
	if (!sip_out_ok(&out))
		return 513;
	call_body_opaque(req, &body);
	request.headers = sip_out_text(&out);
	request.content_type = body.type;
	request.body = body.text;
	dialog->local_cseq++;
	branch->ct = sip_ctrans_send(engine->stack, &request, &ct_ops, branch);
	if (!branch->ct)
		return 513;
	branch->target->past.sent = true;
	if (branch->seed)
		subscription_seed_sent(branch->seed, dialog->local_cseq);
	flow_note(engine->flows, sip_ctrans_mark(branch->ct), branch->target->label.p);
	return 0;
}

/* --- one address after the other --- */

static void on_silence(struct timer *timer);

static int send_to_present(struct relay_branch *branch, const struct sip_msg *req)
{
	struct relay *relay = branch->relay;
	const struct call_engine *engine = relay->engine;
	bool more = branch->hop && call_hop_has_next(branch->hop);
	int status = send_request(branch, req);

	/* The last one has all the time that a transaction has. */
	if (!status && branch->relay->settings->cfg->failover_ms &&
	    (more || relay_may_leave(branch)))
		loop_timer_set(engine->loop, &branch->silence,
			       branch->relay->settings->cfg->failover_ms, on_silence);
	return status;
}

static int send_to_first(struct relay_branch *branch, const struct sip_msg *req,
			 struct sip_out *lines)
{
	if (call_hop_next(branch->hop, &branch->target->to))
		return send_to_present(branch, req);
	relay_note(branch->relay, "not resolved: %.64s (%.64s)", branch->target->where.host,
		   call_hop_why(branch->hop));
	/* RFC 3261 s.21.5.5. Which name it was is not the sender's business. */
	call_write_warning(lines, &branch->relay->from, 399, "The next hop cannot be resolved");
	return 504;
}

static void on_resolved(struct call_hop *hop)
{
	struct relay_branch *branch = hop->user;
	struct sip_out lines = call_headers(branch->relay->engine);
	const struct sip_msg *req = relay_request(branch->relay);
	int status = req ? send_to_first(branch, req, &lines) : 500;

	if (status)
		relay_failed(branch, status, NULL, &lines);
}

/* To the next address, after the present one has failed; false: there is none. */
static bool move_on(struct relay_branch *branch, const char *what)
{
	struct relay *relay = branch->relay;
	char failed[TP_ADDR_STRLEN];
	const struct sip_msg *req;
	int status;

	if (branch->over || relay->answered || !call_hop_has_next(branch->hop))
		return false;
	req = relay_request(relay);
	if (!req)
		return false;
	relay_note(relay, "%s %s", call_hop_name(branch->hop, failed), what);
	call_hop_next(branch->hop, &branch->target->to);
	if (branch->ct)
		sip_ctrans_detach(branch->ct);
	branch->ct = NULL;
	branch->heard = false;
	status = send_to_present(branch, req);
	if (status)
		relay_failed(branch, status, NULL, NULL);
	return true;
}

/* Silence, an error, or a 503 of the present address: true if the next one has the request now. */
static bool elsewhere(struct relay_branch *branch, enum call_hop_failure why,
		      uint32_t retry_after_s)
{
	static const char *const what[] = {
		[CALL_HOP_SILENT] = "did not answer",
		[CALL_HOP_UNREACHABLE] = "cannot be reached",
		[CALL_HOP_UNAVAILABLE] = "is not available",
	};

	if (!branch->hop)
		return false;
	call_hop_failed(branch->hop, why, retry_after_s);
	return move_on(branch, what[why]);
}

static void on_silence(struct timer *timer)
{
	struct relay_branch *branch =
		(struct relay_branch *)((char *)timer - offsetof(struct relay_branch, silence));

	if (!elsewhere(branch, CALL_HOP_SILENT, 0) && relay_may_leave(branch))
		relay_failed(branch, 408, NULL, NULL);
}

/* --- what comes back --- */

static uint32_t retry_after(const struct sip_msg *response)
{
	const struct sip_header *header = sip_msg_header(response, SIP_HDR_RETRY_AFTER, NULL);
	uint32_t seconds = 0;

	if (header)
		view_to_u32(header->value, UINT32_MAX, &seconds);
	return seconds;
}

static void response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	struct relay_branch *branch = user;

	(void)ct;
	branch->heard = true;
	loop_timer_cancel(branch->relay->engine->loop, &branch->silence);
	if (msg->status == 503 && elsewhere(branch, CALL_HOP_UNAVAILABLE, retry_after(msg)))
		return;
	if (branch->hop && msg->status != 503)
		call_hop_served(branch->hop);
	if (msg->status < 200)
		return;
	if (msg->status < 300)
		relay_accepted(branch, msg);
	else
		relay_failed(branch, msg->status, msg, NULL);
}

static void timeout(void *user, struct sip_ctrans *ct)
{
	struct relay_branch *branch = user;

	(void)ct;
	if (!elsewhere(branch, CALL_HOP_SILENT, 0))
		relay_failed(branch, 408, NULL, NULL);
}

/* As if it had said 503 (RFC 3261 s.8.1.3.1), or 430 (RFC 5626 s.7). */
static void failed(void *user, struct sip_ctrans *ct, int err)
{
	struct relay_branch *branch = user;

	(void)ct;
	(void)err;
	loop_timer_cancel(branch->relay->engine->loop, &branch->silence);
	if (!elsewhere(branch, CALL_HOP_UNREACHABLE, 0))
		relay_failed(branch, call_target_unreachable(branch->target), NULL, NULL);
}

static void ct_ended(void *user, struct sip_ctrans *ct)
{
	struct relay_branch *branch = user;

	if (branch->ct == ct)
		branch->ct = NULL;
}

static const struct sip_ctrans_ops ct_ops = {
	.response = response,
	.timeout = timeout,
	.failed = failed,
	.ended = ct_ended,
};

/* --- the target --- */

static int resolve(struct relay_branch *branch, const struct sip_msg *req, struct sip_out *lines)
{
	int ret = call_hop_start(&branch->hop, branch, branch->relay->engine, branch->target,
				 on_resolved);

	if (ret == -EINPROGRESS)
		return 0;
	return ret ? 500 : send_to_first(branch, req, lines);
}

int relay_branch_start(struct relay *relay, struct call_target *target, const struct sip_msg *req,
		       struct sip_out *lines)
{
	struct relay_branch *branch = pool_alloc(&relay->engine->outside->branch_pool);
	int status;

	if (!branch)
		return 500;
	branch->user = relay->user;
	branch->relay = relay;
	branch->target = target;
	branch->next = relay->branches;
	relay->branches = branch;
	status = target->where.host ? resolve(branch, req, lines) : send_to_present(branch, req);
	if (status)
		relay_branch_end(branch);
	return status;
}

void relay_branch_end(struct relay_branch *branch)
{
	branch->over = true;
	loop_timer_cancel(branch->relay->engine->loop, &branch->silence);
	if (!branch->hop)
		return;
	call_hop_clean(branch->hop);
	free(branch->hop);
	branch->hop = NULL;
}

void relay_branch_free(struct relay_branch *branch)
{
	relay_branch_end(branch);
	if (branch->seed)
		subscription_seed_leave(branch->seed);
	if (branch->ct)
		sip_ctrans_detach(branch->ct);
	sip_dialog_clean(&branch->dialog);
	pool_free(&branch->relay->engine->outside->branch_pool, branch);
}
