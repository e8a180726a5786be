/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of the objects that a dump delivered, so that a repeated pass skips them. */
#ifndef SF_SEEN_H
#define SF_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sf_seen {
	uint64_t *slots; /* open addressing, 0 = free */
	size_t size; /* a power of 2, or 0 */
	size_t used;
};

/* 1 when @key, not 0, is new, 0 when it was there, -ENOMEM. */
int sf_seen_add(struct sf_seen *seen, uint64_t key);
void sf_seen_clean(struct sf_seen *seen);

#endif /* SF_SEEN_H */
