// SPDX-License-Identifier: GPL-2.0
#include "sip.h"

#include <linux/random.h>
#include <linux/slab.h>

/*
 * 57344 sources in 4 MiB; 114688 requests and as many dialogs in 1 MiB each: what passes in some
 * seconds. 900000 of what was held back in 8 MiB: as many come in the second until an honest one
 * is repeated.
 */
#define TRACK_BITS	13
#define REQUEST_BITS	14
#define DIALOG_BITS	14
#define FIRST_BITS	17

/* Events of each kind in a second. */
#define EVENT_RATE	20

static int init_tables(struct sf_sip *sip)
{
	return sf_tracks_init(&sip->tracks, TRACK_BITS) ?:
	       sf_memo_init(&sip->requests, REQUEST_BITS) ?:
	       sf_memo_init(&sip->firsts, FIRST_BITS) ?:
	       sf_memo_init(&sip->dialogs, DIALOG_BITS);
}

static int init_policy(struct sf_sip *sip)
{
	struct sf_policy *policy = kmalloc(sizeof(*policy), GFP_KERNEL_ACCOUNT);
	struct sf_rules *rules = sf_rules_defaults();

	RCU_INIT_POINTER(sip->policy, policy);
	RCU_INIT_POINTER(sip->rules, rules);
	if (!policy || !rules)
		return -ENOMEM;
	sf_policy_defaults(policy);
	return 0;
}

static struct sf_sip *sip_alloc(struct sf_net *sn)
{
	struct sf_sip *sip = kzalloc(sizeof(*sip), GFP_KERNEL_ACCOUNT);
	unsigned int i;

	if (!sip)
		return NULL;
	sip->sn = sn;
	get_random_bytes(&sip->key, sizeof(sip->key));
	get_random_bytes(&sip->tag_key, sizeof(sip->tag_key));
	for (i = 0; i < SF_SIP_EVENTS; i++) {
		ratelimit_state_init(&sip->events[i], HZ, EVENT_RATE);
		ratelimit_set_flags(&sip->events[i], RATELIMIT_MSG_ON_RELEASE);
	}
	if (sf_sources_init(&sip->sources, &sip->key))
		goto err_sip;
	if (sf_conns_init(&sip->conns))
		goto err_sources;
	sip->stats = alloc_percpu_gfp(struct sf_sip_stats, GFP_KERNEL_ACCOUNT);
	sip->scratch = alloc_percpu_gfp(struct sip_scan_stream, GFP_KERNEL_ACCOUNT);
	if (!sip->stats || !sip->scratch || init_tables(sip) || init_policy(sip)) {
		sf_sip_free(sip);
		return NULL;
	}
	return sip;

err_sources:
	sf_sources_clean(&sip->sources);
err_sip:
	kfree(sip);
	return NULL;
}

void sf_sip_watch(const struct sf_sip *sip, const struct sf_policy *policy,
		  const struct sf_addr *addr, u64 now)
{
	const struct sf_ip_words ip = sf_ip_words(&addr->ip);
	const struct sf_track_place place =
		sf_tracks_find(&sip->tracks, ip, SF_TRACK_TOKENS(SF_PREFIX_MAX),
			       sf_ip_words_hash(&sip->key, ip, 0));

	sf_track_watch(&place, (u64)policy->window_ms * NSEC_PER_MSEC, now);
}

struct sf_sip *sf_sip_make(struct sf_net *sn)
{
	struct sf_sip *sip = sf_sip(sn);

	lockdep_assert_held(&sn->lock);
	if (sip)
		return sip;
	sip = sip_alloc(sn);
	if (sip)
		rcu_assign_pointer(sn->sip, sip);
	return sip;
}

void sf_sip_free(struct sf_sip *sip)
{
	struct sf_rules *rules = rcu_dereference_protected(sip->rules, true);

	sf_conns_clean(&sip->conns);
	sf_sources_clean(&sip->sources);
	sf_tracks_clean(&sip->tracks);
	sf_memo_clean(&sip->requests);
	sf_memo_clean(&sip->firsts);
	sf_memo_clean(&sip->dialogs);
	kfree(rcu_dereference_protected(sip->policy, true));
	if (rules)
		sf_rules_free(rules, NULL);
	free_percpu(sip->scratch);
	free_percpu(sip->stats);
	kfree(sip);
}
