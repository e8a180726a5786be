// SPDX-License-Identifier: GPL-2.0-or-later
/* Via, From, To, Contact, Route and Call-ID. */
#include <string.h>
#include <strings.h>

#include "sip_grammar.h"

static bool is_delimiter(int c)
{
	return c <= 0x20 || c == 0x7f || among(c, "\",;<>");
}

/* gen-value, and the addresses that received has. */
static bool gen_value(struct reader *r)
{
	const char *begin = r->p;

	if (peek(r) == '"')
		return quoted_string(r);
	if (tolerates(r, SIP_TOLERATE_PARAM)) {
		while (!is_delimiter(peek(r)))
			r->p++;
		return r->p > begin;
	}
	if (ipv6_reference(r))
		return true;
	while (is_token(peek(r)) || peek(r) == ':')
		r->p++;
	return r->p > begin;
}

/* A parameter that is wanted: comes once with a value, or never. */
struct wanted {
	const char *name;
	struct sip_reference_text value;
};

/* generic-param */
static bool param(struct reader *r, struct wanted *wanted, size_t nwanted)
{
	const char *begin = r->p, *end;
	struct wanted *found = NULL;
	bool assigned;

	if (!run_of(r, is_token))
		return false;
	end = r->p;
	for (size_t i = 0; i < nwanted; i++)
		if ((size_t)(end - begin) == strlen(wanted[i].name) &&
		    !strncasecmp(begin, wanted[i].name, strlen(wanted[i].name)))
			found = &wanted[i];
	assigned = separator(r, '=');
	begin = r->p;
	if (assigned && !gen_value(r))
		return false;
	if (!found)
		return true;
	if (!assigned || found->value.len)
		return false;
	found->value = text_of(r, begin, r->p);
	return true;
}

/* *( SEMI generic-param ) */
static bool params(struct reader *r, struct wanted *wanted, size_t nwanted)
{
	while (separator(r, ';'))
		if (!param(r, wanted, nwanted))
			return false;
	return true;
}

/* via-parm */
bool via(struct reader *r, struct sip_reference_text *sent_by,
		struct sip_reference_text *branch)
{
	struct wanted wanted[] = { { .name = "branch" }, { .name = "received" } };
	const char *begin;

	if (!run_of(r, is_token) || !separator(r, '/') || !run_of(r, is_token) ||
	    !separator(r, '/') || !run_of(r, is_token) || !lws(r))
		return false;
	begin = r->p;
	if (!host(r))
		return false;
	*sent_by = text_of(r, begin, r->p);
	if (separator(r, ':')) {
		if (!port(r))
			return false;
		*sent_by = text_of(r, begin, r->p);
	}
	if (!params(r, wanted, 2))
		return false;
	*branch = wanted[0].value;
	return true;
}

/* display-name, and the SWS of LAQUOT */
static void display_name(struct reader *r)
{
	const char *begin;

	if (peek(r) == '"') {
		if (quoted_string(r))
			lws(r);
		return;
	}
	if (tolerates(r, SIP_TOLERATE_DISPLAY)) {
		while (is_token(peek(r)) || peek(r) >= 0x80 || among(peek(r), " \t\r\n"))
			r->p++;
		return;
	}
	do
		begin = r->p;
	while (run_of(r, is_token) && lws(r));
	r->p = begin;
}

/* ( name-addr / addr-spec ) *( SEMI generic-param ) */
bool address(struct reader *r, bool brackets, struct sip_reference_text *tag)
{
	struct wanted wanted = { .name = "tag" };
	const char *begin = r->p, *end;

	display_name(r);
	if (octet(r, '<')) {
		begin = r->p;
		while (peek(r) > 0x20 && peek(r) != '>')
			r->p++;
		end = r->p;
		if (!octet(r, '>'))
			return false;
	} else {
		/* Such an addr-spec has no ',', '?' or ';' (s.20). */
		r->p = begin;
		while (peek(r) > 0x20 && !among(peek(r), ",;?"))
			r->p++;
		end = r->p;
		if (brackets)
			return false;
	}
	if (!uri(r, begin, end, true) || !params(r, &wanted, 1))
		return false;
	*tag = wanted.value;
	return true;
}

bool addresses(struct reader *r, bool brackets)
{
	struct sip_reference_text tag;

	do
		if (!address(r, brackets, &tag))
			return false;
	while (separator(r, ','));
	return true;
}

static bool is_word(int c)
{
	return is_alphanum(c) || among(c, "-.!%*_+`'~()<>:\\\"/[]?{}");
}

static bool is_visible(int c)
{
	return c > 0x20 && c < 0x7f;
}

bool call_id(struct reader *r)
{
	if (tolerates(r, SIP_TOLERATE_CALL_ID))
		return run_of(r, is_visible);
	return run_of(r, is_word) && (!octet(r, '@') || run_of(r, is_word));
}
