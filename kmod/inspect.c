// SPDX-License-Identifier: GPL-2.0
/* Judges what comes for listeners, what costs least first. */
#include "inspect.h"

#include "crowd.h"
#include "evidence.h"
#include "limit.h"
#include "message_read.h"
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
	struct sf_source *source =
		sf_source_lookup_hashed(&m->sip->sources, &m->peer, m->host);

	if (!source || (source->observed && m->enforce))
		return SIPFAST_CLASS_UNKNOWN;
	atomic_long_inc(&source->packets);
	return source->class;
}

/* Dialogs that are in use are the last to be forgotten. */
static bool renew_dialog(const struct sf_message *m, u64 dialog)
{
	if (!sf_memo_find(&m->sip->dialogs, dialog).set)
		return false;
	sf_memo_put(&m->sip->dialogs, dialog, m->now, 0);
	return true;
}

/* What was sent is remembered until its final response. */
static bool answers_us(const struct sf_message *m)
{
	struct sf_memory memory = {};

	if (m->has_request)
		memory = sf_memo_find(&m->sip->requests, sf_message_sent(m));
	if (memory.set && m->scan.status >= 200)
		sf_memo_forget(memory);
	return memory.set;
}

/*
 * By our tag, branch or Call-ID, which only who was sent them knows, so nobody who makes up his
 * address. Dialogs are of a host, so that he who knows them cannot lend them to others.
 */
static noinline bool is_of_dialog(const struct sf_message *m)
{
	const struct sip_scan_text none = {};

	if (m->scan.kind == SIP_SCAN_RESPONSE) {
		if (answers_us(m))
			return true;
	} else if (m->scan.to_tag.len &&
		   renew_dialog(m, sf_message_dialog(m, m->scan.to_tag))) {
		return true;
	}
	return renew_dialog(m, sf_message_dialog(m, none));
}

/* An INVITE without a To tag is of no dialog (RFC 3261 s.12.2.2). */
static __always_inline bool is_known(const struct sf_message *m)
{
	if (!m->scan.call_id.len || (m->kind == SIPFAST_SIP_INVITE && !m->scan.to_tag.len))
		return false;
	return is_of_dialog(m);
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

/* For what it says: over UDP anybody can say it in the name of a registered one. */
static bool may_be_banned(const struct sf_message *m)
{
	return m->class < (m->is_stream ? SIPFAST_CLASS_TRUSTED : SIPFAST_CLASS_REGISTERED);
}

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
	if (rule->action == SIPFAST_ACTION_BAN && may_be_banned(m)) {
		struct sf_court court = court_of(m);

		sf_ban(&court, &m->peer, "rule");
	}
	return SIPFAST_VERDICT_RULE;
}

static noinline bool was_absorbable(const struct sf_message *m)
{
	struct sf_memory memory = sf_memo_find(&m->sip->requests, m->request);

	return memory.set && !(sf_memory_note(memory) & SF_REQUEST_PROCEEDING) &&
	       sf_memory_age(memory, m->now) < m->policy->absorb_ms &&
	       !sf_overload_may_have_lost(m->listener, m->policy,
					  sf_memory_time(memory, m->now));
}

static __always_inline bool is_absorbed(const struct sf_message *m)
{
	return m->is_repeatable && unlikely(m->place.same) && m->is_cookie && !m->is_stream &&
	       was_absorbable(m);
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

/* The server has got it, and answers by itself: two final responses would contradict each other. */
static bool is_begun(const struct sf_message *m)
{
	return sf_memo_find(&m->sip->requests, m->request).set;
}

static noinline enum sipfast_verdict shed(const struct sf_message *m, u8 level)
{
	if (!is_shed(m, level))
		return SIPFAST_VERDICT_ACCEPT;
	if (m->enforce && m->kind == SIPFAST_SIP_INVITE && !m->is_stream && !is_begun(m) &&
	    m->policy->reject.interval &&
	    sf_rate_take(&m->sip->reject, &m->policy->reject, m->now) && sf_reject(m))
		return SIPFAST_VERDICT_REJECTED;
	return SIPFAST_VERDICT_OVERLOAD;
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

static __always_inline enum sipfast_verdict
judge_read(struct sf_message *m, struct sf_track_place place, bool is_keepalive)
{
	const struct sf_rules *rules;
	enum sipfast_verdict verdict;
	u8 level;

	m->known = is_known(m);
	m->is_repeatable = m->scan.kind == SIP_SCAN_REQUEST && m->has_request &&
			   m->kind != SIPFAST_SIP_ACK;
	if (m->is_repeatable)
		m->place = sf_memo_place(&m->sip->requests, m->request);
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
	verdict = sf_limit(m, place);
	return verdict == SIPFAST_VERDICT_ACCEPT && is_keepalive ? SIPFAST_VERDICT_KEEPALIVE :
								   verdict;
}

/*
 * What is malformed and credentials are evidence against sources of which something is known
 * already, or nothing at all. Else, as against trusted ones in any case, only what rules ask for is
 * read, unless the policy wants all.
 */
static __always_inline struct sip_scan_extent extent_for(const struct sf_message *m, bool all)
{
	return (struct sip_scan_extent){
		.all = all || m->policy->malformed_drop,
		.agents = rcu_dereference(m->sip->rules)->agents[m->class],
	};
}

enum sipfast_verdict sf_inspect_judge(struct sf_message *m, bool is_keepalive)
{
	return judge_read(m, (struct sf_track_place){}, is_keepalive);
}

static __always_inline enum sipfast_verdict judge(struct sf_message *m)
{
	struct sf_track_place place = {};
	bool all = false;

	if (m->class != SIPFAST_CLASS_TRUSTED) {
		place = sf_limit_track(m);
		all = !place.track || sf_track_is_watched(&place, m->now);
	}
	sf_message_read(m, extent_for(m, all));
	if (unlikely(m->kind == SIPFAST_SIP_NONE) && sf_message_is_keepalive(m))
		return sf_inspect_judge(m, true);
	return judge_read(m, place, false);
}

enum sipfast_verdict sf_inspect_unread(struct sf_message *m, enum sipfast_group group)
{
	m->group = group;
	m->is_repeatable = false;
	return sf_limit(m, (struct sf_track_place){});
}

/* Until its response leaves. */
static __always_inline void remember(const struct sf_message *m)
{
	u16 note;

	if (!m->is_repeatable)
		return;
	note = sf_sip_port_print(m->sip, m->peer.port) << SF_REQUEST_PORT_SHIFT;
	if (m->scan.has_credentials)
		note |= SF_REQUEST_CREDENTIALS;
	if (m->group != SIPFAST_GROUP_IN_DIALOG)
		note |= SF_REQUEST_OUTSIDE;
	sf_memo_put_at(&m->place, m->request, m->now, note);
}

static __always_inline void mark(const struct sf_message *m)
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

/* A message of which nothing is known but who sent it, @m->peer, not even when; all else is 0. */
static __always_inline void begin(struct sf_message *m, struct sf_listener *listener, u8 mode)
{
	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "packet without RCU read lock");
	m->listener = listener;
	m->sip = listener->sip;
	m->policy = rcu_dereference(m->sip->policy);
	m->host = sf_ip_words_hash(&m->sip->key, sf_ip_words(&m->peer.ip), 0);
	m->enforce = mode == SIPFAST_MODE_ENFORCE;
	m->scan.kind = SIP_SCAN_EMPTY;
	m->class = classify(m);
}

/* Where in @m->skb the message is, and whom it is from; false: UDP will drop it. */
static __always_inline bool take_good4(struct sf_message *m)
{
	const struct iphdr *ip = (const struct iphdr *)m->skb->data;
	const struct udphdr *udp = (const struct udphdr *)(ip + 1);
	unsigned int len = ntohs(udp->len);

	if (unlikely(len < sizeof(*udp) || len > m->skb->len - sizeof(*ip)))
		return false;
	sf_addr_set_ip4(&m->peer, ip->saddr, udp->source);
	m->offset = sizeof(*ip) + sizeof(*udp);
	m->len = len - sizeof(*udp);
	return true;
}

static __always_inline bool take_packet(struct sf_message *m, const struct sf_pkt *pkt)
{
	m->peer = pkt->src;
	m->offset = pkt->payload;
	m->len = pkt->len;
	return pkt->payload;
}

/* Over IPv6, UDP takes a length of 0 for that of the packet (RFC 2675 s.4). */
static noinline unsigned int refuse_length(const struct sf_listener *listener,
					   const struct sf_pkt *pkt)
{
	return pkt && !pkt->is_ip4 && READ_ONCE(listener->mode) == SIPFAST_MODE_ENFORCE ?
	       sf_drop(listener->sip->sn, SF_DROP_UDP_LENGTH) : NF_ACCEPT;
}

unsigned int sf_inspect(struct sf_listener *listener, const struct sf_pkt *pkt,
			struct sk_buff *skb)
{
	enum sipfast_verdict verdict = SIPFAST_VERDICT_BANNED;
	u8 mode = READ_ONCE(listener->mode);
	struct sf_message m = { .skb = skb };

	if (mode == SIPFAST_MODE_OFF)
		return NF_ACCEPT;
	if (unlikely(!(pkt ? take_packet(&m, pkt) : take_good4(&m))))
		return refuse_length(listener, pkt);
	begin(&m, listener, mode);
	if (m.class != SIPFAST_CLASS_BANNED) {
		m.now = sf_sip_now();
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
	m->request = sip_hash_text(&m->sip->key, (__force u16)m->peer.port,
				   (const char *)&m->peer.ip, sizeof(m->peer.ip));
	return carry_out(m, sf_inspect_unread(m, SIPFAST_GROUP_CONNECT));
}

unsigned int sf_inspect_segment(struct sf_listener *listener, struct sk_buff *skb,
				struct sf_segment *segment)
{
	u8 mode = READ_ONCE(listener->mode);
	struct sf_message m = {
		.skb = skb,
		.offset = segment->payload,
		.len = segment->len,
		.peer = segment->src,
	};

	if (mode == SIPFAST_MODE_OFF)
		return NF_ACCEPT;
	begin(&m, listener, mode);
	if (m.class == SIPFAST_CLASS_BANNED)
		return carry_out(&m, SIPFAST_VERDICT_BANNED);
	m.now = sf_sip_now();
	if (segment->syn && !segment->has_ack)
		return connect(&m, segment);
	if (listener->transport != SIPFAST_TRANSPORT_TCP)
		return NF_ACCEPT;
	m.is_stream = true;
	return sf_stream_receive(&m, segment);
}
