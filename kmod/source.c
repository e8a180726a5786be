// SPDX-License-Identifier: GPL-2.0
#include "source.h"

#include <linux/ktime.h>
#include <linux/slab.h>

/* How often it is looked for what has expired. Until then nobody sees it any more. */
#define SWEEP_DELAY	(10 * HZ)

static const struct rhashtable_params table_params = {
	.head_offset = offsetof(struct sf_source, node),
	.key_offset = offsetof(struct sf_source, key),
	.key_len = sizeof(struct sf_source_key),
	.automatic_shrinking = true,
};

void sf_source_mask(struct in6_addr *ip, unsigned int prefix)
{
	unsigned int i, bits;

	for (i = 0; i < 4; i++) {
		bits = prefix < 32 ? prefix : 32;
		prefix -= bits;
		ip->s6_addr32[i] &= bits ? htonl(~0U << (32 - bits)) : 0;
	}
}

static bool has_expired(const struct sf_source *source, u64 now)
{
	return source->expires && now >= source->expires;
}

static struct sf_source *find(struct sf_sources *sources, const struct sf_source_key *key, u64 now)
{
	struct sf_source *source = rhashtable_lookup(&sources->table, key, table_params);

	return source && !has_expired(source, now) ? source : NULL;
}

struct sf_source *sf_source_lookup(struct sf_sources *sources, const struct sf_addr *addr, u64 now)
{
	struct sf_source_key key = { .ip = addr->ip, .prefix = SF_PREFIX_MAX };
	unsigned int lowest = sf_ip_is4(&addr->ip) ? 96 : 0;
	unsigned long prefix = SF_PREFIX_MAX + 1, next;
	struct sf_source *source;

	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "source without RCU read lock");
	if (READ_ONCE(sources->nports)) {
		key.port = addr->port;
		source = find(sources, &key, now);
		if (source)
			return source;
		key.port = 0;
	}
	/* Longest first. */
	while ((next = find_last_bit(sources->prefixes, prefix)) < prefix && next >= lowest) {
		prefix = next;
		sf_source_mask(&key.ip, prefix);
		key.prefix = prefix;
		source = find(sources, &key, now);
		if (source)
			return source;
	}
	return NULL;
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

static void count_in(struct sf_sources *sources, struct sf_source *source)
{
	lockdep_assert_held(&sources->lock);
	sources->n++;
	if (source->by_kernel) {
		list_add_tail(&source->kernel_node, &sources->by_kernel);
		sources->nkernel++;
	}
	if (source->key.port)
		WRITE_ONCE(sources->nports, sources->nports + 1);
	else if (!sources->nprefix[source->key.prefix]++)
		set_bit(source->key.prefix, sources->prefixes);
}

static void count_out(struct sf_sources *sources, struct sf_source *source)
{
	lockdep_assert_held(&sources->lock);
	sources->n--;
	if (source->by_kernel) {
		list_del(&source->kernel_node);
		sources->nkernel--;
	}
	if (source->key.port)
		WRITE_ONCE(sources->nports, sources->nports - 1);
	else if (!--sources->nprefix[source->key.prefix])
		clear_bit(source->key.prefix, sources->prefixes);
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
	if (spec->lifetime_ms)
		source->expires = source->made + spec->lifetime_ms * NSEC_PER_MSEC;
	return source;
}

/* Makes the place free that @source will have. */
static int make_room(struct sf_sources *sources, const struct sf_source *source, u32 max)
{
	struct sf_source *old;

	old = rhashtable_lookup_fast(&sources->table, &source->key, table_params);
	if (old) {
		if (source->by_kernel && !old->by_kernel &&
		    old->class != SIPFAST_CLASS_REGISTERED && !has_expired(old, source->made))
			return -EEXIST;
		remove_locked(sources, old);
	}
	if (sources->n < max)
		return 0;
	if (!sources->nkernel)
		return -ENOSPC;
	remove_locked(sources, list_first_entry(&sources->by_kernel, struct sf_source,
						kernel_node));
	return 0;
}

int sf_source_add(struct sf_sources *sources, const struct sf_source_spec *spec, u32 max)
{
	struct sf_source *source = source_alloc(spec);
	int err;

	if (!source)
		return -ENOMEM;
	spin_lock_bh(&sources->lock);
	err = make_room(sources, source, max);
	if (!err) {
		count_in(sources, source);
		err = rhashtable_insert_fast(&sources->table, &source->node, table_params);
		if (err)
			count_out(sources, source);
	}
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
		if (!has_expired(source, ktime_get_ns()))
			err = 0;
		remove_locked(sources, source);
	}
	spin_unlock_bh(&sources->lock);
	return err;
}

/* Deletes what @is_due, and tells whether anything is left that will expire. */
static bool sweep(struct sf_sources *sources,
		  bool (*is_due)(const struct sf_source *source, u64 arg), u64 arg)
{
	struct rhashtable_iter iter;
	struct sf_source *source;
	bool expiring = false;

	rhashtable_walk_enter(&sources->table, &iter);
	rhashtable_walk_start(&iter);
	while ((source = rhashtable_walk_next(&iter))) {
		if (IS_ERR(source)) {
			/* The table was resized: what was missed is there at the next time. */
			expiring = true;
			continue;
		}
		if (is_due(source, arg)) {
			spin_lock_bh(&sources->lock);
			/* Somebody else may have been first. */
			if (rhashtable_lookup_fast(&sources->table, &source->key,
						   table_params) == source)
				remove_locked(sources, source);
			spin_unlock_bh(&sources->lock);
		} else if (source->expires) {
			expiring = true;
		}
		if (need_resched()) {
			rhashtable_walk_stop(&iter);
			cond_resched();
			rhashtable_walk_start(&iter);
		}
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return expiring;
}

static void sweep_work(struct work_struct *work)
{
	struct sf_sources *sources = container_of(to_delayed_work(work), struct sf_sources, sweep);

	if (sweep(sources, has_expired, ktime_get_ns()))
		schedule_delayed_work(&sources->sweep, SWEEP_DELAY);
}

static bool is_of_class(const struct sf_source *source, u64 class)
{
	return class == SIPFAST_CLASS_UNKNOWN || source->class == class;
}

void sf_source_flush(struct sf_sources *sources, u8 class)
{
	sweep(sources, is_of_class, class);
}

int sf_sources_init(struct sf_sources *sources)
{
	spin_lock_init(&sources->lock);
	INIT_LIST_HEAD(&sources->by_kernel);
	INIT_DELAYED_WORK(&sources->sweep, sweep_work);
	return rhashtable_init(&sources->table, &table_params);
}

static void free_one(void *source, void *arg)
{
	source_free(source);
}

void sf_sources_clean(struct sf_sources *sources)
{
	cancel_delayed_work_sync(&sources->sweep);
	rhashtable_free_and_destroy(&sources->table, free_one, NULL);
}
