/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_ENDPOINT_H
#define SF_ENDPOINT_H

#include <linux/cache.h>
#include <linux/spinlock.h>

#include "addr.h"
#include "range.h"
#include "route.h"
#include "rtp.h"

struct sf_session;

/**
 * struct sf_rx_stats - what an endpoint received; the ABI says what each means
 * @last: ns of ktime_get(), of the last accepted packet; 0: none yet
 */
struct sf_rx_stats {
	u64 packets;
	u64 octets;
	u64 last;
	u64 duplicate;
	u64 reordered;
	u64 bad_source;
	u64 malformed;
	struct rtp_source source;
};

/**
 * struct sf_rx - receiving side, written by the CPU that the flow arrives on
 * @lock: protects what follows, and the latch of the endpoint while it is set
 * @closed: the endpoint is deleted, nothing here changes any more
 */
struct sf_rx {
	spinlock_t lock; /* of the rest */
	bool closed;
	struct sf_rx_stats stats;
};

/* What left from an endpoint; the ABI says what each means. */
struct sf_tx_stats {
	u64 packets;
	u64 octets;
	u64 dropped;
};

/**
 * struct sf_tx - sending side, written by the CPU that the flow forwarded here arrives on
 * @lock: protects what follows
 * @closed: the endpoint is deleted, nothing here changes any more
 */
struct sf_tx {
	spinlock_t lock; /* of the rest */
	bool closed;
	struct sf_tx_stats stats;
	struct sf_route route;
};

/**
 * struct sf_endpoint - identity and statistics of an endpoint
 * @session: that it belongs to; lives as long as it does
 * @range: that it lies in
 * @local: its own address
 * @id: unique in the session
 * @index: its place in every &struct sf_conf of the session
 * @rx: apart from @tx: the two directions of a call arrive on different CPUs
 *
 * How it behaves is in the session's &struct sf_conf. Read-only after publication but for
 * @rx and @tx.
 */
struct sf_endpoint {
	struct sf_session *session;
	struct sf_range *range;
	struct sf_addr local;
	u32 id;
	u32 index;
	struct rcu_head rcu;

	struct sf_rx rx ____cacheline_aligned_in_smp;
	struct sf_tx tx ____cacheline_aligned_in_smp;
};

struct sf_endpoint *sf_endpoint_alloc(struct sf_session *session, struct sf_range *range,
				      const struct sf_addr *local, u32 id, u32 index);

/* Of one that was never published. */
void sf_endpoint_free(struct sf_endpoint *ep);

/* Makes an endpoint known to packets, and unknown. Called with &sf_net.lock held. */
void sf_endpoint_add(struct sf_net *sn, struct sf_endpoint *ep);

/*
 * After it returns the statistics are final. The endpoint itself must be given to
 * sf_endpoint_release() then.
 */
void sf_endpoint_del(struct sf_net *sn, struct sf_endpoint *ep);

/* Frees it after a grace period. */
void sf_endpoint_release(struct sf_endpoint *ep);

/* Consistent copies. */
void sf_endpoint_rx_stats(struct sf_endpoint *ep, struct sf_rx_stats *stats);
void sf_endpoint_tx_stats(struct sf_endpoint *ep, struct sf_tx_stats *stats);

#endif /* SF_ENDPOINT_H */
