/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each header that is looked at has a quick way for the form it nearly always has. Whatever is
 * unusual in a line (white space before the colon, quotes behind an address, an end in LF alone)
 * gives NULL here, and the line is for what sipd reads it with. What is returned else is behind the
 * line: who calls has to see that the next one does not fold onto it.
 *
 * Nothing here reads behind @end. Where that is NULL, there must be a control character at or
 * behind the beginning of the line with eight octets behind it: no octet is read before all that
 * come before it in its line were seen to be none, but for those of the same word, and CRLF.
 */
#ifndef SIP_SCAN_QUICK_H
#define SIP_SCAN_QUICK_H

#include "sip_scan_line.h"
#include "sip_scan_word.h"

/* Two octets, the first in memory lowest. */
#define PAIR(a, b) ((a) | (b) << 8)

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

#define TEXT_SIP WORD_OF('S', 'I', 'P', '/', '2', '.', '0', ' ')
#define TEXT_SP_SIP WORD_OF(' ', 'S', 'I', 'P', '/', '2', '.', '0')
#define TEXT_UDP WORD_OF('/', 'U', 'D', 'P', ' ', 0, 0, 0)
#define TEXT_TAG WORD_OF(';', 't', 'a', 'g', '=', 0, 0, 0)
#define TEXT_BRANCH WORD_OF(';', 'b', 'r', 'a', 'n', 'c', 'h', '=')

/*
 * The control character that lines which begin before it need no bounds for, if there is one near
 * the end.
 */
static inline const char *quick_anchor(const char *begin, const char *end)
{
	const char *p = end - 16;
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

/* The first octet at or behind @p that may end a token: among them are LWS, ',', ';' and '"'. */
static __always_inline const char *quick_delimiter(const char *p, const char *end)
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

static __always_inline bool quick_is_crlf(const char *p, const char *end)
{
	return word_room(p, end, 2) && word_half(p) == PAIR('\r', '\n');
}

/* A line of which nothing is wanted. */
static __always_inline const char *quick_skip(const char *p, const char *end)
{
	p = word_find_below(p, end, ' ');
	return quick_is_crlf(p, end) ? p + 2 : NULL;
}

/* Is it @known that begins at @p, where the octets @word are? */
static __always_inline bool quick_is_method(const struct sip_scan_method_name *known, uint64_t word,
					    const char *p, const char *end)
{
	if ((word ^ word_load(known->text)) & known->mask)
		return false;
	/* No name has more than nine letters. */
	return likely(known->len <= 8) ||
	       (known->len == 9 && word_room(p, end, 9) && p[8] == known->text[8]);
}

/* A known method, single spaces, and SIP/2.0. */
static __always_inline const char *quick_request_line(const char *p, const char *end,
						      enum sip_method *method,
						      struct sip_scan_text *uri)
{
	const uint64_t word = word_at(p, end);
	const enum sip_method guess = sip_scan_method_guess(word);
	const struct sip_scan_method_name *known = &sip_scan_methods[guess];
	const char *begin, *stop;

	if (!quick_is_method(known, word, p, end) || !word_room(p, end, known->len + 1) ||
	    p[known->len] != ' ')
		return NULL;
	begin = p + known->len + 1;
	stop = word_find_below(begin, end, '!');
	if (stop == begin || word_at(stop, end) != TEXT_SP_SIP || !quick_is_crlf(stop + 8, end))
		return NULL;
	*method = guess;
	*uri = sip_scan_between(begin, stop);
	return stop + 10;
}

/* Where the sent-by begins in a Via whose protocol begins at @p, or NULL. */
static __always_inline const char *quick_protocol(const char *p, const char *end)
{
	uint64_t word;

	if (word_at(p, end) != TEXT_SP_SIP)
		return NULL;
	word = word_at(p + 8, end);
	if (word_begins(word, TEXT_UDP, 5))
		return p + 13;
	p += 8 + word_first(word_below(word, '!') | 1ULL << 63);
	return (word & 0xff) == '/' && word_room(p, end, 1) && *p == ' ' ? p + 1 : NULL;
}

/* Transport, sent-by and the parameters up to the branch, without white space. */
static __always_inline const char *quick_via(const char *p, const char *end,
					     struct sip_scan_text *sent_by,
					     struct sip_scan_text *branch)
{
	const char *host = quick_protocol(p, end), *host_end, *value, *stop;

	if (!host)
		return NULL;
	host_end = quick_delimiter(host, end);
	p = host_end;
	while (!word_begins_nocase(word_at(p, end), TEXT_BRANCH, 8)) {
		if (p == end || *p != ';')
			return NULL;
		p = quick_delimiter(p + 1, end);
	}
	value = p + 8;
	p = quick_delimiter(value, end);
	stop = word_find_below(p, end, ' ');
	if (p == value || !quick_is_crlf(stop, end) || (*p != ';' && *p != '\r' && *p != ','))
		return NULL;
	*sent_by = sip_scan_between(host, host_end);
	*branch = sip_scan_between(value, p);
	return stop + 2;
}

/*
 * The last '>' between two places that are at least eight octets apart; NULL: it is not found.
 * Only a quoted string could have one behind the address, and its quotation mark would follow.
 */
static __always_inline const char *quick_last_bracket(const char *begin, const char *stop)
{
	uint64_t found;
	const char *p;

	for (p = stop - 8; p >= begin; p -= 8) {
		found = word_has(word_load(p), '>') & WORD_HIGH;
		if (!found)
			continue;
		/* Only the lowest is sure, if it is ASCII. */
		p += word_last(found);
		return *p == '>' ? p : NULL;
	}
	return NULL;
}

/* From and To: an address in brackets, then a tag or nothing, which leaves @tag as it is. */
static __always_inline const char *quick_address(const char *p, const char *end,
						 struct sip_scan_text *tag)
{
	const char *stop = word_find_below(p, end, ' '), *bracket, *value;

	if (!quick_is_crlf(stop, end) || stop - p < 8)
		return NULL;
	if (stop[-1] == '>')
		return stop + 2;
	bracket = quick_last_bracket(p, stop);
	if (!bracket || !word_begins_nocase(word_at(bracket + 1, end), TEXT_TAG, 5))
		return NULL;
	value = bracket + 6;
	p = quick_delimiter(value, end);
	if (p == value || (*p != '\r' && *p != ';'))
		return NULL;
	*tag = sip_scan_between(value, p);
	return stop + 2;
}

/* Behind the one space that nearly always follows the colon. */
static __always_inline const char *quick_space(const char *p, const char *end)
{
	return __builtin_expect(word_room(p, end, 1) && *p == ' ', 1) ? p + 1 : p;
}

/* What is neither empty nor has white space at its ends but one space in front. */
static __always_inline const char *quick_text(const char *p, const char *end, unsigned char limit,
					      struct sip_scan_text *text)
{
	const char *stop;

	p = quick_space(p, end);
	stop = word_find_below(p, end, limit);
	if (!quick_is_crlf(stop, end) || p == stop ||
	    (limit <= ' ' && (*p == ' ' || stop[-1] == ' ')))
		return NULL;
	*text = sip_scan_between(p, stop);
	return stop + 2;
}

/* Behind one to nine digits at @p, or NULL. */
static __always_inline const char *quick_digits(const char *p, const char *end,
						struct sip_scan_text *digits)
{
	const char *begin;
	uint64_t found;

	p = quick_space(p, end);
	begin = p;
	found = word_not_digits(word_at(p, end));
	if (__builtin_expect(!!found, 1)) {
		p = word_place(p, found, end);
	} else {
		p += 8;
		p += word_room(p, end, 1) && sip_scan_is(*p, SIP_CHAR_DIGIT);
		if (!word_room(p, end, 1) || sip_scan_is(*p, SIP_CHAR_DIGIT))
			return NULL;
	}
	*digits = sip_scan_between(begin, p);
	return p > begin ? p : NULL;
}

/* Of up to nine digits. */
static __always_inline uint32_t quick_value(struct sip_scan_text digits)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < digits.len; i++)
		sum = sum * 10 + (digits.p[i] - '0');
	return sum;
}

static __always_inline const char *quick_number(const char *p, const char *end,
						struct sip_scan_text *digits)
{
	p = quick_digits(p, end, digits);
	return p && quick_is_crlf(p, end) ? p + 2 : NULL;
}

/* @request: of one of the method @expected. */
static __always_inline const char *quick_cseq(const char *p, const char *end, bool request,
					      enum sip_method expected,
					      struct sip_scan_text *number, enum sip_method *method,
					      struct sip_scan_text *name)
{
	const struct sip_scan_method_name *known;
	enum sip_method guess;
	uint64_t word;

	p = quick_digits(p, end, number);
	if (!p || !word_room(p, end, 1) || *p != ' ')
		return NULL;
	p++;
	word = word_at(p, end);
	guess = request ? expected : sip_scan_method_guess(word);
	known = &sip_scan_methods[guess];
	if (!quick_is_method(known, word, p, end) ||
	    !quick_is_crlf(p + known->len, end))
		return NULL;
	*method = guess;
	*name = sip_scan_between(p, p + known->len);
	return p + known->len + 2;
}

/* --- names --- */

/*
 * Perhaps a header that is looked at, with white space before the colon; or what folds, or the
 * empty line.
 */
#define QUICK_UNUSUAL SIP_HDR_COUNT

#define LETTER(c) (1U << ((c) & 31))
/* What lines begin with that may be looked at, or fold. CR is like 'm', HTAB like 'i'. */
#define QUICK_LETTERS                                                                           \
	(LETTER(' ') | LETTER('a') | LETTER('c') | LETTER('e') | LETTER('f') | LETTER('i') |    \
	 LETTER('l') | LETTER('m') | LETTER('p') | LETTER('t') | LETTER('u') | LETTER('v'))

/* The second letter of a line, if it is one. */
static __always_inline unsigned int quick_second(uint64_t word)
{
	return (word >> 8 | ' ') & 0xff;
}

/* A line that is not of the one long name that begins with @letter and @second. */
static __always_inline enum sip_hdr_id quick_short(uint64_t word, const char **p, char letter,
						   char second, enum sip_hdr_id id)
{
	if (((word | ' ') & 0xffff) == (uint64_t)PAIR(letter, ':')) {
		*p += 2;
		return id;
	}
	return (word >> 8 & 0xff) <= ' ' || quick_second(word) == (unsigned char)second ?
		       QUICK_UNUSUAL :
		       SIP_HDR_OTHER;
}

/* The rest of a long name, which ends @behind; else the line is unusual. */
static __always_inline enum sip_hdr_id quick_long(uint64_t word, const char **p, uint64_t name,
						  unsigned int len, unsigned int behind,
						  enum sip_hdr_id id)
{
	if (!word_begins_nocase(word, name, len))
		return QUICK_UNUSUAL;
	*p += behind;
	return id;
}

static __always_inline enum sip_hdr_id quick_name_of_c(uint64_t word, const char **p,
						       const char *end)
{
	if (word_begins_nocase(word, NAME_CONTENT, 8)) {
		*p += 8;
		word = word_at(*p, end);
		if (((word | ' ') & 0xff) != 'l')
			return SIP_HDR_OTHER;
		return quick_long(word, p, NAME_LENGTH, 7, 7, SIP_HDR_CONTENT_LENGTH);
	}
	if (quick_second(word) == 'a')
		return quick_long(word, p, NAME_CALL_ID, 8, 8, SIP_HDR_CALL_ID);
	if (quick_second(word) == 's')
		return quick_long(word, p, NAME_CSEQ, 5, 5, SIP_HDR_CSEQ);
	return SIP_HDR_OTHER;
}

/*
 * Which header that is looked at the line at @p is, and in @p what is behind its colon;
 * SIP_HDR_OTHER: none of them, and @p is somewhere in its text.
 */
static __always_inline enum sip_hdr_id quick_name(const char **p, const char *end)
{
	const uint64_t word = word_at(*p, end);
	const unsigned int letter = word & 31;

	/* The most frequent. */
	if (letter == ('c' & 31))
		return quick_name_of_c(word, p, end);
	if (!(QUICK_LETTERS >> letter & 1))
		return SIP_HDR_OTHER;
	switch (letter) {
	case 'v' & 31:
		if (!word_begins_nocase(word, NAME_VIA, 4))
			return quick_short(word, p, 'v', 'i', SIP_HDR_VIA);
		*p += 4;
		return SIP_HDR_VIA;
	case 'f' & 31:
		if (!word_begins_nocase(word, NAME_FROM, 5))
			return quick_short(word, p, 'f', 'r', SIP_HDR_FROM);
		*p += 5;
		return SIP_HDR_FROM;
	case 't' & 31:
		if (!word_begins_nocase(word, NAME_TO, 3))
			return quick_short(word, p, 't', 'o', SIP_HDR_TO);
		*p += 3;
		return SIP_HDR_TO;
	case 'i' & 31:
		if ((word & 0xff) == '\t')
			return QUICK_UNUSUAL;
		return quick_short(word, p, 'i', 0, SIP_HDR_CALL_ID);
	case 'l' & 31:
		return quick_short(word, p, 'l', 0, SIP_HDR_CONTENT_LENGTH);
	case 'm' & 31:
		if (word_begins_nocase(word, NAME_MAX_FORW, 8))
			return quick_long(word_at(*p + 8, end), p, NAME_ARDS, 5, 13,
					  SIP_HDR_MAX_FORWARDS);
		return (word & 0xff) == '\r' || quick_second(word) == 'a' ? QUICK_UNUSUAL :
									    SIP_HDR_OTHER;
	case 'u' & 31:
		if (word_begins_nocase(word, NAME_USER_AGE, 8))
			return quick_long(word_at(*p + 8, end), p, NAME_NT, 3, 11,
					  SIP_HDR_USER_AGENT);
		return quick_second(word) == 's' ? QUICK_UNUSUAL : SIP_HDR_OTHER;
	case 'e' & 31:
		if (quick_second(word) != 'x')
			return SIP_HDR_OTHER;
		return quick_long(word, p, NAME_EXPIRES, 8, 8, SIP_HDR_EXPIRES);
	case 'a' & 31:
		return quick_second(word) == 'u' ? QUICK_UNUSUAL : SIP_HDR_OTHER;
	case 'p' & 31:
		return quick_second(word) == 'r' ? QUICK_UNUSUAL : SIP_HDR_OTHER;
	default:
		return (word & 0xff) == ' ' ? QUICK_UNUSUAL : SIP_HDR_OTHER;
	}
}

#endif
