/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel sends of sessions. */
#ifndef SF_FILL_H
#define SF_FILL_H

#include <linux/ktime.h>
#include <net/netlink.h>

#include "session.h"

#define SF_SIZE_U8	nla_total_size(sizeof(u8))
#define SF_SIZE_U16	nla_total_size(sizeof(u16))
#define SF_SIZE_U32	nla_total_size(sizeof(u32))
#define SF_SIZE_U64	nla_total_size_64bit(sizeof(u64))
#define SF_SIZE_IP	nla_total_size(sizeof(struct in6_addr))

/* Octets that sf_put_session() may need for the whole of @s. Called with &sf_net.lock held. */
size_t sf_session_size(const struct sf_session *s);

/*
 * Writes SESSION with the endpoints from place @place on. -EMSGSIZE when not all fit; then
 * @place is where to go on, and if it has not moved nothing was written. Called with
 * &sf_net.lock held.
 */
int sf_put_session(struct sk_buff *skb, const struct sf_session *s, unsigned int *place);

/* The same for BRIEF, always whole. */
size_t sf_session_brief_size(const struct sf_session *s);
int sf_put_session_brief(struct sk_buff *skb, const struct sf_session *s);

/* Writes REMOTE, if there is one, and LEARNED. -EMSGSIZE */
int sf_put_remote(struct sk_buff *skb, const struct sf_endpoint_conf *c);

/* Octets that RX and TX may need, and writing them. -EMSGSIZE */
size_t sf_rx_size(void);
size_t sf_tx_size(void);
int sf_put_rx(struct sk_buff *skb, const struct sf_endpoint_conf *c);
int sf_put_tx(struct sk_buff *skb, struct sf_endpoint *ep);

/* @then: ns of ktime_get() */
static inline u64 sf_ms_since(u64 then)
{
	return div_u64(ktime_get_ns() - then, NSEC_PER_MSEC);
}

#endif /* SF_FILL_H */
