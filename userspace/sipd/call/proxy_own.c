// SPDX-License-Identifier: GPL-2.0-or-later
/* Which URIs name the proxy, by host or by maddr (RFC 3261 s.16.4, s.16.5). */
#include "call/proxy.h"

bool proxy_names_listener(const struct call_engine *engine, const struct sip_uri *uri)
{
	bool tls = view_ieq(uri->scheme, VIEW_LIT("sips"));
	uint16_t port = uri->port ? uri->port : tls ? 5061 : 5060;
	struct tp_addr addr;

	if (!tp_addr_parse(&addr, uri->host, port)) {
		tp_addr_set_port(&addr, port);
		if (call_is_own(engine, &addr))
			return true;
	}
	for (unsigned int i = 0; i < engine->nrealms; i++) {
		const struct call_realm *realm = &engine->realms[i];

		for (unsigned int j = 0; realm->cfg->advertise && j < realm->nlisteners; j++)
			if (view_ieq(realm->listeners[j].host, uri->host) &&
			    tp_addr_port(&realm->listeners[j].tp->local) == port)
				return true;
	}
	return false;
}

bool proxy_is_ours(const struct call_engine *engine, const struct sip_uri *ruri)
{
	return ruri->opaque.p || cfg_find_domain(engine->cfg, ruri->host) ||
	       proxy_names_listener(engine, ruri);
}

/* What the URI says of the listener that it is for, or means without a word. */
static bool is_for(const struct sip_uri *uri, const struct tp_listener *listener, uint16_t *port)
{
	bool sips = view_ieq(uri->scheme, VIEW_LIT("sips"));
	struct view proto = VIEW_LIT("udp");

	*port = uri->port ? uri->port : tp_default_port(listener->proto);
	if (sips && listener->proto != TP_TLS)
		return false;
	if (!sips) {
		sip_param(uri->params, VIEW_LIT("transport"), &proto);
		if (!view_ieq(proto, view_str(tp_proto_param(listener->proto))))
			return false;
	}
	return *port == tp_addr_port(&listener->local);
}

bool proxy_has_own_maddr(const struct call_engine *engine, const struct sip_uri *ruri,
			 const struct tp_flow *from)
{
	struct sip_uri named = { .scheme = ruri->scheme };

	return !ruri->opaque.p && sip_param(ruri->params, VIEW_LIT("maddr"), &named.host) &&
	       is_for(ruri, from->listener, &named.port) && proxy_is_ours(engine, &named);
}

/* A transport that the scheme means anyway may stay. */
static bool is_taken_out(struct view name, struct view value, bool sips)
{
	if (view_ieq(name, VIEW_LIT("transport")))
		return !view_ieq(value, sips ? VIEW_LIT("tcp") : VIEW_LIT("udp"));
	return view_ieq(name, VIEW_LIT("maddr"));
}

void proxy_write_without_maddr(struct sip_out *out, const struct sip_uri *ruri)
{
	const char *host_end = ruri->host.p + ruri->host.len;
	bool sips = view_ieq(ruri->scheme, VIEW_LIT("sips"));
	struct view rest = ruri->params, name, value;

	sip_out_view(out, (struct view){ ruri->scheme.p, (size_t)(host_end - ruri->scheme.p) });
	if (ruri->port == tp_default_port(sips ? TP_TLS : TP_UDP)) {
		sip_out_str(out, ":");
		sip_out_u32(out, ruri->port);
	}
	while (sip_uri_param_next(&rest, &name, &value)) {
		if (is_taken_out(name, value, sips))
			continue;
		sip_out_str(out, ";");
		sip_out_view(out, name);
		sip_out_str(out, value.p ? "=" : "");
		sip_out_view(out, value);
	}
}
