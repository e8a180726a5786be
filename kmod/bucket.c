// SPDX-License-Identifier: GPL-2.0
#include "bucket.h"

#include <linux/mm.h>
#include <linux/slab.h>

#include "source.h"

/* ns to units that @seen is in: a second, about. */
#define SEEN_SHIFT	30

int sf_tracks_init(struct sf_tracks *tracks, unsigned int bits)
{
	u32 i;

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

/* A key as it is hashed and compared: twice for each packet, so in few instructions. */
struct words {
	struct sf_ip_words ip;
	u32 rest;
};

static __always_inline u32 rest_of(__be16 port, u8 prefix, bool is_evidence)
{
	return (__force u16)port | (u32)prefix << 16 | (u32)is_evidence << 24;
}

static __always_inline bool is_of(const struct sf_track *track, struct words words)
{
	return sf_ip_words_equal(sf_ip_words(&track->ip), words.ip) &&
	       rest_of(track->port, track->prefix, track->is_evidence) == words.rest;
}

static __always_inline u64 hash_of(const struct sip_hash_key *key, struct words words)
{
	u64 hash = sip_hash_mix((__force u64)words.ip.high ^ key->word[0] ^ words.rest,
				(__force u64)words.ip.low ^ key->word[1]);

	return sip_hash_mix(hash, key->word[0] | 1);
}

static __always_inline struct sf_track_set *set_of(struct sf_tracks *tracks, u64 hash)
{
	return &tracks->sets[hash & tracks->mask];
}

static __always_inline u8 tag_of(u64 hash)
{
	return hash >> 56;
}

#define ONES		0x0101010101010101ULL
/* The high bits of the tags of all ways. */
#define HIGH		(ONES << 7 & ((1ULL << 8 * SF_TRACK_WAYS) - 1))

/* What has become of the way that nobody was seen by for the longest, or of one that is free. */
static noinline struct sf_track *renew(struct sf_track_set *set, struct words words, u8 tag,
				       u32 seen)
{
	struct sf_track *track, *oldest = &set->ways[0];
	unsigned int shift;

	lockdep_assert_held(&set->lock);
	for (track = set->ways; track < set->ways + SF_TRACK_WAYS; track++)
		if (!track->prefix ||
		    (oldest->prefix && seen - track->seen > seen - oldest->seen))
			oldest = track;
	*oldest = (struct sf_track){
		.port = (__force __be16)words.rest,
		.prefix = words.rest >> 16,
		.is_evidence = words.rest >> 24,
		.seen = seen,
	};
	sf_ip_words_store(&oldest->ip, words.ip);
	shift = 8 * (oldest - set->ways);
	set->tags = (set->tags & ~(0xffULL << shift)) | (u64)tag << shift;
	return oldest;
}

/* The track with this key, which may be new. */
static __always_inline struct sf_track *get(struct sf_track_set *set, struct words words,
					    u8 tag, u64 now)
{
	u64 differ = set->tags ^ ONES * tag, same;
	u32 seen = now >> SEEN_SHIFT;
	struct sf_track *track;

	/* All octets that are the same, and perhaps some behind one that is. */
	for (same = (differ - ONES) & ~differ & HIGH; same; same &= same - 1) {
		track = &set->ways[__ffs64(same) >> 3];
		if (likely(is_of(track, words))) {
			track->seen = seen;
			return track;
		}
	}
	return renew(set, words, tag, seen);
}

static __always_inline bool take(struct sf_tracks *tracks, const struct sip_hash_key *key,
				 struct words words, enum sipfast_group group,
				 const struct sf_rate *limit, u64 now)
{
	u64 hash = hash_of(key, words);
	struct sf_track_set *set = set_of(tracks, hash);
	bool took;

	spin_lock(&set->lock);
	took = sf_rate_take(&get(set, words, tag_of(hash), now)->full[group], limit, now);
	spin_unlock(&set->lock);
	return took;
}

enum sf_tracks_left sf_tracks_take(struct sf_tracks *tracks, const struct sip_hash_key *key,
				   const struct in6_addr *ip, u8 prefix, enum sipfast_group group,
				   const struct sf_rate *of_host, const struct sf_rate *of_prefix,
				   u64 now)
{
	struct words words = { sf_ip_words(ip), rest_of(0, SF_PREFIX_MAX, false) };

	lockdep_assert_in_softirq();
	if (of_host->interval && !take(tracks, key, words, group, of_host, now))
		return SF_TRACKS_NONE_OF_HOST;
	if (of_prefix->interval && prefix < SF_PREFIX_MAX) {
		words.ip = sf_ip_words_mask(words.ip, prefix);
		words.rest = rest_of(0, prefix, false);
		if (!take(tracks, key, words, group, of_prefix, now))
			return SF_TRACKS_NONE_OF_PREFIX;
	}
	return SF_TRACKS_ENOUGH;
}

bool sf_tracks_accuse(struct sf_tracks *tracks, const struct sip_hash_key *key,
		      const struct sf_addr *addr, enum sf_evidence evidence, u32 max,
		      u64 window_ns, u64 now)
{
	struct words words = { sf_ip_words(&addr->ip), rest_of(addr->port, SF_PREFIX_MAX, true) };
	u64 hash = hash_of(key, words);
	struct sf_track_set *set = set_of(tracks, hash);
	struct sf_track *track;
	bool enough;

	lockdep_assert_in_softirq();
	spin_lock(&set->lock);
	track = get(set, words, tag_of(hash), now);
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
