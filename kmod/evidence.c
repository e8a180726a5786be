// SPDX-License-Identifier: GPL-2.0
#include "evidence.h"

#include "sip_event.h"

static u32 enough(const struct sf_policy *policy, enum sf_evidence evidence)
{
	switch (evidence) {
	case SF_EVIDENCE_MALFORMED:
		return policy->malformed_max;
	case SF_EVIDENCE_FAILURE:
		return policy->failures_max;
	case SF_EVIDENCE_REFUSED:
		return policy->refused_max;
	default:
		return policy->ports_max;
	}
}

static void ban_one(const struct sf_court *court, const struct sf_addr *addr, const char *reason)
{
	struct sf_source_spec spec = {
		.key = { .ip = addr->ip, .port = addr->port, .prefix = SF_PREFIX_MAX },
		.class = SIPFAST_CLASS_BANNED,
		.by_kernel = true,
		.observed = !court->enforce,
		.lifetime_ms = court->policy->ban_ms,
		.reason = reason,
	};

	if (!sf_source_add(&court->sip->sources, &spec, court->policy->sources_max))
		sf_sip_event_ban(court->sip, &spec);
}

void sf_ban(const struct sf_court *court, const struct sf_addr *addr, const char *reason)
{
	const struct sf_policy *policy = court->policy;
	struct sf_addr all = { .ip = addr->ip };

	ban_one(court, addr, reason);
	if (addr->port && policy->ports_max &&
	    sf_tracks_accuse(&court->sip->tracks, &court->sip->key, &all, SF_EVIDENCE_PORT,
			     policy->ports_max, policy->ban_ms * NSEC_PER_MSEC, court->now))
		ban_one(court, &all, reason);
}

void sf_accuse(const struct sf_court *court, const struct sf_addr *addr, enum sf_evidence evidence)
{
	static const char * const reasons[] = {
		[SF_EVIDENCE_MALFORMED] = "malformed messages",
		[SF_EVIDENCE_FAILURE] = "wrong credentials",
		[SF_EVIDENCE_REFUSED] = "refused requests",
	};
	const struct sf_policy *policy = court->policy;
	u32 max = enough(policy, evidence);

	sf_sip_watch(court->sip, policy, addr, court->now);
	if (max && sf_tracks_accuse(&court->sip->tracks, &court->sip->key, addr, evidence, max,
				    (u64)policy->window_ms * NSEC_PER_MSEC, court->now))
		sf_ban(court, addr, reasons[evidence]);
}
