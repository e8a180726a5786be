// SPDX-License-Identifier: GPL-2.0-or-later
/* How names are resolved, and peers that have one. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/check.h"
#include "config/value.h"
#include "sip/msg.h"

#define DNS_PORT 53
#define DEFAULT_ATTEMPTS 2
#define MAX_ATTEMPTS 10

static void check_servers(struct cfg_check *check, const struct raw_dns *raw)
{
	struct dns_config *dns = &check->cfg->dns;

	for (unsigned int i = 0; i < raw->nservers && i < DNS_MAX_SERVERS; i++) {
		struct tp_addr *server = &dns->servers[i];

		if (!tp_addr_parse(server, view_str(raw->servers[i]), DNS_PORT) &&
		    tp_addr_port(server) && cfg_addr_is_host(server))
			continue;
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "dns.servers[%u]", i),
			    "\"%s\" is no address of a DNS server; write it in numbers, such as "
			    "192.0.2.53",
			    raw->servers[i]);
	}
	dns->nservers = raw->nservers;
}

void cfg_check_dns(struct cfg_check *check)
{
	static const struct raw_dns none;
	const struct raw_dns *raw = check->raw->dns ? check->raw->dns : &none;
	struct dns_config *dns = &check->cfg->dns;
	uint32_t min_ms, max_ms, negative_ms;
	const struct cfg_duration rules[] = {
		{ "timeout", raw->timeout, &dns->timeout_ms, 1000, 50, 30000 },
		{ "min-ttl", raw->min_ttl, &min_ms, 5000, 1000, 3600000 },
		{ "max-ttl", raw->max_ttl, &max_ms, 3600000, 1000, 604800000 },
		{ "max-negative-ttl", raw->max_negative_ttl, &negative_ms, 60000, 1000, 3600000 },
		{ "serve-stale", raw->serve_stale, &dns->cache.stale_ms, 3600000, 0, 604800000 },
		{ "avoid-failed", raw->avoid_failed, &dns->dead_ms, 60000, 1000, 3600000 },
	};

	check_servers(check, raw);
	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		cfg_check_duration(check, "dns", &rules[i]);
	dns->cache.min_ttl_s = min_ms / 1000;
	dns->cache.max_ttl_s = max_ms / 1000;
	dns->cache.max_negative_ttl_s = negative_ms / 1000;
	if (max_ms < min_ms)
		cfg_mistake(check->report,
			    cfg_tree_pos(check->tree, raw->max_ttl ? "dns.max-ttl" : "dns.min-ttl"),
			    "max-ttl (%u s) is less than min-ttl (%u s); make it at least as long",
			    dns->cache.max_ttl_s, dns->cache.min_ttl_s);
	dns->attempts = raw->attempts ? *raw->attempts : DEFAULT_ATTEMPTS;
	if (!dns->attempts || dns->attempts > MAX_ATTEMPTS)
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "dns.attempts"),
			    "attempts cannot be %u; choose 1 to %u", dns->attempts, MAX_ATTEMPTS);
}

/* --- peers ---------------------------------------------------------------------------------- */

/* The only parameter that means something here is transport. */
static bool read_transport(struct view params, struct dns_where *where)
{
	struct view value;

	if (!params.len)
		return true;
	return sip_param(params, VIEW_LIT("transport"), &value) &&
	       params.len == sizeof("transport=") - 1 + value.len &&
	       dns_where_transport(where, value);
}

static bool is_host(struct view host)
{
	char name[DNS_NAME_STRLEN];
	struct tp_addr addr;

	if (!tp_addr_parse(&addr, host, DNS_PORT))
		return cfg_addr_is_host(&addr);
	return !dns_name_normalize(host.p, host.len, name);
}

static bool parse_uri(const char *text, struct sip_uri *uri, struct dns_where *where)
{
	if (sip_uri_parse(uri, view_str(text)))
		return false;
	where->sips = view_ieq(uri->scheme, VIEW_LIT("sips"));
	where->port = uri->port;
	if (!where->sips && !view_ieq(uri->scheme, VIEW_LIT("sip")))
		return false;
	return !uri->user.len && !uri->password.len && !uri->headers.len && is_host(uri->host) &&
	       read_transport(uri->params, where);
}

static bool listens_on(const struct cfg_realm *realm, enum tp_proto proto)
{
	for (unsigned int i = 0; i < realm->nlisten; i++)
		if (realm->listen[i].proto == proto)
			return true;
	return false;
}

static int keep_uri(struct cfg_uri *uri, const char *text, const struct sip_uri *parsed)
{
	struct view host = parsed->host;

	if (host.len > 2 && host.p[0] == '[') {
		host.p++;
		host.len -= 2;
	}
	uri->text = strdup(text);
	uri->host = view_dup(host);
	uri->target = strdup(strchr(text, ':') + 1);
	uri->where.host = uri->host;
	return uri->text && uri->host && uri->target ? 0 : -ENOMEM;
}

int cfg_check_uri(struct cfg_check *check, const struct cfg_place *place, struct cfg_uri *uri)
{
	struct cfg_pos pos = cfg_tree_pos(check->tree, "%s.uri", place->path);
	struct sip_uri parsed;
	enum tp_proto proto;

	if (!parse_uri(place->uri, &parsed, &uri->where))
		cfg_mistake(check->report, pos,
			    "%s uri cannot be \"%s\"; write sip:HOST or sips:HOST, and if need be "
			    ":PORT and ;transport=udp, tcp or tls (sips: not udp)",
			    place->kind, place->uri);
	else if (place->via && dns_where_needs(&uri->where, &proto) &&
		 !listens_on(place->via, proto))
		cfg_mistake(check->report, pos,
			    "realm \"%s\" does not listen on %s, which \"%s\" needs; add it",
			    place->via->name, tp_proto_word(proto), place->uri);
	else
		return keep_uri(uri, place->uri, &parsed);
	return -EINVAL;
}
