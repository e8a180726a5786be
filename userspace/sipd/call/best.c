// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/best.h"

#include <stdlib.h>

#include "call/exchange.h"
#include "call/hide.h"

/* Those that tell the caller how to try again come first, those that say the least come last. */
static int rank_in_class(int status)
{
	switch (status) {
	case 401:
	case 407:
	case 415:
	case 420:
	case 484:
		return 0;
	case 408:
	case 430:
	case 503:
		return 8;
	case 487:
		return 9;
	default:
		return 1;
	}
}

int call_best_rank(int status)
{
	return (status >= 600 ? 0 : status / 100 * 10) + rank_in_class(status);
}

static void write_challenges(struct sip_out *out, const struct sip_msg *response)
{
	static const enum sip_hdr_id ids[] = { SIP_HDR_WWW_AUTHENTICATE,
					       SIP_HDR_PROXY_AUTHENTICATE };

	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		const struct sip_header *header = NULL;

		while ((header = sip_msg_header(response, ids[i], header)))
			sip_out_header(out, sip_hdr_name(ids[i]), header->value);
	}
}

void call_best_add_challenges(char **challenges, struct call_engine *engine,
			      const struct sip_msg *response)
{
	struct sip_out out = call_headers(engine);
	char *text;

	if (*challenges)
		sip_out_str(&out, *challenges);
	write_challenges(&out, response);
	text = sip_out_ok(&out) ? view_dup(sip_out_text(&out)) : NULL;
	if (!text)
		return;
	free(*challenges);
	*challenges = text;
}

static bool is_redirect(int status)
{
	return status >= 300 && status < 400;
}

static void write_contacts(struct sip_out *out, const struct sip_msg *response)
{
	const struct sip_header *header = NULL;

	while ((header = sip_msg_header(response, SIP_HDR_CONTACT, header)))
		sip_out_header(out, sip_hdr_name(SIP_HDR_CONTACT), header->value);
}

/* Who has called is told who has sent the call on (RFC 5806 s.5.3), as by @target itself. */
static void write_diversions(struct sip_out *out, const struct sip_msg *response,
			     const struct call_target *target)
{
	bool diverts = response->method == SIP_INVITE && response->status <= 302;

	if (!call_history_pass_diversions(out, response) && diverts)
		call_history_write_diversion(out, target->ruri);
}

/* @passed: its redirection goes on. */
static char *lines_of(struct call_engine *engine, const struct call_settings *settings,
		      const struct sip_dialog *leg, const struct sip_msg *response,
		      const struct call_target *target, bool passed)
{
	struct call_identity identity =
		call_identity_to(engine, settings, response, &target->to, leg, NULL);
	struct sip_out out = call_headers(engine);

	if (is_redirect(response->status) && !passed)
		call_write_warning(&out, &leg->flow, 399, "Redirection is not followed");
	if (passed) {
		write_contacts(&out, response);
		write_diversions(&out, response, target);
	}
	call_hide_headers(&out, response, call_listener(&leg->flow)->host, false, &identity);
	return out.len && sip_out_ok(&out) ? view_dup(sip_out_text(&out)) : NULL;
}

static bool is_better(const struct call_best *best, int status)
{
	return !best->status || call_best_rank(status) < call_best_rank(best->status);
}

static void take(struct call_best *best, int status, int answer, char *reason, char *lines)
{
	free(best->reason);
	free(best->lines);
	best->status = status;
	best->answer = answer;
	best->reason = reason;
	best->lines = lines;
	best->here = false;
}

void call_best_take(struct call_best *best, struct call_engine *engine,
		    const struct call_settings *settings, const struct sip_dialog *leg,
		    const struct sip_msg *response, const struct call_target *target)
{
	int status = response->status;
	bool passed = is_redirect(status) && target->redirect == CFG_REDIRECT_PASS;
	int answer = passed ? status : call_map_status(status);

	if (is_better(best, status))
		take(best, status, answer, answer == status ? view_dup(response->reason) : NULL,
		     lines_of(engine, settings, leg, response, target, passed));
	else if (call_best_is_challenge(status))
		call_best_add_challenges(&best->challenges, engine, response);
}

void call_best_take_own(struct call_best *best, int status, const struct sip_out *lines)
{
	if (!is_better(best, status))
		return;
	take(best, status, lines ? status : call_map_status(status), NULL,
	     lines && lines->len && sip_out_ok(lines) ? view_dup(sip_out_text(lines)) : NULL);
	best->here = lines;
}

void call_best_write(const struct call_best *best, struct sip_out *out)
{
	if (best->lines)
		sip_out_str(out, best->lines);
	if (best->challenges && call_best_is_challenge(best->status))
		sip_out_str(out, best->challenges);
}

void call_best_clean(struct call_best *best)
{
	free(best->reason);
	free(best->lines);
	free(best->challenges);
}
