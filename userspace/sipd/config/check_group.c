// SPDX-License-Identifier: GPL-2.0-or-later
/* Hunt groups, and the voicemail of domains. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/check.h"
#include "config/destination.h"
#include "config/value.h"

#define DEFAULT_MEMBER_TIMEOUT_MS 20000
#define MAX_MEMBER_TIMEOUT_MS 3600000

/* May calls be sent on from @domain to @text, at @pos? */
static void check_destination(struct cfg_check *check, struct cfg_pos pos,
			      const struct cfg_domain *domain, const char *text)
{
	struct cfg_destination destination;
	int ret = cfg_destination_read(&destination, check->cfg, domain, text);

	if (ret)
		cfg_mistake(check->report, pos, "\"%s\" %s", text, cfg_destination_error(ret));
}

static int check_voicemail(struct cfg_check *check, unsigned int index)
{
	const char *text = check->raw->domains[index].voicemail;
	struct cfg_domain *domain = &check->cfg->domains[index];
	struct cfg_pos pos = cfg_tree_pos(check->tree, "domains[%u].voicemail", index);

	if (!text)
		return 0;
	if (!strcmp(text, "voicemail"))
		cfg_mistake(check->report, pos,
			    "voicemail cannot be \"voicemail\"; write where it is, such as "
			    "sip:vm@192.0.2.9");
	else
		check_destination(check, pos, domain, text);
	domain->voicemail = strdup(text);
	return domain->voicemail ? 0 : -ENOMEM;
}

static void check_group_name(struct cfg_check *check, unsigned int index)
{
	const struct raw_group *raw = &check->raw->groups[index];
	struct cfg_pos pos = cfg_tree_pos(check->tree, "groups[%u].name", index);

	cfg_check_name(check, pos, "group", raw->name);
	for (unsigned int i = 0; i < index; i++) {
		if (strcmp(check->raw->groups[i].name, raw->name) ||
		    check->cfg->groups[i].domain != check->cfg->groups[index].domain)
			continue;
		cfg_mistake(check->report, pos,
			    "there is a group \"%s\" of this domain already, in line %zu; choose "
			    "another name",
			    raw->name, cfg_tree_pos(check->tree, "groups[%u].name", i).line);
		return;
	}
}

static void check_group_domain(struct cfg_check *check, unsigned int index)
{
	const char *name = check->raw->groups[index].domain;
	const struct cfg_domain *domain = cfg_find_domain(check->cfg, view_str(name));
	struct cfg_pos pos = cfg_tree_pos(check->tree, "groups[%u].domain", index);

	if (!domain)
		cfg_mistake(check->report, pos,
			    "there is no domain \"%s\"; name one of this file, or add it", name);
	else if (!domain->registrar)
		cfg_mistake(check->report, pos,
			    "domain \"%s\" is no registrar, so its groups could not be called; set "
			    "its registrar: true",
			    name);
	check->cfg->groups[index].domain = domain;
}

static int check_members(struct cfg_check *check, unsigned int index)
{
	const struct raw_group *raw = &check->raw->groups[index];
	struct cfg_group *group = &check->cfg->groups[index];

	group->members = calloc(raw->nmembers, sizeof(*group->members));
	if (!group->members)
		return -ENOMEM;
	for (unsigned int i = 0; i < raw->nmembers; i++) {
		struct cfg_pos pos = cfg_tree_pos(check->tree, "groups[%u].members[%u]", index, i);

		group->members[i] = strdup(raw->members[i]);
		if (!group->members[i])
			return -ENOMEM;
		group->nmembers++;
		if (!strcmp(raw->members[i], "voicemail"))
			cfg_mistake(check->report, pos,
				    "voicemail cannot be a member; make it the overflow");
		else if (group->domain)
			check_destination(check, pos, group->domain, raw->members[i]);
		for (unsigned int j = 0; j < i; j++)
			if (!strcmp(raw->members[j], raw->members[i]))
				cfg_mistake(check->report, pos,
					    "\"%s\" is a member already; name it once",
					    raw->members[i]);
	}
	return 0;
}

static void check_member_timeout(struct cfg_check *check, unsigned int index)
{
	const char *text = check->raw->groups[index].member_timeout;
	uint32_t *ms = &check->cfg->groups[index].member_timeout_ms;

	*ms = DEFAULT_MEMBER_TIMEOUT_MS;
	if (!text || (!cfg_duration_parse(text, ms) && *ms && *ms <= MAX_MEMBER_TIMEOUT_MS))
		return;
	cfg_mistake(check->report, cfg_tree_pos(check->tree, "groups[%u].member-timeout", index),
		    "member-timeout cannot be \"%s\"; write a number with ms, s, m or h of at most "
		    "%us, such as 20s",
		    text, MAX_MEMBER_TIMEOUT_MS / 1000);
}

static int check_group(struct cfg_check *check, unsigned int index)
{
	const struct raw_group *raw = &check->raw->groups[index];
	struct cfg_group *group = &check->cfg->groups[index];

	group->name = strdup(raw->name);
	if (!group->name)
		return -ENOMEM;
	check_group_domain(check, index);
	check_group_name(check, index);
	group->strategy = raw->strategy;
	check_member_timeout(check, index);
	if (raw->overflow) {
		group->overflow = strdup(raw->overflow);
		if (!group->overflow)
			return -ENOMEM;
		if (group->domain)
			check_destination(check,
					  cfg_tree_pos(check->tree, "groups[%u].overflow", index),
					  group->domain, raw->overflow);
	}
	return check_members(check, index);
}

int cfg_check_groups(struct cfg_check *check)
{
	struct cfg *cfg = check->cfg;
	int ret = 0;

	for (unsigned int i = 0; i < cfg->ndomains && !ret; i++)
		ret = check_voicemail(check, i);
	if (ret || !check->raw->ngroups)
		return ret;
	cfg->groups = calloc(check->raw->ngroups, sizeof(*cfg->groups));
	if (!cfg->groups)
		return -ENOMEM;
	cfg->ngroups = check->raw->ngroups;
	for (unsigned int i = 0; i < cfg->ngroups && !ret; i++)
		ret = check_group(check, i);
	return ret;
}

void cfg_groups_clean(struct cfg *cfg)
{
	for (unsigned int i = 0; i < cfg->ngroups; i++) {
		struct cfg_group *group = &cfg->groups[i];

		for (unsigned int j = 0; j < group->nmembers; j++)
			free(group->members[j]);
		free(group->members);
		free(group->overflow);
		free(group->name);
	}
	free(cfg->groups);
}

const char *cfg_hunting_name(enum cfg_hunting strategy)
{
	static const char *const names[] = {
		[CFG_RING_ALL] = "ring-all",
		[CFG_LINEAR] = "linear",
		[CFG_IN_TURN] = "round-robin",
	};

	return names[strategy];
}

const struct cfg_group *cfg_find_group(const struct cfg *cfg, const struct cfg_domain *domain,
				       const char *name)
{
	for (unsigned int i = 0; i < cfg->ngroups; i++)
		if (cfg->groups[i].domain == domain && !strcmp(cfg->groups[i].name, name))
			return &cfg->groups[i];
	return NULL;
}
