// SPDX-License-Identifier: GPL-2.0-or-later
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(WITH_ASAN)
#define WITH_ASAN 1
#endif

#define ALIGNMENT 16
#define SLAB_OCTETS 32768
#define SLAB_MIN_OBJECTS 8

struct object {
	struct object *next;
};

struct slab {
	struct slab *next;
	_Alignas(ALIGNMENT) char objects[];
};

void pool_init(struct pool *pool, const char *name, size_t object_size)
{
	if (object_size < sizeof(struct object))
		object_size = sizeof(struct object);
	*pool = (struct pool){
		.name = name,
		.size = (object_size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1),
	};
}

void pool_clean(struct pool *pool)
{
	struct slab *slab;

	assert(!pool->in_use);
	while ((slab = pool->slabs)) {
		pool->slabs = slab->next;
		free(slab);
	}
	pool->free = NULL;
}

#ifdef WITH_ASAN
void *pool_alloc(struct pool *pool)
{
	void *object = calloc(1, pool->size);

	if (object)
		pool->in_use++;
	return object;
}

void pool_free(struct pool *pool, void *object)
{
	free(object);
	pool->in_use--;
}
#else
static void grow(struct pool *pool)
{
	size_t n = SLAB_OCTETS / pool->size;
	struct object *object;
	struct slab *slab;

	if (n < SLAB_MIN_OBJECTS)
		n = SLAB_MIN_OBJECTS;
	slab = malloc(sizeof(*slab) + n * pool->size);
	if (!slab)
		return;
	slab->next = pool->slabs;
	pool->slabs = slab;
	/* The first object of the slab is to come out first. */
	while (n--) {
		object = (struct object *)(slab->objects + n * pool->size);
		object->next = pool->free;
		pool->free = object;
	}
}

void *pool_alloc(struct pool *pool)
{
	struct object *object;

	if (!pool->free)
		grow(pool);
	object = pool->free;
	if (!object)
		return NULL;
	pool->free = object->next;
	pool->in_use++;
	return memset(object, 0, pool->size);
}

void pool_free(struct pool *pool, void *object)
{
	struct object *o = object;

	o->next = pool->free;
	pool->free = o;
	pool->in_use--;
}
#endif
