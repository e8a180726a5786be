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

void sip_shards_init(struct sip_shards *shards, unsigned int count)
{
	*shards = (struct sip_shards){ .count = count };
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
	index = sip_shard_of(stack->shards, call_id);
	if (index == stack->shard)
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
