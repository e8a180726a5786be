/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses as two words: what packets are looked up by is hashed and compared in registers. */
#ifndef SF_IP_WORDS_H
#define SF_IP_WORDS_H

#include <linux/in6.h>
#include <linux/types.h>

#include "sip_hash.h"

/* Of an address of either family as IPv6. */
#define SF_PREFIX_MAX	128
/* What all addresses of IPv4 have in common there. */
#define SF_PREFIX_IP4	96

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

static __always_inline struct sf_ip_words sf_ip_words_and(struct sf_ip_words a,
							  struct sf_ip_words b)
{
	return (struct sf_ip_words){ a.high & b.high, a.low & b.low };
}

/* All 64 bits are of use. @rest: what else makes a key. */
static __always_inline u64 sf_ip_words_hash(const struct sip_hash_key *key,
					    struct sf_ip_words words, u32 rest)
{
	return sip_hash_mix((__force u64)words.high ^ key->word[0] ^ rest,
			    (__force u64)words.low ^ key->word[1]);
}

static __always_inline bool sf_ip_words_equal(struct sf_ip_words a, struct sf_ip_words b)
{
	return a.low == b.low && a.high == b.high;
}

#endif /* SF_IP_WORDS_H */
