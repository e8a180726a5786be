// SPDX-License-Identifier: GPL-2.0
#include "connect.h"

#include "inspect.h"
#include "listener.h"

unsigned int sf_connect(struct sf_net *sn, struct sk_buff *skb, const struct sf_pkt *pkt,
			const struct in6_addr *dst)
{
	struct sf_segment segment = { .src.ip = pkt->src.ip, .dst.ip = *dst };
	struct sf_listener *listener;
	const struct sf_addr *to = &segment.dst;

	if (!sf_segment_read(skb, pkt->payload, pkt->end, &segment) ||
	    !sf_connect_is_near(sn, to->port))
		return NF_ACCEPT;
	listener = sf_listener_lookup(sn, &to->ip, to->port, SIPFAST_TRANSPORT_TCP) ?:
		   sf_listener_lookup(sn, &to->ip, to->port, SIPFAST_TRANSPORT_TLS);
	return listener ? sf_inspect_segment(listener, skb, &segment) : NF_ACCEPT;
}
