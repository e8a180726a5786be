/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rules of RFC 3261 s.25.1. Each reads from @p on, and returns whether it found what it is named
 * after, and passes it.
 */
#ifndef SIP_GRAMMAR_H
#define SIP_GRAMMAR_H

#include "sip_reference.h"

struct reader {
	const char *begin, *p, *end;
	unsigned int tolerances; /* enum sip_reference_tolerance */
};

/* The next octet, which stays; -1 at the end. */
int peek(const struct reader *r);
bool octet(struct reader *r, int c);
bool tolerates(const struct reader *r, enum sip_reference_tolerance what);
/* Is @c one of @set? */
bool among(int c, const char *set);
bool is_digit(int c);
bool is_alpha(int c);
bool is_alphanum(int c);
bool is_hex(int c);
bool is_token(int c);
bool is_unreserved(int c);
bool is_reserved(int c);
/* One or more that @is. */
bool run_of(struct reader *r, bool (*is)(int));
/* A number up to @max. */
bool digits(struct reader *r, uint32_t max, uint32_t *number);
bool escaped(struct reader *r);
/* UTF8-NONASCII */
bool utf8(struct reader *r);
/* LWS; within a value, line ends only come before white space. */
bool lws(struct reader *r);
/* SWS c SWS, or nothing at all */
bool separator(struct reader *r, int c);
/* quoted-string, without the SWS before it */
bool quoted_string(struct reader *r);
struct sip_reference_text text_of(const struct reader *r, const char *from, const char *to);

bool host(struct reader *r);
bool ipv6_reference(struct reader *r);
/* The ports there are. */
bool port(struct reader *r);
/* The whole of what is between @begin and @end; of a SIP-URI, @headers may be there. */
bool uri(const struct reader *outer, const char *begin, const char *end, bool headers);

/* via-parm */
bool via(struct reader *r, struct sip_reference_text *sent_by, struct sip_reference_text *branch);
/* ( name-addr / addr-spec ) *( SEMI generic-param ), or with @brackets only the former. */
bool address(struct reader *r, bool brackets, struct sip_reference_text *tag);
bool addresses(struct reader *r, bool brackets);
/* callid */
bool call_id(struct reader *r);

#endif
