// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The Route of a phone for which sipd is the edge proxy: it may be the Service-Route that came with
 * the 200 to its REGISTER (RFC 3608 s.6.1), and goes on to who gave it.
 */
#include "call/leg.h"
#include "call/proxy.h"
#include "call/service_routes.h"

/* What a registrar does not say, and the most that it is believed. */
#define PRESET_S 3600
#define MAX_S 604800

static struct service_route_hash begin(const struct call_engine *engine,
				       const struct tp_flow *phone)
{
	struct service_route_hash hash;

	service_route_begin(engine->service_routes, &hash, call_listener(phone)->realm->cfg->name,
			    &phone->remote);
	return hash;
}

/* All of @list but what names us before the others, to @out, too, if there is one. */
static bool add(const struct call_engine *engine, struct service_route_hash *hash, struct view list,
		struct sip_out *out)
{
	struct sip_nameaddr addr;
	struct view element;
	struct sip_uri uri;

	while (sip_list_next(&list, &element)) {
		if (!element.len)
			continue;
		if (sip_nameaddr_parse(&addr, element) || sip_uri_parse(&uri, addr.uri))
			return false;
		if (!hash->uris && proxy_names_listener(engine, &uri))
			continue;
		if (out)
			sip_out_str(out, hash->uris ? "," : "");
		if (out)
			sip_out_view(out, element);
		service_route_add(engine->service_routes, hash, addr.uri);
	}
	return true;
}

static uint32_t read_seconds(struct view text, uint32_t preset)
{
	uint32_t seconds;

	return view_to_u32(text, MAX_S, &seconds) ? preset : seconds;
}

/* The longest that a binding lasts, as it is not said which one is new; 0: there is none. */
static uint32_t lasts_s(const struct sip_msg *response)
{
	const struct sip_header *header = sip_msg_named(response, VIEW_LIT("Expires"));
	uint32_t preset = header ? read_seconds(header->value, PRESET_S) : PRESET_S;
	uint32_t longest = 0, seconds;
	struct view rest, element, value;
	struct sip_nameaddr addr;

	header = NULL;
	while ((header = sip_msg_header(response, SIP_HDR_CONTACT, header))) {
		rest = header->value;
		while (sip_list_next(&rest, &element)) {
			if (sip_nameaddr_parse(&addr, element))
				continue;
			seconds = preset;
			if (sip_param(addr.params, VIEW_LIT("expires"), &value))
				seconds = read_seconds(value, preset);
			longest = seconds > longest ? seconds : longest;
		}
	}
	return longest;
}

/* By whom and from where; To of a 200 is that of its REGISTER. */
static uint64_t registration_of(const struct proxy *proxy, const struct sip_msg *response)
{
	struct service_route_hash hash = begin(proxy->engine, &proxy->from);

	service_route_add(proxy->engine->service_routes, &hash, response->to.uri);
	return hash.hash;
}

/* Who has redirected it is asked again, not the one whom he named. */
static uint64_t place_of(const struct proxy_branch *branch)
{
	const struct call_target *target = branch->target;

	while (target->from)
		target = target->from;
	return target->trunk ? service_route_place(branch->proxy->engine->service_routes,
						   target->trunk->name) :
			       0;
}

void proxy_learn_service_route(const struct proxy_branch *branch, const struct sip_msg *response)
{
	const struct proxy *proxy = branch->proxy;
	struct call_engine *engine = proxy->engine;
	struct service_route_grant grant = {
		.registration = registration_of(proxy, response),
		.route = begin(engine, &proxy->from),
		.place = place_of(branch),
		.lasts_s = lasts_s(response),
	};

	for (unsigned int i = 0; i < response->nheaders; i++) {
		if (!view_ieq(response->headers[i].name, VIEW_LIT("Service-Route")) ||
		    add(engine, &grant.route, response->headers[i].value, NULL))
			continue;
		grant.route.uris = 0;
		break;
	}
	service_routes_set(engine->service_routes, &grant, loop_now_ms(engine->loop));
}

/* Does the configuration still send there what comes from @realm, as a proxy? */
static bool leads_to(const struct cfg *cfg, const struct cfg_realm *realm,
		     const struct cfg_trunk *trunk)
{
	for (unsigned int i = 0; i < cfg->nroutes; i++) {
		const struct cfg_route *route = &cfg->routes[i];

		if (route->mode != CFG_MODE_PROXY || (route->from && route->from != realm))
			continue;
		for (unsigned int j = 0; j < route->nto; j++)
			if (route->to[j] == trunk)
				return true;
	}
	return false;
}

static bool find_place(const struct call_engine *engine, const struct cfg_realm *realm,
		       uint64_t place, struct call_way *way)
{
	const struct cfg *cfg = engine->cfg;

	if (!place)
		return realm->next_hop_realm && realm->next_hop_mode == CFG_MODE_PROXY;
	for (unsigned int i = 0; i < cfg->ntrunks; i++) {
		if (service_route_place(engine->service_routes, cfg->trunks[i].name) != place)
			continue;
		way->trunk = &cfg->trunks[i];
		return leads_to(cfg, realm, way->trunk);
	}
	return false;
}

bool proxy_read_service_route(const struct call_engine *engine, const struct sip_msg *req,
			      const struct tp_flow *from, struct sip_out *routes,
			      struct call_way *way)
{
	const struct call_realm *realm = call_listener(from)->realm;
	struct service_route_hash hash = begin(engine, from);
	const struct sip_header *header = NULL;
	uint64_t place;

	if (!realm->cfg->path || req->method == SIP_REGISTER)
		return false;
	while ((header = sip_msg_header(req, SIP_HDR_ROUTE, header)))
		if (!add(engine, &hash, header->value, routes))
			return false;
	if (!sip_out_ok(routes) ||
	    !service_routes_know(engine->service_routes, &hash, loop_now_ms(engine->loop), &place))
		return false;
	*way = (struct call_way){ .mode = CFG_MODE_PROXY, .routes = sip_out_text(routes) };
	return find_place(engine, call_settings_realm(engine->settings, realm), place, way);
}
