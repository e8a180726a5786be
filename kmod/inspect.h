/* SPDX-License-Identifier: GPL-2.0 */
/* The SIP path: from a packet for a listener to its verdict. */
#ifndef SF_INSPECT_H
#define SF_INSPECT_H

#include <linux/skbuff.h>

#include "listener.h"
#include "pkt.h"

/*
 * NF_ACCEPT, with the worker's mark, or NF_DROP. @skb is one UDP packet, read into @pkt, and not
 * shared. Called with RCU read lock held and bottom halves disabled.
 */
unsigned int sf_inspect(struct sf_listener *listener, const struct sf_pkt *pkt,
			struct sk_buff *skb);

/*
 * The same of a TCP segment from @src, of which only those that begin a connection are limited, and
 * counted unless they are from a banned source.
 */
unsigned int sf_inspect_connect(struct sf_listener *listener, const struct sf_addr *src,
				bool begins);

#endif /* SF_INSPECT_H */
