/* SPDX-License-Identifier: GPL-2.0 */
/* What the classes of sources may do. */
#ifndef SF_POLICY_H
#define SF_POLICY_H

#include <linux/rcupdate.h>
#include <linux/sipfast.h>
#include <linux/types.h>

#include "ip_words.h"

#define SF_SCOPES	(SIPFAST_SCOPE_MAX + 1)
#define SF_GROUPS	(SIPFAST_GROUP_MAX + 1)
/* Those that have limits: all but banned ones. */
#define SF_CLASSES	SIPFAST_CLASS_BANNED

#define SF_MAX_SOURCES	1048576U
#define SF_MAX_CONNECTIONS	1048576U
#define SF_MAX_RATE	1000000U

/**
 * struct sf_rate - what a bucket of tokens is filled and emptied by
 * @interval: ns until a token comes in; 0: there is no limit
 * @tolerance: ns of tokens that fit into it, less the one that is taken; at least a tick
 * @rate: as it was given, as is @burst
 */
struct sf_rate {
	u64 interval;
	u64 tolerance;
	u32 rate;
	u32 burst;
};

/**
 * struct sf_prefix - what the addresses of one limit have in common
 * @mask: of an address
 * @rest: SF_TRACK_TOKENS() of its length; 0: it would be one address, which has a limit of its own
 */
struct sf_prefix {
	struct sf_ip_words mask;
	u32 rest;
};

/**
 * struct sf_policy - immutable once published
 * @limits: by enum sipfast_class, sipfast_group and sipfast_scope
 * @prefix: by whether it is IPv4, made of the others by sf_policy_set_prefixes()
 * @shed: percent of queue or load, by enum sipfast_level
 * The other members are as the ABI says.
 */
struct sf_policy {
	struct sf_rate limits[SF_CLASSES][SF_GROUPS][SF_SCOPES];
	struct sf_prefix prefix[2];
	u8 prefix4;
	u8 prefix6;
	u8 shed[SIPFAST_LEVEL_MAX + 1];
	bool malformed_drop;
	u16 retry_after;
	struct sf_rate reject;
	u32 sources_max;
	u32 connections_max;
	u32 malformed_max;
	u32 failures_max;
	u32 refused_max;
	u32 ports_max;
	u32 window_ms;
	u32 absorb_ms;
	u64 ban_ms;
	struct rcu_head rcu;
};

/* @rate: a second, 0: no limit */
void sf_rate_set(struct sf_rate *limit, u32 rate, u32 burst);
/* After @prefix4 or @prefix6 was set. */
void sf_policy_set_prefixes(struct sf_policy *policy);
/* What holds until something else is said. */
void sf_policy_defaults(struct sf_policy *policy);

#endif /* SF_POLICY_H */
