/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_EVENT_H
#define SF_EVENT_H

#include "session.h"

/*
 * Events; the ABI says what each means. Called with RCU read lock and no other lock held, which
 * the packet path does, and with bottom halves disabled.
 */
void sf_event_learned(struct sf_net *sn, struct sf_endpoint *ep, const struct sf_addr *remote);
void sf_event_inactive(struct sf_net *sn, const struct sf_endpoint_conf *c);
void sf_event_resumed(struct sf_net *sn, const struct sf_endpoint_conf *c, u64 gap_ns);
void sf_event_ssrc(struct sf_net *sn, const struct sf_endpoint_conf *c, u32 old_ssrc);
/* To be called at most once in a second for an endpoint. */
void sf_event_rejected(struct sf_net *sn, struct sf_endpoint *ep, const struct sf_addr *src);
/* @clock_rate: Hz, not 0 */
void sf_event_dtmf(struct sf_net *sn, struct sf_endpoint *ep, const struct dtmf_event *dtmf,
		   u32 clock_rate);
/* Sees to its limit itself. @mtu: 0: not what it is about */
void sf_event_icmp(struct sf_net *sn, struct sf_endpoint *ep, u8 type, u8 code, u32 mtu);

/* Called with &sf_net.lock held. */
void sf_event_timeout(const struct sf_session *s);

/*
 * What events are made of. Is one for multicast group @group wanted? Called with RCU read lock
 * held, which is kept until it is sent. sf_event_alloc() is NULL without memory.
 */
bool sf_event_is_heard(const struct sf_net *sn, unsigned int group);
struct sk_buff *sf_event_alloc(size_t size, u8 cmd, void **hdr);
void sf_event_send(struct sf_net *sn, unsigned int group, struct sk_buff *skb, void *hdr);

/* No event is sent before the first and after the second, which sleeps. */
void sf_event_start(void);
void sf_event_stop(void);

#endif /* SF_EVENT_H */
