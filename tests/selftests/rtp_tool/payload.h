/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UDP payloads. The first 12 octets are a header of some protocol with a number in it; all others
 * follow from these 12 and the length. So whoever receives one can tell whether every bit is as it
 * was sent, without knowing what was sent.
 */
#ifndef RTP_TOOL_PAYLOAD_H
#define RTP_TOOL_PAYLOAD_H

#include <stdbool.h>
#include <stdint.h>

#define PAYLOAD_HEAD 12

enum payload_kind {
	PAYLOAD_RTP,
	PAYLOAD_RTCP, /* an APP packet (RFC 3550 s.6.7) */
	PAYLOAD_STUN,
	PAYLOAD_DTLS,
	PAYLOAD_OTHER,
	PAYLOAD_KINDS,
};

extern const char *const payload_kinds[PAYLOAD_KINDS];

struct payload {
	enum payload_kind kind;
	unsigned int min, max; /* octets */
	uint8_t type;
	uint16_t seq;
	uint32_t ssrc;
	uint32_t step; /* of the timestamp */
	uint8_t first[PAYLOAD_HEAD]; /* octets that stand at the beginning instead */
	unsigned int nfirst;
};

/* Fills @buf, of MAX_PAYLOAD octets, with the datagram of number @index; returns its length. */
unsigned int payload_build(const struct payload *payload, unsigned int index, uint8_t *buf);

bool payload_is_intact(const uint8_t *buf, unsigned int len);

enum payload_kind payload_kind(const uint8_t *buf, unsigned int len);
/* Of RTP. */
uint16_t payload_seq(const uint8_t *buf);
uint32_t payload_ssrc(const uint8_t *buf);

#endif
