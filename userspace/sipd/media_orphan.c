// SPDX-License-Identifier: GPL-2.0-or-later
/* Sessions that an earlier sipd left in the kernel: they go on, and keep their ports. */
#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "media_private.h"

struct orphan {
	struct hnode node;
	struct media *media;
	struct media_orphan info;
	uint32_t generation; /* of the last dump that had it */
	unsigned int nlocals;
	struct sockaddr_in locals[]; /* of its endpoints */
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
		if (orphan->locals[i].sin_addr.s_addr == realm->address.s_addr)
			cb(&realm->ports, ntohs(orphan->locals[i].sin_port));
}

int media_orphan_add(struct media *media, const struct sf_session *session)
{
	struct orphan *orphan = find(media, session->id);

	if (!orphan) {
		orphan = calloc(1, sizeof(*orphan) + session->nendpoints * sizeof(*orphan->locals));
		if (!orphan)
			return -ENOMEM;
		orphan->media = media;
		orphan->info.session_id = session->id;
		orphan->info.endpoints = session->nendpoints;
		orphan->nlocals = session->nendpoints;
		for (unsigned int i = 0; i < orphan->nlocals; i++)
			orphan->locals[i] = media_sockaddr(&session->endpoints[i].local);
		htab_add(&media->orphans, &orphan->node, hash(session->id));
		for (struct media_realm *realm = media->realms; realm; realm = realm->next)
			each_port(orphan, realm, media_ports_withhold);
	}
	orphan->generation = media->generation;
	orphan->info.age_ms = session->age_ms;
	orphan->info.idle_ms = session->idle_ms;
	if (session->nendpoints) {
		orphan->info.local = media_sockaddr(&session->endpoints[0].local);
		orphan->info.remote = media_sockaddr(&session->endpoints[0].remote);
	}
	return 0;
}

static void forget(struct orphan *orphan)
{
	struct media *media = orphan->media;

	for (struct media_realm *realm = media->realms; realm; realm = realm->next)
		each_port(orphan, realm, media_ports_release);
	htab_del(&media->orphans, &orphan->node);
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
	return media->orphans.count;
}

struct listing {
	struct media_orphan *list;
	unsigned int max, count;
};

static void list_one(struct hnode *node, void *arg)
{
	struct listing *listing = arg;

	if (listing->count < listing->max)
		listing->list[listing->count++] = orphan_of(node)->info;
}

unsigned int media_orphan_list(struct media *media, struct media_orphan *list, unsigned int max)
{
	struct listing listing = { .list = list, .max = max };

	media_session_dump(media);
	htab_each(&media->orphans, list_one, &listing);
	return media->orphans.count;
}

struct id_list {
	uint64_t *ids;
	size_t count;
};

static void collect_id(struct hnode *node, void *arg)
{
	struct id_list *list = arg;

	list->ids[list->count++] = orphan_of(node)->info.session_id;
}

unsigned int media_orphan_clear(struct media *media)
{
	unsigned int count = media->orphans.count;
	struct id_list list = { .count = 0 };
	int err;

	if (!count)
		return 0;
	list.ids = malloc(count * sizeof(*list.ids));
	if (!list.ids)
		return 0;
	htab_each(&media->orphans, collect_id, &list);
	err = sf_session_del_batch(media->client, list.ids, list.count);
	free(list.ids);
	if (err) {
		log_error("media: not every orphan session could be deleted: %s",
			  sf_error(media->client));
		media_session_dump(media);
		return count - media->orphans.count;
	}
	media_orphan_forget_all(media);
	return count;
}
