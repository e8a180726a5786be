/* SPDX-License-Identifier: GPL-2.0 */
/* How much of what comes for a listener must be shed. */
#ifndef SF_OVERLOAD_H
#define SF_OVERLOAD_H

#include "listener.h"
#include "policy.h"

/* Looks at queue and load again. */
void sf_overload_judge(struct sf_listener *listener, const struct sf_policy *policy);

/* enum sipfast_level of now. Called with RCU read lock held, bottom halves disabled. */
static inline u8 sf_overload_level(struct sf_listener *listener, const struct sf_policy *policy)
{
	unsigned long checked = READ_ONCE(listener->checked), now = jiffies;

	/* One CPU in a tick. */
	if (unlikely(time_after(now, checked)) &&
	    cmpxchg(&listener->checked, checked, now) == checked)
		sf_overload_judge(listener, policy);
	return READ_ONCE(listener->level);
}

/*
 * May what passed at @time, in ns, never have been read by the server, as its sockets have dropped
 * something since, or others have come or gone? Called as sf_overload_level().
 */
bool sf_overload_may_have_lost(struct sf_listener *listener, const struct sf_policy *policy,
			       u64 time);
/* A server begins: it has not read what passed before. */
void sf_overload_restart(struct sf_listener *listener);

/* What the server tells of itself. */
void sf_overload_tell(struct sf_listener *listener, u8 percent);

#endif /* SF_OVERLOAD_H */
