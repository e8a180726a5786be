// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/peers.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "call/hop.h"

/* Between two looks at a name, at least. */
#define MIN_LOOK_MS 1000
/* What does not change, such as a numeric URI, is looked at all the same. */
#define MAX_LOOK_MS 3600000

struct call_peer {
	struct call_engine *engine;
	struct call_named_peer named;
	const struct call_realm *realm; /* that it is reached from */
	struct timer timer;
	struct call_hop hop;
	unsigned int count;
	struct tp_addr addrs[DNS_MAX_TARGETS]; /* as told last */
	char why[DNS_NAME_STRLEN + 64]; /* "": it was resolved when it was last looked at */
};

struct call_peers {
	unsigned int count;
	struct call_peer peer[];
};

static void on_timer(struct timer *timer);

static bool has(const struct tp_addr *addrs, unsigned int count, const struct tp_addr *addr)
{
	for (unsigned int i = 0; i < count; i++)
		if (tp_addr_same_host(&addrs[i], addr))
			return true;
	return false;
}

/* What was resolved, each host once. */
static unsigned int hosts_of(const struct dns_request *request,
			     struct tp_addr addrs[DNS_MAX_TARGETS])
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < request->count; i++)
		if (!has(addrs, count, &request->targets[i].addr))
			addrs[count++] = request->targets[i].addr;
	return count;
}

static bool same(const struct call_peer *peer, const struct tp_addr *addrs, unsigned int count)
{
	if (peer->count != count)
		return false;
	for (unsigned int i = 0; i < count; i++)
		if (!has(peer->addrs, peer->count, &addrs[i]))
			return false;
	return true;
}

static void tell(struct call_peer *peer)
{
	const struct call_engine *engine = peer->engine;
	struct tp_addr addrs[DNS_MAX_TARGETS];
	unsigned int count = hosts_of(&peer->hop.request, addrs);

	if (same(peer, addrs, count))
		return;
	memcpy(peer->addrs, addrs, count * sizeof(*addrs));
	peer->count = count;
	if (engine->hooks->peers)
		engine->hooks->peers(engine->hooks_arg, &peer->named, addrs, count);
}

static void note_state(struct call_peer *peer, const char *why)
{
	const struct call_named_peer *named = &peer->named;

	if (*why && !*peer->why)
		log_warn("%s %s: %s %s is not resolved: %s", named->kind, named->name, named->role,
			 named->uri->host, why);
	if (!*why && *peer->why)
		log_info("%s %s: %s %s is resolved", named->kind, named->name, named->role,
			 named->uri->host);
	strcpy(peer->why, why);
}

/* A name that does not resolve keeps the addresses that it had: they are still its peers'. */
static void on_resolved(struct call_hop *hop)
{
	struct call_peer *peer = (void *)((char *)hop - offsetof(struct call_peer, hop));
	uint64_t wait;

	note_state(peer, call_hop_count(hop) ? "" : call_hop_why(hop));
	if (call_hop_count(hop))
		tell(peer);
	/* Answers used at the very end of their life are renewed before it. */
	wait = hop->request.fresh_ms < MAX_LOOK_MS ? hop->request.fresh_ms / 20 * 19 : MAX_LOOK_MS;
	if (wait < MIN_LOOK_MS)
		wait = MIN_LOOK_MS;
	call_hop_clean(hop);
	loop_timer_set(peer->engine->loop, &peer->timer, wait, on_timer);
}

static void on_timer(struct timer *timer)
{
	struct call_peer *peer = (void *)((char *)timer - offsetof(struct call_peer, timer));

	if (call_hop_resolve(&peer->hop, peer->engine, peer->realm, &peer->named.uri->where,
			     on_resolved) != -EINPROGRESS)
		on_resolved(&peer->hop);
}

void call_each_unresolved(const struct call_engine *engine,
			  void (*cb)(void *arg, const struct call_named_peer *peer,
				     const char *why),
			  void *arg)
{
	for (unsigned int i = 0; engine->peers && i < engine->peers->count; i++) {
		const struct call_peer *peer = &engine->peers->peer[i];

		if (*peer->why)
			cb(arg, &peer->named, peer->why);
	}
}

bool call_peers_have(const struct call_engine *engine, const struct cfg_realm *realm,
		     const struct tp_addr *addr)
{
	for (unsigned int i = 0; engine->peers && i < engine->peers->count; i++) {
		const struct call_peer *peer = &engine->peers->peer[i];

		if (peer->named.realm == realm && has(peer->addrs, peer->count, addr))
			return true;
	}
	return false;
}

bool call_peers_is(const struct call_engine *engine, const struct cfg_uri *uri,
		   const struct tp_addr *addr)
{
	for (unsigned int i = 0; engine->peers && i < engine->peers->count; i++) {
		const struct call_peer *peer = &engine->peers->peer[i];

		if (peer->named.uri == uri)
			return has(peer->addrs, peer->count, addr);
	}
	return false;
}

bool call_peer_is_at(const struct call_engine *engine, const struct cfg_peer *peer,
		     const struct tp_addr *addr)
{
	if (peer->uri.text)
		return call_peers_is(engine, &peer->uri, addr);
	return tp_addr_same_host(&peer->addr, addr);
}

static unsigned int count_named(const struct cfg *cfg)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < cfg->nrealms; i++)
		count += cfg->realms[i].next_hop.uri.text != NULL;
	for (unsigned int i = 0; i < cfg->ntrunks; i++)
		count += cfg->trunks[i].address.uri.text != NULL;
	return count;
}

/* Redirections may lead to names. */
static bool follows(const struct cfg *cfg)
{
	for (unsigned int i = 0; i < cfg->nrealms; i++)
		if (cfg->realms[i].next_hop_redirect == CFG_REDIRECT_RECURSE)
			return true;
	for (unsigned int i = 0; i < cfg->ntrunks; i++)
		if (cfg->trunks[i].redirect == CFG_REDIRECT_RECURSE)
			return true;
	return false;
}

static void add(struct call_engine *engine, const struct call_named_peer *named)
{
	struct call_peer *peer;

	if (!named->uri->text)
		return;
	peer = &engine->peers->peer[engine->peers->count++];
	peer->engine = engine;
	peer->named = *named;
	peer->realm = &engine->realms[named->realm - engine->cfg->realms];
	loop_timer_set(engine->loop, &peer->timer, 1, on_timer);
}

static void add_all(struct call_engine *engine)
{
	const struct cfg *cfg = engine->cfg;

	for (unsigned int i = 0; i < cfg->nrealms; i++)
		add(engine, &(struct call_named_peer){
				    .uri = &cfg->realms[i].next_hop.uri,
				    .realm = cfg->realms[i].next_hop_realm,
				    .kind = "realm",
				    .name = cfg->realms[i].name,
				    .role = "next hop",
			    });
	for (unsigned int i = 0; i < cfg->ntrunks; i++)
		add(engine, &(struct call_named_peer){
				    .uri = &cfg->trunks[i].address.uri,
				    .realm = cfg->trunks[i].realm,
				    .kind = "trunk",
				    .name = cfg->trunks[i].name,
				    .role = "peer",
			    });
}

int call_peers_alloc(struct call_engine *engine)
{
	unsigned int count = count_named(engine->cfg);

	if (!count && !follows(engine->cfg))
		return 0;
	if (count) {
		engine->peers =
			calloc(1, sizeof(*engine->peers) + count * sizeof(*engine->peers->peer));
		if (!engine->peers)
			return -ENOMEM;
		add_all(engine);
	}
	return dns_alloc(&engine->dns, engine->loop, &engine->cfg->dns);
}

void call_peers_free(struct call_engine *engine)
{
	for (unsigned int i = 0; engine->peers && i < engine->peers->count; i++) {
		loop_timer_cancel(engine->loop, &engine->peers->peer[i].timer);
		call_hop_clean(&engine->peers->peer[i].hop);
	}
	free(engine->peers);
	dns_free(engine->dns);
}
