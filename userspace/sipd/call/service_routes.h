/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Service-Routes (RFC 3608) that a registrar has given to phones for which sipd is the edge proxy:
 * they may have them as their Route, as long as the registration lasts.
 *
 * Of each registration a keyed hash of the Route is kept, with the realm and the address that the
 * phone has there; by all shards together, as a phone's calls have other Call-IDs than its
 * registration. Those that a store has survive a restart: it keeps them half as long again as they
 * last, as it does bindings, so that not every refresh is written.
 */
#ifndef SIPD_CALL_SERVICE_ROUTES_H
#define SIPD_CALL_SERVICE_ROUTES_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/htab.h"
#include "base/siphash.h"
#include "sip/msg.h"
#include "transport/transport.h"

struct store;

/* 4 MB, once there is one; by registration. The one of its bucket that ends first gives way. */
#define SERVICE_ROUTES_BUCKETS 8192
#define SERVICE_ROUTES_EACH 8
/* Of the URIs of one. */
#define SERVICE_ROUTES_URIS 16

/* Of one registration. */
struct service_route {
	struct hnode by_route; /* in the table of that name, until it is seen to be over */
	uint64_t registration;
	uint64_t route;
	uint64_t place; /* that the REGISTER went to; 0: the next hop of the realm */
	uint64_t until_ms; /* of all loops' clock; 0: there is none */
	int64_t durable; /* Unix time until which the store has it; 0: it has not */
};

struct service_routes {
	struct siphash_key key;
	struct store *store; /* NULL: none survives a restart */
	pthread_mutex_t lock; /* protects what follows; jobs for the store are in its order */
	struct service_route *entries; /* NULL: there has been none yet */
	struct htab by_route;
};

void service_routes_init(struct service_routes *routes);
void service_routes_clean(struct service_routes *routes);
/*
 * Those that @store has, which is borrowed and does not run yet; from now on it is told of changes.
 * Before any shard runs. 0 or negative errno, logged.
 */
int service_routes_read(struct service_routes *routes, struct store *store, uint64_t now_ms);

/* URIs of a Route or a Service-Route, one after the other. */
struct service_route_hash {
	uint64_t hash;
	unsigned int uris;
};

/* @realm: its name. */
void service_route_begin(const struct service_routes *routes, struct service_route_hash *hash,
			 const char *realm, const struct tp_addr *phone);
void service_route_add(const struct service_routes *routes, struct service_route_hash *hash,
		       struct view uri);
/* A trunk, by its name. */
uint64_t service_route_place(const struct service_routes *routes, const char *trunk);

/* What a REGISTER has come to. */
struct service_route_grant {
	uint64_t registration; /* which tells it from others, whatever its Route */
	struct service_route_hash route; /* without URIs: it has none any more */
	uint64_t place;
	uint32_t lasts_s; /* 0: it has ended */
};

/* In the place of what the registration had before. Without memory it is not remembered. */
void service_routes_set(struct service_routes *routes, const struct service_route_grant *grant,
			uint64_t now_ms);
/* Does any registration have it? Then *@place is where its REGISTER went. */
bool service_routes_know(struct service_routes *routes, const struct service_route_hash *hash,
			 uint64_t now_ms, uint64_t *place);

#endif
