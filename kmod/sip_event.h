/* SPDX-License-Identifier: GPL-2.0 */
/* Events about SIP; the ABI says what each means. Called from packets, with RCU read lock held. */
#ifndef SF_SIP_EVENT_H
#define SF_SIP_EVENT_H

#include "listener.h"
#include "sip.h"

void sf_sip_event_ban(struct sf_sip *sip, const struct sf_source_spec *spec);
void sf_sip_event_overload(struct sf_listener *listener);
void sf_sip_event_rule(struct sf_sip *sip, const struct sf_rule *rule, const struct sf_addr *src);
/* The message has @len octets from @offset of @skb. */
void sf_sip_event_malformed(struct sf_sip *sip, const struct sf_addr *src,
			    const struct sk_buff *skb, unsigned int offset, unsigned int len);

#endif /* SF_SIP_EVENT_H */
