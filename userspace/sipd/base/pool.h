/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Slab pool of equally sized objects. Memory grows by slabs and stays with the pool until
 * pool_clean(). Built with AddressSanitizer it hands out malloc()ed objects instead, so that use
 * after free is seen.
 */
#ifndef SIPD_BASE_POOL_H
#define SIPD_BASE_POOL_H

#include <stddef.h>

struct pool {
	const char *name;
	size_t size;
	void *free;
	void *slabs;
	unsigned long in_use;
};

void pool_init(struct pool *pool, const char *name, size_t object_size);
/* Every object must have been returned. */
void pool_clean(struct pool *pool);
/* Zeroed, or NULL without memory. */
void *pool_alloc(struct pool *pool);
void pool_free(struct pool *pool, void *object);

#endif
