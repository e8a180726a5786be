/* SPDX-License-Identifier: GPL-2.0 */
/* The SIP path: from a packet for a listener to its verdict. */
#ifndef SF_INSPECT_H
#define SF_INSPECT_H

#include <linux/skbuff.h>

#include "listener.h"
#include "message.h"
#include "pkt.h"
#include "segment.h"

/*
 * NF_ACCEPT, with the worker's mark, or NF_DROP. @skb is one UDP packet, read into @pkt, and not
 * shared. @pkt is NULL: sf_pkt_is_plain4() and sf_pkt_is_good4() have said yes. Called with RCU
 * read lock held and bottom halves disabled.
 */
unsigned int sf_inspect(struct sf_listener *listener, const struct sf_pkt *pkt,
			struct sk_buff *skb);

/*
 * The same of a TCP segment: what begins a connection is limited, and what is said on one of
 * SIPFAST_TRANSPORT_TCP goes to sf_stream_receive(). @skb may be changed.
 */
unsigned int sf_inspect_segment(struct sf_listener *listener, struct sk_buff *skb,
				struct sf_segment *segment);

/*
 * Parts of the above for messages of a stream. @m was made by sf_inspect_segment() and filled by
 * sf_message_take().
 */
enum sipfast_verdict sf_inspect_judge(struct sf_message *m, bool is_keepalive);
/* Of what cannot be read: only the limits of @group. */
enum sipfast_verdict sf_inspect_unread(struct sf_message *m, enum sipfast_group group);
/* Counts it; true: it must not go on. */
bool sf_inspect_conclude(const struct sf_message *m, enum sipfast_verdict verdict);

#endif /* SF_INSPECT_H */
