/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The users of our domains, as the store has them: what their passwords hash to, and what they want
 * to be done with calls. In memory, so that no request waits for a disk; shared by all shards, from
 * any thread.
 */
#ifndef SIPD_CALL_USERS_H
#define SIPD_CALL_USERS_H

#include "call/treat.h"
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
/* Of one who is there only what is named: 0 or -ENOENT. */
int users_set_password(struct users *users, const struct store_user *user);
int users_set_enabled(struct users *users, const struct store_user *user);
/* False: there is none. */
bool users_del(struct users *users, const char *user, const char *domain);
/* Copies what is known into @secret, unless NULL. False: there is no such user. */
bool users_find(struct users *users, const char *user, const char *domain,
		struct user_secret *secret);
/*
 * What he wants to be done with calls: 0, with @enabled; -ENOENT: there is no such user; -ENODATA:
 * nothing.
 */
int users_treat(struct users *users, const char *user, const char *domain, struct treat *treat,
		bool *enabled);
/* 0, -ENOENT or -ENOMEM. */
int users_set(struct users *users, const char *user, const char *domain,
	      const struct treat_setting *setting);
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
