/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Unknown sources together. When too many come at once, which may all be from one who makes up
 * their sources, messages have to be repeated, as SIP over UDP is for want of an answer
 * (RFC 3261 s.17.1), and when too many are repeated, once more: a flood of what is new passes not
 * at all, and an honest phone half a second later, or one and a half.
 *
 * Called with RCU read lock held.
 */
#ifndef SF_CROWD_H
#define SF_CROWD_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "bucket.h"

struct sf_message;

enum sf_crowd_way {
	SF_CROWD_FIRST,
	SF_CROWD_REPEATING,
	SF_CROWD_REFUSED,	/* beyond the limit of its source or prefix */
	SF_CROWD_WAYS
};

/**
 * struct sf_crowd - of one group of messages
 * @arriving: buckets: when one is empty, too many come this way
 * @until: ns until when messages must be repeated, and when even twice; read and written at once
 */
struct sf_crowd {
	atomic64_t arriving[SF_CROWD_WAYS];
	u64 until[2];
};

/* Too many came lately: messages have to be repeated. */
static inline bool sf_crowd_is_big(const struct sf_crowd *crowd, u64 now)
{
	return now < READ_ONCE(crowd->until[0]);
}

/*
 * Of a big one. True: @m has not been repeated often enough. It takes no token of a source, which
 * may be made up, but which an honest phone has, too.
 */
bool sf_crowd_holds_back(struct sf_crowd *crowd, const struct sf_message *m,
			 const struct sf_rate *limit);
/* ns of a limit that may come at once: what it costs to notice a flood. */
#define SF_CROWD_BURST	(50 * NSEC_PER_MSEC)

/*
 * So many ns of the limit of all may come at once while the crowd is not big. When what they take
 * has no room for more, it is.
 */
static __always_inline u64 sf_crowd_room(const struct sf_rate *limit)
{
	return min_t(u64, limit->tolerance, SF_CROWD_BURST);
}

/* @m was the first for which there was no room. */
void sf_crowd_begins(struct sf_crowd *crowd, const struct sf_message *m);

/* @m was beyond the limit of its source or prefix. */
void sf_crowd_refused(struct sf_crowd *crowd, const struct sf_message *m,
		      const struct sf_rate *limit);

#endif /* SF_CROWD_H */
