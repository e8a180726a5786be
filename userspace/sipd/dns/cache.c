// SPDX-License-Identifier: GPL-2.0-or-later
#include "dns/cache.h"

#include <errno.h>
#include <stdlib.h>

/* An answer that is used in the last part of its life is renewed before its end. */
#define RENEW_PART 10
/* Of a negative answer without a SOA record. */
#define UNTOLD_NEGATIVE_TTL_S 30

struct dns_entry {
	struct hnode node;
	TAILQ_ENTRY(dns_entry) used;
	struct dns_cache *cache;
	struct timer timer; /* until waiters get what has run out */
	struct dns_links links;
	struct dns_answer *answer; /* the last one, NULL: none yet */
	uint64_t asked_ms, expires_ms; /* of @answer */
	uint64_t retry_ms; /* servers failed: not to be asked again before */
	uint8_t type;
	bool in_flight;
	bool busy; /* its waiters are being woken */
	char name[DNS_NAME_STRLEN];
};

/* One that waits for one entry. */
struct dns_link {
	LIST_ENTRY(dns_link) of_entry, of_waiter;
	struct dns_waiter *waiter;
};

/* When there is no memory for another one. */
static const struct dns_answer no_answer = { .result = DNS_REFUSED };

static uint32_t hash_of(const char *name, enum dns_type type)
{
	uint8_t octet = (uint8_t)type;

	return htab_hash_more(htab_hash(name, strlen(name)), &octet, sizeof(octet));
}

static struct dns_entry *find(const struct dns_cache *cache, const char *name, enum dns_type type)
{
	struct hnode *node = htab_first(&cache->table, hash_of(name, type));

	for (; node; node = htab_next(node)) {
		struct dns_entry *entry = HTAB_ENTRY(node, struct dns_entry, node);

		if (entry->type == type && !strcmp(entry->name, name))
			return entry;
	}
	return NULL;
}

static void entry_free(struct dns_entry *entry)
{
	struct dns_cache *cache = entry->cache;

	loop_timer_cancel(cache->loop, &entry->timer);
	htab_del(&cache->table, &entry->node);
	TAILQ_REMOVE(&cache->used, entry, used);
	free(entry->answer);
	pool_free(&cache->entries, entry);
	cache->stats.entries--;
}

static void make_room(struct dns_cache *cache)
{
	struct dns_entry *entry = TAILQ_LAST(&cache->used, dns_entries);

	while (entry && (entry->in_flight || entry->busy))
		entry = TAILQ_PREV(entry, dns_entries, used);
	if (!entry)
		return;
	entry_free(entry);
	cache->stats.evicted++;
}

static struct dns_entry *entry_alloc(struct dns_cache *cache, const char *name, enum dns_type type)
{
	struct dns_entry *entry;

	if (cache->stats.entries >= DNS_CACHE_MAX)
		make_room(cache);
	entry = pool_alloc(&cache->entries);
	if (!entry)
		return NULL;
	entry->cache = cache;
	entry->type = (uint8_t)type;
	memcpy(entry->name, name, strlen(name) + 1);
	htab_add(&cache->table, &entry->node, hash_of(name, type));
	TAILQ_INSERT_HEAD(&cache->used, entry, used);
	cache->stats.entries++;
	return entry;
}

static void link_free(struct dns_cache *cache, struct dns_link *link)
{
	LIST_REMOVE(link, of_entry);
	LIST_REMOVE(link, of_waiter);
	pool_free(&cache->links, link);
}

static void wake_all(struct dns_entry *entry)
{
	struct dns_link *link;

	if (entry->busy)
		return;
	loop_timer_cancel(entry->cache->loop, &entry->timer);
	entry->busy = true;
	while ((link = LIST_FIRST(&entry->links))) {
		struct dns_waiter *waiter = link->waiter;

		link_free(entry->cache, link);
		if (LIST_EMPTY(&waiter->links))
			waiter->wake(waiter);
	}
	entry->busy = false;
}

/* Something that holds, and may be served after its end. */
static bool may_go_stale(const struct dns_entry *entry, uint64_t now)
{
	return entry->answer && entry->answer->result <= DNS_ALIAS &&
	       now < entry->expires_ms + entry->cache->config.stale_ms;
}

static uint64_t life_ms(const struct dns_cache *cache, const struct dns_answer *answer)
{
	const struct dns_cache_config *config = &cache->config;
	uint32_t ttl_s = answer->ttl_s, max = config->max_ttl_s;

	if (answer->result > DNS_ALIAS) {
		max = config->max_negative_ttl_s;
		if (!ttl_s)
			ttl_s = UNTOLD_NEGATIVE_TTL_S;
	}
	if (ttl_s > max)
		ttl_s = max;
	if (ttl_s < config->min_ttl_s)
		ttl_s = config->min_ttl_s;
	return UINT64_C(1000) * ttl_s;
}

/* Takes over @answer, NULL: there was no memory for it. */
static void keep(struct dns_entry *entry, struct dns_answer *answer)
{
	struct dns_cache *cache = entry->cache;
	uint64_t now = loop_now_ms(cache->loop);

	if (answer && !dns_result_is_failure(answer->result)) {
		free(entry->answer);
		entry->answer = answer;
		entry->asked_ms = now;
		entry->expires_ms = now + life_ms(cache, answer);
		entry->retry_ms = 0;
		return;
	}
	cache->stats.failures++;
	entry->retry_ms = now + DNS_FAILURE_HOLD_MS;
	if (may_go_stale(entry, now)) {
		free(answer);
		return;
	}
	free(entry->answer);
	entry->answer = answer;
	entry->asked_ms = now;
	entry->expires_ms = entry->retry_ms;
}

static void on_answer(void *arg, struct dns_answer *answer)
{
	struct dns_entry *entry = arg;

	entry->in_flight = false;
	entry->cache->stats.in_flight--;
	keep(entry, answer);
	wake_all(entry);
}

static void ask(struct dns_entry *entry)
{
	struct dns_cache *cache = entry->cache;

	if (entry->in_flight)
		return;
	if (cache->stats.in_flight >= DNS_MAX_QUESTIONS) {
		keep(entry, dns_answer_empty(DNS_SILENT));
		return;
	}
	entry->in_flight = true;
	cache->stats.in_flight++;
	cache->stats.questions++;
	dns_wire_query(cache->wire, entry->name, (enum dns_type)entry->type, on_answer, entry);
}

static void serve_stale(struct timer *timer)
{
	struct dns_entry *entry = (void *)((char *)timer - offsetof(struct dns_entry, timer));

	entry->retry_ms = loop_now_ms(entry->cache->loop) + DNS_FAILURE_HOLD_MS;
	wake_all(entry);
}

/* Has an answer for now; false: it must be waited for, if it is asked for. */
static bool ready(struct dns_entry *entry, uint64_t now)
{
	if (entry->retry_ms > now)
		return true;
	return entry->answer && now < entry->expires_ms;
}

static void renew_early(struct dns_entry *entry, uint64_t now)
{
	uint64_t life = entry->expires_ms - entry->asked_ms;

	if (entry->retry_ms <= now && now < entry->expires_ms &&
	    entry->expires_ms - now < life / RENEW_PART)
		ask(entry);
}

static int wait_for(struct dns_entry *entry, struct dns_waiter *waiter, uint64_t now)
{
	struct dns_cache *cache = entry->cache;
	struct dns_link *link;

	link = pool_alloc(&cache->links);
	if (!link)
		return -ENOMEM;
	link->waiter = waiter;
	LIST_INSERT_HEAD(&entry->links, link, of_entry);
	LIST_INSERT_HEAD(&waiter->links, link, of_waiter);
	if (may_go_stale(entry, now) && !timer_armed(&entry->timer))
		loop_timer_set(cache->loop, &entry->timer, DNS_STALE_WAIT_MS, serve_stale);
	return -EINPROGRESS;
}

int dns_cache_get(struct dns_cache *cache, const char *name, enum dns_type type,
		  struct dns_waiter *waiter, const struct dns_answer **answer)
{
	uint64_t now = loop_now_ms(cache->loop);
	struct dns_entry *entry = find(cache, name, type);

	if (!entry)
		entry = entry_alloc(cache, name, type);
	if (!entry)
		return -ENOMEM;
	TAILQ_REMOVE(&cache->used, entry, used);
	TAILQ_INSERT_HEAD(&cache->used, entry, used);
	if (ready(entry, now)) {
		cache->stats.hits++;
		if (entry->answer && now >= entry->expires_ms)
			cache->stats.stale++;
		renew_early(entry, now);
	} else if (entry->in_flight) {
		cache->stats.shared++;
		return wait_for(entry, waiter, now);
	} else {
		ask(entry);
		if (!ready(entry, now))
			return wait_for(entry, waiter, now);
	}
	*answer = entry->answer ? entry->answer : &no_answer;
	return 0;
}

void dns_cache_forget(struct dns_cache *cache, struct dns_waiter *waiter)
{
	struct dns_link *link;

	while ((link = LIST_FIRST(&waiter->links)))
		link_free(cache, link);
}

uint64_t dns_cache_left(const struct dns_cache *cache, const char *name, enum dns_type type)
{
	const struct dns_entry *entry = find(cache, name, type);
	uint64_t now = loop_now_ms(cache->loop);

	return entry && entry->answer && entry->expires_ms > now ? entry->expires_ms - now : 0;
}

int dns_cache_init(struct dns_cache *cache, struct loop *loop, struct dns_wire *wire,
		   const struct dns_cache_config *config)
{
	memset(cache, 0, sizeof(*cache));
	cache->loop = loop;
	cache->wire = wire;
	cache->config = *config;
	TAILQ_INIT(&cache->used);
	pool_init(&cache->entries, "DNS answers", sizeof(struct dns_entry));
	pool_init(&cache->links, "DNS waiters", sizeof(struct dns_link));
	return htab_init(&cache->table);
}

void dns_cache_clean(struct dns_cache *cache)
{
	while (!TAILQ_EMPTY(&cache->used))
		entry_free(TAILQ_FIRST(&cache->used));
	htab_clean(&cache->table);
	pool_clean(&cache->entries);
	pool_clean(&cache->links);
}
