// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Record-Route of the proxy (RFC 3261 s.16.6 step 4). There are always two, one for each side (RFC
 * 5658 s.3.3): the user part of each is the flow that its side is reached by (RFC 5626 s.5.2), so
 * that requests in the dialog need no state here, find phones behind a NAT, and leave by the
 * listener that the first one left by. It is signed together with the Call-ID: who makes one up, or
 * uses that of another dialog, has nothing sent. A Path (RFC 3327) has the same two, signed for all
 * that is begun by whom it is left with (RFC 5626 s.5.1).
 */
#include "base/siphash.h"
#include "call/leg.h"
#include "call/proxy.h"

/* Octets of what is signed: listener, flags, start, TLS name, connection, port, address. */
#define FIXED (2 + 1 + 4 + 4 + 8 + 2)
#define MAC 8
#define MAX_TOKEN (FIXED + 16 + MAC)

#define FLAG_IPV6 1
#define FLAG_BY_FLOW 2
#define FLAG_ANY_PROTO 4
#define FLAGS 7

static uint8_t *put(uint8_t *p, uint64_t value, unsigned int octets)
{
	while (octets--)
		*p++ = (uint8_t)(value >> 8 * octets);
	return p;
}

static uint64_t get(const uint8_t **p, unsigned int octets)
{
	uint64_t value = 0;

	while (octets--)
		value = value << 8 | *(*p)++;
	return value;
}

static uint64_t sign(const struct call_engine *engine, const uint8_t *token, size_t len,
		     struct view scope)
{
	const struct siphash_key *key = &engine->cfg->proxy_key;

	return siphash_more(key, siphash(key, token, len), scope.p, scope.len);
}

static size_t pack(const struct call_engine *engine, uint8_t token[MAX_TOKEN],
		   const struct proxy_hop *hop)
{
	const struct tp_flow *flow = &hop->flow;
	bool ipv6 = flow->remote.sa.sa_family == AF_INET6;
	uint8_t *p = token;

	p = put(p, flow->listener->index, 2);
	p = put(p,
		(ipv6 ? FLAG_IPV6 : 0) | (hop->by_flow ? FLAG_BY_FLOW : 0) |
			(flow->any_proto ? FLAG_ANY_PROTO : 0),
		1);
	p = put(p, engine->cfg->proxy_start, 4);
	p = put(p, flow->name, 4);
	p = put(p, flow->conn, 8);
	p = put(p, tp_addr_port(&flow->remote), 2);
	if (ipv6)
		memcpy(p, &flow->remote.in6.sin6_addr, 16);
	else
		memcpy(p, &flow->remote.in.sin_addr, 4);
	return (size_t)(p - token) + (ipv6 ? 16 : 4);
}

static void write_uri(struct sip_out *out, struct call_engine *engine, struct view scope,
		      const struct proxy_hop *hop, bool sips, const char *end)
{
	const struct call_listener *listener = call_listener(&hop->flow);
	static const char digits[] = "0123456789abcdef";
	uint8_t token[MAX_TOKEN];
	size_t len = pack(engine, token, hop);
	char text[2 * MAX_TOKEN];

	put(token + len, sign(engine, token, len, scope), MAC);
	len += MAC;
	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digits[token[i] >> 4];
		text[2 * i + 1] = digits[token[i] & 15];
	}
	sip_out_str(out, sips ? "<sips:" : "<sip:");
	sip_out_view(out, (struct view){ text, 2 * len });
	sip_out_str(out, "@");
	call_write_hostport(out, listener, sips);
	sip_out_str(out, end);
}

void proxy_write_record_route(struct sip_out *out, struct call_engine *engine, struct view call_id,
			      const struct proxy_hop *out_hop, const struct proxy_hop *in_hop,
			      bool sips)
{
	sip_out_str(out, "Record-Route: ");
	write_uri(out, engine, call_id, out_hop, sips, ";lr>");
	sip_out_str(out, ",");
	write_uri(out, engine, call_id, in_hop, sips, ";lr>");
	sip_out_str(out, "\r\n");
}

void proxy_write_path(struct sip_out *out, struct call_engine *engine,
		      const struct proxy_hop *out_hop, const struct proxy_hop *in_hop, bool sips,
		      bool first)
{
	sip_out_str(out, "Path: ");
	write_uri(out, engine, PROXY_PATH, out_hop, sips, ";lr>");
	sip_out_str(out, ",");
	write_uri(out, engine, PROXY_PATH, in_hop, sips, first ? ";lr;ob>" : ";lr>");
	sip_out_str(out, "\r\n");
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Octets, 0: it is none. */
static size_t unhex(struct view text, uint8_t token[MAX_TOKEN])
{
	int high, low;

	if (text.len % 2 || text.len > (size_t)2 * MAX_TOKEN ||
	    text.len < (size_t)2 * (FIXED + 4 + MAC))
		return 0;
	for (size_t i = 0; i < text.len / 2; i++) {
		high = digit(text.p[2 * i]);
		low = digit(text.p[2 * i + 1]);
		if (high < 0 || low < 0)
			return 0;
		token[i] = (uint8_t)(high << 4 | low);
	}
	return text.len / 2;
}

/* It is signed: what it says has been written here, by this or an earlier configuration. */
static bool unpack(const struct call_engine *engine, const uint8_t *token, size_t len,
		   struct proxy_hop *hop)
{
	const uint8_t *p = token;
	uint8_t flags;
	uint16_t port;
	bool present;

	memset(hop, 0, sizeof(*hop));
	hop->flow.listener = tp_listener_at(engine->tp, (unsigned int)get(&p, 2));
	flags = (uint8_t)get(&p, 1);
	if (!hop->flow.listener || flags & ~FLAGS ||
	    len != (flags & FLAG_IPV6 ? FIXED + 16 : FIXED + 4))
		return false;
	hop->by_flow = flags & FLAG_BY_FLOW;
	hop->flow.any_proto = flags & FLAG_ANY_PROTO;
	present = get(&p, 4) == engine->cfg->proxy_start;
	hop->flow.name = (uint32_t)get(&p, 4);
	hop->flow.conn = get(&p, 8);
	/* Numbers of an earlier process mean something else in this one. */
	if (!present) {
		hop->flow.name = 0;
		hop->flow.conn = 0;
	}
	port = (uint16_t)get(&p, 2);
	if (flags & FLAG_IPV6) {
		hop->flow.remote.in6.sin6_family = AF_INET6;
		memcpy(&hop->flow.remote.in6.sin6_addr, p, 16);
	} else {
		hop->flow.remote.in.sin_family = AF_INET;
		memcpy(&hop->flow.remote.in.sin_addr, p, 4);
	}
	tp_addr_set_port(&hop->flow.remote, port);
	return hop->flow.listener->local.sa.sa_family == hop->flow.remote.sa.sa_family;
}

bool proxy_read_token(const struct call_engine *engine, struct view uri, struct view scope,
		      struct proxy_hop *hop)
{
	uint8_t token[MAX_TOKEN];
	const uint8_t *mac;
	struct sip_uri parsed;
	size_t len;

	if (sip_uri_parse(&parsed, uri))
		return false;
	len = unhex(parsed.user, token);
	if (!len)
		return false;
	len -= MAC;
	mac = token + len;
	return get(&mac, MAC) == sign(engine, token, len, scope) && unpack(engine, token, len, hop);
}
