/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_SESSION_H
#define SF_SESSION_H

#include <linux/timer.h>

#include "conf.h"
#include "request.h"

/**
 * struct sf_session - the endpoints of a call
 * @conf: RCU for packets, changed under &sf_net.lock
 * @id: chosen by userspace
 * @owner: the same
 * @index: in &sf_net.by_index, for life
 * @timeout_ms: of inactivity, 0: none; written under &sf_net.lock, read by @timer
 * @timeout_since: ns of ktime_get() when @timeout_ms was set: what was silent before, on hold
 *	perhaps, does not count; written under &sf_net.lock, read by @timer
 * @created: ns of ktime_get()
 * @last_of_removed: when an endpoint that it no longer has last accepted a packet;
 *	written under &sf_net.lock, read by @timer
 * @sn: namespace
 * @timer: looks whether it, or an endpoint, is silent; runs while that is to be told
 * @expired: in &sf_net.expired, under &sf_net.expired_lock
 * @node: in &sf_net.sessions
 */
struct sf_session {
	struct sf_conf __rcu *conf;
	u64 id;
	u32 owner;
	u32 index;
	u32 timeout_ms;
	u64 timeout_since;
	u64 created;
	u64 last_of_removed;
	struct sf_net *sn;
	struct timer_list timer;
	struct list_head expired;
	struct rhash_head node;
	struct rcu_head rcu;
};

extern const struct rhashtable_params sf_session_params;

/* The next six are called with &sf_net.lock held. */
struct sf_session *sf_session_find(struct sf_net *sn, u64 id);
int sf_session_add(struct sf_net *sn, const struct sf_session_request *req,
		   struct netlink_ext_ack *extack);
int sf_session_set(struct sf_net *sn, struct sf_session *s, const struct sf_session_request *req,
		   struct netlink_ext_ack *extack);
/* Deleted but readable, with final statistics, until it is given to the second. */
void sf_session_del(struct sf_session *s);
void sf_session_release(struct sf_session *s);

static inline struct sf_conf *sf_session_conf(const struct sf_session *s)
{
	return rcu_dereference_protected(s->conf, lockdep_is_held(&s->sn->lock));
}

/* ns of ktime_get(): when a packet was last accepted, or else when it was created. */
u64 sf_session_last_active(const struct sf_session *s);

/* Inactivity. */
void sf_timeout_init(struct sf_session *s);
/*
 * Called with &sf_net.lock held. The timer is started when the configuration, or the timeout
 * that is set first, gives it something to look for. After it was cleaned neither timer nor work
 * know the session.
 */
void sf_timeout_set(struct sf_session *s, u32 timeout_ms);
void sf_timeout_start(struct sf_session *s);
void sf_timeout_clean(struct sf_session *s);
void sf_timeout_work(struct work_struct *work);

#endif /* SF_SESSION_H */
