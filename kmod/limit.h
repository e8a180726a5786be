/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many messages may come: from a source, from its prefix, from all. In one place with who asks
 * for it, as calls cost a tenth of it.
 */
#ifndef SF_LIMIT_H
#define SF_LIMIT_H

#include "crowd.h"
#include "message.h"

/* The track of who sent @m. */
static __always_inline struct sf_track_place sf_limit_track(const struct sf_message *m)
{
	return sf_tracks_find(&m->sip->tracks, sf_ip_words(&m->peer.ip),
			      SF_TRACK_TOKENS(SF_PREFIX_MAX), m->host);
}

static noinline bool take_of_stranger(const struct sf_message *m, const struct sf_rate *rate)
{
	struct sf_track_place place = sf_limit_track(m);

	return sf_track_take(&place, sf_ip_words(&m->peer.ip), SF_TRACK_TOKENS(SF_PREFIX_MAX),
			     m->host, m->group, rate, m->now);
}

static __always_inline bool take_of_source(const struct sf_message *m, struct sf_track *track,
					   const struct sf_rate *rate)
{
	return likely(track) ? sf_track_take_of(track, m->group, rate, m->now) :
			       take_of_stranger(m, rate);
}

static __always_inline const struct sf_prefix *prefix_of(const struct sf_message *m)
{
	return &m->policy->prefix[sf_addr_is_ip4(&m->peer)];
}

/* @near: where to remember its track, or NULL. */
static noinline bool take_of_any_prefix(const struct sf_message *m, u16 *near,
					const struct sf_rate *rate)
{
	const struct sf_prefix *prefix = prefix_of(m);
	const struct sf_ip_words ip = sf_ip_words_and(sf_ip_words(&m->peer.ip), prefix->mask);
	const u64 hash = sf_ip_words_hash(&m->sip->key, ip, prefix->rest);
	const struct sf_tracks *tracks = &m->sip->tracks;
	struct sf_track_place place = sf_tracks_find(tracks, ip, prefix->rest, hash);

	if (near && place.track)
		sf_track_note(tracks, near, &place);
	return sf_track_take(&place, ip, prefix->rest, hash, m->group, rate, m->now);
}

static __always_inline bool take_of_prefix(const struct sf_message *m, u16 *near,
					   const struct sf_rate *rate)
{
	const struct sf_prefix *prefix = prefix_of(m);
	struct sf_track *track;

	if (!prefix->rest)
		return true;
	if (likely(near)) {
		track = sf_track_noted(&m->sip->tracks, near);
		if (likely(sf_track_is_of(track,
					  sf_ip_words_and(sf_ip_words(&m->peer.ip), prefix->mask),
					  prefix->rest)))
			return sf_track_take_of(track, m->group, rate, m->now);
	}
	return take_of_any_prefix(m, near, rate);
}

/* By the limits of its source, whose track is at @place, and its prefix; they are in @rates. */
static __always_inline enum sipfast_verdict
limit_source(const struct sf_message *m, struct sf_track_place place, const struct sf_rate *rates)
{
	if (rates[SIPFAST_SCOPE_SOURCE].interval &&
	    unlikely(!take_of_source(m, place.track, &rates[SIPFAST_SCOPE_SOURCE]))) {
		sf_sip_watch(m->sip, m->policy, &m->peer, m->now);
		return SIPFAST_VERDICT_LIMIT_SOURCE;
	}
	if (rates[SIPFAST_SCOPE_PREFIX].interval &&
	    unlikely(!take_of_prefix(m, place.near, &rates[SIPFAST_SCOPE_PREFIX])))
		return SIPFAST_VERDICT_LIMIT_PREFIX;
	return SIPFAST_VERDICT_ACCEPT;
}

/* The same, and by the limit of all. */
static __always_inline enum sipfast_verdict
limit_single(const struct sf_message *m, struct sf_track_place place, const struct sf_rate *rates)
{
	enum sipfast_verdict verdict = limit_source(m, place, rates);

	if (verdict || !rates[SIPFAST_SCOPE_GLOBAL].interval || m->known)
		return verdict;
	return likely(sf_rate_take(&m->sip->all[m->class][m->group], &rates[SIPFAST_SCOPE_GLOBAL],
				   m->now)) ?
		       SIPFAST_VERDICT_ACCEPT :
		       SIPFAST_VERDICT_LIMIT_GLOBAL;
}

/* Of unknown sources; before what is theirs is touched, which a flood shall not use up. */
static noinline enum sipfast_verdict limit_keepalive(const struct sf_message *m,
						     struct sf_track_place place,
						     const struct sf_rate *rates)
{
	return sf_rate_take(&m->sip->keepalives, &rates[SIPFAST_SCOPE_GLOBAL], m->now) ?
	       limit_source(m, place, rates) : SIPFAST_VERDICT_LIMIT_GLOBAL;
}

/* Of unknown sources, whose limit of all is not exceeded by one, but by all of them. */
static __always_inline enum sipfast_verdict limit_crowd(const struct sf_message *m,
							struct sf_track_place place,
							struct sf_crowd *crowd,
							const struct sf_rate *rates)
{
	const struct sf_rate *all = &rates[SIPFAST_SCOPE_GLOBAL];
	const bool is_big = sf_crowd_is_big(crowd, m->now);
	enum sipfast_verdict verdict;

	if (unlikely(is_big) && sf_crowd_holds_back(crowd, m, all))
		return SIPFAST_VERDICT_NOT_REPEATED;
	verdict = limit_source(m, place, rates);
	if (unlikely(verdict)) {
		sf_crowd_refused(crowd, m, all);
		return verdict;
	}
	if (likely(sf_rate_take_within(&m->sip->all[m->class][m->group], all,
				       is_big ? all->tolerance : sf_crowd_room(all), m->now)))
		return SIPFAST_VERDICT_ACCEPT;
	if (is_big)
		return SIPFAST_VERDICT_LIMIT_GLOBAL;
	sf_crowd_begins(crowd, m);
	return SIPFAST_VERDICT_NOT_REPEATED;
}

/* @place: of its source's track, if that was looked for. */
static __always_inline enum sipfast_verdict sf_limit(const struct sf_message *m,
						     struct sf_track_place place)
{
	const struct sf_rate *rates = m->policy->limits[m->class][m->group];

	/* Once: the compiler would do it again for each of them. */
	OPTIMIZER_HIDE_VAR(rates);
	if (!rates[SIPFAST_SCOPE_GLOBAL].interval || m->known ||
	    m->class != SIPFAST_CLASS_UNKNOWN)
		return limit_single(m, place, rates);
	if (unlikely(m->group == SIPFAST_GROUP_IN_DIALOG && m->kind == SIPFAST_SIP_NONE))
		return limit_keepalive(m, place, rates);
	return limit_crowd(m, place, &m->sip->crowd[m->group], rates);
}

#endif /* SF_LIMIT_H */
