// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/auth.h"

#include <errno.h>
#include <stdio.h>

#include <openssl/crypto.h>

#include "call/exchange.h"
#include "call/peers.h"

/* More than that no honest client sends: one for each algorithm that it was offered. */
#define MAX_CREDENTIALS 4

enum verdict {
	VERDICT_NONE, /* no credentials */
	VERDICT_OTHER, /* none of the domain, or none that can be read */
	VERDICT_DEAF, /* not by a nonce that was given to this address, or one that is over */
	VERDICT_WEAK, /* made as nobody has been asked for */
	VERDICT_UNKNOWN, /* there is no such user, or he is disabled */
	VERDICT_WRONG, /* not his password */
	VERDICT_USED, /* right ones, by a nonce that was used */
	VERDICT_GOOD,
};

/* The operator is told; the peer is not. */
static const char *const verdicts[] = {
	[VERDICT_NONE] = "credentials are asked for, there are none",
	[VERDICT_OTHER] = "credentials are asked for, there are none of this domain",
	[VERDICT_DEAF] = "the nonce was not given to this address, or is over",
	[VERDICT_WEAK] = "credentials by an algorithm or qop that is not offered",
	[VERDICT_UNKNOWN] = "no such user, or a disabled one",
	[VERDICT_WRONG] = "wrong password",
	[VERDICT_USED] = "the password is right, the nonce was used",
};

/* Knows everything that a user may be named; false: no user is. */
static bool name_of(struct view username, char name[AOR_USER_MAX + 1])
{
	if (username.len > AOR_USER_MAX || memchr(username.p, '\0', username.len))
		return false;
	memcpy(name, username.p, username.len);
	name[username.len] = '\0';
	return true;
}

/*
 * Who is unknown is reckoned with like anybody else, so that the time it takes does not tell him
 * from one with another password.
 */
static enum verdict check_password(const struct registrar *registrar,
				   const struct cfg_domain *domain,
				   const struct sip_credentials *credentials, struct view method)
{
	struct user_secret secret = { .enabled = false };
	char name[AOR_USER_MAX + 1], expected[SIP_DIGEST_STRLEN];
	const uint8_t *ha1 = secret.md5;
	bool known, right = false;

	known = name_of(credentials->username, name) &&
		users_find(registrar->users, name, domain->name, &secret) && secret.enabled;
	if (credentials->algorithm == SIP_DIGEST_SHA256)
		ha1 = secret.sha256;
	if (!sip_digest_response(credentials, ha1, method, expected))
		right = sip_digest_equal(credentials->response, view_str(expected));
	OPENSSL_cleanse(&secret, sizeof(secret));
	if (!known)
		return VERDICT_UNKNOWN;
	return right ? VERDICT_GOOD : VERDICT_WRONG;
}

/* What it was not offered nobody may use: what was left out is too weak. */
static bool offers(const struct cfg_domain *domain, enum sip_digest_algorithm algorithm)
{
	switch (algorithm) {
	case SIP_DIGEST_SHA256:
		return !domain->no_sha256;
	case SIP_DIGEST_MD5:
		return !domain->no_md5;
	default:
		return false;
	}
}

/*
 * The nonce comes first: nothing is said of a password, nor held against an address, before
 * somebody there has heard a challenge.
 */
static enum verdict check(const struct registrar *registrar, const struct cfg_domain *domain,
			  const struct sip_nonce_user *from,
			  const struct sip_credentials *credentials, struct view method)
{
	uint64_t nonce =
		sip_nonce_read(registrar->nonces, credentials->nonce, from, registrar_now_ms());
	enum verdict verdict;

	if (!nonce)
		return VERDICT_DEAF;
	if (!offers(domain, credentials->algorithm) || credentials->qop == SIP_DIGEST_QOP_AUTH_INT)
		return VERDICT_WEAK;
	verdict = check_password(registrar, domain, credentials, method);
	if (verdict == VERDICT_GOOD &&
	    !sip_nonce_take(registrar->nonces, nonce, sip_credentials_nc(credentials)))
		return VERDICT_USED;
	return verdict;
}

/* The kernel takes a refusal for the peer's failure unless it says that the nonce was none. */
static bool is_stale(enum verdict verdict)
{
	return verdict == VERDICT_OTHER || verdict == VERDICT_DEAF || verdict == VERDICT_USED;
}

/* SHA-256 first: who knows both takes the first (RFC 8760 s.2.3). */
static void write_challenges(const struct registrar *registrar, const struct cfg_domain *domain,
			     const struct sip_nonce_user *to, bool proxy, bool stale,
			     struct sip_out *lines)
{
	static const enum sip_digest_algorithm strongest_first[] = { SIP_DIGEST_SHA256,
								     SIP_DIGEST_MD5 };
	const char *name = proxy ? "Proxy-Authenticate" : "WWW-Authenticate";
	struct sip_challenge challenge = {
		.realm = to->realm,
		.qop = SIP_DIGEST_QOP_AUTH,
		.stale = stale,
	};
	char nonce[SIP_NONCE_STRLEN];

	challenge.nonce =
		view_str(sip_nonce_write(registrar->nonces, to, registrar_now_ms(), nonce));
	for (size_t i = 0; i < sizeof(strongest_first) / sizeof(*strongest_first); i++) {
		challenge.algorithm = strongest_first[i];
		if (offers(domain, challenge.algorithm))
			sip_challenge_write(lines, name, &challenge);
	}
}

static void note_verdict(struct call_engine *engine, const struct sip_strans *st,
			 enum verdict verdict, struct view user, const struct cfg_domain *domain)
{
	char text[CALL_NOTE_MAX];

	snprintf(text, sizeof(text), "%s: %.*s%s%s", verdicts[verdict], VIEW_ARG(user),
		 user.len ? "@" : "", domain->name);
	flow_note(engine->flows, sip_strans_mark(st), text);
}

struct peer_search {
	const struct cfg_realm *realm;
	const struct tp_addr *addr;
	bool found;
};

static void compare_peer(void *arg, const struct cfg_realm *realm, const struct tp_addr *peer)
{
	struct peer_search *search = arg;

	if (realm == search->realm && tp_addr_same_host(peer, search->addr))
		search->found = true;
}

static bool is_peer(const struct call_engine *engine, const struct cfg_realm *realm,
		    const struct tp_flow *from)
{
	struct peer_search search = { .realm = realm, .addr = &from->remote };

	call_each_peer(engine->cfg, compare_peer, &search);
	return search.found || call_peers_have(engine, realm, &from->remote);
}

/* Peers may have several addresses, and send what they are asked for from another one. */
static struct sip_nonce_user nonce_user(const struct call_engine *engine,
					const struct cfg_domain *domain, const struct tp_flow *from)
{
	struct sip_nonce_user user = { .realm = view_str(domain->name) };

	if (!is_peer(engine, call_listener(from)->realm->cfg, from))
		user.host = tp_addr_to_host(&from->remote);
	return user;
}

static bool has_any(const struct sip_msg *req)
{
	return sip_msg_header(req, SIP_HDR_AUTHORIZATION, NULL) ||
	       sip_msg_header(req, SIP_HDR_PROXY_AUTHORIZATION, NULL);
}

int call_authenticate(struct call_engine *engine, const struct sip_strans *st,
		      const struct cfg_domain *domain, const struct sip_msg *req,
		      const struct tp_flow *from, bool proxy, struct sip_out *lines,
		      struct view *user)
{
	const struct sip_nonce_user who = nonce_user(engine, domain, from);
	enum sip_hdr_id id = proxy ? SIP_HDR_PROXY_AUTHORIZATION : SIP_HDR_AUTHORIZATION;
	const struct sip_header *header = NULL;
	struct sip_credentials credentials;
	enum verdict verdict = has_any(req) ? VERDICT_OTHER : VERDICT_NONE, now;
	unsigned int count = 0;

	while ((header = sip_msg_header(req, id, header)) && verdict != VERDICT_GOOD) {
		if (sip_credentials_parse(&credentials, header->value) ||
		    !view_eq(credentials.realm, who.realm) || count++ >= MAX_CREDENTIALS)
			continue;
		now = check(engine->registrar, domain, &who, &credentials, req->method_name);
		if (now > verdict)
			verdict = now;
		*user = credentials.username;
	}
	if (verdict == VERDICT_GOOD)
		return 0;
	note_verdict(engine, st, verdict, *user, domain);
	write_challenges(engine->registrar, domain, &who, proxy, is_stale(verdict), lines);
	return proxy ? 407 : 401;
}

/* --- requests that begin something ---------------------------------------------------------- */

static bool authenticates(const struct cfg_domain *domain, const struct cfg_realm *realm)
{
	return domain && domain->realm == realm && domain->auth == CFG_AUTH_DIGEST;
}

/* Whose user one must be: of the domain that is claimed, or called, or else of the first. */
static const struct cfg_domain *domain_for(const struct cfg *cfg, const struct cfg_realm *realm,
					   const struct sip_uri *from, const struct sip_uri *to)
{
	const struct cfg_domain *domain = aor_domain(cfg, from);

	if (authenticates(domain, realm))
		return domain;
	domain = aor_domain(cfg, to);
	if (authenticates(domain, realm))
		return domain;
	for (unsigned int i = 0; i < cfg->ndomains; i++)
		if (authenticates(&cfg->domains[i], realm))
			return &cfg->domains[i];
	return NULL;
}

/* From must name the user himself, if it names any of our domains (s.22.1). */
static bool is_himself(const struct cfg *cfg, const struct cfg_domain *domain,
		       const struct sip_uri *from, struct view user)
{
	struct aor aor;
	int err = aor_read(&aor, cfg, from);

	if (err)
		return err == -ENOENT;
	return aor.domain == domain && view_eq(view_str(aor.user), user);
}

static int refuse_name(const struct tp_flow *from, struct sip_out *lines)
{
	call_write_warning(lines, from, 399, "From names somebody else than the credentials");
	return 403;
}

int call_admit(struct call_engine *engine, const struct sip_strans *st, const struct sip_msg *req,
	       const struct tp_flow *from, struct sip_out *lines)
{
	const struct cfg_realm *realm = call_listener(from)->realm->cfg;
	const struct cfg_domain *domain;
	struct sip_uri caller, called;
	struct view user = VIEW_NONE;
	int status;

	if (!engine->registrar)
		return 0;
	/* They have been parsed: these are others, or of another scheme. */
	sip_uri_parse(&caller, req->from.uri);
	sip_uri_parse(&called, req->ruri);
	domain = domain_for(engine->cfg, realm, &caller, &called);
	if (!domain || is_peer(engine, realm, from))
		return 0;
	status = call_authenticate(engine, st, domain, req, from, true, lines, &user);
	if (status)
		return status;
	if (is_himself(engine->cfg, domain, &caller, user))
		return 0;
	return refuse_name(from, lines);
}

int call_admit_transfer(struct call_engine *engine, const struct sip_strans *st,
			const struct sip_msg *req, const struct tp_flow *from,
			struct sip_out *lines)
{
	const struct cfg_realm *realm = call_listener(from)->realm->cfg;
	const struct sip_out empty = *lines;
	const struct cfg_domain *named;
	struct sip_uri caller;
	struct view user;
	int status = 0;

	if (!engine->registrar || is_peer(engine, realm, from))
		return 0;
	sip_uri_parse(&caller, req->from.uri);
	named = aor_domain(engine->cfg, &caller);
	for (unsigned int i = 0; i < engine->cfg->ndomains; i++) {
		const struct cfg_domain *domain = &engine->cfg->domains[i];

		if (!authenticates(domain, realm) ||
		    (authenticates(named, realm) && domain != named))
			continue;
		user = VIEW_NONE;
		status = call_authenticate(engine, st, domain, req, from, true, lines, &user);
		if (status)
			continue;
		*lines = empty;
		if (is_himself(engine->cfg, domain, &caller, user))
			return 0;
		return refuse_name(from, lines);
	}
	return status;
}

/* --- */

bool call_is_own_credentials(const struct call_engine *engine, struct view value)
{
	struct sip_credentials credentials;

	return !sip_credentials_parse(&credentials, value) &&
	       cfg_find_domain(engine->cfg, credentials.realm);
}

void call_pass_credentials(const struct call_engine *engine, struct sip_out *out,
			   const struct sip_msg *msg)
{
	static const enum sip_hdr_id ids[] = { SIP_HDR_AUTHORIZATION, SIP_HDR_PROXY_AUTHORIZATION };

	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		const struct sip_header *header = NULL;

		while ((header = sip_msg_header(msg, ids[i], header)))
			if (!call_is_own_credentials(engine, header->value))
				sip_out_header(out, sip_hdr_name(ids[i]), header->value);
	}
}
