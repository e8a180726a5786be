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

struct call_known_peer {
	LIST_ENTRY(call_known_peer) link;
	struct call_engine *engine;
	struct call_named_peer named; /* what is borrowed is of the settings in force */
	uint32_t retired; /* generation that does not have it any more; 0: it is in force */
	const struct call_realm *realm; /* that it is reached from */
	struct dns_where where; /* where.host is: */
	char *host; /* owned, as questions outlast a configuration */
	struct timer timer;
	struct call_hop hop;
	unsigned int count;
	struct tp_addr addrs[DNS_MAX_TARGETS]; /* as told last */
	char why[DNS_NAME_STRLEN + 64]; /* "": it was resolved when it was last looked at */
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

static bool same(const struct call_known_peer *peer, const struct tp_addr *addrs,
		 unsigned int count)
{
	if (peer->count != count)
		return false;
	for (unsigned int i = 0; i < count; i++)
		if (!has(peer->addrs, peer->count, &addrs[i]))
			return false;
	return true;
}

static void tell(struct call_known_peer *peer)
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

static void note_state(struct call_known_peer *peer, const char *why)
{
	const struct call_named_peer *named = &peer->named;

	if (*why && !*peer->why)
		log_warn("%s %s: %s %s is not resolved: %s", named->kind, named->name, named->role,
			 named->host, why);
	if (!*why && *peer->why)
		log_info("%s %s: %s %s is resolved", named->kind, named->name, named->role,
			 named->host);
	strcpy(peer->why, why);
}

/* A name that does not resolve keeps the addresses that it had: they are still its peers'. */
static void on_resolved(struct call_hop *hop)
{
	struct call_known_peer *peer =
		(void *)((char *)hop - offsetof(struct call_known_peer, hop));
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
	struct call_known_peer *peer =
		(void *)((char *)timer - offsetof(struct call_known_peer, timer));

	if (call_hop_resolve(&peer->hop, peer->engine, peer->realm, &peer->where, on_resolved) !=
	    -EINPROGRESS)
		on_resolved(&peer->hop);
}

void call_each_unresolved(const struct call_engine *engine,
			  void (*cb)(void *arg, const struct call_named_peer *peer,
				     const char *why),
			  void *arg)
{
	const struct call_known_peer *peer;

	LIST_FOREACH(peer, &engine->peers, link)
		if (*peer->why)
			cb(arg, &peer->named, peer->why);
}

bool call_peers_have(const struct call_engine *engine, const struct cfg_realm *realm,
		     const struct tp_addr *addr)
{
	const struct call_known_peer *peer;

	LIST_FOREACH(peer, &engine->peers, link)
		if (peer->named.realm->slot == realm->slot && has(peer->addrs, peer->count, addr))
			return true;
	return false;
}

static struct call_known_peer *find(const struct call_peer_list *peers, uint32_t id)
{
	struct call_known_peer *peer;

	LIST_FOREACH(peer, peers, link)
		if (peer->named.id == id)
			return peer;
	return NULL;
}

bool call_peer_is_at(const struct call_engine *engine, const struct cfg_peer *peer,
		     const struct tp_addr *addr)
{
	const struct call_known_peer *named;

	if (!peer->uri.text)
		return tp_addr_same_host(&peer->addr, addr);
	named = find(&engine->peers, peer->uri.id);
	if (!named)
		named = find(&engine->peers_retired, peer->uri.id);
	return named && has(named->addrs, named->count, addr);
}

const struct cfg_trunk *call_peer_trunk(const struct call_engine *engine, const struct cfg *cfg,
					const struct cfg_realm *realm, const struct tp_addr *addr)
{
	const struct cfg_trunk *found = NULL;

	for (unsigned int i = 0; i < cfg->ntrunks; i++) {
		const struct cfg_trunk *trunk = &cfg->trunks[i];

		if (trunk->realm != realm || !call_peer_is_at(engine, &trunk->address, addr))
			continue;
		if (trunk->address.uri.text || tp_addr_eq(&trunk->address.addr, addr))
			return trunk;
		if (!found)
			found = trunk;
	}
	return found;
}

/* --- those of a configuration --- */

static int make(struct call_peer_list *peers, const struct cfg_uri *uri,
		const struct call_named_peer *named)
{
	struct call_known_peer *peer;

	if (!uri->text)
		return 0;
	peer = calloc(1, sizeof(*peer));
	if (!peer)
		return -ENOMEM;
	LIST_INSERT_HEAD(peers, peer, link);
	peer->host = strdup(uri->host);
	peer->where = uri->where;
	peer->where.host = peer->host;
	peer->named = *named;
	peer->named.id = uri->id;
	peer->named.host = uri->host;
	return peer->host ? 0 : -ENOMEM;
}

int call_peers_make(struct call_settings *settings)
{
	const struct cfg *cfg = settings->cfg;
	int ret = 0;

	for (unsigned int i = 0; !ret && i < cfg->nrealms; i++)
		ret = make(&settings->peers, &cfg->realms[i].next_hop.uri,
			   &(struct call_named_peer){
				   .realm = cfg->realms[i].next_hop_realm,
				   .kind = "realm",
				   .name = cfg->realms[i].name,
				   .role = "next hop",
			   });
	for (unsigned int i = 0; !ret && i < cfg->ntrunks; i++)
		ret = make(&settings->peers, &cfg->trunks[i].address.uri,
			   &(struct call_named_peer){
				   .realm = cfg->trunks[i].realm,
				   .kind = "trunk",
				   .name = cfg->trunks[i].name,
				   .role = "peer",
			   });
	return ret;
}

static void stop(struct call_known_peer *peer)
{
	loop_timer_cancel(peer->engine->loop, &peer->timer);
	call_hop_clean(&peer->hop);
}

static void peer_free(struct call_known_peer *peer)
{
	LIST_REMOVE(peer, link);
	free(peer->host);
	free(peer);
}

void call_peers_clean(struct call_peer_list *peers)
{
	while (!LIST_EMPTY(peers))
		peer_free(LIST_FIRST(peers));
}

/* Calls with it go on, and it is known by the addresses that it had; nobody else is to know it. */
static void retire(struct call_known_peer *peer, uint32_t generation)
{
	struct call_engine *engine = peer->engine;

	stop(peer);
	if (peer->count && engine->hooks->peers)
		engine->hooks->peers(engine->hooks_arg, &peer->named, NULL, 0);
	peer->retired = generation;
	peer->named = (struct call_named_peer){ .id = peer->named.id };
	LIST_REMOVE(peer, link);
	LIST_INSERT_HEAD(&engine->peers_retired, peer, link);
}

static void begin(struct call_engine *engine, struct call_known_peer *peer)
{
	LIST_REMOVE(peer, link);
	LIST_INSERT_HEAD(&engine->peers, peer, link);
	peer->engine = engine;
	peer->realm = call_realm_of(engine, peer->named.realm);
	loop_timer_set(engine->loop, &peer->timer, 1, on_timer);
}

void call_peers_enforce(struct call_engine *engine, struct call_settings *settings)
{
	struct call_known_peer *peer, *next, *fresh;

	for (peer = LIST_FIRST(&engine->peers); peer; peer = next) {
		next = LIST_NEXT(peer, link);
		fresh = find(&settings->peers, peer->named.id);
		if (!fresh) {
			retire(peer, settings->cfg->generation);
			continue;
		}
		peer->named = fresh->named;
		peer_free(fresh);
	}
	while ((peer = LIST_FIRST(&settings->peers)))
		begin(engine, peer);
}

void call_peers_forget(struct call_engine *engine)
{
	struct call_known_peer *peer, *next;
	struct call_settings *settings;
	uint32_t oldest = UINT32_MAX;

	LIST_FOREACH(settings, &engine->settings_used, link)
		if (settings->cfg->generation < oldest)
			oldest = settings->cfg->generation;
	for (peer = LIST_FIRST(&engine->peers_retired); peer; peer = next) {
		next = LIST_NEXT(peer, link);
		if (peer->retired <= oldest)
			peer_free(peer);
	}
}

void call_peers_free(struct call_engine *engine)
{
	struct call_known_peer *peer;

	LIST_FOREACH(peer, &engine->peers, link)
		stop(peer);
	call_peers_clean(&engine->peers);
	call_peers_clean(&engine->peers_retired);
	dns_free(engine->dns);
}
