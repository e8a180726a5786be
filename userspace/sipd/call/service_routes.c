// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/service_routes.h"

#include <stdlib.h>

void service_routes_init(struct service_routes *routes)
{
	siphash_key_init(&routes->key);
	pthread_mutex_init(&routes->lock, NULL);
	routes->entries = NULL;
}

void service_routes_clean(struct service_routes *routes)
{
	free(routes->entries);
	routes->entries = NULL;
	pthread_mutex_destroy(&routes->lock);
}

void service_route_begin(const struct service_routes *routes, struct service_route_hash *hash,
			 unsigned int realm, const struct tp_addr *phone)
{
	hash->uris = 0;
	hash->hash = siphash(&routes->key, &realm, sizeof(realm));
	if (phone->sa.sa_family == AF_INET6)
		hash->hash = siphash_more(&routes->key, hash->hash, &phone->in6.sin6_addr,
					  sizeof(phone->in6.sin6_addr));
	else
		hash->hash = siphash_more(&routes->key, hash->hash, &phone->in.sin_addr,
					  sizeof(phone->in.sin_addr));
}

void service_route_add(const struct service_routes *routes, struct service_route_hash *hash,
		       struct view uri)
{
	hash->uris++;
	hash->hash = siphash_more(&routes->key, hash->hash, uri.p, uri.len);
}

/* --- under the lock --- */

static struct service_route *bucket(const struct service_routes *routes, uint64_t hash)
{
	return &routes->entries[hash % SERVICE_ROUTES_BUCKETS * SERVICE_ROUTES_EACH];
}

/* NULL: there is none. */
static struct service_route *find(const struct service_routes *routes, uint64_t hash)
{
	struct service_route *route = routes->entries ? bucket(routes, hash) : NULL;

	for (unsigned int i = 0; route && i < SERVICE_ROUTES_EACH; i++)
		if (route[i].until_ms && route[i].hash == hash)
			return &route[i];
	return NULL;
}

static struct service_route *make_room(const struct service_routes *routes, uint64_t hash)
{
	struct service_route *route = bucket(routes, hash), *first = route;

	for (unsigned int i = 1; i < SERVICE_ROUTES_EACH; i++)
		if (route[i].until_ms < first->until_ms)
			first = &route[i];
	first->hash = hash;
	first->until_ms = 0;
	return first;
}

static void learn(struct service_routes *routes, uint64_t hash, uint64_t until_ms)
{
	struct service_route *route = find(routes, hash);

	if (!routes->entries)
		routes->entries = calloc((size_t)SERVICE_ROUTES_BUCKETS * SERVICE_ROUTES_EACH,
					 sizeof(*routes->entries));
	if (!routes->entries)
		return;
	if (!route)
		route = make_room(routes, hash);
	/* Another phone behind the same address may have it for longer. */
	if (route->until_ms < until_ms)
		route->until_ms = until_ms;
}

/* --- */

void service_routes_learn(struct service_routes *routes, const struct service_route_hash *hash,
			  uint64_t now_ms, uint64_t until_ms)
{
	if (!hash->uris || hash->uris > SERVICE_ROUTES_URIS || until_ms <= now_ms)
		return;
	pthread_mutex_lock(&routes->lock);
	learn(routes, hash->hash, until_ms);
	pthread_mutex_unlock(&routes->lock);
}

bool service_routes_know(struct service_routes *routes, const struct service_route_hash *hash,
			 uint64_t now_ms)
{
	const struct service_route *route;
	bool result;

	if (!hash->uris || hash->uris > SERVICE_ROUTES_URIS)
		return false;
	pthread_mutex_lock(&routes->lock);
	route = find(routes, hash->hash);
	result = route && route->until_ms > now_ms;
	pthread_mutex_unlock(&routes->lock);
	return result;
}
