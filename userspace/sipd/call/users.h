/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The users of our domains, as the store has them: what their passwords hash to. In memory, so that
 * no request waits for a disk; shared by all shards, from any thread.
 */
#ifndef SIPD_CALL_USERS_H
#define SIPD_CALL_USERS_H

#include "store/store.h"

struct users;

struct user_secret {
	uint8_t md5[STORE_MD5_SIZE];
	uint8_t sha256[STORE_SHA256_SIZE];
	bool enabled;
};

/* NULL without memory. */
struct users *users_alloc(void);
void users_free(struct users *users);

/* Adds, or changes the one there is. 0 or -ENOMEM. */
int users_put(struct users *users, const struct store_user *user);
/* False: there is none. */
bool users_del(struct users *users, const char *user, const char *domain);
/* Copies what is known into @secret, unless NULL. False: there is no such user. */
bool users_find(struct users *users, const char *user, const char *domain,
		struct user_secret *secret);
unsigned long users_count(const struct users *users);

/*
 * Calls @cb for users, a lock at a time, beginning with table @from of STRIPES, until a table ends
 * and at least @enough have been. Returns the table to go on with; STRIPES: that was all. Within
 * @cb, nothing of users_*() may be called.
 */
unsigned int users_each(struct users *users, unsigned int from, unsigned int enough,
			void (*cb)(void *arg, const char *user, const char *domain, bool enabled),
			void *arg);

#endif
