/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A hash table that threads share: many tables, each under a lock of its own, so that they rarely
 * meet. A lock is held for as short as a few look-ups take, and never two at a time.
 */
#ifndef SIPD_BASE_STRIPES_H
#define SIPD_BASE_STRIPES_H

#include <pthread.h>

#include "base/htab.h"

/* A power of 2, at most 256. */
#define STRIPES 256

struct stripe {
	pthread_mutex_t lock;
	struct htab tab;
};

struct stripes {
	struct stripe at[STRIPES];
};

/* 0 or -ENOMEM. */
int stripes_init(struct stripes *stripes);
/* Every table must be empty. */
void stripes_clean(struct stripes *stripes);

/* Locks the table for nodes of @hash, which is that of htab_hash(). */
struct stripe *stripe_lock(struct stripes *stripes, uint32_t hash);
void stripe_unlock(struct stripe *stripe);

#endif
