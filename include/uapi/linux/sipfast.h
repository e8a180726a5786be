/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * sipfast: RTP forwarding in the kernel, controlled over generic netlink.
 *
 * Family "sipfast", version 1. Everything is per network namespace: a request acts
 * on the namespace of the socket that sends it.
 *
 * Objects
 * -------
 * range     A local address and a span of UDP ports that the module owns. No socket
 *           is bound there. Inside a range a packet for no endpoint is dropped
 *           silently and counted, never answered with ICMP.
 * endpoint  One local UDP address and port inside a range, the remote address and
 *           port it talks to, and how that remote is learned.
 * forward   "What endpoint A receives is sent out of endpoint B": source B.local,
 *           destination B.remote. It belongs to A and names B.
 * session   The endpoints of one call, with one ID chosen by userspace. It is
 *           created, changed and deleted as one: a request is carried out whole or,
 *           when it is refused, not at all.
 *
 * Sessions belong to the namespace, not to the process that made them.
 *
 * Conventions
 * -----------
 * - Addresses (_ADDR4) and ports (_PORT) of endpoints are in network byte order,
 *   port bounds of ranges and all other integers in host byte order.
 * - "multi" marks an attribute that may be repeated. "ro" marks what only the kernel
 *   sends; a request that carries it is refused.
 * - Every refusal carries an extended acknowledgement: a sentence, and the offset of
 *   the offending attribute (or the missing attribute's type) where there is one.
 * - Writing commands need CAP_NET_ADMIN in the user namespace that owns the network
 *   namespace. Reading commands need no privilege.
 * - Several requests may be sent in one sendmsg(); each is acknowledged by itself.
 *
 * Commands
 * --------
 * STATUS_GET     do: -> STATUS.
 * COUNTER_GET    dump: -> one COUNTER per message part, every counter of the
 *                namespace, in a fixed order.
 * RANGE_ADD      do: RANGE {ADDR4, PORT_MIN, PORT_MAX}.
 *                -EEXIST overlaps another range; -EADDRINUSE a UDP socket is bound to
 *                a port of it; -EADDRNOTAVAIL the address is not local.
 *                The ports are kept from the kernel's choice of ephemeral ports
 *                (net.ipv4.ip_local_reserved_ports) while the range exists.
 * RANGE_DEL      do: RANGE {ADDR4, PORT_MIN, PORT_MAX}, exactly as added.
 *                -ENOENT no such range; -EBUSY endpoints live in it.
 * RANGE_GET      dump: -> RANGE.
 * SESSION_ADD    do: SESSION {ID, [OWNER], [TIMEOUT_MS], ENDPOINT...}.
 *                -EEXIST the ID, or an endpoint's local address and port, is taken;
 *                -ERANGE a local port lies in no range.
 * SESSION_SET    do: SESSION {ID, [TIMEOUT_MS], [ENDPOINT...]}. For each ENDPOINT
 *                given: an ID the session has is changed (attributes not given stay,
 *                FORWARDs given replace all its forwards, NO_FORWARDS removes them),
 *                a new ID is created, one with DELETE is removed, and with it what
 *                others forward to it. Statistics of an endpoint that stays go on.
 *                Giving REMOTE restarts learning; nothing else does.
 *                -ENOENT no such session, endpoint to delete or to forward to; -EEXIST
 *                a new endpoint's local address is taken, be it by one that this
 *                request deletes.
 *                Packets see the session before or after the change, never between.
 * SESSION_DEL    do: SESSION {ID}. With NLM_F_ECHO the session as it last was, with its
 *                final statistics, comes back before the acknowledgement.
 * SESSION_GET    do: SESSION {ID} -> SESSION. dump: [SESSION {[ID], [OWNER]}] -> the
 *                sessions that match, in no particular order. A session that does not
 *                fit one message of a dump is continued in the next, which repeats its
 *                ID; everywhere else it is one message, of 16 KiB at most.
 * SESSION_FLUSH  do: [SESSION {OWNER}]: deletes all sessions, or those of an owner.
 *
 * Events (multicast group "media")
 * --------------------------------
 * EVENT_LEARNED  SESSION {ID, OWNER, ENDPOINT {ID, REMOTE_ADDR4, REMOTE_PORT}}: an
 *                endpoint took the source of a packet as its remote.
 * EVENT_TIMEOUT  SESSION as SESSION_GET sends it: no packet was accepted by any of its
 *                endpoints for TIMEOUT_MS, all of it with that TIMEOUT_MS; the session is
 *                deleted.
 */
#ifndef _UAPI_LINUX_SIPFAST_H
#define _UAPI_LINUX_SIPFAST_H

#define SIPFAST_GENL_NAME	"sipfast"
#define SIPFAST_GENL_VERSION	1
#define SIPFAST_MCGRP_MEDIA	"media"

/* Most endpoints of one session, and most forwards of one endpoint. */
#define SIPFAST_MAX_ENDPOINTS	32
#define SIPFAST_MAX_FORWARDS	8

enum sipfast_cmd {
	SIPFAST_CMD_UNSPEC,
	SIPFAST_CMD_STATUS_GET,
	SIPFAST_CMD_COUNTER_GET,
	SIPFAST_CMD_RANGE_ADD,
	SIPFAST_CMD_RANGE_DEL,
	SIPFAST_CMD_RANGE_GET,
	SIPFAST_CMD_SESSION_ADD,
	SIPFAST_CMD_SESSION_SET,
	SIPFAST_CMD_SESSION_DEL,
	SIPFAST_CMD_SESSION_GET,
	SIPFAST_CMD_SESSION_FLUSH,
	SIPFAST_CMD_EVENT_LEARNED,
	SIPFAST_CMD_EVENT_TIMEOUT,

	__SIPFAST_CMD_MAX,
	SIPFAST_CMD_MAX = __SIPFAST_CMD_MAX - 1
};

/* Top level of every message. */
enum sipfast_attr {
	SIPFAST_A_UNSPEC,
	SIPFAST_A_PAD,
	SIPFAST_A_STATUS,		/* nest, enum sipfast_status_attr, ro */
	SIPFAST_A_COUNTER,		/* nest, enum sipfast_counter_attr, multi, ro */
	SIPFAST_A_RANGE,		/* nest, enum sipfast_range_attr */
	SIPFAST_A_SESSION,		/* nest, enum sipfast_session_attr */

	__SIPFAST_A_MAX,
	SIPFAST_A_MAX = __SIPFAST_A_MAX - 1
};

enum sipfast_status_attr {
	SIPFAST_A_STATUS_UNSPEC,
	SIPFAST_A_STATUS_VERSION,	/* string: of the module */
	SIPFAST_A_STATUS_RANGES,	/* u32 */
	SIPFAST_A_STATUS_SESSIONS,	/* u32 */
	SIPFAST_A_STATUS_ENDPOINTS,	/* u32 */

	__SIPFAST_A_STATUS_MAX,
	SIPFAST_A_STATUS_MAX = __SIPFAST_A_STATUS_MAX - 1
};

enum sipfast_counter_attr {
	SIPFAST_A_COUNTER_UNSPEC,
	SIPFAST_A_COUNTER_PAD,
	SIPFAST_A_COUNTER_NAME,		/* string: "forwarded", "drop-no-endpoint" ... */
	SIPFAST_A_COUNTER_VALUE,	/* u64: packets */

	__SIPFAST_A_COUNTER_MAX,
	SIPFAST_A_COUNTER_MAX = __SIPFAST_A_COUNTER_MAX - 1
};

enum sipfast_range_attr {
	SIPFAST_A_RANGE_UNSPEC,
	SIPFAST_A_RANGE_PAD,
	SIPFAST_A_RANGE_ADDR4,		/* be32 */
	SIPFAST_A_RANGE_PORT_MIN,	/* u16: 1..65535 */
	SIPFAST_A_RANGE_PORT_MAX,	/* u16: PORT_MIN..65535, included */
	SIPFAST_A_RANGE_ENDPOINTS,	/* u32, ro: endpoints that live in it */
	SIPFAST_A_RANGE_UNKNOWN,	/* u64, ro: packets dropped for want of an endpoint */

	__SIPFAST_A_RANGE_MAX,
	SIPFAST_A_RANGE_MAX = __SIPFAST_A_RANGE_MAX - 1
};

enum sipfast_session_attr {
	SIPFAST_A_SESSION_UNSPEC,
	SIPFAST_A_SESSION_PAD,
	SIPFAST_A_SESSION_ID,		/* u64: not 0 */
	SIPFAST_A_SESSION_OWNER,	/* u32: chosen by userspace, default 0 */
	SIPFAST_A_SESSION_TIMEOUT_MS,	/* u32: inactivity, 0 (default) = never;
					 * 100..86400000; counted from the last accepted
					 * packet, or from when this was last given
					 */
	SIPFAST_A_SESSION_ENDPOINT,	/* nest, enum sipfast_endpoint_attr, multi */
	SIPFAST_A_SESSION_AGE_MS,	/* u64, ro: since SESSION_ADD */
	SIPFAST_A_SESSION_IDLE_MS,	/* u64, ro: since the last accepted packet, or since
					 * SESSION_ADD when there was none
					 */

	__SIPFAST_A_SESSION_MAX,
	SIPFAST_A_SESSION_MAX = __SIPFAST_A_SESSION_MAX - 1
};

/* What an endpoint carries. */
enum sipfast_component {
	SIPFAST_COMPONENT_RTP,		/* RTP; RTCP that comes is told apart, too */
	SIPFAST_COMPONENT_RTCP,		/* only RTCP */
	SIPFAST_COMPONENT_MUX,		/* both on one port (RFC 5761) */

	__SIPFAST_COMPONENT_MAX,
	SIPFAST_COMPONENT_MAX = __SIPFAST_COMPONENT_MAX - 1
};

/* How an endpoint learns its remote (latching, RFC 7362). */
enum sipfast_learn {
	SIPFAST_LEARN_OFF,		/* REMOTE is what it is */
	SIPFAST_LEARN_ONCE,		/* the source of the first valid packet becomes REMOTE */

	__SIPFAST_LEARN_MAX,
	SIPFAST_LEARN_MAX = __SIPFAST_LEARN_MAX - 1
};

/* What becomes of a packet whose source is not REMOTE. */
enum sipfast_source {
	SIPFAST_SOURCE_STRICT,		/* dropped and counted */
	SIPFAST_SOURCE_ACCEPT,		/* forwarded; REMOTE stays */

	__SIPFAST_SOURCE_MAX,
	SIPFAST_SOURCE_MAX = __SIPFAST_SOURCE_MAX - 1
};

enum sipfast_endpoint_attr {
	SIPFAST_A_ENDPOINT_UNSPEC,
	SIPFAST_A_ENDPOINT_PAD,
	SIPFAST_A_ENDPOINT_ID,		/* u32: not 0, unique in the session */
	SIPFAST_A_ENDPOINT_DELETE,	/* flag: SESSION_SET only */
	SIPFAST_A_ENDPOINT_LOCAL_ADDR4,	/* be32: needed to create, fixed after that */
	SIPFAST_A_ENDPOINT_LOCAL_PORT,	/* be16: the same */
	SIPFAST_A_ENDPOINT_REMOTE_ADDR4, /* be32: with REMOTE_PORT; without: not known yet */
	SIPFAST_A_ENDPOINT_REMOTE_PORT,	/* be16: not 0 */
	SIPFAST_A_ENDPOINT_COMPONENT,	/* u8, enum sipfast_component: default RTP */
	SIPFAST_A_ENDPOINT_LEARN,	/* u8, enum sipfast_learn: default OFF */
	SIPFAST_A_ENDPOINT_LEARN_ADDR4,	/* be32: learn only from here, with LEARN_PREFIX */
	SIPFAST_A_ENDPOINT_LEARN_PREFIX, /* u8: 0..32; 0 = from anywhere (default) */
	SIPFAST_A_ENDPOINT_SOURCE,	/* u8, enum sipfast_source: default STRICT */
	SIPFAST_A_ENDPOINT_DSCP,	/* u8: 0..63 of what leaves here, default 0 */
	SIPFAST_A_ENDPOINT_TTL,		/* u8: 1..255, most of what leaves here, which also
					 * is less than it came with; default 64
					 */
	SIPFAST_A_ENDPOINT_CLOCK_RATE,	/* u32: Hz of dynamic payload types, 1000..192000,
					 * default 8000
					 */
	SIPFAST_A_ENDPOINT_FORWARD,	/* nest, enum sipfast_forward_attr, multi */
	SIPFAST_A_ENDPOINT_NO_FORWARDS,	/* flag: SESSION_SET only, not with FORWARD */
	SIPFAST_A_ENDPOINT_LEARNED,	/* flag, ro: REMOTE came from a packet */
	SIPFAST_A_ENDPOINT_RX,		/* nest, enum sipfast_rx_attr, ro */
	SIPFAST_A_ENDPOINT_TX,		/* nest, enum sipfast_tx_attr, ro */

	__SIPFAST_A_ENDPOINT_MAX,
	SIPFAST_A_ENDPOINT_MAX = __SIPFAST_A_ENDPOINT_MAX - 1
};

enum sipfast_forward_attr {
	SIPFAST_A_FORWARD_UNSPEC,
	SIPFAST_A_FORWARD_TO,		/* u32: endpoint ID, of the same session */

	__SIPFAST_A_FORWARD_MAX,
	SIPFAST_A_FORWARD_MAX = __SIPFAST_A_FORWARD_MAX - 1
};

/* What an endpoint received. LOST, JITTER: RFC 3550 A.3, A.8, of the present SSRC. */
enum sipfast_rx_attr {
	SIPFAST_A_RX_UNSPEC,
	SIPFAST_A_RX_PAD,
	SIPFAST_A_RX_PACKETS,		/* u64: accepted */
	SIPFAST_A_RX_OCTETS,		/* u64: of UDP payload, accepted */
	SIPFAST_A_RX_LOST,		/* s64: expected less received; duplicates
					 * make it negative
					 */
	SIPFAST_A_RX_DUPLICATE,		/* u64 */
	SIPFAST_A_RX_REORDERED,		/* u64: came after a higher sequence number */
	SIPFAST_A_RX_JITTER_US,		/* u32: microseconds */
	SIPFAST_A_RX_SSRC,		/* u32: absent until RTP came */
	SIPFAST_A_RX_PAYLOAD_TYPE,	/* u8: of the last RTP packet; absent until RTP came */
	SIPFAST_A_RX_IDLE_MS,		/* u64: since the last accepted packet; absent until
					 * there was one
					 */
	SIPFAST_A_RX_BAD_SOURCE,	/* u64: dropped, source is not REMOTE or not allowed to
					 * be learned
					 */
	SIPFAST_A_RX_MALFORMED,		/* u64: dropped, not what COMPONENT says */

	__SIPFAST_A_RX_MAX,
	SIPFAST_A_RX_MAX = __SIPFAST_A_RX_MAX - 1
};

/* What left from an endpoint. */
enum sipfast_tx_attr {
	SIPFAST_A_TX_UNSPEC,
	SIPFAST_A_TX_PAD,
	SIPFAST_A_TX_PACKETS,		/* u64 */
	SIPFAST_A_TX_OCTETS,		/* u64: of UDP payload */
	SIPFAST_A_TX_DROPPED,		/* u64: no remote yet, no route, too big, no memory */

	__SIPFAST_A_TX_MAX,
	SIPFAST_A_TX_MAX = __SIPFAST_A_TX_MAX - 1
};

#endif /* _UAPI_LINUX_SIPFAST_H */
