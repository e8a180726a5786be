/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two ways to receive: from a UDP socket, or from a device with all the headers. */
#ifndef RTP_TOOL_SNIFF_H
#define RTP_TOOL_SNIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "address.h"

/* @data: NULL if what came was none of ours. */
struct datagram {
	const uint8_t *data;
	unsigned int len;
	union address source;
	int ttl, tos;
};

/* What only the headers tell, in packets. */
struct sniff_sums {
	unsigned long ip_bad; /* header checksum, or lengths */
	unsigned long ip_options;
	unsigned long trailing; /* octets behind the IP datagram */
	unsigned long fragments;
	unsigned long df;
	unsigned long udp_good, udp_bad, udp_none;
	unsigned long udp_partial; /* left to a device that doesn't need it; no proof of anything */
};

int socket_open(const union address *local);
/* False if there is none now. */
bool socket_receive(int fd, uint8_t *buf, size_t size, struct datagram *d);

/* Of IPv4 only. */
int sniff_open(const char *device);
bool sniff_receive(int fd, const struct sockaddr_in *local, uint8_t *buf, size_t size,
		   struct datagram *d, struct sniff_sums *sums);
void sniff_report(const struct sniff_sums *sums);

#endif
