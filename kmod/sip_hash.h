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

/* Less than eight octets. */
static inline uint64_t sip_hash_short(uint64_t secret, uint64_t hash, const char *p, size_t len)
{
	uint64_t a = 0;
	size_t i;

	for (i = 0; i < len; i++)
		a = a << 8 | (unsigned char)p[i];
	return sip_hash_mix(a ^ secret, hash);
}

/* Goes on from @hash, which is 0 to begin with. Where one piece ends and the next begins counts. */
static inline uint64_t sip_hash_more(const struct sip_hash_key *key, uint64_t hash, const char *p,
				     size_t len)
{
	uint64_t a = 0, b = 0;
	size_t left = len;

	hash ^= key->word[0];
	for (; left > 16; left -= 16, p += 16) {
		__builtin_memcpy(&a, p, 8);
		__builtin_memcpy(&b, p + 8, 8);
		hash = sip_hash_mix(a ^ key->word[1], b ^ hash);
	}
	/* The rest, up to 16 octets, by two words that may overlap: nothing outside is read. */
	if (left >= 8) {
		__builtin_memcpy(&a, p, 8);
		__builtin_memcpy(&b, p + left - 8, 8);
	} else if (left >= 4) {
		uint32_t low, high;

		__builtin_memcpy(&low, p, 4);
		__builtin_memcpy(&high, p + left - 4, 4);
		a = low;
		b = high;
	} else {
		a = left > 0 ? (unsigned char)p[0] : 0;
		b = left > 1 ? (unsigned char)p[1] | (unsigned int)(unsigned char)p[left - 1] << 8 :
			       0;
	}
	hash = sip_hash_mix(a ^ key->word[1] ^ len, b ^ hash);
	return sip_hash_mix(hash ^ key->word[0], key->word[1] ^ 0x9e3779b97f4a7c15ULL);
}

/*
 * The same in fewer steps, for who need not agree with anybody. The length turns the key: no two
 * texts of different lengths are known to collide whatever the key is.
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
	uint32_t hash;

	if (len > SIP_HASH_CALL_ID_MAX)
		len = SIP_HASH_CALL_ID_MAX;
	hash = (uint32_t)sip_hash_more(key, 0, call_id, len);
	return (uint32_t)(((uint64_t)hash * workers) >> 32);
}

#endif
