// SPDX-License-Identifier: GPL-2.0-or-later
/* The engine's birth and death, and what it is told from below. */
#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "call/exchange.h"
#include "call/hunt.h"
#include "call/nonces.h"
#include "call/peers.h"
#include "call/proxy.h"
#include "call/registrar.h"
#include "call/relay.h"
#include "call/replaces.h"
#include "call/trunk.h"

/* Of INVITEs in a call; it is more than 3 minutes (RFC 3261 s.16.6). */
#define TIMER_C_MIN_MS 180000
#define TIMER_C_MORE_MS 1000

static void media_timeout(void *arg, void *call_user)
{
	static const struct call_ending ending = {
		.by = "media timeout",
		.why = "media timeout",
		.status = 480,
		.reason = VIEW_LIT("Q.850;cause=41;text=\"Media timeout\""),
		.fault = true,
	};
	struct call *call = call_user;
	char text[48];
	struct sip_out out;

	(void)arg;
	sip_out_init(&out, text, sizeof(text) - 1);
	sip_out_str(&out, "media silent for ");
	sip_out_u32(&out, call->settings->cfg->media_timeout_ms / 1000);
	sip_out_str(&out, " s");
	text[out.len] = '\0';
	call_note(call, CALL_NOTE_SILENCE, text);
	call_end(call, &ending);
}

static void media_learned(void *arg, void *call_user, const char *text)
{
	char line[160];
	struct sip_out out;

	(void)arg;
	sip_out_init(&out, line, sizeof(line) - 1);
	sip_out_str(&out, "learned: ");
	sip_out_str(&out, text);
	line[out.len] = '\0';
	call_trace_media(call_user, line);
}

static void media_digit(void *arg, void *call_user, enum media_side from)
{
	struct call *call = call_user;

	(void)arg;
	call->digits.events[from]++;
}

uint32_t call_timer_c_ms(const struct cfg *cfg)
{
	uint32_t longest = cfg->no_answer_ms;

	return (longest > TIMER_C_MIN_MS ? longest : TIMER_C_MIN_MS) + TIMER_C_MORE_MS;
}

static void connection_closed(void *arg, uint64_t conn)
{
	struct call_engine *engine = arg;

	if (engine->registrar)
		registrar_flow_lost(engine->registrar, conn);
}

static int stack_alloc(struct call_engine *engine)
{
	const struct sip_timers timers = {
		.t1 = engine->cfg->t1_ms,
		.t2 = engine->cfg->t2_ms,
		.t4 = engine->cfg->t4_ms,
		.d = CALL_TIMER_D_MS,
		.c = call_timer_c_ms(engine->cfg),
	};
	static const struct sip_handlers handlers = {
		.request = call_receive_request,
		.ack = call_receive_ack,
		.stray = call_receive_stray,
		.trace = call_trace,
		.ended = call_trace_ended,
		.closed = connection_closed,
		.names = call_replaces_names,
	};
	int ret;

	ret = sip_stack_alloc(&engine->stack, engine->loop, &timers, &handlers, engine);
	if (ret)
		return ret;
	ret = tp_alloc(&engine->tp, engine->loop, sip_stack_receive, engine->stack);
	if (ret)
		return ret;
	sip_stack_handle_streams(engine->tp);
	return 0;
}

static int flows_open(struct call_engine *engine, const struct call_shard *shard)
{
	const struct cfg_trace *trace = &engine->cfg->trace;
	unsigned int shards = shard ? shard->shards->sip.count : 1;
	const struct flow_config config = {
		.flows = (trace->flows + shards - 1) / shards,
		.messages = trace->messages / shards,
	};
	int ret = flow_store_alloc(&engine->flows, &config);

	if (ret)
		log_error("no memory for trace: %u flows, %zu octets of messages", config.flows,
			  config.messages);
	return ret;
}

static int media_open(struct call_engine *engine, const struct call_shard *shard)
{
	struct media_config config = {
		.kernel = engine->cfg->media_kernel,
		.timeout_ms = engine->cfg->media_timeout_ms,
	};
	static const struct media_handlers handlers = {
		.timeout = media_timeout,
		.learned = media_learned,
		.digit = media_digit,
	};

	if (shard)
		config.share = (struct media_share){
			.index = shard->index,
			.count = shard->shards->sip.count,
			.ids = shard->shards->media_ids,
		};
	return media_alloc(&engine->media, engine->loop, &config, &handlers, engine);
}

static int tables_init(struct call_engine *engine)
{
	LIST_INIT(&engine->settings_used);
	LIST_INIT(&engine->peers);
	LIST_INIT(&engine->peers_retired);
	TAILQ_INIT(&engine->active);
	TAILQ_INIT(&engine->finished);
	TAILQ_INIT(&engine->reap);
	TAILQ_INIT(&engine->proxied);
	pool_init(&engine->calls, "calls", sizeof(struct call));
	pool_init(&engine->pairs, "dialogs", sizeof(struct call_pair));
	pool_init(&engine->relays, "requests", sizeof(struct call_relay));
	pool_init(&engine->hunts, "hunts", sizeof(struct call_hunt));
	pool_init(&engine->proxies, "proxied requests", sizeof(struct proxy));
	pool_init(&engine->proxy_branches, "proxy branches", sizeof(struct proxy_branch));
	pool_init(&engine->branches, "branches", sizeof(struct call_branch));
	if (htab_init(&engine->dialogs))
		return -ENOMEM;
	if (!htab_init(&engine->invites)) {
		if (!htab_init(&engine->nonces))
			return 0;
		htab_clean(&engine->invites);
	}
	htab_clean(&engine->dialogs);
	return -ENOMEM;
}

static const struct call_hooks no_hooks;

void call_shards_init(struct call_shards *shards, unsigned int count)
{
	sip_shards_init(&shards->sip, count);
	shards->media_ids = media_draw_ids();
	atomic_init(&shards->active, 0);
	call_holds_init(&shards->holds);
	service_routes_init(&shards->service_routes);
}

void call_shards_clean(struct call_shards *shards)
{
	service_routes_clean(&shards->service_routes);
}

static void join(struct call_engine *engine, const struct call_shard *shard)
{
	struct call_shards *shards = shard->shards;

	engine->shards = shards;
	engine->holds = &shards->holds;
	engine->service_routes = &shards->service_routes;
	engine->shard = shard->index;
	tp_share(engine->tp, shard->index, shards->sip.count);
	sip_shards_join(&shards->sip, shard->index, engine->stack, engine->tp, shard->box);
}

int call_engine_alloc(struct call_engine **out, struct loop *loop, const struct cfg *cfg,
		      const struct call_shard *shard)
{
	struct call_engine *engine = calloc(1, sizeof(*engine));
	struct call_settings *settings;
	int ret;

	if (!engine)
		return -ENOMEM;
	engine->loop = loop;
	engine->cfg = cfg;
	engine->hooks = &no_hooks;
	call_holds_init(&engine->own_holds);
	engine->holds = &engine->own_holds;
	service_routes_init(&engine->own_service_routes);
	engine->service_routes = &engine->own_service_routes;
	ret = tables_init(engine);
	if (ret) {
		free(engine);
		return ret;
	}
	ret = flows_open(engine, shard);
	if (!ret)
		ret = stack_alloc(engine);
	if (!ret && shard)
		join(engine, shard);
	if (!ret)
		ret = media_open(engine, shard);
	if (!ret)
		ret = call_realms_alloc(engine);
	if (!ret)
		ret = outside_alloc(engine);
	if (!ret) {
		settings = call_settings_alloc(cfg_get(cfg), loop, true);
		ret = settings ? 0 : -ENOMEM;
	}
	if (ret) {
		call_engine_free(engine);
		return ret;
	}
	call_settings_enforce(engine, settings);
	*out = engine;
	return 0;
}

void call_engine_end(struct call_engine *engine)
{
	static const struct call_ending ending = {
		.by = "sipd",
		.why = "sipd stopped",
		.status = 503,
		.reason = VIEW_LIT("SIP;cause=503;text=\"Going down\""),
	};
	struct call *call;

	if (engine->ended)
		return;
	engine->ended = true;
	for (call = TAILQ_FIRST(&engine->active); call; call = TAILQ_NEXT(call, link)) {
		call_end(call, &ending);
		call_give_up(call);
	}
	call_proxies_end(engine);
	outside_end(engine);
	/* What it cancels may go out by a connection of another shard, which is still there. */
	loop_defer_cancel(engine->loop, &engine->reaper);
	call_reap(&engine->reaper);
	if (engine->tp)
		tp_flush(engine->tp);
}

void call_engine_free(struct call_engine *engine)
{
	if (!engine)
		return;
	call_engine_end(engine);
	call_records_free(engine);
	call_nonces_forget(engine);
	call_trunks_free(engine);
	call_peers_free(engine);
	sip_stack_free(engine->stack);
	tp_free(engine->tp);
	outside_free(engine);
	media_free(engine->media);
	flow_store_free(engine->flows);
	call_realms_free(engine);
	call_settings_put(engine->settings);
	htab_clean(&engine->dialogs);
	htab_clean(&engine->invites);
	htab_clean(&engine->nonces);
	pool_clean(&engine->calls);
	pool_clean(&engine->pairs);
	pool_clean(&engine->relays);
	pool_clean(&engine->hunts);
	pool_clean(&engine->branches);
	pool_clean(&engine->proxies);
	pool_clean(&engine->proxy_branches);
	service_routes_clean(&engine->own_service_routes);
	free(engine);
}

void call_engine_set_hooks(struct call_engine *engine, const struct call_hooks *hooks, void *arg)
{
	engine->hooks = hooks;
	engine->hooks_arg = arg;
}

void call_engine_set_store(struct call_engine *engine, struct store *store)
{
	engine->store = store;
}

struct store *call_engine_store(const struct call_engine *engine)
{
	return engine->store;
}

int call_engine_read_store(struct call_engine *engine)
{
	return service_routes_read(engine->service_routes, engine->store,
				   loop_now_ms(engine->loop));
}

void call_engine_set_registrar(struct call_engine *engine, struct registrar *registrar,
			       struct mailbox *box)
{
	engine->registrar = registrar;
	engine->registrar_box = box;
}

struct registrar *call_engine_registrar(const struct call_engine *engine)
{
	return engine->registrar;
}

bool call_room_take(struct call_engine *engine)
{
	uint32_t max = engine->cfg->max_calls;

	engine->rooms++;
	if (engine->everywhere &&
	    atomic_fetch_add_explicit(engine->everywhere, 1, memory_order_relaxed) < max)
		return true;
	if (!engine->everywhere && (!max || engine->rooms <= max))
		return true;
	call_room_give(engine);
	return false;
}

void call_room_give(struct call_engine *engine)
{
	engine->rooms--;
	if (engine->everywhere)
		atomic_fetch_sub_explicit(engine->everywhere, 1, memory_order_relaxed);
}

void call_counts(const struct call_engine *engine, struct call_counts *counts)
{
	*counts = engine->counts;
	counts->proxied = (unsigned int)engine->proxies.in_use;
}

const struct cfg *call_engine_cfg(const struct call_engine *engine)
{
	return engine->cfg;
}

unsigned int call_engine_load(const struct call_engine *engine)
{
	return loop_load(engine->loop);
}

struct dns *call_engine_dns(struct call_engine *engine)
{
	return engine->dns;
}

struct media *call_engine_media(struct call_engine *engine)
{
	return engine->media;
}

struct flow_store *call_engine_flows(struct call_engine *engine)
{
	return engine->flows;
}

const struct sip_stack_stats *call_engine_sip_stats(const struct call_engine *engine)
{
	return sip_stack_stats(engine->stack);
}

const struct tp_stats *call_engine_tp_stats(const struct call_engine *engine)
{
	return tp_stats(engine->tp);
}

const struct media_realm *call_engine_media_realm(const struct call_engine *engine,
						  const struct cfg_realm *realm)
{
	return engine->realms[realm->slot].media;
}
