/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eight octets at a time. The first octet in memory is the lowest of a word, whatever the machine.
 * All here tell the lowest octet of a word that is looked for; what stands behind it never
 * matters, so a text may end anywhere: octets behind its end read as 0. Who knows that no octet
 * behind the text is reached has NULL for @end.
 */
#ifndef SIP_SCAN_WORD_H
#define SIP_SCAN_WORD_H

#include "sip_scan.h"

/* With constants for arguments, each place has code of its own. */
#define WORD_INLINE static inline __attribute__((always_inline))

#define WORD_ONES 0x0101010101010101ULL
#define WORD_HIGH (WORD_ONES * 0x80)
#define WORD_OF(a, b, c, d, e, f, g, h)                                                            \
	((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 |          \
	 (uint64_t)(e) << 32 | (uint64_t)(f) << 40 | (uint64_t)(g) << 48 | (uint64_t)(h) << 56)

WORD_INLINE uint64_t word_load(const char *p)
{
	uint64_t word;

	__builtin_memcpy(&word, p, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

WORD_INLINE unsigned int word_half(const char *p)
{
	uint16_t half;

	__builtin_memcpy(&half, p, sizeof(half));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	half = __builtin_bswap16(half);
#endif
	return half;
}

/* Are there @n octets at @p? */
WORD_INLINE bool word_room(const char *p, const char *end, unsigned int n)
{
	return !end || (uintptr_t)p + n <= (uintptr_t)end;
}

/* The last octets of a text, less than eight. */
static __attribute__((__noinline__, __cold__, __unused__)) uint64_t word_rest(const char *p, const char *end)
{
	uint64_t word = 0;
	unsigned int i;

	for (i = 0; p + i < end; i++)
		word |= (uint64_t)(unsigned char)p[i] << 8 * i;
	return word;
}

WORD_INLINE uint64_t word_at(const char *p, const char *end)
{
	return __builtin_expect(word_room(p, end, 8), 1) ? word_load(p) : word_rest(p, end);
}

/* Number of the lowest octet that has its high bit set; there is one. */
WORD_INLINE unsigned int word_first(uint64_t word)
{
	return __builtin_ctzll(word & WORD_HIGH) >> 3;
}

WORD_INLINE unsigned int word_last(uint64_t word)
{
	return (63 - __builtin_clzll(word & WORD_HIGH)) >> 3;
}

/* The first @len octets, 1..8, are those of @text. */
WORD_INLINE bool word_begins(uint64_t word, uint64_t text, unsigned int len)
{
	return !((word ^ text) << (64 - 8 * len));
}

/* The same, where @text is in small letters, which stand for capitals too. */
WORD_INLINE bool word_begins_nocase(uint64_t word, uint64_t text, unsigned int len)
{
	uint64_t fold = text >> 1 & WORD_ONES * 0x20;

	return !(((word | fold) ^ text) << (64 - 8 * len));
}

/*
 * The high bit of each octet that is below @limit, and perhaps of some that are not: those behind
 * it, and those that are not ASCII.
 */
WORD_INLINE uint64_t word_below(uint64_t word, unsigned char limit)
{
	return word - WORD_ONES * limit;
}

/* The same of each octet that is @c. */
WORD_INLINE uint64_t word_has(uint64_t word, char c)
{
	return (word ^ WORD_ONES * (unsigned char)c) - WORD_ONES;
}

/* The same, and none that is not ASCII. */
WORD_INLINE uint64_t word_has_exactly(uint64_t word, char c)
{
	word ^= WORD_ONES * (unsigned char)c;
	return (word - WORD_ONES) & ~word & WORD_HIGH;
}

/* The octet of @found at @p, or @end when that lies before it. */
WORD_INLINE const char *word_place(const char *p, uint64_t found, const char *end)
{
	p += word_first(found);
	return end && p > end ? end : p;
}

/* The first octet at or behind @p that is below @limit, or seems to be for not being ASCII. */
WORD_INLINE const char *word_find_below(const char *p, const char *end, unsigned char limit)
{
	uint64_t found;

	for (; word_room(p, end, 16); p += 16)
		if ((word_below(word_load(p), limit) | word_below(word_load(p + 8), limit)) &
		    WORD_HIGH)
			break;
	for (; !end || p < end; p += 8) {
		found = word_below(word_at(p, end), limit);
		if (found & WORD_HIGH)
			return word_place(p, found, end);
	}
	return end;
}

#endif
