// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/msg.h"

/* Compact forms of headers that have no number. */
static const struct {
	char letter;
	const char *name;
} compact_forms[] = {
	{ 'a', "Accept-Contact" },
	{ 'd', "Request-Disposition" },
	{ 'j', "Reject-Contact" },
	{ 'n', "Identity-Info" },
	{ 'u', "Allow-Events" },
	{ 'y', "Identity" },
};

enum sip_hdr_id sip_hdr_parse(struct view name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!sip_scan_is(name.p[i], SIP_CHAR_TOKEN))
			return SIP_HDR_OTHER;
	return sip_scan_hdr_id(name.p, name.len);
}

const char *sip_hdr_name(enum sip_hdr_id id)
{
	return sip_scan_hdr_name(id);
}

const struct sip_header *sip_msg_header(const struct sip_msg *msg, enum sip_hdr_id id,
					const struct sip_header *after)
{
	unsigned int i = after ? (unsigned int)(after - msg->headers) + 1 : msg->first[id];

	if (!after)
		return i ? &msg->headers[i - 1] : NULL;
	for (; i < msg->nheaders; i++)
		if (msg->headers[i].id == id)
			return &msg->headers[i];
	return NULL;
}

const struct sip_header *sip_msg_header_named(const struct sip_msg *msg, struct view name)
{
	enum sip_hdr_id id = sip_hdr_parse(name);
	const struct sip_header *header = NULL;
	struct view letter = VIEW_NONE;

	if (id != SIP_HDR_OTHER)
		return sip_msg_header(msg, id, NULL);
	for (size_t i = 0; i < sizeof(compact_forms) / sizeof(compact_forms[0]); i++)
		if (view_ieq(name, view_str(compact_forms[i].name)))
			letter = (struct view){ &compact_forms[i].letter, 1 };
	while ((header = sip_msg_header(msg, SIP_HDR_OTHER, header)))
		if (view_ieq(header->name, name) || (letter.p && view_ieq(header->name, letter)))
			return header;
	return NULL;
}
