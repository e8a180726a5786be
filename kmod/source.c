// SPDX-License-Identifier: GPL-2.0
#include "source.h"

#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "sip_hash.h"

/* How often it is looked for what has expired. Until then nobody sees it any more. */
#define SWEEP_DELAY	(10 * HZ)

/* Walks over all sources to be sure that those of a class are gone. */
#define MAX_PASSES	16

/* A key as it is compared and hashed: for each packet, so in few instructions. */
struct words {
	struct sf_ip_words ip;
	u32 rest;
};

static __always_inline u32 rest_of(__be16 port, u8 prefix)
{
	return (__force u16)port | (u32)prefix << 16;
}

static __always_inline struct words words_of(const struct sf_source_key *key)
{
	struct words words = { sf_ip_words(&key->ip), rest_of(key->port, key->prefix) };

	return words;
}

static __always_inline bool is_same(struct words a, struct words b)
{
	return sf_ip_words_equal(a.ip, b.ip) && a.rest == b.rest;
}

/* The multiplication hides its operands from who does not know the seed. */
static __always_inline u32 hash_words(struct words words, u32 seed)
{
	u64 secret = seed * 0x9e3779b97f4a7c15ULL;

	return sip_hash_mix((__force u64)words.ip.high ^ words.rest ^ secret,
			    (__force u64)words.ip.low ^ ~secret);
}

static u32 hash_key(const void *data, u32 len, u32 seed)
{
	return hash_words(words_of(data), seed);
}

static u32 hash_source(const void *data, u32 len, u32 seed)
{
	const struct sf_source *source = data;

	return hash_key(&source->key, len, seed);
}

static int compare_source(struct rhashtable_compare_arg *arg, const void *data)
{
	const struct sf_source *source = data;

	return !is_same(words_of(arg->key), words_of(&source->key));
}

static const struct rhashtable_params table_params = {
	.head_offset = offsetof(struct sf_source, node),
	.key_offset = offsetof(struct sf_source, key),
	.key_len = sizeof(struct sf_source_key),
	.hashfn = hash_key,
	.obj_hashfn = hash_source,
	.obj_cmpfn = compare_source,
	.automatic_shrinking = true,
};

/* rhashtable_lookup(), with all of it in one place: it is most of what a banned packet costs. */
static __always_inline struct sf_source *find(struct sf_sources *sources, struct words words)
{
	struct rhashtable *table = &sources->table;
	struct rhash_lock_head __rcu *const *bucket;
	struct bucket_table *tbl;
	struct sf_source *source;
	struct rhash_head *node;
	unsigned int hash;

	tbl = rht_dereference_rcu(table->tbl, table);
	do {
		hash = rht_bucket_index(tbl, hash_words(words, tbl->hash_rnd));
		bucket = rht_bucket(tbl, hash);
		do {
			rht_for_each_rcu_from(node, rht_ptr_rcu(bucket), tbl, hash) {
				source = container_of(node, struct sf_source, node);
				if (is_same(words, words_of(&source->key)))
					return sf_source_has_expired(source) ? NULL : source;
			}
			/* One that moved to another chain took the walk with it. */
		} while (node != RHT_NULLS_MARKER(bucket));
		/* What moved to a new table is there, and that is seen. */
		smp_rmb();
		tbl = rht_dereference_rcu(tbl->future_tbl, table);
	} while (unlikely(tbl));
	return NULL;
}

/* By prefixes of 64 * @n bits and more, longest first. */
static __always_inline struct sf_source *find_prefix(struct sf_sources *sources,
						     struct sf_ip_words ip, unsigned int n,
						     u64 among)
{
	u64 left = READ_ONCE(sources->prefixes[n]) & among;
	struct sf_source *source;
	struct words words;
	unsigned int i;

	while (left) {
		i = fls64(left) - 1;
		left ^= 1ULL << i;
		words.ip = sf_ip_words_mask(ip, 64 * n + i);
		words.rest = rest_of(0, 64 * n + i);
		source = find(sources, words);
		if (source)
			return source;
	}
	return NULL;
}

static __always_inline struct sf_source *find_prefixes(struct sf_sources *sources,
						       const struct sf_addr *addr,
						       struct sf_ip_words ip)
{
	struct sf_source *source;

	if (sf_ip_is4(&addr->ip))
		return find_prefix(sources, ip, 1, ~0ULL << 32);
	source = find_prefix(sources, ip, 1, ~0ULL);
	return source ?: find_prefix(sources, ip, 0, ~0ULL);
}

/*
 * What the kernel has banned by itself, perhaps for listeners that observe only, gives way to what
 * is said of more than that: its trust, or its ban.
 */
static struct sf_source *stronger(struct sf_source *banned, struct sf_source *wider)
{
	return wider && wider->class != SIPFAST_CLASS_REGISTERED ? wider : banned;
}

/* As a host or by a prefix. Apart, so that who is found by his port pays nothing for it. */
static noinline struct sf_source *find_portless(struct sf_sources *sources,
						const struct sf_addr *addr, u16 nhosts)
{
	const struct words words = { sf_ip_words(&addr->ip), rest_of(0, SF_PREFIX_MAX) };
	struct sf_source *source = NULL;

	if (nhosts)
		source = find(sources, words);
	if (likely(!source))
		return find_prefixes(sources, addr, words.ip);
	return source->by_kernel ? stronger(source, find_prefixes(sources, addr, words.ip)) :
				   source;
}

struct sf_source *sf_source_find(struct sf_sources *sources, const struct sf_addr *addr, u64 hash)
{
	const struct words words = { sf_ip_words(&addr->ip), rest_of(addr->port, SF_PREFIX_MAX) };
	const struct sf_source_hint *hint = sf_source_hint(sources, hash);
	struct sf_source *source;

	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "source without RCU read lock");
	if (!READ_ONCE(hint->nports))
		return find_portless(sources, addr, READ_ONCE(hint->nhosts));
	source = find(sources, words);
	if (!source)
		return find_portless(sources, addr, READ_ONCE(hint->nhosts));
	if (likely(!source->by_kernel))
		return source;
	return stronger(source, find_portless(sources, addr, READ_ONCE(hint->nhosts)));
}

static void source_free(struct sf_source *source)
{
	kfree(source->reason);
	kfree(source);
}

static void source_free_rcu(struct rcu_head *rcu)
{
	source_free(container_of(rcu, struct sf_source, rcu));
}

static void flip_prefix(struct sf_sources *sources, u8 prefix)
{
	u64 *among = &sources->prefixes[prefix / 64];

	lockdep_assert_held(&sources->lock);
	WRITE_ONCE(*among, *among ^ 1ULL << prefix % 64);
}

/* One that was full counts no more: nobody knows what it would be. */
static void count_host(struct sf_sources *sources, const struct sf_source *source, int by)
{
	struct sf_source_hint *hint =
		sf_source_hint(sources, sf_ip_words_hash(sources->key,
							 sf_ip_words(&source->key.ip), 0));
	u16 *n = source->key.port ? &hint->nports : &hint->nhosts;

	lockdep_assert_held(&sources->lock);
	if (*n != U16_MAX)
		WRITE_ONCE(*n, *n + by);
}

static void count_in(struct sf_sources *sources, struct sf_source *source)
{
	lockdep_assert_held(&sources->lock);
	sources->n++;
	if (source->by_kernel) {
		list_add_tail(&source->kernel_node, &sources->by_kernel);
		sources->nkernel++;
	}
	if (source->key.prefix == SF_PREFIX_MAX)
		count_host(sources, source, 1);
	else if (!sources->nprefix[source->key.prefix]++)
		flip_prefix(sources, source->key.prefix);
}

static void count_out(struct sf_sources *sources, struct sf_source *source)
{
	lockdep_assert_held(&sources->lock);
	sources->n--;
	if (source->by_kernel) {
		list_del(&source->kernel_node);
		sources->nkernel--;
	}
	if (source->key.prefix == SF_PREFIX_MAX)
		count_host(sources, source, -1);
	else if (!--sources->nprefix[source->key.prefix])
		flip_prefix(sources, source->key.prefix);
}

static void remove_locked(struct sf_sources *sources, struct sf_source *source)
{
	lockdep_assert_held(&sources->lock);
	rhashtable_remove_fast(&sources->table, &source->node, table_params);
	count_out(sources, source);
	call_rcu(&source->rcu, source_free_rcu);
}

static struct sf_source *source_alloc(const struct sf_source_spec *spec)
{
	struct sf_source *source = kzalloc(sizeof(*source), GFP_ATOMIC | __GFP_NOWARN);

	if (!source)
		return NULL;
	if (spec->reason) {
		source->reason = kstrdup(spec->reason, GFP_ATOMIC | __GFP_NOWARN);
		if (!source->reason) {
			kfree(source);
			return NULL;
		}
	}
	source->key = spec->key;
	source->class = spec->class;
	source->by_kernel = spec->by_kernel;
	source->observed = spec->observed;
	source->made = ktime_get_ns();
	if (spec->lifetime_ms) {
		source->expires = source->made + spec->lifetime_ms * NSEC_PER_MSEC;
		/* Not before: a tick is under way. */
		source->dies = get_jiffies_64() + 1 +
			       DIV_ROUND_UP_ULL(spec->lifetime_ms * HZ, MSEC_PER_SEC);
	}
	return source;
}

/* Takes the place of @old in one step: packets see the one or the other. */
static int replace(struct sf_sources *sources, struct sf_source *old, struct sf_source *source)
{
	int err;

	if (source->by_kernel && !old->by_kernel && !sf_source_has_expired(old) &&
	    (source->observed || old->class != SIPFAST_CLASS_REGISTERED))
		return -EEXIST;
	count_in(sources, source);
	err = rhashtable_replace_fast(&sources->table, &old->node, &source->node, table_params);
	if (err) {
		count_out(sources, source);
		return err;
	}
	count_out(sources, old);
	call_rcu(&old->rcu, source_free_rcu);
	return 0;
}

static int insert(struct sf_sources *sources, struct sf_source *source, u32 max)
{
	int err;

	if (sources->n >= max && !sources->nkernel)
		return -ENOSPC;
	count_in(sources, source);
	err = rhashtable_insert_fast(&sources->table, &source->node, table_params);
	if (err) {
		count_out(sources, source);
		return err;
	}
	/* There was one before it, so that it is not itself. */
	if (sources->n > max)
		remove_locked(sources, list_first_entry(&sources->by_kernel, struct sf_source,
							kernel_node));
	return 0;
}

int sf_source_add(struct sf_sources *sources, const struct sf_source_spec *spec, u32 max)
{
	struct sf_source *source = source_alloc(spec), *old;
	int err;

	if (!source)
		return -ENOMEM;
	spin_lock_bh(&sources->lock);
	old = rhashtable_lookup_fast(&sources->table, &source->key, table_params);
	err = old ? replace(sources, old, source) : insert(sources, source, max);
	spin_unlock_bh(&sources->lock);
	if (err) {
		source_free(source);
		return err;
	}
	if (spec->lifetime_ms)
		schedule_delayed_work(&sources->sweep, SWEEP_DELAY);
	return 0;
}

int sf_source_del(struct sf_sources *sources, const struct sf_source_key *key, u8 class)
{
	struct sf_source *source;
	int err = -ENOENT;

	spin_lock_bh(&sources->lock);
	source = rhashtable_lookup_fast(&sources->table, key, table_params);
	if (source && (class == SIPFAST_CLASS_UNKNOWN || source->class == class)) {
		if (!sf_source_has_expired(source))
			err = 0;
		remove_locked(sources, source);
	}
	spin_unlock_bh(&sources->lock);
	return err;
}

/* What a walk over all sources has met with. */
struct sweep {
	bool removed; /* some */
	bool expiring; /* there are some that will */
};

static bool is_due(const struct sf_source *source, bool expired, u8 class)
{
	if (expired)
		return sf_source_has_expired(source);
	return class == SIPFAST_CLASS_UNKNOWN || source->class == class;
}

/*
 * Deletes those that have expired, or those of @class. It may miss some: what is removed changes
 * the places that a walk goes by, and so does a table that is resized.
 */
static struct sweep sweep(struct sf_sources *sources, bool expired, u8 class)
{
	struct rhashtable_iter iter;
	struct sf_source *source;
	struct sweep met = {};

	rhashtable_walk_enter(&sources->table, &iter);
	rhashtable_walk_start(&iter);
	while ((source = rhashtable_walk_next(&iter))) {
		if (IS_ERR(source))
			continue;
		if (is_due(source, expired, class)) {
			met.removed = true;
			spin_lock_bh(&sources->lock);
			/* Somebody else may have been first. */
			if (rhashtable_lookup_fast(&sources->table, &source->key,
						   table_params) == source)
				remove_locked(sources, source);
			spin_unlock_bh(&sources->lock);
		} else if (source->expires) {
			met.expiring = true;
		}
		if (need_resched()) {
			rhashtable_walk_stop(&iter);
			cond_resched();
			rhashtable_walk_start(&iter);
		}
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return met;
}

static void sweep_work(struct work_struct *work)
{
	struct sf_sources *sources = container_of(to_delayed_work(work), struct sf_sources, sweep);
	struct sweep met = sweep(sources, true, SIPFAST_CLASS_UNKNOWN);

	if (met.removed || met.expiring)
		schedule_delayed_work(&sources->sweep, SWEEP_DELAY);
}

void sf_source_flush(struct sf_sources *sources, u8 class)
{
	unsigned int passes = 0;

	/* Packets may add some all the while. */
	while (sweep(sources, false, class).removed && ++passes < MAX_PASSES)
		cond_resched();
}

int sf_sources_init(struct sf_sources *sources, const struct sip_hash_key *key)
{
	int err;

	spin_lock_init(&sources->lock);
	INIT_LIST_HEAD(&sources->by_kernel);
	INIT_DELAYED_WORK(&sources->sweep, sweep_work);
	sources->key = key;
	sources->hints = kvcalloc(1U << SF_SOURCE_HINT_BITS, sizeof(*sources->hints),
				  GFP_KERNEL_ACCOUNT);
	if (!sources->hints)
		return -ENOMEM;
	err = rhashtable_init(&sources->table, &table_params);
	if (err)
		kvfree(sources->hints);
	return err;
}

static void free_one(void *source, void *arg)
{
	source_free(source);
}

void sf_sources_clean(struct sf_sources *sources)
{
	cancel_delayed_work_sync(&sources->sweep);
	rhashtable_free_and_destroy(&sources->table, free_one, NULL);
	kvfree(sources->hints);
}
