/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A keyed hash of pieces of SIP messages, in a few instructions an octet. Pure C: the kernel and
 * sipd agree by it on the worker that a Call-ID belongs to. Whoever does not know the key cannot
 * tell which texts collide as long as he sees no hashes; for secrets it is no good.
 */
#ifndef SIP_HASH_H
#define SIP_HASH_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stddef.h>
#include <stdint.h>
#endif

/* Octets of a Call-ID that count; who reads a message in pieces may have no more. */
#define SIP_HASH_CALL_ID_MAX 64

struct sip_hash_key {
	uint64_t word[2];
};

static inline uint64_t sip_hash_mix(uint64_t a, uint64_t b)
{
#ifdef __x86_64__
	/* What compilers make of 128 bits goes through the stack. */
	__asm__("mulq %3" : "=a"(a), "=d"(b) : "0"(a), "rm"(b) : "cc");
	return a ^ b;
#else
	__uint128_t product = (__uint128_t)a * b;

	return (uint64_t)(product >> 64) ^ (uint64_t)product;
#endif
}

/* Less than eight octets: two words that may overlap. */
static inline uint64_t sip_hash_short(uint64_t secret, uint64_t hash, const char *p, size_t len)
{
	uint32_t low = 0, high = 0;

	if (len >= 4) {
		__builtin_memcpy(&low, p, 4);
		__builtin_memcpy(&high, p + len - 4, 4);
	} else if (len) {
		low = (unsigned char)p[0];
		high = (unsigned int)(unsigned char)p[len / 2] << 8 | (unsigned char)p[len - 1];
	}
	return sip_hash_mix((low | (uint64_t)high << 32) ^ secret, hash);
}

/*
 * Goes on from @hash, which is 0 to begin with. The length turns the key, so that no two texts of
 * different lengths, 1 to 64, collide whatever the key is.
 */
static inline uint64_t sip_hash_text(const struct sip_hash_key *key, uint64_t hash, const char *p,
				     size_t len)
{
	const unsigned int turn = len & 63;
	const uint64_t secret = key->word[1] << turn | key->word[1] >> (-turn & 63);
	const char *last = p + len - 16;
	uint64_t a, b;

	hash ^= key->word[0];
	if (len < 16) {
		if (__builtin_expect(len < 8, 0))
			return sip_hash_short(secret, hash, p, len);
		__builtin_memcpy(&a, p, 8);
		__builtin_memcpy(&b, p + len - 8, 8);
		return sip_hash_mix(a ^ secret, b ^ hash);
	}
	for (; p < last; p += 16) {
		__builtin_memcpy(&a, p, 8);
		__builtin_memcpy(&b, p + 8, 8);
		hash = sip_hash_mix(a ^ secret, b ^ hash);
	}
	/* The last ones may be there twice. */
	__builtin_memcpy(&a, last, 8);
	__builtin_memcpy(&b, last + 8, 8);
	return sip_hash_mix(a ^ secret, b ^ hash);
}

/* The worker of @workers that messages with this Call-ID go to. */
static inline uint32_t sip_hash_worker(const struct sip_hash_key *key, const char *call_id,
				       size_t len, uint32_t workers)
{
	uint64_t hash;

	if (len > SIP_HASH_CALL_ID_MAX)
		len = SIP_HASH_CALL_ID_MAX;
	hash = sip_hash_text(key, 0, call_id, len);
	/* Once more: Call-IDs that are numbered are to be spread evenly. */
	hash = sip_hash_mix(hash ^ key->word[0], key->word[1]);
	return (uint32_t)(((hash & 0xffffffff) * workers) >> 32);
}

#endif
