// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/msg.h"

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

const struct sip_header *sip_msg_named(const struct sip_msg *msg, struct view name)
{
	for (unsigned int i = 0; i < msg->nheaders; i++)
		if (view_ieq(msg->headers[i].name, name))
			return &msg->headers[i];
	return NULL;
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
