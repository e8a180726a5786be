/* SPDX-License-Identifier: GPL-2.0 */
/* What becomes of messages that look in a certain way. */
#ifndef SF_RULE_H
#define SF_RULE_H

#include <linux/rcupdate.h>
#include <linux/sipfast.h>
#include <linux/types.h>

#include "policy.h"
#include "sip_scan.h"

/**
 * struct sf_pattern - text without its '*'s, in small letters
 * @len: octets; 0 and neither of the others: there is no pattern
 * @any_before: it began with a '*'
 * @any_after: it ended with one
 * @given: there is a pattern
 */
struct sf_pattern {
	u8 len;
	bool any_before;
	bool any_after;
	bool given;
	char text[SIPFAST_MAX_PATTERN];
};

/**
 * struct sf_rule - immutable but for @hits
 * @hits: shared by the arrays that a rule goes through, and freed with the last
 */
struct sf_rule {
	u32 id;
	u8 action;
	u8 classes;
	u32 methods;
	u32 size_min;
	struct sf_pattern user_agent;
	struct sf_pattern uri_user;
	atomic64_t *hits;
};

/**
 * struct sf_rules - all of a namespace, by ID; immutable once published
 * @agent_begins: bits, by the letter (and 31) that patterns of User-Agent begin with, when all
 *	that each rule asks for is such a pattern
 * @agents: of each class the same bits of all rules with such a pattern that are for it
 */
struct sf_rules {
	struct rcu_head rcu;
	u32 agent_begins;
	bool only_agents;
	u32 agents[SF_CLASSES];
	unsigned int n;
	struct sf_rule rules[];
};

/* What rules are asked about. */
struct sf_rule_subject {
	u8 kind;
	u8 class;
	bool is_repeated; /* it was counted before */
	u32 size;
	struct sip_scan_text user_agent;
	struct sip_scan_text uri;
};

void sf_pattern_set(struct sf_pattern *pattern, const char *text);
/* As it was set; @buf has room for SIPFAST_MAX_PATTERN + 1 octets. */
void sf_pattern_text(const struct sf_pattern *pattern, char *buf);

/*
 * False: none of @rules fits. Most messages fit none, and most rules ask for what one letter of
 * @agent, the User-Agent, tells.
 */
static inline bool sf_rules_may_match(const struct sf_rules *rules, struct sip_scan_text agent)
{
	return !rules->only_agents || (agent.len && rules->agent_begins & BIT(agent.p[0] & 31));
}

/* The next rule of @rules from @first on that fits; NULL: none does. */
const struct sf_rule *sf_rules_match(const struct sf_rules *rules, unsigned int first,
				     const struct sf_rule_subject *subject);

/* Those that there are before others are added: signatures of scanners. NULL without memory. */
struct sf_rules *sf_rules_defaults(void);
/*
 * @rules with @rule in its place, or without the one of ID @without. NULL without memory. What is
 * in both shares its count; the old is freed by sf_rules_free() with @keep the new.
 */
struct sf_rules *sf_rules_with(const struct sf_rules *rules, const struct sf_rule *rule);
struct sf_rules *sf_rules_without(const struct sf_rules *rules, u32 id);
/* Frees @rules, which nobody uses, with the counts that are not also in @keep (or NULL). */
void sf_rules_free(struct sf_rules *rules, const struct sf_rules *keep);

#endif /* SF_RULE_H */
