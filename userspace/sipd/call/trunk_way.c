// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/trunk_way.h"

#include <errno.h>
#include <stdio.h>

#include "call/route.h"
#include "call/settings.h"
#include "config/equal.h"

void trunk_way_init(struct trunk_way *way, struct call_engine *engine, const struct cfg_trunk *cfg,
		    const struct trunk_way_ops *ops, void *user)
{
	way->engine = engine;
	way->settings = call_settings_get(engine->settings);
	way->cfg = cfg;
	way->realm = call_realm_of(engine, cfg->realm);
	way->ops = ops;
	way->user = user;
}

static void let_go(struct trunk_way *way)
{
	loop_timer_cancel(way->engine->loop, &way->silence);
	if (way->ct)
		sip_ctrans_detach(way->ct);
	way->ct = NULL;
}

void trunk_way_stop(struct trunk_way *way)
{
	let_go(way);
	if (way->hop.engine)
		call_hop_clean(&way->hop);
}

void trunk_way_clean(struct trunk_way *way)
{
	trunk_way_stop(way);
	call_settings_put(way->settings);
}

bool trunk_way_follow(struct trunk_way *way, trunk_way_same *same)
{
	struct call_settings *present = way->engine->settings;
	const struct cfg_trunk *cfg = cfg_find_trunk(present->cfg, way->cfg->name);

	if (way->settings == present || !cfg || !same(way->cfg, cfg))
		return false;
	call_settings_put(way->settings);
	way->settings = call_settings_get(present);
	way->cfg = cfg;
	return true;
}

static void send_to_next(struct trunk_way *way)
{
	call_hop_next(&way->hop, &way->to);
	way->ops->send(way->user);
}

bool trunk_way_elsewhere(struct trunk_way *way, enum call_hop_failure why, uint32_t retry_after_s)
{
	if (!way->hop.engine)
		return false;
	call_hop_failed(&way->hop, why, retry_after_s);
	if (!call_hop_has_next(&way->hop))
		return false;
	let_go(way);
	send_to_next(way);
	return true;
}

/* --- what comes back --- */

static void silent(struct trunk_way *way)
{
	char peer[TP_ADDR_STRLEN], why[TP_ADDR_STRLEN + 32];

	if (trunk_way_elsewhere(way, CALL_HOP_SILENT, 0))
		return;
	snprintf(why, sizeof(why), "no answer from %s", tp_addr_format(&way->to.remote, peer));
	way->ops->failed(way->user, why);
}

static void on_silence(struct timer *timer)
{
	silent((struct trunk_way *)((char *)timer - offsetof(struct trunk_way, silence)));
}

static void response(void *user, struct sip_ctrans *ct, const struct sip_msg *msg)
{
	struct trunk_way *way = user;

	(void)ct;
	loop_timer_cancel(way->engine->loop, &way->silence);
	if (msg->status < 200)
		return;
	let_go(way);
	if (way->hop.engine && msg->status != 503)
		call_hop_served(&way->hop);
	way->ops->final(way->user, msg);
}

static void timeout(void *user, struct sip_ctrans *ct)
{
	(void)ct;
	silent(user);
}

static void failed(void *user, struct sip_ctrans *ct, int err)
{
	struct trunk_way *way = user;
	char peer[TP_ADDR_STRLEN], why[TP_ADDR_STRLEN + 96];

	(void)ct;
	if (trunk_way_elsewhere(way, CALL_HOP_UNREACHABLE, 0))
		return;
	snprintf(why, sizeof(why), "%s cannot be reached: %s",
		 tp_addr_format(&way->to.remote, peer), strerror(-err));
	way->ops->failed(way->user, why);
}

static void ended(void *user, struct sip_ctrans *ct)
{
	struct trunk_way *way = user;

	if (way->ct == ct)
		way->ct = NULL;
}

static const struct sip_ctrans_ops ct_ops = {
	.response = response,
	.timeout = timeout,
	.failed = failed,
	.ended = ended,
	.untold = true,
};

/* --- what is sent --- */

int trunk_way_send(struct trunk_way *way, struct sip_request *request, const char *note)
{
	const struct call_engine *engine = way->engine;

	request->to = way->to;
	way->ct = sip_ctrans_send(engine->stack, request, &ct_ops, way);
	if (!way->ct)
		return -ENOMEM;
	flow_note(engine->flows, sip_ctrans_mark(way->ct), note);
	/* The last one has all the time that a transaction has. */
	if (engine->cfg->failover_ms &&
	    (way->brief || (way->hop.engine && call_hop_has_next(&way->hop))))
		loop_timer_set(engine->loop, &way->silence, engine->cfg->failover_ms, on_silence);
	return 0;
}

static void on_resolved(struct call_hop *hop)
{
	struct trunk_way *way = hop->user;
	char why[2 * DNS_NAME_STRLEN + 64];

	if (call_hop_has_next(hop)) {
		send_to_next(way);
		return;
	}
	snprintf(why, sizeof(why), "%s is not resolved: %s", way->cfg->address.uri.host,
		 call_hop_why(hop));
	way->ops->failed(way->user, why);
}

void trunk_way_begin(struct trunk_way *way)
{
	const struct cfg_peer *peer = &way->cfg->address;

	if (!peer->uri.text) {
		if (call_peer_flow(way->realm, peer, &way->to))
			way->ops->failed(way->user, "no listener of its realm reaches it");
		else
			way->ops->send(way->user);
		return;
	}
	way->hop.user = way;
	if (call_hop_resolve(&way->hop, way->engine, way->realm, &peer->uri.where, on_resolved) !=
	    -EINPROGRESS)
		on_resolved(&way->hop);
}
