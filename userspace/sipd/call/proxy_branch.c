// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A branch of the proxy: the request to the address of its target, or to one after the other of
 * those that its name leads to (RFC 3263 s.4.3), and what comes back.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "call/history_on.h"
#include "call/proxy.h"

static const struct sip_ctrans_ops ct_ops;

static void on_silence(struct timer *timer);

/* To target->to. 0 or the status that refuses it, with a text for people or NULL. */
static int send_to(struct proxy_branch *branch, const struct sip_msg *req, const char **warning)
{
	struct proxy *proxy = branch->proxy;
	struct call_engine *engine = proxy->engine;
	uint32_t failover_ms = proxy->settings->cfg->failover_ms;
	struct call_identity identity =
		proxy_identity(engine, proxy->settings, req, &proxy->from, branch->target);
	const struct proxy_write write = {
		.req = req,
		.identity = &identity,
		.from = &proxy->from,
		.target = branch->target,
		.targets = &proxy->targets,
		.loop = proxy->loop,
		.breadth = branch->breadth,
		.record = proxy->record,
		.path = proxy->path,
	};
	struct sip_request request;

	*warning = NULL;
	if (identity.failed && !req->to.tag.p) {
		*warning = CALL_PRIVACY_FAILS;
		return 500;
	}
	call_history_begin(&proxy->targets, branch->target);
	if (proxy_write_request(engine, &write, &request))
		return 513;
	branch->ct = sip_ctrans_send(engine->stack, &request, &ct_ops, branch);
	if (!branch->ct)
		return 500;
	branch->target->past.sent = true;
	flow_note(engine->flows, sip_ctrans_mark(branch->ct), branch->target->label.p);
	/* The last address has all the time that a transaction has. */
	if (failover_ms && branch->hop && call_hop_has_next(branch->hop))
		loop_timer_set(engine->loop, &branch->silence, failover_ms, on_silence);
	return 0;
}

static int send_to_first(struct proxy_branch *branch, const struct sip_msg *req,
			 const char **warning)
{
	if (call_hop_next(branch->hop, &branch->target->to))
		return send_to(branch, req, warning);
	proxy_note(branch->proxy, branch->target, "not resolved: %s (%s)",
		   branch->target->where.host, call_hop_why(branch->hop));
	/* RFC 3261 s.21.5.5. */
	*warning = "The next hop cannot be resolved";
	return 504;
}

static void on_resolved(struct call_hop *hop)
{
	struct proxy_branch *branch = hop->user;
	struct proxy *proxy = branch->proxy;
	const struct sip_msg *req = proxy_request(proxy);
	const char *warning = NULL;
	int status = req ? send_to_first(branch, req, &warning) : 500;

	if (status)
		proxy_failed(branch, status, NULL, warning);
	proxy_settle(proxy);
}

/* To the next address, after the present one has failed; false: there is none. */
static bool move_on(struct proxy_branch *branch, const char *what)
{
	struct proxy *proxy = branch->proxy;
	char failed[TP_ADDR_STRLEN], next[TP_ADDR_STRLEN];
	const struct sip_msg *req;
	const char *warning;
	int status;

	if (branch->over || proxy->stopped || !call_hop_has_next(branch->hop))
		return false;
	req = proxy_request(proxy);
	if (!req)
		return false;
	call_hop_name(branch->hop, failed);
	call_hop_next(branch->hop, &branch->target->to);
	proxy_note(proxy, branch->target, "%s %s, trying %s", failed, what,
		   call_hop_name(branch->hop, next));
	sip_ctrans_detach(branch->ct);
	branch->ct = NULL;
	branch->heard = false;
	status = send_to(branch, req, &warning);
	if (status)
		proxy_failed(branch, status, NULL, warning);
	return true;
}

static struct proxy_branch *branch_of(struct timer *timer, size_t at)
{
	return (struct proxy_branch *)((char *)timer - at);
}

static void on_silence(struct timer *timer)
{
	struct proxy_branch *branch = branch_of(timer, offsetof(struct proxy_branch, silence));
	struct proxy *proxy = branch->proxy;

	call_hop_failed(branch->hop, CALL_HOP_SILENT, 0);
	move_on(branch, "did not answer");
	proxy_settle(proxy);
}

/* No other address is tried any more. */
static void stay(struct proxy_branch *branch)
{
	loop_timer_cancel(branch->proxy->engine->loop, &branch->silence);
	if (!branch->hop)
		return;
	call_hop_clean(branch->hop);
	free(branch->hop);
	branch->hop = NULL;
}

/* True: the request has gone to another address of its target, or the branch has failed. */
static bool elsewhere(struct proxy_branch *branch, const struct sip_msg *response)
{
	if (!branch->hop)
		return false;
	loop_timer_cancel(branch->proxy->engine->loop, &branch->silence);
	if (!response) {
		call_hop_failed(branch->hop, CALL_HOP_SILENT, 0);
		return move_on(branch, "did not answer");
	}
	if (response->status == 503) {
		call_hop_failed(branch->hop, CALL_HOP_UNAVAILABLE, call_hop_retry_after(response));
		return move_on(branch, "is not available");
	}
	call_hop_served(branch->hop);
	if (response->status > 100)
		stay(branch);
	return false;
}

/* --- what comes back --- */

/* Only a 100, which nobody sends on, is due before the end of others than INVITE (RFC 4320). */
static void provisional(struct proxy_branch *branch, const struct sip_msg *response)
{
	struct proxy *proxy = branch->proxy;

	if (proxy->method == SIP_INVITE && !proxy->answered)
		proxy_forward_response(proxy, branch, response, NULL);
}

static void note_accepted(const struct proxy_branch *branch, int status, bool first)
{
	char text[64];
	struct sip_out out;

	sip_out_init(&out, text, sizeof(text) - 1);
	sip_out_u32(&out, (uint32_t)status);
	sip_out_str(&out, first ? "" : " after the final response, sent on");
	text[out.len] = '\0';
	proxy_note_text(branch->proxy, branch->target, text);
}

/* Every 2xx of an INVITE, repeated ones too (s.16.7 step 5); of others the first. */
static void accepted(struct proxy_branch *branch, const struct sip_msg *response)
{
	struct proxy *proxy = branch->proxy;
	bool first = !proxy->answered;

	if (proxy->method != SIP_INVITE && !first) {
		proxy_branch_end(branch);
		return;
	}
	if (!branch->over)
		note_accepted(branch, response->status, first);
	if (proxy->learns)
		proxy_learn_service_route(branch, response);
	proxy_won(branch);
	proxy_forward_response(proxy, branch, response, NULL);
}

static void on_response(void *user, struct sip_ctrans *ct, const struct sip_msg *response)
{
	struct proxy_branch *branch = user;
	struct proxy *proxy = branch->proxy;

	(void)ct;
	branch->heard = true;
	if (elsewhere(branch, response) || response->status == 100)
		;
	else if (response->status < 200)
		provisional(branch, response);
	else if (response->status < 300)
		accepted(branch, response);
	else
		proxy_failed(branch, response->status, response, NULL);
	proxy_settle(proxy);
}

static void on_timeout(void *user, struct sip_ctrans *ct)
{
	struct proxy_branch *branch = user;
	struct proxy *proxy = branch->proxy;
	char peer[TP_ADDR_STRLEN];

	(void)ct;
	if (!elsewhere(branch, NULL)) {
		if (!branch->over)
			proxy_note(proxy, branch->target, "no %sresponse from %s",
				   branch->heard ? "final " : "",
				   tp_addr_format(&branch->target->to.remote, peer));
		proxy_failed(branch, 408, NULL, NULL);
	}
	proxy_settle(proxy);
}

/* As if it had said 503 (s.16.9), or 430, to who has left a Path with him, too (RFC 5626 s.5.3). */
static void on_unreachable(void *user, struct sip_ctrans *ct, int err)
{
	struct proxy_branch *branch = user;
	struct proxy *proxy = branch->proxy;
	char what[96], peer[TP_ADDR_STRLEN];
	bool moved = false;

	(void)ct;
	snprintf(what, sizeof(what), "cannot be reached: %s", strerror(-err));
	loop_timer_cancel(proxy->engine->loop, &branch->silence);
	if (branch->hop) {
		call_hop_failed(branch->hop, CALL_HOP_UNREACHABLE, 0);
		moved = move_on(branch, what);
	}
	if (!moved) {
		if (!branch->over)
			proxy_note(proxy, branch->target, "%s %s",
				   tp_addr_format(&branch->target->to.remote, peer), what);
		proxy_failed(branch, proxy->by_path ? 430 : call_target_unreachable(branch->target),
			     NULL, NULL);
	}
	proxy_settle(proxy);
}

static void on_ended(void *user, struct sip_ctrans *ct)
{
	struct proxy_branch *branch = user;
	struct proxy *proxy = branch->proxy;

	(void)ct;
	branch->ct = NULL;
	proxy_settle(proxy);
}

static const struct sip_ctrans_ops ct_ops = {
	.response = on_response,
	.timeout = on_timeout,
	.failed = on_unreachable,
	.ended = on_ended,
	.untold = true,
};

/* --- birth and death --- */

/* As if 408 had come (s.16.8). */
static void on_no_answer(struct timer *timer)
{
	struct proxy_branch *branch = branch_of(timer, offsetof(struct proxy_branch, timer));
	struct proxy *proxy = branch->proxy;

	proxy_note(proxy, branch->target, "no answer for %u ms", branch->target->no_answer_ms);
	proxy_branch_cancel(branch, "Reason: Q.850;cause=19;text=\"No answer\"\r\n");
	proxy_failed(branch, 408, NULL, NULL);
	proxy_settle(proxy);
}

static struct proxy_branch *add(struct proxy *proxy, struct call_target *target, uint32_t breadth)
{
	struct call_engine *engine = proxy->engine;
	struct proxy_branch *branch = pool_alloc(&engine->proxy_branches);

	if (!branch)
		return NULL;
	branch->proxy = proxy;
	branch->target = target;
	branch->breadth = breadth;
	proxy->breadth -= breadth;
	branch->next = proxy->branches;
	proxy->branches = branch;
	if (target->no_answer_ms && proxy->method == SIP_INVITE)
		loop_timer_set(engine->loop, &branch->timer, target->no_answer_ms, on_no_answer);
	return branch;
}

/* 0: sent, or it waits for DNS. */
static int resolve(struct proxy_branch *branch, const struct sip_msg *req, const char **warning)
{
	int ret = call_hop_start(&branch->hop, branch, branch->proxy->engine, branch->target,
				 on_resolved);

	if (ret == -EINPROGRESS)
		return 0;
	return ret ? 500 : send_to_first(branch, req, warning);
}

int proxy_branch_start(struct proxy *proxy, struct call_target *target, const struct sip_msg *req,
		       uint32_t breadth, const char **warning)
{
	struct proxy_branch *branch = add(proxy, target, breadth);
	int status;

	if (!branch)
		return 500;
	status = target->where.host ? resolve(branch, req, warning) : send_to(branch, req, warning);
	if (status)
		proxy_branch_end(branch);
	return status;
}

void proxy_branch_cancel(struct proxy_branch *branch, const char *reason)
{
	if (branch->ct)
		sip_ctrans_cancel(branch->ct, view_str(reason));
}

void proxy_branch_end(struct proxy_branch *branch)
{
	struct proxy *proxy = branch->proxy;

	if (!branch->over)
		proxy->breadth += branch->breadth;
	branch->over = true;
	loop_timer_cancel(proxy->engine->loop, &branch->timer);
	stay(branch);
}

void proxy_branch_free(struct proxy_branch *branch)
{
	proxy_branch_end(branch);
	pool_free(&branch->proxy->engine->proxy_branches, branch);
}
