/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What becomes of a packet that is addressed to a media range. There is no way to
 * dispose of one without naming the counter that tells.
 */
#ifndef SF_VERDICT_H
#define SF_VERDICT_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

#include "net.h"

static inline void sf_count(const struct sf_net *sn, enum sf_counter counter)
{
	this_cpu_inc(sn->stats->value[counter]);
}

static inline unsigned int sf_drop(const struct sf_net *sn, enum sf_counter counter)
{
	sf_count(sn, counter);
	return NF_DROP;
}

static inline unsigned int sf_consume(const struct sf_net *sn, enum sf_counter counter,
				      struct sk_buff *skb)
{
	sf_count(sn, counter);
	consume_skb(skb);
	return NF_STOLEN;
}

static inline unsigned int sf_pass(const struct sf_net *sn, enum sf_counter counter)
{
	sf_count(sn, counter);
	return NF_ACCEPT;
}

#endif /* SF_VERDICT_H */
