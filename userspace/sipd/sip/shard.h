/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Several stacks, each with a thread of its own, at the same addresses. A message belongs to the
 * shard that the hash of its Call-ID names: whatever is said in a dialog, its CANCELs, ACKs and
 * responses too, meets the state of that dialog. The kernel module reckons by the same hash and
 * key which socket gets a message; what comes to another one is handed over.
 *
 * An INVITE that names another dialog, by Replaces, is led on to the shard of that: there its
 * transaction begins, and claims what follows under its Call-ID.
 */
#ifndef SIPD_SIP_SHARD_H
#define SIPD_SIP_SHARD_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/mailbox.h"
#include "sip/transaction.h"
#include "sip_hash.h"

#define SIP_MAX_SHARDS TP_MAX_SHARDS

/* That a dialog is of another shard than that of its Call-ID's hash; see sip_shard_claim(). */
struct sip_claim;
#define SIP_CLAIM_LISTS 256

/* Filled before the threads start, constant from then on, but for what is under @lock. */
struct sip_shards {
	struct sip_hash_key key; /* secret: who knows it can aim at one shard */
	unsigned int count;
	struct tp_group tp;
	struct sip_stack *stack[SIP_MAX_SHARDS];
	pthread_mutex_t lock;
	atomic_uint nclaims;
	struct sip_claim *claims[SIP_CLAIM_LISTS]; /* under @lock */
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
 * What is said under @call_id by or to the peer with @tag comes to @stack's shard from now on,
 * until each *@claim that it has made is released; NULL: it would in any case. The claims of
 * another shard, which is to release them all the same, hold no longer. 0, or -ENOMEM and nothing
 * changed.
 */
int sip_shard_claim(struct sip_stack *stack, struct view call_id, struct view tag,
		    struct sip_claim **claim);
/* From any thread; *@claim is NULL then, and may be before. */
void sip_shard_release(struct sip_claim **claim);

/* A dialog as messages name it; which of the tags is whose does not matter. */
struct sip_shard_dialog {
	struct view call_id, tags[2];
};

/* Is it of another shard? @index says which. */
bool sip_shard_elsewhere(struct sip_stack *stack, const struct sip_shard_dialog *dialog,
			 unsigned int *index);
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
