// SPDX-License-Identifier: GPL-2.0
#include "session.h"

#include <linux/slab.h>
#include <linux/ktime.h>

const struct rhashtable_params sf_session_params = {
	.head_offset = offsetof(struct sf_session, node),
	.key_offset = offsetof(struct sf_session, id),
	.key_len = sizeof_field(struct sf_session, id),
	.automatic_shrinking = true,
};

struct sf_session *sf_session_find(struct sf_net *sn, u64 id)
{
	lockdep_assert_held(&sn->lock);
	return rhashtable_lookup_fast(&sn->sessions, &id, sf_session_params);
}

static struct sf_session *session_alloc(struct sf_net *sn, const struct sf_session_request *req)
{
	struct sf_session *s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);

	/* But for what debugging adds to timers. */
	BUILD_BUG_ON(sizeof(*s) > 256 && !IS_ENABLED(CONFIG_LOCKDEP));
	if (!s)
		return NULL;
	s->id = req->id;
	s->owner = req->owner;
	s->created = ktime_get_ns();
	s->sn = sn;
	sf_timeout_init(s);
	return s;
}

/* Enters the tables of requests; packets don't see it yet. */
static int enter_tables(struct sf_net *sn, struct sf_session *s, struct netlink_ext_ack *extack)
{
	int err;

	if (sn->nsessions >= sn->config.sessions_max) {
		NL_SET_ERR_MSG(extack, "The namespace holds as many sessions as it may");
		return -ENOSPC;
	}
	err = xa_alloc_cyclic(&sn->by_index, &s->index, s, xa_limit_31b, &sn->next_index,
			      GFP_KERNEL_ACCOUNT);
	if (err < 0)
		return err;
	err = rhashtable_insert_fast(&sn->sessions, &s->node, sf_session_params);
	if (err) {
		xa_erase(&sn->by_index, s->index);
		return err;
	}
	sn->nsessions++;
	return 0;
}

static void leave_tables(struct sf_net *sn, struct sf_session *s)
{
	rhashtable_remove_fast(&sn->sessions, &s->node, sf_session_params);
	xa_erase(&sn->by_index, s->index);
	sn->nsessions--;
}

int sf_session_add(struct sf_net *sn, const struct sf_session_request *req,
		   struct netlink_ext_ack *extack)
{
	struct sf_session *s;
	struct sf_conf *conf;
	int err;

	if (sf_session_find(sn, req->id)) {
		NL_SET_ERR_MSG(extack, "The session ID is taken");
		return -EEXIST;
	}
	s = session_alloc(sn, req);
	if (!s)
		return -ENOMEM;
	conf = sf_conf_build(s, NULL, req, extack);
	if (IS_ERR(conf)) {
		err = PTR_ERR(conf);
		goto err_session;
	}
	err = enter_tables(sn, s, extack);
	if (err)
		goto err_conf;
	sf_timeout_set(s, req->timeout_ms);
	sf_conf_commit(s, NULL, conf);
	sf_timeout_start(s);
	return 0;

err_conf:
	sf_conf_abort(NULL, conf);
err_session:
	kfree(s);
	return err;
}

int sf_session_set(struct sf_net *sn, struct sf_session *s, const struct sf_session_request *req,
		   struct netlink_ext_ack *extack)
{
	struct sf_conf *old = sf_session_conf(s);
	struct sf_conf *new;

	new = sf_conf_build(s, old, req, extack);
	if (IS_ERR(new))
		return PTR_ERR(new);
	sf_timeout_clean(s);
	if (req->has_timeout)
		sf_timeout_set(s, req->timeout_ms);
	sf_conf_commit(s, old, new);
	sf_timeout_start(s);
	return 0;
}

void sf_session_del(struct sf_session *s)
{
	const struct sf_conf *conf = sf_session_conf(s);
	unsigned int i;

	sf_timeout_clean(s);
	leave_tables(s->sn, s);
	for (i = 0; i < conf->n; i++)
		if (conf->ep[i].ep)
			sf_endpoint_del(s->sn, conf->ep[i].ep);
}

void sf_session_release(struct sf_session *s)
{
	sf_conf_release(sf_session_conf(s));
	kfree_rcu(s, rcu);
}

u64 sf_session_last_active(const struct sf_session *s)
{
	u64 last = max(s->created, READ_ONCE(s->last_of_removed));
	struct sf_endpoint *ep;
	const struct sf_conf *conf;
	unsigned int i;

	rcu_read_lock();
	conf = rcu_dereference(s->conf);
	for (i = 0; i < conf->n; i++) {
		ep = conf->ep[i].ep;
		if (!ep)
			continue;
		spin_lock_bh(&ep->rx.lock);
		last = max(last, ep->rx.stats.last);
		spin_unlock_bh(&ep->rx.lock);
	}
	rcu_read_unlock();
	return last;
}
