// SPDX-License-Identifier: GPL-2.0-or-later
/* The redirect server (RFC 3261 s.8.3): where one is called is told to who asks. */
#include <stdio.h>

#include "call/exchange.h"
#include "call/leg.h"
#include "call/proxy.h"

/* As short as it can be: "0.75" of 750. */
static void write_q(struct sip_out *out, uint16_t q)
{
	char digits[4] = { (char)('0' + q / 100), (char)('0' + q / 10 % 10), (char)('0' + q % 10) };
	size_t len = 3;

	sip_out_str(out, ";q=");
	if (q >= CALL_Q_MAX) {
		sip_out_str(out, "1");
		return;
	}
	while (len && digits[len - 1] == '0')
		len--;
	sip_out_str(out, len ? "0." : "0");
	sip_out_view(out, (struct view){ digits, len });
}

/* Who is asked for must not be told to ask again for the same (s.8.3). */
static bool is_same(const struct sip_msg *req, const struct call_target *target)
{
	struct sip_uri asked, told;

	return !sip_uri_parse(&asked, req->ruri) && !sip_uri_parse(&told, target->ruri) &&
	       sip_uri_equal(&asked, &told);
}

static unsigned int write_contacts(struct sip_out *out, const struct sip_msg *req,
				   const struct call_targets *targets)
{
	unsigned int count = 0;

	for (const struct call_target *target = targets->waiting; target; target = target->next) {
		if (is_same(req, target))
			continue;
		sip_out_str(out, count++ ? ", <" : "Contact: <");
		sip_out_view(out, target->ruri);
		sip_out_str(out, ">");
		write_q(out, target->q);
	}
	sip_out_str(out, count ? "\r\n" : "");
	return count;
}

void redirect_answer(struct call_engine *engine, struct sip_strans *st, const struct sip_msg *req,
		     const struct call_targets *targets)
{
	struct sip_out out = call_headers(engine);
	struct sip_reply reply = { .status = 302 };
	unsigned int count = write_contacts(&out, req, targets);
	char text[64];

	/* Kept by its transaction, until it is acknowledged. */
	if (!count || !sip_out_ok(&out)) {
		reply.status = 480;
	} else {
		reply.headers = sip_out_text(&out);
		snprintf(text, sizeof(text), "redirected to %u contact%s", count,
			 count == 1 ? "" : "s");
		flow_note(engine->flows, sip_strans_mark(st), text);
	}
	sip_strans_respond(st, &reply);
}
