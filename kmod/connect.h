/* SPDX-License-Identifier: GPL-2.0 */
/* TCP for listeners: of TCP, or of TLS, of which only who connects is looked at. */
#ifndef SF_CONNECT_H
#define SF_CONNECT_H

#include <linux/skbuff.h>

#include "net.h"
#include "pkt.h"

/* Could it be TCP for a listener? @port: of the destination */
static inline bool sf_connect_is_near(const struct sf_net *sn, __be16 port)
{
	return READ_ONCE(sn->nconnect) && test_bit((__force u16)port, sn->ports);
}

/*
 * NF_ACCEPT or NF_DROP for what sf_pkt_read() says is TCP for @dst. Called with RCU read lock held
 * and bottom halves disabled.
 */
unsigned int sf_connect(struct sf_net *sn, struct sk_buff *skb, const struct sf_pkt *pkt,
			const struct in6_addr *dst);

#endif /* SF_CONNECT_H */
