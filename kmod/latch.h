/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_LATCH_H
#define SF_LATCH_H

#include <linux/rcupdate.h>

#include "addr.h"

struct net_device;
struct rtp_header;
struct sf_endpoint;
struct sf_endpoint_conf;

/**
 * struct sf_latch - the remote that an endpoint learned, if it did
 * @addr: NULL: none yet. Points to @first, and to a block of its own when it was learned anew.
 *	RCU; changed under &sf_rx.lock of the endpoint
 * @first: never changes after @addr has pointed to it
 * @until: ns of ktime_get() until when it may be learned anew; 0: never again, once it is so;
 *	written under &sf_rx.lock
 * @heard: ns of ktime_get() of the last packet from @addr while that is possible; under
 *	&sf_rx.lock
 *
 * A configuration in which learning starts anew has a new one; others share it.
 */
struct sf_latch {
	const struct sf_addr __rcu *addr;
	struct sf_addr first;
	u64 until;
	u64 heard;
	struct rcu_head rcu;
};

/* Returns what was learned, or NULL. Called with RCU read lock held. */
static inline const struct sf_addr *sf_latch_addr(const struct sf_latch *latch)
{
	return rcu_dereference(latch->addr);
}

/* Whether what was learned, if something was, will never be learned anew. */
static inline bool sf_latch_is_closed(const struct sf_latch *latch)
{
	return !READ_ONCE(latch->until);
}

/* @until: ns of ktime_get(); 0: it may not be learned anew. */
struct sf_latch *sf_latch_alloc(u64 until);

/* Of one that was never published. */
void sf_latch_free(struct sf_latch *latch);

/* Frees it after a grace period. No configuration that is to come has it. */
void sf_latch_release(struct sf_endpoint *ep, struct sf_latch *latch);

/*
 * True when @src, where a valid packet came from by @dev, becomes the remote. @header is that of
 * RTP, else NULL. Called with &sf_rx.lock held; @now is of ktime_get(), taken under it.
 */
bool sf_latch_learn(const struct sf_endpoint_conf *c, const struct sf_addr *src,
		    const struct net_device *dev, const struct rtp_header *header, u64 now);

#endif /* SF_LATCH_H */
