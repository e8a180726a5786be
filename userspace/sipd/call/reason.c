// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/reason.h"

#include <string.h>

struct view call_reason_protocol(struct view element, struct view *params)
{
	const char *semicolon = element.len ? memchr(element.p, ';', element.len) : NULL;

	*params = VIEW_NONE;
	if (semicolon) {
		params->p = semicolon + 1;
		params->len = (size_t)(element.p + element.len - params->p);
		element.len = (size_t)(semicolon - element.p);
	}
	return view_trim(element);
}

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
