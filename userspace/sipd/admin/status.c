// SPDX-License-Identifier: GPL-2.0-or-later
/* "status show": how sipd fares. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/cert.h"
#include "admin/dns.h"
#include "admin/request.h"
#include "admin/text.h"
#include "call/registrar.h"
#include "call/trunk.h"
#include "config/reload.h"

/* Of a realm's ports in use, from which on it is told as nearly exhausted. */
#define PORTS_SCARCE_PERCENT 90

static json_t *listen_list(const struct cfg_realm *realm)
{
	char addr[TP_ADDR_STRLEN], text[TP_ADDR_STRLEN + 8];
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < realm->nlisten; i++) {
		tp_addr_format(&realm->listen[i].addr, addr);
		snprintf(text, sizeof(text), "%s:%s", tp_proto_word(realm->listen[i].proto), addr);
		json_array_append_new(list, json_string(text));
	}
	return list;
}

static json_t *media_range(const struct cfg_realm *realm)
{
	const struct host_port first = { realm->media_address, realm->media_port_min };
	char text[HOST_PORT_STRLEN];

	if (!realm->media_port_min)
		return json_null();
	return json_sprintf("%s-%u", host_port_format(&first, text), realm->media_port_max);
}

static json_t *next_hop(const struct cfg_realm *realm)
{
	char text[TP_ADDR_STRLEN];

	if (!realm->next_hop_realm)
		return json_null();
	if (realm->next_hop.uri.text)
		return json_string(realm->next_hop.uri.text);
	if (!tp_is_stream(realm->next_hop.proto))
		return admin_addr(&realm->next_hop.addr);
	return json_sprintf("%s:%s", tp_proto_word(realm->next_hop.proto),
			    tp_addr_format(&realm->next_hop.addr, text));
}

/* What a shard counts; of several, the sums. */
struct numbers {
	struct call_counts calls;
	struct sip_stack_stats sip;
	struct tp_stats tp;
	unsigned int sessions, orphans, load;
	struct admin_dns dns;
	struct ports {
		unsigned int used, total;
	} ports[]; /* by slot of a realm */
};

static void gather_numbers(struct admin_part *part)
{
	struct call_engine *engine = part->engine;
	const struct cfg *cfg = call_engine_cfg(engine);
	struct numbers *numbers;

	numbers = calloc(1, sizeof(*numbers) + cfg->nrealms * sizeof(*numbers->ports));
	part->data = numbers;
	if (!numbers)
		return;
	call_counts(engine, &numbers->calls);
	numbers->sip = *call_engine_sip_stats(engine);
	numbers->tp = *call_engine_tp_stats(engine);
	numbers->load = call_engine_load(engine);
	admin_dns_gather(engine, &numbers->dns);
	if (cfg->media_kernel) {
		numbers->sessions = media_session_count(call_engine_media(engine));
		numbers->orphans = media_orphan_count(call_engine_media(engine));
	}
	for (unsigned int i = 0; i < cfg->nrealms; i++) {
		const struct media_realm *media =
			call_engine_media_realm(engine, &cfg->realms[i]);
		struct ports *ports = &numbers->ports[cfg->realms[i].slot];

		if (media)
			media_realm_ports(media, &ports->used, &ports->total);
	}
}

static void add(struct numbers *sum, const struct numbers *part, unsigned int nrealms)
{
	sum->calls.active += part->calls.active;
	sum->calls.early += part->calls.early;
	sum->calls.total += part->calls.total;
	sum->calls.failed += part->calls.failed;
	sum->calls.finished_kept += part->calls.finished_kept;
	sum->calls.proxied += part->calls.proxied;
	sum->calls.proxied_total += part->calls.proxied_total;
	sum->calls.subscriptions += part->calls.subscriptions;
	sum->calls.relayed += part->calls.relayed;
	sum->sip.rx += part->sip.rx;
	sum->sip.tx += part->sip.tx;
	sum->sip.rx_malformed += part->sip.rx_malformed;
	sum->sip.rx_retransmissions += part->sip.rx_retransmissions;
	sum->sip.tx_retransmissions += part->sip.tx_retransmissions;
	sum->sip.handed_over += part->sip.handed_over;
	sum->sip.handover_dropped += part->sip.handover_dropped;
	sum->sip.server_transactions += part->sip.server_transactions;
	sum->sip.client_transactions += part->sip.client_transactions;
	sum->tp.tx_failed += part->tp.tx_failed;
	sum->tp.connections += part->tp.connections;
	sum->tp.accepted += part->tp.accepted;
	sum->tp.opened += part->tp.opened;
	sum->tp.refused += part->tp.refused;
	sum->tp.broken += part->tp.broken;
	sum->sessions += part->sessions;
	sum->orphans += part->orphans;
	admin_dns_add(&sum->dns, &part->dns);
	for (unsigned int i = 0; i < nrealms; i++) {
		sum->ports[i].used += part->ports[i].used;
		sum->ports[i].total += part->ports[i].total;
	}
}

static json_t *realm_object(const struct cfg_realm *realm, const struct ports *ports,
			    json_t *degraded)
{
	if (ports->total &&
	    (uint64_t)ports->used * 100 >= (uint64_t)ports->total * PORTS_SCARCE_PERCENT)
		json_array_append_new(degraded,
				      json_sprintf("realm %s uses %u of its %u media ports",
						   realm->name, ports->used, ports->total));
	return json_pack("{s:s, s:o, s:o, s:i, s:i, s:o}",
			 "name", realm->name,
			 "listen", listen_list(realm),
			 "media", media_range(realm),
			 "ports_used", (int)ports->used,
			 "ports_total", (int)ports->total,
			 "next_hop", next_hop(realm));
}

static json_t *realm_list(const struct cfg *cfg, const struct numbers *sum, json_t *degraded)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < cfg->nrealms; i++)
		json_array_append_new(list,
				      realm_object(&cfg->realms[i],
						   &sum->ports[cfg->realms[i].slot], degraded));
	return list;
}

static json_t *calls_object(const struct cfg *cfg, const struct call_counts *counts,
			    json_t *degraded)
{
	if (cfg->max_calls && counts->active >= cfg->max_calls)
		json_array_append_new(degraded, json_sprintf("all of the %u calls allowed are in "
							     "use",
							     cfg->max_calls));
	return json_pack("{s:i, s:i, s:I, s:I, s:i, s:i, s:I}",
			 "active", (int)counts->active,
			 "early", (int)counts->early,
			 "total", (json_int_t)counts->total,
			 "failed", (json_int_t)counts->failed,
			 "finished_kept", (int)counts->finished_kept,
			 "proxied", (int)counts->proxied,
			 "proxied_total", (json_int_t)counts->proxied_total);
}

static json_t *outside_object(const struct cfg *cfg, const struct call_counts *counts,
			      json_t *degraded)
{
	if (counts->subscriptions >= cfg->max_subscriptions)
		json_array_append_new(degraded,
				      json_sprintf("all of the %u subscriptions allowed are in use",
						   cfg->max_subscriptions));
	return json_pack("{s:i, s:i, s:I}",
			 "subscriptions", (int)counts->subscriptions,
			 "max_subscriptions", (int)cfg->max_subscriptions,
			 "requests", (json_int_t)counts->relayed);
}

/* @engine: the first shard's, which asks the kernel for all. */
static json_t *sessions_object(struct call_engine *engine, const struct numbers *sum,
			       unsigned int own, json_t *degraded)
{
	struct media *media = call_engine_media(engine);
	unsigned int orphans = sum->orphans, before;
	int sessions = 0;

	if (call_engine_cfg(engine)->media_kernel) {
		before = media_orphan_count(media);
		sessions = media_kernel_sessions(media, sum->sessions - own);
		orphans -= before - media_orphan_count(media);
	}
	if (sessions < 0)
		json_array_append_new(degraded,
				      json_string("the kernel module is gone: calls have no "
						  "media"));
	if (orphans)
		json_array_append_new(degraded, json_sprintf("%u kernel sessions belong to no call",
							     orphans));
	return json_pack("{s:o, s:i}",
			 "kernel", sessions < 0 ? json_null() : json_integer(sessions),
			 "orphans", (int)orphans);
}

static json_t *messages_object(const struct numbers *sum)
{
	const struct sip_stack_stats *stats = &sum->sip;

	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "rx", (json_int_t)stats->rx, "tx",
			 (json_int_t)stats->tx, "tx_failed", (json_int_t)sum->tp.tx_failed,
			 "malformed", (json_int_t)stats->rx_malformed, "retransmitted",
			 (json_int_t)(stats->tx_retransmissions + stats->rx_retransmissions),
			 "handed_over", (json_int_t)stats->handed_over, "handover_dropped",
			 (json_int_t)stats->handover_dropped);
}

static json_t *connections_object(const struct cfg *cfg, const struct tp_stats *stats,
				  json_t *degraded)
{
	if (stats->connections && stats->connections >= cfg->connections.max)
		json_array_append_new(degraded,
				      json_sprintf("all of the %u connections allowed are in use",
						   cfg->connections.max));
	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "open", (json_int_t)stats->connections,
			 "accepted", (json_int_t)stats->accepted, "opened",
			 (json_int_t)stats->opened, "refused", (json_int_t)stats->refused, "broken",
			 (json_int_t)stats->broken);
}

static json_t *transactions_object(const struct sip_stack_stats *stats)
{
	return json_pack("{s:I, s:I}",
			 "client", (json_int_t)stats->client_transactions,
			 "server", (json_int_t)stats->server_transactions);
}

static json_t *shard_list(const struct admin_request *request)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < request->nparts; i++) {
		const struct numbers *numbers = request->parts[i].data;

		json_array_append_new(list, json_pack("{s:i, s:I, s:I, s:i}",
						      "active", (int)numbers->calls.active,
						      "total", (json_int_t)numbers->calls.total,
						      "rx", (json_int_t)numbers->sip.rx,
						      "load", (int)numbers->load));
	}
	return list;
}

static json_t *module_version(struct call_engine *engine)
{
	const char *version = NULL;

	if (call_engine_cfg(engine)->media_kernel)
		version = media_module_version(call_engine_media(engine));
	return version ? admin_text(version) : json_null();
}

static json_t *registrar_object(const struct registrar *registrar)
{
	if (!registrar)
		return json_null();
	return json_pack("{s:I, s:I}", "users", (json_int_t)users_count(registrar->users),
			 "registrations", (json_int_t)location_count(registrar->location));
}

static json_t *store_object(struct store *store, json_t *degraded)
{
	struct store_state state;

	if (!store)
		return json_null();
	store_state(store, &state);
	if (state.failing)
		json_array_append_new(degraded, json_sprintf("the store cannot be written: %s",
							     state.error));
	if (state.refused)
		json_array_append_new(degraded,
				      json_sprintf("%llu changes will be lost with a restart: the "
						   "store did not keep up",
						   (unsigned long long)state.refused));
	return json_pack("{s:s, s:i, s:I, s:I}", "path", store_path(store), "waiting",
			 (int)state.waiting, "written", (json_int_t)state.written, "commits",
			 (json_int_t)state.commits);
}

static void add_trunk_trouble(void *arg, const struct call_trunk_info *info)
{
	const char *name = info->cfg->name;
	char text[ADMIN_TEXT_MAX];

	if (info->held_ms) {
		snprintf(text, sizeof(text),
			 "trunk %s refuses the credentials, as %s was told: calls go without for "
			 "another %llu s",
			 name, info->held_by == CALL_HOLD_REGISTER ? "a REGISTER" : "a call",
			 (unsigned long long)(info->held_ms + 999) / 1000);
		json_array_append_new(arg, admin_text(text));
	}
	if (info->health && !strcmp(info->health, "down")) {
		snprintf(text, sizeof(text), "trunk %s is down: %s", name, info->health_answer);
		json_array_append_new(arg, admin_text(text));
	}
	if (info->state && (!strcmp(info->state, "failed") || !strcmp(info->state, "refused"))) {
		snprintf(text, sizeof(text), "registration with trunk %s %s: %s", name,
			 info->state, info->answer);
		json_array_append_new(arg, admin_text(text));
	}
}

static struct numbers *add_all(const struct admin_request *request, unsigned int nrealms)
{
	struct numbers *sum = calloc(1, sizeof(*sum) + nrealms * sizeof(*sum->ports));

	for (unsigned int i = 0; sum && i < request->nparts; i++) {
		if (!request->parts[i].data) {
			free(sum);
			return NULL;
		}
		add(sum, request->parts[i].data, nrealms);
	}
	return sum;
}

static json_t *configuration_object(const struct cfg *cfg, json_t *degraded)
{
	unsigned int older = cfg_count() > 1 ? cfg_count() - 1 : 0;

	if (older >= CFG_MANY)
		json_array_append_new(
			degraded,
			json_sprintf("%u earlier configurations are in use by calls that began "
				     "with them",
				     older));
	return json_pack("{s:o, s:i, s:f, s:i}", "path", admin_text(cfg->path), "generation",
			 (int)cfg->generation, "loaded", cfg->loaded, "older_in_use", (int)older);
}

static json_t *finish_status(struct admin_request *request)
{
	const struct admin_context *context = &request->context;
	struct call_engine *engine = context->shards[0].engine;
	const struct cfg *cfg = call_engine_cfg(engine);
	uint64_t uptime_ms = loop_now_ms(context->loop) - context->start_ms;
	struct numbers *sum = add_all(request, cfg->nrealms);
	json_t *degraded = json_array(), *realms, *calls, *connections, *sessions, *store;
	json_t *outside;
	json_t *dns, *configuration, *status;

	if (!sum) {
		json_decref(degraded);
		return NULL;
	}
	/* Each may add to @degraded, in this order. */
	realms = realm_list(cfg, sum, degraded);
	calls = calls_object(cfg, &sum->calls, degraded);
	outside = outside_object(cfg, &sum->calls, degraded);
	connections = connections_object(cfg, &sum->tp, degraded);
	sessions = sessions_object(engine, sum,
				   ((struct numbers *)request->parts[0].data)->sessions, degraded);
	store = store_object(call_engine_store(engine), degraded);
	dns = admin_dns_object(engine, &sum->dns, degraded);
	call_each_trunk(engine, add_trunk_trouble, degraded);
	admin_cert_trouble(cfg, degraded);
	configuration = configuration_object(cfg, degraded);
	status = json_pack("{s:s, s:I, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
			   "s:o, s:o, s:o}",
			   "version", SIPFAST_VERSION, "uptime_s", (json_int_t)(uptime_ms / 1000),
			   "realms", realms, "media", cfg->media_kernel ? "kernel" : "none",
			   "module", module_version(engine), "calls", calls, "outside_calls",
			   outside, "transactions", transactions_object(&sum->sip), "connections",
			   connections, "sessions", sessions, "messages", messages_object(sum),
			   "registrar", registrar_object(call_engine_registrar(engine)), "store",
			   store, "dns", dns, "shards", shard_list(request), "configuration",
			   configuration, "degraded", degraded);
	free(sum);
	return status;
}

json_t *admin_status_show(struct admin_request *request)
{
	return admin_ask(request, gather_numbers, finish_status);
}
