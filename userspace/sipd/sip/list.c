// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/msg.h"
#include "sip/text.h"

static bool list_next(struct view *rest, struct view *element)
{
	struct sip_scan_text texts = sip_text_of(*rest), text;
	bool found = sip_scan_list_next(&texts, &text);

	if (found) {
		*rest = sip_view_of(texts);
		*element = sip_view_of(text);
	}
	return found;
}

/* The same where no comma is: nothing else in it matters. */
static bool only_one(struct view *rest, struct view *element)
{
	const char *end = rest->p + rest->len;
	const char *begin = sip_scan_skip_lws(rest->p, end);
	size_t len = (size_t)(end - begin);

	if (!len)
		return false;
	while (len && sip_scan_is(begin[len - 1], SIP_CHAR_LWS))
		len--;
	*element = (struct view){ begin, len };
	*rest = (struct view){ end, 0 };
	return true;
}

bool sip_list_next(struct view *rest, struct view *element)
{
	if (rest->len && !memchr(rest->p, ',', rest->len))
		return only_one(rest, element);
	return list_next(rest, element);
}
