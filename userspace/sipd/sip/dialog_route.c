// SPDX-License-Identifier: GPL-2.0-or-later
/* Where requests in a dialog go, and their head (RFC 3261 s.12.2.1.1). */
#include "sip/dialog.h"

#include <arpa/inet.h>

static bool in_net(uint32_t address, uint32_t net, unsigned int bits)
{
	return (address ^ net) >> (32 - bits) == 0;
}

/* RFC 1918, RFC 6598, RFC 3927; RFC 4193 and link-local of IPv6. */
static bool is_private(const struct tp_addr *addr)
{
	const uint8_t *a = addr->in6.sin6_addr.s6_addr;
	uint32_t v4;

	if (addr->sa.sa_family == AF_INET6)
		return (a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0xc0) == 0x80);
	v4 = ntohl(addr->in.sin_addr.s_addr);
	return in_net(v4, 0x0a000000, 8) || in_net(v4, 0xac100000, 12) ||
	       in_net(v4, 0xc0a80000, 16) || in_net(v4, 0x64400000, 10) ||
	       in_net(v4, 0xa9fe0000, 16);
}

static bool is_loopback(const struct tp_addr *addr)
{
	if (addr->sa.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&addr->in6.sin6_addr);
	return in_net(ntohl(addr->in.sin_addr.s_addr), 0x7f000000, 8);
}

/* Not unspecified, not of a group, and no IPv4 address in disguise. */
static bool is_unicast(const struct tp_addr *addr)
{
	const struct in6_addr *v6 = &addr->in6.sin6_addr;
	uint32_t v4;

	if (addr->sa.sa_family == AF_INET6)
		return !IN6_IS_ADDR_UNSPECIFIED(v6) && !IN6_IS_ADDR_MULTICAST(v6) &&
		       !IN6_IS_ADDR_V4MAPPED(v6);
	v4 = ntohl(addr->in.sin_addr.s_addr);
	return v4 >> 24 && !IN_MULTICAST(v4) && v4 != INADDR_BROADCAST;
}

static int uri_address(struct view text, enum tp_proto proto, struct tp_addr *addr)
{
	uint16_t default_port = tp_default_port(proto);
	struct sip_uri uri;
	int ret;

	ret = sip_uri_parse(&uri, text);
	if (ret)
		return ret;
	ret = tp_addr_parse(addr, sip_uri_target(&uri), default_port);
	if (ret)
		return ret;
	tp_addr_set_port(addr, uri.port ? uri.port : default_port);
	return 0;
}

bool sip_dialog_admits(const struct tp_flow *flow, const struct tp_addr *addr)
{
	if (!is_unicast(addr) || (is_private(addr) && !is_private(&flow->remote)))
		return false;
	return !is_loopback(addr) || is_loopback(&flow->remote);
}

/*
 * RFC 5626 s.4.3: the phone that has written "ob" is reached by the flow that it came by. A proxy
 * that keeps flows for others is not meant.
 */
static bool stays_on_flow(struct view text)
{
	struct sip_uri uri;
	struct view value;

	return !sip_uri_parse(&uri, text) && sip_param(uri.params, VIEW_LIT("ob"), &value) &&
	       !sip_param(uri.params, VIEW_LIT("lr"), &value);
}

/*
 * The transport parameter decides, and without one it is UDP (RFC 3263 s.4.1). Who has come by TCP
 * for the size of his message alone is reached so while the connection lasts, or he takes another.
 */
static void choose_proto(struct view text, struct tp_flow *to)
{
	struct view transport = VIEW_NONE;
	struct sip_uri uri;
	bool tcp;

	tcp = !sip_uri_parse(&uri, text) &&
	      sip_param(uri.params, VIEW_LIT("transport"), &transport) &&
	      view_ieq(transport, VIEW_LIT("tcp"));
	if (to->listener->proto == TP_TCP)
		to->any_proto = !tcp;
	else if (to->listener->proto == TP_UDP && tcp && to->listener->stream)
		to->listener = to->listener->stream;
}

void sip_dialog_next_hop(struct view uri, const struct tp_flow *flow, struct tp_flow *to)
{
	struct tp_addr addr;

	*to = *flow;
	if (flow->pinned || tp_is_ws(flow->listener->proto) || stays_on_flow(uri))
		return;
	if (uri_address(uri, flow->listener->proto, &addr) ||
	    addr.sa.sa_family != flow->remote.sa.sa_family || !sip_dialog_admits(flow, &addr))
		return;
	/*
	 * Who has connected to us is reached that way, whatever port he says he listens at:
	 * behind a NAT or with TLS it is the only one (RFC 5626). The port is for when the
	 * connection is gone.
	 */
	if (!tp_addr_same_host(&addr, &to->remote))
		to->conn = 0;
	to->remote = addr;
	choose_proto(uri, to);
}

static struct view route_uri(struct view route)
{
	struct sip_nameaddr addr;

	return sip_nameaddr_parse(&addr, route) ? VIEW_NONE : addr.uri;
}

static bool is_loose(struct view uri)
{
	struct sip_uri parsed;
	struct view value;

	return !sip_uri_parse(&parsed, uri) && sip_param(parsed.params, VIEW_LIT("lr"), &value);
}

static void write_party(struct sip_out *out, const char *name, struct view addr, struct view tag)
{
	sip_out_str(out, name);
	sip_out_view(out, addr);
	if (tag.len) {
		sip_out_str(out, ";tag=");
		sip_out_view(out, tag);
	}
	sip_out_str(out, "\r\n");
}

struct view sip_write_routes(struct sip_out *out, struct view routes, struct view target)
{
	struct view rest = routes, top, top_uri;

	if (!sip_list_next(&rest, &top))
		return target;
	top_uri = route_uri(top);
	if (is_loose(top_uri)) {
		sip_out_header(out, "Route", routes);
		return target;
	}
	/* A strict router: it finds itself in the Request-URI, the target comes last. */
	sip_out_str(out, "Route: ");
	rest = view_trim(rest);
	if (rest.len) {
		sip_out_view(out, rest);
		sip_out_str(out, ",");
	}
	sip_out_str(out, "<");
	sip_out_view(out, target);
	sip_out_str(out, ">\r\n");
	return top_uri;
}

static void write_routes(const struct sip_dialog *dialog, struct sip_out *out,
			 struct sip_request *request)
{
	struct view routes = sip_dialog_text(dialog, SIP_DIALOG_ROUTES);
	struct view target = sip_dialog_text(dialog, SIP_DIALOG_TARGET);
	struct view rest = routes, top;

	request->ruri = target;
	if (dialog->state == SIP_DIALOG_NONE || (dialog->by_flow && !routes.len)) {
		request->to = dialog->flow;
		return;
	}
	if (!sip_list_next(&rest, &top)) {
		sip_dialog_next_hop(target, &dialog->flow, &request->to);
		return;
	}
	sip_dialog_next_hop(route_uri(top), &dialog->flow, &request->to);
	request->ruri = sip_write_routes(out, routes, target);
}

void sip_dialog_request(const struct sip_dialog *dialog, enum sip_method method,
			struct view method_name, uint32_t cseq, struct sip_out *headers,
			struct sip_request *request)
{
	request->method = method;
	request->method_name = method_name;
	write_routes(dialog, headers, request);
	write_party(headers, "From: ", sip_dialog_text(dialog, SIP_DIALOG_LOCAL),
		    sip_dialog_text(dialog, SIP_DIALOG_LOCAL_TAG));
	write_party(headers, "To: ", sip_dialog_text(dialog, SIP_DIALOG_REMOTE),
		    sip_dialog_text(dialog, SIP_DIALOG_REMOTE_TAG));
	sip_out_header(headers, "Call-ID", sip_dialog_text(dialog, SIP_DIALOG_CALL_ID));
	sip_out_str(headers, "CSeq: ");
	sip_out_u32(headers, cseq);
	sip_out_str(headers, " ");
	if (method_name.p)
		sip_out_view(headers, method_name);
	else
		sip_out_str(headers, sip_method_name(method));
	sip_out_str(headers, "\r\n");
}
