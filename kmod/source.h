/* SPDX-License-Identifier: GPL-2.0 */
/* Sources that are something else than unknown, by address or prefix. */
#ifndef SF_SOURCE_H
#define SF_SOURCE_H

#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/rhashtable.h>
#include <linux/sipfast.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "addr.h"
#include "ip_words.h"

/**
 * struct sf_source_key
 * @ip: with bits behind the prefix cleared; IPv4 as in &struct sf_addr
 * @port: network byte order, 0: any
 * @prefix: of the address as IPv6, so that of IPv4 is 96 and more
 */
struct sf_source_key {
	struct in6_addr ip;
	__be16 port;
	u8 prefix;
	u8 zero;
};

/**
 * struct sf_source - a host or prefix of a class; immutable but for @packets
 * @node: in &sf_sources.table
 * @made: ns
 * @expires: ns; 0: never
 * @dies: the same in jiffies, which packets need no clock for
 * @packets: it was looked up for
 * @kernel_node: in &sf_sources.by_kernel, if the kernel made it
 * @reason: its own string; NULL: none
 * @observed: it holds for listeners in MODE OBSERVE only
 */
struct sf_source {
	struct rhash_head node;
	struct sf_source_key key;
	u8 class;
	bool by_kernel;
	bool observed;
	u64 made;
	u64 expires;
	u64 dies;
	atomic_long_t packets;
	struct list_head kernel_node;
	struct rcu_head rcu;
	const char *reason;
};

#define SF_SOURCE_HINT_BITS	16

/**
 * struct sf_source_hint - how many sources there are of addresses of one hash
 * @nhosts: of any port. As the other, for ever if it ever was 2^16 - 1
 * @nports: of one
 */
struct sf_source_hint {
	union {
		struct {
			u16 nhosts;
			u16 nports;
		};
		u32 both;
	};
};

/**
 * struct sf_sources - all of a namespace
 * @table: by key; RCU for packets
 * @key: of the hash of @hints
 * @hints: what most strangers are told by; read without a lock, changed under @lock
 * @prefixes: a bit for each prefix that there is one of; never unset before the source is gone
 * @lock: of all changes and of what follows; packets take it to ban
 * @n: in @table
 * @nprefix: by prefix
 * @by_kernel: what the kernel made, oldest first
 * @nkernel: in @by_kernel
 * @sweep: deletes what has expired; runs while something is there that can
 */
struct sf_sources {
	struct rhashtable table;
	const struct sip_hash_key *key;
	struct sf_source_hint *hints;
	u64 prefixes[SF_PREFIX_MAX / 64];

	spinlock_t lock; /* of changes */
	u32 n;
	u32 nprefix[SF_PREFIX_MAX];
	struct list_head by_kernel;
	u32 nkernel;
	struct delayed_work sweep;
};

/* @key lives as long as @sources. */
int sf_sources_init(struct sf_sources *sources, const struct sip_hash_key *key);
/* Nobody looks up any more. */
void sf_sources_clean(struct sf_sources *sources);

static __always_inline struct sf_source_hint *sf_source_hint(const struct sf_sources *sources,
							     u64 hash)
{
	return &sources->hints[hash >> 32 & ((1U << SF_SOURCE_HINT_BITS) - 1)];
}

/* See sf_source_lookup_hashed(). */
struct sf_source *sf_source_find(struct sf_sources *sources, const struct sf_addr *addr, u64 hash);

/*
 * What counts for @addr, or NULL: it is unknown. @hash: sf_ip_words_hash() of its address, nothing
 * else and the key of @sources. Called with RCU read lock held, as the next.
 */
static __always_inline struct sf_source *sf_source_lookup_hashed(struct sf_sources *sources,
								 const struct sf_addr *addr,
								 u64 hash)
{
	if (!(READ_ONCE(sf_source_hint(sources, hash)->both) |
	      READ_ONCE(sources->prefixes[0]) | READ_ONCE(sources->prefixes[1])))
		return NULL;
	return sf_source_find(sources, addr, hash);
}

static inline struct sf_source *sf_source_lookup(struct sf_sources *sources,
						 const struct sf_addr *addr)
{
	return sf_source_lookup_hashed(sources, addr,
				       sf_ip_words_hash(sources->key, sf_ip_words(&addr->ip), 0));
}

static inline bool sf_source_has_expired(const struct sf_source *source)
{
	return source->dies && time_after_eq64(get_jiffies_64(), source->dies);
}

/* What is wanted of a source; @key.ip is masked already. */
struct sf_source_spec {
	struct sf_source_key key;
	u8 class;
	bool by_kernel;
	bool observed;
	u64 lifetime_ms; /* 0: for ever */
	const char *reason; /* copied; NULL: none */
};

/*
 * Adds or replaces. When there are @max, the oldest that the kernel made makes room. What the
 * kernel makes replaces others of class REGISTERED only: -EEXIST. -ENOSPC, -ENOMEM. Does not sleep.
 */
int sf_source_add(struct sf_sources *sources, const struct sf_source_spec *spec, u32 max);
/* @class: of that only; SIPFAST_CLASS_UNKNOWN: of any. -ENOENT. */
int sf_source_del(struct sf_sources *sources, const struct sf_source_key *key, u8 class);
/* Deletes those of @class, or all, as above. Sleeps. */
void sf_source_flush(struct sf_sources *sources, u8 class);

/* Clears what is behind the first @prefix bits, 0..128. */
static inline void sf_source_mask(struct in6_addr *ip, unsigned int prefix)
{
	sf_ip_words_store(ip, sf_ip_words_mask(sf_ip_words(ip), prefix));
}

#endif /* SF_SOURCE_H */
