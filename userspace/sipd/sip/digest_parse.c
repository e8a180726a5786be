// SPDX-License-Identifier: GPL-2.0-or-later
/* Digest challenges and credentials as they are written (RFC 7616 s.3.3, s.3.4). */
#include <errno.h>

#include "sip/digest.h"

struct param {
	struct view name;
	struct view value; /* without quotes */
};

static void skip_lws(struct view *rest)
{
	while (rest->len && sip_scan_is(*rest->p, SIP_CHAR_LWS)) {
		rest->p++;
		rest->len--;
	}
}

static struct view take(struct view *rest, size_t len)
{
	struct view taken = { rest->p, len };

	rest->p += len;
	rest->len -= len;
	return taken;
}

static struct view take_token(struct view *rest)
{
	size_t len = 0;

	while (len < rest->len && sip_scan_is(rest->p[len], SIP_CHAR_TOKEN))
		len++;
	return take(rest, len);
}

/* What is in quotes; @rest begins with the first one. */
static bool take_quoted(struct view *rest, struct view *value)
{
	size_t i;

	for (i = 1; i < rest->len && rest->p[i] != '"'; i++)
		if (rest->p[i] == '\\')
			i++;
	if (i >= rest->len)
		return false;
	*value = take(rest, i + 1);
	value->p++;
	value->len -= 2;
	return true;
}

/*
 * Some leave out the quotes where there should be some: up to a comma or white space. What could
 * not stand in quotes as it is ends it too, and is malformed.
 */
static bool take_bare(struct view *rest, struct view *value)
{
	size_t len = 0;

	while (len < rest->len && rest->p[len] != ',' && rest->p[len] != '"' &&
	       rest->p[len] != '\\' && !sip_scan_is(rest->p[len], SIP_CHAR_LWS))
		len++;
	*value = take(rest, len);
	return len;
}

/* The next parameter; false: malformed. At the end its name is empty. */
static bool next_param(struct view *rest, struct param *param)
{
	*param = (struct param){ 0 };
	skip_lws(rest);
	while (rest->len && *rest->p == ',') {
		take(rest, 1);
		skip_lws(rest);
	}
	if (!rest->len)
		return true;
	param->name = take_token(rest);
	skip_lws(rest);
	if (!param->name.len || !rest->len || *rest->p != '=')
		return false;
	take(rest, 1);
	skip_lws(rest);
	if (!rest->len || !(*rest->p == '"' ? take_quoted : take_bare)(rest, &param->value))
		return false;
	skip_lws(rest);
	return !rest->len || *rest->p == ',';
}

/* Takes the scheme off; 0 or -ENOTSUP, -EBADMSG. */
static int begin(struct view *rest)
{
	struct view scheme;

	skip_lws(rest);
	scheme = take_token(rest);
	if (!scheme.len)
		return -EBADMSG;
	return view_ieq(scheme, VIEW_LIT("Digest")) ? 0 : -ENOTSUP;
}

static enum sip_digest_algorithm read_algorithm(struct view name)
{
	for (enum sip_digest_algorithm a = SIP_DIGEST_MD5; a <= SIP_DIGEST_SHA512_256_SESS; a++)
		if (view_ieq(name, view_str(sip_digest_algorithm_name(a))))
			return a;
	return SIP_DIGEST_UNKNOWN;
}

static enum sip_digest_qop read_qop(struct view list)
{
	enum sip_digest_qop qop = SIP_DIGEST_QOP_OTHER;
	struct view rest = list, word;

	while (rest.len) {
		skip_lws(&rest);
		word = take_token(&rest);
		if (view_ieq(word, VIEW_LIT("auth")))
			return SIP_DIGEST_QOP_AUTH;
		if (view_ieq(word, VIEW_LIT("auth-int")))
			qop = SIP_DIGEST_QOP_AUTH_INT;
		if (!word.len && rest.len)
			take(&rest, 1);
	}
	return qop;
}

/* A place for a parameter's value; given twice, it could mean two things to two readers. */
struct place {
	const char *name;
	struct view *value;
};

static bool store(const struct place *places, const struct param *param)
{
	for (; places->name; places++) {
		if (!view_ieq(param->name, view_str(places->name)))
			continue;
		if (places->value->p)
			return false;
		*places->value = param->value;
		break;
	}
	return true;
}

static int read_params(struct view value, const struct place *places)
{
	struct param param;
	int ret = begin(&value);

	if (ret)
		return ret;
	for (;;) {
		if (!next_param(&value, &param))
			return -EBADMSG;
		if (!param.name.len)
			return 0;
		if (!store(places, &param))
			return -EBADMSG;
	}
}

int sip_challenge_parse(struct sip_challenge *challenge, struct view value)
{
	struct view algorithm = VIEW_NONE, qop = VIEW_NONE, stale = VIEW_NONE;
	const struct place places[] = {
		{ "realm", &challenge->realm },
		{ "nonce", &challenge->nonce },
		{ "opaque", &challenge->opaque },
		{ "algorithm", &algorithm },
		{ "qop", &qop },
		{ "stale", &stale },
		{ NULL, NULL },
	};
	int ret;

	*challenge = (struct sip_challenge){ .algorithm = SIP_DIGEST_MD5 };
	ret = read_params(value, places);
	if (ret)
		return ret;
	if (algorithm.p)
		challenge->algorithm = read_algorithm(algorithm);
	if (qop.p)
		challenge->qop = read_qop(qop);
	challenge->stale = view_ieq(stale, VIEW_LIT("true"));
	return challenge->realm.p && challenge->nonce.p ? 0 : -EBADMSG;
}

uint32_t sip_credentials_nc(const struct sip_credentials *credentials)
{
	uint32_t nc = 0;

	for (size_t i = 0; i < credentials->nc.len; i++) {
		char c = credentials->nc.p[i];

		nc = nc << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return nc;
}

static bool is_nc(struct view nc)
{
	for (size_t i = 0; i < nc.len; i++)
		if (!sip_scan_is(nc.p[i], SIP_CHAR_HEX))
			return false;
	return nc.len == 8;
}

int sip_credentials_parse(struct sip_credentials *credentials, struct view value)
{
	struct view algorithm = VIEW_NONE, qop = VIEW_NONE;
	struct sip_credentials *c = credentials;
	const struct place places[] = {
		{ "username", &c->username },
		{ "realm", &c->realm },
		{ "nonce", &c->nonce },
		{ "uri", &c->uri },
		{ "response", &c->response },
		{ "cnonce", &c->cnonce },
		{ "nc", &c->nc },
		{ "opaque", &c->opaque },
		{ "algorithm", &algorithm },
		{ "qop", &qop },
		{ NULL, NULL },
	};
	int ret;

	*c = (struct sip_credentials){ .algorithm = SIP_DIGEST_MD5 };
	ret = read_params(value, places);
	if (ret)
		return ret;
	if (algorithm.p)
		c->algorithm = read_algorithm(algorithm);
	if (qop.p)
		c->qop = read_qop(qop);
	if (!c->username.p || !c->realm.p || !c->nonce.p || !c->uri.p || !c->response.p)
		return -EBADMSG;
	if (c->nc.p && (!is_nc(c->nc) || !sip_credentials_nc(c)))
		return -EBADMSG;
	return c->qop == SIP_DIGEST_QOP_NONE || (c->nc.p && c->cnonce.p) ? 0 : -EBADMSG;
}
