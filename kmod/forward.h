/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_FORWARD_H
#define SF_FORWARD_H

#include "pkt.h"
#include "session.h"

/*
 * Sends what @from received out of each endpoint that it forwards to, at least one, and
 * counts each copy. Consumes @skb. Called with RCU read lock held and bottom halves disabled.
 */
void sf_forward(const struct sf_net *sn, const struct sf_conf *conf,
		const struct sf_endpoint_conf *from, const struct sf_pkt *pkt,
		struct sk_buff *skb);

#endif /* SF_FORWARD_H */
