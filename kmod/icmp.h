/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_ICMP_H
#define SF_ICMP_H

#include <linux/skbuff.h>

#include "net.h"

/*
 * Looks at ICMP or ICMPv6 on its way up, which is left as it is. If it is an error about what
 * an endpoint sent to its remote, the endpoint counts it, and a smaller path MTU is handed to
 * routing. @skb is not shared, its data is at the IP header. Called with RCU read lock held and
 * bottom halves disabled.
 */
void sf_icmp(struct sf_net *sn, struct sk_buff *skb);

#endif /* SF_ICMP_H */
