// SPDX-License-Identifier: GPL-2.0
/* Listener commands. */
#include <linux/rtnetlink.h>

#include "listener.h"
#include "netlink.h"
#include "nl_sip.h"
#include "overload.h"

#define KEY_ATTRS								\
	[SIPFAST_A_LISTENER_ADDR4] = { .type = NLA_U32 },			\
	[SIPFAST_A_LISTENER_ADDR6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)), \
	[SIPFAST_A_LISTENER_PORT] = NLA_POLICY_MIN(NLA_U16, 1),			\
	[SIPFAST_A_LISTENER_TRANSPORT] = NLA_POLICY_MAX(NLA_U8, SIPFAST_TRANSPORT_MAX)

#define SETTING_ATTRS								\
	[SIPFAST_A_LISTENER_MODE] = NLA_POLICY_MAX(NLA_U8, SIPFAST_MODE_MAX),	\
	[SIPFAST_A_LISTENER_WORKERS] = NLA_POLICY_MAX(NLA_U8, SIPFAST_MAX_WORKERS), \
	[SIPFAST_A_LISTENER_HASH_KEY] = NLA_POLICY_EXACT_LEN(sizeof(struct sip_hash_key))

const struct nla_policy sf_policy_listener_key[SIPFAST_A_LISTENER_TRANSPORT + 1] = {
	KEY_ATTRS,
};

const struct nla_policy sf_policy_listener[SIPFAST_A_LISTENER_HASH_KEY + 1] = {
	KEY_ATTRS,
	SETTING_ATTRS,
};

const struct nla_policy sf_policy_listener_set[SIPFAST_A_LISTENER_LOAD + 1] = {
	KEY_ATTRS,
	SETTING_ATTRS,
	[SIPFAST_A_LISTENER_LOAD] = NLA_POLICY_MAX(NLA_U8, 100),
};

struct listener_request {
	struct nlattr *tb[SIPFAST_A_LISTENER_LOAD + 1];
	struct sf_addr local;
	u8 transport;
};

static int read_listener(struct genl_info *info, struct listener_request *req)
{
	struct netlink_ext_ack *extack = info->extack;
	struct nlattr **tb = req->tb, *nest;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SIPFAST_A_LISTENER)) {
		NL_SET_ERR_MSG(extack, "Which listener is missing");
		return -EINVAL;
	}
	nest = info->attrs[SIPFAST_A_LISTENER];
	err = nla_parse_nested(tb, ARRAY_SIZE(req->tb) - 1, nest, sf_policy_listener_set, extack);
	if (err)
		return err;
	err = sf_nl_get_ip(&req->local.ip, tb[SIPFAST_A_LISTENER_ADDR4],
			   tb[SIPFAST_A_LISTENER_ADDR6], extack);
	if (err < 0)
		return err;
	if ((!err && NL_REQ_ATTR_CHECK(extack, nest, tb, SIPFAST_A_LISTENER_ADDR4)) ||
	    NL_REQ_ATTR_CHECK(extack, nest, tb, SIPFAST_A_LISTENER_PORT)) {
		NL_SET_ERR_MSG(extack, "A listener needs its address and port");
		return -EINVAL;
	}
	req->local.port = nla_get_be16(tb[SIPFAST_A_LISTENER_PORT]);
	req->transport = tb[SIPFAST_A_LISTENER_TRANSPORT] ?
			 nla_get_u8(tb[SIPFAST_A_LISTENER_TRANSPORT]) : SIPFAST_TRANSPORT_UDP;
	if (!tb[SIPFAST_A_LISTENER_WORKERS] != !tb[SIPFAST_A_LISTENER_HASH_KEY]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "Workers and their hash key go together");
		return -EINVAL;
	}
	if (tb[SIPFAST_A_LISTENER_WORKERS] && nla_get_u8(tb[SIPFAST_A_LISTENER_WORKERS]) &&
	    req->transport != SIPFAST_TRANSPORT_UDP) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SIPFAST_A_LISTENER_WORKERS],
				    "Only messages over UDP are spread over workers");
		return -EINVAL;
	}
	return 0;
}

/* What is given of a listener that exists. */
static void apply(struct sf_listener *listener, struct nlattr **tb)
{
	struct sip_hash_key key;

	if (tb[SIPFAST_A_LISTENER_MODE])
		sf_listener_set_mode(listener, nla_get_u8(tb[SIPFAST_A_LISTENER_MODE]));
	if (tb[SIPFAST_A_LISTENER_LOAD])
		sf_overload_tell(listener, nla_get_u8(tb[SIPFAST_A_LISTENER_LOAD]));
	if (tb[SIPFAST_A_LISTENER_WORKERS]) {
		nla_memcpy(&key, tb[SIPFAST_A_LISTENER_HASH_KEY], sizeof(key));
		sf_listener_set_workers(listener, nla_get_u8(tb[SIPFAST_A_LISTENER_WORKERS]),
					&key);
	}
}

int sf_nl_listener_add(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sf_listener *listener;
	struct listener_request req;
	int err;

	err = read_listener(info, &req);
	if (err)
		return err;
	rtnl_lock();
	mutex_lock(&sn->lock);
	err = sf_listener_add(sn, &req.local, req.transport, &listener, info->extack);
	if (!err)
		apply(listener, req.tb);
	mutex_unlock(&sn->lock);
	rtnl_unlock();
	return err;
}

static struct sf_listener *find(struct sf_net *sn, const struct listener_request *req,
				struct netlink_ext_ack *extack)
{
	struct sf_listener *listener;

	listener = sf_listener_lookup(sn, &req->local.ip, req->local.port, req->transport);
	if (!listener)
		NL_SET_ERR_MSG(extack, "There is no such listener");
	return listener;
}

int sf_nl_listener_set(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sf_listener *listener;
	struct listener_request req;
	int err;

	err = read_listener(info, &req);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	listener = find(sn, &req, info->extack);
	if (listener)
		apply(listener, req.tb);
	mutex_unlock(&sn->lock);
	return listener ? 0 : -ENOENT;
}

int sf_nl_listener_del(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sf_listener *listener;
	struct listener_request req;
	int err;

	err = read_listener(info, &req);
	if (err)
		return err;
	rtnl_lock();
	mutex_lock(&sn->lock);
	listener = find(sn, &req, info->extack);
	if (listener)
		sf_listener_del(sn, listener);
	mutex_unlock(&sn->lock);
	rtnl_unlock();
	return listener ? 0 : -ENOENT;
}

static int put_listener(struct sk_buff *skb, const struct sf_listener *listener)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_LISTENER);
	struct sf_listener_stats stats;

	sf_listener_read_stats(listener, &stats);
	if (!nest ||
	    sf_nl_put_ip(skb, SIPFAST_A_LISTENER_ADDR4, SIPFAST_A_LISTENER_ADDR6,
			 &listener->local.ip) ||
	    nla_put_be16(skb, SIPFAST_A_LISTENER_PORT, listener->local.port) ||
	    nla_put_u8(skb, SIPFAST_A_LISTENER_TRANSPORT, listener->transport) ||
	    nla_put_u8(skb, SIPFAST_A_LISTENER_MODE, listener->mode) ||
	    nla_put_u8(skb, SIPFAST_A_LISTENER_WORKERS, listener->workers) ||
	    nla_put_u8(skb, SIPFAST_A_LISTENER_LOAD, READ_ONCE(listener->load)) ||
	    nla_put_u8(skb, SIPFAST_A_LISTENER_QUEUE, READ_ONCE(listener->queue)) ||
	    nla_put_u8(skb, SIPFAST_A_LISTENER_LEVEL, READ_ONCE(listener->level)) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_LISTENER_MESSAGES, stats.messages,
			      SIPFAST_A_LISTENER_PAD) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_LISTENER_DROPPED, stats.dropped,
			      SIPFAST_A_LISTENER_PAD) ||
	    (listener->transport == SIPFAST_TRANSPORT_TCP &&
	     nla_put_u32(skb, SIPFAST_A_LISTENER_CONNECTIONS, READ_ONCE(listener->nconns))))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int dump_listener(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct sf_listener *listener)
{
	void *hdr = sf_nl_dump_put(skb, cb, SIPFAST_CMD_LISTENER_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (put_listener(skb, listener)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

int sf_nl_listener_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct sf_net *sn = sf_net(sock_net(skb->sk));
	const struct sf_listener *listener;
	unsigned long n;

	/* args: the bucket, and how many of it are done. */
	mutex_lock(&sn->lock);
	for (; cb->args[0] < ARRAY_SIZE(sn->listeners); cb->args[0]++, cb->args[1] = 0) {
		n = 0;
		hlist_for_each_entry(listener, &sn->listeners[cb->args[0]], node) {
			if (n++ < cb->args[1])
				continue;
			if (dump_listener(skb, cb, listener))
				goto unlock;
			cb->args[1]++;
		}
	}
unlock:
	mutex_unlock(&sn->lock);
	return skb->len;
}
