// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Challenges and credentials: what is read lies inside the value, and what is written of it is read
 * again as the same.
 */
#include <stdlib.h>
#include <string.h>

#include "sip/digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_inside(struct view part, struct view whole)
{
	if (part.p)
		check(part.p >= whole.p && part.len <= whole.len &&
		      (size_t)(part.p - whole.p) <= whole.len - part.len);
}

static void check_same(struct view a, struct view b)
{
	check(!a.p == !b.p && view_eq(a, b));
}

/* The value of the header line that was written. */
static struct view value_of(const struct sip_out *out)
{
	const char *colon = memchr(out->p, ':', out->len);

	check(sip_out_ok(out) && colon);
	return view_trim((struct view){ colon + 1, (size_t)(out->p + out->len - colon - 1) });
}

static bool has_quote(struct view v)
{
	return v.len && memchr(v.p, '"', v.len);
}

static void try_challenge(struct view value, char *text, size_t cap)
{
	struct sip_challenge challenge, again;
	struct sip_out out;

	if (sip_challenge_parse(&challenge, value))
		return;
	check_inside(challenge.realm, value);
	check_inside(challenge.nonce, value);
	check_inside(challenge.opaque, value);
	if (challenge.algorithm == SIP_DIGEST_UNKNOWN)
		return;
	sip_out_init(&out, text, cap);
	sip_challenge_write(&out, "WWW-Authenticate", &challenge);
	check(!sip_challenge_parse(&again, value_of(&out)));
	check_same(again.realm, challenge.realm);
	check_same(again.nonce, challenge.nonce);
	check_same(again.opaque, challenge.opaque);
	check(again.algorithm == challenge.algorithm && again.stale == challenge.stale);
}

/* The arithmetic takes whatever was read. */
static void try_response(const struct sip_credentials *credentials)
{
	static const uint8_t ha1[SIP_DIGEST_MAX];
	char response[SIP_DIGEST_STRLEN];

	if (sip_digest_response(credentials, ha1, VIEW_LIT("REGISTER"), response))
		return;
	check(strlen(response) == 2 * sip_digest_size(credentials->algorithm));
	sip_digest_equal(credentials->response, view_str(response));
}

static void try_credentials(struct view value, char *text, size_t cap)
{
	struct sip_credentials c, again;
	struct sip_out out;

	if (sip_credentials_parse(&c, value))
		return;
	check_inside(c.username, value);
	check_inside(c.realm, value);
	check_inside(c.uri, value);
	check_inside(c.response, value);
	check_inside(c.cnonce, value);
	check(!c.nc.p || sip_credentials_nc(&c));
	try_response(&c);
	if (c.algorithm == SIP_DIGEST_UNKNOWN || c.qop == SIP_DIGEST_QOP_OTHER)
		return;
	sip_out_init(&out, text, cap);
	sip_credentials_write(&out, "Authorization", &c);
	check(!sip_credentials_parse(&again, value_of(&out)));
	check_same(again.username, c.username);
	check_same(again.realm, c.realm);
	check_same(again.nonce, c.nonce);
	check_same(again.uri, c.uri);
	check_same(again.response, c.response);
	check_same(again.opaque, c.opaque);
	check(again.algorithm == c.algorithm && again.qop == c.qop);
	check(!has_quote(again.nc));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t cap = 2 * size + 512;
	char *copy = malloc(size ? size : 1), *text = malloc(cap);
	struct view value = { copy, size };

	check(copy && text);
	if (size)
		memcpy(copy, data, size);
	try_challenge(value, text, cap);
	try_credentials(value, text, cap);
	free(copy);
	free(text);
	return 0;
}
