/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_STATS_H
#define SF_STATS_H

#include <linux/percpu.h>

/*
 * Everything that can become of a packet, and its name in the ABI. Names are never changed,
 * new ones go at the end of their group.
 */
#define SF_COUNTERS(X)							\
	/* a copy handed to a device */					\
	X(FORWARDED, "forwarded")					\
	/* accepted by an endpoint that has no forward */		\
	X(CONSUMED, "consumed")						\
	/* passed up to a socket on the media port */			\
	X(PASS_STUN, "pass-stun")					\
	X(PASS_DTLS, "pass-dtls")					\
	/* dropped on receipt */					\
	X(DROP_FRAGMENT, "drop-fragment")				\
	X(DROP_UDP_LENGTH, "drop-udp-length")				\
	X(DROP_SEGMENT, "drop-segment")					\
	X(DROP_NO_ENDPOINT, "drop-no-endpoint")				\
	X(DROP_NO_SOCKET, "drop-no-socket")				\
	X(DROP_MALFORMED, "drop-malformed")				\
	X(DROP_BAD_SOURCE, "drop-bad-source")				\
	/* on receipt, or a copy on its way out */			\
	X(DROP_NO_MEMORY, "drop-no-memory")				\
	/* a copy that its forward's mode keeps back */			\
	X(BLOCKED, "blocked")						\
	/* a copy dropped on its way out */				\
	X(DROP_NO_REMOTE, "drop-no-remote")				\
	X(DROP_TTL, "drop-ttl")						\
	X(DROP_NO_ROUTE, "drop-no-route")				\
	X(DROP_NO_NEIGHBOUR, "drop-no-neighbour")			\
	/* segments of TCP for a listener, dropped so that they come again */ \
	X(DROP_TCP_ORDER, "drop-tcp-order")				\
	X(DROP_TCP_HELD, "drop-tcp-held")				\
	/* passed with data, of a connection that is not followed */	\
	X(TCP_UNFOLLOWED, "tcp-unfollowed")				\
	/* connections over TCP */					\
	X(TCP_FOLLOWED, "tcp-followed")					\
	X(TCP_LOST, "tcp-lost")						\
	X(TCP_EVICTED, "tcp-evicted")					\
	X(TCP_RESET, "tcp-reset")					\
	/* not packets */						\
	X(LEARNED, "learned")						\
	X(TIMEOUT, "timeout")						\
	X(EVENT_LOST, "event-lost")

enum sf_counter {
#define SF_COUNTER_ENUM(id, name) SF_##id,
	SF_COUNTERS(SF_COUNTER_ENUM)
#undef SF_COUNTER_ENUM
	SF_COUNTER_N
};

/**
 * struct sf_stats - the counters of a namespace on one CPU
 * @value: written by its own CPU only, read by all
 */
struct sf_stats {
	u64 value[SF_COUNTER_N];
};

const char *sf_stats_name(enum sf_counter counter);
u64 sf_stats_sum(const struct sf_stats __percpu *stats, enum sf_counter counter);

#endif /* SF_STATS_H */
