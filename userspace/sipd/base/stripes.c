// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/stripes.h"

#include <errno.h>

int stripes_init(struct stripes *stripes)
{
	for (unsigned int i = 0; i < STRIPES; i++) {
		if (htab_init(&stripes->at[i].tab)) {
			while (i--) {
				htab_clean(&stripes->at[i].tab);
				pthread_mutex_destroy(&stripes->at[i].lock);
			}
			return -ENOMEM;
		}
		pthread_mutex_init(&stripes->at[i].lock, NULL);
	}
	return 0;
}

void stripes_clean(struct stripes *stripes)
{
	for (unsigned int i = 0; i < STRIPES; i++) {
		htab_clean(&stripes->at[i].tab);
		pthread_mutex_destroy(&stripes->at[i].lock);
	}
}

/* By the bits that the tables do not use until they are very big. */
struct stripe *stripe_lock(struct stripes *stripes, uint32_t hash)
{
	struct stripe *stripe = &stripes->at[(hash >> 24) % STRIPES];

	pthread_mutex_lock(&stripe->lock);
	return stripe;
}

void stripe_unlock(struct stripe *stripe)
{
	pthread_mutex_unlock(&stripe->lock);
}
