// SPDX-License-Identifier: GPL-2.0
/* Status and counters of a namespace. */
#include <linux/rtnetlink.h>

#include "device.h"
#include "netlink.h"

/* Devices of a namespace that are told; there may be thousands. */
#define MAX_DEVICES		256

/* RTNL keeps the names of the devices as they are. */
static int put_devices(struct sk_buff *skb, struct sf_net *sn)
{
	struct sf_device *device;
	unsigned long index;
	unsigned int n = 0;

	ASSERT_RTNL();
	xa_for_each(&sn->devices, index, device) {
		if (n++ == MAX_DEVICES)
			break;
		if (nla_put_string(skb, SIPFAST_A_STATUS_DEVICE, device->ops.dev->name))
			return -EMSGSIZE;
	}
	return 0;
}

static int put_status(struct sk_buff *skb, struct sf_net *sn)
{
	if (nla_put_string(skb, SIPFAST_A_STATUS_VERSION, SIPFAST_VERSION) ||
	    nla_put_u32(skb, SIPFAST_A_STATUS_RANGES, sn->nranges) ||
	    nla_put_u32(skb, SIPFAST_A_STATUS_SESSIONS, sn->nsessions) ||
	    nla_put_u32(skb, SIPFAST_A_STATUS_ENDPOINTS, sn->nendpoints) ||
	    (sn->at_prerouting && nla_put_flag(skb, SIPFAST_A_STATUS_PREROUTING)))
		return -EMSGSIZE;
	return put_devices(skb, sn);
}

int sf_nl_status_get(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sk_buff *reply;
	struct nlattr *nest;
	void *hdr;
	int err;

	reply = genlmsg_new(NLMSG_DEFAULT_SIZE + MAX_DEVICES * nla_total_size(IFNAMSIZ),
			    GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_put_reply(reply, info, &sf_genl_family, 0, SIPFAST_CMD_STATUS_GET);
	if (!hdr)
		goto err;
	nest = nla_nest_start(reply, SIPFAST_A_STATUS);
	if (!nest)
		goto err;
	rtnl_lock();
	mutex_lock(&sn->lock);
	err = put_status(reply, sn);
	mutex_unlock(&sn->lock);
	rtnl_unlock();
	if (err)
		goto err;
	nla_nest_end(reply, nest);
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);

err:
	nlmsg_free(reply);
	return -EMSGSIZE;
}

static int put_counter(struct sk_buff *skb, const struct sf_net *sn, enum sf_counter counter)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_COUNTER);

	if (!nest ||
	    nla_put_string(skb, SIPFAST_A_COUNTER_NAME, sf_stats_name(counter)) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_COUNTER_VALUE, sf_stats_sum(sn->stats, counter),
			      SIPFAST_A_COUNTER_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int sf_nl_counter_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct sf_net *sn = sf_net(sock_net(skb->sk));
	void *hdr;

	for (; cb->args[0] < SF_COUNTER_N; cb->args[0]++) {
		hdr = sf_nl_dump_put(skb, cb, SIPFAST_CMD_COUNTER_GET);
		if (!hdr)
			break;
		if (put_counter(skb, sn, cb->args[0])) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
	}
	return skb->len;
}
