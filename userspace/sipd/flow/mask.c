// SPDX-License-Identifier: GPL-2.0-or-later
#include "flow/mask.h"

#include <stdbool.h>
#include <string.h>

#include "base/view.h"

/* A piece of the text that can be written to. */
struct span {
	char *p, *end;
};

static void hide(char *from, const char *to)
{
	for (; from < to; from++)
		if (*from != '\r' && *from != '\n')
			*from = '*';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char *skip_blanks(char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	return p;
}

static bool begins(const char *p, const char *end, const char *word)
{
	size_t len = strlen(word);

	return (size_t)(end - p) >= len && !strncasecmp(p, word, len);
}

/* The end of the line at @p. A CR alone ends it too: a header may follow for some reader. */
static char *line_end(char *p, const char *end)
{
	while (p < end && *p != '\r' && *p != '\n')
		p++;
	return p;
}

/* Behind the one line break at @p. */
static char *skip_break(char *p, const char *end)
{
	if (p < end && *p == '\r')
		p++;
	return p < end && *p == '\n' ? p + 1 : p;
}

/* The same with the lines that are folded onto it. */
static char *header_end(char *p, const char *end)
{
	char *stop = line_end(p, end), *next;

	while ((next = skip_break(stop, end)) < end && next > stop &&
	       (*next == ' ' || *next == '\t'))
		stop = line_end(next, end);
	return stop;
}

/* Behind the value at @p: quoted, or up to a comma or blank. */
static char *value_end(char *p, char *end)
{
	if (p < end && *p == '"') {
		for (p++; p < end && *p != '"'; p++)
			if (*p == '\\' && p + 1 < end)
				p++;
		return p < end ? p + 1 : end;
	}
	while (p < end && *p != ',' && *p != ';' && !is_blank(*p))
		p++;
	return p;
}

static bool is_one_of(struct view name, const char *const *names)
{
	for (; *names; names++)
		if (view_ieq(name, view_str(*names)))
			return true;
	return false;
}

/* Hides the value, but for the quotes around it. */
static void hide_value(char *from, char *to)
{
	if (to - from >= 2 && *from == '"' && to[-1] == '"')
		hide(from + 1, to - 1);
	else
		hide(from, to);
}

/*
 * The parameters "a=b, c=d" of a header: hides the values of those in @names, or with @others of
 * all that are not in @names.
 */
static void mask_params(struct span value, const char *const *names, bool others)
{
	char *p = value.p;

	while (p < value.end) {
		char *name, *name_end, *end;

		while (p < value.end && (is_blank(*p) || *p == ',' || *p == ';'))
			p++;
		name = p;
		while (p < value.end && *p != '=' && *p != ',' && *p != ';' && !is_blank(*p))
			p++;
		name_end = p;
		p = skip_blanks(p, value.end);
		if (p == value.end || *p != '=') {
			/* No parameter: may be half of a secret that was torn apart. */
			if (others)
				hide(name, name_end);
			continue;
		}
		p = skip_blanks(p + 1, value.end);
		end = value_end(p, value.end);
		if (is_one_of((struct view){ name, (size_t)(name_end - name) }, names) != others)
			hide_value(p, end);
		p = end;
	}
}

static void mask_credentials(struct span value)
{
	static const char *const harmless[] = { "username", "realm", "uri",	 "algorithm",
						"qop",	    "nc",    "userhash", NULL };
	char *p = skip_blanks(value.p, value.end), *scheme = p;

	while (p < value.end && !is_blank(*p))
		p++;
	/* Of any other scheme all that follows is the secret. */
	if (p - scheme == 6 && begins(scheme, p, "Digest"))
		mask_params((struct span){ p, value.end }, harmless, true);
	else
		hide(skip_blanks(p, value.end), value.end);
}

/* sip:user:password@host, wherever it stands. */
static void mask_passwords(char *p, char *end)
{
	char *colon, *from, *q;

	while ((colon = memchr(p, ':', (size_t)(end - p)))) {
		from = NULL;
		for (q = colon + 1; q < end && !is_blank(*q) && !strchr("<>\"@", *q); q++)
			if (*q == ':' && !from)
				from = q + 1;
		if (q < end && *q == '@' && from)
			hide(from, q);
		p = q;
	}
}

/* sip:user@host?Authorization=... (RFC 3261 s.19.1.1) */
static void mask_uri_headers(char *p, char *end)
{
	static const char name[] = "uthorization=";
	char *found;

	while ((found = memchr(p, '=', (size_t)(end - p)))) {
		char *q = found + 1;
		size_t before = sizeof(name) - 1;

		if ((size_t)(q - p) >= before && !strncasecmp(q - before, name, before)) {
			while (q < end && !is_blank(*q) && !strchr("&>", *q))
				q++;
			hide(found + 1, q);
		}
		p = q;
	}
}

/* Behind the colon of "@name :"; NULL: it is another header. */
static char *header_value(struct span line, const char *name)
{
	char *p = line.p + strlen(name);

	if (!begins(line.p, line.end, name))
		return NULL;
	while (p < line.end && (*p == ' ' || *p == '\t'))
		p++;
	return p < line.end && *p == ':' ? p + 1 : NULL;
}

/* One header with what is folded onto it, or the start line. */
static void mask_header(struct span line)
{
	static const char *const mutual[] = { "rspauth", "nextnonce", "cnonce", NULL };
	char *value = header_value(line, "Authorization");

	if (!value)
		value = header_value(line, "Proxy-Authorization");
	if (value) {
		mask_credentials((struct span){ value, line.end });
		return;
	}
	value = header_value(line, "Authentication-Info");
	if (!value)
		value = header_value(line, "Proxy-Authentication-Info");
	if (value)
		mask_params((struct span){ value, line.end }, mutual, false);
	mask_passwords(line.p, line.end);
	mask_uri_headers(line.p, line.end);
}

/* a=crypto:1 SUITE inline:KEY|LIFETIME ;inline:KEY */
static void mask_crypto(struct span line)
{
	char *p = line.p;

	while (p < line.end && (p = memmem(p, (size_t)(line.end - p), "inline:", 7))) {
		char *from = p += 7;

		while (p < line.end && !is_blank(*p) && !strchr("|;", *p))
			p++;
		hide(from, p);
	}
}

static void mask_sdp_line(struct span line)
{
	char *value;

	if (begins(line.p, line.end, "a=crypto:"))
		mask_crypto(line);
	else if (begins(line.p, line.end, "a=key-mgmt:"))
		hide(line.p + sizeof("a=key-mgmt:") - 1, line.end);
	else if (begins(line.p, line.end, "a=ice-pwd:"))
		hide(line.p + sizeof("a=ice-pwd:") - 1, line.end);
	else if (begins(line.p, line.end, "k=")) {
		value = memchr(line.p, ':', (size_t)(line.end - line.p));
		hide(value ? value + 1 : line.p + 2, line.end);
	}
}

/* What the headers tell of the body. */
struct subject {
	bool message, info; /* by the method */
	bool dtmf; /* by the type */
};

static void note_header(struct subject *subject, struct span line)
{
	char *type = header_value(line, "Content-Type");

	if (!type && (line.p < line.end) && (*line.p | ' ') == 'c')
		type = header_value(line, "c");
	if (!type)
		return;
	type = skip_blanks(type, line.end);
	subject->dtmf |= begins(type, line.end, "application/dtmf") ||
			 begins(type, line.end, "application/vnd.nortelnetworks.digits");
}

/* Behind the empty line; NULL: there is none. */
static char *find_body(char *p, char *end)
{
	while (p < end && (*p == '\r' || *p == '\n'))
		p++;
	while ((p = memchr(p, '\n', (size_t)(end - p)))) {
		p++;
		if (p < end && (*p == '\n' || (*p == '\r' && p + 1 < end && p[1] == '\n')))
			return skip_break(p, end);
	}
	return NULL;
}

void flow_mask(char *text, size_t len, unsigned int secrets)
{
	char *end = text + len, *body = find_body(text, end), *p = text, *stop;
	struct subject subject = { 0 };

	while (p < end && (*p == '\r' || *p == '\n'))
		p++;
	subject.message = begins(p, end, "MESSAGE ");
	subject.info = begins(p, end, "INFO ");
	/* Bodies may be SIP, too (RFC 3420), and what is broken may begin anywhere. */
	for (; p < end; p = skip_break(stop, end)) {
		stop = header_end(p, end);
		note_header(&subject, (struct span){ p, stop });
		if (secrets & FLOW_SECRET_CREDENTIALS)
			mask_header((struct span){ p, stop });
		if (secrets & FLOW_SECRET_KEYS)
			mask_sdp_line((struct span){ p, stop });
	}
	if (body && (((secrets & FLOW_SECRET_MESSAGES) && subject.message) ||
		     ((secrets & FLOW_SECRET_DTMF) && subject.info && subject.dtmf)))
		hide(body, end);
}
