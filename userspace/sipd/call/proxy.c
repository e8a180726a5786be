// SPDX-License-Identifier: GPL-2.0-or-later
/* What the proxy takes, and what it refuses (RFC 3261 s.16.3 to s.16.5, s.16.10). */
#include "call/proxy.h"

#include <errno.h>
#include <stdio.h>

#include "call/auth.h"
#include "call/exchange.h"
#include "call/leg.h"

static void refuse(struct call_engine *engine, struct sip_strans *st, int status,
		   const struct sip_out *lines)
{
	call_note_refused(engine, st, status, lines);
	call_answer_bare(st, status, lines);
}

/* --- requests that begin something ---------------------------------------------------------- */

/*
 * Only Routes that name us may be there, as of phones that have been told us as their outbound
 * proxy: all others would have us send what strangers want to where they want it.
 */
static bool has_foreign_route(const struct call_engine *engine, const struct sip_msg *req)
{
	const struct sip_header *header = NULL;
	struct view rest, element;
	struct sip_nameaddr addr;
	struct sip_uri uri;

	while ((header = sip_msg_header(req, SIP_HDR_ROUTE, header))) {
		rest = header->value;
		while (sip_list_next(&rest, &element))
			if (element.len &&
			    (sip_nameaddr_parse(&addr, element) || sip_uri_parse(&uri, addr.uri) ||
			     !proxy_names_listener(engine, &uri)))
				return true;
	}
	return false;
}

/* 0 or the status that refuses it. */
static int screen(struct call_engine *engine, const struct sip_msg *req, const struct tp_flow *from,
		  const struct call_way *way, uint64_t loop, struct sip_out *lines)
{
	if (!call_scheme_ok(req->ruri, from))
		return 416;
	if (!req->max_forwards)
		return 483;
	if (proxy_is_loop(req, loop)) {
		call_write_warning(lines, from, 399, "The request has been here: a loop");
		return 482;
	}
	if (!way->routes.p && has_foreign_route(engine, req)) {
		call_write_warning(lines, from, 399, "Route leads to where nothing is sent");
		return 403;
	}
	return 0;
}

static bool begins_dialog(enum sip_method method)
{
	return method != SIP_REGISTER && method != SIP_MESSAGE && method != SIP_OPTIONS &&
	       method != SIP_PUBLISH;
}

/* Of who can be reached again by it alone (RFC 3327 s.5.2). */
static bool leaves_path(const struct call_realm *realm, const struct sip_msg *req)
{
	return req->method == SIP_REGISTER && realm->cfg->path &&
	       sip_names_option(req, SIP_HDR_SUPPORTED, VIEW_LIT("path"));
}

static void name_way(const struct call_realm *realm, const struct call_way *way,
		     const char *name[2])
{
	name[0] = "";
	name[1] = call_settings_way(realm->engine->settings, realm);
	if (way->routes.p) {
		name[1] = "Service-Route";
	} else if (way->domain) {
		name[0] = "domain ";
		name[1] = way->domain->name;
	} else if (way->route) {
		name[0] = "route ";
		name[1] = way->route->match ? way->route->match : "for any user";
	}
}

static void forward(struct call_engine *engine, struct sip_strans *st, const struct sip_msg *req,
		    const struct tp_flow *from, const struct call_way *way,
		    struct call_choice *choice, uint64_t loop)
{
	struct proxy *proxy = proxy_alloc(engine, st, req, from);

	if (!proxy) {
		call_targets_clean(&choice->targets);
		call_answer_bare(st, 500, NULL);
		return;
	}
	proxy->targets = choice->targets;
	proxy->failover = choice->route ? &choice->route->failover : NULL;
	proxy->loop = loop;
	proxy->breadth = proxy_read_breadth(req);
	proxy->record = begins_dialog(req->method);
	proxy->path = leaves_path(call_listener(from)->realm, req);
	proxy->learns = req->method == SIP_REGISTER && call_listener(from)->realm->cfg->path;
	name_way(call_listener(from)->realm, way, proxy->way);
	proxy_start(proxy, req);
}

/* @text is @ruri. */
static void take(struct call_engine *engine, struct sip_strans *st, const struct sip_msg *req,
		 const struct tp_flow *from, const struct call_way *way, const struct sip_uri *ruri,
		 struct view text)
{
	struct call_realm *realm = call_listener(from)->realm;
	bool as_is = way->routes.p ||
		     (!proxy_is_ours(engine, ruri) && way->mode != CFG_MODE_REDIRECT);
	uint64_t loop = proxy_loop(engine, req, from);
	struct sip_out lines = call_headers(engine);
	struct call_choice choice;
	int status, err;

	status = screen(engine, req, from, way, loop, &lines);
	/* Who only redirects passes over what he does not understand (s.8.3). */
	if (!status && way->mode == CFG_MODE_PROXY)
		status = call_screen_proxy_require(req, &lines);
	if (!status)
		status = call_admit(engine, st, req, from, &lines);
	if (status) {
		refuse(engine, st, status, &lines);
		return;
	}
	err = call_way_targets(engine, realm, way, ruri, as_is ? text : VIEW_NONE, &choice);
	if (err) {
		refuse(engine, st, call_screen_route(err, engine, from, &lines), &lines);
		return;
	}
	if (way->mode == CFG_MODE_PROXY) {
		forward(engine, st, req, from, way, &choice, loop);
		return;
	}
	redirect_answer(engine, st, req, &choice.targets);
	call_targets_clean(&choice.targets);
}

/* What a registrar keeps for its own domains, whatever their mode. */
static bool is_registration(const struct call_engine *engine, const struct sip_msg *req,
			    const struct sip_uri *ruri)
{
	return req->method == SIP_REGISTER && engine->registrar && proxy_is_ours(engine, ruri);
}

/* As if @text were the Request-URI. */
static bool take_for(struct call_engine *engine, struct sip_strans *st, const struct sip_msg *req,
		     const struct tp_flow *from, struct view text)
{
	struct call_realm *realm = call_listener(from)->realm;
	struct call_way way = { .mode = CFG_MODE_B2BUA };
	struct sip_uri ruri;

	if (sip_uri_parse(&ruri, text) || is_registration(engine, req, &ruri))
		return false;
	/* What is said to us ourselves, such as an OPTIONS that asks whether we live. */
	if (!ruri.opaque.p && !ruri.user.len && proxy_is_ours(engine, &ruri))
		return false;
	/* The last hop answers an OPTIONS for whom it was meant (s.16.3 step 3). */
	if (req->method == SIP_OPTIONS && !req->max_forwards)
		return false;
	if (call_way_find(engine, realm, &ruri, &way) || way.mode == CFG_MODE_B2BUA)
		return false;
	take(engine, st, req, from, &way, &ruri, text);
	return true;
}

static bool take_without_maddr(struct call_engine *engine, struct sip_strans *st,
			       const struct sip_msg *req, const struct tp_flow *from,
			       const struct sip_uri *ruri)
{
	char text[SIP_MAX_MESSAGE];
	struct sip_out out;

	sip_out_init(&out, text, sizeof(text));
	proxy_write_without_maddr(&out, ruri);
	return take_for(engine, st, req, from, sip_out_text(&out));
}

/* --- in dialogs ----------------------------------------------------------------------------- */

/* Where a request in a dialog goes, by what its first one has left in Record-Route. */
struct way {
	struct proxy_hop in, out; /* the side that it comes from, and the one that it goes to */
	struct view ruri;
	struct sip_out routes; /* those that are left */
};

/* All Routes as one list. A strict router's has the Request-URI last (s.16.4). */
static void collect_routes(const struct sip_msg *req, bool strict, struct way *way)
{
	const struct sip_header *header = NULL;
	struct view rest, element, last = VIEW_NONE;
	struct sip_nameaddr addr;

	way->ruri = req->ruri;
	while ((header = sip_msg_header(req, SIP_HDR_ROUTE, header))) {
		rest = header->value;
		while (sip_list_next(&rest, &element)) {
			if (!element.len)
				continue;
			if (last.len) {
				if (way->routes.len)
					sip_out_str(&way->routes, ",");
				sip_out_view(&way->routes, last);
			}
			last = element;
		}
	}
	if (strict && last.len && !sip_nameaddr_parse(&addr, last)) {
		way->ruri = addr.uri;
	} else if (last.len) {
		if (way->routes.len)
			sip_out_str(&way->routes, ",");
		sip_out_view(&way->routes, last);
	}
}

/* Takes a Route of ours off the beginning. */
static bool take_own(const struct call_engine *engine, struct view scope, struct view *routes,
		     struct proxy_hop *hop)
{
	struct view rest = *routes, element;
	struct sip_nameaddr addr;

	if (!sip_list_next(&rest, &element) || sip_nameaddr_parse(&addr, element) ||
	    !proxy_read_token(engine, addr.uri, scope, hop))
		return false;
	*routes = view_trim(rest);
	return true;
}

/* @scope: the Call-ID or PROXY_PATH. @buf holds the routes. */
static bool find_way(const struct call_engine *engine, const struct sip_msg *req, struct view scope,
		     char *buf, size_t size, struct way *way, struct view *routes)
{
	bool strict = proxy_read_token(engine, req->ruri, scope, &way->in);
	const struct sip_header *first;

	if (!strict && !sip_msg_header(req, SIP_HDR_ROUTE, NULL))
		return false;
	first = sip_msg_header(req, SIP_HDR_ROUTE, NULL);
	if (!strict && !sip_msg_header(req, SIP_HDR_ROUTE, first)) {
		way->ruri = req->ruri;
		*routes = first->value;
	} else {
		sip_out_init(&way->routes, buf, size);
		collect_routes(req, strict, way);
		if (!sip_out_ok(&way->routes))
			return false;
		*routes = sip_out_text(&way->routes);
	}
	if (!strict && !take_own(engine, scope, routes, &way->in))
		return false;
	return take_own(engine, scope, routes, &way->out);
}

/*
 * To the next Route or the Request-URI, if that is an address that who is there may send us to;
 * names lead to where the first request went.
 */
static void next_hop(const struct way *way, struct view routes, struct tp_flow *to)
{
	struct view top;
	struct sip_nameaddr addr;

	if (sip_list_next(&routes, &top) && !sip_nameaddr_parse(&addr, top))
		sip_dialog_next_hop(addr.uri, &way->out.flow, to);
	else if (way->out.by_flow)
		*to = way->out.flow;
	else
		sip_dialog_next_hop(way->ruri, &way->out.flow, to);
}

static struct call_target_spec spec_of(const struct way *way, struct view routes)
{
	struct call_target_spec spec = {
		.ruri = way->ruri,
		.routes = routes,
		.label = VIEW_LIT("dialog"),
		.q = CALL_Q_MAX,
		.redirect = CFG_REDIRECT_PASS,
	};

	next_hop(way, routes, &spec.to);
	return spec;
}

/* Does it come from the realm that its side of the dialog is in? */
static bool is_from(const struct tp_flow *from, const struct way *way)
{
	return call_listener(from)->realm == call_listener(&way->in.flow)->realm;
}

/* 0 or the status that refuses it. */
static int screen_way(const struct sip_msg *req, const struct tp_flow *from, const struct way *way,
		      uint64_t loop, struct sip_out *lines)
{
	if (!is_from(from, way))
		return 403;
	if (!req->max_forwards)
		return 483;
	if (proxy_is_loop(req, loop))
		return 482;
	return call_screen_proxy_require(req, lines);
}

/* @by_path: by a Path; else in a dialog. */
static void carry_on(struct call_engine *engine, struct sip_strans *st, const struct sip_msg *req,
		     const struct tp_flow *from, const struct call_target_spec *spec, uint64_t loop,
		     bool by_path)
{
	struct proxy *proxy = proxy_alloc(engine, st, req, from);

	if (!proxy) {
		call_answer_bare(st, 500, NULL);
		return;
	}
	proxy->way[0] = "";
	proxy->way[1] = by_path ? "Path" : "Record-Route";
	proxy->by_path = by_path;
	proxy->record = by_path && begins_dialog(req->method);
	proxy->loop = loop;
	proxy->breadth = proxy_read_breadth(req);
	if (call_targets_add(&proxy->targets, spec, NULL))
		proxy_best_send(proxy);
	else
		proxy_start(proxy, req);
}

bool call_proxy_take_in_dialog(struct call_engine *engine, struct sip_strans *st,
			       const struct sip_msg *req, const struct tp_flow *from)
{
	struct sip_out lines = call_headers(engine);
	struct call_target_spec spec;
	struct view routes;
	struct way way;
	uint64_t loop;
	int status;

	if (!find_way(engine, req, req->call_id, engine->body, sizeof(engine->body), &way, &routes))
		return false;
	loop = proxy_loop(engine, req, from);
	status = screen_way(req, from, &way, loop, &lines);
	if (status) {
		refuse(engine, st, status, &lines);
		return true;
	}
	spec = spec_of(&way, routes);
	carry_on(engine, st, req, from, &spec, loop, false);
	return true;
}

/* --- to who has registered past us --- */

/* To the flow that he came by, wherever his Contact is (RFC 5626 s.5.3). */
static struct call_target_spec spec_of_path(const struct way *way, struct view routes)
{
	struct call_target_spec spec = {
		.to = way->out.flow,
		.ruri = way->ruri,
		.routes = routes,
		.label = VIEW_LIT("flow"),
		.q = CALL_Q_MAX,
		.redirect = CFG_REDIRECT_PASS,
		.by_flow = true,
	};

	spec.to.pinned = tp_is_stream(spec.to.listener->proto);
	return spec;
}

static bool take_by_path(struct call_engine *engine, struct sip_strans *st,
			 const struct sip_msg *req, const struct tp_flow *from)
{
	struct sip_out lines = call_headers(engine);
	struct call_target_spec spec;
	struct view routes;
	struct way way;
	uint64_t loop;
	int status;

	if (!find_way(engine, req, PROXY_PATH, engine->body, sizeof(engine->body), &way, &routes))
		return false;
	loop = proxy_loop(engine, req, from);
	status = screen_way(req, from, &way, loop, &lines);
	if (!status && call_is_sips(way.ruri) && !tp_is_tls(way.out.flow.listener->proto))
		status = call_screen_route(-EPROTOTYPE, engine, from, &lines);
	if (!status)
		status = call_admit(engine, st, req, from, &lines);
	if (status) {
		refuse(engine, st, status, &lines);
		return true;
	}
	spec = spec_of_path(&way, routes);
	carry_on(engine, st, req, from, &spec, loop, true);
	return true;
}

/* To where his REGISTER went, whatever the Request-URI is: there the Route came from. */
static bool take_by_service_route(struct call_engine *engine, struct sip_strans *st,
				  const struct sip_msg *req, const struct tp_flow *from)
{
	char text[SIP_MAX_MESSAGE];
	struct sip_out routes;
	struct call_way way;
	struct sip_uri ruri;

	sip_out_init(&routes, text, sizeof(text));
	if (sip_uri_parse(&ruri, req->ruri) ||
	    !proxy_read_service_route(engine, req, from, &routes, &way))
		return false;
	take(engine, st, req, from, &way, &ruri, req->ruri);
	return true;
}

bool call_proxy_take(struct call_engine *engine, struct sip_strans *st, const struct sip_msg *req,
		     const struct tp_flow *from)
{
	struct sip_uri ruri;

	if (take_by_path(engine, st, req, from) || take_by_service_route(engine, st, req, from))
		return true;
	if (!sip_uri_parse(&ruri, req->ruri) && proxy_has_own_maddr(engine, &ruri, from))
		return take_without_maddr(engine, st, req, from, &ruri);
	return take_for(engine, st, req, from, req->ruri);
}

/* Without a transaction: who sent it repeats it, if the 2xx comes again (s.16.11). */
bool call_proxy_take_ack(struct call_engine *engine, const struct sip_msg *ack,
			 const struct tp_flow *from)
{
	struct proxy_write write = { .req = ack, .from = from };
	struct call_targets targets = { 0 };
	struct call_target_spec spec;
	struct call_identity identity;
	struct sip_request request;
	struct view routes;
	struct way way;

	if (!engine->cfg->modes || !ack->to.tag.p ||
	    !find_way(engine, ack, ack->call_id, engine->body, sizeof(engine->body), &way, &routes))
		return false;
	call_trace_ack(engine, NULL, ack, from);
	write.loop = proxy_loop(engine, ack, from);
	if (!is_from(from, &way) || !ack->max_forwards || proxy_is_loop(ack, write.loop))
		return true;
	spec = spec_of(&way, routes);
	if (call_targets_add(&targets, &spec, NULL))
		return true;
	write.target = call_targets_take(&targets, NULL);
	identity = proxy_identity(engine, engine->settings, ack, from, write.target);
	write.identity = &identity;
	if (!proxy_write_request(engine, &write, &request))
		sip_send_ack(engine->stack, &request, NULL);
	call_targets_clean(&targets);
	/* It has received what was sent to that address. */
	if (engine->hooks->proven && tp_addr_same_host(&from->remote, &way.in.flow.remote))
		engine->hooks->proven(engine->hooks_arg, from, CALL_HAS_CALLED, CALL_PROVEN_S);
	return true;
}
