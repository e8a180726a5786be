/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_RECEIVE_H
#define SF_RECEIVE_H

#include "range.h"

/*
 * Takes a packet for a port of @range: no GSO, data at the IP header. Returns a netfilter
 * verdict. Called with RCU read lock held and bottom halves disabled.
 */
unsigned int sf_receive(struct sf_net *sn, struct sf_range *range, struct sk_buff *skb);

#endif /* SF_RECEIVE_H */
