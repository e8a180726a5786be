/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The addresses of peers that have names, as all shards know them together. */
#ifndef SIPD_GUARD_PEERS_H
#define SIPD_GUARD_PEERS_H

#include <pthread.h>

#include "call/call.h"
#include "libsipfast/libsipfast_sip.h"

#define GUARD_MAX_PEERS 1024

struct guard_peers {
	pthread_mutex_t lock; /* protects all of it; shards take it when DNS has news */
	unsigned int count;
	struct guard_peer {
		struct sf_address addr; /* port 0: whatever it sends from */
		uint32_t id; /* of the peer whose it is */
		uint64_t shards; /* that know it, one bit for each */
	} peers[GUARD_MAX_PEERS];
};

/* What the table's owner does about a peer that came or went. */
struct guard_peers_ops {
	void (*add)(void *arg, const struct call_named_peer *peer, const struct sf_address *addr);
	void (*del)(void *arg, const struct call_named_peer *peer, const struct sf_address *addr);
};

void guard_peers_init(struct guard_peers *peers);
void guard_peers_clean(struct guard_peers *peers);
/* Does any shard know a peer that has a name to be there? */
bool guard_peers_have(struct guard_peers *peers, const struct sf_address *addr);
/*
 * Shard @shard now knows these addresses of @named and no others. @ops are called for what no
 * shard knew before and what none knows any more, of any peer, with the lock held. False: there is
 * no room for all of them.
 */
bool guard_peers_set(struct guard_peers *peers, unsigned int shard,
		     const struct call_named_peer *named, const struct sf_address *addrs,
		     unsigned int count, const struct guard_peers_ops *ops, void *arg);

#endif
