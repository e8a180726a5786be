// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip_scan.h"

static const char *skip(const char *p, const char *end, unsigned int set)
{
	while (p < end && sip_scan_is(*p, set))
		p++;
	return p;
}

static const char *trim_back(const char *begin, const char *end)
{
	while (end > begin && sip_scan_is(end[-1], SIP_CHAR_LWS))
		end--;
	return end;
}

/* Behind the quoted string that opens at @p; NULL: it does not end, or has control characters. */
static const char *skip_quoted(const char *p, const char *end)
{
	for (p++; p < end; p++) {
		if (sip_scan_is(*p, SIP_CHAR_QUOTED))
			continue;
		if (*p == '"')
			return p + 1;
		if (*p != '\\' || ++p == end || sip_scan_is(*p, SIP_CHAR_LINE | SIP_CHAR_HIGH))
			return NULL;
	}
	return NULL;
}

/* Behind the comment that opens at @p, nested ones included (s.25.1), or NULL. */
static const char *skip_comment(const char *p, const char *end)
{
	unsigned int depth = 0;

	for (; p < end; p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
		else if (*p == '(')
			depth++;
		else if (*p == ')' && !--depth)
			return p + 1;
	}
	return NULL;
}

static const char *skip_brackets(const char *p, const char *end)
{
	while (p < end)
		if (*p++ == '>')
			return p;
	return NULL;
}

/* @known is in small letters. */
static bool is_named(struct sip_scan_text name, const char *known)
{
	size_t i;

	for (i = 0; i < name.len; i++)
		if (!known[i] || (name.p[i] | 0x20) != known[i])
			return false;
	return !known[i];
}

bool sip_scan_number(struct sip_scan_text text, uint32_t max, uint32_t *number)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (!sip_scan_is(text.p[i], SIP_CHAR_DIGIT))
			return false;
		sum = sum * 10 + (text.p[i] - '0');
		if (sum > max)
			return false;
	}
	*number = sum;
	return text.len;
}

const char *sip_scan_host(const char *p, const char *end)
{
	const char *begin = p;

	if (p < end && *p == '[') {
		for (p++; p < end && (sip_scan_is(*p, SIP_CHAR_HEX) || *p == ':' || *p == '.'); p++)
			;
		return p - begin > 2 && p < end && *p == ']' ? p + 1 : NULL;
	}
	p = skip(p, end, SIP_CHAR_HOST);
	return p > begin ? p : NULL;
}

bool sip_scan_list_next(struct sip_scan_text *rest, struct sip_scan_text *element)
{
	const char *begin, *end, *p, *next;

	if (!rest->len)
		return false;
	end = rest->p + rest->len;
	begin = sip_scan_skip_lws(rest->p, end);
	if (begin == end)
		return false;
	for (p = begin; p < end && *p != ','; p = next ? next : end) {
		next = p + 1;
		if (*p == '"')
			next = skip_quoted(p, end);
		else if (*p == '<')
			next = skip_brackets(p, end);
		else if (*p == '(' && (p == begin || sip_scan_is(p[-1], SIP_CHAR_LWS)))
			next = skip_comment(p, end);
	}
	*element = sip_scan_between(begin, trim_back(begin, p));
	*rest = sip_scan_between(p < end ? p + 1 : end, end);
	return true;
}

int sip_scan_param_next(struct sip_scan_text *params, struct sip_scan_param *param)
{
	const char *begin, *end, *p;

	if (!params->len)
		return 0;
	end = params->p + params->len;
	begin = sip_scan_skip_lws(params->p, end);
	p = skip(begin, end, SIP_CHAR_TOKEN);
	if (begin == end)
		return 0;
	if (p == begin)
		return -1;
	param->name = sip_scan_between(begin, p);
	param->value = sip_scan_between(NULL, NULL);
	p = sip_scan_skip_lws(p, end);
	if (p < end && *p == '=') {
		begin = sip_scan_skip_lws(p + 1, end);
		if (begin < end && *begin == '"')
			p = skip_quoted(begin, end);
		else
			p = skip(begin, end, SIP_CHAR_VALUE);
		if (!p || p == begin)
			return -1;
		param->value = sip_scan_between(begin, p);
		p = sip_scan_skip_lws(p, end);
	}
	if (p < end) {
		if (*p != ';')
			return -1;
		p = sip_scan_skip_lws(p + 1, end);
		if (p == end)
			return -1;
	}
	*params = sip_scan_between(p, end);
	return 1;
}

/* What follows an address: nothing, or ";" and parameters, which go to @params. */
static bool open_params(const char *p, const char *end, struct sip_scan_text *params)
{
	p = sip_scan_skip_lws(p, end);
	if (p == end)
		return true;
	if (*p != ';')
		return false;
	*params = sip_scan_between(sip_scan_skip_lws(p + 1, end), end);
	return params->len;
}

/* A parameter that matters must not come twice (s.7.3.1), and needs a value. */
static bool take_param(const struct sip_scan_param *param, const char *known,
		       struct sip_scan_text *value)
{
	if (!is_named(param->name, known))
		return true;
	if (value->p || !param->value.p)
		return false;
	*value = param->value;
	return true;
}

bool sip_scan_nameaddr(struct sip_scan_nameaddr *addr, struct sip_scan_text text)
{
	static const struct sip_scan_nameaddr nothing;
	struct sip_scan_text params;
	struct sip_scan_param param;
	const char *begin, *end, *p;
	int ret;

	*addr = nothing;
	if (!text.len)
		return false;
	end = text.p + text.len;
	begin = sip_scan_skip_lws(text.p, end);
	if (begin < end && *begin == '"') {
		p = skip_quoted(begin, end);
		if (!p)
			return false;
		addr->display = sip_scan_between(begin, p);
		p = sip_scan_skip_lws(p, end);
	} else {
		p = skip(begin, end, SIP_CHAR_TOKEN | SIP_CHAR_LWS | SIP_CHAR_HIGH);
		if (p < end && *p == '<' && p > begin)
			addr->display = sip_scan_between(begin, trim_back(begin, p));
	}
	if (p < end && *p == '<') {
		begin = p + 1;
		for (p = begin; p < end && *p != '>' && !sip_scan_is(*p, SIP_CHAR_LWS); p++)
			;
		if (p == end || *p != '>' || p == begin)
			return false;
		addr->uri = sip_scan_between(begin, p++);
	} else {
		if (p == end || *p != ':' || addr->display.p)
			return false;
		/* Without brackets, the URI can have no ',', '?' or ';' (s.20). */
		for (p = begin; p < end && *p != ';' && !sip_scan_is(*p, SIP_CHAR_LWS); p++)
			if (*p == ',' || *p == '?')
				return false;
		addr->uri = sip_scan_between(begin, p);
	}

	if (!open_params(p, end, &addr->params))
		return false;
	params = addr->params;
	while ((ret = sip_scan_param_next(&params, &param)) > 0)
		if (!take_param(&param, "tag", &addr->tag))
			return false;
	return !ret;
}

/* sent-protocol: SIP / 2.0 / UDP, of any name and version. */
static const char *skip_protocol(const char *p, const char *end, struct sip_scan_text *transport)
{
	const char *begin = p;
	int part;

	for (part = 0;; part++) {
		begin = sip_scan_skip_lws(p, end);
		p = skip(begin, end, SIP_CHAR_TOKEN);
		if (p == begin)
			return NULL;
		if (part == 2)
			break;
		p = sip_scan_skip_lws(p, end);
		if (p == end || *p != '/')
			return NULL;
		p++;
	}
	*transport = sip_scan_between(begin, p);
	begin = sip_scan_skip_lws(p, end);
	return begin > p ? begin : NULL;
}

static const char *skip_sent_by(const char *begin, const char *end, struct sip_scan_via *via)
{
	const char *p = sip_scan_host(begin, end), *digits;
	uint32_t port;

	if (!p)
		return NULL;
	via->host = sip_scan_between(begin, p);
	via->sent_by = via->host;
	p = sip_scan_skip_lws(p, end);
	if (p == end || *p != ':')
		return p;
	digits = sip_scan_skip_lws(p + 1, end);
	p = skip(digits, end, SIP_CHAR_DIGIT);
	if (!sip_scan_number(sip_scan_between(digits, p), 0xffff, &port) || !port)
		return NULL;
	via->port = port;
	via->sent_by = sip_scan_between(begin, p);
	return p;
}

bool sip_scan_via(struct sip_scan_via *via, struct sip_scan_text text)
{
	static const struct sip_scan_via nothing;
	struct sip_scan_text params;
	struct sip_scan_param param;
	const char *end, *p;
	int ret;

	*via = nothing;
	if (!text.len)
		return false;
	end = text.p + text.len;
	p = skip_protocol(text.p, end, &via->transport);
	if (p)
		p = skip_sent_by(p, end, via);
	if (!p || !open_params(p, end, &via->params))
		return false;
	params = via->params;
	while ((ret = sip_scan_param_next(&params, &param)) > 0) {
		if (!take_param(&param, "branch", &via->branch) ||
		    !take_param(&param, "received", &via->received))
			return false;
		if (is_named(param.name, "rport") && !param.value.p)
			via->rport = true;
	}
	return !ret;
}

bool sip_scan_cseq(struct sip_scan_text text, uint32_t *number, struct sip_scan_text *method)
{
	const char *begin, *end, *p;

	if (!text.len)
		return false;
	end = text.p + text.len;
	p = skip(text.p, end, SIP_CHAR_DIGIT);
	begin = sip_scan_skip_lws(p, end);
	if (begin == p || !sip_scan_number(sip_scan_between(text.p, p), 0x7fffffff, number))
		return false;
	p = skip(begin, end, SIP_CHAR_TOKEN);
	if (p == begin || p != end)
		return false;
	*method = sip_scan_between(begin, p);
	return true;
}

bool sip_scan_call_id(struct sip_scan_text text)
{
	return text.len && skip(text.p, text.p + text.len, SIP_CHAR_VISIBLE) == text.p + text.len;
}
