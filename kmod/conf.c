// SPDX-License-Identifier: GPL-2.0
/* From a configuration and a request to the next configuration. */
#include "session.h"

#include <linux/slab.h>
#include <linux/ktime.h>

#include "conf_forward.h"
#include "range.h"

/* What is not given to a new endpoint. */
#define CLOCK_RATE	8000
#define LEARN_MS	10000
#define DTMF_NONE	255
#define TTL		64

static const struct sf_endpoint_conf *old_place(const struct sf_conf *old, unsigned int i)
{
	static const struct sf_endpoint_conf free_place;

	return old && i < old->n ? &old->ep[i] : &free_place;
}

struct sf_endpoint_conf *sf_conf_find(struct sf_conf *conf, u32 id)
{
	unsigned int i;

	for (i = 0; i < conf->n; i++)
		if (conf->ep[i].ep && conf->ep[i].ep->id == id)
			return &conf->ep[i];
	return NULL;
}

static struct sf_endpoint_conf *free_place(struct sf_conf *conf)
{
	unsigned int i;

	for (i = 0; i < conf->n; i++)
		if (!conf->ep[i].ep)
			return &conf->ep[i];
	return conf->n < SIPFAST_MAX_ENDPOINTS ? &conf->ep[conf->n++] : NULL;
}

/* Whom an endpoint talks to and learns from is of the family of its local address. */
static int check_families(const struct sf_endpoint_conf *c, const struct sf_endpoint_request *req,
			  struct netlink_ext_ack *extack)
{
	bool is_ip4 = sf_addr_is_ip4(&c->ep->local);

	if ((req->has & SF_HAS_REMOTE && sf_addr_is_ip4(&req->conf.remote) != is_ip4) ||
	    (req->has & SF_HAS_LEARN_FROM && req->conf.learn_prefix &&
	     sf_ip_is4(&req->conf.learn_ip) != is_ip4)) {
		NL_SET_ERR_MSG_ATTR(extack, req->attr,
				    "The addresses of an endpoint are not of one family");
		return -EINVAL;
	}
	return 0;
}

/* Takes over what @req gives. */
static void apply(struct sf_endpoint_conf *c, const struct sf_endpoint_request *req)
{
	if (req->has & SF_HAS_REMOTE)
		c->remote = req->conf.remote;
	if (req->has & SF_HAS_COMPONENT)
		c->component = req->conf.component;
	if (req->has & SF_HAS_LEARN) {
		c->learn = req->conf.learn;
		c->learn_ms = LEARN_MS;
	}
	if (req->has & SF_HAS_LEARN_MS)
		c->learn_ms = req->conf.learn_ms;
	if (req->has & SF_HAS_LEARN_FROM) {
		c->learn_ip = req->conf.learn_ip;
		c->learn_prefix = req->conf.learn_prefix;
	}
	if (req->has & SF_HAS_SOURCE)
		c->source = req->conf.source;
	if (req->has & SF_HAS_DSCP)
		c->dscp = req->conf.dscp;
	if (req->has & SF_HAS_TTL)
		c->ttl = req->conf.ttl;
	if (req->has & SF_HAS_CLOCK_RATE)
		c->clock_rate = req->conf.clock_rate;
	if (req->has & SF_HAS_DTMF_TYPE)
		c->dtmf_type = req->conf.dtmf_type;
	if (req->has & SF_HAS_INACTIVE_MS) {
		c->inactive_ms = req->conf.inactive_ms;
		c->inactive_since = ktime_get_ns();
	}
}

/* Learning starts, or starts anew. */
static int arm_latch(struct sf_endpoint_conf *c)
{
	u64 until = 0;

	if (c->learn == SIPFAST_LEARN_WINDOW)
		until = ktime_get_ns() + (u64)c->learn_ms * NSEC_PER_MSEC;
	c->latch = sf_latch_alloc(until);
	return c->latch ? 0 : -ENOMEM;
}

static unsigned int count_endpoints(const struct sf_conf *conf)
{
	unsigned int i, n = 0;

	for (i = 0; conf && i < conf->n; i++)
		n += !!conf->ep[i].ep;
	return n;
}

/* Those of the whole namespace, with what the request has changed so far. */
static bool is_full(const struct sf_session *s, const struct sf_conf *conf)
{
	const struct sf_conf *now = sf_session_conf(s);

	return s->sn->nendpoints - count_endpoints(now) + count_endpoints(conf) >=
	       s->sn->config.endpoints_max;
}

static struct sf_endpoint *create(struct sf_session *s, const struct sf_conf *conf,
				  const struct sf_endpoint_request *req, u32 index,
				  struct netlink_ext_ack *extack)
{
	struct sf_endpoint *ep;
	struct sf_range *range;
	unsigned int i;

	if (!(req->has & SF_HAS_LOCAL)) {
		NL_SET_ERR_MSG_ATTR(extack, req->attr, "A new endpoint needs its local address");
		return ERR_PTR(-EINVAL);
	}
	if (is_full(s, conf)) {
		NL_SET_ERR_MSG_ATTR(extack, req->attr,
				    "The namespace holds as many endpoints as it may");
		return ERR_PTR(-ENOSPC);
	}
	range = sf_range_lookup(s->sn, &req->local);
	if (!range) {
		NL_SET_ERR_MSG_ATTR(extack, req->attr, "The local address lies in no range");
		return ERR_PTR(-ERANGE);
	}
	if (rcu_access_pointer(*sf_range_slot(range, req->local.port)))
		goto taken;
	for (i = 0; i < conf->n; i++)
		if (conf->ep[i].ep && sf_addr_equal(&conf->ep[i].ep->local, &req->local))
			goto taken;
	ep = sf_endpoint_alloc(s, range, &req->local, req->id, index);
	return ep ?: ERR_PTR(-ENOMEM);

taken:
	NL_SET_ERR_MSG_ATTR(extack, req->attr, "The local address is taken by another endpoint");
	return ERR_PTR(-EEXIST);
}

static int add_endpoint(struct sf_session *s, struct sf_conf *conf,
			const struct sf_endpoint_request *req, struct netlink_ext_ack *extack)
{
	struct sf_endpoint_conf *c = free_place(conf);
	struct sf_endpoint *ep;
	int err;

	if (!c) {
		NL_SET_ERR_MSG_ATTR(extack, req->attr,
				    "The session holds as many endpoints as it may");
		return -ENOSPC;
	}
	ep = create(s, conf, req, c - conf->ep, extack);
	if (IS_ERR(ep))
		return PTR_ERR(ep);
	*c = (struct sf_endpoint_conf){
		.ep = ep,
		.clock_rate = CLOCK_RATE,
		.dtmf_type = DTMF_NONE,
		.ttl = TTL,
	};
	err = check_families(c, req, extack);
	if (err)
		return err;
	apply(c, req);
	return arm_latch(c);
}

static int change_endpoint(struct sf_endpoint_conf *c, const struct sf_endpoint_request *req,
			   struct netlink_ext_ack *extack)
{
	int err;

	if (req->has & SF_HAS_LOCAL && !sf_addr_equal(&req->local, &c->ep->local)) {
		NL_SET_ERR_MSG_ATTR(extack, req->attr,
				    "The local address of an endpoint cannot be changed");
		return -EINVAL;
	}
	err = check_families(c, req, extack);
	if (err)
		return err;
	apply(c, req);
	if (req->has & SF_HAS_REMOTE ||
	    (req->has & SF_HAS_LEARN && c->learn == SIPFAST_LEARN_WINDOW)) {
		struct sf_latch *was = c->latch;

		err = arm_latch(c);
		if (err)
			c->latch = was;
	}
	return err;
}

static int delete_endpoint(struct sf_endpoint_conf *c, const struct sf_endpoint_request *req,
			   struct netlink_ext_ack *extack)
{
	if (!c) {
		NL_SET_ERR_MSG_ATTR(extack, req->attr, "The session has no such endpoint");
		return -ENOENT;
	}
	memset(c, 0, sizeof(*c));
	return 0;
}

static int apply_all(struct sf_session *s, struct sf_conf *conf,
		     const struct sf_session_request *req, struct netlink_ext_ack *extack)
{
	struct sf_endpoint_conf *c;
	unsigned int i;
	int err;

	for (i = 0; i < req->n; i++) {
		c = sf_conf_find(conf, req->ep[i].id);
		if (req->ep[i].has & SF_DELETE)
			err = delete_endpoint(c, &req->ep[i], extack);
		else if (c)
			err = change_endpoint(c, &req->ep[i], extack);
		else
			err = add_endpoint(s, conf, &req->ep[i], extack);
		if (err)
			return err;
	}
	return 0;
}

/* Places that the next configuration may need. */
static unsigned int count_places(struct sf_conf *old, const struct sf_session_request *req)
{
	unsigned int i, n = old ? old->n : 0;

	for (i = 0; i < req->n; i++)
		if (!old || !sf_conf_find(old, req->ep[i].id))
			n++;
	return min_t(unsigned int, n, SIPFAST_MAX_ENDPOINTS);
}

struct sf_conf *sf_conf_build(struct sf_session *s, struct sf_conf *old,
			      const struct sf_session_request *req,
			      struct netlink_ext_ack *extack)
{
	unsigned int places = count_places(old, req);
	struct sf_conf *conf;
	size_t size;
	int err;

	lockdep_assert_held(&s->sn->lock);
	/* Of a call: two endpoints that forward to each other. */
	BUILD_BUG_ON(sizeof(*conf) + 2 * sizeof(*conf->ep) + 2 * sizeof(struct sf_forward_conf) >
		     256);
	size = struct_size(conf, ep, places);
	conf = kvzalloc(size + sf_conf_forwards_size(old, req), GFP_KERNEL_ACCOUNT);
	if (!conf)
		return ERR_PTR(-ENOMEM);
	if (old) {
		conf->n = old->n;
		memcpy(conf->ep, old->ep, flex_array_size(conf, ep, old->n));
	}
	err = apply_all(s, conf, req, extack);
	if (!err)
		err = sf_conf_forwards_build(conf, (void *)conf + size, old, req, extack);
	if (err) {
		sf_conf_abort(old, conf);
		return ERR_PTR(err);
	}
	return conf;
}

void sf_conf_abort(const struct sf_conf *old, struct sf_conf *new)
{
	unsigned int i;

	for (i = 0; i < new->n; i++) {
		if (new->ep[i].latch != old_place(old, i)->latch)
			sf_latch_free(new->ep[i].latch);
		if (new->ep[i].ep && new->ep[i].ep != old_place(old, i)->ep)
			sf_endpoint_free(new->ep[i].ep);
	}
	kvfree(new);
}

static void remove_endpoint(struct sf_session *s, struct sf_endpoint *ep)
{
	sf_endpoint_del(s->sn, ep);
	WRITE_ONCE(s->last_of_removed, max(s->last_of_removed, ep->rx.stats.last));
	sf_endpoint_release(ep);
}

/*
 * A packet reads the configuration once, so it sees the old or the new one. An endpoint is
 * entered after the configuration that tells about it, so whoever finds it finds that, too.
 */
void sf_conf_commit(struct sf_session *s, struct sf_conf *old, struct sf_conf *new)
{
	const struct sf_endpoint_conf *was;
	unsigned int i;

	lockdep_assert_held(&s->sn->lock);
	rcu_assign_pointer(s->conf, new);
	for (i = 0; i < new->n; i++) {
		was = old_place(old, i);
		if (was->latch && was->latch != new->ep[i].latch)
			sf_latch_release(was->ep, was->latch);
		if (was->ep == new->ep[i].ep) {
			if (was->inactive_since != new->ep[i].inactive_since)
				sf_endpoint_awake(was->ep);
			continue;
		}
		if (was->ep)
			remove_endpoint(s, was->ep);
		if (new->ep[i].ep)
			sf_endpoint_add(s->sn, new->ep[i].ep);
	}
	if (old)
		kvfree_rcu(old, rcu);
}

void sf_conf_release(struct sf_conf *conf)
{
	unsigned int i;

	for (i = 0; i < conf->n; i++) {
		if (!conf->ep[i].ep)
			continue;
		sf_latch_release(conf->ep[i].ep, conf->ep[i].latch);
		sf_endpoint_release(conf->ep[i].ep);
	}
	kvfree_rcu(conf, rcu);
}
