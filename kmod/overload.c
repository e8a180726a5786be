// SPDX-License-Identifier: GPL-2.0
#include "overload.h"

#include "ports.h"
#include "sip.h"
#include "sip_event.h"

/* ns: more than what sf_memory_time() knows no better. */
#define MOMENT		BIT(SF_MEMO_TIME_BITS)
/* So long a lower level must be enough before it is gone down to. */
#define EASED_FOR	HZ

void sf_overload_restart(struct sf_listener *listener)
{
	/* What passes in this moment comes after it. */
	WRITE_ONCE(listener->lost, sf_sip_now() - MOMENT);
}

static void note_losses(struct sf_listener *listener, const struct sf_ports_queue *queue)
{
	s32 dropped = queue->dropped - listener->socket_drops;

	if (queue->sockets != listener->sockets || dropped < 0) {
		sf_overload_restart(listener);
		/* What passes from now on is read by nobody, either. */
		if (!queue->sockets)
			WRITE_ONCE(listener->lost, U64_MAX);
	} else if (dropped) {
		WRITE_ONCE(listener->lost, sf_sip_now());
	}
	listener->socket_drops = queue->dropped;
	listener->sockets = queue->sockets;
}

static u8 queue_now(struct sf_listener *listener)
{
	struct sf_ports_queue queue;

	if (listener->transport != SIPFAST_TRANSPORT_UDP)
		return 0;
	sf_ports_look(listener->sip->sn->net, &listener->local.ip, ntohs(listener->local.port),
		      &queue);
	note_losses(listener, &queue);
	return queue.percent;
}

bool sf_overload_may_have_lost(struct sf_listener *listener, const struct sf_policy *policy,
			       u64 time)
{
	/* Something may have been dropped since it was looked last. */
	sf_overload_level(listener, policy);
	return time <= READ_ONCE(listener->lost);
}

static u8 percent_now(struct sf_listener *listener)
{
	u8 queue = queue_now(listener), load = 0;

	WRITE_ONCE(listener->queue, queue);
	if (time_before(jiffies, READ_ONCE(listener->load_time) + SF_LOAD_VALID))
		load = READ_ONCE(listener->load);
	return max(queue, load);
}

static u8 level_at(const struct sf_policy *policy, u8 percent)
{
	u8 level;

	for (level = SIPFAST_LEVEL_MAX; level > SIPFAST_LEVEL_NONE; level--)
		if (percent >= policy->shed[level])
			break;
	return level;
}

static void set_level(struct sf_listener *listener, u8 level)
{
	WRITE_ONCE(listener->eased, 0);
	WRITE_ONCE(listener->level, level);
	sf_sip_event_overload(listener);
}

/* Up at once; down when three quarters of it have been enough for a while. */
void sf_overload_judge(struct sf_listener *listener, const struct sf_policy *policy)
{
	u8 level = READ_ONCE(listener->level), percent = percent_now(listener);
	unsigned long eased = READ_ONCE(listener->eased);
	u8 wanted = level_at(policy, percent);

	if (wanted > level) {
		set_level(listener, wanted);
		return;
	}
	wanted = level_at(policy, percent + percent / 3);
	if (wanted >= level)
		WRITE_ONCE(listener->eased, 0);
	else if (!eased)
		WRITE_ONCE(listener->eased, jiffies | 1);
	else if (time_after(jiffies, eased + EASED_FOR))
		set_level(listener, wanted);
}

void sf_overload_tell(struct sf_listener *listener, u8 percent)
{
	WRITE_ONCE(listener->load, percent);
	WRITE_ONCE(listener->load_time, jiffies);
}
