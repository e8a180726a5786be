// SPDX-License-Identifier: GPL-2.0-or-later
/* The pieces of a line (RFC 8866 s.9). */
#include "sdp/sdp_line.h"

struct view sdp_word(struct view *rest)
{
	struct view word;

	while (rest->len && (*rest->p == ' ' || *rest->p == '\t')) {
		rest->p++;
		rest->len--;
	}
	word = (struct view){ rest->p, 0 };
	while (word.len < rest->len && word.p[word.len] != ' ' && word.p[word.len] != '\t')
		word.len++;
	rest->p += word.len;
	rest->len -= word.len;
	return word;
}

bool sdp_attribute(const struct sdp_line *line, struct view *name, struct view *value)
{
	const char *colon;

	if (line->type != 'a')
		return false;
	*name = line->value;
	*value = (struct view){ name->p + name->len, 0 };
	colon = line->value.len ? memchr(line->value.p, ':', line->value.len) : NULL;
	if (colon) {
		name->len = colon - line->value.p;
		*value = (struct view){ colon + 1, line->value.len - name->len - 1 };
	}
	*name = view_trim(*name);
	*value = view_trim(*value);
	return true;
}

/* 0.0.0.0 is how RFC 2543 put a call on hold; :: is the same of IPv6. */
static bool is_usable(const struct host *address)
{
	return !host_is_set(address) || host_is_unicast(address);
}

bool sdp_connection(struct view rest, struct host *address)
{
	struct view net = sdp_word(&rest), type = sdp_word(&rest), host = sdp_word(&rest);
	bool ip6 = view_ieq(type, VIEW_LIT("IP6"));

	*address = (struct host){ .family = AF_UNSPEC };
	if (!net.len || !type.len || !host.len)
		return false;
	if (!view_ieq(net, VIEW_LIT("IN")) || !(ip6 || view_ieq(type, VIEW_LIT("IP4"))))
		return true;
	if (!host_parse(address, ip6 ? AF_INET6 : AF_INET, host) && !is_usable(address))
		*address = (struct host){ .family = AF_UNSPEC };
	return true;
}
