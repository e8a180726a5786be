// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip_scan_stale.h"

/* The last word of @text, if that is @word, which is in small letters; @text is cut before it. */
static bool take_word(struct sip_scan_text *text, const char *word, size_t len)
{
	const char *p;
	size_t i;

	if (text->len < len)
		return false;
	p = text->p + text->len - len;
	for (i = 0; i < len; i++)
		if ((p[i] | 0x20) != word[i])
			return false;
	text->len -= len;
	return true;
}

static void trim(struct sip_scan_text *text)
{
	while (text->len && sip_scan_is(text->p[text->len - 1], SIP_CHAR_LWS))
		text->len--;
}

static bool take_octet(struct sip_scan_text *text, char octet)
{
	if (!text->len || text->p[text->len - 1] != octet)
		return false;
	text->len--;
	return true;
}

/* Is it "stale=true", perhaps behind the scheme? */
static bool is_stale_param(struct sip_scan_text param)
{
	const bool quoted = take_octet(&param, '"');

	if (!take_word(&param, "true", 4) || (quoted && !take_octet(&param, '"')))
		return false;
	trim(&param);
	if (!take_octet(&param, '='))
		return false;
	trim(&param);
	return take_word(&param, "stale", 5) &&
	       (!param.len || sip_scan_is(param.p[param.len - 1], SIP_CHAR_LWS));
}

static bool is_stale_challenge(struct sip_scan_text value)
{
	struct sip_scan_text param;

	while (sip_scan_list_next(&value, &param))
		if (is_stale_param(param))
			return true;
	return false;
}

bool sip_scan_is_stale(const char *buf, size_t len)
{
	struct sip_scan_header header;
	struct sip_scan_start start;
	struct sip_scan_iter iter;
	enum sip_scan_step step;

	if (sip_scan_begin(&iter, &start, buf, len) != SIP_SCAN_RESPONSE)
		return false;
	while ((step = sip_scan_next(&iter, &header)) < SIP_SCAN_BODY)
		if (step == SIP_SCAN_HEADER &&
		    (header.id == SIP_HDR_WWW_AUTHENTICATE ||
		     header.id == SIP_HDR_PROXY_AUTHENTICATE) &&
		    is_stale_challenge(header.value))
			return true;
	return false;
}
