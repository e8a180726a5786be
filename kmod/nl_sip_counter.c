// SPDX-License-Identifier: GPL-2.0
/* Counters of SIP. */
#include "netlink.h"
#include "nl_sip.h"

static int put_cell(struct sk_buff *skb, const struct sf_sip_cell *cell, u64 value)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_SIP_COUNTER);

	if (!nest ||
	    nla_put_u8(skb, SIPFAST_A_SIP_COUNTER_KIND, cell->kind) ||
	    nla_put_u8(skb, SIPFAST_A_SIP_COUNTER_CLASS, cell->class) ||
	    nla_put_u8(skb, SIPFAST_A_SIP_COUNTER_VERDICT, cell->verdict) ||
	    (cell->observed && nla_put_flag(skb, SIPFAST_A_SIP_COUNTER_OBSERVED)) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_SIP_COUNTER_VALUE, value,
			      SIPFAST_A_SIP_COUNTER_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int sf_nl_sip_counter_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct sf_net *sn = sf_net(sock_net(skb->sk));
	struct sf_sip_cell cell;
	struct sf_sip *sip;
	u64 value;
	void *hdr;

	rcu_read_lock();
	sip = sf_sip(sn);
	for (; sip && cb->args[0] < SF_SIP_CELLS; cb->args[0]++) {
		value = sf_sip_stats_get(sip->stats, cb->args[0], &cell);
		if (!value)
			continue;
		hdr = sf_nl_dump_put(skb, cb, SIPFAST_CMD_SIP_COUNTER_GET);
		if (!hdr)
			break;
		if (put_cell(skb, &cell, value)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
	}
	rcu_read_unlock();
	return skb->len;
}
