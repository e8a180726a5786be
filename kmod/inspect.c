// SPDX-License-Identifier: GPL-2.0
/* Judges what comes for listeners, what costs least first. */
#include "inspect.h"

#include "crowd.h"
#include "evidence.h"
#include "message.h"
#include "overload.h"
#include "reject.h"
#include "sip_event.h"
#include "stream.h"
#include "verdict.h"

static struct sf_court court_of(const struct sf_message *m)
{
	return (struct sf_court){
		.sip = m->sip,
		.policy = m->policy,
		.enforce = m->enforce,
		.now = m->now,
	};
}

static __always_inline u8 classify(struct sf_message *m)
{
	struct sf_source *source = sf_source_lookup(&m->sip->sources, &m->peer);

	if (!source || (source->observed && m->enforce))
		return SIPFAST_CLASS_UNKNOWN;
	atomic_long_inc(&source->packets);
	return source->class;
}

static bool is_known(const struct sf_message *m)
{
	if (!m->dialog || !sf_memo_find(&m->sip->dialogs, m->dialog).place)
		return false;
	/* Dialogs that are in use are the last to be forgotten. */
	sf_memo_put(&m->sip->dialogs, m->dialog, m->now, 0);
	return true;
}

#define GROUPS(outside, inside) { SIPFAST_GROUP_##outside, SIPFAST_GROUP_##inside }

/* By kind, outside of dialogs and in them. */
static const u8 groups[SF_SIP_KINDS][2] = {
	[SIPFAST_SIP_NONE] = GROUPS(OTHER, OTHER),
	[SIPFAST_SIP_OTHER] = GROUPS(OTHER, IN_DIALOG),
	[SIPFAST_SIP_INVITE] = GROUPS(DIALOG, IN_DIALOG),
	[SIPFAST_SIP_ACK] = GROUPS(IN_DIALOG, IN_DIALOG),
	[SIPFAST_SIP_BYE] = GROUPS(IN_DIALOG, IN_DIALOG),
	[SIPFAST_SIP_CANCEL] = GROUPS(IN_DIALOG, IN_DIALOG),
	[SIPFAST_SIP_OPTIONS] = GROUPS(OTHER, IN_DIALOG),
	[SIPFAST_SIP_REGISTER] = GROUPS(REGISTER, REGISTER),
	[SIPFAST_SIP_PRACK] = GROUPS(IN_DIALOG, IN_DIALOG),
	[SIPFAST_SIP_UPDATE] = GROUPS(OTHER, IN_DIALOG),
	[SIPFAST_SIP_INFO] = GROUPS(OTHER, IN_DIALOG),
	[SIPFAST_SIP_MESSAGE] = GROUPS(OTHER, IN_DIALOG),
	[SIPFAST_SIP_SUBSCRIBE] = GROUPS(DIALOG, IN_DIALOG),
	[SIPFAST_SIP_NOTIFY] = GROUPS(OTHER, IN_DIALOG),
	[SIPFAST_SIP_REFER] = GROUPS(DIALOG, IN_DIALOG),
	[SIPFAST_SIP_PUBLISH] = GROUPS(REGISTER, REGISTER),
	[SIPFAST_SIP_1XX ... SIPFAST_SIP_6XX] = GROUPS(IN_DIALOG, IN_DIALOG),
};

/* What the rules say, or ACCEPT. */
static noinline enum sipfast_verdict try_rules(const struct sf_message *m,
					       const struct sf_rules *rules)
{
	struct sf_rule_subject subject = {
		.kind = m->kind,
		.class = m->class,
		.size = m->len,
		.user_agent = m->scan.user_agent,
		.uri = m->scan.uri,
		.is_repeated = m->is_repeated,
	};
	const struct sf_rule *rule = NULL;
	unsigned int next = 0;

	for (;;) {
		rule = sf_rules_match(rules, next, &subject);
		if (likely(!rule))
			return SIPFAST_VERDICT_ACCEPT;
		if (rule->action != SIPFAST_ACTION_COUNT && !m->is_repeated)
			sf_sip_event_rule(m->sip, rule, &m->peer);
		if (rule->action >= SIPFAST_ACTION_DROP)
			break;
		next = rule - rules->rules + 1;
	}
	if (rule->action == SIPFAST_ACTION_BAN && m->class != SIPFAST_CLASS_TRUSTED) {
		struct sf_court court = court_of(m);

		sf_ban(&court, &m->peer, "rule");
	}
	return SIPFAST_VERDICT_RULE;
}

static bool is_absorbed(const struct sf_message *m)
{
	struct sf_memory memory;

	if (!m->is_cookie || !m->has_request || m->kind == SIPFAST_SIP_ACK || m->is_stream ||
	    m->scan.kind != SIP_SCAN_REQUEST || !m->policy->absorb_ms)
		return false;
	memory = sf_memo_find(&m->sip->requests, m->request);
	return unlikely(memory.place) && sf_memory_age(memory, m->now) < m->policy->absorb_ms;
}

static bool is_shed(const struct sf_message *m, u8 level)
{
	static const u8 levels[] = {
		[SIPFAST_GROUP_DIALOG] = SIPFAST_LEVEL_DIALOGS,
		[SIPFAST_GROUP_REGISTER] = SIPFAST_LEVEL_REGISTERS,
		[SIPFAST_GROUP_OTHER] = SIPFAST_LEVEL_OTHERS,
	};
	u8 least;

	if (m->group >= ARRAY_SIZE(levels))
		return false;
	least = levels[m->group];
	/* Trusted ones go a level later. */
	if (m->class == SIPFAST_CLASS_TRUSTED && least < SIPFAST_LEVEL_MAX)
		least++;
	return level >= least;
}

static noinline enum sipfast_verdict shed(const struct sf_message *m, u8 level)
{
	if (!is_shed(m, level))
		return SIPFAST_VERDICT_ACCEPT;
	if (m->enforce && m->kind == SIPFAST_SIP_INVITE && !m->is_stream &&
	    m->policy->reject.interval &&
	    sf_rate_take_shared(&m->sip->reject, &m->policy->reject, m->now) && sf_reject(m))
		return SIPFAST_VERDICT_REJECTED;
	return SIPFAST_VERDICT_OVERLOAD;
}

/* By the limits of its source and its prefix. */
static __always_inline enum sipfast_verdict limit_source(const struct sf_message *m)
{
	const struct sf_policy *policy = m->policy;
	const unsigned int class = m->class, group = m->group;
	const struct sf_rate *of_source = &policy->limits[SIPFAST_SCOPE_SOURCE][class][group];
	const struct sf_rate *of_prefix = &policy->limits[SIPFAST_SCOPE_PREFIX][class][group];
	u8 prefix = sf_addr_is_ip4(&m->peer) ? 96 + policy->prefix4 : policy->prefix6;

	if (!(of_source->interval | of_prefix->interval))
		return SIPFAST_VERDICT_ACCEPT;
	switch (sf_tracks_take(&m->sip->tracks, &m->sip->key, &m->peer.ip, prefix, group,
			       of_source, of_prefix, m->now)) {
	case SF_TRACKS_NONE_OF_HOST:
		return SIPFAST_VERDICT_LIMIT_SOURCE;
	case SF_TRACKS_NONE_OF_PREFIX:
		return SIPFAST_VERDICT_LIMIT_PREFIX;
	default:
		return SIPFAST_VERDICT_ACCEPT;
	}
}

/* That of unknown sources which @m is part of; NULL: it is of none, or they have no limit. */
static __always_inline struct sf_crowd *crowd_of(const struct sf_message *m,
						 const struct sf_rate *all)
{
	/* Keepalives cannot be told from each other. */
	if (!all->interval || m->known || m->class != SIPFAST_CLASS_UNKNOWN ||
	    (m->group == SIPFAST_GROUP_IN_DIALOG && m->kind == SIPFAST_SIP_NONE))
		return NULL;
	return &m->sip->crowd[m->group];
}

static enum sipfast_verdict limit(const struct sf_message *m)
{
	const struct sf_rate *all =
		&m->policy->limits[SIPFAST_SCOPE_GLOBAL][m->class][m->group];
	struct sf_crowd *crowd = crowd_of(m, all);
	enum sipfast_verdict verdict;

	if (crowd && unlikely(sf_crowd_is_big(crowd, m->now)) && sf_crowd_holds_back(crowd, m, all))
		return SIPFAST_VERDICT_NOT_REPEATED;
	verdict = limit_source(m);
	if (unlikely(verdict)) {
		if (crowd)
			sf_crowd_refused(crowd, m, all);
		return verdict;
	}
	if (crowd && sf_crowd_begins(crowd, m, all))
		return SIPFAST_VERDICT_NOT_REPEATED;
	if (!all->interval || m->known ||
	    sf_rate_take_shared(&m->sip->all[m->class][m->group], all, m->now))
		return SIPFAST_VERDICT_ACCEPT;
	return SIPFAST_VERDICT_LIMIT_GLOBAL;
}

/* True: the policy says to drop it. */
static noinline bool is_refused_malformed(const struct sf_message *m)
{
	struct sf_court court = court_of(m);

	if (m->is_repeated)
		return m->policy->malformed_drop;
	/* What a stream says goes on in other segments. */
	sf_sip_event_malformed(m->sip, &m->peer, m->skb, m->offset,
			       min(m->len, m->skb->len - m->offset));
	if (m->class == SIPFAST_CLASS_UNKNOWN)
		sf_accuse(&court, &m->peer, SF_EVIDENCE_MALFORMED);
	return m->policy->malformed_drop;
}

static __always_inline enum sipfast_verdict judge_read(struct sf_message *m, bool is_keepalive)
{
	const struct sf_rules *rules;
	enum sipfast_verdict verdict;
	u8 level;

	m->known = is_known(m);
	m->group = is_keepalive ? SIPFAST_GROUP_IN_DIALOG : groups[m->kind][m->known];
	if (unlikely(m->is_malformed) && !is_keepalive && is_refused_malformed(m))
		return SIPFAST_VERDICT_MALFORMED;
	rules = rcu_dereference(m->sip->rules);
	if (unlikely(sf_rules_may_match(rules, m->scan.user_agent))) {
		verdict = try_rules(m, rules);
		if (verdict)
			return verdict;
	}
	if (is_absorbed(m))
		return SIPFAST_VERDICT_ABSORBED;
	level = sf_overload_level(m->listener, m->policy);
	if (unlikely(level)) {
		verdict = shed(m, level);
		if (verdict)
			return verdict;
	}
	verdict = limit(m);
	return verdict == SIPFAST_VERDICT_ACCEPT && is_keepalive ? SIPFAST_VERDICT_KEEPALIVE :
								   verdict;
}

static __always_inline enum sipfast_verdict judge(struct sf_message *m)
{
	sf_message_read(m);
	return judge_read(m, unlikely(m->kind == SIPFAST_SIP_NONE) && sf_message_is_keepalive(m));
}

enum sipfast_verdict sf_inspect_judge(struct sf_message *m, bool is_keepalive)
{
	return judge_read(m, is_keepalive);
}

enum sipfast_verdict sf_inspect_unread(struct sf_message *m, enum sipfast_group group)
{
	m->group = group;
	return limit(m);
}

/* Until its response leaves. */
static void remember(const struct sf_message *m)
{
	u8 note = 0;

	if (m->scan.kind != SIP_SCAN_REQUEST || !m->has_request || m->kind == SIPFAST_SIP_ACK)
		return;
	if (m->scan.has_credentials)
		note |= SF_REQUEST_CREDENTIALS;
	if (m->group != SIPFAST_GROUP_IN_DIALOG)
		note |= SF_REQUEST_OUTSIDE;
	sf_memo_put(&m->sip->requests, m->request, m->now, note);
}

static void mark(const struct sf_message *m)
{
	/* Pairs with the release of who sets it. */
	u8 workers = smp_load_acquire(&m->listener->workers);

	if (workers)
		m->skb->mark = SIPFAST_SIP_MARK + (m->scan.call_id.len ?
			       sip_hash_worker(&m->listener->hash_key, m->scan.call_id.p,
					       m->scan.call_id.len, workers) : 0);
}

static __always_inline bool conclude(const struct sf_message *m, enum sipfast_verdict verdict)
{
	bool drop = verdict > SIPFAST_VERDICT_KEEPALIVE;

	this_cpu_inc(m->sip->stats->value[m->kind][m->class][verdict][drop && !m->enforce]);
	this_cpu_inc(m->listener->stats->messages);
	if (drop)
		this_cpu_inc(m->listener->stats->dropped);
	else
		remember(m);
	return drop && m->enforce;
}

bool sf_inspect_conclude(const struct sf_message *m, enum sipfast_verdict verdict)
{
	return conclude(m, verdict);
}

static __always_inline unsigned int carry_out(const struct sf_message *m,
					      enum sipfast_verdict verdict)
{
	if (conclude(m, verdict))
		return NF_DROP;
	mark(m);
	return NF_ACCEPT;
}

/* A message of which nothing is known but who sent it, not even when. */
static __always_inline void begin(struct sf_message *m, struct sf_listener *listener,
				  const struct sf_addr *peer, u8 mode)
{
	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "packet without RCU read lock");
	m->listener = listener;
	m->sip = listener->sip;
	m->policy = rcu_dereference(m->sip->policy);
	m->peer = *peer;
	m->enforce = mode == SIPFAST_MODE_ENFORCE;
	m->is_stream = false;
	m->is_repeated = false;
	m->kind = SIPFAST_SIP_NONE;
	m->known = false;
	m->scan.call_id.len = 0;
	m->has_request = false;
	m->dialog = 0;
	m->scan.kind = SIP_SCAN_EMPTY;
	m->class = classify(m);
}

unsigned int sf_inspect(struct sf_listener *listener, const struct sf_pkt *pkt,
			struct sk_buff *skb)
{
	enum sipfast_verdict verdict = SIPFAST_VERDICT_BANNED;
	u8 mode = READ_ONCE(listener->mode);
	struct sf_message m;

	if (mode == SIPFAST_MODE_OFF || !pkt->payload)
		return NF_ACCEPT;
	m.skb = skb;
	m.offset = pkt->payload;
	m.len = pkt->len;
	begin(&m, listener, &pkt->src, mode);
	if (m.class != SIPFAST_CLASS_BANNED) {
		m.now = ktime_get_ns();
		verdict = judge(&m);
	}
	return carry_out(&m, verdict);
}

static unsigned int connect(struct sf_message *m, const struct sf_segment *segment)
{
	/* Data in a SYN (RFC 7413) comes again without, where it can be looked at. */
	if (unlikely(segment->len) && m->enforce &&
	    m->listener->transport == SIPFAST_TRANSPORT_TCP)
		return sf_drop(m->sip->sn, SF_DROP_TCP_ORDER);
	/* A SYN is repeated as a request is. */
	m->has_request = true;
	m->request = sip_hash_more(&m->sip->key, (__force u16)m->peer.port,
				   (const char *)&m->peer.ip, sizeof(m->peer.ip));
	return carry_out(m, sf_inspect_unread(m, SIPFAST_GROUP_CONNECT));
}

unsigned int sf_inspect_segment(struct sf_listener *listener, struct sk_buff *skb,
				struct sf_segment *segment)
{
	u8 mode = READ_ONCE(listener->mode);
	struct sf_message m;

	if (mode == SIPFAST_MODE_OFF)
		return NF_ACCEPT;
	m.skb = skb;
	m.offset = segment->payload;
	m.len = segment->len;
	begin(&m, listener, &segment->src, mode);
	if (m.class == SIPFAST_CLASS_BANNED)
		return carry_out(&m, SIPFAST_VERDICT_BANNED);
	m.now = ktime_get_ns();
	if (segment->syn && !segment->has_ack)
		return connect(&m, segment);
	if (listener->transport != SIPFAST_TRANSPORT_TCP)
		return NF_ACCEPT;
	m.is_stream = true;
	return sf_stream_receive(&m, segment);
}
