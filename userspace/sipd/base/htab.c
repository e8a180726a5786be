// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "base/htab.h"
#include "base/siphash.h"

#define FIRST_BUCKETS 64

static struct siphash_key hash_key;

__attribute__((constructor)) static void draw_hash_key(void)
{
	siphash_key_init(&hash_key);
}

int htab_init(struct htab *tab)
{
	tab->buckets = calloc(FIRST_BUCKETS, sizeof(*tab->buckets));
	if (!tab->buckets)
		return -ENOMEM;
	tab->mask = FIRST_BUCKETS - 1;
	tab->count = 0;
	return 0;
}

void htab_clean(struct htab *tab)
{
	free(tab->buckets);
	tab->buckets = NULL;
}

static void push(struct hnode **head, struct hnode *node)
{
	node->next = *head;
	if (node->next)
		node->next->pprev = &node->next;
	node->pprev = head;
	*head = node;
}

/* Doubling makes the cost of moving a node constant over its life in the table. */
static void grow(struct htab *tab)
{
	uint32_t size = tab->mask + 1;
	struct hnode **buckets, *node, *next;

	if (size > UINT32_MAX / 2)
		return;
	buckets = calloc(2 * (size_t)size, sizeof(*buckets));
	if (!buckets)
		return;
	tab->mask = 2 * size - 1;
	for (uint32_t i = 0; i < size; i++) {
		for (node = tab->buckets[i]; node; node = next) {
			next = node->next;
			push(&buckets[node->hash & tab->mask], node);
		}
	}
	free(tab->buckets);
	tab->buckets = buckets;
}

void htab_add(struct htab *tab, struct hnode *node, uint32_t hash)
{
	if (tab->count > tab->mask)
		grow(tab);
	node->hash = hash;
	push(&tab->buckets[hash & tab->mask], node);
	tab->count++;
}

void htab_del(struct htab *tab, struct hnode *node)
{
	if (!node->pprev)
		return;
	*node->pprev = node->next;
	if (node->next)
		node->next->pprev = node->pprev;
	node->pprev = NULL;
	tab->count--;
}

static struct hnode *with_hash(struct hnode *node, uint32_t hash)
{
	while (node && node->hash != hash)
		node = node->next;
	return node;
}

struct hnode *htab_first(const struct htab *tab, uint32_t hash)
{
	return with_hash(tab->buckets[hash & tab->mask], hash);
}

struct hnode *htab_next(const struct hnode *node)
{
	return with_hash(node->next, node->hash);
}

void htab_each(struct htab *tab, void (*cb)(struct hnode *node, void *arg), void *arg)
{
	struct hnode *node, *next;

	for (uint32_t i = 0; i <= tab->mask; i++) {
		for (node = tab->buckets[i]; node; node = next) {
			next = node->next;
			cb(node, arg);
		}
	}
}

uint32_t htab_hash(const void *data, size_t len)
{
	return siphash_inside(&hash_key, data, len);
}

uint32_t htab_hash_more(uint32_t seed, const void *data, size_t len)
{
	return siphash_inside_more(&hash_key, seed, data, len);
}
