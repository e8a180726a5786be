/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SipHash: a fast pseudo-random function for short inputs that the network may choose. */
#ifndef SIPD_BASE_SIPHASH_H
#define SIPD_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

struct siphash_key {
	uint64_t k0, k1;
};

/* From getrandom(); aborts when the kernel has no randomness to give. */
void siphash_key_init(struct siphash_key *key);

/* SipHash-2-4. */
uint64_t siphash(const struct siphash_key *key, const void *data, size_t len);
/* Continues @seed, the hash of what came before, with one more part. Parts keep their bounds. */
uint64_t siphash_more(const struct siphash_key *key, uint64_t seed, const void *data, size_t len);
/* SipHash-1-3, for hashes that nobody else gets to see: of tables, and for comparison. */
uint64_t siphash_inside(const struct siphash_key *key, const void *data, size_t len);
uint64_t siphash_inside_more(const struct siphash_key *key, uint64_t seed, const void *data,
			     size_t len);

#endif
