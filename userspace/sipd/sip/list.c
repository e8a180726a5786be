// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/msg.h"
#include "sip/text.h"

bool sip_list_next(struct view *rest, struct view *element)
{
	struct sip_scan_text texts = sip_text_of(*rest), text;
	bool found = sip_scan_list_next(&texts, &text);

	if (found) {
		*rest = sip_view_of(texts);
		*element = sip_view_of(text);
	}
	return found;
}

bool sip_msg_lists(const struct sip_msg *msg, enum sip_hdr_id id, struct view token)
{
	const struct sip_header *header = NULL;
	struct view rest, element;

	while ((header = sip_msg_header(msg, id, header))) {
		rest = header->value;
		while (sip_list_next(&rest, &element)) {
			const char *params = memchr(element.p, ';', element.len);

			if (params)
				element.len = (size_t)(params - element.p);
			element = view_trim(element);
			/* Methods are case-sensitive, all else is not (s.7.1, s.7.3.1). */
			if (id == SIP_HDR_ALLOW ? view_eq(element, token) :
						  view_ieq(element, token))
				return true;
		}
	}
	return false;
}
