// SPDX-License-Identifier: GPL-2.0-or-later
/* "status show": how sipd fares. */
#include <arpa/inet.h>
#include <stdio.h>

#include "admin/request.h"
#include "admin/text.h"

/* Of a realm's ports in use, from which on it is told as nearly exhausted. */
#define PORTS_SCARCE_PERCENT 90

static json_t *listen_list(const struct cfg_realm *realm)
{
	char addr[TP_ADDR_STRLEN], text[TP_ADDR_STRLEN + 8];
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < realm->nlisten; i++) {
		tp_addr_format(&realm->listen[i].addr, addr);
		snprintf(text, sizeof(text), "udp:%s", addr);
		json_array_append_new(list, json_string(text));
	}
	return list;
}

static json_t *media_range(const struct cfg_realm *realm)
{
	char addr[INET_ADDRSTRLEN];

	if (!realm->media_port_min)
		return json_null();
	inet_ntop(AF_INET, &realm->media_address, addr, sizeof(addr));
	return json_sprintf("%s:%u-%u", addr, realm->media_port_min, realm->media_port_max);
}

static json_t *next_hop(const struct cfg_realm *realm)
{
	return realm->next_hop_realm ? admin_addr(&realm->next_hop) : json_null();
}

static void ports(struct call_engine *engine, const struct cfg_realm *realm, unsigned int *used,
		  unsigned int *total)
{
	const struct media_realm *media = call_engine_media_realm(engine, realm);

	*used = *total = 0;
	if (media)
		media_realm_ports(media, used, total);
}

static json_t *realm_object(struct call_engine *engine, const struct cfg_realm *realm,
			    json_t *degraded)
{
	unsigned int used, total;

	ports(engine, realm, &used, &total);
	if (total && (uint64_t)used * 100 >= (uint64_t)total * PORTS_SCARCE_PERCENT)
		json_array_append_new(degraded,
				      json_sprintf("realm %s uses %u of its %u media ports",
						   realm->name, used, total));
	return json_pack("{s:s, s:o, s:o, s:i, s:i, s:o}",
			 "name", realm->name,
			 "listen", listen_list(realm),
			 "media", media_range(realm),
			 "ports_used", (int)used,
			 "ports_total", (int)total,
			 "next_hop", next_hop(realm));
}

static json_t *realm_list(struct call_engine *engine, json_t *degraded)
{
	const struct cfg *cfg = call_engine_cfg(engine);
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < cfg->nrealms; i++)
		json_array_append_new(list, realm_object(engine, &cfg->realms[i], degraded));
	return list;
}

static json_t *calls_object(struct call_engine *engine, json_t *degraded)
{
	uint32_t max = call_engine_cfg(engine)->max_calls;
	struct call_counts counts;

	call_counts(engine, &counts);
	if (max && counts.active >= max)
		json_array_append_new(degraded, json_sprintf("all of the %u calls allowed are in "
							     "use",
							     max));
	return json_pack("{s:i, s:i, s:I, s:I, s:i}",
			 "active", (int)counts.active,
			 "early", (int)counts.early,
			 "total", (json_int_t)counts.total,
			 "failed", (json_int_t)counts.failed,
			 "finished_kept", (int)counts.finished_kept);
}

static json_t *sessions_object(struct call_engine *engine, json_t *degraded)
{
	struct media *media = call_engine_media(engine);
	unsigned int orphans = 0;
	int sessions = 0;

	if (call_engine_cfg(engine)->media_kernel) {
		sessions = media_kernel_sessions(media, 0);
		orphans = media_orphan_count(media);
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

static json_t *messages_object(struct call_engine *engine)
{
	const struct sip_stack_stats *stats = call_engine_sip_stats(engine);
	uint64_t retransmitted = stats->tx_retransmissions + stats->rx_retransmissions;

	return json_pack("{s:I, s:I, s:I, s:I, s:I}", "rx", (json_int_t)stats->rx, "tx",
			 (json_int_t)stats->tx, "tx_failed",
			 (json_int_t)call_engine_tp_stats(engine)->tx_failed, "malformed",
			 (json_int_t)stats->rx_malformed, "retransmitted",
			 (json_int_t)retransmitted);
}

static json_t *transactions_object(struct call_engine *engine)
{
	const struct sip_stack_stats *stats = call_engine_sip_stats(engine);

	return json_pack("{s:I, s:I}",
			 "client", (json_int_t)stats->client_transactions,
			 "server", (json_int_t)stats->server_transactions);
}

static json_t *module_version(struct call_engine *engine)
{
	const char *version = NULL;

	if (call_engine_cfg(engine)->media_kernel)
		version = media_module_version(call_engine_media(engine));
	return version ? admin_text(version) : json_null();
}

json_t *admin_status_show(struct admin_request *request)
{
	const struct admin_context *context = request->context;
	struct call_engine *engine = context->engine;
	uint64_t uptime_ms = loop_now_ms(context->loop) - context->start_ms;
	json_t *degraded = json_array();
	/* Each may add to @degraded, in this order. */
	json_t *realms = realm_list(engine, degraded);
	json_t *calls = calls_object(engine, degraded);
	json_t *sessions = sessions_object(engine, degraded);

	return json_pack("{s:s, s:I, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "version",
			 SIPFAST_VERSION, "uptime_s", (json_int_t)(uptime_ms / 1000), "realms",
			 realms, "media", call_engine_cfg(engine)->media_kernel ? "kernel" : "none",
			 "module", module_version(engine), "calls", calls, "transactions",
			 transactions_object(engine), "sessions", sessions, "messages",
			 messages_object(engine), "degraded", degraded);
}
