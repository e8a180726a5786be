// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a configuration has to do with the one before it: what cannot change while sipd runs is
 * told, and what stays the same keeps its number.
 */
#include <string.h>
#include <strings.h>

#include "config/check.h"
#include "config/equal.h"
#include "transport/tls.h"

/* --- what needs a restart --- */

static void refuse(struct cfg_check *check, struct cfg_pos pos, const char *what)
{
	cfg_mistake(check->report, pos,
		    "%s cannot change while sipd runs; restart sipd to change it, or leave it as "
		    "it is in force (see sipctl config show)",
		    what);
}

static void refuse_at(struct cfg_check *check, bool changed, const char *path)
{
	if (changed)
		refuse(check, cfg_tree_pos(check->tree, "%s", path), path);
}

static bool media_equal(const struct cfg_realm *a, const struct cfg_realm *b)
{
	return host_equal(&a->media_address, &b->media_address) &&
	       a->media_port_min == b->media_port_min && a->media_port_max == b->media_port_max &&
	       a->media_dscp == b->media_dscp && a->media_learn == b->media_learn;
}

static void check_realm(struct cfg_check *check, unsigned int index)
{
	const struct cfg_realm *realm = &check->cfg->realms[index];
	const struct cfg_realm *was = cfg_find_realm(check->present, realm->name);

	if (!was) {
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "realms[%u].name", index),
			    "realm \"%s\" is new, and listeners cannot be added while sipd runs; "
			    "restart sipd to have it",
			    realm->name);
		return;
	}
	if (!cfg_listen_equal(realm, was))
		refuse(check, cfg_tree_pos(check->tree, "realms[%u].listen", index), "listen");
	if (!cfg_text_equal(realm->advertise, was->advertise))
		refuse(check, cfg_tree_pos(check->tree, "realms[%u].advertise", index),
		       "advertise");
	if (!media_equal(realm, was))
		refuse(check, cfg_tree_pos(check->tree, "realms[%u].media", index),
		       "media of a realm");
}

static void check_realms(struct cfg_check *check)
{
	const struct cfg *present = check->present;

	for (unsigned int i = 0; i < check->cfg->nrealms; i++)
		check_realm(check, i);
	for (unsigned int i = 0; i < present->nrealms; i++)
		if (!cfg_find_realm(check->cfg, present->realms[i].name))
			cfg_mistake(check->report, cfg_tree_pos(check->tree, "realms"),
				    "realm \"%s\" is gone, and listeners cannot be removed while "
				    "sipd runs; restart sipd to be without it",
				    present->realms[i].name);
}

static bool dns_equal(const struct dns_config *a, const struct dns_config *b)
{
	if (a->nservers != b->nservers || a->timeout_ms != b->timeout_ms ||
	    a->attempts != b->attempts)
		return false;
	for (unsigned int i = 0; i < a->nservers; i++)
		if (!tp_addr_eq(&a->servers[i], &b->servers[i]))
			return false;
	return true;
}

/* What is signed by the key may last for days, and nobody else knows it. */
static bool key_equal(const struct cfg *cfg, const struct cfg *present)
{
	if (!present->modes || (!cfg->proxy_key_file && !present->proxy_key_file))
		return true;
	return cfg->proxy_key_file == present->proxy_key_file &&
	       cfg->proxy_key.k0 == present->proxy_key.k0 &&
	       cfg->proxy_key.k1 == present->proxy_key.k1;
}

/* For registrations, ours and those of phones that sipd is the edge proxy of. */
static bool needs_store(const struct cfg *cfg)
{
	for (unsigned int i = 0; i < cfg->nrealms; i++)
		if (cfg->realms[i].path)
			return true;
	return cfg->ndomains;
}

static void check_changes(struct cfg_check *check)
{
	const struct cfg *cfg = check->cfg, *present = check->present;

	refuse_at(check, cfg->media_kernel != present->media_kernel, "media");
	refuse_at(check, cfg->shards != present->shards, "shards");
	refuse_at(check, strcmp(cfg->control_socket, present->control_socket), "control.socket");
	refuse_at(check, cfg->trace.flows != present->trace.flows, "trace.flows");
	refuse_at(check, cfg->trace.messages != present->trace.messages, "trace.messages");
	refuse_at(check, !key_equal(cfg, present), "proxy.key-file");
	if (present->has_dns && !dns_equal(&cfg->dns, &present->dns))
		refuse(check, cfg_tree_pos(check->tree, "dns"),
		       "servers, timeout and attempts of dns");
	if (present->has_store && needs_store(cfg))
		refuse_at(check, !cfg_text_equal(cfg->store_path, present->store_path),
			  "store.path");
	if (!present->has_registrar && cfg->ndomains)
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "domains"),
			    "there were no domains, and the store cannot be read while sipd "
			    "runs; restart sipd to have the first one");
	check_realms(check);
}

/* --- what keeps its number --- */

static bool follows(const struct cfg *cfg)
{
	for (unsigned int i = 0; i < cfg->nrealms; i++)
		if (cfg->realms[i].next_hop.uri.text ||
		    cfg->realms[i].next_hop_redirect == CFG_REDIRECT_RECURSE)
			return true;
	for (unsigned int i = 0; i < cfg->ntrunks; i++)
		if (cfg->trunks[i].address.uri.text ||
		    cfg->trunks[i].redirect == CFG_REDIRECT_RECURSE)
			return true;
	return false;
}

static void number_uri(struct cfg *cfg, struct cfg_uri *uri, const struct cfg_realm *via,
		       const struct cfg_uri *was, const struct cfg_realm *was_via)
{
	if (!uri->text)
		return;
	if (was && was->text && !strcmp(uri->text, was->text) && was_via->slot == via->slot)
		uri->id = was->id;
	else
		uri->id = ++cfg->last_id;
}

static void number_peers(struct cfg *cfg, const struct cfg *present)
{
	for (unsigned int i = 0; i < cfg->nrealms; i++) {
		struct cfg_realm *realm = &cfg->realms[i];
		const struct cfg_realm *was = present ? cfg_find_realm(present, realm->name) : NULL;

		number_uri(cfg, &realm->next_hop.uri, realm->next_hop_realm,
			   was ? &was->next_hop.uri : NULL, was ? was->next_hop_realm : NULL);
	}
	for (unsigned int i = 0; i < cfg->ntrunks; i++) {
		struct cfg_trunk *trunk = &cfg->trunks[i];
		const struct cfg_trunk *was = present ? cfg_find_trunk(present, trunk->name) : NULL;

		number_uri(cfg, &trunk->address.uri, trunk->realm, was ? &was->address.uri : NULL,
			   was ? was->realm : NULL);
	}
}

static void number_realms(struct cfg *cfg, const struct cfg *present)
{
	for (unsigned int i = 0; i < cfg->nrealms; i++) {
		struct cfg_realm *realm = &cfg->realms[i];

		realm->slot = present ? cfg_find_realm(present, realm->name)->slot : i;
		cfg->by_slot[realm->slot] = realm;
	}
}

static const struct cfg_group *same_group(const struct cfg *present, const struct cfg_group *group)
{
	for (unsigned int i = 0; i < present->ngroups; i++)
		if (!strcmp(present->groups[i].name, group->name) &&
		    !strcasecmp(present->groups[i].domain->name, group->domain->name))
			return &present->groups[i];
	return NULL;
}

/* Whose turn it is, of those that go on, is kept; others get what is free. */
static void number_groups(struct cfg *cfg, const struct cfg *present)
{
	bool taken[CFG_MAX_GROUPS] = { false };
	unsigned int next = 0;

	for (unsigned int i = 0; i < cfg->ngroups; i++) {
		const struct cfg_group *was = present ? same_group(present, &cfg->groups[i]) : NULL;

		cfg->groups[i].slot = was ? was->slot : CFG_MAX_GROUPS;
		if (was)
			taken[was->slot] = true;
	}
	for (unsigned int i = 0; i < cfg->ngroups; i++) {
		if (cfg->groups[i].slot < CFG_MAX_GROUPS)
			continue;
		while (taken[next])
			next++;
		cfg->groups[i].slot = next++;
	}
}

/* Not what the file has, but what began with sipd and lasts. */
static void inherit(struct cfg *cfg, const struct cfg *present)
{
	cfg->generation = present->generation + 1;
	cfg->last_id = present->last_id;
	cfg->has_registrar = present->has_registrar;
	cfg->has_store = present->has_store;
	cfg->has_dns |= present->has_dns;
	/* Dialogs that were proxied go on, and need no memory but the key. */
	cfg->modes |= present->modes;
	cfg->proxy_start = present->proxy_start;
	if (!cfg->proxy_key_file && !present->proxy_key_file)
		cfg->proxy_key = present->proxy_key;
	for (unsigned int i = 0; i < cfg->nrealms; i++) {
		struct cfg_realm *realm = &cfg->realms[i];

		if (!realm->tls)
			continue;
		realm->tls_next = realm->tls;
		realm->tls = tp_tls_get(cfg_find_realm(present, realm->name)->tls);
	}
}

void cfg_check_next(struct cfg_check *check)
{
	const struct cfg *present = check->present;
	struct cfg *cfg = check->cfg;

	cfg->has_dns = follows(cfg);
	if (present)
		check_changes(check);
	if (check->report->mistakes)
		return;
	cfg->generation = 1;
	cfg->has_registrar = cfg->ndomains;
	cfg->has_store = needs_store(cfg);
	if (present)
		inherit(cfg, present);
	number_realms(cfg, present);
	number_peers(cfg, present);
	number_groups(cfg, present);
}
