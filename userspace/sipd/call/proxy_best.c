// SPDX-License-Identifier: GPL-2.0-or-later
/* The one final response that goes back if nobody accepts (RFC 3261 s.16.7 steps 6 to 8). */
#include <stdlib.h>

#include "call/best.h"
#include "call/leg.h"
#include "call/proxy.h"

static void forget(struct proxy_best *best)
{
	free(best->raw);
	best->raw = NULL;
	best->live = NULL;
	best->warning = NULL;
}

void proxy_best_take(struct proxy *proxy, int status, const struct proxy_branch *branch,
		     const struct sip_msg *response, const char *warning)
{
	struct proxy_best *best = &proxy->best;

	if (best->status && call_best_rank(status) >= call_best_rank(best->status)) {
		if (response && call_best_is_challenge(status))
			call_best_add_challenges(&best->challenges, proxy->engine, response);
		return;
	}
	forget(best);
	best->status = status;
	best->branch = branch;
	best->live = response;
	best->warning = warning;
}

void proxy_best_keep(struct proxy_best *best)
{
	if (!best->live)
		return;
	/* Without memory it is known by its status alone. */
	best->raw = view_dup(best->live->raw);
	best->raw_len = best->live->raw.len;
	best->live = NULL;
}

static void send_own(struct proxy *proxy, int status, const char *warning)
{
	struct sip_out out = call_headers(proxy->engine);
	char tag[SIP_TOKEN_STRLEN];
	struct sip_reply reply = { .status = status, .by_proxy = true };

	reply.to_tag = view_str(sip_strans_to_tag(proxy->st, tag));
	if (warning)
		call_write_warning(&out, &proxy->from, 399, warning);
	proxy_write_history(&out, proxy, status);
	reply.headers = sip_out_text(&out);
	sip_strans_respond(proxy->st, &reply);
}

/*
 * What is told of the best one. That the next hop is overloaded is not our overload, and which flow
 * has failed is only for who asked for that one (RFC 5626 s.11.5).
 */
static int status_of(const struct proxy *proxy)
{
	int status = proxy->best.status;

	if (!status || status == 503)
		return 500;
	return status == 430 && !proxy->by_path ? 480 : status;
}

/* NULL: it does not go on as it came. */
static const struct sip_msg *read(struct proxy *proxy)
{
	struct proxy_best *best = &proxy->best;
	struct sip_msg_error error;

	if (status_of(proxy) != best->status)
		return NULL;
	if (best->live)
		return best->live;
	if (!best->raw || sip_msg_parse(&proxy->engine->invite, best->raw, best->raw_len, &error))
		return NULL;
	return &proxy->engine->invite;
}

void proxy_best_send(struct proxy *proxy)
{
	struct proxy_best *best = &proxy->best;
	const struct sip_msg *response = read(proxy);
	int status = status_of(proxy);

	proxy->answered = true;
	if (!proxy->st)
		return;
	if (!response ||
	    proxy_forward_response(proxy, best->branch, response,
				   call_best_is_challenge(status) ? best->challenges : NULL)) {
		if (!response && proxy->cancelled)
			status = 487;
		send_own(proxy, status, best->warning);
	}
	best->live = NULL;
}

void proxy_best_clean(struct proxy_best *best)
{
	forget(best);
	free(best->challenges);
}
