// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each header that is looked at has a quick way for the form it nearly always has. Whatever is
 * unusual in a line (white space before the colon, folding, quotes behind an address, an end in LF
 * alone) gives NULL there, and the line is read once more by what sipd reads it with.
 */
#include "sip_scan_line.h"
#include "sip_scan_word.h"

#define BIT(id) (1U << (id))

/* Two letters of a header's name, or of a compact form and its colon. */
#define PAIR(a, b) ((a) | (b) << 8)
#define PAIR_FOLD PAIR(' ', ' ')

#define NAME_VIA WORD_OF('v', 'i', 'a', ':', 0, 0, 0, 0)
#define NAME_FROM WORD_OF('f', 'r', 'o', 'm', ':', 0, 0, 0)
#define NAME_TO WORD_OF('t', 'o', ':', 0, 0, 0, 0, 0)
#define NAME_CALL_ID WORD_OF('c', 'a', 'l', 'l', '-', 'i', 'd', ':')
#define NAME_CSEQ WORD_OF('c', 's', 'e', 'q', ':', 0, 0, 0)
#define NAME_CONTENT WORD_OF('c', 'o', 'n', 't', 'e', 'n', 't', '-')
#define NAME_LENGTH WORD_OF('l', 'e', 'n', 'g', 't', 'h', ':', 0)
#define NAME_MAX_FORW WORD_OF('m', 'a', 'x', '-', 'f', 'o', 'r', 'w')
#define NAME_ARDS WORD_OF('a', 'r', 'd', 's', ':', 0, 0, 0)
#define NAME_USER_AGE WORD_OF('u', 's', 'e', 'r', '-', 'a', 'g', 'e')
#define NAME_NT WORD_OF('n', 't', ':', 0, 0, 0, 0, 0)
#define NAME_EXPIRES WORD_OF('e', 'x', 'p', 'i', 'r', 'e', 's', ':')

#define TEXT_SIP WORD_OF('S', 'I', 'P', '/', '2', '.', '0', '/')
#define TEXT_SP_SIP WORD_OF(' ', 'S', 'I', 'P', '/', '2', '.', '0')
#define TEXT_TAG WORD_OF(';', 't', 'a', 'g', '=', 0, 0, 0)
#define TEXT_BRANCH WORD_OF(';', 'b', 'r', 'a', 'n', 'c', 'h', '=')

static __always_inline struct sip_scan_span span(const struct sip_scan_lines *lines, const char *p,
						 const char *end)
{
	struct sip_scan_span s = { (uintptr_t)p - lines->origin, end - p };

	return s;
}

uint64_t sip_scan_word_rest(const char *p, const char *end)
{
	uint64_t word = 0;
	unsigned int i;

	for (i = 0; p + i < end; i++)
		word |= (uint64_t)(unsigned char)p[i] << 8 * i;
	return word;
}

const char *sip_scan_skip_line(const char *p, const char *end)
{
	uint64_t found;

	for (; p < end; p += 8) {
		found = word_has_exactly(word_at(p, end), '\n');
		if (found)
			return p + word_first(found) + 1;
	}
	return NULL;
}

/* The first octet at or behind @p that may end a token: among them are LWS, ',', ';' and '"'. */
static __always_inline const char *find_delimiter(const char *p, const char *end)
{
	uint64_t word, found;

	for (; !end || p < end; p += 8) {
		word = word_at(p, end);
		found = word_below(word, '-') | word_has(word, ';');
		if (found & WORD_HIGH)
			return word_place(p, found, end);
	}
	return end;
}

static __always_inline bool is_crlf(const char *p, const char *end)
{
	return word_room(p, end, 2) && word_half(p) == ('\r' | '\n' << 8);
}

/* Behind a line of which nothing is wanted; NULL: it is unusual. */
static __always_inline const char *quick_skip(const char *p, const char *end)
{
	p = word_find_below(p, end, ' ');
	return is_crlf(p, end) ? p + 2 : NULL;
}

/* Does a header line end at @p, with another line behind it? */
static __always_inline bool is_over(const char *p, const char *end)
{
	return word_room(p, end, 3) && is_crlf(p, end) &&
	       ((unsigned char)p[2] > ' ' || !sip_scan_is(p[2], SIP_CHAR_WSP));
}

/* A known method, single spaces, and SIP/2.0. */
static const char *quick_request_line(struct sip_scan_lines *lines, const char *p, const char *end)
{
	const uint64_t word = word_at(p, end);
	const enum sip_method method = sip_scan_method_guess(word);
	const struct sip_scan_method_name *known = &sip_scan_methods[method];
	const char *uri, *uri_end;

	if (known->len > 7 || !word_begins(word, word_load(known->text), known->len) ||
	    !word_room(p, end, known->len + 1) || p[known->len] != ' ')
		return NULL;
	uri = p + known->len + 1;
	uri_end = word_find_below(uri, end, '!');
	if (uri_end == uri || word_at(uri_end, end) != TEXT_SP_SIP || !is_crlf(uri_end + 8, end))
		return NULL;
	lines->scan->kind = SIP_SCAN_REQUEST;
	lines->scan->version_2_0 = true;
	lines->scan->method = method;
	lines->scan->method_name = span(lines, p, uri - 1);
	lines->scan->uri = span(lines, uri, uri_end);
	return uri_end + 10;
}

const char *sip_scan_start_line(struct sip_scan_lines *lines, const char *p, const char *end)
{
	const char *next = quick_request_line(lines, p, end);

	return next ? next : sip_scan_read_start(lines, p, end);
}

/*
 * Readers of a value whose name and colon end at @p. They return what is behind the line, or NULL
 * if its form is unusual; only then is nothing set.
 */

/* Transport, sent-by and the parameters up to the branch, without white space. */
static __always_inline const char *quick_via(struct sip_scan_lines *lines, const char *p,
					     const char *end)
{
	const char *sent_by, *sent_by_end, *branch, *stop;
	uint64_t word;

	if (word_at(p, end) != TEXT_SP_SIP)
		return NULL;
	/* "/UDP " */
	word = word_at(p + 8, end);
	p += 8 + word_first(word_below(word, '!') | 1ULL << 63);
	if ((word & 0xff) != '/' || !word_room(p, end, 1) || *p != ' ')
		return NULL;
	sent_by = p + 1;
	sent_by_end = find_delimiter(sent_by, end);
	p = sent_by_end;
	while (!word_begins_nocase(word_at(p, end), TEXT_BRANCH, 8)) {
		if (p == end || *p != ';')
			return NULL;
		p = find_delimiter(p + 1, end);
	}
	branch = p + 8;
	p = find_delimiter(branch, end);
	stop = word_find_below(p, end, ' ');
	if (p == branch || !is_over(stop, end) || (*p != ';' && *p != '\r' && *p != ','))
		return NULL;
	lines->scan->via_sent_by = span(lines, sent_by, sent_by_end);
	lines->scan->via_branch = span(lines, branch, p);
	return stop + 2;
}

/*
 * The last '>' between two places that are at least eight octets apart; NULL: it is not found.
 * Only a quoted string could have one behind the address, and its quotation mark would follow.
 */
static __always_inline const char *last_bracket(const char *begin, const char *stop)
{
	uint64_t found;
	const char *p;

	for (p = stop - 8; p >= begin; p -= 8) {
		found = word_has_exactly(word_load(p), '>');
		if (!found)
			continue;
		/* Only the lowest is sure. */
		p += word_last(found);
		return *p == '>' ? p : NULL;
	}
	return NULL;
}

/* From and To: an address in brackets, then a tag or nothing. */
static __always_inline const char *quick_address(struct sip_scan_lines *lines,
						 struct sip_scan_span *tag, const char *p,
						 const char *end)
{
	const char *stop = word_find_below(p, end, ' '), *bracket, *value;

	if (!is_over(stop, end) || stop - p < 8)
		return NULL;
	if (stop[-1] == '>')
		return stop + 2;
	bracket = last_bracket(p, stop);
	if (!bracket || !word_begins_nocase(word_at(bracket + 1, end), TEXT_TAG, 5))
		return NULL;
	value = bracket + 6;
	p = find_delimiter(value, end);
	if (p == value || (*p != '\r' && *p != ';'))
		return NULL;
	*tag = span(lines, value, p);
	return stop + 2;
}

/* What is neither empty nor has white space at its ends but one space in front. */
static __always_inline const char *quick_text(struct sip_scan_lines *lines,
					      struct sip_scan_span *text, const char *p,
					      const char *end, unsigned char limit)
{
	const char *stop;

	p += word_room(p, end, 1) && *p == ' ';
	stop = word_find_below(p, end, limit);
	if (!is_over(stop, end) || p == stop || *p == ' ' || stop[-1] == ' ')
		return NULL;
	*text = span(lines, p, stop);
	return stop + 2;
}

/* Behind the number below 10^9 at @p, or NULL. */
static __always_inline const char *quick_digits(const char *p, const char *end, uint32_t *number)
{
	const char *begin;
	unsigned int digit;
	uint32_t sum = 0;

	p += word_room(p, end, 1) && *p == ' ';
	for (begin = p; word_room(p, end, 1); p++) {
		digit = (unsigned char)*p - '0';
		if (digit > 9)
			break;
		sum = sum * 10 + digit;
	}
	*number = sum;
	return p - begin - 1UL < 9 ? p : NULL;
}

static __always_inline const char *quick_number(const char *p, const char *end, uint32_t max,
						uint32_t *number)
{
	uint32_t read;

	p = quick_digits(p, end, &read);
	if (!p || read > max || !is_over(p, end))
		return NULL;
	*number = read;
	return p + 2;
}

static __always_inline const char *quick_cseq(struct sip_scan_lines *lines, const char *p,
					      const char *end)
{
	struct sip_scan *scan = lines->scan;
	const struct sip_scan_method_name *known;
	enum sip_method method;
	uint32_t number;
	uint64_t word;

	p = quick_digits(p, end, &number);
	if (!p || !word_room(p, end, 1) || *p != ' ')
		return NULL;
	p++;
	word = word_at(p, end);
	method = scan->kind == SIP_SCAN_REQUEST ? scan->method : sip_scan_method_guess(word);
	known = &sip_scan_methods[method];
	if (known->len > 8 || !word_begins(word, word_load(known->text), known->len) ||
	    !is_over(p + known->len, end))
		return NULL;
	scan->cseq = number;
	if (scan->kind == SIP_SCAN_RESPONSE) {
		scan->method = method;
		scan->method_name = span(lines, p, p + known->len);
	}
	return p + known->len + 2;
}

/* The empty line, or one that begins with a control character. */
static const char *read_blank(struct sip_scan_lines *lines, const char *p, const char *end)
{
	const char *next = p + (*p == '\r');

	if (next == end)
		return NULL;
	if (*next != '\n')
		return sip_scan_skip_line(p, end);
	lines->scan->complete = true;
	lines->scan->body = (uintptr_t)next + 1 - lines->origin;
	if (~lines->seen & (BIT(SIP_HDR_VIA) | BIT(SIP_HDR_FROM) | BIT(SIP_HDR_TO) |
			    BIT(SIP_HDR_CALL_ID) | BIT(SIP_HDR_CSEQ)))
		lines->scan->malformed = true;
	return next + 1;
}

/* A line whose name is, or may be, that of a header that is looked at; or no header. */
static const char *read_unusual(struct sip_scan_lines *lines, const char *p, const char *end)
{
	const char *name_end = p;
	enum sip_hdr_id id;

	if (sip_scan_is(*p, SIP_CHAR_LINE))
		return read_blank(lines, p, end);
	while (name_end < end && sip_scan_is(*name_end, SIP_CHAR_TOKEN))
		name_end++;
	id = sip_scan_hdr_id(p, name_end - p);
	if (id == SIP_HDR_AUTHORIZATION || id == SIP_HDR_PROXY_AUTHORIZATION) {
		p = sip_scan_skip_line(p, end);
		if (p)
			lines->scan->has_credentials = true;
		return p;
	}
	if (sip_scan_is_looked_at(lines, id))
		return sip_scan_read_header(lines, p, end);
	return sip_scan_skip_line(p, end);
}

#define UNUSUAL SIP_HDR_COUNT

/* Compact forms and the rest. */
static __always_inline enum sip_hdr_id quick_short_name(uint64_t word, const char **p)
{
	*p += 2;
	switch ((word | ' ') & 0xffff) {
	case PAIR('v', ':'):
		return SIP_HDR_VIA;
	case PAIR('f', ':'):
		return SIP_HDR_FROM;
	case PAIR('t', ':'):
		return SIP_HDR_TO;
	case PAIR('i', ':'):
		return SIP_HDR_CALL_ID;
	case PAIR('l', ':'):
		return SIP_HDR_CONTENT_LENGTH;
	case PAIR('a', 'u'):
	case PAIR('a', 'U'):
	case PAIR('p', 'r'):
	case PAIR('p', 'R'):
		return UNUSUAL;
	default:
		break;
	}
	/* White space behind a compact form, or before a line. */
	if ((word >> 8 & 0xff) <= ' ' || (word & 0xff) <= ' ')
		return UNUSUAL;
	return SIP_HDR_OTHER;
}

/*
 * Which header that is looked at the line at @p is, and in @p what is behind its colon;
 * SIP_HDR_OTHER: none of them; UNUSUAL: perhaps one, with white space before the colon.
 */
static __always_inline enum sip_hdr_id quick_name(const char **p, const char *end)
{
	const uint64_t word = word_at(*p, end);
	const char *name = *p;

	switch ((word | PAIR_FOLD) & 0xffff) {
	case PAIR('v', 'i'):
		*p += 4;
		return word_begins_nocase(word, NAME_VIA, 4) ? SIP_HDR_VIA : UNUSUAL;
	case PAIR('f', 'r'):
		*p += 5;
		return word_begins_nocase(word, NAME_FROM, 5) ? SIP_HDR_FROM : UNUSUAL;
	case PAIR('t', 'o'):
		*p += 3;
		return word_begins_nocase(word, NAME_TO, 3) ? SIP_HDR_TO : UNUSUAL;
	case PAIR('c', 'a'):
		*p += 8;
		return word_begins_nocase(word, NAME_CALL_ID, 8) ? SIP_HDR_CALL_ID : UNUSUAL;
	case PAIR('c', 's'):
		*p += 5;
		return word_begins_nocase(word, NAME_CSEQ, 5) ? SIP_HDR_CSEQ : UNUSUAL;
	case PAIR('c', 'o'):
		if (!word_begins_nocase(word, NAME_CONTENT, 8))
			return SIP_HDR_OTHER;
		*p += 8;
		if (!word_begins_nocase(word_at(*p, end), 'l', 1))
			return SIP_HDR_OTHER;
		*p += 7;
		return word_begins_nocase(word_at(name + 8, end), NAME_LENGTH, 7) ?
			       SIP_HDR_CONTENT_LENGTH :
			       UNUSUAL;
	case PAIR('m', 'a'):
		*p += 13;
		return word_begins_nocase(word, NAME_MAX_FORW, 8) &&
				       word_begins_nocase(word_at(name + 8, end), NAME_ARDS, 5) ?
			       SIP_HDR_MAX_FORWARDS :
			       UNUSUAL;
	case PAIR('u', 's'):
		*p += 11;
		return word_begins_nocase(word, NAME_USER_AGE, 8) &&
				       word_begins_nocase(word_at(name + 8, end), NAME_NT, 3) ?
			       SIP_HDR_USER_AGENT :
			       UNUSUAL;
	case PAIR('e', 'x'):
		*p += 8;
		return word_begins_nocase(word, NAME_EXPIRES, 8) ? SIP_HDR_EXPIRES : UNUSUAL;
	default:
		return quick_short_name(word, p);
	}
}

/* NULL: the line is unusual, or does not end. */
static __always_inline const char *quick_line(struct sip_scan_lines *lines, const char *p,
					      const char *end)
{
	enum sip_hdr_id id = quick_name(&p, end);
	struct sip_scan *scan = lines->scan;
	const char *next;
	uint32_t number;

#define IS_NEW (!(lines->seen & BIT(id)))
	switch (id) {
	case SIP_HDR_VIA:
		if (!IS_NEW)
			return quick_skip(p, end);
		next = quick_via(lines, p, end);
		break;
	case SIP_HDR_FROM:
		next = IS_NEW ? quick_address(lines, &scan->from_tag, p, end) : NULL;
		break;
	case SIP_HDR_TO:
		next = IS_NEW ? quick_address(lines, &scan->to_tag, p, end) : NULL;
		break;
	case SIP_HDR_CALL_ID:
		next = IS_NEW ? quick_text(lines, &scan->call_id, p, end, '!') : NULL;
		break;
	case SIP_HDR_CSEQ:
		next = IS_NEW ? quick_cseq(lines, p, end) : NULL;
		break;
	case SIP_HDR_MAX_FORWARDS:
		next = IS_NEW ? quick_number(p, end, 255, &number) : NULL;
		if (next)
			scan->max_forwards = number;
		break;
	case SIP_HDR_CONTENT_LENGTH:
		next = IS_NEW ? quick_number(p, end, -1, &scan->content_length) : NULL;
		if (next)
			scan->has_content_length = true;
		break;
	case SIP_HDR_EXPIRES:
		next = IS_NEW ? quick_number(p, end, -1, &scan->expires) : NULL;
		if (next)
			scan->has_expires = true;
		break;
	case SIP_HDR_USER_AGENT:
		next = IS_NEW ? quick_text(lines, &scan->user_agent, p, end, ' ') : NULL;
		break;
	case SIP_HDR_OTHER:
		return quick_skip(p, end);
	default:
		return NULL;
	}
	if (next)
		lines->seen |= BIT(id);
	return next;
}

static __always_inline const char *read_lines(struct sip_scan_lines *lines, const char *p,
					      const char *stop, const char *end, const char *bound)
{
	const char *next;

	while (p < stop) {
		next = quick_line(lines, p, bound);
		if (!next) {
			next = read_unusual(lines, p, end);
			if (!next || lines->scan->complete)
				return next ? next : p;
		}
		p = next;
	}
	return p;
}

/*
 * A control character with at least 16 octets behind it, if there is one near the end. Lines that
 * begin before it need no bounds: nothing quick passes a control character but CRLF at the end of a
 * line, nor looks further than two words behind what it has passed.
 */
static const char *find_anchor(const char *begin, const char *end)
{
	const char *p = end - 24;
	uint64_t word, found;
	int tries;

	if (end - begin < 64)
		return NULL;
	for (tries = 0; tries < 5; tries++, p -= 8) {
		word = word_load(p);
		found = word_below(word, ' ') & ~word & WORD_HIGH;
		if (found)
			return p + word_first(found);
	}
	return NULL;
}

const char *sip_scan_header_lines(struct sip_scan_lines *lines, const char *p, const char *stop,
				  const char *end)
{
	const char *anchor = find_anchor(p, end);

	if (anchor)
		p = read_lines(lines, p, anchor, end, NULL);
	if (!lines->scan->complete)
		p = read_lines(lines, p, stop, end, end);
	return p;
}
