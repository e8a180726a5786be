// SPDX-License-Identifier: GPL-2.0
#include "conf_forward.h"

#include <linux/netlink.h>

/* Where the next forward, and what it rewrites, is written. */
struct cursor {
	struct sf_forward_conf *forward;
	struct sf_rewrite *rewrite;
};

/* How many there are, and how many of them rewrite. */
struct count {
	unsigned int forwards;
	unsigned int rewrites;
};

static const struct sf_endpoint_request *find_request(const struct sf_session_request *req,
						      u32 id)
{
	unsigned int i;

	for (i = 0; i < req->n; i++)
		if (req->ep[i].id == id)
			return &req->ep[i];
	return NULL;
}

static bool is_replaced(const struct sf_session_request *req, u32 id)
{
	const struct sf_endpoint_request *r = find_request(req, id);

	return r && r->has & (SF_HAS_FORWARDS | SF_DELETE);
}

static void count_kept(struct count *count, const struct sf_endpoint_conf *c)
{
	unsigned int i;

	count->forwards += c->nforwards;
	for (i = 0; i < c->nforwards; i++)
		count->rewrites += !!c->forwards[i].rewrite;
}

static void count_new(struct count *count, const struct sf_endpoint_request *r)
{
	unsigned int i;

	count->forwards += r->conf.nforwards;
	for (i = 0; i < r->conf.nforwards; i++)
		count->rewrites += !!(r->forwards[i].has & SF_FORWARD_HAS_REWRITE);
}

static struct count count_all(const struct sf_conf *old, const struct sf_session_request *req)
{
	struct count count = {};
	unsigned int i;

	for (i = 0; old && i < old->n; i++)
		if (old->ep[i].ep && !is_replaced(req, old->ep[i].ep->id))
			count_kept(&count, &old->ep[i]);
	for (i = 0; i < req->n; i++)
		count_new(&count, &req->ep[i]);
	return count;
}

size_t sf_conf_forwards_size(const struct sf_conf *old, const struct sf_session_request *req)
{
	struct count count = count_all(old, req);

	return count.forwards * sizeof(struct sf_forward_conf) +
	       count.rewrites * sizeof(struct sf_rewrite);
}

static void add(struct cursor *cursor, const struct sf_forward_conf *forward,
		const struct sf_rewrite *rewrite)
{
	*cursor->forward = *forward;
	cursor->forward->rewrite = NULL;
	if (rewrite) {
		*cursor->rewrite = *rewrite;
		cursor->forward->rewrite = cursor->rewrite++;
	}
	cursor->forward++;
}

/* What forwards to an endpoint that is no more goes with it. */
static void keep(const struct sf_conf *conf, const struct sf_conf *old,
		 const struct sf_endpoint_conf *c, struct cursor *cursor)
{
	const struct sf_forward_conf *f;

	for (f = c->forwards; f < c->forwards + c->nforwards; f++)
		if (conf->ep[f->to].ep == old->ep[f->to].ep)
			add(cursor, f, f->rewrite);
}

static int take(struct sf_conf *conf, const struct sf_endpoint_request *r, struct cursor *cursor,
		struct netlink_ext_ack *extack)
{
	const struct sf_forward_request *f;
	const struct sf_endpoint_conf *to;

	for (f = r->forwards; f < r->forwards + r->conf.nforwards; f++) {
		to = sf_conf_find(conf, f->to);
		if (!to) {
			NL_SET_ERR_MSG_ATTR(extack, r->attr,
					    "A forward names an endpoint that the session has not");
			return -ENOENT;
		}
		add(cursor, &(struct sf_forward_conf){
			.to = to - conf->ep,
			.dscp = f->dscp,
			.ttl = f->ttl,
			.has = f->has,
		}, f->has & SF_FORWARD_HAS_REWRITE ? &f->rewrite : NULL);
	}
	return 0;
}

/* What is sent back by whom @f leads to, if RTCP must be changed to match. */
static const struct sf_rewrite *find_back(const struct sf_conf *conf,
					  const struct sf_forward_conf *f, unsigned int place)
{
	const struct sf_endpoint_conf *to = &conf->ep[f->to];
	unsigned int i;

	for (i = 0; i < to->nforwards; i++) {
		if (to->forwards[i].to != place || !to->forwards[i].rewrite)
			continue;
		if (to->forwards[i].rewrite->rtp.what & ~RTP_REWRITE_PAYLOAD_TYPES)
			return to->forwards[i].rewrite;
	}
	return NULL;
}

/* What cannot be read cannot be changed either. */
static bool is_possible(const struct sf_endpoint_conf *from, const struct sf_forward_conf *f)
{
	return !f->rewrite || !sf_conf_is_transparent(from) ||
	       (f->rewrite->mode == SIPFAST_FORWARD_BLOCK && !f->rewrite->rtp.what);
}

static int check(const struct sf_conf *conf, const struct sf_session_request *req,
		 struct netlink_ext_ack *extack)
{
	const struct sf_endpoint_request *r;
	const struct sf_endpoint_conf *c;
	unsigned int i;

	for (c = conf->ep; c < conf->ep + conf->n; c++) {
		for (i = 0; i < c->nforwards; i++) {
			if (is_possible(c, &c->forwards[i]))
				continue;
			/* Without a request for it nothing has become impossible. */
			r = find_request(req, c->ep->id);
			NL_SET_ERR_MSG_ATTR(extack, r ? r->attr : NULL,
					    "A transparent endpoint's forwards change nothing");
			return -EINVAL;
		}
	}
	return 0;
}

/* What depends on other endpoints and forwards, when all are there. */
static void resolve(struct sf_conf *conf, struct sf_forward_conf *f)
{
	unsigned int place, i;

	for (place = 0; place < conf->n; place++) {
		for (i = 0; i < conf->ep[place].nforwards; i++, f++) {
			if (!(f->has & SF_FORWARD_HAS_DSCP))
				f->dscp = conf->ep[f->to].dscp;
			if (!(f->has & SF_FORWARD_HAS_TTL))
				f->ttl = conf->ep[f->to].ttl;
			f->back = find_back(conf, f, place);
		}
	}
}

int sf_conf_forwards_build(struct sf_conf *conf, void *memory, const struct sf_conf *old,
			   const struct sf_session_request *req, struct netlink_ext_ack *extack)
{
	struct cursor cursor = {
		.forward = memory,
		.rewrite = memory + count_all(old, req).forwards * sizeof(*cursor.forward),
	};
	const struct sf_endpoint_request *r;
	struct sf_forward_conf *first;
	struct sf_endpoint_conf *c;
	int err;

	for (c = conf->ep; c < conf->ep + conf->n; c++) {
		if (!c->ep)
			continue;
		first = cursor.forward;
		r = find_request(req, c->ep->id);
		if (!r || !(r->has & SF_HAS_FORWARDS)) {
			keep(conf, old, c, &cursor);
		} else {
			err = take(conf, r, &cursor, extack);
			if (err)
				return err;
		}
		c->forwards = first;
		c->nforwards = cursor.forward - first;
	}
	err = check(conf, req, extack);
	if (err)
		return err;
	resolve(conf, memory);
	return 0;
}
