// SPDX-License-Identifier: GPL-2.0-or-later
#include "transport/names.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/htab.h"

#define MAX_NAME 255

struct name {
	TAILQ_ENTRY(name) link;
	struct hnode node;
	uint32_t id;
	char text[]; /* in lower case */
};

TAILQ_HEAD(name_list, name);

struct tp_names {
	pthread_mutex_t lock;
	struct htab tab;
	struct name_list list; /* the one that was asked for last first */
	unsigned int count;
	uint32_t last_id;
};

struct tp_names *tp_names_alloc(void)
{
	struct tp_names *names = calloc(1, sizeof(*names));

	if (!names)
		return NULL;
	if (htab_init(&names->tab)) {
		free(names);
		return NULL;
	}
	pthread_mutex_init(&names->lock, NULL);
	TAILQ_INIT(&names->list);
	return names;
}

static void forget(struct tp_names *names, struct name *name)
{
	htab_del(&names->tab, &name->node);
	TAILQ_REMOVE(&names->list, name, link);
	names->count--;
	free(name);
}

void tp_names_free(struct tp_names *names)
{
	struct name *name;

	if (!names)
		return;
	while ((name = TAILQ_FIRST(&names->list)))
		forget(names, name);
	htab_clean(&names->tab);
	pthread_mutex_destroy(&names->lock);
	free(names);
}

static void touch(struct tp_names *names, struct name *name)
{
	TAILQ_REMOVE(&names->list, name, link);
	TAILQ_INSERT_HEAD(&names->list, name, link);
}

static struct name *find(const struct tp_names *names, const char *text, uint32_t hash)
{
	struct hnode *node = htab_first(&names->tab, hash);

	for (; node; node = htab_next(node)) {
		struct name *name = HTAB_ENTRY(node, struct name, node);

		if (!strcmp(name->text, text))
			return name;
	}
	return NULL;
}

static struct name *add(struct tp_names *names, const char *text, uint32_t hash)
{
	size_t size = strlen(text) + 1;
	struct name *name = names->last_id < UINT32_MAX ? malloc(sizeof(*name) + size) : NULL;

	if (!name)
		return NULL;
	memcpy(name->text, text, size);
	name->id = ++names->last_id;
	htab_add(&names->tab, &name->node, hash);
	TAILQ_INSERT_HEAD(&names->list, name, link);
	if (++names->count > TP_MAX_NAMES)
		forget(names, TAILQ_LAST(&names->list, name_list));
	return name;
}

uint32_t tp_names_id(struct tp_names *names, const char *name)
{
	size_t len = strlen(name);
	char text[MAX_NAME + 1];
	struct name *known;
	uint32_t hash, id;

	if (len > MAX_NAME)
		return 0;
	for (size_t i = 0; i <= len; i++)
		text[i] = (char)tolower((unsigned char)name[i]);
	hash = htab_hash(text, len);
	pthread_mutex_lock(&names->lock);
	known = find(names, text, hash);
	if (known)
		touch(names, known);
	else
		known = add(names, text, hash);
	id = known ? known->id : 0;
	pthread_mutex_unlock(&names->lock);
	return id;
}

char *tp_names_dup(struct tp_names *names, uint32_t id)
{
	struct name *name;
	char *text = NULL;

	pthread_mutex_lock(&names->lock);
	name = TAILQ_FIRST(&names->list);
	while (name && name->id != id)
		name = TAILQ_NEXT(name, link);
	if (name) {
		touch(names, name);
		text = strdup(name->text);
	}
	pthread_mutex_unlock(&names->lock);
	return text;
}
