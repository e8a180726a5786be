// SPDX-License-Identifier: GPL-2.0-or-later
/* The response context (RFC 3261 s.16.6, s.16.7): one group of targets after the other. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "call/exchange.h"
#include "call/history_back.h"
#include "call/history_entry.h"
#include "call/proxy.h"
#include "call/reason.h"
#include "call/redirect.h"

void proxy_note_text(const struct proxy *proxy, const struct call_target *target, const char *text)
{
	char note[CALL_NOTE_MAX];
	struct sip_out out;

	if (!proxy->st)
		return;
	sip_out_init(&out, note, sizeof(note) - 1);
	sip_out_str(&out, "proxied by ");
	sip_out_str(&out, proxy->way[0]);
	sip_out_str(&out, proxy->way[1]);
	sip_out_str(&out, ": ");
	if (target) {
		sip_out_view(&out, target->label);
		sip_out_str(&out, ": ");
	}
	sip_out_str(&out, text);
	note[out.len] = '\0';
	flow_note(proxy->engine->flows, sip_strans_mark(proxy->st), note);
}

void proxy_note(const struct proxy *proxy, const struct call_target *target, const char *format,
		...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	proxy_note_text(proxy, target, text);
}

/* --- birth and death --- */

static void on_cancelled(void *user, struct sip_strans *st);

static void on_strans_ended(void *user, struct sip_strans *st)
{
	struct proxy *proxy = user;

	(void)st;
	proxy->st = NULL;
	proxy_settle(proxy);
}

static const struct sip_strans_ops st_ops = {
	.cancelled = on_cancelled,
	.ended = on_strans_ended,
	.untold = true,
};

struct proxy *proxy_alloc(struct call_engine *engine, struct sip_strans *st,
			  const struct sip_msg *req, const struct tp_flow *from)
{
	struct proxy *proxy = pool_alloc(&engine->proxies);

	if (!proxy)
		return NULL;
	proxy->engine = engine;
	proxy->settings = call_settings_get(engine->settings);
	proxy->st = st;
	proxy->from = *from;
	proxy->method = (uint8_t)req->method;
	proxy->breadth = PROXY_MAX_BREADTH;
	proxy->history = call_history_of(req, true);
	TAILQ_INSERT_HEAD(&engine->proxied, proxy, link);
	engine->counts.proxied_total++;
	sip_strans_attach(st, &st_ops, proxy);
	return proxy;
}

static bool is_over(const struct proxy *proxy)
{
	for (const struct proxy_branch *branch = proxy->branches; branch; branch = branch->next)
		if (branch->ct || (!branch->over && proxy->st))
			return false;
	return !proxy->st;
}

void proxy_settle(struct proxy *proxy)
{
	struct call_engine *engine = proxy->engine;
	struct proxy_branch *branch;

	if (!is_over(proxy)) {
		proxy_best_keep(&proxy->best);
		return;
	}
	while ((branch = proxy->branches)) {
		proxy->branches = branch->next;
		proxy_branch_free(branch);
	}
	call_targets_clean(&proxy->targets);
	proxy_best_clean(&proxy->best);
	call_history_free(&proxy->history);
	free(proxy->text);
	TAILQ_REMOVE(&engine->proxied, proxy, link);
	call_settings_put(proxy->settings);
	pool_free(&engine->proxies, proxy);
}

/* --- one group after the other --- */

static bool is_running(const struct proxy *proxy)
{
	for (const struct proxy_branch *branch = proxy->branches; branch; branch = branch->next)
		if (!branch->over)
			return true;
	return false;
}

const struct sip_msg *proxy_request(struct proxy *proxy)
{
	struct sip_msg *msg = &proxy->engine->invite;
	struct sip_msg_error error;

	if (!proxy->text || sip_msg_parse(msg, proxy->text, proxy->text_len, &error))
		return NULL;
	return msg;
}

static uint32_t group_size(const struct call_targets *targets)
{
	const struct call_target *first = targets->waiting, *target = first;
	uint32_t count = 0;

	for (; target && target->set == first->set && target->q == first->q; target = target->next)
		count++;
	return count;
}

static void try(struct proxy *proxy, struct call_target *target, const struct sip_msg *req,
		uint32_t breadth)
{
	const char *warning = NULL;
	int status;

	proxy_best_keep(&proxy->best);
	status = proxy_branch_start(proxy, target, req, breadth, &warning);
	if (status)
		proxy_best_take(proxy, status, NULL, NULL, warning);
}

/*
 * All targets of the highest q. Each may ask as many as it has a share of what is left (RFC 5393
 * s.5.3.2).
 */
static void try_group(struct proxy *proxy, const struct sip_msg *req)
{
	uint32_t count = group_size(&proxy->targets), breadth = proxy->breadth;
	struct call_target *target = NULL;

	for (uint32_t i = 0; i < count; i++) {
		/* What fails at once leaves no room for others: it may have been sent. */
		target = call_targets_take(&proxy->targets, target);
		if (breadth < count)
			proxy_best_take(proxy, 440, NULL, NULL, NULL);
		else
			try(proxy, target, req, breadth / count + (i < breadth % count));
	}
}

/* The next flow to the phone that @failed did not lead to, with its share of what may be asked. */
static void try_other_flow(struct proxy *proxy, const struct proxy_branch *failed)
{
	struct call_target *other =
		proxy->stopped ? NULL : call_targets_take_flow(&proxy->targets, failed->target);
	const struct sip_msg *req = other ? proxy_request(proxy) : NULL;

	if (req)
		try(proxy, other, req, failed->breadth);
}

static void go_on(struct proxy *proxy)
{
	const struct sip_msg *req;

	while (!is_running(proxy) && !proxy->answered) {
		req = proxy->stopped || !call_target_follows(proxy->targets.waiting,
							     proxy->failover, proxy->best.status) ?
			      NULL :
			      proxy_request(proxy);
		if (!req) {
			proxy_best_send(proxy);
			return;
		}
		try_group(proxy, req);
	}
}

static void note_redirection(void *arg, const char *text)
{
	proxy_note_text(arg, NULL, text);
}

static unsigned int redirect(struct proxy_branch *branch, const struct sip_msg *response)
{
	struct proxy *proxy = branch->proxy;
	const struct call_redirection redirection = {
		.targets = &proxy->targets,
		.target = branch->target,
		.method = (enum sip_method)proxy->method,
		.note = note_redirection,
		.arg = proxy,
	};

	if (branch->target->redirect != CFG_REDIRECT_RECURSE || proxy->stopped || !proxy->text)
		return 0;
	return call_redirect(&redirection, response);
}

/*
 * Nobody else is asked. Who has said nothing yet is waited for only if the caller gave up: he may
 * have accepted.
 */
static void stop(struct proxy *proxy, const char *reason)
{
	proxy->stopped = true;
	for (struct proxy_branch *branch = proxy->branches; branch; branch = branch->next) {
		if (branch->over)
			continue;
		proxy_branch_cancel(branch, reason);
		if (!branch->ct || (!branch->heard && !proxy->cancelled))
			proxy_branch_end(branch);
	}
}

void proxy_failed(struct proxy_branch *branch, int status, const struct sip_msg *response,
		  const char *warning)
{
	struct proxy *proxy = branch->proxy;
	const struct sip_msg *req = NULL;
	char peer[TP_ADDR_STRLEN];
	unsigned int redirected = 0;

	if (branch->over)
		return;
	proxy_branch_end(branch);
	call_history_fail(&branch->target->past, status, response);
	if (response && status < 400)
		redirected = redirect(branch, response);
	if (response && !proxy->answered)
		proxy_note(proxy, branch->target, "%d from %s%s", status,
			   tp_addr_format(&branch->target->to.remote, peer),
			   redirected ? ", redirected" : "");
	if (!redirected)
		proxy_best_take(proxy, status, branch, response, warning);
	if (status >= 600)
		stop(proxy, "");
	if (redirected)
		req = proxy_request(proxy);
	if (req)
		try_group(proxy, req);
	if (call_flow_failed(status, response, branch->heard))
		try_other_flow(proxy, branch);
	go_on(proxy);
}

void proxy_won(struct proxy_branch *branch)
{
	struct proxy *proxy = branch->proxy;

	proxy_branch_end(branch);
	proxy->answered = true;
	if (proxy->branches->next)
		stop(proxy, "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n");
	else
		proxy->stopped = true;
}

static void write_reasons(struct sip_out *out, const struct sip_msg *cancel)
{
	struct call_reasons reasons = { .count = 0 };
	const struct sip_header *header = NULL;
	struct view rest, element, params;

	while ((header = sip_msg_header(cancel, SIP_HDR_REASON, header))) {
		rest = header->value;
		while (sip_list_next(&rest, &element))
			if (call_reason_take(&reasons, sip_param_head(element, &params)))
				sip_out_header(out, "Reason", element);
	}
}

/* What it says why goes on with the CANCELs. */
static void on_cancelled(void *user, struct sip_strans *st)
{
	struct proxy *proxy = user;
	const struct sip_msg *cancel = sip_stack_message(proxy->engine->stack);
	struct sip_out out = call_headers(proxy->engine);

	(void)st;
	write_reasons(&out, cancel);
	sip_out_view(&out, (struct view){ "", 1 });
	proxy->cancelled = true;
	stop(proxy, sip_out_ok(&out) ? out.p : "");
	go_on(proxy);
	proxy_settle(proxy);
}

/* May the request have to be read again? */
static bool is_needed(const struct proxy *proxy)
{
	const struct call_target *first = proxy->targets.waiting;

	return first->next || proxy->targets.reserve || first->where.host ||
	       first->redirect == CFG_REDIRECT_RECURSE;
}

/* Which targets there are, in the order of trial. */
static void note_targets(const struct proxy *proxy)
{
	const struct call_target *target = proxy->targets.waiting;
	char text[160];
	struct sip_out out;

	sip_out_init(&out, text, sizeof(text) - 1);
	for (const char *before = "to "; target && out.len < 120; target = target->next) {
		sip_out_str(&out, before);
		sip_out_view(&out, target->label);
		before = target->next && target->next->q == target->q ? " with " : ", then ";
	}
	text[out.len] = '\0';
	proxy_note_text(proxy, NULL, text);
}

void proxy_start(struct proxy *proxy, const struct sip_msg *req)
{
	if (is_needed(proxy)) {
		proxy->text = view_dup(req->raw);
		proxy->text_len = req->raw.len;
	}
	note_targets(proxy);
	try_group(proxy, req);
	go_on(proxy);
	proxy_settle(proxy);
}

static void end(struct proxy *proxy)
{
	struct proxy_branch *branch;

	proxy->stopped = true;
	if (proxy->st && !sip_strans_answered(proxy->st))
		sip_strans_respond(proxy->st, &(struct sip_reply){ .status = 503 });
	proxy->answered = true;
	for (branch = proxy->branches; branch; branch = branch->next) {
		proxy_branch_cancel(branch, "");
		proxy_branch_end(branch);
	}
}

void call_proxies_end(struct call_engine *engine)
{
	struct proxy *proxy;

	for (proxy = TAILQ_FIRST(&engine->proxied); proxy; proxy = TAILQ_NEXT(proxy, link))
		end(proxy);
}
