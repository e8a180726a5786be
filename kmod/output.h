/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_OUTPUT_H
#define SF_OUTPUT_H

#include <linux/skbuff.h>
#include <net/dst.h>

/*
 * Sends an IP packet to where @dst leads, in fragments when it is bigger than the path takes,
 * and consumes it. -EHOSTUNREACH when there can be no neighbour, -ENOMEM and others when it
 * could not be fragmented. Called with RCU read lock held and bottom halves disabled.
 */
int sf_output(struct net *net, struct dst_entry *dst, struct sk_buff *skb);

#endif /* SF_OUTPUT_H */
