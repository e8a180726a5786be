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

bool sf_rate_take_shared(atomic64_t *full, const struct sf_rate *limit, u64 now)
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

static struct sf_track_set *set_of(struct sf_tracks *tracks, const struct sip_hash_key *key,
				   const struct in6_addr *ip, __be16 port)
{
	u64 words[2], hash;

	memcpy(words, ip, sizeof(words));
	hash = sip_hash_mix(words[0] ^ key->word[0] ^ (__force u16)port, words[1] ^ key->word[1]);
	return &tracks->sets[sip_hash_mix(hash, key->word[0] | 1) & tracks->mask];
}

/* The track with this key, or what it has become: one that nobody was seen by for the longest. */
static struct sf_track *get(struct sf_track_set *set, const struct in6_addr *ip, __be16 port,
			    u8 prefix, bool is_evidence, u64 now)
{
	u32 seen = now >> SEEN_SHIFT;
	struct sf_track *track, *oldest = &set->ways[0];

	lockdep_assert_held(&set->lock);
	for (track = set->ways; track < set->ways + SF_TRACK_WAYS; track++) {
		if (ipv6_addr_equal(&track->ip, ip) && track->port == port &&
		    track->prefix == prefix && track->is_evidence == is_evidence) {
			track->seen = seen;
			return track;
		}
		if (!track->prefix || (oldest->prefix && seen - track->seen > seen - oldest->seen))
			oldest = track;
	}
	*oldest = (struct sf_track){
		.ip = *ip,
		.port = port,
		.prefix = prefix,
		.is_evidence = is_evidence,
		.seen = seen,
	};
	return oldest;
}

bool sf_tracks_take(struct sf_tracks *tracks, const struct sip_hash_key *key,
		    const struct in6_addr *ip, u8 prefix, enum sipfast_group group,
		    const struct sf_rate *limit, u64 now)
{
	struct in6_addr masked = *ip;
	struct sf_track_set *set;
	struct sf_track *track;
	bool took;

	if (prefix < SF_PREFIX_MAX)
		sf_source_mask(&masked, prefix);
	set = set_of(tracks, key, &masked, 0);
	spin_lock_bh(&set->lock);
	track = get(set, &masked, 0, prefix, false, now);
	took = sf_rate_take(&track->full[group], limit, now);
	spin_unlock_bh(&set->lock);
	return took;
}

bool sf_tracks_accuse(struct sf_tracks *tracks, const struct sip_hash_key *key,
		      const struct sf_addr *addr, enum sf_evidence evidence, u32 max,
		      u64 window_ns, u64 now)
{
	struct sf_track_set *set = set_of(tracks, key, &addr->ip, addr->port);
	struct sf_track *track;
	bool enough;

	spin_lock_bh(&set->lock);
	track = get(set, &addr->ip, addr->port, SF_PREFIX_MAX, true, now);
	if (now - track->since > window_ns) {
		memset(track->evidence, 0, sizeof(track->evidence));
		track->since = now;
	}
	enough = ++track->evidence[evidence] >= max;
	if (enough)
		track->evidence[evidence] = 0;
	spin_unlock_bh(&set->lock);
	return enough;
}
