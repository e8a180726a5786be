// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/digest.h"

const char *sip_digest_algorithm_name(enum sip_digest_algorithm algorithm)
{
	static const char *const names[] = {
		[SIP_DIGEST_UNKNOWN] = "?",
		[SIP_DIGEST_MD5] = "MD5",
		[SIP_DIGEST_MD5_SESS] = "MD5-sess",
		[SIP_DIGEST_SHA256] = "SHA-256",
		[SIP_DIGEST_SHA256_SESS] = "SHA-256-sess",
		[SIP_DIGEST_SHA512_256] = "SHA-512-256",
		[SIP_DIGEST_SHA512_256_SESS] = "SHA-512-256-sess",
	};

	return names[algorithm];
}

static void quoted(struct sip_out *out, const char *name, struct view value)
{
	sip_out_str(out, name);
	sip_out_str(out, "=\"");
	sip_out_view(out, value);
	sip_out_str(out, "\"");
}

static void plain(struct sip_out *out, const char *name, const char *value)
{
	sip_out_str(out, name);
	sip_out_str(out, "=");
	sip_out_str(out, value);
}

static void begin(struct sip_out *out, const char *name)
{
	sip_out_str(out, name);
	sip_out_str(out, ": Digest ");
}

void sip_challenge_write(struct sip_out *out, const char *name,
			 const struct sip_challenge *challenge)
{
	begin(out, name);
	quoted(out, "realm", challenge->realm);
	quoted(out, ", nonce", challenge->nonce);
	if (challenge->opaque.p)
		quoted(out, ", opaque", challenge->opaque);
	plain(out, ", algorithm", sip_digest_algorithm_name(challenge->algorithm));
	if (challenge->qop == SIP_DIGEST_QOP_AUTH)
		plain(out, ", qop", "\"auth\"");
	if (challenge->stale)
		plain(out, ", stale", "true");
	sip_out_str(out, "\r\n");
}

void sip_credentials_write(struct sip_out *out, const char *name,
			   const struct sip_credentials *credentials)
{
	begin(out, name);
	quoted(out, "username", credentials->username);
	quoted(out, ", realm", credentials->realm);
	quoted(out, ", nonce", credentials->nonce);
	quoted(out, ", uri", credentials->uri);
	quoted(out, ", response", credentials->response);
	plain(out, ", algorithm", sip_digest_algorithm_name(credentials->algorithm));
	if (credentials->cnonce.p)
		quoted(out, ", cnonce", credentials->cnonce);
	if (credentials->opaque.p)
		quoted(out, ", opaque", credentials->opaque);
	if (credentials->qop != SIP_DIGEST_QOP_NONE) {
		plain(out, ", qop", credentials->qop == SIP_DIGEST_QOP_AUTH ? "auth" : "auth-int");
		sip_out_str(out, ", nc=");
		sip_out_view(out, credentials->nc);
	}
	sip_out_str(out, "\r\n");
}
