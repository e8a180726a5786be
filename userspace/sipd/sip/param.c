// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/msg.h"

/* The end of the parameter at @p: the next ';' that is in no quoted string. */
static const char *param_end(const char *p, const char *end)
{
	bool quoted = false;

	for (; p < end && (quoted || *p != ';'); p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (quoted && *p == '\\' && p + 1 < end)
			p++;
	}
	return p;
}

/* Knows no grammar but the delimiters, so that it does for URI and for header parameters. */
bool sip_param(struct view params, struct view name, struct view *value)
{
	const char *p, *end, *next, *equals;
	struct view param;

	if (!params.len)
		return false;
	end = params.p + params.len;
	for (p = params.p; p < end; p = next < end ? next + 1 : end) {
		next = param_end(p, end);
		param = (struct view){ p, (size_t)(next - p) };
		equals = memchr(p, '=', param.len);
		if (equals)
			param.len = (size_t)(equals - p);
		if (!view_ieq(view_trim(param), name))
			continue;
		*value = (struct view){ next, 0 };
		if (equals)
			*value = view_trim(
				(struct view){ equals + 1, (size_t)(next - equals - 1) });
		return true;
	}
	return false;
}

struct view sip_param_head(struct view value, struct view *params)
{
	const char *semicolon = value.len ? memchr(value.p, ';', value.len) : NULL;

	*params = VIEW_NONE;
	if (semicolon) {
		params->p = semicolon + 1;
		params->len = (size_t)(value.p + value.len - params->p);
		value.len = (size_t)(semicolon - value.p);
	}
	return view_trim(value);
}
