// SPDX-License-Identifier: GPL-2.0-or-later
#include "address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "tool.h"

union address address_parse(const char *text)
{
	const char *colon = strrchr(text, ':');
	bool ipv6 = text[0] == '[';
	char host[INET6_ADDRSTRLEN];
	const char *begin = text + ipv6, *end = colon ? colon - ipv6 : begin;
	union address addr = { .any.sa_family = ipv6 ? AF_INET6 : AF_INET };
	void *octets = ipv6 ? (void *)&addr.in6.sin6_addr : (void *)&addr.in.sin_addr;

	if (end <= begin || (size_t)(end - begin) >= sizeof(host) || (ipv6 && *end != ']'))
		fail("bad address \"%s\"", text);
	memcpy(host, begin, end - begin);
	host[end - begin] = '\0';
	if (inet_pton(addr.any.sa_family, host, octets) != 1)
		fail("bad address \"%s\"", text);
	/* Both families have it at the same place. */
	addr.in.sin_port = htons(parse_number(colon + 1, 65535));
	return addr;
}

bool address_is_ipv6(const union address *addr)
{
	return addr->any.sa_family == AF_INET6;
}

socklen_t address_size(const union address *addr)
{
	return address_is_ipv6(addr) ? sizeof(addr->in6) : sizeof(addr->in);
}

in_port_t address_port(const union address *addr)
{
	return address_is_ipv6(addr) ? addr->in6.sin6_port : addr->in.sin_port;
}

bool address_is_equal(const union address *a, const union address *b)
{
	if (a->any.sa_family != b->any.sa_family || address_port(a) != address_port(b))
		return false;
	if (address_is_ipv6(a))
		return IN6_ARE_ADDR_EQUAL(&a->in6.sin6_addr, &b->in6.sin6_addr);
	return a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
}

void address_print(const union address *addr)
{
	bool ipv6 = address_is_ipv6(addr);
	const void *host = ipv6 ? (void *)&addr->in6.sin6_addr : (void *)&addr->in.sin_addr;
	char text[INET6_ADDRSTRLEN];

	inet_ntop(addr->any.sa_family, host, text, sizeof(text));
	printf(ipv6 ? "[%s]:%d" : "%s:%d", text, ntohs(address_port(addr)));
}
