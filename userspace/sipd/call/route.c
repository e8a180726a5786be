// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/route.h"

#include <errno.h>
#include <stdlib.h>

#include "call/hide.h"
#include "call/registrar.h"
#include "call/treat_route.h"
#include "call/trunk.h"
#include "sip/dialog.h"

#define BINDING_NAME_MAX 40

/* Longer ones match no pattern: the caller chooses how much there is to match. */
#define MAX_USER 128

/* @user with its escapes resolved and, of a telephone number, without what is there to be read. */
static size_t plain_user(struct view user, bool number, char out[MAX_USER])
{
	size_t len = 0;

	for (size_t i = 0; i < user.len; i++) {
		char c = user.p[i];

		if (c == '%' && i + 2 < user.len && view_hex_digit(user.p[i + 1]) >= 0 &&
		    view_hex_digit(user.p[i + 2]) >= 0) {
			c = (char)(view_hex_digit(user.p[i + 1]) * 16 +
				   view_hex_digit(user.p[i + 2]));
			i += 2;
		} else if (number && strchr("-.()", c)) {
			continue;
		}
		if (len == MAX_USER)
			return MAX_USER + 1;
		out[len++] = c;
	}
	return len;
}

/* 1: it fits; 0; -ENOMEM */
static int fits(struct call_rule *rule, const char *user, size_t len)
{
	regmatch_t span = { .rm_so = 0, .rm_eo = (regoff_t)len };

	if (rule->any)
		return 1;
	if (len > MAX_USER)
		return 0;
	switch (regexec(&rule->match, user, 1, &span, REG_STARTEND)) {
	case 0:
		return 1;
	case REG_NOMATCH:
		return 0;
	default:
		return -ENOMEM;
	}
}

/* 0, -ENOENT, -ENOMEM */
static int find(struct call_settings *settings, const struct call_realm *realm,
		const struct sip_uri *ruri, unsigned int *index)
{
	const struct cfg *cfg = settings->cfg;
	char user[MAX_USER];
	size_t len;
	int ret;

	if (!cfg->nroutes)
		return -ENOENT;
	len = plain_user(call_hide_user(ruri), view_ieq(ruri->scheme, VIEW_LIT("tel")), user);
	for (unsigned int i = 0; i < cfg->nroutes; i++) {
		if (cfg->routes[i].from &&
		    cfg->routes[i].from != call_settings_realm(settings, realm))
			continue;
		ret = fits(&settings->rules[i], user, len);
		if (ret)
			*index = i;
		if (ret)
			return ret < 0 ? ret : 0;
	}
	return -ENOENT;
}

struct place {
	struct call_realm *realm;
	const struct cfg_peer *peer;
	const struct cfg_trunk *trunk; /* NULL: it is none */
	const char *label;
	uint16_t q;
	uint32_t no_answer_ms;
	enum cfg_redirect redirect;
	struct view routes;
};

/* The user of the INVITE there. @sips: it is for a sips URI. */
static struct view write_ruri(struct sip_out *out, struct view user, const struct cfg_peer *peer,
			      bool sips)
{
	size_t start = out->len;
	char text[TP_ADDR_STRLEN];

	sip_out_str(out, sips || peer->uri.where.sips ? "sips:" : "sip:");
	if (user.len) {
		sip_out_view(out, user);
		sip_out_str(out, "@");
	}
	sip_out_str(out, peer->uri.text ? peer->uri.target : tp_addr_format(&peer->addr, text));
	if (!peer->uri.text && !sips && tp_is_stream(peer->proto)) {
		sip_out_str(out, ";transport=");
		sip_out_str(out, tp_proto_word(peer->proto));
	}
	return (struct view){ out->p + start, out->len - start };
}

int call_peer_flow(const struct call_realm *realm, const struct cfg_peer *peer, struct tp_flow *to)
{
	const struct call_listener *listener = call_realm_listener(realm, peer->proto, &peer->addr);

	if (!listener)
		return -EAFNOSUPPORT;
	*to = (struct tp_flow){
		.listener = listener->tp,
		.remote = peer->addr,
		.any_proto = peer->any_proto,
	};
	if (peer->tls_name)
		to->name = tp_name_id(listener->tp->tp, peer->tls_name);
	return 0;
}

static int add(struct call_engine *engine, struct view user, struct view as_is,
	       const struct place *place, struct call_targets *targets)
{
	struct call_target_spec spec = {
		.realm = place->realm,
		.label = view_str(place->label),
		.q = place->q,
		.no_answer_ms = place->no_answer_ms,
		.redirect = place->redirect,
		.account = place->peer->account,
		.trunk = place->trunk,
		.routes = place->routes,
	};
	struct sip_out out;

	if (place->peer->uri.text)
		spec.where = &place->peer->uri.where;
	else if (call_peer_flow(place->realm, place->peer, &spec.to))
		return -EAFNOSUPPORT;
	sip_out_init(&out, engine->body, sizeof(engine->body));
	spec.ruri = as_is.p ? as_is : write_ruri(&out, user, place->peer, targets->sips);
	return call_targets_add(targets, &spec, NULL);
}

uint32_t call_chance(struct call_engine *engine, uint32_t n)
{
	char token[SIP_TOKEN_STRLEN];

	sip_token(engine->stack, 32, token);
	return (uint32_t)(strtoul(token, NULL, 16) % n);
}

/* As SRV records of one priority are (RFC 2782): each trunk's chance to be next is its weight's. */
static void order_by_weight(struct call_engine *engine, const struct cfg_trunk **trunks,
			    unsigned int count)
{
	for (unsigned int i = 0; i + 1 < count; i++) {
		const struct cfg_trunk *chosen;
		uint32_t sum = trunks[i]->weight, mark;
		unsigned int at = i;

		for (unsigned int j = i + 1; j < count; j++)
			sum += trunks[j]->weight;
		mark = call_chance(engine, sum);
		while (mark >= trunks[at]->weight)
			mark -= trunks[at++]->weight;
		chosen = trunks[at];
		memmove(&trunks[i + 1], &trunks[i], (at - i) * sizeof(*trunks));
		trunks[i] = chosen;
	}
}

static void order(struct call_engine *engine, struct call_settings *settings, unsigned int index,
		  const struct cfg_trunk **trunks)
{
	const struct cfg_route *route = &settings->cfg->routes[index];
	struct call_rule *rule = &settings->rules[index];

	for (unsigned int i = 0; i < route->nto; i++)
		trunks[i] = route->to[(rule->turn + i) % route->nto];
	if (route->strategy == CFG_ROUND_ROBIN)
		rule->turn = (rule->turn + 1) % route->nto;
	if (route->strategy == CFG_WEIGHT)
		order_by_weight(engine, trunks, route->nto);
}

static struct place place_of(struct call_engine *engine, const struct cfg_trunk *trunk)
{
	return (struct place){
		.realm = call_realm_of(engine, trunk->realm),
		.peer = &trunk->address,
		.trunk = trunk,
		.label = trunk->name,
		.q = CALL_Q_MAX,
		.no_answer_ms = trunk->no_answer_ms,
		.redirect = trunk->redirect,
	};
}

int call_route_trunk(struct call_engine *engine, const struct cfg_trunk *trunk, struct view user,
		     struct call_targets *targets)
{
	const struct place place = place_of(engine, trunk);

	if (!call_trunk_takes_calls(engine, trunk))
		return -EHOSTDOWN;
	return add(engine, user, VIEW_NONE, &place, targets);
}

/* Those that are down are left alone as long as the route has others. */
static bool takes_calls(const struct call_engine *engine, const struct cfg_route *route,
			const struct cfg_trunk *trunk)
{
	if (!call_trunk_takes_calls(engine, trunk) || !call_trunk_is_down(engine, trunk))
		return call_trunk_takes_calls(engine, trunk);
	for (unsigned int i = 0; i < route->nto; i++)
		if (call_trunk_takes_calls(engine, route->to[i]) &&
		    !call_trunk_is_down(engine, route->to[i]))
			return false;
	return true;
}

static int add_trunks(struct call_engine *engine, const struct sip_uri *ruri, struct view as_is,
		      unsigned int max, struct call_choice *choice)
{
	const struct cfg_route *route = choice->route;
	struct call_settings *settings = choice->settings;
	const struct cfg_trunk *trunks[CFG_MAX_ROUTE_TRUNKS];
	unsigned int count = 0;
	int ret, failed = 0;

	order(engine, settings, (unsigned int)(route - settings->cfg->routes), trunks);
	for (unsigned int i = 0; i < route->nto && count < max; i++) {
		struct place place = place_of(engine, trunks[i]);

		if (!takes_calls(engine, route, trunks[i])) {
			failed = failed ? failed : -EHOSTDOWN;
			continue;
		}
		if (route->strategy != CFG_PARALLEL)
			place.q = (uint16_t)(CALL_Q_MAX - i);
		ret = add(engine, call_hide_user(ruri), as_is, &place, &choice->targets);
		failed = ret ? ret : failed;
		count += !ret;
	}
	return count ? 0 : failed;
}

/* The first element of a Path (RFC 3327 s.5.2), or where the REGISTER came from. */
static void path_hop(struct view path, const struct tp_flow *flow, struct tp_flow *to)
{
	struct sip_nameaddr first;
	struct view element;

	*to = *flow;
	if (sip_list_next(&path, &element) && !sip_nameaddr_parse(&first, element))
		sip_dialog_next_hop(first.uri, flow, to);
}

/* To where the Contact says, for when the connection is gone. */
static void lead_by_contact(const struct registrar_target *binding, struct tp_flow *to)
{
	struct sip_uri contact;

	if (sip_uri_parse(&contact, binding->contact) ||
	    tp_addr_parse(&to->remote, sip_uri_target(&contact), 0))
		return;
	tp_addr_set_port(&to->remote,
			 contact.port ? contact.port : tp_default_port(to->listener->proto));
}

/* False: there is no way to it. */
static bool lead_to_binding(struct call_engine *engine, const struct registrar_target *binding,
			    struct call_target_spec *spec)
{
	struct tp_flow flow = {
		.listener = tp_listener_at(engine->tp, binding->flow.listener),
		.remote = binding->flow.remote,
		.conn = binding->flow.conn,
	};

	spec->to = flow;
	if (binding->path.len) {
		spec->routes = binding->path;
		path_hop(binding->path, &flow, &spec->to);
		return true;
	}
	spec->by_flow = true;
	spec->to.pinned = binding->flow.pinned;
	if (binding->lost)
		spec->to.conn = 0;
	if (tp_is_stream(flow.listener->proto) && !binding->flow.pinned)
		lead_by_contact(binding, &spec->to);
	return !binding->lost || !binding->flow.pinned;
}

/* What tells a user's phones apart, short enough for a ladder. */
static struct view name_of(struct view contact)
{
	const char *params = memchr(contact.p, ';', contact.len);

	if (params)
		contact.len = (size_t)(params - contact.p);
	if (contact.len > BINDING_NAME_MAX)
		contact.len = BINDING_NAME_MAX;
	return contact;
}

int call_route_bindings(struct call_engine *engine, const struct registrar_targets *bindings,
			struct call_targets *targets)
{
	const unsigned int before = targets->instances, count = targets->count;
	bool insecure = false;
	int ret = 0;

	for (unsigned int i = 0; i < bindings->count && !ret; i++) {
		const struct registrar_target *binding = &bindings->target[i];
		struct call_target_spec spec = {
			.ruri = binding->contact,
			.label = name_of(binding->contact),
			.q = binding->q,
			.hunted = true,
			.instance = binding->instance ? before + binding->instance : 0,
		};

		if (lead_to_binding(engine, binding, &spec))
			ret = call_targets_add(targets, &spec, NULL);
		insecure |= ret == -EPROTOTYPE;
		ret = ret == -EPROTOTYPE ? 0 : ret;
	}
	targets->instances = (uint16_t)(before + bindings->count);
	if (ret || targets->count > count)
		return ret;
	return insecure ? -EPROTOTYPE : -ENOTCONN;
}

/* Where the phones of @way's user are, or the one that a GRUU names. */
static int add_user(struct call_engine *engine, const struct call_way *way,
		    struct call_targets *targets)
{
	struct registrar_targets *bindings;
	int ret = registrar_lookup(engine->registrar, &way->aor, way->is_gruu ? &way->gruu : NULL,
				   &bindings);

	if (ret)
		return ret == -ENOENT ? -ESRCH : ret;
	ret = call_route_bindings(engine, bindings, targets);
	free(bindings);
	return ret;
}

/* Is it for a user of ours? */
static bool find_user(const struct call_engine *engine, const struct sip_uri *ruri,
		      struct call_way *way)
{
	int ret;

	if (!engine->registrar)
		return false;
	ret = gruu_read(&way->gruu, &way->aor, &engine->registrar->gruu_key, engine->cfg, ruri);
	way->is_gruu = ret > 0;
	ret = ret > 0 ? 0 : ret < 0 ? -EINVAL : aor_read(&way->aor, engine->cfg, ruri);
	if (ret == -ENOENT || (way->aor.domain && !way->aor.domain->registrar))
		return false;
	way->domain = way->aor.domain;
	way->user = ret ? NULL : way->aor.user;
	way->mode = way->domain->mode;
	return true;
}

static void lead_nowhere(struct call_way *way)
{
	way->domain = NULL;
	way->route = NULL;
	way->trunk = NULL;
	way->routes = VIEW_NONE;
}

/* By which route, or else by the next hop of @realm. As call_way_find(). */
static int find_out(struct call_settings *settings, const struct call_realm *realm,
		    const struct sip_uri *ruri, struct call_way *way)
{
	const struct cfg_realm *cfg = call_settings_realm(settings, realm);
	unsigned int index;
	int ret = find(settings, realm, ruri, &index);

	lead_nowhere(way);
	if (!ret) {
		way->route = &settings->cfg->routes[index];
		way->mode = way->route->mode;
		return 0;
	}
	if (ret != -ENOENT || !cfg->next_hop_realm)
		return ret;
	way->mode = cfg->next_hop_mode;
	return 0;
}

int call_way_find(struct call_engine *engine, const struct call_realm *realm,
		  const struct sip_uri *ruri, struct call_way *way)
{
	lead_nowhere(way);
	return find_user(engine, ruri, way) ? 0 : find_out(engine->settings, realm, ruri, way);
}

/* With the Route that a registration there has. */
static int lead_to_trunk(struct call_engine *engine, const struct call_way *way,
			 const struct sip_uri *ruri, struct view as_is, struct call_choice *choice)
{
	struct place place = place_of(engine, way->trunk);

	if (!call_trunk_takes_calls(engine, way->trunk))
		return -EHOSTDOWN;
	place.routes = way->routes;
	return add(engine, call_hide_user(ruri), as_is, &place, &choice->targets);
}

static int lead_out(struct call_engine *engine, const struct call_realm *realm,
		    const struct call_way *way, const struct sip_uri *ruri, struct view as_is,
		    unsigned int max, struct call_choice *choice)
{
	const struct cfg_realm *cfg = call_settings_realm(choice->settings, realm);

	choice->route = way->route;
	if (way->trunk)
		return lead_to_trunk(engine, way, ruri, as_is, choice);
	if (way->route)
		return add_trunks(engine, ruri, as_is, max, choice);
	return add(engine, call_hide_user(ruri), as_is,
		   &(struct place){
			   .realm = call_realm_of(engine, cfg->next_hop_realm),
			   .peer = &cfg->next_hop,
			   .label = "next hop",
			   .q = CALL_Q_MAX,
			   .redirect = cfg->next_hop_redirect,
			   .routes = way->routes,
		   },
		   &choice->targets);
}

static void begin(struct call_engine *engine, const struct sip_uri *ruri,
		  struct call_choice *choice)
{
	choice->settings = engine->settings;
	choice->targets = (struct call_targets){
		.sips = view_ieq(ruri->scheme, VIEW_LIT("sips")),
	};
	choice->route = NULL;
	choice->diversions = 0;
	choice->why[0] = '\0';
}

int call_way_targets(struct call_engine *engine, const struct call_realm *realm,
		     const struct call_way *way, const struct sip_uri *ruri, struct view as_is,
		     struct call_choice *choice)
{
	begin(engine, ruri, choice);
	if (way->domain)
		return way->user ? add_user(engine, way, &choice->targets) : -ESRCH;
	return lead_out(engine, realm, way, ruri, as_is, CFG_MAX_ROUTE_TRUNKS, choice);
}

int call_route_out(struct call_engine *engine, const struct call_realm *realm,
		   const struct sip_uri *ruri, unsigned int max, struct call_choice *choice)
{
	struct call_way way = { .routes = VIEW_NONE };
	int ret = find_out(choice->settings, realm, ruri, &way);

	return ret ? ret : lead_out(engine, realm, &way, ruri, VIEW_NONE, max, choice);
}

int call_route(struct call_engine *engine, const struct call_realm *realm,
	       const struct sip_msg *req, struct call_choice *choice)
{
	struct sip_uri ruri;
	struct call_way way;
	int ret;

	if (sip_uri_parse(&ruri, req->ruri))
		ruri.scheme = VIEW_NONE;
	begin(engine, &ruri, choice);
	if (!ruri.scheme.p)
		return -EBADMSG;
	ret = call_way_find(engine, realm, &ruri, &way);
	if (ret)
		return ret;
	/* Only calls are forwarded, and not those to one phone. */
	if (!way.domain || !way.user || way.is_gruu || req->method != SIP_INVITE)
		ret = call_way_targets(engine, realm, &way, &ruri, VIEW_NONE, choice);
	else {
		choice->diversions = call_history_count(req);
		ret = call_treat_enter(engine, &way.aor, choice);
	}
	if (ret)
		call_targets_clean(&choice->targets);
	return ret;
}
