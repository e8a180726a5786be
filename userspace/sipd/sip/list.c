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
