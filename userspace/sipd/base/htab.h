/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Intrusive chained hash table that grows; keyed hashing (SipHash) for what the network chooses. */
#ifndef SIPD_BASE_HTAB_H
#define SIPD_BASE_HTAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hnode {
	struct hnode *next;
	struct hnode **pprev; /* NULL: in no table */
	uint32_t hash;
};

struct htab {
	struct hnode **buckets;
	uint32_t mask;
	unsigned long count;
};

#define HTAB_ENTRY(node, type, member) ((type *)((char *)(node)-offsetof(type, member)))

int htab_init(struct htab *tab);
/* The table must be empty. */
void htab_clean(struct htab *tab);
/* Never fails: without memory to grow, chains get longer. */
void htab_add(struct htab *tab, struct hnode *node, uint32_t hash);
/* A node in no table is left alone. */
void htab_del(struct htab *tab, struct hnode *node);

/* First node of @hash, and the next one with the same hash after @node; NULL at the end. */
struct hnode *htab_first(const struct htab *tab, uint32_t hash);
struct hnode *htab_next(const struct hnode *node);

/* Calls @cb for every node; it may delete the node that it is given, no other. */
void htab_each(struct htab *tab, void (*cb)(struct hnode *node, void *arg), void *arg);

/* SipHash-2-4 under a key drawn at start from getrandom(). */
uint32_t htab_hash(const void *data, size_t len);
/* Continues @seed with more data, for keys of several parts. */
uint32_t htab_hash_more(uint32_t seed, const void *data, size_t len);

#endif
