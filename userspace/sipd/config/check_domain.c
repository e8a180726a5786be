// SPDX-License-Identifier: GPL-2.0-or-later
/* Domains and the store that their users and registrations are in. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "config/check.h"
#include "config/value.h"

#define DEFAULT_PATH "/var/lib/sipfast/sipd.db"
#define MAX_NAME 128

/* A registrar must not call an hour or more too brief (RFC 3261 s.10.3). */
#define MAX_MIN_EXPIRES_MS 3600000

/* What NATs and firewalls forget first is of no use. */
#define MAX_FLOW_TIMER_MS 3600000

static const char name_chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";

static bool is_name(const char *name)
{
	size_t len = strlen(name);

	return len <= MAX_NAME && !name[strspn(name, name_chars)] &&
	       isalnum((unsigned char)*name) && isalnum((unsigned char)name[len - 1]) &&
	       !strstr(name, "..");
}

static void check_name(struct cfg_check *check, unsigned int index)
{
	const char *name = check->raw->domains[index].name;
	struct cfg_pos pos = cfg_tree_pos(check->tree, "domains[%u].name", index);

	if (!is_name(name))
		cfg_mistake(check->report, pos,
			    "\"%s\" is no name of a domain; write what follows the @ in its "
			    "users' addresses, such as example.com",
			    name);
	for (unsigned int i = 0; i < index; i++) {
		if (strcasecmp(check->raw->domains[i].name, name))
			continue;
		cfg_mistake(check->report, pos,
			    "there is a domain \"%s\" already, in line %zu; leave one out", name,
			    cfg_tree_pos(check->tree, "domains[%u].name", i).line);
		return;
	}
}

struct expiry {
	const char *key;
	const char *text; /* NULL: not given */
	uint32_t *seconds;
	uint32_t preset;
	uint32_t min_ms, max_ms;
};

static void check_expiry(struct cfg_check *check, unsigned int index, const struct expiry *expiry)
{
	struct cfg_pos pos = cfg_tree_pos(check->tree, "domains[%u].%s", index, expiry->key);
	uint32_t ms;
	int ret;

	*expiry->seconds = expiry->preset;
	if (!expiry->text)
		return;
	ret = cfg_duration_parse(expiry->text, &ms);
	if (ret == -EINVAL)
		cfg_mistake(check->report, pos,
			    "%s cannot be \"%s\"; write a number with s, m or h, such as 60s",
			    expiry->key, expiry->text);
	else if (ret || ms < expiry->min_ms || ms > expiry->max_ms)
		cfg_mistake(check->report, pos, "%s of %s is out of range; choose %us to %us",
			    expiry->key, expiry->text, expiry->min_ms / 1000,
			    expiry->max_ms / 1000);
	else
		*expiry->seconds = ms / 1000;
}

static void check_expiries(struct cfg_check *check, unsigned int index)
{
	const struct raw_domain *raw = &check->raw->domains[index];
	struct cfg_domain *domain = &check->cfg->domains[index];
	unsigned int before = check->report->mistakes;
	const struct expiry expiries[] = {
		{ "min-expires", raw->min_expires, &domain->min_expires, 60, 1000,
		  MAX_MIN_EXPIRES_MS },
		{ "max-expires", raw->max_expires, &domain->max_expires, 7200, 1000,
		  CFG_MAX_DURATION_MS },
		{ "default-expires", raw->default_expires, &domain->default_expires, 3600, 1000,
		  CFG_MAX_DURATION_MS },
		{ "flow-timer", raw->flow_timer, &domain->flow_timer, 120, 1000,
		  MAX_FLOW_TIMER_MS },
	};

	for (size_t i = 0; i < sizeof(expiries) / sizeof(*expiries); i++)
		check_expiry(check, index, &expiries[i]);
	if (check->report->mistakes > before)
		return;
	/* What was not written follows what was. */
	if (!raw->min_expires && domain->min_expires > domain->max_expires)
		domain->min_expires = domain->max_expires;
	if (!raw->max_expires && domain->max_expires < domain->min_expires)
		domain->max_expires = domain->min_expires;
	if (!raw->default_expires && domain->default_expires > domain->max_expires)
		domain->default_expires = domain->max_expires;
	if (!raw->default_expires && domain->default_expires < domain->min_expires)
		domain->default_expires = domain->min_expires;
	if (domain->max_expires < domain->min_expires)
		cfg_mistake(check->report,
			    cfg_tree_pos(check->tree, "domains[%u].max-expires", index),
			    "max-expires (%us) is less than min-expires (%us); make it at least "
			    "as long",
			    domain->max_expires, domain->min_expires);
	else if (domain->default_expires < domain->min_expires ||
		 domain->default_expires > domain->max_expires)
		cfg_mistake(check->report,
			    cfg_tree_pos(check->tree, "domains[%u].default-expires", index),
			    "default-expires of %us is not between min-expires (%us) and "
			    "max-expires (%us)",
			    domain->default_expires, domain->min_expires, domain->max_expires);
}

static void check_algorithms(const struct raw_domain *raw, struct cfg_domain *domain)
{
	domain->no_sha256 = domain->no_md5 = raw->nalgorithms;
	for (unsigned int i = 0; i < raw->nalgorithms; i++) {
		if (raw->algorithms[i] == RAW_SHA256)
			domain->no_sha256 = false;
		else
			domain->no_md5 = false;
	}
}

static int check_domain(struct cfg_check *check, unsigned int index)
{
	const struct raw_domain *raw = &check->raw->domains[index];
	struct cfg_domain *domain = &check->cfg->domains[index];

	domain->name = strdup(raw->name);
	if (!domain->name)
		return -ENOMEM;
	for (char *p = domain->name; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	domain->registrar = raw->registrar == RAW_TRUE;
	domain->auth = raw->auth;
	check_algorithms(raw, domain);
	domain->mode = raw->mode;
	if (raw->mode != CFG_MODE_B2BUA && !domain->registrar)
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "domains[%u].mode", index),
			    "mode is for what a registrar's users are called; add registrar: true, "
			    "or give the route or next-hop that leads to \"%s\" this mode",
			    raw->name);
	check_name(check, index);
	domain->realm = cfg_check_realm_named(
		check, cfg_tree_pos(check->tree, "domains[%u].realm", index), raw->realm);
	check_expiries(check, index);
	return 0;
}

static int check_store(struct cfg_check *check)
{
	const struct raw_store *raw = check->raw->store;
	const char *path = raw && raw->path ? raw->path : DEFAULT_PATH;

	if (*path != '/')
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "store.path"),
			    "path \"%s\" is no absolute path; begin it with /", path);
	check->cfg->store_path = strdup(path);
	return check->cfg->store_path ? 0 : -ENOMEM;
}

int cfg_check_domains(struct cfg_check *check)
{
	struct cfg *cfg = check->cfg;
	int ret = check_store(check);

	if (ret || !check->raw->ndomains)
		return ret;
	cfg->domains = calloc(check->raw->ndomains, sizeof(*cfg->domains));
	if (!cfg->domains)
		return -ENOMEM;
	cfg->ndomains = check->raw->ndomains;
	for (unsigned int i = 0; i < cfg->ndomains && !ret; i++)
		ret = check_domain(check, i);
	return ret;
}
