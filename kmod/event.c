// SPDX-License-Identifier: GPL-2.0
/* Multicast events: built only for listeners, and not without limit. */
#include "event.h"

#include "netlink.h"
#include "verdict.h"

/* Groups lose their number with the family, and packets may come until after that. */
static bool running;

void sf_event_start(void)
{
	WRITE_ONCE(running, true);
}

void sf_event_stop(void)
{
	WRITE_ONCE(running, false);
	synchronize_rcu();
}

/* Called with RCU read lock held, which is kept until the event is sent. */
static bool is_wanted(struct sf_net *sn)
{
	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "event without RCU read lock");
	if (!READ_ONCE(running) || !genl_has_listeners(&sf_genl_family, sn->net, SF_MCGRP_MEDIA))
		return false;
	if (!__ratelimit(&sn->event_limit)) {
		sf_count(sn, SF_EVENT_LOST);
		return false;
	}
	return true;
}

static struct sk_buff *event_alloc(size_t size, u8 cmd, void **hdr)
{
	struct sk_buff *skb = genlmsg_new(size, GFP_ATOMIC);

	if (skb)
		*hdr = genlmsg_put(skb, 0, 0, &sf_genl_family, 0, cmd);
	return skb;
}

static void event_send(struct sf_net *sn, struct sk_buff *skb, void *hdr)
{
	genlmsg_end(skb, hdr);
	genlmsg_multicast_netns(&sf_genl_family, sn->net, skb, 0, SF_MCGRP_MEDIA, GFP_ATOMIC);
}

static int put_learned(struct sk_buff *skb, const struct sf_endpoint *ep,
		       const struct sf_addr *remote)
{
	struct nlattr *session, *endpoint;

	session = nla_nest_start(skb, SIPFAST_A_SESSION);
	if (!session ||
	    nla_put_u64_64bit(skb, SIPFAST_A_SESSION_ID, ep->session->id,
			      SIPFAST_A_SESSION_PAD) ||
	    nla_put_u32(skb, SIPFAST_A_SESSION_OWNER, ep->session->owner))
		return -EMSGSIZE;
	endpoint = nla_nest_start(skb, SIPFAST_A_SESSION_ENDPOINT);
	if (!endpoint ||
	    nla_put_u32(skb, SIPFAST_A_ENDPOINT_ID, ep->id) ||
	    sf_nl_put_ip(skb, SIPFAST_A_ENDPOINT_REMOTE_ADDR4, SIPFAST_A_ENDPOINT_REMOTE_ADDR6,
			 &remote->ip) ||
	    nla_put_be16(skb, SIPFAST_A_ENDPOINT_REMOTE_PORT, remote->port))
		return -EMSGSIZE;
	nla_nest_end(skb, endpoint);
	nla_nest_end(skb, session);
	return 0;
}

void sf_event_learned(struct sf_net *sn, const struct sf_endpoint *ep,
		      const struct sf_addr *remote)
{
	struct sk_buff *skb;
	void *hdr;

	if (!is_wanted(sn))
		return;
	skb = event_alloc(128, SIPFAST_CMD_EVENT_LEARNED, &hdr);
	if (!skb || !hdr || put_learned(skb, ep, remote)) {
		nlmsg_free(skb);
		sf_count(sn, SF_EVENT_LOST);
		return;
	}
	event_send(sn, skb, hdr);
}

void sf_event_timeout(const struct sf_session *s)
{
	struct sf_net *sn = s->sn;
	unsigned int place = 0;
	struct sk_buff *skb;
	void *hdr;

	lockdep_assert_held(&sn->lock);
	rcu_read_lock();
	if (!is_wanted(sn))
		goto unlock;
	skb = event_alloc(sf_session_size(s), SIPFAST_CMD_EVENT_TIMEOUT, &hdr);
	if (!skb || !hdr || sf_put_session(skb, s, &place)) {
		nlmsg_free(skb);
		sf_count(sn, SF_EVENT_LOST);
		goto unlock;
	}
	event_send(sn, skb, hdr);
unlock:
	rcu_read_unlock();
}
