/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_SESSION_H
#define SF_SESSION_H

#include <linux/timer.h>

#include "endpoint.h"

#include <linux/sipfast.h>

/**
 * struct sf_latch - the remote that an endpoint learned, if it did
 * @addr: valid once @known is seen true (acquire), never changes after that
 * @known: set once (release), under &sf_rx.lock of the endpoint
 *
 * A configuration in which learning starts anew has a new one; others share it.
 */
struct sf_latch {
	struct sf_addr addr;
	bool known;
	struct rcu_head rcu;
};

/**
 * struct sf_endpoint_conf - how an endpoint behaves
 * @ep: that it is about; NULL: the place is free
 * @latch: what it learned
 * @remote: that userspace gave; not set: none
 * @learn_ip: learn from there only
 * @learn_prefix: length, in bits of @learn_ip; 0: from anywhere
 * @clock_rate: Hz, of dynamic payload types
 * @component: enum sipfast_component
 * @learn: enum sipfast_learn
 * @source: enum sipfast_source
 * @forwards: places in the same &struct sf_conf
 */
struct sf_endpoint_conf {
	struct sf_endpoint *ep;
	struct sf_latch *latch;
	struct sf_addr remote;
	struct in6_addr learn_ip;
	u32 clock_rate;
	u8 component;
	u8 learn;
	u8 learn_prefix;
	u8 source;
	u8 dscp;
	u8 ttl;
	u8 nforwards;
	u8 forwards[SIPFAST_MAX_FORWARDS];
};

/**
 * struct sf_conf - all of a session that a packet may need, published as one
 * @n: places, some of which may be free
 *
 * Immutable after publication.
 */
struct sf_conf {
	struct rcu_head rcu;
	unsigned int n;
	struct sf_endpoint_conf ep[];
};

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
 * @timer: looks whether it is idle; runs while @timeout_ms is set
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

/* Which optional fields of a request were given. */
enum sf_endpoint_has {
	SF_HAS_LOCAL = BIT(0),
	SF_HAS_REMOTE = BIT(1),
	SF_HAS_COMPONENT = BIT(2),
	SF_HAS_LEARN = BIT(3),
	SF_HAS_LEARN_FROM = BIT(4),
	SF_HAS_SOURCE = BIT(5),
	SF_HAS_DSCP = BIT(6),
	SF_HAS_TTL = BIT(7),
	SF_HAS_CLOCK_RATE = BIT(8),
	SF_HAS_FORWARDS = BIT(9),
	SF_DELETE = BIT(10),
};

/**
 * struct sf_endpoint_request - one ENDPOINT of a request, read and checked by itself
 * @attr: where it stands in the request, for the extended acknowledgement
 * @has: enum sf_endpoint_has
 * @conf: what was given; @ep, @latch and @forwards are not used
 * @forwards: endpoint IDs
 */
struct sf_endpoint_request {
	const struct nlattr *attr;
	u32 id;
	u32 has;
	struct sf_addr local;
	struct sf_endpoint_conf conf;
	u32 forwards[SIPFAST_MAX_FORWARDS];
};

/* A request to add or to change a session. */
struct sf_session_request {
	u64 id;
	u32 owner;
	u32 timeout_ms;
	bool has_timeout;
	unsigned int n;
	struct sf_endpoint_request ep[SIPFAST_MAX_ENDPOINTS];
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

/*
 * Builds from @old, which may be NULL, and @req the configuration that follows. On failure
 * nothing has changed. The result is either published by sf_conf_commit() or given up by
 * sf_conf_abort(). Called with &sf_net.lock held.
 */
struct sf_conf *sf_conf_build(struct sf_session *s, const struct sf_conf *old,
			      const struct sf_session_request *req,
			      struct netlink_ext_ack *extack);
void sf_conf_commit(struct sf_session *s, struct sf_conf *old, struct sf_conf *new);
void sf_conf_abort(const struct sf_conf *old, struct sf_conf *new);
/* Frees, after a grace period, a configuration and all its endpoints, which are deleted. */
void sf_conf_release(struct sf_conf *conf);

/* What @ep does according to @conf; NULL: it is not in it. */
static inline const struct sf_endpoint_conf *sf_conf_of(const struct sf_conf *conf,
							const struct sf_endpoint *ep)
{
	if (unlikely(ep->index >= conf->n || conf->ep[ep->index].ep != ep))
		return NULL;
	return &conf->ep[ep->index];
}

/* Returns whom an endpoint talks to; see sf_addr_is_set(). Borrowed from @conf. */
static inline const struct sf_addr *sf_conf_remote(const struct sf_endpoint_conf *conf)
{
	/* Pairs with the release in learn(). */
	if (smp_load_acquire(&conf->latch->known))
		return &conf->latch->addr;
	return &conf->remote;
}

/* Inactivity. */
void sf_timeout_init(struct sf_session *s);
/* Called with &sf_net.lock held. After the second, neither timer nor work know it. */
void sf_timeout_set(struct sf_session *s, u32 timeout_ms);
void sf_timeout_clean(struct sf_session *s);
void sf_timeout_work(struct work_struct *work);

#endif /* SF_SESSION_H */
