// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/reason.h"

#include <string.h>

bool call_reason_take(struct call_reasons *reasons, struct view protocol)
{
	for (unsigned int i = 0; i < reasons->count; i++)
		if (view_ieq(reasons->protocols[i], protocol))
			return false;
	if (reasons->count == CALL_MAX_REASONS)
		return false;
	reasons->protocols[reasons->count++] = protocol;
	return true;
}

struct view call_reasons_of(const struct sip_msg *msg, char text[CALL_REASONS_TEXT])
{
	const struct sip_header *header = NULL;
	size_t len = 0;

	while ((header = sip_msg_header(msg, SIP_HDR_REASON, header))) {
		if (!header->value.len || header->value.len + 1 > CALL_REASONS_TEXT - len)
			continue;
		if (len)
			text[len++] = ',';
		memcpy(text + len, header->value.p, header->value.len);
		len += header->value.len;
	}
	return len ? (struct view){ text, len } : VIEW_NONE;
}
