// SPDX-License-Identifier: GPL-2.0-or-later
/* The top Via: where a message comes from and where its responses go (RFC 3261 s.18, RFC 3581). */
#include "sip/stack.h"

static struct view own_host(const struct tp_listener *listener)
{
	return view_str(listener->advertise ? listener->advertise : listener->host);
}

void stack_via_write(struct sip_out *out, const struct tp_listener *listener, const char *branch)
{
	sip_out_str(out, "Via: SIP/2.0/");
	sip_out_str(out, tp_proto_name(listener->proto));
	sip_out_str(out, " ");
	sip_out_view(out, own_host(listener));
	sip_out_str(out, ":");
	sip_out_u32(out, tp_addr_port(&listener->local));
	/* By a stream, what is sent back comes by the same connection. */
	sip_out_str(out, tp_is_stream(listener->proto) ? ";branch=" : ";rport;branch=");
	sip_out_str(out, branch);
	sip_out_str(out, "\r\n");
}

bool stack_has_one_via(const struct sip_msg *msg)
{
	const struct sip_header *first = sip_msg_header(msg, SIP_HDR_VIA, NULL);
	struct view rest, element;

	if (!first || sip_msg_header(msg, SIP_HDR_VIA, first))
		return false;
	rest = first->value;
	return sip_list_next(&rest, &element) && !sip_list_next(&rest, &element);
}

bool stack_via_is_own(const struct sip_msg *response, const struct tp_listener *listener)
{
	return view_ieq(response->via.host, own_host(listener)) &&
	       stack_sent_by_port(&response->via) == tp_addr_port(&listener->local);
}

/* Takes the next parameter off @rest, quoted strings kept whole. */
static bool next_param(struct view *rest, struct view *param)
{
	bool quoted = false;
	size_t i = 0;

	while (rest->len && *rest->p == ';') {
		rest->p++;
		rest->len--;
	}
	if (!rest->len)
		return false;
	for (; i < rest->len && (quoted || rest->p[i] != ';'); i++) {
		if (rest->p[i] == '"')
			quoted = !quoted;
		else if (quoted && rest->p[i] == '\\' && i + 1 < rest->len)
			i++;
	}
	*param = (struct view){ rest->p, i };
	rest->p += i;
	rest->len -= i;
	return true;
}

static bool param_named(struct view param, struct view name)
{
	const char *equals = memchr(param.p, '=', param.len);

	if (equals)
		param.len = equals - param.p;
	return view_ieq(view_trim(param), name);
}

static bool sent_by_is_source(const struct sip_msg *request, const struct tp_flow *from)
{
	struct tp_addr sent_by;

	return !tp_addr_parse(&sent_by, request->via.host, 0) &&
	       tp_addr_same_host(&sent_by, &from->remote);
}

/* A received that the sender claims itself is worth nothing: it is left out. */
static void write_top(struct sip_out *out, struct view via, const struct sip_msg *request,
		      const struct tp_flow *from)
{
	const char *semicolon = memchr(via.p, ';', via.len);
	size_t head = semicolon ? (size_t)(semicolon - via.p) : via.len;
	struct view params = { via.p + head, via.len - head };
	char host[TP_ADDR_STRLEN];
	struct view param, source;

	sip_out_view(out, view_trim((struct view){ via.p, head }));
	while (next_param(&params, &param)) {
		if (param_named(param, VIEW_LIT("received")) ||
		    (request->via.rport && param_named(param, VIEW_LIT("rport"))))
			continue;
		sip_out_str(out, ";");
		sip_out_view(out, view_trim(param));
	}
	if (request->via.rport || !sent_by_is_source(request, from)) {
		source = view_str(tp_addr_host(&from->remote, host));
		if (source.len && source.p[0] == '[')
			source = (struct view){ source.p + 1, source.len - 2 };
		sip_out_str(out, ";received=");
		sip_out_view(out, source);
	}
	if (request->via.rport) {
		sip_out_str(out, ";rport=");
		sip_out_u32(out, tp_addr_port(&from->remote));
	}
}

void stack_via_stamp(struct sip_out *out, const struct sip_msg *request, const struct tp_flow *from)
{
	const struct sip_header *header = sip_msg_header(request, SIP_HDR_VIA, NULL);
	struct view rest, top;

	if (!header)
		return;
	rest = header->value;
	if (sip_list_next(&rest, &top)) {
		sip_out_str(out, "Via: ");
		write_top(out, top, request, from);
		sip_out_str(out, "\r\n");
	}
	while (sip_list_next(&rest, &top))
		sip_out_header(out, "Via", top);
	while ((header = sip_msg_header(request, SIP_HDR_VIA, header)))
		sip_out_header(out, "Via", header->value);
}

void sip_strans_write_vias(struct sip_out *out, const struct sip_msg *request,
			   const struct tp_flow *from)
{
	stack_via_stamp(out, request, from);
}

/*
 * Never elsewhere than to where the request came from: a maddr would let anybody have a third
 * party flooded with answers, those of an INVITE repeated many times.
 */
void stack_reply_to(struct tp_flow *to, const struct sip_msg *request, const struct tp_flow *from)
{
	uint16_t port = stack_sent_by_port(&request->via);

	*to = *from;
	/* The default is that of the transport it came by, whatever Via says (s.18.2.2). */
	if (!request->via.port && tp_is_stream(from->listener->proto))
		port = tp_default_port(from->listener->proto);
	if (!request->via.rport || stack_is_reliable(from))
		tp_addr_set_port(&to->remote, port);
}
