// SPDX-License-Identifier: GPL-2.0-or-later
#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/siphash.h"

static inline uint64_t rotl(uint64_t x, unsigned int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

void siphash_key_init(struct siphash_key *key)
{
	/* Up to 256 octets are never cut short once the pool is ready, for which it waits. */
	if (getrandom(key, sizeof(*key), 0) != sizeof(*key))
		abort();
}

/* @each: rounds for a word, @last: at the end. */
static inline uint64_t hash(const struct siphash_key *key, const void *data, size_t len, int each,
			    int last)
{
	uint64_t v[4] = {
		key->k0 ^ 0x736f6d6570736575u,
		key->k1 ^ 0x646f72616e646f6du,
		key->k0 ^ 0x6c7967656e657261u,
		key->k1 ^ 0x7465646279746573u,
	};
	const unsigned char *p = len ? data : (const void *)v; /* NULL is no pointer to add 0 to */
	const unsigned char *end = p + (len & ~(size_t)7);
	uint64_t word;

	for (; p != end; p += 8) {
		memcpy(&word, p, 8);
		word = le64toh(word);
		v[3] ^= word;
		for (int i = 0; i < each; i++)
			sip_round(v);
		v[0] ^= word;
	}
	word = (uint64_t)len << 56;
	for (unsigned int i = 0; i < (len & 7); i++)
		word |= (uint64_t)p[i] << 8 * i;
	v[3] ^= word;
	for (int i = 0; i < each; i++)
		sip_round(v);
	v[0] ^= word;
	v[2] ^= 0xff;
	for (int i = 0; i < last; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t siphash(const struct siphash_key *key, const void *data, size_t len)
{
	return hash(key, data, len, 2, 4);
}

uint64_t siphash_inside(const struct siphash_key *key, const void *data, size_t len)
{
	return hash(key, data, len, 1, 3);
}

uint64_t siphash_more(const struct siphash_key *key, uint64_t seed, const void *data, size_t len)
{
	struct siphash_key seeded = { key->k0 ^ seed, key->k1 };

	return siphash(&seeded, data, len);
}

uint64_t siphash_inside_more(const struct siphash_key *key, uint64_t seed, const void *data,
			     size_t len)
{
	struct siphash_key seeded = { key->k0 ^ seed, key->k1 };

	return siphash_inside(&seeded, data, len);
}
