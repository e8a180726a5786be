// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The same readers of lines as in sip_scan_line.c (sip_scan_quick.h), with less around them: only
 * places are kept, and the first line that is looked at and not as it usually is ends it all.
 */
#include "sip_scan_brief.h"

#include "sip_scan_quick.h"

#define BIT(id) (1U << (id))
#define MANDATORY                                                                        \
	(BIT(SIP_HDR_VIA) | BIT(SIP_HDR_FROM) | BIT(SIP_HDR_TO) | BIT(SIP_HDR_CALL_ID) | \
	 BIT(SIP_HDR_CSEQ))

/* --- start line --- */

/* "SIP/2.0 180 Ringing" */
static __always_inline bool status_line(struct sip_scan_brief *brief, const char **line,
					const char *end)
{
	const char *p = *line;
	unsigned int hundreds, tens, ones;

	if (word_at(p, end) != TEXT_SIP || !word_room(p, end, 12))
		return false;
	hundreds = (unsigned char)p[8] - '0';
	tens = (unsigned char)p[9] - '0';
	ones = (unsigned char)p[10] - '0';
	if (hundreds - 1 > 5 || tens > 9 || ones > 9 || p[11] != ' ')
		return false;
	brief->kind = SIP_SCAN_RESPONSE;
	brief->status = hundreds * 100 + tens * 10 + ones;
	*line += 12;
	return quick_skip(line, end);
}

/* *@p is changed if it is read only. */
static __always_inline bool start_line(struct sip_scan_brief *brief, const char **p,
				       const char *end)
{
	const char *next = *p;

	if (quick_request_line(&next, end, &brief->method, &brief->uri)) {
		brief->kind = SIP_SCAN_REQUEST;
	} else {
		next = *p;
		if (!status_line(brief, &next, end))
			return false;
	}
	*p = next;
	return true;
}

/* --- header lines --- */

/* A line that is not as usual. NULL: it is looked at, or does not end, or folds. */
static noinline const char *pass_over(struct sip_scan_brief *brief, const char *p)
{
	const struct sip_scan_lines lines = { .seen = brief->seen };
	const char *next;
	enum sip_hdr_id id;

	if (sip_scan_is(*p, SIP_CHAR_LWS))
		return NULL;
	id = sip_scan_line_id(p, brief->end);
	if (sip_scan_is_looked_at(&lines, id))
		return NULL;
	next = sip_scan_skip_line(p, brief->end);
	if (next && (id == SIP_HDR_AUTHORIZATION || id == SIP_HDR_PROXY_AUTHORIZATION))
		brief->has_credentials = true;
	return next;
}

static __always_inline bool content_length(const char **p, const char *end)
{
	struct sip_scan_text unused;

	return quick_number(p, end, &unused);
}

static __always_inline bool max_forwards(const char **p, const char *end)
{
	struct sip_scan_text digits;

	return quick_number(p, end, &digits) && digits.len <= 2;
}

/* Is a line of interest only for being there? */
static __always_inline bool is_passing(const struct sip_scan_brief *brief)
{
	return brief->enough & MANDATORY;
}

static __always_inline bool read_cseq(struct sip_scan_brief *brief, const char **p, const char *end)
{
	const bool is_request = brief->kind == SIP_SCAN_REQUEST;
	struct sip_scan_text unused;

	brief->cseq.p = *p;
	if (likely(is_request && is_passing(brief)) ? !quick_skip(p, end) :
						      !quick_cseq(p, end, is_request, brief->method,
								  &unused, &brief->method, &unused))
		return false;
	brief->cseq.len = *p - brief->cseq.p - 2;
	return true;
}

static __always_inline bool read_from(const struct sip_scan_brief *brief, const char **p,
				      const char *end)
{
	struct sip_scan_text unused;

	return is_passing(brief) ? quick_skip(p, end) : quick_address(p, end, &unused);
}

/*
 * The line is of the header @id, which comes once. Each line ends in its own case: a common end of
 * all costs an INVITE 130 instructions more.
 */
#define TAKE(id, reads)                                   \
	do {                                              \
		if (seen & BIT(id) || unlikely(!(reads))) \
			goto unusual;                     \
		p = next;                                 \
		seen |= BIT(id);                          \
	} while (0)

/*
 * Perhaps the line at @p is of the header that most often follows; @name is its beginning with the
 * colon, @len octets.
 */
#define EXPECT(name, len, label)                                      \
	do {                                                          \
		if (unlikely(p >= stop))                              \
			goto out;                                     \
		if (word_begins_nocase(word_at(p, end), name, len)) { \
			next = p + (len);                             \
			goto label;                                   \
		}                                                     \
	} while (0)

/* The line before @p does not fold, and is the last one that is wanted. */
static __always_inline bool is_enough(const struct sip_scan_brief *brief, uint32_t seen,
				      const char *p, const char *end)
{
	return !(~seen & brief->enough) && word_room(p, end, 1) && !sip_scan_is(*p, SIP_CHAR_WSP);
}

/* Only a User-Agent is left to be looked at, which is at @p, and none that is wanted. */
static __always_inline bool is_unwanted_agent(const struct sip_scan_brief *brief, uint32_t seen,
					      const char *p, const char *end)
{
	if (~(seen | BIT(SIP_HDR_USER_AGENT)) & brief->enough)
		return false;
	p = quick_space(p, end);
	return word_room(p, end, 1) && (unsigned char)*p > ' ' && !(brief->agents >> (*p & 31) & 1);
}

#define END_IF_ENOUGH()                             \
	do {                                        \
		if (is_enough(brief, seen, p, end)) \
			goto enough;                \
	} while (0)

/* Reads lines that begin before @stop. Returns behind them; NULL: no further. */
static __always_inline const char *header_lines(struct sip_scan_brief *brief, const char *p,
						const char *stop, const char *end)
{
	uint32_t seen = brief->seen;
	const char *next;

	EXPECT(NAME_VIA, 4, via);
	while (p < stop) {
		next = p;
		switch (quick_name(&next, end)) {
		case SIP_HDR_VIA:
via:
			if (seen & BIT(SIP_HDR_VIA))
				goto skip;
			TAKE(SIP_HDR_VIA,
			     quick_via(&next, end, &brief->via_sent_by, &brief->via_branch));
			EXPECT(NAME_MAX_FORW, 8, max_forw);
			EXPECT(NAME_FROM, 5, from);
			END_IF_ENOUGH();
			continue;
		case SIP_HDR_FROM:
from:
			TAKE(SIP_HDR_FROM, read_from(brief, &next, end));
			EXPECT(NAME_TO, 3, to);
			END_IF_ENOUGH();
			continue;
		case SIP_HDR_TO:
to:
			TAKE(SIP_HDR_TO, quick_address(&next, end, &brief->to_tag));
			EXPECT(NAME_CALL_ID, 8, call_id);
			END_IF_ENOUGH();
			continue;
		case SIP_HDR_CALL_ID:
call_id:
			TAKE(SIP_HDR_CALL_ID, quick_text(&next, end, '!', &brief->call_id));
			EXPECT(NAME_CSEQ, 5, cseq);
			END_IF_ENOUGH();
			continue;
		case SIP_HDR_CSEQ:
cseq:
			TAKE(SIP_HDR_CSEQ, read_cseq(brief, &next, end));
			END_IF_ENOUGH();
			EXPECT(NAME_CONTACT, 8, contact);
			continue;
contact:
			if (unlikely(!quick_skip(&next, end)))
				goto unusual;
			p = next;
			EXPECT(NAME_USER_AGE, 8, user_age);
			continue;
max_forw:
			if (likely(is_passing(brief))) {
				if (unlikely(!quick_skip(&next, end)))
					goto unusual;
				p = next;
				EXPECT(NAME_FROM, 5, from);
				continue;
			}
			if (!word_begins_nocase(word_at(next, end), NAME_ARDS, 5))
				goto unusual;
			next += 5;
			fallthrough;
		case SIP_HDR_MAX_FORWARDS:
			TAKE(SIP_HDR_MAX_FORWARDS, max_forwards(&next, end));
			EXPECT(NAME_FROM, 5, from);
			continue;
		case SIP_HDR_CONTENT_LENGTH:
			TAKE(SIP_HDR_CONTENT_LENGTH, content_length(&next, end));
			if (likely(quick_is_crlf(p, end)))
				goto unusual;
			continue;
user_age:
			if (!word_begins_nocase(word_at(next, end), NAME_NT, 3))
				goto unusual;
			next += 3;
			fallthrough;
		case SIP_HDR_USER_AGENT:
			if (seen & BIT(SIP_HDR_USER_AGENT))
				goto skip;
			if (is_unwanted_agent(brief, seen, next, end))
				goto enough;
			TAKE(SIP_HDR_USER_AGENT, quick_text(&next, end, ' ', &brief->user_agent));
			END_IF_ENOUGH();
			continue;
		case SIP_HDR_OTHER:
		case SIP_HDR_EXPIRES:
skip:
			if (unlikely(!quick_skip(&next, end)))
				goto unusual;
			p = next;
			continue;
		default:
			break;
		}
unusual:
		brief->seen = seen;
		if (quick_is_crlf(p, end)) {
			brief->next = p + 2;
			return NULL;
		}
		p = pass_over(brief, p);
		if (!p)
			return NULL;
	}
out:
	brief->seen = seen;
	return p;

enough:
	brief->seen = seen;
	brief->next = NULL;
	return NULL;
}

/* The beginning of the message, with the lines that begin before @anchor: without bounds. */
static __always_inline const char *read_beginning(struct sip_scan_brief *brief, const char *p,
						  const char *anchor)
{
	return start_line(brief, &p, NULL) ? header_lines(brief, p, anchor, NULL) : NULL;
}

static noinline void read_rest(struct sip_scan_brief *brief, const char *p)
{
	if (p == brief->next && !start_line(brief, &p, brief->end))
		return;
	if (is_enough(brief, brief->seen, p, brief->end))
		brief->next = NULL;
	else
		header_lines(brief, p, brief->end, brief->end);
}

/* SIP_HDR_OTHER is never seen. */
static __always_inline uint32_t enough_of(struct sip_scan_extent extent)
{
	if (extent.all)
		return BIT(SIP_HDR_OTHER);
	return extent.agents ? MANDATORY | BIT(SIP_HDR_USER_AGENT) : MANDATORY;
}

bool sip_scan_brief(struct sip_scan_brief *brief, struct sip_scan_extent extent, const char *buf,
		    size_t len)
{
	const char *end = buf + len, *anchor, *p = buf;

	if (len > 0xffffffff)
		return false;
	brief->status = 0;
	brief->has_credentials = false;
	brief->uri.len = 0;
	brief->to_tag.len = 0;
	brief->user_agent.len = 0;
	brief->end = end;
	brief->next = buf;
	brief->seen = 0;
	brief->enough = enough_of(extent);
	brief->agents = extent.agents;
	anchor = quick_anchor(buf, end);
	if (likely(anchor))
		p = read_beginning(brief, buf, anchor);
	if (p)
		read_rest(brief, p);
	/* It went on from the start line, and ended with the empty line or with enough. */
	if (brief->next == buf || ~brief->seen & MANDATORY)
		return false;
	brief->body = brief->next ? brief->next - buf : 0;
	return true;
}

uint32_t sip_scan_brief_cseq(const struct sip_scan_brief *brief)
{
	const char *begin = brief->cseq.p, *end = begin + brief->cseq.len;
	struct sip_scan_text method;
	uint32_t number = 0;

	begin = sip_scan_skip_lws(begin, end);
	while (end > begin && sip_scan_is(end[-1], SIP_CHAR_WSP))
		end--;
	sip_scan_cseq(sip_scan_between(begin, end), &number, &method);
	return number;
}
