/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each header that is looked at has a quick way for the form it nearly always has. Whatever is
 * unusual in a line (white space before the colon, quotes behind an address, an end in LF alone)
 * gives false here, and the line is for what sipd reads it with. Who calls has to see that the next
 * line does not fold onto one that was read.
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
#define NAME_CONTACT WORD_OF('c', 'o', 'n', 't', 'a', 'c', 't', ':')
#define NAME_CONTENT WORD_OF('c', 'o', 'n', 't', 'e', 'n', 't', '-')
#define NAME_LENGTH WORD_OF('l', 'e', 'n', 'g', 't', 'h', ':', 0)
#define NAME_MAX_FORW WORD_OF('m', 'a', 'x', '-', 'f', 'o', 'r', 'w')
#define NAME_ARDS WORD_OF('a', 'r', 'd', 's', ':', 0, 0, 0)
#define NAME_USER_AGE WORD_OF('u', 's', 'e', 'r', '-', 'a', 'g', 'e')
#define NAME_NT WORD_OF('n', 't', ':', 0, 0, 0, 0, 0)
#define NAME_EXPIRES WORD_OF('e', 'x', 'p', 'i', 'r', 'e', 's', ':')

#define TEXT_SIP WORD_OF('S', 'I', 'P', '/', '2', '.', '0', ' ')
#define TEXT_SP_SIP WORD_OF(' ', 'S', 'I', 'P', '/', '2', '.', '0')
#define TEXT_UDP WORD_OF('/', 'U', 'D', 'P', 0, 0, 0, 0)
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
	return word_find_below_or(p, end, '-', ';');
}

static __always_inline bool quick_is_crlf(const char *p, const char *end)
{
	return word_room(p, end, 2) && word_half(p) == PAIR('\r', '\n');
}

/* Is it @c that @p is at? */
static __always_inline bool quick_is(const char *p, const char *end, char c)
{
	return word_room(p, end, 1) && *p == c;
}

/*
 * All that follow read what begins at *@p and go on to behind the line; false: it is unusual, and
 * *@p and what they have told mean nothing. No NULLs: the kernel's compiler would test for them.
 */
static __always_inline bool quick_line_end(const char **p, const char *end)
{
	if (!quick_is_crlf(*p, end))
		return false;
	*p += 2;
	return true;
}

/* A line of which nothing is wanted. */
static __always_inline bool quick_skip(const char **p, const char *end)
{
	*p = word_find_below(*p, end, ' ');
	return quick_line_end(p, end);
}

/* Is it @known that begins at @p, where the octets @word are? */
static __always_inline bool quick_is_method(const struct sip_scan_method_name *known, uint64_t word,
					    const char *p, const char *end)
{
	if ((word ^ word_load(known->text)) & known->mask)
		return false;
	/* No name has more than nine letters. */
	return likely(known->len <= 8) || (known->len == 9 && quick_is(p + 8, end, known->text[8]));
}

/* A known method, single spaces, and SIP/2.0. */
static __always_inline bool quick_request_line(const char **p, const char *end,
					       enum sip_method *method, struct sip_scan_text *uri)
{
	const uint64_t word = word_at(*p, end);
	const enum sip_method guess = sip_scan_method_guess(word);
	const struct sip_scan_method_name *known = &sip_scan_methods[guess];
	const char *begin, *stop;

	if (!quick_is_method(known, word, *p, end) || !quick_is(*p + known->len, end, ' '))
		return false;
	begin = *p + known->len + 1;
	stop = word_find_below(begin, end, '!');
	if (stop == begin || word_at(stop, end) != TEXT_SP_SIP)
		return false;
	*method = guess;
	*uri = sip_scan_between(begin, stop);
	*p = stop + 8;
	return quick_line_end(p, end);
}

/* From a Via's protocol, at *@p, to its sent-by. */
static __always_inline bool quick_protocol(const char **p, const char *end)
{
	uint64_t word;

	if (word_at(*p, end) != TEXT_SP_SIP)
		return false;
	*p += 8;
	word = word_at(*p, end);
	if (word_low(word) == TEXT_UDP) {
		*p += 4;
	} else {
		if ((word & 0xff) != '/')
			return false;
		*p += word_first(word_below(word, '!') | 1ULL << 63);
	}
	if (!quick_is(*p, end, ' '))
		return false;
	++*p;
	return true;
}

/* Transport, sent-by and the parameters up to the branch, without white space. */
static __always_inline bool quick_via(const char **p, const char *end,
				      struct sip_scan_text *sent_by, struct sip_scan_text *branch)
{
	const char *host, *value, *stop;

	if (!quick_protocol(p, end))
		return false;
	host = *p;
	stop = quick_delimiter(host, end);
	*sent_by = sip_scan_between(host, stop);
	while (!word_begins_nocase(word_at(stop, end), TEXT_BRANCH, 8)) {
		if (!quick_is(stop, end, ';'))
			return false;
		stop = quick_delimiter(stop + 1, end);
	}
	value = stop + 8;
	stop = quick_delimiter(value, end);
	if (stop == value)
		return false;
	*branch = sip_scan_between(value, stop);
	*p = stop;
	if (quick_line_end(p, end))
		return true;
	return (quick_is(stop, end, ';') || quick_is(stop, end, ',')) && quick_skip(p, end);
}

/*
 * From and To: an address in brackets, then a tag or nothing, which leaves @tag as it is. A '>'
 * that one of these follows ends the address, or is in a quoted string whose quotation mark would
 * follow.
 */
static __always_inline bool quick_address(const char **p, const char *end,
					  struct sip_scan_text *tag)
{
	const char *value, *stop;

	for (;;) {
		*p = word_find_control_or(*p, end, '>');
		if (!quick_is(*p, end, '>'))
			return false;
		++*p;
		if (quick_line_end(p, end))
			return true;
		if (likely(word_begins_nocase(word_at(*p, end), TEXT_TAG, 5)))
			break;
	}
	value = *p + 5;
	stop = quick_delimiter(value, end);
	if (stop == value)
		return false;
	*tag = sip_scan_between(value, stop);
	*p = stop;
	if (quick_line_end(p, end))
		return true;
	if (!quick_is(stop, end, ';'))
		return false;
	*p = word_find_below(stop, end, '#');
	return quick_line_end(p, end);
}

/* Behind the one space that nearly always follows the colon. */
static __always_inline const char *quick_space(const char *p, const char *end)
{
	return p + likely(quick_is(p, end, ' '));
}

/* What is neither empty nor has white space at its ends but one space in front. */
static __always_inline bool quick_text(const char **p, const char *end, unsigned char limit,
				       struct sip_scan_text *text)
{
	const char *begin = quick_space(*p, end);

	*p = word_find_below(begin, end, limit);
	if (*p == begin || (limit <= ' ' && (*begin == ' ' || (*p)[-1] == ' ')))
		return false;
	*text = sip_scan_between(begin, *p);
	return quick_line_end(p, end);
}

/* To behind one to nine digits. */
static __always_inline bool quick_digits(const char **p, const char *end,
					 struct sip_scan_text *digits)
{
	const char *begin = quick_space(*p, end), *stop;
	uint64_t found = word_not_digits(word_at(begin, end));

	if (likely(found)) {
		stop = word_place(begin, found, end);
	} else {
		stop = begin + 8;
		stop += word_room(stop, end, 1) && sip_scan_is(*stop, SIP_CHAR_DIGIT);
		if (!word_room(stop, end, 1) || sip_scan_is(*stop, SIP_CHAR_DIGIT))
			return false;
	}
	*digits = sip_scan_between(begin, stop);
	*p = stop;
	return stop > begin;
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

static __always_inline bool quick_number(const char **p, const char *end,
					 struct sip_scan_text *digits)
{
	return quick_digits(p, end, digits) && quick_line_end(p, end);
}

/* @request: of one of the method @expected. */
static __always_inline bool quick_cseq(const char **p, const char *end, bool request,
				       enum sip_method expected, struct sip_scan_text *number,
				       enum sip_method *method, struct sip_scan_text *name)
{
	const struct sip_scan_method_name *known;
	enum sip_method guess;
	const char *begin;
	uint64_t word;

	if (!quick_digits(p, end, number) || !quick_is(*p, end, ' '))
		return false;
	begin = *p + 1;
	word = word_at(begin, end);
	guess = request ? expected : sip_scan_method_guess(word);
	known = &sip_scan_methods[guess];
	if (!quick_is_method(known, word, begin, end))
		return false;
	*method = guess;
	*name = sip_scan_between(begin, begin + known->len);
	*p = begin + known->len;
	return quick_line_end(p, end);
}

/* --- names --- */

/*
 * Perhaps a header that is looked at, with white space before the colon; or what folds, or the
 * empty line.
 */
#define QUICK_UNUSUAL SIP_HDR_COUNT

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

	if (!(sip_scan_beginnings[letter] >> (word >> 8 & 31) & 1))
		return SIP_HDR_OTHER;
	/* The most frequent. */
	if (letter == ('c' & 31))
		return quick_name_of_c(word, p, end);
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
