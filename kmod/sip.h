/* SPDX-License-Identifier: GPL-2.0 */
/* What a namespace has for SIP, from its first listener, source, policy or rule on. */
#ifndef SF_SIP_H
#define SF_SIP_H

#include <linux/jiffies.h>
#include <linux/ratelimit.h>
#include <linux/siphash.h>

#include "bucket.h"
#include "conn.h"
#include "crowd.h"
#include "memo.h"
#include "net.h"
#include "policy.h"
#include "rule.h"
#include "sip_hash.h"
#include "sip_scan_stream.h"
#include "sip_stats.h"
#include "source.h"

/* Kinds of events, each with a limit of its own. */
enum sf_sip_event {
	SF_SIP_EVENT_BAN,
	SF_SIP_EVENT_OVERLOAD,
	SF_SIP_EVENT_RULE,
	SF_SIP_EVENT_MALFORMED,
	SF_SIP_EVENTS
};

/**
 * struct sf_sip - state of SIP in a namespace; lives until that dies
 * @sn: the namespace
 * @key: of all hash tables below
 * @tag_key: of tags that strangers see, from which nothing can be learned of @key
 * @stats: messages by what became of them
 * @scratch: of one CPU with bottom halves disabled: to read a message that lies in pieces
 * @policy: RCU, replaced under &sf_net.lock, as is @rules
 * @sources: known ones
 * @tracks: what unknown and registered ones have sent lately
 * @requests: passed to a server and not answered finally, note: SF_REQUEST_*; and those that
 *	servers have sent, by sf_message_sent()
 * @firsts: what was held back, for it had not come often enough; note: how often it was repeated
 * @dialogs: that a server of ours has begun or accepted, by sf_message_dialog()
 * @conns: over TCP, that are followed
 * @crowd: by enum sipfast_group
 * @all: buckets of all sources of a class, by group
 * @keepalives: bucket of those of all unknown ones, which cannot be told from each other
 * @reject: bucket of 503 responses
 * @events: limits
 */
struct sf_sip {
	struct sf_net *sn;
	struct sip_hash_key key;
	siphash_key_t tag_key;
	struct sf_sip_stats __percpu *stats;
	struct sip_scan_stream __percpu *scratch;
	struct sf_policy __rcu *policy;
	struct sf_rules __rcu *rules;
	struct sf_sources sources;
	struct sf_tracks tracks;
	struct sf_memo requests;
	struct sf_memo firsts;
	struct sf_memo dialogs;
	struct sf_conns conns;
	struct sf_crowd crowd[SF_GROUPS];
	atomic64_t all[SF_CLASSES][SF_GROUPS];
	atomic64_t keepalives;
	atomic64_t reject;
	struct ratelimit_state events[SF_SIP_EVENTS];
};

/* What is remembered of a request, or-ed; above it sf_sip_port_print() of where it came from. */
#define SF_REQUEST_CREDENTIALS	1
#define SF_REQUEST_OUTSIDE	2	/* of dialogs */
#define SF_REQUEST_PROCEEDING	4	/* a provisional response has left */
#define SF_REQUEST_PORT_SHIFT	3

/* An octet by which a port is told from another one, of which nobody can choose two alike. */
static __always_inline u8 sf_sip_port_print(const struct sf_sip *sip, __be16 port)
{
	return (__force u16)port * (sip->key.word[1] | 1) >> 56;
}

/*
 * ns, to a tick, as most of what is limited and remembered knows no less; the exact time costs
 * some 40 instructions.
 */
static inline u64 sf_sip_now(void)
{
	return get_jiffies_64() * TICK_NSEC;
}

/*
 * Reads what comes from the address of @addr to its end, for as long as evidence counts. Who has no
 * track is read so anyway.
 */
void sf_sip_watch(const struct sf_sip *sip, const struct sf_policy *policy,
		  const struct sf_addr *addr, u64 now);

/* NULL: the namespace has none. Called with RCU read lock or &sf_net.lock held. */
static inline struct sf_sip *sf_sip(const struct sf_net *sn)
{
	return rcu_dereference_check(sn->sip, lockdep_is_held(&sn->lock));
}

/* The same, made if need be; NULL without memory. Called with &sf_net.lock held. */
struct sf_sip *sf_sip_make(struct sf_net *sn);
/* Of a namespace that dies: nobody looks at it any more. */
void sf_sip_free(struct sf_sip *sip);

/* Called with &sf_net.lock held. */
static inline struct sf_policy *sf_sip_policy(const struct sf_sip *sip)
{
	return rcu_dereference_protected(sip->policy, lockdep_is_held(&sip->sn->lock));
}

static inline struct sf_rules *sf_sip_rules(const struct sf_sip *sip)
{
	return rcu_dereference_protected(sip->rules, lockdep_is_held(&sip->sn->lock));
}

#endif /* SF_SIP_H */
