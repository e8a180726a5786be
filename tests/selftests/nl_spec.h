/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attributes of <linux/sipfast.h>, level by level in its order, with names for tests. */
#ifndef NL_SPEC_H
#define NL_SPEC_H

#include <stddef.h>

#include <linux/sipfast.h>

enum kind { FLAG, U8, U16, BE16, U32, IP4, U64, S64, STRING, NEST };

static const int kind_size[] = {
	[FLAG] = 0, [U8] = 1,  [U16] = 2, [BE16] = 2,	[U32] = 4,
	[IP4] = 4,  [U64] = 8, [S64] = 8, [STRING] = 4, [NEST] = 0,
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
	{ NULL, SIPFAST_A_STATUS_MAX, 0, 0, NULL },
};

static const struct spec counter_spec[] = {
	{ "name", SIPFAST_A_COUNTER_NAME, STRING, RO, NULL },
	{ "value", SIPFAST_A_COUNTER_VALUE, U64, RO, NULL },
	{ NULL, SIPFAST_A_COUNTER_MAX, 0, 0, NULL },
};

static const struct spec range_spec[] = {
	{ "addr", SIPFAST_A_RANGE_ADDR4, IP4, 0, NULL },
	{ "min", SIPFAST_A_RANGE_PORT_MIN, U16, 0, NULL },
	{ "max", SIPFAST_A_RANGE_PORT_MAX, U16, 0, NULL },
	{ "endpoints", SIPFAST_A_RANGE_ENDPOINTS, U32, RO, NULL },
	{ "unknown", SIPFAST_A_RANGE_UNKNOWN, U64, RO, NULL },
	{ NULL, SIPFAST_A_RANGE_MAX, 0, 0, NULL },
};

static const struct spec forward_spec[] = {
	{ "to", SIPFAST_A_FORWARD_TO, U32, 0, NULL },
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
	{ NULL, SIPFAST_A_RX_MAX, 0, 0, NULL },
};

static const struct spec tx_spec[] = {
	{ "packets", SIPFAST_A_TX_PACKETS, U64, RO, NULL },
	{ "octets", SIPFAST_A_TX_OCTETS, U64, RO, NULL },
	{ "dropped", SIPFAST_A_TX_DROPPED, U64, RO, NULL },
	{ NULL, SIPFAST_A_TX_MAX, 0, 0, NULL },
};

static const struct spec endpoint_spec[] = {
	{ "id", SIPFAST_A_ENDPOINT_ID, U32, 0, NULL },
	{ "delete", SIPFAST_A_ENDPOINT_DELETE, FLAG, 0, NULL },
	{ "laddr", SIPFAST_A_ENDPOINT_LOCAL_ADDR4, IP4, 0, NULL },
	{ "lport", SIPFAST_A_ENDPOINT_LOCAL_PORT, BE16, 0, NULL },
	{ "raddr", SIPFAST_A_ENDPOINT_REMOTE_ADDR4, IP4, 0, NULL },
	{ "rport", SIPFAST_A_ENDPOINT_REMOTE_PORT, BE16, 0, NULL },
	{ "component", SIPFAST_A_ENDPOINT_COMPONENT, U8, 0, NULL },
	{ "learn", SIPFAST_A_ENDPOINT_LEARN, U8, 0, NULL },
	{ "from", SIPFAST_A_ENDPOINT_LEARN_ADDR4, IP4, 0, NULL },
	{ "prefix", SIPFAST_A_ENDPOINT_LEARN_PREFIX, U8, 0, NULL },
	{ "source", SIPFAST_A_ENDPOINT_SOURCE, U8, 0, NULL },
	{ "dscp", SIPFAST_A_ENDPOINT_DSCP, U8, 0, NULL },
	{ "ttl", SIPFAST_A_ENDPOINT_TTL, U8, 0, NULL },
	{ "clock", SIPFAST_A_ENDPOINT_CLOCK_RATE, U32, 0, NULL },
	{ "forward", SIPFAST_A_ENDPOINT_FORWARD, NEST, 0, forward_spec },
	{ "noforwards", SIPFAST_A_ENDPOINT_NO_FORWARDS, FLAG, 0, NULL },
	{ "learned", SIPFAST_A_ENDPOINT_LEARNED, FLAG, RO, NULL },
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
	{ NULL, SIPFAST_A_SESSION_MAX, 0, 0, NULL },
};

static const struct spec top_spec[] = {
	{ "status", SIPFAST_A_STATUS, NEST, RO, status_spec },
	{ "counter", SIPFAST_A_COUNTER, NEST, RO, counter_spec },
	{ "range", SIPFAST_A_RANGE, NEST, 0, range_spec },
	{ "session", SIPFAST_A_SESSION, NEST, 0, session_spec },
	{ NULL, SIPFAST_A_MAX, 0, 0, NULL },
};

static inline int spec_max(const struct spec *level)
{
	while (level->name)
		level++;
	return level->type;
}

#endif /* NL_SPEC_H */
