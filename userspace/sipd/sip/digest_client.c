// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "sip/digest.h"

static const struct sip_digest_account *find_account(const struct sip_digest_question *question,
						     const struct sip_digest_account *accounts,
						     size_t count, struct view realm)
{
	for (const struct sip_digest_account *a = accounts; a < accounts + count; a++)
		if (tp_addr_same_host(&a->peer, question->from) &&
		    (!a->realm.p || view_eq(a->realm, realm)))
			return a;
	return NULL;
}

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

static int answer_one(const struct sip_digest_question *question,
		      const struct sip_digest_account *account,
		      const struct sip_challenge *challenge, const char *name, struct sip_out *out)
{
	char response[SIP_DIGEST_STRLEN];
	uint8_t ha1[SIP_DIGEST_MAX];
	struct sip_credentials credentials = {
		.username = account->user,
		.realm = challenge->realm,
		.nonce = challenge->nonce,
		.uri = question->uri,
		.opaque = challenge->opaque,
		.algorithm = challenge->algorithm,
		.qop = challenge->qop,
	};
	bool sess = challenge->algorithm == SIP_DIGEST_MD5_SESS ||
		    challenge->algorithm == SIP_DIGEST_SHA256_SESS;
	int ret;

	if (challenge->qop == SIP_DIGEST_QOP_AUTH || sess)
		credentials.cnonce = question->cnonce;
	if (challenge->qop == SIP_DIGEST_QOP_AUTH)
		credentials.nc = VIEW_LIT("00000001");
	ret = sip_digest_ha1(challenge->algorithm, account->user, challenge->realm,
			     account->password, ha1);
	if (!ret)
		ret = sip_digest_response(&credentials, ha1, question->method, response);
	if (ret)
		return ret;
	credentials.response = view_str(response);
	sip_credentials_write(out, name, &credentials);
	return 0;
}

int sip_digest_answer(const struct sip_digest_question *question,
		      const struct sip_digest_account *accounts, size_t naccounts,
		      struct sip_out *out)
{
	bool proxy = question->response->status == 407;
	enum sip_hdr_id id = proxy ? SIP_HDR_PROXY_AUTHENTICATE : SIP_HDR_WWW_AUTHENTICATE;
	const struct sip_digest_account *account;
	const struct sip_header *header = NULL;
	struct sip_challenge challenge;
	int answered = 0;

	while ((header = sip_msg_header(question->response, id, header))) {
		if (!read(header, &challenge) || is_beaten(question->response, header, &challenge))
			continue;
		account = find_account(question, accounts, naccounts, challenge.realm);
		if (!account)
			continue;
		if (question->tried && !challenge.stale)
			return -EACCES;
		if (!answer_one(question, account, &challenge,
				proxy ? "Proxy-Authorization" : "Authorization", out))
			answered++;
	}
	return answered ? answered : -ENOENT;
}
