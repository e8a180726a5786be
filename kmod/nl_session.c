// SPDX-License-Identifier: GPL-2.0
/* Session commands. */
#include <linux/slab.h>

#include "compat.h"
#include "fill.h"
#include "netlink.h"

/* What a request is about; NULL, with the acknowledgement filled in, when it does not say. */
static struct nlattr *get_session(struct genl_info *info)
{
	if (GENL_REQ_ATTR_CHECK(info, SIPFAST_A_SESSION)) {
		NL_SET_ERR_MSG(info->extack, "Which session is missing");
		return NULL;
	}
	return info->attrs[SIPFAST_A_SESSION];
}

static struct sf_session *find(struct sf_net *sn, u64 id, struct netlink_ext_ack *extack)
{
	struct sf_session *s = sf_session_find(sn, id);

	if (!s)
		NL_SET_ERR_MSG(extack, "There is no such session");
	return s;
}

/* Adds a session or, when @is_set, changes it. */
static int put_session(struct genl_info *info, bool is_set)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct nlattr *nest = get_session(info);
	struct sf_session_request *req;
	struct sf_session *s;
	int err = -ENOENT;

	if (!nest)
		return -EINVAL;
	req = sf_request_read(nest, is_set, info->extack);
	if (IS_ERR(req))
		return PTR_ERR(req);
	mutex_lock(&sn->lock);
	if (!is_set) {
		err = sf_session_add(sn, req, info->extack);
	} else {
		s = find(sn, req->id, info->extack);
		if (s)
			err = sf_session_set(sn, s, req, info->extack);
	}
	mutex_unlock(&sn->lock);
	kvfree(req);
	return err;
}

int sf_nl_session_add(struct sk_buff *skb, struct genl_info *info)
{
	return put_session(info, false);
}

int sf_nl_session_set(struct sk_buff *skb, struct genl_info *info)
{
	return put_session(info, true);
}

/*
 * Finds the session of a request that has nothing else in SESSION than its ID, and BRIEF. On
 * success @sn->lock is held.
 */
static int lock_session(struct genl_info *info, struct sf_net *sn, struct sf_session **s,
			bool *brief)
{
	struct nlattr *tb[SIPFAST_A_SESSION_BRIEF + 1], *nest = get_session(info);
	int err;

	if (!nest)
		return -EINVAL;
	/* Values have been validated with the message. */
	err = nla_parse_nested(tb, SIPFAST_A_SESSION_BRIEF, nest, NULL, info->extack);
	if (err)
		return err;
	if (tb[SIPFAST_A_SESSION_OWNER]) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[SIPFAST_A_SESSION_OWNER],
				    "One session is found by its ID alone");
		return -EINVAL;
	}
	if (NL_REQ_ATTR_CHECK(info->extack, nest, tb, SIPFAST_A_SESSION_ID)) {
		NL_SET_ERR_MSG(info->extack, "A session needs an ID");
		return -EINVAL;
	}
	*brief = tb[SIPFAST_A_SESSION_BRIEF];
	mutex_lock(&sn->lock);
	*s = find(sn, nla_get_u64(tb[SIPFAST_A_SESSION_ID]), info->extack);
	if (*s)
		return 0;
	mutex_unlock(&sn->lock);
	return -ENOENT;
}

/* An empty reply that the whole of @s fits in. */
static struct sk_buff *reply_alloc(const struct sf_session *s, bool brief, struct genl_info *info,
				   void **hdr)
{
	struct sk_buff *reply;

	reply = genlmsg_new(brief ? sf_session_brief_size(s) : sf_session_size(s), GFP_KERNEL);
	if (!reply)
		return NULL;
	*hdr = genlmsg_put_reply(reply, info, &sf_genl_family, 0, info->genlhdr->cmd);
	return reply;
}

static int put_whole(struct sk_buff *reply, const struct sf_session *s)
{
	unsigned int place = 0;

	return sf_put_session(reply, s, &place);
}

static int reply_send(struct sk_buff *reply, void *hdr, const struct sf_session *s, bool brief,
		      struct genl_info *info)
{
	if (WARN_ON_ONCE(!hdr || (brief ? sf_put_session_brief(reply, s) : put_whole(reply, s)))) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

int sf_nl_session_del(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sk_buff *reply = NULL;
	struct sf_session *s;
	bool brief;
	void *hdr;
	int err;

	err = lock_session(info, sn, &s, &brief);
	if (err)
		return err;
	if (info->nlhdr->nlmsg_flags & NLM_F_ECHO) {
		reply = reply_alloc(s, brief, info, &hdr);
		if (!reply) {
			err = -ENOMEM;
			goto unlock;
		}
	}
	sf_session_del(s);
	/* It is deleted whether or not the sender has room for the reply. */
	if (reply)
		reply_send(reply, hdr, s, brief, info);
	sf_session_release(s);
unlock:
	mutex_unlock(&sn->lock);
	return err;
}

int sf_nl_session_get(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sf_session *s;
	struct sk_buff *reply;
	bool brief;
	void *hdr;
	int err;

	err = lock_session(info, sn, &s, &brief);
	if (err)
		return err;
	reply = reply_alloc(s, brief, info, &hdr);
	err = reply ? reply_send(reply, hdr, s, brief, info) : -ENOMEM;
	mutex_unlock(&sn->lock);
	return err;
}

/* Which sessions a request is about; the attributes have been validated. */
struct filter {
	const struct nlattr *id;
	const struct nlattr *owner;
};

static int read_filter(struct nlattr **attrs, struct filter *filter,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[SIPFAST_A_SESSION_OWNER + 1];
	int err;

	*filter = (struct filter){};
	if (!attrs[SIPFAST_A_SESSION])
		return 0;
	err = nla_parse_nested(tb, SIPFAST_A_SESSION_OWNER, attrs[SIPFAST_A_SESSION], NULL,
			       extack);
	if (err)
		return err;
	filter->id = tb[SIPFAST_A_SESSION_ID];
	filter->owner = tb[SIPFAST_A_SESSION_OWNER];
	return 0;
}

static bool matches(const struct filter *filter, const struct sf_session *s)
{
	return (!filter->id || s->id == nla_get_u64(filter->id)) &&
	       (!filter->owner || s->owner == nla_get_u32(filter->owner));
}

int sf_nl_session_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct filter filter;
	struct sf_session *s;
	unsigned long index;
	int err;

	err = read_filter(info->attrs, &filter, info->extack);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	xa_for_each(&sn->by_index, index, s) {
		if (matches(&filter, s)) {
			sf_session_del(s);
			sf_session_release(s);
		}
		cond_resched();
	}
	mutex_unlock(&sn->lock);
	return 0;
}

/* Where a dump goes on: place @place of the session at @index, or the next there is. */
struct position {
	unsigned long index;
	unsigned int place;
};

static int dump_one(struct sk_buff *skb, struct netlink_callback *cb, const struct sf_session *s,
		    unsigned int *place)
{
	unsigned int first = *place;
	void *hdr;
	int err;

	hdr = sf_nl_dump_put(skb, cb, SIPFAST_CMD_SESSION_GET);
	if (!hdr)
		return -EMSGSIZE;
	err = sf_put_session(skb, s, place);
	if (err && *place == first)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

int sf_nl_session_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct position *at = (struct position *)cb->ctx;
	struct sf_net *sn = sf_net(sock_net(skb->sk));
	struct filter filter;
	struct sf_session *s;
	unsigned long index;
	int err;

	BUILD_BUG_ON(sizeof(*at) > sizeof(cb->ctx));
	err = read_filter(sf_dump_attrs(cb), &filter, cb->extack);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	xa_for_each_start(&sn->by_index, index, s, at->index) {
		if (index != at->index)
			at->place = 0;
		at->index = index;
		if (matches(&filter, s) && dump_one(skb, cb, s, &at->place))
			goto unlock;
		at->index = index + 1;
		at->place = 0;
	}
unlock:
	mutex_unlock(&sn->lock);
	return skb->len;
}
