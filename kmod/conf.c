// SPDX-License-Identifier: GPL-2.0
/* From a configuration and a request to the next configuration. */
#include "session.h"

#include <linux/slab.h>

#include "range.h"

static const struct sf_endpoint_conf *old_place(const struct sf_conf *old, unsigned int i)
{
	static const struct sf_endpoint_conf free_place;

	return old && i < old->n ? &old->ep[i] : &free_place;
}

static struct sf_endpoint_conf *find(struct sf_conf *conf, u32 id)
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
	if (req->has & SF_HAS_LEARN)
		c->learn = req->conf.learn;
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
	if (s->sn->nendpoints >= SF_MAX_ENDPOINTS) {
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
		.latch = kzalloc(sizeof(*c->latch), GFP_KERNEL_ACCOUNT),
		.clock_rate = 8000,
		.ttl = 64,
	};
	if (!c->latch)
		return -ENOMEM;
	err = check_families(c, req, extack);
	if (err)
		return err;
	apply(c, req);
	return 0;
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
	if (req->has & SF_HAS_REMOTE) {
		struct sf_latch *latch = kzalloc(sizeof(*latch), GFP_KERNEL_ACCOUNT);

		if (!latch)
			return -ENOMEM;
		c->latch = latch;
	}
	apply(c, req);
	return 0;
}

static int delete_endpoint(struct sf_conf *conf, struct sf_endpoint_conf *c,
			   const struct sf_endpoint_request *req, struct netlink_ext_ack *extack)
{
	struct sf_endpoint_conf *other;
	unsigned int i, j, n;

	if (!c) {
		NL_SET_ERR_MSG_ATTR(extack, req->attr, "The session has no such endpoint");
		return -ENOENT;
	}
	for (i = 0; i < conf->n; i++) {
		other = &conf->ep[i];
		for (j = 0, n = 0; j < other->nforwards; j++)
			if (other->forwards[j] != c - conf->ep)
				other->forwards[n++] = other->forwards[j];
		other->nforwards = n;
	}
	memset(c, 0, sizeof(*c));
	return 0;
}

/* Once all endpoints are there: forwards may name one that comes later in the request. */
static int set_forwards(struct sf_conf *conf, const struct sf_endpoint_request *req,
			struct netlink_ext_ack *extack)
{
	struct sf_endpoint_conf *c = find(conf, req->id), *to;
	unsigned int i;

	for (i = 0; i < req->conf.nforwards; i++) {
		to = find(conf, req->forwards[i]);
		if (!to) {
			NL_SET_ERR_MSG_ATTR(extack, req->attr,
					    "A forward names an endpoint that the session has not");
			return -ENOENT;
		}
		c->forwards[i] = to - conf->ep;
	}
	c->nforwards = req->conf.nforwards;
	return 0;
}

static int apply_all(struct sf_session *s, struct sf_conf *conf,
		     const struct sf_session_request *req, struct netlink_ext_ack *extack)
{
	struct sf_endpoint_conf *c;
	unsigned int i;
	int err;

	for (i = 0; i < req->n; i++) {
		c = find(conf, req->ep[i].id);
		if (req->ep[i].has & SF_DELETE)
			err = delete_endpoint(conf, c, &req->ep[i], extack);
		else if (c)
			err = change_endpoint(c, &req->ep[i], extack);
		else
			err = add_endpoint(s, conf, &req->ep[i], extack);
		if (err)
			return err;
	}
	for (i = 0; i < req->n; i++) {
		if (!(req->ep[i].has & SF_HAS_FORWARDS))
			continue;
		err = set_forwards(conf, &req->ep[i], extack);
		if (err)
			return err;
	}
	return 0;
}

struct sf_conf *sf_conf_build(struct sf_session *s, const struct sf_conf *old,
			      const struct sf_session_request *req,
			      struct netlink_ext_ack *extack)
{
	unsigned int places = min_t(unsigned int, (old ? old->n : 0) + req->n,
				    SIPFAST_MAX_ENDPOINTS);
	struct sf_conf *conf;
	int err;

	lockdep_assert_held(&s->sn->lock);
	conf = kzalloc(struct_size(conf, ep, places), GFP_KERNEL_ACCOUNT);
	if (!conf)
		return ERR_PTR(-ENOMEM);
	if (old) {
		conf->n = old->n;
		memcpy(conf->ep, old->ep, flex_array_size(conf, ep, old->n));
	}
	err = apply_all(s, conf, req, extack);
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
			kfree(new->ep[i].latch);
		if (new->ep[i].ep && new->ep[i].ep != old_place(old, i)->ep)
			sf_endpoint_free(new->ep[i].ep);
	}
	kfree(new);
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
			kfree_rcu(was->latch, rcu);
		if (was->ep == new->ep[i].ep)
			continue;
		if (was->ep)
			remove_endpoint(s, was->ep);
		if (new->ep[i].ep)
			sf_endpoint_add(s->sn, new->ep[i].ep);
	}
	if (old)
		kfree_rcu(old, rcu);
}

void sf_conf_release(struct sf_conf *conf)
{
	unsigned int i;

	for (i = 0; i < conf->n; i++) {
		if (!conf->ep[i].ep)
			continue;
		kfree_rcu(conf->ep[i].latch, rcu);
		sf_endpoint_release(conf->ep[i].ep);
	}
	kfree_rcu(conf, rcu);
}
