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

#ifdef __KERNEL__
#include <linux/compiler.h>
#else
#ifndef noinline
#define noinline __attribute__((noinline))
#endif
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define fallthrough __attribute__((__fallthrough__))
#endif

#define WORD_ONES 0x0101010101010101ULL
#define WORD_HIGH (WORD_ONES * 0x80)
#define WORD_OF(a, b, c, d, e, f, g, h)                                                   \
	((uint64_t)(a) | (uint64_t)(b) << 8 | (uint64_t)(c) << 16 | (uint64_t)(d) << 24 | \
	 (uint64_t)(e) << 32 | (uint64_t)(f) << 40 | (uint64_t)(g) << 48 | (uint64_t)(h) << 56)

static __always_inline uint64_t word_load(const char *p)
{
	uint64_t word;

	__builtin_memcpy(&word, p, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

static __always_inline unsigned int word_half(const char *p)
{
	uint16_t half;

	__builtin_memcpy(&half, p, sizeof(half));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	half = __builtin_bswap16(half);
#endif
	return half;
}

static __always_inline uint32_t word_quarter(const char *p)
{
	uint32_t quarter;

	__builtin_memcpy(&quarter, p, sizeof(quarter));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	quarter = __builtin_bswap32(quarter);
#endif
	return quarter;
}

/* Are there @n octets at @p? */
static __always_inline bool word_room(const char *p, const char *end, unsigned int n)
{
	return !end || (uintptr_t)p + n <= (uintptr_t)end;
}

/* The last octets of a text, less than eight. */
uint64_t sip_scan_word_rest(const char *p, const char *end);

static __always_inline uint64_t word_at(const char *p, const char *end)
{
	return __builtin_expect(word_room(p, end, 8), 1) ? word_load(p) :
							   sip_scan_word_rest(p, end);
}

/* Number of the lowest octet that has its high bit set; there is one. */
static __always_inline unsigned int word_first(uint64_t word)
{
	return (unsigned int)__builtin_ctzll(word & WORD_HIGH) >> 3;
}

/* The first @len octets, 1..8, are those of @text. */
static __always_inline bool word_begins(uint64_t word, uint64_t text, unsigned int len)
{
	return !((word ^ text) << (64 - 8 * len));
}

static __always_inline uint32_t word_low(uint64_t word)
{
	return word & 0xffffffff;
}

/* The same, where @text is in small letters, which stand for capitals too. */
static __always_inline bool word_begins_nocase(uint64_t word, uint64_t text, unsigned int len)
{
	uint64_t fold = text >> 1 & WORD_ONES * 0x20;

	if (len <= 4)
		return !((word_low(word | fold) ^ word_low(text)) << (32 - 8 * len));
	if (len == 5)
		return word_low(word | fold) == word_low(text) &&
		       (word >> 32 & 0xff) == text >> 32;
	return !(((word | fold) ^ text) << (64 - 8 * len));
}

/*
 * The high bit of each octet that is below @limit, and perhaps of some that are not: those behind
 * it, and those that are not ASCII.
 */
static __always_inline uint64_t word_below(uint64_t word, unsigned char limit)
{
	return word - WORD_ONES * limit;
}

/* The same of each octet that is @c. */
static __always_inline uint64_t word_has(uint64_t word, char c)
{
	return (word ^ WORD_ONES * (unsigned char)c) - WORD_ONES;
}

/* The same, and none that is not ASCII. */
static __always_inline uint64_t word_has_exactly(uint64_t word, char c)
{
	word ^= WORD_ONES * (unsigned char)c;
	return (word - WORD_ONES) & ~word & WORD_HIGH;
}

/* The high bit of the lowest octet that is no digit, and perhaps of some behind it; 0: all are. */
static __always_inline uint64_t word_not_digits(uint64_t word)
{
	word ^= WORD_ONES * '0';
	return ((word + WORD_ONES * (0x80 - 10)) | word) & WORD_HIGH;
}

/* The octet of @found at @p, or @end when that lies before it. */
static __always_inline const char *word_place(const char *p, uint64_t found, const char *end)
{
	p += word_first(found);
	return end && p > end ? end : p;
}

/* By which octets a text is searched: the high bits of those that are, and perhaps of others. */
enum word_search {
	WORD_BELOW, /* a limit */
	WORD_CONTROL_OR, /* control characters, or one from 0x20 to 0x3f */
	WORD_BELOW_OR, /* a limit, or one */
};

static __always_inline uint64_t word_search(uint64_t word, enum word_search by,
					    unsigned char limit, char c)
{
	switch (by) {
	case WORD_CONTROL_OR:
		/* What turns @c into a space leaves the control characters among themselves. */
		return word_below(word ^ WORD_ONES * (unsigned char)(c ^ ' '), '!') & WORD_HIGH;
	case WORD_BELOW_OR:
		return (word_below(word, limit) | word_has(word, c)) & WORD_HIGH;
	default:
		return word_below(word, limit) & WORD_HIGH;
	}
}

static __always_inline const char *word_find(const char *p, const char *end, enum word_search by,
					     unsigned char limit, char c)
{
	uint64_t found;

	for (;; p += 16) {
		if (end && p >= end)
			return end;
		found = word_search(word_at(p, end), by, limit, c);
		if (found)
			return word_place(p, found, end);
		if (end && p + 8 >= end)
			return end;
		found = word_search(word_at(p + 8, end), by, limit, c);
		if (found)
			return word_place(p + 8, found, end);
	}
}

/* The first octet at or behind @p that is below @limit, or seems to be for not being ASCII. */
static __always_inline const char *word_find_below(const char *p, const char *end,
						   unsigned char limit)
{
	return word_find(p, end, WORD_BELOW, limit, 0);
}

/* The same of those that are a control character or @c, from 0x20 to 0x3f. */
static __always_inline const char *word_find_control_or(const char *p, const char *end, char c)
{
	return word_find(p, end, WORD_CONTROL_OR, 0, c);
}

/* The same of those that are below @limit or @c. */
static __always_inline const char *word_find_below_or(const char *p, const char *end,
						      unsigned char limit, char c)
{
	return word_find(p, end, WORD_BELOW_OR, limit, c);
}

#endif
