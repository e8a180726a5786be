/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What status tells of the resolver. */
#ifndef SIPD_ADMIN_DNS_H
#define SIPD_ADMIN_DNS_H

#include <jansson.h>

#include "call/call.h"

/* Of failed addresses so many are told; their number is that of all. */
#define ADMIN_DNS_FAILED 32

/* A shard's, or of several the sum. All zero: nothing. */
struct admin_dns {
	bool used; /* there is one */
	struct dns_stats stats;
	unsigned int nfailed;
	struct admin_dns_failed {
		struct dns_target target;
		uint64_t left_ms;
	} failed[ADMIN_DNS_FAILED];
};

/* In the thread of @engine's shard. */
void admin_dns_gather(struct call_engine *engine, struct admin_dns *dns);
void admin_dns_add(struct admin_dns *sum, const struct admin_dns *part);
/* null when there is none; what is wrong is added to @degraded. */
json_t *admin_dns_object(const struct call_engine *engine, const struct admin_dns *sum,
			 json_t *degraded);

#endif
