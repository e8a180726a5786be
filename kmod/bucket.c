// SPDX-License-Identifier: GPL-2.0
#include "bucket.h"

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/time64.h>

int sf_tracks_init(struct sf_tracks *tracks, unsigned int bits)
{
	u32 i;

	if (WARN_ON(bits > SF_TRACK_BITS_MAX))
		return -EINVAL;
	tracks->mask = (1U << bits) - 1;
	tracks->sets = kvcalloc(1U << bits, sizeof(*tracks->sets), GFP_KERNEL_ACCOUNT);
	if (!tracks->sets)
		return -ENOMEM;
	for (i = 0; i <= tracks->mask; i++)
		spin_lock_init(&tracks->sets[i].lock);
	return 0;
}

void sf_tracks_clean(struct sf_tracks *tracks)
{
	kvfree(tracks->sets);
	tracks->sets = NULL;
}

void sf_rate_forgive(atomic64_t *full, s64 old, const struct sf_rate *limit, u64 now)
{
	/* Clocks of two CPUs are a tick apart at most. */
	if (old - now > limit->tolerance + limit->interval + NSEC_PER_SEC)
		atomic64_cmpxchg(full, old, now + limit->tolerance);
}

/* The way that nobody was seen by for the longest, or one that is free. */
static struct sf_track *oldest_of(struct sf_track_set *set, u32 seen)
{
	struct sf_track *track, *oldest = &set->ways[0];
	u32 age, most = 0;

	lockdep_assert_held(&set->lock);
	for (track = set->ways; track < set->ways + SF_TRACK_WAYS; track++) {
		if (!track->rest)
			return track;
		age = seen - READ_ONCE(track->seen);
		if (age > most) {
			most = age;
			oldest = track;
		}
	}
	return oldest;
}

/* The track of @ip and @rest, which may be new. */
static struct sf_track *get(struct sf_track_set *set, struct sf_ip_words ip, u32 rest, u64 hash,
			    u64 now)
{
	u64 ways = sf_track_ways(set, hash);
	u32 seen = now >> SF_TRACK_SEEN_SHIFT;
	struct sf_track *track;
	unsigned int shift;

	lockdep_assert_held(&set->lock);
	for (; ways; ways &= ways - 1) {
		track = &set->ways[__ffs64(ways) >> 3];
		if (sf_track_is_of(track, ip, rest)) {
			WRITE_ONCE(track->seen, seen);
			return track;
		}
	}
	track = oldest_of(set, seen);
	/* Nobody finds it until it is all there. */
	WRITE_ONCE(track->rest, 0);
	memset(track->full, 0, sizeof(track->full));
	WRITE_ONCE(track->ip.high, ip.high);
	WRITE_ONCE(track->ip.low, ip.low);
	WRITE_ONCE(track->seen, seen);
	WRITE_ONCE(set->watched[track - set->ways], seen);
	/* With the address that it is of; who reads them still sees no more than a mixture. */
	smp_store_release(&track->rest, rest);
	shift = 8 * (track - set->ways);
	WRITE_ONCE(set->tags, (set->tags & ~(0xffULL << shift)) |
			      (u64)sf_track_tag(hash) << shift);
	return track;
}

bool sf_track_take_new(struct sf_track_set *set, struct sf_ip_words ip, u32 rest, u64 hash,
		       enum sipfast_group group, const struct sf_rate *limit, u64 now)
{
	bool took;

	lockdep_assert_in_softirq();
	spin_lock(&set->lock);
	took = sf_rate_take(&get(set, ip, rest, hash, now)->full[group], limit, now);
	spin_unlock(&set->lock);
	return took;
}

bool sf_tracks_accuse(struct sf_tracks *tracks, const struct sip_hash_key *key,
		      const struct sf_addr *addr, enum sf_evidence evidence, u32 max,
		      u64 window_ns, u64 now)
{
	const u32 what = evidence == SF_EVIDENCE_PORT ? SF_TRACK_PORTS : SF_TRACK_EVIDENCE;
	const u32 rest = (__force u16)addr->port | SF_TRACK_TOKENS(SF_PREFIX_MAX) | what;
	const struct sf_ip_words ip = sf_ip_words(&addr->ip);
	const u64 hash = sf_ip_words_hash(key, ip, rest);
	struct sf_track_set *set = sf_track_set(tracks, hash);
	struct sf_track *track;
	bool enough;

	lockdep_assert_in_softirq();
	spin_lock(&set->lock);
	track = get(set, ip, rest, hash, now);
	if (now - track->since > window_ns) {
		memset(track->evidence, 0, sizeof(track->evidence));
		track->since = now;
	}
	enough = ++track->evidence[evidence] >= max;
	if (enough)
		track->evidence[evidence] = 0;
	spin_unlock(&set->lock);
	return enough;
}
