// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/equal.h"

#include <string.h>

bool cfg_text_equal(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

bool cfg_account_equal(const struct cfg_account *a, const struct cfg_account *b)
{
	if (!a || !b)
		return a == b;
	return cfg_text_equal(a->user, b->user) && cfg_text_equal(a->password, b->password) &&
	       cfg_text_equal(a->realm, b->realm);
}

bool cfg_peer_equal(const struct cfg_peer *a, const struct cfg_peer *b)
{
	if (!cfg_text_equal(a->uri.text, b->uri.text) ||
	    !cfg_text_equal(a->tls_name, b->tls_name) || !cfg_account_equal(a->account, b->account))
		return false;
	return a->uri.text || (tp_addr_eq(&a->addr, &b->addr) && a->proto == b->proto &&
			       a->any_proto == b->any_proto);
}

bool cfg_listen_equal(const struct cfg_realm *a, const struct cfg_realm *b)
{
	if (a->nlisten != b->nlisten)
		return false;
	for (unsigned int i = 0; i < a->nlisten; i++)
		if (a->listen[i].proto != b->listen[i].proto ||
		    !tp_addr_eq(&a->listen[i].addr, &b->listen[i].addr))
			return false;
	return true;
}

/* The same place, reached from the same addresses. */
static bool same_way(const struct cfg_trunk *a, const struct cfg_trunk *b)
{
	return cfg_text_equal(a->name, b->name) && cfg_text_equal(a->realm->name, b->realm->name) &&
	       cfg_text_equal(a->realm->advertise, b->realm->advertise) &&
	       cfg_listen_equal(a->realm, b->realm) && cfg_peer_equal(&a->address, &b->address);
}

bool cfg_trunk_registers_as(const struct cfg_trunk *a, const struct cfg_trunk *b)
{
	const struct cfg_registration *ra = a->registration, *rb = b->registration;

	return ra && rb && same_way(a, b) && cfg_text_equal(ra->user, rb->user) &&
	       cfg_text_equal(ra->domain, rb->domain) && cfg_text_equal(ra->contact, rb->contact);
}

bool cfg_registration_times_equal(const struct cfg_registration *a,
				  const struct cfg_registration *b)
{
	return a->expires_s == b->expires_s && a->retry_ms == b->retry_ms &&
	       a->max_retry_ms == b->max_retry_ms && a->refused_ms == b->refused_ms;
}

bool cfg_trunk_asked_as(const struct cfg_trunk *a, const struct cfg_trunk *b)
{
	return same_way(a, b) && a->health_ms == b->health_ms && a->health_fall == b->health_fall &&
	       a->health_rise == b->health_rise;
}

const struct cfg_trunk *cfg_find_trunk(const struct cfg *cfg, const char *name)
{
	for (unsigned int i = 0; i < cfg->ntrunks; i++)
		if (!strcmp(cfg->trunks[i].name, name))
			return &cfg->trunks[i];
	return NULL;
}

struct cfg_realm *cfg_find_realm(const struct cfg *cfg, const char *name)
{
	for (unsigned int i = 0; i < cfg->nrealms; i++)
		if (!strcmp(cfg->realms[i].name, name))
			return &cfg->realms[i];
	return NULL;
}
