// SPDX-License-Identifier: GPL-2.0
#include "rule.h"

#include <linux/ctype.h>
#include <linux/slab.h>
#include <linux/string.h>

/* Octets of a value that patterns are looked for in; a longer one fits as if it ended there. */
#define MAX_TEXT	256

/* What scanners call themselves unless they are told otherwise. */
static const char * const scanners[] = {
	"friendly-scanner*", "sipvicious*", "sundayddr*", "sip-scan*", "smap *", "sivus*",
};

void sf_pattern_set(struct sf_pattern *pattern, const char *text)
{
	size_t len = strlen(text), i;

	*pattern = (struct sf_pattern){ .given = true };
	if (len && text[0] == '*') {
		pattern->any_before = true;
		text++;
		len--;
	}
	if (len && text[len - 1] == '*') {
		pattern->any_after = true;
		len--;
	}
	pattern->len = min_t(size_t, len, SIPFAST_MAX_PATTERN);
	for (i = 0; i < pattern->len; i++)
		pattern->text[i] = tolower(text[i]);
}

void sf_pattern_text(const struct sf_pattern *pattern, char *buf)
{
	size_t n = 0;

	if (pattern->any_before)
		buf[n++] = '*';
	memcpy(buf + n, pattern->text, pattern->len);
	n += pattern->len;
	if (pattern->any_after)
		buf[n++] = '*';
	buf[n] = '\0';
}

static bool fits_at(const struct sf_pattern *pattern, const char *text)
{
	unsigned int i;

	for (i = 0; i < pattern->len; i++)
		if (tolower(text[i]) != pattern->text[i])
			return false;
	return true;
}

static bool fits(const struct sf_pattern *pattern, struct sip_scan_text text)
{
	size_t len = min_t(size_t, text.len, MAX_TEXT), i;

	if (!pattern->given)
		return true;
	if (!text.p || len < pattern->len)
		return false;
	if (!pattern->any_before)
		return (pattern->any_after || len == pattern->len) && fits_at(pattern, text.p);
	if (!pattern->any_after)
		return fits_at(pattern, text.p + len - pattern->len);
	for (i = 0; i + pattern->len <= len; i++)
		if (fits_at(pattern, text.p + i))
			return true;
	return false;
}

/* Of "sip:user:password@host" or "tel:user;params", unescaped or not. */
static struct sip_scan_text user_of(struct sip_scan_text uri)
{
	struct sip_scan_text none = { NULL, 0 };
	const char *p = uri.p, *end = p + uri.len, *at;

	while (p < end && *p != ':')
		p++;
	if (!uri.p || p == end)
		return none;
	p++;
	at = memchr(p, '@', end - p);
	if (!at && (uri.len < 4 || (*uri.p | 0x20) != 't'))
		return none;
	end = at ?: end;
	uri.p = p;
	while (p < end && *p != ':' && *p != ';')
		p++;
	uri.len = p - uri.p;
	return uri;
}

static bool matches(const struct sf_rule *rule, const struct sf_rule_subject *subject,
		    const struct sip_scan_text *user)
{
	return rule->classes & BIT(subject->class) &&
	       (!rule->methods || rule->methods & BIT(subject->kind)) &&
	       subject->size >= rule->size_min && fits(&rule->user_agent, subject->user_agent) &&
	       fits(&rule->uri_user, *user);
}

const struct sf_rule *sf_rules_match(const struct sf_rules *rules, unsigned int first,
				     const struct sf_rule_subject *subject)
{
	struct sip_scan_text user = user_of(subject->uri);
	unsigned int i;

	for (i = first; i < rules->n; i++) {
		if (matches(&rules->rules[i], subject, &user)) {
			if (!subject->is_repeated)
				atomic64_inc(rules->rules[i].hits);
			return &rules->rules[i];
		}
	}
	return NULL;
}

static struct sf_rules *rules_alloc(unsigned int n)
{
	struct sf_rules *rules = kzalloc(struct_size(rules, rules, n), GFP_KERNEL_ACCOUNT);

	if (rules)
		rules->n = n;
	return rules;
}

/* Bits of the letters that what fits begins with. */
static u32 beginnings(const struct sf_pattern *agent)
{
	return agent->any_before || !agent->len ? U32_MAX : BIT(agent->text[0] & 31);
}

static void note_agents(struct sf_rules *rules)
{
	const struct sf_rule *rule;
	unsigned int class;
	u32 begins;

	rules->only_agents = true;
	for (rule = rules->rules; rule < rules->rules + rules->n; rule++) {
		begins = rule->user_agent.given ? beginnings(&rule->user_agent) : 0;
		if (!begins || begins == U32_MAX)
			rules->only_agents = false;
		rules->agent_begins |= begins;
		for (class = 0; class < SF_CLASSES; class++)
			if (rule->classes & BIT(class))
				rules->agents[class] |= begins;
	}
}

static bool has_count(const struct sf_rules *rules, const atomic64_t *hits)
{
	unsigned int i;

	for (i = 0; i < rules->n; i++)
		if (rules->rules[i].hits == hits)
			return true;
	return false;
}

void sf_rules_free(struct sf_rules *rules, const struct sf_rules *keep)
{
	unsigned int i;

	for (i = 0; i < rules->n; i++)
		if (!keep || !has_count(keep, rules->rules[i].hits))
			kfree(rules->rules[i].hits);
	kfree(rules);
}

struct sf_rules *sf_rules_defaults(void)
{
	struct sf_rules *rules = rules_alloc(ARRAY_SIZE(scanners));
	unsigned int i;

	if (!rules)
		return NULL;
	for (i = 0; i < rules->n; i++) {
		struct sf_rule *rule = &rules->rules[i];

		rule->id = i + 1;
		rule->action = SIPFAST_ACTION_BAN;
		rule->classes = BIT(SIPFAST_CLASS_UNKNOWN) | BIT(SIPFAST_CLASS_REGISTERED);
		sf_pattern_set(&rule->user_agent, scanners[i]);
		rule->hits = kzalloc(sizeof(*rule->hits), GFP_KERNEL_ACCOUNT);
		if (!rule->hits) {
			sf_rules_free(rules, NULL);
			return NULL;
		}
	}
	note_agents(rules);
	return rules;
}

struct sf_rules *sf_rules_with(const struct sf_rules *rules, const struct sf_rule *rule)
{
	struct sf_rules *next = rules_alloc(rules->n + 1);
	unsigned int i, n = 0;
	atomic64_t *hits;

	hits = kzalloc(sizeof(*hits), GFP_KERNEL_ACCOUNT);
	if (!next || !hits) {
		kfree(next);
		kfree(hits);
		return NULL;
	}
	for (i = 0; i < rules->n && rules->rules[i].id < rule->id; i++)
		next->rules[n++] = rules->rules[i];
	next->rules[n] = *rule;
	next->rules[n++].hits = hits;
	for (; i < rules->n; i++)
		if (rules->rules[i].id != rule->id)
			next->rules[n++] = rules->rules[i];
	next->n = n;
	note_agents(next);
	return next;
}

struct sf_rules *sf_rules_without(const struct sf_rules *rules, u32 id)
{
	struct sf_rules *next = rules_alloc(rules->n);
	unsigned int i, n = 0;

	if (!next)
		return NULL;
	for (i = 0; i < rules->n; i++)
		if (rules->rules[i].id != id)
			next->rules[n++] = rules->rules[i];
	next->n = n;
	note_agents(next);
	return next;
}
