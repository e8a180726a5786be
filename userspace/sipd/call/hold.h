/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accounts whose credentials a peer has refused, in a call or in a REGISTER of ours: they are not
 * shown to it again for a while, as several carriers lock an account, or ban the address, after a
 * few failures. The while begins with a minute and doubles with each refusal up to an hour. After
 * it one request shows them, and the others wait for what comes of that.
 *
 * A registration has a pause of its own after a refusal, so only what calls have come to holds it.
 *
 * For one realm of an account each, by all shards together.
 */
#ifndef SIPD_CALL_HOLD_H
#define SIPD_CALL_HOLD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/view.h"

struct cfg;
struct cfg_account;
struct cfg_trunk;

#define CALL_HOLDS_MAX 256 /* the one that ends first gives way */
#define CALL_HOLDS_PER_ACCOUNT 4 /* the same, as a peer may name any realm */

#define CALL_HOLD_MS 60000u
#define CALL_HOLD_MAX_MS 3600000u

/* What shows them. */
enum call_hold_user { CALL_HOLD_CALL, CALL_HOLD_REGISTER };

/* Whose credentials, for which realm. */
struct call_hold_key {
	uint64_t account, realm;
};

struct call_hold {
	struct call_hold_key key;
	uint64_t until_ms; /* of all loops' clock */
	uint32_t length_ms; /* 0: the entry is free */
	bool trying; /* until then one request alone shows them */
	enum call_hold_user by; /* who has had them refused last */
};

struct call_holds {
	pthread_mutex_t lock; /* protects @entry */
	atomic_uint used;
	struct call_hold entry[CALL_HOLDS_MAX];
};

void call_holds_init(struct call_holds *holds);

/* The trunk that @account, one of @cfg, is for; NULL: it is for a next hop. */
const struct cfg_trunk *call_hold_trunk(const struct cfg *cfg, const struct cfg_account *account);
/*
 * @account is one of @cfg. Another password, or another trunk with the same one, is another
 * account.
 */
uint64_t call_hold_account(const struct cfg *cfg, const struct cfg_account *account);
struct call_hold_key call_hold_key(uint64_t account, struct view realm);

/* May there be any? Lockless: cheap enough for every message. */
static inline bool call_holds_any(const struct call_holds *holds)
{
	return atomic_load_explicit(&holds->used, memory_order_relaxed);
}

/* Are credentials to be shown by nobody who has not asked? */
bool call_hold_is(struct call_holds *holds, struct call_hold_key key, uint64_t now_ms);
/*
 * For how long @user holds them back, 0: who is told so shows them. With *@trial he is the first
 * one since a refusal: call_hold_refused() or call_hold_end() must tell what comes of it, or
 * another one may after 32 s.
 */
uint64_t call_hold_ask(struct call_holds *holds, struct call_hold_key key, uint64_t now_ms,
		       enum call_hold_user user, bool *trial);
/* For how long they are held back from now on. */
uint64_t call_hold_refused(struct call_holds *holds, struct call_hold_key key, uint64_t now_ms,
			   enum call_hold_user user);
void call_hold_end(struct call_holds *holds, struct call_hold_key key);

/* Of the account, whatever the realm: the longest, and *@by whom. */
uint64_t call_hold_account_left(struct call_holds *holds, uint64_t account, uint64_t now_ms,
				enum call_hold_user *by);
void call_hold_account_end(struct call_holds *holds, uint64_t account);

#endif
