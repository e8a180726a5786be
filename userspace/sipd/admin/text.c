// SPDX-License-Identifier: GPL-2.0-or-later
#include "admin/text.h"

#include <stdio.h>
#include <string.h>

/*
 * Octets of the UTF-8 sequence at @p (RFC 3629: neither overlong, nor surrogates, nor above
 * U+10FFFF), 0: it is none. The text ends in NUL, so a cut sequence is seen.
 */
static size_t sequence(const unsigned char *p)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t len, i;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (p[0] == 0xe0)
		low = 0xa0;
	else if (p[0] == 0xed)
		high = 0x9f;
	else if (p[0] == 0xf0)
		low = 0x90;
	else if (p[0] == 0xf4)
		high = 0x8f;
	if (p[1] < low || p[1] > high)
		return 0;
	for (i = 2; i < len; i++) {
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	}
	return len;
}

json_t *admin_text(const char *text)
{
	const unsigned char *p = (const unsigned char *)(text ? text : "");
	char out[ADMIN_TEXT_MAX + sizeof("...")];
	size_t len = 0, octets;

	for (; *p; p += octets ? octets : 1) {
		octets = sequence(p);
		if (len + (octets ? octets : 4) > ADMIN_TEXT_MAX) {
			memcpy(out + len, "...", 3);
			len += 3;
			break;
		}
		if (octets) {
			memcpy(out + len, p, octets);
			len += octets;
		} else {
			len += snprintf(out + len, sizeof(out) - len, "\\x%02x", *p);
		}
	}
	return json_stringn(out, len);
}

json_t *admin_addr(const struct tp_addr *addr)
{
	char text[TP_ADDR_STRLEN];

	if (!addr->sa.sa_family)
		return json_string("");
	return json_string(tp_addr_format(addr, text));
}

json_t *admin_host_port(const struct host_port *at)
{
	char text[HOST_PORT_STRLEN];

	if (!at->host.family)
		return json_string("");
	return json_string(host_port_format(at, text));
}

json_t *admin_optional_ms(int64_t ms)
{
	return ms < 0 ? json_null() : json_integer(ms);
}
