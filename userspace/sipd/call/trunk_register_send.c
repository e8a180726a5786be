// SPDX-License-Identifier: GPL-2.0-or-later
/* What a try of a registration sends, and where. */
#include "call/trunk_register.h"

#include <stdio.h>

#include "call/leg.h"

/* Of one try at one address: a challenge of each hop, nonces gone stale, intervals too brief. */
#define MAX_REQUESTS 6

void trunk_reg_write_contact(const struct trunk_reg *reg, struct sip_out *out)
{
	sip_out_str(out, "sip:");
	sip_out_str(out, reg->way.cfg->registration->contact);
	sip_out_str(out, "@");
	sip_out_view(out, call_listener(&reg->way.to)->hostport);
}

static void write_address(const struct trunk_reg *reg, const char *name, struct sip_out *out)
{
	const struct cfg_registration *cfg = reg->way.cfg->registration;

	sip_out_printf(out, "%s: <sip:%s@%s>", name, cfg->user, cfg->domain);
}

static void write_headers(const struct trunk_reg *reg, struct sip_out *out)
{
	write_address(reg, "From", out);
	sip_out_printf(out, ";tag=%s\r\n", reg->tag);
	write_address(reg, "To", out);
	sip_out_printf(out, "\r\nCall-ID: %s\r\nCSeq: %u REGISTER\r\n", reg->call_id, reg->cseq);
	call_write_max_forwards(out, -1);
	sip_out_str(out, "Contact: <");
	trunk_reg_write_contact(reg, out);
	sip_out_printf(out, ">\r\nExpires: %u\r\n", reg->ending ? 0 : reg->expires_s);
}

/* Who is asked for them knows for which realm. */
static bool waits_to_be_asked(const struct trunk_reg *reg)
{
	struct call_engine *engine = reg->way.engine;
	enum call_hold_user by;

	return reg->requests == 1 && reg->nonces.count && !trunk_reg_stands(reg) &&
	       call_hold_account_left(engine->holds, trunk_reg_account(reg),
				      loop_now_ms(engine->loop), &by);
}

void trunk_reg_send(struct trunk_reg *reg)
{
	struct sip_request request = { .method = SIP_REGISTER };
	struct sip_out out = call_headers(reg->way.engine);
	char ruri[300], note[96];

	if (reg->requests == MAX_REQUESTS) {
		trunk_reg_failed(reg, 0, "%d requests in vain", MAX_REQUESTS);
		return;
	}
	snprintf(ruri, sizeof(ruri), "%s:%s", reg->way.cfg->address.uri.where.sips ? "sips" : "sip",
		 reg->way.cfg->registration->domain);
	request.ruri = view_str(ruri);
	reg->cseq++;
	if (!reg->requests++)
		reg->first_cseq = reg->cseq;
	write_headers(reg, &out);
	if (!waits_to_be_asked(reg))
		call_nonces_write(&reg->nonces,
				  &(struct sip_digest_request){
					  .method = VIEW_LIT("REGISTER"),
					  .uri = request.ruri,
				  },
				  &out);
	request.headers = sip_out_text(&out);
	snprintf(note, sizeof(note), "registration of trunk %s", reg->way.cfg->name);
	if (!sip_out_ok(&out) || trunk_way_send(&reg->way, &request, note))
		trunk_reg_failed(reg, 0, "no memory to send");
}

void trunk_reg_send_first(void *user)
{
	struct trunk_reg *reg = user;

	reg->requests = 0;
	trunk_reg_send(reg);
}
