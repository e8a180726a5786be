// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists that are too long for one turn of the loop. */
#include "admin/request.h"
#include "base/stripes.h"

bool admin_page_arg(struct admin_request *request, unsigned int *from)
{
	const json_t *value = json_object_get(request->args, "from");

	*from = 0;
	if (!value)
		return true;
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) >= STRIPES) {
		admin_refuse(request, "usage", "\"from\" is no page; take that of \"next\"");
		return false;
	}
	*from = (unsigned int)json_integer_value(value);
	return true;
}

json_t *admin_page(const char *name, json_t *list, unsigned int next)
{
	return json_pack("{s:o, s:o}", name, list, "next",
			 next < STRIPES ? json_integer(next) : json_null());
}
