/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_RECEIVE_H
#define SF_RECEIVE_H

#include "pkt.h"
#include "range.h"

/*
 * Takes a packet for a port of @range, which @pkt describes: one datagram, not shared. Returns
 * a netfilter verdict. Called with RCU read lock held and bottom halves disabled.
 */
unsigned int sf_receive(struct sf_net *sn, struct sf_range *range, struct sf_pkt *pkt,
			struct sk_buff *skb);

#endif /* SF_RECEIVE_H */
