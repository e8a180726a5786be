// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/service_routes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/log_limit.h"
#include "store/store.h"

void service_routes_init(struct service_routes *routes)
{
	*routes = (struct service_routes){ .store = NULL };
	siphash_key_init(&routes->key);
	pthread_mutex_init(&routes->lock, NULL);
}

static void unlink_node(struct hnode *node, void *arg)
{
	htab_del(arg, node);
}

void service_routes_clean(struct service_routes *routes)
{
	if (routes->entries) {
		htab_each(&routes->by_route, unlink_node, &routes->by_route);
		htab_clean(&routes->by_route);
	}
	free(routes->entries);
	routes->entries = NULL;
	pthread_mutex_destroy(&routes->lock);
}

void service_route_begin(const struct service_routes *routes, struct service_route_hash *hash,
			 const char *realm, const struct tp_addr *phone)
{
	hash->uris = 0;
	hash->hash = siphash(&routes->key, realm, strlen(realm));
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

uint64_t service_route_place(const struct service_routes *routes, const char *trunk)
{
	return siphash(&routes->key, trunk, strlen(trunk));
}

/* --- under the lock --- */

/* 0 or -ENOMEM. */
static int prepare(struct service_routes *routes)
{
	if (routes->entries)
		return 0;
	if (htab_init(&routes->by_route))
		return -ENOMEM;
	routes->entries = calloc((size_t)SERVICE_ROUTES_BUCKETS * SERVICE_ROUTES_EACH,
				 sizeof(*routes->entries));
	if (routes->entries)
		return 0;
	htab_clean(&routes->by_route);
	return -ENOMEM;
}

static struct service_route *bucket(const struct service_routes *routes, uint64_t registration)
{
	return &routes->entries[registration % SERVICE_ROUTES_BUCKETS * SERVICE_ROUTES_EACH];
}

/* NULL: there is none. */
static struct service_route *find(const struct service_routes *routes, uint64_t registration)
{
	struct service_route *entry = routes->entries ? bucket(routes, registration) : NULL;

	for (unsigned int i = 0; entry && i < SERVICE_ROUTES_EACH; i++)
		if (entry[i].until_ms && entry[i].registration == registration)
			return &entry[i];
	return NULL;
}

/* The one that gives way to @registration: a free one, or the one that ends first. */
static struct service_route *find_room(const struct service_routes *routes, uint64_t registration)
{
	struct service_route *entry = bucket(routes, registration), *first = entry;

	for (unsigned int i = 1; i < SERVICE_ROUTES_EACH; i++)
		if (entry[i].until_ms < first->until_ms)
			first = &entry[i];
	return first;
}

static void forget(struct service_routes *routes, struct service_route *entry)
{
	htab_del(&routes->by_route, &entry->by_route);
	entry->until_ms = 0;
}

static void enter(struct service_routes *routes, struct service_route *entry)
{
	htab_del(&routes->by_route, &entry->by_route);
	htab_add(&routes->by_route, &entry->by_route, (uint32_t)entry->route);
}

/* --- and what the store is told of it --- */

/* @ret: of what was put into the job, which is gone. False: it is not written. */
static bool submit(const struct service_routes *routes, struct store_job *job, int ret)
{
	if (!ret)
		ret = store_submit(routes->store, job, NULL, true);
	if (ret) {
		log_warn_limited("a change of a phone's Service-Route is lost with a restart: %s",
				 strerror(-ret));
		store_job_free(job);
	}
	return !ret;
}

static bool store_one(const struct service_routes *routes, const struct service_route *entry)
{
	const struct store_service_route row = {
		.registration = entry->registration,
		.route = entry->route,
		.place = entry->place,
		.expires = entry->durable,
	};
	struct store_job *job = routes->store ? store_job_alloc() : NULL;

	return job && submit(routes, job, store_put_service_route(job, &row));
}

static void unstore(const struct service_routes *routes, uint64_t registration)
{
	struct store_job *job = routes->store ? store_job_alloc() : NULL;

	if (job)
		submit(routes, job, store_del_service_route(job, registration));
}

/* Is nothing new about it that the store has to know? */
static bool is_kept(const struct service_route *old, const struct service_route_grant *grant,
		    int64_t now)
{
	return old->route == grant->route.hash && old->place == grant->place &&
	       old->durable >= now + grant->lasts_s;
}

static void change(struct service_routes *routes, struct service_route *entry,
		   const struct service_route_grant *grant, uint64_t now_ms)
{
	int64_t now = time(NULL);
	bool kept = is_kept(entry, grant, now);

	entry->route = grant->route.hash;
	entry->place = grant->place;
	entry->until_ms = now_ms + (uint64_t)grant->lasts_s * 1000;
	enter(routes, entry);
	if (kept)
		return;
	entry->durable = now + grant->lasts_s + grant->lasts_s / 2;
	if (!store_one(routes, entry))
		entry->durable = 0;
}

static void learn(struct service_routes *routes, const struct service_route_grant *grant,
		  uint64_t now_ms)
{
	struct service_route *entry = find(routes, grant->registration);

	if (!entry) {
		if (prepare(routes))
			return;
		entry = find_room(routes, grant->registration);
		if (entry->until_ms)
			unstore(routes, entry->registration);
		entry->registration = grant->registration;
		entry->durable = 0;
	}
	change(routes, entry, grant, now_ms);
}

static void end(struct service_routes *routes, uint64_t registration)
{
	struct service_route *entry = find(routes, registration);

	if (!entry)
		return;
	unstore(routes, registration);
	forget(routes, entry);
}

/* --- */

void service_routes_set(struct service_routes *routes, const struct service_route_grant *grant,
			uint64_t now_ms)
{
	pthread_mutex_lock(&routes->lock);
	if (grant->route.uris && grant->route.uris <= SERVICE_ROUTES_URIS && grant->lasts_s)
		learn(routes, grant, now_ms);
	else
		end(routes, grant->registration);
	pthread_mutex_unlock(&routes->lock);
}

/* Those that it finds to be over are not looked at again: a NAT may have many phones behind it. */
static const struct service_route *find_route(struct service_routes *routes, uint64_t hash,
					      uint64_t now_ms)
{
	struct hnode *node = routes->entries ? htab_first(&routes->by_route, (uint32_t)hash) : NULL;
	struct hnode *next;

	for (; node; node = next) {
		struct service_route *entry = HTAB_ENTRY(node, struct service_route, by_route);

		next = htab_next(node);
		if (entry->until_ms <= now_ms)
			htab_del(&routes->by_route, node);
		else if (entry->route == hash)
			return entry;
	}
	return NULL;
}

bool service_routes_know(struct service_routes *routes, const struct service_route_hash *hash,
			 uint64_t now_ms, uint64_t *place)
{
	const struct service_route *entry;

	if (!hash->uris || hash->uris > SERVICE_ROUTES_URIS)
		return false;
	pthread_mutex_lock(&routes->lock);
	entry = find_route(routes, hash->hash, now_ms);
	if (entry)
		*place = entry->place;
	pthread_mutex_unlock(&routes->lock);
	return entry;
}

/* --- after a restart --- */

struct reading {
	struct service_routes *routes;
	uint64_t now_ms;
	int64_t now;
	unsigned int count;
};

static int read_one(void *arg, const struct store_service_route *from)
{
	struct reading *reading = arg;
	struct service_routes *routes = reading->routes;
	struct service_route *entry;

	if (prepare(routes))
		return -ENOMEM;
	entry = find_room(routes, from->registration);
	/* As many as it has room for have been written, unless somebody else has written them. */
	if (entry->until_ms)
		return 0;
	entry->registration = from->registration;
	entry->route = from->route;
	entry->place = from->place;
	entry->until_ms = reading->now_ms + (uint64_t)(from->expires - reading->now) * 1000;
	entry->durable = from->expires;
	enter(routes, entry);
	reading->count++;
	return 0;
}

int service_routes_read(struct service_routes *routes, struct store *store, uint64_t now_ms)
{
	static const struct store_reader reader = { .service_route = read_one };
	struct reading reading = { routes, now_ms, time(NULL), 0 };
	int ret = store_secret(store, "service-routes", &routes->key, sizeof(routes->key));

	if (!ret)
		ret = store_read(store, reading.now, &reader, &reading);
	if (!ret)
		log_info("store %s: %u Service-Routes of phones", store_path(store), reading.count);
	routes->store = store;
	return ret;
}
