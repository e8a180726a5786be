// SPDX-License-Identifier: GPL-2.0
/*
 * Silence, of a session and of its endpoints. A packet only leaves its time behind; the
 * session's timer looks at it when something could be silent for long enough at the earliest,
 * tells of endpoints, and hands the session to a work item if it is idle.
 */
#include "session.h"

#include <linux/ktime.h>

#include "event.h"
#include "verdict.h"

#define NEVER	U64_MAX

static u64 left_of(u64 span, u64 since)
{
	u64 now = ktime_get_ns();

	return now - since < span ? span - (now - since) : 0;
}

/* Returns ns until the session counts as idle, 0: it does. */
static u64 time_left(const struct sf_session *s)
{
	u64 timeout = (u64)READ_ONCE(s->timeout_ms) * NSEC_PER_MSEC;

	if (!timeout)
		return NEVER;
	return left_of(timeout, max(sf_session_last_active(s), READ_ONCE(s->timeout_since)));
}

/* Returns ns until the endpoint counts as inactive, 0: it does. Called with its lock held. */
static u64 silence_left(const struct sf_endpoint_conf *c)
{
	lockdep_assert_held(&c->ep->rx.lock);
	return left_of((u64)c->inactive_ms * NSEC_PER_MSEC,
		       max(c->ep->rx.stats.last, c->inactive_since));
}

/*
 * Returns ns until it must be looked at again, and tells when it became inactive. One that is
 * may be active again at any time, and then inactive as soon as this.
 */
static u64 watch(struct sf_net *sn, const struct sf_endpoint_conf *c)
{
	struct sf_rx *rx = &c->ep->rx;
	bool became = false;
	u64 left;

	spin_lock(&rx->lock);
	left = silence_left(c);
	if (!left && !rx->closed && !(rx->watch & SF_WATCH_INACTIVE)) {
		rx->watch |= SF_WATCH_INACTIVE;
		became = true;
	}
	spin_unlock(&rx->lock);
	if (became)
		sf_event_inactive(sn, c);
	return left ?: (u64)c->inactive_ms * NSEC_PER_MSEC;
}

static u64 watch_all(const struct sf_session *s)
{
	const struct sf_conf *conf;
	unsigned int i;
	u64 left = NEVER;

	rcu_read_lock();
	conf = rcu_dereference(s->conf);
	for (i = 0; i < conf->n; i++)
		if (conf->ep[i].ep && conf->ep[i].inactive_ms)
			left = min(left, watch(s->sn, &conf->ep[i]));
	rcu_read_unlock();
	return left;
}

/* A timer may fire late by an eighth of what it was set to, hours for a day: it gets nearer. */
static void look_again(struct sf_session *s, u64 left)
{
	if (left != NEVER)
		mod_timer(&s->timer, jiffies + nsecs_to_jiffies(left - left / 8) + 1);
}

static void timer_fired(struct timer_list *timer)
{
	struct sf_session *s = from_timer(s, timer, timer);
	struct sf_net *sn = s->sn;
	u64 silence = watch_all(s), left = time_left(s);

	if (left) {
		look_again(s, min(left, silence));
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

void sf_timeout_start(struct sf_session *s)
{
	const struct sf_conf *conf = sf_session_conf(s);
	u64 left = time_left(s);
	unsigned int i;

	for (i = 0; i < conf->n; i++) {
		if (!conf->ep[i].ep || !conf->ep[i].inactive_ms)
			continue;
		spin_lock_bh(&conf->ep[i].ep->rx.lock);
		left = min(left, silence_left(&conf->ep[i]));
		spin_unlock_bh(&conf->ep[i].ep->rx.lock);
	}
	look_again(s, left);
}

void sf_timeout_set(struct sf_session *s, u32 timeout_ms)
{
	WRITE_ONCE(s->timeout_ms, timeout_ms);
	WRITE_ONCE(s->timeout_since, ktime_get_ns());
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

	mutex_lock(&sn->lock);
	while ((s = pop_expired(sn))) {
		if (time_left(s)) {
			sf_timeout_start(s);
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
