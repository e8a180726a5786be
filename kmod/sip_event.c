// SPDX-License-Identifier: GPL-2.0
#include "sip_event.h"

#include "event.h"
#include "netlink.h"
#include "verdict.h"

/* Octets of any event but for a sample. */
#define EVENT_SIZE	256

/* An event while it is written. */
struct event {
	struct sf_sip *sip;
	struct sk_buff *skb;
	void *hdr;
};

static bool begin(struct event *e, struct sf_sip *sip, enum sf_sip_event kind, u8 cmd)
{
	e->sip = sip;
	if (!sf_event_is_heard(sip->sn, SF_MCGRP_SIP))
		return false;
	if (__ratelimit(&sip->events[kind])) {
		e->skb = sf_event_alloc(EVENT_SIZE + SIPFAST_MAX_SAMPLE, cmd, &e->hdr);
		if (e->skb)
			return true;
	}
	sf_count(sip->sn, SF_EVENT_LOST);
	return false;
}

/* @err: of writing it */
static void end(struct event *e, int err)
{
	if (err) {
		nlmsg_free(e->skb);
		sf_count(e->sip->sn, SF_EVENT_LOST);
	} else {
		sf_event_send(e->sip->sn, SF_MCGRP_SIP, e->skb, e->hdr);
	}
}

static int put_host(struct sk_buff *skb, const struct sf_addr *addr)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_SOURCE);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = sf_nl_put_ip(skb, SIPFAST_A_SOURCE_ADDR4, SIPFAST_A_SOURCE_ADDR6, &addr->ip) ?:
	      nla_put_be16(skb, SIPFAST_A_SOURCE_PORT, addr->port);
	nla_nest_end(skb, nest);
	return err;
}

static int put_ban(struct sk_buff *skb, const struct sf_source_spec *spec)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_SOURCE);
	const struct sf_source_key *key = &spec->key;

	if (!nest ||
	    sf_nl_put_ip(skb, SIPFAST_A_SOURCE_ADDR4, SIPFAST_A_SOURCE_ADDR6, &key->ip) ||
	    (key->port && nla_put_be16(skb, SIPFAST_A_SOURCE_PORT, key->port)) ||
	    nla_put_u8(skb, SIPFAST_A_SOURCE_CLASS, spec->class) ||
	    nla_put_u64_64bit(skb, SIPFAST_A_SOURCE_EXPIRES_MS, spec->lifetime_ms,
			      SIPFAST_A_SOURCE_PAD) ||
	    nla_put_string(skb, SIPFAST_A_SOURCE_REASON, spec->reason) ||
	    nla_put_flag(skb, SIPFAST_A_SOURCE_BY_KERNEL) ||
	    (spec->observed && nla_put_flag(skb, SIPFAST_A_SOURCE_OBSERVED)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

void sf_sip_event_ban(struct sf_sip *sip, const struct sf_source_spec *spec)
{
	struct event e;

	if (begin(&e, sip, SF_SIP_EVENT_BAN, SIPFAST_CMD_EVENT_BAN))
		end(&e, put_ban(e.skb, spec));
}

static int put_overload(struct sk_buff *skb, const struct sf_listener *listener)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_LISTENER);

	if (!nest ||
	    sf_nl_put_ip(skb, SIPFAST_A_LISTENER_ADDR4, SIPFAST_A_LISTENER_ADDR6,
			 &listener->local.ip) ||
	    nla_put_be16(skb, SIPFAST_A_LISTENER_PORT, listener->local.port) ||
	    nla_put_u8(skb, SIPFAST_A_LISTENER_TRANSPORT, listener->transport) ||
	    nla_put_u8(skb, SIPFAST_A_LISTENER_LEVEL, READ_ONCE(listener->level)) ||
	    nla_put_u8(skb, SIPFAST_A_LISTENER_QUEUE, READ_ONCE(listener->queue)) ||
	    nla_put_u8(skb, SIPFAST_A_LISTENER_LOAD, READ_ONCE(listener->load)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

void sf_sip_event_overload(struct sf_listener *listener)
{
	struct event e;

	if (begin(&e, listener->sip, SF_SIP_EVENT_OVERLOAD, SIPFAST_CMD_EVENT_OVERLOAD))
		end(&e, put_overload(e.skb, listener));
}

static int put_rule(struct sk_buff *skb, const struct sf_rule *rule)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_RULE);

	if (!nest ||
	    nla_put_u32(skb, SIPFAST_A_RULE_ID, rule->id) ||
	    nla_put_u8(skb, SIPFAST_A_RULE_ACTION, rule->action))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

void sf_sip_event_rule(struct sf_sip *sip, const struct sf_rule *rule, const struct sf_addr *src)
{
	struct event e;

	if (begin(&e, sip, SF_SIP_EVENT_RULE, SIPFAST_CMD_EVENT_RULE))
		end(&e, put_rule(e.skb, rule) ?: put_host(e.skb, src));
}

void sf_sip_event_malformed(struct sf_sip *sip, const struct sf_addr *src,
			    const struct sk_buff *skb, unsigned int offset, unsigned int len)
{
	struct nlattr *sample;
	struct event e;
	int err;

	if (!begin(&e, sip, SF_SIP_EVENT_MALFORMED, SIPFAST_CMD_EVENT_MALFORMED))
		return;
	len = min_t(unsigned int, len, SIPFAST_MAX_SAMPLE);
	err = put_host(e.skb, src);
	sample = err ? NULL : nla_reserve(e.skb, SIPFAST_A_SAMPLE, len);
	end(&e, sample ? skb_copy_bits(skb, offset, nla_data(sample), len) : -EMSGSIZE);
}
