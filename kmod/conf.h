/* SPDX-License-Identifier: GPL-2.0 */
/* How a session behaves: one immutable block, in which everything that a packet may need is. */
#ifndef SF_CONF_H
#define SF_CONF_H

#include "endpoint.h"
#include "latch.h"
#include "rtp_rewrite.h"

#include <linux/sipfast.h>

/**
 * struct sf_rewrite - what a forward changes of RTP, and of RTCP to match
 * @mode: enum sipfast_forward_mode
 */
struct sf_rewrite {
	u8 mode;
	struct rtp_rewrite rtp;
};

/* Which optional fields of a forward were given. */
enum sf_forward_has {
	SF_FORWARD_HAS_DSCP = BIT(0),
	SF_FORWARD_HAS_TTL = BIT(1),
	SF_FORWARD_HAS_REWRITE = BIT(2),
};

/**
 * struct sf_forward_conf - how what an endpoint receives leaves from another
 * @rewrite: NULL: RTP leaves as it came
 * @back: what @to sends back is rewritten by it, so that reports on that must be, too; NULL:
 *	it is not
 * @to: place in the same &struct sf_conf
 * @dscp: that given, or else that of @to
 * @ttl: the same
 * @has: enum sf_forward_has
 */
struct sf_forward_conf {
	const struct sf_rewrite *rewrite;
	const struct sf_rewrite *back;
	u8 to;
	u8 dscp;
	u8 ttl;
	u8 has;
};

/**
 * struct sf_endpoint_conf - how an endpoint behaves
 * @ep: that it is about; NULL: the place is free
 * @latch: what it learned
 * @forwards: in the same block, @nforwards of them
 * @inactive_since: ns of ktime_get() when @inactive_ms was set
 * @remote: that userspace gave; not set: none
 * @clock_rate: Hz, of dynamic payload types
 * @component: enum sipfast_component
 * @learn: enum sipfast_learn
 * @source: enum sipfast_source
 * @dtmf_type: payload type of telephone events; more than 127: none
 * @learn_prefix: length, in bits of @learn_ip; 0: from anywhere
 * @learn_ip: learn from there only
 * @learn_ms: window in which it is learned anew
 * @inactive_ms: silence to report, 0: none
 */
struct sf_endpoint_conf {
	struct sf_endpoint *ep;
	struct sf_latch *latch;
	const struct sf_forward_conf *forwards;
	u64 inactive_since;
	struct sf_addr remote;
	u32 clock_rate;
	u8 component;
	u8 learn;
	u8 source;
	u8 dtmf_type;
	u8 nforwards;
	u8 dscp;
	u8 ttl;
	u8 learn_prefix;
	struct in6_addr learn_ip;
	u32 learn_ms;
	u32 inactive_ms;
};

/**
 * struct sf_conf - all of a session that a packet may need, published as one
 * @n: places, some of which may be free
 *
 * Behind the places are their forwards, behind these what they rewrite. Immutable after
 * publication.
 */
struct sf_conf {
	struct rcu_head rcu;
	unsigned int n;
	struct sf_endpoint_conf ep[];
};

static inline bool sf_conf_has(const struct sf_conf *conf, const struct sf_endpoint *ep)
{
	return ep->index < conf->n && conf->ep[ep->index].ep == ep;
}

/* What @ep does according to @conf; NULL: it is not in it. */
static inline const struct sf_endpoint_conf *sf_conf_of(const struct sf_conf *conf,
							const struct sf_endpoint *ep)
{
	return likely(sf_conf_has(conf, ep)) ? &conf->ep[ep->index] : NULL;
}

/*
 * Returns whom an endpoint talks to; see sf_addr_is_set(). Called with RCU read lock held,
 * which is how long it is valid.
 */
static inline const struct sf_addr *sf_conf_remote(const struct sf_endpoint_conf *c)
{
	const struct sf_addr *learned = sf_latch_addr(c->latch);

	return learned ?: &c->remote;
}

/*
 * Returns the only source that an endpoint listens to and has nothing left to learn from, which
 * remains so; NULL: there is no such. Called with RCU read lock held.
 */
static inline const struct sf_addr *sf_conf_settled(const struct sf_endpoint_conf *c)
{
	const struct sf_addr *learned = sf_latch_addr(c->latch);

	if (learned)
		return c->learn != SIPFAST_LEARN_WINDOW || sf_latch_is_closed(c->latch) ?
		       learned : NULL;
	return c->learn == SIPFAST_LEARN_OFF && sf_addr_is_set(&c->remote) ? &c->remote : NULL;
}

/* Whether nothing is read from what an endpoint carries. */
static inline bool sf_conf_is_transparent(const struct sf_endpoint_conf *c)
{
	return c->component == SIPFAST_COMPONENT_TRANSPARENT;
}

/* Whether it carries RTP, alone or with RTCP: those have even numbers, so it is one look. */
static inline bool sf_conf_has_rtp(const struct sf_endpoint_conf *c)
{
	BUILD_BUG_ON(SIPFAST_COMPONENT_RTP & 1 || SIPFAST_COMPONENT_MUX & 1);
	BUILD_BUG_ON(!(SIPFAST_COMPONENT_RTCP & SIPFAST_COMPONENT_TRANSPARENT & 1));
	return !(c->component & 1);
}

struct sf_session;
struct sf_session_request;
struct netlink_ext_ack;

/*
 * Builds from @old, which may be NULL, and @req the configuration that follows. On failure
 * nothing has changed. The result is either published by sf_conf_commit() or given up by
 * sf_conf_abort(). Called with &sf_net.lock held.
 */
struct sf_conf *sf_conf_build(struct sf_session *s, struct sf_conf *old,
			      const struct sf_session_request *req,
			      struct netlink_ext_ack *extack);
void sf_conf_commit(struct sf_session *s, struct sf_conf *old, struct sf_conf *new);
void sf_conf_abort(const struct sf_conf *old, struct sf_conf *new);
/* Frees, after a grace period, a configuration and all its endpoints, which are deleted. */
void sf_conf_release(struct sf_conf *conf);

/* NULL: there is none with this ID. */
struct sf_endpoint_conf *sf_conf_find(struct sf_conf *conf, u32 id);

#endif /* SF_CONF_H */
