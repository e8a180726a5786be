// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard_peers.h"

void guard_peers_init(struct guard_peers *peers)
{
	pthread_mutex_init(&peers->lock, NULL);
	peers->count = 0;
}

void guard_peers_clean(struct guard_peers *peers)
{
	pthread_mutex_destroy(&peers->lock);
}

static struct guard_peer *find(struct guard_peers *peers, uint32_t id,
			       const struct sf_address *addr)
{
	for (unsigned int i = 0; i < peers->count; i++)
		if ((!id || peers->peers[i].id == id) &&
		    sf_address_equal(&peers->peers[i].addr, addr))
			return &peers->peers[i];
	return NULL;
}

bool guard_peers_have(struct guard_peers *peers, const struct sf_address *addr)
{
	bool found;

	pthread_mutex_lock(&peers->lock);
	found = find(peers, 0, addr);
	pthread_mutex_unlock(&peers->lock);
	return found;
}

static bool among(const struct sf_address *addr, const struct sf_address *addrs, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		if (sf_address_equal(addr, &addrs[i]))
			return true;
	return false;
}

bool guard_peers_set(struct guard_peers *peers, unsigned int shard,
		     const struct call_named_peer *named, const struct sf_address *addrs,
		     unsigned int count, const struct guard_peers_ops *ops, void *arg)
{
	uint64_t bit = UINT64_C(1) << shard;
	struct guard_peer *peer;
	bool room = true;

	pthread_mutex_lock(&peers->lock);
	for (unsigned int i = peers->count; i--;) {
		struct guard_peer gone = peers->peers[i];

		if (gone.id != named->id || !(gone.shards & bit) || among(&gone.addr, addrs, count))
			continue;
		peers->peers[i].shards &= ~bit;
		if (peers->peers[i].shards)
			continue;
		peers->peers[i] = peers->peers[--peers->count];
		if (!find(peers, 0, &gone.addr))
			ops->del(arg, named, &gone.addr);
	}
	for (unsigned int i = 0; i < count; i++) {
		peer = find(peers, named->id, &addrs[i]);
		if (!peer && peers->count == GUARD_MAX_PEERS) {
			room = false;
			break;
		}
		if (!peer) {
			if (!find(peers, 0, &addrs[i]))
				ops->add(arg, named, &addrs[i]);
			peer = &peers->peers[peers->count++];
			*peer = (struct guard_peer){ .addr = addrs[i], .id = named->id };
		}
		peer->shards |= bit;
	}
	pthread_mutex_unlock(&peers->lock);
	return room;
}
