/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses as two words: what packets are looked up by is hashed and compared in registers. */
#ifndef SF_IP_WORDS_H
#define SF_IP_WORDS_H

#include <linux/in6.h>
#include <linux/types.h>

/* As they stand in memory. */
struct sf_ip_words {
	__be64 high;
	__be64 low;
};

static __always_inline struct sf_ip_words sf_ip_words(const struct in6_addr *ip)
{
	struct sf_ip_words words;

	/* memcpy() would be checked at run time. */
	__builtin_memcpy(&words.high, ip->s6_addr, sizeof(words.high));
	__builtin_memcpy(&words.low, ip->s6_addr + sizeof(words.high), sizeof(words.low));
	return words;
}

static __always_inline void sf_ip_words_store(struct in6_addr *ip, struct sf_ip_words words)
{
	__builtin_memcpy(ip->s6_addr, &words.high, sizeof(words.high));
	__builtin_memcpy(ip->s6_addr + sizeof(words.high), &words.low, sizeof(words.low));
}

/* Clears what is behind the first @prefix bits, 0..128. */
static __always_inline struct sf_ip_words sf_ip_words_mask(struct sf_ip_words words,
							   unsigned int prefix)
{
	if (prefix > 64) {
		words.low &= cpu_to_be64(~0ULL << (128 - prefix));
	} else {
		words.high &= prefix ? cpu_to_be64(~0ULL << (64 - prefix)) : 0;
		words.low = 0;
	}
	return words;
}

static __always_inline bool sf_ip_words_equal(struct sf_ip_words a, struct sf_ip_words b)
{
	return a.low == b.low && a.high == b.high;
}

#endif /* SF_IP_WORDS_H */
