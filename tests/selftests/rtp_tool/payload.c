// SPDX-License-Identifier: GPL-2.0-or-later
#include "payload.h"

#include <string.h>

const char *const payload_kinds[PAYLOAD_KINDS] = { "rtp", "rtcp", "stun", "dtls", "other" };

static void put16(uint8_t *p, uint16_t value)
{
	p[0] = value >> 8;
	p[1] = value;
}

static void put32(uint8_t *p, uint32_t value)
{
	put16(p, value >> 16);
	put16(p + 2, value);
}

static uint16_t get16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static void put_head(const struct payload *payload, unsigned int index, unsigned int len,
		     uint8_t *head)
{
	switch (payload->kind) {
	case PAYLOAD_RTCP:
		put16(head, 0x80cc);
		put16(head + 2, len / 4 - 1);
		put32(head + 4, payload->ssrc);
		put32(head + 8, index);
		break;
	case PAYLOAD_STUN: /* binding request */
		put16(head, 0x0001);
		put16(head + 2, len - 20);
		put32(head + 4, 0x2112a442);
		put32(head + 8, index);
		break;
	case PAYLOAD_DTLS: /* handshake, DTLS 1.2 */
		put32(head, 0x16fefd00);
		put32(head + 4, 0);
		put32(head + 8, index);
		break;
	default:
		head[0] = 0x80;
		head[1] = payload->type;
		put16(head + 2, payload->seq + index);
		put32(head + 4, payload->step * index);
		put32(head + 8, payload->ssrc);
	}
}

/* FNV-1a of the head, then xorshift. */
static uint32_t pattern_start(const uint8_t *buf, unsigned int len)
{
	uint32_t hash = 2166136261u ^ len;

	for (unsigned int i = 0; i < PAYLOAD_HEAD; i++)
		hash = (hash ^ buf[i]) * 16777619u;
	return hash ? hash : 1;
}

static uint32_t pattern_next(uint32_t state)
{
	state ^= state << 13;
	state ^= state >> 17;
	return state ^ state << 5;
}

unsigned int payload_build(const struct payload *payload, unsigned int index, uint8_t *buf)
{
	unsigned int len = payload->min + index % (payload->max - payload->min + 1);
	uint8_t head[PAYLOAD_HEAD];
	uint32_t state;

	put_head(payload, index, len, head);
	memcpy(head, payload->first, payload->nfirst);
	if (len <= PAYLOAD_HEAD) {
		memcpy(buf, head, len);
		return len;
	}
	memcpy(buf, head, PAYLOAD_HEAD);
	state = pattern_start(buf, len);
	for (unsigned int i = PAYLOAD_HEAD; i < len; i++) {
		state = pattern_next(state);
		buf[i] = state;
	}
	return len;
}

bool payload_is_intact(const uint8_t *buf, unsigned int len)
{
	uint32_t state;

	if (len <= PAYLOAD_HEAD)
		return true;
	state = pattern_start(buf, len);
	for (unsigned int i = PAYLOAD_HEAD; i < len; i++) {
		state = pattern_next(state);
		if (buf[i] != (uint8_t)state)
			return false;
	}
	return true;
}

enum payload_kind payload_kind(const uint8_t *buf, unsigned int len)
{
	if (len < 2)
		return PAYLOAD_OTHER;
	if (buf[0] >> 6 == 2) {
		if (buf[1] >= 192 && buf[1] <= 223)
			return PAYLOAD_RTCP;
		return len >= PAYLOAD_HEAD ? PAYLOAD_RTP : PAYLOAD_OTHER;
	}
	if (buf[0] <= 3)
		return PAYLOAD_STUN;
	return buf[0] >= 20 && buf[0] <= 63 ? PAYLOAD_DTLS : PAYLOAD_OTHER;
}

uint16_t payload_seq(const uint8_t *buf)
{
	return get16(buf + 2);
}

uint32_t payload_ssrc(const uint8_t *buf)
{
	return (uint32_t)get16(buf + 8) << 16 | get16(buf + 10);
}
