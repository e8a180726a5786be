// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/digest.h"

#include <stdlib.h>

#include "base/log.h"
#include "call/exchange.h"
#include "call/hold.h"
#include "call/nonces.h"
#include "call/peers.h"
#include "sip/digest.h"

/* Of one call. */
#define MAX_REALMS 8

/* What is known of one realm of an account's peer. */
struct call_digest {
	struct call_digest *next; /* in call->digests */
	const struct cfg_account *account;
	struct sip_digest_session *session;
	uint32_t cseq; /* of the request that the challenge was answered in; 0: of another call */
	char *invite; /* the line in the last INVITE, for its ACK; owned */
	bool refused; /* by its word they are wrong */
	bool trial; /* they had been held back, and what comes of it is to be told */
};

/* --- whose credentials --- */

void call_digest_lead(struct call_pair *pair, const struct call_target *target)
{
	pair->account = target->account;
	pair->account_peer = target->to.remote;
}

/* Who calls us may be a trunk, too. */
static const struct cfg_account *account_at(const struct call *call, const struct cfg_realm *realm,
					    const struct tp_addr *addr)
{
	const struct call_engine *engine = call->engine;
	const struct cfg *cfg = call->settings->cfg;

	for (unsigned int i = 0; i < cfg->ntrunks; i++)
		if (cfg->trunks[i].address.account && cfg->trunks[i].realm == realm &&
		    call_peer_is_at(engine, &cfg->trunks[i].address, addr))
			return cfg->trunks[i].address.account;
	for (unsigned int i = 0; i < cfg->nrealms; i++)
		if (cfg->realms[i].next_hop.account && cfg->realms[i].next_hop_realm == realm &&
		    call_peer_is_at(engine, &cfg->realms[i].next_hop, addr))
			return cfg->realms[i].next_hop.account;
	return NULL;
}

const struct cfg_account *call_digest_account(const struct call_pair *pair, enum media_side side,
					      const struct tp_addr *dest)
{
	const struct sip_dialog *leg = &pair->leg[side];

	if (side == MEDIA_A)
		return account_at(pair->call,
				  call_settings_realm(pair->call->settings,
						      call_listener(&leg->flow)->realm),
				  dest);
	if (pair->account && tp_addr_same_host(&pair->account_peer, dest))
		return pair->account;
	return NULL;
}

/* --- what is kept --- */

/* NULL without memory, or when there are too many. */
static struct call_digest *add(struct call *call, const struct cfg_account *account)
{
	struct call_digest *digest;
	unsigned int count = 0;

	for (digest = call->digests; digest; digest = digest->next)
		count++;
	digest = count < MAX_REALMS ? calloc(1, sizeof(*digest)) : NULL;
	if (!digest)
		return NULL;
	digest->account = account;
	digest->next = call->digests;
	call->digests = digest;
	return digest;
}

/* What is known of the account's peer by other calls, for a call that begins there. */
static void adopt(struct call *call, const struct cfg_account *account)
{
	const struct call_nonces *nonces = call_nonces_of(call->engine, account, false);
	struct call_digest *digest;

	for (digest = call->digests; digest; digest = digest->next)
		if (digest->account == account)
			return;
	for (unsigned int i = 0; nonces && i < nonces->count; i++) {
		digest = add(call, account);
		if (digest)
			digest->session = sip_digest_session_get(nonces->entry[i].session);
	}
}

/* --- what is written --- */

static void keep_line(struct call_digest *digest, const struct sip_out *out, size_t start)
{
	if (!sip_out_ok(out))
		return;
	free(digest->invite);
	digest->invite = view_dup((struct view){ out->p + start, out->len - start });
}

static struct call_hold_key hold_key(const struct call *call, const struct cfg_account *account,
				     struct view realm)
{
	return call_hold_key(call_hold_account(call->settings->cfg, account), realm);
}

/* They were refused, here or in another call. */
static bool is_held(const struct call *call, const struct call_digest *digest)
{
	struct call_holds *holds = call->engine->holds;

	if (digest->refused)
		return true;
	return call_holds_any(holds) && !digest->trial &&
	       call_hold_is(holds,
			    hold_key(call, digest->account,
				     sip_digest_session_realm(digest->session)),
			    call_now(call));
}

static void write_all(struct sip_out *out, struct call *call, const struct cfg_account *account,
		      enum sip_method method, const struct sip_digest_request *request)
{
	struct call_digest *digest;
	size_t start;

	for (digest = call->digests; digest; digest = digest->next) {
		if (digest->account != account || is_held(call, digest))
			continue;
		start = out->len;
		sip_digest_session_write(digest->session, request, out);
		if (method == SIP_INVITE)
			keep_line(digest, out, start);
	}
}

static struct view method_name(enum sip_method method, struct view name)
{
	return name.p ? name : view_str(sip_method_name(method));
}

void call_digest_write(struct sip_out *out, struct call_relay *relay, const struct call_pair *pair,
		       const struct sip_request *request)
{
	enum media_side side = call_other((enum media_side)relay->from);
	const struct cfg_account *account;

	if (!relay->call->digests && !relay->initial)
		return;
	account = call_digest_account(pair, side, &request->to.remote);
	if (account && relay->initial)
		adopt(relay->call, account);
	if (account)
		write_all(out, relay->call, account, request->method,
			  &(struct sip_digest_request){
				  .method = method_name(request->method, request->method_name),
				  .uri = request->ruri,
				  .body = request->body,
			  });
}

void call_digest_write_ack(struct sip_out *out, const struct call_relay *relay,
			   const struct sip_request *ack)
{
	enum media_side side = call_other((enum media_side)relay->from);
	const struct call_digest *digest;
	const struct cfg_account *account;

	if (!relay->call->digests)
		return;
	account = call_digest_account(relay->pair, side, &ack->to.remote);
	for (digest = relay->call->digests; account && digest; digest = digest->next)
		if (digest->account == account && digest->invite)
			sip_out_str(out, digest->invite);
}

bool call_digest_replaces(void *arg, enum sip_hdr_id id, struct view value)
{
	const struct call_relay *relay = arg;
	const struct call_digest *digest;
	struct sip_credentials credentials;

	if ((id != SIP_HDR_AUTHORIZATION && id != SIP_HDR_PROXY_AUTHORIZATION) ||
	    sip_credentials_parse(&credentials, value))
		return false;
	for (digest = relay->call->digests; digest; digest = digest->next)
		if (sip_digest_session_is(digest->session, id == SIP_HDR_PROXY_AUTHORIZATION,
					  credentials.realm))
			return true;
	return false;
}

/* --- challenges --- */

struct sip_digest_session *call_digest_session(struct call_engine *engine,
					       const struct cfg_account *account,
					       const struct sip_challenge *challenge, bool proxy)
{
	const struct sip_digest_account who = {
		.user = view_str(account->user),
		.password = view_str(account->password),
	};
	char cnonce[SIP_TOKEN_STRLEN];

	return sip_digest_session_alloc(challenge, proxy, &who,
					view_str(sip_token(engine->stack, 96, cnonce)));
}

static struct call_digest *find(const struct call *call, const struct cfg_account *account,
				bool proxy, struct view realm)
{
	struct call_digest *digest;

	for (digest = call->digests; digest; digest = digest->next)
		if (digest->account == account &&
		    sip_digest_session_is(digest->session, proxy, realm))
			return digest;
	return NULL;
}

static void digest_free(struct call_digest *digest)
{
	sip_digest_session_put(digest->session);
	free(digest->invite);
	free(digest);
}

void call_digests_free(struct call *call)
{
	struct call_digest *digest;

	while ((digest = call->digests)) {
		call->digests = digest->next;
		digest_free(digest);
	}
}

/* A challenge, and whom it came to. */
struct dispute {
	struct call_relay *relay;
	const struct cfg_account *account;
	uint32_t cseq; /* of the request that is to answer it */
	bool proxy;
	char peer[TP_ADDR_STRLEN];
	int status;
	struct view method;
};

static void note(const struct dispute *dispute, const char *what, struct view realm)
{
	call_note_printf(dispute->relay->call, CALL_NOTE_REFUSAL, "%d from %s to the %.*s: %s%.*s",
			 dispute->status, dispute->peer, VIEW_ARG(dispute->method), what,
			 VIEW_ARG(realm));
}

static bool is_final(struct dispute *dispute, const struct call_digest *digest,
		     const struct sip_challenge *challenge)
{
	struct call_relay *relay = dispute->relay;
	bool renewed = relay->stale, refused;

	/* Another call's: it may be good for one only. Or long ago. */
	if (!digest->cseq || digest->refused)
		return false;
	refused = sip_digest_session_refused(digest->session, challenge,
					     digest->cseq == relay->cseq, &renewed);
	relay->stale = renewed;
	return refused;
}

/* As long as it takes no others for the same realm. */
static void keep(struct call_engine *engine, const struct cfg_account *account,
		 struct sip_digest_session *session)
{
	struct call_nonces *nonces = call_nonces_of(engine, account, true);

	if (nonces)
		call_nonces_put(nonces, session, 0);
}

/* They are not shown again for a while, in no call nor to register. */
static void give_up(struct dispute *dispute, struct call_digest *digest, struct view realm)
{
	const struct cfg_account *account = dispute->account;
	struct call *call = dispute->relay->call;
	struct call_nonces *nonces = call_nonces_of(call->engine, account, false);
	const struct cfg_trunk *trunk = call_hold_trunk(call->settings->cfg, account);
	unsigned long long seconds = call_hold_refused(call->engine->holds,
						       hold_key(call, account, realm),
						       call_now(call), CALL_HOLD_CALL) /
				     1000;

	if (nonces)
		call_nonces_drop(nonces, dispute->proxy, realm);
	digest->refused = true;
	digest->trial = false;
	dispute->relay->refused = true;
	call_note_printf(
		call, CALL_NOTE_REFUSAL,
		"%d from %s to the %.*s: the credentials are wrong, by its word, for realm "
		"%.*s; none are shown to it for %llu s",
		dispute->status, dispute->peer, VIEW_ARG(dispute->method), VIEW_ARG(realm),
		seconds);
	log_warn("%s %s: %s refuses the credentials for realm %.*s, calls go without for %llu s",
		 trunk ? "trunk" : "user", trunk ? trunk->name : account->user, dispute->peer,
		 VIEW_ARG(realm), seconds);
}

/* Have they been refused a short time ago? */
static bool hold_back(struct dispute *dispute, struct view realm, bool *trial)
{
	struct call *call = dispute->relay->call;
	uint64_t left_ms = call_hold_ask(call->engine->holds,
					 hold_key(call, dispute->account, realm), call_now(call),
					 CALL_HOLD_CALL, trial);

	if (!left_ms)
		return false;
	call_note_printf(call, CALL_NOTE_REFUSAL,
			 "%d from %s to the %.*s: no credentials for another %llu s, as it has "
			 "refused them for realm %.*s",
			 dispute->status, dispute->peer, VIEW_ARG(dispute->method),
			 (unsigned long long)(left_ms + 999) / 1000, VIEW_ARG(realm));
	dispute->relay->refused = true;
	return true;
}

/* 1: there are credentials for it; 0: it is not for this account; -1: they have been refused. */
static int take(struct dispute *dispute, const struct sip_challenge *challenge)
{
	const struct cfg_account *account = dispute->account;
	struct call *call = dispute->relay->call;
	struct sip_digest_session *session;
	struct call_digest *digest;
	bool trial = false;

	if (account->realm && !view_eq(view_str(account->realm), challenge->realm)) {
		note(dispute, "no credentials are for realm ", challenge->realm);
		return 0;
	}
	digest = find(call, account, dispute->proxy, challenge->realm);
	if (digest && is_final(dispute, digest, challenge)) {
		give_up(dispute, digest, challenge->realm);
		return -1;
	}
	if (!(digest && digest->trial) && hold_back(dispute, challenge->realm, &trial))
		return -1;
	session = call_digest_session(call->engine, account, challenge, dispute->proxy);
	if (session && !digest) {
		digest = add(call, account);
		if (!digest) {
			sip_digest_session_put(session);
			return 0;
		}
	}
	if (!session)
		return 0;
	keep(call->engine, account, session);
	sip_digest_session_put(digest->session);
	digest->session = session;
	digest->cseq = dispute->cseq;
	digest->refused = false;
	digest->trial = digest->trial || trial;
	call_note_printf(call, CALL_NOTE_TRY,
			 "%d from %s to the %.*s: answered as %s of %.*s, by %s", dispute->status,
			 dispute->peer, VIEW_ARG(dispute->method), account->user,
			 VIEW_ARG(challenge->realm),
			 sip_digest_algorithm_name(challenge->algorithm));
	return 1;
}

/* How many of its challenges there are credentials for; -1: some have been refused. */
static int take_all(struct dispute *dispute, const struct sip_msg *challenged)
{
	const struct sip_header *header = NULL;
	struct sip_challenge challenge;
	int count = 0, taken;
	bool any = false;

	while ((header = sip_challenge_next(challenged, header, &challenge))) {
		any = true;
		taken = take(dispute, &challenge);
		if (taken < 0)
			return -1;
		count += taken;
	}
	if (!any)
		note(dispute, "no challenge in it can be met", VIEW_NONE);
	return count;
}

bool call_digest_answer(struct call_relay *relay, const struct call_pair *pair,
			const struct sip_ctrans *ct, uint32_t cseq,
			const struct sip_msg *challenged, struct sip_out *lines)
{
	const struct tp_addr *dest = &sip_ctrans_flow(ct)->remote;
	enum media_side side = call_other((enum media_side)relay->from);
	struct dispute dispute = {
		.relay = relay,
		.account = call_digest_account(pair, side, dest),
		.cseq = cseq,
		.proxy = challenged->status == 407,
		.status = challenged->status,
		.method = challenged->method_name,
	};
	const struct tp_addr *source = sip_stack_source(relay->call->engine->stack);

	tp_addr_format(source, dispute.peer);
	if (!dispute.account || !tp_addr_same_host(source, dest)) {
		note(&dispute, "there are no credentials for it", VIEW_NONE);
		return false;
	}
	if (take_all(&dispute, challenged) <= 0)
		return false;
	write_all(lines, relay->call, dispute.account, (enum sip_method)relay->method,
		  &(struct sip_digest_request){
			  .method = challenged->method_name,
			  .uri = sip_ctrans_kept_ruri(ct),
			  .body = sip_ctrans_kept_body(ct),
		  });
	return true;
}

void call_digest_heard(struct call_relay *relay, int status)
{
	struct call *call = relay->call;
	struct call_digest *digest;

	if (!call_holds_any(call->engine->holds) || status == 100 || status == 401 ||
	    status == 403 || status == 407 || (status >= 500 && status < 600))
		return;
	for (digest = call->digests; digest; digest = digest->next) {
		if (!digest->trial || digest->cseq != relay->cseq)
			continue;
		digest->trial = false;
		call_hold_end(call->engine->holds,
			      hold_key(call, digest->account,
				       sip_digest_session_realm(digest->session)));
	}
}
