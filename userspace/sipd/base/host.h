/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The address of a host, of either family: no port, no name. A value. */
#ifndef SIPD_BASE_HOST_H
#define SIPD_BASE_HOST_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/view.h"

struct host {
	sa_family_t family; /* AF_INET or AF_INET6; AF_UNSPEC: there is none */
	union {
		struct in_addr v4;
		struct in6_addr v6;
	};
};

#define HOST_STRLEN INET6_ADDRSTRLEN

/* Reads an address of @family, IPv6 without brackets. 0 or -EINVAL, @host is none then. */
int host_parse(struct host *host, sa_family_t family, struct view text);
/* As it is written alone, "2001:db8::1"; "0.0.0.0" when there is none. Returns @buf. */
const char *host_format(const struct host *host, char buf[HOST_STRLEN]);
/* The same, without inet_ntop(), which prints IPv4 by printf(). */
const char *host_v4_format(struct in_addr address, char buf[INET_ADDRSTRLEN]);
bool host_equal(const struct host *a, const struct host *b);

/* It is one, and neither 0.0.0.0 nor ::. */
bool host_is_set(const struct host *host);
/*
 * Packets can be sent to it from anywhere: no group, broadcast, or link-local IPv6 address, which
 * is nothing without a device, and no IPv4 address in the clothes of IPv6 (RFC 4291 s.2.5.5).
 */
bool host_is_unicast(const struct host *host);
/* Of the host itself, 127.0.0.0/8 or ::1. */
bool host_is_loopback(const struct host *host);
/* Of a network that is not reached from outside (RFC 1918, 3927, 6598; RFC 4193). */
bool host_is_private(const struct host *host);

/* One with a port, in host byte order. */
struct host_port {
	struct host host;
	uint16_t port;
};

#define HOST_PORT_STRLEN (HOST_STRLEN + sizeof("[]:65535"))

/* "192.0.2.1:4000" or "[2001:db8::1]:4000"; returns @buf. */
const char *host_port_format(const struct host_port *at, char buf[HOST_PORT_STRLEN]);

#endif
