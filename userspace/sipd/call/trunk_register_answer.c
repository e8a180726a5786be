// SPDX-License-Identifier: GPL-2.0-or-later
/* What a carrier says to a REGISTER of ours (RFC 3261 s.10.2.4, s.10.2.8, s.22.2). */
#include "call/digest.h"
#include "call/trunk_register.h"

/* --- what calls have to know of the credentials, and what they know --- */

static struct call_hold_key hold_key(const struct trunk_reg *reg, struct view realm)
{
	return call_hold_key(trunk_reg_account(reg), realm);
}

static uint64_t now(const struct trunk_reg *reg)
{
	return loop_now_ms(reg->way.engine->loop);
}

/* Accepted, after they had been refused. */
static void end_holds(const struct trunk_reg *reg)
{
	struct call_holds *holds = reg->way.engine->holds;

	if (trunk_reg_stands(reg) || !call_holds_any(holds))
		return;
	for (unsigned int i = 0; i < reg->nonces.count; i++)
		if (reg->nonces.entry[i].cseq > reg->first_cseq)
			call_hold_end(holds, hold_key(reg, sip_digest_session_realm(
								   reg->nonces.entry[i].session)));
}

/* For how long they are not to be shown. */
static uint64_t held_ms(const struct trunk_reg *reg, struct view realm)
{
	bool trial;

	if (trunk_reg_stands(reg))
		return 0;
	return call_hold_ask(reg->way.engine->holds, hold_key(reg, realm), now(reg),
			     CALL_HOLD_REGISTER, &trial);
}

/* --- accepted --- */

/* Seconds of a Contact; what cannot be read is as if it were not there. */
static uint32_t lasts(struct view params, uint32_t preset)
{
	struct view value;
	uint32_t seconds;

	if (sip_param(params, VIEW_LIT("expires"), &value) &&
	    !view_to_u32(value, UINT32_MAX, &seconds))
		return seconds;
	return preset;
}

static uint32_t of_header(const struct sip_msg *msg, struct view name, uint32_t preset)
{
	uint32_t seconds;

	for (unsigned int i = 0; i < msg->nheaders; i++)
		if (view_ieq(msg->headers[i].name, name) &&
		    !view_to_u32(msg->headers[i].value, UINT32_MAX, &seconds))
			return seconds;
	return preset;
}

/* What a 200 says of the Contacts that it lists. */
struct bindings {
	unsigned int count;
	bool own; /* ours is among them */
	bool similar; /* one of our user is: carriers rewrite what comes from behind a NAT */
	uint32_t own_s, similar_s, last_s;
};

static void read_binding(struct bindings *bindings, const struct sip_uri *ours, struct view element,
			 uint32_t preset)
{
	struct sip_nameaddr addr;
	struct sip_uri uri;
	uint32_t seconds;

	if (sip_nameaddr_parse(&addr, element) || sip_uri_parse(&uri, addr.uri))
		return;
	seconds = lasts(addr.params, preset);
	bindings->count++;
	bindings->last_s = seconds;
	if (sip_uri_equal(&uri, ours)) {
		bindings->own = true;
		bindings->own_s = seconds;
	} else if (view_eq(uri.user, ours->user) &&
		   (!bindings->similar || seconds < bindings->similar_s)) {
		bindings->similar = true;
		bindings->similar_s = seconds;
	}
}

/* How long the registration lasts by a 200; 0: there is none of ours. */
static uint32_t granted(const struct trunk_reg *reg, const struct sip_msg *response)
{
	uint32_t preset = of_header(response, VIEW_LIT("Expires"), reg->expires_s);
	const struct sip_header *header = NULL;
	struct bindings bindings = { 0 };
	struct view rest, element;
	struct sip_uri ours;
	char contact[512];
	struct sip_out out;

	sip_out_init(&out, contact, sizeof(contact));
	trunk_reg_write_contact(reg, &out);
	if (sip_uri_parse(&ours, sip_out_text(&out)))
		return 0;
	while ((header = sip_msg_header(response, SIP_HDR_CONTACT, header))) {
		rest = header->value;
		while (sip_list_next(&rest, &element))
			read_binding(&bindings, &ours, element, preset);
	}
	if (bindings.own)
		return bindings.own_s;
	if (bindings.similar)
		return bindings.similar_s;
	/* Some list none. */
	if (!bindings.count)
		return preset;
	return bindings.count == 1 ? bindings.last_s : 0;
}

static void accepted(struct trunk_reg *reg, const struct sip_msg *response)
{
	uint32_t seconds = reg->ending ? 0 : granted(reg, response);

	end_holds(reg);
	if (!seconds && !reg->ending)
		trunk_reg_failed(reg, 0, "the %d does not list our contact", response->status);
	else
		trunk_reg_done(reg, seconds);
}

/* --- challenged --- */

#define REFUSED (-1) /* by the carrier */
#define HELD (-2) /* they have been refused in a call a short time ago */

/* 1: there are credentials for it; 0: it is not for this account; REFUSED, HELD for *@left_ms. */
static int take(struct trunk_reg *reg, const struct sip_challenge *challenge, bool proxy,
		uint64_t *left_ms)
{
	const struct cfg_account *account = reg->way.cfg->address.account;
	struct sip_digest_session *session;
	bool answered;
	int at;

	if (account->realm && !view_eq(view_str(account->realm), challenge->realm))
		return 0;
	/* A nonce of an earlier try may have gone with the one who gave it. */
	at = call_nonces_find(&reg->nonces, proxy, challenge->realm);
	answered = at >= 0 && reg->nonces.entry[at].cseq > reg->first_cseq;
	if (answered && sip_digest_session_refused(reg->nonces.entry[at].session, challenge, true,
						   &reg->renewed)) {
		call_hold_refused(reg->way.engine->holds, hold_key(reg, challenge->realm), now(reg),
				  CALL_HOLD_REGISTER);
		return REFUSED;
	}
	*left_ms = answered ? 0 : held_ms(reg, challenge->realm);
	if (*left_ms)
		return HELD;
	session = call_digest_session(reg->way.engine, account, challenge, proxy);
	if (!session)
		return 0;
	/* The next request is to answer it. */
	call_nonces_put(&reg->nonces, session, reg->cseq + 1);
	sip_digest_session_put(session);
	return 1;
}

/* How many of its challenges there are credentials for; or REFUSED, HELD of one of them. */
static int take_all(struct trunk_reg *reg, const struct sip_msg *response, uint64_t *left_ms)
{
	const struct sip_header *header = NULL;
	struct sip_challenge challenge;
	int count = 0, taken;

	while ((header = sip_challenge_next(response, header, &challenge))) {
		taken = take(reg, &challenge, response->status == 407, left_ms);
		if (taken < 0)
			return taken;
		count += taken;
	}
	return count;
}

static void challenged(struct trunk_reg *reg, const struct sip_msg *response, const char *peer)
{
	const struct cfg_account *account = reg->way.cfg->address.account;
	const struct tp_addr *source = sip_stack_source(reg->way.engine->stack);
	uint64_t left_ms = 0;
	int taken;

	if (!account) {
		trunk_reg_refused(reg, "%d from %s, and the trunk has no credentials",
				  response->status, peer);
		return;
	}
	/* Nobody else gets them, whatever way his challenge found here. */
	if (!tp_addr_same_host(source, &reg->way.to.remote)) {
		trunk_reg_failed(reg, 0, "%d from elsewhere than %s", response->status, peer);
		return;
	}
	taken = take_all(reg, response, &left_ms);
	if (taken == HELD) {
		trunk_reg_held(reg, left_ms,
			       "%d from %s, not answered: a call had the credentials of %s refused",
			       response->status, peer, account->user);
	} else if (taken == REFUSED) {
		trunk_reg_refused(reg, "%d from %s after the credentials of %s", response->status,
				  peer, account->user);
	} else if (!taken) {
		trunk_reg_refused(reg, "%d from %s, and no challenge that the credentials are for",
				  response->status, peer);
	} else {
		trunk_reg_send(reg);
	}
}

/* --- refused --- */

static void too_brief(struct trunk_reg *reg, const struct sip_msg *response, const char *peer)
{
	uint32_t seconds = of_header(response, VIEW_LIT("Min-Expires"), 0);

	if (reg->ending || seconds <= reg->expires_s) {
		trunk_reg_failed(reg, 0, "423 from %s, which asks for no more than %u s", peer,
				 reg->expires_s);
		return;
	}
	reg->expires_s = seconds;
	trunk_reg_send(reg);
}

/* It is not followed: who is named there would get no credentials, which are for the trunk. */
static void redirected(struct trunk_reg *reg, const struct sip_msg *response, const char *peer)
{
	const struct sip_header *contact = sip_msg_header(response, SIP_HDR_CONTACT, NULL);
	const struct view none = VIEW_LIT("nowhere");

	trunk_reg_failed(reg, 0, "%d %.*s from %s, to %.*s; correct the trunk's uri",
			 response->status, VIEW_ARG(response->reason), peer,
			 VIEW_ARG(contact ? contact->value : none));
}

static void refused(struct trunk_reg *reg, const struct sip_msg *response, const char *peer)
{
	uint32_t retry_after_s = call_hop_retry_after(response);

	if (response->status == 503 &&
	    trunk_way_elsewhere(&reg->way, CALL_HOP_UNAVAILABLE, retry_after_s))
		return;
	if (response->status == 403 && reg->nonces.count)
		trunk_reg_refused(reg, "403 %.*s from %s after the credentials of %s",
				  VIEW_ARG(response->reason), peer,
				  reg->way.cfg->address.account->user);
	else
		trunk_reg_failed(reg, retry_after_s, "%d %.*s from %s", response->status,
				 VIEW_ARG(response->reason), peer);
}

void trunk_reg_final(void *user, const struct sip_msg *response)
{
	struct trunk_reg *reg = user;
	char peer[TP_ADDR_STRLEN];

	tp_addr_format(&reg->way.to.remote, peer);
	reg->status = response->status;
	switch (response->status) {
	case 401:
	case 407:
		challenged(reg, response, peer);
		return;
	case 423:
		too_brief(reg, response, peer);
		return;
	default:
		break;
	}
	if (response->status < 300)
		accepted(reg, response);
	else if (response->status < 400)
		redirected(reg, response, peer);
	else
		refused(reg, response, peer);
}
