// SPDX-License-Identifier: GPL-2.0-or-later
#include "admin/dns.h"

#include "admin/text.h"

static struct admin_dns_failed *find(struct admin_dns *dns, const struct dns_target *target)
{
	for (unsigned int i = 0; i < dns->nfailed; i++)
		if (dns_target_eq(&dns->failed[i].target, target))
			return &dns->failed[i];
	return NULL;
}

/* Several shards may have found out about one address. */
static void note_failed(void *arg, const struct dns_target *target, uint64_t left_ms)
{
	struct admin_dns *dns = arg;
	struct admin_dns_failed *failed = find(dns, target);

	if (failed && failed->left_ms < left_ms)
		failed->left_ms = left_ms;
	if (!failed && dns->nfailed < ADMIN_DNS_FAILED)
		dns->failed[dns->nfailed++] = (struct admin_dns_failed){ *target, left_ms };
}

void admin_dns_gather(struct call_engine *engine, struct admin_dns *dns)
{
	struct dns *resolver = call_engine_dns(engine);

	if (!resolver)
		return;
	dns->used = true;
	dns_stats(resolver, &dns->stats);
	dns_each_dead(resolver, note_failed, dns);
}

void admin_dns_add(struct admin_dns *sum, const struct admin_dns *part)
{
	struct dns_cache_stats *to = &sum->stats.cache;
	const struct dns_cache_stats *from = &part->stats.cache;

	sum->used |= part->used;
	to->questions += from->questions;
	to->hits += from->hits;
	to->shared += from->shared;
	to->failures += from->failures;
	to->stale += from->stale;
	to->evicted += from->evicted;
	to->entries += from->entries;
	to->in_flight += from->in_flight;
	sum->stats.dead += part->stats.dead;
	for (unsigned int i = 0; i < part->nfailed; i++)
		note_failed(sum, &part->failed[i].target, part->failed[i].left_ms);
}

static json_t *failed_list(const struct admin_dns *dns)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < dns->nfailed; i++) {
		const struct admin_dns_failed *failed = &dns->failed[i];

		json_array_append_new(list, json_pack("{s:s, s:o, s:I}", "transport",
						      tp_proto_name(failed->target.proto),
						      "address", admin_addr(&failed->target.addr),
						      "left_ms", (json_int_t)failed->left_ms));
	}
	return list;
}

static void note_unresolved(void *arg, const struct call_named_peer *peer, const char *why)
{
	json_array_append_new(arg, json_sprintf("%s %s: %s %s is not resolved: %s", peer->kind,
						peer->name, peer->role, peer->host, why));
}

json_t *admin_dns_object(const struct call_engine *engine, const struct admin_dns *sum,
			 json_t *degraded)
{
	const struct dns_cache_stats *cache = &sum->stats.cache;

	if (!sum->used)
		return json_null();
	call_each_unresolved(engine, note_unresolved, degraded);
	return json_pack("{s:i, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:o}",
			 "entries", (int)cache->entries,
			 "in_flight", (int)cache->in_flight,
			 "questions", (json_int_t)cache->questions,
			 "hits", (json_int_t)cache->hits,
			 "shared", (json_int_t)cache->shared,
			 "failures", (json_int_t)cache->failures,
			 "stale", (json_int_t)cache->stale,
			 "evicted", (json_int_t)cache->evicted,
			 "failed_addresses", failed_list(sum));
}
