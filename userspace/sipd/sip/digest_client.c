// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/crypto.h>

#include "sip/digest.h"

static bool can_meet(const struct sip_challenge *challenge)
{
	return challenge->algorithm != SIP_DIGEST_UNKNOWN && challenge->qop != SIP_DIGEST_QOP_OTHER;
}

static bool read(const struct sip_header *header, struct sip_challenge *challenge)
{
	return !sip_challenge_parse(challenge, header->value) && can_meet(challenge);
}

/* Is a challenge of the same realm stronger, or as strong and before this one? */
static bool is_beaten(const struct sip_msg *response, const struct sip_header *header,
		      const struct sip_challenge *challenge)
{
	const struct sip_header *other = NULL;
	struct sip_challenge than;

	while ((other = sip_msg_header(response, header->id, other))) {
		if (other == header || !read(other, &than) ||
		    !view_eq(than.realm, challenge->realm))
			continue;
		if (than.algorithm > challenge->algorithm ||
		    (than.algorithm == challenge->algorithm && other < header))
			return true;
	}
	return false;
}

const struct sip_header *sip_challenge_next(const struct sip_msg *response,
					    const struct sip_header *after,
					    struct sip_challenge *challenge)
{
	enum sip_hdr_id id = response->status == 407 ? SIP_HDR_PROXY_AUTHENTICATE :
						       SIP_HDR_WWW_AUTHENTICATE;
	const struct sip_header *header = after;

	while ((header = sip_msg_header(response, id, header)))
		if (read(header, challenge) && !is_beaten(response, header, challenge))
			return header;
	return NULL;
}

/* --- what a challenge leaves --- */

struct sip_digest_session {
	struct sip_credentials credentials; /* all that does not change, its texts in @text */
	uint8_t ha1[SIP_DIGEST_MAX];
	uint32_t nc; /* times that the nonce was used */
	uint32_t users; /* who hold it */
	bool proxy;
	char text[];
};

static struct view copy(char **to, struct view text)
{
	struct view copied = { *to, text.len };

	if (!text.p)
		return VIEW_NONE;
	memcpy(*to, text.p, text.len);
	*to += text.len;
	return copied;
}

struct sip_digest_session *sip_digest_session_alloc(const struct sip_challenge *challenge,
						    bool proxy,
						    const struct sip_digest_account *account,
						    struct view cnonce)
{
	size_t room = challenge->realm.len + challenge->nonce.len + challenge->opaque.len +
		      account->user.len + cnonce.len;
	struct sip_digest_session *session = calloc(1, sizeof(*session) + room);
	struct sip_credentials *credentials;
	char *p;

	if (!session)
		return NULL;
	session->users = 1;
	p = session->text;
	credentials = &session->credentials;
	credentials->username = copy(&p, account->user);
	credentials->realm = copy(&p, challenge->realm);
	credentials->nonce = copy(&p, challenge->nonce);
	credentials->opaque = copy(&p, challenge->opaque);
	credentials->algorithm = challenge->algorithm;
	credentials->qop = challenge->qop;
	/* Once for all requests, as the key of a -sess algorithm is made from it (s.3.4.2). */
	if (challenge->qop != SIP_DIGEST_QOP_NONE || sip_digest_is_sess(challenge->algorithm))
		credentials->cnonce = copy(&p, cnonce);
	session->proxy = proxy;
	if (!sip_digest_ha1(challenge->algorithm, account->user, challenge->realm,
			    account->password, session->ha1))
		return session;
	sip_digest_session_put(session);
	return NULL;
}

struct sip_digest_session *sip_digest_session_get(struct sip_digest_session *session)
{
	session->users++;
	return session;
}

void sip_digest_session_put(struct sip_digest_session *session)
{
	if (!session || --session->users)
		return;
	OPENSSL_cleanse(session->ha1, sizeof(session->ha1));
	free(session);
}

bool sip_digest_session_is(const struct sip_digest_session *session, bool proxy, struct view realm)
{
	return session->proxy == proxy && view_eq(session->credentials.realm, realm);
}

struct view sip_digest_session_realm(const struct sip_digest_session *session)
{
	return session->credentials.realm;
}

bool sip_digest_session_same(const struct sip_digest_session *a, const struct sip_digest_session *b)
{
	return sip_digest_session_is(a, b->proxy, b->credentials.realm);
}

bool sip_digest_session_refused(const struct sip_digest_session *session,
				const struct sip_challenge *challenge, bool answered, bool *renewed)
{
	bool same = view_eq(session->credentials.nonce, challenge->nonce);

	if (!answered && !same)
		return false;
	if (!challenge->stale || same || *renewed)
		return true;
	*renewed = true;
	return false;
}

int sip_digest_session_write(struct sip_digest_session *session,
			     const struct sip_digest_request *request, struct sip_out *out)
{
	struct sip_credentials credentials = session->credentials;
	char response[SIP_DIGEST_STRLEN], nc[9];
	int ret;

	credentials.uri = request->uri;
	credentials.body = request->body;
	if (credentials.qop != SIP_DIGEST_QOP_NONE) {
		snprintf(nc, sizeof(nc), "%08x", ++session->nc);
		credentials.nc = view_str(nc);
	}
	ret = sip_digest_response(&credentials, session->ha1, request->method, response);
	if (ret)
		return ret;
	credentials.response = view_str(response);
	sip_credentials_write(out, session->proxy ? "Proxy-Authorization" : "Authorization",
			      &credentials);
	return 0;
}
