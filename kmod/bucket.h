/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is kept of sources that packets come from: tokens, and evidence. In a table of fixed size,
 * where the least recently seen of some makes room for a new one: who floods it from a million
 * addresses gets fresh tokens for each, which is what the limits of prefixes and of all are for.
 */
#ifndef SF_BUCKET_H
#define SF_BUCKET_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/spinlock.h>

#include "addr.h"
#include "ip_words.h"
#include "octets8.h"
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
 * struct sf_track - a source, or a prefix; changed under the lock of its set but for tokens, and
 *	@seen when these are taken. Who reads the key without it may take a token of a track that is
 *	just becoming another one
 * @ip: as in &struct sf_addr
 * @rest: the port, 0 but for evidence; from bit 16 on the prefix of the IPv6 form, which is not 0
 *	but when it is free; from bit 24 on SF_TRACK_EVIDENCE or SF_TRACK_PORTS if @evidence is
 *	there, and not @full
 * @seen: last, in seconds
 * @full: ns at which the tokens of a group will be all there
 * @evidence: since @since, in ns
 */
struct sf_track {
	struct sf_ip_words ip;
	u32 rest;
	u32 seen;
	union {
		atomic64_t full[SF_GROUPS];
		struct {
			u32 evidence[SF_EVIDENCES];
			u64 since;
		};
	};
};

/**
 * struct sf_track_set - what one hash may be of; all but the ways is in one cache line
 * @tags: an octet of the hash of each way, from the lowest on; read without the lock, too
 * @watched: of each way, until when its source's messages are read to their end, in units of its
 *	seen; read and written without the lock: who becomes its source just then may be missed
 * @near: of each way, where the track of its source's prefix was last: way and index of a set. It
 *	is only where it is looked first, so it is read and written without the lock
 */
struct sf_track_set {
	spinlock_t lock; /* of all else */
	u64 tags;
	u32 watched[SF_TRACK_WAYS];
	u16 near[SF_TRACK_WAYS];
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

/*
 * There is no token at @old. What is owed since a limit that was slower holds no more: nothing is
 * owed beyond @limit then.
 */
void sf_rate_forgive(atomic64_t *full, s64 old, const struct sf_rate *limit, u64 now);

int sf_tracks_init(struct sf_tracks *tracks, unsigned int bits);
void sf_tracks_clean(struct sf_tracks *tracks);

/*
 * Takes a token out of a bucket that will be full at @full, and holds so many ns of them; false:
 * there is none.
 */
static __always_inline bool sf_rate_take_within(atomic64_t *full, const struct sf_rate *limit,
						u64 tolerance, u64 now)
{
	s64 old = atomic64_read(full);
	u64 from;

	do {
		from = max_t(u64, old, now);
		if (unlikely(from - now > tolerance)) {
			sf_rate_forgive(full, old, limit, now);
			return false;
		}
	} while (unlikely(!atomic64_try_cmpxchg(full, &old, from + limit->interval)));
	return true;
}

static __always_inline bool sf_rate_take(atomic64_t *full, const struct sf_rate *limit, u64 now)
{
	return sf_rate_take_within(full, limit, limit->tolerance, now);
}

/* Of the tokens of the first @prefix bits of an address, 1..128. */
#define SF_TRACK_TOKENS(prefix)		((u32)(prefix) << 16)

/* Evidence, and that of ports that were banned, which counts for longer. */
#define SF_TRACK_EVIDENCE	BIT(24)
#define SF_TRACK_PORTS		BIT(25)

static __always_inline struct sf_track_set *sf_track_set(const struct sf_tracks *tracks, u64 hash)
{
	return &tracks->sets[hash & tracks->mask];
}

static __always_inline u8 sf_track_tag(u64 hash)
{
	return hash >> 56;
}

/* The high bits of the octets that are the numbers of ways that may be of @hash. */
static __always_inline u64 sf_track_ways(const struct sf_track_set *set, u64 hash)
{
	const u64 ways = (1ULL << 8 * SF_TRACK_WAYS) - 1;

	return sf_octets8_have(READ_ONCE(set->tags), sf_track_tag(hash)) & ways;
}

static __always_inline bool sf_track_is_of(const struct sf_track *track, struct sf_ip_words ip,
					   u32 rest)
{
	return READ_ONCE(track->ip.low) == ip.low && READ_ONCE(track->ip.high) == ip.high &&
	       READ_ONCE(track->rest) == rest;
}

/* ns to units that tracks were seen in: a second, about. */
#define SF_TRACK_SEEN_SHIFT	30

/* Where a track is; without a @track it was not found, and there is only its @set. */
struct sf_track_place {
	struct sf_track_set *set;
	struct sf_track *track;
	u32 *watched;
	u16 *near;
};

/*
 * Looks for the track of @ip. @rest: SF_TRACK_TOKENS() of the prefix that @ip is masked by. @hash:
 * of these.
 */
static __always_inline struct sf_track_place
sf_tracks_find(const struct sf_tracks *tracks, struct sf_ip_words ip, u32 rest, u64 hash)
{
	struct sf_track_set *set = sf_track_set(tracks, hash);
	unsigned long way;
	u64 ways;

	for (ways = sf_track_ways(set, hash); ways; ways &= ways - 1) {
		way = __ffs64(ways) >> 3;
		if (likely(sf_track_is_of(&set->ways[way], ip, rest)))
			return (struct sf_track_place){
				.set = set,
				.track = &set->ways[way],
				.watched = &set->watched[way],
				.near = &set->near[way],
			};
	}
	return (struct sf_track_place){ .set = set };
}

/* Those of a table's sets, and of ways, fit into &sf_track_set.near. */
#define SF_TRACK_BITS_MAX 13

static inline void sf_track_note(const struct sf_tracks *tracks, u16 *near,
				 const struct sf_track_place *place)
{
	unsigned long way = place->track - place->set->ways;

	WRITE_ONCE(*near, way << SF_TRACK_BITS_MAX | (place->set - tracks->sets));
}

/* What was noted, or any other. */
static __always_inline struct sf_track *sf_track_noted(const struct sf_tracks *tracks,
						       const u16 *near)
{
	const unsigned long noted = READ_ONCE(*near);

	return &tracks->sets[noted & ((1U << SF_TRACK_BITS_MAX) - 1)]
			.ways[noted >> SF_TRACK_BITS_MAX];
}

/* Is there something about the source of a track that was found, lately? */
static __always_inline bool sf_track_is_watched(const struct sf_track_place *place, u64 now)
{
	return (s32)(READ_ONCE(*place->watched) - (u32)(now >> SF_TRACK_SEEN_SHIFT)) > 0;
}

/* From @now on for @lasts ns, if it was found. */
static inline void sf_track_watch(const struct sf_track_place *place, u64 lasts, u64 now)
{
	if (place->track)
		WRITE_ONCE(*place->watched, (u32)((now + lasts) >> SF_TRACK_SEEN_SHIFT) + 1);
}

/* Takes a token of @group from the bucket of @track. False: there is none. */
static __always_inline bool sf_track_take_of(struct sf_track *track, enum sipfast_group group,
					     const struct sf_rate *limit, u64 now)
{
	WRITE_ONCE(track->seen, now >> SF_TRACK_SEEN_SHIFT);
	return sf_rate_take(&track->full[group], limit, now);
}

/* The same of what was not found at @set. Called with bottom halves disabled, as are the next. */
bool sf_track_take_new(struct sf_track_set *set, struct sf_ip_words ip, u32 rest, u64 hash,
		       enum sipfast_group group, const struct sf_rate *limit, u64 now);

/* The same at @place, which the others were looked for. */
static inline bool sf_track_take(const struct sf_track_place *place, struct sf_ip_words ip,
				 u32 rest, u64 hash, enum sipfast_group group,
				 const struct sf_rate *limit, u64 now)
{
	return place->track ? sf_track_take_of(place->track, group, limit, now) :
			      sf_track_take_new(place->set, ip, rest, hash, group, limit, now);
}

/*
 * Counts @evidence against @addr, where port 0 means all of its ports. True: it is the @max-th
 * within @window_ns; then it is counted anew.
 */
bool sf_tracks_accuse(struct sf_tracks *tracks, const struct sip_hash_key *key,
		      const struct sf_addr *addr, enum sf_evidence evidence, u32 max,
		      u64 window_ns, u64 now);

#endif /* SF_BUCKET_H */
