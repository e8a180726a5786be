// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/shard.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "sip/stack.h"

/* A datagram on its way to the shard that it belongs to. */
struct handover {
	struct mail mail;
	struct sip_stack *to;
	struct tp_flow from; /* as @to has it */
	size_t len;
	char octets[];
};

struct sip_moved {
	struct sip_moved *next;
	unsigned int shard;
	size_t len;
	char call_id[];
};

void sip_shards_init(struct sip_shards *shards, unsigned int count)
{
	*shards = (struct sip_shards){ .count = count };
	pthread_mutex_init(&shards->lock, NULL);
	/* As siphash_key_init(): it is never cut short, and waits for the pool. */
	if (getrandom(&shards->key, sizeof(shards->key), 0) != sizeof(shards->key))
		abort();
}

void sip_shards_join(struct sip_shards *shards, unsigned int index, struct sip_stack *stack,
		     struct transport *tp, struct mailbox *box)
{
	shards->stack[index] = stack;
	tp_join(tp, &shards->tp, box);
	stack->shards = shards;
	stack->shard = index;
}

/* --- dialogs that have moved --- */

static struct sip_moved **find_moved(struct sip_shards *shards, struct view call_id)
{
	struct sip_moved **at = &shards->moved[sip_hash_worker(&shards->key, call_id.p, call_id.len,
							       SIP_MOVED_LISTS)];

	while (*at && !view_eq((struct view){ (*at)->call_id, (*at)->len }, call_id))
		at = &(*at)->next;
	return at;
}

static void forget_moved(struct sip_shards *shards, struct sip_moved **at)
{
	struct sip_moved *moved = *at;

	if (!moved)
		return;
	*at = moved->next;
	free(moved);
	atomic_fetch_sub(&shards->nmoved, 1);
}

static int remember_moved(struct sip_shards *shards, struct view call_id, unsigned int shard)
{
	struct sip_moved **at = find_moved(shards, call_id), *moved = *at;

	if (!moved) {
		moved = malloc(sizeof(*moved) + call_id.len);
		if (!moved)
			return -ENOMEM;
		moved->next = NULL;
		moved->len = call_id.len;
		memcpy(moved->call_id, call_id.p, call_id.len);
		*at = moved;
		atomic_fetch_add(&shards->nmoved, 1);
	}
	moved->shard = shard;
	return 1;
}

int sip_shard_claim(struct sip_stack *stack, struct view call_id)
{
	struct sip_shards *shards = stack->shards;
	int ret = 0;

	if (!shards)
		return 0;
	pthread_mutex_lock(&shards->lock);
	if (sip_shard_of(shards, call_id) == stack->shard)
		forget_moved(shards, find_moved(shards, call_id));
	else
		ret = remember_moved(shards, call_id, stack->shard);
	pthread_mutex_unlock(&shards->lock);
	return ret;
}

void sip_shard_release(struct sip_stack *stack, struct view call_id)
{
	struct sip_shards *shards = stack->shards;
	struct sip_moved **at;

	pthread_mutex_lock(&shards->lock);
	at = find_moved(shards, call_id);
	if (*at && (*at)->shard == stack->shard)
		forget_moved(shards, at);
	pthread_mutex_unlock(&shards->lock);
}

/* Nearly always there is none: then it is the hash alone. */
static unsigned int shard_now(struct sip_shards *shards, struct view call_id)
{
	unsigned int index = sip_shard_of(shards, call_id);
	const struct sip_moved *moved;

	if (!atomic_load_explicit(&shards->nmoved, memory_order_relaxed))
		return index;
	pthread_mutex_lock(&shards->lock);
	moved = *find_moved(shards, call_id);
	if (moved)
		index = moved->shard;
	pthread_mutex_unlock(&shards->lock);
	return index;
}

bool sip_shard_elsewhere(struct sip_stack *stack, struct view call_id, unsigned int *index)
{
	if (!stack->shards)
		return false;
	*index = shard_now(stack->shards, call_id);
	return *index != stack->shard;
}

unsigned int sip_shard_index(const struct sip_stack *stack)
{
	return stack->shard;
}

int sip_shard_post(struct sip_stack *stack, unsigned int index, struct mail *mail, size_t size,
		   mail_cb cb)
{
	return mailbox_post(stack->shards->tp.member[index].box, mail, size, cb);
}

void *sip_shard_user(const struct sip_stack *stack, unsigned int index)
{
	return stack->shards->stack[index]->arg;
}

/* --- */

static void deliver(struct mail *mail, bool alive)
{
	struct handover *handover = (struct handover *)mail;

	if (alive)
		stack_receive_own(handover->to, &handover->from, handover->octets, handover->len);
	free(handover);
}

/* 0 or negative errno. */
static int hand_over(const struct sip_shards *shards, unsigned int index,
		     const struct tp_flow *from, const char *buf, size_t len)
{
	struct tp_listener *listener =
		tp_listener_at(shards->tp.member[index].tp, from->listener->index);
	struct handover *handover;
	int err;

	if (!listener)
		return -ENOENT;
	/* One octet is to spare behind a datagram. */
	handover = malloc(sizeof(*handover) + len + 1);
	if (!handover)
		return -ENOMEM;
	handover->to = shards->stack[index];
	handover->from = *from;
	handover->from.listener = listener;
	handover->len = len;
	memcpy(handover->octets, buf, len);
	err = mailbox_post(shards->tp.member[index].box, &handover->mail, sizeof(*handover) + len,
			   deliver);
	if (err)
		free(handover);
	return err;
}

bool stack_hand_over(struct sip_stack *stack, struct view call_id, const struct tp_flow *from,
		     const char *buf, size_t len)
{
	unsigned int index;

	/* Without a Call-ID there is no dialog to find: any shard can refuse it. */
	if (!call_id.len)
		return false;
	if (!sip_shard_elsewhere(stack, call_id, &index))
		return false;
	if (hand_over(stack->shards, index, from, buf, len))
		stack->stats.handover_dropped++;
	else
		stack->stats.handed_over++;
	return true;
}

const char *sip_call_id(struct sip_stack *stack, char buf[SIP_TOKEN_STRLEN])
{
	do
		sip_token(stack, 128, buf);
	while (stack->shards && sip_shard_of(stack->shards, view_str(buf)) != stack->shard);
	return buf;
}
