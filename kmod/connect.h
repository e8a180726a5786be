/* SPDX-License-Identifier: GPL-2.0 */
/* Who may connect to a listener of TCP or TLS. What is said on connections is not looked at. */
#ifndef SF_CONNECT_H
#define SF_CONNECT_H

#include <linux/skbuff.h>

#include "net.h"

/* Could it be TCP for a listener? @port: of the destination */
static inline bool sf_connect_is_near(const struct sf_net *sn, __be16 port)
{
	return READ_ONCE(sn->nconnect) && test_bit((__force u16)port, sn->ports);
}

/*
 * NF_ACCEPT or NF_DROP for an skb whose data starts at an IP header with TCP behind it. Called with
 * RCU read lock held and bottom halves disabled.
 */
unsigned int sf_connect(struct sf_net *sn, const struct sk_buff *skb);

#endif /* SF_CONNECT_H */
