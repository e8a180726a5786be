// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/hold.h"

#include <string.h>

#include "base/htab.h"
#include "config/config.h"

/* A request that shows them has had its answer then, if there is one. */
#define TRIAL_MS 32000

void call_holds_init(struct call_holds *holds)
{
	memset(holds, 0, sizeof(*holds));
	pthread_mutex_init(&holds->lock, NULL);
	atomic_init(&holds->used, 0);
}

/* --- keys: keyed hashes, so that no peer can make two that are equal --- */

static uint64_t widen(uint32_t low, const void *data, size_t len)
{
	return (uint64_t)htab_hash_more(~low, data, len) << 32 | low;
}

static uint64_t add_text(uint64_t key, const char *text)
{
	size_t len = text ? strlen(text) + 1 : 0;
	uint32_t low = htab_hash_more((uint32_t)key, text ? text : "", len);
	uint32_t high = htab_hash_more((uint32_t)(key >> 32), text ? text : "", len);

	return (uint64_t)high << 32 | low;
}

const struct cfg_trunk *call_hold_trunk(const struct cfg *cfg, const struct cfg_account *account)
{
	for (unsigned int i = 0; i < cfg->ntrunks; i++)
		if (cfg->trunks[i].address.account == account)
			return &cfg->trunks[i];
	return NULL;
}

/* By the name of its trunk, or of the realm that it is the next hop of. */
static uint64_t place_of(const struct cfg *cfg, const struct cfg_account *account)
{
	const struct cfg_trunk *trunk = call_hold_trunk(cfg, account);

	if (trunk)
		return add_text(1, trunk->name);
	for (unsigned int i = 0; i < cfg->nrealms; i++)
		if (cfg->realms[i].next_hop.account == account)
			return add_text(2, cfg->realms[i].name);
	return 0;
}

uint64_t call_hold_account(const struct cfg *cfg, const struct cfg_account *account)
{
	uint64_t key = add_text(place_of(cfg, account), account->user);

	return add_text(add_text(key, account->password), account->realm);
}

struct call_hold_key call_hold_key(uint64_t account, struct view realm)
{
	return (struct call_hold_key){
		.account = account,
		.realm = widen(htab_hash(realm.p, realm.len), realm.p, realm.len),
	};
}

/* --- under the lock --- */

static void drop(struct call_holds *holds, struct call_hold *hold)
{
	hold->length_ms = 0;
	atomic_fetch_sub_explicit(&holds->used, 1, memory_order_relaxed);
}

/* One that has been over for long begins anew. */
static struct call_hold *find(struct call_holds *holds, struct call_hold_key key, uint64_t now_ms)
{
	for (unsigned int i = 0; i < CALL_HOLDS_MAX; i++) {
		struct call_hold *hold = &holds->entry[i];

		if (!hold->length_ms || hold->key.account != key.account ||
		    hold->key.realm != key.realm)
			continue;
		if (now_ms < hold->until_ms + CALL_HOLD_MAX_MS)
			return hold;
		drop(holds, hold);
	}
	return NULL;
}

static bool ends_before(const struct call_hold *hold, const struct call_hold *than)
{
	return !than || hold->until_ms < than->until_ms;
}

/* An entry for one more of @account. */
static struct call_hold *make_room(struct call_holds *holds, uint64_t account)
{
	struct call_hold *free_one = NULL, *own = NULL, *any = NULL;
	unsigned int owned = 0;

	for (unsigned int i = 0; i < CALL_HOLDS_MAX; i++) {
		struct call_hold *hold = &holds->entry[i];

		if (!hold->length_ms) {
			free_one = hold;
			continue;
		}
		if (ends_before(hold, any))
			any = hold;
		if (hold->key.account != account)
			continue;
		owned++;
		if (ends_before(hold, own))
			own = hold;
	}
	if (owned == CALL_HOLDS_PER_ACCOUNT)
		return own;
	if (!free_one)
		return any;
	atomic_fetch_add_explicit(&holds->used, 1, memory_order_relaxed);
	return free_one;
}

static uint64_t left(const struct call_hold *hold, uint64_t now_ms)
{
	return hold && hold->until_ms > now_ms ? hold->until_ms - now_ms : 0;
}

static uint64_t refuse(struct call_holds *holds, struct call_hold_key key, uint64_t now_ms,
		       enum call_hold_user user)
{
	struct call_hold *hold = find(holds, key, now_ms);
	uint32_t length_ms = CALL_HOLD_MS;

	/* Shown before the others have been refused. */
	if (hold && !hold->trying && left(hold, now_ms))
		return left(hold, now_ms);
	if (hold)
		length_ms = hold->length_ms < CALL_HOLD_MAX_MS / 2 ? 2 * hold->length_ms :
								     CALL_HOLD_MAX_MS;
	else
		hold = make_room(holds, key.account);
	*hold = (struct call_hold){
		.key = key,
		.until_ms = now_ms + length_ms,
		.length_ms = length_ms,
		.by = user,
	};
	return length_ms;
}

/* --- */

bool call_hold_is(struct call_holds *holds, struct call_hold_key key, uint64_t now_ms)
{
	bool result;

	if (!call_holds_any(holds))
		return false;
	pthread_mutex_lock(&holds->lock);
	result = find(holds, key, now_ms);
	pthread_mutex_unlock(&holds->lock);
	return result;
}

uint64_t call_hold_ask(struct call_holds *holds, struct call_hold_key key, uint64_t now_ms,
		       enum call_hold_user user, bool *trial)
{
	struct call_hold *hold;
	uint64_t result;

	*trial = false;
	if (!call_holds_any(holds))
		return 0;
	pthread_mutex_lock(&holds->lock);
	hold = find(holds, key, now_ms);
	result = left(hold, now_ms);
	if (hold && !hold->trying && user == CALL_HOLD_REGISTER && hold->by == user)
		result = 0;
	if (hold && !result) {
		hold->trying = true;
		hold->until_ms = now_ms + TRIAL_MS;
		*trial = true;
	}
	pthread_mutex_unlock(&holds->lock);
	return result;
}

uint64_t call_hold_refused(struct call_holds *holds, struct call_hold_key key, uint64_t now_ms,
			   enum call_hold_user user)
{
	uint64_t result;

	pthread_mutex_lock(&holds->lock);
	result = refuse(holds, key, now_ms, user);
	pthread_mutex_unlock(&holds->lock);
	return result;
}

void call_hold_end(struct call_holds *holds, struct call_hold_key key)
{
	pthread_mutex_lock(&holds->lock);
	for (unsigned int i = 0; i < CALL_HOLDS_MAX; i++)
		if (holds->entry[i].length_ms && holds->entry[i].key.account == key.account &&
		    holds->entry[i].key.realm == key.realm)
			drop(holds, &holds->entry[i]);
	pthread_mutex_unlock(&holds->lock);
}

uint64_t call_hold_account_left(struct call_holds *holds, uint64_t account, uint64_t now_ms,
				enum call_hold_user *by)
{
	uint64_t longest = 0;

	if (!call_holds_any(holds))
		return 0;
	pthread_mutex_lock(&holds->lock);
	for (unsigned int i = 0; i < CALL_HOLDS_MAX; i++) {
		const struct call_hold *hold = &holds->entry[i];

		if (!hold->length_ms || hold->key.account != account ||
		    left(hold, now_ms) <= longest)
			continue;
		longest = left(hold, now_ms);
		*by = hold->by;
	}
	pthread_mutex_unlock(&holds->lock);
	return longest;
}

void call_hold_account_end(struct call_holds *holds, uint64_t account)
{
	pthread_mutex_lock(&holds->lock);
	for (unsigned int i = 0; i < CALL_HOLDS_MAX; i++)
		if (holds->entry[i].length_ms && holds->entry[i].key.account == account)
			drop(holds, &holds->entry[i]);
	pthread_mutex_unlock(&holds->lock);
}
