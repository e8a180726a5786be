// SPDX-License-Identifier: GPL-2.0-or-later
/* What realms have to do with each other: next hops, addresses used twice. */
#include <errno.h>
#include <string.h>

#include "config/check.h"
#include "config/near.h"
#include "config/value.h"

/* A listen address that was already told to be wrong has no family. */
static bool listens_on(const struct cfg *cfg, const struct tp_addr *addr)
{
	const struct cfg_realm *realm;
	unsigned int i;

	for (realm = cfg->realms; realm < cfg->realms + cfg->nrealms; realm++) {
		for (i = 0; i < realm->nlisten; i++) {
			if (realm->listen[i].addr.sa.sa_family &&
			    tp_addr_eq(&realm->listen[i].addr, addr))
				return true;
		}
	}
	return false;
}

static bool has_family(const struct cfg_realm *realm, sa_family_t family)
{
	unsigned int i;

	for (i = 0; i < realm->nlisten; i++) {
		/* None: its address was wrong, and told. */
		if (realm->listen[i].addr.sa.sa_family == family ||
		    !realm->listen[i].addr.sa.sa_family)
			return true;
	}
	return false;
}

void cfg_check_unknown(struct cfg_check *check, struct cfg_pos pos, const char *kind,
		       const struct near *near)
{
	if (near->best)
		cfg_mistake(check->report, pos, "there is no %s \"%s\"; did you mean \"%s\"?", kind,
			    near->word, near->best);
	else
		cfg_mistake(check->report, pos,
			    "there is no %s \"%s\"; name one of this file, or add it", kind,
			    near->word);
}

const struct cfg_realm *cfg_check_realm_named(struct cfg_check *check, struct cfg_pos pos,
					      const char *name)
{
	const struct cfg *cfg = check->cfg;
	struct near near;
	unsigned int i;

	near_init(&near, name);
	for (i = 0; i < cfg->nrealms; i++) {
		if (!strcmp(cfg->realms[i].name, name))
			return &cfg->realms[i];
		near_offer(&near, cfg->realms[i].name);
	}
	cfg_check_unknown(check, pos, "realm", &near);
	return NULL;
}

int cfg_check_peer(struct cfg_check *check, struct cfg_pos pos, const char *key, const char *text,
		   const struct cfg_realm *via, struct tp_addr *addr)
{
	if (tp_addr_parse(addr, view_str(text), 5060) || !tp_addr_port(addr) ||
	    !cfg_addr_is_host(addr))
		cfg_mistake(check->report, pos,
			    "%s address cannot be \"%s\"; write ADDRESS:PORT in numbers, such as "
			    "192.0.2.10:5060",
			    key, text);
	else if (listens_on(check->cfg, addr))
		cfg_mistake(check->report, pos,
			    "%s %s is a listen address of this file, calls would loop; write the "
			    "peer's address",
			    key, text);
	else if (via && !has_family(via, addr->sa.sa_family))
		cfg_mistake(check->report, pos,
			    "realm \"%s\" listens on no %s address to reach %s from; add one",
			    via->name, addr->sa.sa_family == AF_INET6 ? "IPv6" : "IPv4", text);
	else
		return 0;
	return -EINVAL;
}

static void check_next_hop(struct cfg_check *check, unsigned int index)
{
	const struct raw_next_hop *raw = check->raw->realms[index].next_hop;
	struct cfg_realm *realm = &check->cfg->realms[index];
	const struct cfg_realm *via;

	via = cfg_check_realm_named(
		check, cfg_tree_pos(check->tree, "realms[%u].next-hop.realm", index), raw->realm);
	if (!cfg_check_peer(check, cfg_tree_pos(check->tree, "realms[%u].next-hop.address", index),
			    "next-hop", raw->address, via, &realm->next_hop))
		realm->next_hop_realm = via;
	realm->next_hop_redirect = raw->redirect;
}

void cfg_check_next_hops(struct cfg_check *check)
{
	unsigned int i;

	for (i = 0; i < check->cfg->nrealms; i++) {
		if (check->raw->realms[i].next_hop)
			check_next_hop(check, i);
	}
}

struct entry {
	unsigned int realm, listen;
};

/* The first use of the same listen address before @at, if any. */
static bool listened_before(const struct cfg *cfg, struct entry at, struct entry *first)
{
	const struct tp_addr *addr = &cfg->realms[at.realm].listen[at.listen].addr;
	unsigned int i, j;

	for (i = 0; i <= at.realm; i++) {
		for (j = 0; j < (i == at.realm ? at.listen : cfg->realms[i].nlisten); j++) {
			if (!tp_addr_eq(&cfg->realms[i].listen[j].addr, addr))
				continue;
			*first = (struct entry){ i, j };
			return true;
		}
	}
	return false;
}

/* The realm whose media range holds @addr, or NULL. */
static const struct cfg_realm *media_holds(const struct cfg *cfg, const struct tp_addr *addr)
{
	const struct cfg_realm *realm;
	uint16_t port = tp_addr_port(addr);

	if (addr->sa.sa_family != AF_INET)
		return NULL;
	for (realm = cfg->realms; realm < cfg->realms + cfg->nrealms; realm++) {
		if (realm->media_port_min &&
		    realm->media_address.s_addr == addr->in.sin_addr.s_addr &&
		    port >= realm->media_port_min && port <= realm->media_port_max)
			return realm;
	}
	return NULL;
}

static void check_listen(struct cfg_check *check, struct entry at)
{
	const struct cfg_realm *realm = &check->cfg->realms[at.realm], *media;
	const struct tp_addr *addr = &realm->listen[at.listen].addr;
	const char *text = check->raw->realms[at.realm].listen[at.listen];
	struct cfg_pos pos =
		cfg_tree_pos(check->tree, "realms[%u].listen[%u]", at.realm, at.listen);
	struct entry first;

	if (!addr->sa.sa_family)
		return;
	if (listened_before(check->cfg, at, &first))
		cfg_mistake(
			check->report, pos,
			"\"%s\" is listened on already, in line %zu; give each its own address or "
			"port",
			text,
			cfg_tree_pos(check->tree, "realms[%u].listen[%u]", first.realm,
				     first.listen)
				.line);
	media = media_holds(check->cfg, addr);
	if (media)
		cfg_mistake(
			check->report, pos,
			"\"%s\" lies among the media ports of realm \"%s\"; move one of the two",
			text, media->name);
}

static void check_media_overlap(struct cfg_check *check, unsigned int index)
{
	const struct cfg_realm *realms = check->cfg->realms, *realm = &realms[index];
	unsigned int i;

	for (i = 0; i < index; i++) {
		if (!realm->media_port_min || !realms[i].media_port_min ||
		    realm->media_address.s_addr != realms[i].media_address.s_addr ||
		    realm->media_port_max < realms[i].media_port_min ||
		    realm->media_port_min > realms[i].media_port_max)
			continue;
		cfg_mistake(
			check->report, cfg_tree_pos(check->tree, "realms[%u].media.ports", index),
			"ports %s overlap with those of realm \"%s\" on the same address; divide "
			"them",
			check->raw->realms[index].media->ports, realms[i].name);
	}
}

void cfg_check_overlaps(struct cfg_check *check)
{
	unsigned int i, j;

	for (i = 0; i < check->cfg->nrealms; i++) {
		check_media_overlap(check, i);
		for (j = 0; j < check->cfg->realms[i].nlisten; j++)
			check_listen(check, (struct entry){ i, j });
	}
}
