// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>

#include "transport/transport.h"

/* Splits off the port. A second colon without brackets means IPv6 without port. */
static int split(struct view text, struct view *host, struct view *port)
{
	const char *close, *colon;

	*host = text;
	*port = VIEW_NONE;
	if (text.len && text.p[0] == '[') {
		close = memchr(text.p, ']', text.len);
		if (!close)
			return -EINVAL;
		*host = (struct view){ text.p + 1, close - text.p - 1 };
		text.len -= close + 1 - text.p;
		text.p = close + 1;
		if (!text.len)
			return 0;
		if (text.p[0] != ':')
			return -EINVAL;
		*port = (struct view){ text.p + 1, text.len - 1 };
		return 0;
	}
	colon = text.len ? memchr(text.p, ':', text.len) : NULL;
	if (!colon || memchr(colon + 1, ':', text.p + text.len - colon - 1))
		return 0;
	host->len = colon - text.p;
	*port = (struct view){ colon + 1, text.p + text.len - colon - 1 };
	return 0;
}

int tp_addr_parse(struct tp_addr *addr, struct view text, uint16_t default_port)
{
	char buf[INET6_ADDRSTRLEN];
	struct view host, port;
	uint32_t number = default_port;

	if (split(text, &host, &port) < 0 || !host.len || host.len >= sizeof(buf))
		return -EINVAL;
	if (port.p && (view_to_u32(port, UINT16_MAX, &number) < 0))
		return -EINVAL;
	memcpy(buf, host.p, host.len);
	buf[host.len] = '\0';
	memset(addr, 0, sizeof(*addr));
	if (host.p == text.p && inet_pton(AF_INET, buf, &addr->in.sin_addr) == 1)
		addr->sa.sa_family = AF_INET;
	else if (inet_pton(AF_INET6, buf, &addr->in6.sin6_addr) == 1)
		addr->sa.sa_family = AF_INET6;
	else
		return -EINVAL;
	tp_addr_set_port(addr, number);
	return 0;
}

const char *tp_addr_host(const struct tp_addr *addr, char buf[TP_ADDR_STRLEN])
{
	size_t len;

	buf[0] = '\0';
	if (addr->sa.sa_family == AF_INET) {
		host_v4_format(addr->in.sin_addr, buf);
	} else if (addr->sa.sa_family == AF_INET6) {
		buf[0] = '[';
		inet_ntop(AF_INET6, &addr->in6.sin6_addr, buf + 1, TP_ADDR_STRLEN - 2);
		len = strlen(buf);
		memcpy(buf + len, "]", 2);
	}
	return buf;
}

struct host tp_addr_to_host(const struct tp_addr *addr)
{
	struct host host = { .family = addr->sa.sa_family };

	if (host.family == AF_INET)
		host.v4 = addr->in.sin_addr;
	else if (host.family == AF_INET6)
		host.v6 = addr->in6.sin6_addr;
	return host;
}

const char *tp_addr_format(const struct tp_addr *addr, char buf[TP_ADDR_STRLEN])
{
	size_t len = strlen(tp_addr_host(addr, buf));

	if (len)
		snprintf(buf + len, TP_ADDR_STRLEN - len, ":%u", tp_addr_port(addr));
	return buf;
}

/* The port stands at the same place for both families. */
uint16_t tp_addr_port(const struct tp_addr *addr)
{
	return ntohs(addr->in.sin_port);
}

void tp_addr_set_port(struct tp_addr *addr, uint16_t port)
{
	addr->in.sin_port = htons(port);
}

bool tp_addr_same_host(const struct tp_addr *a, const struct tp_addr *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
	return IN6_ARE_ADDR_EQUAL(&a->in6.sin6_addr, &b->in6.sin6_addr) &&
	       a->in6.sin6_scope_id == b->in6.sin6_scope_id;
}

bool tp_addr_eq(const struct tp_addr *a, const struct tp_addr *b)
{
	return tp_addr_same_host(a, b) && a->in.sin_port == b->in.sin_port;
}

socklen_t tp_addr_len(const struct tp_addr *addr)
{
	return addr->sa.sa_family == AF_INET ? sizeof(addr->in) : sizeof(addr->in6);
}

const char *tp_proto_name(enum tp_proto proto)
{
	static const char *const names[] = { "UDP", "TCP", "TLS", "WS", "WSS" };

	return names[proto];
}

const char *tp_proto_word(enum tp_proto proto)
{
	static const char *const words[] = { "udp", "tcp", "tls", "ws", "wss" };

	return words[proto];
}

const char *tp_proto_param(enum tp_proto proto)
{
	return tp_proto_word(proto == TP_WSS ? TP_WS : proto);
}
