/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel module needs to know to protect this server: where it listens, who its peers are,
 * who has proven himself, and how busy it is. Beside media.h the only part that speaks to the
 * module.
 *
 * Each shard has a guard of its own, used in its thread. The first one registers the listeners and
 * tells the load, which is that of the busiest shard.
 */
#ifndef SIPD_GUARD_H
#define SIPD_GUARD_H

#include "base/loop.h"
#include "call/call.h"
#include "sip/shard.h"

struct guard;

/*
 * @first is NULL for the first shard, whose guard is made before the others and freed after them.
 * @shards is NULL for the only one. With media: none there is nothing to protect: *@guard is NULL.
 * 0, -ENOMEM, or what sf_open() says; a listener that the module does not take is logged, and goes
 * without protection.
 */
int guard_alloc(struct guard **guard, struct loop *loop, struct call_engine *engine,
		const struct sip_shards *shards, struct guard *first);
/*
 * Of the first shard, whose engine has a new configuration in the place of @was: listeners that are
 * to be inspected another way, and peers that have come or gone, are told to the module. Those that
 * have names are told by the shards' hooks. A failure is logged. NULL is fine.
 */
void guard_change(struct guard *guard, const struct cfg *was);
/* The first one takes its listeners back; bans and proven sources stay. NULL is fine. */
void guard_free(struct guard *guard);

#endif
