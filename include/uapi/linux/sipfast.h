/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * sipfast: RTP forwarding and SIP inspection in the kernel, controlled over generic netlink.
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
 *           destination B.remote. It belongs to A and names B, and may change what it
 *           carries. The two may be of different address families.
 * session   The endpoints of one call, with one ID chosen by userspace. It is
 *           created, changed and deleted as one: a request is carried out whole or,
 *           when it is refused, not at all.
 * listener  A local address, port and transport where a SIP server listens. What comes for it
 *           is inspected before conntrack and sockets see it; no socket is bound here either.
 * source    A host, or all hosts of a prefix, and the class that what it sends is of: trusted,
 *           registered or banned. Who is in none is unknown. The longest prefix that fits
 *           counts, and before that an entry for the very port.
 * policy    What the classes may do: limits, evidence that leads to a ban, overload.
 * rule      What becomes of messages that look in a certain way.
 *
 * Sessions belong to the namespace, not to the process that made them. So does all that is about
 * SIP.
 *
 * Conventions
 * -----------
 * - An address is an _ADDR4 or an _ADDR6, never both.
 * - Addresses (_ADDR4, _ADDR6) and ports (_PORT) of endpoints are in network byte
 *   order, port bounds of ranges and all other integers in host byte order.
 * - "multi" marks an attribute that may be repeated. "ro" marks what only the kernel
 *   sends; a request that carries it is refused.
 * - Every refusal carries an extended acknowledgement: a sentence, and the offset of
 *   the offending attribute (or the missing attribute's type) where there is one.
 * - Writing commands need CAP_NET_ADMIN in the user namespace that owns the network
 *   namespace, and so does joining a multicast group. Reading commands need no privilege.
 * - Several requests may be sent in one sendmsg(); each is acknowledged by itself.
 *
 * Commands
 * --------
 * STATUS_GET     do: -> STATUS.
 * CONFIG_GET     do: -> CONFIG.
 * CONFIG_SET     do: CONFIG {[SESSIONS_MAX], [ENDPOINTS_MAX], [HOOKS, DEVICE...]}. What is
 *                not given stays. DEVICE goes with HOOKS LISTED only, and names devices
 *                that need not exist yet.
 *                -ERANGE a maximum is higher than any namespace may have. One that is
 *                lower than what exists refuses additions only.
 * COUNTER_GET    dump: -> one COUNTER per message part, every counter of the
 *                namespace, in a fixed order.
 * RANGE_ADD      do: RANGE {ADDR4 or ADDR6, PORT_MIN, PORT_MAX}.
 *                -EEXIST overlaps another range; -EADDRINUSE a UDP socket is bound to
 *                a port of it; -EADDRNOTAVAIL the address is not local.
 *                The ports are kept from the kernel's choice of ephemeral ports
 *                (net.ipv4.ip_local_reserved_ports) while the range exists.
 * RANGE_DEL      do: RANGE {ADDR4 or ADDR6, PORT_MIN, PORT_MAX}, exactly as added.
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
 *                Giving REMOTE, or LEARN WINDOW, restarts learning; nothing else does.
 *                -ENOENT no such session, endpoint to delete or to forward to; -EEXIST
 *                a new endpoint's local address is taken, be it by one that this
 *                request deletes.
 *                Packets see the session before or after the change, never between.
 * SESSION_DEL    do: SESSION {ID, [BRIEF]}. With NLM_F_ECHO the session as it last was, with
 *                its final statistics, comes back before the acknowledgement.
 * SESSION_GET    do: SESSION {ID, [BRIEF]} -> SESSION. dump: [SESSION {[ID], [OWNER]}] -> the
 *                sessions that match, in no particular order. A session that does not
 *                fit one message of a dump is continued in the next, which repeats its
 *                ID; everywhere else it is one message, of 40 KiB at most.
 * SESSION_FLUSH  do: [SESSION {OWNER}]: deletes all sessions, or those of an owner.
 *
 * LISTENER_ADD   do: LISTENER {ADDR4 or ADDR6, PORT, [TRANSPORT], [MODE], [WORKERS, HASH_KEY]}.
 *                -EEXIST there is one; -EADDRINUSE the port lies in a media range;
 *                -EADDRNOTAVAIL the address is not local.
 * LISTENER_SET   do: LISTENER {as above, [LOAD]}: what is not given stays. -ENOENT.
 * LISTENER_DEL   do: LISTENER {ADDR4 or ADDR6, PORT, [TRANSPORT]}. -ENOENT.
 * LISTENER_GET   dump: -> LISTENER.
 * SOURCE_ADD     do: SOURCE {ADDR4 or ADDR6, [PREFIX or PORT], CLASS, [EXPIRES_MS], [REASON]}.
 *                What there was of the same address, prefix and port is replaced.
 *                -ENOSPC there are as many as SOURCES_MAX allows.
 * SOURCE_DEL     do: SOURCE {ADDR4 or ADDR6, [PREFIX or PORT], [CLASS]}: only if it is of CLASS.
 *                -ENOENT.
 * SOURCE_GET     do: SOURCE {ADDR4 or ADDR6, [PORT]} -> the SOURCE that counts for it; -ENOENT
 *                it is unknown. dump: [SOURCE {CLASS}] -> SOURCE, of that class or of any;
 *                those added or deleted meanwhile may be there or not, and when many are,
 *                some may come twice.
 * SOURCE_FLUSH   do: [SOURCE {CLASS}]: deletes those of a class, or all.
 * POLICY_GET     do: -> POLICY.
 * POLICY_SET     do: POLICY {...}: what is not given stays, of LIMITs too.
 * RULE_ADD       do: RULE {ID, ACTION, [METHODS], [CLASSES], [USER_AGENT], [URI_USER],
 *                [SIZE_MIN]}: replaces the one with that ID. -ENOSPC there are 64.
 * RULE_DEL       do: RULE {ID}. -ENOENT.
 * RULE_GET       dump: -> RULE, by ID.
 * SIP_COUNTER_GET dump: -> SIP_COUNTER, all that are not 0.
 *
 * Events (multicast group "media")
 * --------------------------------
 * An event that could not be sent is counted ("event-lost"): there are limits, of the
 * namespace and, for what a stranger can cause, of each endpoint. Unless said otherwise it
 * is SESSION {ID, OWNER, ENDPOINT {ID, ...}}, here with the dots only.
 *
 * EVENT_LEARNED  REMOTE_ADDR, REMOTE_PORT: the endpoint took the source of a packet as its
 *                remote.
 * EVENT_TIMEOUT  SESSION as SESSION_GET sends it: no packet was accepted by any of its
 *                endpoints for TIMEOUT_MS, all of it with that TIMEOUT_MS; the session is
 *                deleted.
 * EVENT_INACTIVE RX: the endpoint accepted no packet for its INACTIVE_MS.
 * EVENT_RESUMED  RX, GAP_MS: after EVENT_INACTIVE a packet came again.
 * EVENT_SSRC     RX, OLD_SSRC: RTP comes from another SSRC than before.
 * EVENT_REJECTED REJECTED_ADDR, REJECTED_PORT: packets from there were dropped for their
 *                source. At most one in a second for an endpoint.
 * EVENT_DTMF     DTMF: a telephone event (RFC 4733) has ended.
 * EVENT_ICMP     ICMP: what left from the endpoint was answered with an ICMP error. At most
 *                one in a second for an endpoint.
 *
 * Events about SIP (multicast group "sip")
 * ----------------------------------------
 * Some a second of each kind; those that are not sent are counted ("event-lost").
 *
 * EVENT_BAN      SOURCE: the kernel has banned it, for its REASON. In MODE OBSERVE: it would
 *                have, SOURCE {OBSERVED}.
 * EVENT_OVERLOAD LISTENER {ADDR, PORT, TRANSPORT, LEVEL, QUEUE, LOAD}: LEVEL has changed.
 * EVENT_RULE     RULE {ID, ACTION}, SOURCE {ADDR, PORT}: a rule with ACTION LOG, DROP or BAN fits
 *                a message from there.
 * EVENT_MALFORMED SOURCE {ADDR, PORT}, SAMPLE: the first octets of a message that is no SIP.
 */
#ifndef _UAPI_LINUX_SIPFAST_H
#define _UAPI_LINUX_SIPFAST_H

#define SIPFAST_GENL_NAME	"sipfast"
#define SIPFAST_GENL_VERSION	1
#define SIPFAST_MCGRP_MEDIA	"media"
#define SIPFAST_MCGRP_SIP	"sip"

/* Most endpoints of one session, and most forwards of one endpoint. */
#define SIPFAST_MAX_ENDPOINTS	32
#define SIPFAST_MAX_FORWARDS	8

/* The mark of a SIP message is this and the number of the worker that it is for. */
#define SIPFAST_SIP_MARK	0x51500000
#define SIPFAST_MAX_WORKERS	64

#define SIPFAST_MAX_RULES	64
/* Most octets of a rule's pattern, of a source's reason, and of a sample. */
#define SIPFAST_MAX_PATTERN	63
#define SIPFAST_MAX_REASON	31
#define SIPFAST_MAX_SAMPLE	128

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
	SIPFAST_CMD_CONFIG_GET,
	SIPFAST_CMD_CONFIG_SET,
	SIPFAST_CMD_EVENT_INACTIVE,
	SIPFAST_CMD_EVENT_RESUMED,
	SIPFAST_CMD_EVENT_SSRC,
	SIPFAST_CMD_EVENT_REJECTED,
	SIPFAST_CMD_EVENT_DTMF,
	SIPFAST_CMD_EVENT_ICMP,
	SIPFAST_CMD_LISTENER_ADD,
	SIPFAST_CMD_LISTENER_SET,
	SIPFAST_CMD_LISTENER_DEL,
	SIPFAST_CMD_LISTENER_GET,
	SIPFAST_CMD_SOURCE_ADD,
	SIPFAST_CMD_SOURCE_DEL,
	SIPFAST_CMD_SOURCE_GET,
	SIPFAST_CMD_SOURCE_FLUSH,
	SIPFAST_CMD_POLICY_GET,
	SIPFAST_CMD_POLICY_SET,
	SIPFAST_CMD_RULE_ADD,
	SIPFAST_CMD_RULE_DEL,
	SIPFAST_CMD_RULE_GET,
	SIPFAST_CMD_SIP_COUNTER_GET,
	SIPFAST_CMD_EVENT_BAN,
	SIPFAST_CMD_EVENT_OVERLOAD,
	SIPFAST_CMD_EVENT_RULE,
	SIPFAST_CMD_EVENT_MALFORMED,

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
	SIPFAST_A_CONFIG,		/* nest, enum sipfast_config_attr */
	SIPFAST_A_LISTENER,		/* nest, enum sipfast_listener_attr */
	SIPFAST_A_SOURCE,		/* nest, enum sipfast_source_attr */
	SIPFAST_A_POLICY,		/* nest, enum sipfast_policy_attr */
	SIPFAST_A_RULE,			/* nest, enum sipfast_rule_attr */
	SIPFAST_A_SIP_COUNTER,		/* nest, enum sipfast_sip_counter_attr, ro */
	SIPFAST_A_SAMPLE,		/* binary, ro */

	__SIPFAST_A_MAX,
	SIPFAST_A_MAX = __SIPFAST_A_MAX - 1
};

enum sipfast_status_attr {
	SIPFAST_A_STATUS_UNSPEC,
	SIPFAST_A_STATUS_VERSION,	/* string: of the module */
	SIPFAST_A_STATUS_RANGES,	/* u32 */
	SIPFAST_A_STATUS_SESSIONS,	/* u32 */
	SIPFAST_A_STATUS_ENDPOINTS,	/* u32 */
	SIPFAST_A_STATUS_DEVICE,	/* string, multi: packets are taken at its ingress */
	SIPFAST_A_STATUS_PREROUTING,	/* flag: packets are taken at PRE_ROUTING, too */

	__SIPFAST_A_STATUS_MAX,
	SIPFAST_A_STATUS_MAX = __SIPFAST_A_STATUS_MAX - 1
};

/* Where media is taken from the stack. */
enum sipfast_hooks {
	SIPFAST_HOOKS_AUTO,		/* at the ingress of every device that hands packets
					 * to IP; at PRE_ROUTING, too, while one is left out
					 */
	SIPFAST_HOOKS_PREROUTING,	/* at PRE_ROUTING only */
	SIPFAST_HOOKS_LISTED,		/* at the ingress of the devices listed, and at
					 * PRE_ROUTING
					 */

	__SIPFAST_HOOKS_MAX,
	SIPFAST_HOOKS_MAX = __SIPFAST_HOOKS_MAX - 1
};

enum sipfast_config_attr {
	SIPFAST_A_CONFIG_UNSPEC,
	SIPFAST_A_CONFIG_SESSIONS_MAX,	/* u32: sessions the namespace may have */
	SIPFAST_A_CONFIG_ENDPOINTS_MAX,	/* u32: endpoints, of all its sessions */
	SIPFAST_A_CONFIG_HOOKS,		/* u8, enum sipfast_hooks: default AUTO */
	SIPFAST_A_CONFIG_DEVICE,	/* string, multi: of HOOKS LISTED */

	__SIPFAST_A_CONFIG_MAX,
	SIPFAST_A_CONFIG_MAX = __SIPFAST_A_CONFIG_MAX - 1
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
	SIPFAST_A_RANGE_ADDR6,		/* struct in6_addr */

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
	SIPFAST_A_SESSION_BRIEF,	/* flag: SESSION_GET, other than a dump, and SESSION_DEL:
					 * the session comes with ID and BRIEF; with those
					 * endpoints only that packets came to or left from, and
					 * of these with ID, REMOTE, LEARNED, RX {PACKETS,
					 * OCTETS, LOST, JITTER_US} and TX {PACKETS}, without
					 * what is 0
					 */

	__SIPFAST_A_SESSION_MAX,
	SIPFAST_A_SESSION_MAX = __SIPFAST_A_SESSION_MAX - 1
};

/* What an endpoint carries. */
enum sipfast_component {
	SIPFAST_COMPONENT_RTP,		/* RTP; RTCP that comes is told apart, too */
	SIPFAST_COMPONENT_RTCP,		/* only RTCP */
	SIPFAST_COMPONENT_MUX,		/* both on one port (RFC 5761) */
	SIPFAST_COMPONENT_TRANSPARENT,	/* any UDP payload, which leaves as it came: UDPTL (T.38)
					 * and others. Nothing is read from it: no STUN or DTLS is
					 * passed up, LEARN WINDOW moves to a given REMOTE only,
					 * CLOCK_RATE and DTMF_TYPE have no effect, and forwards
					 * have MODE PASS or BLOCK and change nothing
					 */

	__SIPFAST_COMPONENT_MAX,
	SIPFAST_COMPONENT_MAX = __SIPFAST_COMPONENT_MAX - 1
};

/* How an endpoint learns its remote (latching, RFC 7362). */
enum sipfast_learn {
	SIPFAST_LEARN_OFF,		/* REMOTE is what it is */
	SIPFAST_LEARN_ONCE,		/* the source of the first valid packet becomes REMOTE */
	SIPFAST_LEARN_WINDOW,		/* the same, and again until LEARN_MS have passed since
					 * it was given, as a NAT may bind anew: a packet from
					 * the REMOTE that was given always wins; another source
					 * does when the present one has been silent for 100 ms
					 * and it carries on the stream, with the same SSRC and
					 * a sequence number that follows
					 */

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
	SIPFAST_A_ENDPOINT_LEARN_PREFIX, /* u8: 0..32, with ADDR6 0..128; 0 (default) = anywhere */
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
	SIPFAST_A_ENDPOINT_LOCAL_ADDR6,	/* struct in6_addr, as LOCAL_ADDR4 */
	SIPFAST_A_ENDPOINT_REMOTE_ADDR6, /* struct in6_addr, of the family of LOCAL */
	SIPFAST_A_ENDPOINT_LEARN_ADDR6,	/* struct in6_addr, as LEARN_ADDR4 */
	SIPFAST_A_ENDPOINT_LEARN_MS,	/* u32: 1..600000, with LEARN WINDOW, default 10000;
					 * what is left of it in what the kernel sends
					 */
	SIPFAST_A_ENDPOINT_INACTIVE_MS,	/* u32: silence to report, 0 (default) = none;
					 * 100..86400000
					 */
	SIPFAST_A_ENDPOINT_DTMF_TYPE,	/* u8: payload type of telephone events received here,
					 * 0..127; 255 (default) = none
					 */
	SIPFAST_A_ENDPOINT_GAP_MS,	/* u64, ro: silence that ended */
	SIPFAST_A_ENDPOINT_OLD_SSRC,	/* u32, ro */
	SIPFAST_A_ENDPOINT_REJECTED_ADDR4, /* be32, ro */
	SIPFAST_A_ENDPOINT_REJECTED_ADDR6, /* struct in6_addr, ro */
	SIPFAST_A_ENDPOINT_REJECTED_PORT, /* be16, ro */
	SIPFAST_A_ENDPOINT_DTMF,	/* nest, enum sipfast_dtmf_attr, ro */
	SIPFAST_A_ENDPOINT_ICMP,	/* nest, enum sipfast_icmp_attr, ro */

	__SIPFAST_A_ENDPOINT_MAX,
	SIPFAST_A_ENDPOINT_MAX = __SIPFAST_A_ENDPOINT_MAX - 1
};

/* What a forward does with RTP, and BLOCK with any payload. RTCP is forwarded in any mode. */
enum sipfast_forward_mode {
	SIPFAST_FORWARD_PASS,
	SIPFAST_FORWARD_SILENCE,	/* payload types 0, 8, 10 and 11 leave with silence of
					 * the same length, others don't leave
					 */
	SIPFAST_FORWARD_BLOCK,		/* nothing leaves */

	__SIPFAST_FORWARD_MAX,
	SIPFAST_FORWARD_MAX = __SIPFAST_FORWARD_MAX - 1
};

/*
 * What is not given is not changed. With SSRC, SEQ_OFFSET or TIMESTAMP_OFFSET also RTCP is
 * changed to match (RFC 3550 s.6.4): the sender's SSRC and timestamp in what goes this way,
 * and, by a forward back from TO, the reports on it. What is encrypted can't be changed.
 */
enum sipfast_forward_attr {
	SIPFAST_A_FORWARD_UNSPEC,
	SIPFAST_A_FORWARD_TO,		/* u32: endpoint ID, of the same session */
	SIPFAST_A_FORWARD_MODE,		/* u8, enum sipfast_forward_mode: default PASS */
	SIPFAST_A_FORWARD_PAYLOAD_TYPES, /* binary, 1..16 pairs of u8: from, to, each 0..127 */
	SIPFAST_A_FORWARD_SSRC,		/* u32: of all RTP that leaves */
	SIPFAST_A_FORWARD_SEQ_OFFSET,	/* u16: added, modulo 2^16 */
	SIPFAST_A_FORWARD_TIMESTAMP_OFFSET, /* u32: added, modulo 2^32 */
	SIPFAST_A_FORWARD_DSCP,		/* u8: 0..63, instead of that of TO */
	SIPFAST_A_FORWARD_TTL,		/* u8: 1..255, instead of that of TO */

	__SIPFAST_A_FORWARD_MAX,
	SIPFAST_A_FORWARD_MAX = __SIPFAST_A_FORWARD_MAX - 1
};

/*
 * What an endpoint received. LOST, JITTER: RFC 3550 A.3, A.8, of the present SSRC. All that is
 * about RTP or RTCP is absent while COMPONENT is TRANSPARENT.
 */
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
	SIPFAST_A_RX_PAYLOAD_TYPES,	/* binary, 16 octets: bit n % 8 of octet n / 8 is set when
					 * payload type n came; absent until RTP came
					 */
	SIPFAST_A_RX_SSRC_CHANGES,	/* u32 */
	/* What the remote's RTCP says. Absent until it did. */
	SIPFAST_A_RX_RTT_US,		/* u32: round trip between here and the remote, from its
					 * last answer to a sender report that left here
					 */
	SIPFAST_A_RX_REPORT_LOST,	/* s32: packets it lost of what it is sent, cumulative */
	SIPFAST_A_RX_REPORT_FRACTION,	/* u8: of 256, lost since its report before */
	SIPFAST_A_RX_REPORT_JITTER_US,	/* u32: of what it is sent */

	__SIPFAST_A_RX_MAX,
	SIPFAST_A_RX_MAX = __SIPFAST_A_RX_MAX - 1
};

/* What left from an endpoint. */
enum sipfast_tx_attr {
	SIPFAST_A_TX_UNSPEC,
	SIPFAST_A_TX_PAD,
	SIPFAST_A_TX_PACKETS,		/* u64 */
	SIPFAST_A_TX_OCTETS,		/* u64: of UDP payload */
	SIPFAST_A_TX_DROPPED,		/* u64: no remote yet, no route, no memory */
	SIPFAST_A_TX_ICMP,		/* u64: ICMP errors that answered it */
	SIPFAST_A_TX_BLOCKED,		/* u64: not sent for the forward's MODE */

	__SIPFAST_A_TX_MAX,
	SIPFAST_A_TX_MAX = __SIPFAST_A_TX_MAX - 1
};

enum sipfast_dtmf_attr {
	SIPFAST_A_DTMF_UNSPEC,
	SIPFAST_A_DTMF_EVENT,		/* u8: 0-9, 10 *, 11 #, 12-15 A-D, others as registered */
	SIPFAST_A_DTMF_VOLUME,		/* u8: -dBm0 */
	SIPFAST_A_DTMF_DURATION_MS,	/* u32 */

	__SIPFAST_A_DTMF_MAX,
	SIPFAST_A_DTMF_MAX = __SIPFAST_A_DTMF_MAX - 1
};

/* Numbers of ICMP for IPv4, or of ICMPv6, by the family of the endpoint. */
enum sipfast_icmp_attr {
	SIPFAST_A_ICMP_UNSPEC,
	SIPFAST_A_ICMP_TYPE,		/* u8 */
	SIPFAST_A_ICMP_CODE,		/* u8 */
	SIPFAST_A_ICMP_MTU,		/* u32: if that is what it is about */

	__SIPFAST_A_ICMP_MAX,
	SIPFAST_A_ICMP_MAX = __SIPFAST_A_ICMP_MAX - 1
};

/*
 * Over TCP, each connection is followed from when the listener's host answers its SYN. Messages
 * are judged as those over UDP, when their headers have come, and what becomes of them fits a
 * stream. In MODE ENFORCE:
 * - What exceeds a limit or is shed is held back: it is dropped from its first octet in the segment
 *   on, and the peer's TCP sends it again. It is counted when it is held back first, and when it
 *   goes on. Nothing is answered with 503, and no request absorbed, as none is repeated.
 * - What a rule drops, or POLICY MALFORMED_DROP, ends the connection: the listener's host gets a
 *   RST instead of the segment, and the peer one from that host when it sends the segment again.
 * - A segment that comes before another one that is missing is dropped, and comes again behind it.
 * When messages cannot be told apart any more (no SIP, no Content-Length, urgent data), each
 * segment counts as one that is no SIP. When that is not the peer's doing (no memory, or in MODE
 * OBSERVE a segment that came early), and for connections that are not followed (POLICY
 * CONNECTIONS_MAX, or older than their listener or its mode), segments are only limited, as GROUP
 * OTHER and GROUP IN_DIALOG. COUNTERs tell of all this: "tcp-followed", "tcp-lost", "tcp-evicted"
 * and "tcp-reset" connections, "drop-tcp-held", "drop-tcp-order" and "tcp-unfollowed" segments.
 */
enum sipfast_transport {
	SIPFAST_TRANSPORT_UDP,
	SIPFAST_TRANSPORT_TCP,		/* who may connect, and each message on connections */
	SIPFAST_TRANSPORT_TLS,		/* who may connect is looked at, not what is said */

	__SIPFAST_TRANSPORT_MAX,
	SIPFAST_TRANSPORT_MAX = __SIPFAST_TRANSPORT_MAX - 1
};

enum sipfast_mode {
	SIPFAST_MODE_OFF,		/* not inspected */
	SIPFAST_MODE_OBSERVE,		/* nothing is dropped; counted is what ENFORCE would do */
	SIPFAST_MODE_ENFORCE,

	__SIPFAST_MODE_MAX,
	SIPFAST_MODE_MAX = __SIPFAST_MODE_MAX - 1
};

/* What is shed, and what of all that is above it. */
enum sipfast_level {
	SIPFAST_LEVEL_NONE,
	SIPFAST_LEVEL_DIALOGS,		/* requests that would begin a dialog */
	SIPFAST_LEVEL_REGISTERS,	/* REGISTER and PUBLISH */
	SIPFAST_LEVEL_OTHERS,		/* other requests outside of dialogs that are known */

	__SIPFAST_LEVEL_MAX,
	SIPFAST_LEVEL_MAX = __SIPFAST_LEVEL_MAX - 1
};

enum sipfast_listener_attr {
	SIPFAST_A_LISTENER_UNSPEC,
	SIPFAST_A_LISTENER_PAD,
	SIPFAST_A_LISTENER_ADDR4,	/* be32 */
	SIPFAST_A_LISTENER_ADDR6,	/* struct in6_addr */
	SIPFAST_A_LISTENER_PORT,	/* be16: not 0 */
	SIPFAST_A_LISTENER_TRANSPORT,	/* u8, enum sipfast_transport: default UDP */
	SIPFAST_A_LISTENER_MODE,	/* u8, enum sipfast_mode: default OBSERVE */
	SIPFAST_A_LISTENER_WORKERS,	/* u8: 1..64 sockets of UDP; messages of a Call-ID have the
					 * mark of one of them; 0 (default) = no mark
					 */
	SIPFAST_A_LISTENER_HASH_KEY,	/* binary, 16 octets: two u64 that the worker depends on */
	SIPFAST_A_LISTENER_LOAD,	/* u8: 0..100 percent, of the server; for three seconds */
	SIPFAST_A_LISTENER_QUEUE,	/* u8, ro: percent of the socket's buffer */
	SIPFAST_A_LISTENER_LEVEL,	/* u8, enum sipfast_level, ro */
	SIPFAST_A_LISTENER_MESSAGES,	/* u64, ro: that came */
	SIPFAST_A_LISTENER_DROPPED,	/* u64, ro: of these; in MODE OBSERVE: would have been */
	SIPFAST_A_LISTENER_CONNECTIONS,	/* u32, ro, of TRANSPORT TCP: that are followed */

	__SIPFAST_A_LISTENER_MAX,
	SIPFAST_A_LISTENER_MAX = __SIPFAST_A_LISTENER_MAX - 1
};

enum sipfast_class {
	SIPFAST_CLASS_UNKNOWN,
	SIPFAST_CLASS_REGISTERED,
	SIPFAST_CLASS_TRUSTED,		/* never banned by the kernel */
	SIPFAST_CLASS_BANNED,

	__SIPFAST_CLASS_MAX,
	SIPFAST_CLASS_MAX = __SIPFAST_CLASS_MAX - 1
};

enum sipfast_source_attr {
	SIPFAST_A_SOURCE_UNSPEC,
	SIPFAST_A_SOURCE_PAD,
	SIPFAST_A_SOURCE_ADDR4,		/* be32 */
	SIPFAST_A_SOURCE_ADDR6,		/* struct in6_addr */
	SIPFAST_A_SOURCE_PREFIX,	/* u8: 0..32 or 0..128, default all; bits behind it are 0 */
	SIPFAST_A_SOURCE_PORT,		/* be16: not 0; default: any */
	SIPFAST_A_SOURCE_CLASS,		/* u8, enum sipfast_class, not UNKNOWN */
	SIPFAST_A_SOURCE_EXPIRES_MS,	/* u64: 1..2^43; default: never */
	SIPFAST_A_SOURCE_REASON,	/* string */
	SIPFAST_A_SOURCE_BY_KERNEL,	/* flag, ro: it made it */
	SIPFAST_A_SOURCE_AGE_MS,	/* u64, ro */
	SIPFAST_A_SOURCE_PACKETS,	/* u64, ro: that it was looked up for */
	SIPFAST_A_SOURCE_OBSERVED,	/* flag, ro, of EVENT_BAN */

	__SIPFAST_A_SOURCE_MAX,
	SIPFAST_A_SOURCE_MAX = __SIPFAST_A_SOURCE_MAX - 1
};

/* What one bucket of tokens is for. */
enum sipfast_scope {
	SIPFAST_SCOPE_SOURCE,		/* an address */
	SIPFAST_SCOPE_PREFIX,		/* all addresses of a prefix of POLICY PREFIX4, PREFIX6 */
	SIPFAST_SCOPE_GLOBAL,		/* all sources of the class */

	__SIPFAST_SCOPE_MAX,
	SIPFAST_SCOPE_MAX = __SIPFAST_SCOPE_MAX - 1
};

/* Classes of messages that have buckets of their own. */
enum sipfast_group {
	SIPFAST_GROUP_DIALOG,		/* would begin one: INVITE, SUBSCRIBE, REFER */
	SIPFAST_GROUP_REGISTER,		/* REGISTER, PUBLISH */
	SIPFAST_GROUP_OTHER,		/* any other request outside of dialogs */
	SIPFAST_GROUP_IN_DIALOG,	/* requests in known dialogs, ACK, BYE, CANCEL, responses */
	SIPFAST_GROUP_CONNECT,		/* TCP and TLS: connections, not messages */

	__SIPFAST_GROUP_MAX,
	SIPFAST_GROUP_MAX = __SIPFAST_GROUP_MAX - 1
};

enum sipfast_limit_attr {
	SIPFAST_A_LIMIT_UNSPEC,
	SIPFAST_A_LIMIT_SCOPE,		/* u8, enum sipfast_scope */
	SIPFAST_A_LIMIT_CLASS,		/* u8, enum sipfast_class, not BANNED */
	SIPFAST_A_LIMIT_GROUP,		/* u8, enum sipfast_group */
	SIPFAST_A_LIMIT_RATE,		/* u32: a second, 0 = no limit; up to 1000000 */
	/*
	 * u32: 1..1000000 at once, of a RATE above 0. What comes in within a tick of the kernel (4
	 * ms as a rule) may always come at once.
	 */
	SIPFAST_A_LIMIT_BURST,

	__SIPFAST_A_LIMIT_MAX,
	SIPFAST_A_LIMIT_MAX = __SIPFAST_A_LIMIT_MAX - 1
};

/*
 * Messages of trusted sources, and of others that have behaved within WINDOW_MS, are read no
 * further than Via, From, To, Call-ID, CSeq and the User-Agents of rules, unless MALFORMED_DROP is
 * set. All is read of a source's first message, and after evidence against it, a response of 400 or
 * more to it, or a message beyond its limit.
 *
 * A source's port is banned when MALFORMED_MAX messages from there were no SIP, when
 * FAILURES_MAX requests with credentials were refused (401, 407 unless with stale=true, 403 to
 * unknown sources), or when REFUSED_MAX requests outside of dialogs were refused for other reasons
 * (403, 404, 405, 410, 501, 604), each within WINDOW_MS; the whole address when PORTS_MAX of its
 * ports are banned, or for so many refusals that went to other ports than their requests came from.
 * Registered sources are banned for FAILURES_MAX only, and by rules for what they send over TCP.
 * A ban by the kernel gives way to the class TRUSTED of the address, or of a prefix of it.
 * 0: never.
 *
 * While more messages of a group come from unknown sources than the limit of SCOPE GLOBAL says, be
 * it for a twentieth of a second, only those are let through that come again by themselves, as
 * RFC 3261 s.17.1 asks for, and while more than that come again, only those that do so twice.
 * Messages of dialogs that servers have begun or accepted are left out, as long as they come from
 * the address that these were with, and so are responses to what servers have sent.
 */
enum sipfast_policy_attr {
	SIPFAST_A_POLICY_UNSPEC,
	SIPFAST_A_POLICY_PAD,
	SIPFAST_A_POLICY_LIMIT,		/* nest, enum sipfast_limit_attr, multi */
	SIPFAST_A_POLICY_PREFIX4,	/* u8: 8..32, default 24 */
	SIPFAST_A_POLICY_PREFIX6,	/* u8: 16..128, default 64 */
	SIPFAST_A_POLICY_SOURCES_MAX,	/* u32: of CLASS other than UNKNOWN, up to 1048576 */
	SIPFAST_A_POLICY_MALFORMED_DROP, /* u8, 0 or 1: drop what is no SIP; default 0 */
	SIPFAST_A_POLICY_MALFORMED_MAX,	/* u32 */
	SIPFAST_A_POLICY_FAILURES_MAX,	/* u32 */
	SIPFAST_A_POLICY_REFUSED_MAX,	/* u32 */
	SIPFAST_A_POLICY_PORTS_MAX,	/* u32 */
	SIPFAST_A_POLICY_WINDOW_MS,	/* u32: 1000..3600000 */
	SIPFAST_A_POLICY_BAN_MS,	/* u64: 1000..2^43 */
	SIPFAST_A_POLICY_SHED_DIALOGS,	/* u8: 1..100 percent of queue or load for that LEVEL */
	SIPFAST_A_POLICY_SHED_REGISTERS, /* u8: the same */
	SIPFAST_A_POLICY_SHED_OTHERS,	/* u8: the same */
	SIPFAST_A_POLICY_REJECT_RATE,	/* u32: 503 responses a second to shed INVITEs that the
					 * server has not got yet; 0: drop
					 */
	SIPFAST_A_POLICY_RETRY_AFTER,	/* u16: seconds, in these */
	SIPFAST_A_POLICY_ABSORB_MS,	/* u32: repeated requests are dropped so long while there is
					 * no response, and the socket has dropped nothing since;
					 * 0: never; up to 32000
					 */
	SIPFAST_A_POLICY_CONNECTIONS_MAX, /* u32: over TCP that are followed, 1..1048576, default
					   * 65536; a quarter more may be opening or closing
					   */

	__SIPFAST_A_POLICY_MAX,
	SIPFAST_A_POLICY_MAX = __SIPFAST_A_POLICY_MAX - 1
};

enum sipfast_action {
	SIPFAST_ACTION_COUNT,		/* and go on with the next rule, as LOG */
	SIPFAST_ACTION_LOG,		/* EVENT_RULE, too */
	SIPFAST_ACTION_DROP,
	SIPFAST_ACTION_BAN,		/* and drop it; by UDP a registered source is not banned */

	__SIPFAST_ACTION_MAX,
	SIPFAST_ACTION_MAX = __SIPFAST_ACTION_MAX - 1
};

/*
 * A rule fits when all that is given does. Patterns know no case; a '*' as their first or last
 * octet stands for any text, elsewhere for itself.
 */
enum sipfast_rule_attr {
	SIPFAST_A_RULE_UNSPEC,
	SIPFAST_A_RULE_PAD,
	SIPFAST_A_RULE_ID,		/* u32: not 0; the lowest is looked at first */
	SIPFAST_A_RULE_ACTION,		/* u8, enum sipfast_action */
	SIPFAST_A_RULE_METHODS,		/* u32: bits by enum sipfast_sip_kind, of requests */
	SIPFAST_A_RULE_CLASSES,		/* u8: bits by enum sipfast_class; default UNKNOWN */
	SIPFAST_A_RULE_USER_AGENT,	/* string: pattern of User-Agent */
	SIPFAST_A_RULE_URI_USER,	/* string: pattern of the Request-URI's user part */
	SIPFAST_A_RULE_SIZE_MIN,	/* u32: octets of the message */
	SIPFAST_A_RULE_HITS,		/* u64, ro */

	__SIPFAST_A_RULE_MAX,
	SIPFAST_A_RULE_MAX = __SIPFAST_A_RULE_MAX - 1
};

/* What a message is. */
enum sipfast_sip_kind {
	SIPFAST_SIP_NONE,		/* none, or not looked at */
	SIPFAST_SIP_OTHER,		/* a request with another method */
	SIPFAST_SIP_INVITE,
	SIPFAST_SIP_ACK,
	SIPFAST_SIP_BYE,
	SIPFAST_SIP_CANCEL,
	SIPFAST_SIP_OPTIONS,
	SIPFAST_SIP_REGISTER,
	SIPFAST_SIP_PRACK,
	SIPFAST_SIP_UPDATE,
	SIPFAST_SIP_INFO,
	SIPFAST_SIP_MESSAGE,
	SIPFAST_SIP_SUBSCRIBE,
	SIPFAST_SIP_NOTIFY,
	SIPFAST_SIP_REFER,
	SIPFAST_SIP_PUBLISH,
	SIPFAST_SIP_1XX,		/* responses by class */
	SIPFAST_SIP_2XX,
	SIPFAST_SIP_3XX,
	SIPFAST_SIP_4XX,
	SIPFAST_SIP_5XX,
	SIPFAST_SIP_6XX,

	__SIPFAST_SIP_MAX,
	SIPFAST_SIP_MAX = __SIPFAST_SIP_MAX - 1
};

enum sipfast_verdict {
	SIPFAST_VERDICT_ACCEPT,
	SIPFAST_VERDICT_KEEPALIVE,	/* nothing but line ends or NULs; let through */
	SIPFAST_VERDICT_ABSORBED,	/* a repetition of what is not answered yet */
	SIPFAST_VERDICT_BANNED,
	SIPFAST_VERDICT_RULE,
	SIPFAST_VERDICT_MALFORMED,	/* by MALFORMED_DROP */
	SIPFAST_VERDICT_LIMIT_SOURCE,
	SIPFAST_VERDICT_LIMIT_PREFIX,
	SIPFAST_VERDICT_LIMIT_GLOBAL,
	SIPFAST_VERDICT_NOT_REPEATED,	/* often enough, while SCOPE GLOBAL is exceeded */
	SIPFAST_VERDICT_OVERLOAD,
	SIPFAST_VERDICT_REJECTED,	/* the same, answered with 503 */
	SIPFAST_VERDICT_NO_MEMORY,

	__SIPFAST_VERDICT_MAX,
	SIPFAST_VERDICT_MAX = __SIPFAST_VERDICT_MAX - 1
};

enum sipfast_sip_counter_attr {
	SIPFAST_A_SIP_COUNTER_UNSPEC,
	SIPFAST_A_SIP_COUNTER_PAD,
	SIPFAST_A_SIP_COUNTER_KIND,	/* u8, enum sipfast_sip_kind */
	SIPFAST_A_SIP_COUNTER_CLASS,	/* u8, enum sipfast_class */
	SIPFAST_A_SIP_COUNTER_VERDICT,	/* u8, enum sipfast_verdict */
	SIPFAST_A_SIP_COUNTER_OBSERVED,	/* flag: in MODE OBSERVE, so it was let through */
	SIPFAST_A_SIP_COUNTER_VALUE,	/* u64: messages */

	__SIPFAST_A_SIP_COUNTER_MAX,
	SIPFAST_A_SIP_COUNTER_MAX = __SIPFAST_A_SIP_COUNTER_MAX - 1
};

#endif /* _UAPI_LINUX_SIPFAST_H */
