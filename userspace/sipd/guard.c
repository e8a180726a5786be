// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "guard_peers.h"
#include "libsipfast/libsipfast_sip.h"

#define TICK_MS 1000
/* Below this, and as before, the load is no news. */
#define LOAD_WORTH_TELLING 20

/* Those of a second; others are told when they prove themselves again. */
#define MAX_PENDING 256
/* Places for who was told lately; a power of 2. */
#define LATELY 1024

/* Who has proven himself, and for how long. Half of it is left when he is told again. */
struct proof {
	struct tp_addr addr;
	enum call_proof how;
	uint32_t seconds;
};

struct told {
	struct tp_addr addr;
	uint64_t until_ms;
};

struct guard {
	struct guard *first; /* itself, of the first shard */
	unsigned int shard;
	struct loop *loop;
	struct call_engine *engine;
	const struct sip_shards *shards;
	struct sf_client *client;
	struct timer tick;
	unsigned int npending;
	struct proof pending[MAX_PENDING];
	struct told lately[LATELY];

	/* Of the first shard: */
	atomic_uint busiest; /* percent, since the last tick */
	unsigned int told_load;
	unsigned int nguards; /* all, itself included */
	struct guard_peers peers; /* of all shards; used by their threads */
};

static struct sf_address address_of(const struct tp_addr *addr)
{
	struct sf_address address = { .family = addr->sa.sa_family, .port = addr->in.sin_port };

	if (address.family == AF_INET)
		address.v4 = addr->in.sin_addr;
	else
		address.v6 = addr->in6.sin6_addr;
	return address;
}

/* --- listeners ----------------------------------------------------------------------------- */

typedef int (*listener_op)(struct sf_client *client, const struct sf_listener *listener);

static enum sipfast_transport transport_of(enum tp_proto proto)
{
	static const enum sipfast_transport transports[] = {
		[TP_UDP] = SIPFAST_TRANSPORT_UDP,
		[TP_TCP] = SIPFAST_TRANSPORT_TCP,
		[TP_TLS] = SIPFAST_TRANSPORT_TLS,
		/* Nothing that it could read as SIP: who connects is all that it looks at. */
		[TP_WS] = SIPFAST_TRANSPORT_TLS,
		[TP_WSS] = SIPFAST_TRANSPORT_TLS,
	};

	return transports[proto];
}

static struct sf_listener listener_of(const struct guard *guard, const struct cfg_realm *realm,
				      const struct cfg_listen *listen)
{
	static const enum sipfast_mode modes[] = {
		[CFG_INSPECT_OBSERVE] = SIPFAST_MODE_OBSERVE,
		[CFG_INSPECT_OFF] = SIPFAST_MODE_OFF,
		[CFG_INSPECT_ENFORCE] = SIPFAST_MODE_ENFORCE,
	};
	struct sf_listener listener = {
		.addr = address_of(&listen->addr),
		.transport = transport_of(listen->proto),
		.has = SF_LISTENER_MODE | SF_LISTENER_WORKERS,
		.mode = modes[realm->inspect],
	};

	/* Whose connection a packet belongs to is settled when it is made. */
	if (guard->shards && listen->proto == TP_UDP) {
		listener.workers = guard->shards->count;
		memcpy(listener.hash_key, &guard->shards->key, sizeof(listener.hash_key));
	}
	return listener;
}

static void register_listener(struct guard *guard, const struct cfg_realm *realm,
			      const struct cfg_listen *listen)
{
	struct sf_listener listener = listener_of(guard, realm, listen);
	char text[TP_ADDR_STRLEN];
	int err = sf_listener_add(guard->client, &listener);

	/* Left by an earlier sipd, or made by an operator. */
	if (err == -EEXIST)
		err = sf_listener_set(guard->client, &listener);
	if (err)
		log_warn("realm %s: %s:%s is not protected: %s", realm->name,
			 tp_proto_word(listen->proto), tp_addr_format(&listen->addr, text),
			 sf_error(guard->client));
}

static void register_listeners(struct guard *guard)
{
	const struct cfg *cfg = call_engine_cfg(guard->engine);

	for (unsigned int i = 0; i < cfg->nrealms; i++)
		for (unsigned int j = 0; j < cfg->realms[i].nlisten; j++)
			register_listener(guard, &cfg->realms[i], &cfg->realms[i].listen[j]);
}

/* Failures mean that it is gone already. */
static void each_listener(struct guard *guard, const struct sf_listener *what, listener_op op)
{
	const struct cfg *cfg = call_engine_cfg(guard->engine);
	struct sf_listener listener = *what;

	for (unsigned int i = 0; i < cfg->nrealms; i++) {
		for (unsigned int j = 0; j < cfg->realms[i].nlisten; j++) {
			listener.addr = address_of(&cfg->realms[i].listen[j].addr);
			listener.transport = transport_of(cfg->realms[i].listen[j].proto);
			op(guard->client, &listener);
		}
	}
}

/* --- peers --------------------------------------------------------------------------------- */

/* Whatever port it sends from. */
static struct sf_address host_of(const struct tp_addr *addr)
{
	struct sf_address host = address_of(addr);

	host.port = 0;
	return host;
}

static void trust_host(struct guard *guard, const struct cfg_realm *realm,
		       const struct sf_address *host)
{
	struct sf_source source = { .addr = *host, .class = SIPFAST_CLASS_TRUSTED };

	snprintf(source.reason, sizeof(source.reason), SF_REASON_SIPD "peer in %s", realm->name);
	if (sf_source_add(guard->client, &source))
		log_warn("realm %s: the kernel does not trust its peer: %s", realm->name,
			 sf_error(guard->client));
}

static void trust(void *arg, const struct cfg_realm *realm, const struct tp_addr *peer)
{
	struct sf_address host = host_of(peer);

	trust_host(arg, realm, &host);
}

struct peer_search {
	const struct sf_address *addr;
	bool found;
};

static void compare_peer(void *arg, const struct cfg_realm *realm, const struct tp_addr *peer)
{
	struct peer_search *search = arg;
	struct sf_address addr = host_of(peer);

	(void)realm;
	if (sf_address_equal(&addr, search->addr))
		search->found = true;
}

static bool has_peer(const struct cfg *cfg, const struct sf_address *addr)
{
	struct peer_search search = { .addr = addr };

	call_each_peer(cfg, compare_peer, &search);
	return search.found;
}

#define MAX_STRANGERS 64

/* Those that an earlier configuration had, as many as are looked for at once. */
struct strangers {
	const struct cfg *cfg;
	unsigned int count;
	struct sf_source source[MAX_STRANGERS];
};

static int note_stranger(const struct sf_source *source, void *arg)
{
	struct strangers *strangers = arg;

	if (strncmp(source->reason, SF_REASON_SIPD, sizeof(SF_REASON_SIPD) - 1))
		return 0;
	if (!has_peer(strangers->cfg, &source->addr) && strangers->count < MAX_STRANGERS)
		strangers->source[strangers->count++] = *source;
	return 0;
}

/* True: there may be more of them. */
static bool distrust_strangers(struct guard *guard)
{
	struct strangers strangers = { .cfg = call_engine_cfg(guard->engine) };
	unsigned int deleted = 0;

	sf_source_dump(guard->client, SIPFAST_CLASS_TRUSTED, note_stranger, &strangers);
	for (unsigned int i = 0; i < strangers.count; i++)
		if (!sf_source_del(guard->client, &strangers.source[i]))
			deleted++;
	return strangers.count == MAX_STRANGERS && deleted;
}

static void trust_peers(struct guard *guard)
{
	while (distrust_strangers(guard))
		;
	call_each_peer(call_engine_cfg(guard->engine), trust, guard);
}

static void add_named(void *arg, const struct call_named_peer *peer, const struct sf_address *addr)
{
	trust_host(arg, peer->realm, addr);
}

static void del_named(void *arg, const struct call_named_peer *peer, const struct sf_address *addr)
{
	struct sf_source source = { .addr = *addr };
	struct guard *guard = arg;

	(void)peer;
	/* A failure means that it is gone already. */
	if (!has_peer(call_engine_cfg(guard->engine), addr))
		sf_source_del(guard->client, &source);
}

/* call_hooks.peers */
static void named_peers(void *arg, const struct call_named_peer *peer, const struct tp_addr *addrs,
			unsigned int count)
{
	static const struct guard_peers_ops ops = { .add = add_named, .del = del_named };
	struct sf_address hosts[DNS_MAX_TARGETS];
	struct guard *guard = arg;

	for (unsigned int i = 0; i < count; i++)
		hosts[i] = host_of(&addrs[i]);
	if (!guard_peers_set(&guard->first->peers, guard->shard, peer, hosts, count, &ops, guard))
		log_warn("%s %s: the kernel does not trust all addresses of its %s: there are more "
			 "than %u of all",
			 peer->kind, peer->name, peer->role, GUARD_MAX_PEERS);
}

/* --- who has proven himself ---------------------------------------------------------------- */

static struct told *place_of(struct guard *guard, const struct tp_addr *addr)
{
	const unsigned char *octets = (const unsigned char *)addr;
	uint32_t hash = 0;

	for (socklen_t i = 0; i < tp_addr_len(addr); i++)
		hash = hash * 31 + octets[i];
	return &guard->lately[(hash ^ hash >> 16) % LATELY];
}

static void proven(void *arg, const struct tp_flow *from, enum call_proof how, uint32_t seconds)
{
	struct guard *guard = arg;
	struct told *told = place_of(guard, &from->remote);
	uint64_t now = loop_now_ms(guard->loop), lasts = (uint64_t)seconds * 1000;

	if (tp_addr_eq(&told->addr, &from->remote) && now + lasts / 2 < told->until_ms)
		return;
	if (guard->npending == MAX_PENDING)
		return;
	*told = (struct told){ from->remote, now + lasts };
	guard->pending[guard->npending++] = (struct proof){ from->remote, how, seconds };
}

static struct sf_source source_of(const struct proof *proof)
{
	static const char *const reasons[] = {
		[CALL_HAS_CALLED] = SF_REASON_SIPD "has called",
		[CALL_HAS_REGISTERED] = SF_REASON_SIPD "has registered",
	};
	struct sf_source source = {
		.addr = address_of(&proof->addr),
		.class = SIPFAST_CLASS_REGISTERED,
		.expires_ms = (uint64_t)proof->seconds * 1000,
	};

	strcpy(source.reason, reasons[proof->how]);
	return source;
}

static bool is_ours(const struct sf_source *known)
{
	return known->class == SIPFAST_CLASS_REGISTERED &&
	       !strncmp(known->reason, SF_REASON_SIPD, sizeof(SF_REASON_SIPD) - 1);
}

/* One that is known by others already keeps what it is. */
static void tell_proven(struct guard *guard)
{
	struct sf_source sources[MAX_PENDING], known;
	size_t n = 0;

	for (unsigned int i = 0; i < guard->npending; i++) {
		struct sf_source source = source_of(&guard->pending[i]);

		if (sf_source_get(guard->client, &source.addr, &known) || is_ours(&known))
			sources[n++] = source;
	}
	guard->npending = 0;
	if (n && sf_source_add_batch(guard->client, sources, n))
		log_debug("the kernel does not know all who have called: %s",
			  sf_error(guard->client));
}

/* --- load ---------------------------------------------------------------------------------- */

static void note_load(struct guard *guard)
{
	unsigned int load = call_engine_load(guard->engine);
	unsigned int busiest = atomic_load(&guard->first->busiest);

	while (load > busiest &&
	       !atomic_compare_exchange_weak(&guard->first->busiest, &busiest, load))
		;
}

static void tell_load(struct guard *guard)
{
	struct sf_listener listener = { .has = SF_LISTENER_LOAD };
	unsigned int load = atomic_exchange(&guard->busiest, 0);

	if (load < LOAD_WORTH_TELLING && guard->told_load < LOAD_WORTH_TELLING)
		return;
	guard->told_load = load;
	listener.load = load;
	each_listener(guard, &listener, sf_listener_set);
}

static void on_tick(struct timer *timer)
{
	struct guard *guard = (struct guard *)((char *)timer - offsetof(struct guard, tick));

	tell_proven(guard);
	note_load(guard);
	if (guard->first == guard)
		tell_load(guard);
	loop_timer_set(guard->loop, &guard->tick, TICK_MS, on_tick);
}

/* --- */

static void guard_start(struct guard *guard)
{
	char why[256];

	if (sf_sip_helper_check(why, sizeof(why)))
		log_warn("%s", why);
	trust_peers(guard);
	register_listeners(guard);
}

/* What two configurations have, and one of them alone. */
struct change {
	struct guard *guard;
	const struct cfg *other;
};

static void trust_new(void *arg, const struct cfg_realm *realm, const struct tp_addr *peer)
{
	const struct change *change = arg;
	struct sf_address host = host_of(peer);

	if (!has_peer(change->other, &host))
		trust_host(change->guard, realm, &host);
}

/* One that has gone, unless a name leads there. */
static void distrust(void *arg, const struct cfg_realm *realm, const struct tp_addr *peer)
{
	const struct change *change = arg;
	struct sf_source source = { .addr = host_of(peer) };

	(void)realm;
	if (has_peer(change->other, &source.addr) ||
	    guard_peers_have(&change->guard->peers, &source.addr))
		return;
	/* A failure means that it is gone already. */
	sf_source_del(change->guard->client, &source);
}

void guard_change(struct guard *guard, const struct cfg *was)
{
	const struct cfg *cfg = guard ? call_engine_cfg(guard->engine) : NULL;
	struct change change = { guard, was };

	if (!guard)
		return;
	call_each_peer(cfg, trust_new, &change);
	change.other = cfg;
	call_each_peer(was, distrust, &change);
	for (unsigned int i = 0; i < cfg->nrealms; i++) {
		const struct cfg_realm *realm = &cfg->realms[i];

		if (realm->inspect == was->by_slot[realm->slot]->inspect)
			continue;
		for (unsigned int j = 0; j < realm->nlisten; j++)
			register_listener(guard, realm, &realm->listen[j]);
	}
}

int guard_alloc(struct guard **out, struct loop *loop, struct call_engine *engine,
		const struct sip_shards *shards, struct guard *first)
{
	static const struct call_hooks hooks = { .proven = proven, .peers = named_peers };
	struct guard *guard;
	int err;

	*out = NULL;
	if (!call_engine_cfg(engine)->media_kernel)
		return 0;
	guard = calloc(1, sizeof(*guard));
	if (!guard)
		return -ENOMEM;
	err = sf_open(&guard->client);
	if (err) {
		log_error("%s", sf_error(NULL));
		free(guard);
		return err;
	}
	guard->first = first ? first : guard;
	guard->shard = guard->first->nguards++;
	guard->loop = loop;
	guard->engine = engine;
	guard->shards = shards;
	if (!first) {
		guard_peers_init(&guard->peers);
		guard_start(guard);
	}
	call_engine_set_hooks(engine, &hooks, guard);
	loop_timer_set(loop, &guard->tick, TICK_MS, on_tick);
	*out = guard;
	return 0;
}

void guard_free(struct guard *guard)
{
	static const struct call_hooks nothing;
	static const struct sf_listener any;

	if (!guard)
		return;
	loop_timer_cancel(guard->loop, &guard->tick);
	call_engine_set_hooks(guard->engine, &nothing, NULL);
	if (guard->first == guard)
		each_listener(guard, &any, sf_listener_del);
	if (guard->first == guard)
		guard_peers_clean(&guard->peers);
	sf_close(guard->client);
	free(guard);
}
