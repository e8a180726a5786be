// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/settings.h"

#include <stdio.h>
#include <stdlib.h>

#include "call/nonces.h"
#include "call/peers.h"
#include "call/relay.h"
#include "call/trunk.h"
#include "dns/dns.h"

static int compile(struct call_settings *settings)
{
	const struct cfg *cfg = settings->cfg;

	settings->rules = calloc(cfg->nroutes + 1, sizeof(*settings->rules));
	if (!settings->rules)
		return -1;
	for (unsigned int i = 0; i < cfg->nroutes; i++) {
		struct call_rule *rule = &settings->rules[i];

		rule->any = !cfg->routes[i].match;
		if (!rule->any &&
		    regcomp(&rule->match, cfg->routes[i].match, REG_EXTENDED | REG_NOSUB))
			return -1;
		settings->nrules++;
	}
	return 0;
}

static int name_ways(struct call_settings *settings)
{
	const struct cfg *cfg = settings->cfg;
	char address[TP_ADDR_STRLEN];

	settings->ways = calloc(cfg->nrealms + 1, sizeof(*settings->ways));
	if (!settings->ways)
		return -1;
	for (unsigned int i = 0; i < cfg->nrealms; i++) {
		const struct cfg_realm *realm = &cfg->realms[i], *next = realm->next_hop_realm;
		const char *place = realm->next_hop.uri.text;

		if (!next)
			continue;
		if (!place)
			place = tp_addr_format(&realm->next_hop.addr, address);
		snprintf(settings->ways[realm->slot], sizeof(*settings->ways),
			 "next-hop of realm %s: %s in realm %s", realm->name, place, next->name);
	}
	return 0;
}

static void settings_free(struct call_settings *settings)
{
	for (unsigned int i = 0; i < settings->nrules; i++)
		if (!settings->rules[i].any)
			regfree(&settings->rules[i].match);
	free(settings->rules);
	free(settings->ways);
	call_peers_clean(&settings->peers);
	dns_free(settings->dns);
	cfg_put(settings->cfg);
	free(settings);
}

struct call_settings *call_settings_alloc(const struct cfg *cfg, struct loop *loop, bool first)
{
	struct call_settings *settings = calloc(1, sizeof(*settings));
	bool ok;

	if (!settings) {
		cfg_put(cfg);
		return NULL;
	}
	settings->cfg = cfg;
	settings->users = 1;
	LIST_INIT(&settings->peers);
	ok = !compile(settings) && !name_ways(settings) && !call_peers_make(settings);
	if (ok && first && cfg->has_dns)
		ok = !dns_alloc(&settings->dns, loop, &cfg->dns);
	if (ok)
		return settings;
	settings_free(settings);
	return NULL;
}

void call_settings_put(struct call_settings *settings)
{
	struct call_engine *engine;

	if (!settings || --settings->users)
		return;
	engine = settings->engine;
	if (engine) {
		LIST_REMOVE(settings, link);
		/* They are known by accounts that go. */
		call_nonces_forget(engine);
	}
	settings_free(settings);
	if (engine)
		call_peers_forget(engine);
}

/* Calls are counted for all shards only while there is a limit. */
static void count_everywhere(struct call_engine *engine)
{
	bool wanted = engine->shards && engine->cfg->max_calls;

	if (wanted == (engine->everywhere != NULL))
		return;
	if (wanted) {
		engine->everywhere = &engine->shards->active;
		atomic_fetch_add(engine->everywhere, engine->rooms);
	} else {
		atomic_fetch_sub(engine->everywhere, engine->rooms);
		engine->everywhere = NULL;
	}
}

/* Limits and timers of what is there only once. */
static void set_limits(struct call_engine *engine)
{
	const struct cfg *cfg = engine->cfg;
	unsigned int count = engine->shards ? engine->shards->sip.count : 1;
	uint32_t keep = cfg->keep_finished;

	engine->keep_finished = keep / count + (engine->shard < keep % count);
	count_everywhere(engine);
	outside_set_limit(engine, (cfg->max_subscriptions + count - 1) / count);
	tp_set_limits(engine->tp, &cfg->connections);
	sip_stack_set_timers(engine->stack, &(struct sip_timers){
						    .t1 = cfg->t1_ms,
						    .t2 = cfg->t2_ms,
						    .t4 = cfg->t4_ms,
						    .d = CALL_TIMER_D_MS,
						    .c = call_timer_c_ms(cfg),
					    });
	media_set_timeout(engine->media, cfg->media_timeout_ms);
	if (engine->dns)
		dns_set_limits(engine->dns, &cfg->dns);
}

/* What realms listen by is theirs, whatever the settings; what they do is not. */
static void set_realms(struct call_engine *engine)
{
	for (unsigned int i = 0; i < engine->nrealms; i++) {
		struct call_realm *realm = &engine->realms[i];

		realm->cfg = engine->cfg->by_slot[i];
		for (unsigned int j = 0; j < realm->nlisteners; j++)
			if (tp_is_ws(realm->listeners[j].tp->proto))
				tp_listener_ws(realm->listeners[j].tp, &realm->cfg->ws);
	}
}

void call_settings_enforce(struct call_engine *engine, struct call_settings *settings)
{
	struct call_settings *old = engine->settings;

	settings->engine = engine;
	LIST_INSERT_HEAD(&engine->settings_used, settings, link);
	engine->settings = settings;
	engine->cfg = settings->cfg;
	if (!engine->dns) {
		engine->dns = settings->dns;
		settings->dns = NULL;
	}
	set_realms(engine);
	set_limits(engine);
	call_peers_enforce(engine, settings);
	call_trunks_enforce(engine);
	call_settings_put(old);
}
