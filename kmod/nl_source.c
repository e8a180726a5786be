// SPDX-License-Identifier: GPL-2.0
/* Source commands. */
#include <linux/ktime.h>
#include <linux/slab.h>

#include "compat.h"
#include "netlink.h"
#include "nl_sip.h"

/* Not const: older kernels' policies take them as they are. */
static struct netlink_range_validation expires = { .min = 1, .max = 1ULL << 43 };
static struct netlink_range_validation classes = {
	.min = SIPFAST_CLASS_UNKNOWN + 1,
	.max = SIPFAST_CLASS_MAX,
};

#define KEY_ATTRS								\
	[SIPFAST_A_SOURCE_ADDR4] = { .type = NLA_U32 },				\
	[SIPFAST_A_SOURCE_ADDR6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)), \
	[SIPFAST_A_SOURCE_PREFIX] = NLA_POLICY_MAX(NLA_U8, SF_PREFIX_MAX),	\
	[SIPFAST_A_SOURCE_PORT] = NLA_POLICY_MIN(NLA_U16, 1),			\
	[SIPFAST_A_SOURCE_CLASS] = NLA_POLICY_FULL_RANGE(NLA_U8, &classes)

const struct nla_policy sf_policy_source[SIPFAST_A_SOURCE_REASON + 1] = {
	KEY_ATTRS,
	[SIPFAST_A_SOURCE_EXPIRES_MS] = NLA_POLICY_FULL_RANGE(NLA_U64, &expires),
	[SIPFAST_A_SOURCE_REASON] = { .type = NLA_NUL_STRING, .len = SIPFAST_MAX_REASON },
};

const struct nla_policy sf_policy_source_key[SIPFAST_A_SOURCE_CLASS + 1] = {
	KEY_ATTRS,
};

/* Of a request for one, or for those of a class. */
const struct nla_policy sf_policy_source_get[SIPFAST_A_SOURCE_CLASS + 1] = {
	[SIPFAST_A_SOURCE_ADDR4] = { .type = NLA_U32 },
	[SIPFAST_A_SOURCE_ADDR6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[SIPFAST_A_SOURCE_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SIPFAST_A_SOURCE_CLASS] = NLA_POLICY_FULL_RANGE(NLA_U8, &classes),
};

const struct nla_policy sf_policy_source_class[SIPFAST_A_SOURCE_CLASS + 1] = {
	[SIPFAST_A_SOURCE_CLASS] = NLA_POLICY_FULL_RANGE(NLA_U8, &classes),
};

struct source_request {
	struct nlattr *tb[SIPFAST_A_SOURCE_REASON + 1];
	struct nlattr *nest;
	struct sf_source_key key;
	u8 class; /* UNKNOWN: it was not given */
};

static int read_prefix(struct source_request *req, struct netlink_ext_ack *extack)
{
	struct nlattr *attr = req->tb[SIPFAST_A_SOURCE_PREFIX];
	unsigned int most = sf_ip_is4(&req->key.ip) ? 32 : 128;
	struct in6_addr masked = req->key.ip;

	if (!attr)
		return 0;
	if (req->tb[SIPFAST_A_SOURCE_PORT]) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "A port is of one address, not of a prefix");
		return -EINVAL;
	}
	if (nla_get_u8(attr) > most) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "The prefix is longer than the address");
		return -ERANGE;
	}
	req->key.prefix = SF_PREFIX_MAX - most + nla_get_u8(attr);
	sf_source_mask(&masked, req->key.prefix);
	if (!ipv6_addr_equal(&masked, &req->key.ip)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "Bits of the address behind the prefix are set");
		return -EINVAL;
	}
	return 0;
}

static int read_source(struct genl_info *info, struct source_request *req)
{
	struct netlink_ext_ack *extack = info->extack;
	struct nlattr **tb = req->tb;
	int err;

	*req = (struct source_request){ .key.prefix = SF_PREFIX_MAX };
	if (GENL_REQ_ATTR_CHECK(info, SIPFAST_A_SOURCE)) {
		NL_SET_ERR_MSG(extack, "Which source is missing");
		return -EINVAL;
	}
	req->nest = info->attrs[SIPFAST_A_SOURCE];
	err = nla_parse_nested(tb, ARRAY_SIZE(req->tb) - 1, req->nest, sf_policy_source, extack);
	if (err)
		return err;
	err = sf_nl_get_ip(&req->key.ip, tb[SIPFAST_A_SOURCE_ADDR4], tb[SIPFAST_A_SOURCE_ADDR6],
			   extack);
	if (err < 0)
		return err;
	if (!err && NL_REQ_ATTR_CHECK(extack, req->nest, tb, SIPFAST_A_SOURCE_ADDR4)) {
		NL_SET_ERR_MSG(extack, "A source needs its address");
		return -EINVAL;
	}
	if (tb[SIPFAST_A_SOURCE_PORT])
		req->key.port = nla_get_be16(tb[SIPFAST_A_SOURCE_PORT]);
	if (tb[SIPFAST_A_SOURCE_CLASS])
		req->class = nla_get_u8(tb[SIPFAST_A_SOURCE_CLASS]);
	return read_prefix(req, extack);
}

static int add_source(struct sf_net *sn, const struct source_request *req, char *reason)
{
	struct nlattr *lifetime = req->tb[SIPFAST_A_SOURCE_EXPIRES_MS];
	struct sf_source_spec spec = {
		.key = req->key,
		.class = req->class,
		.lifetime_ms = lifetime ? nla_get_u64(lifetime) : 0,
	};
	struct sf_sip *sip = sf_sip_make(sn);

	if (!sip)
		return -ENOMEM;
	if (req->tb[SIPFAST_A_SOURCE_REASON]) {
		nla_strscpy(reason, req->tb[SIPFAST_A_SOURCE_REASON], SIPFAST_MAX_REASON + 1);
		spec.reason = reason;
	}
	return sf_source_add(&sip->sources, &spec, sf_sip_policy(sip)->sources_max);
}

int sf_nl_source_add(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	char reason[SIPFAST_MAX_REASON + 1];
	struct source_request req;
	int err;

	err = read_source(info, &req);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(info->extack, req.nest, req.tb, SIPFAST_A_SOURCE_CLASS)) {
		NL_SET_ERR_MSG(info->extack, "A source needs its class");
		return -EINVAL;
	}
	mutex_lock(&sn->lock);
	err = add_source(sn, &req, reason);
	mutex_unlock(&sn->lock);
	if (err == -ENOSPC)
		NL_SET_ERR_MSG(info->extack, "There are as many sources as the policy allows");
	return err;
}

int sf_nl_source_del(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct source_request req;
	struct sf_sip *sip;
	int err;

	err = read_source(info, &req);
	if (err)
		return err;
	mutex_lock(&sn->lock);
	sip = sf_sip(sn);
	err = sip ? sf_source_del(&sip->sources, &req.key, req.class) : -ENOENT;
	mutex_unlock(&sn->lock);
	if (err)
		NL_SET_ERR_MSG(info->extack, "There is no such source");
	return err;
}

/* The class of a filter; UNKNOWN: any. */
static u8 read_class(struct nlattr **attrs)
{
	struct nlattr *attr;

	if (!attrs[SIPFAST_A_SOURCE])
		return SIPFAST_CLASS_UNKNOWN;
	attr = nla_find_nested(attrs[SIPFAST_A_SOURCE], SIPFAST_A_SOURCE_CLASS);
	return attr ? nla_get_u8(attr) : SIPFAST_CLASS_UNKNOWN;
}

int sf_nl_source_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sf_sip *sip;

	mutex_lock(&sn->lock);
	sip = sf_sip(sn);
	if (sip)
		sf_source_flush(&sip->sources, read_class(info->attrs));
	mutex_unlock(&sn->lock);
	return 0;
}

static int put_key(struct sk_buff *skb, const struct sf_source_key *key)
{
	unsigned int skipped = sf_ip_is4(&key->ip) ? SF_PREFIX_MAX - 32 : 0;

	if (sf_nl_put_ip(skb, SIPFAST_A_SOURCE_ADDR4, SIPFAST_A_SOURCE_ADDR6, &key->ip))
		return -EMSGSIZE;
	if (key->port)
		return nla_put_be16(skb, SIPFAST_A_SOURCE_PORT, key->port);
	return nla_put_u8(skb, SIPFAST_A_SOURCE_PREFIX, key->prefix - skipped);
}

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, SIPFAST_A_SOURCE_PAD);
}

static int put_source(struct sk_buff *skb, const struct sf_source *source, u64 now)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_SOURCE);
	u64 age = now > source->made ? now - source->made : 0;
	u64 left = source->expires > now ? source->expires - now : 0;

	if (!nest || put_key(skb, &source->key) ||
	    nla_put_u8(skb, SIPFAST_A_SOURCE_CLASS, source->class) ||
	    (source->expires && put_u64(skb, SIPFAST_A_SOURCE_EXPIRES_MS,
					div_u64(left, NSEC_PER_MSEC) ?: 1)) ||
	    (source->reason && nla_put_string(skb, SIPFAST_A_SOURCE_REASON, source->reason)) ||
	    (source->by_kernel && nla_put_flag(skb, SIPFAST_A_SOURCE_BY_KERNEL)) ||
	    put_u64(skb, SIPFAST_A_SOURCE_AGE_MS, div_u64(age, NSEC_PER_MSEC)) ||
	    put_u64(skb, SIPFAST_A_SOURCE_PACKETS, atomic_long_read(&source->packets)) ||
	    (source->observed && nla_put_flag(skb, SIPFAST_A_SOURCE_OBSERVED)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int sf_nl_source_get(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sf_source *source = NULL;
	struct source_request req;
	struct sk_buff *reply;
	struct sf_addr addr;
	struct sf_sip *sip;
	u64 now;
	void *hdr;
	int err;

	err = read_source(info, &req);
	if (err)
		return err;
	if (req.tb[SIPFAST_A_SOURCE_CLASS]) {
		NL_SET_ERR_MSG_ATTR(info->extack, req.tb[SIPFAST_A_SOURCE_CLASS],
				    "A class selects what is dumped, not one source");
		return -EINVAL;
	}
	reply = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_put_reply(reply, info, &sf_genl_family, 0, SIPFAST_CMD_SOURCE_GET);
	addr = (struct sf_addr){ .ip = req.key.ip, .port = req.key.port };
	rcu_read_lock();
	sip = sf_sip(sn);
	now = ktime_get_ns();
	if (sip)
		source = sf_source_lookup(&sip->sources, &addr);
	if (source)
		err = hdr ? put_source(reply, source, now) : -EMSGSIZE;
	rcu_read_unlock();
	if (!source) {
		NL_SET_ERR_MSG(info->extack, "The source is unknown");
		err = -ENOENT;
	}
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

static int dump_one(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct sf_source *source, u64 now)
{
	void *hdr = sf_nl_dump_put(skb, cb, SIPFAST_CMD_SOURCE_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (put_source(skb, source, now)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/* A dump on its way; the walk is known to the table until it ends. */
struct walk {
	struct rhashtable_iter iter;
	u8 class;
};

int sf_nl_source_dump_start(struct netlink_callback *cb)
{
	struct sf_net *sn = sf_net(sock_net(cb->skb->sk));
	struct sf_sip *sip;
	struct walk *walk;

	rcu_read_lock();
	sip = sf_sip(sn);
	rcu_read_unlock();
	/* It lives as long as the namespace, which the socket holds. */
	if (!sip)
		return 0;
	walk = kzalloc(sizeof(*walk), GFP_KERNEL);
	if (!walk)
		return -ENOMEM;
	walk->class = read_class(sf_dump_attrs(cb));
	rhashtable_walk_enter(&sip->sources.table, &walk->iter);
	cb->args[0] = (long)walk;
	return 0;
}

int sf_nl_source_dump_done(struct netlink_callback *cb)
{
	struct walk *walk = (struct walk *)cb->args[0];

	if (walk) {
		rhashtable_walk_exit(&walk->iter);
		kfree(walk);
	}
	return 0;
}

static bool is_wanted(const struct sf_source *source, u8 class)
{
	return (class == SIPFAST_CLASS_UNKNOWN || source->class == class) &&
	       !sf_source_has_expired(source);
}

int sf_nl_source_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct walk *walk = (struct walk *)cb->args[0];
	u64 now = ktime_get_ns();
	struct sf_source *source;

	if (!walk)
		return 0;
	rhashtable_walk_start(&walk->iter);
	/* What does not fit any more is where the next part begins. */
	while ((source = rhashtable_walk_peek(&walk->iter))) {
		/* When the table is resized, some come again. */
		if (!IS_ERR(source) && is_wanted(source, walk->class) &&
		    dump_one(skb, cb, source, now))
			break;
		rhashtable_walk_next(&walk->iter);
	}
	rhashtable_walk_stop(&walk->iter);
	return skb->len;
}
