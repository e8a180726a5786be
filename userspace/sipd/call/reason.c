// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/reason.h"

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
