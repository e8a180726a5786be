/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Answers, kept as long as they hold (RFC 1035 s.3.2.1, RFC 2308), and the questions under way: as
 * many as want the same answer share one. What has run out is served a little longer while servers
 * fail to renew it (RFC 8767). Bounded: what was used least lately makes room.
 */
#ifndef SIPD_DNS_CACHE_H
#define SIPD_DNS_CACHE_H

#include <sys/queue.h>

#include "base/htab.h"
#include "base/pool.h"
#include "dns/message.h"
#include "dns/wire.h"

#define DNS_CACHE_MAX 1024
/* Questions at a time; more are refused. */
#define DNS_MAX_QUESTIONS 256
/* How long a failure is remembered, and an answer that has run out served, before the next try. */
#define DNS_FAILURE_HOLD_MS 5000
/* How long who can have an answer that has run out waits for a new one (RFC 8767 s.5). */
#define DNS_STALE_WAIT_MS 300

struct dns_cache_config {
	uint32_t min_ttl_s, max_ttl_s;
	uint32_t max_negative_ttl_s;
	uint32_t stale_ms; /* how long after its end an answer may still be served */
};

/* Who waits for answers: any number of them at a time. All zero at first. */
struct dns_waiter {
	LIST_HEAD(dns_links, dns_link) links;
	/* Nothing is waited for any more. May ask again, or free the waiter. */
	void (*wake)(struct dns_waiter *waiter);
};

struct dns_cache_stats {
	uint64_t questions; /* sent to servers */
	uint64_t hits; /* answered from the cache */
	uint64_t shared; /* waits for a question that was under way */
	uint64_t failures; /* questions that no server answered usefully */
	uint64_t stale; /* served after their end */
	uint64_t evicted;
	unsigned int entries;
	unsigned int in_flight;
};

struct dns_cache {
	struct loop *loop;
	struct dns_wire *wire;
	struct dns_cache_config config;
	struct htab table;
	TAILQ_HEAD(dns_entries, dns_entry) used; /* the least lately used one last */
	struct pool entries, links;
	struct dns_cache_stats stats;
};

/* @wire is borrowed. 0 or -ENOMEM. */
int dns_cache_init(struct dns_cache *cache, struct loop *loop, struct dns_wire *wire,
		   const struct dns_cache_config *config);
/* After dns_wire_free(); nobody waits. */
void dns_cache_clean(struct dns_cache *cache);

/*
 * The answer to @name (normalized) and @type, never NULL with 0: borrowed, for this turn of the
 * loop, and while fewer than DNS_CACHE_MAX others are asked for. -EINPROGRESS: asked for,
 * @waiter->wake will be called. -ENOMEM.
 */
int dns_cache_get(struct dns_cache *cache, const char *name, enum dns_type type,
		  struct dns_waiter *waiter, const struct dns_answer **answer);
/* Waits no longer. */
void dns_cache_forget(struct dns_cache *cache, struct dns_waiter *waiter);

/* Milliseconds for which the answer to @name and @type holds; 0: there is none. */
uint64_t dns_cache_left(const struct dns_cache *cache, const char *name, enum dns_type type);

#endif
