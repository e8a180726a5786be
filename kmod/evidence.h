/* SPDX-License-Identifier: GPL-2.0 */
/* From what a source does to its ban. */
#ifndef SF_EVIDENCE_H
#define SF_EVIDENCE_H

#include "sip.h"

/* Who acts, and by what. */
struct sf_court {
	struct sf_sip *sip;
	const struct sf_policy *policy;
	bool enforce; /* else bans hold for listeners that observe */
	u64 now; /* ns */
};

/*
 * Counts it, and bans the source when it is enough: the port of @addr, or the address when that has
 * none. Called with RCU read lock held.
 */
void sf_accuse(const struct sf_court *court, const struct sf_addr *addr,
	       enum sf_evidence evidence);
/* Bans the same, and when enough ports of an address have been banned all others. */
void sf_ban(const struct sf_court *court, const struct sf_addr *addr, const char *reason);

#endif /* SF_EVIDENCE_H */
