// SPDX-License-Identifier: GPL-2.0
/* Multicast events: built only for listeners, and not without limit. */
#include "event.h"

#include "fill.h"
#include "netlink.h"
#include "verdict.h"

/* Most events that packets for one endpoint cause in a second, which is one of 2^30 ns. */
#define EVENTS_PER_SECOND	20
#define SECOND_BITS		30

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

bool sf_event_is_heard(const struct sf_net *sn, unsigned int group)
{
	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "event without RCU read lock");
	return READ_ONCE(running) && genl_has_listeners(&sf_genl_family, sn->net, group);
}

static bool is_heard(const struct sf_net *sn)
{
	return sf_event_is_heard(sn, SF_MCGRP_MEDIA);
}

static bool is_wanted(struct sf_net *sn)
{
	if (!is_heard(sn))
		return false;
	if (!__ratelimit(&sn->event_limit)) {
		sf_count(sn, SF_EVENT_LOST);
		return false;
	}
	return true;
}

/* The limit of what packets can cause, so that those for one endpoint use up not all. */
static bool is_wanted_of(struct sf_net *sn, struct sf_endpoint *ep)
{
	u32 second = ktime_get_ns() >> SECOND_BITS;
	struct sf_limit *limit = &ep->rx.limit;
	bool exceeded;

	if (!is_heard(sn))
		return false;
	spin_lock(&ep->rx.lock);
	if (limit->second != second)
		*limit = (struct sf_limit){ .second = second };
	exceeded = limit->n >= EVENTS_PER_SECOND;
	if (!exceeded)
		limit->n++;
	spin_unlock(&ep->rx.lock);
	if (exceeded) {
		sf_count(sn, SF_EVENT_LOST);
		return false;
	}
	return is_wanted(sn);
}

struct sk_buff *sf_event_alloc(size_t size, u8 cmd, void **hdr)
{
	struct sk_buff *skb = genlmsg_new(size, GFP_ATOMIC);

	if (!skb)
		return NULL;
	*hdr = genlmsg_put(skb, 0, 0, &sf_genl_family, 0, cmd);
	if (*hdr)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

void sf_event_send(struct sf_net *sn, unsigned int group, struct sk_buff *skb, void *hdr)
{
	genlmsg_end(skb, hdr);
	genlmsg_multicast_netns(&sf_genl_family, sn->net, skb, 0, group, GFP_ATOMIC);
}

/* An event about an endpoint while it is written. */
struct event {
	struct sk_buff *skb;
	void *hdr;
	struct nlattr *session;
	struct nlattr *endpoint;
};

/* Octets beside RX that any event about an endpoint fits in. */
#define EVENT_SIZE	192

static int event_begin(struct event *e, const struct sf_endpoint *ep, u8 cmd)
{
	e->skb = sf_event_alloc(EVENT_SIZE + sf_rx_size(), cmd, &e->hdr);
	if (!e->skb)
		return -ENOMEM;
	e->session = nla_nest_start(e->skb, SIPFAST_A_SESSION);
	if (!e->session ||
	    nla_put_u64_64bit(e->skb, SIPFAST_A_SESSION_ID, ep->session->id,
			      SIPFAST_A_SESSION_PAD) ||
	    nla_put_u32(e->skb, SIPFAST_A_SESSION_OWNER, ep->session->owner))
		return -EMSGSIZE;
	e->endpoint = nla_nest_start(e->skb, SIPFAST_A_SESSION_ENDPOINT);
	if (!e->endpoint)
		return -EMSGSIZE;
	return nla_put_u32(e->skb, SIPFAST_A_ENDPOINT_ID, ep->id);
}

/* @err: of writing it */
static void event_end(struct event *e, struct sf_net *sn, int err)
{
	if (err) {
		nlmsg_free(e->skb);
		sf_count(sn, SF_EVENT_LOST);
		return;
	}
	nla_nest_end(e->skb, e->endpoint);
	nla_nest_end(e->skb, e->session);
	sf_event_send(sn, SF_MCGRP_MEDIA, e->skb, e->hdr);
}

static int put_addr(struct sk_buff *skb, const struct sf_addr *addr, int type4, int type6,
		    int port_type)
{
	return sf_nl_put_ip(skb, type4, type6, &addr->ip) ?:
	       nla_put_be16(skb, port_type, addr->port);
}

void sf_event_learned(struct sf_net *sn, struct sf_endpoint *ep, const struct sf_addr *remote)
{
	struct event e;

	if (!is_wanted_of(sn, ep))
		return;
	event_end(&e, sn, event_begin(&e, ep, SIPFAST_CMD_EVENT_LEARNED) ?:
		  put_addr(e.skb, remote, SIPFAST_A_ENDPOINT_REMOTE_ADDR4,
			   SIPFAST_A_ENDPOINT_REMOTE_ADDR6, SIPFAST_A_ENDPOINT_REMOTE_PORT));
}

void sf_event_inactive(struct sf_net *sn, const struct sf_endpoint_conf *c)
{
	struct event e;

	if (!is_wanted(sn))
		return;
	event_end(&e, sn, event_begin(&e, c->ep, SIPFAST_CMD_EVENT_INACTIVE) ?:
		  sf_put_rx(e.skb, c));
}

void sf_event_resumed(struct sf_net *sn, const struct sf_endpoint_conf *c, u64 gap_ns)
{
	struct event e;

	if (!is_wanted_of(sn, c->ep))
		return;
	event_end(&e, sn, event_begin(&e, c->ep, SIPFAST_CMD_EVENT_RESUMED) ?:
		  nla_put_u64_64bit(e.skb, SIPFAST_A_ENDPOINT_GAP_MS,
				    div_u64(gap_ns, NSEC_PER_MSEC), SIPFAST_A_ENDPOINT_PAD) ?:
		  sf_put_rx(e.skb, c));
}

void sf_event_ssrc(struct sf_net *sn, const struct sf_endpoint_conf *c, u32 old_ssrc)
{
	struct event e;

	if (!is_wanted_of(sn, c->ep))
		return;
	event_end(&e, sn, event_begin(&e, c->ep, SIPFAST_CMD_EVENT_SSRC) ?:
		  nla_put_u32(e.skb, SIPFAST_A_ENDPOINT_OLD_SSRC, old_ssrc) ?:
		  sf_put_rx(e.skb, c));
}

void sf_event_rejected(struct sf_net *sn, struct sf_endpoint *ep, const struct sf_addr *src)
{
	struct event e;

	if (!is_wanted(sn))
		return;
	event_end(&e, sn, event_begin(&e, ep, SIPFAST_CMD_EVENT_REJECTED) ?:
		  put_addr(e.skb, src, SIPFAST_A_ENDPOINT_REJECTED_ADDR4,
			   SIPFAST_A_ENDPOINT_REJECTED_ADDR6, SIPFAST_A_ENDPOINT_REJECTED_PORT));
}

static int put_dtmf(struct sk_buff *skb, const struct dtmf_event *dtmf, u32 clock_rate)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_ENDPOINT_DTMF);

	if (!nest ||
	    nla_put_u8(skb, SIPFAST_A_DTMF_EVENT, dtmf->event) ||
	    nla_put_u8(skb, SIPFAST_A_DTMF_VOLUME, dtmf->volume) ||
	    nla_put_u32(skb, SIPFAST_A_DTMF_DURATION_MS,
			(u64)dtmf->duration * MSEC_PER_SEC / clock_rate))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

void sf_event_dtmf(struct sf_net *sn, struct sf_endpoint *ep, const struct dtmf_event *dtmf,
		   u32 clock_rate)
{
	struct event e;

	if (!is_wanted_of(sn, ep))
		return;
	event_end(&e, sn, event_begin(&e, ep, SIPFAST_CMD_EVENT_DTMF) ?:
		  put_dtmf(e.skb, dtmf, clock_rate));
}

static int put_icmp(struct sk_buff *skb, u8 type, u8 code, u32 mtu)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_ENDPOINT_ICMP);

	if (!nest ||
	    nla_put_u8(skb, SIPFAST_A_ICMP_TYPE, type) ||
	    nla_put_u8(skb, SIPFAST_A_ICMP_CODE, code) ||
	    (mtu && nla_put_u32(skb, SIPFAST_A_ICMP_MTU, mtu)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

void sf_event_icmp(struct sf_net *sn, struct sf_endpoint *ep, u8 type, u8 code, u32 mtu)
{
	struct sf_tx *tx = &ep->tx;
	struct event e;
	bool too_soon;
	u64 now;

	spin_lock(&tx->lock);
	now = ktime_get_ns();
	too_soon = tx->icmp_told && now - tx->icmp_told < NSEC_PER_SEC;
	if (!too_soon)
		tx->icmp_told = now;
	spin_unlock(&tx->lock);
	if (too_soon || !is_wanted(sn))
		return;
	event_end(&e, sn, event_begin(&e, ep, SIPFAST_CMD_EVENT_ICMP) ?:
		  put_icmp(e.skb, type, code, mtu));
}

void sf_event_timeout(const struct sf_session *s)
{
	struct sf_net *sn = s->sn;
	unsigned int place = 0;
	struct sk_buff *skb;
	void *hdr;

	lockdep_assert_held(&sn->lock);
	rcu_read_lock();
	/* Without a limit: it is one of each session. */
	if (!is_heard(sn))
		goto unlock;
	skb = sf_event_alloc(sf_session_size(s), SIPFAST_CMD_EVENT_TIMEOUT, &hdr);
	if (!skb || sf_put_session(skb, s, &place)) {
		nlmsg_free(skb);
		sf_count(sn, SF_EVENT_LOST);
		/* Who hears that he has missed something looks what there is. */
		genl_set_err(&sf_genl_family, sn->net, 0, SF_MCGRP_MEDIA, -ENOBUFS);
		goto unlock;
	}
	sf_event_send(sn, SF_MCGRP_MEDIA, skb, hdr);
unlock:
	rcu_read_unlock();
}
