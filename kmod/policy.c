// SPDX-License-Identifier: GPL-2.0
#include "policy.h"

#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/time64.h>

#include "bucket.h"

struct row {
	u8 scope;
	u8 class;
	u8 group;
	u32 rate;
	u32 burst;
};

#define ROW(scope_, class_, group_, rate_, burst_)				\
	{ SIPFAST_SCOPE_##scope_, SIPFAST_CLASS_##class_, SIPFAST_GROUP_##group_, rate_, burst_ }

/*
 * A phone behind its own address does a tenth of it, a PBX is registered or trusted. Trusted
 * sources have no limits.
 */
static const struct row defaults[] = {
	ROW(SOURCE, UNKNOWN, DIALOG, 10, 30),
	ROW(SOURCE, UNKNOWN, REGISTER, 10, 40),
	ROW(SOURCE, UNKNOWN, OTHER, 20, 60),
	ROW(SOURCE, UNKNOWN, IN_DIALOG, 100, 300),
	ROW(SOURCE, UNKNOWN, CONNECT, 5, 20),
	ROW(PREFIX, UNKNOWN, DIALOG, 100, 300),
	ROW(PREFIX, UNKNOWN, REGISTER, 100, 400),
	ROW(PREFIX, UNKNOWN, OTHER, 200, 600),
	ROW(PREFIX, UNKNOWN, IN_DIALOG, 1000, 3000),
	ROW(PREFIX, UNKNOWN, CONNECT, 50, 200),
	ROW(GLOBAL, UNKNOWN, DIALOG, 100, 200),
	ROW(GLOBAL, UNKNOWN, REGISTER, 200, 400),
	ROW(GLOBAL, UNKNOWN, OTHER, 200, 400),
	ROW(GLOBAL, UNKNOWN, IN_DIALOG, 1000, 2000),
	ROW(GLOBAL, UNKNOWN, CONNECT, 500, 1000),
	ROW(SOURCE, REGISTERED, DIALOG, 20, 60),
	ROW(SOURCE, REGISTERED, REGISTER, 20, 60),
	ROW(SOURCE, REGISTERED, OTHER, 50, 150),
	ROW(SOURCE, REGISTERED, IN_DIALOG, 200, 600),
	ROW(SOURCE, REGISTERED, CONNECT, 10, 40),
};

void sf_rate_set(struct sf_rate *limit, u32 rate, u32 burst)
{
	limit->rate = rate;
	limit->burst = burst;
	limit->interval = rate ? div_u64(NSEC_PER_SEC, rate) : 0;
	limit->tolerance = burst ? limit->interval * (burst - 1) : 0;
	/* What comes in within a tick comes at once, as far as sf_sip_now() tells. */
	limit->tolerance = max_t(u64, limit->tolerance, TICK_NSEC);
}

static struct sf_prefix prefix_of(unsigned int bits)
{
	struct sf_ip_words all = { cpu_to_be64(~0ULL), cpu_to_be64(~0ULL) };

	return (struct sf_prefix){
		.mask = sf_ip_words_mask(all, bits),
		.rest = bits < SF_PREFIX_MAX ? SF_TRACK_TOKENS(bits) : 0,
	};
}

void sf_policy_set_prefixes(struct sf_policy *policy)
{
	policy->prefix[false] = prefix_of(policy->prefix6);
	policy->prefix[true] = prefix_of(SF_PREFIX_IP4 + policy->prefix4);
}

void sf_policy_defaults(struct sf_policy *policy)
{
	unsigned int i;

	*policy = (struct sf_policy){
		.prefix4 = 24,
		.prefix6 = 64,
		.shed = {
			[SIPFAST_LEVEL_DIALOGS] = 50,
			[SIPFAST_LEVEL_REGISTERS] = 70,
			[SIPFAST_LEVEL_OTHERS] = 85,
		},
		.retry_after = 10,
		.sources_max = SF_MAX_SOURCES,
		.connections_max = 65536,
		.malformed_max = 20,
		.failures_max = 6,
		.refused_max = 40,
		.ports_max = 8,
		.window_ms = 10000,
		.absorb_ms = 4000,
		.ban_ms = 600000,
	};
	sf_policy_set_prefixes(policy);
	sf_rate_set(&policy->reject, 50, 50);
	for (i = 0; i < ARRAY_SIZE(defaults); i++) {
		const struct row *row = &defaults[i];
		struct sf_rate *rate = &policy->limits[row->class][row->group][row->scope];

		sf_rate_set(rate, row->rate, row->burst);
	}
}
