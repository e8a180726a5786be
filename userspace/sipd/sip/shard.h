/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several stacks, each with a thread of its own, at the same addresses. A message belongs to the
 * shard that the hash of its Call-ID names: whatever is said in a dialog, its CANCELs, ACKs and
 * responses too, meets the state of that dialog. The kernel module reckons by the same hash and
 * key which socket gets a message; what comes to another one is handed over.
 */
#ifndef SIPD_SIP_SHARD_H
#define SIPD_SIP_SHARD_H

#include "base/mailbox.h"
#include "sip/transaction.h"
#include "sip_hash.h"

#define SIP_MAX_SHARDS TP_MAX_SHARDS

/* Filled before the threads start, constant from then on. */
struct sip_shards {
	struct sip_hash_key key; /* secret: who knows it can aim at one shard */
	unsigned int count;
	struct tp_group tp;
	struct sip_stack *stack[SIP_MAX_SHARDS];
};

/* Draws the key. */
void sip_shards_init(struct sip_shards *shards, unsigned int count);
/*
 * @stack is shard @index from here on. Its transport, which has been told so, has the same
 * listeners as all others; @box is of its loop.
 */
void sip_shards_join(struct sip_shards *shards, unsigned int index, struct sip_stack *stack,
		     struct transport *tp, struct mailbox *box);

static inline unsigned int sip_shard_of(const struct sip_shards *shards, struct view call_id)
{
	return sip_hash_worker(&shards->key, call_id.p, call_id.len, shards->count);
}

/* A new Call-ID that belongs to @stack's shard; returns @buf. */
const char *sip_call_id(struct sip_stack *stack, char buf[SIP_TOKEN_STRLEN]);

#endif
