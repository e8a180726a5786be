// SPDX-License-Identifier: GPL-2.0
#include "overload.h"

#include "ports.h"
#include "sip.h"
#include "sip_event.h"

/* So long a lower level must be enough before it is gone down to. */
#define EASED_FOR	HZ

static u8 percent_now(struct sf_listener *listener)
{
	u8 queue = 0, load = 0;

	if (listener->transport == SIPFAST_TRANSPORT_UDP)
		queue = sf_ports_fill(listener->sip->sn->net, &listener->local.ip,
				      ntohs(listener->local.port));
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
