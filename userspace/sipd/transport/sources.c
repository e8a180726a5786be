// SPDX-License-Identifier: GPL-2.0-or-later
#include "transport/sources.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/htab.h"

/* An IPv4 address, or the 64 bits that one who has IPv6 can choose addresses behind. */
struct key {
	uint8_t octets[9];
};

struct source {
	struct hnode node;
	struct key key;
	uint32_t count;
};

struct tp_sources {
	pthread_mutex_t lock; /* protects what follows */
	struct htab tab;
	uint32_t total;
};

struct tp_sources *tp_sources_alloc(void)
{
	struct tp_sources *sources = calloc(1, sizeof(*sources));

	if (!sources)
		return NULL;
	if (htab_init(&sources->tab)) {
		free(sources);
		return NULL;
	}
	pthread_mutex_init(&sources->lock, NULL);
	return sources;
}

static void free_source(struct hnode *node, void *arg)
{
	struct tp_sources *sources = arg;

	htab_del(&sources->tab, node);
	free(HTAB_ENTRY(node, struct source, node));
}

void tp_sources_free(struct tp_sources *sources)
{
	if (!sources)
		return;
	htab_each(&sources->tab, free_source, sources);
	htab_clean(&sources->tab);
	pthread_mutex_destroy(&sources->lock);
	free(sources);
}

static struct key key_of(const struct tp_addr *addr)
{
	struct key key = { { 0 } };

	if (addr->sa.sa_family == AF_INET) {
		key.octets[0] = 4;
		memcpy(key.octets + 1, &addr->in.sin_addr, 4);
	} else {
		key.octets[0] = 6;
		memcpy(key.octets + 1, &addr->in6.sin6_addr, 8);
	}
	return key;
}

static struct source *find(struct tp_sources *sources, const struct key *key)
{
	struct hnode *node = htab_first(&sources->tab, htab_hash(key, sizeof(*key)));
	struct source *source;

	for (; node; node = htab_next(node)) {
		source = HTAB_ENTRY(node, struct source, node);
		if (!memcmp(&source->key, key, sizeof(*key)))
			return source;
	}
	return NULL;
}

static struct source *find_or_add(struct tp_sources *sources, const struct key *key)
{
	struct source *source = find(sources, key);

	if (source)
		return source;
	source = calloc(1, sizeof(*source));
	if (!source)
		return NULL;
	source->key = *key;
	htab_add(&sources->tab, &source->node, htab_hash(key, sizeof(*key)));
	return source;
}

static int take_locked(struct tp_sources *sources, const struct tp_limits *limits,
		       const struct key *key)
{
	struct source *source;

	if (sources->total >= limits->max)
		return -EUSERS;
	source = find_or_add(sources, key);
	if (!source)
		return -ENOMEM;
	if (source->count >= limits->per_source)
		return -EDQUOT;
	source->count++;
	sources->total++;
	return 0;
}

int tp_sources_take(struct tp_sources *sources, const struct tp_limits *limits,
		    const struct tp_addr *remote)
{
	struct key key = key_of(remote);
	int err;

	pthread_mutex_lock(&sources->lock);
	err = take_locked(sources, limits, &key);
	pthread_mutex_unlock(&sources->lock);
	return err;
}

void tp_sources_put(struct tp_sources *sources, const struct tp_addr *remote)
{
	struct key key = key_of(remote);
	struct source *source;

	pthread_mutex_lock(&sources->lock);
	sources->total--;
	source = find(sources, &key);
	if (source && !--source->count)
		free_source(&source->node, sources);
	pthread_mutex_unlock(&sources->lock);
}

int tp_sources_take_own(struct tp_sources *sources, const struct tp_limits *limits)
{
	int err = -EUSERS;

	pthread_mutex_lock(&sources->lock);
	if (sources->total < limits->max) {
		sources->total++;
		err = 0;
	}
	pthread_mutex_unlock(&sources->lock);
	return err;
}

void tp_sources_put_own(struct tp_sources *sources)
{
	pthread_mutex_lock(&sources->lock);
	sources->total--;
	pthread_mutex_unlock(&sources->lock);
}
