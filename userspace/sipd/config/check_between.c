// SPDX-License-Identifier: GPL-2.0-or-later
/* What realms have to do with each other: next hops, addresses used twice. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/check.h"
#include "config/near.h"
#include "config/value.h"

/* A listen address that was already told to be wrong has no family. */
static bool listens_on(const struct cfg *cfg, const struct cfg_listen *peer)
{
	const struct cfg_realm *realm;
	unsigned int i;

	for (realm = cfg->realms; realm < cfg->realms + cfg->nrealms; realm++) {
		for (i = 0; i < realm->nlisten; i++) {
			if (realm->listen[i].addr.sa.sa_family &&
			    tp_is_stream(realm->listen[i].proto) == tp_is_stream(peer->proto) &&
			    tp_addr_eq(&realm->listen[i].addr, &peer->addr))
				return true;
		}
	}
	return false;
}

static bool reaches(const struct cfg_realm *realm, sa_family_t family, enum tp_proto proto)
{
	unsigned int i;

	for (i = 0; i < realm->nlisten; i++) {
		/* None: its address was wrong, and told. */
		if (!realm->listen[i].addr.sa.sa_family ||
		    (realm->listen[i].addr.sa.sa_family == family &&
		     realm->listen[i].proto == proto))
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

/* The file names no transport: UDP, or what the realm has instead. */
static bool choose_proto(const struct cfg_realm *via, struct cfg_listen *peer)
{
	static const enum tp_proto preferred[] = { TP_UDP, TP_TCP, TP_TLS };

	for (size_t i = 0; i < sizeof(preferred) / sizeof(*preferred); i++) {
		peer->proto = preferred[i];
		if (reaches(via, peer->addr.sa.sa_family, peer->proto))
			return true;
	}
	return false;
}

static bool reach(const struct cfg_realm *via, struct cfg_listen *listen, bool any)
{
	if (!via)
		return true;
	return any ? choose_proto(via, listen) :
		     reaches(via, listen->addr.sa.sa_family, listen->proto);
}

static int check_address(struct cfg_check *check, const struct cfg_place *place,
			 struct cfg_peer *peer)
{
	struct cfg_pos pos = cfg_tree_pos(check->tree, "%s.address", place->path);
	const char *text = place->address;
	struct cfg_listen listen;
	bool any, reached;

	if (cfg_peer_parse(text, &listen, &any) || !tp_addr_port(&listen.addr) ||
	    !cfg_addr_is_host(&listen.addr)) {
		cfg_mistake(check->report, pos,
			    "%s address cannot be \"%s\"; write ADDRESS:PORT in numbers, such as "
			    "192.0.2.10:5060, with udp:, tcp: or tls: before it if need be, or for "
			    "a name uri: \"sip:NAME\"",
			    place->kind, text);
		return -EINVAL;
	}
	reached = reach(place->via, &listen, any);
	peer->addr = listen.addr;
	peer->proto = listen.proto;
	peer->any_proto = any;
	if (listens_on(check->cfg, &listen))
		cfg_mistake(check->report, pos,
			    "%s %s is a listen address of this file, calls would loop; write the "
			    "peer's address",
			    place->kind, text);
	else if (!reached)
		cfg_mistake(check->report, pos,
			    "realm \"%s\" listens on no %s address%s%s to reach %s from; add one",
			    place->via->name,
			    listen.addr.sa.sa_family == AF_INET6 ? "IPv6" : "IPv4",
			    any ? "" : " by ", any ? "" : tp_proto_name(listen.proto), text);
	else
		return 0;
	return -EINVAL;
}

/* The name that the certificate must have. 0 or -ENOMEM. */
static int check_tls_name(struct cfg_check *check, const struct cfg_place *place,
			  struct cfg_peer *peer)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-.";
	struct cfg_pos pos = cfg_tree_pos(check->tree, "%s.tls-name", place->path);
	const char *name = place->tls_name;

	if (!name)
		return 0;
	if (place->uri)
		cfg_mistake(check->report, pos,
			    "tls-name is of use with an address only; leave it out, the "
			    "certificate must have the name in uri");
	else if (peer->proto != TP_TLS)
		cfg_mistake(check->report, pos,
			    "tls-name is of use with TLS only; write the address as "
			    "tls:ADDRESS:PORT, or leave it out");
	else if (name[strspn(name, chars)])
		cfg_mistake(check->report, pos,
			    "tls-name cannot be \"%s\"; write the domain or host that the peer's "
			    "certificate names, such as sip.example.com",
			    name);
	peer->tls_name = strdup(name);
	return peer->tls_name ? 0 : -ENOMEM;
}

int cfg_check_place(struct cfg_check *check, const struct cfg_place *place, struct cfg_peer *peer)
{
	int ret;

	if (!place->address == !place->uri) {
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "%s", place->path),
			    "%s has %s; write either address: ADDRESS:PORT or uri: \"sip:NAME\"",
			    place->kind,
			    place->uri ? "both an address and a uri" : "neither address nor uri");
		return -EINVAL;
	}
	ret = place->uri ? cfg_check_uri(check, place, &peer->uri) :
			   check_address(check, place, peer);
	return check_tls_name(check, place, peer) ? -ENOMEM : ret;
}

void cfg_peer_clean(struct cfg_peer *peer)
{
	cfg_account_free(peer->account);
	free(peer->tls_name);
	free(peer->uri.text);
	free(peer->uri.host);
	free(peer->uri.target);
}

static int check_next_hop(struct cfg_check *check, unsigned int index)
{
	const struct raw_next_hop *raw = check->raw->realms[index].next_hop;
	struct cfg_realm *realm = &check->cfg->realms[index];
	struct cfg_place place = {
		.kind = "next-hop",
		.address = raw->address,
		.uri = raw->uri,
		.tls_name = raw->tls_name,
	};
	int ret;

	snprintf(place.path, sizeof(place.path), "realms[%u].next-hop", index);
	place.via = cfg_check_realm_named(check, cfg_tree_pos(check->tree, "%s.realm", place.path),
					  raw->realm);
	realm->next_hop_redirect = raw->redirect;
	realm->next_hop_mode = raw->mode;
	ret = cfg_check_place(check, &place, &realm->next_hop);
	if (!ret)
		realm->next_hop_realm = place.via;
	if (ret == -ENOMEM)
		return ret;
	return cfg_check_account(check, place.path, raw->credentials, &realm->next_hop.account);
}

int cfg_check_next_hops(struct cfg_check *check)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < check->cfg->nrealms; i++) {
		if (check->raw->realms[i].next_hop)
			ret = check_next_hop(check, i);
	}
	return ret;
}

struct entry {
	unsigned int realm, listen;
};

/* The first use of the same listen address before @at, if any. */
static bool listened_before(const struct cfg *cfg, struct entry at, struct entry *first)
{
	const struct cfg_listen *listen = &cfg->realms[at.realm].listen[at.listen], *other;
	unsigned int i, j;

	for (i = 0; i <= at.realm; i++) {
		for (j = 0; j < (i == at.realm ? at.listen : cfg->realms[i].nlisten); j++) {
			other = &cfg->realms[i].listen[j];
			if (tp_is_stream(other->proto) != tp_is_stream(listen->proto) ||
			    !tp_addr_eq(&other->addr, &listen->addr))
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
	struct host host = tp_addr_to_host(addr);

	for (realm = cfg->realms; realm < cfg->realms + cfg->nrealms; realm++) {
		if (realm->media_port_min && host_equal(&realm->media_address, &host) &&
		    port >= realm->media_port_min && port <= realm->media_port_max)
			return realm;
	}
	return NULL;
}

static void check_listen(struct cfg_check *check, struct entry at)
{
	const struct cfg_realm *realm = &check->cfg->realms[at.realm], *media;
	const struct cfg_listen *listen = &realm->listen[at.listen];
	const struct tp_addr *addr = &listen->addr;
	const char *text = check->raw->realms[at.realm].listen[listen->entry];
	struct cfg_pos pos =
		cfg_tree_pos(check->tree, "realms[%u].listen[%u]", at.realm, listen->entry);
	struct entry first;

	if (listened_before(check->cfg, at, &first))
		cfg_mistake(
			check->report, pos,
			"\"%s\" is listened on already, in line %zu; give each its own address or "
			"port",
			text,
			cfg_tree_pos(check->tree, "realms[%u].listen[%u]", first.realm,
				     check->cfg->realms[first.realm].listen[first.listen].entry)
				.line);
	media = tp_is_stream(listen->proto) ? NULL : media_holds(check->cfg, addr);
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
		    !host_equal(&realm->media_address, &realms[i].media_address) ||
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
