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
	bool led; /* to what it names: it goes no further */
	char octets[];
};

struct sip_claim {
	struct sip_shards *shards;
	struct sip_claim *next;
	unsigned int shard;
	unsigned int holders; /* under shards->lock */
	bool over; /* it is in no list any more */
	size_t call_id_len, tag_len;
	char text[]; /* both */
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

/* --- what is of another shard than its Call-ID --- */

static struct sip_claim **list_of(struct sip_shards *shards, struct view call_id)
{
	return &shards->claims[sip_hash_worker(&shards->key, call_id.p, call_id.len,
					       SIP_CLAIM_LISTS)];
}

static bool is_of(const struct sip_claim *claim, const struct sip_shard_dialog *dialog)
{
	struct view call_id = { claim->text, claim->call_id_len };
	struct view tag = { claim->text + claim->call_id_len, claim->tag_len };

	return view_eq(call_id, dialog->call_id) &&
	       (view_eq(tag, dialog->tags[0]) || view_eq(tag, dialog->tags[1]));
}

/* Under the lock. */
static struct sip_claim **find(struct sip_shards *shards, const struct sip_shard_dialog *dialog)
{
	struct sip_claim **at = list_of(shards, dialog->call_id);

	while (*at && !is_of(*at, dialog))
		at = &(*at)->next;
	return at;
}

static void end_claim(struct sip_shards *shards, struct sip_claim **at)
{
	struct sip_claim *claim = *at;

	if (!claim)
		return;
	*at = claim->next;
	claim->over = true;
	atomic_fetch_sub(&shards->nclaims, 1);
}

static struct sip_claim *claim_alloc(struct sip_shards *shards, unsigned int shard,
				     struct view call_id, struct view tag)
{
	struct sip_claim *claim = malloc(sizeof(*claim) + call_id.len + tag.len);

	if (!claim)
		return NULL;
	*claim = (struct sip_claim){
		.shards = shards,
		.shard = shard,
		.call_id_len = call_id.len,
		.tag_len = tag.len,
	};
	memcpy(claim->text, call_id.p, call_id.len);
	if (tag.len)
		memcpy(claim->text + call_id.len, tag.p, tag.len);
	return claim;
}

/* A claim of @stack's shard that is in a list; NULL without memory. */
static struct sip_claim *take(struct sip_stack *stack, struct view call_id, struct view tag)
{
	const struct sip_shard_dialog dialog = { .call_id = call_id, .tags = { tag, tag } };
	struct sip_shards *shards = stack->shards;
	struct sip_claim **at = find(shards, &dialog), *claim = *at;

	if (claim && claim->shard == stack->shard)
		return claim;
	claim = claim_alloc(shards, stack->shard, call_id, tag);
	if (!claim)
		return NULL;
	end_claim(shards, at);
	claim->next = *at;
	*at = claim;
	atomic_fetch_add(&shards->nclaims, 1);
	return claim;
}

int sip_shard_claim(struct sip_stack *stack, struct view call_id, struct view tag,
		    struct sip_claim **out)
{
	const struct sip_shard_dialog dialog = { .call_id = call_id, .tags = { tag, tag } };
	struct sip_shards *shards = stack->shards;
	struct sip_claim *claim = NULL;
	bool home;

	*out = NULL;
	if (!shards)
		return 0;
	home = sip_shard_of(shards, call_id) == stack->shard;
	if (home && !atomic_load(&shards->nclaims))
		return 0;
	pthread_mutex_lock(&shards->lock);
	if (home)
		end_claim(shards, find(shards, &dialog));
	else
		claim = take(stack, call_id, tag);
	if (claim)
		claim->holders++;
	pthread_mutex_unlock(&shards->lock);
	*out = claim;
	return home || claim ? 0 : -ENOMEM;
}

void sip_shard_release(struct sip_claim **out)
{
	struct sip_claim *claim = *out, **at;
	struct sip_shards *shards;
	bool last;

	*out = NULL;
	if (!claim)
		return;
	shards = claim->shards;
	pthread_mutex_lock(&shards->lock);
	last = !--claim->holders;
	if (last && !claim->over) {
		at = list_of(shards, (struct view){ claim->text, claim->call_id_len });
		while (*at != claim)
			at = &(*at)->next;
		end_claim(shards, at);
	}
	pthread_mutex_unlock(&shards->lock);
	if (last)
		free(claim);
}

/* Nearly always there is none: then it is the hash alone. */
static unsigned int shard_now(struct sip_shards *shards, const struct sip_shard_dialog *dialog)
{
	unsigned int index = sip_hash_worker(&shards->key, dialog->call_id.p, dialog->call_id.len,
					     shards->count);
	const struct sip_claim *claim;

	if (!atomic_load_explicit(&shards->nclaims, memory_order_relaxed))
		return index;
	pthread_mutex_lock(&shards->lock);
	claim = *find(shards, dialog);
	if (claim)
		index = claim->shard;
	pthread_mutex_unlock(&shards->lock);
	return index;
}

bool sip_shard_elsewhere(struct sip_stack *stack, const struct sip_shard_dialog *dialog,
			 unsigned int *index)
{
	if (!stack->shards)
		return false;
	*index = shard_now(stack->shards, dialog);
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

/* --- messages on their way --- */

static void deliver(struct mail *mail, bool alive)
{
	struct handover *handover = (struct handover *)mail;

	if (alive)
		stack_receive_own(handover->to, &handover->from, handover->octets, handover->len,
				  handover->led);
	free(handover);
}

/* 0 or negative errno. */
static int send_over(const struct sip_shards *shards, unsigned int index,
		     const struct tp_flow *from, struct view octets, bool led)
{
	struct tp_listener *listener =
		tp_listener_at(shards->tp.member[index].tp, from->listener->index);
	struct handover *handover;
	int err;

	if (!listener)
		return -ENOENT;
	/* One octet is to spare behind a datagram. */
	handover = malloc(sizeof(*handover) + octets.len + 1);
	if (!handover)
		return -ENOMEM;
	handover->to = shards->stack[index];
	handover->from = *from;
	handover->from.listener = listener;
	handover->len = octets.len;
	handover->led = led;
	memcpy(handover->octets, octets.p, octets.len);
	err = mailbox_post(shards->tp.member[index].box, &handover->mail,
			   sizeof(*handover) + octets.len, deliver);
	if (err)
		free(handover);
	return err;
}

static void hand_over(struct sip_stack *stack, unsigned int index, const struct tp_flow *from,
		      struct view octets, bool led)
{
	if (send_over(stack->shards, index, from, octets, led))
		stack->stats.handover_dropped++;
	else
		stack->stats.handed_over++;
}

bool stack_lead(struct sip_stack *stack, const struct tp_flow *from, struct view octets)
{
	struct sip_shard_dialog named;
	unsigned int index;

	if (!stack->handlers.names || !stack->handlers.names(&stack->msg, &named))
		return false;
	/* One that has been led here stays, if what it names has moved meanwhile. */
	if (sip_shard_of(stack->shards, stack->msg.call_id) != stack->shard ||
	    !sip_shard_elsewhere(stack, &named, &index))
		return false;
	hand_over(stack, index, from, octets, true);
	return true;
}

bool stack_hand_over(struct sip_stack *stack, const struct tp_flow *from, struct view octets)
{
	const struct sip_shard_dialog dialog = {
		.call_id = stack->msg.call_id,
		.tags = { stack->msg.from.tag, stack->msg.to.tag },
	};
	unsigned int index;

	/* Without a Call-ID there is no dialog to find: any shard can refuse it. */
	if (!dialog.call_id.len)
		return false;
	if (!sip_shard_elsewhere(stack, &dialog, &index))
		return stack_lead(stack, from, octets);
	hand_over(stack, index, from, octets, false);
	return true;
}

const char *sip_call_id(struct sip_stack *stack, char buf[SIP_TOKEN_STRLEN])
{
	do
		sip_token(stack, 128, buf);
	while (stack->shards && sip_shard_of(stack->shards, view_str(buf)) != stack->shard);
	return buf;
}
