/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An address of IPv4 or IPv6, with a port: "10.0.1.2:4000", "[fd00:1::2]:4000". */
#ifndef RTP_TOOL_ADDRESS_H
#define RTP_TOOL_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* Ends the program when it is none. */
union address address_parse(const char *text);
socklen_t address_size(const union address *addr);
bool address_is_ipv6(const union address *addr);
/* In network byte order. */
in_port_t address_port(const union address *addr);
bool address_is_equal(const union address *a, const union address *b);
void address_print(const union address *addr);

#endif
