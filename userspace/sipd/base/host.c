// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>

#include "base/host.h"

int host_parse(struct host *host, sa_family_t family, struct view text)
{
	char buf[HOST_STRLEN];

	*host = (struct host){ .family = AF_UNSPEC };
	if (text.len >= sizeof(buf))
		return -EINVAL;
	if (text.len)
		memcpy(buf, text.p, text.len);
	buf[text.len] = '\0';
	if (inet_pton(family, buf, &host->v6) != 1)
		return -EINVAL;
	host->family = family;
	return 0;
}

static char *put_octet(char *p, unsigned int octet)
{
	if (octet >= 100)
		*p++ = (char)('0' + octet / 100);
	if (octet >= 10)
		*p++ = (char)('0' + octet / 10 % 10);
	*p++ = (char)('0' + octet % 10);
	return p;
}

const char *host_v4_format(struct in_addr address, char buf[INET_ADDRSTRLEN])
{
	const uint8_t *octets = (const uint8_t *)&address;
	char *p = buf;

	for (int i = 0; i < 4; i++) {
		p = put_octet(p, octets[i]);
		*p++ = i < 3 ? '.' : '\0';
	}
	return buf;
}

const char *host_format(const struct host *host, char buf[HOST_STRLEN])
{
	if (host->family != AF_INET6)
		return host_v4_format(host->v4, buf);
	return inet_ntop(AF_INET6, &host->v6, buf, HOST_STRLEN);
}

bool host_equal(const struct host *a, const struct host *b)
{
	if (a->family != b->family)
		return false;
	if (a->family == AF_INET)
		return a->v4.s_addr == b->v4.s_addr;
	return a->family != AF_INET6 || IN6_ARE_ADDR_EQUAL(&a->v6, &b->v6);
}

bool host_is_set(const struct host *host)
{
	if (host->family == AF_INET)
		return host->v4.s_addr;
	return host->family == AF_INET6 && !IN6_IS_ADDR_UNSPECIFIED(&host->v6);
}

bool host_is_unicast(const struct host *host)
{
	uint32_t v4 = ntohl(host->v4.s_addr);

	if (host->family == AF_INET)
		return v4 >> 24 && !IN_MULTICAST(v4) && v4 != INADDR_BROADCAST;
	return host_is_set(host) && !IN6_IS_ADDR_MULTICAST(&host->v6) &&
	       !IN6_IS_ADDR_LINKLOCAL(&host->v6) && !IN6_IS_ADDR_V4MAPPED(&host->v6);
}

bool host_is_loopback(const struct host *host)
{
	if (host->family == AF_INET)
		return ntohl(host->v4.s_addr) >> 24 == IN_LOOPBACKNET;
	return host->family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&host->v6);
}

bool host_is_private(const struct host *host)
{
	uint32_t v4 = ntohl(host->v4.s_addr);

	if (host->family == AF_INET)
		return v4 >> 24 == 10 || v4 >> 20 == 0xac1 || v4 >> 16 == 0xc0a8 ||
		       v4 >> 16 == 0xa9fe || v4 >> 22 == 0x64400000 >> 22;
	return host->family == AF_INET6 && (host->v6.s6_addr[0] & 0xfe) == 0xfc;
}

const char *host_port_format(const struct host_port *at, char buf[HOST_PORT_STRLEN])
{
	const char *format = at->host.family == AF_INET6 ? "[%s]:%u" : "%s:%u";
	char host[HOST_STRLEN];

	snprintf(buf, HOST_PORT_STRLEN, format, host_format(&at->host, host), at->port);
	return buf;
}
