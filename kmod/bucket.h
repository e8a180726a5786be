/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is kept of sources that packets come from: tokens, and evidence. In a table of fixed size,
 * where the least recently seen of some makes room for a new one: who floods it from a million
 * addresses gets fresh tokens for each, which is what the limits of prefixes and of all are for.
 */
#ifndef SF_BUCKET_H
#define SF_BUCKET_H

#include <linux/spinlock.h>

#include "addr.h"
#include "policy.h"
#include "sip_hash.h"

#define SF_TRACK_WAYS	7

enum sf_evidence {
	SF_EVIDENCE_MALFORMED,
	SF_EVIDENCE_FAILURE,
	SF_EVIDENCE_REFUSED,
	SF_EVIDENCE_PORT,	/* a port of the address was banned */
	SF_EVIDENCES
};

/**
 * struct sf_track - a source, or a prefix
 * @ip: as in &struct sf_addr
 * @port: 0: of any; evidence has one, tokens have none
 * @prefix: of the IPv6 form; 0: free
 * @is_evidence: @evidence is there, else @full
 * @seen: last, in seconds; 2^16 of them are enough to tell who is older
 * @full: ns at which the tokens of a group will be all there
 * @evidence: since @since, in ms
 */
struct sf_track {
	struct in6_addr ip;
	__be16 port;
	u8 prefix;
	bool is_evidence;
	u32 seen;
	union {
		u64 full[SF_GROUPS];
		struct {
			u32 evidence[SF_EVIDENCES];
			u64 since;
		};
	};
};

/**
 * struct sf_track_set - what one hash may be of; the lock and the tags are in one cache line
 * @tags: an octet of the hash of each way, from the lowest on
 */
struct sf_track_set {
	spinlock_t lock; /* of all else */
	u64 tags;
	struct sf_track ways[SF_TRACK_WAYS];
} ____cacheline_aligned;

/**
 * struct sf_tracks
 * @sets: by hash of the key
 * @mask: one less than there are, which is a power of 2
 */
struct sf_tracks {
	struct sf_track_set *sets;
	u32 mask;
};

int sf_tracks_init(struct sf_tracks *tracks, unsigned int bits);
void sf_tracks_clean(struct sf_tracks *tracks);

/* Takes a token out of a bucket that will be full at @full; false: there is none. */
static inline bool sf_rate_take(u64 *full, const struct sf_rate *limit, u64 now)
{
	u64 from = max(*full, now);

	if (from - now > limit->tolerance)
		return false;
	*full = from + limit->interval;
	return true;
}

/* The same of one that all CPUs use. */
static inline bool sf_rate_take_shared(atomic64_t *full, const struct sf_rate *limit, u64 now)
{
	s64 old = atomic64_read(full);
	u64 next;

	do {
		next = old;
		if (!sf_rate_take(&next, limit, now))
			return false;
	} while (!atomic64_try_cmpxchg(full, &old, next));
	return true;
}

enum sf_tracks_left {
	SF_TRACKS_ENOUGH,
	SF_TRACKS_NONE_OF_HOST,
	SF_TRACKS_NONE_OF_PREFIX,
};

/*
 * Takes a token of @group from the bucket of @ip, as far as there is a limit @of_host, and then one
 * from that of its first @prefix bits, as far as there is a limit @of_prefix and these are not all.
 * @prefix: of the IPv6 form, not 0. Called with bottom halves disabled, as is the next.
 */
enum sf_tracks_left sf_tracks_take(struct sf_tracks *tracks, const struct sip_hash_key *key,
				   const struct in6_addr *ip, u8 prefix, enum sipfast_group group,
				   const struct sf_rate *of_host, const struct sf_rate *of_prefix,
				   u64 now);

/*
 * Counts @evidence against @addr, where port 0 means all of its ports. True: it is the @max-th
 * within @window_ns; then it is counted anew.
 */
bool sf_tracks_accuse(struct sf_tracks *tracks, const struct sip_hash_key *key,
		      const struct sf_addr *addr, enum sf_evidence evidence, u32 max,
		      u64 window_ns, u64 now);

#endif /* SF_BUCKET_H */
