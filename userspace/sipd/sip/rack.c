// SPDX-License-Identifier: GPL-2.0-or-later
/* The headers of reliable provisional responses and of PRACK (RFC 3262 s.7). */
#include <errno.h>

#include "sip/reliable.h"

/* The next word of @rest, up to white space; empty at the end. */
static struct view next_word(struct view *rest)
{
	struct view word;

	*rest = view_trim(*rest);
	word = (struct view){ rest->p, 0 };
	while (word.len < rest->len && !strchr(" \t\r\n", rest->p[word.len]))
		word.len++;
	rest->p += word.len;
	rest->len -= word.len;
	return word;
}

int sip_rack_parse(struct sip_rack *rack, struct view value)
{
	struct view rseq = next_word(&value), cseq = next_word(&value);

	rack->method = next_word(&value);
	if (view_to_u32(rseq, UINT32_MAX, &rack->rseq) || !rack->rseq ||
	    view_to_u32(cseq, INT32_MAX, &rack->cseq) || !rack->method.len || view_trim(value).len)
		return -EBADMSG;
	return 0;
}

bool sip_names_option(const struct sip_msg *msg, enum sip_hdr_id id, struct view tag)
{
	const struct sip_header *header = NULL;
	struct view rest, element;

	while ((header = sip_msg_header(msg, id, header))) {
		rest = header->value;
		while (sip_list_next(&rest, &element))
			if (view_ieq(element, tag))
				return true;
	}
	return false;
}

uint32_t sip_rseq(const struct sip_msg *response)
{
	const struct sip_header *header = sip_msg_header(response, SIP_HDR_RSEQ, NULL);
	uint32_t rseq;

	if (response->status <= 100 || response->status >= 200 || !header ||
	    !sip_names_option(response, SIP_HDR_REQUIRE, VIEW_LIT("100rel")) ||
	    view_to_u32(view_trim(header->value), UINT32_MAX, &rseq))
		return 0;
	return rseq;
}
