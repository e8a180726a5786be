// SPDX-License-Identifier: GPL-2.0-or-later
/* The pieces of a line (RFC 8866 s.9). */
#include <arpa/inet.h>

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

/* 0.0.0.0 is how RFC 2543 put a call on hold; the rest of 0.0.0.0/8 is nobody's. */
static bool is_unicast(struct in_addr address)
{
	uint32_t a = ntohl(address.s_addr);

	return !a || (a >> 24 && !IN_MULTICAST(a) && a != INADDR_BROADCAST);
}

bool sdp_connection(struct view rest, bool *ip4, struct in_addr *address)
{
	struct view net = sdp_word(&rest), type = sdp_word(&rest), host = sdp_word(&rest);
	char text[INET_ADDRSTRLEN];

	*ip4 = false;
	address->s_addr = 0;
	if (!net.len || !type.len || !host.len)
		return false;
	if (!view_ieq(net, VIEW_LIT("IN")) || !view_ieq(type, VIEW_LIT("IP4")) ||
	    host.len >= sizeof(text))
		return true;
	memcpy(text, host.p, host.len);
	text[host.len] = '\0';
	*ip4 = inet_pton(AF_INET, text, address) == 1 && is_unicast(*address);
	if (!*ip4)
		address->s_addr = 0;
	return true;
}
