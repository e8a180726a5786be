// SPDX-License-Identifier: GPL-2.0
/*
 * Inactivity. A packet only leaves its time behind; the session's timer looks at it when
 * the session could be idle at the earliest, and hands it to a work item if it is.
 */
#include "session.h"

#include <linux/timekeeping.h>

#include "event.h"
#include "verdict.h"

/* Returns ns until the session counts as idle, 0: it does. */
static u64 time_left(const struct sf_session *s)
{
	u64 timeout = (u64)READ_ONCE(s->timeout_ms) * NSEC_PER_MSEC;
	u64 last = max(sf_session_last_active(s), READ_ONCE(s->timeout_since));
	u64 idle = ktime_get_ns() - last;

	return idle < timeout ? timeout - idle : 0;
}

static void look_again(struct sf_session *s, u64 left)
{
	mod_timer(&s->timer, jiffies + nsecs_to_jiffies(left) + 1);
}

static void timer_fired(struct timer_list *timer)
{
	struct sf_session *s = from_timer(s, timer, timer);
	struct sf_net *sn = s->sn;
	u64 left = time_left(s);

	if (left) {
		look_again(s, left);
		return;
	}
	spin_lock(&sn->expired_lock);
	list_add_tail(&s->expired, &sn->expired);
	spin_unlock(&sn->expired_lock);
	schedule_work(&sn->expire_work);
}

void sf_timeout_init(struct sf_session *s)
{
	timer_setup(&s->timer, timer_fired, 0);
	INIT_LIST_HEAD(&s->expired);
}

void sf_timeout_clean(struct sf_session *s)
{
	lockdep_assert_held(&s->sn->lock);
	timer_delete_sync(&s->timer);
	spin_lock_bh(&s->sn->expired_lock);
	list_del_init(&s->expired);
	spin_unlock_bh(&s->sn->expired_lock);
}

void sf_timeout_set(struct sf_session *s, u32 timeout_ms)
{
	sf_timeout_clean(s);
	WRITE_ONCE(s->timeout_ms, timeout_ms);
	WRITE_ONCE(s->timeout_since, ktime_get_ns());
	if (timeout_ms)
		look_again(s, time_left(s));
}

static struct sf_session *pop_expired(struct sf_net *sn)
{
	struct sf_session *s;

	spin_lock_bh(&sn->expired_lock);
	s = list_first_entry_or_null(&sn->expired, struct sf_session, expired);
	if (s)
		list_del_init(&s->expired);
	spin_unlock_bh(&sn->expired_lock);
	return s;
}

void sf_timeout_work(struct work_struct *work)
{
	struct sf_net *sn = container_of(work, struct sf_net, expire_work);
	struct sf_session *s;
	u64 left;

	mutex_lock(&sn->lock);
	while ((s = pop_expired(sn))) {
		left = time_left(s);
		if (left) {
			look_again(s, left);
			continue;
		}
		sf_session_del(s);
		sf_count(sn, SF_TIMEOUT);
		sf_event_timeout(s);
		sf_session_release(s);
		cond_resched();
	}
	mutex_unlock(&sn->lock);
}
