// SPDX-License-Identifier: GPL-2.0-or-later
#include "transport/stun.h"

#include <string.h>

#include "octets.h"

#define HEADER 20
#define COOKIE 0x2112a442u
#define ID 12 /* octets of a transaction's ID, behind the cookie */

#define BINDING_REQUEST 0x0001
#define BINDING_SUCCESS 0x0101
#define BINDING_ERROR 0x0111

#define XOR_MAPPED_ADDRESS 0x0020
#define ERROR_CODE 0x0009
#define UNKNOWN_ATTRIBUTES 0x000a
/* Who does not know one at or above this passes over it (RFC 8489 s.14). */
#define OPTIONAL 0x8000

/* What a keep-alive may have: it is answered whatever the credentials (RFC 5626 s.8). */
static bool is_known(uint16_t attribute)
{
	static const uint16_t known[] = {
		0x0006, /* USERNAME */
		0x0008, /* MESSAGE-INTEGRITY */
		0x001c, /* MESSAGE-INTEGRITY-SHA256 */
		0x001e, /* USERHASH */
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i] == attribute)
			return true;
	return attribute >= OPTIONAL;
}

static bool is_stun(const uint8_t *p, size_t len)
{
	return len >= HEADER && p[0] < 4 && octets_get32(p + 4) == COOKIE;
}

/* Collects what must be known and is not; -1: malformed. */
static int read_attributes(const uint8_t *p, size_t len, uint16_t unknown[STUN_MAX_UNKNOWN])
{
	int count = 0;

	while (len) {
		size_t size;

		if (len < 4)
			return -1;
		size = 4 + ((octets_get16(p + 2) + 3u) & ~3u);
		if (size > len)
			return -1;
		if (!is_known(octets_get16(p)) && count < STUN_MAX_UNKNOWN)
			unknown[count++] = octets_get16(p);
		p += size;
		len -= size;
	}
	return count;
}

static size_t write_address(uint8_t *p, const struct tp_addr *from, const uint8_t *cookie_and_id)
{
	bool v6 = from->sa.sa_family == AF_INET6;
	size_t len = v6 ? 16 : 4;
	const uint8_t *address = v6 ? from->in6.sin6_addr.s6_addr :
				      (const uint8_t *)&from->in.sin_addr;

	octets_put16(p, XOR_MAPPED_ADDRESS);
	octets_put16(p + 2, (uint16_t)(4 + len));
	p[4] = 0;
	p[5] = v6 ? 2 : 1;
	octets_put16(p + 6, tp_addr_port(from) ^ COOKIE >> 16);
	for (size_t i = 0; i < len; i++)
		p[8 + i] = address[i] ^ cookie_and_id[i];
	return 8 + len;
}

static size_t write_unknown(uint8_t *p, const uint16_t *unknown, int count)
{
	size_t size = 2 * (size_t)count;

	octets_put16(p, ERROR_CODE);
	octets_put16(p + 2, 4);
	octets_put32(p + 4, 4 << 8 | 20);
	octets_put16(p + 8, UNKNOWN_ATTRIBUTES);
	octets_put16(p + 10, (uint16_t)size);
	memset(p + 12, 0, (size + 3) & ~(size_t)3);
	for (int i = 0; i < count; i++)
		octets_put16(p + 12 + 2 * i, unknown[i]);
	return 12 + ((size + 3) & ~(size_t)3);
}

int stun_answer(const uint8_t *request, size_t len, const struct tp_addr *from,
		uint8_t answer[STUN_ANSWER_MAX])
{
	uint16_t unknown[STUN_MAX_UNKNOWN];
	size_t size;
	int count;

	if (!is_stun(request, len))
		return 0;
	if (octets_get16(request) != BINDING_REQUEST || octets_get16(request + 2) != len - HEADER)
		return -1;
	count = read_attributes(request + HEADER, len - HEADER, unknown);
	if (count < 0)
		return -1;
	memcpy(answer + 4, request + 4, 4 + ID);
	size = count ? write_unknown(answer + HEADER, unknown, count) :
		       write_address(answer + HEADER, from, answer + 4);
	octets_put16(answer, count ? BINDING_ERROR : BINDING_SUCCESS);
	octets_put16(answer + 2, (uint16_t)size);
	return (int)(HEADER + size);
}
