/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several stacks, each with a thread of its own, at the same addresses. A message belongs to the
 * shard that the hash of its Call-ID names: whatever is said in a dialog, its CANCELs, ACKs and
 * responses too, meets the state of that dialog. The kernel module reckons by the same hash and
 * key which socket gets a message; what comes to another one is handed over.
 */
#ifndef SIPD_SIP_SHARD_H
#define SIPD_SIP_SHARD_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/mailbox.h"
#include "sip/transaction.h"
#include "sip_hash.h"

#define SIP_MAX_SHARDS TP_MAX_SHARDS

struct sip_moved;
#define SIP_MOVED_LISTS 256

/* Filled before the threads start, constant from then on, but for what is under @lock. */
struct sip_shards {
	struct sip_hash_key key; /* secret: who knows it can aim at one shard */
	unsigned int count;
	struct tp_group tp;
	struct sip_stack *stack[SIP_MAX_SHARDS];
	/* Call-IDs of dialogs that have moved to another shard than that of their hash. */
	pthread_mutex_t lock;
	atomic_uint nmoved;
	struct sip_moved *moved[SIP_MOVED_LISTS]; /* under @lock */
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

/*
 * A dialog with @call_id is in @stack's shard from now on: what is said in it comes there. 1: until
 * sip_shard_release(), 0: it would in any case; -ENOMEM.
 */
int sip_shard_claim(struct sip_stack *stack, struct view call_id);
/* That dialog is gone. */
void sip_shard_release(struct sip_stack *stack, struct view call_id);

/* Is @call_id of another shard? @index says which. */
bool sip_shard_elsewhere(struct sip_stack *stack, struct view call_id, unsigned int *index);
unsigned int sip_shard_index(const struct sip_stack *stack);
/*
 * Mail of @size octets for the loop of shard @index, by mailbox_post(); sip_shard_user() is whose
 * handlers that shard's stack has, for the callback in its thread.
 */
int sip_shard_post(struct sip_stack *stack, unsigned int index, struct mail *mail, size_t size,
		   mail_cb cb);
void *sip_shard_user(const struct sip_stack *stack, unsigned int index);

/* A new Call-ID that belongs to @stack's shard; returns @buf. */
const char *sip_call_id(struct sip_stack *stack, char buf[SIP_TOKEN_STRLEN]);

#endif
