// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/location.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "call/aor.h"
#include "call/location_flow.h"

struct location_aor {
	struct hnode node;
	struct location_binding *bindings;
	uint16_t domain_at; /* in @name */
	char name[]; /* user, NUL, domain, NUL */
};

struct location {
	atomic_ulong count;
	struct location_flows *flows;
	struct stripes stripes;
};

/* --- bindings ------------------------------------------------------------------------------ */

struct location_binding *location_binding_alloc(const struct view texts[LOCATION_TEXTS])
{
	struct location_binding *binding;
	size_t size = sizeof(*binding);
	char *p;

	for (unsigned int i = 0; i < LOCATION_TEXTS; i++)
		size += texts[i].len + 1;
	binding = calloc(1, size);
	if (!binding)
		return NULL;
	p = binding->text;
	for (unsigned int i = 0; i < LOCATION_TEXTS; i++) {
		binding->len[i] = (uint16_t)texts[i].len;
		if (texts[i].len)
			memcpy(p, texts[i].p, texts[i].len);
		p += texts[i].len + 1;
	}
	return binding;
}

struct view location_text(const struct location_binding *binding, enum location_text which)
{
	const char *p = binding->text;

	for (unsigned int i = 0; i < which; i++)
		p += binding->len[i] + 1;
	return (struct view){ p, binding->len[which] };
}

static void bindings_free(struct location_binding *binding)
{
	struct location_binding *next;

	for (; binding; binding = next) {
		next = binding->next;
		free(binding);
	}
}

/* --- the table ----------------------------------------------------------------------------- */

struct location *location_alloc(void)
{
	struct location *location = calloc(1, sizeof(*location));

	if (!location)
		return NULL;
	location->flows = location_flows_alloc();
	if (location->flows && !stripes_init(&location->stripes))
		return location;
	location_flows_free(location->flows);
	free(location);
	return NULL;
}

struct location_flows *location_flows(const struct location *location)
{
	return location->flows;
}

/* It has no bindings. */
static void aor_free(struct stripe *stripe, struct location_aor *aor)
{
	htab_del(&stripe->tab, &aor->node);
	free(aor);
}

struct ending {
	struct location *location;
	struct stripe *stripe;
};

static void drop(struct hnode *node, void *arg)
{
	struct location_aor *aor = HTAB_ENTRY(node, struct location_aor, node);
	struct ending *ending = arg;

	for (struct location_binding *binding = aor->bindings; binding; binding = binding->next)
		location_flows_del(ending->location->flows, binding);
	bindings_free(aor->bindings);
	aor_free(ending->stripe, aor);
}

void location_free(struct location *location)
{
	if (!location)
		return;
	for (unsigned int i = 0; i < STRIPES; i++) {
		struct ending ending = { location, &location->stripes.at[i] };

		htab_each(&ending.stripe->tab, drop, &ending);
	}
	stripes_clean(&location->stripes);
	location_flows_free(location->flows);
	free(location);
}

static const char *domain_of(const struct location_aor *aor)
{
	return aor->name + aor->domain_at;
}

static struct location_aor *find(const struct location_ref *ref)
{
	struct hnode *node = htab_first(&ref->stripe->tab, ref->hash);

	for (; node; node = htab_next(node)) {
		struct location_aor *aor = HTAB_ENTRY(node, struct location_aor, node);

		if (!strcmp(aor->name, ref->user) && !strcmp(domain_of(aor), ref->domain))
			return aor;
	}
	return NULL;
}

/* Takes what has expired off; returns how many are left. */
static unsigned int expire(struct location *location, struct location_aor *aor, uint64_t now_ms)
{
	struct location_binding **at = &aor->bindings, *binding;
	unsigned int left = 0;

	while ((binding = *at)) {
		if (binding->expires_ms > now_ms) {
			at = &binding->next;
			left++;
			continue;
		}
		*at = binding->next;
		location_flows_del(location->flows, binding);
		free(binding);
		atomic_fetch_sub_explicit(&location->count, 1, memory_order_relaxed);
	}
	return left;
}

void location_open(struct location *location, const char *user, const char *domain, uint64_t now_ms,
		   struct location_ref *ref)
{
	*ref = (struct location_ref){
		.location = location,
		.user = user,
		.domain = domain,
		.hash = aor_hash(user, domain),
	};
	ref->stripe = stripe_lock(&location->stripes, ref->hash);
	ref->aor = find(ref);
	if (ref->aor)
		ref->count = expire(location, ref->aor, now_ms);
}

void location_close(struct location_ref *ref)
{
	if (ref->aor && !ref->aor->bindings)
		aor_free(ref->stripe, ref->aor);
	stripe_unlock(ref->stripe);
}

struct location_binding *location_first(const struct location_ref *ref)
{
	return ref->aor ? ref->aor->bindings : NULL;
}

int location_prepare(struct location_ref *ref)
{
	size_t len = strlen(ref->user) + 1;

	if (ref->aor)
		return 0;
	ref->aor = calloc(1, sizeof(*ref->aor) + len + strlen(ref->domain) + 1);
	if (!ref->aor)
		return -ENOMEM;
	ref->aor->domain_at = (uint16_t)len;
	strcpy(ref->aor->name, ref->user);
	strcpy(ref->aor->name + len, ref->domain);
	htab_add(&ref->stripe->tab, &ref->aor->node, ref->hash);
	return 0;
}

void location_add(struct location_ref *ref, struct location_binding *binding)
{
	struct location_binding **at = &ref->aor->bindings;

	while (*at && (*at)->q > binding->q)
		at = &(*at)->next;
	binding->next = *at;
	*at = binding;
	location_flows_add(ref->location->flows, binding);
	ref->count++;
	atomic_fetch_add_explicit(&ref->location->count, 1, memory_order_relaxed);
}

void location_remove(struct location_ref *ref, struct location_binding *binding)
{
	struct location_binding **at = &ref->aor->bindings;

	while (*at != binding)
		at = &(*at)->next;
	*at = binding->next;
	binding->next = NULL;
	location_flows_del(ref->location->flows, binding);
	ref->count--;
	atomic_fetch_sub_explicit(&ref->location->count, 1, memory_order_relaxed);
}

unsigned long location_count(const struct location *location)
{
	return atomic_load_explicit(&location->count, memory_order_relaxed);
}

/* --- all of them --------------------------------------------------------------------------- */

struct walk {
	struct location *location;
	struct stripe *stripe;
	uint64_t now_ms;
	void (*cb)(void *arg, const char *user, const char *domain,
		   const struct location_binding *binding);
	void *arg;
	unsigned int count;
};

static void step(struct hnode *node, void *arg)
{
	const struct location_aor *aor = HTAB_ENTRY(node, struct location_aor, node);
	const struct location_binding *binding = aor->bindings;
	struct walk *walk = arg;

	for (; binding; binding = binding->next) {
		if (binding->expires_ms <= walk->now_ms)
			continue;
		walk->cb(walk->arg, aor->name, domain_of(aor), binding);
		walk->count++;
	}
}

unsigned int location_each(struct location *location, unsigned int from, unsigned int enough,
			   uint64_t now_ms,
			   void (*cb)(void *arg, const char *user, const char *domain,
				      const struct location_binding *binding),
			   void *arg)
{
	struct walk walk = { .now_ms = now_ms, .cb = cb, .arg = arg };

	while (from < STRIPES && walk.count < enough) {
		struct stripe *stripe = &location->stripes.at[from++];

		pthread_mutex_lock(&stripe->lock);
		htab_each(&stripe->tab, step, &walk);
		stripe_unlock(stripe);
	}
	return from;
}

static void sweep_aor(struct hnode *node, void *arg)
{
	struct location_aor *aor = HTAB_ENTRY(node, struct location_aor, node);
	struct walk *walk = arg;

	if (!expire(walk->location, aor, walk->now_ms))
		aor_free(walk->stripe, aor);
}

void location_sweep(struct location *location, unsigned int stripe, uint64_t now_ms)
{
	struct walk walk = {
		.location = location,
		.stripe = &location->stripes.at[stripe % STRIPES],
		.now_ms = now_ms,
	};

	pthread_mutex_lock(&walk.stripe->lock);
	htab_each(&walk.stripe->tab, sweep_aor, &walk);
	stripe_unlock(walk.stripe);
}
