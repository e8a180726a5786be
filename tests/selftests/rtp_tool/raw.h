/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams as no socket would send them. */
#ifndef RTP_TOOL_RAW_H
#define RTP_TOOL_RAW_H

#include <linux/if_packet.h>
#include <stdbool.h>
#include <stdint.h>

#include "address.h"

#define RAW_OPTIONS "D:M:c:o:U:I:C:P:F:S:"
#define RAW_DEFAULTS                                                 \
	{                                                            \
		.udp_len = -1, .ip_len = -1, .cut = -1, .sources = 1 \
	}

enum raw_checksum { RAW_GOOD, RAW_NONE, RAW_BAD };

/* -1: what is right. */
struct raw {
	const char *device;
	uint8_t mac[6];
	enum raw_checksum checksum;
	unsigned int options; /* octets; IPv4 */
	int udp_len, ip_len; /* of IPv6: what its header says of the octets behind it */
	int cut;
	unsigned int padding;
	unsigned int fragment; /* octets of each, 0: one piece; IPv4 */
	unsigned int sources;
	uint8_t ttl, tos;
	/* Going on: */
	int fd;
	unsigned int sent;
	union address source, destination;
	struct sockaddr_ll link;
};

/* False if the option is none of RAW_OPTIONS. */
bool raw_option(struct raw *raw, int option, const char *value);
void raw_open(struct raw *raw, const union address *source, const union address *destination);
void raw_send(struct raw *raw, const uint8_t *payload, unsigned int len);

/* RFC 1071: of @len octets, on top of @sum; then raw_fold() of it. */
uint32_t raw_sum(uint32_t sum, const uint8_t *data, unsigned int len);
uint16_t raw_fold(uint32_t sum);
/* Sum of the pseudo header of UDP; addresses from the IP header at @ip. */
uint32_t raw_pseudo_sum(const uint8_t *ip, unsigned int udp_len);

#endif
