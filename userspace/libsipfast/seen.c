// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "seen.h"

static bool insert(uint64_t *slots, size_t size, uint64_t key)
{
	/* Fibonacci hashing: the upper half of the product is well mixed. */
	size_t i = (key * 0x9e3779b97f4a7c15u) >> 32 & (size - 1);

	for (; slots[i]; i = (i + 1) & (size - 1))
		if (slots[i] == key)
			return false;
	slots[i] = key;
	return true;
}

static int grow(struct sf_seen *seen)
{
	size_t size = seen->size ? 2 * seen->size : 64;
	uint64_t *slots = calloc(size, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	for (size_t i = 0; i < seen->size; i++)
		if (seen->slots[i])
			insert(slots, size, seen->slots[i]);
	free(seen->slots);
	seen->slots = slots;
	seen->size = size;
	return 0;
}

int sf_seen_add(struct sf_seen *seen, uint64_t key)
{
	if (2 * (seen->used + 1) > seen->size && grow(seen) < 0)
		return -ENOMEM;
	if (!insert(seen->slots, seen->size, key))
		return 0;
	seen->used++;
	return 1;
}

void sf_seen_clean(struct sf_seen *seen)
{
	free(seen->slots);
	*seen = (struct sf_seen){ 0 };
}
