/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Service-Routes (RFC 3608) that a registrar has given to phones for which sipd is the edge proxy:
 * they may have them as their Route, as long as the registration lasts.
 *
 * Of each a keyed hash is kept, of the Route, the realm and the address that the phone has there;
 * by all shards together, as a phone's calls have other Call-IDs than its registration.
 */
#ifndef SIPD_CALL_SERVICE_ROUTES_H
#define SIPD_CALL_SERVICE_ROUTES_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/siphash.h"
#include "sip/msg.h"
#include "transport/transport.h"

/* 1 MB, once there is one. The one of its bucket that ends first gives way. */
#define SERVICE_ROUTES_BUCKETS 8192
#define SERVICE_ROUTES_EACH 8
/* Of the URIs of one. */
#define SERVICE_ROUTES_URIS 16

struct service_route {
	uint64_t hash;
	uint64_t until_ms; /* of all loops' clock; 0: there is none */
};

struct service_routes {
	struct siphash_key key;
	pthread_mutex_t lock;
	struct service_route *entries; /* under @lock; NULL: there has been none yet */
};

void service_routes_init(struct service_routes *routes);
void service_routes_clean(struct service_routes *routes);

/* URIs of a Route or a Service-Route, one after the other. */
struct service_route_hash {
	uint64_t hash;
	unsigned int uris;
};

void service_route_begin(const struct service_routes *routes, struct service_route_hash *hash,
			 unsigned int realm, const struct tp_addr *phone);
void service_route_add(const struct service_routes *routes, struct service_route_hash *hash,
		       struct view uri);

/* Without memory it is not remembered. */
void service_routes_learn(struct service_routes *routes, const struct service_route_hash *hash,
			  uint64_t now_ms, uint64_t until_ms);
bool service_routes_know(struct service_routes *routes, const struct service_route_hash *hash,
			 uint64_t now_ms);

#endif
