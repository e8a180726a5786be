// SPDX-License-Identifier: GPL-2.0-or-later
/* Realms at work: sockets to listen on, media ranges, and where their calls go. */
#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "call/engine.h"

/* What takes the place of addresses of that family, or NULL. */
static const char *shown_host(const struct call_realm *realm, sa_family_t family)
{
	return realm->cfg->advertise_host.family == family ? realm->advertise : NULL;
}

static int listen_on(struct call_engine *engine, struct call_realm *realm,
		     const struct cfg_listen *listen, struct call_listener *listener)
{
	char text[TP_ADDR_STRLEN];
	const char *advertise;
	struct sip_out out;
	int ret;

	listener->realm = realm;
	ret = tp_listen(engine->tp, listen->proto, &listen->addr, listener, &listener->tp);
	if (ret) {
		log_error("realm %s: cannot listen on %s:%s: %s", realm->cfg->name,
			  tp_proto_name(listen->proto), tp_addr_format(&listen->addr, text),
			  strerror(-ret));
		return ret;
	}
	if (tp_is_tls(listen->proto))
		tp_listener_tls(listener->tp, realm->cfg->tls);
	advertise = shown_host(realm, listen->addr.sa.sa_family);
	listener->tp->advertise = advertise;
	sip_out_init(&out, listener->hostport_text, sizeof(listener->hostport_text));
	sip_out_str(&out, advertise ? advertise : tp_addr_host(&listener->tp->local, text));
	listener->host = sip_out_text(&out);
	sip_out_str(&out, ":");
	sip_out_u32(&out, tp_addr_port(&listener->tp->local));
	if (tp_is_stream(listen->proto)) {
		sip_out_str(&out, ";transport=");
		sip_out_str(&out, tp_proto_param(listen->proto));
	}
	listener->hostport = sip_out_text(&out);
	return sip_out_ok(&out) ? 0 : -EMSGSIZE;
}

/* What is too large for UDP goes from the same address, or at least from one of its family. */
static void find_stream(struct call_realm *realm, struct tp_listener *udp)
{
	for (unsigned int i = 0; i < realm->nlisteners; i++) {
		struct tp_listener *other = realm->listeners[i].tp;

		if (other->proto != TP_TCP || other->local.sa.sa_family != udp->local.sa.sa_family)
			continue;
		if (!udp->stream || tp_addr_same_host(&other->local, &udp->local))
			udp->stream = other;
	}
	if (udp->stream && tp_addr_same_host(&udp->stream->local, &udp->local))
		udp->stream->datagrams = udp;
}

static int add_media(struct call_engine *engine, struct call_realm *realm)
{
	const struct cfg_realm *cfg = realm->cfg;
	struct media_realm_config config = {
		.name = cfg->name,
		.address = cfg->media_address,
		.port_min = cfg->media_port_min,
		.port_max = cfg->media_port_max,
		.dscp = cfg->media_dscp,
		.learn = cfg->media_learn == CFG_LEARN_OFF ? MEDIA_LEARN_OFF : MEDIA_LEARN_ONCE,
	};

	if (cfg->advertise_host.family == cfg->media_address.family)
		config.advertise = cfg->advertise_host;
	return media_realm_add(engine->media, &config, &realm->media);
}

static int realm_init(struct call_engine *engine, struct call_realm *realm)
{
	const struct cfg_realm *cfg = realm->cfg;
	int ret;

	realm->name = strdup(cfg->name);
	if (!realm->name)
		return -ENOMEM;
	if (cfg->advertise) {
		realm->advertise = strdup(cfg->advertise);
		if (!realm->advertise)
			return -ENOMEM;
	}
	realm->listeners = calloc(cfg->nlisten ? cfg->nlisten : 1, sizeof(*realm->listeners));
	if (!realm->listeners)
		return -ENOMEM;
	for (unsigned int i = 0; i < cfg->nlisten; i++) {
		ret = listen_on(engine, realm, &cfg->listen[i], &realm->listeners[i]);
		if (ret)
			return ret;
		realm->nlisteners++;
	}
	for (unsigned int i = 0; i < realm->nlisteners; i++)
		if (realm->listeners[i].tp->proto == TP_UDP)
			find_stream(realm, realm->listeners[i].tp);
	return add_media(engine, realm);
}

int call_realms_alloc(struct call_engine *engine)
{
	const struct cfg *cfg = engine->cfg;
	int ret;

	engine->realms = calloc(cfg->nrealms ? cfg->nrealms : 1, sizeof(*engine->realms));
	if (!engine->realms)
		return -ENOMEM;
	for (unsigned int i = 0; i < cfg->nrealms; i++) {
		struct call_realm *realm = &engine->realms[i];

		realm->engine = engine;
		realm->cfg = &cfg->realms[i];
		engine->nrealms++;
		ret = realm_init(engine, realm);
		if (ret)
			return ret;
	}
	return 0;
}

void call_realms_free(struct call_engine *engine)
{
	for (unsigned int i = 0; i < engine->nrealms; i++) {
		free(engine->realms[i].listeners);
		free(engine->realms[i].advertise);
		free(engine->realms[i].name);
	}
	free(engine->realms);
}

const struct call_listener *call_realm_listener(const struct call_realm *realm, enum tp_proto proto,
						const struct tp_addr *remote)
{
	for (unsigned int i = 0; i < realm->nlisteners; i++) {
		const struct tp_listener *tp = realm->listeners[i].tp;

		if (tp->proto == proto && tp->local.sa.sa_family == remote->sa.sa_family)
			return &realm->listeners[i];
	}
	return NULL;
}

void call_each_peer(const struct cfg *cfg,
		    void (*cb)(void *arg, const struct cfg_realm *realm,
			       const struct tp_addr *peer),
		    void *arg)
{
	for (unsigned int i = 0; i < cfg->nrealms; i++)
		if (cfg->realms[i].next_hop_realm && !cfg->realms[i].next_hop.uri.text)
			cb(arg, cfg->realms[i].next_hop_realm, &cfg->realms[i].next_hop.addr);
	for (unsigned int i = 0; i < cfg->ntrunks; i++)
		if (!cfg->trunks[i].address.uri.text)
			cb(arg, cfg->trunks[i].realm, &cfg->trunks[i].address.addr);
}
