/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_QUICK_H
#define SF_QUICK_H

#include "range.h"

/*
 * Takes a packet for a port of @range that sf_pkt_is_plain4() and sf_pkt_is_good4() say yes to:
 * one datagram, not shared. As sf_receive(), which it asks when the packet is not as most are.
 */
unsigned int sf_quick4(struct sf_net *sn, struct sf_range *range, struct sk_buff *skb);

#endif /* SF_QUICK_H */
