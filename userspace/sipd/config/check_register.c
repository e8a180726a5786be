// SPDX-License-Identifier: GPL-2.0-or-later
/* As whom sipd registers with a trunk. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/check.h"
#include "dns/name.h"

/* RFC 5626 s.4.5 */
#define DEFAULT_RETRY_MS 30000
#define DEFAULT_MAX_RETRY_MS 1800000
/* Long enough for no lock of an account by too many failures, short enough for a shift. */
#define DEFAULT_REFUSED_MS 3600000
#define DEFAULT_EXPIRES_MS 3600000
#define MAX_DAY_MS 86400000

void cfg_registration_free(struct cfg_registration *registration)
{
	if (!registration)
		return;
	free(registration->user);
	free(registration->domain);
	free(registration->contact);
	free(registration);
}

/* What stands in the user part of a URI as it is (RFC 3261 s.25.1). */
static bool is_user(const char *text)
{
	static const char marks[] = "-_.!~*'()&=+$,;?/%";

	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr(marks, *text))
			return false;
	return true;
}

static bool is_domain(const char *text)
{
	char name[DNS_NAME_STRLEN];
	struct tp_addr addr;

	return !tp_addr_parse(&addr, view_str(text), 5060) ||
	       !dns_name_normalize(text, strlen(text), name);
}

/* Of the peer; NULL without memory. */
static char *own_domain(const struct cfg_peer *peer)
{
	char host[TP_ADDR_STRLEN] = "";
	char *domain;

	if (!peer->uri.text)
		return strdup(peer->addr.sa.sa_family ? tp_addr_host(&peer->addr, host) : "");
	if (!peer->uri.host || !strchr(peer->uri.host, ':'))
		return strdup(peer->uri.host ? peer->uri.host : "");
	return asprintf(&domain, "[%s]", peer->uri.host) < 0 ? NULL : domain;
}

static void check_user(struct cfg_check *check, const char *path, const char *key, const char *text)
{
	if (!is_user(text))
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "%s.%s", path, key),
			    "%s cannot be \"%s\"; write what stands before the @ of a SIP address, "
			    "such as +15550100",
			    key, text);
}

static int check_names(struct cfg_check *check, const char *path,
		       const struct raw_registration *raw, const struct cfg_trunk *trunk)
{
	struct cfg_registration *registration = trunk->registration;
	const struct cfg_account *account = trunk->address.account;
	const char *user = raw->user ? raw->user : account ? account->user : NULL;

	if (!user)
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "%s", path),
			    "register has no user, and the trunk no credentials to take it from; "
			    "write \"register: { user: USER }\", or credentials");
	else
		check_user(check, path, "user", user);
	if (raw->contact)
		check_user(check, path, "contact", raw->contact);
	if (raw->domain && !is_domain(raw->domain))
		cfg_mistake(
			check->report, cfg_tree_pos(check->tree, "%s.domain", path),
			"domain cannot be \"%s\"; write the name or address behind the @ of the "
			"carrier's SIP addresses, such as carrier.example",
			raw->domain);
	user = user ? user : "";
	registration->user = strdup(user);
	registration->contact = strdup(raw->contact ? raw->contact : user);
	registration->domain = raw->domain ? strdup(raw->domain) : own_domain(&trunk->address);
	return registration->user && registration->contact && registration->domain ? 0 : -ENOMEM;
}

static void check_times(struct cfg_check *check, const char *path,
			const struct raw_registration *raw, struct cfg_registration *registration)
{
	uint32_t expires_ms;
	const struct cfg_duration rules[] = {
		{ "expires", raw->expires, &expires_ms, DEFAULT_EXPIRES_MS, 30000, 7 * MAX_DAY_MS },
		{ "retry", raw->retry, &registration->retry_ms, DEFAULT_RETRY_MS, 500, MAX_DAY_MS },
		{ "max-retry", raw->max_retry, &registration->max_retry_ms, DEFAULT_MAX_RETRY_MS,
		  500, MAX_DAY_MS },
		{ "refused-retry", raw->refused_retry, &registration->refused_ms,
		  DEFAULT_REFUSED_MS, 500, 7 * MAX_DAY_MS },
	};

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		cfg_check_duration(check, path, &rules[i]);
	registration->expires_s = expires_ms / 1000;
	if (!raw->max_retry && registration->max_retry_ms < registration->retry_ms)
		registration->max_retry_ms = registration->retry_ms;
	if (registration->max_retry_ms < registration->retry_ms)
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "%s.max-retry", path),
			    "max-retry (%ums) is less than retry (%ums); make it at least as long",
			    registration->max_retry_ms, registration->retry_ms);
}

int cfg_check_registration(struct cfg_check *check, unsigned int index)
{
	const struct raw_registration *raw = check->raw->trunks[index].registration;
	struct cfg_trunk *trunk = &check->cfg->trunks[index];
	char path[48];

	if (!raw)
		return 0;
	trunk->registration = calloc(1, sizeof(*trunk->registration));
	if (!trunk->registration)
		return -ENOMEM;
	snprintf(path, sizeof(path), "trunks[%u].register", index);
	check_times(check, path, raw, trunk->registration);
	return check_names(check, path, raw, trunk);
}
