/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attributes of <linux/sipfast.h>, level by level in its order, with names for tests. */
#ifndef NL_SPEC_H
#define NL_SPEC_H

#include <stddef.h>

#include <linux/sipfast.h>

/* OCTETS are many, KEY exactly 16. */
enum kind { FLAG, U8, U16, BE16, U32, S32, IP4, IP6, U64, S64, STRING, OCTETS, KEY, NEST };

/* In octets; of STRING and OCTETS what is put where a value does not matter. */
static const int kind_size[] = {
	[FLAG] = 0, [U8] = 1,	[U16] = 2, [BE16] = 2, [U32] = 4,    [S32] = 4,	   [IP4] = 4,
	[IP6] = 16, [U64] = 8, [S64] = 8, [STRING] = 4, [OCTETS] = 16, [KEY] = 16,
	[NEST] = 0,
};

enum {
	RO = 1 << 0, /* only the kernel sends it */
	VARIES = 1 << 1, /* with time: not rendered */
};

struct spec {
	const char *name;
	int type;
	enum kind kind;
	int flags;
	const struct spec *nest;
};

static const struct spec status_spec[] = {
	{ "version", SIPFAST_A_STATUS_VERSION, STRING, RO, NULL },
	{ "ranges", SIPFAST_A_STATUS_RANGES, U32, RO, NULL },
	{ "sessions", SIPFAST_A_STATUS_SESSIONS, U32, RO, NULL },
	{ "endpoints", SIPFAST_A_STATUS_ENDPOINTS, U32, RO, NULL },
	{ "device", SIPFAST_A_STATUS_DEVICE, STRING, RO, NULL },
	{ "prerouting", SIPFAST_A_STATUS_PREROUTING, FLAG, RO, NULL },
	{ NULL, SIPFAST_A_STATUS_MAX, 0, 0, NULL },
};

static const struct spec config_spec[] = {
	{ "sessions", SIPFAST_A_CONFIG_SESSIONS_MAX, U32, 0, NULL },
	{ "endpoints", SIPFAST_A_CONFIG_ENDPOINTS_MAX, U32, 0, NULL },
	{ "hooks", SIPFAST_A_CONFIG_HOOKS, U8, 0, NULL },
	{ "device", SIPFAST_A_CONFIG_DEVICE, STRING, 0, NULL },
	{ NULL, SIPFAST_A_CONFIG_MAX, 0, 0, NULL },
};

static const struct spec counter_spec[] = {
	{ "name", SIPFAST_A_COUNTER_NAME, STRING, RO, NULL },
	{ "value", SIPFAST_A_COUNTER_VALUE, U64, RO, NULL },
	{ NULL, SIPFAST_A_COUNTER_MAX, 0, 0, NULL },
};

static const struct spec range_spec[] = {
	{ "addr", SIPFAST_A_RANGE_ADDR4, IP4, 0, NULL },
	{ "addr6", SIPFAST_A_RANGE_ADDR6, IP6, 0, NULL },
	{ "min", SIPFAST_A_RANGE_PORT_MIN, U16, 0, NULL },
	{ "max", SIPFAST_A_RANGE_PORT_MAX, U16, 0, NULL },
	{ "endpoints", SIPFAST_A_RANGE_ENDPOINTS, U32, RO, NULL },
	{ "unknown", SIPFAST_A_RANGE_UNKNOWN, U64, RO, NULL },
	{ NULL, SIPFAST_A_RANGE_MAX, 0, 0, NULL },
};

static const struct spec forward_spec[] = {
	{ "to", SIPFAST_A_FORWARD_TO, U32, 0, NULL },
	{ "mode", SIPFAST_A_FORWARD_MODE, U8, 0, NULL },
	{ "pts", SIPFAST_A_FORWARD_PAYLOAD_TYPES, OCTETS, 0, NULL },
	{ "ssrc", SIPFAST_A_FORWARD_SSRC, U32, 0, NULL },
	{ "seq", SIPFAST_A_FORWARD_SEQ_OFFSET, U16, 0, NULL },
	{ "timestamp", SIPFAST_A_FORWARD_TIMESTAMP_OFFSET, U32, 0, NULL },
	{ "dscp", SIPFAST_A_FORWARD_DSCP, U8, 0, NULL },
	{ "ttl", SIPFAST_A_FORWARD_TTL, U8, 0, NULL },
	{ NULL, SIPFAST_A_FORWARD_MAX, 0, 0, NULL },
};

static const struct spec rx_spec[] = {
	{ "packets", SIPFAST_A_RX_PACKETS, U64, RO, NULL },
	{ "octets", SIPFAST_A_RX_OCTETS, U64, RO, NULL },
	{ "lost", SIPFAST_A_RX_LOST, S64, RO, NULL },
	{ "duplicate", SIPFAST_A_RX_DUPLICATE, U64, RO, NULL },
	{ "reordered", SIPFAST_A_RX_REORDERED, U64, RO, NULL },
	{ "jitter", SIPFAST_A_RX_JITTER_US, U32, RO | VARIES, NULL },
	{ "ssrc", SIPFAST_A_RX_SSRC, U32, RO, NULL },
	{ "pt", SIPFAST_A_RX_PAYLOAD_TYPE, U8, RO, NULL },
	{ "idle", SIPFAST_A_RX_IDLE_MS, U64, RO | VARIES, NULL },
	{ "badsource", SIPFAST_A_RX_BAD_SOURCE, U64, RO, NULL },
	{ "malformed", SIPFAST_A_RX_MALFORMED, U64, RO, NULL },
	{ "pts", SIPFAST_A_RX_PAYLOAD_TYPES, OCTETS, RO, NULL },
	{ "changes", SIPFAST_A_RX_SSRC_CHANGES, U32, RO, NULL },
	{ "rtt", SIPFAST_A_RX_RTT_US, U32, RO | VARIES, NULL },
	{ "reportlost", SIPFAST_A_RX_REPORT_LOST, S32, RO, NULL },
	{ "reportfraction", SIPFAST_A_RX_REPORT_FRACTION, U8, RO, NULL },
	{ "reportjitter", SIPFAST_A_RX_REPORT_JITTER_US, U32, RO, NULL },
	{ NULL, SIPFAST_A_RX_MAX, 0, 0, NULL },
};

static const struct spec tx_spec[] = {
	{ "packets", SIPFAST_A_TX_PACKETS, U64, RO, NULL },
	{ "octets", SIPFAST_A_TX_OCTETS, U64, RO, NULL },
	{ "dropped", SIPFAST_A_TX_DROPPED, U64, RO, NULL },
	{ "icmp", SIPFAST_A_TX_ICMP, U64, RO, NULL },
	{ "blocked", SIPFAST_A_TX_BLOCKED, U64, RO, NULL },
	{ NULL, SIPFAST_A_TX_MAX, 0, 0, NULL },
};

static const struct spec dtmf_spec[] = {
	{ "event", SIPFAST_A_DTMF_EVENT, U8, RO, NULL },
	{ "volume", SIPFAST_A_DTMF_VOLUME, U8, RO, NULL },
	{ "duration", SIPFAST_A_DTMF_DURATION_MS, U32, RO, NULL },
	{ NULL, SIPFAST_A_DTMF_MAX, 0, 0, NULL },
};

static const struct spec icmp_spec[] = {
	{ "type", SIPFAST_A_ICMP_TYPE, U8, RO, NULL },
	{ "code", SIPFAST_A_ICMP_CODE, U8, RO, NULL },
	{ "mtu", SIPFAST_A_ICMP_MTU, U32, RO, NULL },
	{ NULL, SIPFAST_A_ICMP_MAX, 0, 0, NULL },
};

static const struct spec endpoint_spec[] = {
	{ "id", SIPFAST_A_ENDPOINT_ID, U32, 0, NULL },
	{ "delete", SIPFAST_A_ENDPOINT_DELETE, FLAG, 0, NULL },
	{ "laddr", SIPFAST_A_ENDPOINT_LOCAL_ADDR4, IP4, 0, NULL },
	{ "laddr6", SIPFAST_A_ENDPOINT_LOCAL_ADDR6, IP6, 0, NULL },
	{ "lport", SIPFAST_A_ENDPOINT_LOCAL_PORT, BE16, 0, NULL },
	{ "raddr", SIPFAST_A_ENDPOINT_REMOTE_ADDR4, IP4, 0, NULL },
	{ "raddr6", SIPFAST_A_ENDPOINT_REMOTE_ADDR6, IP6, 0, NULL },
	{ "rport", SIPFAST_A_ENDPOINT_REMOTE_PORT, BE16, 0, NULL },
	{ "component", SIPFAST_A_ENDPOINT_COMPONENT, U8, 0, NULL },
	{ "learn", SIPFAST_A_ENDPOINT_LEARN, U8, 0, NULL },
	{ "from", SIPFAST_A_ENDPOINT_LEARN_ADDR4, IP4, 0, NULL },
	{ "from6", SIPFAST_A_ENDPOINT_LEARN_ADDR6, IP6, 0, NULL },
	{ "prefix", SIPFAST_A_ENDPOINT_LEARN_PREFIX, U8, 0, NULL },
	{ "learnms", SIPFAST_A_ENDPOINT_LEARN_MS, U32, VARIES, NULL },
	{ "source", SIPFAST_A_ENDPOINT_SOURCE, U8, 0, NULL },
	{ "dscp", SIPFAST_A_ENDPOINT_DSCP, U8, 0, NULL },
	{ "ttl", SIPFAST_A_ENDPOINT_TTL, U8, 0, NULL },
	{ "clock", SIPFAST_A_ENDPOINT_CLOCK_RATE, U32, 0, NULL },
	{ "inactive", SIPFAST_A_ENDPOINT_INACTIVE_MS, U32, 0, NULL },
	{ "dtmftype", SIPFAST_A_ENDPOINT_DTMF_TYPE, U8, 0, NULL },
	{ "forward", SIPFAST_A_ENDPOINT_FORWARD, NEST, 0, forward_spec },
	{ "noforwards", SIPFAST_A_ENDPOINT_NO_FORWARDS, FLAG, 0, NULL },
	{ "learned", SIPFAST_A_ENDPOINT_LEARNED, FLAG, RO, NULL },
	{ "gap", SIPFAST_A_ENDPOINT_GAP_MS, U64, RO | VARIES, NULL },
	{ "oldssrc", SIPFAST_A_ENDPOINT_OLD_SSRC, U32, RO, NULL },
	{ "rejected", SIPFAST_A_ENDPOINT_REJECTED_ADDR4, IP4, RO, NULL },
	{ "rejected6", SIPFAST_A_ENDPOINT_REJECTED_ADDR6, IP6, RO, NULL },
	{ "rejectedport", SIPFAST_A_ENDPOINT_REJECTED_PORT, BE16, RO, NULL },
	{ "dtmf", SIPFAST_A_ENDPOINT_DTMF, NEST, RO, dtmf_spec },
	{ "icmp", SIPFAST_A_ENDPOINT_ICMP, NEST, RO, icmp_spec },
	{ "rx", SIPFAST_A_ENDPOINT_RX, NEST, RO, rx_spec },
	{ "tx", SIPFAST_A_ENDPOINT_TX, NEST, RO, tx_spec },
	{ NULL, SIPFAST_A_ENDPOINT_MAX, 0, 0, NULL },
};

static const struct spec session_spec[] = {
	{ "id", SIPFAST_A_SESSION_ID, U64, 0, NULL },
	{ "owner", SIPFAST_A_SESSION_OWNER, U32, 0, NULL },
	{ "timeout", SIPFAST_A_SESSION_TIMEOUT_MS, U32, 0, NULL },
	{ "endpoint", SIPFAST_A_SESSION_ENDPOINT, NEST, 0, endpoint_spec },
	{ "age", SIPFAST_A_SESSION_AGE_MS, U64, RO | VARIES, NULL },
	{ "idle", SIPFAST_A_SESSION_IDLE_MS, U64, RO | VARIES, NULL },
	{ "brief", SIPFAST_A_SESSION_BRIEF, FLAG, 0, NULL },
	{ NULL, SIPFAST_A_SESSION_MAX, 0, 0, NULL },
};

static const struct spec listener_spec[] = {
	{ "addr", SIPFAST_A_LISTENER_ADDR4, IP4, 0, NULL },
	{ "addr6", SIPFAST_A_LISTENER_ADDR6, IP6, 0, NULL },
	{ "port", SIPFAST_A_LISTENER_PORT, BE16, 0, NULL },
	{ "transport", SIPFAST_A_LISTENER_TRANSPORT, U8, 0, NULL },
	{ "mode", SIPFAST_A_LISTENER_MODE, U8, 0, NULL },
	{ "workers", SIPFAST_A_LISTENER_WORKERS, U8, 0, NULL },
	{ "key", SIPFAST_A_LISTENER_HASH_KEY, KEY, 0, NULL },
	{ "load", SIPFAST_A_LISTENER_LOAD, U8, VARIES, NULL },
	{ "queue", SIPFAST_A_LISTENER_QUEUE, U8, RO | VARIES, NULL },
	{ "level", SIPFAST_A_LISTENER_LEVEL, U8, RO, NULL },
	{ "messages", SIPFAST_A_LISTENER_MESSAGES, U64, RO, NULL },
	{ "dropped", SIPFAST_A_LISTENER_DROPPED, U64, RO, NULL },
	{ "connections", SIPFAST_A_LISTENER_CONNECTIONS, U32, RO, NULL },
	{ NULL, SIPFAST_A_LISTENER_MAX, 0, 0, NULL },
};

static const struct spec source_spec[] = {
	{ "addr", SIPFAST_A_SOURCE_ADDR4, IP4, 0, NULL },
	{ "addr6", SIPFAST_A_SOURCE_ADDR6, IP6, 0, NULL },
	{ "prefix", SIPFAST_A_SOURCE_PREFIX, U8, 0, NULL },
	{ "port", SIPFAST_A_SOURCE_PORT, BE16, 0, NULL },
	{ "class", SIPFAST_A_SOURCE_CLASS, U8, 0, NULL },
	{ "expires", SIPFAST_A_SOURCE_EXPIRES_MS, U64, VARIES, NULL },
	{ "reason", SIPFAST_A_SOURCE_REASON, STRING, 0, NULL },
	{ "bykernel", SIPFAST_A_SOURCE_BY_KERNEL, FLAG, RO, NULL },
	{ "age", SIPFAST_A_SOURCE_AGE_MS, U64, RO | VARIES, NULL },
	{ "packets", SIPFAST_A_SOURCE_PACKETS, U64, RO, NULL },
	{ "observed", SIPFAST_A_SOURCE_OBSERVED, FLAG, RO, NULL },
	{ NULL, SIPFAST_A_SOURCE_MAX, 0, 0, NULL },
};

static const struct spec limit_spec[] = {
	{ "scope", SIPFAST_A_LIMIT_SCOPE, U8, 0, NULL },
	{ "class", SIPFAST_A_LIMIT_CLASS, U8, 0, NULL },
	{ "group", SIPFAST_A_LIMIT_GROUP, U8, 0, NULL },
	{ "rate", SIPFAST_A_LIMIT_RATE, U32, 0, NULL },
	{ "burst", SIPFAST_A_LIMIT_BURST, U32, 0, NULL },
	{ NULL, SIPFAST_A_LIMIT_MAX, 0, 0, NULL },
};

static const struct spec policy_spec[] = {
	{ "limit", SIPFAST_A_POLICY_LIMIT, NEST, 0, limit_spec },
	{ "prefix4", SIPFAST_A_POLICY_PREFIX4, U8, 0, NULL },
	{ "prefix6", SIPFAST_A_POLICY_PREFIX6, U8, 0, NULL },
	{ "sources", SIPFAST_A_POLICY_SOURCES_MAX, U32, 0, NULL },
	{ "drop", SIPFAST_A_POLICY_MALFORMED_DROP, U8, 0, NULL },
	{ "malformed", SIPFAST_A_POLICY_MALFORMED_MAX, U32, 0, NULL },
	{ "failures", SIPFAST_A_POLICY_FAILURES_MAX, U32, 0, NULL },
	{ "refused", SIPFAST_A_POLICY_REFUSED_MAX, U32, 0, NULL },
	{ "ports", SIPFAST_A_POLICY_PORTS_MAX, U32, 0, NULL },
	{ "window", SIPFAST_A_POLICY_WINDOW_MS, U32, 0, NULL },
	{ "ban", SIPFAST_A_POLICY_BAN_MS, U64, 0, NULL },
	{ "dialogs", SIPFAST_A_POLICY_SHED_DIALOGS, U8, 0, NULL },
	{ "registers", SIPFAST_A_POLICY_SHED_REGISTERS, U8, 0, NULL },
	{ "others", SIPFAST_A_POLICY_SHED_OTHERS, U8, 0, NULL },
	{ "reject", SIPFAST_A_POLICY_REJECT_RATE, U32, 0, NULL },
	{ "retry", SIPFAST_A_POLICY_RETRY_AFTER, U16, 0, NULL },
	{ "absorb", SIPFAST_A_POLICY_ABSORB_MS, U32, 0, NULL },
	{ "connections", SIPFAST_A_POLICY_CONNECTIONS_MAX, U32, 0, NULL },
	{ NULL, SIPFAST_A_POLICY_MAX, 0, 0, NULL },
};

static const struct spec rule_spec[] = {
	{ "id", SIPFAST_A_RULE_ID, U32, 0, NULL },
	{ "action", SIPFAST_A_RULE_ACTION, U8, 0, NULL },
	{ "methods", SIPFAST_A_RULE_METHODS, U32, 0, NULL },
	{ "classes", SIPFAST_A_RULE_CLASSES, U8, 0, NULL },
	{ "agent", SIPFAST_A_RULE_USER_AGENT, STRING, 0, NULL },
	{ "user", SIPFAST_A_RULE_URI_USER, STRING, 0, NULL },
	{ "size", SIPFAST_A_RULE_SIZE_MIN, U32, 0, NULL },
	{ "hits", SIPFAST_A_RULE_HITS, U64, RO, NULL },
	{ NULL, SIPFAST_A_RULE_MAX, 0, 0, NULL },
};

static const struct spec sip_counter_spec[] = {
	{ "kind", SIPFAST_A_SIP_COUNTER_KIND, U8, RO, NULL },
	{ "class", SIPFAST_A_SIP_COUNTER_CLASS, U8, RO, NULL },
	{ "verdict", SIPFAST_A_SIP_COUNTER_VERDICT, U8, RO, NULL },
	{ "observed", SIPFAST_A_SIP_COUNTER_OBSERVED, FLAG, RO, NULL },
	{ "value", SIPFAST_A_SIP_COUNTER_VALUE, U64, RO, NULL },
	{ NULL, SIPFAST_A_SIP_COUNTER_MAX, 0, 0, NULL },
};

static const struct spec top_spec[] = {
	{ "status", SIPFAST_A_STATUS, NEST, RO, status_spec },
	{ "counter", SIPFAST_A_COUNTER, NEST, RO, counter_spec },
	{ "range", SIPFAST_A_RANGE, NEST, 0, range_spec },
	{ "session", SIPFAST_A_SESSION, NEST, 0, session_spec },
	{ "config", SIPFAST_A_CONFIG, NEST, 0, config_spec },
	{ "listener", SIPFAST_A_LISTENER, NEST, 0, listener_spec },
	{ "source", SIPFAST_A_SOURCE, NEST, 0, source_spec },
	{ "policy", SIPFAST_A_POLICY, NEST, 0, policy_spec },
	{ "rule", SIPFAST_A_RULE, NEST, 0, rule_spec },
	{ "sipcounter", SIPFAST_A_SIP_COUNTER, NEST, RO, sip_counter_spec },
	{ "sample", SIPFAST_A_SAMPLE, OCTETS, RO, NULL },
	{ NULL, SIPFAST_A_MAX, 0, 0, NULL },
};

static inline int spec_count(const struct spec *level)
{
	int n = 0;

	while (level[n].name)
		n++;
	return n;
}

static inline int spec_max(const struct spec *level)
{
	while (level->name)
		level++;
	return level->type;
}

#endif /* NL_SPEC_H */
