// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/users.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/stripes.h"
#include "call/aor.h"

struct user {
	struct hnode node;
	struct user_secret secret;
	struct treat *treat; /* owned; NULL: nothing is set */
	uint16_t domain_at; /* in @name */
	char name[]; /* user, NUL, domain, NUL */
};

struct users {
	atomic_ulong count;
	struct stripes stripes;
};

static const char *domain_of(const struct user *user)
{
	return user->name + user->domain_at;
}

struct users *users_alloc(void)
{
	struct users *users = calloc(1, sizeof(*users));

	if (users && stripes_init(&users->stripes)) {
		free(users);
		return NULL;
	}
	return users;
}

static void user_free(struct user *user)
{
	explicit_bzero(&user->secret, sizeof(user->secret));
	free(user->treat);
	free(user);
}

static void drop(struct hnode *node, void *arg)
{
	htab_del(arg, node);
	user_free(HTAB_ENTRY(node, struct user, node));
}

void users_free(struct users *users)
{
	if (!users)
		return;
	for (unsigned int i = 0; i < STRIPES; i++)
		htab_each(&users->stripes.at[i].tab, drop, &users->stripes.at[i].tab);
	stripes_clean(&users->stripes);
	free(users);
}

static struct user *find(const struct stripe *stripe, uint32_t hash, const char *name,
			 const char *domain)
{
	struct hnode *node = htab_first(&stripe->tab, hash);

	for (; node; node = htab_next(node)) {
		struct user *user = HTAB_ENTRY(node, struct user, node);

		if (!strcmp(user->name, name) && !strcmp(domain_of(user), domain))
			return user;
	}
	return NULL;
}

static struct user *user_alloc(const struct store_user *from)
{
	size_t len = strlen(from->user) + 1;
	struct user *user = calloc(1, sizeof(*user) + len + strlen(from->domain) + 1);

	if (!user)
		return NULL;
	user->domain_at = (uint16_t)len;
	strcpy(user->name, from->user);
	strcpy(user->name + len, from->domain);
	return user;
}

static void take_password(struct user *user, const struct store_user *from)
{
	memcpy(user->secret.md5, from->md5, sizeof(from->md5));
	memcpy(user->secret.sha256, from->sha256, sizeof(from->sha256));
}

static void take_enabled(struct user *user, const struct store_user *from)
{
	user->secret.enabled = from->enabled;
}

int users_put(struct users *users, const struct store_user *from)
{
	uint32_t hash = aor_hash(from->user, from->domain);
	struct stripe *stripe = stripe_lock(&users->stripes, hash);
	struct user *user = find(stripe, hash, from->user, from->domain);
	int ret = 0;

	if (!user) {
		user = user_alloc(from);
		if (user) {
			htab_add(&stripe->tab, &user->node, hash);
			atomic_fetch_add_explicit(&users->count, 1, memory_order_relaxed);
		}
	}
	if (user) {
		take_password(user, from);
		take_enabled(user, from);
	} else {
		ret = -ENOMEM;
	}
	stripe_unlock(stripe);
	return ret;
}

static int change(struct users *users, const struct store_user *to,
		  void (*take)(struct user *user, const struct store_user *to))
{
	uint32_t hash = aor_hash(to->user, to->domain);
	struct stripe *stripe = stripe_lock(&users->stripes, hash);
	struct user *user = find(stripe, hash, to->user, to->domain);

	if (user)
		take(user, to);
	stripe_unlock(stripe);
	return user ? 0 : -ENOENT;
}

int users_set_password(struct users *users, const struct store_user *user)
{
	return change(users, user, take_password);
}

int users_set_enabled(struct users *users, const struct store_user *user)
{
	return change(users, user, take_enabled);
}

bool users_del(struct users *users, const char *name, const char *domain)
{
	uint32_t hash = aor_hash(name, domain);
	struct stripe *stripe = stripe_lock(&users->stripes, hash);
	struct user *user = find(stripe, hash, name, domain);

	if (user) {
		htab_del(&stripe->tab, &user->node);
		atomic_fetch_sub_explicit(&users->count, 1, memory_order_relaxed);
		user_free(user);
	}
	stripe_unlock(stripe);
	return user;
}

bool users_find(struct users *users, const char *name, const char *domain,
		struct user_secret *secret)
{
	uint32_t hash = aor_hash(name, domain);
	struct stripe *stripe = stripe_lock(&users->stripes, hash);
	const struct user *user = find(stripe, hash, name, domain);

	if (user && secret)
		*secret = user->secret;
	stripe_unlock(stripe);
	return user;
}

int users_treat(struct users *users, const char *name, const char *domain, struct treat *treat,
		bool *enabled)
{
	uint32_t hash = aor_hash(name, domain);
	struct stripe *stripe = stripe_lock(&users->stripes, hash);
	const struct user *user = find(stripe, hash, name, domain);
	int ret = -ENOENT;

	if (user)
		ret = user->treat ? 0 : -ENODATA;
	if (!ret) {
		*treat = *user->treat;
		*enabled = user->secret.enabled;
	}
	stripe_unlock(stripe);
	return ret;
}

static int set(struct user *user, const struct treat_setting *setting)
{
	if (!user->treat)
		user->treat = calloc(1, sizeof(*user->treat));
	if (!user->treat)
		return -ENOMEM;
	treat_set(user->treat, setting);
	if (treat_is_empty(user->treat)) {
		free(user->treat);
		user->treat = NULL;
	}
	return 0;
}

int users_set(struct users *users, const char *name, const char *domain,
	      const struct treat_setting *setting)
{
	uint32_t hash = aor_hash(name, domain);
	struct stripe *stripe = stripe_lock(&users->stripes, hash);
	struct user *user = find(stripe, hash, name, domain);
	int ret = user ? set(user, setting) : -ENOENT;

	stripe_unlock(stripe);
	return ret;
}

unsigned long users_count(const struct users *users)
{
	return atomic_load_explicit(&users->count, memory_order_relaxed);
}

struct walk {
	void (*cb)(void *arg, const char *user, const char *domain, bool enabled);
	void *arg;
	unsigned int count;
};

static void step(struct hnode *node, void *arg)
{
	const struct user *user = HTAB_ENTRY(node, struct user, node);
	struct walk *walk = arg;

	walk->cb(walk->arg, user->name, domain_of(user), user->secret.enabled);
	walk->count++;
}

unsigned int users_each(struct users *users, unsigned int from, unsigned int enough,
			void (*cb)(void *arg, const char *user, const char *domain, bool enabled),
			void *arg)
{
	struct walk walk = { .cb = cb, .arg = arg };

	while (from < STRIPES && walk.count < enough) {
		struct stripe *stripe = &users->stripes.at[from++];

		pthread_mutex_lock(&stripe->lock);
		htab_each(&stripe->tab, step, &walk);
		stripe_unlock(stripe);
	}
	return from;
}
