// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sessions that an earlier sipd left in the kernel: they go on, and keep their ports. Of several
 * shards each knows them all, for its own ports' sake; one tells of them.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "media_private.h"

struct orphan {
	struct hnode node;
	struct media *media;
	struct media_orphan info;
	uint32_t generation; /* of the last dump that had it */
	bool told; /* by this shard */
	unsigned int nlocals;
	struct host_port locals[]; /* of its endpoints */
};

static struct orphan *orphan_of(struct hnode *node)
{
	return HTAB_ENTRY(node, struct orphan, node);
}

static uint32_t hash(uint64_t id)
{
	return htab_hash(&id, sizeof(id));
}

static struct orphan *find(const struct media *media, uint64_t id)
{
	struct hnode *node = htab_first(&media->orphans, hash(id));

	while (node && orphan_of(node)->info.session_id != id)
		node = htab_next(node);
	return node ? orphan_of(node) : NULL;
}

static void each_port(const struct orphan *orphan, struct media_realm *realm,
		      void (*cb)(struct media_ports *ports, uint16_t port))
{
	for (unsigned int i = 0; i < orphan->nlocals; i++)
		if (host_equal(&orphan->locals[i].host, &realm->address))
			cb(&realm->ports, orphan->locals[i].port);
}

/*
 * The IDs of this process are the first ones from share.ids on; there are more than a call a
 * microsecond makes in half a year.
 */
#define IDS (UINT64_C(1) << 44)

/* The shard of this process that made a session, or -1: none. */
static int maker(const struct media *media, uint64_t id)
{
	uint64_t number = id - media->share.ids;

	return number < IDS ? (int)(number % media->share.count) : -1;
}

/* What is there at the start is no call of any shard, whatever its ID. */
static bool is_elsewhere(const struct media *media, uint64_t id)
{
	int shard = maker(media, id);

	return media->generation > 1 && shard >= 0 && shard != (int)media->share.index;
}

static bool is_told(const struct media *media, uint64_t id)
{
	return !media->share.index ||
	       (media->generation > 1 && maker(media, id) == (int)media->share.index);
}

int media_orphan_add(struct media *media, const struct sf_session *session)
{
	struct orphan *orphan = find(media, session->id);

	if (!orphan) {
		if (is_elsewhere(media, session->id))
			return 0;
		orphan = calloc(1, sizeof(*orphan) + session->nendpoints * sizeof(*orphan->locals));
		if (!orphan)
			return -ENOMEM;
		orphan->media = media;
		orphan->told = is_told(media, session->id);
		media->norphans += orphan->told;
		orphan->info.session_id = session->id;
		orphan->info.endpoints = session->nendpoints;
		orphan->nlocals = session->nendpoints;
		for (unsigned int i = 0; i < orphan->nlocals; i++)
			orphan->locals[i] = media_socket(&session->endpoints[i].local);
		htab_add(&media->orphans, &orphan->node, hash(session->id));
		for (struct media_realm *realm = media->realms; realm; realm = realm->next)
			each_port(orphan, realm, media_ports_withhold);
	}
	orphan->generation = media->generation;
	orphan->info.age_ms = session->age_ms;
	orphan->info.idle_ms = session->idle_ms;
	if (session->nendpoints) {
		orphan->info.local = media_socket(&session->endpoints[0].local);
		orphan->info.remote = media_socket(&session->endpoints[0].remote);
	}
	return 0;
}

static void forget(struct orphan *orphan)
{
	struct media *media = orphan->media;

	for (struct media_realm *realm = media->realms; realm; realm = realm->next)
		each_port(orphan, realm, media_ports_release);
	htab_del(&media->orphans, &orphan->node);
	media->norphans -= orphan->told;
	free(orphan);
}

void media_orphan_forget(struct media *media, uint64_t id)
{
	struct orphan *orphan = find(media, id);

	if (orphan)
		forget(orphan);
}

static void forget_if_unseen(struct hnode *node, void *arg)
{
	const struct media *media = arg;

	if (orphan_of(node)->generation != media->generation)
		forget(orphan_of(node));
}

void media_orphan_forget_unseen(struct media *media)
{
	htab_each(&media->orphans, forget_if_unseen, media);
}

static void forget_any(struct hnode *node, void *arg)
{
	(void)arg;
	forget(orphan_of(node));
}

void media_orphan_forget_all(struct media *media)
{
	htab_each(&media->orphans, forget_any, NULL);
}

static void withhold(struct hnode *node, void *arg)
{
	each_port(orphan_of(node), arg, media_ports_withhold);
}

void media_orphan_withhold(struct media *media, struct media_realm *realm)
{
	htab_each(&media->orphans, withhold, realm);
}

unsigned int media_orphan_count(const struct media *media)
{
	return media->norphans;
}

void media_orphan_recount(struct media *media)
{
	media_session_dump(media);
}

struct listing {
	struct media_orphan *list;
	unsigned int max, count;
};

static void list_one(struct hnode *node, void *arg)
{
	struct listing *listing = arg;

	if (orphan_of(node)->told && listing->count < listing->max)
		listing->list[listing->count++] = orphan_of(node)->info;
}

unsigned int media_orphan_list(struct media *media, struct media_orphan *list, unsigned int max)
{
	struct listing listing = { .list = list, .max = max };

	media_session_dump(media);
	htab_each(&media->orphans, list_one, &listing);
	return media->norphans;
}

struct id_list {
	uint64_t *ids;
	size_t count;
};

static void collect_id(struct hnode *node, void *arg)
{
	struct id_list *list = arg;

	if (orphan_of(node)->told)
		list->ids[list->count++] = orphan_of(node)->info.session_id;
}

unsigned int media_orphan_clear(struct media *media)
{
	unsigned int count = media->norphans;
	struct id_list list = { .count = 0 };
	int err;

	if (!count)
		return 0;
	list.ids = malloc(count * sizeof(*list.ids));
	if (!list.ids)
		return 0;
	htab_each(&media->orphans, collect_id, &list);
	err = sf_session_del_batch(media->client, list.ids, list.count);
	if (err) {
		log_error("media: not every orphan session could be deleted: %s",
			  sf_error(media->client));
		media_session_dump(media);
	}
	for (size_t i = 0; !err && i < list.count; i++)
		media_orphan_forget(media, list.ids[i]);
	free(list.ids);
	return count - media->norphans;
}
